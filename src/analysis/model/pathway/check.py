"""Check: whether floors of several years meet what was asked of them, in exact arithmetic and apart from any solver."""

from __future__ import annotations

import itertools
from fractions import Fraction
from typing import TYPE_CHECKING

import pandas as pd

from analysis.model.pathway.floors import wide
from analysis.model.simulate import Case
from analysis.model.uprating import round_to_grid

if TYPE_CHECKING:
    from analysis.model.pathway import Path
    from analysis.model.pathway.road import Ask

YUAN = 1.0


def unmet(case: Case, policy_floors: pd.DataFrame, path: Path, ask: Ask) -> list[str]:
    """Return what the floors of a road do not meet, one line each; empty where they meet all.

    Looked at, year by year: the rounding grid, the ratchet, the policy's urban floors, the order of classes, the rural
    share and the target in the minima and in force, one standard where there is one, town not below country, the ceiling,
    the largest rise, standards in force not below their floor nor falling, and the envelopes against the true cost.

    Args:
        case: made ready.
        policy_floors: the policy's own floors, as handed to the road.
        path: of the road's floors.
        ask: what was asked.
    """
    floors, wanted = _exact(wide(path.floors)), _exact(wide(policy_floors))
    found: list[str] = []
    for before, year in itertools.pairwise(floors):
        found += [f"{year}: {line}" for line in _year(case, floors, wanted, before, year, ask)]
    found += _in_force(case, path, ask)
    for year, most in ask.envelopes_yuan.items():
        if path.money.at[year, "extra"] > most + YUAN:
            found.append(f"{year}: {path.money.at[year, 'extra']:.0f} yuan, more than the envelope of {most:.0f}")
    return found


def _exact(table: pd.DataFrame) -> dict[int, dict[tuple[str, str], Fraction]]:
    return {year: {cell: Fraction(str(value)) for cell, value in line.items()} for year, line in table.iterrows()}


def _year(case: Case, floors: dict, wanted: dict, before: int, year: int, ask: Ask) -> list[str]:
    policy, base, here, found = case.scenario.policy, floors[min(floors)], floors[year], []
    slack = ask.slack_yuan_month
    for cell, value in here.items():
        now, name = base[cell], f"{cell[0]} {cell[1]} at {float(value):g}"
        grid = policy.round_urban if cell[1] == "urban" else policy.round_rural
        if round_to_grid(value, grid.step_yuan) != value:
            found.append(f"{name} is off the grid")
        if policy.ratchet.on and value < floors[before][cell] - slack.get("ratchet", 0):
            found.append(f"{name} falls")
        if cell[1] == "urban" and value < now + ask.urban_rise_share * (wanted[year][cell] - now):
            found.append(f"{name} is below the policy's urban floor")
        if ask.largest_rise_share is not None and value > floors[before][cell] * (1 + ask.largest_rise_share):
            found.append(f"{name} rises by more than {float(ask.largest_rise_share):g}")
        wage = case.floors.wages.get(cell[0])
        if policy.ceiling.on and wage is not None:
            share = min(policy.ceiling.of_minimum_wage_share, policy.ceiling.unemployment_benefit_of_minimum_wage_share)
            if value > max(Fraction(share) * Fraction(wage), now) + slack.get("ceiling", 0):
                found.append(f"{name} is above the ceiling")
    return found + _between(case, base, here, year, ask)


def _between(case: Case, base: dict, here: dict, year: int, ask: Ask) -> list[str]:
    policy, order, found = case.scenario.policy, case.floors.order, []
    if policy.class_order.on:
        loose = ask.slack_yuan_month.get("class_order", 0)
        for side, (higher, lower) in itertools.product(("urban", "rural"), itertools.pairwise(order)):
            if here[higher, side] < here[lower, side] - loose:
                found.append(f"{higher} {side} is below {lower}")
    for code in order:
        urban, rural = here[code, "urban"], here[code, "rural"]
        if base[code, "urban"] == base[code, "rural"] and policy.unified_stay_unified.on and urban != rural:
            found.append(f"{code} is no longer one for town and country")
        if base[code, "rural"] <= base[code, "urban"] and not _share_of(case, year, ask) * urban <= rural <= urban:
            found.append(f"{code}: rural {float(rural):g} of urban {float(urban):g} is outside what is asked")
    return found


def _share_of(case: Case, year: int, ask: Ask) -> Fraction:
    own = Fraction(case.scenario.policy.rural_share.at_least) if ask.rural_share is None else ask.rural_share
    return max(own, ask.target_share) if ask.target_share is not None and year >= ask.by_year else own


def _in_force(case: Case, path: Path, ask: Ask) -> list[str]:
    code_of, floors = {number: code for code, number in case.floors.classes.items()}, _exact(wide(path.floors))
    number = case.cells.drop_duplicates("area_code").set_index("area_code")["area_class"]
    columns = ("year", "area_code", "residence", "standard_yuan_month")
    paid = {
        (year, area, side): Fraction(str(value))
        for year, area, side, value in zip(*(path.standards[name] for name in columns), strict=True)
    }
    found = []
    for (year, area, side), value in paid.items():
        before, name = paid.get((year - 1, area, side)), f"{year}: {area} {side} at {float(value):g}"
        if before is None:
            continue
        if value < before:
            found.append(f"{name} falls")
        if value < floors[year][code_of[number[area]], side]:
            found.append(f"{name} is below its floor")
        if side == "rural" and value < min(_share_of(case, year, ask), Fraction(1)) * paid[year, area, "urban"]:
            found.append(f"{name} is below its share of the urban standard")
    return found
