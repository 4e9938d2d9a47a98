"""A memo's inputs kept beside it, and an older memo's folder read back: what is in it, and what is refused."""

import hashlib
import io
import json
import os
import shutil
import zipfile

import pytest
from pandas.testing import assert_frame_equal

from analysis import files
from analysis.batch.older import INPUTS, inputs_archive, read_older
from analysis.batch.parcel import Parcel
from analysis.batch.plan import Task
from analysis.batch.snapshot import Snapshot
from analysis.batch.store import verify
from analysis.cli import main
from analysis.errors import ParametersRefused
from analysis.inputs.evidence import load
from analysis.inputs.parameters.scenario import Scenario
from analysis.inputs.rules import read_rules
from analysis.inputs.scenario import on_package, read_scenario
from analysis.intake import take_in
from analysis.model.results import COLUMNS
from analysis.session import DIGEST, OLDER
from analysis.session.record import inputs_record

TASKS = [Task("memo", "document", "memo", "zh", "batch:memo", "guangdong")]
HEADER = "地区,年度,城镇低保标准（元/月）,农村低保标准（元/月）"
ROWS = (",".join(COLUMNS) + "\n").encode()
PACKAGE = (
    "areas.csv", "datapackage.json", "drivers.csv", "minima.csv", "minimum_wage.csv", "population.csv", "programmes.csv",
    "recipients.csv", "sources.csv", "standards.csv",
)  # fmt: skip


def kept(home):
    scenarios = {name: read_scenario(name, home) for name in ("baseline", "rural80")}
    return inputs_archive(Snapshot.take(home, TASKS, scenarios))


@pytest.fixture
def folder(copied_home, tmp_path):
    return finished(copied_home, tmp_path / "old", kept(copied_home))


def finished(home, out, archive, dataset="guangdong"):
    """A finished memo's folder, its documents left out."""
    scenario = on_package(read_scenario("baseline", home), dataset, home)
    record = {
        "inputs": inputs_record(home, load(dataset, scenario.as_of, home), scenario),
        "results_sha256": hashlib.sha256(ROWS).hexdigest(),
    }
    contents = {
        "baseline/results.csv": ROWS,
        "baseline/record.json": files.json_bytes(record),
        INPUTS: archive,
    }
    for name, content in contents.items():
        files.write_atomically(out / name, content)
    manifest = {
        "kind": "batch memo",
        "proposed": "baseline",
        "tasks": [{"task": "memo.zh", "exit_code": 0, "reason": ""}],
        "records": {"baseline": record},
        "files": {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()},
    }
    files.write_json(out / "manifest.json", manifest)
    return out


def read(folder, tmp_path, **given):
    asked = {"dataset": "guangdong", "proposed": "baseline", "scenarios": ["baseline"]} | given
    return read_older(str(folder), str(tmp_path / "new"), **asked)


def remade(folder, change):
    """Change a manifest."""
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    change(manifest)
    files.write_json(folder / "manifest.json", manifest)


def replaced(folder, name, content):
    """Put another file into a finished folder, as a program that made another would have."""
    files.write_atomically(folder / name, content)
    remade(folder, lambda manifest: manifest["files"].update({name: hashlib.sha256(content).hexdigest()}))


def test_the_archive_holds_what_the_memo_rests_on_and_nothing_else(copied_home):
    (copied_home / "data/guangdong/~lock.names.xlsx").write_bytes(b"private")
    (copied_home / "data/guangdong/copy.csv").write_text("private", "utf-8")
    shutil.copy(copied_home / "params/scenarios/late.yaml", copied_home / "params/scenarios/private.yaml")
    with zipfile.ZipFile(io.BytesIO(kept(copied_home))) as archive:
        names = archive.namelist()
        text = archive.read("scenarios/rural80.json").decode()
    assert names == [
        *(f"data/guangdong/{name}" for name in PACKAGE),
        "params/rules/guangdong.yaml",
        "scenarios/baseline.json",
        "scenarios/rural80.json",
    ]
    scenario = read_scenario("rural80", copied_home)
    assert Scenario.from_canonical(text) == scenario
    assert hashlib.sha256(text.encode()).hexdigest() == scenario.sha256()


def test_the_archive_has_the_same_bytes_whenever_and_wherever_it_is_made(copied_home, tmp_path):
    first = kept(copied_home)
    moved = shutil.copytree(copied_home, tmp_path / "elsewhere")
    os.utime(moved / "data/guangdong/minima.csv", (0, 0))
    (moved / "data/guangdong/minima.csv").chmod(0o600)
    assert kept(moved) == first
    assert len(first) < 200_000
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert {one.date_time for one in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert not any(str(tmp_path).encode() in archive.read(name) for name in archive.namelist())


def test_a_scenario_that_this_version_does_not_know_is_refused_with_its_key(baseline):
    values = json.loads(baseline.canonical()) | {"weather": "fine"}
    with pytest.raises(ParametersRefused, match="^weather: "):
        Scenario.from_canonical(json.dumps(values))


def test_an_older_memo_is_read_with_its_inputs(folder, tmp_path):
    older = read(folder, tmp_path)
    assert older.inputs
    names = {name.removeprefix(f"{OLDER}/") for name in older.contents}
    assert names == {
        "results.csv", "record.json", DIGEST, "params/rules/guangdong.yaml", "scenarios/baseline.json",
        *(f"data/guangdong/{name}" for name in PACKAGE),
    }  # fmt: skip
    assert older.contents[f"{OLDER}/{DIGEST}"].decode() == older.sha256
    assert read(folder, tmp_path).sha256 == older.sha256


def test_a_memo_on_a_package_of_ones_own_keeps_it_with_the_rules_it_was_laid_over(copied_home, tmp_path):
    (tmp_path / "figures.csv").write_text(f"{HEADER}\n韶关市,2024,860,645\n", "utf-8")
    take_in(tmp_path / "figures.csv", "own", copied_home)
    scenario = on_package(read_scenario("baseline", copied_home), "own", copied_home)
    task = Task("memo", "document", "memo", "zh", "batch:memo", "own")
    archive = inputs_archive(Snapshot.take(copied_home, [task], {"baseline": scenario}))
    older = read(finished(copied_home, tmp_path / "old", archive, "own"), tmp_path, dataset="own")
    for name, content in older.contents.items():
        files.write_atomically(tmp_path / name, content)
    again, own = (load("own", scenario.as_of, home).observations for home in (tmp_path / OLDER, copied_home))
    assert_frame_equal(again, own)
    assert "department" in set(again["grade"])
    assert read_rules("own", tmp_path / OLDER) == read_rules("guangdong", copied_home)
    assert not (tmp_path / OLDER / "data").exists()


def test_without_its_inputs_an_older_memo_is_read_too_and_is_another(folder, tmp_path):
    whole = read(folder, tmp_path).sha256
    remade(folder, lambda manifest: manifest["files"].pop(INPUTS))
    (folder / INPUTS).unlink()
    older = read(folder, tmp_path)
    assert not older.inputs
    assert len(older.contents) == 3
    assert older.sha256 != whole


def unfinished(folder):
    remade(folder, lambda manifest: manifest.update(unfinished=True))


def failed(folder):
    remade(folder, lambda manifest: manifest["tasks"][0].update(exit_code=4))


def no_memo(folder):
    remade(folder, lambda manifest: manifest["tasks"][0].update(task="60_memo.zh"))


def of_a_run(folder):
    remade(folder, lambda manifest: manifest.update(kind="run"))


def another_proposed(folder):
    remade(folder, lambda manifest: manifest.update(proposed="late"))


def another_schema(folder):
    remade(folder, lambda manifest: manifest["records"]["baseline"]["inputs"].update(schema=0))


def another_dataset(folder):
    remade(folder, lambda manifest: manifest["records"]["baseline"]["inputs"].update(dataset="indonesia"))


def other_columns(folder):
    replaced(folder, "baseline/results.csv", b"a,b\n1,2\n")


def tampered_results(folder):
    (folder / "baseline/results.csv").write_bytes(ROWS + b"x\n")


def tampered_inputs(folder):
    (folder / INPUTS).write_bytes(b"PK")


def no_archive(folder):
    replaced(folder, INPUTS, b"PK")


def other_data(folder):
    with zipfile.ZipFile(folder / INPUTS) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    contents["data/guangdong/minima.csv"] += b"\n"
    replaced(folder, INPUTS, Parcel.pack(contents).archive)


def other_scenario(folder):
    with zipfile.ZipFile(folder / INPUTS) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    contents["scenarios/baseline.json"] = contents["scenarios/rural80.json"]
    replaced(folder, INPUTS, Parcel.pack(contents).archive)


def no_manifest(folder):
    (folder / "manifest.json").unlink()


def broken_manifest(folder):
    (folder / "manifest.json").write_text("{", "utf-8")


def not_there(folder):
    shutil.rmtree(folder)


FAULTS = {
    not_there: "no such folder",
    no_manifest: "no manifest.json, so this is no memo",
    broken_manifest: "manifest.json cannot be read",
    unfinished: "its last run did not end well",
    failed: "its last run did not end well",
    no_memo: "holds 'batch memo' and no memo",
    of_a_run: "holds 'run' and no memo",
    another_proposed: "holds no results of scenario 'late'",
    another_schema: "has records of schema 0, not 1: it was made by a version of the program that this one cannot read",
    another_dataset: "is on dataset 'indonesia'; allowed: a memo on 'guangdong'",
    other_columns: "baseline/results.csv has other columns",
    tampered_results: "baseline/results.csv is missing or was changed; see 'tibiao verify'",
    tampered_inputs: "inputs.zip is missing or was changed; see 'tibiao verify'",
    no_archive: "inputs.zip cannot be read",
    other_data: "inputs.zip is not what its results were made from",
    other_scenario: "inputs.zip is not what its results were made from",
}


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_a_folder_that_is_no_older_memo_is_refused_in_one_line_and_nothing_is_written(
    fault, folder, home, tmp_path, monkeypatch, capsys
):
    fault(folder)
    monkeypatch.setenv("TIBIAO_HOME", str(home))
    assert main(["memo", "--out", str(tmp_path / "new"), "--against", str(folder)]) == 2
    said = capsys.readouterr().err
    assert f"--against {folder}: {FAULTS[fault]}" in said
    assert len(said.strip().splitlines()) == 1
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("place", [".", "inside", ".."])
def test_the_new_memo_is_not_compared_with_itself(folder, place):
    with pytest.raises(ParametersRefused, match="folder of the new memo itself; choose another --out"):
        read_older(str(folder), str(folder / place), "guangdong", "baseline", ["baseline"])


def test_an_empty_name_and_a_scenario_that_takes_the_bridges_place_are_refused(folder, tmp_path):
    with pytest.raises(ParametersRefused, match="--against is empty"):
        read("", tmp_path)
    with pytest.raises(ParametersRefused, match="scenario 'bridge': with --against this name is taken"):
        read(folder, tmp_path, scenarios=["baseline", "bridge"])


def test_nothing_leaves_the_folder_whatever_the_archive_names(folder, tmp_path):
    with zipfile.ZipFile(folder / INPUTS) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    contents |= {"data/guangdong/../../../out.txt": b"", "/etc/x": b"", "data/guangdong/.hidden": b"", "a.py": b""}
    whole = read(folder, tmp_path)
    replaced(folder, INPUTS, Parcel.pack(contents).archive)
    assert read(folder, tmp_path).contents == whole.contents


def test_an_archive_that_would_fill_the_disk_is_refused(folder, tmp_path, monkeypatch):
    monkeypatch.setattr("analysis.batch.older.MOST_BYTES", 1000)
    with pytest.raises(ParametersRefused, match="inputs.zip unpacks to more than"):
        read(folder, tmp_path)


def test_verify_holds_the_inputs_to_the_manifest(folder, copied_home):
    assert verify(folder, copied_home) == []
    tampered_inputs(folder)
    assert verify(folder, copied_home) == ["inputs.zip: changed"]
