"""Real disks of the kernel's memory that are read-only or full: the old result stays, and the line says which folder."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from analysis.batch.store import HOLDER, LOCK, RECEIPTS, verify
from analysis.cli import main
from cheap_batch import contents, edit

pytestmark = [
    pytest.mark.slow_fault,
    pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs root: it mounts a disk"),
]


@pytest.fixture
def disk(tmp_path):
    """Return a function that mounts a disk of so many bytes, and mounts it again with other options."""
    place = tmp_path / "disk"
    place.mkdir()

    def mount(options):
        subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", place], check=True)
        return place

    yield mount
    while subprocess.run(["umount", place], check=False, capture_output=True).returncode == 0:
        pass


def filled(place, left):
    """Fill a disk but for some bytes."""
    with (place / "ballast").open("wb") as stream:
        stream.write(bytes(shutil.disk_usage(place).free - left))


def shown(out):
    """Return the files that a reader sees."""
    own = (RECEIPTS, LOCK, HOLDER)
    return {name: content for name, content in contents(out).items() if name.partition("/")[0] not in own}


@pytest.mark.fault(10)
def test_a_read_only_folder_is_said_before_any_notebook_runs(own_home, disk, capsys, monkeypatch):
    place = disk("size=64m")
    assert main(["batch", "three", "--out", str(place / "out")]) == 0
    before = shown(place / "out")
    subprocess.run(["mount", "-o", "remount,ro", place], check=True)
    began = []
    monkeypatch.setattr("analysis.batch.conduct.run_tasks", lambda *given: began.append(given))
    for folder in ("out", "other"):
        capsys.readouterr()
        assert main(["batch", "three", "--fresh", "--out", str(place / folder)]) == 5
        said = capsys.readouterr().err
        assert str(place / folder) in said
        assert len(said.strip().splitlines()) == 1
    assert not began
    assert shown(place / "out") == before


@pytest.mark.fault(12)
@pytest.mark.parametrize("left", [0, 5_000, 60_000, 400_000])
def test_a_full_disk_leaves_old_results_whole_and_no_part_of_new_ones(own_home, disk, capsys, left):
    place = disk("size=8m")
    out = place / "out"
    given = ["batch", "three", "--workers", "1", "--out", str(out)]
    assert main(given) == 0
    before = shown(out)
    edit(own_home / "notebooks/page.ipynb", "1e6", "1e7")
    large = "(out / 'large.csv').write_text('x' * 300_000 + '\\\\n')\\n"
    edit(own_home / "notebooks/page.ipynb", '(out / \\"results.csv\\")', f'{large}(out / \\"results.csv\\")')
    filled(place, left)
    capsys.readouterr()
    assert main(given) == 5
    said = capsys.readouterr().err
    assert "No space left on device" in said
    assert "Traceback" not in said
    assert [
        name for name in contents(out) if "/." in f"/{name}" and name.partition("/")[0] not in (RECEIPTS, LOCK)
    ] == []
    (place / "ballast").unlink()
    after = shown(out)
    assert main(given) == 0
    new = shown(out)
    for name, content in after.items():
        if name == "manifest.json":
            assert json.loads(content)["kind"] == "batch three"
        else:
            assert content in (before.get(name), new[name]), f"{name} is neither the old nor the new one"
    assert before["results.csv"] != new["results.csv"]
    assert verify(out, own_home) == []


@pytest.mark.fault(12)
def test_a_full_disk_of_temporary_files_is_one_line_and_leaves_nothing(own_home, disk, capsys, monkeypatch):
    place = disk("size=1m")
    monkeypatch.setattr("tempfile.tempdir", str(place))
    filled(place, 100_000)
    assert main(["batch", "three"]) == 5
    said = capsys.readouterr().err
    assert len(said.strip().splitlines()) == 1
    assert "No space left on device" in said
    assert [path.name for path in place.iterdir()] == ["ballast"]
    assert not Path("out/three/manifest.json").exists()
