"""The comparison of results cannot pass for nothing: each way to empty it makes a test of `make test` fail."""

import os
import re
import shutil
import subprocess
import sys

import nbformat
import pytest

from analysis.batch import reference

pytestmark = pytest.mark.slow
CONTRACT, KERNELS = "tests/notebooks/test_contract.py", "tests/batch/test_kernels.py"
RESULTS, NBVAL = "tests/reference/test_stored_results.py", "notebooks/30_next_year.ipynb"
PICTURE = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


def rewritten(path, change):
    notebook = nbformat.read(path, 4)
    assert change(notebook)
    nbformat.write(notebook, path)


def strip(notebook):
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return True


def strip_one_unchecked(notebook):
    """Leave the compared cells: nbval alone would see nothing."""
    shown = [
        cell
        for cell in notebook.cells
        if cell.get("outputs") and "nbval-check-output" not in cell.metadata.get("tags", [])
    ]
    shown[0].outputs = []
    return True


def change_digit(notebook):
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            text = output.get("data", {}).get("text/plain", "")
            if "nbval-check-output" in cell.metadata.get("tags", []) and re.search(r"\d\.\d", text):
                output.data["text/plain"] = re.sub(
                    r"(\d\.)(\d)", lambda found: found[1] + str((int(found[2]) + 1) % 10), text, count=1
                )
                return True
    return False


def change_chart(notebook):
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if "image/png" in output.get("data", {}):
                output.data["image/png"] = PICTURE
                return True
    return False


@pytest.fixture
def spoiled(home, tmp_path):
    """A copy of the repository in which one thing is spoiled; nothing of it is in the real one."""
    copy = tmp_path / "home"
    for name in ("data", "params", "src", "tests"):
        shutil.copytree(home / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(home / "notebooks", copy / "notebooks", ignore=shutil.ignore_patterns("scratch"))
    for name in ("pyproject.toml", "README.md", "README.zh.md"):
        shutil.copy(home / name, copy / name)
    return copy


def failed(copy, wanted, *paths):
    """Run the tests that compare, as `make test` does, and return the names of those that failed."""
    command = [sys.executable, "-m", "pytest", "-rf", "-p", "no:cacheprovider", "--tb=no", "-k", wanted, *paths]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    environment |= {"TIBIAO_HOME": str(copy), "PYTHONPATH": str(copy / "src"), "TIBIAO_CHECKED_PACKAGES": ""}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=copy, check=False)
    assert done.returncode in (0, 1), done.stdout[-3000:] + done.stderr[-3000:]
    return set(re.findall(r"^FAILED \S*?::(?:\S*::)?(.+?)(?: - .*)?$", done.stdout, re.M))


WHOLE, BYTES, FOUND = "test_outputs_are_stored_and_whole", "to_the_byte_what_is_stored", "test_notebooks_were_found"
STORED = "test_reference_results_are_what_the_model_gives"
SPOILED = {
    "00_evidence": strip,
    "10_gap": strip_one_unchecked,
    "30_next_year": change_digit,
    "90_explore": change_chart,
}


def test_a_spoiled_notebook_is_found(spoiled):
    """Each in its own way, and 40_pathway in none: it passes beside them, as does the count of notebooks."""
    for name, change in SPOILED.items():
        rewritten(spoiled / "notebooks" / f"{name}.ipynb", change)
    compared = f"({WHOLE} or {BYTES}) and ({' or '.join([*SPOILED, '40_pathway'])})"
    seen = {f"test_a_forked_kernel_shows_{BYTES}[{name}]" for name in SPOILED}
    assert failed(spoiled, f"{compared} or {FOUND}", CONTRACT, KERNELS) == seen | {f"{WHOLE}[00_evidence]"}


def test_a_changed_digit_is_found_by_nbval_as_well(spoiled):
    rewritten(spoiled / "notebooks" / "30_next_year.ipynb", change_digit)
    assert any(name.startswith("Cell") for name in failed(spoiled, "Cell", NBVAL))


def test_a_notebook_that_is_left_out_is_found(spoiled):
    (spoiled / "notebooks" / "40_pathway.ipynb").unlink()
    assert failed(spoiled, FOUND, CONTRACT) == {FOUND}


def test_a_deleted_or_changed_reference_result_is_found(spoiled):
    reference.path_of("rural80", spoiled).unlink()
    path = reference.path_of("freeze", spoiled)
    text = path.read_text("utf-8")
    path.write_text(text.replace(",0.750000,ratio", ",0.750100,ratio", 1), "utf-8")
    assert path.read_text("utf-8") != text
    wanted = f"{STORED} and (rural80 or freeze or tight)"
    assert failed(spoiled, wanted, RESULTS) == {f"{STORED}[rural80]", f"{STORED}[freeze]"}
