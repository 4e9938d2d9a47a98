"""The result rows of one scenario: every number that a chart, a table or a sentence may print."""

from __future__ import annotations

import pandas as pd

from analysis.inputs.evidence import Evidence
from analysis.inputs.parameters.scenario import Scenario
from analysis.inputs.rules import Rule
from analysis.model.results import Rows
from analysis.model.simulate import Outcome
from analysis.model.simulate.ripple import ripple_rows
from analysis.model.simulate.rows.burden import burden_rows
from analysis.model.simulate.rows.cost import cost_rows
from analysis.model.simulate.rows.floors import floor_rows
from analysis.model.simulate.rows.in_force import in_force_rows
from analysis.model.simulate.rows.payment import payment_rows
from analysis.model.simulate.rows.recipients import recipient_rows


def result_rows(evidence: Evidence, scenario: Scenario, outcome: Outcome, rules: list[Rule]) -> pd.DataFrame:
    """Return the long results table of one scenario; see DESIGN, Contracts, Result.

    Costs, and standards that an area is assumed to pay, carry the worst grade of the observed inputs and the ids
    of the assumptions; floors rest on published figures and the policy alone.
    """
    rows = _decided(evidence, scenario, outcome, rules)
    ripple_rows(rows, scenario, outcome, evidence)
    return rows.table()


def decision_rows(evidence: Evidence, scenario: Scenario, outcome: Outcome, rules: list[Rule]) -> pd.DataFrame:
    """Return the rows that the four sentences speak of: those of :func:`result_rows` without the programmes that hang on."""
    return _decided(evidence, scenario, outcome, rules).table()


def _decided(evidence: Evidence, scenario: Scenario, outcome: Outcome, rules: list[Rule]) -> Rows:
    rows = Rows({"scenario": scenario.id, "dataset": evidence.dataset}, evidence.areas["name_zh"].to_dict())
    province = evidence.whole
    floor_rows(rows, scenario, outcome, province)
    in_force_rows(rows, scenario, outcome, evidence, province)
    cost_rows(rows, scenario, outcome, province)
    recipient_rows(rows, scenario, outcome, evidence, province)
    payment_rows(rows, scenario, outcome, rules, province)
    burden_rows(rows, scenario, outcome, evidence, province)
    return rows
