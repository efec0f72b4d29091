"""The command line: parses what is asked, calls one action, shows its result. No rule lives here."""

import getpass
import json
import logging
import sys
from collections.abc import Callable, Iterable, Iterator, Sized
from contextlib import contextmanager
from datetime import date, datetime
from functools import wraps
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from baiti_xl import __version__
from baiti_xl.errors import UserError

if TYPE_CHECKING:
    from baiti_xl.desk import Pdfs

T = TypeVar("T")
OK, FOUND, FAILED = 0, 1, 2
USAGE = {
    "MissingParameter": "缺少参数 {name}",
    "NoSuchOption": "没有选项 {name}",
    "NoSuchCommand": "没有命令“{name}”",
    "BadParameter": "{name} 的值不对：{message}",
    "BadOptionUsage": "选项 {name} 缺少值",
}


class ChineseHelp:
    """Help in Chinese for commands and groups."""

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the usage line."""
        pieces = " ".join(self.collect_usage_pieces(ctx)).replace("[OPTIONS]", "[选项]")  # type: ignore[attr-defined]
        formatter.write_usage(
            ctx.command_path, pieces.replace("COMMAND [ARGS]...", "命令 [参数]..."), prefix="用法："
        )

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write options, then commands."""
        rows = [record for p in self.get_params(ctx) if (record := p.get_help_record(ctx))]  # type: ignore[attr-defined]
        with formatter.section("选项"):
            formatter.write_dl(
                [(left, "显示这段说明" if left == "--help" else right) for left, right in rows]
            )
        if isinstance(self, click.Group):
            names = self.list_commands(ctx)
            lines = [
                (name, command.get_short_help_str(90))
                for name in names
                if (command := self.get_command(ctx, name))
            ]
            with formatter.section("命令"):
                formatter.write_dl(lines)


class Command(ChineseHelp, click.Command):
    """A command with Chinese help."""


class Group(ChineseHelp, click.Group):
    """A group with Chinese help, its commands in the order they were written."""

    command_class = Command
    group_class = type

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in order."""
        return list(self.commands)


class Day(click.ParamType[date]):
    """A day written YYYY-MM-DD."""

    name = "YYYY-MM-DD"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Return the day; a wrong one is a usage error."""
        try:
            return value if isinstance(value, date) else datetime.strptime(value, "%Y-%m-%d").date()
        except ValueError:
            self.fail(f"“{value}”不是 YYYY-MM-DD 形式的日期", param, ctx)


class Place(click.ParamType["Path | str"]):
    """A folder, or an address such as s3://bucket/folder."""

    name = "DIR"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path | str:
        """Return a Path, or the address as it is."""
        if not isinstance(value, str) or "://" not in value:
            return Path(value)
        from baiti_xl.scale.places import as_place

        return as_place(value)


DAY, PATH, PLACE = Day(), click.Path(path_type=Path), Place()


def say(text: str) -> None:
    """Write a message for people: always to standard error, so that --json stays alone on standard output."""
    click.echo(text, err=True)


def emit(value: Any) -> None:
    """Write the one JSON object to standard output."""
    text = json.dumps(value, ensure_ascii=False, indent=2)
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        text = json.dumps(value, indent=2)
    click.echo(text)


def reading() -> None:
    """Start the process that reads files, so that it is ready when the actions are loaded."""
    from baiti_xl.scale.processes import warm

    warm()


def progress(items: Iterable[T], label: str) -> Iterator[T]:
    """Show a progress bar on a terminal; say nothing elsewhere."""
    if not sys.stderr.isatty():
        yield from items
        return
    length = len(items) if isinstance(items, Sized) else None
    with click.progressbar(items, length=length, label=label, file=sys.stderr) as bar:
        yield from bar


@contextmanager
def clear_errors(debug: bool) -> Iterator[None]:
    """Turn every known failure into one sentence and exit code 2; a bug too, unless --debug asks to see it."""
    if debug:
        logging.basicConfig(level=logging.DEBUG, format="%(name)s: %(message)s")
    try:
        yield
    except (click.ClickException, click.exceptions.Exit, SystemExit):
        raise
    except KeyboardInterrupt:
        say("已中断，没有写入不完整的文件。")
        sys.exit(FAILED)
    except Exception as error:
        if debug:
            raise
        say(f"错误：{explain(error)}")
        sys.exit(FAILED)


def explain(error: Exception) -> str:
    """Return what to tell the operator."""
    if isinstance(error, UserError) and error.faults:
        return "\n  ".join(["有以下问题，请改正后再试：", *map(str, error.faults)])
    if isinstance(error, UserError):
        return str(error)
    return f"程序出错（{type(error).__name__}：{error}）。请加 --debug 再运行一次，把显示的内容发给维护人员。"


def command(
    name: str, help_text: str, group: click.Group | None = None
) -> Callable[[Callable[..., int | None]], click.Command]:
    """Declare a command of a group (default: the main one), with --debug and clear errors."""

    def declare(action: Callable[..., int | None]) -> click.Command:
        @wraps(action)
        def run(debug: bool, **arguments: Any) -> None:
            with clear_errors(debug):
                sys.exit(action(**arguments) or OK)

        run = click.option("--debug", is_flag=True, help="出错时显示技术细节")(run)
        return (group or main).command(name, help=help_text, short_help=help_text)(run)

    return declare


console_option = click.option(
    "--console", type=PATH, help="操作台文件；默认用当前文件夹的操作台，没有则用出厂规则"
)
as_of_option = click.option(
    "--as-of", type=DAY, help="统计日；默认取操作台首页，首页没填的为多数单位最近一份报送表所在期的截止日"
)
since_option = click.option("--since", type=DAY, help="比较日；默认取操作台首页；给出后各项显示本期增加")
json_option = click.option("--json", "as_json", is_flag=True, help="在标准输出打印一个 JSON 对象")
dated_option = click.option("--dated", type=DAY, help="成文日期；默认取操作台首页，首页没填的为统计日")
reissue_option = click.option(
    "--reissue", default="", metavar="原因", help="这一天已经编号发出，按现在的报送和规则改发，写明原因"
)
out_option = click.option("--out", type=PATH, required=True, help="输出文件夹")
overwrite_option = click.option("--overwrite", is_flag=True, help="覆盖同名的旧文件；默认另存为带序号的文件")


class Main(Group):
    """The whole program, with usage errors in Chinese."""

    def main(self, *args: Any, **extra: Any) -> Any:
        """Run the command asked for; what was typed wrongly is answered in one sentence, exit code 2."""
        standalone = extra.pop("standalone_mode", True)
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, TextIOWrapper):
                stream.reconfigure(errors="backslashreplace")
        try:
            return super().main(*args, standalone_mode=False, **extra)  # type: ignore[call-overload]
        except click.exceptions.Abort:
            say("已中断。")
        except click.exceptions.NoArgsIsHelpError as help_wanted:
            click.echo(help_wanted.message)
        except click.UsageError as error:
            where = error.ctx.command_path if error.ctx else "baiti-xl"
            say(f"错误：{usage_fault(error)}。请看 {where} --help")
        if standalone:
            sys.exit(FAILED)
        return FAILED


def usage_fault(error: click.UsageError) -> str:
    """Return what was typed wrongly, in Chinese."""
    named = (
        getattr(error, "option_name", None) or getattr(error, "command_name", None) or parameter_name(error)
    )
    sentence = USAGE.get(type(error).__name__)
    return (
        sentence.format(name=named, message=error.message) if sentence else f"命令写法不对（{error.message}）"
    )


def parameter_name(error: click.UsageError) -> str:
    """Return the name of the parameter an error is about."""
    parameter = getattr(error, "param", None)
    return (
        parameter.make_metavar(error.ctx)
        if isinstance(parameter, click.Argument) and error.ctx
        else ("/".join(parameter.opts) if parameter else "")
    )


@click.group(cls=Main)
@click.version_option(__version__, prog_name="baiti-xl", help="显示版本")
def main() -> None:
    """招商引资百日竞赛：下发模板、校验报送、汇总排名、生成公文。"""


@command("init", "建立工作文件夹：操作台、报送模板和各子文件夹")
@click.argument("folder", metavar="DIR", type=PATH)
@click.option(
    "--from", "source", type=PATH, help="上一次竞赛的工作文件夹：带来规则、名录、设置和改过的模板，不带报送"
)
def init(folder: Path, source: Path | None) -> None:
    """Make a working folder."""
    from baiti_xl import desk

    made = desk.init(folder, source=source)
    for path in made.files:
        say(f"已写入 {path}")
    if made.note:
        say(made.note)


@command("upgrade", "把旧版本的工作文件夹升到本版：操作台、公文模板、报送表；换下的文件留在“升级前”")
@click.argument("folder", metavar="DIR", type=PATH)
def upgrade(folder: Path) -> None:
    """Bring a working folder up to date."""
    reading()
    from baiti_xl import desk

    done = desk.upgrade(folder, progress=progress)
    for line in filter(None, done.told):
        say(line)
    say(
        f"换下的文件在 {done.kept}。"
        if done.kept
        else "没有换下文件。"
        if done.told
        else "已经是本版，没有要改的。"
    )


@command("issue", "给每个单位生成一份报送表，代码和名称已填好")
@console_option
@out_option
@overwrite_option
@click.option("--codes", is_flag=True, help="另给还没有访问码的单位各发一个，写成邮件草稿和清单，供网上交送")
@click.option(
    "--new-code",
    "renewed",
    metavar="账号",
    multiple=True,
    help="只给这些账号换新的访问码（可多次给出），不写报送表",
)
def issue(console: Path | None, out: Path, overwrite: bool, codes: bool, renewed: tuple[str, ...]) -> None:
    """Write one template per unit, and access codes."""
    reading()
    from baiti_xl import desk

    if not renewed:
        written = desk.issue(out, console=console, overwrite=overwrite, progress=progress)
        tell_rules(console)
        say(f"已生成 {len(written)} 份报送表，在 {out}")
    if codes or renewed:
        from baiti_xl.serve.slips import give_out

        given = give_out(out, renewed, console=console, who=getpass.getuser())
        say(
            f"已发出 {given.count} 个访问码，在 {given.folder}。归档里只有它们的校验值，请妥善保管，发完删去。"
        )


@command("check", "校验报送表，逐条说明哪里错、怎么改")
@click.argument("files", metavar="FILE…", type=PATH, nargs=-1, required=True)
@console_option
@click.option("--annotate", "annotated", type=PATH, help="把标了颜色和批注的副本写到这个文件夹")
@json_option
def check(files: tuple[Path, ...], console: Path | None, annotated: Path | None, as_json: bool) -> int:
    """Check files and print their findings."""
    reading()
    from baiti_xl import desk
    from baiti_xl.desk import report

    submissions, copies = desk.check(files, console=console, annotated=annotated, progress=progress)
    tell_rules(console)
    if as_json:
        emit(desk.check_summary(submissions))
    else:
        for submission in submissions:
            click.echo(report.findings_text(submission))
    for path in copies:
        say(f"已写入 {path}")
    return FOUND if any(f.blocks for s in submissions for f in s.findings) else OK


@command("consolidate", "汇总一个文件夹里的报送表，生成结果工作簿")
@click.argument("folder", metavar="DIR", type=PLACE)
@console_option
@as_of_option
@since_option
@out_option
@click.option("--jobs", type=click.IntRange(1, 64), default=1, help="同时使用的进程数")
@click.option(
    "--cluster",
    metavar="ADDRESS",
    default="",
    help="Dask 调度器地址，如 tls://10.0.0.1:8786；由各工作节点读取和校验，并另存 Parquet 台账",
)
@click.option(
    "--plain-cluster", is_flag=True, help="调度器在别的机器上而连接没有加密、认证时也用；网络可信才加"
)
@overwrite_option
@json_option
def consolidate(as_json: bool, **options: Any) -> int:
    """Consolidate a folder of submissions."""
    reading()
    from baiti_xl import desk
    from baiti_xl.desk import report

    done = desk.consolidate(progress=progress, **with_days_of_home(options))
    tell_rules(options["console"])
    summary = desk.summary(done)
    if done.note:
        say(done.note)
    if as_json:
        emit(summary)
    else:
        say(report.consolidation_text(summary))
    if not done.sound:
        say("错误：对账不符，这是程序的缺陷。请不要使用这次结果，并把报送文件发给维护人员。")
        return FAILED
    return FOUND if summary["findings"]["错"] else OK


@command("review", "会审：列出编号以前要答复的事项，各附依据和影响")
@click.argument("folder", metavar="DIR", type=PLACE)
@console_option
@as_of_option
@dated_option
@reissue_option
@click.option("--out", type=PATH, help="另写成工作簿 会审_统计日.xlsx 的文件夹")
@json_option
def review(as_json: bool, **options: Any) -> int:
    """List the matters to answer before papers are numbered."""
    reading()
    from baiti_xl import desk
    from baiti_xl.desk import report

    done = desk.review(progress=progress, **with_days_of_home(options))
    tell_rules(options["console"])
    told = desk.review_summary(done)
    if as_json:
        emit(told)
    else:
        click.echo(f"{desk.status_text(desk.status(done))}\n{report.review_text(told)}")
    return FOUND if done.open else OK


@command("close", "不发通报而结期：这一期的数字和报送情况从此不变")
@click.argument("folder", metavar="DIR", type=PLACE)
@console_option
@as_of_option
@out_option
@click.option("--reason", default="", metavar="理由", help="为什么结期，记入归档")
def close(**options: Any) -> None:
    """Close a period by hand."""
    reading()
    from baiti_xl import desk

    say(desk.close(progress=progress, **with_days_of_home(options)))


@command("documents", "生成公文：list 列出种类，种类… 或 all 生成；verify 文件或文件夹… 读回核对")
@click.argument("kinds", metavar="KIND…", nargs=-1, required=True)
@click.option("--from", "folder", type=PLACE, help="报送表所在的文件夹或地址")
@console_option
@as_of_option
@since_option
@click.option("--out", type=PATH, help="输出文件夹")
@click.option("--unit", "units", metavar="CODE", multiple=True, help="只生成这些单位的（可多次给出）")
@click.option("--draft", is_flag=True, help="只出草稿，不取文号")
@click.option("--pdf", is_flag=True, help="每份另存一份 PDF；要有 LibreOffice 或 Word")
@dated_option
@reissue_option
@overwrite_option
@json_option
def documents(
    kinds: tuple[str, ...],
    folder: Path | str | None,
    out: Path | None,
    pdf: bool,
    as_json: bool,
    **options: Any,
) -> int:
    """Write documents, list the kinds, or read papers back."""
    if kinds != ("list",):
        reading()
    from baiti_xl import desk
    from baiti_xl.desk import report

    if kinds == ("list",):
        for line in report.kinds_lines():
            click.echo(line)
        return OK
    if kinds[0] == "verify":
        return verify_papers([Path(name) for name in kinds[1:]], options["console"], as_json)
    if folder is None or out is None:
        raise desk.ActionError("请用 --from 给出报送文件夹，用 --out 给出输出文件夹。")
    if pdf:
        desk.converter()  # before anything is numbered
    done = desk.documents(kinds, folder, out, progress=progress, **with_days_of_home(options))
    tell_rules(options["console"])
    pdfs = desk.pdfs_of([w.file for w in done.written if pdf], overwrite=options["overwrite"])
    summary = desk.documents_summary(done, pdfs)
    if done.note:
        say(done.note)
    emit(summary) if as_json else say(report.documents_text(summary))
    return max(tell_pdfs(pdfs), FOUND if done.refused else OK)


def tell_rules(console: Path | None) -> None:
    """Say that the factory's rules hold where there is no console."""
    from baiti_xl import desk

    if desk.console_in_use(console) is None:
        say("当前文件夹没有操作台，按出厂规则和示例名录办理；要用某个操作台，加 --console 它的路径。")


def with_days_of_home(options: dict[str, Any]) -> dict[str, Any]:
    """Return the options with the days of 首页 in place of those that were not given, and say which these are."""
    from baiti_xl import desk

    given = {option: options[option] for option in desk.DAY_LABELS if option in options}
    days = desk.home_days(options["console"], given)
    if days:
        told = "，".join(f"{desk.DAY_LABELS[option]} {day}" for option, day in days.items())
        say(f"按操作台“首页”：{told}。")
    return {**options, **days}


def verify_papers(files: list[Path], console: Path | None, as_json: bool) -> int:
    """Read papers back and print what was found; 2 if one could not be read back."""
    from baiti_xl import desk
    from baiti_xl.desk import report

    if not files:
        raise desk.ActionError("请给出要核对的公文或者它们的文件夹，如 baiti-xl documents verify 输出/公文。")
    found = desk.verify(files, console=console, progress=progress)
    emit(desk.verify_summary(found)) if as_json else click.echo(report.verified_text(found))
    if any(one.problem for one in found):
        return FAILED
    return OK if all(one.holds for one in found) else FOUND


def tell_pdfs(pdfs: "Pdfs") -> int:
    """Say which PDFs were written, and which papers could not be turned into one; return the exit code."""
    for path in pdfs.written:
        say(f"已写入 {path}")
    for path in () if pdfs.why else pdfs.failed:
        say(f"没有转成 PDF：{path}。请用 Word 打开检查，另存后再试。")
    if pdfs.why:
        say(f"公文已经写出，没有转成 PDF：{pdfs.why}")
    return FOUND if pdfs.failed else OK


@command("send", "做好发件：每个单位一份邮件草稿，催报名单，打印用的 PDF；程序不发送")
@click.argument("folder", metavar="DIR", type=PLACE)
@console_option
@as_of_option
@click.option(
    "--papers", type=PATH, default=Path("输出"), help="公文所在的文件夹，子文件夹也找；默认为“输出”"
)
@out_option
@overwrite_option
@json_option
def send(as_json: bool, **options: Any) -> None:
    """Make the outbox."""
    reading()
    from baiti_xl import desk
    from baiti_xl.desk import report

    done = desk.send(progress=progress, **with_days_of_home(options))
    tell_rules(options["console"])
    told = desk.send_summary(done)
    if done.note:
        say(done.note)
    emit(told) if as_json else click.echo(report.send_text(told, done.chase_list))


@command("pdf", "把 Word 公文转成 PDF；要有 LibreOffice 或 Word")
@click.argument("files", metavar="FILE.docx…", type=PATH, nargs=-1, required=True)
@click.option("--out", type=PATH, help="输出文件夹；默认放在原文件旁边")
@overwrite_option
def pdf_files(files: tuple[Path, ...], out: Path | None, overwrite: bool) -> int:
    """Convert papers to PDF."""
    from baiti_xl import desk

    return tell_pdfs(desk.to_pdf(files, out, overwrite=overwrite))


@main.group(
    "template", help="新写、检查 Word 模板，列出可用字段", short_help="新写、检查 Word 模板，列出可用字段"
)
def template() -> None:
    """Commands about Word templates."""


@command("new", "写一份公文模板，供在 Word 里修改", template)
@click.argument("kind", metavar="KIND")
@click.option("--format", "paper_format", type=click.Choice(["2012", "1999"]), help="公文格式；默认按规则")
@click.option("--seal", type=click.Choice(["有", "无"]), help="印章；默认按规则")
@click.option("--out", type=PATH, default="doc_templates", help="写到哪个文件夹；默认 doc_templates")
@console_option
def template_new(
    kind: str, paper_format: str | None, seal: str | None, out: Path, console: Path | None
) -> None:
    """Write a template to edit."""
    from baiti_xl import desk

    made = desk.new_template(kind, out, console=console, paper_format=paper_format or "", seal=seal or "")
    say(f"已写入 {made}。在 Word 里改好后，用 baiti-xl template check {made} 检查。")


@command("check", "检查模板的字段和版式", template)
@click.argument("files", metavar="FILE.docx…", type=PATH, nargs=-1, required=True)
def template_check(files: tuple[Path, ...]) -> int:
    """Check Word templates."""
    from baiti_xl import desk

    found = desk.check_templates(files)
    for path, faults in found.items():
        click.echo(f"■ {path}　{'没有发现问题' if not faults else f'{len(faults)} 个问题'}")
        for fault in faults:
            click.echo(f"  {fault}")
    return FOUND if any(found.values()) else OK


@command("fields", "列出一种公文的模板可用的字段", template)
@click.argument("kind", metavar="KIND")
def template_fields(kind: str) -> None:
    """List a kind's fields."""
    from baiti_xl import desk

    for name, meaning in desk.fields_of(kind).items():
        click.echo(f"{name}\t{meaning}")


@main.group("register", help="发文登记：查看、作废文号", short_help="发文登记：查看、作废文号")
def register() -> None:
    """Commands about the register of papers."""


@command("list", "列出发文登记的每一条", register)
@click.argument("folder", metavar="DIR", type=PATH, default=".")
@console_option
def register_list(folder: Path, console: Path | None) -> None:
    """List the register."""
    from baiti_xl import desk
    from baiti_xl.desk import report

    click.echo(report.register_text(desk.listed(folder, console=console)))


@command("void", "作废一个文号；号不再使用", register)
@click.argument("number", metavar="文号")
@click.argument("folder", metavar="DIR", type=PATH, default=".")
@console_option
@click.option("--reason", required=True, metavar="理由", help="为什么作废")
def register_void(number: str, folder: Path, console: Path | None, reason: str) -> None:
    """Void a number."""
    from baiti_xl import desk

    say(desk.void(number, reason, folder, console=console))


@main.group(
    "archive",
    help="归档和登记：核对、修复、合并两台电脑的",
    short_help="归档和登记：核对、修复、合并两台电脑的",
)
def archive() -> None:
    """Commands about the archive and its registers."""


@command("verify", "把登记和归档与 Excel 副本、备份和已编号的公文核对；什么都不改", archive)
@click.argument("folder", metavar="DIR", type=PATH, default=".")
def archive_verify(folder: Path) -> int:
    """Verify the archive."""
    from baiti_xl.desk import keeping

    found = keeping.verify(folder)
    for line in found or ["登记、归档、副本、备份和公文都对得上。"]:
        click.echo(line)
    return FOUND if found else OK


@command("repair", "从备份和 Excel 副本恢复损坏、丢失、换旧了的登记；说明恢复了什么、失去了什么", archive)
@click.argument("folder", metavar="DIR", type=PATH, default=".")
def archive_repair(folder: Path) -> None:
    """Repair the archive."""
    from baiti_xl.desk import keeping

    for line in keeping.repair(folder):
        click.echo(line)


@command("merge", "并入另一台电脑的登记；重号的说明哪一份要作废", archive)
@click.argument("folder", metavar="DIR", type=PATH, default=".")
@click.option("--from", "other", type=PATH, required=True, help="另一台电脑的工作文件夹（或它的副本）")
def archive_merge(folder: Path, other: Path) -> None:
    """Merge another register."""
    from baiti_xl.desk import merging

    for line in merging.merge(folder, other):
        click.echo(line)


@command("rules", "检查操作台的规则、名录和裁定，指出写错的单元格")
@console_option
def rules(console: Path | None) -> None:
    """Check the console's rules."""
    reading()
    from baiti_xl import desk
    from baiti_xl.desk import brief

    click.echo(brief.rules_text(desk.load_rules(console)))


@command("preview", "预览一份报送表：各项指标、档次、基本任务，计入多少、为什么不计入")
@click.argument("file", metavar="FILE", type=PATH)
@console_option
def preview(file: Path, console: Path | None) -> None:
    """Show what a submission counts for."""
    reading()
    from baiti_xl import desk
    from baiti_xl.desk import brief

    book = desk.load_rules(console)
    (submission,), _ = desk.check([file], console=console)
    click.echo(brief.figures_text(submission, book))
    click.echo(brief.preview_text(submission, book))


@main.group(
    "open", help="打开最近的结果、工作文件夹或使用手册", short_help="打开最近的结果、工作文件夹或使用手册"
)
def opener() -> None:
    """Commands that open what staff want to look at."""


@command("results", "打开最近一次的结果工作簿", opener)
@click.option("--from", "folder", type=PATH, default=Path("输出"), help="输出文件夹")
def open_results(folder: Path) -> None:
    """Open the newest results workbook."""
    from baiti_xl.desk import opening

    opening.open_path(opening.newest_results(folder))


@command("folder", "打开当前工作文件夹", opener)
def open_folder() -> None:
    """Open the working folder."""
    from baiti_xl.desk import opening

    opening.open_path(Path.cwd())


@command("handbook", "打开使用手册", opener)
def open_handbook() -> None:
    """Open the handbook."""
    from baiti_xl.desk import opening

    opening.open_path(opening.handbook())


@main.group(
    "excel",
    help="把“百日竞赛”按钮装进 Excel、卸载、体检、自检",
    short_help="把“百日竞赛”按钮装进 Excel、卸载、体检、自检",
)
def excel() -> None:
    """Commands about Excel."""


@command("install", "把按钮装进本用户的 Excel，不需要管理员", excel)
def excel_install() -> None:
    """Install the ribbon."""
    from baiti_xl.desk import install
    from baiti_xl.desk.machine import Machine

    for line in install.install(Machine.this(), install.addin()):
        say(line)


@command("uninstall", "从本用户的 Excel 里去掉按钮", excel)
def excel_uninstall() -> None:
    """Remove the ribbon."""
    from baiti_xl.desk import install
    from baiti_xl.desk.machine import Machine

    for line in install.uninstall(Machine.this()):
        say(line)


@command("doctor", "检查按钮能不能用，缺什么、怎么办", excel)
def excel_doctor() -> int:
    """Say what is missing."""
    from baiti_xl.desk import install
    from baiti_xl.desk.doctor import doctor
    from baiti_xl.desk.machine import Machine

    found = doctor(Machine.this(), install.addin(), Path.cwd())
    for finding in found:
        click.echo(str(finding))
    return OK if all(finding.good for finding in found) else FOUND


@command("selftest", "在这台电脑的 Excel 上逐步试一遍，写一页结果，供发给维护人员", excel)
@click.option("--out", type=PATH, default=Path(), help="结果写到哪个文件夹；默认当前文件夹")
def excel_selftest(out: Path) -> int:
    """Try the buttons in Excel."""
    from baiti_xl.excel import selftest
    from baiti_xl.excel.selftest_steps import STEPS

    host = selftest.this_excel()
    say("大约两分钟。请不要碰自动打开的 Excel；您自己开着的不受影响。")
    path, outcomes = selftest.selftest(out, host, STEPS, progress)
    say(f"{selftest.tally(outcomes)}。已写入 {path}，请发给维护人员。")
    return FOUND if any(one.verdict is selftest.Verdict.BAD for one in outcomes) else OK


@command("kit", "做安装包：没有网络的 Windows 电脑要用的全部文件，可用 U 盘带走；做的时候要有网络")
@out_option
@click.option(
    "--python", "pythons", multiple=True, metavar="X.Y", help="只要这些 Python 用的（可多次给出）；默认全要"
)
@click.option(
    "--platform", default="win_amd64", metavar="win_amd64|this", help="给哪种电脑；默认 64 位 Windows"
)
def kit(out: Path, pythons: tuple[str, ...], platform: str) -> None:
    """Make a kit for computers without internet."""
    from baiti_xl.desk import kit as kits

    made = kits.make(out, platform, pythons or kits.PYTHONS, progress)
    say(f"已写入 {made}。整个文件夹拷到 U 盘，在那台电脑上照“{kits.PAGE}”安装。")


@command("serve", "打开网上交送：单位在浏览器里校验、交送，办公室和领导在浏览器里看；要装 baiti-xl[serve]")
@click.argument("folder", metavar="DIR", type=PATH)
@click.option("--host", default="127.0.0.1", help="监听的地址；默认只有本机能连")
@click.option("--port", type=click.IntRange(0, 65535), default=8765, help="端口；默认 8765")
@click.option("--cert", type=PATH, help="TLS 证书文件")
@click.option("--key", type=PATH, help="TLS 私钥文件")
@click.option("--plain-http", is_flag=True, help="没有证书也在本机以外监听：内容明文经过网络")
def serve(folder: Path, host: str, port: int, **options: Any) -> None:
    """Serve a working folder."""
    reading()
    from baiti_xl import desk

    try:
        from baiti_xl.serve import run
    except ModuleNotFoundError as error:
        raise desk.ActionError(
            f"缺少 {error.name}。请先安装：pip install 'baiti-xl[serve]'，再运行一次。"
        ) from error
    run.serve(folder, host, port, say=say, **options)


@command("build", "在当前文件夹重新生成 workbook/、doc_templates/ 和 docs/reference/")
@click.option("--check", "compare", is_flag=True, help="只比较，不写入；有不同则退出码为 1")
def build(compare: bool) -> int:
    """Rebuild the shipped files, or compare them."""
    from baiti_xl import desk

    paths = desk.build(Path.cwd(), compare=compare)
    for path in paths:
        say(f"与源文件不一致：{path}" if compare else f"已写入 {path}")
    return FOUND if compare and paths else OK


@command("demo", "用样例数据走一遍全过程，并说明打开哪些文件")
@click.argument("folder", metavar="[DIR]", type=PATH, default=Path("demo"))
def demo(folder: Path) -> None:
    """Run the main job on sample data."""
    from baiti_xl.demo import show

    files = show.run(folder, say, progress)
    click.echo("样例全部完成。请打开：")
    for path in files:
        click.echo(f"  {path}")
