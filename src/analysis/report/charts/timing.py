"""Chart of the year's cash: what falls due, is paid and is allotted month by month, and what is late or missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analysis.report import style
from analysis.report.charts.frame import plan_years
from analysis.report.charts.layout import data_of
from analysis.report.charts.money import heaviest, large, large_unit, money_foot
from analysis.report.facts import Facts, money
from analysis.report.rounding import fixed
from analysis.report.wording import Wording

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MONTHS = tuple(range(1, 13))
FLOWS = ("due", "paid", "allotted")
# The flows stand in the upper part, the balance below them.
PARTS = (0.60, 0.25)
# Where the drawing ends, right of December; up to which month of payment the right is free, and after which month the left.
END, FREE_RIGHT, FREE_LEFT = 13.2, 8, 4
ENGLISH_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip


@style.styled
def cash_calendar(facts: Facts, wording: Wording, source: str) -> style.Chart:
    """Next year month by month: due, paid, allotted and what is left, with the notice, the first payment and the arrears."""
    _, following = plan_years(facts)
    where = {"year": following, "component": "arrears"}
    calendar = {
        flow: [facts.row(f"calendar_{flow}", period=f"M{month:02d}", **where)[1] for month in MONTHS]
        for flow in (*FLOWS, "balance")
    }
    asked = ("notice_month", "pay_month", "months_in_arrears", "arrears", "buffer_needed", "cash_peak")
    said = {name: facts.row(name, **where)[1] for name in asked}
    extra = facts.row("extra_cost", year=following, area_code=wording.whole, programme="")[1]
    say = wording.pick
    note = say(
        f"{large_unit(wording)}，基准测算值；上：当月应付、实付、拨付（纵轴不从零起）；下：自一月累计拨付减累计支出。不提标的支出按月平均拨付，新增的自通知月起",
        f"{large_unit(wording).capitalize()}, best estimate. Above: due, paid and allotted in the month (the axis does not start at zero). Below: allotted less paid "
        "since January. Spending without a rise is allotted in twelfths, the extra from the month of the notice on",
    )
    drawn = [*(row for rows in calendar.values() for row in rows), *said.values(), extra]
    title = _title(wording, {name: row["value"] for name, row in said.items()}, extra["value"], following)
    named, swings = heaviest(facts, wording)
    drawing, axes = style.figure(3.3, title, money_foot(note + named, drawn, wording, source), wording.lang)
    box = axes.get_position()
    axes.set_position((0.12, box.y0 + (1 - PARTS[0]) * box.height, 0.85, PARTS[0] * box.height))
    below = drawing.add_axes((0.12, box.y0, 0.85, PARTS[1] * box.height), sharex=axes)
    values = {flow: [row["value"] for row in rows] for flow, rows in calendar.items()}
    months = {name: int(said[name]["value"]) for name in ("notice_month", "pay_month")}
    _flows(axes, values, months, wording)
    _dates(axes, months, said, wording)
    _balance(below, values["balance"], said["buffer_needed"]["value"], months["pay_month"], wording)
    names = [say(f"{month}月", ENGLISH_MONTHS[month - 1][:3]) for month in MONTHS]
    below.set_xticks(MONTHS, names, fontsize=5.8)
    axes.tick_params(axis="x", labelbottom=False, length=0)
    axes.set_xlim(0.4, END)
    return style.Chart(f"cash_calendar.{wording.lang}", drawing, data_of([*drawn, *swings]), title)


def _flows(axes: Axes, values: dict[str, list[float]], months: dict[str, int], wording: Wording) -> None:
    """Draw the three flows as steps, and name each where it stands alone; flows that never part are named as one."""
    looks: dict[str, dict[str, Any]] = {
        "paid": {"color": style.URBAN, "linestyle": "-", "linewidth": 2.0, "marker": "o", "markersize": 2.8},
        "due": {"color": style.RURAL, "linestyle": "--", "linewidth": 1.2},
        "allotted": {"color": style.NEXT, "linestyle": ":", "linewidth": 1.8},
    }
    words = {
        "due": wording.pick("应付", "due"),
        "paid": wording.pick("实付", "paid"),
        "allotted": wording.pick("拨付", "allotted"),
    }
    every = [value for flow in FLOWS for value in values[flow]]
    low, high = min(every), max(every)
    room = max(high - low, 0.04 * high, 1)
    for flow, look in looks.items():
        axes.step(MONTHS, values[flow], where="mid", zorder=3, **look)
    together: dict[tuple[float, ...], list[str]] = {}
    for flow in FLOWS:
        together.setdefault(tuple(values[flow]), []).append(flow)
    for series, flows in together.items():
        text = wording.pick("、", ", ").join(words[flow] for flow in flows)
        colour = looks[flows[0]]["color"] if len(flows) == 1 else style.INK
        _name(axes, text, series, flows[0], months, colour, wording)
    axes.set_ylim(low - 0.25 * room, high + 0.6 * room)
    axes.yaxis.set_major_formatter(lambda value, _: large(value, wording))
    axes.locator_params(axis="y", nbins=4)


def _name(
    axes: Axes,
    text: str,
    series: tuple[float, ...],
    flow: str,
    months: dict[str, int],
    colour: str,
    wording: Wording,
) -> None:
    """Name a flow where it stands alone: what is due before the payment or at the end, what is paid at its highest, allotments after the notice."""
    notice, pay = months["notice_month"], months["pay_month"]
    if flow == "paid":
        at, side, level = pay, "center" if 1 < pay < MONTHS[-1] else "left" if pay == 1 else "right", "bottom"
    elif flow == "due":
        at, side, level = (0.6, "left", "bottom") if pay > FREE_LEFT else (END - 0.1, "right", "top")
    elif pay <= FREE_RIGHT:
        at, side, level = END - 0.1, "right", "bottom"
    elif notice <= FREE_LEFT:
        at, side, level = (notice + pay) / 2, "center", "bottom"
    else:
        at, side, level = notice - 0.6, "right", "center"
    height = max(series) if flow != "due" else series[0]
    shift = {"bottom": 3, "center": 0, "top": -3}[level]
    place = {"xytext": (0, shift), "textcoords": "offset points", "ha": side, "va": level}
    axes.annotate(f"{text} {large(height, wording)}", (at, height), fontsize=6.2, color=colour, zorder=5, **place)


def _dates(axes: Axes, months: dict[str, int], said: dict[str, Any], wording: Wording) -> None:
    """Mark the month of the notice and the first payment at the new rate, and shade the months that are paid late."""
    notice, pay = months["notice_month"], months["pay_month"]
    bottom, top = axes.get_ylim()
    if said["arrears"]["value"]:
        axes.axvspan(0.5, pay - 0.5, color=style.UNKNOWN, alpha=0.45, zorder=0, linewidth=0)
        late, count = "".join(money(said["arrears"]["value"], wording.lang)), said["months_in_arrears"]["value"]
        text = wording.pick(f"{fixed(count)}个月、{late}晚付", f"paid late: {fixed(count)} mo., {late}")
        axes.text(0.6, top, text, va="top", fontsize=6.2, color=style.INK)
    marks = [(pay, wording.pick("首发", "first pay"), "left"), (notice, wording.pick("通知", "notice"), "right")]
    if notice == pay:
        marks = [(pay, wording.pick("通知并首发", "notice and first pay"), "left" if pay <= FREE_RIGHT else "right")]
    for month, label, side in marks:
        axes.axvline(month, color=style.QUIET, linewidth=0.7, linestyle=(0, (2, 2)), zorder=1, ymax=0.66)
        # Between the two parts, where nothing else is written.
        shift = {"xytext": (0, -2), "textcoords": "offset points", "ha": side, "va": "top"}
        axes.annotate(label, (month, bottom), fontsize=6.2, color=style.QUIET, **shift)


def _balance(axes: Axes, values: list[float], buffer: float, pay: int, wording: Wording) -> None:
    """Draw what is left at the end of each month; what is missing is hatched, and the lowest or highest is named."""
    for month, value in zip(MONTHS, values, strict=True):
        look = {"facecolor": "white", "edgecolor": style.RURAL, "hatch": "/////", "linewidth": 0.6}
        axes.bar(month, value, width=0.7, zorder=2, **(look if value < 0 else {"color": style.NEXT}))
    axes.axhline(0, color=style.QUIET, linewidth=0.6, zorder=3)
    low, high = min(*values, 0), max(*values, 0)
    room = max(high - low, 1)
    axes.set_ylim(low - 0.1 * room, high + 0.25 * room)
    axes.spines["bottom"].set_visible(False)
    axes.tick_params(axis="x", length=0)
    axes.set_yticks([0], ["0"])
    text, colour, at, level = wording.pick("累计结余", "balance") + " 0", style.INK, 0.0, "bottom"
    if buffer:
        text = wording.pick("累计最缺", "most missing ") + large(buffer, wording)
        colour, at = style.RURAL, low
    elif high > 0:
        text = wording.pick("累计最多结余", "highest balance ") + large(high, wording)
        colour, at, level = style.NEXT, high, "top"
    # After the first payment the balance goes back to nought: there is room on that side.
    place, side = (END - 0.1, "right") if pay <= FREE_RIGHT else (0.6, "left")
    axes.text(place, at, text, ha=side, va=level, fontsize=6.2, color=colour, zorder=4)


def _title(wording: Wording, said: dict[str, float], extra: float, following: int) -> str:
    notice, pay, late = int(said["notice_month"]), int(said["pay_month"]), said["arrears"]
    peak, owed, buffer = (
        "".join(money(said[name], wording.lang)) for name in ("cash_peak", "arrears", "buffer_needed")
    )
    if not extra:
        return wording.pick(
            f"不提标，{following}年每月照付{peak}，没有补发",
            f"No floor moves: {peak} is paid each month of {following}, nothing falls into arrears",
        )
    if not late:
        return wording.pick(
            f"一月起按新标准发放，每月{peak}，无补发，无须周转",
            f"Paid at the new rate from January, {peak} a month: no arrears, no buffer needed",
        )
    count = fixed(said["months_in_arrears"])
    when = wording.pick(
        f"{notice}月通知、{pay}月首发" if notice < pay else f"{notice}月通知并首发",
        f"Notice in {ENGLISH_MONTHS[notice - 1]}, first paid in {ENGLISH_MONTHS[pay - 1]}"
        if notice < pay
        else f"Notice and first payment in {ENGLISH_MONTHS[pay - 1]}",
    )
    head = wording.pick(
        f"{when}：补发{count}个月、{owed}",
        f"{when}: {count} {'month' if count == '1' else 'months'} and {owed} paid late",
    )
    if not said["buffer_needed"]:
        return head + wording.pick("，拨付够用，无须周转", "; allotments suffice, no buffer is needed")
    return head + wording.pick(f"，须备周转资金{buffer}", f"; a buffer of {buffer} is needed")
