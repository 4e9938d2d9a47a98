"""Reference results: what every stored scenario and the default package come to, kept in the repository and compared.

One file each below ``tests/reference/results``, one line a number: key, value, unit.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from analysis import files
from analysis.inputs.scenario import names
from analysis.model.results import decimals_of, with_keys
from analysis.session import start

FOLDER = Path("tests") / "reference" / "results"
DATASET = "guangdong"


@dataclass(frozen=True)
class Change:
    """One reference result that is not what it was.

    Attributes:
        key: of the result, its scenario or package first.
        before: the number stored, None where there was none.
        after: the number now, None where there is none any more.
        unit: of both.
    """

    key: str
    before: float | None
    after: float | None
    unit: str

    @property
    def share(self) -> float:
        """By how much, as a share of what was; infinite where one of the two is missing or nothing was."""
        if self.before is None or self.after is None or self.before == 0:
            return float("inf")
        return abs(self.after / self.before - 1)

    def order(self) -> tuple[bool, float]:
        """Return what sorts changed numbers, the largest change first, before those that are new or gone."""
        return self.before is None or self.after is None, -self.share

    def __str__(self) -> str:
        """Return what changed and by how much."""
        if self.before is None:
            return f"{self.key}: new, {_said(self.after, self.unit)}"
        if self.after is None:
            return f"{self.key}: gone, was {_said(self.before, self.unit)}"
        by = f"{self.after - self.before:+,.{6 if decimals_of(self.unit) is None else decimals_of(self.unit)}f}"
        percent = "" if self.before == 0 else f", {self.after / self.before - 1:+.2%}"
        return f"{self.key}: {_said(self.before, '')} -> {_said(self.after, self.unit)} ({by}{percent})"


def subjects(home: Path) -> list[str]:
    """Return what has reference results: the default package and every scenario of ``params/scenarios``."""
    return [DATASET, *names("scenarios", home)]


def path_of(subject: str, home: Path) -> Path:
    """Return the file of a scenario's or a package's reference results."""
    return home / FOLDER / f"{subject}.csv"


def text_of(subject: str, home: Path) -> str:
    """Compute the reference results of a scenario, or of the package, and return the text of their file."""
    scope = {"dataset": subject, "scope": "dataset"} if subject == DATASET else {"scenario": subject}
    table = with_keys(start(home=home, **scope).result).sort_index()
    lines = [
        f"{key},{value:.{decimals_of(unit)}f},{unit}"
        for key, value, unit in zip(table.index, table["value"], table["unit"], strict=True)
    ]
    return "\n".join(["key,value,unit", *lines]) + "\n"


def changes(before: str, after: str) -> list[Change]:
    """Return every number that differs between two files' texts: changed, the largest change first, then new or gone."""
    old, new = _numbers(before), _numbers(after)
    found = [
        Change(key, *(side[key][0] if key in side else None for side in (old, new)), unit=(new.get(key) or old[key])[1])
        for key in sorted(old | new)
        if old.get(key) != new.get(key)
    ]
    return sorted(found, key=Change.order)


def stored_text(subject: str, home: Path) -> str:
    """Return the text of a stored file, empty where there is none."""
    path = path_of(subject, home)
    return path.read_text("utf-8") if path.is_file() else ""


def orphans(home: Path) -> Iterator[Path]:
    """Yield stored files whose scenario there is no more."""
    wanted = {path_of(subject, home) for subject in subjects(home)}
    yield from sorted(set((home / FOLDER).glob("*.csv")) - wanted)


def store(texts: dict[str, str], home: Path) -> None:
    """Write reference results, and take away those of scenarios that are no more."""
    for path in orphans(home):
        path.unlink()
    for subject, text in texts.items():
        path = path_of(subject, home)
        path.parent.mkdir(parents=True, exist_ok=True)
        files.write_atomically(path, text)


def _numbers(text: str) -> dict[str, tuple[float, str]]:
    return {row["key"]: (float(row["value"]), row["unit"]) for row in csv.DictReader(io.StringIO(text))}


def _said(value: float | None, unit: str) -> str:
    return f"{value:,.6f}".rstrip("0").rstrip(".") + (f" {unit}" if unit else "")
