"""Run tasks: hand them out as workers become free, begin again what died, and take what comes back."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from typing import Any

from analysis.batch.crew import Crew
from analysis.batch.parcel import Parcel
from analysis.batch.plan import Task
from analysis.batch.snapshot import Snapshot
from analysis.batch.work import MOST_ATTEMPTS, Ended, Limits, execute
from analysis.errors import INFRASTRUCTURE


def run_tasks(
    tasks: Sequence[Task], crew: Crew, snapshot: Snapshot, stored: Parcel | None = None, limits: Limits | None = None
) -> Iterator[Ended]:
    """Run tasks and give each back once, as it ends.

    Only as many are handed out as there are workers: what waits costs no memory, and neither does what was taken.

    Args:
        tasks: in the order in which they begin.
        crew: who does the work.
        snapshot: what the tasks rest on.
        stored: results that notebooks of a batch find in their folder.
        limits: of time.
    """
    waiting, deaths = deque(tasks), Counter[str]()
    running: dict[Future[Any], Task] = {}

    def hand_out() -> None:
        while waiting and len(running) < crew.size:
            task = waiting.popleft()
            running[crew.submit(execute, task, snapshot.parcel, snapshot.code_sha256, stored, limits)] = task

    hand_out()
    while running:
        done, _ = wait(running, return_when=FIRST_COMPLETED)
        for future in done:
            task = running.pop(future)
            ended = _ended(future, task)
            if ended is None:
                deaths[task.name] += 1
                if deaths[task.name] < MOST_ATTEMPTS:
                    waiting.append(task)
                    hand_out()
                    continue
                ended = Ended(task.name, INFRASTRUCTURE, "its worker died each time", 0)
            hand_out()  # before what came back is stored: nobody waits for the disk
            yield replace(ended, attempts=ended.attempts + deaths[task.name])


def _ended(future: Future[Any], task: Task) -> Ended | None:
    """Return how a task ended; None where its worker died."""
    try:
        return future.result()
    except BrokenProcessPool:
        return None
    except Exception as error:
        said = " ".join(str(error).split())[:200]
        return Ended(task.name, INFRASTRUCTURE, f"the worker failed: {type(error).__name__}: {said}")
