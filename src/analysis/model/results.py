"""Results: one long table in which every number of a chart, a table or a sentence is a row with a key."""

from __future__ import annotations

import functools
import io
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

COLUMNS = [
    "scenario", "dataset", "area_code", "area_name", "programme", "residence", "year", "period",
    "tier", "component", "measure", "statistic", "value", "unit", "grade", "rests_on",
]  # fmt: skip
KEY = [
    "scenario",
    "dataset",
    "area_code",
    "programme",
    "residence",
    "year",
    "period",
    "tier",
    "component",
    "measure",
    "statistic",
]
# Decimals by unit, fixed at the write: the same bytes whatever the threads, workers, locale or time zone.
DECIMALS = {
    "yuan/person/month": 2,
    "yuan/person/month per million yuan": 4,
    "yuan/person/year": 1,
    "yuan/worker/month": 0,
    "yuan": 0,
    "yuan/year": 0,
    "persons": 0,
    "persons per 10,000 residents": 2,
    # Of two standards: to be printed to a tenth of a per cent it must not have been rounded there before.
    "ratio": 6,
    "share": 6,
    # Parts of an index add up to it within 1e-10 as written.
    "index": 11,
    "areas": 0,
    "months": 0,
    "month of the year": 0,
    "times": 3,
    "year": 0,
    "count": 0,
}


@functools.cache
def decimals_of(unit: str) -> int | None:
    """Return how many decimals are written of a unit, an amount of another country's money as one of yuan; None where it is none.

    Example:
        >>> decimals_of("rupiah/person/month"), decimals_of("yuan/person/year"), decimals_of("parsecs")
        (2, 1, None)
    """
    _, person, per = unit.partition("/person/")
    return DECIMALS.get(unit, DECIMALS.get(f"yuan/person/{per}") if person else None)


def key_of(row: dict[str, Any] | pd.Series) -> str:
    """Return the key of a result row: the fields that tell it apart, joined by colons."""
    return ":".join(str(row[name]) for name in KEY)


@dataclass
class Rows:
    """Gathers result rows; what every row shares is given once.

    Attributes:
        shared: the columns that every row has in common, such as scenario and dataset.
        area_names: area_code to name, in Chinese.
    """

    shared: dict[str, Any]
    area_names: dict[str, str]
    rows: list[dict[str, Any]] = field(default_factory=list)

    def add(
        self, measure: str, value: float, unit: str, *, grade: str, rests_on: Iterable[str] = (), **where: Any
    ) -> None:
        """Add one number with what it is, its unit, its grade and the assumptions it rests on.

        Raises:
            ValueError: a value that is no finite number, a unit without decimals of its own, or an unknown column.
        """
        if not np.isfinite(value):
            raise ValueError(f"{measure} {where}: {value} is no result")
        if decimals_of(unit) is None or set(where) - set(COLUMNS):
            raise ValueError(
                f"{measure}: unit {unit!r} or columns {sorted(set(where) - set(COLUMNS))} are not in the contract"
            )
        blank = dict.fromkeys(COLUMNS, "") | {"period": "Y", "statistic": "central"}
        row = (
            blank
            | self.shared
            | where
            | {"measure": measure, "unit": unit, "grade": grade, "rests_on": ";".join(sorted(set(rests_on)))}
        )
        row["value"] = round(float(value), decimals_of(unit)) + 0.0
        row["area_name"] = self.area_names.get(row["area_code"], "")
        self.rows.append(row)

    def table(self) -> pd.DataFrame:
        """Return the rows in the order of the contract.

        Raises:
            ValueError: two rows with one key.
        """
        frame = pd.DataFrame(self.rows, columns=COLUMNS)
        frame["year"] = frame["year"].astype(str)
        keys = _keys(frame)
        if keys.has_duplicates:
            raise ValueError(f"two results with the key {keys[keys.duplicated()][0]}")
        return frame


def with_keys(table: pd.DataFrame) -> pd.DataFrame:
    """Return a results table indexed by key."""
    return table.set_index(_keys(table))


def _keys(table: pd.DataFrame) -> pd.Index:
    return pd.Index([":".join(row) for row in zip(*(table[name].tolist() for name in KEY), strict=True)])


def to_csv(table: pd.DataFrame) -> str:
    """Return the text of ``results.csv``: sorted by key, decimals by unit."""
    written = with_keys(table).sort_index()
    written["value"] = [
        f"{value:.{decimals_of(unit)}f}" for value, unit in zip(written["value"], written["unit"], strict=True)
    ]
    buffer = io.StringIO()
    written.to_csv(buffer, index=False, lineterminator="\n")
    return buffer.getvalue()


def from_csv(text: str) -> pd.DataFrame:
    """Read the text of ``results.csv`` back, every label as text."""
    table = pd.read_csv(io.StringIO(text), dtype=str, keep_default_na=False)
    return table.assign(value=table["value"].astype(float))
