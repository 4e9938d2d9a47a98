"""Forecast the drivers of the plan: each series by a weighted pool of simple models, scored on its own past.

Centres are medians: a pool of t distributions on logs has no mean in yuan. Draws depend on the seed and on the driver's
name alone, so that two policies, or two scenarios, meet the same draws and their difference is not noise.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import special, stats
from scipy.optimize import elementwise

from analysis.model.drivers import back_test
from analysis.model.drivers.models import ESTIMABLE, Dropped, Forecast, allowed_models, drift, fit_all, modelled

# Under four forecasts one year ahead, which model did best is luck.
ENOUGH_FOLDS = 4
# Beating drift by less is the optimiser's last digits: ARIMA(0,1,0) with a constant is drift.
BEATEN_BY = 1e-3
# Shown beside drift for the years of the pandemic, but not in the table of the pool (METHODS 3).
SHOWN_BESIDE = ("robust_drift",)
WIDEST = 5.0


@dataclass(frozen=True)
class DriverForecast:
    """What the next years of one driver may be.

    ``mean``, ``sd`` and the forecasts are on the scale that was modelled, logs where ``log``; :meth:`quantile` is in
    the series' own unit.

    Attributes:
        log: logs were modelled.
        last_year: the year before the first forecast.
        n: points.
        horizon: years ahead, H.
        forecasts: by model, before inflation; with robust drift, which is shown and not pooled.
        weights: by model of the pool, sum 1.
        mean: mean of the pool, shape (H,).
        sd: standard deviation of the pool, inflation included, shape (H,); NaN where no band is estimated.
        inflation: factor on every model's sd, above 1 where past bands were too narrow.
        band: "estimated", "pooled" (from peers) or "not estimated".
        dropped: models left out, whole or at some origins of the back-test, with the reason.
        folds: back-test, as from ``back_test.rolling_origin``.
        scores: as from ``back_test.scores``.
        coverage: of the pool, before inflation, as from ``back_test.coverage``. The weights come from the same folds.
        one_step_errors: of the pool, actual less predicted, indexed by the year forecast.
    """

    log: bool
    last_year: int
    n: int
    horizon: int
    forecasts: Mapping[str, Forecast]
    weights: Mapping[str, float]
    mean: np.ndarray
    sd: np.ndarray
    inflation: float
    band: str
    dropped: tuple[Dropped, ...]
    folds: pd.DataFrame
    scores: pd.DataFrame
    coverage: pd.DataFrame
    one_step_errors: pd.Series

    def quantile(self, probability: ArrayLike) -> np.ndarray:
        """Return quantiles of the linear pool in the series' own unit, by inverting the mixture's distribution.

        Args:
            probability: above 0 and below 1, broadcast against (H,): a scalar gives shape (H,), (S, H) gives (S, H).

        Raises:
            ValueError: no band is estimated, or a probability is 0, 1 or beyond.
        """
        if self.band == "not estimated":
            raise ValueError(f"{self.n} points give no band: pool one from peers with pooled_sd")
        pooled = [(weight, self.forecasts[name]) for name, weight in self.weights.items() if weight > 0]
        values = pool_quantile(
            probability,
            [weight for weight, _ in pooled],
            np.array([forecast.mean for _, forecast in pooled]),
            self.inflation * np.array([forecast.sd for _, forecast in pooled]),
            [forecast.df for _, forecast in pooled],
        )
        return np.exp(values) if self.log else values


def forecast_series(
    years: ArrayLike, values: ArrayLike, horizon: int, log: bool = True, pooled_sd: float | None = None
) -> DriverForecast:
    """Forecast one annual series by the models its length allows, weighted by their back-test (METHODS 3).

    The pool is the linear one, sum_k w_k (mean_k + inflation x sd_k x t(df_k)); its mean is sum w_k mean_k and its
    variance sum w_k (inflation^2 sd_k^2 df_k/(df_k - 2) + (mean_k - mean)^2), on logs or in the unit of rates. Under
    eight points it is drift alone, with the peers' band or none (NaN).

    Args:
        years: consecutive, ascending, shape (n,).
        values: any unit, shape (n,), n at least 2.
        horizon: years ahead.
        log: model logs; False for rates.
        pooled_sd: as from :func:`pooled_drift_sd`, on the same scale; read only under eight points.

    Raises:
        ValueError: a year is missing (it is named), years and values differ in length, a value is missing or (logs)
            not above zero, horizon under 1, differences that do not vary, or a training window that does not move.
    """
    back_test.refuse_gaps(years)
    years, values = np.asarray(years, int), np.asarray(values, float)
    if years.shape != values.shape:
        raise ValueError(f"{years.size} years and {values.size} values")
    if horizon < 1:
        raise ValueError(f"a horizon is 1 year at least, not {horizon}")
    series = pd.Series(modelled(values, log), index=years)
    short = len(series) < ESTIMABLE
    allowed = allowed_models(len(series))
    if short:
        forecasts, dropped = {"drift": drift(series, horizon, False, pooled_sd)}, ()
    else:
        forecasts, dropped = fit_all([*allowed, *SHOWN_BESIDE], series, horizon, False)
    if "drift" not in forecasts:
        raise ValueError(f"drift cannot be estimated: {dropped[0].reason}")
    names = [name for name in allowed if name in forecasts]
    tried = () if short else (*names, *(name for name in SHOWN_BESIDE if name in forecasts))
    folds = back_test.rolling_origin(series, tried, log=False)
    weights = pool_weights(folds, names)
    pits, errors = _pool_in_the_past(folds, weights)
    inflation = inflation_factor(pits)
    means = np.array([forecasts[name].mean for name in names])
    variances = np.array([(inflation * each.sd) ** 2 * _t_variance(each.df) for each in map(forecasts.get, names)])
    share = np.array([[weights[name]] for name in names])
    mean = (share * means).sum(axis=0)
    # The second part is the spread of the models: where they disagree the pool is wider than each.
    sd = np.sqrt((share * variances).sum(axis=0) + (share * (means - mean) ** 2).sum(axis=0))
    return DriverForecast(
        log=log,
        last_year=int(years[-1]),
        n=len(series),
        horizon=horizon,
        forecasts=forecasts,
        weights=weights,
        mean=mean,
        sd=sd,
        inflation=inflation,
        band="estimated" if not short else "not estimated" if pooled_sd is None else "pooled",
        dropped=(*dropped, *_lost_on_the_way(folds)),
        folds=folds,
        scores=back_test.scores(folds),
        coverage=back_test.coverage(pits(1.0)),
        one_step_errors=errors,
    )


def pooled_drift_sd(series: Sequence[ArrayLike], log: bool = True) -> float:
    """Return the yearly sd of the differences of peer series about each one's own drift, pooled.

    sqrt(sum_i sum_t (d_it - mean d_i)^2 / sum_i (n_i - 2)), d the yearly differences, of logs or in the unit of rates.
    Source: METHODS 3.

    Args:
        series: each of shape (n_i,), three values at least in one of them.
        log: take logs.

    Raises:
        ValueError: no series has three values, or one is refused by ``models.modelled``.
    """
    steps = [np.diff(modelled(each, log)) for each in series]
    freedom = sum(len(each) - 1 for each in steps)
    if freedom < 1:
        raise ValueError("a pooled sd needs a peer series of three values at least")
    return float(np.sqrt(sum(np.sum((each - each.mean()) ** 2) for each in steps) / freedom))


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


def error_correlation(forecasts: Mapping[str, DriverForecast]) -> pd.DataFrame:
    """Return the correlation of the pools' one-step errors over shared years; NaN under four of them.

    Pearson's, without a unit, 1 on the diagonal; NaN too where errors do not vary. Source: METHODS 3.

    Args:
        forecasts: by driver.
    """
    errors = pd.DataFrame({name: forecast.one_step_errors for name, forecast in forecasts.items()})
    found = errors.corr(min_periods=ENOUGH_FOLDS).to_numpy(copy=True)
    np.fill_diagonal(found, 1.0)
    return pd.DataFrame(found, index=errors.columns, columns=errors.columns)


def blended_correlation(sample: ArrayLike, prior: ArrayLike) -> np.ndarray:
    """Return half the sample correlation and half the prior, made positive semidefinite by clipping eigenvalues.

    (sample + prior)/2, its negative eigenvalues set to 0 and its diagonal scaled back to 1; without a unit. Source:
    METHODS 3; the clipping is that of Rebonato and Jäckel 2000.

    Args:
        sample: shape (d, d); where it is NaN the prior stands alone.
        prior: shape (d, d).

    Raises:
        ValueError: not a symmetric matrix with unit diagonal and entries within -1 and 1, or shapes differ.
    """
    prior = _correlation(prior)
    sample = np.asarray(sample, float)
    sample = _correlation(np.where(np.isnan(sample), prior, sample)) if sample.shape == prior.shape else sample
    if sample.shape != prior.shape:
        raise ValueError(f"a sample of shape {sample.shape} and a prior of shape {prior.shape}")
    values, vectors = np.linalg.eigh((sample + prior) / 2)
    clipped = (vectors * np.clip(values, 0, None)) @ vectors.T
    # Clipping adds to the diagonal; scaling it back to 1 keeps the matrix semidefinite.
    scale = np.sqrt(np.diag(clipped))
    blended = clipped / np.outer(scale, scale)
    blended = (blended + blended.T) / 2
    np.fill_diagonal(blended, 1.0)
    return blended


def draw_drivers(
    forecasts: Mapping[str, DriverForecast], seed: int, draws: int, correlation: ArrayLike | None = None
) -> np.ndarray:
    """Draw the drivers together: marginals from each pool, joined by a Gaussian copula.

    Each driver has a stream of its own, by seed and name. Within a driver the years ahead hang together as in a random
    walk (correlation sqrt(h / k) of years h < k), for a path that forgets last year is none. A draw is
    Q_i(Phi(W_ih)), W_ih = (e_i1 + ... + e_ih)/sqrt(h), e correlated between drivers, Q_i the pool's quantiles. Source:
    METHODS 3.

    Args:
        forecasts: by driver, all with the same horizon and a band.
        seed: the scenario's seed.
        draws: how many, S.
        correlation: between drivers in the order of ``forecasts``, shape (d, d), such as from
            :func:`blended_correlation`; None leaves them independent.

    Returns:
        Values in each driver's own unit, shape (S, d, H).

    Raises:
        ValueError: no drivers, horizons that differ, a driver without band, or a correlation that is not semidefinite.
    """
    horizons = {forecast.horizon for forecast in forecasts.values()}
    if len(horizons) != 1:
        raise ValueError(f"drivers are drawn to one horizon, and theirs are {sorted(horizons)}")
    (horizon,) = horizons
    streams = [np.random.SeedSequence(seed, spawn_key=(zlib.crc32(name.encode()),)) for name in forecasts]
    shocks = np.stack([np.random.default_rng(each).standard_normal((draws, horizon)) for each in streams], axis=1)
    if correlation is not None:
        values, vectors = np.linalg.eigh(_correlation(correlation, len(streams)))
        if values.min() < -1e-8:
            raise ValueError("the correlation is not positive semidefinite: blended_correlation makes it so")
        # The symmetric root, unlike Cholesky's, does not depend on the order of the drivers.
        root = (vectors * np.sqrt(np.clip(values, 0, None))) @ vectors.T
        shocks = np.einsum("ij,sjh->sih", root, shocks)
    walks = np.cumsum(shocks, axis=2) / np.sqrt(np.arange(1, horizon + 1))
    drawn = np.empty_like(walks)
    for position, (name, forecast) in enumerate(forecasts.items()):
        try:
            drawn[:, position] = forecast.quantile(special.ndtr(walks[:, position]))
        except ValueError as problem:
            raise ValueError(f"{name}: {problem}") from problem
    return drawn


def _t_variance(df: float) -> float:
    return 1.0 if np.isinf(df) else df / (df - 2)


def _pool_in_the_past(
    folds: pd.DataFrame, weights: Mapping[str, float]
) -> tuple[Callable[[float], np.ndarray], pd.Series]:
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


def _lost_on_the_way(folds: pd.DataFrame) -> tuple[Dropped, ...]:
    first = folds[folds["horizon"] == 1]
    return tuple(
        Dropped(model, f"at {len(part)} of {(first['model'] == model).sum()} origins of the back-test: {reason}")
        for (model, reason), part in first[first["dropped"] != ""].groupby(["model", "dropped"], sort=False)
    )


def _correlation(matrix: ArrayLike, size: int | None = None) -> np.ndarray:
    checked = np.asarray(matrix, float)
    if checked.ndim != 2 or checked.shape[0] != checked.shape[1] or size not in (None, len(checked)):
        raise ValueError(f"a correlation is square, a row for each driver, not of shape {checked.shape}")
    if not (
        np.allclose(checked, checked.T) and np.allclose(np.diag(checked), 1) and (np.abs(checked) <= 1 + 1e-9).all()
    ):
        raise ValueError("a correlation is symmetric, 1 on its diagonal and within -1 and 1 elsewhere")
    return checked
