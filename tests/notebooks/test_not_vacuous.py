"""The comparison of results cannot pass for nothing: each way to empty it makes a test of `make test` fail."""

import os
import re
import shutil
import subprocess
import sys
from collections import Counter

import nbformat
import pytest

from analysis.batch import reference

pytestmark = pytest.mark.slow
TESTS = ["tests/notebooks/test_contract.py", "tests/reference/test_stored_results.py"]
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


# Each in its own way; 50_compare is left out.
SPOILED = {
    "00_evidence": strip,
    "10_gap": strip_one_unchecked,
    "30_next_year": change_digit,
    "90_explore": change_chart,
}
LEFT_OUT = "50_compare"
WHOLE, FOUND = "test_outputs_are_stored_and_whole", "test_notebooks_were_found"
STORED = "test_reference_results_are_what_the_model_gives"


@pytest.fixture
def spoiled(home, tmp_path):
    """A copy of the repository, compiled as it is, in which things are spoiled; nothing of it is in the real one."""
    copy = tmp_path / "home"
    for name in ("data", "params", "src", "tests"):
        shutil.copytree(home / name, copy / name)
    shutil.copytree(home / "notebooks", copy / "notebooks", ignore=shutil.ignore_patterns("scratch"))
    for name in ("pyproject.toml", "conftest.py", "README.md", "README.zh.md"):
        shutil.copy(home / name, copy / name)
    for name, change in SPOILED.items():
        rewritten(copy / "notebooks" / f"{name}.ipynb", change)
    (copy / "notebooks" / f"{LEFT_OUT}.ipynb").unlink()
    reference.path_of("rural80", copy).unlink()
    path = reference.path_of("freeze", copy)
    text = path.read_text("utf-8")
    path.write_text(text.replace(",0.750000,ratio", ",0.750100,ratio", 1), "utf-8")
    assert path.read_text("utf-8") != text
    return copy


def test_each_way_to_empty_the_comparison_fails_and_nothing_else(spoiled):
    """The tests that compare, as `make test` runs them, on the notebooks that are quick to run."""
    wanted = f"{WHOLE} or {FOUND} or ({STORED} and (rural80 or freeze or tight)) or Cell"
    command = [
        sys.executable, "-m", "pytest", "-rf", "-p", "no:cacheprovider", "--tb=no", "-k", wanted, *TESTS,
        *(f"notebooks/{name}.ipynb" for name in SPOILED),
    ]  # fmt: skip
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    environment |= {"TIBIAO_HOME": str(spoiled), "PYTHONPATH": str(spoiled / "src")}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=spoiled, check=False)
    assert done.returncode == 1, done.stdout[-3000:] + done.stderr[-3000:]
    failed = set(re.findall(r"^FAILED (\S*?)::(.+?)(?: - .*)?$", done.stdout, re.M))
    cells = Counter(path for path, test in failed if test.startswith("Cell"))
    assert set(cells) == {f"notebooks/{name}.ipynb" for name in SPOILED}
    assert cells["notebooks/00_evidence.ipynb"] > 1
    assert {cells[f"notebooks/{name}.ipynb"] for name in SPOILED if name != "00_evidence"} == {1}
    assert {test for _, test in failed if not test.startswith("Cell")} == {
        f"{WHOLE}[00_evidence]",
        FOUND,
        f"{STORED}[rural80]",
        f"{STORED}[freeze]",
    }
    assert re.search(r"\b[1-9]\d* passed", done.stdout)
