"""Wild cluster bootstrap: a test of one coefficient that holds with few clusters (METHODS 2)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import linalg, optimize

WEBB_BELOW_CLUSTERS = 12
# A bound of a bootstrap interval is looked for within so many standard errors; beyond that it is called infinite.
_WIDEST_SE = 1e4
# Squares that are less than this share of a column's are rounding, which differs from one processor to the next.
_NOTHING = 1e-12


@dataclass(frozen=True)
class WildClusterBootstrap:
    """Wild cluster bootstrap of one coefficient.

    Attributes:
        coefficient: OLS estimate.
        t: its cluster-robust t against the null (G/(G-1) correction; the rest cancels between draws).
        p: two-sided, (1 + draws at least as far out)/(1 + draws).
        low: lower end of the interval, the values that the test does not reject; -inf where it rejects none.
        high: upper end.
        weights: "Webb" or "Rademacher".
        clusters: G.
    """

    coefficient: float
    t: float
    p: float
    low: float
    high: float
    weights: str
    clusters: int


def wild_cluster_bootstrap(
    outcome: ArrayLike,
    regressor: ArrayLike,
    groups: ArrayLike,
    others: ArrayLike,
    *,
    rng: np.random.Generator,
    repetitions: int = 9999,
    null: float = 0.0,
    level: float = 0.95,
) -> WildClusterBootstrap:
    """Test one coefficient by the wild cluster bootstrap-t with the null imposed (Cameron, Gelbach and Miller 2008).

    t = (b - null)/se(b), without a unit, se clustered; p = (1 + draws with |t*| >= |t|)/(1 + draws), t* being that of
    y* = fitted under the null + v_g x residual. Signs v_g are Rademacher's; with fewer than 12 clusters they would give
    few distinct draws, and Webb's six points are taken (Webb 2014). All else is partialled out once, after which a draw
    is a product with a table of clusters by clusters (Roodman and others 2019): its cost does not depend on the
    observations.

    Args:
        outcome: shape (n,).
        regressor: the column whose coefficient is tested, shape (n,).
        groups: cluster of each observation, shape (n,).
        others: all other columns, with the constant and fixed effects, shape (n, k).
        rng: source of the draws; the same draws serve every value tested for the interval.
        repetitions: draws.
        null: value of the coefficient that is tested.
        level: of the interval.

    Returns:
        The interval is infinite on a side on which the test rejects nothing, and a point where there is no residual.

    Raises:
        ValueError: fewer than two clusters, or a regressor that the other columns explain wholly.
    """
    codes, names = pd.factorize(np.asarray(groups))
    clusters = len(names)
    if clusters < 2:
        raise ValueError("a cluster bootstrap needs two clusters at least")
    member = np.equal.outer(np.arange(clusters), codes).astype(float)
    basis = linalg.orth(np.asarray(others, float))
    raw = np.column_stack([np.asarray(regressor, float), np.asarray(outcome, float)])
    x, y = (raw - basis @ (basis.T @ raw)).T
    squares = x @ x
    if squares <= _NOTHING * (raw[:, 0] @ raw[:, 0]):
        raise ValueError("the other columns explain the regressor wholly: its coefficient is not identified")
    coefficient = x @ y / squares

    def scores(residual: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return, for errors v_g x residual, the table that takes v to scores by cluster, and the row to the shift."""
        own = member @ (x * residual)
        explained = (member * x) @ basis @ ((member * residual) @ basis).T
        return np.diag(own) - explained - np.outer(member @ x**2, own) / squares, own / squares

    # The residual under a null is y - null x, so its tables are those of y less null times those of x.
    tables = [scores(y), scores(x)]
    webb = clusters < WEBB_BELOW_CLUSTERS
    points = np.sqrt([0.5, 1.0, 1.5]) if webb else np.ones(1)
    signs = rng.choice(np.concatenate([-points, points]), size=(repetitions, clusters))
    projected = [(signs @ table.T, signs @ row) for table, row in tables]
    correction = clusters / (clusters - 1)
    residual = y - coefficient * x
    exact = residual @ residual <= _NOTHING * (raw[:, 1] @ raw[:, 1])
    se = 0.0 if exact else np.sqrt(correction * ((member @ (x * residual)) ** 2).sum()) / squares

    def p_value(tested: float) -> float:
        shift = projected[0][1] - tested * projected[1][1]
        spread = projected[0][0] - tested * projected[1][0]
        drawn_se = np.sqrt(correction * (spread**2).sum(axis=1)) / squares
        # Compared as products, so that a draw without any spread needs no division; equal signs tie, and ties count.
        as_far = np.abs(shift) * se >= np.abs(coefficient - tested) * drawn_se * (1 - 1e-9)
        return float((1 + as_far.sum()) / (1 + repetitions))

    def bound(side: int) -> float:
        reach = se
        while p_value(coefficient + side * reach) > 1 - level:
            reach *= 2
            if reach > _WIDEST_SE * se:
                return side * float("inf")
        # p is a step function: the root is where it crosses, to a thousandth of the standard error.
        crossing = optimize.bisect(
            lambda distance: 1 if p_value(coefficient + side * distance) > 1 - level else -1, 0, reach, xtol=se / 1e3
        )
        return float(coefficient + side * crossing)

    with np.errstate(divide="ignore", invalid="ignore"):
        t = float((coefficient - null) / se)
    return WildClusterBootstrap(
        coefficient=float(coefficient),
        t=t,
        p=p_value(null),
        low=bound(-1) if se > 0 else float(coefficient),
        high=bound(1) if se > 0 else float(coefficient),
        weights="Webb" if webb else "Rademacher",
        clusters=clusters,
    )
