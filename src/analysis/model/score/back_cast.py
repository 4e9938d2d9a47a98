"""Back-cast: each published minimum against the least that the rule of its year allowed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction

import pandas as pd

from analysis.inputs.evidence import SOURCED
from analysis.inputs.rules import Rule, in_force
from analysis.model.uprating import round_to_grid


def back_cast(minima: pd.DataFrame, rules: Sequence[Rule], as_of: date) -> pd.DataFrame:
    """Compare each published minimum with the least that the rule of its year allowed.

    Args:
        minima: area_code, year, residence, value_yuan_month, grade: one best row per cell.
        rules: dated rules; only those public on ``as_of`` count.
        as_of: the day of the plan.

    Returns:
        One row per class, residence (``both`` where town and country have one floor) and pair of neighbouring
        sourced years: before_yuan_month, published_yuan_month, rise_share, rule (id, empty where none is
        published), least_yuan_month (unrounded), rounded_up_yuan_month, excess_yuan_month (published less
        rounded up) and fit: exact, rounded up, to the nearest yuan, above, or no rule.
    """
    sourced = minima[minima["grade"].isin(SOURCED)]
    values = {
        (row.area_code, row.residence, row.year): Fraction(str(row.value_yuan_month)) for row in sourced.itertuples()
    }
    rows = []
    for area, residence, year in sorted(values, key=lambda cell: (cell[2], cell[0], cell[1] != "urban")):
        before = values.get((area, residence, year - 1))
        if before is None:
            continue
        now = values[area, residence, year]
        unified = values.get((area, "urban", year)) == values.get((area, "rural", year)) and values.get(
            (area, "urban", year - 1)
        ) == values.get((area, "rural", year - 1))
        if unified and residence == "rural":
            continue
        bounds = _bounds(list(rules), residence, unified, before, values.get((area, "urban", year)), year, as_of)
        rows.append(_row(area, "both" if unified else residence, year, before, now, bounds))
    columns = ["area_code", "residence", "year", "before_yuan_month", "published_yuan_month", "rise_share", "rule"]
    return pd.DataFrame(
        rows, columns=[*columns, "least_yuan_month", "rounded_up_yuan_month", "excess_yuan_month", "fit"]
    )


def _bounds(
    rules: list[Rule], residence: str, unified: bool, before: Fraction, urban: Fraction | None, year: int, as_of: date
) -> dict[str, Fraction]:
    sides = ("urban", "both") if unified else (residence, "both")
    bounds = {}
    for rule in in_force(rules, "rise_at_least", year, as_of):
        if rule.residence in sides and (rule.applies_to == "all" or not unified):
            bounds[rule.id] = before * (1 + Fraction(rule.value))
    if residence == "rural" and not unified and urban is not None:
        for rule in in_force(rules, "rural_share", year, as_of)[:1]:
            bounds[rule.id] = Fraction(rule.value) * urban
    return bounds


def _row(area: str, residence: str, year: int, before: Fraction, now: Fraction, bounds: dict[str, Fraction]) -> tuple:
    rule = max(bounds, key=lambda name: bounds[name], default="")
    head = (area, residence, year, float(before), float(now), float(now / before - 1), rule)
    if not rule:
        return (*head, float("nan"), float("nan"), float("nan"), "no rule")
    least = bounds[rule]
    up = round_to_grid(least)
    if now == least:
        fit = "exact"
    elif now == up:
        fit = "rounded up"
    elif now == round_to_grid(least, 1, "nearest"):
        fit = "to the nearest yuan"
    else:
        fit = "above" if now > up else "below"
    return (*head, float(least), float(up), float(now - up), fit)
