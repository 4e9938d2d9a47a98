"""Package: figures that were read, written as a Data Package that stands beside the others."""

from __future__ import annotations

import copy
import csv
import datetime as dt
import io
import json
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from analysis import files
from analysis.errors import InfrastructureFailed
from analysis.inputs.evidence import COLUMNS, Evidence, checked_tables
from analysis.inputs.package import DESCRIPTOR
from analysis.intake.areas import Areas
from analysis.intake.country import Country, described_of
from analysis.intake.figures import UNITS, Figure
from analysis.intake.journal import Journal, inert

GRADE = "department"
JOURNAL = "intake"
AREAS = [
    "area_code",
    "name_zh",
    "name_en",
    "level",
    "parent_code",
    "area_class",
    "has_rural",
    "tile_row",
    "tile_col",
    "note",
]
SOURCES = ["source_id", "title", "publisher", "document_number", "published", "address", "terms"]
MOST_CLASSES = 6
_CELL = ["area_code", "year", "period", "residence", "programme", "measure"]


@dataclass(frozen=True)
class Taken:
    """A file that was taken in.

    Attributes:
        name: of the package.
        file: the file's name, without its folders.
        sha256: of the file.
        figures: that were read.
        known_from: the day from which the department had all of them, where one was given.
        country: of the figures; None is China.
        publisher: of the figures; empty where they are the department's own.
        grade: what the figures are worth.
    """

    name: str
    file: str
    sha256: str
    figures: list[Figure]
    known_from: dt.date | None
    country: Country | None = None
    publisher: str = ""
    grade: str = GRADE

    @property
    def source_id(self) -> str:
        """The source that every row of the file names."""
        return f"file-{self.sha256[:12]}"


def written(
    taken: Taken,
    folder: Path,
    shown_as: str,
    template: Path,
    base: Evidence | None,
    areas: Areas,
    journal: Journal,
    *,
    replace: bool,
) -> Path:
    """Write the package beside its place, check it as every package is checked, and move it there whole.

    Args:
        taken: the file and its figures.
        folder: the package's place.
        shown_as: how the place is named to the user.
        template: folder of the package whose tables and descriptions are taken over.
        base: the package that the figures are laid over; None where they stand alone.
        areas: those of the base, and those the file brought.
        journal: becomes ``intake.csv``.
        replace: whether a package that stands there gives way.

    Raises:
        DataRefused: the package is not allowed as a whole; nothing is written.
        InfrastructureFailed: the folder cannot be written.
    """
    made = _contents(taken, template, base, areas, journal)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{taken.name}-"))
    except OSError as error:
        raise InfrastructureFailed(f"{shown_as}: cannot be written ({error.strerror or error})") from error
    try:
        for name, content in made.items():
            files.write_atomically(beside / name, content)
        checked_tables(beside, shown_as)
        beside.chmod(0o755)
        gone = folder.with_name(f".{folder.name}-before-{taken.sha256[:6]}")
        if replace and folder.exists():
            folder.replace(gone)
        beside.replace(folder)
        shutil.rmtree(gone, ignore_errors=True)
    except OSError as error:
        raise InfrastructureFailed(f"{shown_as}: cannot be written ({error.strerror or error})") from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return folder


def _contents(taken: Taken, template: Path, base: Evidence | None, areas: Areas, journal: Journal) -> dict[str, str]:
    """Return the package's files by name."""
    described = json.loads((template / DESCRIPTOR).read_text("utf-8"))
    tables = {
        name: pd.read_csv(template / f"{name}.csv", dtype=str, keep_default_na=False)
        if base is not None
        else pd.DataFrame(columns=COLUMNS)
        for name in described["observations"]
    }
    rows = _rows(taken, areas, base)
    ours = {tuple(row[name] for name in _CELL) for table in rows.values() for row in table}
    for name, table in tables.items():
        # What the package below has for the same cell stays, and gives way.
        gives_way = [tuple(row) in ours for row in table[_CELL].itertuples(index=False, name=None)]
        kept = table.assign(
            preferred=table["preferred"].mask(pd.Series(gives_way, index=table.index, dtype=bool), "false")
        )
        tables[name] = pd.concat([kept, pd.DataFrame(rows.get(name, []), columns=COLUMNS)], ignore_index=True)
    if base is None:
        tables = {name: table for name, table in tables.items() if len(table)}
    sources = (
        pd.read_csv(template / "sources.csv", dtype=str, keep_default_na=False)
        if base is not None
        else pd.DataFrame(columns=SOURCES)
    )
    sources.loc[len(sources)] = _source(taken)
    made = {f"{name}.csv": _csv(table) for name, table in tables.items()}
    listed = areas.table.rename_axis("area_code").reset_index()
    made |= {"areas.csv": _csv(listed[AREAS]), "sources.csv": _csv(sources), f"{JOURNAL}.csv": journal.csv()}
    made[DESCRIPTOR] = (
        json.dumps(_described(described, taken, list(tables), base, areas), ensure_ascii=False, indent=2) + "\n"
    )
    return made


def _source(taken: Taken) -> list[str]:
    title = inert(f"file {taken.file}, sha256 {taken.sha256}")
    own = ("the department that keeps the file", "the department's own figures; ask it before you pass them on")
    publisher, terms = (inert(taken.publisher), "facts; cite the publisher") if taken.publisher else own
    return [taken.source_id, title, publisher, "", "", "", terms]


def _rows(taken: Taken, areas: Areas, base: Evidence | None) -> dict[str, list[dict[str, str]]]:
    """Return the rows of each table, in a fixed order."""
    found: dict[str, list[dict[str, str]]] = {}
    for one in sorted(taken.figures, key=lambda figure: figure.key):
        level = str(areas.table.at[one.area_code, "level"])
        table = "minima" if level == "class" and one.measure.table == "standards" else one.measure.table
        known_from, basis = _known_from(one, taken, base)
        month = 7 if one.period == "H2" else 1
        month = next((int(part[1:]) for part in one.period.split("-")[:1] if part.startswith("M")), month)
        note = inert(one.note)
        if one.checked:  # the flag that the checks of every package know
            note = f"checked: {note}" if not note.startswith("checked:") else note
        row = dict(zip(_CELL, map(str, one.key), strict=True)) | {
            "value": f"{one.number:f}",
            "unit": _unit(one.written_unit, taken),
            "effective_from": dt.date(one.year, month, 1).isoformat(),
            "known_from": known_from.isoformat(),
            "known_from_basis": basis,
            "grade": taken.grade,
            "source_id": taken.source_id,
            "preferred": "true",
            "note": note,
        }
        found.setdefault(table, []).append(row)
    return found


def _unit(written: str, taken: Taken) -> str:
    """Return a unit in the money of the figures' country."""
    return written.replace("yuan", taken.country.money.en) if taken.country else written


def _known_from(one: Figure, taken: Taken, base: Evidence | None) -> tuple[dt.date, str]:
    """Return the day a figure was known from, and its basis: the file's, the one given, the notice's, else the rule of every package."""
    if day := one.known_from or taken.known_from:
        return day, "source"
    if one.measure.as_ == "minimum_standard" and base is not None:
        rows = base.best("dibao", "minimum_standard")
        days = rows[(rows["year"] == one.year) & (rows["known_from_basis"] == "notice")]["known_from"]
        if len(days):
            return days.min().date(), "notice"
    if one.measure.table in ("standards", "minima") and taken.country is None:
        return dt.date(one.year, 6, 30), "rule"
    return dt.date(one.year + 1, 3, 31), "rule"


def _described(
    described: dict[str, Any], taken: Taken, tables: list[str], base: Evidence | None, areas: Areas
) -> dict[str, Any]:
    """Return the package's own description, from that of the package it is made like."""
    made = copy.deepcopy(described)
    alone = base is None
    whole = str(areas.table.at[areas.whole, "name_zh"]) if areas.whole else ""
    whose = "部门自有数据" if not taken.publisher else "取自文件的数据"
    made |= {
        "name": taken.name,
        "title": f"{whole}：{whose}（{taken.name}）",
        "title_en": f"Figures of a department's own, {taken.name}",
        "description": f"Taken in from {inert(taken.file)}, sha256 {taken.sha256}"
        + (
            "." if alone else f", and laid over {described['name']}: where both have a figure, the file's is preferred."
        ),
        "observations": tables,
    }
    if taken.country:
        made |= described_of(taken.country, made["resources"])
        made.pop("built_on", None)
    elif alone:
        # The gap is that of the province's minima where the file has them, else that of the standards in force.
        measure, level = ("minimum_standard", "class") if "minima" in tables else ("standard", "city")
        made["headline"] = {"programme": "dibao", "measure": measure, "level": level}
        made.pop("built_on", None)
    else:
        made["built_on"] = described.get("built_on", described["name"])
    made["resources"] = [one for one in made["resources"] if one["name"] in {"areas", "sources", *tables}]
    for resource in made["resources"]:
        for field in resource["schema"]["fields"]:
            allowed = field.get("constraints", {}).get("enum")
            if field["name"] == "unit" and allowed:
                units = [_unit(unit, taken) for unit in UNITS if not taken.country or not unit.endswith("yuan")]
                allowed[:] = units if taken.country else [*allowed, *(unit for unit in units if unit not in allowed)]
            elif field["name"] == "area_class" and alone:
                field["constraints"]["maximum"] = MOST_CLASSES
            elif field["name"] == "grade" and allowed and GRADE not in allowed:
                allowed.insert(1, GRADE)
            elif field["name"] == "note" and resource["name"] not in ("areas", "sources"):
                field["description"] = (
                    "Confidence where it is not high, reading, reason of a choice; what the file says beside the figure"
                )
    made["resources"] = [one for one in made["resources"] if one["name"] != JOURNAL] + [
        _journal_described(made["resources"][0])
    ]
    return made


def _journal_described(like: dict[str, Any]) -> dict[str, Any]:
    fields = {
        "line": ("integer", "Number of the line"),
        "sheet": ("string", "Sheet of the file; empty for a text file"),
        "cell": ("string", "Address of the cell"),
        "found": ("string", "What stands there"),
        "read_as": ("string", "The figure or role it was given; empty where it was left out"),
        "why": ("string", "What was converted, or why it was left out"),
    }
    return {
        **{key: like[key] for key in ("profile", "format", "mediatype", "encoding", "dialect")},
        "name": JOURNAL,
        "path": f"{JOURNAL}.csv",
        "title": "What was made of each cell",
        "title_zh": "逐格读取记录",
        "description": "Every cell of the file that was read, converted or left out, and why.",
        "schema": {
            "fields": [
                {"name": name, "type": kind, "title": name, "description": said}
                for name, (kind, said) in fields.items()
            ],
            "missingValues": [""],
        },
    }


def _csv(table: pd.DataFrame) -> str:
    stream = io.StringIO()
    table.astype(str).to_csv(stream, index=False, lineterminator="\n", quoting=csv.QUOTE_MINIMAL)
    return stream.getvalue()
