"""A notebook as git sees it: noise stays out, numbers stay in, and a difference shows them; through git itself."""

import copy
import json
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from analysis.batch import notebook

TOOL = Path(notebook.__file__)
TABLE = "<table><tr><th>市</th><th>元</th></tr>\n<tr><td>A &lt; B</td><td>{}</td></tr></table>"


def example(value=645):
    """A notebook as stored: a table, a picture, a text."""
    cells = [
        nbformat.v4.new_markdown_cell("# 标题"),
        nbformat.v4.new_code_cell(
            "run.table('x')\nrun.show('y')",
            execution_count=1,
            metadata={"tags": ["nbval-check-output"]},
            outputs=[
                nbformat.v4.new_output("display_data", {"text/html": TABLE.format(value), "text/plain": "table"}),
                nbformat.v4.new_output("display_data", {"image/png": "iVBORw0KGgo=", "text/plain": "农村75%"}),
                nbformat.v4.new_output("stream", text="said\n"),
                nbformat.v4.new_output("error", ename="Refusal", evalue="no"),
            ],
        ),
    ]
    for number, cell in enumerate(cells):
        cell["id"] = f"cell{number}"
    made = nbformat.v4.new_notebook(
        cells=cells,
        metadata={
            "tibiao": {"scope": "scenario"},
            "kernelspec": notebook.KERNEL.copy(),
            "language_info": {"name": "python"},
        },
    )
    return json.loads(nbformat.writes(made))


def left_by_a_front_end(stored):
    """The same notebook after a run in JupyterLab by the warm kernel."""
    used = copy.deepcopy(stored)
    used["metadata"]["kernelspec"] = {"name": "tibiao", "display_name": "tibiao (warm Python)", "language": "python"}
    used["metadata"]["language_info"] = {"name": "python", "version": "3.11.7", "pygments_lexer": "ipython3"}
    used["metadata"]["widgets"] = {"application/vnd.jupyter.widget-state+json": {"state": {"0a": {}}}}
    used["metadata"]["papermill"] = {"duration": 3.2}
    used["cells"][1]["metadata"] |= {
        "execution": {"iopub.execute_input": "2026-01-01"},
        "scrolled": True,
        "papermill": {},
    }
    used["cells"][1]["outputs"][0]["data"][notebook.WIDGET] = {"model_id": "0a"}
    return used


def test_what_a_front_end_leaves_is_taken_away_and_nothing_else():
    stored = example()
    assert notebook.cleaned(left_by_a_front_end(stored)) == stored
    assert notebook.cleaned(copy.deepcopy(stored)) == stored
    assert notebook.written(stored) == nbformat.writes(nbformat.from_dict(stored)) + "\n"


def test_another_kernel_and_other_metadata_are_left_alone():
    other = example()
    other["metadata"]["kernelspec"] = {"name": "ir", "display_name": "R", "language": "R"}
    other["metadata"]["language_info"] = {"name": "R"}
    assert notebook.cleaned(copy.deepcopy(other)) == other


def test_the_text_has_every_source_line_and_number_and_no_picture_bytes():
    told = notebook.told(example())
    assert told.splitlines() == [
        "--- 1 markdown", "# 标题", "--- 2 code", "run.table('x')", "run.show('y')", "=> 市 | 元", "=> A < B | 645",
        "=> [picture] 农村75%", "=> said", "=> Refusal: no",
    ]  # fmt: skip


def test_every_stored_notebook_is_as_the_filter_leaves_it(home):
    for path in sorted((home / "notebooks").glob("*.ipynb")):
        text = path.read_text("utf-8")
        assert notebook.written(notebook.cleaned(json.loads(text))) == text, f"{path.name}: run 'tibiao accept'"


@pytest.fixture
def repository(home, tmp_path):
    """A repository set up as tools/setup.sh sets one up, with a stored notebook in it."""

    def git(*arguments):
        done = subprocess.run(["git", *arguments], cwd=tmp_path, capture_output=True, check=True)
        return done.stdout.decode()

    git("init", "-q")
    for key, name in (("filter.notebook.clean", "clean"), ("diff.notebook.textconv", "text")):
        said = f"git config {key} '.venv/bin/python src/analysis/batch/notebook.py {name}'"
        assert said in (home / "tools" / "setup.sh").read_text("utf-8")
        git("config", key, f"{sys.executable} {TOOL} {name}")
    (tmp_path / ".gitattributes").write_bytes((home / ".gitattributes").read_bytes())
    (tmp_path / "n.ipynb").write_text(notebook.written(example()), "utf-8")
    git("add", ".")
    git("-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-qm", "one")
    return git, tmp_path / "n.ipynb"


def test_a_notebook_that_was_only_run_has_no_difference(repository):
    git, path = repository
    path.write_text(notebook.written(left_by_a_front_end(example())), "utf-8")
    assert git("diff", "--stat") == ""
    git("add", ".")
    assert git("diff", "--cached", "--name-only") == ""


def test_a_difference_shows_the_number_and_its_row(repository):
    git, path = repository
    path.write_text(notebook.written(left_by_a_front_end(example(646))), "utf-8")
    changed = [line for line in git("diff").splitlines() if line[:1] in "+-" and line[:3] not in ("+++", "---")]
    assert changed == ["-=> A < B | 645", "+=> A < B | 646"]


def test_what_is_no_notebook_goes_through_as_it_is(repository):
    git, path = repository
    path.write_text("<<<<<<< no notebook\n", "utf-8")
    git("add", ".")
    assert git("show", ":n.ipynb") == "<<<<<<< no notebook\n"
