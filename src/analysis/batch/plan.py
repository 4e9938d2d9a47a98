"""Plan: which notebook runs for what, in which language, in which order."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from analysis.errors import ParametersRefused, nearest
from analysis.session import BATCH, SCOPES

# The scope of what is made of a batch's results without a notebook.
DOCUMENT = "document"


@dataclass(frozen=True)
class Task:
    """One notebook, run once; or one document of a batch, made once.

    Attributes:
        notebook: name without ending; of a document its own.
        scope: dataset, scenario, batch or document.
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
        return f"{self.value}/{self.notebook}.{self.lang}" if self._has_folder else f"{self.notebook}.{self.lang}"

    def out_dir(self, out: Path) -> Path:
        """Return the folder that the notebook writes to."""
        return out / self.value if self._has_folder else out

    @property
    def _has_folder(self) -> bool:
        return self.scope in ("dataset", "scenario")


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
    scope = _metadata(notebook, home).get("tibiao", {}).get("scope")
    if scope not in SCOPES:
        raise ParametersRefused(
            f"notebooks/{notebook}.ipynb: metadata tibiao.scope: {scope}; {nearest(str(scope), SCOPES)}"
        )
    return scope


def shows_scenario(notebook: str, home: Path) -> bool:
    """Say whether a notebook shows something of a scenario; one of a data package takes no more than its day from it."""
    return scope_of(notebook, home) != "dataset" or reads_scenario(_metadata(notebook, home))


def reads_scenario(metadata: Mapping[str, Any]) -> bool:
    """Say by its metadata whether a notebook of a package shows something of the scenario that gives it its day."""
    return metadata.get("tibiao", {}).get("reads") == "scenario"


def _metadata(notebook: str, home: Path) -> dict[str, Any]:
    return json.loads((home / "notebooks" / f"{notebook}.ipynb").read_text("utf-8"))["metadata"]


def plan(
    names: Sequence[str],
    scenarios: Mapping[str, tuple[str, Mapping[str, Any]]],
    batch: str,
    dataset: str,
    languages: Sequence[str],
    home: Path,
) -> list[Task]:
    """Return the tasks in order: dataset notebooks, then one of each scenario, then those of the batch.

    Args:
        names: notebooks.
        scenarios: id to the scenario's name and its overrides, dotted keys to values; the first gives dataset notebooks
            their day.
        batch: the batch's id; empty where there is none.
        dataset: the data package.
        languages: zh, en or both.
        home: the folder that holds the notebooks.

    Raises:
        ParametersRefused: an unknown notebook, or a batch notebook without a batch.
    """
    tasks = []
    first, (_, changed) = next(iter(scenarios.items()))
    for scope in SCOPES:
        for notebook in (name for name in names if scope_of(name, home) == scope):
            if scope == "batch" and not batch:
                raise ParametersRefused(
                    f"notebook {notebook}: is run for a batch; use 'tibiao memo' or 'tibiao run' with another notebook"
                )
            for lang in languages:
                if scope == "scenario":
                    tasks += [
                        Task(notebook, scope, own, lang, name, dataset, _plain(overrides))
                        for own, (name, overrides) in scenarios.items()
                    ]
                elif scope == "dataset":
                    name = scenarios[first][0]
                    tasks.append(Task(notebook, scope, dataset, lang, name, dataset, _plain(changed)))
                else:
                    tasks.append(Task(notebook, scope, batch, lang, f"{BATCH}{batch}", dataset))
    return tasks


def _plain(overrides: Mapping[str, Any]) -> tuple[tuple[str, Any], ...]:
    """Return overrides as a notebook takes them: exact numbers as the floating ones that are written the same way."""
    return tuple((key, float(value) if isinstance(value, Decimal) else value) for key, value in overrides.items())
