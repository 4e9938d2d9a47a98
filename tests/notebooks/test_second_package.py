"""Every notebook that a package's data allow runs on it by ``-p dataset``, under plain papermill."""

import subprocess
import sys

import nbformat
import pytest

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("notebook", "holds"),
    [
        ("00_evidence", ["poverty line", "No scenario can be costed on this package"]),
        ("10_gap", ["Nusa Tenggara Timur", "not closing", "panel, fixed effects"]),
        ("20_drivers", ["no planner to score", "no driver series"]),
    ],
)
def test_a_dataset_notebook_runs_on_indonesia(home, tmp_path, notebook, holds):
    out = tmp_path / "out.ipynb"
    command = [sys.executable, "-m", "papermill", str(home / f"notebooks/{notebook}.ipynb"), str(out)]
    command += ["-p", "dataset", "indonesia", "-p", "lang", "en", "-p", "out_dir", str(tmp_path / "saved")]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert (tmp_path / "saved" / "results.csv").is_file()
    shown = " ".join(
        str(output.get("data", {}).get("text/plain", ""))
        for cell in nbformat.read(out, 4).cells
        for output in cell.get("outputs", [])
    )
    assert all(text in shown for text in holds), shown[-3000:]
