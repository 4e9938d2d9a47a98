"""Rows: the body of a table as figures, each with everything that it is about, or a doubt."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from analysis.intake.amounts import Amount, Unit, read_amount, read_unit
from analysis.intake.areas import Areas
from analysis.intake.figures import Figure
from analysis.intake.grid import Cell
from analysis.intake.headers import Said, read_said
from analysis.intake.journal import Doubtful, Journal
from analysis.intake.layout import Table, context_of, is_amount
from analysis.intake.meaning import measure_and_unit, of_level, residences
from analysis.intake.times import FIRST, LAST, read_day, read_period, read_time
from analysis.intake.vocabulary import Vocabulary

# A longer text between rows is a remark.
LONGEST_HEADING = 16


@dataclass(frozen=True)
class Row:
    """One row of the body: what its labels say.

    Attributes:
        number: of the sheet.
        said: by its labels and by the headings between the rows above it.
        label: total, subtotal, average or empty.
        unit: of its column of units.
        note: beside it.
        known_from: the day it was public, where one is written.
    """

    number: int
    said: Said
    label: str = ""
    unit: Unit | None = None
    note: str = ""
    known_from: dt.date | None = None


@dataclass(frozen=True)
class Total:
    """A total as the file prints it, and the rows that it is of; it is checked and not kept, but where it is an area's own."""

    figure: Figure
    label: str
    row: int


class Reader:
    """Reads the figures of one table.

    Attributes:
        figures: each with its row, those of totals left out.
        totals: rows that are the sum of others.
    """

    def __init__(self, table: Table, words: Vocabulary, areas: Areas, journal: Journal):
        self.table, self.sheet, self.words, self.areas, self.journal = table, table.sheet, words, areas, journal
        self.context, self.units = context_of(table, words, areas, journal)
        self.figures: list[tuple[int, Figure]] = []
        self.totals: list[Total] = []
        self._last_area: str = ""
        self._doubted: set[tuple[int, str]] = set()

    def read(self) -> None:
        """Read every row of the body."""
        heading = Said()
        for number in self.table.body:
            row = self._row(number, heading)
            if isinstance(row, Said):
                heading = row.under(heading)
            elif row is not None:
                self._figures_of(row)

    def _cells(self, number: int) -> list[Cell]:
        return [cell for cell in self.sheet.row(number) if cell.column in self.table.said]

    def _row(self, number: int, heading: Said) -> Row | Said | None:
        """Return a row; what a heading between rows says; None where it holds no figures."""
        first = self.sheet.row(number)[0]
        figures = [cell for cell in self._cells(number) if not self._is_first_of_heading(cell, number)]
        signature = self.words.is_footnote(first.text) and not any(is_amount(cell) for cell in figures)
        if not figures or signature:
            return self._without_figures(number, first)
        if self.sheet.hidden_rows & {number}:
            self._doubt(first, "rows that can be seen; show this one, or delete it")
            return None
        label = self.words.row_label(self._label_text(number))
        said, note, unit, known_from = Said(), "", None, None
        try:
            for column, kind in self.table.labels.items():
                cell = self.sheet.at(number, column)
                if cell.problem and kind not in ("ignored", "note"):
                    raise Doubtful(cell.problem)
                if kind == "note":
                    note = cell.text
                elif cell.empty or kind in ("ignored", "english", "area", "code", "class"):
                    continue
                elif kind == "unit":
                    unit = self._of(
                        cell,
                        lambda one: _needed(
                            read_unit(one.text, self.words.money), "a unit, such as 元/月, 人, 万人 or 万元"
                        ),
                    )
                elif kind == "known_from":
                    known_from = self._of(cell, lambda one: read_day(one.value))
                else:
                    said = self._said(cell, kind).under(said)
            area = "" if label else self._area(number)
            self._class(number, area)
        except _Reported:
            return None
        except Doubtful as doubt:
            self._doubt(first, doubt.expected)
            return None
        return Row(number, replace(said, area=area).under(heading), label, unit, note, known_from)

    def _is_first_of_heading(self, cell: Cell, number: int) -> bool:
        """Say whether a cell of figures is part of a merged block that begins in a column of labels, as a heading does."""
        return cell.merged is not None and cell.merged[1] in self.table.labels and cell.merged[0] == number

    def _label_text(self, number: int) -> str:
        for column in (self.table.column("area"), self.table.column("code"), self.table.column("year")):
            if column is not None and not self.sheet.at(number, column).empty:
                return self.sheet.at(number, column).text
        return self.sheet.row(number)[0].text

    def _without_figures(self, number: int, first: Cell) -> Said | None:
        """A row without figures is a heading for those below it, an area without figures, or a footnote."""
        texts = {cell.text for cell in self.sheet.row(number)}
        if len(texts) == 1 and not self.words.is_footnote(first.text):
            try:
                said = read_said(first.text, self.words, self.areas)
            except Doubtful:
                said = Said()
            if said.anything and not said.left and not said.area:
                self.journal.log(self.sheet.name, first.address, first.text, "heading", "holds for the rows below")
                return said
            speaks = said.residence or said.programme or said.noun or said.year
            if speaks and said.left and len(first.text) <= LONGEST_HEADING:
                # Left out, it would let the heading above it go on to hold.
                self._doubt(
                    first,
                    f"a heading that intake knows, or a footnote that begins with 注; {said.left!r} is not understood",
                )
        if self.table.column("code") is not None and not self.words.is_footnote(first.text):
            try:
                self._area(number)  # a row that names an area without figures, such as the province, brings it too
            except (_Reported, Doubtful):
                return None
        why = "a footnote or signature" if self.words.is_footnote(first.text) else "no figures in this row"
        self.journal.log(self.sheet.name, first.address, first.text, "", f"left out: {why}")
        return None

    def _of(self, cell: Cell, read: Callable[[Cell], Any]) -> Any:
        try:
            return read(cell)
        except Doubtful as doubt:
            self._doubt(cell, doubt.expected)
            raise _Reported from doubt

    def _said(self, cell: Cell, kind: str) -> Said:
        if kind == "year":
            time = self._of(cell, lambda one: read_time(one.value))
            return Said(year=time.year, period=time.period)
        if kind == "period":
            return Said(period=self._of(cell, lambda one: read_period(one.value)))
        said = self._of(cell, lambda one: read_said(one.text, self.words))
        if said.left or (not said.anything and not said.derived):
            what = "town or country, such as 城镇 or 农村" if kind == "residence" else "a measure that intake knows"
            self._doubt(cell, f"{what}; {said.left or cell.text!r} is not understood")
            raise _Reported
        return said

    def _area(self, number: int) -> str:
        """Return the code of a row's area: by its name, its code, or both where they agree."""
        column, coded = self.table.column("area"), self.table.column("code")
        if column is None and coded is None:
            return ""
        cells = [self.sheet.at(number, one) for one in (column, coded) if one is not None]
        filled = [cell for cell in cells if not cell.empty]
        if not filled:
            if self._last_area and len(self.table.labels) > 1 + (coded is not None and column is not None):
                self.journal.log(self.sheet.name, cells[0].address, "", self._last_area, "the area above goes on")
                return self._last_area
            self._doubt(cells[0], "an area beside these figures")
            raise _Reported
        found = [self._of(cell, lambda one: self.areas.find(one.text)) for cell in filled]
        if any(one is None for one in found):
            self._bring(number, filled, found)
            found = [self.areas.find(cell.text) for cell in filled]
        if len({one.code for one in found}) > 1:
            self._doubt(filled[1], f"the code of {filled[0].text}, {found[0].code}")
            raise _Reported
        code = str(found[0].code)
        for cell in filled:
            if cell.text not in (code, found[0].name_zh):
                self.journal.log(self.sheet.name, cell.address, cell.text, f"{code} {found[0].name_zh}", "area")
        self._last_area = code
        return code

    def _class(self, number: int, area: str) -> None:
        """Put a row's area into the class that its column of classes names."""
        column = self.table.column("class")
        cell = self.sheet.at(number, column) if column is not None and area else None
        if cell is not None and not cell.empty:
            said = self._of(cell, lambda one: self.areas.classify(area, one.text))
            if said:
                self.journal.log(self.sheet.name, cell.address, cell.text, said, "class of the area")

    def _bring(self, number: int, filled: list[Cell], found: list[Any]) -> None:
        """Take in an area that the package lacks, where the row gives its code and its name."""
        unknown = next(cell for cell, one in zip(filled, found, strict=True) if one is None)
        codes = [cell for cell in filled if self.areas.code_in(cell.text)]
        names = [cell for cell in filled if not self.areas.code_in(cell.text)]
        if (
            len(codes) == 1
            and len(names) == 1
            and self.areas.find(codes[0].text) is None
            and self.areas.find(names[0].text) is None
        ):
            column = self.table.column("english")
            english = self.sheet.at(number, column).text if column is not None else ""
            code = self.areas.code_in(codes[0].text)
            said = self._of(codes[0], lambda _: self.areas.bring(code, names[0].text, english))
            self.journal.log(self.sheet.name, codes[0].address, f"{codes[0].text} {names[0].text}", code, said)
            return
        self._doubt(unknown, self.areas.suggestion(unknown.text))
        raise _Reported

    def _figures_of(self, row: Row) -> None:
        for cell in self._cells(row.number):
            column = self.table.said[cell.column]
            if cell.merged and (cell.merged[0] != cell.merged[2] or not self._same_but_residence(cell)):
                self._doubt(cell, "a figure of its own in each cell, not a merged one")
                continue
            try:
                amount = read_amount(cell, self.words)
            except Doubtful as doubt:
                self._doubt(cell, doubt.expected)
                continue
            if amount.number is None:
                if amount.converted:
                    self.journal.log(self.sheet.name, cell.address, cell.text, "", "no figure")
                continue
            try:
                self._figure(row, cell, column, amount)
            except Doubtful as doubt:
                self._doubt_once(cell, doubt.expected)

    def _same_but_residence(self, cell: Cell) -> bool:
        """Say whether a merged block of one row lies over columns that differ in residence alone."""
        first, last = (cell.merged or (0, 0, 0, 0))[1], (cell.merged or (0, 0, 0, 0))[3]
        over = [self.table.said.get(column) for column in range(first, last + 1)]
        return all(over) and len({replace(one, residence="") for one in over if one}) == 1

    def _figure(self, row: Row, cell: Cell, column: Said, amount: Amount) -> None:
        said = self._together(row, column, cell).under(self.context)
        if said.derived:
            self.journal.log(
                self.sheet.name, cell.address, cell.text, "", f"left out: reckoned from others ({said.derived})"
            )
            return
        stated = {one for one in (amount.unit, row.unit, row.said.unit, column.unit) if one}
        measure, unit = measure_and_unit(said, stated, self.units, self.words)
        area = said.area or (self.areas.whole if row.label else "")
        if not area:
            raise Doubtful("an area; no column, header or title names it")
        if not row.label:
            measure = of_level(measure, str(self.areas.table.at[area, "level"]), self.words)
        if not FIRST <= said.year <= LAST:
            raise Doubtful("a year; no column, header or title names it")
        period = said.period or "Y"
        if measure.kind == "rate" and not measure.parts_of_year:
            period = "Y"  # a standard is of its year, whatever month the table was made in
        sides = residences(measure, said.residence, self.areas.find(area))
        if len(sides) > 1:
            self.journal.log(
                self.sheet.name, cell.address, cell.text, " and ".join(sides), "one figure for town and country"
            )
        for residence in sides:
            figure = Figure(
                self.sheet.name, cell.address, cell.text, area, said.year, period, residence, measure, amount.number or Decimal(0),
                unit, amount.converted, row.note, row.known_from,
            )  # fmt: skip
            if not figure.written_unit:
                raise Doubtful(f"a unit that packages have; {unit.said} is none")
            if row.label or column.total:
                self.totals.append(Total(figure, row.label or "across", row.number))
            if not row.label:
                self.figures.append((row.number, figure))

    def _together(self, row: Row, column: Said, cell: Cell) -> Said:
        """Join what a row and a column say; neither may contradict the other."""
        for name in ("area", "year", "period", "residence", "programme", "noun"):
            one, other = getattr(row.said, name), getattr(column, name)
            if one and other and one != other and not (name == "residence" and "both" in (one, other)):
                raise Doubtful(f"one {name}; its row speaks of {one} and its column of {other}")
        narrow = column.residence if row.said.residence == "both" and column.residence else row.said.residence
        return replace(row.said, residence=narrow).under(column)

    def _doubt(self, cell: Cell, expected: str) -> None:
        self.journal.doubt(self.sheet.name, cell.address, cell.text, expected)

    def _doubt_once(self, cell: Cell, expected: str) -> None:
        """Tell what is doubtful in a whole column once, at its first cell."""
        if (cell.column, expected) not in self._doubted:
            self._doubted.add((cell.column, expected))
            self._doubt(cell, expected)


class _Reported(Exception):
    """The doubt of this row is noted already."""


def _needed(value: Any, expected: str) -> Any:
    if value is None:
        raise Doubtful(expected)
    return value
