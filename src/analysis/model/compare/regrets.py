"""Regret over fiscal worlds: which policy is least regretted, whatever the budget turns out to be (METHODS 4).

Worlds carry no probability: none is said to be likelier than another, and nothing is averaged over them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pandas as pd

from analysis.errors import nearest
from analysis.inputs.parameters.fiscal import Fiscal
from analysis.model.funding import Gate, gate
from analysis.model.simulate import Case, spending_by_tier


class Line(NamedTuple):
    """A loss or a regret that is linear in what a yuan of gap is worth, exactly."""

    height: Fraction
    slope: Fraction

    def at(self, worth: Fraction) -> Fraction:
        """Return its value at a worth."""
        return self.height + self.slope * worth

    def less(self, other: Line) -> Line:
        """Return the difference of two lines."""
        return Line(self.height - other.height, self.slope - other.slope)


def fiscal_table(cases: Mapping[str, Case], fiscals: Mapping[str, Fiscal]) -> pd.DataFrame:
    """Return whether each policy can be borne under each fiscal path, every assumption at its central value.

    The gate of :func:`analysis.model.funding.gate` on the spending of :func:`analysis.model.simulate.spending_by_tier`.
    Fiscal paths are worlds that carry no probability. Source: METHODS 4 (regret).

    Args:
        cases: policy to a scenario made ready; its own fiscal path is left out of account.
        fiscals: world to fiscal path.

    Returns:
        One row a policy and world, in the order given: policy, fiscal, verdict, short_yuan_year (what no tier can bear),
        transfer_yuan_year (what the others give the local tier), upper_short_yuan_year and local_short_yuan_year (what
        each lacks before any transfer).

    Raises:
        ValueError: a fiscal path that names a share set which a case does not hold.
    """
    rows = []
    for policy, case in cases.items():
        parts = case.evaluate({name: np.array([value]) for name, value in case.central().items()})
        for world, fiscal in fiscals.items():
            found = _gate_under(case, fiscal, parts)
            short = {tier: max(0.0, -left) for tier, left in found.headroom_by_tier.items()}
            local = short.pop("local")
            amounts = (found.short_yuan, found.transfer_yuan, sum(short.values()), local)
            rows.append((policy, world, found.verdict, *amounts))
    names = ("short", "transfer", "upper_short", "local_short")
    return pd.DataFrame(rows, columns=["policy", "fiscal", "verdict", *(f"{name}_yuan_year" for name in names)])


def _gate_under(case: Case, fiscal: Fiscal, parts: dict[str, np.ndarray]) -> Gate:
    if fiscal.sharing not in case.scenario.sharing:
        raise ValueError(f"fiscal.sharing {fiscal.sharing!r}: {nearest(fiscal.sharing, case.scenario.sharing)}")
    under = replace(case, scenario=case.scenario.model_copy(update={"fiscal": fiscal}))
    spending = spending_by_tier(under, parts)
    return gate(spending["next_yuan_year"].to_dict(), spending["capacity_yuan_year"].to_dict())


def regret(losses: pd.DataFrame) -> pd.DataFrame:
    """Return how much more each policy loses in each world than the best one there, and the least regretted policy.

    regret = loss - min over policies of the loss in that world; the minimax choice has the smallest largest regret.
    Worlds carry no probability: no mean over them is taken. Source: METHODS 4 (regret).

    Args:
        losses: policies (index) x worlds (columns), in one unit such as yuan a year.

    Returns:
        The same shape, in the same unit, with max_regret, and chosen: true for one policy; of several with the same
        largest regret the one that loses least where it loses most, then the first in the order given.

    Raises:
        ValueError: no policy or world, one that stands twice, or a loss that is not known.
    """
    _refuse(losses)
    cells = losses.astype(float) - losses.astype(float).min(axis=0)
    worst = cells.max(axis=1)
    order = np.lexsort((losses.max(axis=1), worst))
    return cells.assign(max_regret=worst, chosen=np.arange(len(cells)) == order[0])


def choices_by_worth(short: pd.DataFrame, gap: pd.Series, cost: pd.Series | None = None) -> pd.DataFrame:
    """Return the policy that is least regretted, by what a yuan less of monthly gap is worth.

    loss(policy, world; w) = short_yuan_year + w gap_yuan_month, w in yuan a year for a yuan a month, 0 or more. The
    largest regret of a policy is piecewise linear in w: the turns are found exactly, where lines cross, on no grid.
    Worlds carry no probability. Source: METHODS 4 (regret).

    Args:
        short: policies (index) x worlds (columns): what no tier can bear, yuan a year.
        gap: policy to the gap it leaves, yuan a month.
        cost: policy to its cost, yuan a year, for ties; without it what is short in its worst world.

    Returns:
        from_worth, to_worth (the last infinite), policy: intervals that follow each other from 0, without one of length
        0. Of policies that are regretted alike over an interval the cheaper, then the first by name.

    Raises:
        ValueError: no policy or world, one that stands twice, other policies in one table than in the other, or an
            amount that is not known.
    """
    _refuse(short)
    dear = short.max(axis=1) if cost is None else cost
    for own in (gap, dear):
        if not own.index.is_unique or set(own.index) != set(short.index) or not np.isfinite(own.astype(float)).all():
            raise ValueError(f"gap and cost must be known, once, for {', '.join(map(str, short.index))}")
    policies = sorted(short.index, key=lambda one: (float(dear[one]), str(one)))
    worlds = [
        [Line(Fraction(float(short.at[one, world])), Fraction(float(gap[one]))) for one in policies] for world in short
    ]
    cuts = sorted({start for lines in worlds for start, _ in _lowest(lines, Fraction(0), None)})
    turns = [turn for start, end in pairwise([*cuts, None]) for turn in _least_regretted(worlds, start, end)]
    kept = [turn for before, turn in pairwise([(None, None), *turns]) if turn[1] != before[1]]
    starts = [float(start) for start, _ in kept]
    chosen = [policies[place] for _, place in kept]
    return pd.DataFrame({"from_worth": starts, "to_worth": [*starts[1:], np.inf], "policy": chosen})


def _least_regretted(
    worlds: Sequence[Sequence[Line]], start: Fraction, end: Fraction | None
) -> list[tuple[Fraction, int]]:
    """Return where each policy begins to be the least regretted, between two worths with one best policy a world."""
    best = [lines[_lowest(lines, start, end)[0][1]] for lines in worlds]
    largest = []
    for place in range(len(worlds[0])):
        regrets = [lines[place].less(least) for lines, least in zip(worlds, best, strict=True)]
        # The highest of several lines is the lowest of their mirror images.
        mirrored = [Line(-one.height, -one.slope) for one in regrets]
        largest.append([(begin, regrets[world]) for begin, world in _lowest(mirrored, start, end)])
    cuts = sorted({begin for pieces in largest for begin, _ in pieces})
    found = []
    for begin, until in pairwise([*cuts, end]):
        now = [[line for since, line in pieces if since <= begin][-1] for pieces in largest]
        found += _lowest(now, begin, until)
    return found


def _lowest(lines: Sequence[Line], start: Fraction, end: Fraction | None) -> list[tuple[Fraction, int]]:
    """Return which line lies lowest between two worths: where each begins to, and its place; of equal lines the first."""
    places = range(len(lines))
    place = min(places, key=lambda one: (lines[one].at(start), lines[one].slope, one))
    found = [(start, place)]
    while True:
        own = lines[place]
        flatter = [one for one in places if lines[one].slope < own.slope]
        if not flatter:
            return found
        crossings = ((_crossing(own, lines[one]), lines[one].slope, one) for one in flatter)
        here, _, place = min(crossings)
        if end is not None and here >= end:
            return found
        found.append((here, place))


def _crossing(one: Line, other: Line) -> Fraction:
    return (other.height - one.height) / (one.slope - other.slope)


def _refuse(table: pd.DataFrame) -> None:
    if table.empty or not (table.index.is_unique and table.columns.is_unique):
        raise ValueError("a table of losses names each policy and each world once, and at least one of both")
    if not np.isfinite(table.to_numpy(float)).all():
        raise ValueError("every loss must be known")
