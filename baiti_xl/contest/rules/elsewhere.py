"""X and H: one claim in two units, and the past; found on counting, where all files are known."""

from baiti_xl.contest.rules.rule import ERROR, NOTE, OWN, WARNING, Rule

OTHERS, EARLIER = "要看其他单位的报送", "要看本单位上一次的报送"
RULES = (
    Rule(
        "X01", WARNING, "疑似同一项目", "与{other}的项目 {number}「{name}」疑似同一个（相似度 {score}）",
        "请办公室核实并在“裁定”里写明归属，或由双方按联合引进填报", OWN, unseen=OTHERS,
    ),
    Rule(
        "X01/crowd", NOTE, "查重不全", "本单位有 {count} 个项目的投资方或名称与过多的项目相近，只与最相近的一部分比对过，可能还有没查出的同一项目",
        "请办公室按投资方另行核对", OWN, unseen=OTHERS, own=None,
    ),
    Rule(
        "X02/over", ERROR, "联合份额超过 100", "联合标识「{value}」各单位份额合计 {total}，超过 100",
        "请各联合单位重新商定份额", OWN, unseen=OTHERS,
    ),
    Rule(
        "X02/differ", ERROR, "联合各方数据不一致", "联合标识「{joint}」的「{heading}」与{other}填的不同（{theirs}）",
        "请联合单位统一后重报", OWN, unseen=OTHERS,
    ),
    Rule(
        "X02/under", WARNING, "联合份额不足 100", "联合标识「{value}」各单位份额合计 {total}，不足 100，可能有联合单位未报",
        "请提醒联合单位补报", OWN, unseen=OTHERS,
    ),
    Rule(
        "X02/doubled", ERROR, "联合标识重复", "本单位有两行项目用了同一个联合标识「{value}」", "一个联合项目本单位只填一行；不是一个项目的，请改联合标识",
        OWN, unseen=OTHERS,
    ),
    Rule(
        "X02/voucher", ERROR, "联合凭证不一致", "联合项目的同一张凭证，「{heading}」与{other}填的不同（{theirs}），暂不计入",
        "请联合单位统一后重报", OWN, unseen=OTHERS,
    ),
    Rule(
        "X02/missing", WARNING, "联合凭证不全", "联合标识「{value}」的联合单位还报了这些凭证，本单位没有：{vouchers}",
        "已按各方凭证合并计算；请核对后把缺的补上，或请联合单位删去", OWN, unseen=OTHERS,
    ),
    Rule(
        "X03", ERROR, "跨单位凭证重复", "凭证号和付款方与{others}相同", "请办公室核实归属并在“裁定”里写明", OWN, unseen=OTHERS,
        own="请核对这张凭证是否属于本单位，并附凭证复印件",
    ),
    Rule("X04", WARNING, "同日邀请同一客商", "{day} 邀请的客商与{others}相同", "请核对是否同一次来访", OWN, unseen=OTHERS),
    Rule(
        "X05", WARNING, "裁定项目换编号", "与裁定“{decision}”的项目 {old}「{name}」疑似同一个，裁定继续适用",
        "请办公室核实；确是另一个项目的，对新编号裁定“认定”", OWN, unseen=EARLIER,
    ),
    Rule("H01", WARNING, "往期记录有改动", "与 {before} 报送相比，{difference}", "请说明改动原因", OWN, unseen=EARLIER),
    Rule(
        "H02", ERROR, "累计金额减少", "{what}由 {old} 减为 {new} 万元，没有裁定依据",
        "请说明原因，由办公室在“裁定”里写明", OWN, unseen=EARLIER,
        own="请核对；确有减少的，书面说明原因并附材料",
    ),
    Rule("H03", WARNING, "项目阶段倒退", "项目 {number} 的阶段由“{old}”退为“{new}”", "请说明原因", OWN, unseen=EARLIER),
)  # fmt: skip
