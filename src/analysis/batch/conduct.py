"""Conduct: one batch from its plan to its manifest. What is done already is not done again."""

from __future__ import annotations

import contextlib
import functools
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from analysis import files
from analysis.batch import store
from analysis.batch.crew import Cluster, Crew, LocalCrew, processes
from analysis.batch.gather import gather
from analysis.batch.parcel import Parcel
from analysis.batch.plan import DOCUMENT, Task
from analysis.batch.run import run_tasks
from analysis.batch.snapshot import Snapshot
from analysis.batch.work import Ended
from analysis.inputs.parameters import Scenario, Text
from analysis.session import COMPARED

# So few scenarios are put on the page faster than other processes begin.
FEW = 8
STORED = ("results.csv", "record.json")


@dataclass(frozen=True)
class Batch:
    """What is to be made, and how.

    Attributes:
        kind: what is made, such as ``batch memo``; a folder holds one kind.
        title: for people.
        tasks: in order; those of a batch after all others.
        scenarios: id to resolved scenario.
        languages: of the documents.
        home: the folder that holds data, params and notebooks.
        own: files of one's own, by the place in ``params`` that a worker finds them at.
        workers: processes of this machine.
        scheduler: a dask cluster's address; empty for this machine.
        fresh: run everything, whatever is done already.
        site: whether a page for the browser is made.
    """

    kind: str
    title: Text
    tasks: Sequence[Task]
    scenarios: Mapping[str, Scenario]
    languages: Sequence[str]
    home: Path
    own: Mapping[str, Path] = field(default_factory=dict)
    workers: int = 1
    scheduler: str = ""
    fresh: bool = False
    site: bool = True

    def snapshot(self) -> Snapshot:
        """Take what the tasks rest on as it is now."""
        return Snapshot.take(self.home, self.tasks, self.scenarios, self.own)


def why(batch: Batch, out: Path) -> dict[str, list[str]]:
    """Return for each task why it would be run; nothing where it is up to date."""
    snapshot = batch.snapshot()
    return {task.name: store.why_not_done(out, task, snapshot) for task in batch.tasks}


def conduct(batch: Batch, given: str, say: Callable[[str], None]) -> tuple[list[Ended], Path]:
    """Run a batch; refuse before anything starts what a scenario's run would refuse.

    Args:
        batch: what is to be made.
        given: the output folder, as the person wrote it.
        say: takes a line for the person who waits.

    Returns:
        How each task ended, in the order of the batch; and the output folder.

    Raises:
        ParametersRefused: a parameter, or the folder.
        DataRefused: a data package.
        InfrastructureFailed: another run holds the folder, the disk is full, no scheduler answers.
    """
    snapshot, out = batch.snapshot(), Path(given).expanduser().resolve()
    with contextlib.ExitStack() as held:
        due = [task for task in batch.tasks if batch.fresh or store.why_not_done(out, task, snapshot)]
        # Warms up while what it will run is checked here.
        crew = held.enter_context(_crew(batch, snapshot, len(due))) if due else None
        if due:
            warm = getattr(crew, "warm", None)
            _refuse_unready(batch, [*store.done_before(out, snapshot), *(warm.checked() if warm else [])])
        out = store.claim(given, batch.home, batch.kind)
        held.enter_context(store.locked(out, batch.kind))
        say(f"to run: {len(due)} of {len(batch.tasks)}; data and parameters of {batch.home}; into {out}")
        ended = {task.name: store.taken(out, task) for task in batch.tasks if task not in due}
        if crew:
            ended |= _run(batch, due, crew, snapshot, out, say)
        all_ended = [ended[task.name] for task in batch.tasks]
        written = _documents(batch, all_ended, snapshot, out, say)
        store.write_manifest(batch.tasks, all_ended, written, out, batch.kind)
    return all_ended, out


def _refuse_unready(batch: Batch, checked: Sequence[str]) -> None:
    """Make every scenario ready to be costed, and so refuse what its run would refuse.

    Args:
        batch: what is to be made.
        checked: sha256 of packages that an earlier run has checked whole.
    """
    from analysis.inputs import evidence
    from analysis.inputs.rules import read_rules
    from analysis.model.simulate import prepare

    # The cells of a grid differ in single values: one cell of each scenario shows whether its files fit the package.
    first = {task.scenario: task.value for task in reversed(batch.tasks) if task.scope == "scenario"}
    named = [batch.scenarios[value] for value in first.values()]
    evidence.trust(checked)
    for dataset in sorted({task.dataset for task in batch.tasks}):
        package = evidence.load(dataset, None, batch.home)
        evidence.vouch(package, batch.home)
        for one in named or batch.scenarios.values():
            if one.dataset == dataset:
                prepare(package.known_on(one.as_of), one, read_rules(dataset, batch.home))


def _crew(batch: Batch, snapshot: Snapshot, due: int) -> Crew:
    if batch.scheduler:
        return Cluster(batch.scheduler)
    return LocalCrew(min(batch.workers, due), snapshot.parcel)


def _run(
    batch: Batch, due: Sequence[Task], crew: Crew, snapshot: Snapshot, out: Path, say: Callable[[str], None]
) -> dict[str, Ended]:
    """Run what is due, wave by wave: what a batch's notebooks show must be there before them."""
    ended: dict[str, Ended] = {}
    first = 0.0
    for wave in _waves(due):
        stored = _stored(batch, out) if wave[0].scope in ("batch", DOCUMENT) else None
        place = {task.name: task for task in wave}
        for one in run_tasks(wave, crew, snapshot, stored):
            ended[one.task] = store.put(out, place[one.task], one, snapshot)
            first = first or time.monotonic()  # what comes before the first says nothing of the others
            left = (time.monotonic() - first) / max(len(ended) - 1, 1) * (len(due) - len(ended))
            say(
                f"[{len(ended)}/{len(due)}] {one.task}: {'failed' if one.exit_code else 'done'}"
                + (f"; about {_duration(left)} left" if left >= 1 else "")
            )
    return ended


def _waves(due: Sequence[Task]) -> list[list[Task]]:
    """Split tasks: packages and scenarios, then one notebook of the batch that computes what the others of it show."""
    batch = [task for task in due if task.scope == "batch"]
    waves = [[task for task in due if task.scope in ("dataset", "scenario")], batch[:1], batch[1:]]
    return [wave for wave in [*waves, [task for task in due if task.scope == DOCUMENT]] if wave]


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"


def _stored(batch: Batch, out: Path) -> Parcel:
    """Pack the results that the notebooks of a batch take instead of computing them."""
    folders = [*batch.scenarios, COMPARED]
    paths = {f"{folder}/{name}": out / folder / name for folder in folders for name in STORED}
    return Parcel.pack({name: path.read_bytes() for name, path in paths.items() if path.is_file()})


def _documents(
    batch: Batch, ended: Sequence[Ended], snapshot: Snapshot, out: Path, say: Callable[[str], None]
) -> list[Path]:
    """Make the table of all results and the page for the browser, where what they show has changed."""
    folders = store.result_folders(batch.tasks, ended, out)
    tables = {folder.relative_to(out).as_posix(): files.sha256(folder / "results.csv") for folder in folders}
    code = {"code": snapshot.code_sha256}
    written = store.made_once(out, "results", tables | code, lambda: gather(folders, out))
    if not batch.site:
        return written
    failed = {one.task: one.reason for one in ended if one.exit_code}
    shown = store.contents_sha256(batch.tasks, out) | tables | failed | {"title": f"{batch.title}"} | code

    def site() -> list[Path]:
        from analysis.batch.site import write_site

        say("making the page for the browser")
        given = (out, batch.title, dict(batch.scenarios), batch.languages, failed, batch.home)
        if len(batch.scenarios) < FEW or batch.workers == 1:
            return write_site(*given)
        with processes(batch.workers) as pool:
            return write_site(*given, each=functools.partial(pool.map, chunksize=FEW // 2))

    return written + store.made_once(out, "index", shown, site)


def summary(batch: Batch, ended: Sequence[Ended], out: Path) -> Any:
    """Return the closing table: each scenario's share, cost and money, or why it failed."""
    from rich.table import Table

    from analysis.batch.headline import headline

    failed: dict[str, list[str]] = {}
    for one in ended:
        if one.exit_code:
            failed.setdefault(one.task.split("/")[0], []).append(one.reason)
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name, align in (
        ("scenario", "left"),
        ("rural/urban", "right"),
        ("extra a year, million", "right"),
        ("short, million", "right"),
        ("state", "left"),
    ):
        table.add_column(name, justify=align, overflow="fold")
    for name in batch.scenarios:
        if name in failed:
            table.add_row(name, "", "", "", f"failed: {failed[name][0]}")
        elif (found := headline(out / name / "results.csv")) is not None:
            table.add_row(name, *found, "done")
    return table
