"""Benchmark of batches: a batch of scenarios beside papermill's command on the same notebook, in one run.

CPU seconds are those of all processes that a command starts, whoever waits for them in the end. What is compared is the
whole of it: start-up, checking, kernels, cells, files, and for a batch the tables and the page for the browser besides.
"""

from __future__ import annotations

import contextlib
import ctypes
import io
import json
import os
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil

HOME = Path(__file__).resolve().parents[1]
NOTEBOOK, BATCH = "30_next_year", "bench"
SCENARIOS, MANY, AT_A_TIME, KERNELS, WARM_UPS, RUNS, ALONE = 40, 400, 2, 4, 3, 5, 10
QUICK_PAPERMILL, QUICK_MANY, WATCH_SECONDS = 8, 120, 0.25
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
_SET_CHILD_SUBREAPER = 36
SCENARIO = """extends: baseline
id: {id}
title:
  zh: 方案{number}
  en: Scenario {number}
question:
  zh: 跟随比例取{share}如何？
  en: What if {share} of the rise is followed?
overrides:
  assumptions.follow_share.central: {share}
"""
PLAN = """id: {id}
title:
  zh: 测速
  en: Benchmark
scenarios: [{scenarios}]
proposed: baseline
notebooks: [{notebook}]
languages: [zh]
"""


def home_with(scenarios: int, folder: Path) -> Path:
    """Copy data, parameters and notebooks, with a batch of so many scenarios; the first rests on the files as they are."""
    home = folder / f"home{scenarios}"
    for name in ("data", "params", "notebooks"):
        shutil.copytree(HOME / name, home / name)
    named = ["baseline"]
    for number in range(1, scenarios):
        named.append(f"s{number:03}")
        share = f"{0.2 + 0.5 * number / scenarios:.4f}"
        text = SCENARIO.format(id=named[-1], number=number, share=share)
        (home / "params" / "scenarios" / f"{named[-1]}.yaml").write_text(text, "utf-8")
    plan = PLAN.format(id=BATCH, scenarios=", ".join(named), notebook=NOTEBOOK)
    (home / "params" / "batches" / f"{BATCH}.yaml").write_text(plan, "utf-8")
    return home


class Measured:
    """One command: wall seconds, CPU seconds of all its processes, its own largest memory, the processes it started.

    Attributes:
        seconds: wall.
        cpu: of all processes.
        bytes: largest memory of the command's own process.
        started: number of processes below it that were seen.
        said: what it printed.
    """

    def __init__(self, command: Sequence[str], home: Path):
        before, start = _children_seconds(), time.perf_counter()
        process = subprocess.Popen(  # noqa: S603
            command, env={**os.environ, **ONE_THREAD, "TIBIAO_HOME": str(home)}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=home,
        )  # fmt: skip
        self.bytes, seen = 0, set()
        over = threading.Event()

        def watch() -> None:
            one = psutil.Process(process.pid)
            while not over.wait(WATCH_SECONDS):
                try:
                    seen.update(child.pid for child in one.children(recursive=True))
                    peak = re.search(r"VmHWM:\s*(\d+)", Path(f"/proc/{process.pid}/status").read_text("utf-8"))
                except (psutil.Error, OSError):
                    return
                self.bytes = max(self.bytes, 1024 * int(peak[1]) if peak else 0)

        watcher = threading.Thread(target=watch)
        watcher.start()
        self.said = process.communicate()[0]
        self.seconds = time.perf_counter() - start
        over.set()
        watcher.join()
        _reap_orphans()
        self.cpu, self.started = _children_seconds() - before, len(seen)
        if process.returncode:
            raise RuntimeError(f"{' '.join(command[:3])} ended with {process.returncode}: {self.said[-2000:]}")


def _children_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _reap_orphans() -> None:
    """Wait for those whose parents have gone, so that their seconds are counted here."""
    while True:
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return


def tibiao(home: Path, *arguments: str) -> Measured:
    """Run a batch as a person does."""
    return Measured([sys.executable, "-m", "analysis", "batch", BATCH, *arguments], home)


def papermill(home: Path, scenarios: Sequence[str], out: Path) -> dict[str, float]:
    """Run the notebook of some scenarios by papermill's command, two at a time; return wall and CPU seconds."""

    def one(scenario: str) -> None:
        folder = out / scenario
        folder.mkdir(parents=True)
        command = [
            sys.executable,
            "-m",
            "papermill",
            str(home / "notebooks" / f"{NOTEBOOK}.ipynb"),
            str(folder / "executed.ipynb"),
        ]
        parameters = ["-p", "scenario", scenario, "-p", "out_dir", str(folder), "-k", "python3"]
        done = subprocess.run(  # noqa: S603
            [*command, *parameters], env={**os.environ, **ONE_THREAD, "TIBIAO_HOME": str(home)}, cwd=folder, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode or not (folder / "results.csv").is_file():
            raise RuntimeError(done.stderr[-2000:])

    before, start = _children_seconds(), time.perf_counter()
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        list(pool.map(one, scenarios))
    seconds = time.perf_counter() - start
    _reap_orphans()
    return {"seconds": seconds, "cpu": _children_seconds() - before}


def cells_alone(home: Path, scenarios: Sequence[str]) -> float:
    """Return the CPU seconds of the notebook's cells in a warm process: what no way of running them can save.

    As many at once as papermill runs: cores that share their units count more seconds for the same work when both are busy.
    """

    def one(_: int) -> float:
        command = [sys.executable, __file__, "--cells", str(home), *scenarios]
        done = subprocess.run(command, env={**os.environ, **ONE_THREAD, "TIBIAO_HOME": str(home)}, capture_output=True, text=True, check=True)  # noqa: S603  # fmt: skip
        return float(done.stdout.split()[-1])

    with ThreadPoolExecutor(AT_A_TIME) as pool:
        return statistics.mean(pool.map(one, range(AT_A_TIME)))


def _run_cells(home: Path, scenarios: Sequence[str]) -> None:
    os.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"
    from IPython.core.interactiveshell import InteractiveShell

    cells = json.loads((home / "notebooks" / f"{NOTEBOOK}.ipynb").read_text("utf-8"))["cells"]
    sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    shell, spent = InteractiveShell.instance(), []
    for scenario in scenarios:
        shell.reset(new_session=True)
        with tempfile.TemporaryDirectory() as folder:
            start = time.process_time()
            for number, source in enumerate(sources):
                given = f"\nscenario, out_dir = {scenario!r}, {folder!r}" if number == 0 else ""
                # Not silent: what a cell shows, a table or a chart, is drawn as part of it.
                with contextlib.redirect_stdout(io.StringIO()):
                    shell.run_cell(source + given, store_history=False).raise_error()
            spent.append(time.process_time() - start)
    print(statistics.mean(spent[WARM_UPS:]))


def kernel_megabytes(home: Path) -> float:
    """Return the proportional memory of a kernel that has run the notebook, several of them beside each other."""
    from jupyter_client.manager import KernelManager

    from analysis.batch.kernels.process import SHARED, WarmProcess

    cells = json.loads((home / "notebooks" / f"{NOTEBOOK}.ipynb").read_text("utf-8"))["cells"]
    os.environ["TIBIAO_HOME"] = str(home)
    with WarmProcess(home=home) as warm:
        os.environ[SHARED] = warm.address
        started = []
        for _ in range(KERNELS):
            manager = KernelManager(kernel_name="tibiao")
            manager.start_kernel()
            client = manager.client()
            client.start_channels()
            client.wait_for_ready(timeout=60)
            for cell in cells:
                if cell["cell_type"] == "code":
                    client.execute_interactive("".join(cell["source"]), timeout=60, output_hook=lambda _: None)
            started.append((manager, client))
        sizes = [psutil.Process(manager.provisioner.pid).memory_full_info().pss for manager, _ in started]
        for manager, client in started:
            client.stop_channels()
            manager.shutdown_kernel(now=True)
        del os.environ[SHARED], os.environ["TIBIAO_HOME"]
    return statistics.mean(sizes) / 1e6


def figures(quick: bool = False) -> dict[str, float]:
    """Return the figures of batches by their key.

    Args:
        quick: papermill on a few scenarios and a smaller growth, for a first look.
    """
    ctypes.CDLL(None).prctl(_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    many = QUICK_MANY if quick else MANY
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        home, large = home_with(SCENARIOS, folder), home_with(many, folder)
        names = [f"s{number:03}" for number in range(1, SCENARIOS)] + ["baseline"]
        asked = names[:QUICK_PAPERMILL] if quick else names
        runs = 1 if quick else RUNS
        # By turns: a machine that slows down or is busy meanwhile is so for all.
        alone, theirs, ours = [], [], []
        for turn in range(runs + 1):
            part = asked[turn * len(asked) // (runs + 1) : (turn + 1) * len(asked) // (runs + 1)]
            alone.append(cells_alone(home, names[: WARM_UPS + ALONE]))
            theirs.append(papermill(home, part, folder / f"papermill{turn}"))
            if turn < runs:
                # A folder of its own: where the same results lie already, their page is not made again.
                ours.append(tibiao(home, "--out", str(folder / f"out{turn}")))
        alone = statistics.mean(alone)
        theirs = {name: sum(one[name] for one in theirs) / len(asked) for name in theirs[0]}
        out = str(folder / f"out{runs - 1}")
        again = tibiao(home, "--out", out)
        assumptions = home / "params" / "assumptions" / "guangdong.yaml"
        text = assumptions.read_text("utf-8")
        changed = text.replace("central: 0.77", "central: 0.76", 1)
        if changed == text:
            raise RuntimeError("the assumption that the benchmark changes is not there")
        assumptions.write_text(changed, "utf-8")
        rerun = tibiao(home, "--out", out)
        more = tibiao(large, "--out", str(folder / "many"))
        seconds, cpu = (statistics.median(getattr(one, name) for one in ours) for name in ("seconds", "cpu"))
        return {
            "cells_cpu_s": alone,
            "papermill_cpu_s": theirs["cpu"],
            "papermill_s": theirs["seconds"],
            "batch_cpu_s": cpu / SCENARIOS,
            "batch_s": seconds,
            "overhead_ratio": (cpu / SCENARIOS - alone) / (theirs["cpu"] - alone),
            "throughput_ratio": theirs["seconds"] * SCENARIOS / seconds,
            "per_minute": SCENARIOS / seconds * 60,
            "again_s": again.seconds,
            "again_kernels": float(again.started),
            "rerun": float(re.search(r"to run: (\d+) of", rerun.said)[1]),
            "scenarios_of_growth": float(many),
            "growth": more.seconds / seconds * MANY / many,
            "memory_growth": more.bytes / max(one.bytes for one in ours),
            "kernel_mb": kernel_megabytes(home),
        }


if __name__ == "__main__":
    _run_cells(Path(sys.argv[2]), sys.argv[3:])
