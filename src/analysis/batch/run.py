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
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def gather(tasks: Sequence[Task], ended: Sequence[Ended], out: Path) -> Path | None:
    """Write one results table from those of datasets and scenarios; None where none ended well.

    Raises:
        ScenarioFailed: a stored table that is not what its record says.
    """
    tables = []
    well = {one.task for one in ended if not one.exit_code}
    for folder in sorted({task.out_dir(out) for task in tasks if task.scope != "batch" and task.name in well}):
        path = folder / "results.csv"
        if path.is_file():
            record = json.loads((folder / "record.json").read_text("utf-8"))
            if record["results_sha256"] != files.sha256(path):
                raise ScenarioFailed(f"{path}: is not what its record says; run again")
            tables.append(results.from_csv(path.read_text("utf-8")))
    if not tables:
        return None
    return files.write_atomically(out / "results.csv", results.to_csv(pd.concat(tables, ignore_index=True)))


def write_manifest(tasks: Sequence[Task], ended: Sequence[Ended], written: Sequence[Path], out: Path) -> Path:
    """Write the manifest, last: every task with how it ended, every file with its sha256."""
    folders = {task.out_dir(out) for task in tasks}
    own = {path for folder in folders if folder != out for path in folder.rglob("*") if path.is_file()}
    own |= {path for path in (out / "figures").rglob("*") if path.is_file()} | set(written)
    own |= {out / f"{task.name}.ipynb" for task, one in zip(tasks, ended, strict=True) if not one.exit_code}
    listed = {path.relative_to(out).as_posix(): files.sha256(path) for path in sorted(own) if path.name != MANIFEST}
    records = {
        path.parent.name: json.loads(path.read_text("utf-8")) for path in sorted(own) if path.name == "record.json"
    }
    return files.write_json(
        out / MANIFEST, {"tasks": [asdict(one) for one in ended], "records": records, "files": listed}
    )


def verify(out: Path) -> list[str]:
    """Return what is wrong with an output folder: missing, changed and unlisted files, failed tasks.

    Raises:
        ParametersRefused: the folder holds no manifest.
    """
    if not (out / MANIFEST).is_file():
        raise ParametersRefused(f"{out}: no {MANIFEST}; the run did not end, or this is no output folder")
    manifest = json.loads((out / MANIFEST).read_text("utf-8"))
    wrong = [f"{task['task']}: failed: {task['reason']}" for task in manifest["tasks"] if task["exit_code"]]
    for name, digest in manifest["files"].items():
        path = out / name
        if not path.is_file():
            wrong.append(f"{name}: missing")
        elif files.sha256(path) != digest:
            wrong.append(f"{name}: changed")
    present = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file() and path.name != MANIFEST}
    return wrong + [f"{name}: stale, not of this run" for name in sorted(present - set(manifest["files"]))]
