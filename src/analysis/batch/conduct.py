"""Conduct: one batch from its plan to its manifest. What is done already is not done again."""

from __future__ import annotations

import contextlib
import functools
import tempfile
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from analysis import files
from analysis.batch import store
from analysis.batch.crew import Cluster, Crew, LocalCrew, OwnHands
from analysis.batch.memory import give_back
from analysis.batch.older import INPUTS, Older, inputs_archive
from analysis.batch.parcel import Parcel
from analysis.batch.plan import DOCUMENT, Task
from analysis.batch.run import run_tasks
from analysis.batch.snapshot import Snapshot
from analysis.batch.work import Ended, call, refuse_unready
from analysis.inputs.package import trust
from analysis.inputs.parameters.scenario import Scenario
from analysis.inputs.parameters.values import Text
from analysis.session import COMPARED

WRITERS = 2
# More lines than this are read in the page, not on a terminal.
MOST_ROWS = 40
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
        proposed: the scenario that its documents propose; empty where it makes none.
        against: the older memo that they are compared with; None without one.
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
    proposed: str = ""
    against: Older | None = None

    def snapshot(self) -> Snapshot:
        """Take what the tasks rest on as it is now."""
        taken = Snapshot.take(self.home, self.tasks, self.scenarios, self.own)
        return replace(taken, against_sha256=self.against.sha256 if self.against else "")


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
    out, snapshot = store.place(given, batch.home, batch.kind), batch.snapshot()
    with contextlib.ExitStack() as held:
        due = [task for task in batch.tasks if batch.fresh or store.why_not_done(out, task, snapshot)]
        trust(store.done_before(out, snapshot))
        crew = held.enter_context(_crew(batch, snapshot, len(due))) if due else None
        if crew:
            _refuse_unready(batch, snapshot, crew)
        files.writable(out)
        done = [task for task in batch.tasks if task not in due]
        held.enter_context(
            store.locked(out, batch.kind, lambda: not any(store.why_not_done(out, task, snapshot) for task in done))
        )
        say(f"to run: {len(due)} of {len(batch.tasks)}; data and parameters of {batch.home}; into {out}")
        begun = {task.name for task in due}
        ended = {task.name: store.taken(out, task) for task in batch.tasks if task.name not in begun}
        if crew:
            ended |= _run(batch, due, crew, snapshot, out, say)
        all_ended = [ended[task.name] for task in batch.tasks]
        written = _documents(batch, all_ended, snapshot, out, say, crew)
        if batch.proposed:
            written.append(store.keep(out / INPUTS, inputs_archive(snapshot))[0])
        give_back()  # results and the page went through here; the manifest, which is long, takes it anew
        stale = store.write_manifest(batch.tasks, all_ended, written, out, batch.kind, batch.proposed)
        if stale:
            more = f" and {len(stale) - 1} more" if len(stale) > 1 else ""
            say(f"in the folder and not of this run: {stale[0]}{more}; 'tibiao verify' names them")
    return all_ended, out


def _refuse_unready(batch: Batch, snapshot: Snapshot, crew: Crew) -> None:
    """Refuse what the run of a scenario would refuse; here where the crew is a cluster, which gets nothing refused."""
    # Scenarios that differ in the values of their assumptions alone fit the package, or do not, together.
    asked = {_fits_as(one): one for one in batch.scenarios.values()}
    hands = crew if isinstance(crew, LocalCrew) else OwnHands(batch.home)
    datasets = sorted({task.dataset for task in batch.tasks})
    hands.do(refuse_unready, datasets, list(asked.values()), snapshot.parcel)


def _fits_as(one: Scenario) -> str:
    kinds = [(name, assumption.scored) for name, assumption in sorted(one.assumptions.items())]
    shares = {name: sorted(sharing.shares) for name, sharing in sorted(one.sharing.items())}
    return f"{one.dataset} {one.as_of} {one.base_year} {one.horizon} {one.policy} {one.road} {shares} {kinds}"


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

    def say_done(one: Ended) -> None:
        nonlocal first
        ended[one.task] = one
        first = first or time.monotonic()  # what comes before the first says nothing of the others
        left = (time.monotonic() - first) / max(len(ended) - 1, 1) * (len(due) - len(ended))
        say(
            f"[{len(ended)}/{len(due)}] {one.task}: {'failed' if one.exit_code else 'done'}"
            + (f"; about {_duration(left)} left" if left >= 1 else "")
        )

    for wave in _waves(due):
        stored = _stored(batch, out, wave[0].scope) if wave[0].scope in ("batch", DOCUMENT) else None
        place = {task.name: task for task in wave}
        # Disks are slow to say that they have written: meanwhile the next tasks are handed out.
        with ThreadPoolExecutor(WRITERS) as writers:
            writing: deque[Future[Ended]] = deque()
            for one in run_tasks(wave, crew, snapshot, stored):
                writing.append(writers.submit(store.put, out, place[one.task], one, snapshot))
                while writing and (writing[0].done() or len(writing) > WRITERS):
                    say_done(writing.popleft().result())
            for future in writing:
                say_done(future.result())
    return ended


def _waves(due: Sequence[Task]) -> list[list[Task]]:
    """Split tasks: packages and scenarios, then one notebook of the batch that computes what the others of it show."""
    batch = [task for task in due if task.scope == "batch"]
    waves = [[task for task in due if task.scope in ("dataset", "scenario")], batch[:1], batch[1:]]
    return [wave for wave in [*waves, [task for task in due if task.scope == DOCUMENT]] if wave]


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"


def _stored(batch: Batch, out: Path, scope: str) -> Parcel:
    """Pack the results that a batch's notebooks and documents take instead of computing them; for these an older memo's."""
    # Of the package's results and the comparison those that a notebook makes: documents make the others.
    made = {COMPARED for task in batch.tasks if task.scope == "batch"} | {
        task.dataset for task in batch.tasks if task.scope == "dataset"
    }
    folders = [*batch.scenarios, *sorted(made)]
    paths = {f"{folder}/{name}": out / folder / name for folder in folders for name in STORED}
    contents = {name: path.read_bytes() for name, path in paths.items() if path.is_file()}
    older = batch.against.contents if batch.against and scope == DOCUMENT else {}
    return Parcel.pack(contents | dict(older))


def _documents(
    batch: Batch,
    ended: Sequence[Ended],
    snapshot: Snapshot,
    out: Path,
    say: Callable[[str], None],
    crew: Crew | None,
) -> list[Path]:
    """Make the table of all results and the page for the browser, where what they show has changed."""
    folders = store.result_folders(batch.tasks, ended, out)
    tables = {
        "tables": files.content_hash([folder / "results.csv" for folder in folders], out),
        "code": snapshot.code_sha256,
    }
    hands = crew if isinstance(crew, LocalCrew) else OwnHands(batch.home)
    written = store.made_once(
        out, "results", tables, lambda: hands.do(call, "analysis.batch.gather:gather", folders, out)
    )
    if not batch.site:
        return written
    failed = {one.task: one.reason for one in ended if one.exit_code}
    shown = {"contents": store.contents_sha256(batch.tasks, out), "title": f"{batch.title}"} | tables | failed
    return written + store.made_once(out, "index", shown, lambda: _site(batch, failed, out, hands, say))


def _site(
    batch: Batch, failed: dict[str, str], out: Path, hands: LocalCrew | OwnHands, say: Callable[[str], None]
) -> list[Path]:
    """Write the page for the browser: a scenario's part of it, and the pages of its notebooks, by whoever is free."""
    say("making the page for the browser")
    module, scenarios = "analysis.batch.site", dict(batch.scenarios)
    # In the crew's own folder, which goes however this process ends.
    beside = hands.home.parent if isinstance(hands, LocalCrew) else None
    with tempfile.TemporaryDirectory(prefix="tibiao-", dir=beside) as rows:
        given = functools.partial(call, f"{module}:part", out, failed, hands.home, Path(rows))
        parts = list(hands.map(given, scenarios.values()))
        shown = (out, batch.title, scenarios, batch.languages, failed, parts, Path(rows))
        index, font = hands.do(call, f"{module}:write_index", *shown)
    folders = ["", *{one.dataset: None for one in scenarios.values()}, *scenarios]
    pages = hands.map(functools.partial(call, f"{module}:write_pages", out, failed, font), folders)
    return [index, *(path for written in pages for path in written)]


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
        ("extra a year, million\nlow – best – high", "right"),
        ("short, million", "right"),
        ("state", "left"),
    ):
        table.add_column(name, justify=align, overflow="fold")
    shown = sorted(batch.scenarios, key=lambda name: name not in failed)[:MOST_ROWS]
    for name in (name for name in batch.scenarios if name in shown):
        if name in failed:
            table.add_row(name, "", "", "", f"failed: {failed[name][0]}")
        elif (found := headline(out / name / "results.csv")) is not None:
            table.add_row(name, *found, "done")
    if (more := len(batch.scenarios) - len(shown)) > 0:
        table.add_row(f"and {more} more: {'index.html' if batch.site else 'results.csv'}", "", "", "", "")
    return table
