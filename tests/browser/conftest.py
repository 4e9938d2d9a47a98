"""What the browser tests share: Debian's chromium, and JupyterLab as ``tibiao lab`` starts it, on a copy of the home."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from types import SimpleNamespace

import psutil
import pytest

from analysis.batch.kernels.process import SHARED

TOKEN = "own"  # noqa: S105 - of a server that lives as long as the test
START_LIMIT_SECONDS = 90


@pytest.fixture(scope="session")
def chromium(debian):
    from playwright.sync_api import sync_playwright

    command = debian("chromium", "chromium")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=command, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def lab(home, tmp_path_factory):
    """JupyterLab on a copy of the home, so that what is run and saved there leaves this one as it is."""
    place = tmp_path_factory.mktemp("lab")
    copy = place / "home"
    for part in ("data", "params", "notebooks"):
        shutil.copytree(home / part, copy / part, ignore=shutil.ignore_patterns("*.pyc", ".ipynb_checkpoints"))
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    options = [
        f"--ServerApp.port={port}",
        "--no-browser",
        f"--IdentityProvider.token={TOKEN}",
        "--ServerApp.allow_root=True",
        "--LabApp.expose_app_in_browser=True",
    ]
    folders = {
        f"JUPYTER{name}_DIR": str(place / name)
        for name in ("_CONFIG", "_DATA", "_RUNTIME", "LAB_SETTINGS", "LAB_WORKSPACES")
    }
    running = subprocess.Popen(
        [sys.executable, "-m", "analysis", "lab", *options],
        env={name: value for name, value in os.environ.items() if name != SHARED}
        | folders
        | {"TIBIAO_HOME": str(copy)},
        cwd=place,
        stdout=subprocess.DEVNULL,
        stderr=(place / "log").open("wb"),
    )
    address = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + START_LIMIT_SECONDS
    while True:
        try:
            with urllib.request.urlopen(f"{address}/api?token={TOKEN}", timeout=5):  # noqa: S310 - our own server
                break
        except OSError:
            if time.monotonic() > deadline or running.poll() is not None:
                pytest.fail(f"JupyterLab did not start: {(place / 'log').read_text('utf-8', 'replace')[-2000:]}")
            time.sleep(0.2)
    yield SimpleNamespace(address=address, home=copy, token=TOKEN)
    family = psutil.Process(running.pid).children(recursive=True)
    running.terminate()  # alone: the warm process of an owner that has gone ends by itself, with its folder
    _, left = psutil.wait_procs(family, timeout=10)
    for one in left:
        one.kill()
    running.wait()
