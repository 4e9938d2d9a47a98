"""Panel convergence: whether areas that are ahead grow less, year by year, over areas and years (METHODS 2).

With area effects the speed is an upper bound, without them a lower one; the truth lies between. statsmodels is
imported where it is used: loading it takes longer than anything else here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.model.gap.bootstrap import wild_cluster_bootstrap
from analysis.model.gap.convergence import _checked_panel, _enough, _log_speed, _with_controls

LEAST_CLUSTERS = 6
# Below this many clusters the cluster-robust error is too small, and the wild bootstrap is the test; above, a check.
BOOTSTRAP_BELOW_CLUSTERS = 30


@dataclass(frozen=True)
class PanelConvergence:
    """Growth on last year's level, over areas and years: dln z_t = effects + beta ln z_{t-1} + controls.

    Attributes:
        beta: below zero, areas that are ahead grow less.
        se: cluster-robust standard error, clusters are areas; NA with fewer than six.
        t: beta / se.
        p: two-sided, t(G-1).
        wild_p: two-sided, wild cluster bootstrap with the null imposed; NA with fewer than six clusters, or without
            rng. With fewer than 30 clusters it is the p to read, with more a check beside the cluster-robust one.
        wild_low: lower end of its 95 % interval, by inversion of the test.
        wild_high: upper end.
        speed: -ln(1 + beta) per year; NA where beta is -1 or less.
        nickell_bias: about -(1 + rho)/(T - 1), rho = 1 + beta as estimated, T = mean years of growth per area; the
            estimate is too low by it. NA without area effects, and where T is 1.
        n: observations of growth.
        clusters: G, areas.
        gaps: observations left out because the area's year before is missing, its first year apart.
        effects: "area and year" or "year".
        correction_factor: what the variance was multiplied by for the small sample; NA with fewer than six clusters.
        correction: the same in words.
        note: why there is no inference, or no bootstrap where one is needed, or that it is a check alone; else empty.
    """

    beta: float
    se: float
    t: float
    p: float
    wild_p: float
    wild_low: float
    wild_high: float
    speed: float
    nickell_bias: float
    n: int
    clusters: int
    gaps: int
    effects: str
    correction_factor: float
    correction: str
    note: str


def panel_convergence(
    table: pd.DataFrame,
    controls: Sequence[str] = (),
    rng: np.random.Generator | None = None,
    repetitions: int = 9999,
) -> PanelConvergence:
    """Return growth on last year's level with area and year effects: an upper bound of the speed.

    ln z_it - ln z_i,t-1 = area_i + year_t + beta ln z_i,t-1 + controls, by OLS with errors clustered by area; beta is a
    log rate per year, the speed -ln(1 + beta). Area effects in a short panel make the estimate too low by about the
    Nickell bias (Nickell 1981), so that areas seem to catch up faster, each with its own level.
    :func:`pooled_convergence` is the lower bound.

    Args:
        table: area, year, value (above zero), and the controls; one row per area and year.
        controls: columns of the year of growth that enter as they stand; columns of text enter as classes.
        rng: for the wild cluster bootstrap with six areas or more; none is drawn without it.
        repetitions: draws of the bootstrap.

    Raises:
        ValueError: a cell that is missing or stands twice, a value not above zero, or too few observations.
    """
    return _panel(table, controls, True, rng, repetitions)


def pooled_convergence(
    table: pd.DataFrame,
    controls: Sequence[str] = (),
    rng: np.random.Generator | None = None,
    repetitions: int = 9999,
) -> PanelConvergence:
    """Return growth on last year's level with year effects alone: a lower bound of the speed.

    What keeps an area high year after year is left in the error and goes along with its level, so that areas seem to
    catch up more slowly (Bond 2002). Formula and units are those of :func:`panel_convergence` with one constant for all
    areas; there is no Nickell bias (NA). Year effects stay in, so that the two bounds differ by the area effects alone.

    Args:
        table: as in :func:`panel_convergence`.
        controls: as there.
        rng: as there.
        repetitions: as there.

    Raises:
        ValueError: as there.
    """
    return _panel(table, controls, False, rng, repetitions)


def _panel(
    table: pd.DataFrame, controls: Sequence[str], area_effects: bool, rng: np.random.Generator | None, repetitions: int
) -> PanelConvergence:
    import statsmodels.formula.api as smf

    panel = _checked_panel(table, controls)
    before = panel[["area", "year", "log_value"]].assign(year=panel["year"] + 1)
    joined = panel.merge(before, on=["area", "year"], how="left", suffixes=("", "_before"), validate="one_to_one")
    pairs = joined[joined["log_value_before"].notna()]
    if pairs.empty:
        raise ValueError("no area has two years that follow each other")
    codes = pd.factorize(pairs["area"])[0]
    clusters = int(codes.max()) + 1
    columns = {
        "growth": pairs["log_value"] - pairs["log_value_before"],
        "log_before": pairs["log_value_before"],
        "area": pairs["area"],
        "year": pairs["year"],
    }
    frame, terms = _with_controls(columns, pairs[list(controls)])
    effects = ["C(area)", "C(year)"] if area_effects else ["C(year)"]
    model = smf.ols(" + ".join(["growth ~ log_before", *terms, *effects]), frame)
    rows, coefficients = model.exog.shape
    _enough(rows, coefficients)
    beta, inference, wild, factor = np.nan, (np.nan,) * 3, (np.nan,) * 3, np.nan
    correction, note = "none: no inference", ""
    if clusters < LEAST_CLUSTERS:
        beta = float(model.fit().params["log_before"])
        note = f"{clusters} clusters, fewer than {LEAST_CLUSTERS}: no inference, coefficients only"
    else:
        fit = model.fit(cov_type="cluster", cov_kwds={"groups": codes}, use_t=True)
        beta, inference = (
            float(fit.params["log_before"]),
            tuple(float(column["log_before"]) for column in (fit.bse, fit.tvalues, fit.pvalues)),
        )
        factor = clusters / (clusters - 1) * (rows - 1) / (rows - coefficients)
        correction = "variance x G/(G-1) x (N-1)/(N-K), K with all fixed effects; p from t(G-1)"
        few = clusters < BOOTSTRAP_BELOW_CLUSTERS
        if few and rng is None:
            note = f"{clusters} clusters, fewer than {BOOTSTRAP_BELOW_CLUSTERS}: needs a wild bootstrap, and has no rng"
        elif rng is not None:
            note = "" if few else f"{clusters} clusters: the wild bootstrap is a check beside the cluster-robust p"
            place = model.exog_names.index("log_before")
            drawn = wild_cluster_bootstrap(
                model.endog,
                model.exog[:, place],
                codes,
                np.delete(model.exog, place, axis=1),
                rng=rng,
                repetitions=repetitions,
            )
            wild = (drawn.p, drawn.low, drawn.high)
    mean_years = rows / clusters
    return PanelConvergence(
        beta=beta,
        se=inference[0],
        t=inference[1],
        p=inference[2],
        wild_p=wild[0],
        wild_low=wild[1],
        wild_high=wild[2],
        speed=_log_speed(1 + beta, 1),
        nickell_bias=-(2 + beta) / (mean_years - 1) if area_effects and mean_years > 1 else float("nan"),
        n=rows,
        clusters=clusters,
        gaps=len(panel) - rows - panel["area"].nunique(),
        effects="area and year" if area_effects else "year",
        correction_factor=float(factor),
        correction=correction,
        note=note,
    )
