"""Run tasks: papermill executes each notebook, and a run counts as done only when the manifest holds its sha256."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pandas as pd

from analysis import files
from analysis.batch.plan import Task
from analysis.errors import (
    INFRASTRUCTURE,
    SCENARIO,
    DataRefused,
    InfrastructureFailed,
    ParametersRefused,
    ScenarioFailed,
)
from analysis.inputs.evidence import package_sha256 as evidence_sha256
from analysis.model import results

CELL_LIMIT_SECONDS = 300
START_LIMIT_SECONDS = 60
ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
MANIFEST = "manifest.json"
_REFUSED = {
    error.__name__: error.exit_code for error in (ParametersRefused, DataRefused, InfrastructureFailed, ScenarioFailed)
}


def over_ipc(folder: str) -> Any:
    """Return the kernel settings that keep all traffic off TCP ports: sockets in a folder of the run's own."""
    from traitlets.config import Config

    return Config({"KernelManager": {"transport": "ipc", "ip": f"{folder}/kernel"}}) if os.name == "posix" else Config()


@dataclass(frozen=True)
class Ended:
    """How a task ended.

    Attributes:
        task: the task's name.
        exit_code: 0, or as documented.
        reason: one line, empty where it went well.
        notebook_sha256: of the executed notebook; empty where it failed.
    """

    task: str
    exit_code: int = 0
    reason: str = ""
    notebook_sha256: str = ""


def execute(task: Task, out: Path, home: Path, notebook: Path | None = None) -> Ended:
    """Execute one notebook into ``out``; the file appears whole or not at all.

    Args:
        task: what to run.
        out: the output folder.
        home: the folder that holds the notebooks.
        notebook: the file to run, where it is not the task's own.
    """
    import papermill
    from nbclient.exceptions import CellTimeoutError, DeadKernelError

    source = notebook or home / "notebooks" / f"{task.notebook}.ipynb"
    target = out / f"{task.name}.ipynb"
    parameters = {
        "scenario": task.scenario,
        "dataset": task.dataset,
        "out_dir": str(task.out_dir(out)),
        "overrides": dict(task.overrides),
        "lang": task.lang,
    }
    with tempfile.TemporaryDirectory() as folder:
        executed = Path(folder) / "executed.ipynb"
        try:
            papermill.execute_notebook(
                str(source), str(executed), parameters, kernel_name="python3", progress_bar=False, log_output=False,
                execution_timeout=CELL_LIMIT_SECONDS, start_timeout=START_LIMIT_SECONDS, cwd=folder, config=over_ipc(folder),
            )  # fmt: skip
        except papermill.exceptions.PapermillExecutionError as error:
            code = _REFUSED.get(error.ename, SCENARIO)
            where = "" if error.ename in _REFUSED else f"cell {error.exec_count}: {error.ename}: "
            return Ended(task.name, code, f"{where}{' '.join(str(error.evalue).split())}")
        except CellTimeoutError:
            return Ended(task.name, INFRASTRUCTURE, f"a cell ran longer than {CELL_LIMIT_SECONDS} s")
        except (DeadKernelError, RuntimeError) as error:
            return Ended(task.name, INFRASTRUCTURE, f"the kernel died ({' '.join(str(error).split())[:200]})")
        try:
            files.write_atomically(target, executed.read_bytes())
        except InfrastructureFailed as error:
            return Ended(task.name, error.exit_code, str(error))
    return Ended(task.name, 0, "", files.sha256(target))


def run_tasks(
    tasks: Sequence[Task], out: Path, home: Path, workers: int, report: Callable[[Ended, int, int], None]
) -> list[Ended]:
    """Run tasks, those of a batch after all others, on several processes.

    Args:
        tasks: in order.
        out: the output folder.
        home: the folder that holds the notebooks.
        workers: processes; 1 runs in one process.
        report: called after each task with how it ended, how many are done and how many there are.

    Returns:
        How each task ended, in the order of ``tasks``.
    """
    for name in ONE_THREAD:
        os.environ[name] = "1"
    ended: dict[str, Ended] = {}
    for wave in ([task for task in tasks if task.scope != "batch"], [task for task in tasks if task.scope == "batch"]):
        for one in _run_wave(wave, out, home, workers):
            ended[one.task] = one
            report(one, len(ended), len(tasks))
    return [ended[task.name] for task in tasks]


def _run_wave(tasks: Sequence[Task], out: Path, home: Path, workers: int) -> Any:
    if min(workers, len(tasks)) <= 1:
        yield from (execute(task, out, home) for task in tasks)
        return
    pool = ProcessPoolExecutor(min(workers, len(tasks)), mp_context=get_context("spawn"), initializer=_end_quietly)
    try:
        running: dict[Future[Ended], Task] = {pool.submit(execute, task, out, home): task for task in tasks}
        for future in as_completed(running):
            try:
                yield future.result()
            except BrokenProcessPool:
                yield Ended(running[future].name, INFRASTRUCTURE, "the worker died")
    except BaseException:
        for process in list((pool._processes or {}).values()):
            with contextlib.suppress(OSError):
                process.terminate()
        raise
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _end_quietly() -> None:
    """Leave interrupts to the parent, and kernels' own chatter out of the terminal: how a task ended comes back."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)


def gather(tasks: Sequence[Task], ended: Sequence[Ended], out: Path) -> Path | None:
    """Write one results table from those of datasets and scenarios; None where none ended well.

    Raises:
        ScenarioFailed: a stored table that is not what its record says.
    """
    tables = []
    for folder in _result_folders(tasks, ended, out):
        path, record = folder / "results.csv", json.loads((folder / "record.json").read_text("utf-8"))
        if record["results_sha256"] != files.sha256(path):
            raise ScenarioFailed(f"{path}: is not what its record says; run again")
        tables.append(results.from_csv(path.read_text("utf-8")))
    if not tables:
        return None
    return files.write_atomically(out / "results.csv", results.to_csv(pd.concat(tables, ignore_index=True)))


def _result_folders(tasks: Sequence[Task], ended: Sequence[Ended], out: Path) -> list[Path]:
    """Return the folders with results of this run: those of each task that ended well, and of its parts.

    A part, such as the road of several years, is of this run where it rests on the same inputs as the folder above it; a
    comparison where every scenario it compares is what lies beside it.
    """
    well = {one.task for one in ended if not one.exit_code}
    whole = sorted({task.out_dir(out) for task in tasks if task.scope != "batch" and task.name in well})
    found = [folder for folder in whole if (folder / "results.csv").is_file()]
    inputs = {folder: _inputs(folder) for folder in found}
    found += [
        part.parent
        for folder in whole
        for part in sorted(folder.glob("*/results.csv"))
        if _inputs(part.parent) == inputs.get(folder)
    ]
    now = {own["scenario"]: own["scenario_sha256"] for folder, own in inputs.items() if folder.name == own["scenario"]}
    found += [part.parent for part in sorted(out.glob("*/results.csv")) if _inputs(part.parent).get("compared") == now]
    return found


def _inputs(folder: Path) -> dict[str, Any]:
    record = folder / "record.json"
    return json.loads(record.read_text("utf-8"))["inputs"] if record.is_file() else {}


def write_manifest(
    tasks: Sequence[Task], ended: Sequence[Ended], written: Sequence[Path], out: Path, kind: str
) -> Path:
    """Write the manifest, last: every task with how it ended, every file with its sha256."""
    folders = {*(task.out_dir(out) for task in tasks), *_result_folders(tasks, ended, out)} - {out}
    own = {path for folder in folders for path in folder.rglob("*") if path.is_file()}
    own |= {path for path in (out / "figures").rglob("*") if path.is_file()} | set(written)
    own |= {out / f"{task.name}.ipynb" for task, one in zip(tasks, ended, strict=True) if not one.exit_code}
    listed = {path.relative_to(out).as_posix(): files.sha256(path) for path in sorted(own) if path.name != MANIFEST}
    records = {
        path.parent.relative_to(out).as_posix(): json.loads(path.read_text("utf-8"))
        for path in sorted(own)
        if path.name == "record.json"
    }
    tasks_ended = [asdict(one) for one in ended]
    return files.write_json(out / MANIFEST, {"kind": kind, "tasks": tasks_ended, "records": records, "files": listed})


def claim(given: str, home: Path, kind: str) -> Path:
    """Make a folder ours before any work begins: writable, not the project's, and marked as not finished.

    Args:
        given: the folder, as the person wrote it.
        home: the folder that holds the project.
        kind: what is made there, such as ``batch memo``; a folder that holds another kind is left alone.

    Raises:
        ParametersRefused: empty, a folder of the project, a folder with files that are not ours, or another kind.
        InfrastructureFailed: it cannot be written.
    """
    if not given.strip():
        raise ParametersRefused("--out is empty; allowed: a folder, such as out/mine")
    out = Path(given).expanduser().resolve()
    inside = out.relative_to(home).parts[:1] if out.is_relative_to(home) else None
    if inside == () or (inside and inside[0] in _PROJECT) or home.is_relative_to(out):
        raise ParametersRefused(
            f"--out {given}: a folder of the project itself; allowed: a folder of its own, such as out/mine"
        )
    if out.is_dir() and any(out.iterdir()):
        held = read_manifest(out).get("kind") if (out / MANIFEST).is_file() else None
        if held != kind:
            what = f"holds results of '{held}'" if held else "holds files that are not of this program"
            raise ParametersRefused(f"--out {given}: {what}; choose another folder, or empty it first")
    files.writable(out)
    files.write_json(out / MANIFEST, {"kind": kind, "unfinished": True, "tasks": [], "records": {}, "files": {}})
    return out


_PROJECT = {".git", ".github", ".venv", "benchmarks", "data", "docs", "notebooks", "params", "src", "tests", "tools"}


def read_manifest(out: Path) -> dict[str, Any]:
    """Read a folder's manifest.

    Raises:
        ParametersRefused: none there, or not readable.
    """
    if not out.is_dir():
        raise ParametersRefused(f"{out}: no such folder")
    if not (out / MANIFEST).is_file():
        raise ParametersRefused(f"{out}: no {MANIFEST}; this is no output folder")
    try:
        manifest = json.loads((out / MANIFEST).read_text("utf-8"))
        manifest["files"], manifest["tasks"], manifest["records"]
    except (ValueError, KeyError, TypeError) as error:
        raise ParametersRefused(
            f"{out / MANIFEST}: not a manifest that this version can read; remove the folder, or choose another --out"
        ) from error
    return manifest


def verify(out: Path, home: Path) -> list[str]:
    """Return what is wrong with an output folder: an unfinished run, failed tasks, changed inputs, changed and stale files.

    Raises:
        ParametersRefused: the folder holds no manifest that can be read.
    """
    manifest = read_manifest(out)
    if manifest.get("unfinished"):
        return ["the last run did not end; what lies here may be of an earlier one: run again"]
    wrong = [f"{task['task']}: failed: {task['reason']}" for task in manifest["tasks"] if task["exit_code"]]
    for name, record in manifest["records"].items():
        now = evidence_sha256(record["inputs"]["dataset"], home)
        if now != record["inputs"]["data_sha256"]:
            wrong.append(f"{name}: the data have changed since")
    for name, digest in manifest["files"].items():
        path = out / name
        if not path.is_file():
            wrong.append(f"{name}: missing")
        elif files.sha256(path) != digest:
            wrong.append(f"{name}: changed")
    present = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file() and path.name != MANIFEST}
    return wrong + [f"{name}: stale, not of this run" for name in sorted(present - set(manifest["files"]))]
