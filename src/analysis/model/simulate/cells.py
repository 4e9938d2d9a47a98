"""Cells: one row per area and residence, with everything that the cost of a rise looks at."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

import pandas as pd

from analysis.errors import DataRefused
from analysis.inputs.evidence import Evidence, worst_grade
from analysis.inputs.parameters.scenario import Scenario
from analysis.model import standards
from analysis.model.simulate.expectations import expected_drivers
from analysis.model.uprating import Cell, Uprated, uprate, uprate_supplement_floors

NAN = float("nan")


class Known(NamedTuple):
    """A value of an area, the year it is of, and its grade."""

    value: float
    year: float
    grade: str


UNKNOWN = Known(NAN, NAN, "")


@dataclass(frozen=True)
class Floors:
    """The provincial floors of the base year and of the next.

    Attributes:
        standards: the uprating of minimum standards.
        supplements: the uprating of supplement floors; classes whose floor of the year is not known are left out.
        grades: (measure, area_code, residence) to the grade of the base value.
        order: class codes from the highest to the lowest.
        classes: class code to class number, as text.
        wages: class code to the lowest minimum wage of its cities, yuan/worker/month.
    """

    standards: Uprated
    supplements: Uprated
    grades: dict[tuple[str, str, str], str]
    order: tuple[str, ...]
    classes: dict[str, str]
    wages: dict[str, Decimal]


def floors_of(evidence: Evidence, scenario: Scenario) -> Floors:
    """Read the floors of the base year and uprate them by the scenario's policy.

    Raises:
        DataRefused: the package holds no minimum standards for the base year as of the scenario's day, or of a class the
            supplement floor of one residence alone.
    """
    classes = evidence.areas[evidence.areas["level"] == "class"]["area_class"]
    order = tuple(classes.sort_values().index)
    if not order:
        raise DataRefused(
            f"data/{evidence.dataset}: no classes of areas, for which minimum standards are set; name each city's in a column 地区类别 (class) of the file that you take in"
        )
    minima, grades = _floor_values(evidence, "minimum_standard", scenario.base_year)
    missing = [
        f"{area} {residence}" for area in order for residence in ("urban", "rural") if (area, residence) not in minima
    ]
    if missing:
        raise DataRefused(
            f"data/{evidence.dataset}: no minimum_standard of {scenario.base_year} known on {scenario.as_of} for {missing[0]}; "
            "choose an earlier base_year or a later as_of"
        )
    supplements, supplement_grades = _floor_values(evidence, "supplement_floor", scenario.base_year)
    for area in order:
        held = [side for side in ("urban", "rural") if (area, side) in supplements]
        if len(held) == 1:
            raise DataRefused(
                f"data/{evidence.dataset}: supplement_floor of {scenario.base_year} known on {scenario.as_of} for {area} "
                f"{held[0]} alone; give the other residence's too, or neither"
            )
    unified = {area for area in order if minima[area, "urban"] == minima[area, "rural"]}
    wages = class_minimum_wage(evidence)
    policy, year = scenario.policy, scenario.base_year
    drivers, supplement_drivers = (
        expected_drivers(evidence, policy, floors, year, wages, unified) for floors in (minima, supplements)
    )
    return Floors(
        standards=uprate(minima, policy, drivers, order, base_year=year),
        supplements=uprate_supplement_floors(supplements, policy, supplement_drivers, unified),
        grades=grades | supplement_grades,
        order=order,
        classes=classes.to_dict(),
        wages=wages,
    )


@functools.lru_cache(maxsize=32)  # of one package and day; read only
def _floor_values(
    evidence: Evidence, measure: str, year: int
) -> tuple[dict[Cell, Fraction], dict[tuple[str, str, str], str]]:
    rows = evidence.best("dibao", measure)
    rows = rows[(rows["year"] == year) & rows["area_code"].map(evidence.areas["level"]).eq("class")]
    values = {(row.area_code, row.residence): Fraction(str(row.value)) for row in rows.itertuples()}
    return values, {(measure, row.area_code, row.residence): row.grade for row in rows.itertuples()}


@functools.lru_cache(maxsize=8)  # of one package and day; read only
def class_minimum_wage(evidence: Evidence) -> dict[str, Decimal]:
    """Return for each class the lowest minimum wage of its cities, yuan/worker/month.

    Wage classes are not dibao classes: the join is by city, and a city in two dibao classes counts in both.
    """
    wages = (
        evidence.best("minimum_wage", "minimum_wage")
        .sort_values("year")
        .drop_duplicates("area_code", keep="last")
        .set_index("area_code")["value"]
        .dropna()
        .to_dict()
    )
    areas = _areas_with_a_class(evidence)
    by_class: dict[str, list[float]] = {}
    for code, parent, number in zip(areas.index, areas["parent_code"], areas["area_class"], strict=True):
        wage = wages.get(code, wages.get(parent))
        if wage is not None:
            by_class.setdefault(number, []).append(wage)
    class_codes = evidence.areas[evidence.areas["level"] == "class"].reset_index().set_index("area_class")["area_code"]
    return {class_codes[number]: Decimal(str(min(found))) for number, found in sorted(by_class.items())}


def _areas_with_a_class(evidence: Evidence) -> pd.DataFrame:
    areas = evidence.areas
    return areas[areas["level"].isin(["city", "city_part"]) & (areas["area_class"] != "")].sort_index()


def _last(evidence: Evidence, programme: str, measure: str, year: int) -> dict[Cell, Known]:
    """Return each area's last known value up to a year, by cell; ``both`` stands for a side that has none."""
    rows = evidence.best(programme, measure)
    rows = rows[(rows["year"] <= year) & (rows["period"] == "Y")]
    columns = (rows[name].tolist() for name in ("year", "residence", "area_code", "value", "grade"))
    last: dict[Cell, Known] = {}
    # The later one stays, and within a year a side's own value.
    for when, residence, area, value, grade in sorted(
        zip(*columns, strict=True), key=lambda row: (row[0], row[1] != "both")
    ):
        for side in ("urban", "rural") if residence == "both" else (residence,):
            last[area, side] = Known(value, when, grade)
    return last


def _by_cell(floors: pd.DataFrame, column: str) -> dict[Cell, float]:
    return dict(zip(zip(floors["area_code"], floors["residence"], strict=True), floors[column], strict=True))


def cells_of(evidence: Evidence, scenario: Scenario, floors: Floors) -> pd.DataFrame:
    """Return one row per area and residence, sorted by area_code, urban before rural.

    Returns:
        area_code, area_class, residence, standard_yuan_month (in force), observed, observed_year, grade,
        minimum_yuan_month, next_minimum_yuan_month, minimum_then_yuan_month (of the observed year),
        floor_yuan_month and next_floor_yuan_month (provincial supplement floors, NA where not known),
        last_floor_yuan_month, own_floor_yuan_month, own_floor_year, own_floor_grade, tekun_yuan_month (observed, NA where not),
        population_persons, population_grade, consumption_yuan_year, part_of, part, urban_cell (position of the urban row, -1).

    Raises:
        DataRefused: the population of an area is not known; names it.
    """
    year, areas = scenario.base_year, _areas_with_a_class(evidence)
    code_of = {number: code for code, number in floors.classes.items()}
    minima = floors.standards.floors.assign(area_class=floors.standards.floors["area_code"].map(floors.classes))
    table = standards.in_force(
        evidence.best("dibao", "standard"),
        minima.rename(columns={"now_yuan_month": "minimum_yuan_month"})[
            ["area_class", "residence", "minimum_yuan_month"]
        ],
        areas,
        year,
    )
    table = table.sort_values(["area_code", "residence"], ascending=[True, False]).reset_index(drop=True)
    level, parent, name = areas["level"], areas["parent_code"].to_dict(), evidence.areas["name_en"].to_dict()
    parts = set(level.index[level == "city_part"])
    in_area = list(zip(table["area_code"], table["residence"], strict=True))
    in_city = [(parent[area] if area in parts else area, side) for area, side in in_area]
    in_class = [(code_of[number], side) for number, side in zip(table["area_class"], table["residence"], strict=True)]
    position = {cell: place for place, cell in enumerate(in_area)}
    next_minimum = _by_cell(floors.standards.floors, "next_yuan_month")
    floor, next_floor = (_by_cell(floors.supplements.floors, f"{when}_yuan_month") for when in ("now", "next"))
    last_floor, residents = (
        _last(evidence, "dibao", "supplement_floor", year),
        _last(evidence, "", "resident_population", year),
    )
    consumption = _last(evidence, "", "consumption_expenditure_per_capita", year)
    tekun = _last(evidence, "tekun", "basic_living_standard", year)
    tekun_now = {cell: known.value for cell, known in tekun.items() if known.year == year}
    minima_then = (
        evidence.best("dibao", "minimum_standard").set_index(["area_code", "residence", "year"])["value"].to_dict()
    )
    own_floor = [last_floor.get(cell, UNKNOWN) for cell in in_area]
    if lacking := [area for area, side in in_city if (area, side) not in residents]:
        raise DataRefused(
            f"data/{evidence.dataset}: no resident_population of {lacking[0]} ({name[lacking[0]]}) known on {evidence.as_of} for {year}; recipients are allocated by it"
        )
    need = pd.Series([consumption.get((city, "rural"), UNKNOWN).value for city, _ in in_city])
    table = table.assign(
        next_minimum_yuan_month=[next_minimum[cell] for cell in in_class],
        minimum_then_yuan_month=[
            minima_then.get((*cell, when), NAN) for cell, when in zip(in_class, table["observed_year"], strict=True)
        ],
        floor_yuan_month=[floor.get(cell, NAN) for cell in in_class],
        next_floor_yuan_month=[next_floor.get(cell, NAN) for cell in in_class],
        last_floor_yuan_month=[last_floor.get(cell, UNKNOWN).value for cell in in_class],
        own_floor_yuan_month=[known.value for known in own_floor],
        own_floor_year=[known.year for known in own_floor],
        own_floor_grade=[known.grade for known in own_floor],
        tekun_yuan_month=[tekun_now.get(cell, NAN) for cell in in_area],
        population_persons=[residents.get(cell, UNKNOWN).value for cell in in_city],
        population_grade=[residents.get(cell, UNKNOWN).grade for cell in in_city],
        # Shenzhen has no rural consumption: an area without one takes the mean of its class (assumption allocation_need).
        consumption_yuan_year=need.fillna(need.groupby(table["area_class"]).transform("mean")),
        part_of=[name[parent[area]].lower() if area in parts else "" for area, _ in in_area],
        part=["class4" if number == "4" else "rest" for number in table["area_class"]],
        urban_cell=[position.get((area, "urban"), -1) if side == "rural" else -1 for area, side in in_area],
    )
    _refuse_lacking(evidence, table)
    return table


def _refuse_lacking(evidence: Evidence, table: pd.DataFrame) -> None:
    """Refuse a package without a figure that an area's cost cannot do without."""
    needed = {
        "resident_population": table["population_persons"],
        "consumption_expenditure_per_capita (rural, of the area or of another of its class)": table["consumption_yuan_year"],
        "supplement_floor (of the class or the area)": table["last_floor_yuan_month"].fillna(table["own_floor_yuan_month"]),
    }  # fmt: skip
    for measure, known in needed.items():
        for cell in table[known.isna()].itertuples():
            raise DataRefused(
                f"data/{evidence.dataset}: no {measure} known on {evidence.as_of} for {cell.area_code} {cell.residence}: "
                "its cost cannot be given"
            )


def recipients(evidence: Evidence, programme: str) -> pd.DataFrame:
    """Return the province's published recipients by residence, oldest first.

    Returns:
        residence, counted_on, persons, grade, known_from.

    Raises:
        DataRefused: none known.
    """
    rows = evidence.best(programme, "recipients")
    rows = rows[
        (rows["area_code"] == evidence.whole) & (rows["residence"] != "both") & rows["period"].str.startswith("M")
    ]
    if rows.empty:
        raise DataRefused(
            f"data/{evidence.dataset}: no {programme} recipients of the province known on {evidence.as_of}"
        )
    month = rows["period"].str.slice(1, 3)
    counted_on = pd.to_datetime(rows["year"].astype(str) + "-" + month + "-01") + pd.offsets.MonthEnd(0)
    table = rows.assign(counted_on=counted_on, persons=rows["value"])
    columns = ["residence", "counted_on", "persons", "grade", "known_from"]
    return table.sort_values(["residence", "counted_on"])[columns].reset_index(drop=True)


def grade_of(floors: Floors, measure: str) -> str:
    """Return the worst grade of the base values of one kind of floor."""
    return worst_grade(grade for (name, _, _), grade in floors.grades.items() if name == measure)
