"""Sweep: the model over every combination of a grid, on several processes, without notebooks.

Each combination is one Parquet file, written whole by the process that computed it: the parent holds a line of each and no
rows. A file that was made from the same inputs is not made again, so that a sweep that was ended goes on where it stood.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_all_start_methods, get_context
from pathlib import Path

from analysis import files
from analysis.batch.store import MANIFEST, claim, locked
from analysis.batch.sweep import findings, table
from analysis.batch.sweep.work import Done, Ground, Job, begin, compute
from analysis.errors import InfrastructureFailed, ParametersRefused, ScenarioFailed
from analysis.inputs.evidence import load, vouch
from analysis.inputs.rules import read_rules
from analysis.inputs.scenario import read_scenario
from analysis.inputs.sweep import Combination, SweepFile, read_sweep
from analysis.session.record import environment_record, inputs_record

RESULTS = "results"
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
# A line of progress so often, and none where all is done before the first.
SECONDS_BETWEEN_LINES = 2.0


def run_sweep(file_or_name: str, home: Path, out: Path, workers: int, say: Callable[[str], None]) -> Path:
    """Run a sweep; return its manifest, which is written last.

    ``out/results`` gets one Parquet file per combination, ``out/combinations.csv`` one line of each.

    Args:
        file_or_name: a sweep file, or a name in ``params/sweeps``.
        home: the folder that holds ``data`` and ``params``.
        out: where to write; what lies there of the same sweep and the same inputs is kept.
        workers: processes; 1 computes in this one.
        say: takes the lines of progress and the last line, which says what was found.

    Raises:
        ParametersRefused: a file, key, value or folder that is not allowed; nothing has started.
        DataRefused: the package lacks what a combination needs; nothing has started.
        ScenarioFailed: combinations failed; all others are written, and the manifest names them.
        InfrastructureFailed: a worker died, or the folder cannot be written.
    """
    file = read_sweep(file_or_name, home)
    ground = _ground(file, home)
    names = _named(file, home, ground, say)
    kind = f"sweep {file.sweep.id}"
    folder = claim(str(out), home, kind)
    with locked(folder, kind):
        jobs = _jobs(file, home, ground, names, folder / RESULTS)
        _clear(folder / RESULTS, set(names))
        say(f"combinations: {len(names)}; data and parameters of {home}; into {folder}")
        done = sorted(_run(jobs, ground, len(names), workers, say), key=lambda one: one.scenario)
        well = [one for one in done if not one.reason]
        lines = findings.table([one.finding for one in well if one.finding])
        written = files.write_atomically(folder / "combinations.csv", lines.to_csv(index=False, lineterminator="\n"))
        _write_manifest(folder, kind, file, home, ground, done, written)
    for sentence in findings.sentences(file.sweep, [one.finding for one in well if one.finding]):
        say(sentence)
    if failed := [one for one in done if one.reason]:
        raise ScenarioFailed(
            f"failed: {len(failed)} of {len(done)} combinations; {failed[0].scenario}: {failed[0].reason}"
        )
    return folder / MANIFEST


def _ground(file: SweepFile, home: Path) -> Ground:
    """Read the packages and rules that the combinations share."""
    packages, rules = {}, {}
    for name in file.sweep.scenarios:
        dataset = read_scenario(name, home).dataset
        if dataset not in packages:
            packages[dataset], rules[dataset] = load(dataset, None, home), read_rules(dataset, home)
            vouch(packages[dataset], home)
    sweep = file.sweep
    own_draws = sweep.draws is not None or "draws" in sweep.grid
    return Ground(packages, rules, sweep.years, own_draws, sweep.by_area, table.kinds(sweep.grid))


def _named(file: SweepFile, home: Path, ground: Ground, say: Callable[[str], None]) -> list[str]:
    """Return the name of every combination, once each is resolved and each value of a key was made ready with the model.

    A short hash tells thousands apart no longer: where two share a name, both take more of it.
    """
    ids, met, progress = [], set(), _Progress(file.sweep.count, say, "read")
    for one in file.combinations(home):
        ids.append((one.scenario.id, one.scenario.sha256()[:6]))
        news = {(one.base, key, str(value)) for key, value in one.values.items()} - met
        if news:
            _make_ready(one, ground)
        met |= news
        progress.step()
    twice = {name for name, count in Counter(name for name, _ in ids).items() if count > 1}
    return [name + more if name in twice else name for name, more in ids]


def _make_ready(one: Combination, ground: Ground) -> None:
    try:
        ground.ready(one.scenario)
    except ValueError as error:
        raise ParametersRefused(f"{one.scenario.id} ({findings.said(one.values)}): {error}") from error


def _jobs(file: SweepFile, home: Path, ground: Ground, names: list[str], folder: Path) -> Iterator[Job]:
    """Yield every combination with the hash of all that its rows rest on; one at a time, so that none is held."""
    shared = {
        name: inputs_record(home, package, read_scenario(file.sweep.scenarios[0], home))
        for name, package in ground.packages.items()
    }
    fixed = {"environment": environment_record(), "asked": ground.asked(), "schema": table.SCHEMA}
    for name, one in zip(names, file.combinations(home), strict=True):
        scenario = one.scenario if one.scenario.id == name else one.scenario.model_copy(update={"id": name})
        rests = shared[scenario.dataset] | {"scenario": name, "scenario_sha256": scenario.sha256(), "overrides": {}}
        inputs = table.inputs_sha256(
            {**fixed, **rests, "values": {key: str(value) for key, value in one.values.items()}}
        )
        yield Job(scenario, one.base, one.values, inputs, folder / f"{name}.parquet")


def _clear(folder: Path, names: set[str]) -> None:
    """Remove what an earlier grid or a killed process left: who reads the folder reads all that is in it."""
    for path in folder.glob("*") if folder.is_dir() else ():
        if path.suffix != ".parquet" or path.stem not in names:
            path.unlink()


def _run(jobs: Iterator[Job], ground: Ground, total: int, workers: int, say: Callable[[str], None]) -> Iterator[Done]:
    progress = _Progress(total, say, "done")
    doing = _here(jobs, ground) if workers <= 1 else _elsewhere(jobs, ground, min(workers, total))
    for one in doing:
        progress.step(one.kept)
        yield one
    if progress.kept:
        say(f"already there, made from the same inputs: {progress.kept} of {total}")


def _here(jobs: Iterator[Job], ground: Ground) -> Iterator[Done]:
    begin(ground)
    yield from map(compute, jobs)


def _elsewhere(jobs: Iterator[Job], ground: Ground, workers: int) -> Iterator[Done]:
    """Hand out jobs as processes become free: what waits is not yet made, and what is done is a line."""
    os.environ.update(ONE_THREAD)
    can_fork = "forkserver" in get_all_start_methods()
    context = get_context("forkserver" if can_fork else "spawn")
    if can_fork:
        context.set_forkserver_preload(["analysis.batch.sweep.work"])
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=begin, initargs=(ground, True))
    running: set[Future[Done]] = set()
    try:
        for job in jobs:
            if len(running) >= 2 * workers:
                ended, running = wait(running, return_when=FIRST_COMPLETED)
                yield from (one.result() for one in ended)
            running.add(pool.submit(compute, job))
        while running:
            ended, running = wait(running, return_when=FIRST_COMPLETED)
            yield from (one.result() for one in ended)
    except BrokenProcessPool as error:
        raise InfrastructureFailed(
            "a worker died, perhaps for want of memory; run the same command again, with fewer --workers: it goes on where it stood"
        ) from error
    finally:
        for process in list((pool._processes or {}).values()):
            with contextlib.suppress(OSError):
                process.terminate()
        pool.shutdown(wait=True, cancel_futures=True)


def _write_manifest(
    folder: Path, kind: str, file: SweepFile, home: Path, ground: Ground, done: list[Done], lines: Path
) -> None:
    bases = {name: read_scenario(name, home) for name in file.sweep.scenarios}
    records = {
        name: {"inputs": inputs_record(home, ground.known(one), one), **environment_record()}
        for name, one in bases.items()
    }
    made = {f"{RESULTS}/{one.scenario}.parquet": one.sha256 for one in done if one.sha256}
    failed = [{"task": one.scenario, "exit_code": one.exit_code, "reason": one.reason} for one in done if one.reason]
    files.write_json(
        folder / MANIFEST,
        {
            "kind": kind,
            "sweep": file.sweep.model_dump(mode="json"),
            "tasks": failed,
            "records": records,
            "files": {**made, lines.name: files.sha256(lines)},
        },
    )


class _Progress:
    """Says from time to time how many are done and how long the rest will take.

    Attributes:
        kept: how many were there already.
    """

    def __init__(self, total: int, say: Callable[[str], None], verb: str):
        self.total, self.say, self.verb = total, say, verb
        self.done = self.kept = 0
        self.began = self.last = time.monotonic()

    def step(self, kept: bool = False) -> None:
        """Count one; one that was there already says nothing of how long the others take."""
        self.done, self.kept, now = self.done + 1, self.kept + kept, time.monotonic()
        made = self.done - self.kept
        if now - self.last < SECONDS_BETWEEN_LINES or not made:
            return
        self.last = now
        left = (now - self.began) / made * (self.total - self.done)
        self.say(f"[{self.done}/{self.total}] {self.verb}; {_length(left)} left")


def _length(seconds: float) -> str:
    return f"about {seconds:.0f} s" if seconds < 100 else f"about {seconds / 60:.0f} min"
