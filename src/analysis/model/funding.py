"""Who pays a rise and whether it can be borne: implied shares, capacity, burden, the gate (METHODS 4)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

# A judgement and no published bound: the reference values of 2020 are 0.58 and 0.70, and a share well below both is
# read as a sign that money and model do not speak of the same thing.
LEAST_PLAUSIBLE_SHARE = 0.4
Verdict = Literal["feasible", "feasible_with_transfer", "infeasible"]


@dataclass(frozen=True)
class ImpliedShare:
    """The upper tiers' share of the cost that published money implies.

    Attributes:
        share: money over modelled cost.
        reading: what the share can mean, in words.
    """

    share: float
    reading: str


@dataclass(frozen=True)
class Gate:
    """Whether next year's spending can be borne, tier by tier.

    Attributes:
        verdict: ``feasible``, ``feasible_with_transfer`` or ``infeasible``.
        transfer_yuan: what the other tiers give the local tier on top of their own shares: the least that closes
            its gap, or all they can spare where that does not.
        short_yuan: what no tier can bear after the transfer; above 0 only where infeasible.
        headroom_by_tier: capacity less spending before any transfer, negative where the tier is short.
    """

    verdict: Verdict
    transfer_yuan: float
    short_yuan: float
    headroom_by_tier: Mapping[str, float]


def implied_upper_share(upper_money_yuan: float, modelled_total_yuan: float) -> ImpliedShare:
    """Return the share of the modelled cost that the upper tiers' published money would cover, and how to read it.

    money / modelled total, a share that may exceed 1. Source: METHODS 4.

    Args:
        upper_money_yuan: central and provincial money published for a year, not below 0.
        modelled_total_yuan: modelled spending of the same programmes and year, above 0.

    Raises:
        ValueError: money below 0 or a total not above 0.
    """
    if not (upper_money_yuan >= 0 and modelled_total_yuan > 0):
        raise ValueError(f"a share of {modelled_total_yuan} yuan cannot be {upper_money_yuan} yuan")
    share = upper_money_yuan / modelled_total_yuan
    if share > 1:
        reading = "above 1: the money covers more than the modelled programmes"
    elif share < LEAST_PLAUSIBLE_SHARE:
        reading = (
            f"below {LEAST_PLAUSIBLE_SHARE}: the money is an advance or one tier's only, or the model costs too much"
        )
    else:
        reading = "within"
    return ImpliedShare(share, reading)


def capacity_yuan(spending_now_yuan: ArrayLike, growth_share: ArrayLike) -> np.ndarray:
    """Return what a tier could spend next year if assistance kept its share of general public budget expenditure.

    spending x (1 + growth), yuan a year; NaN where either is missing. Source: METHODS 4.

    Args:
        spending_now_yuan: spending on the programmes this year, any shape.
        growth_share: growth of the tier's general public budget expenditure, broadcast against it.

    Raises:
        ValueError: expenditure that falls by more than everything.
    """
    growth = np.asarray(growth_share, float)
    if (growth < -1).any():
        raise ValueError("expenditure cannot fall by more than everything")
    return np.asarray(spending_now_yuan, float) * (1 + growth)


def gate(next_spending_yuan: Mapping[str, float], capacity_yuan: Mapping[str, float], local: str = "local") -> Gate:
    """Say whether each tier can bear its spending, and if not which transfer to the local tier would do.

    Yuan a year: headroom = capacity - spending; transfer = min(-local headroom, sum of the others' positive headroom);
    short = what is missing after it. Feasible where neither is above 0, infeasible where short is. Source: METHODS 4.

    Money moves to the local tier only, from what the others have left after their own spending; an upper tier that
    is short itself is helped by none. The local tier is taken as one: areas short inside it need their own gate.

    Args:
        next_spending_yuan: tier to spending next year.
        capacity_yuan: the same tiers to what each can spend; infinite for a tier without a bound.
        local: name of the tier that transfers go to.

    Raises:
        ValueError: other tiers in one mapping than in the other, no local tier, or an amount that is not a number.
    """
    if set(next_spending_yuan) != set(capacity_yuan) or local not in capacity_yuan:
        raise ValueError(
            f"spending of {sorted(next_spending_yuan)} and capacity of {sorted(capacity_yuan)} must name the same "
            f"tiers, {local} among them"
        )
    headroom = {tier: float(capacity_yuan[tier]) - float(spent) for tier, spent in next_spending_yuan.items()}
    unknown = sorted(tier for tier, left in headroom.items() if math.isnan(left))
    if unknown:
        raise ValueError(f"headroom is not a number for {', '.join(unknown)}")
    upper = [left for tier, left in headroom.items() if tier != local]
    gap = max(0.0, -headroom[local])
    transfer = min(gap, sum(left for left in upper if left > 0))
    short = gap - transfer + sum(-left for left in upper if left < 0)
    if short > 0:
        verdict: Verdict = "infeasible"
    elif transfer > 0:
        verdict = "feasible_with_transfer"
    else:
        verdict = "feasible"
    return Gate(verdict, float(transfer), float(short), headroom)


def burden_share(cost_yuan_year: ArrayLike, expenditure_yuan_year: ArrayLike) -> np.ndarray:
    """Return cost as a share of general public budget expenditure; NaN where either is missing.

    cost / expenditure, of the same year. Source: METHODS 4.

    Args:
        cost_yuan_year: cost of each area, any shape.
        expenditure_yuan_year: its expenditure in the same year, broadcast against it.

    Raises:
        ValueError: expenditure that is zero or negative.
    """
    expenditure = np.asarray(expenditure_yuan_year, float)
    if (expenditure <= 0).any():
        raise ValueError("expenditure must be above zero")
    return np.asarray(cost_yuan_year, float) / expenditure


def stressed_share(burden_change_share: ArrayLike, threshold_share: float) -> np.ndarray:
    """Return the share of areas whose burden rises by more than a threshold, over the last axis.

    #(change > threshold) / #(change known), 0 to 1. An area without a burden counts on neither side; NaN where no area
    has one. Source: METHODS 4.

    Args:
        burden_change_share: change of ``burden_share``, shape (..., n).
        threshold_share: the change above which an area is stressed.
    """
    change = np.asarray(burden_change_share, float)
    known = np.sum(~np.isnan(change), axis=-1)
    stressed = np.sum(change > threshold_share, axis=-1)
    return np.divide(stressed, known, out=np.full(known.shape, np.nan), where=known > 0)
