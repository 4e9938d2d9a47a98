"""Rows of the calendar: months of notice and payment, arrears, and the money month by month."""

from __future__ import annotations

from analysis.inputs.evidence import worst_grade
from analysis.inputs.parameters.scenario import Scenario
from analysis.inputs.rules import Rule, in_force
from analysis.model import cost, timing
from analysis.model.results import Rows
from analysis.model.simulate import Outcome
from analysis.model.simulate.rows.cost import cost_grade


def payment_rows(rows: Rows, scenario: Scenario, outcome: Outcome, rules: list[Rule], province: str) -> None:
    """Add what falls into arrears by the scenario's months, and what would if it were paid as late as the rule allows."""
    effective = in_force(rules, "effective_month", scenario.base_year + 1, scenario.as_of)
    paid_by = in_force(rules, "paid_by_month", scenario.base_year + 1, scenario.as_of)
    year, cells = scenario.base_year + 1, outcome.cells
    grade = worst_grade([rule.grade for rule in (effective[:1] + paid_by[:1])])
    where = {"area_code": province, "year": year, "component": "arrears"}
    costed = {"grade": worst_grade([grade, cost_grade(outcome)]), "rests_on": outcome.costed}
    months = scenario.timing
    rows.add("notice_month", months.notice_month, "month of the year", grade="", **where)
    rows.add("pay_month", months.pay_month, "month of the year", grade="", **where)
    _calendar(rows, scenario, outcome, where, costed)
    moved = cells["next_standard_central"] > cells["standard_central"]
    persons = {
        "dibao": cells.loc[moved, ["persons_central", "entrants_central"]].sum().sum(),
        "tekun": cells.loc[moved, "tekun_persons_central"].sum(),
    }
    for programme, count in persons.items():
        late = count if months.pay_month > 1 else 0.0
        rows.add("recipients_paid_late", late, "persons", programme=programme, **costed, **where)
    if not (effective and paid_by):
        return
    latest = int(paid_by[0].value - effective[0].value)
    rows.add("latest_payment_month", float(paid_by[0].value), "month of the year", grade=grade, **where)
    rows.add("months_in_arrears_at_latest", latest, "months", grade=grade, **where)
    arrears = outcome.totals["central"] * latest / cost.MONTHS
    rows.add("arrears_at_latest", arrears, "yuan", **costed, **where)
    for programme, count in persons.items():
        rows.add("recipients_paid_late_at_latest", count, "persons", programme=programme, **costed, **where)


def _calendar(rows: Rows, scenario: Scenario, outcome: Outcome, where: dict, costed: dict) -> None:
    months, extra = scenario.timing, outcome.totals["central"]
    base = outcome.totals["dibao_spending"] + outcome.totals["tekun_spending"]
    table = timing.calendar(extra, base, months.notice_month, months.pay_month)
    rows.add("months_in_arrears", months.pay_month - 1, "months", grade="", **where)
    amounts = {
        "arrears": float(timing.arrears_yuan(extra, months.pay_month)),
        "largest_shortfall_of_a_month": timing.largest_shortfall_yuan(table),
        "buffer_needed": timing.buffer_yuan(table),
        "cash_peak": timing.cash_peak_yuan(table),
    }
    for measure, value in amounts.items():
        rows.add(measure, value, "yuan", **costed, **where)
    rows.add("on_time_in_full_share", timing.on_time_in_full_share(table), "share", **costed, **where)
    for line in table.itertuples():
        month = where | {"period": f"M{int(line.month):02d}"}
        for column in ("due_yuan", "paid_yuan", "allotted_yuan", "balance_yuan"):
            rows.add(f"calendar_{column.removesuffix('_yuan')}", getattr(line, column), "yuan", **costed, **month)
