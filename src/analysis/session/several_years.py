"""Several years of one scenario, as a notebook asks for them: the policy's path, the cheapest road, what money bears."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING

import pandas as pd

from analysis.model.pathway import Path, pathway
from analysis.model.pathway.road import Road
from analysis.model.pathway.rows import path_rows, road_of
from analysis.model.simulate.rows.cost import cost_grade
from analysis.report import compared, tables
from analysis.report.charts.road import share_road
from analysis.report.facts import Facts
from analysis.report.style import Chart

if TYPE_CHECKING:
    from analysis.session.run import Run

MEASURES = ("path_", "road_", "largest_rise_")


class SeveralYears:
    """What several years of a run's scenario come to; computed when it is first asked for.

    Attributes:
        run: whose scenario it is.
    """

    def __init__(self, run: Run):
        self.run = run

    @functools.cached_property
    def path(self) -> Path:
        """The scenario's policy year by year."""
        return pathway(self.run.evidence, self.run.scenario, self.run.rules)

    @functools.cached_property
    def road(self) -> Road:
        """The cheapest road to what the scenario asks, or what stands in its way."""
        return road_of(self.path)

    @functools.cached_property
    def result(self) -> pd.DataFrame:
        """The result rows."""
        outcome = self.run.outcome
        return path_rows(self.run.evidence, self.path, self.road, cost_grade(outcome), outcome.costed)

    @functools.cached_property
    def facts(self) -> Facts:
        """Results by key, the package's history beside them."""
        table = pd.concat([self.run.history.result, self.result])
        return Facts(table, self.run.scenario.id, self.run.lang)

    def findings(self) -> list[str]:
        """Return what they come to, a sentence each."""
        return compared.road_findings(self.facts, self.run.wording.safe())

    def tables(self) -> dict[str, Callable[[], pd.DataFrame]]:
        """Return the tables by name."""
        makers = {"path": tables.path, "road": tables.road, "borne": tables.borne}
        return {name: functools.partial(self._made, make) for name, make in makers.items()}

    def _made(self, make: Callable[..., pd.DataFrame]) -> pd.DataFrame:
        return make(self.facts, self.run.wording)

    def charts(self) -> dict[str, Callable[[], Chart]]:
        """Return the charts by name."""
        return {"share_road": lambda: share_road(self.facts, self.run.wording, self.run.source("share_road"))}
