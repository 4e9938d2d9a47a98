"""Levels: standards in force and supplements paid, area by area, before the rise and after it (METHODS 4)."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.report.workbook.assumptions import Inputs
from analysis.report.workbook.costing import AreaSheet, Column, Costing, place_of
from analysis.report.workbook.formula import Formula, either, largest, on_grid, rounded, smallest, up
from analysis.report.workbook.observed import Observed, Seen
from analysis.report.workbook.sheet import Pair, Sheet
from analysis.report.workbook.uprating import Raised

# The model takes a follow share to so many decimals.
FOLLOW_DECIMALS = 4
STANDARD_HEADS: list[tuple[Pair, str]] = [
    (("最低标准\n现", "minimum now"), "m"), (("最低标准\n下年", "minimum next"), "m'"), (("最近已知标准", "last known standard"), "z0"),
    (("所属年份", "of year"), ""), (("当年最低标准", "minimum of that year"), "m0"), (("未知：已跟随", "unknown: moved since"), ""),
    (("未知：高于下限", "unknown: above the minimum"), ""), (("现行标准", "in force now"), "z"), (("跟随提标", "following the rise"), "z(1+φg)"),
    (("提到下限", "lifted to the minimum"), ""), (("三者取大", "largest of the three"), ""), (("农村比例下限", "rural share of urban"), ""),
    (("下年标准", "in force next year"), "z'"),
    (("提高", "rise"), "z'-z"), (("增幅", "rise, %"), ""),
]  # fmt: skip
SUPPLEMENT_HEADS: list[tuple[Pair, str]] = [
    (("最低补差（采用）", "supplement floor used"), "f"), (("本地最低补差", "own supplement floor"), ""), (("人均补差", "supplement paid"), "b"),
    (("下年最低补差", "supplement floor next"), "f'"), (("被下限抬高", "lifted by the floor"), "λ=max(0, f'-b-(z'-z))"),
    (("下年人均补差", "supplement next"), "b'=b+ (z'-z)+λ"), (("特困标准（已知）", "tekun standard, known"), ""),
    (("特困标准", "tekun standard"), "k"), (("特困标准\n下年", "tekun standard next"), "k'"), (("特困提高", "tekun rise"), "k'-k"),
]  # fmt: skip


@dataclass(frozen=True)
class Levels:
    """Standards and supplements in their cells, yuan/person/month, one for each area and residence."""

    minimum: Column
    next_minimum: Column
    now: Column
    next: Column
    rise: Column
    supplement: Column
    next_floor: Column
    lift: Column
    next_supplement: Column
    tekun: Column
    next_tekun: Column
    tekun_rise: Column


def levels_sheets(
    standards: Sheet, supplements: Sheet, costing: Costing, inputs: Inputs, observed: Observed, raised: Raised
) -> Levels:
    """Write standards and supplements, and return them."""
    sheet = AreaSheet(standards, costing, STANDARD_HEADS)
    step = inputs["grid_urban"]
    minimum = sheet.column(lambda _, cell: raised.minimum[costing.class_cell(cell)], "cents")
    following = sheet.column(lambda _, cell: raised.next_minimum[costing.class_cell(cell)], "cents")
    seen = [observed.get("standard", *place_of(cell)) for cell in costing.cells]
    last = sheet.column(lambda place, _: seen[place].value if seen[place] else None, "cents")
    year = sheet.column(lambda place, _: seen[place].year if seen[place] else None, "year")
    then = sheet.column(lambda place, cell: _then(observed, costing, cell, seen[place]), "cents")
    moved_share, above_share = inputs["unobserved_moved"], inputs["unobserved_above_minimum"]

    def moved(place: int, _: dict) -> Formula | None:
        if seen[place] is None:
            return None
        with_minimum = up(last[place] * (1 + moved_share * (minimum[place] / then[place] - 1)))
        return either(then[place].is_blank(), last[place], either(moved_share.above(0), with_minimum, last[place]))

    moved_since = sheet.column(moved, "cents")
    above = sheet.column(
        lambda place, _: either(above_share.above(0), up(minimum[place] * (1 + above_share)), minimum[place]), "cents"
    )
    now = sheet.column(
        lambda place, _: either(
            year[place].equals(inputs["base_year"]),
            last[place],
            largest(minimum[place], last[place], moved_since[place], above[place]),
        ),
        "cents",
    )
    follow = rounded(inputs["follow_share"], FOLLOW_DECIMALS)

    def followed(place: int, _: dict) -> Formula:
        lifted = on_grid(now[place] * (1 + follow * (following[place] / minimum[place] - 1)), step)
        return either((follow * (following[place] - minimum[place])).above(0), lifted, now[place])

    followed_rise = sheet.column(followed, "cents")
    to_minimum = sheet.column(
        lambda place, _: either(following[place].above(now[place]), on_grid(following[place], step), now[place]),
        "cents",
    )
    risen = sheet.column(lambda place, _: largest(now[place], followed_rise[place], to_minimum[place]), "cents")

    def least(_: int, cell: dict) -> Formula | None:
        if cell["urban_cell"] < 0:
            return None
        urban = risen[int(cell["urban_cell"])]
        return smallest(on_grid(inputs["rural_share_at_least"] * urban, step), urban)

    rural_least = sheet.column(least, "cents")
    after = sheet.column(lambda place, _: largest(risen[place], rural_least[place]), "cents", kind="result")
    rise = sheet.column(lambda place, _: after[place] - now[place], "cents")
    sheet.column(lambda place, _: rise[place] / now[place], "percent")
    return _supplements(supplements, costing, inputs, observed, raised, (minimum, following, now, after, rise))


def _supplements(
    page: Sheet, costing: Costing, inputs: Inputs, observed: Observed, raised: Raised, standards: tuple[Column, ...]
) -> Levels:
    minimum, following, now, after, rise = standards
    sheet = AreaSheet(page, costing, SUPPLEMENT_HEADS)
    floor = sheet.column(lambda _, cell: raised.floor_used[costing.class_cell(cell)], "cents")
    own = sheet.column(lambda _, cell: observed.value("own_floor", *place_of(cell)), "cents")
    above_floor = 1 + inputs["supplement_above_floor"]
    paid = sheet.column(
        lambda place, _: smallest(largest(floor[place], own[place]) * above_floor, now[place]), "cents", kind="result"
    )
    next_floor = sheet.column(lambda _, cell: _known(raised.next_floor[costing.class_cell(cell)]), "cents")
    lift = sheet.column(
        lambda place, _: either(
            next_floor[place].is_blank(), 0, largest(0, next_floor[place] - paid[place] - rise[place])
        ),
        "cents",
    )
    later = sheet.column(lambda place, _: paid[place] + rise[place] + lift[place], "cents", kind="result")
    known = sheet.column(lambda _, cell: observed.value("tekun_standard", *place_of(cell)), "cents")
    multiple, step = inputs["tekun_multiple"], inputs["grid_urban"]
    tekun = sheet.column(lambda place, _: largest(up(multiple * now[place], step), known[place]), "cents")
    tekun_next = sheet.column(lambda place, _: largest(up(multiple * after[place], step), tekun[place]), "cents")
    tekun_rise = sheet.column(lambda place, _: tekun_next[place] - tekun[place], "cents")
    return Levels(minimum, following, now, after, rise, paid, next_floor, lift, later, tekun, tekun_next, tekun_rise)


def _known(cell: Formula) -> Formula | None:
    return None if cell.value is None else cell


def _then(observed: Observed, costing: Costing, cell: dict, seen: Seen | None) -> Formula | None:
    """Return the minimum of the year that an area's standard was last known in."""
    if seen is None:
        return None
    code, side = costing.class_cell(cell)
    return observed.value("minimum", code, side, int(seen.year.value))
