"""Observed: every figure of the data package that the central case looks at, one a row, with its grade and source."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from analysis.inputs.evidence import Evidence
from analysis.report.workbook.costing import RESIDENCES, Costing, place_of
from analysis.report.workbook.formula import Formula
from analysis.report.workbook.sheet import Pair, Sheet

HEADS: tuple[Pair, ...] = (
    ("地区", "area"), ("城乡", "residence"), ("年份", "year"), ("时点", "period"), ("数值", "value"), ("单位", "unit"),
    ("等级", "grade"), ("来源编号", "source id"), ("文件", "document"), ("公布日", "public since"), ("备注", "note"),
)  # fmt: skip
YEAR, PERIOD, VALUE = 2, 3, 4
Cell = tuple[str, str]
BLOCKS: dict[str, Pair] = {
    "minimum": ("最低标准（类别）", "Minimum standards, by class"),
    "floor": ("最低补差（类别）", "Supplement floors, by class"),
    "dibao": ("低保人数（全省）", "Dibao recipients, province"),
    "tekun": ("特困人数（全省）", "Tekun recipients, province"),
    "standard": ("现行低保标准（各地，最近已知）", "Dibao standards in force, by area, last known"),
    "own_floor": ("各地自定的最低补差（最近已知）", "Supplement floors that areas set themselves, last known"),
    "tekun_standard": ("特困基本生活标准（各地，基年）", "Tekun basic living standards, by area, base year"),
    "population": ("常住人口（只用份额）", "Resident population, for shares alone"),
    "consumption": ("农村居民人均消费支出", "Rural consumption per head"),
    "wage": ("最低工资（最近已知）", "Minimum wages, last known"),
}


@dataclass(frozen=True)
class Seen:
    """One observed figure in its cells.

    Attributes:
        value: in inside units.
        year: of the figure.
        counted_on: the last day of its month, for counts of recipients; None elsewhere.
        source_id: of its document.
    """

    value: Formula
    year: Formula
    counted_on: Formula | None
    source_id: str


@dataclass
class Observed:
    """The figures by block and key."""

    seen: dict[tuple[Any, ...], Seen] = field(default_factory=dict)

    def get(self, block: str, *key: Any) -> Seen | None:
        """Return a figure; None where it is not known."""
        return self.seen.get((block, *key))

    def value(self, block: str, *key: Any) -> Formula | None:
        """Return a figure's cell; None where it is not known."""
        seen = self.get(block, *key)
        return seen.value if seen else None

    @property
    def source_ids(self) -> set[str]:
        """The sources that stand behind the central case."""
        return {one.source_id for one in self.seen.values()}


def observed_sheet(sheet: Sheet, costing: Costing) -> Observed:
    """Write what was observed, and return its cells."""
    sheet.say(2, 0, len(HEADS) - 1, "\n".join(sheet.note_text))
    row = sheet.heads(3, HEADS)
    sheet.freeze(row, 2)
    for column, width in {0: 22, 8: 38, 10: 46}.items():
        sheet.width(column, width)
    observed = Observed()
    for block, rows in _needed(costing).items():
        if not rows:
            continue
        row = sheet.section(row, BLOCKS[block], len(HEADS))
        written: dict[tuple[Any, Any], Seen] = {}
        for key, record in rows:
            place = (record["file"], record["row"])
            if place not in written:
                written[place] = _write(sheet, costing, row, record)
                row += 1
            observed.seen[(block, *key)] = written[place]
    return observed


def _write(sheet: Sheet, costing: Costing, row: int, record: dict[str, Any]) -> Seen:
    labels, evidence = costing.labels, costing.evidence
    source = evidence.sources.loc[record["source_id"]]
    document = source["document_number"] or f"{source['publisher']} {source['published']}".strip()
    month = record["period"].removeprefix("M")[:2] if record["period"].startswith("M") else ""
    day = (pd.Timestamp(f"{record['year']}-{month}-01") + pd.offsets.MonthEnd(0)).date() if month else None
    sheet.put(row, 0, labels.area(record["area_code"]), "label", "text")
    sheet.put(row, 1, labels.word(record["residence"]), "label", "text")
    year = sheet.put(row, YEAR, int(record["year"]), "observed", "year")
    counted_on = sheet.put(
        row, PERIOD, day if day else "全年 year", "observed" if day else "label", "date" if day else "text"
    )
    number = "persons" if record["unit"] == "persons" else "cents" if record["value"] % 1 else "yuan"
    value = sheet.put(row, VALUE, float(record["value"]), "observed", number)
    known_from = pd.Timestamp(record["known_from"]).date()
    rest = (
        labels.unit(record["unit"]),
        labels.grade(record["grade"]),
        record["source_id"],
        document,
        known_from,
        record["note"],
    )
    for column, content in enumerate(rest, start=VALUE + 1):
        sheet.put(row, column, content, "wrapped" if column in (8, 10) else "label", "text")
    return Seen(value, year, counted_on if day else None, record["source_id"])


def _needed(costing: Costing) -> dict[str, list[tuple[tuple[Any, ...], dict[str, Any]]]]:
    """Return the rows that the central case looks at, by block; several keys may share a row."""
    evidence, base, cells = costing.evidence, costing.scenario.base_year, costing.cells
    minima = _of_classes(evidence, "minimum_standard")
    standards = _last_known(evidence, "dibao", "standard", base, periods=None)
    then = {
        (*costing.class_cell(cell), standards[here]["year"]) for cell in cells if (here := place_of(cell)) in standards
    }
    classes = [(code, side) for code in costing.classes for side in RESIDENCES]
    years = sorted({(*cell, base) for cell in classes} | then, key=lambda one: (-one[2], one[0], one[1] == "rural"))
    own = _last_known(evidence, "dibao", "supplement_floor", base)
    tekun = {
        cell: row
        for cell, row in _last_known(evidence, "tekun", "basic_living_standard", base).items()
        if row["year"] == base
    }
    people = _last_known(evidence, "", "resident_population", base)
    spent = _last_known(evidence, "", "consumption_expenditure_per_capita", base)
    wages = evidence.best("minimum_wage", "minimum_wage").dropna(subset=["value"]).sort_values("year", kind="stable")
    last_wage = {row["area_code"]: row for row in wages.to_dict("records")}
    cities = {place_of(cell): (_city(costing, cell["area_code"]), cell["residence"]) for cell in cells}
    return {
        "minimum": [(key, minima[key]) for key in years if key in minima],
        "floor": [(cell, own[cell]) for cell in classes if cell in own],
        "dibao": _counts(costing, "dibao"),
        "tekun": _counts(costing, "tekun"),
        "standard": _held(cities, standards),
        "own_floor": _held(cities, own),
        "tekun_standard": _held(cities, tekun),
        "population": [(here, people[city]) for here, city in cities.items()],
        "consumption": [(here, spent[city[0], "rural"]) for here, city in cities.items() if (city[0], "rural") in spent],
        "wage": [
            ((area,), last_wage[wage_area])
            for area in dict.fromkeys(cell["area_code"] for cell in cells)
            if (wage_area := area if area in last_wage else _city(costing, area)) in last_wage
        ],
    }  # fmt: skip


def _held(cities: Iterable[Cell], known: dict[Cell, dict[str, Any]]) -> list[tuple[Cell, dict[str, Any]]]:
    return [(here, known[here]) for here in cities if here in known]


def _city(costing: Costing, area: str) -> str:
    """Return the city that an area is, or is a part of."""
    row = costing.evidence.areas.loc[area]
    return str(row["parent_code"]) if row["level"] == "city_part" else area


def _of_classes(evidence: Evidence, measure: str) -> dict[tuple[str, str, int], dict[str, Any]]:
    rows = evidence.best("dibao", measure)
    rows = rows[rows["area_code"].map(evidence.areas["level"]).eq("class")]
    return {(row["area_code"], row["residence"], row["year"]): row for row in rows.to_dict("records")}


def _last_known(
    evidence: Evidence, programme: str, measure: str, year: int, periods: str | None = "Y"
) -> dict[Cell, dict[str, Any]]:
    """Return each area's last known row up to a year, by area and residence; ``both`` stands for a side that has none.

    Args:
        evidence: as known on the day.
        programme: such as dibao.
        measure: such as standard.
        year: the last that counts.
        periods: the period of the rows; None takes all.
    """
    rows = evidence.best(programme, measure)
    rows = rows[(rows["year"] <= year) & ((rows["period"] == periods) | (periods is None))]
    found: dict[Cell, dict[str, Any]] = {}
    # The later one stays, and within a year a side's own value.
    for row in sorted(rows.to_dict("records"), key=lambda one: (one["year"], one["residence"] != "both")):
        for side in RESIDENCES if row["residence"] == "both" else (row["residence"],):
            found[row["area_code"], side] = row
    return found


def _counts(costing: Costing, programme: str) -> list[tuple[tuple[str, int], dict[str, Any]]]:
    """Return the province's counts by residence, each with its place in the row of counts, oldest first."""
    evidence = costing.evidence
    rows = evidence.best(programme, "recipients")
    rows = rows[(rows["area_code"] == evidence.whole) & rows["period"].str.startswith("M")].sort_values(
        ["year", "period"]
    )
    return [
        ((side, place), row)
        for side in RESIDENCES
        for place, row in enumerate(rows[rows["residence"] == side].to_dict("records"))
    ]
