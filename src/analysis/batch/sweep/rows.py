"""Rows of one combination: those of ``30_next_year`` and ``40_pathway``, made by the same functions, without what costs most.

Left out are the sensitivities, which cost more than all else, and what says nothing of a combination that its scenario
does not say.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any, Protocol

import pandas as pd

from analysis.inputs.evidence import Evidence
from analysis.inputs.parameters.scenario import Scenario
from analysis.inputs.rules import Rule
from analysis.model.pathway import DRAWS, LEVELS, Path, along, policy_floors
from analysis.model.pathway.kept import Kept
from analysis.model.pathway.rows import one_path, reached_rows
from analysis.model.results import COLUMNS, KEY, Rows
from analysis.model.simulate import OWN_SCHEDULE, Case, simulate
from analysis.model.simulate.rows import result_rows
from analysis.model.simulate.rows.cost import cost_grade

# The ranges as they were assumed, each assumption alone at its ends, the months of the calendar.
LEFT_OUT = ("assumption_", "extra_cost_if_", "extra_cost_under_", "calendar_")
FEWEST_DRAWS = 100


class Asked(Protocol):
    """Which rows are wanted: how many years, of whose draws, and whether each area's range."""

    years: int
    own_draws: bool
    by_area: bool
    kept: Kept

    def ready(self, scenario: Scenario) -> Case:
        """Return a scenario made ready."""

    def floors(self, case: Case) -> pd.DataFrame:
        """Return the floors of every year under a case's policy."""

    def grade(self, scenario: Scenario) -> str:
        """Return the grade of a scenario's cost."""


def rows_of(evidence: Evidence, scenario: Scenario, rules: list[Rule], asked: Asked) -> pd.DataFrame:
    """Return a combination's rows in the contract of the results table, sorted by key.

    Args:
        evidence: as known on the scenario's day.
        scenario: resolved.
        rules: the package's dated rules.
        asked: one year gives the rows of next year, more give those of the policy's path.
    """
    table = _next_year(evidence, scenario, rules, asked) if asked.years == 1 else _path(evidence, scenario, asked)
    return table.sort_values(KEY, ignore_index=True)[COLUMNS]


def grade_of(evidence: Evidence, scenario: Scenario, rules: list[Rule]) -> str:
    """Return the grade of a cost. It hangs on what is known on the day, not on policy, assumptions or draws."""
    return cost_grade(simulate(evidence, scenario.model_copy(update={"draws": FEWEST_DRAWS}), rules))


def _rows(evidence: Evidence, scenario: Scenario) -> Rows:
    return Rows({"scenario": scenario.id, "dataset": evidence.dataset}, evidence.areas["name_zh"].to_dict())


def _next_year(evidence: Evidence, scenario: Scenario, rules: list[Rule], asked: Asked) -> pd.DataFrame:
    outcome = simulate(evidence, scenario, rules)
    table = result_rows(evidence, scenario, outcome, rules)
    table = table[~table["measure"].str.startswith(LEFT_OUT)]
    if not asked.by_area:
        return table
    rows = _rows(evidence, scenario)
    path = along(outcome.case, policy_floors(evidence, outcome.case, 1), draws=scenario.draws, by_area=True)
    _area_rows(rows, path, "extra_cost", {"grade": cost_grade(outcome), "rests_on": outcome.costed})
    return pd.concat([table, rows.table()])


def _path(evidence: Evidence, scenario: Scenario, asked: Asked) -> pd.DataFrame:
    case, target = asked.ready(scenario), scenario.road.target_share
    path = along(
        case,
        asked.floors(case),
        None if target is None else Fraction(target),
        draws=scenario.draws if asked.own_draws else DRAWS,
        by_area=asked.by_area,
        kept=asked.kept,
    )
    grade, costed = asked.grade(scenario), [name for name in case.assumptions if name not in OWN_SCHEDULE]
    rows = _rows(evidence, scenario)
    one_path(rows, evidence, path, "path", grade, [*costed, f"fiscal_{scenario.fiscal.id}"])
    reached_rows(rows, path, grade)
    if asked.by_area:
        _area_rows(rows, path, "path_extra_cost", {"grade": grade, "rests_on": costed})
    return rows.table()


def _area_rows(rows: Rows, path: Path, measure: str, common: dict[str, Any]) -> None:
    """Add the range of each area's extra cost, within ``extra_bound`` of what all draws at once would give."""
    for line in path.by_area.to_dict("records"):
        where = {"area_code": line["area_code"], "year": line["year"], **common}
        for level in LEVELS:
            rows.add(measure, line[f"extra_p{level}"], "yuan/year", statistic=f"p{level}", **where)
