"""A dask cluster does the same work: a real scheduler and two workers as processes of their own, on loopback."""

import contextlib
import gc
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time

import dask
import psutil
import pytest
from distributed import Client

from analysis import files
from analysis.batch.crew import Cluster
from analysis.batch.plan import Task
from analysis.batch.run import run_tasks
from analysis.batch.snapshot import Snapshot
from analysis.errors import InfrastructureFailed

pytestmark = pytest.mark.slow
TASKS = 6
# Says how often it was begun, and takes long enough for its worker to be killed under it.
SOURCE = "import os, pathlib, time\nwith open({note!r}, 'a') as stream:\n    stream.write(f'{{scenario}} {{os.getpid()}}\\n')\ntime.sleep(1.5)\nscenario"


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@contextlib.contextmanager
def cluster(folder, count, options=()):
    """Start a scheduler and workers, with these options of TLS where there are any; give its address and the workers."""
    protocol, port = "tls" if options else "tcp", str(free_port())
    address = f"{protocol}://127.0.0.1:{port}"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TIBIAO_")}
    started = []

    def start(*arguments):
        one = subprocess.Popen(
            [sys.executable, "-m", "distributed.cli." + arguments[0], *arguments[1:], *options],
            env=environment, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        started.append(one)
        return one

    try:
        start("dask_scheduler", "--protocol", protocol, "--host", "127.0.0.1", "--port", port, "--no-dashboard")
        workers = [
            start("dask_worker", address, "--nthreads", "1", "--no-nanny", "--host", "127.0.0.1", "--no-dashboard",
                  "--local-directory", str(folder / f"scratch{number}"))
            for number in range(count)
        ]  # fmt: skip
        with Client(address, timeout=30, set_as_default=False) as client:
            client.wait_for_workers(count, timeout=30)
        yield address, workers
    finally:
        for one in started:
            one.kill()
            one.wait()


@pytest.fixture(scope="module")
def open_cluster(tmp_path_factory):
    """Return the address of a cluster on loopback, its two workers and their folder; the last test kills one of them."""
    folder = tmp_path_factory.mktemp("cluster")
    with cluster(folder, 2) as (address, workers):
        yield address, workers, folder


@pytest.fixture
def tls_cluster(debian, tmp_path):
    """Return the address of a cluster of one worker that speaks TLS."""
    openssl = debian("openssl", "openssl")
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    request = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=tibiao -keyout"
    subprocess.run([openssl, *request.split(), str(key), "-out", str(certificate)], check=True, capture_output=True)
    said = {"ca-file": str(certificate), "cert": str(certificate), "key": str(key)}
    options = [part for name, value in said.items() for part in (f"--tls-{name}", value)]
    settings = {"ca-file": str(certificate), "client.cert": str(certificate), "client.key": str(key)}
    with (
        dask.config.set({f"distributed.comm.tls.{name}": value for name, value in settings.items()}),
        cluster(tmp_path, 1, options) as (address, _),
    ):
        yield address


def snapshot_of(parcel):
    return Snapshot(parcel, {}, files.code_sha256(), "", {}, {}, {}, {})


def tasks():
    return [Task("probe", "dataset", f"place{number}", "zh", f"task{number}", "guangdong") for number in range(TASKS)]


def test_workers_need_no_folder_of_ours(open_cluster, probe, home):
    """What a task needs comes with it, and its files come back with it."""
    address, _, folder = open_cluster
    parcel = probe(
        "import os\nopen('own.csv', 'w').write('a\\n'); sorted(os.listdir(os.environ['TIBIAO_HOME'])), os.environ['TIBIAO_HOME']"
    )
    with Cluster(address) as crew:
        (one,) = run_tasks(tasks()[:1], crew, snapshot_of(parcel))
    assert one.contents == {"own.csv": b"a\n"}
    text = json.dumps(json.loads(one.notebook)["cells"][-1]["outputs"])
    assert "['notebooks', 'params']" in text
    assert str(folder / "scratch") in text
    assert str(home) not in text


def test_a_worker_is_killed_in_mid_run_and_every_result_comes_once(open_cluster, probe, tmp_path):
    address, workers, _ = open_cluster
    note = tmp_path / "begun"
    parcel = probe(SOURCE.format(note=str(note)))
    killed = []

    def kill_under_a_task():
        """Kill the first worker once one of its kernels has begun a task."""
        while not killed:
            time.sleep(0.02)
            family = psutil.Process(workers[0].pid).children(recursive=True)
            begun = note.read_text("utf-8").split()[1::2] if note.exists() else []
            if {str(child.pid) for child in family} & set(begun):
                killed.extend(child.pid for child in family)
                workers[0].send_signal(signal.SIGKILL)

    killer = threading.Thread(target=kill_under_a_task)
    killer.start()
    with Cluster(address) as crew:
        assert crew.size == 4
        came = list(run_tasks(tasks(), crew, snapshot_of(parcel)))
    killer.join()
    assert sorted(one.task for one in came) == sorted(task.name for task in tasks())
    assert [one.reason for one in came if one.exit_code] == []
    shown = {json.loads(one.notebook)["cells"][-1]["outputs"][0]["data"]["text/plain"][0] for one in came}
    assert shown == {f"'task{number}'" for number in range(TASKS)}
    begun = note.read_text("utf-8").split()[::2]
    assert (len(begun), len(set(begun))) == (TASKS + 1, TASKS), (
        "exactly the task under the killed worker is begun again"
    )
    deadline = time.monotonic() + 5
    while any(map(psutil.pid_exists, killed)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not [pid for pid in killed if psutil.pid_exists(pid)]


def test_the_same_over_tls_and_nobody_else_is_let_in(tls_cluster, probe, monkeypatch):
    with Cluster(tls_cluster) as crew:
        came = list(run_tasks(tasks()[:2], crew, snapshot_of(probe("scenario"))))
    assert sorted((one.task, one.reason) for one in came) == [(task.name, "") for task in tasks()[:2]]
    monkeypatch.setattr("analysis.batch.crew.CONNECT_SECONDS", 1)
    stranger = {"distributed.comm.tls.client.cert": None, "distributed.comm.tls.client.key": None}
    with dask.config.set(stranger), pytest.raises(InfrastructureFailed, match="name no certificate"):
        Cluster(tls_cluster)
    gc.collect()  # distributed waits for ever where a client that failed half way is collected while another starts


def test_no_scheduler_is_one_line(monkeypatch):
    monkeypatch.setattr("analysis.batch.crew.CONNECT_SECONDS", 1)
    with pytest.raises(InfrastructureFailed, match="no scheduler answers there; start one with 'dask scheduler'"):
        Cluster(f"tcp://127.0.0.1:{free_port()}")
    with pytest.raises(InfrastructureFailed, match="no scheduler answers there"):
        Cluster("nonsense")
