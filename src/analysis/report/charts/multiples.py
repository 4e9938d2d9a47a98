"""Chart of the scenarios of a batch as small multiples: each its own rural share, gap and extra cost, on one scale."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.inputs.evidence import worst_grade
from analysis.report import style
from analysis.report.charts.frame import hollow, plan_years
from analysis.report.charts.gap import ASKED
from analysis.report.charts.layout import scenario_data_of
from analysis.report.charts.money import heaviest, large, large_unit
from analysis.report.facts import Facts
from analysis.report.rounding import fixed, percent
from analysis.report.wording import Wording

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLUMNS, MOST_PANELS = 3, 12
# Heights in inches: of a panel, of a line of its title, of its ticks, and of what stands above and below all of them.
PANEL, LINE, TICKS, AROUND = 0.68, 0.095, 0.13, 1.07
# A title's width in full-width characters, before the line is broken.
WIDTH = 10.0
FIRST_YEARS = 6
MARGIN = 0.075


@style.styled
def scenario_multiples(
    all_facts: Mapping[str, Facts], wording: Wording, source: str, proposed: str, titles: Mapping[str, str], widest: str
) -> style.Chart:
    """One small panel a scenario: the rural share of the widest class up to now and next year, its gap and extra cost.

    Args:
        all_facts: scenario id to its facts, with the package's history.
        wording: words of the language.
        source: documents behind the minima.
        proposed: the scenario that is framed.
        titles: scenario to title, in the order of the batch.
        widest: the class whose gap is widest.
    """
    base, following = plan_years(all_facts[proposed])
    past = _past(all_facts[proposed], widest, base)
    panels = {name: _panel(all_facts[name], widest, following, wording) for name in titles}
    kept = [name for name in panels if name == proposed] + [name for name in panels if name != proposed]
    kept = [name for name in panels if name in kept[:MOST_PANELS]]
    drawn = [*past, *(row for own in panels.values() for row in own.values())]
    named, swings = heaviest(all_facts[proposed], wording)
    under = _foot(drawn, len(panels) - len(kept), named, widest, wording, source)
    rows = -(-len(kept) // COLUMNS)
    headings = {name: style.wrapped("→ " * (name == proposed) + titles[name], wording.lang, WIDTH) for name in kept}
    each = PANEL + LINE * max(len(lines) for lines in headings.values()) + TICKS
    title = _title(wording, panels, following)
    inches = AROUND + each * rows
    drawing, whole = style.figure(inches, title, under, wording.lang)
    top, shared = whole.get_position().y1, None
    whole.remove()
    shares = [row["value"] for row in drawn if row["unit"] in ("ratio", "share")]
    width = (0.985 - MARGIN) / COLUMNS
    for number, name in enumerate(kept):
        row, column = divmod(number, COLUMNS)
        bottom = top - ((row + 1) * each - TICKS) / inches
        place = (MARGIN + column * width, bottom, 0.86 * width, PANEL / inches)
        axes = drawing.add_axes(place, sharex=shared, sharey=shared)
        shared = shared or axes
        _draw(axes, past, panels[name], wording)
        _say(axes, headings[name], panels[name], name == proposed, wording)
        lowest = number + COLUMNS >= len(kept)
        axes.tick_params(axis="both", length=0, labelsize=5.2, pad=2, labelbottom=lowest, labelleft=column == 0)
    span = max(shares) - min(shares) or 0.1
    shared.set_ylim(min(shares) - 0.8 * span, max(shares) + 0.35 * span)
    years = [int(past[0]["year"]), base, following]
    shared.set_xlim(years[0] - 0.4, following + 0.4)
    shared.set_xticks(years, [f"{year}"[2:] for year in years])
    shared.set_yticks([min(row["value"] for row in past), past[-1]["value"]])
    shared.yaxis.set_major_formatter(lambda value, _: percent(value))
    return style.Chart(f"scenario_multiples.{wording.lang}", drawing, scenario_data_of([*drawn, *swings]), title)


def _past(facts: Facts, code: str, base: int) -> list[dict[str, Any]]:
    """Return the last known shares of the package's history up to the base year, earliest first."""
    rows = [
        row
        for row in facts.rows("minimum_rural_urban_ratio")
        if row["scenario"] == "" and row["area_code"] == code and int(row["year"]) <= base
    ]
    return sorted(rows, key=lambda row: int(row["year"]))[-FIRST_YEARS:]


def _panel(facts: Facts, code: str, following: int, wording: Wording) -> dict[str, dict[str, Any]]:
    """Return the rows that one panel shows: share, gap, extra cost with its range, and the share asked for if any."""
    there, whole = {"area_code": code, "year": following}, {"area_code": wording.whole, "year": following}
    found = {
        "share": facts.row("minimum_rural_urban_ratio", **there)[1],
        "gap": facts.row("minimum_gap", **there)[1],
    }
    for statistic in ("central", "p10", "p90"):
        found[statistic] = facts.row("extra_cost", programme="", statistic=statistic, **whole)[1]
    asked = [row for name in ASKED for row in facts.own(name)]
    return found | {f"asked_{number}": row for number, row in enumerate(asked)}


def _draw(axes: Axes, past: list[dict[str, Any]], panel: dict[str, dict[str, Any]], wording: Wording) -> None:
    """Draw the shares known so far, the next one, and what is asked for."""
    points = [(int(row["year"]), row["value"]) for row in past]
    for (start, low), (end, high) in itertools.pairwise(points):
        # A year that is not known is not bridged by a solid line.
        axes.plot([start, end], [low, high], color=style.RURAL, linestyle="-" if end - start <= 1 else ":", linewidth=1)
    faint = hollow(pd.DataFrame(past))
    for (year, value), empty in zip(points, faint, strict=True):
        fill = "white" if empty else style.RURAL
        axes.plot([year], [value], "s", color=style.RURAL, markerfacecolor=fill, markersize=2, zorder=3)
    then = int(panel["share"]["year"]), panel["share"]["value"]
    axes.plot(*zip(points[-1], then, strict=True), color=style.NEXT, linestyle="--", linewidth=1, zorder=2)
    axes.plot(*[[one] for one in then], "D", color=style.NEXT, markersize=3.2, zorder=4)
    at = {"xytext": (1, 3.2), "textcoords": "offset points", "ha": "right", "va": "bottom", "fontsize": 5.6}
    axes.annotate(percent(then[1], 1), then, color=style.INK, **at)
    for value in {row["value"] for name, row in panel.items() if name.startswith("asked_")}:
        axes.axhline(value, color=style.QUIET, linestyle=(0, (1, 2)), linewidth=0.7, zorder=1)


def _say(axes: Axes, heading: list[str], panel: dict[str, dict[str, Any]], marked: bool, wording: Wording) -> None:
    """Write a panel's title above it, and its gap and extra cost under the line."""
    axes.set_title("\n".join(heading), loc="left", fontsize=5.8, pad=1.5, color=style.INK, linespacing=1.0)
    gap, extra, low, high = (panel[name]["value"] for name in ("gap", "central", "p10", "p90"))
    spread = f"{large(low, wording)}–{large(high, wording)}"
    money = large(extra, wording) + (wording.pick(f"（{spread}）", f" ({spread})") if low != high else "")
    said = wording.pick(f"差额{fixed(gap)}元\n新增{money}", f"gap {fixed(gap)}\ncost {money}")
    axes.text(0.03, 0.03, said, transform=axes.transAxes, fontsize=5.4, va="bottom", color=style.INK, linespacing=1.1)
    axes.spines[["top", "right"]].set_visible(marked)
    if marked:
        axes.spines[:].set(edgecolor=style.NEXT, linewidth=1.1)


def _foot(drawn: list[dict[str, Any]], left: int, named: str, widest: str, wording: Wording, source: str) -> str:
    name, grade = wording.area(widest), wording.grade(worst_grade(row["grade"] for row in drawn))
    more = wording.pick(f"；另有{left}个方案未画", f"; {left} further scenarios are not drawn") if left else ""
    return wording.pick(
        f"线为{name}农村最低标准占城镇的比重，菱形为下年，点线为方案要求；差额元/人·月；新增为下年新增支出的基准测算值，括号为80%的模拟结果，{large_unit(wording)}；"
        f"箭头和框为建议方案{more}{named}（建议方案）。来源：{source}。最差等级：{grade}。",
        f"Line: rural minimum of {name.lower()} as a share of the urban one; diamond: next year; dotted: asked by the scenario. Gap: yuan a month. Cost: next year's extra, "
        f"best estimate, in brackets 80% of the simulated cases, {large_unit(wording)}. Arrow and frame: the proposal{more}{named} (the proposal). Source: {source}. Worst grade: {grade}.",
    )


def _title(wording: Wording, panels: dict[str, dict[str, dict[str, Any]]], following: int) -> str:
    gaps, costs = ([panel[name]["value"] for panel in panels.values()] for name in ("gap", "central"))
    ends = [fixed(gap) for gap in (min(gaps), max(gaps))]
    money = [large(cost, wording) for cost in (min(costs), max(costs))]
    count = len(panels)
    return wording.pick(
        f"{count}个方案：{following}年差额{ends[0]}至{ends[1]}元，新增支出{money[0]}至{money[1]}{large_unit(wording)}",
        f"{count} scenarios: a gap of {ends[0]} to {ends[1]} yuan in {following}, at an extra cost of {money[0]} to {money[1]} {large_unit(wording)}",
    )
