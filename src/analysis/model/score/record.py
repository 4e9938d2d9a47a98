"""Record: past forecasts, next year's interval from their errors, and modelled money beside the money known, as rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.errors import NotHeld
from analysis.inputs.evidence import Evidence, worst_grade
from analysis.inputs.parameters.scenario import Scenario
from analysis.inputs.rules import Rule
from analysis.model.caseload.track_record import trend_forecasts
from analysis.model.funding import implied_upper_share
from analysis.model.results import Rows
from analysis.model.score.forecasts import (
    METHODS,
    forecast_errors,
    next_minima,
    recipients_by_response,
    score_minima,
)
from analysis.model.simulate.cells import recipients
from analysis.model.simulate.levels import known_money, modelled_spending

RIVALS = ("log_error", "last_count_error", "response_error", "power_tail_error")


@dataclass(frozen=True)
class Record:
    """How the planner did in the past, and what that says of next year.

    Attributes:
        minima: as from :func:`analysis.model.score.forecasts.score_minima`.
        errors: as from :func:`analysis.model.score.forecasts.forecast_errors`.
        following: as from :func:`analysis.model.score.forecasts.next_minima`.
        recipients: as from :func:`analysis.model.score.forecasts.recipients_by_response`.
        money: year, low_yuan, central_yuan, high_yuan (modelled), kind, known_yuan, grade, implied_share_low,
            implied_share_central, implied_share_high.
        result: the same as result rows.
    """

    minima: pd.DataFrame
    errors: pd.DataFrame
    following: pd.DataFrame
    recipients: pd.DataFrame
    money: pd.DataFrame
    result: pd.DataFrame


def record(evidence: Evidence, scenario: Scenario, rules: Sequence[Rule]) -> Record:
    """Score the planner by history and set modelled money beside known money.

    Args:
        evidence: as known on the day of the plan.
        scenario: whose assumptions cost the past years; its policy is not used.
        rules: dated rules.

    Raises:
        NotHeld: the package has no dated rules, so that there is no planner to score.
    """
    if not rules or evidence.headline["level"] != "class":
        raise NotHeld("no_planner")
    minima = score_minima(evidence, rules)
    errors = forecast_errors(minima)
    following = next_minima(evidence, rules, minima)
    counts = recipients(evidence, "dibao")
    past = trend_forecasts(counts, scenario.as_of.year)
    past = recipients_by_response(past, evidence, rules, float(scenario.assumptions["response_share"].central))
    money = _money(evidence, scenario, list(rules))
    parts = (minima, errors, following, past, money)
    return Record(*parts, _rows(evidence, scenario, *parts))


def _money(evidence: Evidence, scenario: Scenario, rules: list[Rule]) -> pd.DataFrame:
    rows = []
    known = known_money(evidence)
    for year, own in known.groupby("year"):
        spent = modelled_spending(evidence, scenario, rules, int(year))
        for one in own.itertuples():
            shares = [implied_upper_share(one.value_yuan, spent[end]).share for end in ("high", "central", "low")]
            rows.append((int(year), *spent.values(), one.kind, one.value_yuan, one.grade, *shares))
    columns = [
        "year", "low_yuan", "central_yuan", "high_yuan", "kind", "known_yuan", "grade",
        "implied_share_low", "implied_share_central", "implied_share_high",
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def _rows(
    evidence: Evidence, scenario: Scenario, minima: pd.DataFrame, errors: pd.DataFrame, following: pd.DataFrame,
    past: pd.DataFrame, money: pd.DataFrame,
) -> pd.DataFrame:  # fmt: skip
    rows = Rows({"scenario": "", "dataset": evidence.dataset}, evidence.areas["name_zh"].to_dict())
    for one in minima.itertuples():
        where = {
            "area_code": one.area_code,
            "residence": one.residence,
            "year": one.origin_year + 1,
            "programme": "dibao",
        }
        for method in METHODS:
            value = getattr(one, f"{method}_yuan_month")
            if pd.notna(value):
                rows.add(f"scored_{method}", value, "yuan/person/month", grade="derived", **where)
        if pd.notna(one.planner_error_share):
            rows.add("score_error_planner", one.planner_error_share, "share", grade="derived", **where)
        rows.add("scored_published", one.published_yuan_month, "yuan/person/month", grade="press", **where)
    last = int(minima["origin_year"].max()) + 1
    whole = {"area_code": evidence.whole, "year": last, "programme": "dibao", "grade": "derived"}
    for one in errors.itertuples():
        rows.add(f"score_cells_{one.method}", one.cells, "areas", **whole)
        rows.add(f"score_mean_absolute_error_{one.method}", one.mean_absolute_error_share, "share", **whole)
        rows.add(f"score_bias_{one.method}", one.bias_share, "share", **whole)
        rows.add(f"score_common_error_{one.method}", one.common_mean_absolute_error_share, "share", **whole)
        rows.add(f"score_worst_error_{one.method}", one.worst_error_share, "share", **whole)
    rows.add("score_common_cells", errors["common_cells"].iloc[0], "areas", **whole)
    rows.add("score_junes", minima["origin_year"].nunique(), "times", **whole)
    for one in following.itertuples():
        where = {"area_code": one.area_code, "residence": one.residence, "year": one.year, "programme": "dibao"}
        ends = {"central": one.forecast_yuan_month, "p10": one.low_yuan_month, "p90": one.high_yuan_month}
        for statistic, value in ends.items():
            rows.add("minimum_forecast", value, "yuan/person/month", statistic=statistic, grade="derived", **where)
    for one in past.itertuples():
        period = f"M{one.counted_on.month:02d}"
        where = {
            "area_code": evidence.whole, "residence": one.residence, "year": one.counted_on.year, "period": period,
            "programme": "dibao", "grade": "derived",
        }  # fmt: skip
        rows.add("scored_recipients_trend", one.predicted_persons, "persons", **where)
        rows.add("scored_recipients_published", one.published_persons, "persons", **where)
        for rival in RIVALS:
            value = getattr(one, rival)
            if pd.notna(value):
                # The draws multiply by published over forecast, in logs; an error is told as that of the minima is:
                # forecast over published, less one.
                rows.add(f"score_recipients_{rival}", float(np.expm1(-value)), "share", **where)
    _money_rows(rows, scenario, evidence, money)
    return rows.table()


def _money_rows(rows: Rows, scenario: Scenario, evidence: Evidence, money: pd.DataFrame) -> None:
    rests = list(scenario.assumptions)
    for one in money.itertuples():
        where = {"area_code": evidence.whole, "year": one.year}
        grade = worst_grade([one.grade, "inferred"])
        rows.add(f"known_money_{one.kind}", one.known_yuan, "yuan", grade=one.grade, **where)
        for statistic in ("low", "central", "high"):
            value = getattr(one, f"implied_share_{statistic}")
            measure = f"implied_share_{one.kind}"
            rows.add(measure, value, "share", statistic=statistic, grade=grade, rests_on=rests, **where)
    for year, own in money.groupby("year"):
        for statistic in ("low", "central", "high"):
            value = own[f"{statistic}_yuan"].iloc[0]
            where = {"area_code": evidence.whole, "year": year, "statistic": statistic}
            rows.add("modelled_spending", value, "yuan/year", grade="inferred", rests_on=rests, **where)
