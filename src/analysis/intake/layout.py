"""Layout: one sheet as tables, each with its titles, headers, label columns and columns of figures."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from analysis.intake.amounts import Unit
from analysis.intake.areas import Areas
from analysis.intake.grid import Cell, Sheet
from analysis.intake.headers import Said, read_title, units_of
from analysis.intake.journal import Doubtful, Journal
from analysis.intake.vocabulary import Vocabulary, plain

LABELS_OF_ROWS = ("area", "code", "year", "period", "residence", "measure")


@dataclass
class Table:
    """One table of a sheet.

    Attributes:
        sheet: that it stands on.
        titles: rows above its header that hold one text.
        header: rows of its header.
        body: rows below.
        labels: columns that say what a row is about: column to its kind.
        said: columns of figures: column to what its header says.
        heads: column to its header's text and first cell.
    """

    sheet: Sheet
    titles: list[int]
    header: list[int]
    body: list[int]
    labels: dict[int, str] = field(default_factory=dict)
    said: dict[int, Said] = field(default_factory=dict)
    heads: dict[int, tuple[str, str]] = field(default_factory=dict)

    @property
    def texts(self) -> list[str]:
        """The texts of its header, from left to right."""
        return [self.heads[column][0] for column in sorted(self.heads)]

    def column(self, kind: str) -> int | None:
        """Return the column of a kind of label; None where there is none."""
        return next((number for number, one in self.labels.items() if one == kind), None)


def tables_of(sheet: Sheet, words: Vocabulary, areas: Areas, journal: Journal) -> list[Table]:
    """Find the tables of a sheet; one whose header cannot be found is doubted."""
    rows = sheet.rows
    starts = [row for row in rows if _is_header(sheet, row, words, areas)]
    if not starts:
        starts = _first_row_of_data(sheet, areas)
    if not starts:
        first = sheet.row(rows[0])[0]
        journal.doubt(
            sheet.name,
            first.address,
            first.text,
            "a header with 地区 (area), or the names or codes of areas in one column",
        )
        return []
    tables: list[Table] = []
    # Rows of one header follow each other; a header that comes again after figures begins another table.
    blocks: list[list[int]] = []
    for row in starts:
        if blocks and all(_no_figures(sheet, between, areas) for between in rows if blocks[-1][-1] < between < row):
            blocks[-1].append(row)
        else:
            blocks.append([row])
    # Each table begins with its titles, which stand behind the last figures of the one above.
    begins = [rows[0], *(_first_title(sheet, block[0], words) for block in blocks[1:])]
    ends = [*begins[1:], rows[-1] + 1]
    for block, begin, end in zip(blocks, begins, ends, strict=True):
        one = _table(sheet, block, begin, end, words)
        if tables and not one.titles and one.texts == tables[-1].texts:
            first = sheet.row(block[0])[0]
            journal.log(sheet.name, first.address, first.text, "a header that is repeated", "the titles above hold on")
            one.titles = tables[-1].titles
        tables.append(one)
    return tables


def _first_title(sheet: Sheet, header: int, words: Vocabulary) -> int:
    """Return the first of the rows directly above a header that hold one text each and are no footnotes; the header where there is none."""
    first = header
    for row in reversed([one for one in sheet.rows if one < header]):
        cells = sheet.row(row)
        if len({cell.text for cell in cells}) > 1 or is_amount(cells[0]) or words.is_footnote(cells[0].text):
            break
        first = row
    return first


def _is_header(sheet: Sheet, row: int, words: Vocabulary, areas: Areas) -> bool:
    """Say whether a row is a header: it has a column of areas or codes, or of years beside others; or it has several areas."""
    cells = [cell for cell in sheet.row(row) if cell.merged is None or cell.column == cell.merged[1]]
    labels = [words.label(cell.text) for cell in cells]
    if len(cells) > 1 and ("area" in labels or "code" in labels):
        return True
    texts = not any(is_amount(cell) for cell in cells)
    if len(cells) > 1 and texts and ("year" in labels or "measure" in labels):
        return True
    return texts and len({cell.text for cell in cells if area_named(cell.text, areas)}) > 1 and len(cells) > 2


def area_named(text: str, areas: Areas) -> str:
    """Return the code of the area that a text names, the text itself where it names several; empty where none."""
    try:
        found = areas.find(text)
    except Doubtful:
        return text
    return found.code if found else ""


def _first_row_of_data(sheet: Sheet, areas: Areas) -> list[int]:
    """Find the row above the first that names an area and holds a figure, where no header names the column of areas."""
    for row in sheet.rows:
        cells = sheet.row(row)
        named = [cell for cell in cells[:3] if area_named(cell.text, areas)]
        if named and any(_figure_like(cell) for cell in cells if cell.column > named[0].column):
            above = [one for one in sheet.rows if one < row and len({cell.text for cell in sheet.row(one)}) > 1]
            return above[-1:]
    return []


def _figure_like(cell: Cell) -> bool:
    return bool(re.search(r"\d", cell.text)) or bool(cell.problem)


def _no_figures(sheet: Sheet, row: int, areas: Areas) -> bool:
    """Say whether a row may lie between two rows of one header."""
    cells = sheet.row(row)
    named = any(area_named(cell.text, areas) for cell in cells) and any(_figure_like(cell) for cell in cells)
    return not (named or any(is_amount(cell) for cell in cells))


def _table(sheet: Sheet, block: list[int], above: int, end: int, words: Vocabulary) -> Table:
    """Set titles, header and body of one table apart."""
    rows = [row for row in sheet.rows if above <= row < end]
    anchor = block[-1]
    lead = next((cell for cell in sheet.row(block[0]) if words.label(cell.text) in LABELS_OF_ROWS), None)
    lowest = lead.merged[2] if lead is not None and lead.merged else anchor
    header = [row for row in rows if block[0] <= row <= max(lowest, anchor)]
    # The second level of a header that is not merged: words below an empty place of the label columns.
    labels = [cell.column for cell in sheet.row(block[0]) if words.label(cell.text) in LABELS_OF_ROWS]
    for row in (one for one in rows if one > header[-1]):
        empty = labels and all(sheet.at(row, column).empty for column in labels)
        if not empty or any(is_amount(cell) for cell in sheet.row(row)) or words.is_footnote(sheet.row(row)[0].text):
            break
        header.append(row)
    titles: list[int] = []
    for row in reversed([one for one in rows if one < header[0]]):
        texts = {cell.text for cell in sheet.row(row)}
        if (
            len(texts) > 1
            and not titles
            and not any(is_amount(cell) for cell in sheet.row(row))
            and _spans(sheet, row, header[0])
        ):
            header.insert(0, row)
        else:
            titles.insert(0, row)
    body = [row for row in rows if row > header[-1]]
    heads = {}
    for column in sheet.columns:
        levels = [sheet.at(row, column) for row in header if not sheet.at(row, column).empty]
        texts = list(dict.fromkeys(cell.text for cell in levels))
        if texts:
            heads[column] = ("\n".join(texts), levels[-1].address)
    return Table(sheet, titles, header, body, heads=heads)


def is_amount(cell: Cell) -> bool:
    """Say whether a cell holds a number that is no year."""
    try:
        number = float(cell.text.replace(",", ""))
    except ValueError:
        return False
    return not (number.is_integer() and 1990 <= number <= 2050)


def _spans(sheet: Sheet, row: int, below: int) -> bool:
    """Say whether a row over a header is its upper level: it stands over columns of figures, not at the sheet's edge."""
    cells = sheet.row(row)
    return any(cell.column > sheet.row(below)[0].column for cell in cells) and not any(
        "单位" in cell.text or "unit" in cell.text.lower() for cell in cells
    )


def context_of(table: Table, words: Vocabulary, areas: Areas, journal: Journal) -> tuple[Said, list[Unit]]:
    """Return what a table's titles and its sheet's name say of all its figures, and the units that they name.

    The nearest title speaks first.
    """
    sheet, said, units = table.sheet, Said(), []
    for row in reversed(table.titles):
        for cell in {one.text: one for one in sheet.row(row)}.values():
            own = replace(read_title(cell.text, words), area=_area_in(cell.text, areas))
            if words.is_filing_date(cell.text):
                own = replace(own, year=0, period="")
            if own.year and said.year and own.year != said.year:
                journal.doubt(
                    sheet.name, cell.address, cell.text, f"one year in the titles; another speaks of {said.year}"
                )
            units += units_of(cell.text, words)
            said = said.under(own)
            journal.log(sheet.name, cell.address, cell.text, _shown(own), "title")
    units += units_of(sheet.name, words)
    named = replace(read_title(sheet.name, words), area=_area_in(sheet.name, areas))
    for kind in ("year", "residence", "programme"):
        own, other = getattr(named, kind), getattr(said, kind)
        if own and other and own != other:
            place = sheet.row(table.titles[0])[0]
            journal.doubt(
                sheet.name, place.address, place.text, f"a title of {own}, as the sheet's name {sheet.name!r} says, not of {other}"
            )  # fmt: skip
    return said.under(named), units


def _area_in(text: str, areas: Areas) -> str:
    """Return the one area, other than the whole, that a title is about; empty where it names none or several."""
    whole = plain(text)
    columns = (areas.table.index, areas.table["name_zh"], areas.table["level"])
    named = {
        code
        for code, name, level in zip(*columns, strict=True)
        if level in ("city", "district") and plain(str(name)) in whole
    }
    if len(named) == 1:
        return str(named.pop())
    province = str(areas.table.at[areas.whole, "name_zh"]) if areas.whole else ""
    return areas.whole if not named and province and f"{province}省全省" in whole else ""


def _shown(said: Said) -> str:
    parts = [
        said.area,
        str(said.year or ""),
        said.period,
        said.residence,
        said.programme,
        said.noun,
    ]
    return " ".join(part for part in parts if part)
