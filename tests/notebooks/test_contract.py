"""The contract of notebooks, over every notebook found: a new one is tested without anybody remembering to."""

import ast
import re

import nbformat
import pytest

from analysis import files
from analysis.session import PARAMETERS, SCOPES

NOTEBOOKS = sorted((files.home() / "notebooks").glob("*.ipynb"))


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem, scope="module")
def notebook(request):
    return nbformat.read(request.param, 4)


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def test_it_is_a_page_not_a_program(notebook):
    cells = code_cells(notebook)
    assert len(cells) <= 14
    for cell in cells:
        kinds = {type(node) for node in ast.walk(ast.parse(cell.source))}
        assert not kinds & {ast.FunctionDef, ast.ClassDef, ast.Try, ast.Lambda, ast.For, ast.While}
        assert "/" not in re.sub(r"#.*", "", cell.source)


def test_the_parameters_cell_holds_exactly_the_five(notebook):
    tagged = [cell for cell in code_cells(notebook) if "parameters" in cell.metadata.get("tags", [])]
    assert len(tagged) == 1
    assert tagged[0] is code_cells(notebook)[0]
    lines = tagged[0].source.splitlines()
    assert [line.partition(" = ")[0] for line in lines] == list(PARAMETERS)
    assert all(re.search(r"  # (str|dict): \S", line) for line in lines)


def test_start_is_the_first_call_and_fits_the_scope(notebook):
    scope = notebook.metadata["tibiao"]["scope"]
    assert scope in SCOPES
    call = code_cells(notebook)[1].source
    assert re.search(rf'run = analysis\.start\(scenario, dataset, out_dir, overrides, lang, scope="{scope}"\)', call)


def test_outputs_are_stored_and_whole(notebook):
    cells = code_cells(notebook)
    assert notebook.metadata.kernelspec.name == "python3"
    assert notebook.metadata.kernelspec.language == "python"
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    checked = [cell for cell in cells if "nbval-check-output" in cell.metadata.get("tags", [])]
    assert checked
    assert all(cell.outputs for cell in checked)
    assert not [output for cell in cells for output in cell.get("outputs", []) if output.output_type == "error"]
    assert not any("injected-parameters" in cell.metadata.get("tags", []) for cell in cells)


def test_every_shown_result_is_explained_before_it(notebook):
    for before, cell in zip(notebook.cells, notebook.cells[1:], strict=False):
        if (
            "nbval-check-output" in cell.metadata.get("tags", [])
            and "four_sentences" not in cell.source
            and "proposal" not in cell.source
        ):
            assert before.cell_type == "markdown"
            assert len(before.source) > 40


def test_no_stored_output_carries_a_path_of_a_machine(notebook):
    text = nbformat.writes(notebook)
    assert not re.search(r"/(home|root|work|tmp|Users)/", text)


def test_notebooks_were_found():
    """Both readmes name every notebook and no other: one that is left out is missed."""
    for name in ("README.md", "README.zh.md"):
        named = set(re.findall(r"`(\d\d_[a-z_]+)`", (files.home() / name).read_text("utf-8")))
        assert named == {path.stem for path in NOTEBOOKS}
