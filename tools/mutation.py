"""Mutation score of the nouns that the results rest on; ``tools/mutation.sh`` makes its environment and calls it.

A mutant is the code with one place changed. It is killed where a test then fails, does not end, or dies. Each noun is
tried in a folder of its own below ``.mutation``, with the tests that concern it, whole or by a random sample.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tomllib
from fnmatch import fnmatch
from pathlib import Path

from nouns import NOUNS
from scipy.stats import binomtest

HOME = Path(__file__).resolve().parents[1]
WORK = HOME / ".mutation"
# How pytest ends where a test fails, or cannot even be collected or run; and how a process ends that is out of time
# or dies. All else (0, 5 and mutmut's own 33, no test) is a mutant that lives.
KILLED = {1, 2, 3, 24, 36, 152, 255, -24, -9, -11}
SETTINGS = """
[tool.pytest.ini_options]
addopts = ["-p", "no:nbval", "-p", "no:cacheprovider", "-p", "no:xdist", "-m", "not slow_fault and not load"]
markers = {markers}

[tool.mutmut]
source_paths = ["src"]
only_mutate = {files}
also_copy = ["data", "params"]
pytest_add_cli_args_test_selection = {tests}
timeout_multiplier = 10
use_git_change_detection = false
"""
# The mutants of a folder, without a run: mutmut has no command for it.
GENERATE = """
from mutmut.__main__ import copy_also_copy_files, copy_src_dir, create_mutants
from mutmut.mutation.trampoline import set_mutant_under_test
set_mutant_under_test("mutant_generation")
copy_src_dir()
copy_also_copy_files()
create_mutants(1)
"""
# The changes that nothing noticed, each as a difference.
SHOW = """
import sys
from mutmut.mutation.diff_apply import find_mutant, get_diff_for_mutant
for name in sys.argv[1:]:
    print("#", name)
    print(get_diff_for_mutant(name, path=find_mutant(name).path))
"""


def folder_of(noun: str) -> Path:
    """Make a noun's folder anew, with what its tests need, and every mutant in it."""
    folder = WORK / noun
    shutil.rmtree(folder, ignore_errors=True)
    for part in ("src", "tests", "data", "params"):
        shutil.copytree(HOME / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    settle(noun)
    (folder / "mutants").mkdir()
    python(folder, "-c", GENERATE)
    return folder


def settle(noun: str) -> None:
    """Write what mutmut and pytest are to do in a noun's folder."""
    files, tests = NOUNS[noun]
    pytest = tomllib.loads((HOME / "pyproject.toml").read_text("utf-8"))["tool"]["pytest"]["ini_options"]
    settings = SETTINGS.format(markers=json.dumps(pytest["markers"]), files=json.dumps(files), tests=json.dumps(tests))
    (WORK / noun / "pyproject.toml").write_text(settings, "utf-8")


def again(noun: str) -> Path:
    """Return a noun's folder as it was left, with tests and all other code as they are now; its own code must be the same."""
    folder = WORK / noun
    for path in (HOME / "src").rglob("*.py"):
        name = path.relative_to(HOME)
        if not any(fnmatch(str(name), own) for own in NOUNS[noun][0]):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, folder / name)
        elif not (folder / name).is_file() or (folder / name).read_bytes() != path.read_bytes():
            sys.exit(f"mutation: {name}: is not what the mutants were made of; run without --again")
    for part in (folder / "tests", folder / "mutants" / "tests"):
        shutil.rmtree(part)
        shutil.copytree(HOME / "tests", part, ignore=shutil.ignore_patterns("__pycache__"))
    settle(noun)
    (folder / "mutants" / "mutmut-stats.json").unlink(missing_ok=True)
    return folder


def python(folder: Path, *arguments: str) -> str:
    """Run this Python in a folder and return what it prints."""
    environment = os.environ | {"HYPOTHESIS_PROFILE": "mutation"}
    done = subprocess.run(  # noqa: S603 - this Python, with arguments of ours
        [sys.executable, *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(
            f"mutation: {folder.name}: {' '.join(arguments)[:80]}: failed\n{done.stdout[-3000:]}{done.stderr[-3000:]}"
        )
    return done.stdout


def ended(folder: Path) -> dict[str, int | None]:
    """Return each mutant and how its tests ended; None where they were not run."""
    kept = [json.loads(path.read_text("utf-8"))["exit_code_by_key"] for path in folder.rglob("mutants/**/*.meta")]
    return {name: code for one in kept for name, code in one.items()}


def main() -> None:
    """Try the mutants of each noun that is asked for, and print a line a noun."""
    parser = argparse.ArgumentParser(prog="tools/mutation.sh", description=__doc__)
    parser.add_argument("nouns", nargs="*", metavar="NOUN", help=f"of {', '.join(NOUNS)}; all where none is named")
    parser.add_argument("--sample", type=int, metavar="N", help="try N mutants of each noun, drawn at random, not all")
    parser.add_argument("--seed", type=int, default=1, help="of the draw (1)")
    parser.add_argument(
        "--again", action="store_true", help="try those that lived last time once more, with the tests as they are now"
    )
    asked = parser.parse_args()
    if unknown := set(asked.nouns) - set(NOUNS):
        parser.error(f"no such noun: {sorted(unknown)[0]}; allowed: {', '.join(NOUNS)}")
    print("noun      mutants  tried  killed  score    95 %          lives in")
    for noun in asked.nouns or NOUNS:
        folder = again(noun) if asked.again else folder_of(noun)
        names = sorted(ended(folder))
        drawn = tried = names
        if asked.again:
            drawn = sorted(name for name, code in ended(folder).items() if code is not None)
            tried = [name for name in drawn if ended(folder)[name] not in KILLED]
        elif asked.sample and asked.sample < len(names):
            drawn = tried = random.Random(asked.seed).sample(names, asked.sample)  # noqa: S311 - a sample, no secret
        python(folder, "-m", "mutmut", "run", "--max-children", "2", *tried)
        codes = ended(folder)
        lives = [name for name in sorted(drawn) if codes[name] not in KILLED]
        told = folder / "lives.txt"
        told.write_text(python(folder, "-c", SHOW, *lives), "utf-8")
        killed = binomtest(len(drawn) - len(lives), len(drawn))
        low, high = killed.proportion_ci(method="wilson")
        print(
            f"{noun:<9} {len(names):>7} {len(drawn):>6} {killed.k:>7}  {killed.k / killed.n:>5.1%}"
            f"  {low:.1%} to {high:.1%}  {told.relative_to(HOME)}",
            flush=True,
        )


if __name__ == "__main__":
    main()
