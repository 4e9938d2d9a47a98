"""Origins: where one number of a run comes from."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import pandas as pd

from analysis.errors import ParametersRefused, nearest
from analysis.model import results, uprating
from analysis.report.why import Why, assumed, explain, floor_of
from analysis.session.several_years import MEASURES

if TYPE_CHECKING:
    from analysis.session.run import Run


class Origins:
    """Every number of a run by its key, and what is behind it.

    Attributes:
        run: whose numbers they are.
    """

    def __init__(self, run: Run):
        self.run = run
        self._told: dict[str, pd.DataFrame] = {}

    def why(self, key: str) -> Why:
        """Return where one number comes from: formula, steps, inputs with source and grade, assumptions and their worth.

        Raises:
            ParametersRefused: no such key.
        """
        keyed = self._keyed(key)
        if key not in keyed.index:
            raise ParametersRefused(
                f"key {key!r}: no such result; {nearest(key, keyed.index).partition('; ')[2] or 'see results.csv'}"
            )
        row = keyed.loc[key]
        floor = (floor_of(str(row["measure"])), row["area_code"], row["residence"])
        steps, rests = self._steps.get(floor, pd.DataFrame(columns=uprating.STEP)), str(row["rests_on"])
        return explain(row, self.run.evidence, steps, self._assumed(rests), self.run.wording)

    @functools.cached_property
    def _steps(self) -> dict[tuple[str, ...], pd.DataFrame]:
        """Return what each step did, by floor."""
        if not self.run.has_scenario:
            return {}
        return {floor: steps[[*uprating.STEP]] for floor, steps in self.run.steps.groupby(["measure", *uprating.FLOOR])}

    def _assumed(self, rests_on: str) -> pd.DataFrame:
        """Return the assumptions named in a row: many numbers rest on the same, read only."""
        if rests_on not in self._told:
            known = self.run.assumptions if self.run.has_scenario else {}
            own = {name: known[name] for name in rests_on.split(";") if name in known}
            self._told[rests_on] = assumed(own, self._worth if own else {}, self.run.wording)
        return self._told[rests_on]

    @functools.cached_property
    def _worth(self) -> dict[str, float]:
        """Return what the whole range of each assumption moves the central extra cost by, yuan a year."""
        swings = self.run.outcome.swings.set_index("assumption")
        return (swings["at_high_yuan_year"] - swings["at_low_yuan_year"]).abs().to_dict()

    def _keyed(self, key: str) -> pd.DataFrame:
        """Return the results that may hold a key; of a scenario, those alone that have to be computed for it."""
        if self.run.scope == "batch":
            return self._of_batch
        if self.run.scope == "dataset" or key.startswith(":"):
            return self._of_package
        if ":" in key and key.split(":")[-2].startswith(MEASURES):
            return results.with_keys(self.run.years.result)
        return self._of_scenario

    @functools.cached_property
    def _of_package(self) -> pd.DataFrame:
        return results.with_keys(self.run.dataset_result)

    @functools.cached_property
    def _of_scenario(self) -> pd.DataFrame:
        return results.with_keys(self.run.result)

    @functools.cached_property
    def _of_batch(self) -> pd.DataFrame:
        parts = [self.run.dataset_result, self.run.result, self.run.side.result]
        return results.with_keys(pd.concat([*parts, self.run.bridge.result] if self.run.bridge else parts))
