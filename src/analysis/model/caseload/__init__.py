"""Recipients: their trend, and their allocation to areas where no count is published."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

# Counts older than this say little of today's trend: from 2015 to 2019 urban recipients nearly halved. Chosen with
# that in view, so that the track record of the trend is somewhat kind to it.
TREND_SPAN_YEARS = 5


def decimal_year(day: pd.Timestamp) -> float:
    """Return a day as a decimal year, such as 2024.246 for 31 March 2024."""
    return day.year + (day.day_of_year - 1) / (366 if day.is_leap_year else 365)


def trend_share_year(counted_on: pd.Series, recipients_persons: ArrayLike) -> float:
    """Return the yearly drift of the log of published counts, first to last (random walk with drift).

    With fewer than eight points METHODS 3 allows no estimated band: the band is an assumption.

    Args:
        counted_on: days, ascending, shape (n,), n at least 2.
        recipients_persons: counts, shape (n,).

    Raises:
        ValueError: fewer than two counts.
    """
    counts = np.asarray(recipients_persons, float)
    if len(counts) < 2:
        raise ValueError("a trend needs two counts at least")
    span_years = decimal_year(counted_on.iloc[-1]) - decimal_year(counted_on.iloc[0])
    return float(np.log(counts[-1] / counts[0]) / span_years)


def window_trend(counts: pd.DataFrame) -> float:
    """Return the yearly drift of one residence's counts over the last ``TREND_SPAN_YEARS``.

    Args:
        counts: counted_on, persons, oldest first.
    """
    recent = counts[counts["counted_on"] >= counts["counted_on"].max() - pd.DateOffset(years=TREND_SPAN_YEARS)]
    if len(recent) < 2:
        recent = counts.tail(2)
    return trend_share_year(recent["counted_on"], recent["persons"])


def on_day(last_persons: float, last_on: pd.Timestamp, trend: ArrayLike, day: pd.Timestamp) -> np.ndarray:
    """Return the recipients of a day: the last count carried on its trend."""
    span_years = decimal_year(day) - decimal_year(last_on)
    return last_persons * np.exp(np.asarray(trend, float) * span_years)


def between_counts(counts: pd.DataFrame, year: int) -> float:
    """Return the mean recipients of a past year: the counts joined by straight lines on the log scale, at mid-year.

    Args:
        counts: counted_on, persons of one residence, oldest first; outside them the nearest count stands.
        year: the year.
    """
    days = [decimal_year(day) for day in counts["counted_on"]]
    return float(np.exp(np.interp(year + 0.5, days, np.log(counts["persons"].to_numpy(float)))))


def on_trend(last_persons: float, last_on: pd.Timestamp, trend: ArrayLike, year: int) -> np.ndarray:
    """Return the mean recipients of a year: the last count carried on its trend to the middle of the year.

    Args:
        last_persons: the last published count.
        last_on: its day.
        trend: yearly log drift, any shape.
        year: the year of the plan.
    """
    span = year + 0.5 - decimal_year(last_on)
    return last_persons * np.exp(np.asarray(trend, float) * span)


def need_weights(population: ArrayLike, consumption_yuan_year: ArrayLike, exponent: ArrayLike) -> np.ndarray:
    """Return allocation weights that sum to 1 over the last axis: population x (consumption / mean)^-exponent.

    Args:
        population: resident population of the areas, shape (..., n).
        consumption_yuan_year: rural consumption per head, shape (n,).
        exponent: 0 is population alone, shape (..., 1) or scalar.
    """
    consumption = np.asarray(consumption_yuan_year, float)
    relative = consumption / consumption.mean()
    weights = np.asarray(population, float) * relative ** -np.asarray(exponent, float)
    return weights / weights.sum(axis=-1, keepdims=True)


def response_elasticity(
    standard_yuan_month: ArrayLike, supplement_yuan_month: ArrayLike, share_of_bound: ArrayLike
) -> np.ndarray:
    """Return the elasticity of recipients to the standard: a share of the power tail's k = z/b - 1 (METHODS 4, B and D)."""
    return np.asarray(share_of_bound, float) * (
        np.asarray(standard_yuan_month, float) / np.asarray(supplement_yuan_month, float) - 1
    )
