"""The office's terms and the words the code has for them, where no declaration says so already.

Sheets, columns, measures and lists of answers name their own identifiers; `books/reference.py` puts all of them on one page.
"""

TERMS: tuple[tuple[str, str], ...] = (
    ("单位", "unit"),
    ("类别（乡镇、县直）", "group"),
    ("报送", "submission"),
    ("零报告", "zero"),
    ("操作台", "console"),
    ("规则（全部参数）", "Rulebook"),
    ("校验规则", "rule"),
    ("问题（校验所得）", "finding"),
    ("统计日", "day"),
    ("比较日", "since"),
    ("台账", "ledger"),
    ("汇总", "consolidate"),
    ("竞赛内容", "comparison"),
    ("指标", "measure"),
    ("某单位某日的指标值", "figure"),
    ("单项排名", "board"),
    ("名次", "rank"),
    ("综合得分", "score"),
    ("档次", "tier"),
    ("基本任务", "task"),
    ("联合引进", "joint"),
    ("首报（牵头）单位", "lead"),
    ("到位", "paid"),
    ("裁定", "ruling"),
    ("调度会", "meeting"),
    ("督查情形", "flag"),
    ("疑似重复", "pair"),
    ("对账", "proof"),
    ("核稿", "figures"),
    ("公文", "paper"),
)
