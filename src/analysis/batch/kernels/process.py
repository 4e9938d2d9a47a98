"""The owner's side of the warm process: start it, ask it for a kernel, end it."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

# A warm process that the owner of this one shares: the address of its socket.
SHARED = "TIBIAO_WARM_PROCESS"
# What workers and every notebook of the suite import, and what reads the packages.
MODULES = (
    "analysis.batch.work",
    "papermill",
    "analysis.batch.gather",
    "analysis.batch.site",
    "analysis.session.warmth",
)
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
# The column library's own allocator starts a thread, which a fork would leave behind. Large pieces of memory go back to the
# system when they are free, so that a kernel holds only what it uses; the system's own rule would keep up to 32 MiB of each.
_ALLOCATION = {
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "MALLOC_MMAP_THRESHOLD_": "16777216",
    "MALLOC_TRIM_THRESHOLD_": "16777216",
}
_CLOSE_SECONDS = 5


def can_fork() -> bool:
    """Say whether this system can fork kernels: Linux, with descriptors that wake when a process ends."""
    return sys.platform == "linux" and hasattr(os, "pidfd_open")


class WarmProcess:
    """A warm process and the private folder of its sockets.

    Attributes:
        address: of the socket that kernels are asked for at.
    """

    def __init__(self, modules: Sequence[str] = MODULES, home: Path | None = None, folder: str = ""):
        """Start it; who asks it for something waits until it is warm.

        Args:
            modules: what it imports; their ``warm_up`` is called.
            home: the folder that holds the data packages to read; found where it is not given.
            folder: of its sockets, which it removes when it ends, however its owner died; a new private one by default.

        Raises:
            OSError: it could not be started, or its address would be too long.
        """
        self._folder = folder or tempfile.mkdtemp(prefix="tibiao-")
        self.address = f"{self._folder}/warm"
        self._owner = os.getpid()
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener:
                listener.bind(self.address)
                listener.listen(128)  # who asks before it is warm waits
                self._start(listener.fileno(), modules, home)
        except BaseException:
            if not folder:
                shutil.rmtree(self._folder, ignore_errors=True)
            raise
        atexit.register(self.close)

    def _start(self, listener: int, modules: Sequence[str], home: Path | None) -> None:
        theirs, self._lifeline = os.pipe()
        own = {**ONE_THREAD, **_ALLOCATION} | ({"TIBIAO_HOME": str(home)} if home else {})
        command = [sys.executable, "-m", "analysis.batch.kernels.warm", "--listener", str(listener)]
        try:
            self._process = subprocess.Popen(
                [*command, "--lifeline", str(theirs), "--folder", self._folder, *modules],
                pass_fds=(listener, theirs),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=None if os.environ.get("TIBIAO_DEBUG") else subprocess.DEVNULL,
                env={**os.environ, **own},
                start_new_session=True,
            )
        except BaseException:
            os.close(self._lifeline)
            raise
        finally:
            os.close(theirs)

    @property
    def pid(self) -> int:
        """The process number."""
        return self._process.pid

    def alive(self) -> bool:
        """Say whether it still runs."""
        return self._process.poll() is None

    def close(self) -> None:
        """End it with all its kernels; a forked copy of its owner leaves it alone."""
        if os.getpid() != self._owner or self._lifeline < 0:
            return
        os.close(self._lifeline)
        self._lifeline = -1
        try:
            self._process.wait(_CLOSE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)
        atexit.unregister(self.close)

    def __enter__(self) -> WarmProcess:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class ForkedProcess:
    """A process forked from the warm one, with the part of ``subprocess.Popen`` that a provisioner uses.

    Attributes:
        pid: the process number, and that of its group and session.
        returncode: None while it runs.
    """

    stdin = stdout = stderr = None

    def __init__(self, address: str, request: dict[str, Any], streams: list[int]):
        """Ask the warm process for one.

        Args:
            address: of the warm process.
            request: its working folder ``cwd`` and whole environment ``env``; of a kernel its ``arguments`` besides.
            streams: descriptors of its standard input, output and errors.

        Raises:
            OSError: there is no warm process, or it went away.
        """
        self.returncode: int | None = None
        self._connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            self._connection.connect(address)
            socket.send_fds(self._connection, [json.dumps(request).encode()], streams)
            self.pid: int = self._received()["pid"]
        except BaseException:
            self._connection.close()
            raise

    def _received(self) -> dict[str, Any]:
        message = self._connection.recv(256)
        if not message:
            raise ConnectionResetError("the warm process has gone")
        return json.loads(message)

    def fileno(self) -> int:
        """Return the descriptor that wakes when the process has ended."""
        return self._connection.fileno()

    def poll(self) -> int | None:
        """Return the exit code; None while it runs."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            return self.wait(0)
        return None

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end; return the exit code, that of a kill where the warm process went with it.

        Raises:
            subprocess.TimeoutExpired: it still runs.
        """
        if self.returncode is None:
            ended = select.poll()  # select() takes no descriptor above 1023
            ended.register(self._connection, select.POLLIN)
            if not ended.poll(None if timeout is None else timeout * 1000):
                raise subprocess.TimeoutExpired("forked process", timeout or 0)
            try:
                self.returncode = self._received()["exit"]
            except ConnectionResetError:
                self.returncode = -signal.SIGKILL
            self._connection.close()
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send a signal to the process alone; nothing happens where it has ended."""
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):  # its end is told a moment after it has gone
                os.kill(self.pid, number)

    def kill(self) -> None:
        """Kill the process."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask the process to end."""
        self.send_signal(signal.SIGTERM)
