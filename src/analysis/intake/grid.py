"""Grid: a file as sheets of cells with their addresses; what cannot be a plain cell says why."""

from __future__ import annotations

import contextlib
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from analysis.errors import DataRefused
from analysis.intake.text_file import read_text_file

MAX_BYTES, MAX_UNPACKED, MAX_CELLS = 20_000_000, 200_000_000, 400_000
WORKBOOKS = (".xlsx", ".xlsm")
TEXTS = (".csv", ".txt", ".tsv")


@dataclass(frozen=True)
class Cell:
    """One cell.

    Attributes:
        value: text, number, date or None.
        row: counted from 1.
        column: counted from 1.
        number_format: of a workbook; empty in a text file.
        formula: whether the value is a formula's.
        problem: what would be certain in its place, where nothing can be read from it; else empty.
        marks: raised signs that were set apart from its text.
        merged: the block it is part of: first row, first column, last row, last column; None where it stands alone.
    """

    value: Any
    row: int
    column: int
    number_format: str = "General"
    formula: bool = False
    problem: str = ""
    marks: str = ""
    merged: tuple[int, int, int, int] | None = None

    @property
    def address(self) -> str:
        """Such as ``B7``; of a merged block that of its first cell, where the text stands."""
        row, column = self.merged[:2] if self.merged else (self.row, self.column)
        return f"{letters(column)}{row}"

    @property
    def text(self) -> str:
        """The content as text; a whole number without its point."""
        if self.value is None:
            return ""
        if isinstance(self.value, float) and self.value.is_integer() and abs(self.value) < 1e15:
            return str(int(self.value))
        return str(self.value).strip()

    @property
    def empty(self) -> bool:
        """Whether nothing stands in it."""
        return self.text == "" and not self.problem


@dataclass(frozen=True)
class Sheet:
    """One sheet.

    Attributes:
        name: empty for a text file.
        cells: row and column to the cell; empty ones are left out.
        hidden_rows: rows that a reader does not see.
        hidden_columns: columns that a reader does not see.
        hidden: whether the sheet is.
    """

    name: str
    cells: dict[tuple[int, int], Cell]
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    hidden: bool = False
    _rows: list[int] = field(default_factory=list, compare=False)

    @property
    def rows(self) -> list[int]:
        """Numbers of the rows that hold something, in order."""
        return sorted({row for row, _ in self.cells})

    @property
    def columns(self) -> list[int]:
        """Numbers of the columns that hold something, in order."""
        return sorted({column for _, column in self.cells})

    def at(self, row: int, column: int) -> Cell:
        """Return a cell, an empty one where nothing stands."""
        return self.cells.get((row, column)) or Cell(None, row, column)

    def row(self, row: int) -> list[Cell]:
        """Return the cells of a row that hold something, from left to right."""
        return [self.cells[row, column] for column in self.columns if (row, column) in self.cells]


def letters(column: int) -> str:
    """Return a column's letters: 1 is A, 28 is AB."""
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def read_grid(path: Path) -> tuple[list[Sheet], str]:
    """Read a file; return its sheets and how it was read, such as its encoding.

    Raises:
        DataRefused: no such file, too large, of a kind that is not read, damaged, or of no known encoding.
    """
    if not path.is_file():
        raise DataRefused(f"{path.name}: no such file; allowed: a workbook (.xlsx) or a table of text (.csv)")
    if path.stat().st_size > MAX_BYTES:
        raise DataRefused(f"{path.name}: {path.stat().st_size:,} bytes; allowed: {MAX_BYTES:,} at most")
    ending = path.suffix.lower()
    if ending in WORKBOOKS:
        return _workbook(path), "workbook"
    if ending in TEXTS:
        rows, how = read_text_file(path)
        cells = {
            (number, column): Cell(text, number, column, number_format="")
            for number, row in rows
            for column, text in enumerate(row, 1)
            if text.strip()
        }
        return [Sheet("", cells)], how
    raise DataRefused(f"{path.name}: a file of kind {ending or 'unknown'!r} is not read; save it as .xlsx or as CSV")


def _workbook(path: Path) -> list[Sheet]:
    """Read a workbook twice: for values and for formulas."""
    import openpyxl

    try:
        with zipfile.ZipFile(path) as archive:
            if sum(one.file_size for one in archive.infolist()) > MAX_UNPACKED:
                raise DataRefused(f"{path.name}: unpacks to more than {MAX_UNPACKED:,} bytes")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            values = openpyxl.load_workbook(path, data_only=True, rich_text=True)
            formulas = openpyxl.load_workbook(path, data_only=False)
    except DataRefused:
        raise
    except Exception as error:  # a damaged workbook fails anywhere in the library
        raise DataRefused(
            f"{path.name}: cannot be read as a workbook ({type(error).__name__}); is it protected by a password, or of an old kind? "
            "save it anew as .xlsx"
        ) from error
    sheets = []
    for shown in values.worksheets:
        if shown.max_row * shown.max_column > MAX_CELLS * 50 or len(shown._cells) > MAX_CELLS:
            raise DataRefused(f"{path.name}: sheet {shown.title!r}: more than {MAX_CELLS:,} cells")
        sheets.append(_sheet(shown, formulas[shown.title]))
    return sheets


def _sheet(shown: Any, formulas: Any) -> Sheet:
    cells = {}
    for found in _all(shown):
        cell = _cell(found, formulas.cell(found.row, found.column))
        if not cell.empty:
            cells[cell.row, cell.column] = cell
    for block in shown.merged_cells.ranges:
        first = cells.get((block.min_row, block.min_col))
        corners = (block.min_row, block.min_col, block.max_row, block.max_col)
        if first is None or (block.max_row - block.min_row + 1) * (block.max_col - block.min_col + 1) > 10_000:
            continue
        for row in range(block.min_row, block.max_row + 1):
            for column in range(block.min_col, block.max_col + 1):
                cells[row, column] = replace(first, row=row, column=column, merged=corners)
    rows = {number for number, one in shown.row_dimensions.items() if one.hidden}
    columns = set()
    for one in shown.column_dimensions.values():
        if one.hidden:
            columns |= set(range(one.min or 0, (one.max or 0) + 1))
    return Sheet(shown.title, cells, frozenset(rows), frozenset(columns), shown.sheet_state != "visible")


def _all(shown: Any) -> Iterator[Any]:
    from openpyxl.cell.cell import MergedCell

    for _, cell in sorted(shown._cells.items()):
        if not isinstance(cell, MergedCell):
            yield cell


def _cell(shown: Any, behind: Any) -> Cell:
    """Make one cell of its value and its formula."""
    value, marks = _without_raised(shown.value)
    formula = behind.data_type == "f"
    problem = ""
    if formula and value in (None, ""):
        problem = "the value of the formula; open the file in a spreadsheet program and save it, or paste the values"
    elif shown.data_type == "e" or (
        isinstance(value, str) and value.startswith("#") and value.endswith(("!", "?", "A"))
    ):
        problem = "a figure, not an error of the spreadsheet"
    elif getattr(shown.font, "strike", False):
        problem = "a figure that is not struck out; delete it, or remove the stroke"
    with contextlib.suppress(AttributeError):
        if formula and problem.startswith("the value"):
            value = behind.value if isinstance(behind.value, str) else "(formula)"
    return Cell(value, shown.row, shown.column, str(shown.number_format or "General"), formula, problem, marks)


def _without_raised(value: Any) -> tuple[Any, str]:
    """Set raised and lowered signs apart from a rich text: 600 with a raised 1 is not 6001."""
    from openpyxl.cell.rich_text import CellRichText, TextBlock

    if not isinstance(value, CellRichText):
        return value, ""
    kept, marks = [], []
    for part in value:
        raised = (
            isinstance(part, TextBlock)
            and part.font is not None
            and part.font.vertAlign in ("superscript", "subscript")
        )
        (marks if raised else kept).append(part.text if isinstance(part, TextBlock) else str(part))
    return "".join(kept), "".join(marks)
