"""Alternatives: what another way to allocate recipients, or another response to the line, would make of the cost."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.inputs.evidence import Evidence
from analysis.model import cost
from analysis.model.caseload import between_counts
from analysis.model.caseload.response import lognormal_fit, lognormal_recipients
from analysis.model.simulate import Outcome

# Where no take-up is known every resident is taken to be within reach of the programme.
TAKE_UP_SHARE = 1.0
ALLOCATIONS = ("need", "line")


def responses(outcome: Outcome) -> pd.DataFrame:
    """Return entrants and extra cost under each model of how recipients respond to the line (METHODS 4, A to D).

    ``trend`` lets nobody enter; ``default`` takes the assumed share of the power tail's bound; ``power_tail`` is
    that bound, an upper one; ``lognormal`` fits incomes of each area's residents to its recipients and supplement.

    Returns:
        model, entrants_persons, extra_yuan_year, each with every other assumption central.
    """
    case = outcome.case
    central = case.central()
    shares = {"trend": 0.0, "default": central["response_share"], "power_tail": 1.0}
    settings = {name: np.full(len(shares), value) for name, value in central.items()}
    settings["response_share"] = np.array(list(shares.values()))
    parts = case.evaluate(settings)
    rows = [(model, parts["entrants"][row].sum(), parts["extra"][row].sum()) for row, model in enumerate(shares)]
    none = {name: values[0] for name, values in parts.items()}
    population = case.cells["population_persons"].to_numpy(float)
    fit = lognormal_fit(none["standard"], none["supplement"], none["persons"], population, TAKE_UP_SHARE)
    after = lognormal_recipients(fit, none["next_standard"], population, TAKE_UP_SHARE)
    entrants = np.maximum(after - none["persons"], 0.0)
    rise = none["next_standard"] - none["standard"]
    entering = cost.MONTHS * entrants * cost.ENTRANT_SHARE_OF_RISE * rise
    rows.append(("lognormal", entrants.sum(), none["extra"].sum() + entering.sum()))
    return pd.DataFrame(rows, columns=["model", "entrants_persons", "extra_yuan_year"])


def allocations(outcome: Outcome, evidence: Evidence) -> pd.DataFrame:
    """Return two allocations of recipients to areas, each with its check and its cost.

    ``need`` leans to places where people spend less; ``line`` leans to places where the minimum is high against what
    people spend. The one city whose recipients are published is the check, in the last year it published.

    Returns:
        allocation, area_code, year, residence, published_persons, allocated_persons, and, the same on every line of an
        allocation, extra_yuan_year; without a check the published columns are NA.
    """
    case = outcome.case
    settings = {name: np.array([[value]]) for name, value in case.central().items()}
    flat = {name: values[0] for name, values in settings.items()}
    published = _published(evidence)
    rows = []
    for allocation in ALLOCATIONS:
        cells = case.cells if allocation == "need" else _by_line(case.cells)
        extra = float(case.evaluate(flat, cells=cells)["extra"].sum())
        weights = pd.Series(
            cost.allocation_weights(cells, settings)[0], pd.MultiIndex.from_frame(cells[["area_code", "residence"]])
        )
        for row in published.itertuples():
            own = case.counts[case.counts["residence"] == row.residence]
            allocated = between_counts(own, row.year) * weights.get((row.area_code, row.residence), float("nan"))
            rows.append((allocation, row.area_code, row.year, row.residence, row.value, row.grade, allocated, extra))
        if published.empty:
            rows.append((allocation, "", 0, "", float("nan"), "", float("nan"), extra))
    columns = [
        "allocation", "area_code", "year", "residence", "published_persons", "grade", "allocated_persons", "extra_yuan_year",
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def _published(evidence: Evidence) -> pd.DataFrame:
    rows = evidence.best("dibao", "recipients")
    rows = rows[rows["area_code"].map(evidence.areas["level"]).eq("city") & (rows["residence"] != "both")]
    rows = rows[rows["period"] == "Y"]
    return rows[rows["year"] == rows.groupby("area_code")["year"].transform("max")]


def _by_line(cells: pd.DataFrame) -> pd.DataFrame:
    """Weigh areas by consumption over the rural minimum, so that a high line against it draws recipients."""
    rural = cells[cells["residence"] == "rural"].groupby("area_class")["minimum_yuan_month"].first()
    line = cells["area_class"].map(rural)
    return cells.assign(consumption_yuan_year=cells["consumption_yuan_year"] / (12 * line))
