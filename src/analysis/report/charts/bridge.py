"""The chart of the bridge: how the extra cost got from what an older memo says to what this one says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analysis.inputs.evidence import GRADES
from analysis.model.compare.bridge import CAUSES
from analysis.report import style
from analysis.report.charts.frame import HOLLOW_FROM, plan_years
from analysis.report.charts.layout import beside_labels, data_of
from analysis.report.charts.money import money_foot
from analysis.report.facts import Facts, money
from analysis.report.tables.amounts import amount, unit
from analysis.report.wording import Wording

if TYPE_CHECKING:
    from matplotlib.axes import Axes

HEIGHT = 0.56


@style.styled
def bridge(facts: Facts, wording: Wording, source: str) -> style.Chart:
    """The central extra cost of the older memo, what each cause adds to it or takes away, and that of this memo.

    The two memos are marks, not bars, and the axis is cut: the bars are changes, and their lengths are true to each other.
    """
    _, following = plan_years(facts)
    where = {"area_code": wording.whole, "programme": "", "tier": ""}
    then = next(row for row in facts.own("bridge_extra_cost_before") if not row["tier"])
    now = facts.row("extra_cost", year=following, **where)[1]
    parts = [facts.row(f"bridge_extra_cost_by_{cause}", year=following, **where)[1] for cause in CAUSES]
    change = facts.row("bridge_extra_cost_change", year=following, **where)[1]
    drawn = [then, *parts, change, now]
    title = _title(wording, then, parts, change, now)
    note = wording.pick(
        f"{unit(wording)}，中值；横轴不从零起；实心为增，斜纹为减；各项依次换上后重算，相加等于两次之差",
        f"{unit(wording).capitalize()}, central; the axis does not begin at nought. Solid: more, hatched: less. "
        "Each part is what its exchange moved; together they make the difference",
    )
    drawing, axes = style.figure(2.35, title, money_foot(note, drawn, wording, source), wording.lang)
    labels = [wording.pick(f"上次（{then['year']}年）", f"then, for {then['year']}")]
    labels += [wording.word(f"cause_{cause}") for cause in CAUSES]
    labels.append(wording.pick(f"本次（{following}年）", f"now, for {following}"))
    levels = [then["value"]]
    _mark(axes, 0, then, wording)
    for place, part in enumerate(parts, 1):
        _bar(axes, -place, levels[-1], part["value"], wording)
        levels.append(levels[-1] + part["value"])
    _mark(axes, -len(CAUSES) - 1, now, wording)
    for place, level in enumerate(levels):
        axes.plot([level, level], [-place, -place - 1], color=style.QUIET, linewidth=0.6, zorder=1)
    low, high = min(levels), max(levels)
    span = high - low or 1.0
    axes.set_xlim(low - 0.08 * span, high + 0.42 * span)
    axes.set_ylim(-len(labels) + 0.45, 0.55)
    axes.set_yticks([-place for place in range(len(labels))], labels, fontsize=6.2)
    beside_labels(axes, wording.pick(0.2, 0.22))
    return style.Chart(f"bridge.{wording.lang}", drawing, data_of(drawn), title)


def _mark(axes: Axes, place: int, row: dict[str, Any], wording: Wording) -> None:
    """Draw where a memo stands; hollow where its grade is derived or worse."""
    hollow = row["grade"] in GRADES[HOLLOW_FROM:]
    look = {"marker": "D", "markersize": 5, "color": style.INK, "linestyle": "none", "zorder": 4}
    axes.plot([row["value"]], [place], markerfacecolor="white" if hollow else style.INK, **look)
    _label(axes, place, row["value"], f"{amount(row['value'], wording):,}", shift=6)


def _bar(axes: Axes, place: int, start: float, change: float, wording: Wording) -> None:
    """Draw what one cause adds, or takes away, from where the one before it ended."""
    if not change:
        _label(axes, place, start, wording.pick("没有改变", "moves nothing"))
        return
    look = (
        {"color": style.RURAL}
        if change > 0
        else {"facecolor": "white", "edgecolor": style.URBAN, "hatch": "/////", "linewidth": 0.8}
    )
    axes.barh(place, change, left=start, height=HEIGHT, zorder=2, **look)
    _label(axes, place, max(start, start + change), f"{amount(change, wording):+,}")


def _label(axes: Axes, place: int, at: float, text: str, shift: float = 3) -> None:
    look = {"xytext": (shift, 0), "textcoords": "offset points", "va": "center", "fontsize": 6.2, "color": style.INK}
    axes.annotate(text, (at, place), zorder=5, **look)


def _title(wording: Wording, then: dict, parts: list[dict], change: dict, now: dict) -> str:
    moving = sorted(
        (pair for pair in zip(CAUSES, parts, strict=True) if pair[1]["value"]), key=lambda pair: -abs(pair[1]["value"])
    )
    first, last, size = (
        "".join(money(value, wording.lang)) for value in (then["value"], now["value"], abs(change["value"]))
    )
    if not change["value"]:
        named = wording.listed([wording.word(f"cause_{cause}") for cause, _ in moving])
        return wording.pick(
            f"新增支出仍为{last}：{named}的影响相互抵消",
            f"The extra cost is still {last}: the effects of {named} cancel out",
        )
    most = wording.word(f"cause_{moving[0][0]}")
    way = wording.pick("多" if change["value"] > 0 else "少", "higher" if change["value"] > 0 else "lower")
    if len(moving) == 1:
        return wording.pick(
            f"新增支出{last}，比上次{way}{size}，全由{most}变动引起",
            f"The extra cost of {last} is {size} {way} than before, all of it by {most}",
        )
    part = "".join(money(abs(moving[0][1]["value"]), wording.lang))
    more = wording.pick(
        "增" if moving[0][1]["value"] > 0 else "减", "adds" if moving[0][1]["value"] > 0 else "takes off"
    )
    return wording.pick(
        f"新增支出由{first}变为{last}，{way}{size}；影响最大的是{most}，{more}{part}",
        f"The extra cost goes from {first} to {last}, {size} {way}; {most} matters most and {more} {part}",
    )
