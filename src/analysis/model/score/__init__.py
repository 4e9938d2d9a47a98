"""History against the rules: what each year's rule allowed, and what was published."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from analysis.inputs.evidence import SOURCED, Evidence, worst_grade
from analysis.inputs.rules import Rule, in_force
from analysis.model.gap import adequacy, closed_share, gap_table
from analysis.model.results import Rows
from analysis.model.score.back_cast import back_cast

__all__ = ["History", "back_cast", "headline_standards", "history", "only_one_class_apart_since", "widest_gap"]
HALF_YEARS = {"Y": 0.0, "H1": 0.0, "H2": 0.5}


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


def headline_standards(evidence: Evidence) -> pd.DataFrame:
    """Return the standards whose gap the package is about, one best row per area, time and residence.

    Returns:
        area_code, year (the second half of a year ends in .5), period, residence (urban, rural), value_yuan_month (in
        the package's own currency), unit, grade, known_from.
    """
    named = evidence.headline
    rows = evidence.best(named["programme"], named["measure"])
    rows = rows[rows["area_code"].map(evidence.areas["level"]).eq(named["level"]) & (rows["residence"] != "both")]
    if rows["period"].ne("Y").any():
        rows = rows.assign(year=rows["year"] + rows["period"].map(HALF_YEARS))
    columns = ["area_code", "year", "period", "residence", "value", "unit", "grade", "known_from"]
    return rows[columns].rename(columns={"value": "value_yuan_month"}).reset_index(drop=True)


def history(evidence: Evidence, rules: Sequence[Rule]) -> History:
    """Return the gap in the minima year by year, its adequacy, and how the rules explain each rise.

    All scenarios of a day share one history: what was reckoned once in a process is given again, and not to be changed.
    """
    return _history(evidence, tuple(rules))


@functools.lru_cache(maxsize=8)
def _history(evidence: Evidence, rules: tuple[Rule, ...]) -> History:
    from analysis.model.score.spread import theil_rows

    minima = headline_standards(evidence)
    gap = gap_table(minima[["area_code", "year", "residence", "value_yuan_month"]])
    grades = minima.groupby(["area_code", "year"])["grade"].agg(worst_grade).rename("grade").reset_index()
    gap = _closed_since_first_sourced(gap.merge(grades, on=["area_code", "year"], validate="one_to_one"))
    adequate = _adequacy(evidence, minima)
    as_of = evidence.as_of or minima["known_from"].max().date()
    cast = back_cast(minima, rules, as_of) if rules else back_cast(minima.head(0), rules, as_of)
    asked = _share_rules(evidence, minima, rules, as_of)
    rows = [_history_rows(evidence, minima, gap, adequate, cast), asked, theil_rows(evidence)]
    return History(gap, adequate, cast, pd.concat([one for one in rows if len(one)], ignore_index=True))


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
    spent = spent[(spent["area_code"] == evidence.whole) & (spent["period"] == "Y")]
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
    shared = {"scenario": "", "dataset": evidence.dataset, "programme": evidence.headline["programme"]}
    rows = Rows(shared, evidence.areas["name_zh"].to_dict())
    measure, unit = evidence.headline["measure"], minima["unit"].iloc[0]
    for row in minima.itertuples():
        where = {
            "area_code": row.area_code,
            "residence": row.residence,
            "grade": row.grade,
            **when(row.year, row.period),
        }
        rows.add(measure, row.value_yuan_month, unit, **where)
    periods = minima.drop_duplicates("year").set_index("year")["period"]
    for row in gap.dropna(subset=["rural_urban_ratio"]).itertuples():
        where = {"area_code": row.area_code, "grade": row.grade, **when(row.year, periods[row.year])}
        rows.add("minimum_rural_urban_ratio", row.rural_urban_ratio, "ratio", **where)
        rows.add("minimum_gap", row.gap_yuan_month, unit, **where)
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


def _share_rules(evidence: Evidence, minima: pd.DataFrame, rules: Sequence[Rule], as_of: date) -> pd.DataFrame:
    """Return the least rural share of the urban standard that a rule asked for, by year, as result rows."""
    shared = {"scenario": "", "dataset": evidence.dataset, "programme": evidence.headline["programme"]}
    rows = Rows(shared, evidence.areas["name_zh"].to_dict())
    for year in sorted({int(one) for one in minima["year"]}):
        for rule in in_force(list(rules), "rural_share", year, as_of)[:1]:
            where = {"area_code": evidence.whole, "residence": "rural", "year": year, "grade": rule.grade}
            rows.add("rural_share_at_least", float(rule.value), "share", **where)
    return rows.table()


def when(year: float, period: str) -> dict[str, object]:
    """Return the fields of a result row that say when: the whole year and the period."""
    return {"year": int(year), "period": period}


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
