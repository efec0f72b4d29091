"""The main job on sample data, as staff would do it: init, issue, submissions, check, consolidate, documents."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

from baiti_xl import desk
from baiti_xl.contest.records import CIRCULAR
from baiti_xl.demo import PERIODS, sample_rulebook, samples

FAULTY = "X05_马楼镇_报送表.xlsx"


def run(folder: Path, say: Callable[[str], None], progress: desk.Progress = desk.silent) -> list[Path]:
    """Carry out the main job in a folder and return the files to open, in order of interest."""
    book = sample_rulebook()
    say("① 建立工作文件夹，规则和单位名录写入操作台")
    made = desk.init(folder, book)
    console, template = made.files[:2]
    if made.note:
        say(made.note)
    say("② 给每个单位下发模板")
    desk.issue(folder / "下发", console=console, overwrite=True, progress=progress)
    *earlier, before, last = PERIODS
    say(f"③ 各单位报送（样例数据，含有意设置的错误）：{'、'.join(map(str, PERIODS))}")
    previous = [put_samples(folder / "往期报送" / str(period), period) for period in (*earlier, before)]
    current = put_samples(folder / "报送", last)
    say("④ 校验一份有错的报送表，写出标了颜色的副本")
    _, copies = desk.check([current / FAULTY], console=console, annotated=folder / "校验")
    say("⑤ 逐期汇总、归档、发出进展通报，再汇总本期，与上期公布的数衔接")
    out = folder / "输出"
    for sent in previous:
        desk.consolidate(sent, out / "往期", console=console, overwrite=True, progress=progress)
        desk.documents([CIRCULAR], sent, out / "往期", console=console, overwrite=True, progress=progress)
    done = desk.consolidate(current, out, console=console, since=before, overwrite=True, progress=progress)
    say("⑥ 生成全部公文，每份附核稿表")
    papers = desk.documents(
        ["all"], current, out / "公文", console=console, overwrite=True, progress=progress
    )
    report = next(w for w in papers.written if w.paper.kind == CIRCULAR)
    return [
        *done.outputs,
        report.file,
        report.figures,
        *copies,
        current / "X01_城关镇_报送表.xlsx",
        template,
        console,
    ]


def put_samples(folder: Path, period: date) -> Path:
    """Write the submissions of a period into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for sample in samples(sample_rulebook(), period):
        (folder / sample.file).write_bytes(sample.data)
    return folder
