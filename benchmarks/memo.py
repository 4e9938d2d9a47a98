"""Benchmark of the memo: all ten default scenarios to a finished memo, and its documents alone from finished results.

Both are taken from the start of the command to its end, as ``make memo`` is: checking, kernels, notebooks, documents,
workbook, page for the browser. Medians of several runs.
"""

from __future__ import annotations

import shutil
import statistics
import sys
import tempfile
from pathlib import Path

from batches import HOME, Measured

RUNS, QUICK_RUNS = 5, 1
DOCUMENTS = ("*.pdf", "*.html", "*.docx", "*.xlsx")


def figures(quick: bool = False) -> dict[str, float]:
    """Return the seconds of a whole memo and of its documents alone, by their key.

    Args:
        quick: one run of each.
    """
    with tempfile.TemporaryDirectory() as made:
        home = Path(made) / "home"
        for name in ("data", "params", "notebooks"):
            shutil.copytree(HOME / name, home / name)
        memo = [sys.executable, "-m", "analysis", "memo", "--out"]
        Measured([*memo, str(Path(made) / "first")], home)  # the first one makes caches that every later one finds
        whole, documents = [], []
        for turn in range(QUICK_RUNS if quick else RUNS):
            out = Path(made) / f"out{turn}"
            whole.append(Measured([*memo, str(out)], home).seconds)
            gone = [path for pattern in DOCUMENTS for path in out.glob(pattern)]
            for path in gone:
                path.unlink()
            documents.append(Measured([*memo, str(out)], home).seconds)
            if missing := [path.name for path in gone if not path.is_file()]:
                raise RuntimeError(f"not written anew: {', '.join(missing)}")
        return {"memo_s": statistics.median(whole), "documents_s": statistics.median(documents)}
