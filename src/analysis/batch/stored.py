"""Stored notebooks: their outputs are what CI compares, and are made anew by one command."""

from __future__ import annotations

import itertools
import os
import tempfile
from pathlib import Path

import nbformat

from analysis.batch.notebook import cleaned
from analysis.batch.snapshot import KERNEL
from analysis.errors import ScenarioFailed

CHECKED = "nbval-check-output"
SHOWN_CHARACTERS = 120


def executed(name: str, home: Path) -> tuple[str, list[str]]:
    """Run a notebook with its defaults and return its text with the outputs; nothing is written.

    Returns:
        The text, and one line per checked cell whose text differs from what is stored.

    Raises:
        ScenarioFailed: it does not run.
    """
    kept = nbformat.read(home / "notebooks" / f"{name}.ipynb", 4)
    fresh = _executed(name, home)
    changed = [
        f"{name}: cell {position}: {_first_difference(_texts(before), _texts(after))}"
        for position, (before, after) in enumerate(zip(kept.cells, fresh.cells, strict=True), 1)
        if CHECKED in before.metadata.get("tags", []) and _texts(before) != _texts(after)
    ]
    return nbformat.writes(fresh) + "\n", changed


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


def _first_difference(before: list[str], after: list[str]) -> str:
    """Return the first line that differs, before and after, and how many differ."""
    old, new = ("\n".join(texts).splitlines() for texts in (before, after))
    pairs = [(a, b) for a, b in itertools.zip_longest(old, new, fillvalue="") if a != b]
    first = " -> ".join(repr(" ".join(line.split())[:SHOWN_CHARACTERS]) for line in pairs[0])
    return f"{first}, {len(pairs)} lines changed" if len(pairs) > 1 else first
