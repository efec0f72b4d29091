"""办理情况: what is open at each step of the work, in numbers, as 首页 and the command line show it."""

from collections.abc import Mapping

from baiti_xl.books.macros import Step
from baiti_xl.books.overview import COUNTS
from baiti_xl.contest.findings import Severity, count_by_severity
from baiti_xl.contest.records import Outcome
from baiti_xl.desk.reviewing import Numbered, Review
from baiti_xl.desk.sending import Outbox
from baiti_xl.desk.summaries import all_findings


def status(done: Review) -> dict[Step, str]:
    """Return what is open at every step, after a review."""
    return {**status_of(done.outcome), Step.REVIEW: reviewed(done), **status_of_papers(done.papers)}


def status_of(outcome: Outcome) -> dict[Step, str]:
    """Return what is open at the steps that an outcome knows of."""
    counts = count_by_severity(all_findings(outcome))
    fates = [fate for result in outcome.results for fate in result.rows]
    counted = sum(not fate.reason for fate in fates)
    undecided = sum(not pair.ruling for pair in outcome.pairs)
    sound = "相符" if all(identity.holds for identity in outcome.identities) else "不符"
    return {
        Step.COLLECT: reported(outcome),
        Step.CHECK: f"错 {counts[Severity.ERROR.value]} 条，警 {counts[Severity.WARNING.value]} 条；"
        f"退回的报送表 {len(outcome.ledger.rejected)} 份",
        Step.COUNT: f"共 {len(fates)} 行，计入 {counted}；疑似重复未裁定 {undecided} 对；对账{sound}",
    }


def reported(outcome: Outcome) -> str:
    """Return how many units of how many have reported in the period, and how many files of it came back."""
    report = outcome.reports[-1]
    here, _, _, returned, clashing, missing = (report.count(*states) for states in COUNTS)
    back = f"退回 {returned}，冲突 {clashing}"
    return f"{outcome.period}：应报 {len(report.states)} 个单位，已报 {here}，{back}，未报 {missing}"


def reviewed(done: Review) -> str:
    """Return how many matters there are and how many wait for an answer."""
    return f"会审事项 {len(done.matters)} 件，没有答复 {len(done.open)} 件"


def status_of_papers(papers: Numbered | None) -> dict[Step, str]:
    """Return how many papers are due and not numbered, nothing if it is not known."""
    if papers is None:
        return {}
    told = f"到期要编号的文书 {papers.due} 份，已编号 {papers.done}，未编号 {papers.due - papers.done}"
    return {Step.ISSUE: told}


def status_of_outbox(done: Outbox) -> dict[Step, str]:
    """Return how many papers have their numbers, how many drafts of mail wait to be sent, and how many units to be reminded."""
    ((step, told),) = status_of_papers(done.papers).items()
    return {step: f"{told}；邮件草稿 {len(done.drafts)} 份，要催报 {len(done.chased)} 个单位"}


def status_text(lines: Mapping[Step, str]) -> str:
    """Return what is open as lines, a step each."""
    return "\n".join(f"{step[0]}　{said}" for step, said in lines.items())
