"""Every benchmark in one run: a table beside what is asked, and one file of figures with versions and load.

``make bench`` runs all; ``make bench-quick`` takes fewer scenarios and stays under ten minutes. A machine's seconds say
little of another machine; the ratios compare figures of one and the same run.
"""

from __future__ import annotations

import os

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1")

import json
import platform
import sys
from datetime import date
from importlib import metadata
from pathlib import Path

import batches
import memo
import sweep

import model

HOME = Path(__file__).resolve().parents[1]
PACKAGES = ("tibiao", "numpy", "pandas", "matplotlib", "papermill", "jupyter_client", "ipykernel", "pyarrow")
# What is asked of each key: at most, at least, exactly, or only to be reported.
ASKED = {
    "overhead_ratio": ("at most", 1 / 15), "throughput_ratio": ("at least", 5.0), "per_minute": ("reported", 60.0),
    "again_s": ("at most", 2.0), "again_kernels": ("exactly", 0.0), "rerun": ("exactly", 1.0), "growth": ("at most", 11.0),
    "memory_growth": ("at most", 1.1), "kernel_mb": ("at most", 130.0), "sweep_ratio": ("at least", 3.0),
    "sweep_s": ("at most", 120.0), "sweep_gib": ("at most", 2.0), "national_s": ("reported", 0.0), "national_gib": ("at most", 4.0),
    "memo_s": ("at most", 90.0), "documents_s": ("at most", 20.0),
}  # fmt: skip


def holds(key: str, value: float) -> str:
    """Say whether a figure is what is asked of it."""
    kind, asked = ASKED.get(key, ("", 0.0))
    kept = {"at most": value <= asked, "at least": value >= asked, "exactly": value == asked}.get(kind)
    said = f"{kind} {asked:.4g}" if kind and (kind != "reported" or asked) else kind
    return said if kept is None else f"{said}: {'yes' if kept else 'NO'}"


def main() -> None:
    """Measure, print the table, and write ``benchmarks/results/<date>.json``; of a quick run ``<date>.quick.json``."""
    quick = "--quick" in sys.argv
    before, figures = os.getloadavg(), {}
    for name, measure in (
        ("batches", lambda: batches.figures(quick)), ("memo", lambda: memo.figures(quick)), ("sweep", sweep.figures), ("model", lambda: {} if quick else model.measure()),
    ):  # fmt: skip
        print(f"measuring: {name}", flush=True)
        figures |= measure()
    for key, value in figures.items():
        print(f"{key:48} {value:16.6g}  {holds(key, value)}")
    record = {
        "date": date.today().isoformat(),
        "quick": quick,
        "versions": {"python": platform.python_version(), **{name: metadata.version(name) for name in PACKAGES}},
        "cores": os.cpu_count(),
        "load_average_before": before,
        "load_average_after": os.getloadavg(),
        "figures": {name: round(value, 6) for name, value in figures.items()},
    }
    path = HOME / "benchmarks" / "results" / f"{record['date']}{'.quick' if quick else ''}.json"
    path.write_text(json.dumps(record, indent=2) + "\n", "utf-8")
    print(f"wrote {path.relative_to(HOME)}")


if __name__ == "__main__":
    main()
