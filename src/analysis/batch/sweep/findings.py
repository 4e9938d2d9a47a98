"""Findings: the one line that a combination comes to, and what all of them say together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import pandas as pd

from analysis.inputs.parameters.scenario import Scenario
from analysis.inputs.parameters.sweep import Sweep

MILLION = 1e6
# Columns that are empty in a row of the whole.
_PARTS = ("tier", "component", "residence", "programme")


@dataclass(frozen=True)
class Finding:
    """What one combination comes to.

    Attributes:
        scenario: its id.
        base: the scenario under it.
        values: swept key to value.
        area: the class with the widest gap in its minima in the base year; empty where town and country are one.
        year: the last that was computed.
        urban: minimum of that class and year, yuan/person/month.
        rural: the same in the country.
        extra: extra cost of that year against no rise, every assumption central, yuan a year; p10, p50 and p90 beside it.
        short: what no tier can bear in the worst year, yuan.
        target: the rural share that its scenario's road asks for; None where it asks for none.
    """

    scenario: str
    base: str
    values: Mapping[str, Any]
    area: str
    year: int
    urban: float
    rural: float
    extra: dict[str, float]
    short: float
    target: Fraction | None

    def reaches(self, share: Fraction) -> bool:
        """Whether the rural minimum is such a share of the urban one."""
        return bool(self.area) and Fraction(str(self.rural)) >= share * Fraction(str(self.urban))


def finding_of(rows: pd.DataFrame, scenario: Scenario, base: str, values: Mapping[str, Any]) -> Finding:
    """Read a combination's line out of its rows.

    Args:
        rows: next year's, or those of a path.
        scenario: resolved.
        base: name of the scenario under it.
        values: swept key to value.
    """
    prefix, gap = ("path_", "path_gap") if "path_gap" in set(rows["measure"]) else ("", "minimum_gap")
    wanted = {gap, *(f"{prefix}{name}" for name in ("minimum_standard", "extra_cost", "capacity", "short_of_capacity"))}
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in wanted}
    for row in rows[rows["measure"].isin(wanted)].astype(object).to_dict("records"):
        found[row["measure"]].append(row)
    floors, whole = found[f"{prefix}minimum_standard"], found[f"{prefix}capacity"][0]["area_code"]
    year = max(row["year"] for row in floors)
    gaps = {row["area_code"]: row["value"] for row in found[gap] if row["year"] == str(scenario.base_year)}
    area = max(sorted(gaps), key=gaps.__getitem__, default="")
    area = area if area and gaps[area] > 0 else ""
    here = {row["residence"]: row["value"] for row in floors if (row["area_code"], row["year"]) == (area, year)}
    extra = {
        row["statistic"]: row["value"]
        for row in found[f"{prefix}extra_cost"]
        if (row["area_code"], row["year"]) == (whole, year) and not any(row[name] for name in _PARTS)
    }
    target = scenario.road.target_share
    return Finding(
        scenario=scenario.id,
        base=base,
        values=dict(values),
        area=area,
        year=int(year),
        urban=float(here.get("urban", 0.0)),
        rural=float(here.get("rural", 0.0)),
        extra=extra,
        short=max(row["value"] for row in found[f"{prefix}short_of_capacity"]),
        target=None if target is None else Fraction(target),
    )


def table(found: Sequence[Finding]) -> pd.DataFrame:
    """Return one line per combination, as they were given: its values, what it costs, what is left of the gap."""
    return pd.DataFrame(
        {
            "scenario": one.scenario,
            "base_scenario": one.base,
            **{key: str(value) for key, value in one.values.items()},
            "year": one.year,
            "area_code": one.area,
            "urban_minimum_yuan_month": one.urban,
            "rural_minimum_yuan_month": one.rural,
            "gap_yuan_month": round(one.urban - one.rural, 2),
            **{f"extra_cost_{name}_yuan_year": round(one.extra[name]) for name in ("central", "p10", "p50", "p90")},
            "short_yuan": round(one.short),
        }
        for one in found
    )


def said(values: Mapping[str, Any]) -> str:
    """Name a combination by its values."""
    return ", ".join(f"{key}={value}" for key, value in values.items())


def sentences(sweep: Sweep, found: Sequence[Finding]) -> list[str]:
    """Return what the combinations say together: how many can be borne, and what closing the gap to a share costs."""
    if not found:
        return ["no combination ended well"]
    borne = sum(not one.short for one in found)
    when = f"in {found[0].year}" if sweep.years == 1 else f"in every year to {found[0].year}"
    lines = [
        f"{len(found)} combinations: the budget bears {borne} of them {when}, {len(found) - borne} leave a tier short"
    ]
    share = next((one.target for one in found if one.target is not None), None)
    share = share if sweep.target_share is None else Fraction(sweep.target_share)
    by_cost = sorted(found, key=lambda one: (one.extra["central"], one.scenario))
    if share is None:
        return [*lines, f"cheapest: {_priced(by_cost[0])}; dearest: {_priced(by_cost[-1])}"]
    reaching = [one for one in by_cost if one.reaches(share)]
    goal = f"a rural minimum of {float(share):g} of the urban one, in {found[0].year}"
    if not reaching:
        nearest = max(by_cost, key=lambda one: one.rural / one.urban if one.urban else 0.0)
        reached = f"{nearest.rural / nearest.urban:.4f}, " if nearest.urban else ""
        return [*lines, f"{goal}: none reaches it; the nearest: {reached}{_priced(nearest)}"]
    lines.append(
        f"{goal}: {len(reaching)} reach it; cheapest: {_priced(reaching[0])}; dearest: {_priced(reaching[-1])}"
    )
    return lines


def _priced(one: Finding) -> str:
    short = f", {one.short / MILLION:,.0f} million of it borne by no tier" if one.short else ""
    return f"{one.extra['central'] / MILLION:,.0f} million yuan a year more{short} ({one.scenario}: {said(one.values)})"
