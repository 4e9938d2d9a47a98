"""Result rows of the sensitivity of one scenario, and the whole table of its results."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.inputs.evidence import Evidence
from analysis.inputs.parameters.scenario import Scenario
from analysis.inputs.rules import Rule
from analysis.model import sensitivity
from analysis.model.pathway.borne import cost_of_rises, largest_rise_borne
from analysis.model.results import Rows
from analysis.model.sensitivity.alternatives import allocations, responses
from analysis.model.sensitivity.requests import what_to_ask
from analysis.model.simulate import Outcome
from analysis.model.simulate.rows import result_rows
from analysis.model.simulate.rows.cost import cost_grade

# Envelopes of the break-even table, million yuan a year.
ENVELOPES = (200, 300, 400, 500, 600, 800, 1000)
WIDTH_NAMES = {0.5: "halved", 1.0: "as_stated", 2.0: "doubled"}


def whole_result(evidence: Evidence, scenario: Scenario, outcome: Outcome, rules: list[Rule]) -> pd.DataFrame:
    """Return all results of one scenario: what it comes to, and how far that depends on what is assumed."""
    core = result_rows(evidence, scenario, outcome, rules)
    more = sensitivity_rows(evidence, scenario, outcome)
    return pd.concat([core, more], ignore_index=True)


def sensitivity_rows(evidence: Evidence, scenario: Scenario, outcome: Outcome) -> pd.DataFrame:
    """Return the rows of every sensitivity; those of a frozen scenario, which costs nothing, are zeros or absent."""
    rows = Rows({"scenario": scenario.id, "dataset": evidence.dataset}, evidence.areas["name_zh"].to_dict())
    common = {
        "area_code": evidence.whole,
        "year": scenario.base_year + 1,
        "grade": cost_grade(outcome),
        "rests_on": outcome.costed,
    }
    _alternatives(rows, outcome, evidence, common)
    _swings(rows, outcome, common)
    _break_even(rows, scenario, outcome, common)
    _requests(rows, outcome, common)
    return rows.table()


def _alternatives(rows: Rows, outcome: Outcome, evidence: Evidence, common: dict) -> None:
    for one in responses(outcome).itertuples():
        rows.add(f"extra_cost_under_response_{one.model}", one.extra_yuan_year, "yuan/year", **common)
        rows.add(f"entrants_under_response_{one.model}", one.entrants_persons, "persons", **common)
    table = allocations(outcome, evidence)
    for name, own in table.groupby("allocation", sort=False):
        rows.add(f"extra_cost_under_allocation_{name}", own["extra_yuan_year"].iloc[0], "yuan/year", **common)
    for one in table.dropna(subset=["published_persons"]).itertuples():
        where = {"area_code": one.area_code, "residence": one.residence, "year": one.year, "programme": "dibao"}
        rests = ["allocation_need"]
        rows.add(
            f"recipients_allocated_by_{one.allocation}",
            one.allocated_persons,
            "persons",
            grade="inferred",
            rests_on=rests,
            **where,
        )
        if one.allocation == "need":
            rows.add("recipients", one.published_persons, "persons", grade=one.grade, **where)


def _swings(rows: Rows, outcome: Outcome, common: dict) -> None:
    for one in sensitivity.tornado(outcome.case).itertuples():
        # One that is not drawn has no P10: it goes to its ends, the others at their medians all the same.
        low, high = ("p10", "p90") if one.drawn else ("endlow", "endhigh")
        rows.add(f"extra_cost_if_{one.assumption}_{low}", one.at_low_yuan_year, "yuan/year", **common)
        rows.add(f"extra_cost_if_{one.assumption}_{high}", one.at_high_yuan_year, "yuan/year", **common)
    for one in sensitivity.sobol(outcome.case).itertuples():
        rows.add(f"sobol_first_{one.assumption}", one.first_share, "share", **common)
        rows.add(f"sobol_total_{one.assumption}", one.total_share, "share", **common)
        rows.add(f"sobol_total_conf_{one.assumption}", one.total_conf, "share", **common)
    for one in sensitivity.widths(outcome).itertuples():
        for statistic in ("p10", "p50", "p90"):
            value = getattr(one, f"{statistic}_yuan_year")
            measure = f"extra_cost_widths_{WIDTH_NAMES[one.width]}"
            rows.add(measure, value, "yuan/year", statistic=statistic, **common)


def _break_even(rows: Rows, scenario: Scenario, outcome: Outcome, common: dict) -> None:
    costs = cost_of_rises(outcome.case)
    for envelope in ENVELOPES:
        rise = largest_rise_borne(costs, envelope * 1e6)
        if np.isnan(rise):
            continue  # the other steps of the policy alone cost more
        rows.add(f"rise_borne_by_{envelope}_million_yuan", rise, "share", **common)
    capacity = outcome.spending["capacity_yuan_year"].sum()
    within = largest_rise_borne(costs, capacity, "spending_yuan_year")
    rests = [*outcome.costed, f"fiscal_{scenario.fiscal.id}"]
    if np.isfinite(within):
        rows.add("rise_borne_by_capacity", within, "share", **(common | {"rests_on": rests}))


def _requests(rows: Rows, outcome: Outcome, common: dict) -> None:
    for one in what_to_ask(outcome).itertuples():
        rows.add(f"regret_of_not_knowing_{one.assumption}", one.regret_yuan_year, "yuan/year", **common)
        if np.isfinite(one.flips_at):
            where = {"area_code": common["area_code"], "year": common["year"], "grade": ""}
            rows.add(
                f"affordability_flips_at_{one.assumption}", one.flips_at, "ratio", rests_on=[one.assumption], **where
            )
