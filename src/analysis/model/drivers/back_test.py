"""Back-test of forecasts by rolling origin, and the scores: error, bias, sharpness, coverage (METHODS 3).

An error is actual less predicted, so that a positive bias means that forecasts came out too low.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import special, stats

from analysis.model.drivers.models import ESTIMABLE, Dropped, fit, modelled

LEVELS = (0.80, 0.95)
# Fewer past intervals than this cannot tell an 80 % band from a 95 % one.
ENOUGH_INTERVALS = 20
TOO_FEW = "too few to judge"
FOLD_COLUMNS = [
    "origin_year", "target_year", "horizon", "model", "predicted", "actual", "error", "sd", "df", "scale", "dropped",
]  # fmt: skip


def rolling_origin(
    series: pd.Series,
    models: str | Sequence[str],
    min_train: int = ESTIMABLE,
    horizons: Sequence[int] = (1, 2, 3),
    log: bool = True,
) -> pd.DataFrame:
    """Forecast from each past year with what was known then, and set the forecast beside what came.

    error = actual - predicted, logs or rates. Source: METHODS 3; rolling origins as in Tashman 2000.

    Args:
        series: one value a year, indexed by consecutive years.
        models: names in ``models.MODELS``; each is fitted at every origin, whatever the length there.
        min_train: points of the first training window, 8 at least.
        horizons: years ahead.
        log: model logs; predicted, actual, error, sd and scale are then logs.

    Returns:
        One row per origin, horizon and model: origin_year, target_year, horizon, model, predicted, actual, error, sd,
        df, scale, dropped. ``scale`` is the mean absolute difference in the training window (the error of "as last
        year"). Where the model failed ``dropped`` says why, and predicted, error, sd and df are NaN.

    Raises:
        ValueError: years with gaps, a window under eight points, or a series refused by ``models.modelled``.
    """
    refuse_gaps(series.index)
    if min_train < ESTIMABLE:
        raise ValueError(f"a band needs {ESTIMABLE} points: min_train is {min_train}")
    names = [models] if isinstance(models, str) else list(models)
    values, years = series.to_numpy(float), [int(year) for year in series.index]
    actual = modelled(values, log)
    rows = []
    for length in range(min_train, len(values) - min(horizons) + 1):
        reached = [ahead for ahead in horizons if length + ahead <= len(values)]
        scale = np.abs(np.diff(actual[:length])).mean()
        for name in names:
            found = fit(name, values[:length], max(reached), log)
            lost = isinstance(found, Dropped)
            for ahead in reached:
                predicted = np.nan if lost else found.mean[ahead - 1]
                came = actual[length + ahead - 1]
                rows.append(
                    {
                        "origin_year": years[length - 1],
                        "target_year": years[length - 1] + ahead,
                        "horizon": ahead,
                        "model": name,
                        "predicted": predicted,
                        "actual": came,
                        "error": came - predicted,
                        "sd": np.nan if lost else found.sd[ahead - 1],
                        "df": np.nan if lost else found.df,
                        "scale": scale,
                        "dropped": found.reason if lost else "",
                    }
                )
    return pd.DataFrame(rows, columns=FOLD_COLUMNS)


def refuse_gaps(years: ArrayLike) -> None:
    """Refuse years that are not consecutive and ascending, naming the missing ones: nothing is filled in (METHODS 3).

    Raises:
        ValueError: a year is missing, repeated, out of order or not whole.
    """
    given = np.asarray(years, float)
    if (given != np.round(given)).any():
        raise ValueError("years are whole numbers")
    if (np.diff(given) <= 0).any():
        raise ValueError("years ascend, each once")
    missing = sorted(set(range(int(given[0]), int(given[-1]) + 1)) - set(given.astype(int))) if len(given) else []
    if missing:
        raise ValueError(f"the series has no value for {', '.join(map(str, missing))}, and none is filled in")


def mae(errors: ArrayLike) -> float:
    """Return the mean absolute error, sum |e| / n, in the unit of the errors; NaN without errors (METHODS 3)."""
    return float(np.abs(np.asarray(errors, float)).mean())


def rmse(errors: ArrayLike) -> float:
    """Return the root of the mean squared error, sqrt(sum e^2 / n), in their unit; NaN without errors (METHODS 3)."""
    return float(np.sqrt((np.asarray(errors, float) ** 2).mean()))


def bias(errors: ArrayLike) -> float:
    """Return the mean of actual less predicted, sum e / n, in their unit: positive where forecasts were too low.

    NaN without errors. Source: METHODS 3.
    """
    return float(np.asarray(errors, float).mean())


def mase(errors: ArrayLike, scales: ArrayLike) -> float:
    """Return the mean absolute scaled error, each error over the naive error of its own training window.

    sum |e_i / scale_i| / n, a ratio: below 1, better than "as last year". Source: Hyndman and Koehler 2006.

    Args:
        errors: shape (n,).
        scales: mean absolute differences in training, shape (n,) or scalar.

    Raises:
        ValueError: a scale is not above zero: "as last year" was never wrong there.
    """
    scales = np.asarray(scales, float)
    if not (scales > 0).all():
        raise ValueError("a series that did not move in training has no naive error: MASE is not defined")
    return mae(np.asarray(errors, float) / scales)


def mase_of(actual: ArrayLike, predicted: ArrayLike, training: ArrayLike) -> float:
    """Return MASE of one forecast path as the textbook has it (Hyndman and Koehler 2006); raises as :func:`mase`.

    mean |actual - predicted| / mean |y_t - y_t-1| in training, a ratio.
    """
    return mase(np.asarray(actual, float) - np.asarray(predicted, float), mae(np.diff(np.asarray(training, float))))


def crps_normal(mean: ArrayLike, sd: ArrayLike, actual: ArrayLike) -> np.ndarray:
    """Return the continuous ranked probability score of normals, elementwise (Gneiting and Raftery 2007, eq. 21).

    sd (z (2 Phi(z) - 1) + 2 phi(z) - 1/sqrt(pi)), z = (actual - mean)/sd, in the unit of the mean; NaN where an
    argument is.
    """
    z = (np.asarray(actual, float) - mean) / sd
    return sd * (z * (2 * stats.norm.cdf(z) - 1) + 2 * stats.norm.pdf(z) - 1 / np.sqrt(np.pi))


def crps_student_t(mean: ArrayLike, sd: ArrayLike, df: ArrayLike, actual: ArrayLike) -> np.ndarray:
    """Return the CRPS of ``mean + sd * t(df)``, elementwise, df above 1 (Jordan, Krueger and Lerch 2019, appendix).

    sd (z (2 F(z) - 1) + 2 f(z) (df + z^2)/(df - 1) - 2 sqrt(df)/(df - 1) B(1/2, df - 1/2)/B(1/2, df/2)^2), z = (actual
    - mean)/sd, in the unit of the mean; the normal's where df is infinite, NaN where an argument is.
    """
    mean, sd, df, actual = np.broadcast_arrays(*(np.asarray(each, float) for each in (mean, sd, df, actual)))
    # The closed form is inf - inf where df is infinite; the t is normal there.
    finite = np.where(np.isinf(df), 2.0, df)
    z = (actual - mean) / sd
    spread = (
        2
        * np.sqrt(finite)
        / (finite - 1)
        * np.exp(special.betaln(0.5, finite - 0.5) - 2 * special.betaln(0.5, finite / 2))
    )
    density = stats.t.pdf(z, finite) * (finite + z**2) / (finite - 1)
    score = sd * (z * (2 * special.stdtr(finite, z) - 1) + 2 * density - spread)
    return np.where(np.isinf(df), crps_normal(mean, sd, actual), score)


def crps_sample(draws: ArrayLike, actual: float) -> float:
    """Return the CRPS of equally likely draws: mean |X - y| - mean |X - X'| / 2 over all pairs, themselves included.

    In the unit of the draws; NaN without draws. Source: Gneiting and Raftery 2007.

    Args:
        draws: shape (m,).
        actual: what came.
    """
    ordered = np.sort(np.asarray(draws, float))
    m = len(ordered)
    # Sorted, the mean over all m^2 pairs is one weighted sum.
    half_pairs = np.sum((2 * np.arange(1, m + 1) - m - 1) * ordered) / m**2
    return float(np.abs(ordered - actual).mean() - half_pairs)


def pit(mean: ArrayLike, sd: ArrayLike, actual: ArrayLike, df: ArrayLike = np.inf) -> np.ndarray:
    """Return the probability that a forecast gave to values up to what came, elementwise: uniform if it is right.

    F_df((actual - mean)/sd), 0 to 1; NaN where an argument is. Source: Dawid 1984 (METHODS 3).
    """
    return special.stdtr(np.asarray(df, float), (np.asarray(actual, float) - mean) / sd)


def interval_coverage(actual: ArrayLike, low: ArrayLike, high: ArrayLike) -> float:
    """Return the share of actual values within their interval, ends included: #(low <= actual <= high)/n, 0 to 1.

    A missing value counts as outside; NaN without values. Source: METHODS 3.
    """
    actual = np.asarray(actual, float)
    return float(((actual >= low) & (actual <= high)).mean())


def wilson_interval(successes: int, n: int, level: float = 0.95) -> tuple[float, float]:
    """Return Wilson's score interval of a share (Wilson 1927, no continuity correction).

    (p + z^2/2n -+ z sqrt(p(1 - p)/n + z^2/4n^2)) / (1 + z^2/n), shares from 0 to 1, p = successes/n.

    Raises:
        ValueError: no trials, or more successes than trials.
    """
    found = stats.binomtest(int(successes), int(n)).proportion_ci(level, method="wilson")
    return float(found.low), float(found.high)


def coverage(pits: ArrayLike) -> pd.DataFrame:
    """Return how often central intervals held what came, at 80 and 95 %.

    The share of transforms with (1 - level)/2 <= pit <= (1 + level)/2, 0 to 1. Source: METHODS 3.

    Origins overlap, so that past intervals are fewer than they count: Wilson's interval is if anything too narrow.

    Args:
        pits: probability integral transforms, shape (n,).

    Returns:
        One row per level: level, intervals, share, low, high (Wilson, 95 %), verdict: "too few to judge" under twenty
        intervals, "nominal within", "too narrow" or "too wide". Share and bounds are NaN without intervals.
    """
    pits = np.asarray(pits, float)
    rows = []
    for level in LEVELS:
        share, low, high, verdict = np.nan, np.nan, np.nan, TOO_FEW
        if len(pits):
            share = interval_coverage(pits, (1 - level) / 2, (1 + level) / 2)
            low, high = wilson_interval(round(share * len(pits)), len(pits))
        if len(pits) >= ENOUGH_INTERVALS:
            verdict = "too narrow" if high < level else "too wide" if low > level else "nominal within"
        rows.append((level, len(pits), share, low, high, verdict))
    return pd.DataFrame(rows, columns=["level", "intervals", "share", "low", "high", "verdict"])


def scores(folds: pd.DataFrame) -> pd.DataFrame:
    """Return the scores by model and horizon, each by the function of its name; errors are in the unit of the folds.

    A score is NaN where no fold is left. Source: METHODS 3.

    Args:
        folds: as from :func:`rolling_origin`; those of several series may be stacked.

    Returns:
        model, horizon, folds, dropped_folds, mae, rmse, mase, bias, crps; then, pooled over the model's horizons and so
        repeated: intervals, coverage_80, coverage_80_low, coverage_80_high, the same for 95, and verdict: "too few to
        judge", or what each level's Wilson interval says of its nominal share.

    Raises:
        ValueError: as :func:`mase`.
    """
    rows = []
    for model, of_model in folds.groupby("model", sort=False):
        held = of_model[of_model["dropped"] == ""]
        pooled = coverage(pit(*(held[name].to_numpy(float) for name in ("predicted", "sd", "actual", "df"))))
        shared = {"intervals": len(held)}
        for row in pooled.itertuples():
            name = f"coverage_{row.level * 100:.0f}"
            shared |= {name: row.share, f"{name}_low": row.low, f"{name}_high": row.high}
        words = [f"{row.level * 100:.0f} %: {row.verdict}" for row in pooled.itertuples()]
        shared["verdict"] = TOO_FEW if len(held) < ENOUGH_INTERVALS else "; ".join(words)
        for horizon, part in of_model.groupby("horizon"):
            kept = part[part["dropped"] == ""]
            rows.append(
                {"model": model, "horizon": horizon, "folds": len(kept), "dropped_folds": len(part) - len(kept)}
                | _errors(kept)
                | shared
            )
    return pd.DataFrame(rows, columns=None if rows else ["model", "horizon", "folds", "dropped_folds", "verdict"])


def _errors(folds: pd.DataFrame) -> dict[str, float]:
    if folds.empty:
        return dict.fromkeys(("mae", "rmse", "mase", "bias", "crps"), np.nan)
    mean, sd, df, actual = (folds[name].to_numpy(float) for name in ("predicted", "sd", "df", "actual"))
    return {
        "mae": mae(folds["error"]),
        "rmse": rmse(folds["error"]),
        "mase": mase(folds["error"], folds["scale"]),
        "bias": bias(folds["error"]),
        "crps": float(crps_student_t(mean, sd, df, actual).mean()),
    }
