"""Rows of the province's own floors: minima and supplement floors, their rise, and the gap in the minima."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.inputs.evidence import worst_grade
from analysis.inputs.parameters.scenario import Scenario
from analysis.model.gap import gap_by_area_share, gap_table
from analysis.model.results import Rows
from analysis.model.simulate import Outcome


def floor_rows(rows: Rows, scenario: Scenario, outcome: Outcome, province: str) -> None:
    """Add the province's minima and supplement floors, now and next, and the gap in the minima."""
    for measure, uprated in (
        ("minimum_standard", outcome.floors.standards),
        ("supplement_floor", outcome.floors.supplements),
    ):
        for floor in uprated.floors.itertuples():
            where = {"area_code": floor.area_code, "residence": floor.residence, "programme": "dibao"}
            grade = outcome.floors.grades[measure, floor.area_code, floor.residence]
            rows.add(measure, floor.now_yuan_month, "yuan/person/month", grade=grade, year=scenario.base_year, **where)
            rows.add(
                measure, floor.next_yuan_month, "yuan/person/month", grade=grade, year=scenario.base_year + 1, **where
            )
            rise = floor.next_yuan_month - floor.now_yuan_month
            rows.add(f"{measure}_rise", rise, "yuan/person/month", grade=grade, year=scenario.base_year + 1, **where)
            rows.add(
                f"{measure}_rise_share",
                rise / floor.now_yuan_month,
                "share",
                grade=grade,
                year=scenario.base_year + 1,
                **where,
            )
    _gap_in_minima(rows, scenario, outcome, province)


def _gap_in_minima(rows: Rows, scenario: Scenario, outcome: Outcome, province: str) -> None:
    base, floors = scenario.base_year, outcome.floors.standards.floors
    table = gap_table(by_year(floors, {base: "now_yuan_month", base + 1: "next_yuan_month"}))
    shares = {year: gap_by_area_share(table, year) for year in (base, base + 1)}
    before = table[table["year"] == base].set_index("area_code")["gap_yuan_month"]
    for gap in table.dropna(subset=["rural_urban_ratio"]).itertuples():
        grade = worst_grade(
            outcome.floors.grades["minimum_standard", gap.area_code, side] for side in ("urban", "rural")
        )
        where = {"area_code": gap.area_code, "programme": "dibao", "year": gap.year, "grade": grade}
        rows.add("minimum_rural_urban_ratio", gap.rural_urban_ratio, "ratio", **where)
        rows.add("minimum_gap", gap.gap_yuan_month, "yuan/person/month", **where)
        if gap.year > base:
            rows.add("minimum_gap_change", gap.gap_yuan_month - before[gap.area_code], "yuan/person/month", **where)
        if np.isfinite(shares[gap.year][gap.area_code]):
            rows.add("minimum_gap_share_of_all", shares[gap.year][gap.area_code], "share", **where)
    least, catch_up = scenario.policy.rural_share.at_least, scenario.policy.catch_up
    asked = {"area_code": province, "programme": "dibao", "residence": "rural", "grade": ""}
    if least:
        rows.add("rural_share_at_least", float(least), "share", year=base + 1, **asked)
    if catch_up.kind == "target":
        rows.add("rural_share_target", float(catch_up.target_ratio), "share", year=catch_up.target_year, **asked)
    separate = (table.loc[table["year"] == base, "state"] == "separate").sum()
    rows.add("separate_classes", separate, "areas", grade="", area_code=province, year=base)


def by_year(table: pd.DataFrame, columns: dict[int, str]) -> pd.DataFrame:
    """Return one row per area, residence and year from one column a year."""
    parts = [
        table[["area_code", "residence"]].assign(year=year, value_yuan_month=table[column])
        for year, column in columns.items()
    ]
    return pd.concat(parts, ignore_index=True)
