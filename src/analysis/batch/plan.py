"""Plan: which notebook runs for what, in which language, in which order."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis.errors import ParametersRefused, nearest
from analysis.session import BATCH, SCOPES


@dataclass(frozen=True)
class Task:
    """One notebook, run once.

    Attributes:
        notebook: name without ending.
        scope: dataset, scenario or batch.
        value: the dataset, scenario or batch it is run for; of a scenario with overrides the id that they give it.
        lang: zh or en.
        scenario: the notebook's ``scenario`` parameter.
        dataset: the data package.
        overrides: dotted keys to values.
    """

    notebook: str
    scope: str
    value: str
    lang: str
    scenario: str
    dataset: str
    overrides: tuple[tuple[str, Any], ...] = ()

    @property
    def name(self) -> str:
        """The task's place below the output folder, without ending."""
        return f"{self.value}/{self.notebook}.{self.lang}" if self.scope != "batch" else f"{self.notebook}.{self.lang}"

    def out_dir(self, out: Path) -> Path:
        """Return the folder that the notebook writes to."""
        return out if self.scope == "batch" else out / self.value


def notebooks(home: Path) -> list[str]:
    """Return the names of the notebooks, sorted."""
    return sorted(path.stem for path in (home / "notebooks").glob("*.ipynb"))


def scope_of(notebook: str, home: Path) -> str:
    """Return what a notebook is run for, from its metadata.

    Raises:
        ParametersRefused: no such notebook, or one without a scope.
    """
    if notebook not in notebooks(home):
        raise ParametersRefused(f"notebook {notebook!r}: no such notebook; {nearest(notebook, notebooks(home))}")
    metadata = json.loads((home / "notebooks" / f"{notebook}.ipynb").read_text("utf-8"))["metadata"]
    scope = metadata.get("tibiao", {}).get("scope")
    if scope not in SCOPES:
        raise ParametersRefused(
            f"notebooks/{notebook}.ipynb: metadata tibiao.scope: {scope}; {nearest(str(scope), SCOPES)}"
        )
    return scope


def plan(
    names: Sequence[str],
    scenarios: Mapping[str, str],
    batch: str,
    dataset: str,
    languages: Sequence[str],
    home: Path,
    overrides: dict[str, Any] | None = None,
) -> list[Task]:
    """Return the tasks in order: dataset notebooks, then one of each scenario, then those of the batch.

    Args:
        names: notebooks.
        scenarios: name to id; the first gives dataset notebooks their day.
        batch: the batch's id; empty where there is none.
        dataset: the data package.
        languages: zh, en or both.
        home: the folder that holds the notebooks.
        overrides: dotted keys to values, for every scenario.

    Raises:
        ParametersRefused: an unknown notebook, or a batch notebook without a batch.
    """
    given = tuple((overrides or {}).items())
    tasks = []
    for scope in SCOPES:
        for notebook in (name for name in names if scope_of(name, home) == scope):
            if scope == "batch" and not batch:
                raise ParametersRefused(
                    f"notebook {notebook}: is run for a batch; use 'tibiao memo' or 'tibiao run' with another notebook"
                )
            for lang in languages:
                if scope == "scenario":
                    tasks += [Task(notebook, scope, own, lang, name, dataset, given) for name, own in scenarios.items()]
                else:
                    value, scenario = (
                        (dataset, next(iter(scenarios))) if scope == "dataset" else (batch, f"{BATCH}{batch}")
                    )
                    tasks.append(
                        Task(notebook, scope, value, lang, scenario, dataset, given if scope == "batch" else ())
                    )
    return tasks
