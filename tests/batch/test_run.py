"""How a notebook's end becomes an exit code, and nothing is left half-written."""

import nbformat
import pytest

from analysis.batch import run
from analysis.batch.plan import Task


@pytest.fixture
def ended(home, tmp_path):
    """Run a notebook of one cell and return how it ended."""

    def execute(source, monkeypatch=None):
        notebook = nbformat.v4.new_notebook()
        parameters = nbformat.v4.new_code_cell(
            "scenario = ''\ndataset = ''\nout_dir = ''\noverrides = {}\nlang = ''", metadata={"tags": ["parameters"]}
        )
        notebook.cells = [parameters, nbformat.v4.new_code_cell(source)]
        notebook.metadata = {"kernelspec": {"name": "python3", "language": "python", "display_name": "python3"}}
        path = tmp_path / "probe.ipynb"
        nbformat.write(notebook, path)
        task = Task("probe", "scenario", "baseline", "zh", "baseline", "guangdong")
        one = run.execute(task, tmp_path / "out", home, path)
        written = sorted(item.name for item in (tmp_path / "out").rglob("*"))
        return one, written

    return execute


def test_a_cell_that_raises_is_a_failed_scenario(ended):
    one, written = ended("1/0")
    assert (one.exit_code, written) == (4, [])
    assert "cell 3: ZeroDivisionError: division by zero" in one.reason


def test_a_kernel_that_dies_is_infrastructure(ended):
    one, written = ended("import os; os._exit(0)")
    assert (one.exit_code, written) == (5, [])
    assert "kernel died" in one.reason


def test_a_cell_that_never_returns_meets_a_limit(ended, monkeypatch):
    monkeypatch.setattr(run, "CELL_LIMIT_SECONDS", 2)
    one, written = ended("import time; time.sleep(1e6)")
    assert (one.exit_code, written) == (5, [])
    assert "longer than 2 s" in one.reason


def test_refusals_keep_their_codes_and_their_one_line(ended):
    one, _ = ended("from analysis.errors import DataRefused; raise DataRefused('data/x.csv: row 3: wrong')")
    assert (one.exit_code, one.reason) == (3, "data/x.csv: row 3: wrong")


def test_a_good_notebook_is_written_whole_with_its_hash(ended):
    one, written = ended("1 + 1")
    assert one.exit_code == 0
    assert written == ["baseline", "probe.zh.ipynb"]
    assert len(one.notebook_sha256) == 64
