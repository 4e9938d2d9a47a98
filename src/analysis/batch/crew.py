"""Crew: who does the work. Processes of this machine, or the workers of a dask cluster; both through ``concurrent.futures``."""

from __future__ import annotations

import contextlib
import os
import signal
import tempfile
from collections.abc import Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from pathlib import Path
from threading import Thread
from typing import Any, Protocol

from analysis.batch.kernels.process import ONE_THREAD, SHARED, WarmProcess, can_fork
from analysis.batch.parcel import Parcel
from analysis.batch.work import UNPACKED
from analysis.errors import InfrastructureFailed

CONNECT_SECONDS = 10


class Crew(Protocol):
    """Those who do the work.

    Attributes:
        size: tasks that are handed out at the same time.
    """

    size: int

    def submit(self, work: Callable[..., Any], *given: Any) -> Future[Any]:
        """Hand out a piece of work."""

    def __enter__(self) -> Crew: ...

    def __exit__(self, *_: object) -> None: ...


def processes(count: int, told: dict[str, str] | None = None) -> ProcessPoolExecutor:
    """Return processes of this machine, forked where that is possible from one that has imported what they need.

    Args:
        count: how many.
        told: what each finds in its environment.
    """
    context = get_context("forkserver" if can_fork() else "spawn")
    if can_fork():
        context.set_forkserver_preload(["analysis.batch.work", "papermill", "analysis.batch.site"])
    return ProcessPoolExecutor(count, mp_context=context, initializer=_begin, initargs=(told or ONE_THREAD,))


class LocalCrew:
    """Processes of this machine that share one warm process; each may die without the others.

    Attributes:
        size: number of processes.
        warm: what their kernels are forked from; None where nothing can be forked, or another process shares its own.
    """

    def __init__(self, size: int, home: Parcel):
        self.size = size
        self._home = home
        self.warm: WarmProcess | None = None
        self._members: list[ProcessPoolExecutor] = []
        self._busy: dict[Future[Any], ProcessPoolExecutor] = {}

    def __enter__(self) -> LocalCrew:
        self._folder = tempfile.TemporaryDirectory(prefix="tibiao-")
        unpacked = self._home.unpacked(Path(self._folder.name))
        self.warm = WarmProcess(home=unpacked) if can_fork() and SHARED not in os.environ else None
        told = {UNPACKED: self._folder.name, **ONE_THREAD} | ({SHARED: self.warm.address} if self.warm else {})
        self._start = lambda: processes(1, told)
        return self

    def submit(self, work: Callable[..., Any], *given: Any) -> Future[Any]:
        """Hand out a piece of work to a member who has none."""
        idle = [one for one in self._members if one not in self._busy.values()]
        member = idle[0] if idle else self._start()
        if not idle:
            self._members.append(member)
        future = member.submit(work, *given)
        self._busy[future] = member
        future.add_done_callback(self._free)
        return future

    def _free(self, future: Future[Any]) -> None:
        member = self._busy.pop(future, None)
        if not future.cancelled() and future.exception() is not None and member in self._members:
            self._members.remove(member)  # died with its work; another starts in its place
            member.shutdown(wait=False)

    def __exit__(self, *_: object) -> None:
        for member in self._members:
            for process in list((member._processes or {}).values()):
                with contextlib.suppress(OSError):
                    process.kill()
            member.shutdown(wait=False, cancel_futures=True)
        if self.warm:
            self.warm.close()
        self._folder.cleanup()


def _begin(told: dict[str, str]) -> None:
    """Leave interrupts to the parent, its kernels' chatter out of the terminal, and end when the parent has gone."""
    os.environ.update(told)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    Thread(target=_end_with, args=(parent_process(),), daemon=True).start()


def _end_with(parent: Any) -> None:
    wait([parent.sentinel])
    os._exit(1)


class Cluster:
    """The workers of a dask cluster.

    Attributes:
        size: twice its threads, so that none waits for the next task.
    """

    def __init__(self, address: str):
        """Find the scheduler.

        Args:
            address: such as ``tcp://127.0.0.1:8786`` or, with certificates in dask's own settings, ``tls://...``.

        Raises:
            InfrastructureFailed: no scheduler answers, or it has no workers.
        """
        from distributed import Client

        try:
            self._client = Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
            threads = sum(self._client.nthreads().values())
        except (OSError, TimeoutError, ValueError) as error:
            raise InfrastructureFailed(
                f"--scheduler {address}: no scheduler answers there; start one with 'dask scheduler' (docs/how-to/use-a-cluster.md)"
            ) from error
        if not threads:
            self._client.close()
            raise InfrastructureFailed(
                f"--scheduler {address}: it has no workers; start some with 'dask worker {address} --nthreads 1'"
            )
        self.size = 2 * threads
        self._executor: Executor = self._client.get_executor(pure=False, retries=3)

    def submit(self, work: Callable[..., Any], *given: Any) -> Future[Any]:
        """Hand out a piece of work; the cluster begins it again where a worker dies."""
        return self._executor.submit(work, *given)

    def __enter__(self) -> Cluster:
        return self

    def __exit__(self, *_: object) -> None:
        self._executor.shutdown(wait=False)
        self._client.close()
