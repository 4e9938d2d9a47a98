"""Uprating: next year's minima and supplement floors by the policy's steps, each step a column of formulas (METHODS 4)."""

from __future__ import annotations

from dataclasses import dataclass, field

from analysis.report.rounding import fixed
from analysis.report.workbook.assumptions import Inputs
from analysis.report.workbook.costing import RESIDENCES, Costing
from analysis.report.workbook.formula import Formula, smallest
from analysis.report.workbook.observed import Observed
from analysis.report.workbook.sheet import Pair, Sheet
from analysis.report.workbook.steps import FIRST_STEP, NOTE, NOW, RISE_SHARE, USED, WAGE, Cell, Floors, Steps

HEADS: tuple[tuple[Pair, str], ...] = (
    (("类别", "class"), "c"), (("城乡", "residence"), "s"), (("基年", "base year"), "m"), (("1 提标规则", "rise rule"), ""),
    (("2 农村追赶", "catching up"), ""), (("3 城镇取整", "round urban"), ""), (("5 类别次序", "class order"), ""),
    (("6 农村比例", "rural share"), ""), (("7 农村取整", "round rural"), ""), (("8 上限", "ceiling"), "≤ κ·w"),
    (("9 下年（只升不降）", "next year (ratchet)"), "m'"), (("提高", "rise, yuan"), "m'-m"), (("增幅", "rise, %"), "m'/m-1"),
    (("本类最低工资", "minimum wage of the class"), "w"), (("说明", "note"), ""),
)  # fmt: skip


@dataclass
class Raised:
    """The floors of the classes in their cells.

    Attributes:
        minimum: this year's minimum by class and residence.
        next_minimum: next year's.
        floor: this year's supplement floor; an empty cell where it is not known.
        floor_used: the same, its last known value carried on where it is not known.
        next_floor: next year's; an empty cell where this year's is not known.
        ratio: class to the rural over the urban minimum, this year and next.
        gap: class to the difference of the minima, this year and next.
    """

    minimum: Floors = field(default_factory=dict)
    next_minimum: Floors = field(default_factory=dict)
    floor: Floors = field(default_factory=dict)
    floor_used: Floors = field(default_factory=dict)
    next_floor: Floors = field(default_factory=dict)
    ratio: dict[str, tuple[Formula, Formula]] = field(default_factory=dict)
    gap: dict[str, tuple[Formula, Formula]] = field(default_factory=dict)


def uprating_sheet(sheet: Sheet, costing: Costing, inputs: Inputs, observed: Observed) -> Raised:
    """Write the steps from this year's floors to next year's, and return both in their cells."""
    raised, floors = Raised(), costing.outcome.floors
    sheet.say(2, 0, NOTE, "\n".join(sheet.note_text))
    row = sheet.heads(3, [head for head, _ in HEADS], [sign for _, sign in HEADS])
    sheet.freeze(row, 2)
    sheet.width(NOTE, 46)
    sheet.page.fit_to_pages(1, 1)
    row = sheet.section(row, ("一、最低标准（元/人·月）", "1. Minimum standards, yuan/person/month"), len(HEADS))
    cells = [(code, side) for code in costing.classes for side in RESIDENCES]
    wages: dict[str, Formula] = {}
    rows = {cell: row + place for place, cell in enumerate(cells)}
    for cell, here in rows.items():
        _names(sheet, costing, here, cell)
        seen = observed.get("minimum", *cell, costing.scenario.base_year)
        raised.minimum[cell] = sheet.put(here, NOW, seen.value, "formula", "cents")
        found = [one for area in _areas(costing, cell[0]) if (one := observed.get("wage", area))]
        wage = smallest(*(one.value for one in found)) if found else None
        written = sheet.put(here, WAGE, wage, "formula" if found else "unknown", "yuan")
        if found:
            wages.setdefault(cell[0], written)
    steps = Steps(sheet, costing, inputs, rows, raised.minimum, wages, supplement=False)
    unified = {
        code for code in costing.classes if raised.minimum[code, "urban"].value == raised.minimum[code, "rural"].value
    }
    raised.next_minimum = steps.raised(floors.standards, unified)
    row = _floors(sheet, costing, inputs, observed, raised, wages, unified, row + len(cells))
    _gaps(sheet, costing, raised, row)
    return raised


def _names(sheet: Sheet, costing: Costing, row: int, cell: Cell) -> None:
    sheet.put(row, 0, costing.labels.area_class(costing.outcome.floors.classes[cell[0]]), "label", "text")
    sheet.put(row, 1, costing.labels.word(cell[1]), "label", "text")
    sheet.put(row, NOTE, "", "wrapped", "text")


def _areas(costing: Costing, code: str) -> list[str]:
    return list(
        dict.fromkeys(cell["area_code"] for cell in costing.cells if costing.class_code[cell["area_class"]] == code)
    )


def _floors(
    sheet: Sheet,
    costing: Costing,
    inputs: Inputs,
    observed: Observed,
    raised: Raised,
    wages: dict[str, Formula],
    unified: set[str],
    row: int,
) -> int:
    """Write the supplement floors: of the year where known, else the last known one and what it is carried on to."""
    row = sheet.section(row, ("二、最低补差（元/人·月）", "2. Supplement floors, yuan/person/month"), len(HEADS))
    row = sheet.heads(
        row,
        [*(head for head, _ in HEADS[:USED]), ("现行补差采用", "used for supplements paid"), HEADS[NOTE][0]],
        kept=False,
    )
    rows: dict[Cell, int] = {}
    for here, cell in enumerate(raised.minimum, start=row):
        seen = observed.get("floor", *cell)
        _names(sheet, costing, here, cell)
        known = seen is not None and seen.year.value == costing.scenario.base_year
        now = sheet.put(here, NOW, seen.value if known else None, "formula" if known else "unknown", "cents")
        raised.floor[cell] = raised.next_floor[cell] = now
        if known:
            rows[cell], used = here, now
        else:
            for column in range(FIRST_STEP, RISE_SHARE + 1):
                sheet.put(here, column, None, "unknown")
            used = seen.value * inputs["class1_supplement_growth"] if seen else None
        if seen and not known:
            year = fixed(seen.year.value)
            said = f"基年未知：以{year}年数乘class1_supplement_growth；下年不设 not known: that of {year} carried on; none next year"
            sheet.put(here, NOTE, said, "wrapped", "text")
        raised.floor_used[cell] = sheet.put(here, USED, used, "formula" if used else "unknown", "cents")
    now = {cell: raised.floor[cell] for cell in rows}
    steps = Steps(sheet, costing, inputs, rows, now, wages, supplement=True)
    raised.next_floor |= steps.raised(costing.outcome.floors.supplements, unified)
    return row + len(raised.minimum)


def _gaps(sheet: Sheet, costing: Costing, raised: Raised, row: int) -> None:
    row = sheet.section(row, ("三、最低标准的城乡差距", "3. Gap between town and country in the minima"), len(HEADS))
    heads = [("类别", "class"), ("", ""), ("农村/城镇\n现", "rural/urban now"), ("农村/城镇\n下年", "next"), ("差额\n现", "gap now, yuan"),
             ("差额\n下年", "gap next, yuan"), ("差额变化", "change, yuan")]  # fmt: skip
    row = sheet.heads(row, heads, kept=False)
    for place, code in enumerate(costing.classes, start=row):
        sheet.put(place, 0, costing.labels.area_class(costing.outcome.floors.classes[code]), "label", "text")
        sheet.put(place, 1, None, "label")
        pairs = [(floors[code, "rural"], floors[code, "urban"]) for floors in (raised.minimum, raised.next_minimum)]
        ratios = [
            sheet.put(place, 2 + when, rural / urban, "result", "ratio") for when, (rural, urban) in enumerate(pairs)
        ]
        gaps = [
            sheet.put(place, 4 + when, urban - rural, "result", "cents") for when, (rural, urban) in enumerate(pairs)
        ]
        sheet.put(place, 6, gaps[1] - gaps[0], "formula", "cents")
        raised.ratio[code], raised.gap[code] = (ratios[0], ratios[1]), (gaps[0], gaps[1])
