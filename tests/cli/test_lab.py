"""JupyterLab as ``tibiao lab`` starts it: a warm kernel is the first, and the ordinary name gets one too."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import psutil
import pytest

from analysis.batch.kernels.process import SHARED, can_fork

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """Start the server once; return a caller of its interface and its process."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    folders = {f"JUPYTER_{name}_DIR": str(tmp_path_factory.mktemp(name)) for name in ("CONFIG", "DATA", "RUNTIME")}
    options = [
        f"--ServerApp.port={port}",
        "--no-browser",
        "--IdentityProvider.token=own",
        "--ServerApp.allow_root=True",
    ]
    running = subprocess.Popen(
        [sys.executable, "-m", "analysis", "lab", *options],
        env={name: value for name, value in os.environ.items() if name != SHARED} | folders,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )

    def ask(path, sent=None):
        request = urllib.request.Request(f"http://127.0.0.1:{port}/api/{path}?token=own")
        if sent is not None:
            request.data = json.dumps(sent).encode()
        deadline = time.monotonic() + 60
        while True:
            try:
                with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - our own server
                    return json.loads(answer.read())
            except urllib.error.URLError:
                if time.monotonic() > deadline or running.poll() is not None:
                    raise
                time.sleep(0.2)

    yield ask, running
    family = psutil.Process(running.pid).children(recursive=True)
    commands = [one.cmdline() for one in family]
    folders = [Path(command[command.index("--folder") + 1]) for command in commands if "--folder" in command]
    running.terminate()  # alone: the warm process of an owner that has gone ends by itself, with its folder
    _, left = psutil.wait_procs(family, timeout=10)
    for one in left:
        one.kill()
    running.wait()
    assert not [folder for folder in folders if folder.exists()]


def test_the_first_kernel_is_warm_and_so_is_that_of_a_stored_notebook(server):
    ask, running = server
    specs = ask("kernelspecs")
    assert specs["default"] == "tibiao"
    assert {"tibiao", "python3"} <= specs["kernelspecs"].keys()
    if not can_fork():
        return
    for name in ("tibiao", "python3"):
        assert ask("kernels", {"name": name})["name"] == name
    family = psutil.Process(running.pid).children(recursive=True)
    (warm,) = [
        one
        for one in family
        if "analysis.batch.kernels.warm" in one.cmdline() and one.parent() not in family[1:] and one.children()
    ]
    assert len(warm.children()) == 2, "both kernels are forked from one warm process"
    assert not [one for one in family if "ipykernel_launcher" in one.cmdline()]


def test_the_server_listens_on_loopback_alone_and_wants_its_token(server):
    ask, running = server
    ask("kernels", {"name": "tibiao"})
    family = [psutil.Process(running.pid), *psutil.Process(running.pid).children(recursive=True)]
    listening = {each.laddr for one in family for each in one.net_connections("inet") if each.status == "LISTEN"}
    assert {address.ip for address in listening} == {"127.0.0.1"}
    assert len(listening) == 1 or not can_fork(), "kernels speak through private sockets, not through ports"
    port = next(iter(listening)).port
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/api/kernels", timeout=60)
    assert refused.value.code == 403


@pytest.mark.parametrize("name", ["python3", "tibiao"])
def test_the_package_is_there_in_every_kernel_and_from_any_folder(name, tmp_path, monkeypatch):
    from jupyter_client.manager import start_new_kernel

    monkeypatch.delenv("PYTHONPATH", raising=False)
    monkeypatch.delenv("TIBIAO_HOME", raising=False)
    manager, client = start_new_kernel(kernel_name=name, cwd=str(tmp_path))
    try:
        answer = client.execute(
            "import analysis",
            user_expressions={"said": "analysis.start('baseline').scenario.id"},
            reply=True,
            timeout=60,
        )
        assert answer["content"]["status"] == "ok", answer["content"]
        assert answer["content"]["user_expressions"]["said"]["data"]["text/plain"] == "'baseline'"
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    assert not list(tmp_path.iterdir())
