"""Simulate one scenario: next year's floors, who must move, the cost and its range, who pays.

Central values, one-at-a-time changes, corners and draws are rows of one table of settings, so that each is
computed by the same function. Draws depend on the seed and the assumption alone: two policies, or two scenarios,
meet the same draws, and their difference is not noise.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pandas as pd

from analysis.errors import DataRefused, ParametersRefused, nearest
from analysis.inputs.evidence import Evidence, worst_grade
from analysis.inputs.parameters import Assumption, Scenario
from analysis.inputs.rules import Rule, in_force
from analysis.model import caseload, cost
from analysis.model.simulate.cells import Floors, cells_of, floors_of, recipients

# Counts older than this say little of today's trend: from 2015 to 2019 urban recipients nearly halved.
TREND_SPAN_YEARS = 6
CENTRAL, UNFOLLOWED, FOLLOWED = 0, 1, 2


@dataclass(frozen=True)
class Outcome:
    """What one scenario comes to.

    Attributes:
        floors: provincial floors, now and next, with their steps.
        cells: one row per area and residence, with the central parts of the cost beside the inputs.
        totals: extra cost of the province, yuan a year, by measure; ``draws`` is its shape (draws,).
        tiers: extra cost by tier: central and draws.
        coverage: residence, published_persons, trend_persons, entrants_persons.
        swings: assumption, extra at its low and at its high end, others central.

    In ``cells`` the columns ``*_central`` are the central case; ``mandated_yuan_month`` and ``extra_mandated`` are what
    the province's rules alone ask for (nobody follows who need not).
    """

    floors: Floors
    cells: pd.DataFrame
    totals: dict[str, float]
    draws: np.ndarray
    tiers: dict[str, dict[str, float]]
    coverage: pd.DataFrame
    swings: pd.DataFrame


def draw(assumptions: dict[str, Assumption], seed: int, draws: int) -> dict[str, np.ndarray]:
    """Draw each assumption from a triangle between low and high with its mode at central; one not drawn stays central.

    Args:
        assumptions: by id; the stream of each depends on the seed and its id alone.
        seed: the scenario's seed.
        draws: how many.

    Returns:
        Assumption id to values, shape (draws,).
    """
    drawn = {}
    for name, assumption in assumptions.items():
        rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(zlib.crc32(name.encode()),)))
        low, mode, high = float(assumption.low), float(assumption.central), float(assumption.high)
        varied = assumption.drawn and low < high
        drawn[name] = rng.triangular(low, mode, high, draws) if varied else np.full(draws, mode)
    return drawn


NEEDED = {
    "follow_share", "unobserved_moved", "unobserved_above_minimum", "tekun_deviation", "caseload_deviation_urban", "caseload_deviation_rural", "response_share",
    "supplement_above_floor", "class1_supplement_growth", "allocation_need",
}  # fmt: skip


def simulate(evidence: Evidence, scenario: Scenario, rules: list[Rule]) -> Outcome:
    """Return what a scenario comes to, on one data package.

    Args:
        evidence: as known on the scenario's day.
        scenario: resolved.
        rules: the package's dated rules; the tekun multiple is read from them.

    Raises:
        DataRefused: the package lacks what the model needs.
        ParametersRefused: an assumption that the model needs is missing, or one is unknown to it.
        ValueError: the policy needs a driver that the package lacks.
    """
    floors = floors_of(evidence, scenario)
    cells = cells_of(evidence, scenario, floors)
    _refuse_assumptions(scenario, cells)
    multiples = in_force(rules, "multiple_of_dibao", scenario.base_year + 1, scenario.as_of)
    if not multiples:
        raise DataRefused(
            f"params/rules/{evidence.dataset}.yaml: no rule multiple_of_dibao known on {scenario.as_of}: the cost of tekun cannot be given"
        )
    counts, tekun = recipients(evidence, "dibao"), recipients(evidence, "tekun")

    def evaluated(settings: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        columns = {name: np.asarray(values, float)[:, None] for name, values in settings.items()}
        return cost.evaluate(
            cells,
            columns,
            {
                residence: persons_next(counts, residence, columns, scenario.base_year + 1)
                for residence in ("urban", "rural")
            },
            {
                residence: tekun_next(tekun, residence, columns, scenario.base_year + 1)
                for residence in ("urban", "rural")
            },
            float(multiples[0].value),
            Fraction(scenario.policy.rural_share.at_least),
            float(scenario.policy.round_urban.step_yuan),
        )

    names = list(scenario.assumptions)
    ends = {name: (float(a.low), float(a.central), float(a.high)) for name, a in scenario.assumptions.items()}
    one_by_one = {name: np.full(3 + 2 * len(names), ends[name][1]) for name in names}
    one_by_one["follow_share"][UNFOLLOWED], one_by_one["follow_share"][FOLLOWED] = 0.0, 1.0
    for position, name in enumerate(names):
        one_by_one[name][3 + 2 * position], one_by_one[name][4 + 2 * position] = ends[name][0], ends[name][2]
    parts = evaluated(one_by_one)
    extra = parts["extra"].sum(axis=1)
    at_low, at_high = extra[3::2], extra[4::2]

    cheap = {name: ends[name][0 if low <= high else 2] for name, low, high in zip(names, at_low, at_high, strict=True)}
    dear = {name: ends[name][2 if low <= high else 0] for name, low, high in zip(names, at_low, at_high, strict=True)}
    drawn = draw(scenario.assumptions, scenario.seed, scenario.draws)
    ranged = evaluated({name: np.concatenate([[cheap[name], dear[name]], drawn[name]]) for name in names})
    ranged_extra = ranged["extra"].sum(axis=1)

    shares = {area_class: dict(row) for area_class, row in scenario.fiscal.sharing.shares.items()}
    tiers = _tiers(parts, ranged, cells["area_class"].to_numpy(), shares)
    central = {name: values[CENTRAL] for name, values in parts.items()}
    return Outcome(
        floors=floors,
        cells=cells.assign(
            **{f"{name}_central": values for name, values in central.items()},
            mandated_yuan_month=parts["next_standard"][UNFOLLOWED],
            extra_mandated=parts["extra"][UNFOLLOWED],
            floor_binds_mandated=parts["floor_binds"][UNFOLLOWED],
        ),
        totals={
            "central": extra[CENTRAL],
            "mandated": extra[UNFOLLOWED],
            "followed": extra[FOLLOWED],
            "low": ranged_extra[0],
            "high": ranged_extra[1],
            "base_spending": parts["base_spending"][CENTRAL].sum(),
        },
        draws=ranged_extra[2:],
        tiers=tiers,
        coverage=_coverage(counts, central, cells),
        swings=pd.DataFrame({"assumption": names, "at_low_yuan_year": at_low, "at_high_yuan_year": at_high}),
    )


def persons_next(counts: pd.DataFrame, residence: str, settings: dict[str, np.ndarray], year: int) -> np.ndarray:
    """Return next year's recipients of a residence on their trend, shape (S, 1)."""
    own = counts[counts["residence"] == residence]
    own = own[own["counted_on"] >= own["counted_on"].max() - pd.DateOffset(years=TREND_SPAN_YEARS)]
    trend = caseload.trend_share_year(own["counted_on"], own["persons"]) + settings[f"caseload_deviation_{residence}"]
    return caseload.on_trend(own["persons"].iloc[-1], own["counted_on"].iloc[-1], trend, year)


def tekun_next(counts: pd.DataFrame, residence: str, settings: dict[str, np.ndarray], year: int) -> np.ndarray:
    """Return next year's tekun recipients of a residence: the last count, moved as assumed, shape (S, 1)."""
    last = counts[counts["residence"] == residence].iloc[-1]
    return caseload.on_trend(last["persons"], last["counted_on"], settings["tekun_deviation"], year)


def _refuse_assumptions(scenario: Scenario, cells: pd.DataFrame) -> None:
    needed = NEEDED | {f"class4_part_{city}" for city in cells["part_of"] if city}
    for name in sorted(set(scenario.assumptions) ^ needed):
        problem = "is missing" if name in needed else f"is not used by the model; {nearest(name, needed)}"
        raise ParametersRefused(f"assumptions: {name} {problem}")


def _tiers(
    parts: dict[str, np.ndarray], ranged: dict[str, np.ndarray], area_class: np.ndarray, shares: dict
) -> dict[str, dict[str, float]]:
    central = cost.by_tier(parts["minimum_extra"][:1], parts["extra"][:1], area_class, shares)
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
    here = {residence: (cells["residence"] == residence).to_numpy() for residence in ("urban", "rural")}
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
