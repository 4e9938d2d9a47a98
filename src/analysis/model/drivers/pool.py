"""Pool of models: weights by back-test, the mixture's distribution, and how much wider the past asks it to be (METHODS 3)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import special, stats
from scipy.optimize import elementwise

from analysis.model.drivers import back_test

# Under four forecasts one year ahead, which model did best is luck.
ENOUGH_FOLDS = 4
# Beating drift by less is the optimiser's last digits: ARIMA(0,1,0) with a constant is drift.
BEATEN_BY = 1e-3
WIDEST = 5.0


def pool_weights(folds: pd.DataFrame, models: Sequence[str]) -> dict[str, float]:
    """Return each model's weight in the pool, sum 1.

    Under four folds one year ahead: equal. Else drift is kept, and each model whose MASE one year ahead is below that
    of drift on the folds that both have, four at least; among those kept the weight is half equal, half proportional
    to 1 / MSE one year ahead: w_k = (1/K + (1/MSE_k) / sum (1/MSE)) / 2. A model that is not kept has 0. Source:
    METHODS 3, after Bates and Granger 1969.

    Args:
        folds: as from ``back_test.rolling_origin``.
        models: names, drift among them.
    """
    one_step = folds[(folds["horizon"] == 1) & (folds["dropped"] == "")]
    errors = one_step.pivot(index="origin_year", columns="model", values="error")
    scales = one_step.groupby("origin_year")["scale"].first()
    if "drift" not in errors or errors["drift"].notna().sum() < ENOUGH_FOLDS:
        return dict.fromkeys(models, 1 / len(models))
    kept = {"drift": float((errors["drift"] ** 2).mean())}
    for name in (name for name in models if name != "drift" and name in errors):
        both = errors[["drift", name]].dropna()
        if len(both) < ENOUGH_FOLDS:
            continue
        scale = scales[both.index]
        if back_test.mase(both[name], scale) < (1 - BEATEN_BY) * back_test.mase(both["drift"], scale):
            # Brought to drift's folds: a model must not gain by having failed in the hard years.
            kept[name] = kept["drift"] * float((both[name] ** 2).mean() / (both["drift"] ** 2).mean())
    inverse = {name: 1 / max(mse, np.finfo(float).tiny) for name, mse in kept.items()}
    total = sum(inverse.values())
    return {name: (inverse[name] / total + 1 / len(kept)) / 2 if name in kept else 0.0 for name in models}


def inflation_factor(pits: Callable[[float], np.ndarray]) -> float:
    """Return the factor on the sd that past coverage asks for: 1 unless a level's Wilson interval lies below nominal.

    Then the smallest factor, in steps of 0.05 up to 5, at which the past intervals of that level hold their nominal
    share. Under twenty past intervals nothing is concluded. A factor without a unit. Source: METHODS 3.

    Args:
        pits: function from a factor to the transforms that the past bands have with their sd times it, shape (n,).
    """
    found = back_test.coverage(pits(1.0))
    narrow = found.loc[found["verdict"] == "too narrow", "level"].tolist()
    factor = 1.0
    while narrow and factor < WIDEST:
        held = back_test.coverage(pits(factor)).set_index("level")["share"]
        if (held[narrow] >= narrow).all():
            break
        factor = round(factor + 0.05, 2)
    return factor


def pool_cdf(values: ArrayLike, weights: ArrayLike, means: ArrayLike, sds: ArrayLike, dfs: ArrayLike) -> np.ndarray:
    """Return the distribution function of a linear pool of ``mean + sd * t(df)``: sum_k w_k F_df((x - mean_k)/sd_k).

    A probability, 0 to 1; NaN where an argument is. Source: METHODS 3 (linear pool, Stone 1961).

    Args:
        values: shape (...).
        weights: sum 1, shape (k,).
        means: shape (k, ...), broadcast against values.
        sds: as means.
        dfs: shape (k,), infinite for a normal.
    """
    parts = zip(np.asarray(weights), np.asarray(means), np.asarray(sds), np.asarray(dfs), strict=True)
    return sum(weight * special.stdtr(df, (values - mean) / sd) for weight, mean, sd, df in parts)


def pool_quantile(
    probability: ArrayLike, weights: ArrayLike, means: ArrayLike, sds: ArrayLike, dfs: ArrayLike
) -> np.ndarray:
    """Return the quantiles of a linear pool, found between the lowest and the highest of its parts' quantiles.

    The x with sum_k w_k F_df((x - mean_k)/sd_k) = probability, in the unit of the means. Source: METHODS 3.

    Args:
        probability: above 0 and below 1, broadcast against means[0].
        weights: above 0, sum 1, shape (k,).
        means: shape (k, ...).
        sds: as means.
        dfs: shape (k,).

    Raises:
        ValueError: a probability is 0, 1 or beyond.
        ArithmeticError: the search failed.
    """
    asked = np.asarray(probability, float)
    if not ((asked > 0) & (asked < 1)).all():
        raise ValueError("a probability lies above 0 and below 1")
    # Standard quantiles are slow and the same for every year ahead: once per model, then scaled.
    parts = [
        mean + sd * stats.t.ppf(asked, df) for mean, sd, df in zip(np.asarray(means), np.asarray(sds), dfs, strict=True)
    ]
    low, high = np.min(parts, axis=0), np.max(parts, axis=0)
    if len(parts) == 1:
        return low
    # Where parts agree to the last digit, the root may sit on the edge: a hair of room on both sides.
    room = 1e-9 * np.min(np.asarray(sds), axis=0)
    k = len(parts)

    def short_of(value: np.ndarray, aim: np.ndarray, *columns: np.ndarray) -> np.ndarray:
        return pool_cdf(value, weights, columns[:k], columns[k:], dfs) - aim

    columns = [np.broadcast_to(each, low.shape) for each in (*np.asarray(means), *np.asarray(sds))]
    found = elementwise.find_root(
        short_of, (low - room, high + room), args=(np.broadcast_to(asked, low.shape), *columns)
    )
    if not np.all(found.success):
        raise ArithmeticError("a quantile of the pool was not found")
    return found.x


def past_pool(folds: pd.DataFrame, weights: Mapping[str, float]) -> tuple[Callable[[float], np.ndarray], pd.Series]:
    """Return the pool's transforms as a function of the factor on the sd, and its one-step errors by target year.

    Where a model was lost at an origin the others' weights are scaled up.
    """
    held = folds[(folds["dropped"] == "") & (folds["model"].map(weights).fillna(0) > 0)]
    held = held.assign(weight=held["model"].map(weights).astype(float))
    case = [held["origin_year"], held["horizon"]]
    held["weight"] /= held.groupby(case)["weight"].transform("sum")

    def pits(factor: float) -> np.ndarray:
        mean, sd, actual, df = (held[name].to_numpy(float) for name in ("predicted", "sd", "actual", "df"))
        return (held["weight"] * back_test.pit(mean, factor * sd, actual, df)).groupby(case).sum().to_numpy()

    one_step = held[held["horizon"] == 1]
    return pits, (one_step["weight"] * one_step["error"]).groupby(one_step["target_year"]).sum()


def t_variance(df: float) -> float:
    """Return the variance of Student's t: df / (df - 2), df above 2; 1 where df is infinite (the normal)."""
    return 1.0 if np.isinf(df) else df / (df - 2)
