"""Ready: one scenario's case made from that of another, where the two see the same day, year and assumptions by name."""

from __future__ import annotations

from dataclasses import replace

from analysis.inputs.parameters.scenario import Scenario
from analysis.model.simulate.case import Case
from analysis.model.simulate.cells import Floors


def comparable(scenario: Scenario) -> tuple[object, ...]:
    """Return what two scenarios must share for one's areas, counts and measured ranges to be the other's."""
    assumed = tuple((name, one.scored) for name, one in scenario.assumptions.items())
    return scenario.dataset, scenario.as_of, scenario.base_year, assumed


def ready_like(other: Case, scenario: Scenario, floors: Floors) -> Case:
    """Return what :func:`analysis.model.simulate.prepare` makes of a scenario; the floors to come are its own.

    Args:
        other: the case of a comparable scenario.
        scenario: resolved.
        floors: of the scenario, as from :func:`analysis.model.simulate.cells.floors_of`.
    """
    measured = {name: one for name, one in other.assumptions.items() if one.scored}
    filled = {
        name: one.model_copy(update=measured[name].model_dump(include={"low", "high", "degrees_of_freedom"}))
        if one.scored
        else one
        for name, one in scenario.assumptions.items()
    }
    return replace(
        other,
        scenario=scenario.model_copy(update={"assumptions": filled}),
        floors=floors,
        cells=other.cells.assign(**_next(other, floors)),
    )


def _next(other: Case, floors: Floors) -> dict[str, list[float]]:
    """Return next year's minimum and supplement floor of each cell, NaN where not known."""
    code_of = {number: code for code, number in floors.classes.items()}
    keys = list(zip(other.cells["area_class"].map(code_of), other.cells["residence"], strict=True))
    found = {}
    for column, one in (("next_minimum_yuan_month", floors.standards), ("next_floor_yuan_month", floors.supplements)):
        table = one.floors.set_index(["area_code", "residence"])["next_yuan_month"].to_dict()
        found[column] = [table.get(key, float("nan")) for key in keys]
    return found
