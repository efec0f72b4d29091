"""What the command line prints for people: findings by file and sheet, and what a consolidation did."""

from collections.abc import Mapping
from itertools import groupby
from typing import Any

from baiti_xl.contest.findings import count_by_severity
from baiti_xl.contest.records import Submission
from baiti_xl.papers.catalogue import KINDS


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
        f"统计日 {summary['as_of']}（{summary['period']}）：{summary['day_reason']}",
        f"文件：共 {files['seen']} 个，采用 {files['accepted']}，退回 {files['rejected']}，被新报送替代 {files['superseded']}",
        f"数据：共 {rows['seen']} 行，计入 {rows['counted']}，未计入 {rows['not_counted']}；"
        f"金额 {money['typed']} 万元，计入 {money['counted']}，未计入 {money['not_counted']}",
        f"问题：错 {found['错']} 条，警 {found['警']} 条，示 {found['示']} 条（见“问题清单”）",
    ]
    if missing:
        lines.append(f"未报送 {len(missing)} 个：{'、'.join(missing)}")
    if trouble:
        lines.append(f"需要处理 {len(trouble)} 个：{'、'.join(trouble)}")
    if other := [u for u in summary["units"] if u["covered_until"] not in (None, summary["as_of"])]:
        shown = "、".join(f"{u['name']}（{u['covered_until']}）" for u in other[:10])
        lines.append(f"填到别的日子 {len(other)} 个：{shown}" + ("…" if len(other) > 10 else ""))
    lines.extend(f"已写入 {path}" for path in summary["outputs"])
    return "\n".join(lines)


def kinds_lines() -> list[str]:
    """Return the kinds of documents, one a line, with for whom each is."""
    return [f"{kind.name}\t{kind.per}" for kind in KINDS]


def documents_text(summary: Mapping[str, Any]) -> str:
    """Return what a run of documents wrote, as lines."""
    lines = [f"统计日 {summary['as_of']}" + (f"，比较日 {summary['since']}" if summary["since"] else "")]
    for item in summary["documents"]:
        number = f"　{item['number']}" if item["number"] else ""
        lines.append(f"{item['kind']}{number}　{item['file']}（另附核稿表，{item['figures']} 个数字）")
    if summary["nothing_to_say"]:
        lines.append(f"没有需要生成的：{'、'.join(summary['nothing_to_say'])}")
    return "\n".join(lines)
