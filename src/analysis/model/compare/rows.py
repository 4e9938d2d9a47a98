"""Result rows of a batch: who dominates whom, what each difference is worth, the frontier, and regret over fiscal paths."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction

import numpy as np
import pandas as pd

from analysis.inputs.evidence import Evidence
from analysis.inputs.parameters.scenario import Scenario
from analysis.model.compare import attribution, choices_by_worth, compare, differences, fiscal_table, headline, regret
from analysis.model.pathway.floors import policy_floors
from analysis.model.pathway.frontier import frontier
from analysis.model.results import Rows
from analysis.model.simulate import Outcome
from analysis.model.simulate.rows.cost import cost_grade

# What is split over the groups of parameters, and the unit of its parts.
SPLIT = {"extra_cost": "yuan/year", "extra_cost_upper": "yuan/year", "short_of_capacity": "yuan/year", "minimum_gap": "yuan/person/month"}  # fmt: skip
CURVES = {"frontier": Fraction(1), "frontier_town_still": Fraction(0)}


def comparison_rows(
    evidence: Evidence,
    proposed: str,
    outcomes: Mapping[str, Outcome],
    outcome_of: Callable[[Scenario], Outcome],
    report: Callable[[str], None] | None = None,
) -> pd.DataFrame:
    """Return the result rows of scenarios set side by side.

    Args:
        evidence: as known on the proposed scenario's day.
        proposed: the scenario that the others are compared with.
        outcomes: scenario id to what it comes to, the proposed one among them.
        outcome_of: what a hybrid of two scenarios comes to.
        report: called with what is being done.
    """
    tables, say = [], report or (lambda _: None)
    base = outcomes[proposed]
    side_by_side = compare(outcomes)
    regrets = _regrets(outcomes)
    for name, outcome in outcomes.items():
        rows = Rows({"scenario": name, "dataset": evidence.dataset}, evidence.areas["name_zh"].to_dict())
        where = {"area_code": evidence.whole, "year": outcome.case.year, "grade": cost_grade(outcome)}
        if better := side_by_side.at[name, "dominated_by"]:
            rows.add(f"dominated_by_{better}", 1, "times", rests_on=outcome.costed, **where)
        if name != proposed:
            say(f"what each difference between {name} and {proposed} is worth")
            _worths(rows, base, outcome, outcome_of, where)
        for measure, value in regrets.get(name, {}).items():
            rows.add(measure, value, "yuan/year", rests_on=outcome.costed, **where)
        if name == proposed:
            say("what each narrowing of the gap costs at least")
            _frontier(rows, evidence, outcome, where)
        tables.append(rows.table())
    return pd.concat(tables, ignore_index=True)


def _worths(rows: Rows, base: Outcome, other: Outcome, outcome_of: Callable[[Scenario], Outcome], where: dict) -> None:
    ends = {id(one.case.scenario): headline(one) for one in (base, other)}
    own, others = base.case.scenario, other.case.scenario
    if differences(own, others).empty:
        return

    def value_of(hybrid: Scenario) -> dict[str, float]:
        for known in (own, others):
            if differences(hybrid, known).empty:
                return ends[id(known)]
        return headline(outcome_of(hybrid))

    for line in attribution(own, others, value_of).itertuples():
        if line.measure in SPLIT:
            rows.add(
                f"{line.measure}_due_to_{line.group}", line.worth, SPLIT[line.measure], rests_on=other.costed, **where
            )


def by_policy(outcomes: Mapping[str, Outcome]) -> dict[str, Outcome]:
    """Return the first scenario of each policy: fiscal paths and months apart, the others repeat them."""
    found: dict[str, Outcome] = {}
    for outcome in outcomes.values():
        found.setdefault(outcome.case.scenario.policy.id, outcome)
    return {one.case.scenario.id: one for one in found.values()}


def _regrets(outcomes: Mapping[str, Outcome]) -> dict[str, dict[str, float]]:
    """Return for each policy what is short under each fiscal path, its regret, and from which worth of the gap it is chosen."""
    policies = by_policy(outcomes)
    fiscals = {one.case.scenario.fiscal.id: one.case.scenario.fiscal for one in outcomes.values()}
    table = fiscal_table({name: one.case for name, one in policies.items()}, fiscals)
    short = table.pivot(index="policy", columns="fiscal", values="short_yuan_year").loc[list(policies), list(fiscals)]
    regrets = regret(short)
    measures = {name: headline(one) for name, one in policies.items()}
    gap = pd.Series({name: one["minimum_gap"] for name, one in measures.items()})
    cost = pd.Series({name: one["extra_cost"] for name, one in measures.items()})
    found = {
        name: {f"short_under_{world}": short.at[name, world] for world in short}
        | {f"regret_under_{world}": regrets.at[name, world] for world in short}
        | {"largest_regret": regrets.at[name, "max_regret"]}
        for name in policies
    }
    for line in choices_by_worth(short, gap, cost).itertuples():
        found[line.policy]["least_regretted_from_worth"] = line.from_worth
        if np.isfinite(line.to_worth):
            found[line.policy]["least_regretted_to_worth"] = line.to_worth
    return found


def _frontier(rows: Rows, evidence: Evidence, outcome: Outcome, where: dict) -> None:
    floors = policy_floors(evidence, outcome.case, 1)
    for name, urban in CURVES.items():
        for line in frontier(outcome.case, floors, urban_rise_share=urban).itertuples():
            at = f"{line.target_share * 1000:.0f}"
            rests = {"rests_on": outcome.costed, **where}
            rows.add(f"{name}_extra_cost_at_{at}", line.extra_yuan_year, "yuan/year", **rests)
            rows.add(f"{name}_gap_at_{at}", line.gap_yuan_month, "yuan/person/month", **where)
            rows.add(f"{name}_lift_at_{at}", line.lift_yuan_month, "yuan/person/month per million yuan", **rests)
