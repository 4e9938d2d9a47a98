"""Store: the output folder of a batch. One writer at a time, a receipt for each task done, the manifest last."""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import json
import os
import socket
import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from analysis import files
from analysis.batch.plan import DOCUMENT, Task
from analysis.batch.snapshot import Snapshot
from analysis.batch.work import Ended
from analysis.errors import InfrastructureFailed, ParametersRefused
from analysis.inputs.package import package_sha256

MANIFEST = "manifest.json"
# What the store keeps for itself beside the results.
RECEIPTS, LOCK, HOLDER = ".done", ".lock", ".holder"
_PROJECT = {
    ".git",
    ".github",
    ".venv",
    "benchmarks",
    "data",
    "docs",
    "local",
    "notebooks",
    "params",
    "src",
    "tests",
    "tools",
}
_MOST_CHANGES_NAMED = 3


def claim(given: str, home: Path, kind: str) -> Path:
    """Make a folder ours before any work begins; see :func:`place`.

    Raises:
        ParametersRefused: as :func:`place`.
        InfrastructureFailed: it cannot be written.
    """
    return files.writable(place(given, home, kind))


def place(given: str, home: Path, kind: str) -> Path:
    """Return the folder that is named: not the project's, and of the same kind where it is in use.

    Args:
        given: the folder, as the person wrote it.
        home: the folder that holds the project.
        kind: what is made there, such as ``batch memo``; a folder that holds another kind is left alone.

    Raises:
        ParametersRefused: empty, a folder of the project, a folder with files that are not ours, or another kind.
    """
    if not given.strip():
        raise ParametersRefused("--out is empty; allowed: a folder, such as out/mine")
    out = Path(given).expanduser().resolve()
    inside = out.relative_to(home).parts[:1] if out.is_relative_to(home) else None
    if inside == () or (inside and inside[0] in _PROJECT) or home.is_relative_to(out):
        raise ParametersRefused(
            f"--out {given}: a folder of the project itself; allowed: a folder of its own, such as out/mine"
        )
    if out.is_dir() and any(path.name not in (LOCK, HOLDER) for path in out.iterdir()):
        held = read_manifest(out).get("kind") if (out / MANIFEST).is_file() else None
        if held != kind:
            what = f"holds results of '{held}'" if held else f"holds files and no {MANIFEST} of this program"
            raise ParametersRefused(f"--out {given}: {what}; choose another folder, or empty it first")
    return out


@contextlib.contextmanager
def locked(out: Path, kind: str, is_as_seen: Callable[[], bool] = lambda: True) -> Iterator[None]:
    """Hold a folder alone, and mark it as not finished until the manifest is written.

    Args:
        out: the folder.
        kind: what is made there.
        is_as_seen: whether what was read of the folder before it was held is there still.

    Raises:
        InfrastructureFailed: another run holds it, and is named, or has written there since it was looked at.
    """
    from filelock import FileLock, Timeout

    holder = out / HOLDER
    try:
        with FileLock(out / LOCK, timeout=0):
            if not is_as_seen():
                raise InfrastructureFailed(f"{out}: another run wrote there while this one began; run it again")
            unfinished = {"kind": kind, "unfinished": True, "tasks": [], "records": {}, "files": {}}
            try:
                files.clear_halves(out)
                files.write_atomically(holder, f"process {os.getpid()} on {socket.gethostname()}\n")
                files.write_json(out / MANIFEST, unfinished)
                yield
            finally:
                holder.unlink(missing_ok=True)
    except Timeout as error:
        who = holder.read_text("utf-8").strip() if holder.is_file() else "another run"
        raise InfrastructureFailed(
            f"{out}: {who} is writing there; wait until it ends, or choose another --out"
        ) from error


def why_not_done(out: Path, task: Task, snapshot: Snapshot) -> list[str]:
    """Return why a task has to be run, a line each; nothing where what lies there is what it would give."""
    receipt = _receipt(out, task.name)
    if not receipt:
        return ["was not run into this folder yet"]
    now, then = snapshot.rests_on(task), receipt["rests_on"]
    said = [
        f"{name} {'is new' if name not in then else 'is gone' if name not in now else 'has changed'}"
        for name in sorted({*now, *then})
        if now.get(name) != then.get(name)
    ]
    if any(line.startswith("scenario ") for line in said):
        said += _changed(receipt.get("values", {}), snapshot.values(task))
    for name, digest in receipt["files"].items():
        path = out / name
        if not path.is_file():
            said.append(f"{name} is missing")
        elif files.sha256(path) != digest:
            said.append(f"{name} was changed")
    return said


def _changed(then: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    keys = [key for key in sorted({*then, *now}) if then.get(key) != now.get(key)]
    said = [f"{key}: {then.get(key, 'nothing')} is now {now.get(key, 'nothing')}" for key in keys[:_MOST_CHANGES_NAMED]]
    return said + ([f"and {len(keys) - len(said)} more"] if len(keys) > len(said) else [])


def made_once(out: Path, name: str, rests_on: Mapping[str, str], make: Callable[[], Sequence[Path]]) -> list[Path]:
    """Make what is made of a whole batch, unless what lies there was made from the same.

    Args:
        out: the output folder.
        name: of what is made.
        rests_on: the hashes of all that it depends on.
        make: writes it; returns its files.

    Returns:
        Its files.
    """
    receipt = _receipt(out, name)
    held = receipt.get("files", {})
    if receipt.get("rests_on") == rests_on and all(
        (out / file).is_file() and files.sha256(out / file) == digest for file, digest in held.items()
    ):
        return [out / file for file in held]
    digests = {path.relative_to(out).as_posix(): files.sha256(path) for path in make()}
    files.write_json(out / RECEIPTS / f"{name}.json", {"rests_on": dict(rests_on), "files": digests, "attempts": 1})
    return [out / file for file in digests]


def contents_sha256(tasks: Sequence[Task], out: Path) -> str:
    """Return one sha256 over all that the tasks of a batch have written: every file's place and bytes."""
    whole = hashlib.sha256()
    for task in tasks:
        for name, digest in _receipt(out, task.name).get("files", {}).items():
            whole.update(f"{name}\0{digest}\0".encode())
    return whole.hexdigest()


def _receipt(out: Path, name: str) -> dict[str, Any]:
    path = out / RECEIPTS / f"{name}.json"
    try:
        receipt = json.loads(path.read_text("utf-8"))
        return receipt if {"rests_on", "files", "attempts"} <= receipt.keys() else {}
    except (OSError, ValueError, AttributeError):
        return {}


def done_before(out: Path, snapshot: Snapshot) -> list[str]:
    """Return the sha256 of those of today's data packages that some task was done with in a folder already."""
    receipts = sorted((out / RECEIPTS).rglob("*.json")) if (out / RECEIPTS).is_dir() else []
    return [
        digest
        for digest in snapshot.data_sha256.values()
        if digest and any(digest in path.read_text("utf-8") for path in receipts)
    ]


def taken(out: Path, task: Task) -> Ended:
    """Return how a task that is done already ended."""
    return Ended(task.name, attempts=_receipt(out, task.name)["attempts"])


def put(out: Path, task: Task, ended: Ended, snapshot: Snapshot) -> Ended:
    """Store what came back of a task: its files, then its receipt; of a failed one the notebook as far as it came.

    Raises:
        InfrastructureFailed: a file cannot be written; older ones stay whole.
    """
    receipt, failed = out / RECEIPTS / f"{task.name}.json", out / f"{task.name}.failed.ipynb"
    receipt.unlink(missing_ok=True)
    if ended.exit_code:
        if ended.notebook:
            files.write_atomically(failed, ended.notebook)
        return Ended(ended.task, ended.exit_code, ended.reason, ended.attempts)
    folder = task.out_dir(out)
    written = [keep(folder / name, content) for name, content in ended.contents.items()]
    if ended.notebook:
        written.append(keep(out / f"{task.name}.ipynb", ended.notebook))
    failed.unlink(missing_ok=True)
    digests = {path.relative_to(out).as_posix(): digest for path, digest in written}
    kept = {"rests_on": snapshot.rests_on(task), "files": digests, "attempts": ended.attempts}
    files.write_json(receipt, kept | {"values": snapshot.values(task)})
    return Ended(ended.task, attempts=ended.attempts)


def keep(path: Path, content: bytes) -> tuple[Path, str]:
    """Write a file unless it is there already, as the results are that two languages of a notebook share."""
    if not path.is_file() or path.read_bytes() != content:
        files.write_atomically(path, content)
    return path, files.sha256(path)


def result_folders(tasks: Sequence[Task], ended: Sequence[Ended], out: Path) -> list[Path]:
    """Return the folders with results of this run: those of each task that ended well, and of its parts.

    A part, such as the road of several years, is of this run where it rests on the same inputs as the folder above it; a
    comparison where every scenario it compares is what lies beside it, and a bridge where the memo was made against the
    same older one. Documents make what they cite and no notebook of the batch has made.
    """
    well = {one.task for one in ended if not one.exit_code}
    whole = sorted({task.out_dir(out) for task in tasks if task.out_dir(out) != out and task.name in well})
    found = [folder for folder in whole if (folder / "results.csv").is_file()]
    inputs = {folder: _inputs(folder) for folder in found}
    found += [
        part.parent
        for folder in whole
        for part in sorted(folder.glob("*/results.csv"))
        if _inputs(part.parent) == inputs.get(folder)
    ]
    now = {own["scenario"]: own["scenario_sha256"] for folder, own in inputs.items() if folder.name == own["scenario"]}
    made = [_receipt(out, task.name) for task in tasks if task.scope == DOCUMENT and task.name in well]
    older = {None, *(one["rests_on"].get("against") for one in made)}
    beside = {part.parent: _inputs(part.parent) for part in sorted(out.glob("*/results.csv"))}
    found += [part for part, own in beside.items() if own.get("compared") == now and own.get("against") in older]
    cited = sorted({(out / name).parent for one in made for name in one["files"] if name.endswith("/results.csv")})
    return [*found, *(folder for folder in cited if folder not in found)]


def _inputs(folder: Path) -> dict[str, Any]:
    record = folder / "record.json"
    return _record(record)["inputs"] if record.is_file() else {}


def _record(path: Path) -> dict[str, Any]:
    """Read a run record; the records of a batch, of which hundreds are held at a time, share the texts they have in common."""

    def shared(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        return {sys.intern(key): sys.intern(value) if isinstance(value, str) else value for key, value in pairs}

    return json.loads(path.read_text("utf-8"), object_pairs_hook=shared)


def write_manifest(
    tasks: Sequence[Task], ended: Sequence[Ended], written: Sequence[Path], out: Path, kind: str, proposed: str = ""
) -> list[str]:
    """Write the manifest, last: what is proposed, every task with how it ended, every file with its sha256.

    Returns:
        The files of earlier runs that lie there still.
    """
    well = {one.task for one in ended if not one.exit_code}
    # Names, not paths: a path object takes several times the memory, and a batch has thousands of files.
    own = {name for task in tasks if task.name in well for name in _receipt(out, task.name)["files"]}
    parts = set(result_folders(tasks, ended, out)) - {task.out_dir(out) for task in tasks}
    made = itertools.chain(written, *(folder.rglob("*") for folder in parts))
    own |= {path.relative_to(out).as_posix() for path in made if path.is_file()}
    own |= {name for task in tasks if task.name not in well and (out / (name := f"{task.name}.failed.ipynb")).is_file()}
    listed = {name: files.sha256(out / name) for name in sorted(own - {MANIFEST})}
    records = {
        name.rpartition("/")[0] or ".": _record(out / name)
        for name in listed
        if name.rpartition("/")[2] == "record.json"
    }
    tasks_ended = [
        {
            "task": one.task,
            "exit_code": one.exit_code,
            "reason": one.reason,
            "attempts": one.attempts,
            "notebook_sha256": listed.get(f"{one.task}.ipynb", ""),
        }
        for one in ended
    ]
    whole = {"kind": kind, "proposed": proposed, "tasks": tasks_ended, "records": records, "files": listed}
    files.write_json(out / MANIFEST, whole)
    return _stale(out, listed)


def _stale(out: Path, listed: Collection[str]) -> list[str]:
    """Return the files of a folder that are neither listed nor the store's own, sorted."""
    present = (path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file())
    own = (MANIFEST, LOCK, HOLDER)
    return sorted(
        name for name in present if name not in listed and name not in own and not name.startswith(f"{RECEIPTS}/")
    )


def read_manifest(out: Path) -> dict[str, Any]:
    """Read a folder's manifest.

    Raises:
        ParametersRefused: none there, or not readable.
    """
    if not out.is_dir():
        raise ParametersRefused(
            f"{out.absolute()}: no such folder; run 'tibiao memo' first, or name the folder that --out wrote"
        )
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
    data: dict[str, str] = {}
    for name, record in manifest["records"].items():
        inputs = record["inputs"]
        if inputs["dataset"] not in data:
            data[inputs["dataset"]] = package_sha256(inputs["dataset"], home)
        if data[inputs["dataset"]] != inputs["data_sha256"]:
            wrong.append(f"{name}: the data have changed since")
        if files.code_sha256() != inputs["code_sha256"]:
            wrong.append(f"{name}: made by another version of the program")
        elif _another_scenario(inputs, home):
            wrong.append(f"{name}: the parameters have changed since")
    for name, digest in manifest["files"].items():
        path = out / name
        if not path.is_file():
            wrong.append(f"{name}: missing")
        elif files.sha256(path) != digest:
            wrong.append(f"{name}: changed")
    return wrong + [f"{name}: stale, not of this run" for name in _stale(out, manifest["files"])]


def _another_scenario(inputs: Mapping[str, Any], home: Path) -> bool:
    """Say whether a scenario of ``params`` has other values than a result was made from."""
    from analysis.inputs.scenario import names, on_package, read_scenario

    name = inputs["scenario"]
    if name not in names("scenarios", home):
        return False  # one of a file of one's own, or with overrides
    try:
        return on_package(read_scenario(name, home), inputs["dataset"], home).sha256() != inputs["scenario_sha256"]
    except ParametersRefused:
        return True
