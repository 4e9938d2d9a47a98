"""Ways that would run what a file holds or open a server to others: held by the linter, and looked for."""

import re
import subprocess

import pytest

UNSAFE = {
    "import pickle\n\n\ndef read(path):\n    return pickle.loads(path.read_bytes())\n": "S301",
    "import pandas as pd\n\n\ndef read(path):\n    return pd.read_pickle(path)\n": "S301",
    "import subprocess\n\n\ndef run(text):\n    subprocess.run(text, shell=True, check=True)\n": "S602",
    "def read(text):\n    return eval(text)\n": "S307",
}


@pytest.mark.fault(52)
@pytest.mark.parametrize(("source", "rule"), UNSAFE.items(), ids=UNSAFE.values())
def test_the_linter_refuses_what_would_run_a_file(home, source, rule):
    command = [
        home / ".venv/bin/ruff",
        "check",
        "--stdin-filename",
        "src/analysis/own.py",
        "--output-format=concise",
        "-",
    ]
    done = subprocess.run(command, cwd=home, input=source, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert rule in done.stdout


@pytest.mark.fault(52)
def test_no_file_of_the_project_loads_code_from_a_cache_or_opens_a_server(home):
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=home, capture_output=True, text=True, check=True).stdout
    unsafe = re.compile(
        r"""joblib\.load|read_pickle\(|token=['"]{2}|\bip=['"]?0\.0\.0\.0|password=['"]{2}|allow_origin=['"]?\*"""
    )
    suffixes = (".py", ".md", ".sh", ".yml", ".yaml", ".toml", ".ipynb", "Makefile")
    names = [name for name in listed.split("\0") if name.endswith(suffixes) and not name.startswith("tests/faults/")]
    assert len(names) > 100
    assert [
        name for name in names if (home / name).is_file() and unsafe.search((home / name).read_text("utf-8", "replace"))
    ] == []
