"""Chart of which assumption moves the cost most."""

from __future__ import annotations

from analysis.report import style
from analysis.report.charts.frame import plan_years
from analysis.report.charts.money import money_foot
from analysis.report.charts.swings import one_at_a_time, short_name
from analysis.report.facts import Facts
from analysis.report.rounding import fixed
from analysis.report.tables.amounts import amount, unit
from analysis.report.wording import Wording

MOST_BARS = 8


@style.styled
def tornado(facts: Facts, wording: Wording, source: str) -> style.Chart:
    """The extra cost with each assumption at its low and high end, the others at their best estimates."""
    _, following = plan_years(facts)
    swings, ends = one_at_a_time(facts)
    widest = sorted(ends, key=lambda name: -abs(ends[name][1] - ends[name][0]))[:MOST_BARS]
    widest = [name for name in widest if ends[name][0] != ends[name][1]]
    middle = facts.value("extra_cost", year=following, area_code=wording.whole)
    title = _tornado_title(facts, wording, widest, ends)
    note = wording.pick(
        "每条为一项假设取两端、其余取基准值时的新增支出；斜纹为未参与模拟的约定。竖线为基准测算值",
        "Each bar: one assumption at its low and high end, the others at their best estimates; hatched: conventions that the simulation does not vary. Line: best estimate",
    )
    shown = swings.to_dict("records")
    note = wording.pick(f"{unit(wording)}。{note}", f"{unit(wording).capitalize()}. {note}")
    drawing, axes = style.figure(2.9, title, money_foot(note, shown, wording, source), wording.lang)
    for position, name in enumerate(reversed(widest)):
        low, high, drawn = ends[name]
        left, right = sorted((low, high))
        bar = {"height": 0.6, "color": style.URBAN if drawn else "white", "edgecolor": style.URBAN, "linewidth": 0.7}
        axes.barh(position, right - left, left=left, hatch="" if drawn else "/////", **bar)
        for value, side in ((left, "right"), (right, "left")):
            shift = -3 if side == "right" else 3
            at = {"xytext": (shift, 0), "textcoords": "offset points", "ha": side, "va": "center", "fontsize": 5.8}
            at["bbox"] = {"facecolor": "white", "edgecolor": "none", "pad": 0.4}
            axes.annotate(fixed(amount(value, wording), 0, ","), (value, position), **at)
    if widest:
        axes.axvline(middle, color=style.INK, linewidth=0.7)
    else:
        axes.spines["left"].set_visible(False)
    labels = {name: short_name(wording, name) for name in widest}
    axes.set_yticks(range(len(widest)), [labels[name] for name in reversed(widest)], fontsize=5.8)
    axes.tick_params(axis="y", length=0)
    span = max((max(ends[name][:2]) for name in widest), default=1) - min(
        (min(ends[name][:2]) for name in widest), default=0
    )
    low_most = min((min(ends[name][:2]) for name in widest), default=0)
    axes.set_xlim(low_most - 0.22 * span - 1, low_most + 1.22 * span + 1)
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    box = axes.get_position()
    axes.set_position((0.36, box.y0 - 0.05, 0.61, box.height + 0.05))
    data = swings[["measure", "year", "value", "unit", "grade", "rests_on"]].reset_index(names="key").sort_values("key")
    return style.Chart(f"tornado.{wording.lang}", drawing, data.reset_index(drop=True), title)


def _tornado_title(
    facts: Facts, wording: Wording, widest: list[str], ends: dict[str, tuple[float, float, bool]]
) -> str:
    if not widest:
        return wording.pick("不提标，任何假设都不影响新增支出", "No floor moves: no assumption changes the extra cost")
    name = short_name(wording, widest[0])
    low, high = (fixed(amount(value, wording), 0, ",") for value in sorted(ends[widest[0]][:2]))
    return wording.pick(
        f"影响范围最大的假设是“{name}”：其余不变，新增支出在{low}至{high}{unit(wording)}之间",
        f"The assumption of the widest range is {name}: alone it moves the extra cost from {low} to {high} {unit(wording)}",
    )
