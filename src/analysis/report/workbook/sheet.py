"""Sheet: how a page of the workbook looks, and the one way in which anything is written into it.

Text goes in as text, whatever it begins with; a formula only comes from :mod:`analysis.report.workbook.formula`.
"""

from __future__ import annotations

import datetime
import io
import math
from collections.abc import Sequence
from numbers import Real
from typing import Any

import pandas as pd
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_rowcol_to_cell

from analysis.report.workbook.formula import Formula, serial
from analysis.report.workbook.lettering import lines, longest_line, longest_word

Pair = tuple[str, str]
# Office programmes of China have it; others fall back on their own.
FONT = "SimSun"
PAPER_A4 = 9
# Fills tell the kinds of cells apart in colour; italics, bold and hatching tell them apart in grey.
KINDS: dict[str, dict[str, Any]] = {
    "observed": {"bg_color": "#DDEBF7", "border": 1},
    "assumed": {"bg_color": "#FFF2CC", "font_color": "#1F3FBF", "bold": True, "border": 2, "border_color": "#BF9000"},
    "formula": {"border": 1},
    "result": {"bg_color": "#E2EFDA", "bold": True, "border": 1},
    "stored": {"italic": True, "font_color": "#595959", "border": 1},
    "unknown": {"pattern": 14, "bg_color": "#FFFFFF", "fg_color": "#BFBFBF", "border": 1},
    "label": {"border": 1},
    "name": {"border": 1, "shrink": True},
    "wrapped": {"border": 1, "text_wrap": True},
    "head": {"bold": True, "bg_color": "#D6DCE4", "border": 1, "text_wrap": True, "align": "center"},
    "symbol": {"italic": True, "font_color": "#595959", "bg_color": "#F2F2F2", "border": 1, "align": "center", "text_wrap": True},
    "title": {"bold": True, "font_size": 15},
    "subtitle": {"font_size": 11, "font_color": "#404040"},
    "section": {"bold": True, "font_size": 11, "bottom": 2, "bottom_color": "#44546A"},
    "note": {"text_wrap": True, "font_color": "#404040", "valign": "top"},
    "link": {"font_color": "#1F3FBF", "underline": 1, "border": 1},
}  # fmt: skip
GRID_COLOUR = "#A6A6A6"
# Name to the spreadsheet's format and to how long it makes a number.
NUMBERS: dict[str, tuple[str, str]] = {
    "yuan": ("#,##0_ ;-#,##0_ ", ",.0f"),
    "cents": ("#,##0.00_ ;-#,##0.00_ ", ",.2f"),
    "wan": ("#,##0.0_ ;-#,##0.0_ ", ",.1f"),
    "persons": ("#,##0_ ;-#,##0_ ", ",.0f"),
    "percent": ("0.0%_ ;-0.0%_ ", ".2%"),
    "percent2": ("0.00%_ ;-0.00%_ ", ".3%"),
    "ratio": ("0.0000_ ;-0.0000_ ", ".4f"),
    "share": ("0.000000_ ;-0.000000_ ", ".6f"),
    "plain": ("General_ ", ".6g"),
    "year": ("0_ ", ".0f"),
    "day": ("0.000_ ", ".3f"),
    "date": ("yyyy-mm-dd_ ", ".4f"),
    "text": ("General", ""),
}
# Decimals to the format that shows them.
NUMBER_OF = {0: "yuan", 1: "wan", 2: "cents", 3: "ratio", 4: "ratio", 6: "share"}
LEAST_WIDTH, MOST_WIDTH, LINE_POINTS = 6.5, 44.0, 14.5
# A head may widen its column so far that its words are not broken.
MOST_OF_A_HEAD = 14.5


class Book:
    """The workbook while it is written.

    Args:
        created: the day that it is dated, instead of the clock's.
        title: of the document.
    """

    def __init__(self, created: datetime.date, title: str):
        self._buffer = io.BytesIO()
        self.workbook = Workbook(
            self._buffer,
            {
                "in_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                "default_format_properties": {"font_name": FONT, "font_size": 10, "valign": "vcenter"},
            },
        )
        day = datetime.datetime(created.year, created.month, created.day)
        self.workbook.set_properties({"title": title, "author": "tibiao", "created": day})
        self.workbook.set_calc_mode("auto")
        self._formats: dict[tuple[str, str], Format] = {}
        self.sheets: list[Sheet] = []

    def format(self, kind: str, number: str) -> Format:
        """Return the format of a kind of cell and a kind of number."""
        if (kind, number) not in self._formats:
            look = {"border_color": GRID_COLOUR} | KINDS[kind]
            # A leading apostrophe, unseen, keeps a text a text when somebody edits its cell.
            look |= {"quote_prefix": True} if number == "text" else {"num_format": NUMBERS[number][0]}
            self._formats[kind, number] = self.workbook.add_format(look)
        return self._formats[kind, number]

    def sheet(self, name: str, title: Pair, note: Pair = ("", "")) -> Sheet:
        """Add a sheet, in the order of the calls.

        Args:
            name: Chinese and English, 31 letters at most.
            title: its heading.
            note: what it shows and how to read it.
        """
        added = Sheet(self, name, title, note)
        self.sheets.append(added)
        return added

    def name(self, name: str, cell: Formula) -> Formula:
        """Give a cell a name, and return it under that name."""
        sheet, _, address = cell.text.rpartition("!")
        column = address.rstrip("0123456789")
        self.workbook.define_name(name, f"={sheet}!${column}${address[len(column) :]}")
        return Formula(name, cell.value)

    def close(self) -> bytes:
        """Return the workbook's bytes."""
        for sheet in self.sheets:
            sheet.finish()
        self.workbook.close()
        return self._buffer.getvalue()


class Sheet:
    """One sheet; rows and columns are counted from 0."""

    def __init__(self, book: Book, name: str, title: Pair, note: Pair):
        self.book, self.name, self.heading, self.note_text = book, name, title, note
        self.page = book.workbook.add_worksheet(name)
        self.most_width = MOST_WIDTH
        self._widths: dict[int, float] = {}
        self._fixed: dict[int, float] = {}
        self._wrapped: list[tuple[int, int, int, str]] = []
        self._heads: tuple[int, int] | None = None
        self.page.hide_gridlines(2)
        self.page.set_landscape()
        self.page.set_paper(PAPER_A4)
        self.page.fit_to_pages(1, 0)
        self.page.set_margins(0.4, 0.4, 0.6, 0.6)
        self.page.set_footer("&L&A&R&P / &N")
        self.page.write_string(0, 0, title[0], book.format("title", "text"))
        self.page.write_string(1, 0, title[1], book.format("subtitle", "text"))

    def put(self, row: int, column: int, content: Any, kind: str = "formula", number: str = "plain") -> Formula:
        """Write a cell, and return it, so that formulas may look at it.

        Args:
            row: from 0.
            column: from 0.
            content: a formula, a number, a date, a text, or None for an empty cell.
            kind: of the cell, a key of ``KINDS``.
            number: how a number is shown, a key of ``NUMBERS``.
        """
        at = f"'{self.name}'!{xl_rowcol_to_cell(row, column)}"
        if isinstance(content, Formula):
            text = content.text.replace(f"'{self.name}'!", "")
            value = content.value
            shown = _shown_number(value, number)
            result = "" if value is None else value
            self.page.write_formula(row, column, f"={text}", self.book.format(kind, number), result)
        elif (
            content is None
            or content is pd.NA
            or content is pd.NaT
            or (isinstance(content, float) and math.isnan(content))
        ):
            value, shown = None, ""
            self.page.write_blank(row, column, None, self.book.format(kind, number))
        elif isinstance(content, datetime.date):
            value, shown = serial(content.year, content.month, content.day), content.isoformat()[:10]
            self.page.write_number(row, column, value, self.book.format(kind, "date"))
        elif isinstance(content, Real) and not isinstance(content, bool) and math.isfinite(content):
            value = float(content)
            shown = _shown_number(value, number)
            self.page.write_number(row, column, value, self.book.format(kind, number))
        else:
            value = shown = str(content)
            self.page.write_string(row, column, value, self.book.format(kind, "text"))
        if kind in ("wrapped", "head", "symbol"):
            self._wrapped.append((row, column, column, shown))
        length = min(longest_word(shown), MOST_OF_A_HEAD) if kind in ("head", "symbol") else longest_line(shown)
        self._widths[column] = max(self._widths.get(column, 0), length)
        return Formula(at, value)

    def heads(
        self, row: int, heads: Sequence[Pair], symbols: Sequence[str] = (), column: int = 0, *, kept: bool = True
    ) -> int:
        """Write a table's heads, Chinese above English, and below them what each column is in signs.

        Args:
            row: where.
            heads: Chinese and English.
            symbols: a row of signs below them, where given.
            column: of the first head.
            kept: whether the heads stay in sight and are repeated on every printed page.

        Returns:
            The first row below.
        """
        for place, head in enumerate(heads, start=column):
            # A bracket goes onto a line of its own rather than being broken.
            text = "\n".join(part.replace("（", "\n（") for part in head if part)
            self.put(row, place, text, "head", "text")
        for place, symbol in enumerate(symbols, start=column):
            self.put(row + 1, place, symbol, "symbol", "text")
        last = row + (1 if symbols else 0)
        if kept:
            self._heads = (row, last)
            self.page.repeat_rows(row, last)
        return last + 1

    def freeze(self, row: int, column: int) -> None:
        """Keep the rows above and the columns left of a cell in sight."""
        self.page.freeze_panes(row, column)

    def section(self, row: int, title: Sequence[str], columns: int) -> int:
        """Write a heading, its parts in one line, over a block of so many columns, and return the row below."""
        for column in range(columns):
            self.page.write_blank(row, column, None, self.book.format("section", "text"))
        self.page.write_string(row, 0, " ".join(title), self.book.format("section", "text"))
        return row + 1

    def say(self, row: int, first: int, last: int, text: str, kind: str = "note") -> int:
        """Write a text of ours over several columns, and return the row below."""
        look = self.book.format(kind, "text")
        if last > first:
            self.page.merge_range(row, first, row, last, "", look)
        self.page.write_string(row, first, text, look)
        self._wrapped.append((row, first, last, text))
        return row + 1

    def width(self, column: int, width: float) -> None:
        """Fix a column's width, in letters; others are as wide as what stands in them."""
        self._fixed[column] = width

    def finish(self) -> None:
        """Set widths and heights, now that everything is written."""
        widths = {
            column: min(max(found + 1.5, LEAST_WIDTH), self.most_width) for column, found in self._widths.items()
        } | self._fixed
        for column, found in sorted(widths.items()):
            self.page.set_column(column, column, found)
        heights: dict[int, int] = {}
        for row, first, last, text in self._wrapped:
            room = sum(widths.get(column, LEAST_WIDTH) for column in range(first, last + 1)) - 1
            heights[row] = max(heights.get(row, 1), lines(text, room))
        for row, count in sorted(heights.items()):
            if count > 1:
                self.page.set_row(row, LINE_POINTS * count + 3)


def _shown_number(value: Any, number: str) -> str:
    if value is None or isinstance(value, str) or number == "text":
        return str(value or "")
    if number == "date":
        return "2024-03-31"
    return format(float(value), NUMBERS[number][1])
