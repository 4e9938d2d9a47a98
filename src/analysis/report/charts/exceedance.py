"""Chart of how likely the extra cost is to exceed an amount."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.report import style
from analysis.report.charts.frame import plan_years
from analysis.report.charts.layout import data_of
from analysis.report.charts.money import heaviest, large, large_unit, money_foot
from analysis.report.facts import Facts, money
from analysis.report.wording import Wording

if TYPE_CHECKING:
    from matplotlib.axes import Axes

CHANCES = (5, *range(10, 100, 10), 95)
# How far beyond the curve an amount is still drawn at its place, in widths of the curve.
BEYOND = 1.3


@style.styled
def exceedance(facts: Facts, wording: Wording, source: str) -> style.Chart:
    """The chance that the extra cost exceeds an amount, with the envelope and what the budget's own growth leaves for it."""
    from matplotlib.ticker import MaxNLocator

    _, following = plan_years(facts)
    where = {"year": following, "area_code": wording.whole, "programme": ""}
    curve = {one: facts.row(f"extra_cost_exceeded_with_chance_{one:02d}", **where)[1] for one in CHANCES}
    central, median = (facts.row("extra_cost", statistic=which, **where)[1] for which in ("central", "p50"))
    envelope, capacity, spent = (
        facts.row(name, **where)[1] for name in ("envelope_for_90_percent", "capacity", "spending")
    )
    room = capacity["value"] - (spent["value"] - central["value"])
    say = wording.pick
    note = say(
        f"横轴{large_unit(wording)}，纵轴为模拟结果中超过它的比例；预算增长可容为按一般公共预算增速可支出的减去不提标支出（基准测算值）；基准测算值为各项假设均取基准值",
        f"Across: {large_unit(wording)}; up: share of the simulated cases above it. Left by budget growth: spending allowed at the growth of the general public budget, less "
        "spending without a rise. Best estimate: every assumption at its middle value",
    )
    named, swings = heaviest(facts, wording)
    drawn = [*curve.values(), central, median, envelope, capacity, spent]
    foot = money_foot(note + named, drawn, wording, source)
    values = {one: row["value"] for one, row in curve.items()}
    title = _title(wording, values, envelope["value"], room)
    drawing, axes = style.figure(2.9, title, foot, wording.lang)
    chart = style.Chart(f"exceedance.{wording.lang}", drawing, data_of([*drawn, *swings]), title)
    if not any(values.values()):
        axes.set_axis_off()
        axes.text(0.5, 0.5, say("新增支出：0", "extra cost: 0"), ha="center", fontsize=9, color=style.QUIET)
        return chart
    axes.plot(list(values.values()), CHANCES, "-", color=style.URBAN, marker="o", markersize=2.6, zorder=3)
    _mark_curve(axes, values, wording)
    _mark_amounts(axes, values, central["value"], room, wording)
    axes.set_ylim(0, 110)
    axes.set_yticks([0, 10, 50, 90], ["0%", "10%", "50%", "90%"])
    axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.xaxis.set_major_formatter(lambda value, _: large(value, wording))
    return chart


def _mark_curve(axes: Axes, values: dict[int, float], wording: Wording) -> None:
    """Name the median, left of the curve, and the envelope, right of it: there nothing else stands."""
    for chance, marker, zh, en, side in (
        (50, "D", "中位", "middle case", "right"),
        (10, "s", "九成够用", "nine in ten", "left"),
    ):
        axes.axhline(chance, color=style.UNKNOWN, linewidth=0.6, zorder=1)
        axes.plot([values[chance]], [chance], marker, color=style.RURAL, markersize=4.6, zorder=5)
        text = f"{wording.pick(zh, en)} {large(values[chance], wording)}"
        _label(axes, text, values[chance], chance + (6 if side == "left" else 0), side, style.RURAL, away=5)


def _mark_amounts(axes: Axes, values: dict[int, float], central: float, room: float, wording: Wording) -> None:
    """Draw the central cost and what the budget's growth leaves; an amount far from the curve stands at the edge, with an arrow."""
    first, last = values[CHANCES[0]], values[CHANCES[-1]]
    width = max(first - last, 0.05 * first)
    shown = [min(max(value, last - BEYOND * width), first + BEYOND * width) for value in (central, room)]
    shown = shown if room > 0 else shown[:1]
    left, right = min([*shown, last]), max([*shown, first])
    axes.set_xlim(left - 0.08 * (right - left), right + 0.26 * (right - left))
    axes.plot([shown[0], shown[0]], [0, 106], "-", color=style.INK, linewidth=0.9, zorder=2)
    text = f"{wording.pick('基准测算值', 'best estimate')} {large(central, wording)}"
    _label(axes, text, shown[0], 104, "left" if shown[0] < (left + right) / 2 else "right", style.INK)
    if room > 0:
        at = shown[1]
        axes.plot([at, at], [0, 96], "--", color=style.NEXT, linewidth=0.9, zorder=2)
        arrow = "← " if room < at else "→ " if room > at else ""
        label = wording.pick("预算增长可容", "left by budget growth")
        # Below the curve on its left, above it on its right.
        height, outward = (27, at < values[70]) if at < values[50] else (78, at < sum(axes.get_xlim()) / 2)
        side = "left" if outward else "right"
        _label(axes, f"{arrow}{label} {large(room, wording)}", at, height, side, style.NEXT)


def _label(axes: Axes, text: str, at: float, height: float, side: str, colour: str, away: float = 2) -> None:
    """Write beside a line or a point, on white, so that a line behind does not cross the figures."""
    place = {"xytext": (away if side == "left" else -away, 0), "textcoords": "offset points", "va": "center"}
    box = {"facecolor": "white", "edgecolor": "none", "pad": 0.5}
    axes.annotate(text, (at, height), ha=side, fontsize=6.2, color=colour, bbox=box, zorder=4, **place)


def _title(wording: Wording, curve: dict[int, float], envelope: float, room: float) -> str:
    if not any(curve.values()):
        return wording.pick(
            "不提标，新增支出在任何模拟结果中都为零", "No floor moves: the extra cost is nil in every simulated case"
        )
    enough = "".join(money(envelope, wording.lang))
    head = wording.pick(f"安排{enough}，九成的模拟结果够用", f"{enough} would suffice in nine of ten simulated cases")
    if room <= 0:
        return head + wording.pick(
            "；预算自身的增长连不提标的支出都容不下",
            "; the budget's own growth does not even carry spending without a rise",
        )
    left = "".join(money(room, wording.lang))
    return head + wording.pick(
        f"；超出预算增长可容的{left}的可能{_between(wording, curve, room)}",
        f"; the probability of exceeding the {left} left by budget growth is {_between(wording, curve, room)}",
    )


def _between(wording: Wording, curve: dict[int, float], value: float) -> str:
    """Say between which of the computed chances the chance to exceed an amount lies."""
    least = max((chance for chance, one in curve.items() if one >= value), default=0)
    most = min((chance for chance, one in curve.items() if one <= value), default=100)
    if least == most:
        return wording.pick(f"为{least}%", f"{least}%")
    if most == 100:
        return wording.pick(f"在{least}%以上", f"above {least}%")
    if least == 0:
        return wording.pick(f"不到{most}%", f"below {most}%")
    return wording.pick(f"在{least}%至{most}%之间", f"between {least}% and {most}%")
