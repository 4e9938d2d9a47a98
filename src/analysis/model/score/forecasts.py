"""Forecasts scored by history: the planner as it would have stood on each past 30 June, against what was published.

The planner carries on the last published rise rule; before any was published, each floor's own last rise. Beside it
stand three rivals: the same rise as last year, only the bounds that were already in force, and a fixed share of
consumption. All take the same ten steps; the ceiling, which binds nowhere, is off.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd

from analysis.inputs.evidence import SOURCED, Evidence
from analysis.inputs.parameters.policy import Ceiling, Policy, RiseRule, RiseRules, RuralShare
from analysis.inputs.parameters.values import Text
from analysis.inputs.rules import Rule, in_force
from analysis.model.caseload.response import power_tail
from analysis.model.series import series_of
from analysis.model.uprating import uprate

METHODS = ("planner", "same_rise", "bounds", "consumption")
RESIDENCES = ("urban", "rural")
PLACES = Decimal("1e-6")


def score_minima(evidence: Evidence, rules: Sequence[Rule]) -> pd.DataFrame:
    """Return each past June's forecast of the next year's minima beside what was published.

    Args:
        evidence: as known on the day of the plan; what each June knew is taken from it by the day of each row.
        rules: dated rules; each June sees those that were public.

    Returns:
        origin_year, area_code, residence (``both`` where town and country have one floor), before_yuan_month,
        published_yuan_month and, for each method, <method>_yuan_month and <method>_error_share (forecast over published
        less one); NA where a method had nothing to go by. Only sourced values are published.
    """
    from analysis.model.score import headline_standards

    minima = headline_standards(evidence)
    published = _values(minima[minima["grade"].isin(SOURCED)])
    last = int(max((year for _, _, year in published), default=0))
    rows = []
    for year in range(int(minima["year"].min()), last):
        forecasts = forecast_minima(evidence.known_on(date(year, 6, 30)), rules, year)
        for (area, residence), own in forecasts.items():
            side = "urban" if residence == "both" else residence
            now = published.get((area, side, year + 1))
            if now is None:
                continue
            rows.append((year, area, residence, float(own.pop("before")), float(now), *_scored(own, now)))
    columns = [f"{method}_{what}" for method in METHODS for what in ("yuan_month", "error_share")]
    head = ["origin_year", "area_code", "residence", "before_yuan_month", "published_yuan_month"]
    return pd.DataFrame(rows, columns=[*head, *columns])


def forecast_minima(
    known: Evidence, rules: Sequence[Rule], year: int
) -> dict[tuple[str, str], dict[str, Fraction | None]]:
    """Return every method's forecast of the minima of ``year + 1`` from what is known; empty where the year's are not.

    Args:
        known: the package as known on the day of the forecast.
        rules: dated rules.
        year: the base year.

    Returns:
        (area_code, residence) to method to yuan/person/month, None where the method has nothing to go by; ``before`` is
        the floor in force.
    """
    from analysis.model.score import headline_standards

    minima = headline_standards(known)
    floors = _values(minima[minima["grade"] != "inferred"])
    day, areas = known.as_of or date(year, 6, 30), sorted({area for area, _, when in floors if when == year})
    ruled, spent = _ruled_rises(rules, day), _consumption_rises(known)
    share = next(iter(in_force(list(rules), "rural_share", year + 1, day)), None)
    least = share.value if share else Decimal(0)
    found: dict[tuple[str, str], dict[str, Fraction | None]] = {}
    for area in areas:
        now = {(area, side): floors[area, side, year] for side in RESIDENCES if (area, side, year) in floors}
        if len(now) < 2:
            continue
        unified = now[area, "urban"] == now[area, "rural"]
        own = {side: _own_rise(floors, area, side, year) for side in RESIDENCES}
        rises = {
            "planner": {side: ruled.get(("unified" if unified else side), own[side]) for side in RESIDENCES},
            "same_rise": own,
            "bounds": dict.fromkeys(RESIDENCES, Fraction(0)),
            "consumption": spent,
        }
        forecasts = {method: _risen(now, rises[method], least, year) for method in METHODS}
        for side in ("urban",) if unified else RESIDENCES:
            cell = (area, side)
            found[area, "both" if unified else side] = {
                "before": now[cell],
                **{method: values.get(cell) for method, values in forecasts.items()},
            }
    return found


def forecast_errors(scored: pd.DataFrame) -> pd.DataFrame:
    """Return how far each method was off, over the cells that all methods forecast and over all of its own.

    Returns:
        method, cells (all of its own), junes, mean_absolute_error_share, bias_share, rms_error_share,
        worst_error_share, common_cells and common_mean_absolute_error_share (the same cells for every method).
    """
    errors = {method: scored[f"{method}_error_share"] for method in METHODS}
    common = np.logical_and.reduce([values.notna() for values in errors.values()])
    rows = []
    for method, values in errors.items():
        own = values.dropna()
        rows.append(
            (
                method,
                len(own),
                scored.loc[own.index, "origin_year"].nunique(),
                own.abs().mean(),
                own.mean(),
                float(np.sqrt((own**2).mean())),
                own.loc[own.abs().idxmax()] if len(own) else float("nan"),
                int(common.sum()),
                values[common].abs().mean(),
            )
        )
    columns = [
        "method", "cells", "junes", "mean_absolute_error_share", "bias_share", "rms_error_share", "worst_error_share",
        "common_cells", "common_mean_absolute_error_share",
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def next_minima(evidence: Evidence, rules: Sequence[Rule], scored: pd.DataFrame, level: float = 0.8) -> pd.DataFrame:
    """Return the planner's forecast of the minima after the last published year, with the interval its errors give.

    The lower end is cut at the floor in force, which the ratchet holds.

    Errors of one June share their cause, so that the Junes are the degrees of freedom of Student's t.

    Returns:
        area_code, residence, year, forecast_yuan_month, low_yuan_month, high_yuan_month, degrees_of_freedom.
    """
    from scipy import special

    from analysis.model.score import headline_standards

    errors = forecast_errors(scored).set_index("method").loc["planner"]
    reach = float(special.stdtrit(errors["junes"], (1 + level) / 2) * errors["rms_error_share"])
    last = int(headline_standards(evidence)["year"].max())
    rows = []
    for (area, residence), own in forecast_minima(evidence, rules, last).items():
        value = own["planner"]
        if value is None:
            continue
        # An error is the forecast over the published value: the latter lies at the forecast over one plus it.
        # Nothing falls below the floor in force, whatever the errors say.
        ends = max(float(value) / (1 + reach), float(own["before"])), float(value) / (1 - reach)
        rows.append((area, residence, last + 1, float(value), *ends, int(errors["junes"])))
    columns = [
        "area_code", "residence", "year", "forecast_yuan_month", "low_yuan_month", "high_yuan_month", "degrees_of_freedom",
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def recipients_by_response(
    record: pd.DataFrame, evidence: Evidence, rules: Sequence[Rule], response_share: float
) -> pd.DataFrame:
    """Return the trend's past forecasts of recipients with those of its rivals beside them (METHODS 4: trend, D and B).

    The line is that of the lowest class, where most recipients live: its floors then in force and the planner's forecast
    of the next.

    Args:
        record: as from :func:`analysis.model.caseload.track_record.trend_forecasts`.
        evidence: as known on the day of the plan.
        rules: dated rules.
        response_share: the share of the power tail's bound that the planner takes.

    Returns:
        The record with last_count_error, response_error and power_tail_error, each published over forecast, in logs; NA
        where the floors of the last count's year were not known that June.
    """
    errors = {"last_count_error": [], "response_error": [], "power_tail_error": []}
    for row in record.itertuples():
        known = evidence.known_on(date(row.origin_year, 6, 30))
        rise, bound = _line_rise(known, rules, row)
        error = row.log_error
        errors["last_count_error"].append(float(np.log(row.published_persons / row.last_persons)))
        errors["response_error"].append(error - response_share * bound * rise)
        errors["power_tail_error"].append(error - bound * rise)
    return record.assign(**errors)


def _line_rise(known: Evidence, rules: Sequence[Rule], row: object) -> tuple[float, float]:
    """Return the log rise of the line from the last count's year to the forecast's, and the power tail's k."""
    nothing = float("nan"), float("nan")
    forecasts = forecast_minima(known, rules, row.origin_year)
    area = max((area for area, _ in forecasts), default="")
    own = forecasts.get((area, row.residence)) or forecasts.get((area, "both")) or {}
    then = row.last_on.year
    best = known.best("dibao", "minimum_standard"), known.best("dibao", "supplement_floor")
    lines = [
        table[(table["area_code"] == area) & (table["residence"] == row.residence) & (table["year"] == then)]["value"]
        for table in best
    ]
    if own.get("planner") is None or any(values.empty for values in lines):
        return nothing
    standard, supplement = (float(values.iloc[0]) for values in lines)
    return float(np.log(float(own["planner"]) / standard)), power_tail(standard, supplement).k


def _values(minima: pd.DataFrame) -> dict[tuple[str, str, int], Fraction]:
    return {
        (row.area_code, row.residence, row.year): Fraction(str(row.value_yuan_month)) for row in minima.itertuples()
    }


def _scored(own: dict[str, Fraction | None], now: Fraction) -> list[float]:
    cells = []
    for method in METHODS:
        value = own[method]
        cells += [float("nan")] * 2 if value is None else [float(value), float(value / now - 1)]
    return cells


def _ruled_rises(rules: Sequence[Rule], day: date) -> dict[str, Fraction]:
    """Return the last published least rise by residence, and of unified classes; empty where none was public."""
    speaking = [rule for rule in rules if rule.kind == "rise_at_least" and rule.known_from <= day]
    if not speaking:
        return {}
    last = max(rule.from_year for rule in speaking)
    of_year = [rule for rule in speaking if rule.from_year == last]
    found = {}
    for side in RESIDENCES:
        own = [Fraction(rule.value) for rule in of_year if rule.residence in (side, "both")]
        found[side] = max(own) if own else Fraction(0)
    everyone = [Fraction(rule.value) for rule in of_year if rule.applies_to == "all" and rule.residence != "rural"]
    return found | {"unified": max(everyone) if everyone else Fraction(0)}


def _own_rise(floors: dict[tuple[str, str, int], Fraction], area: str, side: str, year: int) -> Fraction | None:
    before, now = floors.get((area, side, year - 1)), floors[area, side, year]
    return now / before - 1 if before else None


def _consumption_rises(known: Evidence) -> dict[str, Fraction | None]:
    """Return the mean growth of consumption per head over its known run: what a fixed share of it would rise by."""
    rises: dict[str, Fraction | None] = {}
    for side in RESIDENCES:
        series = series_of(known.observations, known.whole, "consumption_expenditure_per_capita", side)
        values = series["value"].to_numpy(float)
        growth = (values[-1] / values[0]) ** (1 / (len(values) - 1)) - 1 if len(values) > 1 else None
        rises[side] = None if growth is None else Fraction(Decimal(repr(float(growth))).quantize(PLACES))
    return rises


def _risen(
    now: dict[tuple[str, str], Fraction], rises: dict[str, Fraction | None], least: Decimal, year: int
) -> dict[tuple[str, str], Fraction]:
    """Take the ten steps of one class at given rises; nothing where a rise is not known."""
    if any(rise is None for rise in rises.values()):
        return {}
    rules = {side: RiseRule.model_construct(kind="fixed", rise_share=rise) for side, rise in rises.items()}
    policy = Policy(
        id="score",
        title=Text(zh="", en=""),
        rule=RiseRules.model_construct(**rules),
        rural_share=RuralShare(at_least=least),
        ceiling=Ceiling(on=False),
    )
    floors = uprate(now, policy, base_year=year).floors
    return {(row.area_code, row.residence): Fraction(str(row.next_yuan_month)) for row in floors.itertuples()}
