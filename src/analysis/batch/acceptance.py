"""Acceptance: stored outputs, reference results and generated documents made anew, with the reason in the changelog.

Everything is computed first. Nothing is written where a notebook fails, or where results changed and no reason is given.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from analysis import files
from analysis.batch import dictionary, reference, stored
from analysis.batch.plan import notebooks
from analysis.batch.reference import Change
from analysis.errors import ParametersRefused
from analysis.inputs import evidence

CHANGELOG = "CHANGELOG.md"
HEADING = "### Results changed"
SHOWN = 20
LEAST_REASON = 15


@dataclass(frozen=True)
class Acceptance:
    """What would be stored, and how it differs from what is.

    Attributes:
        notebooks: name to the text of the executed notebook.
        results: scenario or package to the text of its reference results.
        cells: one line for each compared cell whose text changed.
        numbers: reference results that changed, the largest change first, then those that are new or gone.
    """

    notebooks: dict[str, str]
    results: dict[str, str]
    cells: list[str]
    numbers: list[Change]

    @property
    def needs_reason(self) -> bool:
        """Whether a result changed, and not only a picture or the text of a document."""
        return bool(self.cells or self.numbers)

    def lines(self) -> list[str]:
        """Return what changed and by how much: the largest changes, and how many more there are."""
        more = len(self.numbers) - SHOWN
        return [
            *map(str, self.numbers[:SHOWN]),
            *([f"and {more} more reference results"] if more > 0 else []),
            *self.cells,
        ]

    def summary(self) -> str:
        """Return the changes in one clause, for the changelog."""
        new = sum(change.before is None for change in self.numbers)
        gone = sum(change.after is None for change in self.numbers)
        changed = len(self.numbers) - new - gone
        parts = [f"{count:,} reference results {word}" for count, word in ((new, "new"), (gone, "gone")) if count]
        if changed:
            scenarios = {change.key.partition(":")[0] or "the package" for change in self.numbers[:changed]}
            named = ", ".join(sorted(scenarios)) if len(scenarios) <= 4 else f"{len(scenarios)} scenarios"
            parts.insert(0, f"{changed:,} reference results changed ({named}), most {self.numbers[0]}")
        if self.cells:
            parts.append(f"{len(self.cells)} compared cells of notebooks")
        return "; ".join(parts)


def prepare(home: Path, say: Callable[[str], None]) -> Acceptance:
    """Run every notebook and every stored scenario with its defaults; write nothing.

    Args:
        home: the folder that holds them.
        say: told what is being done.

    Raises:
        DataRefused: a data package.
        ScenarioFailed: a notebook that does not run.
    """
    texts, cells, results, numbers = {}, [], {}, []
    for dataset in evidence.datasets(home):
        evidence.vouch(evidence.load(dataset, None, home), home)  # checked here, and not in every notebook's kernel
    for name in notebooks(home):
        say(f"notebook {name}")
        texts[name], changed = stored.executed(name, home)
        cells += changed
    for subject in reference.subjects(home):
        say(f"reference results of {subject}")
        results[subject] = reference.text_of(subject, home)
        numbers += reference.changes(reference.stored_text(subject, home), results[subject])
    for path in reference.orphans(home):
        numbers += reference.changes(path.read_text("utf-8"), "")
    return Acceptance(texts, results, cells, sorted(numbers, key=Change.order))


def store(acceptance: Acceptance, reason: str, home: Path) -> list[str]:
    """Write what was prepared, and the reason into the changelog.

    Args:
        acceptance: as from :func:`prepare`.
        reason: why results changed; not looked at where none did.
        home: the folder.

    Returns:
        One line for each generated document that changed.

    Raises:
        ParametersRefused: results changed and the reason says nothing, or the changelog has no place for it; nothing is written.
    """
    changelog = home / CHANGELOG
    if acceptance.needs_reason:
        text = noted(changelog.read_text("utf-8"), reason, acceptance.summary())
        files.write_atomically(changelog, text)
    for name, text in acceptance.notebooks.items():
        files.write_atomically(home / "notebooks" / f"{name}.ipynb", text)
    reference.store(acceptance.results, home)
    return dictionary.refresh(home)


def noted(changelog: str, reason: str, summary: str) -> str:
    """Return a changelog with a reason at the end of the first *Results changed*.

    Raises:
        ParametersRefused: a reason too short to be one, or a changelog without the heading.
    """
    said = " ".join(reason.split())
    if len(said) < LEAST_REASON:
        raise ParametersRefused(
            f"--reason {reason!r}: results changed; say why in a sentence of {LEAST_REASON} characters or more, for {CHANGELOG}"
        )
    start = changelog.find(HEADING + "\n")
    if start < 0:
        raise ParametersRefused(f"{CHANGELOG}: no heading {HEADING!r} to write the reason under")
    after = re.compile(r"^#{2,3} ", re.M).search(changelog, start + len(HEADING))
    end = after.start() if after else len(changelog)
    section = changelog[start:end].rstrip("\n")
    entry = f"- {said.rstrip('.')}. Accepted: {summary}."
    rest = changelog[end:]
    return changelog[:start] + section + "\n" + entry + "\n" + ("\n" + rest if rest else "")
