"""History against the rules: what each year's rule allowed, and what was published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

import pandas as pd

from analysis.inputs.evidence import GRADES, Evidence, worst_grade
from analysis.inputs.rules import Rule, in_force
from analysis.model.gap import adequacy, closed_share, gap_table
from analysis.model.results import Rows
from analysis.model.uprating import round_to_grid

SOURCED = GRADES[: GRADES.index("derived")]


@dataclass(frozen=True)
class History:
    """What a package says of the past, as it was known on its day.

    Attributes:
        gap: as from ``gap.gap_table``, by area class and year, with the worst grade of the two sides.
        adequacy: area_code, residence, year, consumption_yuan_year (of the year before), adequacy_share, grade.
        back_cast: as from :func:`back_cast`.
        result: the same as result rows.
    """

    gap: pd.DataFrame
    adequacy: pd.DataFrame
    back_cast: pd.DataFrame
    result: pd.DataFrame

    @property
    def widest(self) -> str:
        """The class whose gap in yuan is widest in the last year."""
        return widest_gap(self.gap)


def history(evidence: Evidence, rules: Sequence[Rule]) -> History:
    """Return the gap in the minima year by year, its adequacy, and how the rules explain each rise."""
    minima = evidence.best("dibao", "minimum_standard").rename(columns={"value": "value_yuan_month"})
    gap = gap_table(minima[["area_code", "year", "residence", "value_yuan_month"]])
    grades = minima.groupby(["area_code", "year"])["grade"].agg(worst_grade).rename("grade").reset_index()
    gap = _closed_since_first_sourced(gap.merge(grades, on=["area_code", "year"], validate="one_to_one"))
    adequate = _adequacy(evidence, minima)
    as_of = evidence.as_of or minima["known_from"].max().date()
    cast = back_cast(minima, rules, as_of)
    return History(gap, adequate, cast, _history_rows(evidence, minima, gap, adequate, cast))


def _closed_since_first_sourced(gap: pd.DataFrame) -> pd.DataFrame:
    """Measure what is closed from each area's first sourced ratio, not from a derived or inferred one."""
    sourced = gap[gap["grade"].isin(SOURCED) & gap["rural_urban_ratio"].notna()].sort_values("year")
    first = sourced.drop_duplicates("area_code").set_index("area_code")
    since = gap["area_code"].map(first["year"])
    closed = closed_share(gap["rural_urban_ratio"], gap["area_code"].map(first["rural_urban_ratio"]))
    return gap.assign(closed_share=pd.Series(closed, index=gap.index).where(gap["year"] >= since))


def _adequacy(evidence: Evidence, minima: pd.DataFrame) -> pd.DataFrame:
    """Return the minima as shares of the province's consumption per head of the year before, by residence."""
    spent = evidence.best("", "consumption_expenditure_per_capita")
    spent = spent[spent["area_code"].map(evidence.areas["level"]).eq("province") & (spent["period"] == "Y")]
    # The old household survey ended in 2012; its figures are another concept.
    spent = spent[spent["year"] > 2012].assign(year=lambda rows: rows["year"] + 1)
    table = minima.merge(
        spent[["year", "residence", "value", "grade"]], on=["year", "residence"], suffixes=("", "_consumption")
    )
    return pd.DataFrame(
        {
            "area_code": table["area_code"],
            "residence": table["residence"],
            "year": table["year"],
            "consumption_yuan_year": table["value"],
            "adequacy_share": adequacy(table["value_yuan_month"], table["value"]),
            "grade": [worst_grade(pair) for pair in zip(table["grade"], table["grade_consumption"], strict=True)],
        }
    )


def _history_rows(
    evidence: Evidence, minima: pd.DataFrame, gap: pd.DataFrame, adequate: pd.DataFrame, cast: pd.DataFrame
) -> pd.DataFrame:
    rows = Rows(
        {"scenario": "", "dataset": evidence.dataset, "programme": "dibao"}, evidence.areas["name_zh"].to_dict()
    )
    for row in minima.itertuples():
        where = {"area_code": row.area_code, "residence": row.residence, "year": row.year, "grade": row.grade}
        rows.add("minimum_standard", row.value_yuan_month, "yuan/person/month", **where)
    for row in gap.dropna(subset=["rural_urban_ratio"]).itertuples():
        where = {"area_code": row.area_code, "year": row.year, "grade": row.grade}
        rows.add("minimum_rural_urban_ratio", row.rural_urban_ratio, "ratio", **where)
        rows.add("minimum_gap", row.gap_yuan_month, "yuan/person/month", **where)
        if pd.notna(row.closed_share):
            rows.add("minimum_gap_closed_share", row.closed_share, "share", **where)
    for row in adequate.itertuples():
        where = {"area_code": row.area_code, "residence": row.residence, "year": row.year, "grade": row.grade}
        rows.add("adequacy_of_consumption", row.adequacy_share, "share", **where)
    by_cell = minima.set_index(["area_code", "residence", "year"])["grade"]
    for row in cast.itertuples():
        side = "urban" if row.residence == "both" else row.residence
        grade = worst_grade(by_cell[row.area_code, side, year] for year in (row.year - 1, row.year))
        where = {"area_code": row.area_code, "residence": row.residence, "year": row.year, "grade": grade}
        rows.add("minimum_standard_rise_share", row.rise_share, "share", **where)
        if row.rule:
            rows.add("back_cast_excess", row.excess_yuan_month, "yuan/person/month", **where)
    return rows.table()


def widest_gap(gap: pd.DataFrame) -> str:
    """Return the area whose gap in yuan is widest in the last year of a gap table."""
    last = gap[gap["year"] == gap["year"].max()]
    return str(last.loc[last["gap_yuan_month"].idxmax(), "area_code"])


def only_one_class_apart_since(gap: pd.DataFrame) -> int | None:
    """Return the first year since which town and country differ in one class alone; None where more do still.

    Years in which only that class is known say nothing and are passed over.
    """
    told = (
        gap[gap["state"] != "one_residence"]
        .groupby("year")
        .agg(classes=("area_code", "nunique"), apart=("state", lambda states: (states != "unified").sum()))
    )
    told = told[told["classes"] > 1]
    more = told[told["apart"] > 1]
    later = told[told.index > (more.index.max() if len(more) else 0)]
    return int(later.index.min()) if len(later) and (later["apart"] == 1).all() else None


def back_cast(minima: pd.DataFrame, rules: Sequence[Rule], as_of: date) -> pd.DataFrame:
    """Compare each published minimum with the least that the rule of its year allowed.

    Args:
        minima: area_code, year, residence, value_yuan_month, grade: one best row per cell.
        rules: dated rules; only those public on ``as_of`` count.
        as_of: the day of the plan.

    Returns:
        One row per class, residence (``both`` where town and country have one floor) and pair of neighbouring
        sourced years: before_yuan_month, published_yuan_month, rise_share, rule (id, empty where none is
        published), least_yuan_month (unrounded), rounded_up_yuan_month, excess_yuan_month (published less
        rounded up) and fit: exact, rounded up, to the nearest yuan, above, or no rule.
    """
    sourced = minima[minima["grade"].isin(SOURCED)]
    values = {
        (row.area_code, row.residence, row.year): Fraction(str(row.value_yuan_month)) for row in sourced.itertuples()
    }
    rows = []
    for area, residence, year in sorted(values, key=lambda cell: (cell[2], cell[0], cell[1] != "urban")):
        before = values.get((area, residence, year - 1))
        if before is None:
            continue
        now = values[area, residence, year]
        unified = values.get((area, "urban", year)) == values.get((area, "rural", year)) and values.get(
            (area, "urban", year - 1)
        ) == values.get((area, "rural", year - 1))
        if unified and residence == "rural":
            continue
        bounds = _bounds(list(rules), residence, unified, before, values.get((area, "urban", year)), year, as_of)
        rows.append(_row(area, "both" if unified else residence, year, before, now, bounds))
    columns = ["area_code", "residence", "year", "before_yuan_month", "published_yuan_month", "rise_share", "rule"]
    return pd.DataFrame(
        rows, columns=[*columns, "least_yuan_month", "rounded_up_yuan_month", "excess_yuan_month", "fit"]
    )


def _bounds(
    rules: list[Rule], residence: str, unified: bool, before: Fraction, urban: Fraction | None, year: int, as_of: date
) -> dict[str, Fraction]:
    sides = ("urban", "both") if unified else (residence, "both")
    bounds = {}
    for rule in in_force(rules, "rise_at_least", year, as_of):
        if rule.residence in sides and (rule.applies_to == "all" or not unified):
            bounds[rule.id] = before * (1 + Fraction(rule.value))
    if residence == "rural" and not unified and urban is not None:
        for rule in in_force(rules, "rural_share", year, as_of)[:1]:
            bounds[rule.id] = Fraction(rule.value) * urban
    return bounds


def _row(area: str, residence: str, year: int, before: Fraction, now: Fraction, bounds: dict[str, Fraction]) -> tuple:
    rule = max(bounds, key=lambda name: bounds[name], default="")
    head = (area, residence, year, float(before), float(now), float(now / before - 1), rule)
    if not rule:
        return (*head, float("nan"), float("nan"), float("nan"), "no rule")
    least = bounds[rule]
    up = round_to_grid(least)
    if now == least:
        fit = "exact"
    elif now == up:
        fit = "rounded up"
    elif now == round_to_grid(least, 1, "nearest"):
        fit = "to the nearest yuan"
    else:
        fit = "above" if now > up else "below"
    return (*head, float(least), float(up), float(now - up), fit)
