"""The house: what is declared, locked and promised holds together."""

import re
import subprocess
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from ruamel.yaml import YAML

from analysis.batch import dictionary


@pytest.fixture(scope="module")
def project(home):
    return tomllib.loads((home / "pyproject.toml").read_text("utf-8"))["project"]


@pytest.fixture(scope="module")
def locked(home):
    pins = re.findall(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)(.*)$", (home / "requirements.lock").read_text("utf-8"), re.M)
    return {canonicalize_name(name): version for name, version, _ in pins}


def test_every_declared_requirement_is_locked_within_its_bounds(project, locked):
    declared = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    for text in declared:
        wanted = Requirement(text)
        assert canonicalize_name(wanted.name) in locked, f"{wanted.name} is not in requirements.lock"
        assert wanted.specifier.contains(locked[canonicalize_name(wanted.name)], prereleases=True), text


def test_every_line_of_the_lock_has_a_hash_and_no_address(home):
    text = (home / "requirements.lock").read_text("utf-8")
    blocks = re.split(r"\n(?=[A-Za-z0-9])", text.strip())
    assert all("--hash=sha256:" in block for block in blocks)
    assert "http://" not in text
    assert "https://" not in text


def test_environment_takes_the_same_python_and_the_lock(home, project):
    environment = YAML(typ="safe").load((home / "environment.yml").read_text("utf-8"))
    python = next(line for line in environment["dependencies"] if isinstance(line, str) and line.startswith("python"))
    assert python.removeprefix("python").replace(" ", "") == project["requires-python"].replace(" ", "")
    pip = next(line for line in environment["dependencies"] if isinstance(line, dict))["pip"]
    assert any("requirements.lock" in line for line in pip)


def test_both_readmes_name_the_two_commands(home):
    for name in ("README.md", "README.zh.md"):
        text = (home / name).read_text("utf-8")
        assert "make memo" in text
        assert "make test" in text


def test_every_make_target_is_one_verb_or_a_pytest_call(home):
    recipes = re.findall(r"^\t@?(.+)$", (home / "Makefile").read_text("utf-8"), re.M)
    allowed = (
        ".venv/bin/tibiao ",
        ".venv/bin/python -m pytest",
        "sh tools/",
        "awk ",
        ".venv/bin/python benchmarks/",
        ".venv/bin/python tools/",
    )
    assert all(recipe.startswith(allowed) for recipe in recipes), recipes


def test_no_tracked_file_is_large(home):
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=home, capture_output=True, text=True, check=True).stdout
    sizes = {name: (home / name).stat().st_size for name in listed.split("\0") if name and (home / name).is_file()}
    assert sum(sizes.values()) < 25e6
    assert not [name for name, size in sizes.items() if name.endswith(".ipynb") and size > 500_000]


@pytest.mark.parametrize("name", sorted(dictionary.DOCUMENTS))
def test_generated_documents_are_fresh(home, name):
    assert (home / name).read_text("utf-8") == dictionary.DOCUMENTS[name](home).rstrip() + "\n", "run 'tibiao accept'"


def test_layers_point_one_way(home):
    done = subprocess.run([home / ".venv/bin/lint-imports"], cwd=home, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_source_and_tests_pass_ruff(home):
    done = subprocess.run(
        [home / ".venv/bin/ruff", "check", "."], cwd=home, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
