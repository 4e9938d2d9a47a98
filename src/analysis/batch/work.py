"""Work: what a worker does with one task, wherever it runs, and what comes back.

A worker gets content and returns content. It needs no folder that it shares with anybody, and only the one who asked
writes into the output folder.
"""

from __future__ import annotations

import atexit
import contextlib
import csv
import hashlib
import importlib
import io
import json
import math
import os
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from analysis import files
from analysis.batch.parcel import Parcel
from analysis.batch.plan import DOCUMENT, Task
from analysis.errors import (
    INFRASTRUCTURE,
    SCENARIO,
    DataRefused,
    InfrastructureFailed,
    ParametersRefused,
    Refusal,
    ScenarioFailed,
)
from analysis.inputs.parameters.scenario import Scenario

# A kernel or worker that dies may have been killed for no fault of the notebook: so often is a task begun.
MOST_ATTEMPTS = 4
# Where a worker unpacks inputs, if it is told.
UNPACKED = "TIBIAO_UNPACKED"
_REFUSED = {
    error.__name__: error.exit_code for error in (ParametersRefused, DataRefused, InfrastructureFailed, ScenarioFailed)
}
# What papermill and the messaging leave in a notebook differs from run to run.
_PASSING = ("papermill", "execution")


@dataclass(frozen=True)
class Ended:
    """How a task ended.

    Attributes:
        task: the task's name.
        exit_code: 0, or as documented.
        reason: one line, empty where it went well.
        attempts: how often it was begun.
        notebook: the executed notebook, of a failed task as far as it came; empty where there is none, as of a document.
        contents: what it wrote, by path below the task's folder; empty where it failed.
    """

    task: str
    exit_code: int = 0
    reason: str = ""
    attempts: int = 1
    notebook: bytes = field(default=b"", repr=False)
    contents: dict[str, bytes] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Limits:
    """Limits of time, seconds.

    Attributes:
        cell: of one cell.
        whole: of all cells of one notebook together.
    """

    cell: float = 300
    whole: float = 900


def call(name: str, *given: Any) -> Any:
    """Call a function by its name, so that only the process that does the work loads its module.

    Args:
        name: ``module:function``.
        given: its arguments.
    """
    module, _, function = name.partition(":")
    return getattr(importlib.import_module(module), function)(*given)


def refuse_unready(datasets: Sequence[str], scenarios: Sequence[Scenario], home: Parcel) -> None:
    """Make scenarios ready to be costed, and so refuse what their run would refuse.

    Args:
        datasets: data packages.
        scenarios: resolved; those of another package are left out.
        home: data, parameters and notebooks.

    Raises:
        ParametersRefused, DataRefused: says what and where.
    """
    from analysis.inputs.evidence import load
    from analysis.inputs.rules import read_rules
    from analysis.model.simulate import prepare

    folder = home.unpacked(_place())
    for dataset in datasets:
        load(dataset, None, folder)
        for one in scenarios:
            if one.dataset == dataset:
                prepare(load(dataset, one.as_of, folder), one, read_rules(dataset, folder))


def execute(
    task: Task, home: Parcel, code_sha256: str, stored: Parcel | None = None, limits: Limits | None = None
) -> Ended:
    """Execute one notebook by papermill on a forked kernel.

    Args:
        task: what to run.
        home: data, parameters and notebooks.
        code_sha256: of the source that the one who asks has; a worker with another would give other results.
        stored: results that a notebook of a batch finds in its folder.
        limits: of time.
    """
    if code_sha256 != files.code_sha256():
        return Ended(task.name, INFRASTRUCTURE, "this worker has another version of tibiao; install the same one there")
    limits = limits or Limits()
    try:
        folder = home.unpacked(_place())
    except OSError as error:
        return Ended(task.name, INFRASTRUCTURE, f"no room for the inputs ({error.strerror or error})")
    os.environ["TIBIAO_HOME"] = str(folder)
    if task.scope == DOCUMENT:
        return _document(task, folder, stored)
    for attempt in range(1, MOST_ATTEMPTS + 1):
        ended, died = _once(task, folder, stored, limits, attempt)
        if not died:
            break
    return ended


def _place() -> Path:
    """Return where this worker unpacks inputs: the batch's own folder, a cluster's scratch, else a private one."""
    if given := os.environ.get(UNPACKED):
        return Path(given)
    if cluster := sys.modules.get("distributed"):
        with contextlib.suppress(ValueError):  # not inside one of its workers
            return Path(cluster.get_worker().local_directory) / "tibiao"
    made = tempfile.mkdtemp(prefix="tibiao-inputs-")
    os.environ[UNPACKED] = made
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return Path(made)


def _once(task: Task, home: Path, stored: Parcel | None, limits: Limits, attempt: int) -> tuple[Ended, bool]:
    import papermill
    from jupyter_client.kernelspec import NoSuchKernel
    from nbclient.exceptions import CellTimeoutError, DeadKernelError

    from analysis.batch.engine import WholeLimitReached

    def ended(code: int, reason: str, died: bool = False) -> tuple[Ended, bool]:
        text = executed.read_bytes() if executed.is_file() else b""
        return Ended(task.name, code, reason, attempt, _lasting(text) if text else b""), died

    parameters = {
        "scenario": task.scenario, "dataset": task.dataset, "out_dir": ".", "overrides": dict(task.overrides), "lang": task.lang,
    }  # fmt: skip
    with tempfile.TemporaryDirectory(dir=_place(), prefix=".") as scratch:
        executed, folder = Path(scratch) / "executed.ipynb", Path(scratch) / "out"
        folder.mkdir()
        given = stored.contents() if stored else {}
        for name, content in given.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
        try:
            papermill.execute_notebook(
                str(home / "notebooks" / f"{task.notebook}.ipynb"), str(executed), parameters, engine_name="tibiao",
                language="python", progress_bar=False, resources={"metadata": {"path": str(folder)}},
                execution_timeout=limits.cell, whole_timeout=limits.whole,
            )  # fmt: skip
        except papermill.exceptions.PapermillExecutionError as error:
            code = _REFUSED.get(error.ename, INFRASTRUCTURE if error.ename == "MemoryError" else SCENARIO)
            where = "" if error.ename in _REFUSED else f"cell {error.exec_count}: {error.ename}: "
            return ended(code, f"{where}{' '.join(str(error.evalue).split())}".rstrip(": "))
        except CellTimeoutError:
            return ended(INFRASTRUCTURE, f"a cell ran longer than {limits.cell:g} s")
        except WholeLimitReached as error:
            return ended(INFRASTRUCTURE, str(error))
        except NoSuchKernel as error:
            return ended(INFRASTRUCTURE, f"no kernel {error.name!r} is installed here; run 'make test' again")
        except (DeadKernelError, RuntimeError) as error:
            said = " ".join(str(error).split())[:200]
            return ended(INFRASTRUCTURE, f"the kernel died ({said}); a lack of memory does that too", died=True)
        except OSError as error:
            return ended(INFRASTRUCTURE, f"{error.strerror or error}; free some space")
        contents = _made(folder, given)
        try:
            _refuse_unfinished(task, contents)
        except ScenarioFailed as error:
            return ended(error.exit_code, str(error))
        return Ended(task.name, 0, "", attempt, _lasting(executed.read_bytes()), contents), False


def _made(folder: Path, given: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return by name what a notebook made: every file of each folder in which one is not as it was given."""
    found = {path.relative_to(folder): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
    anew = {path.parent for path, content in found.items() if given.get(path.as_posix()) != content}
    return {path.as_posix(): content for path, content in found.items() if path.parent in anew}


def _document(task: Task, home: Path, stored: Parcel | None) -> Ended:
    """Make the memo of a batch in one language from results that are there."""
    from analysis import session

    with tempfile.TemporaryDirectory(dir=_place(), prefix=".") as scratch:
        for name, content in (stored.contents() if stored else {}).items():
            (Path(scratch) / name).parent.mkdir(parents=True, exist_ok=True)
            (Path(scratch) / name).write_bytes(content)
        try:
            run = session.start(task.scenario, task.dataset, scratch, lang=task.lang, scope="batch", home=home)
            made = run.memo()
        except Refusal as refusal:
            return Ended(task.name, refusal.exit_code, str(refusal))
    return Ended(task.name, contents=made)


def _lasting(executed: bytes) -> bytes:
    """Return a notebook without what differs from run to run: times, folders, a cell's random name.

    What it was given stays: its page shows it.
    """
    notebook: dict[str, Any] = json.loads(executed)
    given = notebook["metadata"].get("papermill", {}).get("parameters", {})
    for holder in (notebook, *notebook["cells"]):
        for name in _PASSING:
            holder["metadata"].pop(name, None)
    notebook["metadata"]["papermill"] = {"parameters": given}
    for cell in notebook["cells"]:
        if "injected-parameters" in cell["metadata"].get("tags", []):
            cell["id"] = "injected-parameters"
    return (json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def _refuse_unfinished(task: Task, contents: dict[str, bytes]) -> None:
    """Take no run for done whose results are not there, not what its record says, or no results.

    Raises:
        ScenarioFailed: says which.
    """
    if task.scope == "scenario" and "results.csv" not in contents:
        raise ScenarioFailed("the notebook ended without results; its last cell must be run.save()")
    for name in (name for name in contents if name.rpartition("/")[2] == "results.csv"):
        record = contents.get(f"{name.removesuffix('results.csv')}record.json", b"{}")
        if json.loads(record).get("results_sha256") != hashlib.sha256(contents[name]).hexdigest():
            raise ScenarioFailed(f"{name}: is not what its record says")
        _refuse_malformed(name, contents[name])


def _refuse_malformed(name: str, content: bytes) -> None:
    from analysis.model.results import COLUMNS, KEY, decimals_of

    rows = csv.reader(io.StringIO(content.decode("utf-8")))
    if next(rows, []) != COLUMNS:
        raise ScenarioFailed(f"{name}: the columns are not those of the contract")
    places = [COLUMNS.index(column) for column in KEY]
    value, unit = COLUMNS.index("value"), COLUMNS.index("unit")
    keys: set[tuple[str, ...]] = set()
    for row in rows:
        key = tuple(row[place] for place in places)
        if key in keys or decimals_of(row[unit]) is None or not math.isfinite(float(row[value])):
            raise ScenarioFailed(f"{name}: {':'.join(key)}: stands twice, has no unit of the contract or is no number")
        keys.add(key)
    if not keys:
        raise ScenarioFailed(f"{name}: holds no result")
