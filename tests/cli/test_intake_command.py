"""The commands intake and template, and that nothing of local/ is shown to others."""

import re
import subprocess

import pytest

from analysis.batch import dictionary
from analysis.cli import main

TEXT = "2024年低保标准（元/月）\n地区,城镇,农村\n韶关,870,660\n"


def test_a_good_file_ends_with_zero_and_says_what_it_did(own_home, tmp_path, capsys):
    (tmp_path / "a.csv").write_text(TEXT, "gbk")
    assert main(["intake", "a.csv", "--as", "mine"]) == 0
    said = capsys.readouterr().out
    assert "read: 2 figures (dibao standard 2); GB18030, commas" in said
    assert "not in the file: 广州" in said
    assert "local/data/mine: written; next: tibiao check --dataset mine" in said
    assert main(["check", "--dataset", "mine", "--scenario", "baseline"]) == 0


def test_a_doubtful_file_ends_with_three_and_names_every_cell(own_home, tmp_path, capsys):
    (tmp_path / "a.csv").write_text(TEXT.replace("870", "10440").replace("660", "约660"), "utf-8")
    assert main(["intake", "a.csv", "--as", "mine"]) == 3
    said = capsys.readouterr().err
    assert "tibiao: a.csv: 1 cell is doubtful; nothing was written" in said
    assert "C3: '约660': expected one number, with a unit or none" in said
    assert "Traceback" not in said
    assert not (own_home / "local").exists()


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (["--as", "../x"], 2),
        (["--as", "guangdong"], 2),
        (["--as", "a", "--base", "guangdon"], 2),
        (["--as", "a", "--known-from", "June"], 2),
        ([], 2),
    ],
)
def test_a_wrong_name_or_option_ends_with_two(own_home, tmp_path, given, code, capsys):
    (tmp_path / "a.csv").write_text(TEXT, "utf-8")
    assert main(["intake", "a.csv", *given]) == code
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_the_template_is_written_where_it_is_asked_for(own_home, tmp_path, capsys):
    assert main(["template", "--lang", "zh", "--out", "填报表.xlsx"]) == 0
    assert (tmp_path / "填报表.xlsx").read_bytes()[:2] == b"PK"
    assert main(["intake", "填报表.xlsx", "--as", "empty"]) == 3


def test_a_template_takes_the_place_of_no_file(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "filled.xlsx").write_bytes(b"a month's work")
    assert main(["template", "--out", "filled.xlsx"]) == 2
    assert "--out filled.xlsx: is there already" in capsys.readouterr().err
    assert main(["template", "--out", "minima.csv"]) == 2
    assert "a name that ends in .xlsx" in capsys.readouterr().err
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"filled.xlsx": b"a month's work"}


def test_local_packages_stay_out_of_git_and_of_generated_documents(home, own_home, tmp_path):
    (tmp_path / "a.csv").write_text(TEXT, "utf-8")
    before = {name: made(own_home) for name, made in dictionary.DOCUMENTS.items()}
    assert main(["intake", "a.csv", "--as", "secretpackage"]) == 0
    for name, made in dictionary.DOCUMENTS.items():
        assert made(own_home) == before[name]
    ignored = subprocess.run(["git", "check-ignore", "-q", "local/data/any/datapackage.json"], cwd=home, check=False)
    assert ignored.returncode == 0


def test_nothing_of_local_stands_in_a_stored_notebook_or_a_committed_result(home):
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=home, capture_output=True, text=True, check=True
    ).stdout.split("\0")
    assert not [name for name in listed if name.startswith("local/")]
    stored = [
        name
        for name in listed
        if name.startswith(("notebooks/", "benchmarks/results/", "data/")) or name in dictionary.DOCUMENTS
    ]
    names = [path.parent.name for path in (home / "local" / "data").glob("*/datapackage.json")]
    private = re.compile(
        "|".join(["local/data", *(rf"\b{re.escape(name)}\b" for name in names), r"\bfile-[0-9a-f]{12}\b"])
    )
    found = [name for name in stored if (home / name).is_file() and private.search((home / name).read_text("utf-8"))]
    assert len(stored) > 20
    assert not found
