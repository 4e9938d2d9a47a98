"""Member: a process forked from the warm process that does one piece of work after another, as an executor of one."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from analysis.batch.kernels.process import ForkedProcess


class ForkedMember:
    """An executor of one process that need not import anything.

    Attributes:
        pid: the process number.
    """

    def __init__(self, address: str, env: dict[str, str]):
        """Fork a member.

        Args:
            address: of the warm process.
            env: its whole environment.

        Raises:
            OSError: there is no warm process.
        """
        ours, theirs = socket.socketpair()
        with theirs, Path(os.devnull).open("w") as nothing:
            self._process = ForkedProcess(
                address, {"cwd": str(Path.cwd()), "env": env}, [theirs.fileno(), nothing.fileno(), nothing.fileno()]
            )
        self.pid = self._process.pid
        self._connection = Connection(ours.detach())
        self._thread = ThreadPoolExecutor(1)

    def submit(self, work: Callable[..., Any], *given: Any) -> Future[Any]:
        """Hand out a piece of work; the one before must have ended."""
        return self._thread.submit(self._do, (work, given))

    def _do(self, order: tuple[Callable[..., Any], tuple[Any, ...]]) -> Any:
        try:
            self._connection.send(order)
            went_well, result = self._connection.recv()
        except (OSError, EOFError) as error:
            raise BrokenProcessPool("the process died with its work") from error
        if not went_well:
            raise result
        return result

    def kill(self) -> None:
        """End it, whatever it does."""
        self._process.kill()
        self._thread.shutdown(wait=False)


def serve(descriptor: int) -> None:
    """Do what comes over a descriptor, one piece of work after another, until it is closed."""
    connection = Connection(descriptor)
    while True:
        try:
            work, given = connection.recv()
        except (EOFError, OSError):
            return
        try:
            answer = (True, work(*given))
        except Exception as error:
            answer = (False, error)
        connection.send(answer)
