"""Simulate one scenario: next year's floors, who must move, the cost and its range, who pays.

Central values, one-at-a-time changes, corners and draws are rows of one table of settings, so that each is
computed by the same function. Draws depend on the seed and the assumption alone: two policies, or two scenarios,
meet the same draws, and their difference is not noise.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.inputs.evidence import Evidence, worst_grade
from analysis.inputs.parameters.assumption import Assumption
from analysis.inputs.parameters.scenario import Scenario
from analysis.inputs.rules import Rule
from analysis.model import cost
from analysis.model.funding import Gate, capacity_yuan, gate
from analysis.model.simulate.case import OWN_SCHEDULE, RESIDENCES, Case, draw, persons_next, prepare
from analysis.model.simulate.cells import Floors

__all__ = ["Case", "Outcome", "draw", "outcome_of", "persons_next", "prepare", "simulate", "spending_by_tier"]
CENTRAL, UNFOLLOWED, FOLLOWED = 0, 1, 2
IDENTITY_YUAN = 1.0


@dataclass(frozen=True)
class Outcome:
    """What one scenario comes to.

    Attributes:
        case: what it was computed from; ``assumptions`` with every range filled in.
        cells: one row per area and residence, with the central parts of the cost beside the inputs.
        totals: extra cost of the province, yuan a year, by measure; ``draws`` is its shape (draws,).
        drawn: assumption id to its draws, shape (draws,).
        tiers: extra cost by tier: central and draws.
        spending: yuan a year of dibao and tekun by tier: now, next (with the rise), capacity (next year's, if assistance
            keeps its share of the budget).
        gate: whether every tier can bear it.
        upper_by_set: extra cost that the upper tiers bear under each share set, central.
        coverage: residence, published_persons, trend_persons, entrants_persons.
        swings: assumption, extra at its low and its high end, others central.

    In ``cells`` the columns ``*_central`` are the central case; ``mandated_yuan_month`` and ``extra_mandated`` are what
    the province's rules alone ask for (nobody follows who need not).
    """

    case: Case
    cells: pd.DataFrame
    totals: dict[str, float]
    draws: np.ndarray
    drawn: dict[str, np.ndarray]
    tiers: dict[str, dict[str, float]]
    spending: pd.DataFrame
    gate: Gate
    upper_by_set: dict[str, float]
    coverage: pd.DataFrame
    swings: pd.DataFrame

    @property
    def floors(self) -> Floors:
        """Provincial floors, now and next, with their steps."""
        return self.case.floors

    @property
    def assumptions(self) -> dict[str, Assumption]:
        """Every assumption with its range, measured or written."""
        return self.case.assumptions

    @property
    def costed(self) -> list[str]:
        """The assumptions that the cost of a rise can rest on."""
        return [name for name in self.case.assumptions if name not in OWN_SCHEDULE]


def simulate(evidence: Evidence, scenario: Scenario, rules: list[Rule]) -> Outcome:
    """Return what a scenario comes to, on one data package.

    Args:
        evidence: as known on the scenario's day.
        scenario: resolved.
        rules: the package's dated rules; the tekun multiple is read from them.

    Raises:
        DataRefused: the package lacks what the model needs.
        ParametersRefused: an assumption that the model needs is missing, or one is unknown to it.
        ValueError: the policy needs a driver that the package lacks, or an identity does not hold.
    """
    return outcome_of(prepare(evidence, scenario, rules))


def outcome_of(case: Case) -> Outcome:
    """Return what a scenario that is made ready comes to.

    Args:
        case: made ready.

    Raises:
        ValueError: an identity does not hold.
    """
    scenario = case.scenario
    cells, names = case.cells, list(case.assumptions)
    ends = {name: (float(a.low), float(a.central), float(a.high)) for name, a in case.assumptions.items()}
    one_by_one = {name: np.full(3 + 2 * len(names), ends[name][1]) for name in names}
    one_by_one["follow_share"][UNFOLLOWED], one_by_one["follow_share"][FOLLOWED] = 0.0, 1.0
    for position, name in enumerate(names):
        one_by_one[name][3 + 2 * position], one_by_one[name][4 + 2 * position] = ends[name][0], ends[name][2]
    parts = case.evaluate(one_by_one)
    _check_identity(parts)
    extra = parts["extra"].sum(axis=1)
    at_low, at_high = extra[3::2], extra[4::2]

    cheap = {name: ends[name][0 if low <= high else 2] for name, low, high in zip(names, at_low, at_high, strict=True)}
    dear = {name: ends[name][2 if low <= high else 0] for name, low, high in zip(names, at_low, at_high, strict=True)}
    drawn = case.draw()
    corners_and_draws = {name: np.concatenate([[cheap[name], dear[name]], drawn[name]]) for name in names}
    ranged = case.evaluate(corners_and_draws, wanted=("extra", "minimum_extra"))
    ranged_extra = ranged["extra"].sum(axis=1)

    area_class = cells["area_class"].to_numpy()
    tiers = _tiers(parts, ranged, area_class, scenario.shares.shares)
    central = {name: values[CENTRAL] for name, values in parts.items()}
    spending = spending_by_tier(case, parts)
    return Outcome(
        case=case,
        cells=cells.assign(
            **{f"{name}_central": values for name, values in central.items()},
            mandated_yuan_month=parts["next_standard"][UNFOLLOWED],
            extra_mandated=parts["extra"][UNFOLLOWED],
            floor_binds_mandated=parts["floor_binds"][UNFOLLOWED],
            **{
                f"extra_{tier}": values[0]
                for tier, values in _shared(parts, CENTRAL, area_class, scenario.shares.shares).items()
            },
        ),
        totals={
            "central": extra[CENTRAL],
            "mandated": extra[UNFOLLOWED],
            "followed": extra[FOLLOWED],
            "low": ranged_extra[0],
            "high": ranged_extra[1],
            "dibao_spending": central["dibao_spending"].sum(),
            "tekun_spending": central["tekun_spending"].sum(),
        },
        draws=ranged_extra[2:],
        drawn=drawn,
        tiers=tiers,
        spending=spending,
        gate=gate(spending["next_yuan_year"].to_dict(), spending["capacity_yuan_year"].to_dict()),
        upper_by_set={
            name: extra[CENTRAL] - float(_shared(parts, CENTRAL, area_class, one.shares)["local"].sum())
            for name, one in scenario.sharing.items()
        },
        coverage=_coverage(case.counts, central, cells),
        swings=pd.DataFrame({"assumption": names, "at_low_yuan_year": at_low, "at_high_yuan_year": at_high}),
    )


def _check_identity(parts: dict[str, np.ndarray]) -> None:
    """Refuse a run whose parts do not add up: 12 N (z'-z), the supplement floor, entrants, what is linked (METHODS 4)."""
    rise = parts["next_standard"] - parts["standard"]
    incumbent = cost.MONTHS * parts["persons"] * rise
    whole = incumbent + parts["supplement_floor"] + parts["entrant"] + parts["linked"]
    if np.abs(whole - parts["extra"]).max() > IDENTITY_YUAN or (rise < 0).any() or (parts["entrants"] < 0).any():
        raise ValueError("the parts of the cost do not add up to the whole")


def _shared(
    parts: dict[str, np.ndarray], row: int, area_class: np.ndarray, shares: dict, kind: str = "extra"
) -> dict[str, np.ndarray]:
    whole = parts["extra"] if kind == "extra" else parts["dibao_spending"] + parts["tekun_spending"]
    least = parts["minimum_extra" if kind == "extra" else "minimum_spending"]
    return cost.by_tier(least[row : row + 1], whole[row : row + 1], area_class, shares)


def spending_by_tier(case: Case, parts: dict[str, np.ndarray]) -> pd.DataFrame:
    """Return spending on dibao and tekun by tier: this year's, next year's with the rise, and what the budget lets grow.

    Source: METHODS 4.

    Args:
        case: made ready; the shares and the growth of the budget are those of its scenario's fiscal path.
        parts: as from ``case.evaluate``, arrays of shape (S, n) whose first row holds every assumption at its central
            value.

    Returns:
        tier (index), now_yuan_year, next_yuan_year, capacity_yuan_year.
    """
    shares, growth = case.scenario.shares.shares, float(case.scenario.fiscal.expenditure_growth_share)
    area_class = case.cells["area_class"].to_numpy()
    settings = {name: np.array([value]) for name, value in case.central().items()}
    before = case.evaluate(settings, year=case.scenario.base_year)
    now = _shared(before, 0, area_class, shares, "spending")
    without = _shared(parts, CENTRAL, area_class, shares, "spending")
    extra = _shared(parts, CENTRAL, area_class, shares)
    table = pd.DataFrame(
        {
            "tier": list(now),
            "now_yuan_year": [values.sum() for values in now.values()],
            "next_yuan_year": [without[tier].sum() + extra[tier].sum() for tier in now],
        }
    ).set_index("tier")
    capacity = [capacity_yuan(spent, growth) for spent in table["now_yuan_year"]]
    return table.assign(capacity_yuan_year=capacity)


def _tiers(
    parts: dict[str, np.ndarray], ranged: dict[str, np.ndarray], area_class: np.ndarray, shares: dict
) -> dict[str, dict[str, float]]:
    central = _shared(parts, CENTRAL, area_class, shares)
    drawn = cost.by_tier(ranged["minimum_extra"][2:], ranged["extra"][2:], area_class, shares)
    return {
        tier: {
            "central": float(central[tier].sum()),
            "p10": float(np.quantile(drawn[tier].sum(axis=1), 0.1)),
            "p90": float(np.quantile(drawn[tier].sum(axis=1), 0.9)),
        }
        for tier in central
    }


def _coverage(counts: pd.DataFrame, central: dict[str, np.ndarray], cells: pd.DataFrame) -> pd.DataFrame:
    last = counts.groupby("residence").last()
    here = {residence: (cells["residence"] == residence).to_numpy() for residence in RESIDENCES}
    return pd.DataFrame(
        {
            "residence": list(here),
            "published_persons": [last.at[residence, "persons"] for residence in here],
            "counted_on": [last.at[residence, "counted_on"] for residence in here],
            "trend_persons": [central["persons"][mask].sum() for mask in here.values()],
            "entrants_persons": [central["entrants"][mask].sum() for mask in here.values()],
            "grade": [last.at[residence, "grade"] for residence in here],
            "trend_grade": [worst_grade(counts.loc[counts["residence"] == residence, "grade"]) for residence in here],
        }
    )
