"""Chart of the cities as tiles: their standards in force, the rural share, and the burden where a package holds it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.report import style
from analysis.report.charts.frame import foot, hollow, plan_years
from analysis.report.charts.layout import data_of
from analysis.report.facts import Facts
from analysis.report.rounding import fixed, percent
from analysis.report.wording import Wording

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FREE, MUST = "#BBD9EE", "#F6C9A8"
SIDES = ("urban", "rural")


@dataclass(frozen=True)
class _Tile:
    """What is known of one city: its rows by residence, its rural share and its burden, if held; ``must`` it rise."""

    standards: dict[str, dict[str, Any]]
    share: dict[str, Any] | None
    burden: dict[str, Any] | None
    must: bool

    @property
    def rows(self) -> list[dict[str, Any]]:
        return [*self.standards.values(), *(row for row in (self.share, self.burden) if row)]

    @property
    def apart(self) -> bool:
        """Whether town and country are known to differ."""
        return bool(self.share) and self.share["value"] != 1


@style.styled
def tile_grid(facts: Facts, wording: Wording, source: str) -> style.Chart:
    """The standards in force and rural shares of the cities, one tile each; white where the year's standard is not known."""
    base, following = plan_years(facts)
    places = wording.areas[wording.areas["tile_row"] != ""]
    tiles = {code: _tile(facts, code, base, following) for code in places.index}
    known = {code: tile for code, tile in tiles.items() if tile.standards}
    rises = [row for row in facts.own("mandated_rise") if row["area_code"] in known]
    drawn = [row for tile in tiles.values() for row in tile.rows] + rises
    held = any(tile.burden for tile in tiles.values())
    say = wording.pick
    note = say(
        "现行标准（城乡有别的为城镇/农村），下为农村相当于城镇的比重"
        + ("，再下为新增支出占本市一般公共预算支出" if held else "；各市财政支出未见公布，不列负担"),
        "Standards in force (town/country where they differ), below them rural as a share of urban"
        + (", then the extra cost as a share of the city's budget expenditure" if held else "; the cities' budgets are not held, so no burden is shown"),
    )  # fmt: skip
    # A drawing without a city has no grade but that of nothing known.
    shown = pd.DataFrame(drawn, columns=["grade"] if not drawn else None)
    under = f"{note}{say('。', '. ')}{foot(shown, wording, source)}"
    title = _title(wording, known, len(tiles), base)
    drawing, axes = style.figure(2.95, title, under, wording.lang)
    for code, tile in tiles.items():
        _draw_tile(
            axes,
            wording.area(code),
            tile,
            (int(places.at[code, "tile_col"]), int(places.at[code, "tile_row"])),
            wording,
        )
    columns, rows = (places[name].astype(int) for name in ("tile_col", "tile_row"))
    axes.set_xlim(columns.min() - 0.55, columns.max() + 0.55)
    axes.set_ylim(-rows.max() - 0.55, -rows.min() + 0.5)
    axes.set_axis_off()
    box = axes.get_position()
    axes.set_position((0.02, box.y0 - 0.06, 0.96, box.height + 0.06))
    _legend(axes, wording)
    return style.Chart(f"tile_grid.{wording.lang}", drawing, data_of(drawn), title)


def _tile(facts: Facts, code: str, base: int, following: int) -> _Tile:
    now, then = {"area_code": code, "year": base}, {"area_code": code, "year": following}
    standards = {
        side: facts.row("standard", residence=side, **now)[1]
        for side in SIDES
        if facts.has("standard", residence=side, **now)
    }
    share = (
        facts.row("in_force_rural_urban_ratio", **now)[1] if facts.has("in_force_rural_urban_ratio", **now) else None
    )
    cost = "extra_cost_of_expenditure"
    burden = facts.row(cost, **then)[1] if facts.has(cost, **then) else None
    must = any(
        facts.value("mandated_rise", residence=side, **then) > 0
        for side in SIDES
        if facts.has("mandated_rise", residence=side, **then)
    )
    return _Tile(standards, share, burden, must)


def _draw_tile(axes: Axes, name: str, tile: _Tile, place: tuple[int, int], wording: Wording) -> None:
    """Draw a city: its name, its standards in force, the rural share; white and dashed where nothing is known."""
    from matplotlib.patches import Rectangle

    column, row = place
    look: dict[str, Any] = {"facecolor": "white", "edgecolor": style.UNKNOWN, "linewidth": 0.7}
    if tile.standards:
        colour = MUST if tile.must else FREE
        faint = hollow(pd.DataFrame(list(tile.standards.values()))).any()
        look = {"facecolor": "white" if faint else colour, "edgecolor": style.INK if tile.must else colour}
        look["linewidth"] = 1.0 if tile.must or faint else 0.7
    axes.add_patch(Rectangle((column - 0.47, -row - 0.46), 0.94, 0.92, **look))
    lines = [(name, wording.pick(6.4, 4.9), style.INK if tile.standards else style.QUIET)]
    if tile.standards:
        values = [tile.standards[side]["value"] for side in SIDES if side in tile.standards]
        lines.append(
            ("/".join(fixed(value, 0, wording.pick("", ",")) for value in dict.fromkeys(values)), 5.6, style.INK)
        )
    if tile.share:
        lines.append((percent(tile.share["value"], 1) if tile.apart else "100%", 5.2, style.INK))
    if tile.burden:
        lines.append(
            (
                wording.pick(f"负担{percent(tile.burden['value'], 2)}", f"cost {percent(tile.burden['value'], 2)}"),
                4.6,
                style.QUIET,
            )
        )
    step = 0.27 if len(lines) < 4 else 0.22
    for number, (text, size, colour) in enumerate(lines):
        height = -row + step * ((len(lines) - 1) / 2 - number)
        axes.text(column, height, text, ha="center", va="center", fontsize=size, color=colour)


def _legend(axes: Axes, wording: Wording) -> None:
    from matplotlib.patches import Rectangle

    looks = (
        (0.30, "state_free", {"facecolor": FREE, "edgecolor": FREE}),
        (0.52, "state_must", {"facecolor": MUST, "edgecolor": style.INK}),
        (0.74, "state_unknown", {"facecolor": "white", "edgecolor": style.UNKNOWN}),
    )
    for left, word, look in looks:
        axes.add_patch(Rectangle((left, 0.02), 0.025, 0.05, transform=axes.transAxes, linewidth=0.7, **look))
        at = {"transform": axes.transAxes, "fontsize": 5.8, "va": "center", "color": style.INK}
        axes.text(left + 0.035, 0.045, wording.word(word), **at)


def _title(wording: Wording, known: dict[str, _Tile], count: int, base: int) -> str:
    must = [wording.area(code) for code, tile in known.items() if tile.must]
    apart = {code: tile.share["value"] for code, tile in known.items() if tile.share and tile.apart}
    names = wording.listed(must)
    tail = ""
    if apart:
        cities = wording.listed([wording.area(code) for code in apart])
        least, most = (percent(end(apart.values()), 1) for end in (min, max))
        shares = least if least == most else wording.pick(f"{least}至{most}", f"{least} to {most}")
        tail = wording.pick(
            f"；城乡有别的{cities}，农村为城镇的{shares}",
            f"; where town and country differ ({cities}) rural is {shares} of urban",
        )
    return (
        wording.pick(
            f"{base}年现行标准已知的{len(known)}市中，"
            + (f"只有{names}标准须提高" if must else "标准均不低于拟定下限"),
            f"Of the {len(known)} cities (of {count}) whose {base} standard is known "
            + (f"the new minima lift only {names}" if must else "all stand at or above the new minima"),
        )
        + tail
    )
