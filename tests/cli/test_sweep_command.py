"""The command ``tibiao sweep``: what a person at the keyboard gets, the first time, again, and when the file is wrong."""

import pandas as pd
import pytest

from analysis.cli import main

FILE = """\
id: rises
title: {zh: 试, en: probe}
question: {zh: 问, en: what?}
scenarios: [baseline]
draws: 100
grid:
  policy.rural_share.at_least: [0.75, 0.8]
"""


@pytest.fixture
def here(tmp_path, monkeypatch, home):
    """A folder of the test's own, with a sweep file in it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TIBIAO_HOME", str(home))
    (tmp_path / "rises.yaml").write_text(FILE, "utf-8")
    return tmp_path


def test_a_file_of_ones_own_goes_to_out_and_its_name_and_is_not_done_twice(here, capsys):
    assert main(["sweep", "rises.yaml", "--workers", "1"]) == 0
    assert "2 combinations" in capsys.readouterr().out
    stored = sorted((here / "out" / "rises" / "results").glob("*.parquet"))
    assert len(stored) == 2
    assert {pd.read_parquet(one)["scenario"].unique().item() for one in stored} == {one.stem for one in stored}
    begun = [one.stat().st_mtime_ns for one in stored]
    assert main(["sweep", "rises.yaml", "--workers", "1"]) == 0
    assert "already there, made from the same inputs: 2 of 2" in capsys.readouterr().out
    assert [one.stat().st_mtime_ns for one in stored] == begun
    assert main(["verify", "out/rises"]) == 0


@pytest.mark.parametrize(
    ("wrong", "right", "line"),
    [
        ("at_lest", "at_least", "did you mean policy.rural_share.at_least?"),
        ("baselin]", "baseline]", "did you mean baseline?"),
        ("0.75, 8", "0.75, 0.8", "8"),
    ],
)
def test_a_wrong_file_is_one_line_and_nothing_is_made(here, capsys, wrong, right, line):
    (here / "rises.yaml").write_text(FILE.replace(right, wrong), "utf-8")
    assert main(["sweep", "rises.yaml"]) == 2
    said = capsys.readouterr()
    assert line in said.err
    assert len(said.err.strip().splitlines()) == 1
    assert not (here / "out").exists()


def test_a_name_that_no_sweep_bears_names_the_nearest(here, capsys):
    assert main(["sweep", "rural_shar"]) == 2
    assert "did you mean rural_share?" in capsys.readouterr().err
