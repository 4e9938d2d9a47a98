"""Forecasts of one short annual series, on its logs, or on the values themselves where they are rates (METHODS 3).

A forecast is a t distribution for each year ahead. Its scale comes from residuals over n - k degrees of freedom, k
being every coefficient and initial state that was fitted, the one overall variance apart: on ten points the maximum
likelihood variance, which divides by n, is too small by a third and more.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

# From here on a band may be estimated from the series itself, and models other than drift are allowed.
ESTIMABLE = 8
# From here on one more coefficient can be borne.
LONG = 15
DAMPING = (0.8, 0.98)
MAX_ITERATIONS = 100


class NotConverged(ArithmeticError):
    """A model could not be estimated on this series."""


@dataclass(frozen=True)
class Forecast:
    """What one model says of the next years: ``mean + sd * t(df)`` for each year ahead.

    Attributes:
        model: its name in ``MODELS``.
        horizon: years ahead, H.
        mean: centre, shape (H,), logs or rates.
        sd: scale of the t distribution, shape (H,), logs or rates; NaN where no band is estimated.
        df: degrees of freedom; infinite for a band pooled from peers.
        n: points that it was estimated on.
    """

    model: str
    horizon: int
    mean: np.ndarray
    sd: np.ndarray
    df: float
    n: int


@dataclass(frozen=True)
class Dropped:
    """A model that was left out.

    Attributes:
        model: its name.
        reason: why, in words; a warning of the library is quoted.
    """

    model: str
    reason: str


def allowed_models(n: int) -> tuple[str, ...]:
    """Return the names of the models that a series of n points can bear, drift first (table of METHODS 3).

    Drift alone under 8 points, three more models from 8 on, two more from 15 on. The table ends at 25 points; a longer
    series gets the same models.
    """
    names = ["drift"]
    if n >= ESTIMABLE:
        names += ["damped_ets", "arima_010", "local_level"]
    if n >= LONG:
        names += ["arima_110", "local_linear_trend"]
    return tuple(names)


def modelled(values: ArrayLike, log: bool = True) -> np.ndarray:
    """Return a series on the scale that it is modelled on, ln y or y, shape (n,) (METHODS 3).

    Args:
        values: one value a year without gaps, in any unit, shape (n,).
        log: take logs; False for rates.

    Raises:
        ValueError: not one row of at least two numbers, or logs are asked of a value that is not positive.
    """
    series = np.asarray(values, float)
    if series.ndim != 1 or len(series) < 2:
        raise ValueError(f"a series is one row of two values at least, not of shape {series.shape}")
    if not np.isfinite(series).all():
        raise ValueError("a series holds numbers only: a value is missing or infinite")
    if log and (series <= 0).any():
        raise ValueError(f"logs need values above zero, and one is {series.min():g}: model it with log=False")
    return np.log(series) if log else series


def drift(values: ArrayLike, horizon: int, log: bool = True, pooled_sd: float | None = None) -> Forecast:
    """Random walk with drift: the mean difference goes on.

    The variance h years ahead is s2 (h + h^2 / (n - 1)), the second part being that of the estimated drift, with t(n -
    2); the centre is y_n + h mean(dy), both on logs or in the unit of rates. Under eight points s is not estimated: it
    is the peers', or there is no band (METHODS 3).

    Args:
        values: shape (n,).
        horizon: years ahead.
        log: model logs.
        pooled_sd: yearly sd of the peers' differences on the same scale; read only under eight points.

    Raises:
        ValueError: as :func:`modelled`.
        NotConverged: the differences do not vary.
    """
    series = modelled(values, log)
    n, steps, ahead = len(series), np.diff(series), np.arange(1, horizon + 1)
    mean = series[-1] + ahead * steps.mean()
    spread = ahead + ahead**2 / (n - 1)
    if n < ESTIMABLE:
        sd = np.sqrt(spread) * (np.nan if pooled_sd is None else pooled_sd)
        return Forecast("drift", horizon, mean, sd, np.inf, n)
    variance = np.sum((steps - steps.mean()) ** 2) / (n - 2)
    return _forecast("drift", series, mean, variance * spread, 2)


def robust_drift(values: ArrayLike, horizon: int, log: bool = True) -> Forecast:
    """Random walk whose drift is the median difference, so that a year of shock does not move it.

    The centre is y_n + h median(dy), the variance s2 (h + pi/2 h^2/(n - 1)), t(n - 2), on logs or in the unit of rates.
    The squares are taken about the median and keep the shocks: another may come. A median of normal differences has
    pi / 2 times the variance of their mean. Source: METHODS 3. Raises as :func:`drift`, and ValueError under 8 points.
    """
    series = _estimable(values, log)
    n, steps, ahead = len(series), np.diff(series), np.arange(1, horizon + 1)
    middle = np.median(steps)
    variance = np.sum((steps - middle) ** 2) / (n - 2)
    spread = ahead + np.pi / 2 * ahead**2 / (n - 1)
    return _forecast("robust_drift", series, series[-1] + ahead * middle, variance * spread, 2)


def damped_ets(values: ArrayLike, horizon: int, log: bool = True) -> Forecast:
    """ETS(A,Ad,N): exponential smoothing of level and trend, the trend damped by 0.8 to 0.98 a year.

    y_t = l_t-1 + phi b_t-1 + e_t, l_t = l_t-1 + phi b_t-1 + alpha e_t, b_t = phi b_t-1 + beta e_t, on logs or in the
    unit of rates. The variance is the textbook one for class 1 models (Hyndman et al. 2008, table 6.2), which takes the
    initial level and trend as known; the t(n - 5) answers for a part of that. Raises as :func:`robust_drift`.
    """
    import pandas as pd
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    series = _estimable(values, log)
    standard, origin, unit = _standardised(series)
    model = ETSModel(
        pd.Series(standard), error="add", trend="add", damped_trend=True, bounds={"damping_trend": DAMPING}
    )
    fitted = _converged(model.fit(disp=0, maxiter=10 * MAX_ITERATIONS))
    alpha, beta, phi = np.asarray(fitted.params)[:3]
    mean = origin + unit * np.asarray(fitted.forecast(horizon))
    responses = alpha + beta * np.cumsum(phi ** np.arange(1, horizon))
    variance = fitted.sse * (1 + np.concatenate([[0.0], np.cumsum(responses**2)]))
    return _forecast("damped_ets", series, mean, unit**2 * variance / (len(series) - 5), 5)


def local_level(values: ArrayLike, horizon: int, log: bool = True) -> Forecast:
    """Random walk seen through noise, without drift. Raises as :func:`robust_drift`.

    y_t = m_t + e_t, m_t = m_t-1 + u_t, by maximum likelihood with a diffuse start, t(n - 2), on logs or in the unit of
    rates. Source: Harvey 1989 (METHODS 3).
    """
    return _structural("local_level", "llevel", values, horizon, log, diffuse=1, fitted_count=2)


def local_linear_trend(values: ArrayLike, horizon: int, log: bool = True) -> Forecast:
    """Random walk with a slope, seen through noise; the slope's variance is fixed at zero (METHODS 3).

    y_t = m_t + e_t, m_t = m_t-1 + b + u_t, t(n - 3), on logs or in the unit of rates. The filter treats the slope as
    unknown, so that its uncertainty is in the variance. Source: Harvey 1989. Raises as :func:`robust_drift`.
    """
    return _structural("local_linear_trend", "lldtrend", values, horizon, log, diffuse=2, fitted_count=3)


def arima_010(values: ArrayLike, horizon: int, log: bool = True) -> Forecast:
    """ARIMA(0,1,0) with a constant: drift once more, by maximum likelihood. Raises as :func:`robust_drift`.

    dy_t = c + e_t, t(n - 2), on logs or in the unit of rates. Source: Box and Jenkins 1970 (METHODS 3).
    """
    return _arima("arima_010", 0, values, horizon, log)


def arima_110(values: ArrayLike, horizon: int, log: bool = True) -> Forecast:
    """ARIMA(1,1,0) with a constant: a difference takes after the one before. Raises as :func:`robust_drift`.

    dy_t - c = phi (dy_t-1 - c) + e_t, t(n - 3), on logs or in the unit of rates. Source: Box and Jenkins 1970. The
    variance holds the estimated mean difference, not the estimated autoregression.
    """
    return _arima("arima_110", 1, values, horizon, log)


MODELS: dict[str, Callable[..., Forecast]] = {
    model.__name__: model
    for model in (drift, robust_drift, damped_ets, arima_010, local_level, arima_110, local_linear_trend)
}


def fit(model: str, values: ArrayLike, horizon: int, log: bool = True) -> Forecast | Dropped:
    """Return a model's forecast, or why there is none: a warning counts as a failure, for nobody would read it.

    Formula and source are those of the model; centre and sd are logs, or in the unit of rates (METHODS 3).

    Args:
        model: a name in ``MODELS``.
        values: shape (n,).
        horizon: years ahead, 1 at least.
        log: model logs.

    Raises:
        ValueError: the model is unknown, the horizon is under 1, or the series is refused by :func:`modelled`.
    """
    if model not in MODELS:
        raise ValueError(f"unknown model {model}; allowed: {', '.join(MODELS)}")
    if horizon < 1:
        raise ValueError(f"a horizon is 1 year at least, not {horizon}")
    modelled(values, log)
    forecast, problems = None, []
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        try:
            forecast = MODELS[model](values, horizon, log)
        except (ArithmeticError, ValueError) as problem:
            problems.append(str(problem))
    # A deprecation is about the library's next version, not about this estimate.
    about_code = (DeprecationWarning, PendingDeprecationWarning, FutureWarning)
    problems += [str(warning.message) for warning in heard if not issubclass(warning.category, about_code)]
    if forecast is None or problems:
        return Dropped(model, "; ".join(dict.fromkeys(problems)))
    return forecast


def fit_all(
    models: Sequence[str], values: ArrayLike, horizon: int, log: bool = True
) -> tuple[dict[str, Forecast], tuple[Dropped, ...]]:
    """Return the forecasts by model, in the order given, and the models that were dropped; raises as :func:`fit`."""
    found = [fit(model, values, horizon, log) for model in models]
    forecasts = {name: each for name, each in zip(models, found, strict=True) if isinstance(each, Forecast)}
    return forecasts, tuple(each for each in found if isinstance(each, Dropped))


def _estimable(values: ArrayLike, log: bool) -> np.ndarray:
    series = modelled(values, log)
    if len(series) < ESTIMABLE:
        raise ValueError(f"needs {ESTIMABLE} points at least, and there are {len(series)}")
    return series


def _forecast(model: str, series: np.ndarray, mean: np.ndarray, variance: np.ndarray, fitted_count: int) -> Forecast:
    variance = np.asarray(variance, float)
    # A line without noise leaves rounding errors for a variance: against the steps, they are nothing.
    nothing = (1e-9 * np.abs(np.diff(series)).max()) ** 2
    if not np.isfinite(mean).all() or not (np.isfinite(variance) & (variance > nothing)).all():
        raise NotConverged("its forecast has no finite centre, or a variance that is not above zero")
    n = len(series)
    return Forecast(model, len(mean), np.asarray(mean, float), np.sqrt(variance), float(n - fitted_count), n)


def _standardised(series: np.ndarray) -> tuple[np.ndarray, float, float]:
    """Return the series from its first value in units of the sd of its differences, that value and that unit.

    The optimisers' tolerances and the diffuse prior then meet numbers near 1 whatever the unit of the series.
    """
    steps = np.diff(series)
    unit = steps.std(ddof=1)
    if unit <= 1e-9 * np.abs(steps).max():
        raise NotConverged("the yearly differences do not vary: there is nothing to estimate")
    return (series - series[0]) / unit, series[0], unit


def _converged(fitted: Any) -> Any:
    if not fitted.mle_retvals["converged"]:
        raise NotConverged("the likelihood was not maximised")
    return fitted


def _structural(
    model: str, kind: str, values: ArrayLike, horizon: int, log: bool, diffuse: int, fitted_count: int
) -> Forecast:
    from statsmodels.tsa.statespace.structural import UnobservedComponents

    series = _estimable(values, log)
    standard, origin, unit = _standardised(series)
    fitted = _converged(UnobservedComponents(standard, kind).fit(disp=0, maxiter=MAX_ITERATIONS, cov_type="none"))
    ahead = fitted.get_forecast(horizon)
    # The likelihood leaves out the points that the diffuse states use up, and divides by the rest.
    correction = (len(series) - diffuse) / (len(series) - fitted_count)
    variance = unit**2 * correction * np.asarray(ahead.var_pred_mean)
    return _forecast(model, series, origin + unit * np.asarray(ahead.predicted_mean), variance, fitted_count)


def _arima(model: str, lags: int, values: ArrayLike, horizon: int, log: bool) -> Forecast:
    from statsmodels.tsa.statespace.sarimax import SARIMAX

    series = _estimable(values, log)
    standard, origin, unit = _standardised(series)
    n, fitted_count = len(series), 2 + lags
    asked = SARIMAX(standard, order=(lags, 1, 0), trend="c", concentrate_scale=True)
    # Given starting values spare a warning that speaks of the library's own guess, not of the estimate.
    start = [np.diff(standard).mean(), *[0.0] * lags]
    fitted = _converged(asked.fit(start_params=start, disp=0, maxiter=MAX_ITERATIONS, cov_type="none"))
    ahead = fitted.get_forecast(horizon)
    variance = (n - 1) / (n - fitted_count) * np.asarray(ahead.var_pred_mean)
    # What an error in the mean difference does to the forecast: h without autoregression, less with it.
    phi = fitted.params[1] if lags else 0.0
    reach = np.cumsum(1 - phi ** np.arange(1, horizon + 1)) / (1 - phi)
    variance += variance[0] / (n - 1) * reach**2
    return _forecast(model, series, origin + unit * np.asarray(ahead.predicted_mean), unit**2 * variance, fitted_count)
