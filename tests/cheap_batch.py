"""A batch of three scenarios on a page that costs nothing, and how a person starts it."""

import contextlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import psutil

from analysis.batch.kernels.process import SHARED, WarmProcess, can_fork

# A page that costs nothing: one result of the scenario's own, with a record as run.save() writes it.
PAGE = """
import hashlib, json, os, pathlib, time
from analysis.model import results
run = analysis.start(scenario, dataset, out_dir, overrides, lang)
if run.scenario.id == "tight":
    time.sleep(float(os.environ.get("TIGHT_TAKES_SECONDS", 0)))
rows = results.Rows({"scenario": run.scenario.id, "dataset": dataset}, {})
share = run.scenario.assumptions["follow_share"].central
rows.add("extra_cost", 1e6 * float(share), "yuan/year", grade="inferred", area_code="440000", year=2025)
text = results.to_csv(rows.table()).encode()
out = pathlib.Path(out_dir)
(out / "results.csv").write_bytes(text)
record = {"inputs": run.inputs(), "results_sha256": hashlib.sha256(text).hexdigest()}
(out / "record.json").write_text(json.dumps(record, default=str))
(out / "figures").mkdir()
"""
MINE = "extends: baseline\nid: {id}\ntitle:\n  zh: 自设\n  en: Own {id}\nquestion:\n  zh: 如何\n  en: What if {id}\n"
BATCH = """id: three
title:
  zh: 三案
  en: Three
scenarios: [baseline, mine, tight]
proposed: baseline
notebooks: [page]
languages: [zh]
"""


def cheap_home(home, own):
    """Make a home of the real data and parameters with the batch ``three`` on that page."""
    for name in ("data", "params"):
        shutil.copytree(home / name, own / name)
    source = (own / "params/assumptions/guangdong.yaml").read_text("utf-8")
    (own / "params/assumptions/mine.yaml").write_text(source, "utf-8")
    (own / "params/scenarios/mine.yaml").write_text(
        MINE.format(id="mine") + "assumptions: mine\noverrides:\n  seed: 7\n", "utf-8"
    )
    (own / "params/batches/three.yaml").write_text(BATCH, "utf-8")
    notebook = nbformat.v4.new_notebook()
    parameters = "scenario = ''\ndataset = ''\nout_dir = ''\noverrides = {}\nlang = ''"
    notebook.cells = [
        nbformat.v4.new_code_cell(parameters, metadata={"tags": ["parameters"]}),
        nbformat.v4.new_code_cell("import analysis"),
        nbformat.v4.new_code_cell(PAGE),
    ]
    notebook.metadata = {
        "kernelspec": {"name": "python3", "language": "python", "display_name": "python3"},
        "tibiao": {"scope": "scenario"},
    }
    (own / "notebooks").mkdir()
    nbformat.write(notebook, own / "notebooks" / "page.ipynb")
    return own


@contextlib.contextmanager
def shared_warm_process():
    """Let all batches that are started within share one warm process: that of the whole test run where there is one."""
    if SHARED in os.environ or not can_fork():
        yield
        return
    with WarmProcess() as warm:
        os.environ[SHARED] = warm.address
        yield
        os.environ.pop(SHARED, None)  # a test may have parted with it


def edit(path, old, new):
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def contents(out):
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in Path(out).rglob("*") if path.is_file()}


def command(home, *arguments, **variables):
    """Start a batch with a warm process of its own, as a person does."""
    environment = {**os.environ, "TIBIAO_HOME": str(home), **variables}
    environment.pop(SHARED, None)
    return subprocess.Popen(
        [sys.executable, "-m", "analysis", "batch", "three", *arguments], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip


def wait_until(ready, seconds=60):
    deadline = time.monotonic() + seconds
    while not ready() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert ready()


def own_folder(process):
    """Return the private folder of a batch's warm process, with its inputs, sockets and scratch."""
    commands = [child.cmdline() for child in psutil.Process(process.pid).children()]
    (folder,) = {Path(command[command.index("--folder") + 1]) for command in commands if "--folder" in command}
    assert folder.is_dir()
    return folder


def family(process):
    """Return the numbers of all processes that a batch has started."""
    return [child.pid for child in psutil.Process(process.pid).children(recursive=True)]
