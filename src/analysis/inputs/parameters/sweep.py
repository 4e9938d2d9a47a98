"""The sweep: which values of which keys are crossed with which scenarios."""

from __future__ import annotations

import math
from typing import Annotated, Any

from pydantic import AfterValidator, Field, model_validator

from analysis.inputs.parameters.scenario import MOST_HORIZON
from analysis.inputs.parameters.values import Name, Share, Strict, Title, exact

MOST_COMBINATIONS = 50_000


def _distinct(values: list[Any]) -> list[Any]:
    """Refuse what is no plain value, and a value that stands twice: its combinations would."""
    seen = set()
    for value in values:
        if value is None or isinstance(value, list | dict):
            raise ValueError("allowed: plain values, such as [0.75, 0.8]")
        if (one := (isinstance(value, bool), exact(value))) in seen:
            raise ValueError(f"{value} stands twice")
        seen.add(one)
    return values


class Sweep(Strict):
    """Which values of which keys are crossed with which scenarios, and computed without notebooks.

    Attributes:
        scenarios: what the values are laid over.
        grid: dotted key to its values; every value meets every value of the other keys.
        draws: of the assumptions, instead of the scenarios' own (of several years: instead of a road's).
        years: after the base year: 1 gives the rows of ``30_next_year``, more those of the policy's path.
        by_area: whether the range of each area's cost is given too.
        target_share: the rural share of the urban minimum whose price the closing line names; that of the scenario's road
            by default.
    """

    id: Name
    title: Title
    question: Title
    scenarios: Annotated[list[str], Field(min_length=1), AfterValidator(_distinct)]
    grid: Annotated[
        dict[str, Annotated[list[Any], Field(min_length=1), AfterValidator(_distinct)]], Field(min_length=1)
    ]
    draws: Annotated[int, Field(ge=100, le=100_000)] | None = None
    years: Annotated[int, Field(ge=1, le=MOST_HORIZON)] = 1
    by_area: bool = False
    target_share: Share | None = None

    @property
    def count(self) -> int:
        """How many combinations there are."""
        return len(self.scenarios) * math.prod(len(values) for values in self.grid.values())

    @model_validator(mode="after")
    def _bounded(self) -> Sweep:
        if self.count > MOST_COMBINATIONS:
            raise ValueError(f"{self.count} combinations; allowed: {MOST_COMBINATIONS} at most")
        if self.draws is not None and "draws" in self.grid:
            raise ValueError("draws stands in the grid too; keep one")
        return self
