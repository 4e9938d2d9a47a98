"""Decomposition: how much of the dispersion, or of a change of the mean ratio, lies between groups (METHODS 2).

Every split is exact: its parts add to the whole that :mod:`analysis.model.gap.dispersion` measures.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from analysis.model.gap.dispersion import _ahead, _around_mean, _l, _mean, _positive, _t, _weighed, theil_l, theil_t


def _group_codes(groups: ArrayLike, size: int) -> tuple[np.ndarray, pd.Index]:
    """Return the place of each row's group in the sorted names, shape (size,), and the names."""
    codes, names = pd.factorize(pd.Series(np.asarray(groups)), sort=True)
    if codes.shape != (size,):
        raise ValueError(f"{size} values need as many groups, not {codes.size}")
    if (codes < 0).any():
        raise ValueError(f"{(codes < 0).sum()} values have no group: a decomposition is exact only if each has one")
    return codes, pd.Index(names)


def _split(
    values: ArrayLike, weights: ArrayLike | None, groups: ArrayLike
) -> tuple[np.ndarray, np.ndarray, np.ndarray, pd.DataFrame]:
    """Return values, shares and group codes of all rows with weight, and share and mean of each group."""
    positive = _positive(values)
    weighed = _weighed(weights, positive.size)
    _group_codes(groups, positive.size)
    kept = weighed > 0
    positive, weighed = positive[kept], weighed[kept]
    codes, names = _group_codes(np.asarray(groups)[kept], positive.size)
    table = pd.DataFrame(
        {
            "group": names,
            "population_share": np.bincount(codes, weighed) / weighed.sum(),
            "mean": [_mean(positive[codes == code], weighed[codes == code]) for code in range(len(names))],
        }
    )
    return positive, weighed / weighed.sum(), codes, table


@dataclass(frozen=True)
class TheilDecomposition:
    """Theil's T and L of all areas, within groups and between them; ``groups`` holds each group's part.

    ``groups`` has one row per group with weight: group, population_share, mean, value_share (of the sum of values),
    t and l inside the group, and its parts t_within, t_between, l_within, l_between, which add over the groups. A
    group's part between is negative on one side of the mean; only the sum over groups is a measure of inequality.
    """

    t_total: float
    t_within: float
    t_between: float
    l_total: float
    l_within: float
    l_between: float
    groups: pd.DataFrame


def theil_decomposition(values: ArrayLike, weights: ArrayLike | None, groups: ArrayLike) -> TheilDecomposition:
    """Split Theil's T and L exactly into inequality within groups and between their means (Shorrocks 1980).

    T = sum_g s_g T_g + sum_g s_g ln(mu_g/mu) and L = sum_g p_g L_g + sum_g p_g ln(mu/mu_g), ratios without a unit, s_g
    a group's share of the sum of values and p_g of the population. L is preferred for "how much vanishes if the gap
    closes": it does not depend on which part is closed first. A group without weight has no row.

    Args:
        values: above zero, shape (n,).
        weights: shape (n,); None weighs all alike.
        groups: the group of each value, shape (n,).

    Raises:
        ValueError: as ``dispersion.coefficient_of_variation``, and a value without a group.
    """
    positive, shares, codes, table = _split(values, weights, groups)
    mean = _mean(positive, shares)
    excess = (table["mean"].to_numpy() - mean) / mean
    population = table["population_share"].to_numpy()
    inside = [_around_mean(positive[codes == code], shares[codes == code]) for code in range(len(table))]
    table = table.assign(
        value_share=population * (1 + excess), t=[_t(*group) for group in inside], l=[_l(*group) for group in inside]
    )
    table = table.assign(
        t_within=table["value_share"] * table["t"],
        t_between=table["value_share"] * np.log1p(excess),
        l_within=table["population_share"] * table["l"],
        l_between=-population * np.log1p(excess),
    )
    return TheilDecomposition(
        t_total=theil_t(positive, shares),
        t_within=float(table["t_within"].sum()),
        t_between=_t(excess, population),
        l_total=theil_l(positive, shares),
        l_within=float(table["l_within"].sum()),
        l_between=_l(excess, population),
        groups=table,
    )


@dataclass(frozen=True)
class NestedTheil:
    """Theil's T and L by a chain: between outer groups, between inner groups inside them, and within those."""

    t_total: float
    t_outer: float
    t_inner: float
    t_within: float
    l_total: float
    l_outer: float
    l_inner: float
    l_within: float


def nested_theil(values: ArrayLike, weights: ArrayLike | None, outer: ArrayLike, inner: ArrayLike) -> NestedTheil:
    """Split Theil's T and L in two steps, such as regions and town or country inside each region.

    T = outer + inner + within, ratios without a unit: what lies between the inner groups is itself split as the T (or
    L) of their means. The three parts add exactly; the parts "between" of two separate partitions do not, and must not
    be added. Source: Shorrocks 1980, applied twice (METHODS 2).

    Args:
        values: above zero, shape (n,).
        weights: shape (n,); None weighs all alike.
        outer: the outer group of each value, shape (n,).
        inner: the inner group, shape (n,); a name that stands in two outer groups is two inner groups.

    Raises:
        ValueError: as :func:`theil_decomposition`.
    """
    size = _positive(values).size
    (outer_codes, outer_names), (inner_codes, inner_names) = _group_codes(outer, size), _group_codes(inner, size)
    cells = outer_codes * len(inner_names) + inner_codes
    lower = theil_decomposition(values, weights, cells)
    # The means of the inner groups are themselves a population of groups: its T is what lies between inner groups.
    cell_outer = outer_names[lower.groups["group"].to_numpy() // len(inner_names)]
    upper = theil_decomposition(lower.groups["mean"], lower.groups["population_share"], cell_outer)
    return NestedTheil(
        t_total=lower.t_total,
        t_outer=upper.t_between,
        t_inner=upper.t_within,
        t_within=lower.t_within,
        l_total=lower.l_total,
        l_outer=upper.l_between,
        l_inner=upper.l_within,
        l_within=lower.l_within,
    )


@dataclass(frozen=True)
class GiniDecomposition:
    """Gini of all areas = within groups + net between groups + overlap of groups.

    ``groups`` has one row per group with weight: group, population_share, mean, gini inside it, and its part within.
    """

    total: float
    within: float
    between: float
    overlap: float
    groups: pd.DataFrame


def gini_decomposition(values: ArrayLike, weights: ArrayLike | None, groups: ArrayLike) -> GiniDecomposition:
    """Split the Gini coefficient exactly into within, net between and overlap (Dagum 1997).

    All parts are ratios without a unit. Of two groups, the one with the higher mean is ahead by d (mean of its positive
    differences) and behind by p (the transvariation, where members of the poorer group are better off). Net between
    takes d - p, overlap 2p, each times the two groups' shares of people over the mean of all.
    Overlap is zero where the ranges of all groups lie apart, and a part of its own, never of within.

    Args:
        values: above zero, shape (n,).
        weights: shape (n,); None weighs all alike.
        groups: the group of each value, shape (n,).

    Raises:
        ValueError: as :func:`theil_decomposition`.
    """
    positive, shares, codes, table = _split(values, weights, groups)
    ahead = _ahead(positive, shares, codes, len(table))
    population = table["population_share"].to_numpy()
    inside = np.diag(ahead)
    first, second = np.triu_indices(len(table), 1)
    behind = np.minimum(ahead[first, second], ahead[second, first])
    means = table["mean"].to_numpy()
    between = population[first] * population[second] @ np.abs(means[first] - means[second])
    return GiniDecomposition(
        total=float(ahead.sum()),
        within=float(inside.sum()),
        between=float(between / _mean(positive, shares)),
        overlap=float(2 * behind.sum()),
        groups=table.assign(
            gini=inside * _mean(positive, shares) / (population**2 * means),
            within=inside,
        ),
    )


@dataclass(frozen=True)
class ShiftShare:
    """Change of a weighted mean ratio = within (areas' own change) + composition (change of their weights).

    ``within_by_area`` and ``composition_by_area`` add to the parts; an area that gains weight counts as composition
    by how far its ratio lies from the mean of the two years' mean ratios.
    """

    first_mean: float
    last_mean: float
    total: float
    within: float
    composition: float
    within_by_area: np.ndarray
    composition_by_area: np.ndarray


def mean_ratio_shift_share(
    first_ratio: ArrayLike, last_ratio: ArrayLike, first_weights: ArrayLike, last_weights: ArrayLike
) -> ShiftShare:
    """Split the change of the recipient-weighted mean ratio into within and composition, without a residual.

    within = sum (s_0 + s_1)/2 (r_1 - r_0), composition = sum (s_1 - s_0) ((r_0 + r_1)/2 - m), changes of a ratio, r the
    ratios, s the shares of recipients, m the mean of the two years' mean ratios: each side is weighed by the midpoint
    of the other. Source: Marshall-Edgeworth form of the shift-share split (METHODS 2).

    Args:
        first_ratio: rural/urban ratio of each area in the first year, shape (n,).
        last_ratio: the same areas in the last year, shape (n,).
        first_weights: recipients in the first year, shape (n,).
        last_weights: recipients in the last year, shape (n,).

    Raises:
        ValueError: a ratio that is missing in either year or not above zero; weights negative, missing or all zero.
    """
    first, last = _positive(first_ratio), _positive(last_ratio)
    if first.shape != last.shape:
        raise ValueError(f"two years of the same areas are needed, not {first.size} and {last.size}")
    before, after = _weighed(first_weights, first.size), _weighed(last_weights, first.size)
    before, after = before / before.sum(), after / after.sum()
    first_mean, last_mean = before @ first, after @ last
    within = (before + after) / 2 * (last - first)
    composition = (after - before) * ((first + last) / 2 - (first_mean + last_mean) / 2)
    return ShiftShare(
        first_mean=float(first_mean),
        last_mean=float(last_mean),
        total=float(last_mean - first_mean),
        within=float(within.sum()),
        composition=float(composition.sum()),
        within_by_area=within,
        composition_by_area=composition,
    )
