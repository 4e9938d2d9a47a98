"""Changes: which rows of the data, and which parameters, differ between what two memos rest on."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analysis.inputs.evidence import Evidence
from analysis.inputs.evidence.checks import CELL

# What a row of the data can have become; in the order in which it is told.
KINDS = ("added", "known", "changed", "described", "hidden", "removed")
# A row is told apart by its cell and its source; several of one source by their order in the file.
ROW = [*CELL, "source_id"]
# Beside its value: what can make another row the one that counts.
DESCRIBED = ["effective_from", "known_from", "known_from_basis", "grade", "preferred"]
Row = dict[str, Any]
# What is read of a package's own description beside how its tables are laid out.
READ = ("currency", "headline", "money_unit", "observations")
SHOWN = ["kind", *ROW, "old_value", "new_value", "unit", "at"]


def data_changes(old: Evidence, new: Evidence) -> pd.DataFrame:
    """Return the rows in which two packages differ, each as it was known on its day.

    A row is ``added`` where the older package does not hold it at all, ``known`` where it did but the day hid it,
    ``changed`` where value or unit differ, ``described`` where only a date, the grade or the preference does, ``hidden``
    where the newer day hides it, and ``removed`` where it is gone. Notes are no difference. Source: METHODS 4 (comparison).

    Args:
        old: the package that is compared with, as known on its day.
        new: the package that is compared, as known on its day.

    Returns:
        kind, area_code, year, period, residence, programme, measure, source_id, old_value, new_value (inside units; not
        a number where there is none), unit, at (file and line where it stands, in the newer package where it is there).
        Kinds in the order of ``KINDS``, then by row. No rows where nothing differs.
    """
    before, after = _rows(old), _rows(new)
    found = []
    for key in sorted({*before, *after}):
        then, now = before.get(key), after.get(key)
        kind = _kind(then, now)
        if kind:
            shown = now or then
            values = (one["value"] if one and one["seen"] else float("nan") for one in (then, now))
            found.append((kind, *key[:-1], *values, shown["unit"], f"{shown['file']}:{shown['row']}"))
    found.sort(key=lambda line: KINDS.index(line[0]))
    return pd.DataFrame(found, columns=SHOWN)


def _kind(then: Row | None, now: Row | None) -> str:
    """Say what became of a row, held or not; empty where nothing did, or where neither day shows it."""
    seen = bool(then and then["seen"]), bool(now and now["seen"])
    if seen == (False, True):
        return "known" if then else "added"
    if seen == (True, False):
        return "hidden" if now else "removed"
    if seen == (False, False):
        return ""
    if (then["value"], then["unit"]) != (now["value"], now["unit"]):
        return "changed"
    return "" if all(str(then[name]) == str(now[name]) for name in DESCRIBED) else "described"


def _rows(evidence: Evidence) -> dict[tuple, Row]:
    """Return all rows by cell, source and their order among those of one source, each with whether the day shows it."""
    held = pd.concat([evidence.observations.assign(seen=True), evidence.hidden.assign(seen=False)])
    held = held.sort_values(["file", "row"])
    keys = zip(*(held[name] for name in ROW), held.groupby(ROW).cumcount(), strict=True)
    return dict(zip(keys, held.to_dict("records"), strict=True))


def described_changes(old: Evidence, new: Evidence) -> pd.DataFrame:
    """Return in what the areas of two packages differ, and what each package says of itself.

    Source: METHODS 4 (comparison).

    Args:
        old: the package that is compared with.
        new: the package that is compared.

    Returns:
        key (``areas.<code>.<column>`` or ``datapackage.<key>``), base_value, other_value (text,
        empty where there is none); the keys by name.
    """
    own, others = _described(old), _described(new)
    rows = [(key, own.get(key, ""), others.get(key, "")) for key in sorted(own.keys() | others.keys())]
    return pd.DataFrame([row for row in rows if row[1] != row[2]], columns=["key", "base_value", "other_value"])


def _described(evidence: Evidence) -> dict[str, str]:
    areas = evidence.areas[[name for name in evidence.areas if name not in ("row", "note")]]
    found = {f"areas.{code}.{column}": str(value) for code, line in areas.iterrows() for column, value in line.items()}
    return found | {f"datapackage.{key}": str(evidence.descriptor.get(key, "")) for key in READ}
