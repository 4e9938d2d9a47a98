"""Dispersion: how far standards of areas lie apart, and how much of that lies between groups (METHODS 2).

Every measure takes values above zero and weights that need not sum to 1; without weights each area counts once.
A weight of zero is allowed and takes the area out of a weighted measure. Measures are ratios without a unit.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike


def _weighed(weights: ArrayLike | None, size: int) -> np.ndarray:
    """Return weights as given, or ones; shape (size,)."""
    weighed = np.ones(size) if weights is None else np.asarray(weights, float)
    if weighed.shape != (size,):
        raise ValueError(f"{size} values need as many weights, not shape {weighed.shape}")
    if not np.isfinite(weighed).all() or (weighed < 0).any():
        raise ValueError("weights must be zero or more, and none may be missing")
    if not weighed.any():
        raise ValueError("weights are all zero")
    return weighed


def _complete(values: ArrayLike, called: str = "values") -> np.ndarray:
    complete = np.asarray(values, float)
    if complete.ndim != 1 or not complete.size:
        raise ValueError(f"{called} must be one row of numbers, not shape {complete.shape}")
    if not np.isfinite(complete).all():
        raise ValueError(f"{called} are missing in {(~np.isfinite(complete)).sum()} places: leave out and count them")
    return complete


def _positive(values: ArrayLike) -> np.ndarray:
    positive = _complete(values)
    if (positive <= 0).any():
        raise ValueError(f"values must be above zero; the smallest is {positive.min():g}")
    return positive


def _mean(values: np.ndarray, weights: np.ndarray) -> float:
    # Counted from the smallest value, so that equal values have exactly that value as mean and no spread at all.
    return float(values.min() + weights @ (values - values.min()) / weights.sum())


def _around_mean(values: ArrayLike, weights: ArrayLike | None) -> tuple[np.ndarray, np.ndarray]:
    """Return y/mu - 1 and weights that sum to 1."""
    positive = _positive(values)
    weighed = _weighed(weights, positive.size)
    mean = _mean(positive, weighed)
    return (positive - mean) / mean, weighed / weighed.sum()


def coefficient_of_variation(values: ArrayLike, weights: ArrayLike | None = None) -> float:
    """Return the weighted standard deviation over the weighted mean, a ratio: sqrt(sum w(y-mu)^2 / sum w) / mu.

    The deviation is that of the population (ddof 0). Source: METHODS 2.

    Args:
        values: above zero, shape (n,), any one unit.
        weights: shape (n,), such as recipients; None weighs all alike.

    Raises:
        ValueError: a value that is missing or not above zero; weights that are negative, missing or all zero.

    Example:
        >>> coefficient_of_variation([1, 3])
        0.5
    """
    excess, shares = _around_mean(values, weights)
    return float(np.sqrt(shares @ excess**2))


def sigma(values: ArrayLike, weights: ArrayLike | None = None, ddof: int = 0) -> float:
    """Return the standard deviation of logs, a log ratio: sqrt(sum w(ln y - m)^2 / sum w x n/(n - ddof)).

    m is the weighted mean of the logs. With weights the variance is the weighted one times n/(n - ddof), n the areas
    with a weight above zero: the areas are the sample, not the persons in them. Only ddof = 0 is left alone by
    duplicates of the population.
    Source: Barro and Sala-i-Martin 1992 (sigma convergence).

    Args:
        values: above zero, shape (n,).
        weights: shape (n,); None weighs all alike.
        ddof: 0 for the areas as they are, 1 where they stand for more areas than are seen.

    Raises:
        ValueError: as :func:`coefficient_of_variation`, and where no more than ddof areas have a weight.
    """
    logs = np.log(_positive(values))
    weighed = _weighed(weights, logs.size)
    areas = np.count_nonzero(weighed)
    if areas <= ddof:
        raise ValueError(f"a standard deviation with ddof {ddof} needs {ddof + 1} areas with a weight, not {areas}")
    variance = weighed @ (logs - _mean(logs, weighed)) ** 2 / weighed.sum()
    return float(np.sqrt(variance * areas / (areas - ddof)))


def gini(values: ArrayLike, weights: ArrayLike | None = None) -> float:
    """Return the Gini coefficient, a ratio: sum_ij w_i w_j |y_i - y_j| / (2 mu (sum w)^2).

    The whole and its parts rest on one computation. One value, or equal values, give 0. Source: Gini 1912, in the form
    of Sen 1973.

    Args:
        values: above zero, shape (n,).
        weights: shape (n,); None weighs all alike.

    Raises:
        ValueError: as :func:`coefficient_of_variation`.

    Example:
        >>> gini([1, 3])
        0.25
    """
    positive = _positive(values)
    weighed = _weighed(weights, positive.size)
    kept = weighed > 0
    one_group = np.zeros(np.count_nonzero(kept), int)
    return float(_ahead(positive[kept], weighed[kept] / weighed[kept].sum(), one_group, 1).sum())


def _ahead(values: np.ndarray, shares: np.ndarray, codes: np.ndarray, groups: int) -> np.ndarray:
    """Return by how much a row's group is ahead of a column's, over the mean: shape (groups, groups), its sum the Gini.

    The mean of a positive difference is the integral of F(1 - F), a sum over neighbours that needs no table of pairs.
    """
    order = np.argsort(values, kind="stable")
    steps = np.diff(values[order])
    member = np.equal.outer(np.arange(groups), codes[order]) * shares[order]
    # Mass of each group up to a step and above it, each summed from its own end: a side without mass is 0, exactly.
    below = np.cumsum(member, axis=1)[:, :-1]
    above = np.cumsum(member[:, ::-1], axis=1)[:, ::-1][:, 1:]
    return (above * steps) @ below.T / _mean(values, shares)


def _t(excess: np.ndarray, shares: np.ndarray) -> float:
    # Less the excess, which sums to nothing: an error in the mean then counts only by its square, and T is never < 0.
    return float(shares @ ((1 + excess) * np.log1p(excess) - excess))


def _l(excess: np.ndarray, shares: np.ndarray) -> float:
    return float(shares @ (excess - np.log1p(excess)))


def theil_t(values: ArrayLike, weights: ArrayLike | None = None) -> float:
    """Return Theil's T, a ratio without a unit, 0 where all are equal: sum w (y/mu) ln(y/mu) / sum w.

    Source: Theil 1967.

    Args:
        values: above zero, shape (n,).
        weights: shape (n,); None weighs all alike.

    Raises:
        ValueError: as :func:`coefficient_of_variation`.
    """
    return _t(*_around_mean(values, weights))


def theil_l(values: ArrayLike, weights: ArrayLike | None = None) -> float:
    """Return Theil's L, the mean log deviation, a ratio, 0 where all are equal: sum w ln(mu/y) / sum w.

    Source: Theil 1967.

    Args:
        values: above zero, shape (n,).
        weights: shape (n,); None weighs all alike.

    Raises:
        ValueError: as :func:`coefficient_of_variation`.
    """
    return _l(*_around_mean(values, weights))


def percentile_ratio(
    values: ArrayLike, weights: ArrayLike | None = None, upper: float = 90, lower: float = 10
) -> float:
    """Return P90/P10, a ratio. Pq is the smallest value at or below which at least q % of the weight lies.

    No value between two areas is made up; it is also the one definition that knows weights and is left alone
    by duplicates of the population. Source: Hyndman and Fan 1996, definition 1.

    Args:
        values: above zero, shape (n,).
        weights: shape (n,); None weighs all alike.
        upper: percentile above the line, in per cent.
        lower: percentile below it, in per cent.

    Raises:
        ValueError: as :func:`coefficient_of_variation`; a percentile outside 0 to 100.
    """
    positive = _positive(values)
    weighed = _weighed(weights, positive.size)
    top, bottom = np.percentile(
        positive[weighed > 0], [upper, lower], weights=weighed[weighed > 0], method="inverted_cdf"
    )
    return float(top / bottom)


def max_min_ratio(values: ArrayLike) -> float:
    """Return the largest value over the smallest, a ratio: max y / min y; every area counts, whatever its weight.

    Source: METHODS 2.

    Args:
        values: above zero, shape (n,), any one unit.

    Raises:
        ValueError: a value that is missing or not above zero.
    """
    positive = _positive(values)
    return float(positive.max() / positive.min())


def real_ratio(ratio: ArrayLike, urban_price_index: ArrayLike, rural_price_index: ArrayLike) -> np.ndarray:
    """Return the rural/urban ratio in constant prices: ratio x urban index / rural index.

    A ratio without a unit. With one price index for both sides it is the nominal ratio. Show both, and the yuan gap in
    both prices. NA where the ratio or an index is missing. Source: METHODS 2.

    Args:
        ratio: nominal rural/urban, shape (n,).
        urban_price_index: 1 in the base year, shape (n,) or scalar.
        rural_price_index: 1 in the base year, shape (n,) or scalar.

    Raises:
        ValueError: an index that is not above zero.
    """
    urban, rural = np.asarray(urban_price_index, float), np.asarray(rural_price_index, float)
    if (urban <= 0).any() or (rural <= 0).any():
        raise ValueError("price indices must be above zero")
    return np.asarray(ratio, float) * (urban / rural)


def concentration_index(gain: ArrayLike, weights: ArrayLike | None, rank_by: ArrayLike) -> float:
    """Return how a gain is spread from poor to rich, -1 to 1; below zero it goes to the poor more than to the rich.

    A ratio without a unit, 2 cov(gain, rank)/mean gain, the rank being the fractional one (Kakwani, Wagstaff and van
    Doorslaer 1997). Areas that are equal in what they are ranked by share one rank. Ranked by the gain itself it is the
    Gini.

    Args:
        gain: yuan per head, zero or more, shape (n,).
        weights: persons, shape (n,); None weighs all alike.
        rank_by: what makes an area rich, such as income per head, shape (n,).

    Returns:
        The index; NA where nobody gains.

    Raises:
        ValueError: a gain that is missing or negative, a missing rank, or weights negative, missing or all zero.
    """
    gains, ranked = _complete(gain, "gains"), _complete(rank_by, "values to rank by")
    weighed = _weighed(weights, gains.size)
    if ranked.shape != gains.shape:
        raise ValueError(f"{gains.size} gains need as many values to rank by, not {ranked.size}")
    if (gains < 0).any():
        raise ValueError(f"a gain is negative ({gains.min():g}): losers are counted apart")
    mean = _mean(gains, weighed)
    if mean == 0:
        return float("nan")
    shares = weighed / weighed.sum()
    codes = np.unique(ranked, return_inverse=True)[1]
    level_shares = np.bincount(codes, shares)
    rank = (np.cumsum(level_shares) - level_shares / 2)[codes]
    return float(2 * shares @ ((gains - mean) * (rank - 0.5)) / mean)
