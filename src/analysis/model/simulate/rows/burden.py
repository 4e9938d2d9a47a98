"""Rows of the burden: the extra cost beside the budget's expenditure."""

from __future__ import annotations

from analysis.inputs.evidence import Evidence, worst_grade
from analysis.inputs.parameters.scenario import Scenario
from analysis.model.funding import burden_share
from analysis.model.results import Rows
from analysis.model.simulate import Outcome
from analysis.model.simulate.rows.cost import cost_grade


def burden_rows(rows: Rows, scenario: Scenario, outcome: Outcome, evidence: Evidence, province: str) -> None:
    """Add what the extra cost takes of the expenditure next year: of the whole, and of each city whose own is held."""
    spent = evidence.best("", "general_public_budget_expenditure")
    spent = spent[spent["period"] == "Y"].sort_values("year")
    level, parent = evidence.areas["level"], evidence.areas["parent_code"]
    cells = outcome.cells
    city = cells["area_code"].where(cells["area_code"].map(level).eq("city"), cells["area_code"].map(parent))
    extra = {province: outcome.totals["central"], **cells.groupby(city)["extra_central"].sum().to_dict()}
    measure, growth, year = "general_public_budget_expenditure", f"fiscal_{scenario.fiscal.id}", scenario.base_year + 1
    for area, own in spent.groupby("area_code"):
        if area not in extra:
            continue
        last = own.iloc[-1]
        following = last["value"] * (1 + float(scenario.fiscal.expenditure_growth_share)) ** (year - last["year"])
        where, grade = {"area_code": area}, worst_grade([last["grade"], cost_grade(outcome)])
        rows.add(measure, last["value"], "yuan/year", year=last["year"], grade=last["grade"], **where)
        rows.add(measure, following, "yuan/year", year=year, grade=last["grade"], rests_on=[growth], **where)
        share, rests = float(burden_share(extra[area], following)), [*outcome.costed, growth]
        rows.add("extra_cost_of_expenditure", share, "share", year=year, grade=grade, rests_on=rests, **where)
