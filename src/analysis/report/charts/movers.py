"""Chart of the cities that the new minima move, and of those that are free."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from analysis.report import style
from analysis.report.charts.frame import class_codes, foot, hollow, plan_years
from analysis.report.charts.layout import beside_labels, data_of, write_below
from analysis.report.facts import Facts
from analysis.report.rounding import fixed
from analysis.report.wording import Wording

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_NAMED = 3


@dataclass(frozen=True)
class _Line:
    """One standard in force beside the new minimum of its class, yuan a month; ``side`` unified where town and country are one."""

    code: str
    side: str
    now: float
    rise: float
    floor: float
    hollow: bool


@style.styled
def must_move(facts: Facts, wording: Wording, source: str) -> style.Chart:
    """Who must move and who is free: the standards in force beside the new minimum of their class, by the rise obliged."""
    base, following = plan_years(facts)
    class_of = wording.areas["area_class"]
    floor_of = {class_of[code]: code for code in class_codes(facts)}
    drawn, lines = [], []
    now = [row for row in facts.own("standard") if row["year"] == str(base)]
    for code in sorted({row["area_code"] for row in now}):
        found = []
        for row in sorted((one for one in now if one["area_code"] == code), key=lambda one: one["residence"]):
            where = {"year": following, "residence": row["residence"]}
            rise = facts.row("mandated_rise", area_code=code, **where)[1]
            floor = facts.row("minimum_standard", area_code=floor_of[class_of[code]], **where)[1]
            drawn += [row, rise, floor]
            faint = bool(hollow(pd.DataFrame([row])).iloc[0])
            found.append(_Line(code, row["residence"], row["value"], rise["value"], floor["value"], faint))
        lines += _unified(found)
    lines.sort(key=lambda line: (-line.rise, line.now - line.floor, line.code, line.side))
    counts = {
        name: facts.row(name, year=base, area_code=wording.whole)[1]
        for name in ("observed_areas", "standard_must_rise_areas", "standard_free_areas", "unknown_areas")
    }
    title = _movers_title(wording, lines, {name: int(row["value"]) for name, row in counts.items()}, following)
    say = wording.pick
    note = say(
        "标记为现行标准（圆城镇、方农村、菱形城乡统一），竖线为所属类别拟定下限，箭头为必须提高的部分（农村另须达到城镇的规定比例）；位置不从零起",
        "Marks: standards in force (circle urban, square rural, diamond one for both); bar: the new minimum of the class; arrow: the rise obliged "
        "(rural standards must also keep their share of urban). The scale does not start at zero",
    )
    shown = pd.DataFrame(drawn) if drawn else pd.DataFrame(list(counts.values()))
    under = f"{note}{say('。', '. ')}{foot(shown, wording, source)}"
    drawing, axes = style.figure(1.6 + 0.16 * max(len(lines), 3), title, under, wording.lang)
    _draw_lines(axes, lines, wording)
    unknown = int(counts["unknown_areas"]["value"])
    text = say(
        f"另有{unknown}市标准未知，不在图中，请其报送", f"{unknown} more cities: standards not known, to be asked"
    )
    if unknown:
        write_below(axes, text, wording.lang, -max(len(lines), 1) + 0.35)
    return style.Chart(f"must_move.{wording.lang}", drawing, data_of([*drawn, *counts.values()]), title)


def _unified(found: list[_Line]) -> list[_Line]:
    """Return one line where town and country have one standard, one floor and one rise."""
    first, *rest = found
    if rest and all((one.now, one.rise, one.floor) == (first.now, first.rise, first.floor) for one in rest):
        return [_Line(first.code, "unified", first.now, first.rise, first.floor, any(one.hollow for one in found))]
    return found


def _draw_lines(axes: Axes, lines: list[_Line], wording: Wording) -> None:
    """Draw one row a standard: what is in force, the new minimum, and an arrow over what must be made up."""
    colours = {"urban": style.URBAN, "rural": style.RURAL, "unified": style.UNIFIED}
    say = wording.pick
    at = {"xytext": (6, 0), "textcoords": "offset points", "va": "center", "fontsize": 6.2}
    for place, line in enumerate(lines):
        colour = colours[line.side]
        fill = "white" if line.hollow else colour
        axes.plot([line.floor, line.floor], [-place - 0.34, -place + 0.34], color=style.INK, linewidth=1.6, zorder=2)
        if line.rise:
            arrow = {"arrowstyle": "-|>", "color": style.NEXT, "linewidth": 1.8, "shrinkA": 0, "shrinkB": 0,
                     "mutation_scale": 6}  # fmt: skip
            axes.annotate("", (line.now + line.rise, -place), (line.now, -place), arrowprops=arrow, zorder=3)
            now, then = (fixed(one, 0, say("", ",")) for one in (line.now, line.now + line.rise))
            text, shade = f"{now} → {then} (+{fixed(line.rise)})", style.INK
        else:
            text, shade = _free(line, wording), style.QUIET
        axes.plot(
            [line.now], [-place], style.MARKERS[line.side], color=colour, markerfacecolor=fill, markersize=4.4, zorder=4
        )
        axes.annotate(text, (max(line.now + line.rise, line.floor), -place), color=shade, **at)
    labels = [
        wording.area(line.code)
        + ("" if line.side == "unified" else say(wording.word(line.side), f", {wording.word(line.side)}"))
        for line in lines
    ]
    axes.set_yticks([-place for place in range(len(lines))], labels, fontsize=6.2)
    axes.set_ylim(-max(len(lines), 1) - 0.3, 0.6)
    places = [value for line in lines for value in (line.now, line.floor, line.now + line.rise)] or [0, 1]
    span = max(places) - min(places) or 1
    axes.set_xlim(min(places) - 0.05 * span, max(places) + say(0.62, 0.78) * span)
    beside_labels(axes, say(0.19, 0.27))


def _free(line: _Line, wording: Wording) -> str:
    room = line.now - line.floor
    if not room:
        return wording.pick(f"{fixed(line.now)}（等于下限）", f"{fixed(line.now, 0, ',')} (at the minimum)")
    return wording.pick(
        f"{fixed(line.now)}（高{fixed(room)}，可自定）", f"{fixed(line.now, 0, ',')} ({fixed(room)} above, free)"
    )


def _movers_title(wording: Wording, lines: list[_Line], counts: dict[str, int], following: int) -> str:
    known, must, free = (counts[name] for name in ("observed_areas", "standard_must_rise_areas", "standard_free_areas"))
    if not known:
        return wording.pick("没有一个市的现行标准已知", "No city's standard in force is known")
    if not must:
        return wording.pick(
            f"标准已知的{known}市都不低于{following}年拟定下限，无须提高",
            f"The {known} cities whose standard is known all stand at or above the minima of {following}: none must rise",
        )
    rises: dict[str, float] = {}
    for line in lines:
        if line.rise:
            rises[line.code] = max(rises.get(line.code, 0), line.rise)
    named = [
        wording.pick(f"{wording.area(code)}{fixed(rise)}元", f"{wording.area(code)} by {fixed(rise)} yuan")
        for code, rise in list(rises.items())[:MOST_NAMED]
    ]
    more = wording.pick("等", " and others") if len(rises) > MOST_NAMED else ""
    listed = wording.listed(named) if not more else wording.pick("、", ", ").join(named)
    rest = wording.pick(f"，其余{free}市可自定", f"; the other {free} are free to choose") if free else ""
    return wording.pick(
        f"标准已知的{known}市中{must}市须提高：{listed}{more}{rest}",
        f"Of {known} cities whose standard is known {must} must rise: {listed}{more}{rest}",
    )
