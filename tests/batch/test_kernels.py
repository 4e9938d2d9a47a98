"""Kernels forked from a warm process: what an ordinary kernel gives, and nothing of each other."""

import asyncio
import contextlib
import functools
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat
import psutil
import pytest
from jupyter_client.manager import KernelManager
from nbclient import NotebookClient

from analysis.batch.kernels import client as kernel_client
from analysis.batch.kernels import process, provisioner
from analysis.batch.kernels.client import PromptManager
from analysis.batch.kernels.process import ForkedProcess

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not process.can_fork(), reason="kernels are forked on Linux alone"),
]


@pytest.fixture
def kernel():
    """Start kernels by name; end them with the test."""
    started = []

    def start(name="tibiao", **options):
        manager = KernelManager(kernel_name=name)
        manager.start_kernel(**options)
        client = manager.client()
        client.start_channels()
        client.wait_for_ready(timeout=60)
        started.append((manager, client))
        return manager, client

    yield start
    for manager, client in started:
        client.stop_channels()
        if manager.has_kernel:
            manager.shutdown_kernel(now=True)


def said(client, source):
    """Run a cell and return what it printed."""
    texts = []
    reply = client.execute_interactive(
        source, timeout=60, output_hook=lambda message: texts.append(message["content"].get("text", ""))
    )
    assert reply["content"]["status"] == "ok", reply["content"]
    return "".join(texts).strip()


def shown(notebook):
    return [cell.outputs for cell in notebook.cells if cell.cell_type == "code"]


OF_ONES_OWN = [
    "import matplotlib.pyplot as plt\nplt.plot([1, 2, 4]); plt.title('own')",
    "import pandas as pd\npd.DataFrame({f'column {number}': ['text ' * 30] * 70 for number in range(25)})",
    "print({name: pd.get_option(name) for name in ('display.max_columns', 'display.width', 'display.max_colwidth')})",
    "import matplotlib; print(matplotlib.get_backend(), sorted(matplotlib.rcParams.items(), key=str)[:400])",
    "import statsmodels.api as sm, numpy as np\nsm.OLS(np.arange(9.0) ** 2, sm.add_constant(np.arange(9.0))).fit().params",
    "%matplotlib inline\nfig, ax = plt.subplots(); ax.bar(['a'], [1]); None",
    "import sys; print(sys.argv[0], sys.flags.safe_path, __name__, sys.path)",
    "!echo shell",
    "%time 1",
    "raise ValueError('own')",
]


def test_a_notebook_of_ones_own_shows_the_same_bytes_too():
    """Charts of pyplot, wide frames, magics, a traceback: what a person who explores meets."""
    found = []
    for kernel_name in ("tibiao", "python3"):
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in OF_ONES_OWN])
        NotebookClient(notebook, timeout=120, kernel_name=kernel_name, allow_errors=True).execute()
        found.append(shown(notebook))
    for number, (forked, ordinary) in enumerate(zip(*found, strict=True)):
        if OF_ONES_OWN[number] != "%time 1":
            assert forked == ordinary, OF_ONES_OWN[number]
    assert any("image/png" in output.get("data", {}) for output in found[0][0])
    assert any("image/png" in output.get("data", {}) for output in found[0][5])


def test_a_kernel_sees_nothing_of_its_neighbours_nor_of_those_before(kernel, tmp_path):
    change = (
        "import os, matplotlib, pandas as pd, analysis, numpy as np; own = 1; matplotlib.rcParams['font.size'] = 99; "
        f"pd.set_option('display.max_rows', 7); os.environ['OWN'] = 'x'; os.chdir({str(tmp_path)!r}); analysis.own = 1; "
        "print(np.random.random(), os.getpid())"
    )
    ask = (
        "import os, matplotlib, pandas as pd, analysis, numpy as np; print(np.random.random(), os.getpid(), 'own' in globals(), "
        "matplotlib.rcParams['font.size'], pd.get_option('display.max_rows'), 'OWN' in os.environ, os.getcwd(), hasattr(analysis, 'own'))"
    )
    (_, first), (_, second) = kernel(), kernel(cwd=str(Path.home()))
    changed = said(first, change).split()
    for asked in (said(second, ask).split(), said(kernel(cwd=str(Path.home()))[1], ask).split()):
        assert asked[2:] == ["False", "10.0", "60", "False", str(Path.home()), "False"]
        assert set(asked[:2]).isdisjoint(changed), "the random numbers, or the process, are shared"


def test_the_debugger_steps_into_this_package_and_not_into_the_kernel(kernel):
    hidden = said(kernel()[1], "print(*get_ipython().kernel._kernel_modules, sep='\\n')")
    assert "ipykernel/ipkernel.py" in hidden
    assert "analysis/session/run.py" not in hidden


@pytest.mark.fault(52)
def test_traffic_stays_on_private_sockets_and_nothing_is_left(kernel):
    manager, client = kernel()
    pid = int(said(client, "import os; print(os.getpid())"))
    info = manager.get_connection_info()
    assert info["transport"] == "ipc"
    assert psutil.Process(pid).net_connections("inet") == []
    child = "import os; pid = os.fork()\nif not pid:\n    print('from a child', flush=True); os._exit(0)\nos.waitpid(pid, 0)"
    assert said(client, child + "; import time; time.sleep(0.3)") == "from a child"
    folder = Path(info["ip"]).parent
    assert folder.stat().st_mode & 0o077 == 0
    client.stop_channels()
    manager.shutdown_kernel()
    assert not psutil.pid_exists(pid)
    assert not folder.exists()
    assert not Path(manager.connection_file).exists()


def test_a_crash_leaves_the_neighbour_alone(kernel):
    (bad, client), (_, neighbour) = kernel(), kernel()
    client.execute("import ctypes; ctypes.string_at(0)")
    deadline = time.monotonic() + 10
    while bad.is_alive() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not bad.is_alive()
    assert bad.provisioner.process.returncode == -signal.SIGSEGV
    assert said(neighbour, "print(6 * 7)") == "42"


def test_the_end_of_a_kernel_ends_what_it_left_behind_and_nothing_of_its_neighbours(kernel):
    command = "setsid sleep 77 > /dev/null 2>&1 & echo $!"
    start = f"print(subprocess.run(['sh', '-c', {command!r}], capture_output=True, text=True).stdout)"
    (_, client), (ending, other) = kernel(), kernel()
    neighbours, left = [int(said(one, f"import subprocess; {start}")) for one in (client, other)]
    ending.shutdown_kernel(now=True)
    deadline = time.monotonic() + 10
    while _runs(left) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _runs(left)
    assert _runs(neighbours)
    assert said(client, "print(6 * 7)") == "42"


@pytest.fixture
def forked():
    """Fork processes that end at once from a warm process of their own: workers whom nobody gives work."""
    with process.WarmProcess(modules=()) as warm, Path(os.devnull).open("r+b") as nothing:
        request = {"cwd": "/", "env": dict(os.environ)}
        yield lambda: ForkedProcess(warm.address, request, [nothing.fileno()] * 3)


def test_a_process_is_waited_for_however_many_descriptors_its_owner_has(forked):
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(2048, before[1]), before[1]))
    with contextlib.ExitStack() as held:
        held.callback(resource.setrlimit, resource.RLIMIT_NOFILE, before)
        while held.enter_context(Path(os.devnull).open("rb")).fileno() < 1024:
            pass
        one = forked()
        assert one.fileno() > 1023
        assert one.wait(60) == 0


def test_a_signal_for_a_process_that_has_just_gone_is_no_error(forked, monkeypatch):
    one = forked()
    one.wait(60)
    monkeypatch.setattr(one, "poll", lambda: None)  # its end has not been told yet
    one.kill()
    one.terminate()


def test_interrupt_and_restart(kernel):
    manager, client = kernel()
    said(client, "own = 1")
    # A kernel answers "aborted" to what is sent before it has got over an error, unless it is told to go on.
    waiting = client.execute("import time; print('begun', flush=True); time.sleep(60)", stop_on_error=False)
    while client.get_iopub_msg(timeout=60)["content"].get("text") != "begun\n":
        pass
    manager.interrupt_kernel()
    reply = client.get_shell_msg(timeout=10)
    assert reply["parent_header"]["msg_id"] == waiting
    assert reply["content"]["ename"] == "KeyboardInterrupt"
    assert said(client, "print(own)") == "1"
    manager.restart_kernel()
    client.wait_for_ready(timeout=60)
    assert said(client, "print('own' in globals())") == "False"


def test_a_kernel_listens_when_it_is_handed_over_is_waited_for_no_longer_than_asked_and_is_gone_when_killed(
    monkeypatch,
):
    async def life():
        manager = PromptManager(kernel_name="tibiao")
        await manager.start_kernel()
        pid, folder = manager.provisioner.pid, Path(manager.ip).parent
        listening = len(list(folder.glob("s-[0-9]*")))
        client = manager.client()
        client.start_channels()
        os.kill(pid, signal.SIGSTOP)
        begin = time.monotonic()
        with monkeypatch.context() as patch:
            patch.setattr(kernel_client, "REPLY_SECONDS", 30)
            with pytest.raises(RuntimeError, match=r"did not answer within 0\.5 s"):
                await client.wait_for_ready(0.5)
        waited = time.monotonic() - begin
        os.kill(pid, signal.SIGCONT)
        await client.wait_for_ready(60)
        # It was asked once more than it needed: that answer lies unread and must not pass for a sign of life.
        async with asyncio.timeout(60):
            while not await client.shell_channel.msg_ready():
                await asyncio.sleep(0.01)
        await manager.provisioner.kill()
        gone = not psutil.pid_exists(pid)
        with pytest.raises(RuntimeError, match="died before it answered"):
            await client.wait_for_ready(60)
        client.stop_channels()
        await manager.cleanup_resources()
        return listening, waited, gone

    listening, waited, gone = asyncio.run(life())
    assert (listening, gone) == (5, True)
    assert 0.5 <= waited < 15


def test_all_who_wait_for_the_end_of_a_kernel_hear_of_it_whoever_looks_first():
    async def life():
        manager = PromptManager(kernel_name="tibiao")
        await manager.start_kernel()
        provisioner, process = manager.provisioner, manager.provisioner.process
        waiters = [asyncio.create_task(provisioner.wait()) for _ in range(2)]
        await asyncio.sleep(0)  # now they wait
        os.kill(process.pid, signal.SIGKILL)
        process.wait(60)
        done, waiting = await asyncio.wait(waiters, timeout=60)
        for one in waiting:
            one.cancel()
        await manager.cleanup_resources()
        return [one.result() for one in done]

    assert asyncio.run(life()) == [-signal.SIGKILL] * 2


def test_where_nothing_can_be_forked_the_ordinary_kernel_serves(kernel, monkeypatch):
    monkeypatch.setattr(provisioner, "can_fork", lambda: False)
    manager, client = kernel()
    assert not isinstance(manager.provisioner.process, ForkedProcess)
    assert said(client, "print(6 * 7)") == "42"


def test_where_the_warm_process_has_gone_the_ordinary_kernel_serves(kernel, monkeypatch, tmp_path):
    monkeypatch.setenv(process.SHARED, str(tmp_path / "gone"))
    manager, client = kernel()
    assert not isinstance(manager.provisioner.process, ForkedProcess)
    assert said(client, "print(6 * 7)") == "42"


# The second process that is asked for cannot be had.
SECOND_FORK_FAILS = """
import errno, os
fork, asked = os.fork, []
def second_fails():
    asked.append(1)
    if len(asked) == 2:
        raise OSError(errno.EAGAIN, os.strerror(errno.EAGAIN))
    return fork()
os.fork = second_fails
"""


def test_where_one_fork_fails_the_ordinary_kernel_serves_and_the_others_live_on(kernel, monkeypatch, tmp_path):
    (tmp_path / "second_fork_fails.py").write_text(SECOND_FORK_FAILS)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
    with process.WarmProcess(modules=("second_fork_fails",)) as warm:
        monkeypatch.setenv(process.SHARED, warm.address)
        started = [kernel() for _ in range(3)]
        assert [isinstance(one.provisioner.process, ForkedProcess) for one, _ in started] == [True, False, True]
        assert [said(client, "print(6 * 7)") for _, client in started] == ["42"] * 3
        assert {one.transport for one, _ in started} == {"ipc"}


def test_where_the_warm_process_has_gone_with_its_folder_the_ordinary_kernel_serves_there(kernel, monkeypatch):
    class Gone(ForkedProcess):
        def __init__(self, address, *_):
            shutil.rmtree(Path(address).parent)
            raise ConnectionResetError

    monkeypatch.setattr(provisioner, "ForkedProcess", Gone)
    with process.WarmProcess(modules=()) as warm:
        monkeypatch.setenv(process.SHARED, warm.address)
        manager, client = kernel()
        assert said(client, "print(6 * 7)") == "42"
        folder = Path(manager.ip).parent
        assert (manager.transport, folder.stat().st_mode & 0o077) == ("ipc", 0)
        manager.restart_kernel(now=True)
        client.wait_for_ready(timeout=60)
        assert said(client, "print(6 * 7)") == "42"


@pytest.mark.parametrize("letters", [71, 110])
def test_under_a_temporary_folder_of_a_long_name_a_kernel_serves_and_nothing_is_left(kernel, monkeypatch, letters):
    """A socket's path has at most 107 bytes: here the longest of a kernel's has one too many, or the warm process's has."""
    monkeypatch.delenv(process.SHARED, raising=False)
    monkeypatch.setattr(provisioner, "_warm", {})
    monkeypatch.setattr(provisioner, "WarmProcess", functools.partial(process.WarmProcess, modules=()))
    with tempfile.TemporaryDirectory() as short:
        long = Path(short, "x" * (letters - len(short) - 1))
        long.mkdir()
        monkeypatch.setattr(tempfile, "tempdir", str(long))
        manager, client = kernel()
        assert said(client, "print(6 * 7)") == "42"
        client.stop_channels()
        manager.shutdown_kernel(now=True)
        for one in provisioner._warm.values():
            one.close()
        assert not list(long.iterdir())


def test_changed_source_asks_for_another_warm_process(monkeypatch, tmp_path):
    monkeypatch.delenv(process.SHARED, raising=False)
    monkeypatch.setattr(provisioner, "_SOURCE", tmp_path)
    monkeypatch.setattr(provisioner, "_warm", {})
    monkeypatch.setattr(provisioner, "WarmProcess", functools.partial(process.WarmProcess, modules=()))
    (tmp_path / "module.py").write_text("1")
    first = provisioner.warm_address()
    assert provisioner.warm_address() == first
    os.utime(tmp_path / "module.py", ns=(1, 1))
    second = provisioner.warm_address()
    assert second != first
    for one in provisioner._warm.values():
        one.close()


OWNER = """
import functools, os, sys, time
from jupyter_client.manager import KernelManager
from analysis.batch.kernels import process, provisioner
provisioner.WarmProcess = functools.partial(process.WarmProcess, modules=())  # what it has loaded is not asked
manager = KernelManager(kernel_name="tibiao"); manager.start_kernel()
client = manager.client(); client.start_channels(); client.wait_for_ready(timeout=60)
print(manager.provisioner.pid, *[one.pid for one in provisioner._warm.values()], *[os.path.dirname(one.address) for one in provisioner._warm.values()], flush=True)
time.sleep(1000)
"""


def test_an_owner_that_is_killed_takes_kernels_and_warm_process_with_it():
    environment = {name: value for name, value in os.environ.items() if name != process.SHARED}
    with subprocess.Popen([sys.executable, "-c", OWNER], stdout=subprocess.PIPE, text=True, env=environment) as owner:
        kernel, warm, folder = owner.stdout.readline().split()
        owner.kill()
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline and (_runs(kernel) or _runs(warm) or Path(folder).exists()):
        time.sleep(0.05)
    assert not _runs(kernel)
    assert not _runs(warm)
    assert not Path(folder).exists()


def _runs(pid):
    try:
        return psutil.Process(int(pid)).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
