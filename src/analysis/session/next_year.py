"""Next year under a run's scenario, as a notebook asks for it: the proposal, its steps, its cost and who pays."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pandas as pd

from analysis.errors import NotHeld
from analysis.model.simulate import Outcome
from analysis.report import charts, tables
from analysis.report.charts.steps import steps_waterfall
from analysis.report.facts import Facts
from analysis.report.style import Chart
from analysis.session.levers import levers_table

if TYPE_CHECKING:
    from analysis.session.run import Run

# What no scenario can be costed without.
COSTED = (
    ("dibao", "minimum_standard"),
    ("dibao", "supplement_floor"),
    ("dibao", "recipients"),
    ("tekun", "recipients"),
    ("", "resident_population"),
    ("", "consumption_expenditure_per_capita"),
)


class NextYear:
    """What a run's scenario brings next year; computed when it is first asked for.

    Attributes:
        run: whose scenario it is.
    """

    def __init__(self, run: Run):
        self.run = run

    def tables(self) -> dict[str, Callable[[], pd.DataFrame]]:
        """Return the tables by name."""
        run, words = self.run, self.run.wording
        return {
            "assumptions": lambda: tables.assumptions(self._costed().assumptions, words),
            "programmes": lambda: tables.programmes(self._costed().assumptions, words),
            "requests": lambda: tables.requests(self._asked(), self._costed().assumptions, words),
            "proposal": lambda: tables.proposal(run.facts, words),
            "steps": lambda: tables.steps(run.outcome.floors.standards.steps, words),
            "movers": lambda: tables.movers(run.facts, words),
            "cost_range": lambda: tables.cost_range(run.facts, words),
            "who_pays": lambda: tables.who_pays(run.facts, words),
            "money": lambda: tables.money(run.facts, words),
            "timing": lambda: tables.timing(run.facts, words),
            "alternatives": lambda: tables.alternatives(run.facts, words),
            "break_even": lambda: tables.break_even(run.facts, words),
            "sobol": lambda: tables.sobol(run.facts, words, run.titles),
            "box": lambda: tables.box(run.facts, words),
            "levers": lambda: levers_table(run.scenario, run.lang),
            "scenarios": lambda: tables.scenarios(
                {name: run.facts_of(name) for name in run.scenarios},
                {name: one.title.in_language(run.lang) for name, one in run.scenarios.items()},
                words,
            ),
        }

    def charts(self) -> dict[str, Callable[[], Chart]]:
        """Return the charts by name."""
        run = self.run
        made = {
            name: lambda draw=draw, name=name: draw(run.facts, run.wording, run.source(name))
            for name, draw in charts.CHARTS.items()
        }
        steps = "steps_waterfall"
        return made | {steps: lambda: steps_waterfall(run.facts, run.wording, run.source(steps), run.steps)}

    def _costed(self) -> Outcome:
        if not self.run.has_scenario:
            raise NotHeld("no_scenario", lacking=self.run.wording.listed(self._lacking()))
        return self.run.outcome

    def _lacking(self) -> list[str]:
        """Name what costing needs and the package does not hold."""
        words, held = self.run.wording, self.run.evidence.best
        return [
            words.pick("", " ").join(
                filter(None, (programme and words.word(f"programme_{programme}"), words.word(f"measure_{measure}")))
            )
            for programme, measure in COSTED
            if held(programme, measure).empty
        ]

    def _asked(self) -> Facts:
        """Facts of the scenario's results; a dataset notebook takes those of the scenario that gave it its day."""
        self._costed()
        return self.run.facts if self.run.scope != "dataset" else self.run.facts_of(self.run.proposed)
