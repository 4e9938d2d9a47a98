"""The warm process: imports the scientific stack once, reads the packages once, then forks a kernel for each request.

It is single-threaded and opens no socket of its own before the fork: a lock that another thread holds, or a socket of the
messaging library, would not survive it. It runs on Linux alone and is started by :mod:`analysis.batch.kernels.process`.

One connection is one process (a Unix socket that keeps messages apart): a kernel, or a worker that runs notebooks on
kernels. The client sends what to run with the three standard streams; it gets the process's number, and its exit code
when it ends. A client that goes away ends its process, and an owner that goes away ends the warm process with all kernels and its folder, however it died.
"""

from __future__ import annotations

import argparse
import builtins
import contextlib
import ctypes
import gc
import importlib
import importlib.util
import io
import json
import os
import selectors
import shutil
import signal
import socket
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NoReturn

from analysis.batch.memory import give_back

LARGEST_REQUEST_BYTES = 1 << 20
# From <linux/prctl.h>: end with the parent; take over processes whose parent has gone.
_SET_PARENT_DEATH_SIGNAL, _SET_CHILD_SUBREAPER = 1, 36
# What a kernel loads when it starts.
_KERNEL = (
    "ipykernel.kernelapp", "ipykernel.ipkernel", "ipykernel.zmqshell", "ipykernel.debugger", "IPython.core.completerlib",
    "IPython.core.debugger", "IPython.core.logger", "IPython.core.oinspect", "IPython.extensions.storemagic", "sqlite3",
    "tornado.platform.asyncio",
)  # fmt: skip
# Objects made, and rounds of younger ones, before kernels look for cycles: tables make objects by the hundred thousand and
# hardly a cycle, and to look as often as Python does by itself takes a tenth of the warm-up and a fiftieth of a kernel.
COLLECT_AFTER = (50_000, 20, 20)
# By this variable, the number of its kernel or worker, a process is known that left their session.
_WHOSE = "TIBIAO_STARTED_BY"
INLINE = "module://matplotlib_inline.backend_inline"


def main() -> None:
    """Warm up, then serve until the owner has gone."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--listener", type=int, required=True)
    parser.add_argument("--lifeline", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("modules", nargs="*")
    given = parser.parse_args()
    del sys.path[0]  # the owner's folder, which "python -m" puts first; a kernel has its own
    gc.set_threshold(*COLLECT_AFTER)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal's; the owner says when to end
    ctypes.CDLL(None).prctl(_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    try:
        _warm_up(given.modules)
        # What is loaded now is for all kernels: a later collection must not touch, and so copy, its pages; and memory that
        # is free must not be copied only because a kernel takes it.
        gc.freeze()
        give_back()
        listener = socket.socket(fileno=given.listener)
        _serve(listener, given.lifeline)
    finally:
        shutil.rmtree(given.folder, ignore_errors=True)


def _warm_up(modules: list[str]) -> None:
    """Import what kernels need, and run once what is slow the first time.

    A module's ``check`` runs meanwhile in a process of its own; its ``warm_up`` takes for good what is checked there, and its
    ``forget`` drops it all where it was not.

    The drawing backend is left to the kernel: fixed here, charts would be silently missing from its outputs.
    """
    os.environ.setdefault("MPLBACKEND", INLINE)
    # Some libraries ask on import whether they are in a notebook, and show wide tables otherwise if they are not.
    builtins.get_ipython = lambda: SimpleNamespace(kernel=True)  # type: ignore[attr-defined]
    for name in _KERNEL:
        importlib.import_module(name)
    _name_own_modules()
    for name in modules:
        importlib.import_module(name)
    del builtins.get_ipython  # type: ignore[attr-defined]
    for module in (sys.modules[name] for name in modules if hasattr(sys.modules[name], "warm_up")):
        checker = _checked_meanwhile(module) if hasattr(module, "check") else 0
        with contextlib.suppress(Exception), contextlib.redirect_stderr(io.StringIO()):
            module.warm_up()
        if checker and os.waitpid(checker, 0)[1]:
            module.forget()


def _name_own_modules() -> None:
    """Let a kernel take for its own, and hide from its debugger, what an ordinary kernel has loaded when it starts.

    It would take all that is loaded here: nobody could step into this package, and to visit every module copies 15 MB.
    """
    from ipykernel import ipkernel

    files = [module.__file__ for module in list(sys.modules.values()) if getattr(module, "__file__", None)]

    class Sys:
        def __init__(self) -> None:
            self.modules = dict(enumerate(SimpleNamespace(__file__=file) for file in files))

        def __getattr__(self, name: str) -> Any:
            return getattr(sys, name)

    ipkernel.sys = Sys()  # type: ignore[attr-defined]


def _checked_meanwhile(module: Any) -> int:
    """Start a process that checks what a module's ``warm_up`` takes for good; return its number."""
    checker = os.fork()
    if not checker:
        code = 1
        with contextlib.suppress(BaseException):
            module.check()
            code = 0
        os._exit(code)
    return checker


class _Kernels:
    """The kernels that run: process number to its connection and to the descriptor that wakes when it ends."""

    def __init__(self, wake: selectors.BaseSelector):
        self.connections: dict[int, socket.socket] = {}
        self._ends: dict[int, int] = {}
        self._wake = wake

    def add(self, pid: int, connection: socket.socket) -> None:
        """Watch a kernel and its client."""
        try:
            end = os.pidfd_open(pid)
        except OSError:
            os.kill(pid, signal.SIGKILL)  # nobody could tell its end
            raise
        self.connections[pid], self._ends[pid] = connection, end
        self._wake.register(connection, selectors.EVENT_READ, pid)
        self._wake.register(end, selectors.EVENT_READ)

    def reap(self) -> None:
        """Tell the clients of kernels that have ended, and end what those left behind in sessions of their own."""
        ended = set()
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                break
            if not pid:
                break
            if pid in self.connections:
                ended.add(pid)
                self._forget(pid, os.waitstatus_to_exitcode(status))
        if ended:
            self._end_orphans(ended)

    def _forget(self, pid: int, exit_code: int) -> None:
        connection, end = self.connections.pop(pid), self._ends.pop(pid)
        with contextlib.suppress(OSError):
            connection.send(json.dumps({"exit": exit_code}).encode())
        self._wake.unregister(connection)
        self._wake.unregister(end)
        os.close(end)
        with contextlib.suppress(OSError):
            os.killpg(pid, signal.SIGKILL)  # what the kernel started in its own session
        connection.close()

    def _end_orphans(self, ended: set[int]) -> None:
        """End what these left behind; a process that does not show whose it is may stay until nothing else runs."""
        import psutil

        marks = {str(pid) for pid in ended}
        for orphan in psutil.Process().children(recursive=True):
            with contextlib.suppress(OSError, psutil.Error):
                if orphan.pid in self.connections:
                    continue
                if not self.connections or os.getsid(orphan.pid) in ended or orphan.environ().get(_WHOSE) in marks:
                    orphan.kill()
                    os.waitpid(orphan.pid, 0)

    def end(self, pid: int) -> None:
        """End a kernel and all in its session."""
        with contextlib.suppress(OSError):
            os.killpg(pid, signal.SIGKILL)

    def end_all(self) -> None:
        """End every kernel, and what each leaves behind."""
        import psutil

        for pid in list(self.connections):
            self.end(pid)
        for left in psutil.Process().children(recursive=True):
            with contextlib.suppress(psutil.Error):
                left.kill()


def _serve(listener: socket.socket, lifeline: int) -> None:
    wake = selectors.DefaultSelector()
    wake.register(listener, selectors.EVENT_READ)
    wake.register(lifeline, selectors.EVENT_READ)
    kernels = _Kernels(wake)
    try:
        while True:
            for key, _ in wake.select():
                if key.fileobj == lifeline:
                    return
                if key.fileobj is listener:
                    _start(listener, lifeline, wake, kernels)
                elif key.data in kernels.connections and not _still_there(key.fileobj):
                    kernels.end(key.data)
            kernels.reap()
    finally:
        kernels.end_all()


def _still_there(connection: Any) -> bool:
    try:
        return bool(connection.recv(64, socket.MSG_PEEK | socket.MSG_DONTWAIT))
    except BlockingIOError:
        return True
    except OSError:
        return False


def _start(listener: socket.socket, lifeline: int, wake: selectors.BaseSelector, kernels: _Kernels) -> None:
    connection, streams = None, []
    try:
        connection, _ = listener.accept()
        message, streams, _, _ = socket.recv_fds(connection, LARGEST_REQUEST_BYTES, 3)
        request = json.loads(message)
        sys.stdout.flush()
        pid = os.fork()
        if not pid:
            _become(request, streams, [listener, connection, *kernels.connections.values()], lifeline, wake)
        kernels.add(pid, connection)
    except (OSError, ValueError):
        # One that cannot be had, for want of memory, processes or descriptors, is no reason to end the others.
        if connection is not None:
            connection.close()
        return
    finally:
        for stream in streams:
            os.close(stream)
    with contextlib.suppress(OSError):
        connection.send(json.dumps({"pid": pid}).encode())


def _keep_off_the_network(connection_file: Path) -> None:
    """Take what a kernel's own child processes print over a private socket too; an ordinary kernel listens on a port."""
    import zmq
    from ipykernel import iostream, kernelapp

    given = json.loads(connection_file.read_text("utf-8"))
    if given["transport"] != "ipc":
        return
    address = f"ipc://{given['ip']}-children"

    class PrivateOutput(iostream.IOPubThread):
        def _setup_pipe_in(self) -> None:
            self._pipe_uuid, self._pipe_port = os.urandom(16), 0
            pipe = self.socket.context.socket(zmq.PULL)
            pipe.linger = 0
            pipe.bind(address)
            self._pipe_in = iostream.ZMQStream(pipe, self.io_loop)
            self._pipe_in.on_recv(self._handle_pipe_msg)

        def _setup_pipe_out(self) -> tuple[zmq.Context, zmq.Socket]:
            context = zmq.Context()
            pipe = context.socket(zmq.PUSH)
            pipe.linger = 3000
            pipe.connect(address)
            return context, pipe

    kernelapp.IOPubThread = PrivateOutput


def _become(
    request: dict[str, Any],
    streams: list[int],
    sockets: list[socket.socket],
    lifeline: int,
    wake: selectors.BaseSelector,
) -> NoReturn:
    """Turn the forked child into what was asked for: a kernel, or a process that does work; it ends here."""
    code = 1
    try:
        parent = os.getppid()
        ctypes.CDLL(None).prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)
        wake.close()
        os.close(lifeline)
        for one in sockets:
            one.close()
        os.setsid()
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD):
            signal.signal(number, signal.SIG_DFL)
        for target, stream in enumerate(streams):
            os.dup2(stream, target)
            os.close(stream)
        os.environ.clear()
        os.environ.update(request["env"] | {_WHOSE: str(os.getpid())})
        os.chdir(request["cwd"])
        if "arguments" in request:
            _run_kernel(request["arguments"], parent)
        else:
            from analysis.batch.kernels.member import serve

            serve(0)
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(bool(end.code))
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        import atexit

        with contextlib.suppress(BaseException):
            atexit._run_exitfuncs()
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def _run_kernel(arguments: list[str], parent: int) -> None:
    from ipykernel.kernelapp import IPKernelApp

    signal.signal(signal.SIGINT, signal.default_int_handler)
    if (numpy := sys.modules.get("numpy")) is not None:
        numpy.random.seed()
    launcher = importlib.util.find_spec("ipykernel_launcher")
    sys.argv = [str(launcher and launcher.origin), *arguments]
    _keep_off_the_network(Path(arguments[1]))
    IPKernelApp.launch_instance(argv=[*arguments, f"--IPKernelApp.parent_handle={parent}"])


if __name__ == "__main__":
    main()
