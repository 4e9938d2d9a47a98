"""A batch from plan to manifest: nothing twice, nothing lost, nothing half-written."""

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from analysis.batch import conduct
from analysis.batch.store import HOLDER, RECEIPTS, locked, read_manifest, verify
from analysis.cli import main
from cheap_batch import BATCH, command, contents, edit, family, own_folder, wait_until

pytestmark = pytest.mark.slow


def run(capsys, *arguments, code=0):
    assert main(["batch", *arguments]) == code
    return capsys.readouterr()


@pytest.fixture(scope="module")
def once(bare_home, tmp_path_factory):
    """Return the folder of a whole run of the batch."""
    folder = tmp_path_factory.mktemp("once")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TIBIAO_HOME", str(bare_home))
        patch.chdir(folder)
        assert main(["batch", "three"]) == 0
    return folder / "out"


@pytest.fixture
def done(own_home, once):
    """Let the batch lie finished beside a home of one's own."""
    shutil.copytree(once, own_home.parent / "out")


def test_what_is_done_is_not_done_again_and_starts_no_process(own_home, done, capsys, monkeypatch):
    before = contents("out/three")
    assert {"index.html", "results.csv", "results.parquet", "manifest.json", "tight/page.zh.ipynb"} <= before.keys()
    assert "<dt>scenario</dt><dd>tight</dd>" in Path("out/three/tight/page.zh.html").read_text("utf-8")
    monkeypatch.setattr(conduct.LocalCrew, "__enter__", None)
    again = run(capsys, "three")
    assert "to run: 0 of 3" in again.out
    assert contents("out/three") == before
    assert verify(Path("out/three"), own_home) == []
    assert run(capsys, "three", "--why").out.splitlines() == [
        *(f"{name}/page.zh: up to date" for name in ("baseline", "mine", "tight")),
        "to run: 0 of 3",
    ]
    heavy = ("pandas", "numpy", "pyarrow", "papermill", "IPython")
    program = (
        "import sys; from analysis.cli import main; code = main(['batch', 'three'])\n"
        f"print([name for name in {heavy!r} if name in sys.modules], code, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stderr.splitlines()[-1] == "[] 0"


def test_a_changed_assumption_runs_again_exactly_what_rests_on_it(own_home, done, capsys):
    edit(own_home / "params/assumptions/mine.yaml", "central: 0.77", "central: 0.75")
    said = run(capsys, "three", "--why").out
    assert "baseline/page.zh: up to date" in said
    assert "mine/page.zh: scenario mine has changed; assumptions.follow_share.central: 0.77 is now 0.75\n" in said
    assert "mine: the parameters have changed since" in verify(Path("out/three"), own_home)
    told = run(capsys, "three").out
    assert "to run: 1 of 3" in told
    assert "[1/1] mine/page.zh: done" in told
    assert verify(Path("out/three"), own_home) == []
    rows = dict(
        line.split(",yuan/year")[0].rsplit(",", 1)
        for line in Path("out/three/results.csv").read_text("utf-8").splitlines()[1:]
    )
    assert [float(value) for value in rows.values()] == [770000.0, 750000.0, 770000.0]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda home, out: (out / "mine/results.csv").write_text("x"), ["mine/page.zh: mine/results.csv was changed"]),
        (lambda home, out: (out / "mine/page.zh.ipynb").unlink(), ["mine/page.zh: mine/page.zh.ipynb is missing"]),
        (lambda home, out: edit(home / "notebooks/page.ipynb", "1e6", "1e7"), [f"{name}/page.zh: notebook has changed" for name in ("baseline", "mine", "tight")]),
        (lambda home, out: edit(home / "data/guangdong/datapackage.json", '": ', '":  '), [f"{name}/page.zh: data has changed" for name in ("baseline", "mine", "tight")]),
    ],
    ids=["edited by hand", "removed", "the notebook", "the data"],
)  # fmt: skip
def test_each_reason_to_run_again_is_said_and_mended(own_home, done, capsys, change, said):
    change(own_home, Path("out/three"))
    why = run(capsys, "three", "--why").out.splitlines()
    assert [line for line in why[:-1] if "up to date" not in line] == said
    assert f"to run: {len(said)} of 3" in run(capsys, "three").out
    assert verify(Path("out/three"), own_home) == []


def test_outputs_alone_of_a_stored_notebook_change_nothing(own_home, done, capsys):
    path = own_home / "notebooks/page.ipynb"
    notebook = json.loads(path.read_text("utf-8"))
    notebook["cells"][2]["outputs"], notebook["cells"][2]["execution_count"] = (
        [{"output_type": "stream", "name": "stdout", "text": "x"}],
        3,
    )
    path.write_text(json.dumps(notebook), "utf-8")
    assert "to run: 0 of 3" in run(capsys, "three").out


@pytest.mark.fault(50)
def test_fresh_runs_all_and_gives_the_same_bytes(own_home, done, capsys):
    before = contents("out/three")
    said = run(capsys, "three", "--fresh", "--workers", "3").out
    assert "to run: 3 of 3" in said
    assert "[3/3]" in said
    assert contents("out/three") == before


@pytest.mark.fault(17)
def test_a_failed_scenario_leaves_the_others_and_shows_nothing_old(own_home, done, capsys):
    edit(own_home / "notebooks/page.ipynb", "share = ", "assert run.scenario.id != 'mine', 'no luck'\\nshare = ")
    said = run(capsys, "three", code=4)
    assert "failed: mine/page.zh: cell 4: AssertionError: no luck" in said.err
    assert "ended well: 2 of 3" in said.out
    assert re.search(r"in the folder and not of this run: mine/\S+ and \d+ more; 'tibiao verify' names them", said.out)
    out = Path("out/three")
    manifest = read_manifest(out)
    assert {task["task"]: task["exit_code"] for task in manifest["tasks"]} == {
        "baseline/page.zh": 0,
        "mine/page.zh": 4,
        "tight/page.zh": 0,
    }
    assert "mine/results.csv" not in manifest["files"]
    assert "mine/page.zh.failed.ipynb" in manifest["files"]
    assert ",mine," not in (out / "results.csv").read_text("utf-8").replace("\n", ",\n,")
    wrong = verify(out, own_home)
    assert "mine/page.zh: failed: cell 4: AssertionError: no luck" in wrong
    assert "mine/results.csv: stale, not of this run" in wrong
    edit(own_home / "notebooks/page.ipynb", "assert run.scenario.id != 'mine', 'no luck'\\nshare = ", "share = ")
    run(capsys, "three")
    assert verify(out, own_home) == []
    assert not (out / "mine/page.zh.failed.ipynb").exists()


@pytest.mark.parametrize(
    ("number", "code"),
    [
        pytest.param(signal.SIGTERM, 143, marks=pytest.mark.fault(14)),
        pytest.param(signal.SIGINT, 130, marks=pytest.mark.fault(15)),
        (signal.SIGKILL, -9),
    ],
)
def test_an_interrupted_batch_goes_on_where_it_stopped(own_home, once, capsys, number, code):
    out, receipts = Path("out/three"), Path("out/three") / RECEIPTS
    with command(own_home, "--workers", "1", TIGHT_TAKES_SECONDS="2") as running:
        wait_until(lambda: (receipts / "mine/page.zh.json").exists())
        left, folder = family(running), own_folder(running)
        os.killpg(running.pid, number)  # as a terminal does
        assert running.wait(timeout=10) == code
        said = running.stderr.read()
    if code > 0:
        assert said.strip().endswith("what is finished is kept, and the same command goes on from there")
    wait_until(lambda: not [pid for pid in left if _runs(pid)], 5)
    wait_until(lambda: not folder.exists(), 5)
    assert verify(out, own_home) == ["the last run did not end; what lies here may be of an earlier one: run again"]
    kept = (receipts / "baseline/page.zh.json").stat().st_mtime_ns
    assert "to run: 1 of 3" in run(capsys, "three").out
    assert (receipts / "baseline/page.zh.json").stat().st_mtime_ns == kept
    assert verify(out, own_home) == []
    interrupted, whole = contents(out), contents(once / "three")
    assert {name for name in whole if interrupted.get(name) != whole[name]} <= {"manifest.json"}
    assert interrupted.keys() == whole.keys()


def test_a_killed_worker_costs_one_more_attempt_and_what_changes_meanwhile_changes_nothing(own_home, capsys):
    with command(own_home, "--workers", "1", TIGHT_TAKES_SECONDS="3") as running:
        wait_until(lambda: (Path("out/three") / HOLDER).exists())
        edit(own_home / "params/assumptions/mine.yaml", "central: 0.77", "central: 0.70")
        wait_until(lambda: (Path("out/three") / RECEIPTS / "mine/page.zh.json").exists())
        # The warm process, the worker, and the kernel of the task that runs.
        wait_until(lambda: len(_forked(running)) == 3)
        _forked(running)[1].kill()
        assert running.wait(timeout=60) == 0
    attempts = {task["task"]: task["attempts"] for task in read_manifest(Path("out/three"))["tasks"]}
    assert attempts == {"baseline/page.zh": 1, "mine/page.zh": 1, "tight/page.zh": 2}
    assert "770000" in Path("out/three/mine/results.csv").read_text("utf-8")
    assert verify(Path("out/three"), own_home) == ["mine: the parameters have changed since"]
    assert "to run: 1 of 3" in run(capsys, "three").out
    assert "700000" in Path("out/three/mine/results.csv").read_text("utf-8")
    assert verify(Path("out/three"), own_home) == []


def _runs(pid):
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _forked(running):
    """Return the warm process of a batch and what was forked from it, the eldest first."""
    found = []
    for child in psutil.Process(running.pid).children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):  # it ended meanwhile
            if "--folder" in child.cmdline():
                found.append(child)
    return sorted(found, key=lambda child: child.create_time())


def test_a_folder_that_is_being_written_names_its_holder(own_home, done, capsys):
    out = Path("out/three")
    with locked(out, "batch three"):
        assert (out / HOLDER).read_text("utf-8").startswith(f"process {os.getpid()} on ")
        held = subprocess.run(
            [sys.executable, "-m", "analysis", "batch", "three", "--fresh"], capture_output=True, text=True, check=False
        )
    assert held.returncode == 5
    assert f"process {os.getpid()} on" in held.stderr
    assert "is writing there; wait until it ends, or choose another --out" in held.stderr


def test_what_another_run_writes_while_this_one_begins_is_not_taken_for_its_own(own_home, done, capsys, monkeypatch):
    Path("out/three/tight/results.csv").unlink()
    other = shutil.copytree(own_home, own_home.with_name("other"))
    edit(other / "params/assumptions/mine.yaml", "central: 0.77", "central: 0.75")

    def meanwhile(*given):
        with command(other) as running:
            assert running.wait(timeout=60) == 0

    monkeypatch.setattr(conduct, "_refuse_unready", meanwhile)
    assert "another run wrote there while this one began; run it again" in run(capsys, "three", code=5).err
    assert "750000" in Path("out/three/mine/results.csv").read_text("utf-8")
    assert verify(Path("out/three"), other) == []


def test_a_grid_takes_each_combination_once_and_the_base_as_it_is(own_home, capsys):
    grid = "grid:\n  policy.rural_share.at_least: [0.75, 0.8]\n  assumptions.follow_share.central: [0.77, 0.6]\n"
    Path("own.yaml").write_text(
        BATCH.replace("three", "own").replace("[baseline, mine, tight]", f"[baseline]\n{grid}".rstrip()), "utf-8"
    )
    said = run(capsys, "own.yaml").out
    assert "to run: 4 of 4" in said
    records = [json.loads(path.read_text("utf-8"))["inputs"] for path in Path("out/own").glob("*/record.json")]
    assert sorted(tuple(sorted(record["overrides"].items())) for record in records) == [
        (),
        (("assumptions.follow_share.central", "0.6"),),
        (("assumptions.follow_share.central", "0.6"), ("policy.rural_share.at_least", "0.8")),
        (("policy.rural_share.at_least", "0.8"),),
    ]
    assert {path.name for path in Path("out/own").glob("baseline*")} == {record["scenario"] for record in records}


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("proposed", "grid:\n  policy.rural_share.at_lest: [0.8]\nproposed", "own.yaml:7: grid: policy.rural_share.at_lest: no such key; did you mean policy.rural_share.at_least?"),
        ("proposed", "grid:\n  policy.rural_share.at_least: [0.75, 8]\nproposed", "own.yaml:7: grid: policy.rural_share.at_least: 8: allowed: less than or equal to 1"),
        ("proposed", "grid:\n  policy.rural_share.at_least: []\nproposed", "own.yaml:7: grid.policy.rural_share.at_least"),
        ("proposed", "grid:\n  policy.rural_share.at_least: [0.8]\nproposed", "own.yaml:8: proposed: baseline: no cell of the grid is baseline as it is"),
        ("[page]", "[page, page]", "page stands twice; name each once"),
        ("[page]", "[pag]", "did you mean page?"),
        ("id: own", "id: other", "own.yaml:1: id: other: allowed: own, the file's own name"),
        ("tight", "tigt", "did you mean tight?"),
    ],
)  # fmt: skip
def test_a_wrong_batch_file_is_refused_in_one_line_and_nothing_starts(own_home, capsys, old, new, message):
    text = BATCH.replace("three", "own")
    assert old in text
    Path("own.yaml").write_text(text.replace(old, new, 1), "utf-8")
    said = run(capsys, "own.yaml", code=2)
    assert len(said.err.strip().splitlines()) == 1
    assert message in said.err
    assert not Path("out").exists()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        pytest.param(lambda page: page["cells"].pop(0), "0 cells are tagged parameters; allowed: exactly one", marks=pytest.mark.fault(33)),
        pytest.param(lambda page: page["cells"].append(page["cells"][0]), "2 cells are tagged parameters; allowed: exactly one", marks=pytest.mark.fault(34)),
        pytest.param(lambda page: page["cells"][1].update(metadata={"tags": ["injected-parameters"]}), "holds parameters injected by an earlier run; remove that cell", marks=pytest.mark.fault(35)),
        pytest.param(lambda page: page["metadata"]["kernelspec"].update(name="nosuch"), "kernel 'nosuch'; allowed: python3", marks=pytest.mark.fault(8)),
        pytest.param(lambda page: page["metadata"]["kernelspec"].update(name="../../evil"), "kernel '../../evil'; allowed: python3", marks=pytest.mark.fault(8)),
    ],
)  # fmt: skip
def test_a_notebook_that_papermill_would_run_wrongly_is_refused(own_home, capsys, change, message):
    path = own_home / "notebooks/page.ipynb"
    notebook = json.loads(path.read_text("utf-8"))
    change(notebook)
    path.write_text(json.dumps(notebook), "utf-8")
    assert f"notebooks/page.ipynb: {message}" in run(capsys, "three", code=2).err
    assert not Path("out").exists()
