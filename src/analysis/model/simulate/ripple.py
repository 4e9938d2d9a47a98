"""Ripple: what the rise of one standard does to everything that is reckoned on it, in yuan a month and in money."""

from __future__ import annotations

import numpy as np

from analysis.inputs.evidence import Evidence, worst_grade
from analysis.inputs.parameters.scenario import Scenario
from analysis.model.programmes import (
    CLASSIFIED_SHARE_OF_STANDARD,
    EDGE_MULTIPLE,
    MONTHS,
    tekun_care_yuan_year,
    tekun_standard,
)
from analysis.model.results import Rows
from analysis.model.simulate import Outcome
from analysis.model.simulate.levels import children_of, children_yuan_year

# Their standards move by rules of their own, or by none: a rise of the dibao standard leaves them where they are.
OWN_SCHEDULE = ("orphan_institution", "orphan_scattered", "unattended_child")
FLAT = ("disability_living", "disability_nursing")


def ripple_rows(rows: Rows, scenario: Scenario, outcome: Outcome, evidence: Evidence) -> None:
    """Add what one rise does to each programme: the lowest class's floors, and the programmes' money.

    Rows are ``linked_standard`` (yuan/person/month, this year and next) by programme and residence, and
    ``programme_spending`` (yuan/year, next year) of the children's programmes.
    """
    base, code = scenario.base_year, outcome.floors.order[-1]
    floors = outcome.floors.standards.floors.set_index(["area_code", "residence"])
    for side in ("urban", "rural"):
        grade = outcome.floors.grades["minimum_standard", code, side]
        for year, column in ((base, "now_yuan_month"), (base + 1, "next_yuan_month")):
            standard = float(floors.at[(code, side), column])
            values = {
                "dibao": standard,
                "tekun": float(tekun_standard(standard, outcome.case.tekun_multiple, np.nan)),
                "classified_extra": CLASSIFIED_SHARE_OF_STANDARD * standard,
                "low_income_edge": EDGE_MULTIPLE * standard,
            }
            for programme, value in values.items():
                where = {"area_code": code, "residence": side, "programme": programme, "year": year, "grade": grade}
                rows.add("linked_standard", value, "yuan/person/month", **where)
    _unlinked(rows, scenario, outcome, evidence)


def _unlinked(rows: Rows, scenario: Scenario, outcome: Outcome, evidence: Evidence) -> None:
    base = scenario.base_year
    where = {"area_code": evidence.whole, "year": base}
    for programme in (*OWN_SCHEDULE, *FLAT):
        measure = "minimum_standard" if programme in OWN_SCHEDULE else "standard"
        known = evidence.best(programme, measure)
        known = known[(known["area_code"] == evidence.whole) & (known["year"] <= base)].sort_values("year")
        if known.empty:
            continue
        last = known.iloc[-1]
        there = where | {"year": last["year"], "grade": last["grade"], "programme": programme}
        rows.add("own_schedule_standard", last["value"], "yuan/person/month", **there)
    _stated(rows, scenario, outcome)
    children = children_of(evidence, base)
    if children is None:
        return
    central = outcome.case.central()
    growth, institution = central["orphan_growth_share"], central["orphan_institution_share"]
    rests = {"orphan": ["orphan_growth_share", "orphan_institution_share"], "unattended_child": ["orphan_growth_share"]}
    for year in (base, base + 1):
        spent = children_yuan_year(children, year, np.array(growth), np.array(institution))
        for programme in spent:
            grade = worst_grade([children.grade])
            there = {"area_code": evidence.whole, "year": year, "programme": programme, "grade": grade}
            rows.add("programme_spending", float(spent[programme]), "yuan/year", rests_on=rests[programme], **there)


def _stated(rows: Rows, scenario: Scenario, outcome: Outcome) -> None:
    """The level of programmes that a scenario switches on by stating what is not published; no rise moves them."""
    central, cells = outcome.case.central(), outcome.cells
    share, nursing = "tekun_care_minimum_wage_share", "disability_nursing_persons"
    where = {"year": scenario.base_year + 1, "grade": "", "area_code": outcome.case.whole}
    if share in central:
        code_of = {number: code for code, number in outcome.floors.classes.items()}
        wages = cells["area_class"].map(lambda number: float(outcome.floors.wages[code_of[number]]))
        care = tekun_care_yuan_year(cells["tekun_persons_central"], wages, central[share]).sum()
        rows.add("programme_spending", float(care), "yuan/year", programme="tekun_care", rests_on=[share], **where)
    if nursing in central:
        spent = MONTHS * central[nursing] * outcome.case.disability_nursing_yuan_month
        rows.add("programme_spending", spent, "yuan/year", programme="disability_nursing", rests_on=[nursing], **where)
