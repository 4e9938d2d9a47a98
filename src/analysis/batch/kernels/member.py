"""Member: a process forked from the warm process that does one piece of work after another, as an executor of one."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Thread
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

    def submit(self, work: Callable[..., Any], *given: Any) -> Future[Any]:
        """Hand out a piece of work; the one before must have ended."""
        future: Future[Any] = Future()
        Thread(target=self._do, args=(future, (work, given)), daemon=True).start()
        return future

    def _do(self, future: Future[Any], order: tuple[Callable[..., Any], tuple[Any, ...]]) -> None:
        try:
            self._connection.send(order)
            went_well, result = self._connection.recv()
        except (OSError, EOFError):
            future.set_exception(BrokenProcessPool("the process died with its work"))
        except Exception as error:
            future.set_exception(error)
        else:
            (future.set_result if went_well else future.set_exception)(result)

    def kill(self) -> None:
        """End it, whatever it does."""
        self._process.kill()


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
