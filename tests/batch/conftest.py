import nbformat
import pytest

from analysis import files
from analysis.batch.parcel import Parcel
from analysis.batch.plan import Task
from analysis.batch.work import UNPACKED, Limits, execute
from cheap_batch import shared_warm_process

PARAMETERS = "scenario = ''\ndataset = ''\nout_dir = ''\noverrides = {}\nlang = ''"


@pytest.fixture(scope="package", autouse=True)
def _one_warm_process():
    """Let all batches of these tests share one; those of a cluster and of a person's command have their own."""
    with shared_warm_process():
        yield


@pytest.fixture(scope="session")
def probe():
    """Return a maker of notebooks of a few cells, packed as a worker gets them."""

    def packed(*sources):
        notebook = nbformat.v4.new_notebook()
        notebook.cells = [nbformat.v4.new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]})]
        notebook.cells += [nbformat.v4.new_code_cell(source) for source in sources]
        for number, cell in enumerate(notebook.cells):
            cell.id = f"cell-{number}"
        notebook.metadata = {"kernelspec": {"name": "python3", "language": "python", "display_name": "python3"}}
        return Parcel.pack({"notebooks/probe.ipynb": nbformat.writes(notebook).encode(), "params/none.yaml": b""})

    return packed


@pytest.fixture
def ended(probe, tmp_path, monkeypatch):
    """Run a notebook of a few cells as a package's own and return how it ended."""
    monkeypatch.setenv("TIBIAO_HOME", "")  # a worker sets it for its kernels
    monkeypatch.setenv(UNPACKED, str(tmp_path / "inputs"))

    def run(*sources, scope="dataset", stored=None, **limits):
        task = Task("probe", scope, "baseline", "zh", "baseline", "guangdong")
        return execute(task, probe(*sources), files.code_sha256(), stored, Limits(**limits))

    return run
