"""The past of a run's package, as a notebook asks for it: what it holds, the gap year by year, the planner scored."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING

import pandas as pd

from analysis.model.score.spread import convergence, spread
from analysis.report import tables
from analysis.report.charts.score import score_history
from analysis.report.facts import Facts
from analysis.report.style import Chart

if TYPE_CHECKING:
    from analysis.session.run import Run


class Past:
    """What a run's package says of earlier years; computed when it is first asked for.

    Attributes:
        run: whose package it is.
    """

    def __init__(self, run: Run):
        self.run = run

    @functools.cached_property
    def facts(self) -> Facts:
        """The facts of the package: its history, and the record where there is one."""
        return Facts(self.run.dataset_result, "", self.run.lang)

    def _scored(self) -> Facts:
        """The facts of the record, or the refusal that says why there is none."""
        _ = self.run.record  # says here that it is not held, not later that a row is missing
        return self.facts

    def tables(self) -> dict[str, Callable[[], pd.DataFrame]]:
        """Return the tables by name."""
        run, words = self.run, self.run.wording
        return {
            "coverage": lambda: tables.coverage(run.evidence, words),
            "minima": lambda: tables.minima(run.evidence, words),
            "back_cast": lambda: tables.back_cast(run.history, words),
            "gap_states": lambda: tables.gap_states(run.history, words),
            "gap_history": lambda: tables.gap_history(run.history, words),
            "growth_split": lambda: tables.growth_split(run.history, words),
            "in_force": lambda: tables.in_force(run.evidence, words),
            "adequacy": lambda: tables.adequacy(run.history, words),
            "spread": lambda: tables.spread(spread(run.evidence), words),
            "convergence": lambda: tables.convergence(convergence(run.evidence), words),
            "scored_minima": lambda: tables.scored_minima(self._scored(), words),
            "score_errors": lambda: tables.score_errors(self._scored(), words),
            "next_minima": lambda: tables.next_minima(self._scored(), words),
            "scored_recipients": lambda: tables.scored_recipients(self._scored(), words),
            "drivers": lambda: tables.drivers(run.drivers, words),
            "driver_scores": lambda: tables.driver_scores(run.drivers, words),
            "known_money": lambda: tables.known_money(self._scored(), words),
        }

    def charts(self) -> dict[str, Callable[[], Chart]]:
        """Return the charts by name."""
        run = self.run
        return {"score_history": lambda: score_history(self._scored(), run.wording, run.source("score_history"))}
