"""Expectations: what the rise rules look at next year, from the series that a package holds (METHODS 3 and 4)."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd

from analysis.errors import DataRefused
from analysis.inputs.evidence import Evidence
from analysis.inputs.parameters.policy import Policy
from analysis.model.series import series_of
from analysis.model.uprating import Cell, Drivers

# A driver is a decimal with this many places: the steps are exact, a forecast is not.
PLACES = Decimal("1e-6")
_NEEDS = {"peg": "consumption", "index": "prices", "mixed": "prices and incomes", "triple": "prices and incomes"}


def expected_drivers(
    evidence: Evidence,
    policy: Policy,
    floors: dict[Cell, Fraction],
    base_year: int,
    wages: dict[str, Decimal],
    unified: set[str],
    years_ahead: int = 1,
) -> Drivers:
    """Return what the policy's rules look at; a series is read only where a rule needs it.

    Consumption and incomes have under eight points, so that METHODS 3 allows their drift alone; prices have gaps, so
    that the last known year is carried on.

    Args:
        evidence: as known on the day.
        policy: whose rules are asked.
        floors: the floors in force, for the share of consumption that each keeps.
        base_year: of the floors; their share is of the consumption of the year before.
        wages: minimum wage by class.
        unified: areas with one standard, whose rural floors keep their share of urban consumption.
        years_ahead: of the base year, whose floors are looked for; prices and incomes are the same in every year.

    Raises:
        DataRefused: a series that a rule needs is not known.
    """
    needs = " and ".join(_NEEDS.get(rule.kind, "") for rule in (policy.rule.urban, policy.rule.rural))
    consumption, own, last = {}, {}, {}
    if "consumption" in needs:
        for residence in ("urban", "rural"):
            series = _series(evidence, "consumption_expenditure_per_capita", residence, base_year - 1)
            consumption[residence] = _exact(_drifted(series, base_year + years_ahead - 1))
            last[residence] = Fraction(str(series["value"].iloc[-1]))
        for (area, residence), floor in floors.items():
            # The rule multiplies by the residence's own consumption: a unified area's rural floor is to grow as urban.
            side = "urban" if area in unified else residence
            ahead = Fraction(consumption[side]) / Fraction(consumption[residence])
            own[area, residence] = 12 * floor / last[side] * ahead
    prices = incomes = None
    if "prices" in needs:
        prices = _exact(_series(evidence, "cpi_change", "both", None)["value"].iloc[-1])
    if "incomes" in needs:
        series = _series(evidence, "disposable_income_per_capita", "both", None)
        incomes = _exact(_drifted(series, int(series["year"].iloc[-1]) + 1) / series["value"].iloc[-1] - 1)
    return Drivers(
        inflation_share=prices,
        growth_share=incomes,
        consumption_yuan_year=consumption,
        own_consumption_share=own,
        minimum_wage_yuan_month=wages,
    )


def _series(evidence: Evidence, measure: str, residence: str, last_year: int | None) -> pd.DataFrame:
    series = series_of(evidence.observations, evidence.whole, measure, residence)
    if series.empty or (last_year is not None and series["year"].iloc[-1] != last_year):
        wanted = f" of {last_year}" if last_year else ""
        raise DataRefused(
            f"data/{evidence.dataset}: no {measure}{wanted} ({residence}) known on {evidence.as_of}: "
            "the rise rule of this policy needs it; choose another rule"
        )
    return series


def _drifted(series: pd.DataFrame, year: int) -> float:
    """Return the last value carried on the mean growth of the whole run (a random walk with drift)."""
    years, values = series["year"].to_numpy(), series["value"].to_numpy(float)
    drift = np.log(values[-1] / values[0]) / (years[-1] - years[0]) if len(values) > 1 else 0.0
    return float(values[-1] * np.exp(drift * (year - years[-1])))


def _exact(value: float) -> Decimal:
    return Decimal(repr(float(value))).quantize(PLACES)
