"""The run record: everything that a result depends on, and the versions that byte-identity is promised for."""

from __future__ import annotations

import json
import platform
from importlib import metadata
from pathlib import Path
from typing import Any

import pandas as pd

from analysis import files
from analysis.inputs.evidence import Evidence
from analysis.inputs.package import rules_path
from analysis.inputs.parameters.scenario import Scenario
from analysis.model import results
from analysis.session import SCHEMA


def inputs_record(home: Path, evidence: Evidence, scenario: Scenario) -> dict[str, Any]:
    """Return what a result depends on: sha256 of data, parameters and code, and the seed."""
    rules = rules_path(evidence.dataset, home)
    return {
        "schema": SCHEMA,
        "dataset": evidence.dataset,
        "data_sha256": files.content_hash(evidence.files, home),
        "scenario": scenario.id,
        "scenario_sha256": scenario.sha256(),
        "overrides": scenario.overrides,
        "rules_sha256": files.content_hash([path for path in [rules] if path.is_file()], home),
        "code_sha256": files.code_sha256(),
        "seed": scenario.seed,
    }


def stored_results(folder: Path, inputs: dict[str, Any]) -> pd.DataFrame | None:
    """Return the results of a folder where they were made from these inputs and are whole; None elsewhere."""
    record, table = folder / "record.json", folder / "results.csv"
    if not (record.is_file() and table.is_file()):
        return None
    said = json.loads(record.read_text("utf-8"))
    if said["inputs"] != inputs or said["results_sha256"] != files.sha256(table):
        return None
    return results.from_csv(table.read_text("utf-8"))


def environment_record() -> dict[str, Any]:
    """Return the versions that byte-identity is promised for."""
    packages = ("tibiao", "numpy", "pandas", "matplotlib", "papermill")
    return {"versions": {"python": platform.python_version(), **{name: metadata.version(name) for name in packages}}}
