"""Checks of a data package: what no package may hold, refused with file, row, column and reason."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.errors import DataRefused, nearest
from analysis.files import FORMULA

CELL = ["area_code", "year", "period", "residence", "programme", "measure"]
# The ends of the units of money: before them stands the unit of the package's own currency.
PER_YEAR, PER_MONTH = "/person/year", "/person/month"
PLAUSIBLE_RATIO = (0.2, 1.5)
PLAUSIBLE_CHANGE_SHARE = 0.4
FAR_FROM_MINIMUM = (0.5, 4)
CHECKED = "checked:"
# A number as this program reads it; spreadsheets and Python take more, such as full-width digits, 1_196, 1e3.
_NUMBER = r"-?[0-9]+(\.[0-9]+)?"


def descriptor(folder: Path, shown_as: str) -> dict[str, Any]:
    """Return a package's own description, with its areas, sources and observation tables all there.

    Raises:
        DataRefused: not a data package, or a table that it names is missing.
    """
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


def refuse_encoding(path: Path, shown_as: str) -> None:
    """Refuse a file that is not UTF-8, and say what it seems to be.

    Raises:
        DataRefused: names the row.
    """
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


def refuse_header(path: Path, resource: dict[str, Any], shown_as: str) -> None:
    """Refuse a header with a missing, unknown or repeated column, or with no commas between its columns.

    Raises:
        DataRefused: names the column, or what stands between columns.
    """
    with path.open(encoding="utf-8-sig", newline="") as stream:
        header = next(csv.reader(stream), [])
    fields = [column["name"] for column in resource["schema"]["fields"]]
    # What a spreadsheet writes where the comma is its decimal sign, and what it writes as text.
    if len(header) == 1 and (between := next((one for one in ";\t" if one in header[0]), "")):
        raise DataRefused(f"{shown_as}: row 1: {between!r} stands between the columns; allowed: a comma")
    for name in fields:
        if name not in header:
            raise DataRefused(f"{shown_as}: row 1: column {name}: is missing; the header must be {','.join(fields)}")
    for name in header:
        if name not in fields or header.count(name) > 1:
            problem = "stands twice" if name in fields else f"no such column; {nearest(name, fields)}"
            raise DataRefused(f"{shown_as}: row 1: column {name or '(empty)'}: {problem}")


def refuse_open_quote(path: Path, shown_as: str) -> None:
    """Refuse a table that ends inside quotes, as one does that was cut off: all that follows would be one cell.

    Raises:
        DataRefused: names the row in which the cell begins.
    """
    row = 1
    with path.open(encoding="utf-8-sig", newline="") as stream:
        lines = csv.reader(stream, strict=True)
        try:
            for _ in lines:
                row += 1
        except csv.Error as error:
            if "end of data" in str(error) or "field limit" in str(error):
                raise DataRefused(
                    f"{shown_as}: row {row}: a quotation mark is opened and never closed; is the end of the file missing?"
                ) from error


def refuse_invalid(folder: Path, shown_as: str) -> None:
    """Check every field, key and constraint of a package against its own description (frictionless).

    Raises:
        DataRefused: the first error, with row and column.
    """
    import frictionless

    try:
        report = frictionless.Package(str(folder / "datapackage.json")).validate()
    except frictionless.FrictionlessException as odd:  # the description itself, such as two tables of one name
        raise DataRefused(f"{shown_as}/datapackage.json: {(odd.reasons or [odd.error])[0].note}") from odd
    if report.valid:
        return
    errors = [(task.place, error) for task in report.tasks for error in task.errors]
    if not errors:
        raise DataRefused(f"{shown_as}/datapackage.json: {report.errors[0].note}")
    # A row with a cell too many or too few is said first: what its other cells seem to hold follows from it.
    first = getattr(errors[0][1], "row_number", None)
    same = [pair for pair in errors if pair[0] == errors[0][0] and getattr(pair[1], "row_number", None) == first]
    place, error = next((pair for pair in same if pair[1].type in _SHAPES), errors[0])
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
    if error.type in _SHAPES:
        return _SHAPES[error.type]
    if error.type == "constraint-error" and (limit := re.search(r'constraint "(\w+)" is "(.*)"', error.note)):
        if limit[1] == "required":
            return "is empty; a value must stand here"
        return f"{cell!r}: allowed: {_LIMITS.get(limit[1], limit[1])} {limit[2]}"
    if error.type == "foreign-key":
        return f"{' '.join(error.note.split())}; add it there, or correct it here"
    if error.type == "primary-key":
        other = re.search(r"position (\d+)", error.note)
        return f"a duplicate row: its key stands in row {other[1] if other else '?'} too; keep one"
    return f"{error.title.lower()}: {' '.join(error.note.split())}"


_SHAPES = {
    "extra-cell": "the row has more cells than the header: a comma inside a cell needs quotes round the cell, or a quote is missing",
    "missing-cell": "the row has fewer cells than the header: is the end of the row missing?",
    "blank-row": "the row is empty; delete it",
}
_LIMITS = {"minimum": "at least", "maximum": "at most", "enum": "one of", "pattern": "the form"}
_TYPES = {
    "date": "a date such as 2024-06-30",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
}


def refuse_number_form(table: pd.DataFrame, resource: dict[str, Any]) -> None:
    """Refuse a number that is not written in plain digits: what a person meant by it is a guess.

    Args:
        table: one file as text, with the file and row of each line.
        resource: its description.

    Raises:
        DataRefused: the first, with row and column.
    """
    for name in (one["name"] for one in resource["schema"]["fields"] if one["type"] in ("number", "integer")):
        odd = table[~table[name].str.fullmatch(_NUMBER) & (table[name] != "")]
        if len(odd):
            row = odd.iloc[0]
            raise DataRefused(
                f"{row['file']}: row {row['row']}: column {name}: {row[name][:40]!r}: allowed: a number in plain digits, such as 1196 or 35.5"
            )


def refuse_repeated(table: pd.DataFrame) -> None:
    """Refuse a cell with two preferred rows.

    Raises:
        DataRefused: names both rows.
    """
    preferred = table[table["preferred"]]
    twice = preferred[preferred.duplicated(CELL, keep=False)]
    if len(twice):
        first = twice.iloc[0]
        rows = twice[(twice[CELL] == first[CELL]).all(axis=1)]
        where = " and ".join(f"{file} row {row}" for file, row in zip(rows["file"], rows["row"], strict=True))
        raise DataRefused(
            f"{where}: column preferred: {' '.join(str(first[name]) for name in CELL if first[name])} is preferred twice; keep one"
        )


def refuse_implausible(table: pd.DataFrame) -> None:
    """Refuse a yearly amount in a monthly column, or a residence in the place of the other.

    Raises:
        DataRefused: the first row that is implausible.
    """
    for row, problem in implausible(table):
        raise DataRefused(f"{_place(row)}: {problem}")


def implausible(table: pd.DataFrame) -> Iterator[tuple[pd.Series, str]]:
    """Yield each row that is implausible by itself, beside the other residence or after the year before, and why.

    Args:
        table: rows in inside units, with ``file`` and ``row``.
    """
    endless = table[~np.isfinite(table["value"])]
    for _, row in endless.iterrows():
        yield row, f"{row['value']}: not a finite number"
    monthly = table["unit"].str.endswith(PER_MONTH)
    worthless = table[monthly & (table["value"] <= 0)]
    for _, row in worthless.iterrows():
        yield row, f"{row['value']:g}: allowed: above zero"
    money = table[table["preferred"] & monthly & (table["programme"] != "") & ~table["note"].str.startswith(CHECKED)]
    sides = money[money["residence"] != "both"].pivot_table(
        index=[name for name in CELL if name != "residence"], columns="residence", values="value"
    )
    if {"urban", "rural"} <= set(sides.columns):
        ratio = (sides["rural"] / sides["urban"]).dropna()
        odd = ratio[(ratio < PLAUSIBLE_RATIO[0]) | (ratio > PLAUSIBLE_RATIO[1])]
        for key, share in odd.items():
            yield (
                _row_of(money, dict(zip(odd.index.names, key, strict=True)) | {"residence": "rural"}),
                f"rural is {share:.2f} of urban; allowed: {PLAUSIBLE_RATIO[0]} to "
                f"{PLAUSIBLE_RATIO[1]}, or a note that starts with '{CHECKED}'; is one of them a yearly amount?",
            )
    ordered = money.sort_values([*CELL, "file"])
    before = ordered.groupby([name for name in CELL if name != "year"])[["year", "value"]].shift()
    change = ordered["value"] / before["value"] - 1
    odd = ordered[(ordered["year"] - before["year"] == 1) & (change.abs() > PLAUSIBLE_CHANGE_SHARE)]
    for name, row in odd.iterrows():
        yield (
            row,
            f"{row['value']:g} is {change[name]:+.0%} on the year before; allowed: "
            f"{PLAUSIBLE_CHANGE_SHARE:.0%} at most, or a note that starts with '{CHECKED}'; is it a yearly amount?",
        )


def refuse_far_from_minimum(table: pd.DataFrame, areas: pd.DataFrame) -> None:
    """Refuse a standard that is no standard of its class: it has no year before to be held against.

    Raises:
        DataRefused: the first such row.
    """
    for row, problem in far_from_minimum(table, areas):
        raise DataRefused(f"{_place(row)}: {problem}")


def far_from_minimum(table: pd.DataFrame, areas: pd.DataFrame) -> Iterator[tuple[pd.Series, str]]:
    """Yield each standard in force that is far from the minimum of its class, and why."""
    dibao = table[table["preferred"] & (table["programme"] == "dibao") & ~table["note"].str.startswith(CHECKED)]
    classes = areas[areas["level"] == "class"].reset_index().set_index("area_class")["area_code"]
    minima = dibao[dibao["measure"] == "minimum_standard"].set_index(["area_code", "year", "residence"])["value"]
    standards = dibao[dibao["measure"] == "standard"]
    cells = zip(
        standards["area_code"].map(areas["area_class"]).map(classes),
        standards["year"],
        standards["residence"],
        strict=True,
    )
    times = standards["value"] / pd.Series([minima.get(cell) for cell in cells], index=standards.index, dtype=float)
    for name in times.index[(times < FAR_FROM_MINIMUM[0]) | (times > FAR_FROM_MINIMUM[1])]:
        row = standards.loc[name]
        yield (
            row,
            f"{row['value']:g} is {times[name]:.1f} times the minimum of its class; allowed: "
            f"{FAR_FROM_MINIMUM[0]} to {FAR_FROM_MINIMUM[1]}, or a note that starts with '{CHECKED}'; is it a yearly amount?",
        )


def refuse_names(areas: pd.DataFrame, shown_as: str) -> None:
    """Refuse a name that a spreadsheet would run."""
    for column in ("name_zh", "name_en"):
        odd = areas[areas[column].str.match(FORMULA)]
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
