"""Crew: who does the work. Processes of this machine, or the workers of a dask cluster; both through ``concurrent.futures``."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import tempfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait as wait_for
from pathlib import Path
from threading import Thread
from typing import Any, Protocol

from analysis.batch.kernels.member import ForkedMember
from analysis.batch.kernels.process import ONE_THREAD, SHARED, WarmProcess, can_fork
from analysis.batch.parcel import Parcel
from analysis.batch.work import MOST_ATTEMPTS, UNPACKED
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


class OwnHands:
    """Does what little there is in this process.

    Attributes:
        home: the folder that holds data and parameters.
    """

    def __init__(self, home: Path):
        self.home = home

    def do(self, work: Callable[..., Any], *given: Any) -> Any:
        """Do a piece of work at once."""
        return work(*given)

    def map(self, work: Callable[[Any], Any], items: Iterable[Any]) -> Iterator[Any]:
        """Do the same with each of several things."""
        return map(work, items)


class LocalCrew:
    """Processes of this machine; each may die without the others.

    Where it is possible they and their kernels are forked from one warm process, so that everything is imported once.

    Attributes:
        size: number of processes.
        home: the folder that holds data and parameters, as they were when the batch began.
    """

    def __init__(self, size: int, home: Parcel):
        self.size = size
        self._parcel = home
        self._members: list[Any] = []
        self._busy: dict[Future[Any], Any] = {}

    def __enter__(self) -> LocalCrew:
        self._folder, self._warm, shared = tempfile.mkdtemp(prefix="tibiao-"), None, os.environ.get(SHARED)
        try:
            self.home = self._parcel.unpacked(Path(self._folder))
            if can_fork() and not shared:
                with contextlib.suppress(OSError):  # where none can be had, the others serve
                    self._warm = WarmProcess(home=self.home, folder=self._folder)
        except BaseException:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise
        self._told = {UNPACKED: self._folder, **ONE_THREAD}
        if address := self._warm.address if self._warm else shared:
            self._told[SHARED] = address
        return self

    def submit(self, work: Callable[..., Any], *given: Any) -> Future[Any]:
        """Hand out a piece of work to a member who has none."""
        for ended in [one for one in list(self._busy) if one.done()]:
            self._free(ended)  # its end is seen a moment before it calls back
        idle = [one for one in self._members if one not in self._busy.values()]
        if not idle:
            idle = [self._join()]
            self._members += idle
        future = idle[0].submit(work, *given)
        self._busy[future] = idle[0]
        future.add_done_callback(self._free)
        return future

    def _join(self) -> Any:
        if SHARED in self._told and can_fork():
            with contextlib.suppress(OSError):  # where it has gone, the others serve
                return ForkedMember(self._told[SHARED], os.environ | self._told)
        return ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=_begin, initargs=(self._told,))

    def _free(self, future: Future[Any]) -> None:
        if isinstance(future.exception(), BrokenProcessPool):
            with contextlib.suppress(ValueError):  # freed already
                self._members.remove(self._busy.get(future))  # died with its work; another takes its place
        self._busy.pop(future, None)

    def do(self, work: Callable[..., Any], *given: Any) -> Any:
        """Have a piece of work done and return what it gives; begun again where its process died.

        Raises:
            InfrastructureFailed: its process died each time.
        """
        return self._result(self.submit(work, *given), work, given)

    def map(self, work: Callable[[Any], Any], items: Iterable[Any]) -> Iterator[Any]:
        """Do the same with each of several things; yield what it gives in their order.

        Raises:
            InfrastructureFailed: as in :meth:`do`.
        """
        waiting = deque(items)
        handed: deque[tuple[Future[Any], Any]] = deque()
        while waiting or handed:
            while waiting and len(self._busy) < self.size:
                item = waiting.popleft()
                handed.append((self.submit(work, item), item))
            if handed[0][0].done() or not waiting:
                future, item = handed.popleft()
                yield self._result(future, work, (item,))
            else:
                wait(self._busy, return_when=FIRST_COMPLETED)

    def _result(self, future: Future[Any], work: Callable[..., Any], given: tuple[Any, ...]) -> Any:
        for _ in range(MOST_ATTEMPTS - 1):
            with contextlib.suppress(BrokenProcessPool):
                return future.result()
            future = self.submit(work, *given)
        try:
            return future.result()
        except BrokenProcessPool as error:
            raise InfrastructureFailed(
                f"a process died {MOST_ATTEMPTS} times over the same work, perhaps for want of memory; "
                "run the same command again, with fewer --workers: it goes on where it stood"
            ) from error

    def __exit__(self, *_: object) -> None:
        for member in self._members:
            if isinstance(member, ForkedMember):
                member.kill()
                continue
            for process in list((member._processes or {}).values()):
                process.kill()
            member.shutdown(wait=False, cancel_futures=True)
        if self._warm:
            self._warm.close()
        shutil.rmtree(self._folder, ignore_errors=True)


def _begin(told: dict[str, str]) -> None:
    """Leave interrupts to the parent, its kernels' chatter out of the terminal, and end when the parent has gone."""
    os.environ.update(told)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    Thread(target=_end_with, args=(parent_process(),), daemon=True).start()


def _end_with(parent: Any) -> None:
    wait_for([parent.sentinel])
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
            InfrastructureFailed: no scheduler answers, it has no workers, or TLS is asked for without certificates.
        """
        from distributed import Client

        try:
            self._client = Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
            threads = sum(self._client.nthreads().values())
        except (OSError, TimeoutError, ValueError) as error:
            raise InfrastructureFailed(
                f"--scheduler {address}: no scheduler answers there; start one with 'dask scheduler' (docs/how-to/use-a-cluster.md)"
            ) from error
        except TypeError as error:  # what distributed raises where its settings name no certificate
            raise InfrastructureFailed(
                f"--scheduler {address}: dask's settings name no certificate to show it; see docs/how-to/use-a-cluster.md"
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
