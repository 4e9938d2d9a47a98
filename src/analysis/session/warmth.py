"""Warmth: what every notebook of the suite needs, done once in the process that kernels are forked from."""

from __future__ import annotations

import contextlib

import pandas as pd

from analysis import files
from analysis.errors import Refusal
from analysis.inputs import evidence
from analysis.inputs.scenario import names
from analysis.session import start
from analysis.session.run import Run


def check() -> None:
    """Check every data package whole.

    Raises:
        DataRefused: a package; the kernel that asks for it will say so.
    """
    home = files.home()
    for dataset in evidence.datasets(home):
        evidence.load(dataset, None, home)


def warm_up() -> None:
    """Read every data package, trusting it to be checked elsewhere, and go once through what a scenario's page asks for.

    What is imported, read, compiled or cached on first use is then there for every kernel. Nothing is kept of the
    scenario itself, and what cannot be read is refused by the kernel that asks for it.
    """
    home = files.home()
    files.code_sha256()
    evidence.trust([evidence.package_sha256(dataset, home) for dataset in evidence.datasets(home)])
    with pd.option_context("display.max_colwidth", pd.get_option("display.max_colwidth")):
        for scenario in names("scenarios", home)[:1]:
            with contextlib.suppress(Refusal):
                _show(start(scenario, home=home))
    for dataset in evidence.datasets(home):
        with contextlib.suppress(Refusal):
            evidence.load(dataset, None, home)


def forget() -> None:
    """Drop what was read of packages that turned out to be not allowed."""
    evidence.forget()


def _show(run: Run) -> None:
    run.four_sentences()
    for table in ("proposal", "steps", "movers", "cost_range", "who_pays", "money", "timing", "alternatives"):
        run.table(table)._repr_html_()
    for chart in ("ripple", "tornado"):
        drawn = run.show(chart)
        drawn.png(), drawn.svg()
