"""Rows of the standards in force: what areas pay, what they must pay next, and the gap between town and country."""

from __future__ import annotations

from analysis.inputs.evidence import Evidence, worst_grade
from analysis.inputs.parameters.scenario import Scenario
from analysis.model.gap import gap_table
from analysis.model.results import Rows
from analysis.model.simulate import Outcome
from analysis.model.simulate.rows.floors import by_year

# The columns of the cells that a loop over them looks at: of all fifty it takes five times as long.
STANDARDS = [
    "area_code", "area_class", "residence", "grade", "standard_yuan_month", "next_standard_central", "mandated_yuan_month",
]  # fmt: skip
OWN_FLOORS = [
    "area_code", "area_class", "residence", "next_floor_yuan_month", "own_floor_yuan_month", "own_floor_year", "own_floor_grade",
]  # fmt: skip


def in_force_rows(rows: Rows, scenario: Scenario, outcome: Outcome, evidence: Evidence, province: str) -> None:
    """Add the standards that areas publish, next year's, what of it is mandated, and how many areas are of which kind."""
    year = scenario.base_year
    seen = outcome.cells.loc[outcome.cells["observed"], STANDARDS]
    code_of = {number: code for code, number in outcome.floors.classes.items()}
    for cell in seen.itertuples():
        where = {"area_code": cell.area_code, "residence": cell.residence, "programme": "dibao"}
        floor = outcome.floors.grades["minimum_standard", code_of[cell.area_class], cell.residence]
        after = {"year": year + 1, "grade": worst_grade([cell.grade, floor])}
        rows.add("standard", cell.standard_yuan_month, "yuan/person/month", year=year, grade=cell.grade, **where)
        rows.add(
            "standard", cell.next_standard_central, "yuan/person/month", rests_on=["follow_share"], **after, **where
        )
        rows.add(
            "mandated_rise", cell.mandated_yuan_month - cell.standard_yuan_month, "yuan/person/month", **after, **where
        )
    _supplement_floors_in_force(rows, outcome, year, code_of)
    table = gap_table(by_year(seen, {year: "standard_yuan_month", year + 1: "next_standard_central"})).dropna(
        subset=["rural_urban_ratio"]
    )
    grades = seen.groupby("area_code")["grade"].agg(worst_grade)
    for gap in table.itertuples():
        rests = ["follow_share"] if gap.year > year else []
        where = {
            "area_code": gap.area_code,
            "programme": "dibao",
            "year": gap.year,
            "grade": grades[gap.area_code],
            "rests_on": rests,
        }
        rows.add("in_force_rural_urban_ratio", gap.rural_urban_ratio, "ratio", **where)
        rows.add("in_force_gap", gap.gap_yuan_month, "yuan/person/month", **where)
    for when, group in table.groupby("year"):
        where = {
            "area_code": province,
            "year": when,
            "grade": worst_grade(seen["grade"]),
            "rests_on": ["follow_share"] if when > year else [],
        }
        rows.add("in_force_rural_urban_ratio_simple", group["rural_urban_ratio"].mean(), "ratio", **where)
    both = table[table["year"] == year]
    lifted = seen[seen["mandated_yuan_month"] > seen["standard_yuan_month"]]["area_code"].nunique()
    cities = evidence.areas[evidence.areas["level"] == "city"]
    for measure, count in (
        ("cities", len(cities)),
        ("observed_areas", seen["area_code"].nunique()),
        ("observed_areas_both_residences", len(both)),
        ("observed_unified_areas", (both["state"] == "unified").sum()),
        ("observed_separate_areas", (both["state"] == "separate").sum()),
        ("standard_must_rise_areas", lifted),
        ("standard_free_areas", seen["area_code"].nunique() - lifted),
        ("unknown_areas", len(cities) - seen["area_code"].nunique()),
    ):
        rows.add(measure, count, "areas", grade="", area_code=province, year=year)


def _supplement_floors_in_force(rows: Rows, outcome: Outcome, year: int, code_of: dict[str, str]) -> None:
    """The floors that cities publish for themselves, and by how much the province's next ones lift them."""
    cells = outcome.cells[OWN_FLOORS]
    known = cells[(cells["own_floor_year"] == year) & cells["next_floor_yuan_month"].notna()]
    for cell in known.itertuples():
        where = {"area_code": cell.area_code, "residence": cell.residence, "programme": "dibao"}
        floor = outcome.floors.grades["supplement_floor", code_of[cell.area_class], cell.residence]
        after = {"year": year + 1, "grade": worst_grade([cell.own_floor_grade, floor])}
        rise = max(cell.next_floor_yuan_month - cell.own_floor_yuan_month, 0)
        own = {"year": year, "grade": cell.own_floor_grade}
        rows.add("supplement_floor_in_force", cell.own_floor_yuan_month, "yuan/person/month", **own, **where)
        rows.add("mandated_supplement_floor_rise", rise, "yuan/person/month", **after, **where)
