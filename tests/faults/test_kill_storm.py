"""A batch whose workers and kernels are killed all the time, and which is killed as a whole: nothing lost, doubled or changed."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time

import psutil
import pytest

from analysis.batch.kernels.process import SHARED
from analysis.batch.store import read_manifest, verify
from analysis.batch.work import MOST_ATTEMPTS
from cheap_batch import MINE, contents

SCENARIOS = 500 if os.environ.get("FULL") else 100
NOTEBOOK, WORKERS, WHOLE_KILLS, SEED = "30_next_year", 4, 5, 20261126
BATCH = (
    "id: storm\ntitle: {{zh: 风暴, en: Storm}}\nscenarios: [{}]\nproposed: baseline\nnotebooks: [{}]\nlanguages: [zh]\n"
)

pytestmark = pytest.mark.load


@pytest.fixture
def storm_home(home, tmp_path):
    """Return a home with a batch of so many scenarios of one notebook."""
    own = tmp_path / "home"
    for name in ("data", "params", "notebooks"):
        shutil.copytree(home / name, own / name, ignore=shutil.ignore_patterns("scratch"))
    named = ["baseline"]
    for number in range(1, SCENARIOS):
        named.append(f"s{number:03}")
        text = (
            MINE.format(id=named[-1]) + f"overrides:\n  assumptions.follow_share.central: {0.2 + 0.0011 * number:.4f}\n"
        )
        (own / f"params/scenarios/{named[-1]}.yaml").write_text(text, "utf-8")
    (own / "params/batches/storm.yaml").write_text(BATCH.format(", ".join(named), NOTEBOOK), "utf-8")
    return own


def begun(home, out):
    environment = {**os.environ, "TIBIAO_HOME": str(home)}
    environment.pop(SHARED, None)
    command = [sys.executable, "-m", "analysis", "batch", "storm", "--workers", str(WORKERS), "--out", str(out)]
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, start_new_session=True)  # fmt: skip


def forked(batch):
    """Return the workers and kernels of a batch: all that its warm process has forked."""
    try:
        warm = [one for one in psutil.Process(batch.pid).children() if "--lifeline" in one.cmdline()]
        return sorted((child for one in warm for child in one.children()), key=lambda one: one.pid)
    except psutil.Error:
        return []


def results(out):
    """Return what a reader sees but for the manifest, which counts attempts."""
    return {name: content for name, content in contents(out).items() if name[0] != "." and name != "manifest.json"}


def test_a_storm_of_kills_changes_no_byte(storm_home, tmp_path, figure):
    quiet, out = tmp_path / "quiet", tmp_path / "out"
    calm_from = time.monotonic()
    with begun(storm_home, quiet) as batch:
        assert batch.wait(3600) == 0, batch.stderr.read()
    calm_seconds = time.monotonic() - calm_from

    dice, kills, whole, families = random.Random(SEED), 0, 0, set()  # noqa: S311 - a seed, so that a storm can be had again
    due = [SCENARIOS * (one + 1) // (WHOLE_KILLS + 1) for one in range(WHOLE_KILLS)]
    began = time.monotonic()
    while True:
        batch, code = begun(storm_home, out), None
        strike = time.monotonic() + dice.uniform(3, 7)
        while (code := batch.poll()) is None:
            time.sleep(0.1)
            done = len(list((out / ".done").glob(f"*/{NOTEBOOK}.zh.json"))) if out.exists() else 0
            if whole < WHOLE_KILLS and done >= due[whole]:
                families |= {one.pid for one in psutil.Process(batch.pid).children(recursive=True)}
                os.kill(batch.pid, signal.SIGKILL)
                batch.wait()
                whole += 1
                break
            if time.monotonic() > strike and (found := forked(batch)):
                victim = dice.choice(found)
                try:
                    victim.kill()
                    kills += 1
                except psutil.NoSuchProcess:
                    pass
                strike = time.monotonic() + dice.uniform(3, 7)
        said = batch.stderr.read()
        batch.stderr.close()
        if code is not None:
            break
    assert code == 0, said
    assert whole == WHOLE_KILLS
    assert kills >= SCENARIOS // 20

    manifest = read_manifest(out)
    names = [task["task"] for task in manifest["tasks"]]
    assert len(names) == len(set(names)) == SCENARIOS
    attempts = [task["attempts"] for task in manifest["tasks"]]
    assert max(attempts) <= MOST_ATTEMPTS
    assert max(attempts) > 1
    assert verify(out, storm_home) == []
    assert results(out) == results(quiet)
    deadline = time.monotonic() + 5
    while (left := [pid for pid in families if psutil.pid_exists(pid)]) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not left
    figure(
        f"L1 kill storm: {SCENARIOS} of {SCENARIOS} results, 0 lost, 0 doubled, 0 corrupt, bytes equal; "
        f"{kills} processes and {whole} whole batches killed, {sum(attempts) - SCENARIOS} attempts more, {max(attempts)} at most; "
        f"{time.monotonic() - began:.0f} s ({calm_seconds:.0f} s undisturbed)"
    )
