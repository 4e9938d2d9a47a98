"""Scenario files, names and notebooks that a person got wrong or meant ill: refused in one line before anything starts."""

import json
import re
import subprocess
import sys

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from papermill.translators import PythonTranslator

from analysis.batch import conduct
from analysis.cli import main

pytestmark = pytest.mark.slow

MINE = """extends: baseline
id: mine
title: {zh: 自设, en: Own}
question: {zh: 如何, en: What if?}
overrides:
  policy.rural_share.at_least: 0.8
"""
RATE = "policy.rural_share.at_least: 0.8"
CODE = "x=1;open('canary','w').close();y"
BOMB = "a: &a [x, x]\n" + "".join(
    f"{b}: &{b} [*{a}, *{a}, *{a}, *{a}]\n" for a, b in zip("abcdef", "bcdefg", strict=True)
)


@pytest.fixture
def refused(own_home, tmp_path, monkeypatch, capsys):
    """Return a function that runs a command which must be refused with 2 and leave nothing; it gives the one line."""
    monkeypatch.setattr(conduct.LocalCrew, "__enter__", None)  # whoever starts a process fails here

    def run(*arguments):
        before = sorted(tmp_path.rglob("*"))
        assert main([*arguments, "--out", "out"]) == 2
        said = capsys.readouterr().err
        assert len(said.strip().splitlines()) == 1, said
        assert "Traceback" not in said
        assert sorted(tmp_path.rglob("*")) == before
        return said

    return run


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        pytest.param(RATE, "policy.rural_share.at_lest: 0.8", r"mine\.yaml:6: .*did you mean policy\.rural_share\.at_least\?", marks=pytest.mark.fault(18)),
        pytest.param(RATE, "policy.rural_share.at_least: abc", r"mine\.yaml:6: .*abc: allowed: a number", marks=pytest.mark.fault(19)),
        pytest.param(RATE, "policy.rural_share.at_least: .nan", r"mine\.yaml:6: .*a finite number", marks=pytest.mark.fault(20)),
        pytest.param(RATE, "policy.rural_share.at_least: 1e400", r"mine\.yaml:6: ", marks=pytest.mark.fault(20)),
        pytest.param(RATE, "policy.rural_share.at_least: 5", r"mine\.yaml:6: .*less than or equal to 1", marks=pytest.mark.fault(21)),
        pytest.param(RATE, "base_year: 20265", r"mine\.yaml:6: .*less than or equal to 2100", marks=pytest.mark.fault(21)),
        pytest.param(RATE, "road.new_money_yuan_year: -1", r"mine\.yaml:6: .*greater than or equal to 0", marks=pytest.mark.fault(21)),
        pytest.param("overrides:", "dataset: no\noverrides:", r"'no': no such package|dataset: no", marks=pytest.mark.fault(22)),
        pytest.param(RATE, "assumptions.follow_share.drawn: off", r"off: allowed: a boolean", marks=pytest.mark.fault(22)),
        pytest.param("overrides:", "dataset: 044010\noverrides:", r"mine\.yaml:5: .*quote codes: '044010'", marks=pytest.mark.fault(23)),
        pytest.param(RATE, "draws: 12:30", r"12:30: allowed: an integer", marks=pytest.mark.fault(24)),
        pytest.param(RATE, "draws: 1_000", r"1_000: allowed: an integer", marks=pytest.mark.fault(24)),
        pytest.param(RATE, f"{RATE}\n  {RATE}", r"mine\.yaml:7: .*stands twice, first on line 6", marks=pytest.mark.fault(25)),
        pytest.param("extends:", f"{BOMB}extends:", r"mine\.yaml:1: an alias or anchor", marks=pytest.mark.fault(26)),
        pytest.param("extends:", f"deep: {'[' * 3000}\nextends:", r"nested too deeply", marks=pytest.mark.fault(27)),
        pytest.param("extends:", "self: &a [*a]\nextends:", r"mine\.yaml:1: an alias or anchor", marks=pytest.mark.fault(27)),
        pytest.param("en: Own", r'en: "a\ud800"', r"mine\.yaml:3: the character", marks=pytest.mark.fault(28)),
        pytest.param("en: Own", r'en: "a\0"', r"mine\.yaml:3: the character", marks=pytest.mark.fault(28)),
        pytest.param(RATE, f'"{CODE}": 0.8', r"mine\.yaml:6: .*no such key", marks=pytest.mark.fault(29)),
        pytest.param("extends:", f'"{CODE}": 1\nextends:', r"mine\.yaml:1: .*no such key", marks=pytest.mark.fault(29)),
        *(pytest.param(RATE, f"{name}: 1", rf"mine\.yaml:6: {name}: no such key", marks=pytest.mark.fault(30)) for name in ("print", "class", "__builtins__")),
        *(pytest.param("id: mine", f"id: {name}", r"mine\.yaml:2: id: ", marks=pytest.mark.fault(31)) for name in ("../../x", "/abs", "a/b", "-rf", "CON", "x" * 300, '"a\\nb"')),
        pytest.param("en: Own", "en: =HYPERLINK(1)", r"mine\.yaml:3: title: .*a spreadsheet would run it", marks=pytest.mark.fault(47)),
    ],
)  # fmt: skip
def test_a_hostile_scenario_file_is_refused_before_anything_starts(refused, tmp_path, old, new, says):
    assert old in MINE
    (tmp_path / "mine.yaml").write_text(MINE.replace(old, new, 1), "utf-8")
    assert re.search(says, refused("run", "-f", "mine.yaml", "--notebook", "page"))


@pytest.mark.fault(31)
@pytest.mark.parametrize("name", ["../../x", "/abs", "a/b", "a\0b", "x" * 300, "-rf", "CON", "a\nb", "{x.__class__}"])
def test_a_scenario_that_is_a_path_is_refused(refused, name):
    refused("run", name, "--notebook", "page")


@pytest.mark.fault(29)
def test_code_in_the_name_of_an_override_is_refused(refused):
    assert "no such key" in refused("run", "baseline", "--notebook", "page", "--set", f"{CODE}=1")


@pytest.mark.fault(32)
@pytest.mark.parametrize("second", ["Baseline", "bas\u00e9", "base\u0301", "baseline"])
def test_two_names_that_a_file_system_may_take_for_one_are_refused(refused, own_home, second):
    path = own_home / "params/batches/three.yaml"
    path.write_text(path.read_text("utf-8").replace("[baseline, mine", f"[baseline, {second}"), "utf-8")
    assert repr(second)[1:-1] in refused("batch", "three")


@pytest.mark.fault(28)
@settings(max_examples=1000)
@given(
    st.recursive(
        st.text(st.characters(exclude_categories=("Cs",)), max_size=30) | st.floats(allow_nan=False, allow_infinity=False) | st.integers() | st.booleans() | st.none(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters(exclude_categories=("Cs",)), max_size=8), inner, max_size=3),
    )
)  # fmt: skip
def test_any_value_that_papermill_injects_arrives_equal(value):
    names = {}
    exec(PythonTranslator.codify({"overrides": value}), {"__builtins__": {}}, names)  # noqa: S102 - the point of the test
    assert names == {"overrides": value}


SHOWN = [
    "'",
    '"""',
    "\\",
    "a\\nb",
    "a\nb",
    "\u2028",
    "{x.__class__}",
    "$(id)",
    "#",
    "\0",
    "');open('canary','w').close()#",
]


@pytest.mark.fault(28)
def test_hostile_values_arrive_equal_in_a_kernel(home, tmp_path):
    cells = ["overrides = {}", "import json; print(json.dumps(overrides))"]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    notebook.cells[0].metadata["tags"] = ["parameters"]
    notebook.metadata = {"kernelspec": {"name": "tibiao", "language": "python", "display_name": "tibiao"}}
    nbformat.write(notebook, tmp_path / "in.ipynb")
    (tmp_path / "values.yaml").write_text(json.dumps({"overrides": {key: [key] for key in SHOWN}}), "utf-8")
    command = [sys.executable, "-m", "papermill", "in.ipynb", "out.ipynb", "-f", "values.yaml"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    shown = nbformat.read(tmp_path / "out.ipynb", 4).cells[-1].outputs[0].text
    assert json.loads(shown) == {key: [key] for key in SHOWN}
    assert not (tmp_path / "canary").exists()


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda cells: cells[0]["metadata"].pop("tags"), marks=pytest.mark.fault(33)),
        pytest.param(lambda cells: cells.insert(1, cells[0] | {"id": "twice"}), marks=pytest.mark.fault(34)),
    ],
    ids=["none", "two"],
)
def test_plain_papermill_ends_non_zero_where_the_notebook_would_drop_what_it_was_given(home, tmp_path, change):
    notebook = json.loads((home / "notebooks/30_next_year.ipynb").read_text("utf-8"))
    notebook["cells"] = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    change(notebook["cells"])
    (tmp_path / "in.ipynb").write_text(json.dumps(notebook), "utf-8")
    command = [sys.executable, "-m", "papermill", "in.ipynb", "out.ipynb", "-k", "tibiao", "-p", "scenario", "rural80"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.returncode != 0
    assert "tag exactly one cell, the first of them, parameters" in done.stderr
