"""Chart of the floors of every class and residence, in force and under each scenario: the ladder."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.report import style
from analysis.report.charts.frame import class_codes, foot, hollow, plan_years
from analysis.report.charts.layout import scenario_data_of
from analysis.report.facts import Facts
from analysis.report.rounding import fixed
from analysis.report.wording import Wording

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SIDES = ("urban", "rural")
MOST_RUNGS = 12
# Characters beside a rung, before the line is broken.
LINE = 12.0
Floors = dict[tuple[str, str], dict[str, Any]]


@style.styled
def ladder(
    all_facts: Mapping[str, Facts], wording: Wording, source: str, proposed: str, titles: Mapping[str, str]
) -> style.Chart:
    """Every minimum in force and under each scenario, lowest first; scenarios with the same minima stand on one rung.

    Args:
        all_facts: scenario id to its facts.
        wording: words of the language.
        source: documents behind the minima.
        proposed: the scenario that is marked.
        titles: scenario to title.
    """
    first = all_facts[proposed]
    base, following = plan_years(first)
    codes = class_codes(first)
    now = _floors(first, codes, base)
    rungs: dict[tuple[float, ...], list[str]] = {}
    floors = {name: _floors(facts, codes, following) for name, facts in all_facts.items()}
    for name, own in floors.items():
        rungs.setdefault(tuple(row["value"] for row in own.values()), []).append(name)
    # The lowest class's rural minimum is where scenarios differ most; then all minima together.
    ordered = sorted(rungs.values(), key=lambda names: (_lowest(floors[names[0]]), _sum(floors[names[0]])))
    kept = [names for names in ordered if proposed in names] + [names for names in ordered if proposed not in names]
    kept = sorted(kept[:MOST_RUNGS], key=ordered.index)
    lines = [(wording.pick(f"{base}年现行", f"in force, {base}"), now, False)]
    join = wording.pick("、", "; ").join
    lines += [(join(titles[name] for name in names), floors[names[0]], proposed in names) for names in kept]
    drawn = [row for own in (now, *floors.values()) for row in own.values()]
    say = wording.pick
    note = say(
        f"每行一种方案下{following}年的最低标准，方块农村、圆城镇、菱形城乡统一；竖线为现行；箭头所指为建议方案；横轴不从零起",
        f"A line a scenario: the minima of {following}; square rural, circle urban, diamond one for both; bars: in force; arrow: the proposal. The axis does not start at zero",
    )
    if len(ordered) > len(kept):
        more = len(ordered) - len(kept)
        note += say(f"；另有{more}种不同的标准未画", f"; {more} further sets of minima are not drawn")
    under = f"{note}{say('。', '. ')}{foot(pd.DataFrame(drawn), wording, source)}"
    labels = [style.wrapped("→ " * marked + label, wording.lang, LINE) for label, _, marked in lines]
    heights = [0.12 + 0.1 * max(len(label), 1.4) for label in labels]
    title = _title(
        wording,
        codes[-1],
        now,
        [(join(titles[name] for name in names[:1]), floors[names[0]]) for names in ordered],
        following,
    )
    drawing, axes = style.figure(1.15 + sum(heights), title, under, wording.lang)
    places = [-sum(heights[:number]) - heights[number] / 2 for number in range(len(lines))]
    _draw_rungs(axes, places, [own for _, own, _ in lines], now, wording)
    axes.set_yticks(places, ["\n".join(label) for label in labels], fontsize=5.4, linespacing=1.05)
    for tick, (_, _, marked) in zip(axes.get_yticklabels(), lines, strict=True):
        tick.set_color(style.NEXT if marked else style.INK)
    axes.set_ylim(-sum(heights) - 0.02, wording.pick(0.12, 0.2))
    axes.tick_params(axis="y", length=0)
    axes.set_xticks([])
    axes.spines[["bottom", "left"]].set_visible(False)
    box = axes.get_position()
    axes.set_position((0.31, box.y0 - 0.05, 0.66, box.height + 0.05))
    return style.Chart(f"ladder.{wording.lang}", drawing, scenario_data_of(drawn), title)


def _floors(facts: Facts, codes: list[str], year: int) -> Floors:
    return {
        (code, side): facts.row("minimum_standard", area_code=code, residence=side, year=year)[1]
        for code in codes
        for side in SIDES
    }


def _lowest(floors: Floors) -> float:
    return floors[max(code for code, _ in floors), "rural"]["value"]


def _sum(floors: Floors) -> float:
    return sum(row["value"] for row in floors.values())


def _draw_rungs(axes: Axes, places: list[float], rungs: list[Floors], now: Floors, wording: Wording) -> None:
    """Draw each rung's minima with their yuan above, the ones in force as bars through all of them, named at the top."""
    codes = sorted({code for code, _ in now})
    every = [row["value"] for own in rungs for row in own.values()]
    span = max(every) - min(every) or 1
    axes.set_xlim(min(every) - 0.07 * span, max(every) + 0.09 * span)
    for row in {row["value"]: row for row in now.values()}.values():
        axes.plot([row["value"]] * 2, [places[0], places[-1] - 0.06], color=style.UNKNOWN, linewidth=1.1, zorder=1)
    for place, own in zip(places, rungs, strict=True):
        for code in codes:
            unified = own[code, "urban"]["value"] == own[code, "rural"]["value"]
            for side in ("unified",) if unified else SIDES:
                row = own[code, "urban" if unified else side]
                colour = {"urban": style.URBAN, "rural": style.RURAL, "unified": style.UNIFIED}[side]
                fill = "white" if hollow(pd.DataFrame([row])).iloc[0] else colour
                at = {
                    "xytext": (0, 2.6),
                    "textcoords": "offset points",
                    "ha": "center",
                    "va": "bottom",
                    "bbox": {"facecolor": "white", "edgecolor": "none", "pad": 0.3},
                }
                axes.plot(
                    [row["value"]],
                    [place - 0.035],
                    style.MARKERS[side],
                    color=colour,
                    markerfacecolor=fill,
                    markersize=3.6,
                    zorder=3,
                )
                axes.annotate(
                    fixed(row["value"], 0, wording.pick("", ",")),
                    (row["value"], place - 0.035),
                    fontsize=5.4,
                    color=style.INK,
                    zorder=4,
                    **at,
                )
    for code in codes:
        name = "\n".join(wording.area(code).removesuffix("地区").split())
        unified = now[code, "urban"]["value"] == now[code, "rural"]["value"]
        for side in ("urban",) if unified else SIDES:
            text = name if unified else f"{name}\n{wording.word(side)}"
            at = {"xytext": (0, 10.5), "textcoords": "offset points", "ha": "center", "va": "bottom"}
            axes.annotate(
                text, (now[code, side]["value"], places[0]), fontsize=5.2, color=style.QUIET, linespacing=1.0, **at
            )


def _title(wording: Wording, code: str, now: Floors, rungs: list[tuple[str, Floors]], following: int) -> str:
    (low_name, low), (high_name, high) = rungs[0], rungs[-1]
    before, least, most = now[code, "rural"]["value"], _lowest(low), _lowest(high)
    name = wording.area(code)
    if least == most:
        return wording.pick(
            f"{following}年{name}农村最低标准在各方案下都是{fixed(least)}元（现行{fixed(before)}元）",
            f"{following}: the rural minimum of {name.lower()} is {fixed(least)} yuan in every scenario ({fixed(before)} in force)",
        )
    return wording.pick(
        f"{following}年{name}农村最低标准由“{low_name}”的{fixed(least)}元到“{high_name}”的{fixed(most)}元，现行{fixed(before)}元",
        f"{following}: the rural minimum of {name.lower()} goes from {fixed(least)} yuan ({low_name}) to {fixed(most)} ({high_name}); in force {fixed(before)}",
    )
