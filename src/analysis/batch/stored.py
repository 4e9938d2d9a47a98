"""Stored notebooks: their outputs are what CI compares, and are refreshed by one command."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import nbformat

from analysis import files
from analysis.batch.notebook import cleaned
from analysis.batch.plan import notebooks
from analysis.batch.snapshot import KERNEL
from analysis.errors import ScenarioFailed

CHECKED = "nbval-check-output"


def refresh(home: Path) -> list[str]:
    """Run every notebook with its defaults and store its outputs in place.

    Returns:
        One line per checked cell whose text changed.

    Raises:
        ScenarioFailed: a notebook that does not run; nothing of it is stored.
    """
    changed = []
    for name in notebooks(home):
        path = home / "notebooks" / f"{name}.ipynb"
        stored = nbformat.read(path, 4)
        fresh = _executed(name, home)
        for position, (before, after) in enumerate(zip(stored.cells, fresh.cells, strict=True), 1):
            if CHECKED in before.metadata.get("tags", []) and _texts(before) != _texts(after):
                changed.append(f"{name}: cell {position} changed")
        files.write_atomically(path, nbformat.writes(fresh) + "\n")
    return changed


def _executed(name: str, home: Path) -> nbformat.NotebookNode:
    """Run a notebook as it stands, without injected parameters, and strip what differs from run to run."""
    from nbclient import NotebookClient
    from traitlets.config import Config

    notebook = nbformat.read(home / "notebooks" / f"{name}.ipynb", 4)
    with tempfile.TemporaryDirectory() as folder:
        client = NotebookClient(
            notebook,
            timeout=300,
            kernel_name=KERNEL,  # the ordinary one: tests hold the forked kernels to what is stored
            resources={"metadata": {"path": folder}},
            record_timing=False,
            store_widget_state=False,
            config=Config({"KernelManager": {"transport": "ipc", "ip": f"{folder}/k"}} if os.name == "posix" else {}),
        )
        try:
            client.execute()
        except Exception as error:
            raise ScenarioFailed(f"notebooks/{name}.ipynb: {str(error).strip().splitlines()[-1]}") from error
    return cleaned(notebook)


def _texts(cell: nbformat.NotebookNode) -> list[str]:
    return [output.get("data", {}).get("text/plain", output.get("text", "")) for output in cell.get("outputs", [])]
