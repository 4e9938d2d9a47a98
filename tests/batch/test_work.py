"""How a notebook's end becomes an exit code, and what comes back of it."""

import json
import os
import subprocess
import time

import pytest

from analysis import files
from analysis.batch.parcel import Parcel
from analysis.batch.plan import Task
from analysis.batch.work import MOST_ATTEMPTS, execute


@pytest.mark.fault(1)
def test_a_cell_that_raises_is_a_failed_scenario_and_its_notebook_shows_where(ended):
    one = ended("1/0")
    assert (one.exit_code, one.contents, one.attempts) == (4, {}, 1)
    assert "cell 3: ZeroDivisionError: division by zero" in one.reason
    assert b"ZeroDivisionError" in one.notebook


@pytest.mark.parametrize(
    "source", ["import os; os._exit(0)", "import os; os.kill(os.getpid(), 9)", "import ctypes; ctypes.string_at(0)"]
)
@pytest.mark.fault(2, 3)
def test_a_kernel_that_dies_each_time_is_infrastructure(ended, source):
    one = ended(source)
    assert (one.exit_code, one.contents, one.attempts) == (5, {}, MOST_ATTEMPTS)
    assert "the kernel died" in one.reason


def test_a_kernel_that_died_once_is_begun_again(ended, tmp_path):
    one = ended(
        f"import os, pathlib; p = pathlib.Path({str(tmp_path / 'x')!r})\nif not p.exists():\n    p.touch(); os._exit(1)"
    )
    assert (one.exit_code, one.attempts) == (0, 2)


@pytest.mark.fault(5, 6)
def test_a_cell_and_a_whole_run_that_never_return_meet_their_limits(ended):
    one = ended("import time; time.sleep(1e6)", cell=2)
    assert (one.exit_code, one.contents) == (5, {})
    assert "longer than 2 s" in one.reason
    one = ended(*["import time; time.sleep(1)"] * 30, whole=3)
    assert (one.exit_code, one.reason) == (5, "all cells together ran longer than 3 s")


def test_refusals_keep_their_codes_and_their_one_line(ended):
    one = ended("from analysis.errors import DataRefused; raise DataRefused('data/x.csv: row 3: wrong')")
    assert (one.exit_code, one.reason) == (3, "data/x.csv: row 3: wrong")


@pytest.mark.fault(4)
def test_a_lack_of_memory_is_infrastructure(ended):
    one = ended("import resource; resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30)); x = bytearray(4 << 30)")
    assert one.exit_code == 5
    assert "MemoryError" in one.reason


def test_the_same_notebook_is_the_same_bytes_and_carries_no_folder(ended):
    first, second = ended("1 + 1", "scenario"), ended("1 + 1", "scenario")
    assert first.exit_code == 0
    assert first.notebook == second.notebook
    assert b"/tmp" not in first.notebook
    assert json.loads(first.notebook)["metadata"]["papermill"] == {
        "parameters": {"scenario": "baseline", "dataset": "guangdong", "out_dir": ".", "overrides": {}, "lang": "zh"}
    }
    assert [cell["metadata"].get("tags") for cell in json.loads(first.notebook)["cells"]][1] == ["injected-parameters"]


def test_what_a_notebook_leaves_behind_is_ended(ended, tmp_path):
    """A grandchild in a session of its own outlives papermill; here it is ended with its kernel."""
    note = tmp_path / "pids"
    own = f"echo \\$\\$ >> {note}; exec sleep 1000"
    until = f'until [ "$(wc -l < {note})" -eq 2 ]; do sleep 0.05; done'
    command = f'setsid sh -c "{own}" & sleep 1000 & echo $! >> {note}; {until}'
    one = ended(f"import subprocess; subprocess.run(['sh', '-c', {command!r}], check=True)")
    assert one.exit_code == 0
    pids = [int(pid) for pid in note.read_text().split()]
    deadline = time.monotonic() + 5
    while any(_runs(pid) for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert len(pids) == 2
    assert not [pid for pid in pids if _runs(pid)]
    assert "sleep 1000" not in subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout


def _runs(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_of_what_was_given_only_what_was_written_anew_comes_back(ended):
    given = {f"{folder}/{name}": b"old" for folder in ("compare", "left") for name in ("notes.txt", "record.json")}
    source = "open('compare/record.json', 'w').write('new'); open('left/notes.txt', 'w').write('old')"
    one = ended(source, stored=Parcel.pack(given))
    assert one.contents == {"compare/notes.txt": b"old", "compare/record.json": b"new"}


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("1 + 1", "ended without results"),
        ("open('results.csv', 'w').write('x')\nopen('record.json', 'w').write('{}')", "is not what its record says"),
        (
            "import hashlib, json\nb = b'a,b\\n1,2\\n'\nopen('results.csv', 'wb').write(b)\n"
            "json.dump({'results_sha256': hashlib.sha256(b).hexdigest()}, open('record.json', 'w'))",
            "not those of the contract",
        ),
    ],
)
def test_a_scenario_is_done_only_with_results_that_hold(ended, source, reason):
    one = ended(source, scope="scenario")
    assert one.exit_code == 4
    assert reason in one.reason


def test_a_worker_with_another_version_is_refused(probe, ended):
    task = Task("probe", "dataset", "guangdong", "zh", "baseline", "guangdong")
    one = execute(task, probe("1"), "0" * 64)
    assert (one.exit_code, one.reason) == (5, "this worker has another version of tibiao; install the same one there")
    assert execute(task, probe("1"), files.code_sha256()).exit_code == 0
