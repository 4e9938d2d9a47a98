"""Forecast the drivers of the plan: each series by a weighted pool of simple models, scored on its own past.

Centres are medians: a pool of t distributions on logs has no mean in yuan.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from analysis.model.drivers import back_test
from analysis.model.drivers.models import ESTIMABLE, Dropped, Forecast, allowed_models, drift, fit_all, modelled
from analysis.model.drivers.pool import inflation_factor, past_pool, pool_quantile, pool_weights, t_variance

# Shown beside drift for the years of the pandemic, but not in the table of the pool (METHODS 3).
SHOWN_BESIDE = ("robust_drift",)


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
    pits, errors = past_pool(folds, weights)
    inflation = inflation_factor(pits)
    means = np.array([forecasts[name].mean for name in names])
    variances = np.array([(inflation * each.sd) ** 2 * t_variance(each.df) for each in map(forecasts.get, names)])
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


def _lost_on_the_way(folds: pd.DataFrame) -> tuple[Dropped, ...]:
    first = folds[folds["horizon"] == 1]
    return tuple(
        Dropped(model, f"at {len(part)} of {(first['model'] == model).sum()} origins of the back-test: {reason}")
        for (model, reason), part in first[first["dropped"] != ""].groupby(["model", "dropped"], sort=False)
    )
