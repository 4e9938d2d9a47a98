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
        "受助人数没有分地区公布，所以花费的每一个数都含假设。每项假设都有范围和理由（params/assumptions），没有一项被悄悄填进去。",
        "Recipients are not published by area, so that every figure of the cost rests on assumptions. Each has a range and a reason (params/assumptions); none is filled in silently.",
    )
    caption = wording.pick(
        f"假设及其范围；“花费”为只移动这一项、其余取中时的全年新增支出（{unit(wording)}）",
        f"Assumptions and their ranges; “cost”: extra cost of the year with this one moved and the others central ({unit(wording)})",
    )
    parts = [said, plates.table(_ranges(facts, wording, assumptions), caption, left=1)]
    if rises(facts, wording):
        asked = tables.requests(facts, assumptions, wording, MOST_REQUESTS)
        asked = asked.map(lambda text: text if "]{" in text else raw(text, facts))
        caption = wording.pick(
            "先去要哪个数：按知道它平均能少闲置或少短缺多少钱排序（额度定在九成够用处）；“翻转”指使能否负担的结论反过来的取值",
            "What to ask for first: ranked by how much money would on average no longer lie idle or be missing under an envelope for nine draws in ten; the last column is the value at which the answer whether it can be borne turns",
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
        wording.pick("花费", "cost"),
    ]
    return pd.DataFrame(lines, columns=heads)
