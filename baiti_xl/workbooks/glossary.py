"""What each figure means, in the words of the rulebook in force."""

from baiti_xl.rulebook import (
    AMOUNT,
    COMPLETION,
    INVITED,
    NEW,
    OWN,
    PAID,
    PARAMETERS,
    SIGNED,
    VISITED,
    Rulebook,
    parameter_cell,
)


def definitions(book: Rulebook) -> list[tuple[str, str]]:
    """Return (name, explanation) of every figure, then of every parameter with its authority."""
    window = f"{book.start} 至统计日（不超过 {book.end}），含首尾两天"
    formal = "意向、框架、正式合同都算" if book.framework_counts else "只算正式合同"
    joint = {
        "按份额": "联合项目按本单位份额折算个数",
        "各计一个": "联合项目各单位各计一个",
        "只计首报": "联合项目只计给牵头单位",
    }[book.joint_basis]
    tiers = "；".join(
        f"{t.name}（{t.label}）{'不低于' if book.tier_inclusive else '高于'} {t.lower:f} 万元"
        for t in book.tiers
    )
    lead = "联合项目只认牵头单位" if book.joint_task == "只认牵头单位" else "联合项目按份额"
    return [
        ("计入条件", f"该行没有未处理的“错”，没有被裁定排除，业务日期在 {window}。"),
        (
            NEW,
            f"按“{book.new_basis}”认定，日期在期内且固定资产投资不低于 {book.minimum:f} 万元的项目个数；{joint}。（方案二；认定为{OWN}）",
        ),
        (
            VISITED,
            f"期内拜访的不同客商，按“{book.visitor_basis}”计；名称去掉空格、括号和公司后缀后相同的算一家。人次按每批次首行的外出人数计。（方案二）",
        ),
        (INVITED, f"期内来县考察的不同客商，按“{book.visitor_basis}”计，归并办法同上。（方案二）"),
        (
            SIGNED,
            f"项目阶段到签约及以后、签约日期在期内的项目个数；{formal}；{joint}；已终止的项目不算。（方案二）",
        ),
        (AMOUNT, "上述签约项目的签约金额乘以本单位份额之和，万元。（方案二）"),
        (PAID, "到位日期在期内的各凭证到位金额乘以项目份额之和，万元。（方案二）"),
        (
            COMPLETION,
            f"期内竣工项目数 ÷ 期内{book.completion_basis}项目数；没有分母时为“—”，排在最后。（方案二；分母为{OWN}）",
        ),
        ("档次", f"按固定资产投资：{tiers}；以下为未入档。单位的档次取签约项目中最高的一档。（方案二）"),
        (
            "基本任务",
            f"{book.task_basis}达到 {book.task_threshold:f} 万元、已{book.task_stage}的项目不少于 {book.task_count:f} 个；{lead}。（方案二）",
        ),
        ("名次", "数值相同名次相同，其后名次顺延；没有数值的排在最后；同名次按单位名录先后列出。"),
        (
            "综合得分",
            f"各项（权重 × 本单位数值 ÷ {'组内' if book.ranking == '按类别' else '全县'}最好值）之和 ÷ 权重之和 × 100；最好值为 0 或没有数值的项得 0 分。（{OWN}）",
        ),
        ("取舍", "金额和比率只在显示时四舍五入到两位小数，计算过程不取舍。"),
        *(
            (f"参数　{p.name}", f"{parameter_cell(p, getattr(book, p.field))}{p.unit}　（{p.source}）")
            for p in PARAMETERS
        ),
    ]
