"""One changed datum must not pass: every notebook's stored outputs are compared with what the data say."""

import os
import re
import shutil
import subprocess
import sys

import pytest

from analysis.inputs.evidence import CHECKED_PACKAGES, package_sha256

pytestmark = pytest.mark.slow
OLD = "440000-C4,2024,Y,rural,dibao,minimum_standard,645,"


def test_one_changed_datum_makes_five_notebooks_fail(home, copied_home):
    # Five are enough to show it; the road, the comparison and the memo, which compute the most, have theirs compared elsewhere.
    left = shutil.ignore_patterns("scratch", "40_*", "50_*", "60_*")
    shutil.copytree(home / "notebooks", copied_home / "notebooks", ignore=left)
    path = copied_home / "data" / "guangdong" / "minima.csv"
    text = path.read_text("utf-8")
    assert OLD in text
    path.write_text(text.replace(OLD, OLD.replace("645", "646")), "utf-8")
    command = [
        sys.executable, "-m", "pytest", "--nbval-lax", "-q", "-rf", "-p", "no:cacheprovider",
        "-c", str(home / "pyproject.toml"), "--rootdir", str(copied_home), str(copied_home / "notebooks"),
    ]  # fmt: skip
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    # What a package may hold is not asked here, and so not in each kernel.
    environment |= {"TIBIAO_HOME": str(copied_home), CHECKED_PACKAGES: package_sha256("guangdong", copied_home)}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=copied_home, check=False)
    assert done.returncode == 1, done.stdout[-2000:] + done.stderr[-2000:]
    failed = set(re.findall(r"^FAILED \S*?(\d\d_\w+)\.ipynb", done.stdout, re.M))
    assert len(failed) >= 5, done.stdout[-3000:]
