"""Snapshot: what the runs of one batch rest on, taken once before the first of them starts.

A file that is edited while a batch runs changes nothing in it: every worker unpacks the same content. The hashes say for
each run what it rests on, so that it is done again when, and only when, one of them has changed.
"""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from analysis import files
from analysis.batch.parcel import Parcel
from analysis.batch.plan import DOCUMENT, Task, reads_scenario
from analysis.errors import ParametersRefused
from analysis.inputs.package import folder_of, package_sha256, rules_path
from analysis.inputs.parameters.scenario import Scenario
from analysis.inputs.scenario import values_of

KERNEL = "python3"


@dataclass(frozen=True)
class Snapshot:
    """The content of data, parameters and notebooks, and the hashes of all that a run can rest on.

    Attributes:
        parcel: everything a worker needs, as a home of its own.
        scenarios: id to resolved scenario.
        code_sha256: of this package's source.
        environment_sha256: of the lock and Python's version.
        data_sha256: of each data package.
        rules_sha256: of each package's rules.
        notebooks_sha256: of each notebook without its outputs.
        reads_scenario: whether a dataset notebook shows something of the scenario that gives it its day.
        against_sha256: of the older memo that documents are compared with; empty without one.
    """

    parcel: Parcel
    scenarios: Mapping[str, Scenario]
    code_sha256: str
    environment_sha256: str
    data_sha256: Mapping[str, str]
    rules_sha256: Mapping[str, str]
    notebooks_sha256: Mapping[str, str]
    reads_scenario: Mapping[str, bool]
    against_sha256: str = ""

    @classmethod
    def take(
        cls, home: Path, tasks: Sequence[Task], scenarios: Mapping[str, Scenario], own: Mapping[str, Path] | None = None
    ) -> Snapshot:
        """Take a snapshot for some tasks.

        Args:
            home: the folder that holds data, params and notebooks.
            tasks: what is to be run.
            scenarios: id to resolved scenario.
            own: files of one's own by the place in ``params`` that a worker finds them at.

        Raises:
            ParametersRefused: a notebook that is not one of ours.
        """
        contents = {path.relative_to(home).as_posix(): path.read_bytes() for path in (home / "params").rglob("*.yaml")}
        contents |= {place: path.read_bytes() for place, path in (own or {}).items()}
        datasets = sorted({task.dataset for task in tasks})
        for dataset in datasets:
            folder = folder_of(dataset, home)
            contents |= {path.relative_to(home).as_posix(): path.read_bytes() for path in folder.glob("*.*")}
        bare, reads = {}, {}
        for name in sorted({task.notebook for task in tasks if task.scope != DOCUMENT}):
            notebook = _without_outputs(home / "notebooks" / f"{name}.ipynb")
            bare[name] = contents[f"notebooks/{name}.ipynb"] = json.dumps(notebook, sort_keys=True).encode()
            reads[name] = reads_scenario(notebook["metadata"])
        rules = {dataset: rules_path(dataset, home) for dataset in datasets}
        return cls(
            parcel=Parcel.pack(contents),
            scenarios=dict(scenarios),
            code_sha256=files.code_sha256(),
            environment_sha256=environment_sha256(),
            data_sha256={dataset: package_sha256(dataset, home) for dataset in datasets},
            rules_sha256={name: files.sha256(path) if path.is_file() else "" for name, path in rules.items()},
            notebooks_sha256={name: hashlib.sha256(text).hexdigest() for name, text in bare.items()},
            reads_scenario=reads,
        )

    def rests_on(self, task: Task) -> dict[str, str]:
        """Return the hashes of everything that a task's result depends on, by name.

        The names of parameters are those of single scenarios, so that it can be said which one has changed.
        """
        found = {
            "code": self.code_sha256,
            "environment": self.environment_sha256,
            "notebook": self.notebooks_sha256.get(task.notebook, ""),
            "data": self.data_sha256[task.dataset],
            "rules": self.rules_sha256[task.dataset],
        }
        if task.scope == DOCUMENT and self.against_sha256:
            found["against"] = self.against_sha256
        if task.scope in ("batch", DOCUMENT):
            return found | {f"scenario {name}": one.sha256() for name, one in self.scenarios.items()}
        one = self.scenarios[task.value] if task.scope == "scenario" else next(iter(self.scenarios.values()))
        if task.scope == "dataset" and not self.reads_scenario[task.notebook]:
            return found | {"day": str(one.as_of), "base year": str(one.base_year)}
        return found | {f"scenario {one.id}": one.sha256()}

    def values(self, task: Task) -> dict[str, str]:
        """Return the single values of a task's scenario by dotted key, so that a change can be named."""
        if task.scope != "scenario":
            return {}
        return {key: str(value) for key, value in values_of(self.scenarios[task.value]).items()}


def environment_sha256() -> str:
    """Return the sha256 of what is installed: every distribution with its version, and Python's own."""
    # Not their name and version, each of which would read the whole description again.
    said = (one.metadata for one in metadata.distributions())
    installed = sorted({f"{one['Name'].lower()}=={one['Version']}" for one in said})
    return hashlib.sha256("\n".join([platform.python_version(), *installed]).encode()).hexdigest()


def _without_outputs(path: Path) -> dict[str, Any]:
    """Read a notebook without its outputs, and refuse one that papermill would run wrongly.

    Raises:
        ParametersRefused: not exactly one cell of parameters, one injected earlier, or another kernel.
    """
    shown = f"notebooks/{path.name}"
    try:
        notebook = json.loads(path.read_text("utf-8"))
        tags = [tag for cell in notebook["cells"] for tag in cell["metadata"].get("tags", [])]
        kernel = notebook["metadata"].get("kernelspec", {}).get("name")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ParametersRefused(f"{shown}: cannot be read as a notebook ({type(error).__name__})") from error
    if (count := tags.count("parameters")) != 1:
        raise ParametersRefused(f"{shown}: {count} cells are tagged parameters; allowed: exactly one")
    if "injected-parameters" in tags:
        raise ParametersRefused(f"{shown}: holds parameters injected by an earlier run; remove that cell")
    if kernel != KERNEL:
        raise ParametersRefused(f"{shown}: kernel {kernel!r}; allowed: {KERNEL}")
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None
    return notebook
