"""Branch coverage: of the nouns that the results rest on by the tests that concern them, or of all by any tests.

``.venv/bin/python tools/branches.py`` takes the nouns; with tests named, such as ``tests/model tests/report``, every
package of ``src/analysis`` is reported. Notebooks are not run, and what other processes do is not seen.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections import defaultdict
from fnmatch import fnmatch
from pathlib import Path

from nouns import NOUNS

HOME = Path(__file__).resolve().parents[1]
MARKS = "not slow_fault and not load"


def measured(tests: list[str]) -> dict[str, dict[str, int]]:
    """Run tests and return each source file's counts of lines and branches, and of those that were taken."""
    with tempfile.TemporaryDirectory() as folder:
        data, report = f"--data-file={folder}/data", Path(folder) / "report.json"
        call("run", data, "-m", "pytest", "-p", "no:nbval", "-o", "addopts=", "-q", "-m", MARKS, *tests)
        call("json", data, "--quiet", "-o", str(report))
        files = json.loads(report.read_text("utf-8"))["files"]
    return {path: one["summary"] for path, one in files.items()}


def call(*arguments: str) -> None:
    """Run coverage with this Python; what pytest prints goes to standard error."""
    done = subprocess.run(  # noqa: S603 - this Python, with arguments of ours
        [sys.executable, "-m", "coverage", *arguments], cwd=HOME, stdout=sys.stderr, check=False
    )
    if done.returncode:
        sys.exit(f"coverage: {arguments[0]} ended with {done.returncode}")


def line(name: str, counts: list[dict[str, int]]) -> str:
    """Return what one noun comes to."""
    total = {
        key: sum(one[key] for one in counts)
        for key in ("num_statements", "covered_lines", "num_branches", "covered_branches")
    }
    branches, taken = total["num_branches"], total["covered_branches"]
    return (
        f"{name:<22} {total['covered_lines']:>6} of {total['num_statements']:>5}  {taken:>6} of {branches:>5}"
        f"  {taken / branches if branches else 1:.1%}"
    )


def package_of(path: str) -> str:
    """Return what a source file is reported under: its package, and in the model its noun."""
    parts = Path(path).with_suffix("").parts[2:]
    return ".".join(parts[: 2 if parts[0] in ("model", "inputs", "report") else 1])


def main() -> None:
    """Print a line for each noun, or each package."""
    print("noun                         lines         branches  of branches")
    if tests := sys.argv[1:]:
        packages = defaultdict(list)
        for path, counts in measured(tests).items():
            packages[package_of(path)].append(counts)
        for name, counts in sorted(packages.items()):
            print(line(name, counts))
        return
    for noun, (files, own) in NOUNS.items():
        found = measured(own)
        print(
            line(noun, [one for path, one in found.items() if any(fnmatch(path, each) for each in files)]), flush=True
        )


if __name__ == "__main__":
    main()
