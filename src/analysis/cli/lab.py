"""The verb that opens JupyterLab."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import click

from analysis.cli.group import home_of

START_PAGE = "/lab/tree/notebooks/start.md"
# JupyterLab's settings here: Markdown is opened to be read, and nothing is fetched from outside.
LAB_SETTINGS = Path(__file__).parents[1] / "batch" / "jupyter"


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@click.pass_context
def lab(context: click.Context, arguments: tuple[str, ...]) -> None:
    """Open JupyterLab on the notebooks' start page, reachable from this machine alone and with a token.

    Its kernels are forked from a warm process where that is possible. Further arguments are JupyterLab's own.

    Example: tibiao lab --no-browser
    """
    from analysis.batch.engine import KERNEL
    from analysis.batch.kernels.provisioner import NAME

    home = home_of(context)
    # Notebooks are stored with the ordinary kernel's name, so that they open anywhere; here it is a warm one too.
    os.environ.setdefault("JUPYTER_DEFAULT_PROVISIONER_NAME", NAME)
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(
        [*filter(None, [os.environ.get("JUPYTER_CONFIG_PATH")]), str(LAB_SETTINGS)]
    )
    options = {
        "ServerApp.root_dir": home,
        "ServerApp.ip": "127.0.0.1",
        "MultiKernelManager.default_kernel_name": KERNEL,
        "LabApp.default_url": START_PAGE,
    }
    given = [f"--{name}={value}" for name, value in options.items()]
    sys.exit(subprocess.call([sys.executable, "-m", "jupyterlab", *given, *arguments]))
