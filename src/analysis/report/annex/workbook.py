"""The annex as a workbook: the same tables with numbers that can be reckoned with, and a list of each number's key.

Text is written as text: what begins with ``=`` is no formula, and an address is no link.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

from analysis.report.annex.table import LINE_POINTS, SIZE_POINTS, Annex, Cell, Number, Table, line_count

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

A4 = 9
# A workbook must say when it was made; this is a day without meaning, the same for every run.
DAY = datetime(2000, 1, 1)
FONT = {"font_name": "Noto Sans SC", "font_charset": 134, "font_size": 10}
FORMATS = {"yuan": "0", "count": "0", "one": "0.0", "percent": "0.0%"}
# The columns of the list of keys, and how wide they are, in characters.
SOURCES = {"附件": 7, "单元格": 7, "数": 9, "结果的键": 68, "等级": 10, "所依据的假设": 20}
MM_A_CHARACTER = 2.0
# As of the Word document, upright and on its side.
MARGINS_MM = {
    False: {"top": 37, "bottom": 35, "left": 28, "right": 26},
    True: {"top": 28, "bottom": 26, "left": 35, "right": 37},
}


def workbook(annexes: Sequence[Annex]) -> bytes:
    """Return the annexes, one sheet each, and a sheet with the key of each number."""
    buffer = io.BytesIO()
    options = {
        "in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
    }  # fmt: skip
    with xlsxwriter.Workbook(buffer, options) as book:
        book.set_properties({"title": "".join(annexes[0].title), "created": DAY})
        said: list[tuple[str, str, Number]] = []
        for annex in annexes:
            page = _Page(book, book.add_worksheet(annex.label), annex)
            said += [(annex.label, place, number) for place, number in page.write()]
        _sources(book, said)
    return buffer.getvalue()


@dataclass
class _Page:
    """One sheet while it is written.

    Attributes:
        book: the workbook.
        sheet: the sheet.
        annex: what stands on it.
        row: the next free row.
        said: row, column and number of each number written.
        known: formats made so far: the book holds each once.
    """

    book: Workbook
    sheet: Worksheet
    annex: Annex
    row: int = 0
    said: list[tuple[int, int, Number]] = field(default_factory=list)
    known: dict[tuple, Format] = field(default_factory=dict)

    def write(self) -> list[tuple[str, Number]]:
        """Write label, title, unit, tables and notes, set the print-out, and return place and number of each number."""
        widths = self.annex.tables[0].widths_mm
        last = len(widths) - 1
        for column, width in enumerate(widths):
            self.sheet.set_column(column, column, width / MM_A_CHARACTER)
        self.line(self.annex.label, 0, font_size=16, bold=True)
        for line in self.annex.title:
            self.line(line, last, font_size=18, bold=True, align="center")
        self.line(self.annex.unit, last, align="right")
        heads = (self.row, self.row + self.annex.tables[0].depth - 1)
        for table in self.annex.tables:
            if table.caption:
                self.row += 1
                self.line(table.caption, last, align="center")
            self.table(table)
        for text, note in zip(self.annex.numbered_notes(), self.annex.notes, strict=True):
            self.said += [(self.row, 0, cell) for cell in note if isinstance(cell, Number)]
            height = LINE_POINTS * line_count(text, sum(widths)) + 2
            self.line(text, last, height=height, font_size=SIZE_POINTS, text_wrap=True, valign="top")
        self.sheet.freeze_panes(heads[1] + 1, 0)
        _print_set_up(self.sheet, (0, 0, self.row - 1, last), landscape=self.annex.landscape)
        self.sheet.repeat_rows(*heads)
        return [(xl_rowcol_to_cell(row, column), number) for row, column, number in sorted(self.said, key=_place)]

    def look(self, **more: object) -> Format:
        """Return a format, whose text stays text when it is edited."""
        wanted = FONT | {"valign": "vcenter", "quote_prefix": True} | more
        key = tuple(sorted(wanted.items()))
        if key not in self.known:
            self.known[key] = self.book.add_format(wanted)
        return self.known[key]

    def text(self, place: tuple[int, int, int, int], text: str, look: Format) -> None:
        """Write text into a cell, or over several that are joined: first and last row and column as top, left, bottom, right."""
        if place[:2] != place[2:]:
            self.sheet.merge_range(*place, "", look)
        self.sheet.write_string(*place[:2], text, look)

    def line(self, text: str, last: int, height: float = 0.0, **more: object) -> None:
        """Write a line from the first column to the last given."""
        self.text((self.row, 0, self.row, last), text, self.look(**more))
        self.sheet.set_row(self.row, height or 1.6 * float(str(more.get("font_size", FONT["font_size"]))))
        self.row += 1

    def table(self, table: Table) -> None:
        """Write head and body; a table of fewer columns than the first spreads over the same width."""
        edges = _edges(table, self.annex.tables[0].widths_mm)
        look = self.look(border=1, align="center", text_wrap=True, font_size=SIZE_POINTS)
        end, column = self.row + table.depth - 1, 0
        for group, names in table.heads:
            if group:
                self.text((self.row, edges[column][0], self.row, edges[column + len(names) - 1][1]), group, look)
            for name in names:
                self.text((end if group else self.row, edges[column][0], end, edges[column][1]), name, look)
                column += 1
        self.sheet.set_row(end, 2 * LINE_POINTS + 2)
        self.row = end + 1
        for column, (left, right) in enumerate(edges):
            for first, final in table.runs(column):
                content = table.rows[first][column]
                wraps = line_count(str(content), table.widths_mm[column]) > 1
                self.cell((self.row + first, left, self.row + final, right), content, "left" if wraps else "center")
        for number, height in enumerate(table.heights_points()):
            self.sheet.set_row(self.row + number, height)
        self.row += len(table.rows)

    def cell(self, place: tuple[int, int, int, int], content: Cell, align: str) -> None:
        """Write one cell of a body: a number as a number, with its star in the way it is shown."""
        if not isinstance(content, Number):
            self.text(place, content, self.look(border=1, align=align, text_wrap=True, font_size=SIZE_POINTS))
            return
        shown = FORMATS[content.style] + ('"*"' if content.marked else "")
        look = self.look(border=1, align="center", num_format=shown, quote_prefix=False, font_size=SIZE_POINTS)
        self.text(place, "", look)
        self.sheet.write_number(*place[:2], content.value, look)
        self.said.append((*place[:2], content))


def _place(said: tuple[int, int, Number]) -> tuple[int, int]:
    return said[:2]


def _edges(table: Table, widths_mm: Sequence[float]) -> list[tuple[int, int]]:
    """Return the first and last sheet column of each of a table's columns, as near to its own widths as the sheet's allow."""
    bounds, ends = list(accumulate(widths_mm)), [-1]
    for number, wanted in enumerate(accumulate(table.widths_mm), 1):
        free = range(ends[-1] + 1, len(bounds) - (len(table.widths_mm) - number))
        ends.append(min(free, key=lambda column, wanted=wanted: abs(bounds[column] - wanted)))
    return [(before + 1, end) for before, end in pairwise(ends)]


def _print_set_up(sheet: Worksheet, area: tuple[int, int, int, int], *, landscape: bool) -> None:
    sheet.set_paper(A4)
    if landscape:
        sheet.set_landscape()
    sheet.set_margins(**{side: size / 25.4 for side, size in MARGINS_MM[landscape].items()})
    sheet.set_footer(f'&C&"{FONT["font_name"]}"— &P —', {"margin": 14 / 25.4})
    sheet.fit_to_pages(1, 0)
    sheet.print_area(*area)
    sheet.center_horizontally()
    sheet.hide_gridlines(2)


def _sources(book: Workbook, said: Sequence[tuple[str, str, Number]]) -> None:
    """Write where each number comes from: its key in results.csv, its grade, the assumptions it rests on."""
    sheet = book.add_worksheet("出处")
    head = book.add_format(FONT | {"border": 1})
    plain = book.add_format(FONT | {"border": 1, "font_size": 8, "quote_prefix": True})
    shown = {
        style: book.add_format(FONT | {"border": 1, "font_size": 8, "num_format": FORMATS[style]}) for style in FORMATS
    }
    for column, (name, width) in enumerate(SOURCES.items()):
        sheet.write_string(0, column, name, head)
        sheet.set_column(column, column, width)
    for row, (label, place, number) in enumerate(said, 1):
        sheet.write_number(row, 2, number.value, shown[number.style])
        texts = {0: label, 1: place, 3: number.key, 4: number.grade, 5: number.rests_on.replace(";", "、")}
        for column, text in texts.items():
            sheet.write_string(row, column, text, plain)
    sheet.freeze_panes(1, 0)
    _print_set_up(sheet, (0, 0, len(said), len(SOURCES) - 1), landscape=True)
    sheet.repeat_rows(0)
