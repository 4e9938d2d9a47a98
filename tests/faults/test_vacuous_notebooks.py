"""Stored notebooks that would test nothing, or not what they say: the tests of this suite must fail on each."""

import json
import os
import re
import shutil
import subprocess
import sys

import nbformat
import pytest


def run_tests(home, folder, *arguments, **options):
    """Run pytest as ``make test`` does, on other files."""
    command = [sys.executable, "-m", "pytest", "-c", str(home / "pyproject.toml"), "-p", "no:cacheprovider", "-rf"]
    variables = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    return subprocess.run(
        [*command, "--rootdir", str(folder), *arguments], capture_output=True, text=True, cwd=folder, check=False, env=variables | options
    )  # fmt: skip


def without_tag(notebook):
    next(cell for cell in notebook["cells"] if cell["cell_type"] == "code")["metadata"] = {}


def with_two(notebook):
    first = next(cell for cell in notebook["cells"] if cell["cell_type"] == "code")
    notebook["cells"].insert(2, first | {"id": "twice"})


def with_leftover(notebook):
    first = next(cell for cell in notebook["cells"] if cell["cell_type"] == "code")
    leftover = first | {"id": "leftover", "metadata": {"tags": ["injected-parameters"]}}
    notebook["cells"].insert(2, leftover)


def without_outputs(notebook):
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell.update(outputs=[], execution_count=None)


@pytest.mark.fault(33, 34, 35, 51)
def test_the_contract_finds_each_notebook_that_tests_nothing(home, copied_home):
    shutil.copytree(home / "notebooks", copied_home / "notebooks", ignore=shutil.ignore_patterns("scratch"))
    spoiled = {
        "00_evidence": without_tag,
        "10_gap": with_two,
        "20_drivers": with_leftover,
        "30_next_year": without_outputs,
    }
    for name, spoil in spoiled.items():
        path = copied_home / f"notebooks/{name}.ipynb"
        notebook = json.loads(path.read_text("utf-8"))
        spoil(notebook)
        path.write_text(json.dumps(notebook), "utf-8")
    shutil.copy(home / "tests/notebooks/test_contract.py", copied_home)
    done = run_tests(home, copied_home, "test_contract.py", TIBIAO_HOME=str(copied_home))
    assert done.returncode == 1, done.stdout + done.stderr
    failed = set(re.findall(r"^FAILED .*::(\w+)\[(\w+)\]", done.stdout, re.M))
    assert {
        ("test_the_parameters_cell_holds_exactly_the_five", "00_evidence"),
        ("test_the_parameters_cell_holds_exactly_the_five", "10_gap"),
        ("test_outputs_are_stored_and_whole", "20_drivers"),
        ("test_outputs_are_stored_and_whole", "30_next_year"),
    } <= failed
    assert {name for _, name in failed} == set(spoiled)


@pytest.mark.fault(51)
@pytest.mark.slow_fault
def test_a_dead_kernel_ends_the_tests_of_stored_notebooks(home, tmp_path):
    cells = [nbformat.v4.new_code_cell("import os; os._exit(0)"), nbformat.v4.new_code_cell("1 + 1")]
    notebook = nbformat.v4.new_notebook(cells=cells)
    notebook.metadata = {"kernelspec": {"name": "python3", "language": "python", "display_name": "python3"}}
    nbformat.write(notebook, tmp_path / "dies.ipynb")
    done = run_tests(home, tmp_path, "dies.ipynb", "--nbval-cell-timeout=5")
    assert done.returncode == 1, done.stdout[-2000:]
    limit = re.search(r"--nbval-cell-timeout=(\d+)", (home / "pyproject.toml").read_text("utf-8"))
    assert int(limit[1]) <= 120
