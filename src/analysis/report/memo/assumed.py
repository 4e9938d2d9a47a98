"""The section on what rests on assumptions, and which figures to ask for first."""

from __future__ import annotations

import pandas as pd

from analysis.inputs.parameters.assumption import Assumption
from analysis.report import tables
from analysis.report.charts import plan_years
from analysis.report.facts import Facts
from analysis.report.memo.marking import Plates, raw
from analysis.report.memo.risk import rises
from analysis.report.tables.amounts import unit
from analysis.report.wording import Wording

MOST_REQUESTS = 6


def assumed(facts: Facts, wording: Wording, plates: Plates, assumptions: dict[str, Assumption]) -> str:
    """Return every assumption with its range and what it is worth, then what to ask for.

    Args:
        facts: marked facts of the proposed scenario.
        wording: words of the language, safe for markdown.
        plates: figures and tables of the document.
        assumptions: by id, ranges filled in.
    """
    said = wording.pick(
        "分地区受助人数未公布，因此新增支出的各项数额均含假设。各项假设均列明取值范围和理由，下表列出范围；分担比例见资金负担图。",
        "Recipients are not published by area, so every amount of the cost rests on assumptions. Each is stated with its range here and with its reason in the assumptions of the costing workbook; the tiers' shares stand in the figure of who pays.",
    )
    caption = wording.pick(
        f"假设及其范围；“新增支出”为只变动这一项、其余取基准值时的全年新增支出（{unit(wording)}）",
        f"Assumptions and their ranges; “cost”: extra cost of the year with this one at either end, the others at their best estimates ({unit(wording)})",
    )
    parts = [said, plates.table(_ranges(facts, wording, assumptions), caption, left=1)]
    if rises(facts, wording):
        asked = tables.requests(facts, assumptions, wording, MOST_REQUESTS)
        asked = asked.map(lambda text: text if "]{" in text else raw(text, facts))
        caption = wording.pick(
            "需补充的数据：按补充后平均可减少的闲置或短缺资金排序（额度定在九成模拟结果够用处）；末列为使“能否负担”的结论改变的取值（不提标时的支出也随之变动）",
            "Data to ask for first, ranked by the money set aside too much or too little that knowing it would save on average (in an envelope that suffices in nine of ten cases). Last column: the value at which the rise becomes affordable, or ceases to be; spending without a rise moves with it",
        )
        parts.append(plates.table(asked, caption, left=2))
    return "\n\n".join(parts)


def _ranges(facts: Facts, wording: Wording, assumptions: dict[str, Assumption]) -> pd.DataFrame:
    _, year = plan_years(facts)
    where = {"area_code": wording.whole, "year": year}
    lines = []
    for name, one in assumptions.items():
        style = "percent" if one.unit.startswith("share") else "ratio"
        ends = [facts.say(f"assumption_{name}", style, statistic=end, **where) for end in ("low", "central", "high")]
        moved = [facts.say(f"extra_cost_if_{name}_{end}", "amount", **where) for end in ("low", "high")]
        lines.append((raw(one.title.in_language(wording.lang), facts), *ends, " – ".join(moved)))
    heads = [
        wording.word("head_assumption"),
        *(wording.word(f"head_{end}") for end in ("low", "central", "high")),
        wording.pick("新增支出", "cost"),
    ]
    return pd.DataFrame(lines, columns=heads)
