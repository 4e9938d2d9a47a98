"""Work: the result rows of one combination, as one process computes and writes them."""

from __future__ import annotations

import functools
import os
import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from multiprocessing import parent_process
from multiprocessing.connection import wait
from pathlib import Path
from threading import Thread
from typing import Any

import pandas as pd

from analysis import files
from analysis.batch.sweep import table
from analysis.batch.sweep.findings import Finding, finding_of
from analysis.batch.sweep.rows import grade_of, rows_of
from analysis.errors import SCENARIO, Refusal
from analysis.inputs.evidence import Evidence
from analysis.inputs.parameters.scenario import Scenario
from analysis.inputs.rules import Rule
from analysis.model.pathway import policy_floors
from analysis.model.pathway.kept import Kept
from analysis.model.simulate import Case, prepare
from analysis.model.simulate.cells import floors_of
from analysis.model.simulate.ready import comparable, ready_like

MOST_POLICIES = 500


@dataclass(frozen=True)
class Ground:
    """What all combinations of a sweep share.

    Attributes:
        packages: dataset to its package, nothing hidden.
        rules: dataset to its dated rules.
        years: after the base year.
        own_draws: whether several years are drawn as often as the scenario says, rather than as a road is.
        by_area: whether each area's range is wanted.
        kinds: swept key to the Parquet type of its column.
        kept: what one combination leaves to the next.
    """

    packages: dict[str, Evidence]
    rules: dict[str, list[Rule]]
    years: int
    own_draws: bool
    by_area: bool
    kinds: dict[str, str]
    _known: dict[tuple[str, date], Evidence] = field(default_factory=dict, init=False, repr=False, compare=False)
    kept: Kept = field(default_factory=Kept, init=False, repr=False, compare=False)
    _ready: dict[tuple[object, ...], Case] = field(default_factory=dict, init=False, repr=False, compare=False)
    _floors: dict[tuple[object, ...], Any] = field(default_factory=dict, init=False, repr=False, compare=False)
    _grades: dict[tuple[str, date, int], str] = field(default_factory=dict, init=False, repr=False, compare=False)

    def known(self, scenario: Scenario) -> Evidence:
        """Return a scenario's package as it was known on its day."""
        key = scenario.dataset, scenario.as_of
        if key not in self._known:
            self._known[key] = self.packages[scenario.dataset].known_on(scenario.as_of)
        return self._known[key]

    def ready(self, scenario: Scenario) -> Case:
        """Return a scenario made ready, from an earlier one where the two are comparable."""
        key, evidence = comparable(scenario), self.known(scenario)
        if key not in self._ready:
            self._ready[key] = prepare(evidence, scenario, self.rules[scenario.dataset])
        floors = self._of_policy("next year", scenario, lambda: floors_of(evidence, scenario))
        return ready_like(self._ready[key], scenario, floors)

    def floors(self, case: Case) -> pd.DataFrame:
        """Return the floors of every year under a case's policy."""
        evidence = self.known(case.scenario)
        return self._of_policy("years", case.scenario, lambda: policy_floors(evidence, case, self.years))

    def _of_policy(self, what: str, scenario: Scenario, make: Callable[[], Any]) -> Any:
        """Return what hangs on the policy and the day alone, made once for each of the last few policies."""
        key = (what, *comparable(scenario), scenario.policy.model_dump_json())
        if key not in self._floors:
            if len(self._floors) >= MOST_POLICIES:
                self._floors.clear()
            self._floors[key] = make()
        return self._floors[key]

    def grade(self, scenario: Scenario) -> str:
        """Return the grade of a scenario's cost, found once for each day and base year."""
        key = scenario.dataset, scenario.as_of, scenario.base_year
        if key not in self._grades:
            self._grades[key] = grade_of(self.known(scenario), scenario, self.rules[scenario.dataset])
        return self._grades[key]

    def asked(self) -> dict[str, Any]:
        """Return what decides which rows a combination has, and over how many draws."""
        return {"years": self.years, "own_draws": self.own_draws, "by_area": self.by_area, "kinds": self.kinds}


@dataclass(frozen=True)
class Job:
    """One combination to compute.

    Attributes:
        scenario: resolved.
        base: name of the scenario under it.
        values: swept key to value.
        inputs_sha256: of all that its rows rest on.
        path: the file to write.
    """

    scenario: Scenario
    base: str
    values: Mapping[str, Any]
    inputs_sha256: str
    path: Path


@dataclass(frozen=True)
class Done:
    """How a combination ended.

    Attributes:
        scenario: its id.
        sha256: of its file; empty where it failed.
        finding: its line; None where it failed.
        kept: whether the file was there already, made from the same inputs.
        reason: why it failed, one line.
        exit_code: 0, or as documented.
    """

    scenario: str
    sha256: str = ""
    finding: Finding | None = None
    kept: bool = False
    reason: str = ""
    exit_code: int = 0


@functools.cache
def _shared() -> dict[str, Ground]:
    return {}


def begin(ground: Ground, alone: bool = False) -> None:
    """Make a process ready: it holds the ground, leaves interrupts to its parent and ends when that has gone.

    Args:
        ground: what all combinations share.
        alone: whether this is a process of its own.
    """
    _shared()["ground"] = ground
    if alone:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        Thread(target=_end_with, args=(parent_process(),), daemon=True).start()


def _end_with(parent: Any) -> None:
    wait([parent.sentinel])
    os._exit(1)


def compute(job: Job) -> Done:
    """Compute and write the rows of one combination, where they are not there already."""
    ground = _shared()["ground"]
    there = table.read_unchanged(job.path, job.inputs_sha256)
    known, rules = ground.known(job.scenario), ground.rules[job.scenario.dataset]
    try:
        rows = rows_of(known, job.scenario, rules, ground) if there is None else there
        finding = finding_of(rows, job.scenario, job.base, job.values)
    except Refusal as refused:
        return Done(job.scenario.id, reason=str(refused), exit_code=refused.exit_code)
    except (ValueError, ArithmeticError, LookupError) as error:
        said = f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"
        return Done(job.scenario.id, reason=said, exit_code=SCENARIO)
    if there is None:
        swept = pd.DataFrame({"base_scenario": job.base, **job.values}, index=rows.index)
        table.write(job.path, pd.concat([rows, swept], axis=1), ground.kinds, job.inputs_sha256)
    return Done(job.scenario.id, files.sha256(job.path), finding, kept=there is not None)
