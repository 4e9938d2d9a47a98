"""Evidence: what a data package says, checked, in one set of units, as it was known on a day.

A package is a Frictionless Data Package of tidy CSV files under ``data``. Every row carries the day it was
public (``known_from``); rows of a later day are hidden, so that a plan "made in June 2024" rests on nothing newer.
"""

from __future__ import annotations

import csv
import json
import os
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.errors import DataRefused, ParametersRefused, nearest
from analysis.files import content_hash, slug
from analysis.files import home as find_home

GRADES = ("official", "yearbook_copy", "press", "repost", "derived", "inferred", "synthetic")
CELL = ["area_code", "year", "period", "residence", "programme", "measure"]
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
    "10,000 persons": (1e4, "persons"),
    "10,000 households": (1e4, "households"),
    "100 million yuan": (1e8, "yuan"),
    "10,000 yuan": (1e4, "yuan"),
    "percent": (1e-2, "share"),
}
YEARLY, MONTHLY = "yuan/person/year", "yuan/person/month"
PLAUSIBLE_RATIO = (0.2, 1.5)
PLAUSIBLE_CHANGE_SHARE = 0.4
FAR_FROM_MINIMUM = (0.5, 4)
CHECKED = "checked:"
# sha256 of packages that the parent of this process has checked whole; the same bytes need no second check.
CHECKED_PACKAGES = "TIBIAO_CHECKED_PACKAGES"


@dataclass(frozen=True)
class Evidence:
    """One data package as it was known on ``as_of``.

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

    def best(self, programme: str, measure: str) -> pd.DataFrame:
        """Return one row per cell of a measure: the preferred one, else the best grade known on the day."""
        table = self.observations
        rows = table[(table["programme"] == programme) & (table["measure"] == measure)]
        rows = rows.assign(rank=rows["grade"].map(GRADES.index)).sort_values(
            [*CELL, "preferred", "rank", "source_id"], ascending=[True] * 6 + [False, True, True]
        )
        return rows.drop_duplicates(CELL).drop(columns="rank").reset_index(drop=True)

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


def datasets(home: Path) -> list[str]:
    """Return the names of the data packages under ``data``, sorted."""
    return sorted(path.parent.name for path in (home / "data").glob("*/datapackage.json"))


def load(dataset: str, as_of: date | None = None, home: Path | None = None) -> Evidence:
    """Read a data package, check it whole, and hide what was not known on ``as_of``.

    Args:
        dataset: the name of a folder of ``data``.
        as_of: the day of the plan; None for everything.
        home: the folder that holds ``data``; found where it is not given.

    Raises:
        ParametersRefused: no such package.
        DataRefused: a file or row is not allowed; says file, row, column and reason.
    """
    home = home or find_home()
    if dataset not in datasets(home):
        raise ParametersRefused(
            f"dataset {slug(dataset, 'dataset')!r}: no such package in data; {nearest(dataset, datasets(home))}"
        )
    folder = home / "data" / dataset
    descriptor = _descriptor(folder, f"data/{dataset}")
    paths = [folder / resource["path"] for resource in descriptor["resources"]]
    for path in paths:
        _refuse_encoding(path, f"data/{dataset}/{path.name}")
    for resource in descriptor["resources"]:
        _refuse_header(folder / resource["path"], resource, f"data/{dataset}/{resource['path']}")
    digest = content_hash([folder / "datapackage.json", *paths], home)
    if digest not in os.environ.get(CHECKED_PACKAGES, "").split(","):
        _refuse_invalid(folder, f"data/{dataset}")
    tables = {
        resource["name"]: _read(folder / resource["path"]).assign(file=f"data/{dataset}/{resource['path']}")
        for resource in descriptor["resources"]
    }
    table = pd.concat([tables[name] for name in descriptor["observations"]], ignore_index=True)
    table = _normalised(table)
    _refuse_repeated(table)
    _refuse_implausible(table)
    areas = tables["areas"].drop(columns="file").set_index("area_code")
    _refuse_names(areas, f"data/{dataset}/areas.csv")
    _refuse_far_from_minimum(table, areas)
    known = table["known_from"] <= pd.Timestamp(as_of) if as_of else pd.Series(True, index=table.index)
    return Evidence(
        dataset=dataset,
        as_of=as_of,
        areas=areas.assign(has_rural=areas["has_rural"] == "true"),
        sources=tables["sources"].drop(columns="file").set_index("source_id"),
        observations=table[known].reset_index(drop=True),
        hidden=table[~known].reset_index(drop=True),
        descriptor=descriptor,
        files=(folder / "datapackage.json", *paths),
    )


def package_sha256(dataset: str, home: Path) -> str:
    """Return the sha256 of a package as it lies on disk now; empty where it is not readable."""
    folder = home / "data" / dataset
    try:
        descriptor = json.loads((folder / "datapackage.json").read_text("utf-8"))
        return content_hash(
            [folder / "datapackage.json", *(folder / one["path"] for one in descriptor["resources"])], home
        )
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def vouch(evidence: Evidence, home: Path) -> None:
    """Let the processes started from here trust this package, as long as its bytes stay the same."""
    known = {digest for digest in os.environ.get(CHECKED_PACKAGES, "").split(",") if digest}
    os.environ[CHECKED_PACKAGES] = ",".join(sorted(known | {content_hash(evidence.files, home)}))


def _descriptor(folder: Path, shown_as: str) -> dict[str, Any]:
    try:
        descriptor = json.loads((folder / "datapackage.json").read_text("utf-8"))
        named = {resource["name"] for resource in descriptor["resources"]}
        missing = {"areas", "sources", *descriptor["observations"]} - named
    except (ValueError, KeyError, TypeError) as error:
        raise DataRefused(f"{shown_as}/datapackage.json: not a data package ({error})") from error
    if missing:
        raise DataRefused(f"{shown_as}/datapackage.json: resource {sorted(missing)[0]!r} is missing")
    for resource in descriptor["resources"]:
        if not (folder / resource["path"]).is_file():
            raise DataRefused(f"{shown_as}/{resource['path']}: is missing; datapackage.json names it")
    return descriptor


def _refuse_encoding(path: Path, shown_as: str) -> None:
    raw = path.read_bytes()
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as error:
        row = raw[: error.start].count(b"\n") + 1
        try:
            raw.decode("gb18030")
            guess = "it reads as GBK"
        except UnicodeDecodeError:
            guess = "its encoding is not known"
        raise DataRefused(f"{shown_as}: row {row}: not UTF-8 ({guess}); save it as 'CSV UTF-8'") from error


def _refuse_header(path: Path, resource: dict[str, Any], shown_as: str) -> None:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        header = next(csv.reader(stream), [])
    fields = [column["name"] for column in resource["schema"]["fields"]]
    for name in fields:
        if name not in header:
            raise DataRefused(f"{shown_as}: row 1: column {name}: is missing; the header must be {','.join(fields)}")
    for name in header:
        if name not in fields or header.count(name) > 1:
            problem = "stands twice" if name in fields else f"no such column; {nearest(name, fields)}"
            raise DataRefused(f"{shown_as}: row 1: column {name or '(empty)'}: {problem}")


def _refuse_invalid(folder: Path, shown_as: str) -> None:
    import frictionless

    report = frictionless.Package(str(folder / "datapackage.json")).validate()
    if report.valid:
        return
    errors = [(task.place, error) for task in report.tasks for error in task.errors]
    if not errors:
        raise DataRefused(f"{shown_as}/datapackage.json: {report.errors[0].note}")
    place, error = errors[0]
    row = getattr(error, "row_number", None)
    column = getattr(error, "field_name", "") or getattr(error, "label", "")
    where = ": ".join(
        text
        for text in (
            f"{shown_as}/{Path(place).name}",
            f"row {row}" if row else "",
            f"column {column}" if column else "",
        )
        if text
    )
    more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    raise DataRefused(f"{where}: {_plainly(error)}{more}")


def _plainly(error: Any) -> str:
    """Say a checking library's error in words of ours: what stands there and what is allowed."""
    cell = getattr(error, "cell", "")
    if error.type == "type-error":
        kind = error.note.partition('type is "')[2].partition("/")[0]
        return f"{cell!r}: allowed: {_TYPES.get(kind, kind)}"
    if error.type == "foreign-key":
        return f"{' '.join(error.note.split())}; add it there, or correct it here"
    if error.type == "primary-key":
        other = re.search(r"position (\d+)", error.note)
        return f"a duplicate row: its key stands in row {other[1] if other else '?'} too; keep one"
    return f"{error.title.lower()}: {' '.join(error.note.split())}"


_TYPES = {
    "date": "a date such as 2024-06-30",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
}


def _read(path: Path) -> pd.DataFrame:
    frame = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")
    return frame.assign(row=range(2, len(frame) + 2))


def _normalised(table: pd.DataFrame) -> pd.DataFrame:
    """Give each value the inside unit: yuan, persons, share; a programme's yearly amounts per month."""
    factor = table["unit"].map(lambda unit: UNITS.get(unit, (1.0, unit))[0])
    unit = table["unit"].map(lambda unit: UNITS.get(unit, (1.0, unit))[1])
    yearly = (table["programme"] != "") & (table["unit"] == YEARLY)
    value = table["value"].astype(float) * factor
    return table.assign(
        year=table["year"].astype(int),
        value=value.mask(yearly, value / 12).round(6),
        unit=unit.mask(yearly, MONTHLY),
        preferred=table["preferred"] == "true",
        known_from=pd.to_datetime(table["known_from"]),
        effective_from=pd.to_datetime(table["effective_from"]),
    )


def _refuse_repeated(table: pd.DataFrame) -> None:
    preferred = table[table["preferred"]]
    twice = preferred[preferred.duplicated(CELL, keep=False)]
    if len(twice):
        first = twice.iloc[0]
        rows = twice[(twice[CELL] == first[CELL]).all(axis=1)]
        where = " and ".join(f"{file} row {row}" for file, row in zip(rows["file"], rows["row"], strict=True))
        raise DataRefused(
            f"{where}: column preferred: {' '.join(str(first[name]) for name in CELL if first[name])} is preferred twice; keep one"
        )


def _refuse_implausible(table: pd.DataFrame) -> None:
    """Refuse a yearly amount in a monthly column, or a residence in the place of the other."""
    endless = table[~np.isfinite(table["value"])]
    if len(endless):
        raise DataRefused(f"{_place(endless.iloc[0])}: {endless.iloc[0]['value']}: not a finite number")
    worthless = table[(table["unit"] == MONTHLY) & (table["value"] <= 0)]
    if len(worthless):
        raise DataRefused(f"{_place(worthless.iloc[0])}: {worthless.iloc[0]['value']:g}: allowed: above zero")
    money = table[
        table["preferred"]
        & (table["unit"] == MONTHLY)
        & (table["programme"] != "")
        & ~table["note"].str.startswith(CHECKED)
    ]
    sides = money[money["residence"] != "both"].pivot_table(
        index=[name for name in CELL if name != "residence"], columns="residence", values="value"
    )
    if {"urban", "rural"} <= set(sides.columns):
        ratio = (sides["rural"] / sides["urban"]).dropna()
        odd = ratio[(ratio < PLAUSIBLE_RATIO[0]) | (ratio > PLAUSIBLE_RATIO[1])]
        if len(odd):
            row = _row_of(money, dict(zip(odd.index.names, odd.index[0], strict=True)) | {"residence": "rural"})
            raise DataRefused(
                f"{row['file']}: row {row['row']}: column value: rural is {odd.iloc[0]:.2f} of urban; allowed: {PLAUSIBLE_RATIO[0]} to "
                f"{PLAUSIBLE_RATIO[1]}, or a note that starts with '{CHECKED}'; is one of them a yearly amount?"
            )
    ordered = money.sort_values([*CELL, "file"])
    before = ordered.groupby([name for name in CELL if name != "year"])[["year", "value"]].shift()
    change = ordered["value"] / before["value"] - 1
    odd = ordered[(ordered["year"] - before["year"] == 1) & (change.abs() > PLAUSIBLE_CHANGE_SHARE)]
    if len(odd):
        row = odd.iloc[0]
        raise DataRefused(
            f"{row['file']}: row {row['row']}: column value: {row['value']:g} is {change[row.name]:+.0%} on the year before; allowed: "
            f"{PLAUSIBLE_CHANGE_SHARE:.0%} at most, or a note that starts with '{CHECKED}'; is it a yearly amount?"
        )


def _refuse_far_from_minimum(table: pd.DataFrame, areas: pd.DataFrame) -> None:
    """Refuse a standard that is no standard of its class: it has no year before to be held against."""
    dibao = table[table["preferred"] & (table["programme"] == "dibao") & ~table["note"].str.startswith(CHECKED)]
    classes = areas[areas["level"] == "class"].reset_index().set_index("area_class")["area_code"]
    minima = dibao[dibao["measure"] == "minimum_standard"].set_index(["area_code", "year", "residence"])["value"]
    for row in dibao[dibao["measure"] == "standard"].itertuples():
        minimum = minima.get((classes.get(areas.at[row.area_code, "area_class"]), row.year, row.residence))
        if minimum is not None and not FAR_FROM_MINIMUM[0] <= row.value / minimum <= FAR_FROM_MINIMUM[1]:
            raise DataRefused(
                f"{row.file}: row {row.row}: column value: {row.value:g} is {row.value / minimum:.1f} times the minimum of its class; allowed: "
                f"{FAR_FROM_MINIMUM[0]} to {FAR_FROM_MINIMUM[1]}, or a note that starts with '{CHECKED}'; is it a yearly amount?"
            )


def _refuse_names(areas: pd.DataFrame, shown_as: str) -> None:
    """Refuse a name that a spreadsheet would run."""
    for column in ("name_zh", "name_en"):
        odd = areas[areas[column].str.match(r"[=+\-@\t\r]")]
        if len(odd):
            raise DataRefused(
                f"{shown_as}: row {odd['row'].iloc[0]}: column {column}: {odd[column].iloc[0][:40]!r}: a spreadsheet would run it"
            )


def _place(row: pd.Series) -> str:
    return f"{row['file']}: row {row['row']}: column value"


def _row_of(table: pd.DataFrame, cell: dict[str, Any]) -> pd.Series:
    matching = table
    for name, value in cell.items():
        matching = matching[matching[name] == value]
    return matching.iloc[0]
