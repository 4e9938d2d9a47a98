"""Origins: where one number of a run comes from."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import pandas as pd

from analysis.errors import ParametersRefused, nearest
from analysis.model import results
from analysis.report.why import Why, explain
from analysis.session.several_years import MEASURES

if TYPE_CHECKING:
    from analysis.session.run import Run

NO_STEPS = pd.DataFrame(columns=["measure", "area_code", "residence"])


class Origins:
    """Every number of a run by its key, and what is behind it.

    Attributes:
        run: whose numbers they are.
    """

    def __init__(self, run: Run):
        self.run = run

    def why(self, key: str) -> Why:
        """Return where one number comes from: formula, steps, inputs with source and grade, assumptions and their worth.

        Raises:
            ParametersRefused: no such key.
        """
        keyed = self._keyed(key.split(":")[-2] if ":" in key else "")
        if key not in keyed.index:
            raise ParametersRefused(
                f"key {key!r}: no such result; {nearest(key, keyed.index).partition('; ')[2] or 'see results.csv'}"
            )
        row = keyed.loc[key]
        if not self.run.has_scenario:
            return explain(row, self.run.evidence, NO_STEPS, {}, {}, self.run.wording)
        return explain(row, self.run.evidence, self.run.steps, self.run.assumptions, self._worth, self.run.wording)

    @functools.cached_property
    def _worth(self) -> dict[str, float]:
        """Return what the whole range of each assumption moves the central extra cost by, yuan a year."""
        swings = self.run.outcome.swings.set_index("assumption")
        return (swings["at_high_yuan_year"] - swings["at_low_yuan_year"]).abs().to_dict()

    def _keyed(self, measure: str) -> pd.DataFrame:
        """Return the results that may hold a measure, by key."""
        if self.run.scope == "scenario" and measure.startswith(MEASURES):
            return results.with_keys(self.run.years.result)
        return self._all_keyed

    @functools.cached_property
    def _all_keyed(self) -> pd.DataFrame:
        both = [self.run.dataset_result, self.run.result] if self.run.scope != "dataset" else [self.run.result]
        bridged = [self.run.bridge.result] if self.run.bridge else []
        return results.with_keys(
            pd.concat([*both, self.run.side.result, *bridged] if self.run.scope == "batch" else both)
        )
