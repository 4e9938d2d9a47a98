"""Convergence: whether the gap decays, whether areas draw together, and how fast those behind catch up (METHODS 2).

statsmodels is imported where it is used: loading it takes longer than anything else here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import optimize

NOT_CLOSING = "not closing"
HAC_LAGS = 1
# Slower than this per year a gap does not close in any sense, and lam of a constant gap is rounding error of 1e-17.
_STANDSTILL = 1e-9


def _half_life(speed: float) -> float:
    return float(np.log(2) / speed) if speed > _STANDSTILL else float("nan")


def _log_speed(remaining: float, years: float) -> float:
    """Return -ln(share of the distance that remains)/years; NA where none remains or it changes sides."""
    return float(-np.log(remaining) / years) if remaining > 0 else float("nan")


@dataclass(frozen=True)
class LogGapDecay:
    """Decay of the relative gap: ln(1 - ratio) = a - lam (year - first_year).

    Attributes:
        a: log of the relative gap in the first year, fitted.
        lam: speed of closing per year, a log rate; negative where the gap opens.
        lam_se: its HAC standard error.
        lam_low: lower end of its 90 % interval, t(n-2).
        lam_high: upper end.
        half_life_years: ln 2 / lam; NA where lam is not above zero.
        n: years in the fit.
        first_year: year from which ``a`` counts.
        last_year: last year in the fit.
        last_ratio: the ratio observed in it.
        note: "not closing" where the interval covers 0 or less, else empty.
    """

    a: float
    lam: float
    lam_se: float
    lam_low: float
    lam_high: float
    half_life_years: float
    n: int
    first_year: float
    last_year: float
    last_ratio: float
    note: str

    def closing_year(self, target_ratio: float) -> float:
        """Return the year in which the ratio reaches a target at this speed, counted from the last ratio observed.

        Returns:
            A decimal year, last_year + max(0, ln((1 - last_ratio)/(1 - target))/lam); the last year where the target is
            already reached; NA where ``note`` says not closing.

        Raises:
            ValueError: a target outside 0 to 1; a gap that halves and halves is never wholly closed.
        """
        if not 0 < target_ratio < 1:
            raise ValueError(f"a target ratio lies above 0 and below 1, not at {target_ratio:g}")
        if self.note == NOT_CLOSING:
            return float("nan")
        return float(self.last_year + max(0.0, np.log((1 - self.last_ratio) / (1 - target_ratio)) / self.lam))


def log_gap_decay(years: ArrayLike, ratio: ArrayLike) -> LogGapDecay:
    """Fit an exponential decay to the relative gap, ln(1 - ratio) = a - lam t, by OLS with HAC errors (one lag).

    lam is a log rate per year. Source: METHODS 2; the errors are Newey and West's (1987), as statsmodels has
    them, without a small-sample correction. The interval takes t(n-2) and not the normal, as a series has ten years or
    so. A gap that opens or stands still has no half-life (NA).

    Args:
        years: decimal or whole, each once, in any order, shape (n,), n at least 3.
        ratio: rural over urban, above 0 and below 1, shape (n,).

    Raises:
        ValueError: a ratio of 1 or more, missing or not above zero; fewer than three years, or one that stands twice.
    """
    import statsmodels.formula.api as smf

    table = pd.DataFrame({"year": np.asarray(years, float), "ratio": np.asarray(ratio, float)}).sort_values("year")
    if not np.isfinite(table.to_numpy()).all() or (table["ratio"] <= 0).any():
        raise ValueError("ratios must be above zero, and no year or ratio may be missing")
    if (table["ratio"] >= 1).any():
        raise ValueError(
            f"{(table['ratio'] >= 1).sum()} ratios are 1 or more: unified years are an absorbing state and must be "
            "counted apart, not fitted"
        )
    if table["year"].duplicated().any():
        raise ValueError(f"year {table['year'][table['year'].duplicated()].iloc[0]:g} stands twice")
    if len(table) < 3:
        raise ValueError(f"a decay needs three years at least, not {len(table)}")
    first, last = table.iloc[0], table.iloc[-1]
    table = table.assign(log_gap=np.log(1 - table["ratio"]), elapsed=table["year"] - first["year"])
    fit = smf.ols("log_gap ~ elapsed", table).fit(cov_type="HAC", cov_kwds={"maxlags": HAC_LAGS}, use_t=True)
    low, high = -fit.conf_int(0.10).loc["elapsed"].to_numpy()[::-1]
    lam = -float(fit.params["elapsed"])
    return LogGapDecay(
        a=float(fit.params["Intercept"]),
        lam=lam,
        lam_se=float(fit.bse["elapsed"]),
        lam_low=float(low),
        lam_high=float(high),
        half_life_years=_half_life(lam),
        n=len(table),
        first_year=float(first["year"]),
        last_year=float(last["year"]),
        last_ratio=float(last["ratio"]),
        note="" if low > _STANDSTILL else NOT_CLOSING,
    )


def _checked_panel(table: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """Return the columns asked for, sorted by area and year, with the log of the value."""
    panel = table[["area", "year", "value", *columns]].sort_values(["area", "year"]).reset_index(drop=True)
    if panel.isna().any(axis=None):
        raise ValueError(
            f"missing: {', '.join(panel.columns[panel.isna().any()])}; leave those rows out and count them"
        )
    if panel.duplicated(["area", "year"]).any():
        twice = panel[panel.duplicated(["area", "year"])].iloc[0]
        raise ValueError(f"stands twice: {twice['area']}, {twice['year']}")
    if (panel["value"] <= 0).any():
        raise ValueError(f"values must be above zero; the smallest is {panel['value'].min():g}")
    return panel.assign(log_value=np.log(panel["value"].astype(float)))


@dataclass(frozen=True)
class SigmaConvergence:
    """Standard deviation of logs by year, and its slope on time.

    Attributes:
        by_year: year, sigma, areas (how many), low and high (90 % band over resampled areas; NA without them).
        slope: change of sigma per year; below zero the areas draw together.
        slope_se: HAC standard error, one lag.
        slope_p: two-sided, t(years - 2).
        slope_low: lower end of the 90 % bootstrap band; NA without one.
        slope_high: upper end.
        ddof: sigma divides by n - ddof.
        balanced: whether every area stands in every year; where not, sigma also moves with who is counted.
        repetitions: resamples behind the bands.
    """

    by_year: pd.DataFrame
    slope: float
    slope_se: float
    slope_p: float
    slope_low: float
    slope_high: float
    ddof: int
    balanced: bool
    repetitions: int


def sigma_convergence(
    table: pd.DataFrame, ddof: int = 0, rng: np.random.Generator | None = None, repetitions: int = 0
) -> SigmaConvergence:
    """Return the dispersion of areas year by year, each area counting once, and its OLS trend: sigma_t = c + slope t.

    Sigma is the standard deviation of ln value, a log ratio, the slope its change per year, with HAC errors (Newey and
    West 1987, one lag). The band resamples whole areas with all their years: the years of one area are not independent.

    Source: Barro and Sala-i-Martin 1992.

    Args:
        table: area, year, value (above zero); one row each.
        ddof: sigma divides by n - ddof.
        rng: for the band; none is drawn without it.
        repetitions: resamples of the areas.

    Raises:
        ValueError: a value that is missing, not above zero or stands twice; fewer than three years; a year with no
            more than ddof areas.
    """
    import statsmodels.formula.api as smf

    wide = _checked_panel(table, ()).pivot(index="area", columns="year", values="log_value")
    if len(wide.columns) < 3:
        raise ValueError(f"a slope of sigma needs three years at least, not {len(wide.columns)}")
    areas = wide.count()
    if (areas <= ddof).any():
        raise ValueError(f"no more than {ddof} areas in {areas.idxmin()}: too few for ddof {ddof}")
    by_year = pd.DataFrame({"sigma": wide.std(ddof=ddof), "areas": areas}).reset_index()
    fit = smf.ols("sigma ~ year", by_year.assign(year=by_year["year"] - by_year["year"].min())).fit(
        cov_type="HAC", cov_kwds={"maxlags": HAC_LAGS}, use_t=True
    )
    band, slopes = np.full((2, len(by_year)), np.nan), np.full(2, np.nan)
    if rng is not None and repetitions:
        seen = wide.notna().to_numpy(float)
        centred = (wide - wide.mean()).fillna(0).to_numpy()
        times = rng.multinomial(len(wide), np.full(len(wide), 1 / len(wide)), size=repetitions)
        count = times @ seen
        with np.errstate(divide="ignore", invalid="ignore"):
            squares = times @ centred**2 - (times @ centred) ** 2 / count
            # A resample may miss every area of a sparse year: that year then has no sigma, and the resample no slope.
            drawn = np.sqrt(np.where(count > ddof, np.maximum(squares, 0) / (count - ddof), np.nan))
        elapsed = by_year["year"].to_numpy(float) - by_year["year"].mean()
        band = np.nanpercentile(drawn, [5, 95], axis=0)
        slopes = np.nanpercentile(drawn @ elapsed / (elapsed @ elapsed), [5, 95])
    return SigmaConvergence(
        by_year=by_year.assign(low=band[0], high=band[1]),
        slope=float(fit.params["year"]),
        slope_se=float(fit.bse["year"]),
        slope_p=float(fit.pvalues["year"]),
        slope_low=float(slopes[0]),
        slope_high=float(slopes[1]),
        ddof=ddof,
        balanced=bool(wide.notna().all(axis=None)),
        repetitions=repetitions if rng is not None else 0,
    )


@dataclass(frozen=True)
class BetaConvergence:
    """Growth on the first level, across areas.

    Attributes:
        b: slope of growth on the log of the first value.
        b_se: HC3 standard error.
        speed: B per year, from b; NA where b implies that areas change places.
        speed_se: HC3 error of b carried over (delta method).
        half_life_years: ln 2 / B; NA where B is not above zero.
        nls_speed: B per year by non-linear least squares; NA where it does not converge.
        nls_speed_se: its standard error under equal variances.
        n: areas.
        years: span of the growth.
        annualised: whether growth was divided by the years; it decides the formula of B.
    """

    b: float
    b_se: float
    speed: float
    speed_se: float
    half_life_years: float
    nls_speed: float
    nls_speed_se: float
    n: int
    years: float
    annualised: bool


def beta_convergence(
    first: ArrayLike,
    last: ArrayLike,
    years: float,
    annualised: bool = True,
    controls: pd.DataFrame | None = None,
) -> BetaConvergence:
    """Return how much faster areas grow that start lower, and the speed B that this implies.

    Growth = a + b ln first + controls, by OLS with HC3 errors (MacKinnon and White 1985); b and B are log rates, per
    year where annualised. Growth is ln(last/first), over the years where annualised: then B = -ln(1 + b T)/T, and for
    total growth B = -ln(1 + b)/T; taking one for the other is wrong by a factor of about T. The same growth gives the
    same B either way, and the non-linear fit must agree with it. Catching up without a fall of sigma may be a return to
    the mean (Galton) and is not narrowing: read it beside :func:`sigma_convergence`. Source: Barro and Sala-i-Martin
    1992.

    Args:
        first: values in the first year, above zero, shape (n,).
        last: values of the same areas in the last year, shape (n,).
        years: T, years between the two.
        annualised: whether growth is per year or over the whole span.
        controls: one row per area in the same order; columns of text enter as classes.

    Raises:
        ValueError: values that are missing or not above zero, of different length, or all alike in the first year; a
            missing control; a span that is not above zero; fewer areas than the coefficients and one more.
    """
    import statsmodels.formula.api as smf

    start, end = np.asarray(first, float), np.asarray(last, float)
    if start.ndim != 1 or start.shape != end.shape:
        raise ValueError(f"two years of the same areas are needed, not shapes {start.shape} and {end.shape}")
    if not (np.isfinite(start).all() and np.isfinite(end).all() and (start > 0).all() and (end > 0).all()):
        raise ValueError("values must be above zero, and none may be missing")
    if np.ptp(np.log(start)) < _STANDSTILL:
        raise ValueError("all areas start from one value: there is nothing to catch up with")
    if not years > 0:
        raise ValueError(f"the span must be above zero, not {years:g} years")
    per_year = years if annualised else 1
    table, terms = _with_controls({"growth": np.log(end / start) / per_year, "log_first": np.log(start)}, controls)
    model = smf.ols(" + ".join(["growth ~ log_first", *terms]), table)
    _enough(*model.exog.shape)
    fit = model.fit(cov_type="HC3")
    b, b_se = float(fit.params["log_first"]), float(fit.bse["log_first"])
    remaining = 1 + b * per_year
    speed = _log_speed(remaining, years)
    # Where b leaves no distance, or less, the slope lies beyond what any speed can give, and there is nothing to fit.
    nls_speed, nls_speed_se = _nls_speed(model, years, per_year) if remaining > 0 else (float("nan"),) * 2
    return BetaConvergence(
        b=b,
        b_se=b_se,
        speed=speed,
        speed_se=b_se * per_year / (years * remaining) if remaining > 0 else float("nan"),
        half_life_years=_half_life(speed),
        nls_speed=nls_speed,
        nls_speed_se=nls_speed_se,
        n=start.size,
        years=float(years),
        annualised=annualised,
    )


def _with_controls(columns: dict[str, ArrayLike], controls: pd.DataFrame | None) -> tuple[pd.DataFrame, list[str]]:
    """Return a frame for a formula and the terms of the controls, renamed so that none can clash with a column."""
    table = pd.DataFrame(columns).reset_index(drop=True)
    if controls is None or not len(controls.columns):
        return table, []
    if len(controls) != len(table) or controls.isna().any(axis=None):
        raise ValueError(f"controls need {len(table)} rows and no missing value")
    renamed = controls.reset_index(drop=True)
    renamed.columns = pd.Index([f"control_{place}" for place in range(len(controls.columns))])
    return table.join(renamed), list(renamed.columns)


def _enough(rows: int, coefficients: int) -> None:
    if rows <= coefficients:
        raise ValueError(f"{rows} observations are too few for {coefficients} coefficients and an error")


def _nls_speed(model, years: float, per_year: float) -> tuple[float, float]:
    """Return B and its standard error from growth = x'g - [(1 - e^{-BT})/T] ln y_0, T = 1 for total growth."""
    place = model.exog_names.index("log_first")
    log_first, others = model.exog[:, place], np.delete(model.exog, place, axis=1)

    def growth(_: np.ndarray, speed: float, *linear: float) -> np.ndarray:
        return others @ np.array(linear) - (1 - np.exp(-speed * years)) / per_year * log_first

    start = [0.0, *np.linalg.lstsq(others, model.endog, rcond=None)[0]]
    try:
        found, covariance = optimize.curve_fit(growth, log_first, model.endog, p0=start)
    except RuntimeError:  # no minimum within curve_fit's evaluations
        return float("nan"), float("nan")
    return float(found[0]), float(np.sqrt(covariance[0, 0]))
