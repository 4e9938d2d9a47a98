"""Floors of several years: what a policy makes of them, year after year, and where they stand beside each other."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pandas as pd

from analysis.inputs.evidence import Evidence
from analysis.inputs.parameters.policy import CatchUp, Policy
from analysis.inputs.parameters.scenario import MOST_HORIZON
from analysis.model.simulate import Case
from analysis.model.simulate.expectations import expected_drivers
from analysis.model.uprating import Cell, Uprated, uprate, uprate_supplement_floors

COLUMNS = ["year", "area_code", "residence", "minimum_yuan_month", "supplement_floor_yuan_month"]
Exact = dict[Cell, Fraction]


def policy_floors(evidence: Evidence, case: Case, horizon: int, policy: Policy | None = None) -> pd.DataFrame:
    """Return the floors of the base year and of each year to the horizon under a policy, yuan/person/month.

    Each year's floors are the ten steps of the uprating applied to those of the year before. The minimum wage behind the
    ceiling stays where it was last published; prices and incomes go on as next year's are expected. Source: METHODS 4
    (path).

    Args:
        evidence: as known on the scenario's day.
        case: made ready.
        horizon: years after the base year, 1 to 10.
        policy: another than the scenario's.

    Returns:
        year, area_code (class), residence, minimum_yuan_month, supplement_floor_yuan_month (NaN where not known).

    Raises:
        DataRefused: a series that the policy's rule needs is not known.
        ValueError: a horizon outside 1 to 10, or a driver that the package lacks.
    """
    if not 1 <= horizon <= MOST_HORIZON:
        raise ValueError(f"a horizon of {horizon} years; allowed: 1 to {MOST_HORIZON}")
    policy = policy or case.scenario.policy
    base = case.scenario.base_year
    minima, supplements = start = tuple(floors_now(one) for one in (case.floors.standards, case.floors.supplements))
    unified = {area for area, _ in minima if minima[area, "urban"] == minima[area, "rural"]}
    chain, years = dict(minima), [_year(base, minima, supplements)]
    for ahead in range(1, horizon + 1):
        # A peg keeps the share that the floor had in the base year, not in the year before.
        drivers = [
            expected_drivers(evidence, policy, floors, base, case.floors.wages, unified, ahead) for floors in start
        ]
        year_policy = _held(policy, base + ahead)
        risen = uprate(minima, year_policy, drivers[0], case.floors.order, chain=chain, base_year=base + ahead - 1)
        lifted = uprate_supplement_floors(supplements, year_policy, drivers[1], unified)
        minima, supplements = _next(risen), _next(lifted)
        chain = _next(risen, "unratcheted_yuan_month")
        years.append(_year(base + ahead, minima, supplements))
    return pd.concat(years, ignore_index=True)


def _held(policy: Policy, year: int) -> Policy:
    """Return the policy of a year: once the target year of a catch-up has passed, its share is kept."""
    catch_up = policy.catch_up
    if catch_up.kind != "target" or year <= catch_up.target_year:
        return policy
    least = max(policy.rural_share.at_least, catch_up.target_ratio)
    return policy.model_copy(
        update={"catch_up": CatchUp(), "rural_share": policy.rural_share.model_copy(update={"at_least": least})}
    )


def floors_now(uprated: Uprated) -> Exact:
    """Return the floors in force of an uprating, exact."""
    return _next(uprated, "now_yuan_month")


def wide(floors: pd.DataFrame, column: str = "minimum_yuan_month") -> pd.DataFrame:
    """Return one column of floors by year (rows) and by (area_code, residence) (columns)."""
    return floors.pivot(index="year", columns=["area_code", "residence"], values=column)


def shares(floors: pd.DataFrame) -> pd.DataFrame:
    """Return the rural share of the urban minimum by year (rows) and area code (columns)."""
    table = wide(floors)
    return table.xs("rural", axis=1, level=1) / table.xs("urban", axis=1, level=1)


def _next(uprated: Uprated, column: str = "next_yuan_month") -> Exact:
    # Floors stand on a decimal grid, so that their shortest decimal is exact.
    table = uprated.floors
    keys = zip(table["area_code"], table["residence"], strict=True)
    return {key: Fraction(str(value)) for key, value in zip(keys, table[column], strict=True)}


def _year(year: int, minima: Exact, supplements: Exact) -> pd.DataFrame:
    lines = [
        (year, *cell, float(value), float(supplements.get(cell, np.nan))) for cell, value in sorted(minima.items())
    ]
    return pd.DataFrame(lines, columns=COLUMNS)
