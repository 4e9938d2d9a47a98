"""Recipients: their trend, and their allocation to areas where no count is published."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike


def decimal_year(days: pd.Series) -> pd.Series:
    """Return days as decimal years, such as 2024.247 for 31 March 2024."""
    start = pd.to_datetime(days.dt.year.astype(str) + "-01-01")
    length = np.where(days.dt.is_leap_year, 366, 365)
    return days.dt.year + (days - start).dt.days / length


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
    years = decimal_year(counted_on).to_numpy()
    return float(np.log(counts[-1] / counts[0]) / (years[-1] - years[0]))


def on_trend(last_persons: float, last_on: pd.Timestamp, trend: ArrayLike, year: int) -> np.ndarray:
    """Return the mean recipients of a year: the last count carried on its trend to the middle of the year.

    Args:
        last_persons: the last published count.
        last_on: its day.
        trend: yearly log drift, any shape.
        year: the year of the plan.
    """
    span = year + 0.5 - float(decimal_year(pd.Series([last_on])).iloc[0])
    return last_persons * np.exp(np.asarray(trend, float) * span)


def need_weights(population: ArrayLike, consumption_yuan_year: ArrayLike, exponent: ArrayLike) -> np.ndarray:
    """Return allocation weights that sum to 1 over the last axis: population x (consumption / mean)^-exponent.

    Args:
        population: resident population of the areas, shape (..., n).
        consumption_yuan_year: rural consumption per head, shape (n,).
        exponent: 0 is population alone, shape (..., 1) or scalar.
    """
    relative = np.asarray(consumption_yuan_year, float) / np.mean(consumption_yuan_year)
    weights = np.asarray(population, float) * relative ** -np.asarray(exponent, float)
    return weights / weights.sum(axis=-1, keepdims=True)


def response_elasticity(
    standard_yuan_month: ArrayLike, supplement_yuan_month: ArrayLike, share_of_bound: ArrayLike
) -> np.ndarray:
    """Return the elasticity of recipients to the standard: a share of the power tail's k = z/b - 1 (METHODS 4, B and D)."""
    return np.asarray(share_of_bound, float) * (
        np.asarray(standard_yuan_month, float) / np.asarray(supplement_yuan_month, float) - 1
    )
