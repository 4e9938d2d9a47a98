"""The provisioner: how every Jupyter client (papermill, nbval, JupyterLab) gets a forked kernel by name alone.

A kernelspec asks for it by name (``metadata.kernel_provisioner``), or ``JUPYTER_DEFAULT_PROVISIONER_NAME`` does for
all that ask for none. Where forking is not possible, or the kernel is not an ordinary one of this Python, the
ordinary kernel serves, with the same results.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from jupyter_client.provisioning import LocalProvisioner

from analysis.batch.kernels.process import SHARED, ForkedProcess, WarmProcess, can_fork

NAME = "tibiao-forked"
LAUNCHER = "ipykernel_launcher"
# A socket's whole path may have 107 bytes; "-children" follows.
LONGEST_SOCKET_PATH = 98
# How often it is looked whether a kernel listens, for how long at most, and how long its end is waited for.
LOOK_SECONDS, LISTEN_SECONDS, END_SECONDS = 0.004, 2, 5
# This process's own warm processes, by the source code that they hold.
_warm: dict[tuple[tuple[Path, int], ...], WarmProcess] = {}
_SOURCE = Path(__file__).parents[2]


def warm_address() -> str:
    """Return the address of a warm process: the one that is shared with this process, else its own, started when needed.

    A change of the package's source starts another: a kernel that is restarted must run the code of today.
    """
    if shared := os.environ.get(SHARED):
        return shared
    code = tuple((path, path.stat().st_mtime_ns) for path in sorted(_SOURCE.rglob("*.py")))
    if code not in _warm or not _warm[code].alive():
        _warm[code] = WarmProcess()
    return _warm[code].address


class ForkedProvisioner(LocalProvisioner):
    """Asks the warm process for a kernel, and keeps all its traffic on sockets of a private folder."""

    _folder: tempfile.TemporaryDirectory[str] | None = None

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Choose sockets that no other user can reach, then prepare as usual."""
        if self._folder is None and self.parent is not None and os.name == "posix":
            # What lies beside the warm process's socket goes with it, however this process ends.
            beside = None
            with contextlib.suppress(OSError):  # where there is none, an ordinary kernel will serve
                beside = Path(warm_address()).parent if can_fork() else None
            self._folder = tempfile.TemporaryDirectory(prefix="k", dir=beside if beside and beside.is_dir() else None)
            path = f"{self._folder.name}/s"
            if len(os.fsencode(path)) <= LONGEST_SOCKET_PATH:
                self.parent.transport, self.parent.ip = "ipc", path
            self.parent.connection_file = self.parent.connection_file or f"{self._folder.name}/connection.json"
        if self._folder is not None:
            # It may have gone with the warm process; clients know its name.
            for place in (Path(self._folder.name).parent, Path(self._folder.name)):
                if not place.is_dir():
                    place.mkdir(0o700)
        return await super().pre_launch(**kwargs)

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        """Fork a kernel, else launch an ordinary one."""
        if not self._is_ordinary(cmd) or not can_fork():
            return await super().launch_kernel(cmd, **kwargs)
        cwd, env = str(kwargs.get("cwd") or Path.cwd()), dict(kwargs.get("env") or os.environ)
        request = {"arguments": cmd[3:], "cwd": cwd, "env": env}
        try:
            with Path(os.devnull).open("rb") as nothing:
                streams = [nothing.fileno(), _descriptor(kwargs.get("stdout"), 1), _descriptor(kwargs.get("stderr"), 2)]
                self.process = ForkedProcess(warm_address(), request, streams)
        except OSError as error:
            self.log.warning("no kernel could be forked (%s); an ordinary one is started", error)
            await self.pre_launch(**kwargs)  # the connection file is written again where it has gone
            return await super().launch_kernel(cmd, **kwargs)
        self.pid = self.pgid = self.process.pid
        self.cwd = kwargs.get("cwd", Path.cwd())
        await self._listening()
        return self.connection_info

    async def _listening(self) -> None:
        """Wait until a forked kernel listens: a client that is too early tries again only after a tenth of a second."""
        info = self.connection_info
        if info.get("transport") != "ipc":
            return
        sockets = [Path(f"{info['ip']}-{port}") for name, port in info.items() if name.endswith("_port")]
        end = time.monotonic() + LISTEN_SECONDS
        while self.process.poll() is None and time.monotonic() < end and not all(path.exists() for path in sockets):
            await asyncio.sleep(LOOK_SECONDS)

    @staticmethod
    def _is_ordinary(cmd: list[str]) -> bool:
        return cmd[1:3] == ["-m", LAUNCHER] and Path(cmd[0]).resolve() == Path(sys.executable).resolve()

    async def kill(self, restart: bool = False) -> None:
        """Kill the kernel and see a forked one end: who found it alive still would look again after a tenth of a second."""
        await super().kill(restart)
        if isinstance(self.process, ForkedProcess):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.wait(), END_SECONDS)

    async def wait(self) -> int | None:
        """Wait for the kernel's end; a forked one wakes its waiter at once."""
        if not isinstance(self.process, ForkedProcess):
            return await super().wait()
        loop, process = asyncio.get_running_loop(), self.process
        while (code := process.poll()) is None:
            woken = loop.create_future()
            # Of its own: a descriptor wakes one waiter alone, and whoever looks first closes the process's.
            descriptor = os.dup(process.fileno())
            loop.add_reader(descriptor, lambda woken=woken: woken.done() or woken.set_result(None))
            try:
                await woken
            finally:
                loop.remove_reader(descriptor)
                os.close(descriptor)
        self.process = None
        return code

    async def cleanup(self, restart: bool = False) -> None:
        """Remove the sockets, unless the kernel starts again."""
        await super().cleanup(restart)
        if self._folder is not None and not restart:
            with contextlib.suppress(OSError):
                self._folder.cleanup()
            self._folder = None


def _descriptor(stream: Any, own: int) -> int:
    """Return the descriptor of a stream as ``subprocess`` takes it: None is this process's own."""
    if stream is None or (isinstance(stream, int) and stream < 0):
        return own
    return stream if isinstance(stream, int) else stream.fileno()
