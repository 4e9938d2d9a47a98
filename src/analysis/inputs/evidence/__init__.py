"""Evidence: what a data package says, checked, in one set of units, as it was known on a day.

A package is a Frictionless Data Package of tidy CSV files under ``data``. Every row carries the day it was
public (``known_from``); rows of a later day are hidden, so that a plan "made in June 2024" rests on nothing newer.
"""

from __future__ import annotations

import functools
import os
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.errors import ParametersRefused, nearest
from analysis.files import content_hash, slug
from analysis.files import home as find_home
from analysis.inputs.evidence.checks import (
    CELL,
    PER_MONTH,
    PER_YEAR,
    descriptor,
    refuse_encoding,
    refuse_far_from_minimum,
    refuse_header,
    refuse_implausible,
    refuse_invalid,
    refuse_names,
    refuse_number_form,
    refuse_open_quote,
    refuse_repeated,
)
from analysis.inputs.evidence.oddities import remarks
from analysis.inputs.package import CHECKED_PACKAGES, datasets, folder_of, package_sha256, shown, trust

__all__ = [
    "CHECKED_PACKAGES",
    "Evidence",
    "datasets",
    "forget",
    "load",
    "package_sha256",
    "remarks",
    "trust",
    "vouch",
    "worst_grade",
]
GRADES = ("official", "department", "yearbook_copy", "press", "repost", "derived", "inferred", "synthetic")
SOURCED = GRADES[: GRADES.index("derived")]
COLUMNS = [
    *CELL,
    "value",
    "unit",
    "effective_from",
    "known_from",
    "known_from_basis",
    "grade",
    "source_id",
    "preferred",
    "note",
]
# From the unit of a source to the unit used inside: factor, unit.
UNITS = {
    "1,000 persons": (1e3, "persons"),
    "10,000 persons": (1e4, "persons"),
    "10,000 households": (1e4, "households"),
    "100 million yuan": (1e8, "yuan"),
    "10,000 yuan": (1e4, "yuan"),
    "percent": (1e-2, "share"),
}


@dataclass(frozen=True, eq=False)
class Evidence:
    """One data package as it was known on ``as_of``; one object stands for one package and day.

    Attributes:
        dataset: the package's name.
        as_of: rows public after this day are hidden; None hides nothing.
        areas: one row per area, indexed by area_code.
        sources: one row per source, indexed by source_id.
        observations: the known rows, in inside units, with the file and line they stand on.
        hidden: the rows that were not known yet.
        descriptor: the package's own description.
        files: the files read, for the run record.
    """

    dataset: str
    as_of: date | None
    areas: pd.DataFrame
    sources: pd.DataFrame
    observations: pd.DataFrame
    hidden: pd.DataFrame
    descriptor: dict[str, Any]
    files: tuple[Path, ...]
    _best: dict[tuple[str, str], pd.DataFrame] = field(default_factory=dict, init=False, repr=False, compare=False)

    @functools.cached_property
    def whole(self) -> str:
        """The area that the others are parts of: the province, or the country."""
        return str(self.areas.index[self.areas["parent_code"] == ""][0])

    @property
    def headline(self) -> dict[str, str]:
        """The standards whose gap the package is about: programme, measure and level of area."""
        return dict(self.descriptor["headline"])

    def known_on(self, day: date) -> Evidence:
        """Return the package as it was known on an earlier day; a later day shows nothing more than this one.

        Args:
            day: such as 30 June of a past year.
        """
        then = min(day, self.as_of) if self.as_of else day
        known = self.observations["known_from"] <= pd.Timestamp(then)
        return replace(
            self,
            as_of=then,
            observations=self.observations[known].reset_index(drop=True),
            hidden=pd.concat([self.hidden, self.observations[~known]], ignore_index=True),
        )

    def best(self, programme: str, measure: str) -> pd.DataFrame:
        """Return one row per cell of a measure: the preferred one, else the best grade known on the day."""
        if (programme, measure) in self._best:
            return self._best[programme, measure].copy()
        table = self.observations
        rows = table[(table["programme"] == programme) & (table["measure"] == measure)]
        rows = rows.assign(rank=rows["grade"].map(GRADES.index)).sort_values(
            [*CELL, "preferred", "rank", "source_id"], ascending=[True] * 6 + [False, True, True]
        )
        self._best[programme, measure] = rows.drop_duplicates(CELL).drop(columns="rank").reset_index(drop=True)
        return self._best[programme, measure].copy()

    def coverage(self) -> pd.DataFrame:
        """Return what is held, by programme and measure.

        Returns:
            programme, measure, areas_count, first_year, last_year, rows_count, hidden_count, best_grade, worst_grade.
        """
        table = pd.concat([self.observations.assign(known=True), self.hidden.assign(known=False)])
        table["rank"] = table["grade"].map(GRADES.index)
        groups = table.groupby(["programme", "measure"], sort=True)
        known = table[table["known"]].groupby(["programme", "measure"], sort=True)
        frame = pd.DataFrame(
            {
                "areas_count": known["area_code"].nunique(),
                "first_year": known["year"].min(),
                "last_year": known["year"].max(),
                "rows_count": known.size(),
                "hidden_count": groups.size() - known.size().reindex(groups.size().index, fill_value=0),
                "best_grade": known["rank"].min(),
                "worst_grade": known["rank"].max(),
            }
        )
        for column in ("best_grade", "worst_grade"):
            frame[column] = frame[column].map(lambda rank: "" if pd.isna(rank) else GRADES[int(rank)])
        return frame.reset_index()


def worst_grade(grades: Any) -> str:
    """Return the worst of several grades; empty where there is none."""
    ranks = [GRADES.index(grade) for grade in grades if grade]
    return GRADES[max(ranks)] if ranks else ""


def load(dataset: str, as_of: date | None = None, home: Path | None = None) -> Evidence:
    """Read a data package, check it whole, and hide what was not known on ``as_of``.

    Args:
        dataset: the name of a folder of ``data`` or ``local/data``.
        as_of: the day of the plan; None for everything.
        home: the folder that holds ``data``; found where it is not given.

    Raises:
        ParametersRefused: no such package, or two.
        DataRefused: a file or row is not allowed; says file, row, column and reason.
    """
    home = home or find_home()
    if dataset not in datasets(home):
        raise ParametersRefused(
            f"dataset {slug(dataset, 'dataset')!r}: no such package in data or local/data; {nearest(dataset, datasets(home))}"
        )
    folder, shown_as = folder_of(dataset, home), shown(dataset, home)
    described = descriptor(folder, shown_as)
    paths = [folder / resource["path"] for resource in described["resources"]]
    for path in paths:
        refuse_encoding(path, f"{shown_as}/{path.name}")
    for resource in described["resources"]:
        refuse_header(folder / resource["path"], resource, f"{shown_as}/{resource['path']}")
    digest = content_hash([folder / "datapackage.json", *paths], home)
    return _known_on(dataset, home, digest, as_of)


@functools.lru_cache(maxsize=32)
def _known_on(dataset: str, home: Path, digest: str, as_of: date | None) -> Evidence:
    """Return a package as it was known on a day; the same bytes are read once in a process.

    Kernels forked from a warm process find there what it has read.
    """
    table, areas, sources, described = _checked_tables(dataset, home, digest)
    known = table["known_from"] <= pd.Timestamp(as_of) if as_of else pd.Series(True, index=table.index)
    folder = folder_of(dataset, home)
    return Evidence(
        dataset=dataset,
        as_of=as_of,
        areas=areas.assign(has_rural=areas["has_rural"] == "true"),
        sources=sources,
        observations=table[known].reset_index(drop=True),
        hidden=table[~known].reset_index(drop=True),
        descriptor=described,
        files=(folder / "datapackage.json", *(folder / one["path"] for one in described["resources"])),
    )


@functools.lru_cache(maxsize=8)
def _checked_tables(
    dataset: str, home: Path, digest: str
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, dict[str, Any]]:
    """Return the rows, areas, sources and description of a package, checked whole."""
    known = digest in os.environ.get(CHECKED_PACKAGES, "").split(",")
    return checked_tables(folder_of(dataset, home), shown(dataset, home), checked_before=known)


def checked_tables(
    folder: Path, shown_as: str, *, checked_before: bool = False
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, dict[str, Any]]:
    """Return the rows, areas, sources and description of the package in a folder, checked whole.

    Args:
        folder: wherever it lies.
        shown_as: how it is named to the user.
        checked_before: whether these bytes were held against their own description already.

    Raises:
        DataRefused: a file or row is not allowed.
    """
    described = descriptor(folder, shown_as)
    if not checked_before:
        for resource in described["resources"]:
            refuse_open_quote(folder / resource["path"], f"{shown_as}/{resource['path']}")
        refuse_invalid(folder, shown_as)
    tables = {
        resource["name"]: _read(folder / resource["path"]).assign(file=f"{shown_as}/{resource['path']}")
        for resource in described["resources"]
    }
    for resource in described["resources"]:
        refuse_number_form(tables[resource["name"]], resource)
    table = pd.concat([tables[name] for name in described["observations"]], ignore_index=True)
    table = _normalised(table)
    refuse_repeated(table)
    refuse_implausible(table)
    areas = tables["areas"].drop(columns="file").set_index("area_code")
    refuse_names(areas, f"{shown_as}/areas.csv")
    refuse_far_from_minimum(table, areas)
    return table, areas, tables["sources"].drop(columns="file").set_index("source_id"), described


def forget() -> None:
    """Drop every package that this process has read."""
    _known_on.cache_clear()
    _checked_tables.cache_clear()


def vouch(evidence: Evidence, home: Path) -> None:
    """Let the processes started from here trust this package, as long as its bytes stay the same."""
    trust([content_hash(evidence.files, home)])


def _read(path: Path) -> pd.DataFrame:
    frame = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")
    return frame.assign(row=range(2, len(frame) + 2))


def _normalised(table: pd.DataFrame) -> pd.DataFrame:
    """Give each value the inside unit: the currency, persons, share; a programme's yearly amounts per month."""
    factor = table["unit"].map(lambda unit: UNITS.get(unit, (1.0, unit))[0])
    unit = table["unit"].map(lambda unit: UNITS.get(unit, (1.0, unit))[1])
    yearly = (table["programme"] != "") & unit.str.endswith(PER_YEAR)
    value = table["value"].astype(float) * factor
    return table.assign(
        year=table["year"].astype(int),
        value=value.mask(yearly, value / 12).round(6),
        unit=unit.mask(yearly, unit.str.removesuffix(PER_YEAR) + PER_MONTH),
        preferred=table["preferred"] == "true",
        known_from=pd.to_datetime(table["known_from"]),
        effective_from=pd.to_datetime(table["effective_from"]),
    )
