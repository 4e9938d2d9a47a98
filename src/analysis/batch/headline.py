"""Headline: what the closing table of a batch says of one scenario, read from its results without loading the model."""

from __future__ import annotations

import csv
from pathlib import Path

MILLION = 1e6


def headline(path: Path) -> tuple[str, str, str] | None:
    """Return a scenario's least rural share of next year's minima, its extra cost and what is short of capacity.

    Args:
        path: a scenario's ``results.csv``.

    Returns:
        Ratio; low, central and high in millions a year; millions a year. None where there are no such results.
    """
    if not path.is_file():
        return None
    with path.open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["measure"] in _ASKED]
    whole = min((row["area_code"] for row in rows if row["measure"] == "extra_cost"), default="")
    year = max((row["year"] for row in rows if row["measure"] == "extra_cost"), default="")
    ratios = [
        float(row["value"]) for row in rows if row["measure"] == "minimum_rural_urban_ratio" and row["year"] == year
    ]
    amounts = {
        (row["measure"], row["statistic"]): float(row["value"]) / MILLION
        for row in rows
        if row["area_code"] == whole and row["year"] == year and not row["tier"] and not row["component"]
    }
    if not ratios or ("extra_cost", "central") not in amounts:
        return None
    low, central, high = (
        amounts.get(("extra_cost", name), amounts["extra_cost", "central"]) for name in ("low", "central", "high")
    )
    short = amounts.get(("short_of_capacity", "central"), 0.0)
    return f"{min(ratios):.3f}", f"{low:,.0f} - {central:,.0f} - {high:,.0f}", f"{short:,.0f}"


_ASKED = ("extra_cost", "minimum_rural_urban_ratio", "short_of_capacity")
