"""Layout: one sheet as tables, each with its titles, headers, label columns and columns of figures."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace

from analysis.intake.amounts import Unit
from analysis.intake.areas import Areas
from analysis.intake.grid import Cell, Sheet
from analysis.intake.headers import Said, read_said, read_title, units_of
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

    def column(self, kind: str) -> int | None:
        """Return the column of a kind of label; None where there is none."""
        return next((number for number, one in self.labels.items() if one == kind), None)


def tables_of(sheet: Sheet, words: Vocabulary, areas: Areas, journal: Journal) -> list[Table]:
    """Find the tables of a sheet; one whose header cannot be found is doubted."""
    rows = sheet.rows
    starts = [row for row in rows if _is_header(sheet, row, words, areas)]
    if not starts:
        starts = _first_row_of_data(sheet, words, areas)
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
        if blocks and all(
            _no_figures(sheet, between, words, areas) for between in rows if blocks[-1][-1] < between < row
        ):
            blocks[-1].append(row)
        else:
            blocks.append([row])
    ends = [block[0] for block in blocks[1:]] + [rows[-1] + 1]
    above = rows[0]
    for block, end in zip(blocks, ends, strict=True):
        one = _table(sheet, block, above, end, words, areas)
        above = end
        if (
            tables
            and [one.heads[key][0] for key in sorted(one.heads)]
            == [tables[-1].heads[key][0] for key in sorted(tables[-1].heads)]
            and not one.titles
        ):
            journal.log(
                sheet.name, f"A{block[0]}", sheet.row(block[0])[0].text, "a header that is repeated", "left out"
            )
            one.titles = tables[-1].titles
        tables.append(one)
    for table in tables:
        _read_headers(table, words, areas, journal)
    return tables


def _is_header(sheet: Sheet, row: int, words: Vocabulary, areas: Areas) -> bool:
    """Say whether a row is a header: it has a column of areas or codes, or of years beside others; or it has several areas."""
    cells = [cell for cell in sheet.row(row) if cell.merged is None or cell.column == cell.merged[1]]
    labels = [words.label(cell.text) for cell in cells]
    if len(cells) > 1 and ("area" in labels or "code" in labels):
        return True
    texts = not any(is_amount(cell) for cell in cells)
    if len(cells) > 1 and texts and ("year" in labels or "measure" in labels):
        return True
    return texts and len({cell.text for cell in cells if _area(cell.text, areas)}) > 1 and len(cells) > 2


def _area(text: str, areas: Areas) -> str:
    try:
        found = areas.find(text)
    except Doubtful:
        return text
    return found.code if found else ""


def _first_row_of_data(sheet: Sheet, words: Vocabulary, areas: Areas) -> list[int]:
    """Find the row above the first that names an area and holds a figure, where no header names the column of areas."""
    for row in sheet.rows:
        cells = sheet.row(row)
        named = [cell for cell in cells[:3] if _area(cell.text, areas)]
        if named and any(_figure_like(cell) for cell in cells if cell.column > named[0].column):
            above = [one for one in sheet.rows if one < row and len({cell.text for cell in sheet.row(one)}) > 1]
            return above[-1:]
    return []


def _figure_like(cell: Cell) -> bool:
    return bool(re.search(r"\d", cell.text)) or bool(cell.problem)


def _no_figures(sheet: Sheet, row: int, words: Vocabulary, areas: Areas) -> bool:
    cells = sheet.row(row)
    return not (any(_area(cell.text, areas) for cell in cells) and any(_figure_like(cell) for cell in cells))


def _table(sheet: Sheet, block: list[int], above: int, end: int, words: Vocabulary, areas: Areas) -> Table:
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


def _read_headers(table: Table, words: Vocabulary, areas: Areas, journal: Journal) -> None:
    """Say of each column what it holds."""
    sheet = table.sheet
    _carry_on(table, words, journal)
    for column in sheet.columns:
        filled = [row for row in table.body if not sheet.at(row, column).empty]
        if column not in table.heads:
            if not filled:
                continue
            if column == sheet.columns[0] or sum(
                bool(_area(sheet.at(row, column).text, areas)) for row in filled
            ) * 2 > len(filled):
                table.labels[column] = "area"
                continue
            if any(is_amount(sheet.at(row, column)) for row in filled):
                cell = sheet.at(filled[0], column)
                journal.doubt(sheet.name, cell.address, cell.text, "a header over this column of figures")
            continue
        text, address = table.heads[column]
        lowest = text.rsplit("\n", 1)[-1]
        label = words.label(text) or (words.label(lowest) if "\n" in text and words.label(lowest) != "value" else "")
        if label == "residence" and filled and all(_area(sheet.at(row, column).text, areas) for row in filled):
            label = "area"  # 类别 may be town and country, or the classes of the minima
        if label:
            _label(table, column, label, text, address, journal)
            continue
        _figures(table, column, words, areas, journal)


def _label(table: Table, column: int, label: str, text: str, address: str, journal: Journal) -> None:
    sheet = table.sheet
    journal.log(sheet.name, address, text, label, "column")
    if label == "value":
        table.said[column] = Said()
    elif label in ("area", "code", "year", "residence", "measure", "unit") and table.column(label) is not None:
        journal.doubt(sheet.name, address, text, f"one column of this kind; {label} stands over another one too")
    else:
        table.labels[column] = label


def _figures(table: Table, column: int, words: Vocabulary, areas: Areas, journal: Journal) -> None:
    sheet, (text, address) = table.sheet, table.heads[column]
    if not any(not sheet.at(row, column).empty for row in table.body):
        return
    try:
        said = _of_levels(text, words, areas)
    except Doubtful as doubt:
        journal.doubt(sheet.name, address, text.replace("\n", " / "), doubt.expected)
        return
    shown = text.replace("\n", " / ")
    if said.derived:
        journal.log(sheet.name, address, shown, "", f"left out: reckoned from others ({said.derived})")
    elif said.left and not (said.programme or said.noun):
        journal.log(sheet.name, address, shown, "", f"left out: no measure that intake knows ({said.left})")
    elif said.left:
        journal.doubt(sheet.name, address, shown, f"words that intake knows; {said.left!r} is not understood")
    elif sheet.hidden_columns & {column}:
        journal.doubt(sheet.name, address, shown, "columns that can be seen; show this one, or delete it")
    else:
        table.said[column] = said


def _of_levels(text: str, words: Vocabulary, areas: Areas) -> Said:
    """Read a header level by level: an inner level may be an area or a year, and an outer one speaks where it is silent."""
    levels = text.split("\n")
    said = Said()
    for level in levels:
        inner = read_said(level, words, areas)
        for name in ("year", "residence", "programme", "noun"):
            given, before = getattr(inner, name), getattr(said, name)
            wide = before in ("both", "economy")
            narrower = name == "programme" and before and str(given).startswith(str(before))
            if given and before and given != before and not wide and not narrower:
                raise Doubtful(f"one {name}; its levels speak of {before} and {given}")
        derived, left, total = said.derived or inner.derived, said.left + inner.left, said.total or inner.total
        said = replace(inner.under(said), derived=derived, left=left, total=total)
    return said


def _carry_on(table: Table, words: Vocabulary, journal: Journal) -> None:
    """Let an upper level of a header go on to the right where a text file has lost its merged cells.

    Only where every group then has the same columns below it, so that there is one way to read it.
    """
    sheet = table.sheet
    if len(table.header) < 2:
        return
    upper, lower = table.header[0], table.header[-1]
    columns = [one for one in sheet.columns if one in table.heads and not words.label(table.heads[one][0])]
    if any(sheet.at(upper, one).merged for one in columns) or not columns:
        return
    if all(not sheet.at(upper, one).empty for one in columns):
        return
    groups: list[list[int]] = []
    for column in columns:
        if not sheet.at(upper, column).empty:
            groups.append([column])
        elif groups:
            groups[-1].append(column)
    below = Counter(tuple(sheet.at(lower, one).text for one in group) for group in groups)
    if len(below) != 1 or sum(map(len, groups)) != len(columns):
        empty = next(one for one in columns if sheet.at(upper, one).empty)
        journal.doubt(
            sheet.name,
            sheet.at(upper, empty).address,
            "",
            "an upper header over every column; which group this column is of is not certain",
        )
        return
    for group in groups:
        head = sheet.at(upper, group[0])
        for column in group[1:]:
            text, address = table.heads[column]
            table.heads[column] = (f"{head.text}\n{text}", address)
            journal.log(
                sheet.name,
                sheet.at(upper, column).address,
                "",
                head.text,
                f"the header of {head.address} goes on over it",
            )


def context_of(table: Table, words: Vocabulary, areas: Areas, journal: Journal) -> tuple[Said, list[Unit]]:
    """Return what a table's titles and its sheet's name say of all its figures, and the units that they name.

    The nearest title speaks first.
    """
    sheet, said, units = table.sheet, Said(), []
    for row in reversed(table.titles):
        for cell in {one.text: one for one in sheet.row(row)}.values():
            own = read_title(cell.text, words)
            own = replace(own, area=_area_in(cell.text, areas))
            units += units_of(cell.text)
            said = said.under(own)
            journal.log(sheet.name, cell.address, cell.text, _shown(own), "title")
    units += units_of(sheet.name)
    return said.under(replace(read_title(sheet.name, words), area=_area_in(sheet.name, areas))), units


def _area_in(text: str, areas: Areas) -> str:
    """Return the one area, other than the whole, that a title is about; empty where it names none or several."""
    whole = plain(text)
    named = {
        code
        for code, row in areas.table.iterrows()
        if plain(str(row["name_zh"])) in whole and row["level"] in ("city", "district")
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
