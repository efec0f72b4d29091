"""The buttons that staff click, and the VBA behind them, built from the sources in `vba/`.

RunPython comes from the installed xlwings, so that the VBA and the package fit each other, with the
changes of `PATCHES`: xlwings would take its settings, and so which program to run, from the workbook
that happens to be open. Ours opens what strangers send.
"""

import io
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from importlib import metadata, resources
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from baiti_xl.errors import UserError
from baiti_xl.ooxml.package import Package

PROJECT = "baiti"
TEXT_SHEET, CONFIG_SHEET = "baiti.text", f"{PROJECT}.conf"
CONFIG = (("ADD_WORKBOOK_TO_PYTHONPATH", "False"),)
PROJECT_PART = "xl/vbaProject.bin"
XLWINGS, STANDALONE, ADDIN = "xlwings", "xlwings.bas", "xlwings_custom_addin.bas"
VERSION = re.compile(r"\b\d+\.\d+\.\d+\w*")
TEXTS = {
    "title": "百日竞赛",
    "no_book": "没有打开的工作簿。请先打开报送表，再点按钮。",
    "protected_view": "这个文件是在“受保护的视图”里打开的，程序读不到。\n请先点启用编辑（窗口上方黄条里的按钮），再点按钮。",
    "awkward_name": "文件名或文件夹名里含有 = ; % ^ 之一，或文件直接开在网盘网址上，Excel 无法把它交给程序。\n"
    "请把文件另存到本机的普通文件夹，名称里只用汉字、字母、数字和横线，再点按钮。",
    "no_python": "这台电脑还没有安装“百日竞赛”程序。\n"
    "请在命令行运行 baiti-xl excel install，或请维护人员安装。不装程序也能填表：看“自检”和“指标”两张表。",
    "python_gone": "原来安装的程序不见了（可能被移动、卸载或被杀毒软件隔离）。\n请重新运行 baiti-xl excel install。",
    "python_blocked": "程序被拦住了，没有运行，工作簿没有改动。\n"
    "多半是安全软件禁止 Office 启动别的程序。请维护人员放行，或不用按钮：先保存，再用 baiti-xl 的命令处理。",
    "python_failed": "程序没有运行成功，填报的内容和规则没有改动。\n"
    "请在命令行运行 baiti-xl excel doctor 查找原因；也可以不用按钮，用 baiti-xl 的命令处理已保存的文件。",
    "type_path": "这里不能弹出选择窗口，请直接在左边的格子里填写文件夹的路径。",
}


class MacroError(UserError):
    """The macros cannot be built on this machine; the message says what to install."""


class Step(StrEnum):
    """The order of the office's work, as 首页 is laid out."""

    COLLECT = "收　发表、收表"
    CHECK = "查　规则、退回补正"
    COUNT = "汇　汇总、看结果"
    REVIEW = "审　编号前会审"
    ISSUE = "发　出文书、发送"
    OTHER = "其他"


@dataclass(frozen=True, slots=True)
class Button:
    """One button: what `baiti_xl.excel.run` is asked, what it shows, the command that does the same (or several, a line
    each), and its step on 首页.
    """

    name: str
    label: str
    macro: str
    tip: str
    command: str
    step: Step = Step.OTHER

    @property
    def commands(self) -> tuple[str, ...]:
        """The commands, as they are typed."""
        return tuple(f"baiti-xl {line}" for line in self.command.splitlines())


CONSOLE_BUTTONS = (
    Button(
        "issue",
        "下发模板",
        "BtIssue",
        "给每个单位生成一份报送表，代码和名称已填好，放进“下发”",
        "issue --out 下发",
        Step.COLLECT,
    ),
    Button(
        "folder",
        "打开文件夹",
        "BtFolder",
        "打开工作文件夹，把收回的报送表放进“报送”",
        "open folder",
        Step.COLLECT,
    ),
    Button(
        "rules",
        "规则检查",
        "BtRules",
        "检查本工作簿的规则、名录和裁定，指出写错的单元格",
        "rules",
        Step.CHECK,
    ),
    Button(
        "return",
        "退回补正",
        "BtReturn",
        "给有错的报送表各做一份标了颜色的副本，并生成补正通知，放进“输出/退回补正”",
        "check 报送/*.xlsx --annotate 输出/退回补正\ndocuments 补正通知 --from 报送 --out 输出/退回补正 --draft",
        Step.CHECK,
    ),
    Button(
        "consolidate",
        "汇总报送",
        "BtConsolidate",
        "读取“报送文件夹”里的全部报送表，校验、汇总、排名，生成结果工作簿",
        "consolidate 报送 --out 输出",
        Step.COUNT,
    ),
    Button(
        "results",
        "打开结果",
        "BtResults",
        "打开最近一次汇总得到的结果工作簿",
        "open results --from 输出",
        Step.COUNT,
    ),
    Button(
        "review",
        "会审",
        "BtReview",
        "列出编号以前要答复的事项，写进“会审”表，等你逐件答复",
        "review 报送 --out 输出",
        Step.REVIEW,
    ),
    Button(
        "documents",
        "生成文书…",
        "BtDocuments",
        "按下面“文书种类”一格生成 Word 公文和核稿表，放进“输出/公文”",
        "documents all --from 报送 --out 输出/公文",
        Step.ISSUE,
    ),
    Button(
        "verify",
        "核对文书",
        "BtVerify",
        "把“输出/公文”里改过或签好的文书读回，指出哪个数字不是成文时的",
        "documents verify 输出/公文",
        Step.ISSUE,
    ),
    Button(
        "send",
        "发送",
        "BtSend",
        "做好发件：每个单位一份邮件草稿、催报名单、打印用的 PDF；程序不发送",
        "send 报送 --out 输出",
        Step.ISSUE,
    ),
    Button(
        "upgrade",
        "升级",
        "BtUpgrade",
        "程序换了新版以后，把公文模板和报送表升到本版，换下的留在“升级前”",
        "upgrade .",
    ),
    Button("help", "使用说明", "BtHelp", "打开使用手册", "open handbook"),
)
RIBBON_BUTTONS = (
    Button("check", "校验本表", "BtCheck", "校验屏幕上的报送表并标出问题", "check FILE --annotate DIR"),
    Button("clear", "清除标记", "BtClear", "去掉校验加上的标记", "check FILE --annotate DIR"),
    Button("figures", "指标与档次", "BtFigures", "本单位各项指标、档次和基本任务", "preview FILE"),
    Button("preview", "预览汇总", "BtPreview", "汇总时计入多少、未计入的原因", "preview FILE"),
    Button("help", "使用说明", "BtGuide", "打开使用手册", "open handbook"),
)
PICKERS = {"bt_submissions": "BtPickSubmissions", "bt_outputs": "BtPickOutputs"}


@dataclass(frozen=True, slots=True)
class Patch:
    """A change to the VBA of xlwings: a pattern that must be found so many times."""

    old: str
    new: str
    count: int = 1


PATCHES = (
    Patch(r'^Attribute VB_Name = "\w+"', 'Attribute VB_Name = "xlwings"'),
    # A settings file of our own, so that an xlwings used for other work is left alone.
    Patch(
        r'^Public Const PROJECT_NAME As String = "\w+"', f'Public Const PROJECT_NAME As String = "{PROJECT}"'
    ),
    # No settings from the folder of the open book, where a planted file could name a program to run.
    Patch(r'^    If source = "" Or source = "directory" Then', '    If source = "directory" Then'),
    # No Python code kept in sheets.
    Patch(r"^( +)uses_embedded_code = True$", r"\1uses_embedded_code = False"),
    # Our own sentence instead of a traceback.
    Patch(r"ShowError ?\(LOG_FILE\)", "BtFailed(LOG_FILE)", 3),
)
ADDIN_PATCHES = (
    # Settings from the add-in itself only, never from the book that is open.
    Patch(r'SheetExists\(ActiveWorkbook, PROJECT_NAME & "\.conf"\)', 'SheetExists(ThisWorkbook, PROJECT_NAME & ".conf")'),
    Patch(r"GetConfigFromSheet\(ActiveWorkbook\)", "GetConfigFromSheet(ThisWorkbook)", 2),
)  # fmt: skip


def xlwings_source(name: str) -> str:
    """Return the VBA of the installed xlwings with our changes; raises MacroError."""
    spec = find_spec("xlwings")
    if spec is None or not spec.origin:
        raise MacroError(f"生成带按钮的工作簿需要 xlwings：{remedy('xlwings')}")
    text = Path(spec.origin).with_name(name).read_text(encoding="utf-8").replace("\r\n", "\n")
    for patch in (*PATCHES, *(ADDIN_PATCHES if name == ADDIN else ())):
        text, found = re.subn(patch.old, patch.new, text, flags=re.MULTILINE)
        if found != patch.count:
            raise MacroError(f"xlwings 的这个版本与本程序不配套（{patch.old}）：{remedy('xlwings')}")
    return text


def remedy(package: str) -> str:
    """Return what to run to have a package in a version that this program was tested with."""
    wanted = re.compile(rf"{package}\b(?!.*extra)", re.IGNORECASE)
    try:
        ranges = metadata.requires("baiti-xl") or []
    except metadata.PackageNotFoundError:
        ranges = []
    return f'请运行 pip install "{next(filter(wanted.match, ranges), package)}"。'


def source(name: str) -> str:
    """Return one of our own modules, such as `Buttons`."""
    return resources.files("baiti_xl.books").joinpath("vba", f"{name}.bas").read_text(encoding="utf-8")


def console_modules() -> dict[str, str]:
    """Return the modules of the console by name."""
    return {XLWINGS: xlwings_source(STANDALONE), **{n: source(n) for n in ("Guard", "Buttons")}}


def addin_modules() -> dict[str, str]:
    """Return the modules of the add-in by name."""
    return {XLWINGS: xlwings_source(ADDIN), **{n: source(n) for n in ("Guard", "Ribbon", "Functions")}}


def project(modules: Mapping[str, str], sheets: int) -> bytes:
    """Return a VBA project for a workbook of so many sheets, named Sheet1, Sheet2, … in code; raises MacroError."""
    with opened(empty_workbook(sheets)) as (file, path):
        file.add_vba_project()
        held = file.vba_project()
        for name, text in modules.items():
            held.add_module(name, text.replace("\r\n", "\n").replace("\n", "\r\n"))
        file.save()
        return Package.open(path.read_bytes()).data(PROJECT_PART)


def module_texts(data: bytes) -> dict[str, str]:
    """Return the text of every module of a workbook with macros, that of xlwings without its version; raises MacroError."""
    with opened(data) as (file, _):
        texts = {name: str(file.get_module(name)) for name in file.module_names()}
    return {name: VERSION.sub("", text) if name == XLWINGS else text for name, text in texts.items()}


@contextmanager
def opened(data: bytes) -> Iterator[tuple[Any, Path]]:
    """Open a workbook in pyOpenVBA, and say where it lies meanwhile; raises MacroError whatever goes wrong."""
    try:
        from pyopenvba import ExcelFile
    except ImportError as error:
        raise MacroError(f"生成带按钮的工作簿需要 pyOpenVBA：{remedy('pyOpenVBA')}") from error
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "workbook.xlsm")
        path.write_bytes(data)
        try:
            with ExcelFile(str(path)) as file:
                yield file, path
        except Exception as error:
            raise MacroError(f"pyOpenVBA 没能读写宏（{error}）：{remedy('pyOpenVBA')}") from error


def empty_workbook(sheets: int) -> bytes:
    """Return a workbook of empty sheets, for the project to take its code names from."""
    target = io.BytesIO()
    file = xlsxwriter.Workbook(target, {"in_memory": True})
    for _ in range(sheets):
        file.add_worksheet()
    file.close()
    return target.getvalue()


def write_pairs(page: Worksheet, rows: Iterable[tuple[str, str]]) -> None:
    """Write keys and texts on a sheet that nobody sees."""
    for row, (key, text) in enumerate(rows):
        page.write_string(row, 0, key)
        page.write_string(row, 1, text)
    page.very_hidden()
