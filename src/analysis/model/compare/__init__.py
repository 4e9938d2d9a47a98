"""Scenarios side by side: what each comes to, which is dominated, what each difference is worth (METHODS 4)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analysis.model import timing
from analysis.model.compare.groups import GROUPS, differences, mixed
from analysis.model.compare.regrets import choices_by_worth, fiscal_table, regret
from analysis.model.compare.shapley import attribution, shapley_values, subsets
from analysis.model.gap import gap_table
from analysis.model.sensitivity.requests import ENVELOPE_LEVEL
from analysis.model.simulate import Outcome

__all__ = [
    "GROUPS", "attribution", "choices_by_worth", "compare", "differences", "dominated", "fiscal_table", "headline", "mixed",
    "regret", "shapley_values", "subsets",
]  # fmt: skip
DEARNESS, WIDTH, SHORT = "extra_cost_yuan_year", "gap_yuan_month", "short_yuan_year"


def compare(outcomes: Mapping[str, Outcome]) -> pd.DataFrame:
    """Set scenarios side by side.

    Source: METHODS 4 (comparison).

    Args:
        outcomes: scenario id to what it comes to; of one package.

    Returns:
        Scenario id (index), the measures of :func:`headline`, and dominated_by: the scenario that costs no more and
        leaves no wider gap, as from :func:`dominated`, empty where none does.

    Raises:
        ValueError: no scenario.
    """
    if not outcomes:
        raise ValueError("nothing to compare: give at least one outcome")
    table = pd.DataFrame({name: headline(outcome) for name, outcome in outcomes.items()}).T
    points = table[["extra_cost", "minimum_gap"]].set_axis([DEARNESS, WIDTH], axis=1)
    return table.assign(dominated_by=dominated(points)).rename_axis("scenario")


def headline(outcome: Outcome) -> dict[str, float]:
    """Return what is compared of one scenario.

    Source: METHODS 4 (comparison).

    Args:
        outcome: what the scenario comes to.

    Returns:
        Measure to value, named as in the results: extra_cost (central), envelope_for_90_percent, extra_cost_upper and
        extra_cost_local (who bears the central cost), short_of_capacity, all yuan a year; minimum_gap (yuan a month) and
        minimum_rural_urban_ratio of next year, in the class whose gap is widest in the base year; arrears (yuan).
    """
    extra, gap = outcome.totals["central"], _gap_next_year(outcome)
    local = outcome.tiers["local"]["central"]
    return {
        "extra_cost": float(extra),
        "envelope_for_90_percent": float(np.quantile(outcome.draws, ENVELOPE_LEVEL)),
        "extra_cost_upper": sum(tier["central"] for tier in outcome.tiers.values()) - local,
        "extra_cost_local": local,
        "short_of_capacity": outcome.gate.short_yuan,
        "minimum_gap": float(gap["gap_yuan_month"]),
        "minimum_rural_urban_ratio": float(gap["rural_urban_ratio"]),
        "arrears": float(timing.arrears_yuan(extra, outcome.case.scenario.timing.pay_month)),
    }


def _gap_next_year(outcome: Outcome) -> pd.Series:
    """Return next year's gap of the class whose gap is widest in the base year, the first of several."""
    floors, base = outcome.floors.standards.floors, outcome.case.scenario.base_year
    years = {base: "now_yuan_month", base + 1: "next_yuan_month"}
    parts = [
        floors[["area_code", "residence"]].assign(year=year, value_yuan_month=floors[column])
        for year, column in years.items()
    ]
    table = gap_table(pd.concat(parts, ignore_index=True)).set_index(["year", "area_code"])
    return table.loc[(base + 1, table.loc[base, "gap_yuan_month"].idxmax())]


def dominated(points: pd.DataFrame) -> pd.Series:
    """Return for each scenario the one that dominates it: no dearer, no wider gap, one of the two strictly better.

    Only these are weighed. How high the standards are is not: where a rise widens the gap in yuan, to raise nothing
    dominates it. Two equal points do not dominate each other. Source: METHODS 4 (comparison).

    Args:
        points: scenario id (index), extra_cost_yuan_year, gap_yuan_month, and where given short_yuan_year, which then
            must be no larger either.

    Returns:
        Scenario id to the id of its dominator, empty where there is none; of several the cheapest, ties by name.

    Raises:
        ValueError: a scenario that stands twice, or a value that is not known.
    """
    values = points[[DEARNESS, WIDTH, *([SHORT] if SHORT in points else [])]].astype(float)
    if not values.index.is_unique or values.isna().any(axis=None):
        raise ValueError("every scenario stands once, with a cost and a gap that are known")
    found = {}
    for name, own in values.iterrows():
        better = values[(values <= own).all(axis=1) & (values < own).any(axis=1)]
        ranked = better.rename_axis("id").reset_index().sort_values([DEARNESS, "id"])
        found[name] = ranked["id"].iloc[0] if len(ranked) else ""
    return pd.Series(found, index=points.index, dtype=object)
