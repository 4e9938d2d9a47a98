"""Draws of the drivers: one stream a driver, joined by a Gaussian copula (METHODS 3).

They depend on the seed and on the driver's name alone, so that two policies, or two scenarios, meet the same draws and
their difference is not noise.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import special

from analysis.model.drivers import DriverForecast
from analysis.model.drivers.pool import ENOUGH_FOLDS


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


def _correlation(matrix: ArrayLike, size: int | None = None) -> np.ndarray:
    checked = np.asarray(matrix, float)
    if checked.ndim != 2 or checked.shape[0] != checked.shape[1] or size not in (None, len(checked)):
        raise ValueError(f"a correlation is square, a row for each driver, not of shape {checked.shape}")
    if not (
        np.allclose(checked, checked.T) and np.allclose(np.diag(checked), 1) and (np.abs(checked) <= 1 + 1e-9).all()
    ):
        raise ValueError("a correlation is symmetric, 1 on its diagonal and within -1 and 1 elsewhere")
    return checked
