"""A local batch opens no port: whatever its processes say to each other goes through private sockets."""

import os
import subprocess
import sys
import time

import psutil
import pytest

from analysis.batch.kernels.process import SHARED, can_fork

pytestmark = pytest.mark.slow


def ports_of(command, environment):
    """Run a command; return the ports that it or any process of its own held, and how many processes were seen."""
    running = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    root, ports, seen = psutil.Process(running.pid), set(), set()
    while running.poll() is None:
        family = [root]
        try:
            family += root.children(recursive=True)
        except psutil.NoSuchProcess:
            break
        for one in family:
            try:
                ports |= {(one.name(), each.laddr) for each in one.net_connections("inet")}
                seen.add(one.pid)
            except psutil.NoSuchProcess:
                pass
        time.sleep(0.02)
    output, _ = running.communicate(timeout=60)
    return ports, len(seen), running.returncode, output


def test_an_open_port_would_be_seen():
    command = [
        sys.executable,
        "-c",
        "import multiprocessing, socket, time\n"
        "def held():\n    one = socket.create_server(('127.0.0.1', 0)); time.sleep(0.5)\n"
        "multiprocessing.get_context('fork').Process(target=held).start()\n",
    ]
    ports, processes, code, _ = ports_of(command, dict(os.environ))
    assert (code, processes) == (0, 2)
    assert [address.ip for _, address in ports] == ["127.0.0.1"]


@pytest.mark.skipif(not can_fork(), reason="elsewhere kernels are ordinary ones of Jupyter")
def test_a_local_batch_opens_no_port(own_home):
    environment = {name: value for name, value in os.environ.items() if name != SHARED}
    command = [sys.executable, "-m", "analysis", "batch", "three"]
    ports, processes, code, output = ports_of(command, environment)
    assert code == 0, output
    assert processes >= 3, "the command, the warm process and a kernel at least"
    assert ports == set()
