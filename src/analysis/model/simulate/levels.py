"""Levels: what the programmes cost in a year, beside the money that is known to have been set aside (METHODS 4)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.inputs.evidence import Evidence, worst_grade
from analysis.inputs.parameters.policy import RiseRule, RiseRules
from analysis.inputs.parameters.scenario import Scenario
from analysis.inputs.rules import Rule
from analysis.model import cost
from analysis.model.caseload import between_counts
from analysis.model.programmes import child_care_yuan_year
from analysis.model.simulate.case import RESIDENCES, Case, prepare

# Published money, by programme and measure, and whether it is the upper tiers' alone.
MONEY = {
    "upper_advanced": ("hardship_groups", "central_and_provincial_subsidy_funds_prepaid"),
    "all_arranged": ("assistance", "fiscal_assistance_funds_arranged"),
    "upper_issued": ("hardship_groups", "central_and_provincial_subsidy_funds_issued"),
}
CHILDREN = ("orphan", "unattended_child")


@dataclass(frozen=True)
class Children:
    """Orphans and unattended children of the province.

    Attributes:
        persons: programme to recipients, the last count that is public.
        standards_yuan_month: orphan_institution, orphan_scattered, unattended_child to the last minimum.
        year: of those minima.
        grade: the worst of all.
    """

    persons: dict[str, float]
    standards_yuan_month: dict[str, float]
    year: int
    grade: str


def children_of(evidence: Evidence, year: int) -> Children | None:
    """Return what is known of orphans and unattended children up to a year; None where orphans cannot be costed.

    Before 2021 no minimum of unattended children is held: they are then left out, and ``persons`` does not name them.
    """
    persons, standards, grades, latest = {}, {}, [], 0
    for programme in CHILDREN:
        rows = evidence.best(programme, "recipients")
        rows = rows[rows["area_code"] == evidence.whole].sort_values("year")
        if len(rows):
            persons[programme] = float(rows["value"].iloc[-1])
            grades.append(rows["grade"].iloc[-1])
    for programme in ("orphan_institution", "orphan_scattered", "unattended_child"):
        rows = evidence.best(programme, "minimum_standard")
        rows = rows[(rows["area_code"] == evidence.whole) & (rows["year"] <= year)].sort_values("year")
        if len(rows):
            standards[programme] = float(rows["value"].iloc[-1])
            grades.append(rows["grade"].iloc[-1])
            latest = max(latest, int(rows["year"].iloc[-1]))
    if "orphan" not in persons or not {"orphan_institution", "orphan_scattered"} <= set(standards):
        return None
    if "unattended_child" not in standards:
        persons.pop("unattended_child", None)
    return Children(persons, standards, latest, worst_grade(grades))


def children_yuan_year(
    children: Children, year: int, growth: np.ndarray, institution: np.ndarray
) -> dict[str, np.ndarray]:
    """Return the cost of orphans and of unattended children in a year, on their own schedule.

    Args:
        children: as known.
        year: whose cost.
        growth: yearly rise of the minima after the last known one, a share, any shape.
        institution: share of orphans in institutions, same shape.

    Returns:
        Programme to yuan a year; one that cannot be costed is absent.
    """
    ahead = max(year - children.year, 0)

    def spent(programme: str, standard: str) -> np.ndarray:
        level = children.standards_yuan_month[standard]
        return child_care_yuan_year(children.persons[programme], level, growth, ahead)

    kept, scattered = spent("orphan", "orphan_institution"), spent("orphan", "orphan_scattered")
    costs = {"orphan": institution * kept + (1 - institution) * scattered}
    if "unattended_child" in children.persons:
        costs["unattended_child"] = spent("unattended_child", "unattended_child")
    return costs


def known_money(evidence: Evidence) -> pd.DataFrame:
    """Return the money for assistance that is published.

    Returns:
        kind (a key of ``MONEY``), year, value_yuan, grade.
    """
    parts = []
    for kind, (programme, measure) in MONEY.items():
        rows = evidence.best(programme, measure)
        parts.append(rows[["year", "value", "grade"]].assign(kind=kind))
    table = pd.concat(parts, ignore_index=True).rename(columns={"value": "value_yuan"})
    return table[["kind", "year", "value_yuan", "grade"]]


def modelled_spending(evidence: Evidence, scenario: Scenario, rules: list[Rule], year: int) -> dict[str, float]:
    """Return what dibao, tekun, orphans and unattended children cost in a past year by the model.

    Recipients lie between the published counts; tekun's are the nearest count.

    Args:
        evidence: as known on the scenario's day.
        scenario: whose assumptions are taken; its policy is not.
        rules: dated rules.
        year: with minima in the package.

    Returns:
        low, central and high, yuan a year: every assumption at its cheap end, at its centre, at its dear end.

    Raises:
        DataRefused: the package lacks the year.
    """
    freeze = RiseRule(kind="freeze")
    policy = scenario.policy.model_copy(update={"rule": RiseRules(urban=freeze, rural=freeze)})
    case = prepare(evidence, scenario.model_copy(update={"base_year": year, "policy": policy}), rules)
    children = children_of(evidence, year)
    names = list(case.assumptions)
    ends = {name: (float(a.low), float(a.central), float(a.high)) for name, a in case.assumptions.items()}
    settings = {name: np.full(1 + 2 * len(names), ends[name][1]) for name in names}
    for position, name in enumerate(names):
        settings[name][1 + 2 * position], settings[name][2 + 2 * position] = ends[name][0], ends[name][2]
    spent = _spent(case, settings, children, year)
    at_low, at_high = spent[1::2], spent[2::2]
    corners = {
        name: np.array([min(pair)[1], max(pair)[1]])
        for name, pair in (
            (name, ((low, ends[name][0]), (high, ends[name][2])))
            for name, low, high in zip(names, at_low, at_high, strict=True)
        )
    }
    low, high = _spent(case, corners, children, year)
    return {"low": float(low), "central": float(spent[0]), "high": float(high)}


def _spent(case: Case, settings: dict[str, np.ndarray], children: Children | None, year: int) -> np.ndarray:
    columns = {name: np.asarray(values, float)[:, None] for name, values in settings.items()}
    dibao, tekun = (
        {side: np.array([[between_counts(counts[counts["residence"] == side], year)]]) for side in RESIDENCES}
        for counts in (case.counts, case.tekun)
    )
    weights = cost.allocation_weights(case.cells, columns)
    standard = cost.standards_now(case.cells, columns)
    supplement = cost.supplement_paid(case.cells, columns, standard)
    tekun_level = cost.tekun_standard(standard, case.tekun_multiple, case.cells["tekun_yuan_month"])
    monthly = cost.recipients_by_cell(case.cells, weights, dibao) * supplement
    monthly = monthly + cost.recipients_by_cell(case.cells, weights, tekun) * tekun_level
    total = cost.MONTHS * monthly.sum(axis=1)
    if children:
        total = total + sum(
            children_yuan_year(
                children, year, settings["orphan_growth_share"], settings["orphan_institution_share"]
            ).values()
        )
    return total
