"""Opening a .docx that may be hostile: whatever is wrong with it as a whole is one fault."""

import re
from collections.abc import Iterator
from typing import NoReturn

from baiti_xl.ooxml.markup import BadXml, attribute, parse
from baiti_xl.ooxml.package import Package
from baiti_xl.ooxml.zips import TYPES, BadZip, entries_of
from baiti_xl.press.engine.faults import TemplateErrors, TemplateFault

MB = 1024 * 1024
MOST_ENTRIES, BIGGEST_ENTRY, BIGGEST_WHOLE = 2000, 50 * MB, 200 * MB
ENCRYPTED = b"\xd0\xcf\x11\xe0"
UNSAFE = re.compile(r"[\\:]|(?:^|/)(?:\.\.)?(?:/|\Z)|.{250}", re.DOTALL)
MAIN_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
SAVE_AS = "用 Word 另存为 .docx"
REOPEN = "用 Word 打开后另存为 .docx"
ANOTHER = "换一份正常的模板"
NO_MACROS = ("含有宏", "另存为不带宏的 .docx")
FORBIDDEN_RELATIONS = {
    "attachedTemplate": ("挂接了另一个模板文件", "在 Word 的文档模板设置里改为 Normal 后另存"),
    "vbaProject": NO_MACROS,
    "control": ("含有 ActiveX 控件", "删去控件"),
    "oleObject": ("嵌入了对象", "删去对象，改用文字或图片"),
    "aFChunk": ("嵌入了外部文档", "把内容直接写进模板"),
    "origin": ("带有数字签名", "另存为不带签名的文件"),
}


def open_package(data: bytes, name: str) -> tuple[Package, str]:
    """The template opened, and its document part's name; raises TemplateErrors for anything but a sound, harmless .docx.

    The package's trees are all its XML parts, without comments and instructions. `name` is what messages call the file.
    """

    def refuse(problem: str, remedy: str, where: str = f"模板「{name}」") -> NoReturn:
        raise TemplateErrors(name, [TemplateFault(where, problem, remedy)])

    part = ""
    try:
        for complaint in _unsound(data):
            refuse(*complaint)
        package = Package(entries_of(data))
        for part, entry in package.entries.items():
            content = entry.data()  # each is unpacked once, to see that it is whole
            if part.lower().endswith((".xml", ".rels")):
                package.trees[part] = parse(content, bare=True)
    except BadZip:
        refuse("不是 Word 文档，或文件已损坏", REOPEN)
    except BadXml as error:
        refuse(str(error), REOPEN, f"部件 {part}")
    if TYPES not in package.trees:
        refuse("不是 Word 文档（缺少内容类型清单）", SAVE_AS)
    main = package.related("", "officeDocument")
    if len(main) != 1 or main[0] not in package.trees:
        refuse("不是 Word 文档（找不到正文）", SAVE_AS)
    found = package.content_type(main[0])
    if "macroEnabled" in found:
        refuse(*NO_MACROS)
    if "template" in found:
        refuse("是 .dotx 模板文件", "另存为 .docx")
    if found != MAIN_TYPE:
        refuse("不是 Word 文档", SAVE_AS)
    if faults := list(_reaching_out(package)):
        raise TemplateErrors(name, faults)
    return package, main[0]


def _unsound(data: bytes) -> Iterator[tuple[str, str]]:
    """Yield problem and remedy of what is wrong with the file before anything in it is unpacked; raises BadZip."""
    if data.startswith(ENCRYPTED):
        yield "是加密的文件或旧版 .doc", "去掉密码，用 Word 另存为 .docx"
    entries = entries_of(data)
    sizes = [entry.size for entry in entries]
    if len(entries) > MOST_ENTRIES or max(sizes, default=0) > BIGGEST_ENTRY or sum(sizes) > BIGGEST_WHOLE:
        yield "解压后过大，可能是压缩炸弹", ANOTHER
    if len({entry.name.lower() for entry in entries}) != len(entries):
        yield "压缩包里有重名的部件", REOPEN
    if any(UNSAFE.search(entry.name) for entry in entries):
        yield "压缩包里有不安全的路径", ANOTHER


def _reaching_out(package: Package) -> Iterator[TemplateFault]:
    """Yield what the parts are related to and must not be: macros, objects, whatever is outside the file."""
    for name, root in package.trees.items():
        for relation in root if name.endswith(".rels") else ():
            kind = attribute(relation, "Type").rpartition("/")[2]
            complaint = FORBIDDEN_RELATIONS.get(kind)
            if kind not in ("attachedTemplate", "hyperlink") and relation.get("TargetMode") == "External":
                problem = f"引用了文件外的内容（{kind}：{attribute(relation, 'Target')[:60]}）"
                complaint = problem, "把内容嵌入模板或删去引用"
            if complaint:
                yield TemplateFault(f"部件 {name}", *complaint)
