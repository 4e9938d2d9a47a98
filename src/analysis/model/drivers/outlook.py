"""Outlook: next year's drivers of one area, each by the models that its length allows (METHODS 3)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.model.drivers import DriverForecast, forecast_series, pooled_drift_sd
from analysis.model.drivers.models import ESTIMABLE
from analysis.model.series import series_of

# Measure, residence, whether logs are modelled; a rate such as the yearly change of prices is not logged.
DRIVERS = (
    ("consumption_expenditure_per_capita", "urban", True),
    ("consumption_expenditure_per_capita", "rural", True),
    ("disposable_income_per_capita", "urban", True),
    ("disposable_income_per_capita", "rural", True),
    ("cpi_change", "both", False),
    ("general_public_budget_expenditure", "both", True),
    ("gdp", "both", True),
    ("tax_revenue", "both", True),
)
PEER_MEASURE = "consumption_expenditure_per_capita"


@dataclass(frozen=True)
class Driver:
    """One driver's series and forecast.

    Attributes:
        measure: such as ``gdp``.
        residence: urban, rural or both.
        series: year, value, grade, source_id.
        forecast: None where the run is too short even for drift; its last value then stands.
        mixed: whether the run joins several sources, so that growth may mix vintages.
    """

    measure: str
    residence: str
    series: pd.DataFrame
    forecast: DriverForecast | None
    mixed: bool

    @property
    def next_value(self) -> float:
        """The median of next year, or the last value where nothing is forecast, in the series' own unit."""
        if self.forecast is None:
            return float(self.series["value"].iloc[-1])
        if self.forecast.band == "not estimated":
            mean = self.forecast.mean[0]
            return float(np.exp(mean) if self.forecast.log else mean)
        return float(self.forecast.quantile(0.5)[0])

    def interval(self) -> tuple[float, float]:
        """Return P10 and P90 of next year; NaN where no band is given."""
        if self.forecast is None or self.forecast.band == "not estimated":
            return float("nan"), float("nan")
        return float(self.forecast.quantile(0.1)[0]), float(self.forecast.quantile(0.9)[0])


def outlook(observations: pd.DataFrame, area_code: str) -> list[Driver]:
    """Return next year's drivers of an area that a package holds.

    Rural consumption takes its band from the areas below it, whose own series are as short; other runs under eight
    points have none.

    Args:
        observations: as from ``Evidence.observations``.
        area_code: the whole.
    """
    found = []
    for measure, residence, log in DRIVERS:
        series = series_of(observations, area_code, measure, residence)
        if series.empty:
            continue
        mixed = len(set(series["source_id"])) > 1
        if len(series) < 2 or (len(series) == 2 and log is False):
            found.append(Driver(measure, residence, series, None, mixed))
            continue
        pooled = _peer_sd(observations, area_code, measure, residence) if len(series) < ESTIMABLE else None
        forecast = forecast_series(series["year"], series["value"], 1, log, pooled)
        found.append(Driver(measure, residence, series, forecast, mixed))
    return found


def _peer_sd(observations: pd.DataFrame, area_code: str, measure: str, residence: str) -> float | None:
    if measure != PEER_MEASURE:
        return None
    rows = observations[(observations["measure"] == measure) & (observations["residence"] == residence)]
    peers = [series_of(observations, code, measure, residence) for code in sorted(set(rows["area_code"]) - {area_code})]
    held = [series["value"].to_numpy(float) for series in peers if len(series) > 2]
    return pooled_drift_sd(held) if held else None
