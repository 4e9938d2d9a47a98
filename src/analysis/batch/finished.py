"""Finished results: those of a folder that are of today's inputs, so that nothing has to be computed again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from analysis import files
from analysis.batch.store import MANIFEST, read_manifest
from analysis.errors import ParametersRefused
from analysis.inputs import evidence
from analysis.inputs.batch import read_batch
from analysis.inputs.scenario import names
from analysis.session.record import inputs_record

STORED = ("results.csv", "record.json")


def finished(home: Path, scenarios: dict[str, Any], out: str | None) -> tuple[Path, Any]:
    """Find the first folder with results of all scenarios that are of today's inputs; return it and the package.

    Raises:
        ParametersRefused: a result is missing, or was made from other inputs.
    """
    folders = [Path(out).expanduser()] if out else [Path("out/memo"), Path("out/run")]
    lacking = {
        folder: [name for name in scenarios if not all((folder / name / part).is_file() for part in STORED)]
        for folder in folders
    }
    rerun = f"'tibiao run {' '.join(scenarios)} --out {folders[-1]}'"
    todo = f"run {rerun}" if out else f"run 'tibiao memo' for the scenarios of its batch, or {rerun}"
    if out and (batch := _batch(folders[0])):
        todo = f"run 'tibiao memo {batch} --out {out}' for the scenarios of its batch, or name another --out"
    whole = [folder for folder in folders if not lacking[folder]]
    if not whole:
        name = min(lacking.values(), key=len)[0]
        raise ParametersRefused(f"scenario {name!r}: no results in {' or '.join(map(str, folders))}; {todo}")
    package = _checked_before(home, scenarios, whole)
    stale = {
        folder: next(filter(None, (_stale(home, folder, one, package) for one in scenarios.values())), "")
        for folder in whole
    }
    for folder, problem in stale.items():
        if not problem:
            return folder, package
    raise ParametersRefused(f"{stale[whole[0]]}; {todo}")


def _checked_before(home: Path, scenarios: dict[str, Any], folders: list[Path]) -> Any:
    """Load the package; the bytes that a stored result was made from were checked whole then, and need no second check."""
    dataset = next(iter(scenarios.values())).dataset
    digest = evidence.package_sha256(dataset, home)
    records = [folder / name / "record.json" for folder in folders for name in scenarios]
    if digest and any(digest.encode() in path.read_bytes() for path in records):
        evidence.trust([digest])
    return evidence.load(dataset, None, home)


def _stale(home: Path, folder: Path, scenario: Any, package: Any) -> str:
    """Say what is wrong with a stored result; empty where it is what today's inputs would give."""
    path, now = folder / scenario.id / "results.csv", inputs_record(home, package, scenario)
    said = f"scenario {scenario.id!r}: {path}: "
    try:
        record = json.loads(path.with_name("record.json").read_text("utf-8"))
        then, digest = dict(record["inputs"]), record["results_sha256"]
    except (ValueError, KeyError, TypeError):
        return f"{said}its record.json cannot be read"
    if then != now:
        other = [key.removesuffix("_sha256") for key, value in now.items() if then.get(key) != value]
        return f"{said}was made from other inputs ({', '.join(other) or 'more than today'})"
    return "" if digest == files.sha256(path) else f"{said}is not what its record.json says"


def _batch(folder: Path) -> str:
    """Return the batch that a folder holds the results of; empty where it holds none."""
    kind = str(read_manifest(folder).get("kind", "")) if (folder / MANIFEST).is_file() else ""
    return kind.removeprefix("batch ").partition(" on ")[0] if kind.startswith("batch ") else ""


def proposed_of(folder: Path, home: Path) -> str:
    """Return the scenario that a batch's stored attribution is against; empty where the folder holds none."""
    batch = _batch(folder) if (folder / "compare" / "results.csv").is_file() else ""
    return read_batch(batch, home).proposed if batch in names("batches", home) else ""
