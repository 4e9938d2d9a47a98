"""What is killed, told to end or read while it writes: one entry for each fault, whole files, nothing left behind."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import nbformat
import psutil
import pytest

from analysis import files
from analysis.batch import engine
from analysis.batch.store import read_manifest, verify
from analysis.cli import main
from cheap_batch import MINE, command, edit, own_folder, wait_until

# What each scenario of one batch meets, its exit code, and what the manifest must say.
FAULTS = {
    "raises": ("1 / 0", 4, "cell 4: ZeroDivisionError: division by zero"),
    "killed": ("import os; os.kill(os.getpid(), 9)", 5, "the kernel died"),
    "leaves": ("import os; os._exit(0)", 5, "the kernel died"),
    "hungry": ("import resource; resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30)); bytearray(4 << 30)", 5, "MemoryError"),
}  # fmt: skip


def grown(own, faults):
    """Add a scenario for each fault to the batch, and let the page meet it."""
    batch = own / "params/batches/three.yaml"
    edit(batch, "tight]", f"tight, {', '.join(faults)}]")
    lines = ""
    for name, source in faults.items():
        text = MINE.format(id=name) + "overrides:\n  draws: 400\n"
        (own / f"params/scenarios/{name}.yaml").write_text(text, "utf-8")
        lines += f"if run.scenario.id == {name!r}:\n    {source}\n"
    edit(own / "notebooks/page.ipynb", "rows = ", json.dumps(lines)[1:-1] + "rows = ")


@pytest.mark.fault(1, 2, 3, 4, 11)
def test_each_fault_is_one_entry_and_all_others_finish(own_home, capsys):
    grown(own_home, {name: source for name, (source, _, _) in FAULTS.items()})
    out = Path("not/there/yet")
    assert main(["batch", "three", "--out", str(out)]) == 5
    assert "Traceback" not in capsys.readouterr().err
    manifest = read_manifest(out)
    ended = {task["task"].partition("/")[0]: task for task in manifest["tasks"]}
    assert {name: ended[name]["exit_code"] for name in ("baseline", "mine", "tight")} == dict.fromkeys(
        ("baseline", "mine", "tight"), 0
    )
    for name, (_, code, reason) in FAULTS.items():
        assert (ended[name]["exit_code"], reason in ended[name]["reason"]) == (code, True), ended[name]
        assert f"{name}/results.csv" not in manifest["files"]
        assert not (out / f"{name}/page.zh.ipynb").exists()
    assert len([line for line in verify(out, own_home) if ": failed: " in line]) == len(FAULTS)


@pytest.mark.fault(5, 6)
def test_there_are_limits_without_anybody_asking(monkeypatch, tmp_path):
    import papermill
    from nbclient.exceptions import CellTimeoutError

    for name, wanted in (("CELL_LIMIT_SECONDS", CellTimeoutError), ("WHOLE_LIMIT_SECONDS", engine.WholeLimitReached)):
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("import time; time.sleep(1e6)")])
        notebook.metadata = {"kernelspec": {"name": "python3", "language": "python", "display_name": "python3"}}
        nbformat.write(notebook, tmp_path / "in.ipynb")
        with monkeypatch.context() as shorter:
            shorter.setattr(engine, name, 2)
            with pytest.raises(wanted):
                papermill.execute_notebook(
                    str(tmp_path / "in.ipynb"), str(tmp_path / "out.ipynb"), engine_name="tibiao", progress_bar=False
                )


@pytest.mark.slow_fault
@pytest.mark.fault(7)
def test_a_kernel_that_dies_as_it_starts_is_infrastructure(own_home, tmp_path):
    spec = {"argv": ["false", "{connection_file}"], "display_name": "dies", "language": "python"}
    folder = tmp_path / "jupyter/kernels/tibiao"
    folder.mkdir(parents=True)
    (folder / "kernel.json").write_text(json.dumps(spec), "utf-8")
    with command(own_home, JUPYTER_PATH=str(tmp_path / "jupyter")) as running:
        _, said = running.communicate(timeout=60)
        assert running.returncode == 5, said
    assert "Traceback" not in said
    assert {task["exit_code"] for task in read_manifest(Path("out/three"))["tasks"]} == {5}
    assert "the kernel died" in said


@pytest.mark.fault(9)
def test_a_notebook_that_claims_another_language_gets_the_same_parameters(own_home, capsys):
    def injected():
        cells = nbformat.read("out/three/tight/page.zh.ipynb", 4).cells
        return next(cell.source for cell in cells if "injected-parameters" in cell.metadata.get("tags", []))

    assert main(["batch", "three"]) == 0
    before = injected()
    path = own_home / "notebooks/page.ipynb"
    edit(path, '"language": "python"', '"language": "R"')
    assert main(["batch", "three"]) == 0
    assert injected() == before
    assert "scenario = " in before


@pytest.mark.slow_fault
@pytest.mark.fault(14)
def test_a_process_in_a_session_of_its_own_ends_with_its_batch(own_home, tmp_path):
    note = tmp_path / "grandchild"
    start = f"import subprocess; subprocess.Popen(['sh', '-c', 'setsid sleep 987 & echo $! > {note}']); time.sleep(60)"
    edit(own_home / "notebooks/page.ipynb", "share = ", f"{start}\\nshare = ")
    with command(own_home, "--workers", "1") as running:
        wait_until(lambda: note.exists() and note.read_text().strip())
        grandchild, folder = int(note.read_text()), own_folder(running)
        assert os.getsid(grandchild) == grandchild
        running.send_signal(signal.SIGTERM)
        assert running.wait(timeout=10) == 143
    wait_until(lambda: not psutil.pid_exists(grandchild) and not folder.exists(), 5)


def broken(path):
    """Return what is wrong with a file as its reader would meet it."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return ""
    try:
        if path.suffix in (".json", ".ipynb"):
            json.loads(content)
        elif path.suffix == ".csv" and not content.endswith(b"\n"):
            return f"{path}: ends in mid-line"
        elif path.suffix == ".html" and not content.rstrip().endswith(b"</html>"):
            return f"{path}: ends in mid-page"
        elif path.suffix == ".parquet" and content[-4:] != b"PAR1":
            return f"{path}: ends in mid-table"
    except ValueError as error:
        return f"{path}: {error}"
    return ""


@pytest.mark.slow_fault
@pytest.mark.fault(16)
def test_whoever_reads_while_a_run_writes_sees_whole_files(own_home, capsys):
    found, reads, over = [], [], threading.Event()
    shown = [".json", ".ipynb", ".csv", ".html", ".parquet"]

    def look():
        while not over.wait(0.002):
            for path in [path for path in Path("out").rglob("*") if path.suffix in shown and path.name[0] != "."]:
                reads.append(path)
                found.append(broken(path))

    looking = threading.Thread(target=look)
    looking.start()
    try:
        for _ in range(3):
            assert main(["batch", "three", "--fresh", "--workers", "2"]) == 0
    finally:
        over.set()
        looking.join()
    assert [one for one in found if one] == []
    assert len(reads) > 300


SAVE = """
import sys
from pathlib import Path
from analysis.files import write_atomically
content = bytes([int(sys.argv[2])]) * 20_000_000
print("ready", flush=True)
while True:
    write_atomically(Path(sys.argv[1]), content)
"""


@pytest.mark.fault(13)
def test_a_process_that_is_killed_while_it_saves_leaves_the_old_file_or_the_new_one(tmp_path):
    path = tmp_path / "large.ipynb"
    files.write_atomically(path, bytes(20_000_000))
    for kill in range(8):
        given = [sys.executable, "-c", SAVE, str(path), str(kill + 1)]
        with subprocess.Popen(given, stdout=subprocess.PIPE, text=True) as saving:
            saving.stdout.readline()
            time.sleep(0.013 * (kill + 1))
            saving.kill()
        content = path.read_bytes()
        assert len(content) == 20_000_000
        assert len(set(content)) == 1
