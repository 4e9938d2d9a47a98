"""Summary: what 'tibiao intake' says when it has taken in a file."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.intake import Intake

SHOWN = 20


def summary(made: Intake, name: str) -> Iterator[str]:
    """Yield the lines: what was converted, what was read, what the file says nothing of, what to do next."""
    said = made.conversions()
    yield from said[:SHOWN]
    if len(said) > SHOWN:
        yield f"and {len(said) - SHOWN} lines more in {made.shown_as}/intake.csv"
    counts = ", ".join(f"{label} {count}" for label, count in made.counts().items())
    yield f"read: {len(made.figures)} figures ({counts}); {made.read_as}"
    if made.lacking:
        yield f"not in the file: {', '.join(made.lacking)}"
    notebook = "" if made.laid_over else " --notebook 00_evidence"
    yield f"{made.shown_as}: written; next: tibiao check --dataset {name}, tibiao run baseline --dataset {name}{notebook}"
