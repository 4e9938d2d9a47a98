"""Chart of past forecasts of the minima beside what was published: the score against history."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.inputs.evidence import worst_grade
from analysis.report import style
from analysis.report.charts.frame import hollow
from analysis.report.charts.layout import data_of
from analysis.report.facts import Facts
from analysis.report.rounding import fixed, half_up, percent
from analysis.report.wording import Wording

if TYPE_CHECKING:
    from matplotlib.axes import Axes

METHODS = ("planner", "same_rise", "consumption", "bounds")
SIDES = {"both": "unified", "urban": "urban", "rural": "rural"}
# The errors stand in the upper part, the methods' means below them.
PARTS = (0.54, 0.3)
# How far the cells of one year stand apart, in years.
APART = 0.13


@style.styled
def score_history(facts: Facts, wording: Wording, source: str) -> style.Chart:
    """How far each June's forecast was off, cell by cell, and how far every method was off on the cells that all forecast.

    Args:
        facts: of the package, the record of past forecasts among them.
        wording: words of the language.
        source: documents behind the minima.
    """
    cells = sorted(
        facts.rows("score_error_planner"), key=lambda row: (row["year"], row["area_code"], row["residence"] != "urban")
    )
    means = {method: facts.row(f"score_common_error_{method}", programme="dibao")[1] for method in METHODS}
    counts = [facts.row(name, programme="dibao")[1] for name in ("score_common_cells", "score_cells_planner")]
    worst = facts.row("score_worst_error_planner", programme="dibao")[1]
    drawn = [*cells, *means.values(), *counts, worst]
    say = wording.pick
    grade = wording.grade(worst_grade(row["grade"] for row in drawn))
    foot = say(
        f"%，预测/公布-1，正为偏高；上：回到上年6月30日，只用当天已公开的数，各类城乡一格（空心为推算）；下：各方法都有预测的格的平均绝对误差。来源：{source}。最差等级：{grade}。",
        f"Per cent, forecast over published less one, + too high. Above: as of 30 June of the year before, with only what was public, one mark a floor (hollow: derived). "
        f"Below: mean absolute error over the floors that every method forecast. Source: {source}. Worst grade: {grade}.",
    )
    title = _title(wording, means, [row["value"] for row in counts], worst["value"])
    drawing, axes = style.figure(3.1, title, foot, wording.lang)
    box = axes.get_position()
    left = say(0.32, 0.345)
    axes.set_position((0.12, box.y0 + (1 - PARTS[0]) * box.height, 0.85, PARTS[0] * box.height))
    below = drawing.add_axes((left, box.y0 - 0.06, 0.97 - left, PARTS[1] * box.height + 0.06))
    _draw_cells(axes, cells, wording)
    _draw_means(below, means, wording)
    return style.Chart(f"score_history.{wording.lang}", drawing, data_of(drawn), title)


def _draw_cells(axes: Axes, cells: list[dict[str, Any]], wording: Wording) -> None:
    """Draw one mark a floor and year, and name the one that was furthest off in each."""
    colours = {"unified": style.UNIFIED, "urban": style.URBAN, "rural": style.RURAL}
    columns = sorted({(row["area_code"], row["residence"] != "urban", row["residence"]) for row in cells})
    place = {
        (code, residence): APART * (number - (len(columns) - 1) / 2)
        for number, (code, _, residence) in enumerate(columns)
    }
    axes.axhline(0, color=style.QUIET, linewidth=0.7, zorder=1)
    years = sorted({int(row["year"]) for row in cells})
    for row in cells:
        side = SIDES[row["residence"]]
        fill = "white" if hollow(pd.DataFrame([row])).iloc[0] else colours[side]
        at = int(row["year"]) + place[row["area_code"], row["residence"]]
        axes.plot([at, at], [0, row["value"]], color=style.UNKNOWN, linewidth=0.8, zorder=1)
        axes.plot(
            [at],
            [row["value"]],
            style.MARKERS[side],
            color=colours[side],
            markerfacecolor=fill,
            markersize=3.8,
            zorder=3,
        )
    for year in years:
        furthest = max((row for row in cells if int(row["year"]) == year), key=lambda row: abs(row["value"]))
        high = furthest["value"] >= 0
        side = "" if furthest["residence"] == "both" else wording.pick("", " ") + wording.word(furthest["residence"])
        text = f"{wording.area(furthest['area_code'])}{side}\n{percent(furthest['value'], 1, '+')}"
        shift = {"xytext": (0, 6 if high else -6), "textcoords": "offset points", "va": "bottom" if high else "top"}
        axes.annotate(
            text, (year, furthest["value"]), ha="center", fontsize=5.6, color=style.INK, linespacing=1.05, **shift
        )
    values = [row["value"] for row in cells]
    room = max(max(values) - min(values), 0.01)
    axes.set_ylim(min(*values, 0) - 0.42 * room, max(*values, 0) + 0.42 * room)
    axes.set_xlim(years[0] - 0.55, years[-1] + 0.55)
    axes.set_xticks(years, [str(year) for year in years])
    axes.tick_params(axis="x", length=0)
    axes.yaxis.set_major_formatter(lambda value, _: percent(value, 0, "+") if half_up(value, 6) else "0")
    axes.locator_params(axis="y", nbins=4)
    axes.spines["bottom"].set_visible(False)


def _draw_means(axes: Axes, means: dict[str, dict[str, Any]], wording: Wording) -> None:
    """Draw each method's mean error as a bar; ours is hatched."""
    for position, (method, row) in enumerate(reversed(means.items())):
        ours = method == "planner"
        look = (
            {"facecolor": "white", "edgecolor": style.NEXT, "hatch": "/////"}
            if ours
            else {"facecolor": "white", "edgecolor": style.QUIET}
        )
        axes.barh(position, row["value"], height=0.6, linewidth=0.8, **look)
        axes.annotate(
            percent(row["value"], 1),
            (row["value"], position),
            xytext=(3, 0),
            textcoords="offset points",
            va="center",
            fontsize=6,
        )
    axes.set_yticks(
        range(len(means)), [wording.word(f"short_method_{method}") for method in reversed(means)], fontsize=5.8
    )
    axes.tick_params(axis="y", length=0)
    axes.set_xticks([])
    axes.spines[["bottom", "left"]].set_visible(False)
    axes.set_xlim(0, max(*(row["value"] for row in means.values()), 0.001) * 1.2)


def _title(wording: Wording, means: dict[str, dict[str, Any]], counts: list[float], worst: float) -> str:
    ours = means["planner"]["value"]
    rival = min((method for method in means if method != "planner"), key=lambda method: means[method]["value"])
    theirs, name = means[rival]["value"], wording.word(f"short_method_{rival}")
    shown = percent(ours, 1), percent(theirs, 1)
    if shown[0] == shown[1]:
        beside = wording.pick(f"，与“{name}”一样", f", no better or worse than {name}")
    else:
        beside = wording.pick(f"，“{name}”差{shown[1]}", f" ({name}: {shown[1]})")
    common, every = (fixed(count) for count in counts)
    return wording.pick(
        f"以往六月对{common}格的预测平均差{shown[0]}{beside}；全部{every}格中最远的差{percent(worst, 1, '+')}",
        f"Past June forecasts of {common} minima were off by {shown[0]} on average{beside}; the worst of all {every} by {percent(worst, 1, '+')}",
    )
