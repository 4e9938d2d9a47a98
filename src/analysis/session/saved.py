"""What a run writes into its folder: results with their record, steps, and the charts that were shown."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis import files
from analysis.model import results
from analysis.report.style import Chart
from analysis.session import COMPARED, ROAD
from analysis.session.record import environment_record

if TYPE_CHECKING:
    from analysis.session.run import Run

RESULTS, RECORD = "results.csv", "record.json"


def save(run: Run, shown: Iterable[Chart]) -> str:
    """Write results, steps and the charts that were shown where the run has a folder; say what was done."""
    if run.out_dir is None:
        return run.wording.pick("未写入任何文件（out_dir 为空）", "nothing was written (out_dir is empty)")
    folder = run.out_dir
    for chart in shown:
        files.write_atomically(folder / "figures" / f"{chart.name}.png", chart.png())
        files.write_atomically(folder / "figures" / f"{chart.name}.svg", chart.svg())
        files.write_atomically(
            folder / "figures" / f"{chart.name}.csv", chart.data.to_csv(index=False, lineterminator="\n")
        )
    if run.scope == "scenario":
        files.write_atomically(folder / "steps.csv", run.steps.to_csv(index=False, lineterminator="\n"))
    parts = {"": run.result} if run.scope != "batch" else {}
    # Only what the notebook has asked for.
    if "result" in run.years.__dict__:
        parts[ROAD] = run.years.result
    if "result" in run.side.__dict__:
        parts[COMPARED] = run.side.result
    for part, table in parts.items():
        for name, content in filed(part, table, run.inputs(part)).items():
            files.write_atomically(folder / name, content)
    return run.wording.pick("已写入结果和图表", "results and figures were written")


def filed(part: str, table: pd.DataFrame, inputs: dict[str, Any]) -> dict[str, bytes]:
    """Return results and their record by the path at which they lie below a run's folder.

    Args:
        part: the folder below it; empty for the run's own results.
        table: of results.
        inputs: what they rest on.
    """
    rows = results.to_csv(table).encode()
    record = {"inputs": inputs, "results_sha256": hashlib.sha256(rows).hexdigest()} | environment_record()
    named = {RESULTS: rows, RECORD: files.json_bytes(record)}
    return {f"{part}/{name}".removeprefix("/"): content for name, content in named.items()}
