"""The scenarios of a batch side by side, as a notebook and the memo ask for them."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING

import pandas as pd

from analysis.inputs.parameters.scenario import Scenario
from analysis.model.compare.rows import comparison_rows
from analysis.model.simulate import simulate
from analysis.report import charts, compared, tables
from analysis.report.charts.ladder import ladder
from analysis.report.charts.multiples import scenario_multiples
from analysis.report.charts.road import frontier
from analysis.report.facts import Facts
from analysis.report.style import Chart
from analysis.report.tables.comparison import Comparison, stored_headline
from analysis.session import COMPARED
from analysis.session.record import stored_results

if TYPE_CHECKING:
    from analysis.session.run import Run


class SideBySide:
    """What the scenarios of a run's batch come to beside each other; computed when it is first asked for.

    Attributes:
        run: whose batch it is.
        scenarios: by id, the proposed one first.
        titles: scenario id to title, in the order of the batch.
    """

    def __init__(self, run: Run):
        self.run = run
        order = sorted(run.scenarios.values(), key=lambda one: one.id != run.scenario.id)
        self.scenarios: dict[str, Scenario] = {one.id: one for one in order}
        self.titles = {one.id: one.title.in_language(run.lang) for one in run.scenarios.values()}

    @functools.cached_property
    def result(self) -> pd.DataFrame:
        """The result rows; taken from the run's folder where they were made from the same inputs."""
        run = self.run
        stored = stored_results(run.out_dir / COMPARED, run.inputs(COMPARED)) if run.out_dir else None
        if stored is not None:
            return stored
        return comparison_rows(
            run.evidence, run.scenario.id, run.outcomes, lambda one: simulate(run.evidence, one, run.rules)
        )

    def facts(self, *, marked: bool = False) -> dict[str, Facts]:
        """Return each scenario's results by key, those of the comparison among them; the proposed one first."""
        table = pd.concat([self.run.result, self.result])
        return {name: Facts(table, name, self.run.lang, marked) for name in self.scenarios}

    @functools.cached_property
    def comparison(self) -> Comparison:
        """The scenarios beside the proposed one."""
        table, whole = self.run.result, self.run.evidence.whole
        headlines = {name: stored_headline(table[table["scenario"] == name], name, whole) for name in self.scenarios}
        made = Comparison(self.scenarios, headlines, self.run.wording)
        made.take_stored(self.result)
        return made

    @functools.cached_property
    def points(self) -> dict[str, tuple[float, float, str]]:
        """Scenario to its gap (yuan a month), its extra cost (yuan a year) and who dominates it."""
        better, headlines = self.comparison.dominated(), self.comparison.headlines
        return {name: (one["minimum_gap"], one["extra_cost"], better[name]) for name, one in headlines.items()}

    def findings(self, facts: dict[str, Facts] | None = None) -> list[str]:
        """Return the four findings, a sentence each."""
        facts = facts or self.facts()
        return compared.findings(facts, self.points, self.widest(facts), self.titles, self.run.wording.safe())

    def widest(self, facts: dict[str, Facts]) -> str:
        """Return the class whose gap is widest in the base year."""
        own = facts[self.run.scenario.id]
        return charts.separate_class(own) or charts.class_codes(own)[0]

    def tables(self) -> dict[str, Callable[[], pd.DataFrame]]:
        """Return the tables by name."""
        run = self.run
        worlds = {one.fiscal.id: one.fiscal.title.in_language(run.lang) for one in run.scenarios.values()}
        return {
            "beside": lambda: self.comparison.beside(),
            "differing": lambda: self.comparison.differing(),
            "worths": lambda: self.comparison.worths(),
            "frontier": lambda: tables.frontier(self.facts()[run.scenario.id], run.wording),
            "regrets": lambda: tables.regrets(self.result, self.titles, worlds, run.wording),
        }

    def charts(self) -> dict[str, Callable[[], Chart]]:
        """Return the charts by name."""
        return {"frontier": self._frontier, "ladder": self._ladder, "scenario_multiples": self._multiples}

    def _multiples(self) -> Chart:
        run = self.run
        facts = {one.id: run.facts_of(name) for name, one in run.scenarios.items()}
        source, widest = run.source("scenario_multiples"), self.widest(facts)
        return scenario_multiples(facts, run.wording, source, run.scenario.id, self.titles, widest)

    def _ladder(self) -> Chart:
        run = self.run
        return ladder(self.facts(), run.wording, run.source("ladder"), run.scenario.id, self.titles)

    def _frontier(self) -> Chart:
        run = self.run
        return frontier(
            self.facts()[run.scenario.id],
            run.wording,
            run.source("frontier"),
            self.points,
            run.scenario.id,
            self.titles,
        )
