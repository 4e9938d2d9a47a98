"""Long and wide: thousands of evaluations in one process, and many kernels at the same moment."""

import json
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from jupyter_client.manager import KernelManager

pytestmark = pytest.mark.load
EVALUATIONS, AT_ONCE, ROUNDS = 2000, 32, 5
SOAK = f"""
import gc, json, sys
from datetime import date
import psutil
from analysis.files import home
from analysis.inputs.evidence import load
from analysis.inputs.rules import read_rules
from analysis.inputs.scenario import read_scenario
from analysis.model.simulate import simulate
own, known, rules = psutil.Process(), load("guangdong", date(2024, 6, 30)), read_rules("guangdong", home())
seen = []
for number in range({EVALUATIONS}):
    changed = {{"draws": 400, "assumptions.follow_share.central": round(0.2 + number * 0.0002, 4)}}
    simulate(known, read_scenario("baseline", home(), changed), rules)
    if number % 100 == 99:
        gc.collect()
        seen.append((own.num_fds(), own.num_threads(), own.memory_info().rss))
print(json.dumps(seen))
"""


def test_thousands_of_evaluations_hold_no_more_than_the_first_hundred(figure):
    done = subprocess.run([sys.executable, "-c", SOAK], capture_output=True, text=True, check=True)
    seen = json.loads(done.stdout)
    assert len(seen) == EVALUATIONS // 100
    files, threads, memory = zip(*seen, strict=True)
    assert max(files) - min(files) <= 3
    assert len(set(threads)) == 1
    growth = memory[-1] / memory[0] - 1
    assert growth <= 0.05
    figure(
        f"L3 soak: {EVALUATIONS} evaluations, descriptors {files[0]} to {files[-1]}, threads {threads[-1]}, "
        f"memory {memory[0] / 1e6:.0f} to {memory[-1] / 1e6:.0f} MB ({growth:+.1%})"
    )


def started(_number):
    """Start a kernel, ask it something, end it; return whether it failed to start, at first and at a second try."""
    failed = 0
    for _ in range(2):
        manager = KernelManager(kernel_name="tibiao")
        try:
            manager.start_kernel()
            client = manager.client()
            client.start_channels()
            try:
                client.wait_for_ready(timeout=60)
                client.execute_interactive("1 + 1", timeout=60, output_hook=lambda message: None)
                return failed
            finally:
                client.stop_channels()
        except (RuntimeError, TimeoutError, OSError):
            failed += 1
        finally:
            if manager.has_kernel:
                manager.shutdown_kernel(now=True)
    return failed


def test_many_kernels_start_at_once(figure):
    failures, began = [], time.monotonic()
    for _ in range(ROUNDS):
        with ThreadPoolExecutor(AT_ONCE) as threads:
            failures += threads.map(started, range(AT_ONCE))
    assert len(failures) == ROUNDS * AT_ONCE
    assert max(failures) < 2, "a kernel did not start at the second try either"
    figure(
        f"L4 parallel start: {ROUNDS} times {AT_ONCE} kernels, {sum(failures)} retries, 0 failures, {time.monotonic() - began:.0f} s"
    )
