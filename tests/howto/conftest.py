"""What the pages are followed in: a copy of the home, with the tables that they take in."""

import shutil

import pytest
from page import Page

from cheap_batch import shared_warm_process


@pytest.fixture(scope="package", autouse=True)
def _one_warm_process():
    """Let the pages' commands share one; that a command starts its own is seen elsewhere."""
    with shared_warm_process():
        yield


@pytest.fixture
def follow(home, copied_home):
    """Return a function that follows a page of docs/how-to and gives it back."""
    shutil.copytree(home / "notebooks", copied_home / "notebooks", ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    (copied_home / "tests" / "howto").mkdir(parents=True)
    for table in (home / "tests" / "howto").glob("*.csv"):
        shutil.copy(table, copied_home / "tests" / "howto")
    return lambda name: Page(home / "docs" / "how-to" / f"{name}.md", copied_home).follow()
