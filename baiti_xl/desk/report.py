"""What the command line prints for people: findings by file and sheet, and what a consolidation did."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from baiti_xl.contest.findings import count_by_severity
from baiti_xl.contest.records import Submission
from baiti_xl.desk.entries import Issued
from baiti_xl.desk.verifying import Verified
from baiti_xl.papers.catalogue import KINDS
from baiti_xl.papers.due import due_when


def findings_text(submission: Submission) -> str:
    """Return a file's findings grouped by sheet, as lines."""
    counts = count_by_severity(submission.findings)
    unit = f"　{submission.cover.code} {submission.cover.name}" if submission.cover.code else ""
    lines = [f"■ {submission.file}{unit}　" + "　".join(f"{name} {count}" for name, count in counts.items())]
    for sheet, found in groupby(submission.findings, key=lambda f: f.place.sheet):
        lines.append(f"  〔{sheet or '文件'}〕")
        for item in found:
            value = f"　填写内容：{item.value}" if item.value else ""
            lines.append(
                f"    {item.severity.value} {item.rule} {item.place.cell or '—'}　{item.message}{value}"
            )
    if not submission.findings:
        lines.append("  没有发现问题。")
    return "\n".join(lines)


def consolidation_text(summary: Mapping[str, Any]) -> str:
    """Return what a consolidation read, counted and wrote, as lines."""
    files, rows, money, found = (summary[k] for k in ("files", "rows", "money", "findings"))
    missing = [u["name"] for u in summary["units"] if u["status"] == "未报送"]
    trouble = [
        f"{u['name']}（{u['status']}{'，沿用截至 ' + u['covered_until'] if u['carried_over'] else ''}）"
        for u in summary["units"]
        if u["status"] in ("退回", "冲突")
    ]
    lines = [
        day_told(summary),
        f"文件：共 {files['seen']} 个，采用 {files['accepted']}，退回 {files['rejected']}，被新报送替代 {files['superseded']}"
        + (f"；另有 {len(summary['skipped'])} 个没有读取" if summary["skipped"] else ""),
        f"数据：共 {rows['seen']} 行，计入 {rows['counted']}，未计入 {rows['not_counted']}；"
        f"金额 {money['typed']} 万元，计入 {money['counted']}，未计入 {money['not_counted']}",
        f"问题：错 {found['错']} 条，警 {found['警']} 条，示 {found['示']} 条（见“问题清单”）",
    ]
    if skipped := summary["skipped"]:
        shown = "、".join(f"{one['file']}（{one['why']}）" for one in skipped[:10])
        lines.append(f"没有读取 {len(skipped)} 个：{shown}" + ("…" if len(skipped) > 10 else ""))
    if summary["open_matters"]:
        lines.append(
            f"会审：有 {summary['open_matters']} 件没有答复（见结果的“会审”），编号以前在操作台“会审”表答复"
        )
    if missing:
        lines.append(f"未报送 {len(missing)} 个：{'、'.join(missing)}")
    if trouble:
        lines.append(f"需要处理 {len(trouble)} 个：{'、'.join(trouble)}")
    if other := [u for u in summary["units"] if u["covered_until"] not in (None, summary["as_of"])]:
        shown = "、".join(f"{u['name']}（{u['covered_until']}）" for u in other[:10])
        lines.append(f"填到别的日子 {len(other)} 个：{shown}" + ("…" if len(other) > 10 else ""))
    lines.extend(f"已写入 {path}" for path in summary["outputs"])
    return "\n".join(lines)


def day_told(summary: Mapping[str, Any]) -> str:
    """Return which day an output speaks of and why, as its first line: 统计日 2011-05-13（第一期）：56 份中 55 份填到这一天."""
    return f"统计日 {summary['as_of']}（{summary['period']}）：{summary['day_reason']}"


def review_text(summary: Mapping[str, Any]) -> str:
    """Return the matters of a review, as lines: those that wait first."""
    matters = sorted(summary["matters"], key=lambda m: m["answer"] is not None)
    lines = [f"{day_told(summary)}；会审 {len(matters)} 件，{summary['open']} 件没有答复"]
    for matter in matters:
        said = (
            f"已答复：{matter['answer']}，{matter['reason'] or ''}（{matter['answered_by']}）"
            if matter["answer"]
            else "没有答复"
        )
        lines.append(f"  {matter['mark']}　{said}")
        lines.append(f"    {matter['what']}")
        lines.append(f"    依据：{matter['evidence']}　影响：{matter['effect']}")
    lines.extend(f"请核对：{stray}。" for stray in summary["strays"])
    lines.extend(f"已写入 {path}" for path in summary["outputs"])
    return "\n".join(lines)


def register_text(entries: Sequence[Issued]) -> str:
    """Return the register of papers, an entry a line."""
    if not entries:
        return "还没有编号发出的文书。"
    return "\n".join(
        f"{e.act}　{e.text}　{e.kind}{f'（{e.unit}）' if e.unit else ''}　统计日 {e.day}　成文日期 {e.dated}"
        f"{f'　理由：{e.reason}' if e.reason else ''}　{e.moment} {e.who}"
        for e in entries
    )


def kinds_lines() -> list[str]:
    """Return the kinds of documents, one a line, with for whom each is and when it is due."""
    return [f"{kind.name}\t{kind.per}\t{due_when(kind.name)}" for kind in KINDS]


def verified_text(found: Sequence[Verified]) -> str:
    """Return papers read back, as lines."""
    return "\n".join(line for one in found for line in verified_lines(one))


def verified_lines(one: Verified) -> Iterator[str]:
    """Yield what was found of one paper."""
    about = one.about.about if one.about else {}
    told = (str(one.file), about.get("kind", ""), about.get("number", ""))
    yield f"■ {'　'.join(filter(None, told))}"
    if one.problem:
        yield f"  {one.problem}"
        return
    if one.changes:
        yield f"  按{one.by}，{one.count} 处数字中 {len(one.changes)} 处不是成文时的："
        yield from (f"    {change.became}　{change}" for change in one.changes)
    elif not one.count:
        yield f"  按{one.by}，文中没有统计数字，没有可核对的。"
    else:
        yield f"  按{one.by}，{one.count} 处数字都与成文时一致。"
    yield from (f"  登记　{line}" for line in one.register)
    yield from (f"  版式　{fault}" for fault in one.layout)


def documents_text(summary: Mapping[str, Any]) -> str:
    """Return what a run of documents wrote, as lines."""
    since = f"；比较日 {summary['since']}" if summary["since"] else ""
    lines = [f"{day_told(summary)}{since}"]
    for item in summary["documents"]:
        number = f"　{item['number']}" if item["number"] else ""
        lines.append(
            f"{item['kind']}{number}　{item['file']}（{item['figures']} 处数字，见 {Path(item['figures_file']).name}）"
        )
    lines += [f"没有生成 {kind}：{reason}" for kind, reason in summary["left_out"].items()]
    lines += [f"更正 {change}" for change in summary["changes"]]
    if summary["open_matters"]:
        lines.append(
            f"会审还有 {summary['open_matters']} 件没有答复，编号以前要答复；用 baiti-xl review 逐件列出。"
        )
    return "\n".join(lines)


def send_text(summary: Mapping[str, Any], chase_list: str) -> str:
    """Return what is in an outbox, as lines: the list of whom to remind as it is to be pasted."""
    mails = summary["mails"]
    without = sum(not mail["to"] for mail in mails)
    lines = [
        f"统计日 {summary['as_of']}（{summary['period']}）：邮件草稿 {len(mails)} 份，在“{summary['folder']}”。"
        "逐份打开看过再发，程序不发送。"
    ]
    if without:
        lines.append(f"{without} 份没有收件人：单位名录没有填“邮箱”。")
    for item in summary["left_out"]:
        units = f"（{'、'.join(item['units'])}）" if item["units"] else ""
        lines.append(f"没有放进去 {item['kind']}{units}：{item['reason']}")
    lines.extend(f"打印 {kind}：{path}" for kind, path in summary["print_runs"].items())
    return "\n".join((*lines, "", chase_list.rstrip()))


# ── what both shells tell of an action ───────────────────────────────────────────────────────────

UNSOUND = "对账不符，这是程序的缺陷。请不要使用这次结果，并把报送文件发给维护人员。"
ALL_SOUND = "所有报送表都没有“错”，不用退回。"


def issued_text(count: int, where: str = "") -> str:
    """Return how many forms were made, and where they are."""
    return f"已生成 {count} 份报送表{placed(where)}。"


def reviewed_text(matters: int, waiting: int, listed: str = "") -> str:
    """Return how many matters there are and how many wait; `listed` is where they are to be answered."""
    told = f"会审 {matters} 件，{waiting} 件没有答复"
    return told + (listed or "。") if waiting else f"{told}，可以正式编号。"


def written_text(count: int, where: str = "", *, draft: bool) -> str:
    """Return how many papers were made, and where they are."""
    return f"已生成 {count} 份{'草稿' if draft else '文书'}，每类一份核稿表{placed(where)}。"


def sent_back_text(faulty: int, notices: int, where: str = "") -> str:
    """Return how many forms were sent back, and where what goes with them is."""
    marked = f"{faulty} 份报送表有错，已各做一份标了颜色的副本"
    return f"{marked}，另生成 {notices} 份补正通知{placed(where)}。"


def placed(where: str) -> str:
    """Return where something is, as it stands behind what was made."""
    return f"，在“{where}”" if where else ""


def joined(*parts: str) -> str:
    """Return what there is to tell, a line each."""
    return "\n".join(filter(None, parts))
