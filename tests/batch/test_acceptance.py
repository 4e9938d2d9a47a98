import io
import re
import shutil
import sys

import nbformat
import pytest

from analysis.batch import acceptance, reference
from analysis.batch.acceptance import Acceptance
from analysis.cli import main
from analysis.errors import ParametersRefused
from analysis.inputs import evidence

HEAD = "key,value,unit\n"
COST, RATIO, STANDARD = (
    "b:extra_cost,490375321,yuan/year\n",
    "b:ratio,0.7500,ratio\n",
    "b:standard,0,yuan/person/month\n",
)
CHANGELOG = """# Changelog

## [0.2.0] - unreleased

### Results changed

- The first.

## [0.1.0] - 2025-01-01

### Results changed

- Older.
"""


def said(before, after):
    return list(map(str, reference.changes(HEAD + before, HEAD + after)))


def test_the_same_numbers_are_no_change():
    assert said(COST + RATIO, RATIO + COST) == []


def test_each_kind_of_change_says_by_how_much_and_the_largest_comes_first():
    after = "b:extra_cost,500000000,yuan/year\nb:ratio,0.7425,ratio\nb:new,5,persons\n"
    assert said(COST + RATIO + STANDARD, after) == [
        "b:extra_cost: 490,375,321 -> 500,000,000 yuan/year (+9,624,679, +1.96%)",
        "b:ratio: 0.75 -> 0.7425 ratio (-0.007500, -1.00%)",
        "b:new: new, 5 persons",
        "b:standard: gone, was 0 yuan/person/month",
    ]


def test_what_was_nothing_has_no_per_cent():
    assert said(STANDARD, "b:standard,3.5,yuan/person/month\n") == ["b:standard: 0 -> 3.5 yuan/person/month (+3.50)"]


def test_a_change_of_unit_is_a_change():
    assert len(said(COST, "b:extra_cost,490375321,yuan/month\n")) == 1


def test_a_long_list_is_cut_and_counted():
    before = "".join(f"a:{number:02},{number + 1},persons\n" for number in range(30))
    found = reference.changes(HEAD + before, HEAD + before.replace(",", ",9"))
    lines = Acceptance({}, {}, ["10_gap: cell 3: 'a' -> 'b'"], found).lines()
    assert lines[-2:] == ["and 10 more reference results", "10_gap: cell 3: 'a' -> 'b'"]
    assert len(lines) == 22


def test_the_summary_counts_each_kind():
    found = reference.changes(HEAD + COST + RATIO, HEAD + COST.replace("490", "491") + "c:new,1,persons\n")
    assert Acceptance({}, {}, ["cell"], found).summary() == (
        "1 reference results changed (b), most b:extra_cost: 490,375,321 -> 491,375,321 yuan/year (+1,000,000, +0.20%); "
        "1 reference results new; 1 reference results gone; 1 compared cells of notebooks"
    )


def test_the_reason_stands_last_under_results_changed_of_the_newest_version():
    text = acceptance.noted(CHANGELOG, "Minima of 2025\n as published.", "3 cells")
    assert text == CHANGELOG.replace(
        "- The first.\n", "- The first.\n- Minima of 2025 as published. Accepted: 3 cells.\n"
    )
    last = CHANGELOG[: CHANGELOG.index("\n## [0.1.0]")]
    assert acceptance.noted(last, "Minima of 2025 as published", "3 cells") == (
        last + "- Minima of 2025 as published. Accepted: 3 cells.\n"
    )


@pytest.mark.parametrize("reason", ["", "  ", "ok", "because"])
def test_a_reason_that_is_none_is_refused(reason):
    with pytest.raises(ParametersRefused, match="say why"):
        acceptance.noted(CHANGELOG, reason, "3 cells")


def test_a_changelog_without_the_heading_is_refused():
    with pytest.raises(ParametersRefused, match="no heading"):
        acceptance.noted("# Changelog\n", "Minima of 2025 as published", "3 cells")


def test_nothing_is_asked_where_nothing_changed():
    assert not Acceptance({"10_gap": "text"}, {}, [], []).needs_reason
    assert Acceptance({}, {}, ["cell"], []).needs_reason


@pytest.mark.slow
def test_accept_writes_nothing_without_a_reason_and_all_with_one(home, copied_home, monkeypatch, capsys):
    """A minimum changes: the refusal leaves every byte, the reason lands in the changelog, and a second time nothing is left."""
    for folder in ("notebooks", "docs", str(reference.FOLDER)):
        (copied_home / folder).mkdir(parents=True)
    for path in ("docs/data-dictionary.md", "docs/methods.md"):
        shutil.copy(home / path, copied_home / path)
    notebook = nbformat.read(home / "notebooks" / "10_gap.ipynb", 4)
    shows = next(number for number, cell in enumerate(notebook.cells) if "gap_history" in cell.source)
    notebook.cells = notebook.cells[: shows + 1]  # the rest computes much, and is compared elsewhere
    nbformat.write(notebook, copied_home / "notebooks" / "10_gap.ipynb")
    for path in (copied_home / "params" / "scenarios").glob("*.yaml"):
        if path.stem != "baseline":
            path.unlink()
    for name in ("baseline", "guangdong", "rural80"):
        shutil.copy(reference.path_of(name, home), reference.path_of(name, copied_home))
    (copied_home / "CHANGELOG.md").write_text(CHANGELOG, "utf-8")
    path = copied_home / "data" / "guangdong" / "minima.csv"
    old = "440000-C4,2024,Y,rural,dibao,minimum_standard,645,"
    path.write_text(path.read_text("utf-8").replace(old, old.replace("645", "650")), "utf-8")

    shutil.rmtree(copied_home / "data" / "indonesia")  # nothing of it changes
    monkeypatch.setenv("TIBIAO_HOME", str(copied_home))
    monkeypatch.setenv(evidence.CHECKED_PACKAGES, "")
    monkeypatch.setattr(sys, "stdin", io.StringIO())

    def accept(*reason):
        code = main(["accept", *reason])
        return code, *capsys.readouterr()

    def everything():
        return {one: one.read_bytes() for one in copied_home.rglob("*") if one.is_file()}

    before = everything()
    code, said, error = accept()
    assert code == 2, error
    assert "say why" in error
    assert "back_cast_excess:central: 0 -> 5 yuan/person/month (+5.00)" in said
    assert re.search(r"and \d+ more reference results\n10_gap: cell \d+: ", said)
    assert everything() == before

    code, _, error = accept("--reason", "The rural minimum was corrected")
    assert code == 0, error
    text = (copied_home / "CHANGELOG.md").read_text("utf-8")
    assert "- The first.\n- The rural minimum was corrected. Accepted: " in text
    assert not reference.path_of("rural80", copied_home).exists()
    assert ":rural:2024:Y:::minimum_standard:central,650.00," in reference.stored_text("guangdong", copied_home)
    assert '"645' not in (copied_home / "notebooks" / "10_gap.ipynb").read_text("utf-8")

    after = everything()
    code, said, _ = accept()
    assert (code, said.splitlines()[-1]) == (0, "no result changed")
    assert everything() == after
