"""Intake: a department's own workbook or table of text as a Data Package; what is certain is converted, what is doubtful refused."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis import files
from analysis.errors import DataRefused, ParametersRefused, nearest
from analysis.inputs.evidence import GRADES, Evidence, load
from analysis.inputs.package import DESCRIPTOR, LOCAL, PUBLIC, datasets, folder_of, public_datasets
from analysis.intake.areas import Areas
from analysis.intake.columns import read_columns
from analysis.intake.figures import Figure
from analysis.intake.grid import Sheet, read_grid
from analysis.intake.journal import Journal
from analysis.intake.layout import tables_of
from analysis.intake.package import AREAS, GRADE, Taken, written
from analysis.intake.plausible import doubt_implausible, settle_periods, without_repeats
from analysis.intake.rows import Reader
from analysis.intake.totals import checked
from analysis.intake.vocabulary import Vocabulary, read_vocabulary

__all__ = ["Intake", "areas_of", "read_file", "take_in"]
# The package whose tables and descriptions every package taken in is made like.
LIKE, NONE = "guangdong", "none"


@dataclass(frozen=True)
class Intake:
    """What came of taking in a file.

    Attributes:
        folder: of the package.
        shown_as: how the folder is named to the user.
        figures: that were read.
        journal: what was made of each cell.
        lacking: cities of the package below of which the file says nothing.
        read_as: how the file was read, such as its encoding.
        laid_over: whether there is a package below it, so that scenarios can be costed.
    """

    folder: Path
    shown_as: str
    figures: list[Figure]
    journal: Journal
    lacking: list[str]
    read_as: str
    laid_over: bool

    def counts(self) -> dict[str, int]:
        """Return how many figures of each measure were read."""
        return dict(sorted(Counter(one.measure.label for one in self.figures).items()))

    def conversions(self) -> list[str]:
        """Return what was converted, left out or flagged, a line each; figures that stood there as they are left out."""
        return [
            f"{f'{one.sheet}!' if one.sheet else ''}{one.cell}: {one.found[:40]!r}"
            + (f" read as {one.read_as}" if one.read_as else "")
            + f": {one.why}"
            for one in self.journal.lines
            if one.why != "as it stands"
        ]


def take_in(
    file: Path,
    name: str,
    home: Path,
    *,
    base: str = LIKE,
    public: bool = False,
    known_from: dt.date | None = None,
    replace: bool = False,
    country: str = "",
    publisher: str = "",
    grade: str = GRADE,
) -> Intake:
    """Read a file and write what is certain in it as a package.

    Args:
        file: a workbook or a table of text.
        name: of the new package.
        home: the folder that holds the packages.
        base: the package that the figures are laid over; ``none`` lets them stand alone.
        public: write into ``data`` instead of ``local/data``.
        known_from: the day from which the department had the figures, where the file does not say it.
        replace: whether a package of this name that was taken in earlier gives way.
        country: a file of ``params/countries`` where the table is not of China; its figures then stand alone.
        publisher: who published the figures, where they are not the department's own.
        grade: what the figures are worth.

    Raises:
        ParametersRefused: the name is taken or is none, no such base or country, or figures of a department that has published them.
        DataRefused: a cell is doubtful, or the file holds no figures; nothing is written.
        InfrastructureFailed: the package cannot be written.
    """
    folder = _place(name, home, public=public, replace=replace)
    below = None if country else _base(base, home)
    if grade not in GRADES:
        raise ParametersRefused(f"--grade {grade!r}: {nearest(grade, GRADES)}")
    if bool(publisher) == (grade == GRADE):
        raise ParametersRefused(
            f"--publisher, --grade: allowed: neither, or both with another grade than {GRADE}: figures that somebody published are not the department's own"
        )
    if public and below is not None and base not in public_datasets(home):
        raise ParametersRefused(
            f"--public: {base} lies in {LOCAL}; allowed: a base in {PUBLIC}, so that nothing of it is shown"
        )
    words = read_vocabulary(home, country)
    journal = Journal(money=words.country.money.en if words.country else "yuan")
    areas = areas_of(below, words)
    figures, read_as = read_file(file, words, areas, below, journal)
    for one in figures:
        why = "; ".join(filter(None, [*one.converted, one.note and f"note: {one.note}"])) or "as it stands"
        journal.log(one.sheet, one.cell, one.found, one.said, why)
    _compare(figures, below, journal)
    taken = Taken(name, file.name, files.sha256(file), figures, known_from, words.country, publisher, grade)
    shown = folder.relative_to(home).as_posix()
    template = folder_of(base if below is not None else LIKE, home)
    written(taken, folder, shown, template, below, areas, journal, replace=replace)
    lacking = areas.lacking(one.area_code for one in figures) if below is not None else []
    return Intake(folder, shown, figures, journal, lacking, read_as, below is not None)


def read_file(
    file: Path, words: Vocabulary, areas: Areas, base: Evidence | None, journal: Journal
) -> tuple[list[Figure], str]:
    """Read every figure of a file; return them, and how the file was read.

    Raises:
        DataRefused: anything in it is doubtful, or it holds no figure.
    """
    sheets, read_as = read_grid(file)
    readers: list[Reader] = []
    for sheet in sheets:
        if _is_read(sheet, words, journal):
            for table in tables_of(sheet, words, areas, journal):
                read_columns(table, words, areas, journal)
                readers.append(Reader(table, words, areas, journal))
                readers[-1].read()
    figures = checked(readers, areas, journal)
    figures = without_repeats(settle_periods(figures, base, journal), journal)
    if not journal.doubts:
        doubt_implausible(figures, words, areas, base, journal)
    journal.refuse_doubts(file.name)
    if not figures:
        raise DataRefused(
            f"{file.name}: no figure was found that intake knows; see 'tibiao template' for a table to fill in"
        )
    return figures, read_as


def _is_read(sheet: Sheet, words: Vocabulary, journal: Journal) -> bool:
    if not sheet.cells:
        return False
    first = sheet.row(sheet.rows[0])[0]
    if words.leaves_out(sheet.name):
        journal.log(sheet.name, first.address, first.text, "", "left out: a sheet of this name holds no figures")
        return False
    if sheet.hidden:
        journal.log(sheet.name, first.address, first.text, "", "left out: a hidden sheet")
        return False
    return True


def _place(name: str, home: Path, *, public: bool, replace: bool) -> Path:
    files.slug(name, "--as")
    where, other = (PUBLIC, LOCAL) if public else (LOCAL, PUBLIC)
    folder = home / where / name
    if name == NONE or (home / other / name / DESCRIPTOR).is_file():
        raise ParametersRefused(f"--as {name}: the name is taken; choose another")
    if folder.exists():
        if not replace:
            raise ParametersRefused(
                f"--as {name}: {where}/{name} stands already; choose another name, or add --replace"
            )
        if not (folder / "intake.csv").is_file():
            raise ParametersRefused(f"--replace: {where}/{name} was not taken in from a file; choose another name")
    return folder


def _base(base: str, home: Path) -> Evidence | None:
    if base == NONE:
        return None
    if base not in datasets(home):
        raise ParametersRefused(f"--base {base}: no such package; {nearest(base, [*datasets(home), NONE])}")
    found = load(base, None, home)
    if set(found.descriptor["headline"].values()) != {"dibao", "minimum_standard", "class"}:
        raise ParametersRefused(
            f"--base {base}: holds no minima of classes to lay figures over; allowed: {LIKE}, or {NONE}"
        )
    return found


def areas_of(below: Evidence | None, words: Vocabulary) -> Areas:
    """Return the areas that a file may name: those of the package below it; none but the provinces where it stands alone."""
    if below is None:
        made = Areas(pd.DataFrame(columns=AREAS[1:]).rename_axis("area_code"), "", words.words.provinces)
        made.alone = True
        if words.country is not None:
            made.set_whole(words.country.code, words.country.names.zh, words.country.names.en)
        return made
    table = below.areas.assign(has_rural=below.areas["has_rural"].map({True: "true", False: "false"}))
    return Areas(table[AREAS[1:]].copy(), below.whole, words.words.provinces)


def _compare(figures: list[Figure], below: Evidence | None, journal: Journal) -> None:
    """Note where the package below has another figure for the same cell."""
    if below is None:
        return
    known = {tuple(row[:6]): row for row in below.observations[below.observations["preferred"]].itertuples(index=False)}
    for one in figures:
        row = known.get(one.key)
        if row is None:
            continue
        yearly = row.unit.endswith("/year")
        value = float(one.single) * (12 if yearly else 1)
        if abs(value - row.value) > 1e-6 * max(1.0, abs(value)):
            journal.log(one.sheet, one.cell, one.found, "flagged", f"{below.dataset} has {row.value:g} ({row.grade})")
