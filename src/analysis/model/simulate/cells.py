"""Cells: one row per area and residence, with everything that the cost of a rise looks at."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import pandas as pd

from analysis.errors import DataRefused
from analysis.inputs.evidence import Evidence, worst_grade
from analysis.inputs.parameters import Scenario
from analysis.model import standards
from analysis.model.uprating import Cell, Drivers, Uprated, uprate, uprate_supplement_floors


@dataclass(frozen=True)
class Floors:
    """The provincial floors of the base year and of the next.

    Attributes:
        standards: the uprating of minimum standards.
        supplements: the uprating of supplement floors; classes whose floor of the year is not known are left out.
        grades: (measure, area_code, residence) to the grade of the base value.
        order: class codes from the highest to the lowest.
        classes: class code to class number, as text.
    """

    standards: Uprated
    supplements: Uprated
    grades: dict[tuple[str, str, str], str]
    order: tuple[str, ...]
    classes: dict[str, str]


def floors_of(evidence: Evidence, scenario: Scenario) -> Floors:
    """Read the floors of the base year and uprate them by the scenario's policy.

    Raises:
        DataRefused: the package holds no minimum standards for the base year as of the scenario's day.
    """
    classes = evidence.areas[evidence.areas["level"] == "class"]["area_class"]
    order = tuple(classes.sort_values().index)
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
    unified = {area for area in order if minima[area, "urban"] == minima[area, "rural"]}
    drivers = Drivers(minimum_wage_yuan_month=class_minimum_wage(evidence))
    return Floors(
        standards=uprate(minima, scenario.policy, drivers, order, base_year=scenario.base_year),
        supplements=uprate_supplement_floors(supplements, scenario.policy, drivers, unified),
        grades=grades | supplement_grades,
        order=order,
        classes=classes.to_dict(),
    )


def _floor_values(
    evidence: Evidence, measure: str, year: int
) -> tuple[dict[Cell, Fraction], dict[tuple[str, str, str], str]]:
    rows = evidence.best("dibao", measure)
    rows = rows[(rows["year"] == year) & rows["area_code"].map(evidence.areas["level"]).eq("class")]
    values = {(row.area_code, row.residence): Fraction(str(row.value)) for row in rows.itertuples()}
    return values, {(measure, row.area_code, row.residence): row.grade for row in rows.itertuples()}


def class_minimum_wage(evidence: Evidence) -> dict[str, Decimal]:
    """Return for each class the lowest minimum wage of its cities, yuan/worker/month.

    Wage classes are not dibao classes: the join is by city, and a city in two dibao classes counts in both.
    """
    wages = (
        evidence.best("minimum_wage", "minimum_wage")
        .sort_values("year")
        .drop_duplicates("area_code", keep="last")
        .set_index("area_code")["value"]
    )
    areas = _areas_with_a_class(evidence)
    by_area = pd.Series(
        {code: wages.get(code, wages.get(area["parent_code"])) for code, area in areas.iterrows()}, dtype=float
    ).dropna()
    class_codes = evidence.areas[evidence.areas["level"] == "class"].reset_index().set_index("area_class")["area_code"]
    return {
        class_codes[number]: Decimal(str(least)) for number, least in by_area.groupby(areas["area_class"]).min().items()
    }


def _areas_with_a_class(evidence: Evidence) -> pd.DataFrame:
    areas = evidence.areas
    return areas[areas["level"].isin(["city", "city_part"]) & (areas["area_class"] != "")].sort_index()


def _last(evidence: Evidence, programme: str, measure: str, year: int) -> pd.DataFrame:
    """Return each area's last known value up to a year, by area_code and residence; ``both`` stands for a side that has none."""
    rows = evidence.best(programme, measure)
    rows = rows[(rows["year"] <= year) & (rows["period"] == "Y")]
    both = rows[rows["residence"] == "both"]
    sides = pd.concat(
        [both.assign(residence="urban"), both.assign(residence="rural"), rows[rows["residence"] != "both"]]
    )
    return (
        sides.sort_values("year", kind="stable")
        .drop_duplicates(["area_code", "residence"], keep="last")
        .set_index(["area_code", "residence"])
    )


def cells_of(evidence: Evidence, scenario: Scenario, floors: Floors) -> pd.DataFrame:
    """Return one row per area and residence, sorted by area_code, urban before rural.

    Returns:
        area_code, area_class, residence, standard_yuan_month (in force), observed, observed_year, grade,
        minimum_yuan_month, next_minimum_yuan_month, minimum_then_yuan_month (of the observed year),
        floor_yuan_month and next_floor_yuan_month (provincial supplement floors, NA where not known),
        last_floor_yuan_month, own_floor_yuan_month, own_floor_year, own_floor_grade, tekun_yuan_month (observed, NA where not),
        population_persons, population_grade, consumption_yuan_year, part_of, part, urban_cell (position of the urban row, -1).
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
    by_class = pd.MultiIndex.from_arrays([table["area_class"].map(code_of), table["residence"]])
    by_area = pd.MultiIndex.from_arrays([table["area_code"], table["residence"]])
    supplements = floors.supplements.floors.set_index(["area_code", "residence"])
    last_floor = _last(evidence, "dibao", "supplement_floor", year)
    city = table["area_code"].map(areas["parent_code"].where(areas["level"] == "city_part", areas.index.to_series()))
    residents = _last(evidence, "", "resident_population", year)
    population, population_grade = residents["value"], residents["grade"]
    consumption = _last(evidence, "", "consumption_expenditure_per_capita", year)["value"]
    minima_then = evidence.best("dibao", "minimum_standard").set_index(["area_code", "residence", "year"])["value"]
    positions = {(row.area_code, row.residence): row.Index for row in table.itertuples()}
    need = city.map(lambda code: consumption.get((code, "rural"), float("nan")))
    return table.assign(
        next_minimum_yuan_month=minima.set_index(["area_code", "residence"])["next_yuan_month"]
        .reindex(by_class)
        .to_numpy(),
        minimum_then_yuan_month=[
            minima_then.get((code_of[row.area_class], row.residence, row.observed_year), float("nan"))
            for row in table.itertuples()
        ],
        floor_yuan_month=supplements["now_yuan_month"].reindex(by_class).to_numpy(),
        next_floor_yuan_month=supplements["next_yuan_month"].reindex(by_class).to_numpy(),
        last_floor_yuan_month=last_floor["value"].reindex(by_class).to_numpy(),
        own_floor_yuan_month=last_floor["value"].reindex(by_area).to_numpy(),
        own_floor_year=last_floor["year"].reindex(by_area).to_numpy(),
        own_floor_grade=last_floor["grade"].reindex(by_area).fillna("").to_numpy(),
        tekun_yuan_month=_tekun_in_force(evidence, year).reindex(by_area).to_numpy(),
        population_persons=[
            population[code, residence] for code, residence in zip(city, table["residence"], strict=True)
        ],
        population_grade=[
            population_grade[code, residence] for code, residence in zip(city, table["residence"], strict=True)
        ],
        # Shenzhen has no rural consumption: an area without one takes the mean of its class (assumption allocation_need).
        consumption_yuan_year=need.fillna(need.groupby(table["area_class"]).transform("mean")),
        part_of=[
            evidence.areas.at[areas.at[code, "parent_code"], "name_en"].lower()
            if areas.at[code, "level"] == "city_part"
            else ""
            for code in table["area_code"]
        ],
        part=["class4" if number == "4" else "rest" for number in table["area_class"]],
        urban_cell=[
            positions.get((row.area_code, "urban"), -1) if row.residence == "rural" else -1
            for row in table.itertuples()
        ],
    )


def _tekun_in_force(evidence: Evidence, year: int) -> pd.Series:
    rows = _last(evidence, "tekun", "basic_living_standard", year)
    return rows[rows["year"] == year]["value"]


def recipients(evidence: Evidence, programme: str) -> pd.DataFrame:
    """Return the province's published recipients by residence, oldest first.

    Returns:
        residence, counted_on, persons, grade.

    Raises:
        DataRefused: none known.
    """
    rows = evidence.best(programme, "recipients")
    rows = rows[
        rows["area_code"].map(evidence.areas["level"]).eq("province")
        & (rows["residence"] != "both")
        & rows["period"].str.startswith("M")
    ]
    if rows.empty:
        raise DataRefused(
            f"data/{evidence.dataset}: no {programme} recipients of the province known on {evidence.as_of}"
        )
    month = rows["period"].str.slice(1, 3)
    counted_on = pd.to_datetime(rows["year"].astype(str) + "-" + month + "-01") + pd.offsets.MonthEnd(0)
    table = rows.assign(counted_on=counted_on, persons=rows["value"])
    return table.sort_values(["residence", "counted_on"])[["residence", "counted_on", "persons", "grade"]].reset_index(
        drop=True
    )


def grade_of(floors: Floors, measure: str) -> str:
    """Return the worst grade of the base values of one kind of floor."""
    return worst_grade(grade for (name, _, _), grade in floors.grades.items() if name == measure)
