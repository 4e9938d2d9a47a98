"""What the charts of money share: the foot, the heaviest assumptions, and amounts in one unit."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from analysis.inputs.evidence import worst_grade
from analysis.report.charts.swings import one_at_a_time, short_name
from analysis.report.facts import Facts
from analysis.report.rounding import fixed
from analysis.report.tables.amounts import amount, unit
from analysis.report.wording import Wording

MOST_NAMED = 3


def heaviest(facts: Facts, wording: Wording) -> tuple[str, list[dict[str, Any]]]:
    """Name the assumptions that move the extra cost most, each with its two ends, and return the rows of those ends."""
    rows, ends = one_at_a_time(facts)
    moving = {name: both for name, both in ends.items() if both[0] != both[1]}
    widest = sorted(moving, key=lambda name: -abs(moving[name][1] - moving[name][0]))[:MOST_NAMED]
    if not widest:
        return "", []
    keyed = rows.reset_index(names="key").set_index("measure", drop=False)
    said, used = [], []
    for name in widest:
        low, high = sorted(moving[name][:2])
        said.append(f"{short_name(wording, name)} {amount(low, wording):,}–{amount(high, wording):,}")
        used += [dict(keyed.loc[f"extra_cost_if_{name}_{end}"]) for end in ("low", "high")]
    listed = wording.pick("；", "; ").join(said)
    head = wording.pick(
        f"。对新增支出影响最大的假设（{unit(wording)}）：",
        f". What moves the extra cost most, one at a time ({unit(wording)}): ",
    )
    return head + listed, used


def money_foot(note: str, rows: Iterable[dict[str, Any]], wording: Wording, source: str) -> str:
    """Return the line under a chart of money: unit and reading, source, worst grade."""
    grade = wording.grade(worst_grade(row["grade"] for row in rows))
    return wording.pick(
        f"{note}。来源：{source}。最差等级：{grade}。", f"{note}. Source: {source}. Worst grade: {grade}."
    )


def large(yuan: float, wording: Wording) -> str:
    """Return an amount in the chart's one unit: 亿元 to a hundredth, million yuan."""
    return fixed(yuan / 1e8, 2) if wording.lang == "zh" else fixed(yuan / 1e6, 0, ",")


def large_unit(wording: Wording) -> str:
    """Return the unit of :func:`large`."""
    return wording.pick("亿元", "million yuan")
