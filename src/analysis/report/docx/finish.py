"""What pandoc leaves to do in a Word document: tables that fit, whose head repeats and whose rows hold together."""

from __future__ import annotations

import math
import re
from typing import IO

from docx import Document
from docx.document import Document as Word
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt
from docx.table import Table, _Row
from docx.text.paragraph import Paragraph

from analysis.report.docx.layout import KEYS, RIGHT, TEXT_WIDTH_MM

POINTS_A_MM = 72 / 25.4
# Where neither the font nor one of its substitutes is installed, the wide one that free systems fall back on must fit too.
WIDTHS = (
    dict.fromkeys(" ,.:;'|/()il", 0.33)
    | dict.fromkeys("%mwMW", 0.96)
    | dict.fromkeys("0123456789", 0.64)
    | {"-": 0.37, "+": 0.84}
)
# A column of words is not made narrower than this many characters.
LEAST_EMS = 8.0
# A head this short is not broken.
SHORT_HEAD_EMS = 4.5
# Of a cell, left and right together, and a little for a font that is wider than ours.
PADDING_POINTS = 6.0
APART = Pt(5)
# A table this short is not divided between pages.
MOST_ROWS_TOGETHER = 12


def finished(given: IO[bytes]) -> Word:
    """Return the document that pandoc wrote with the styles of :mod:`analysis.report.docx.layout` and tables set to them."""
    document = Document(given)
    for paragraph in document.paragraphs:
        if paragraph._p.style == "FirstParagraph":  # pandoc's own, after a head
            paragraph.style = "Body Text"
    for table in document.tables:
        if table.style.name == KEYS:
            _set_keys(table)
        else:
            _set_table(table)
    return document


def _set_table(table: Table) -> None:
    """Set the columns to what stands in them, in the largest type that breaks no cell or else no number; hold the rows."""
    available, columns = TEXT_WIDTH_MM * POINTS_A_MM, _columns(table)
    words = [cell.paragraphs[0].alignment != RIGHT for cell in table.rows[0].cells]
    for style, bound in (("Table Text", 0), ("Small Table Text", 1), ("Smallest Table Text", 1)):
        size = table.part.document.styles[style].font.size.pt
        asked = [_need(cells, size, wraps) for cells, wraps in zip(columns, words, strict=True)]
        if sum(one[bound] for one in asked) <= available:
            break
    needs, least = [need for need, _ in asked], [bound for _, bound in asked]
    for found in table._tbl.iter(qn("w:p")):
        Paragraph(found, table).style = style
    _set_apart(table)
    set_widths(table, _shared_out(needs, least, available))
    _hold_rows(table)


def _set_keys(table: Table) -> None:
    """Set a table of key figures: columns alike, the first row under the head large."""
    for number, row in enumerate(table.rows):
        for found in row._tr.iter(qn("w:p")):
            Paragraph(found, table).style = "Key Figure" if number == 1 else "Small Table Text"
    _set_apart(table)
    columns = len(table.columns)
    set_widths(table, [TEXT_WIDTH_MM * POINTS_A_MM / columns] * columns)
    _hold_rows(table)


def _set_apart(table: Table) -> None:
    """Leave a little room between a table and the text above and below; its caption stays with it."""
    before, after = table._tbl.getprevious(), table._tbl.getnext()
    if before is not None and before.tag == qn("w:p"):
        above = Paragraph(before, table)
        if above.style.name == "Caption":
            above.paragraph_format.keep_with_next = True
        else:
            above.paragraph_format.space_after = APART
    if after is not None and after.tag == qn("w:p"):
        Paragraph(after, table).paragraph_format.space_before = APART


def set_widths(table: Table, widths_points: list[float]) -> None:
    """Fix a table's columns, the same in Word and in every other reader."""
    table.autofit = False
    table._tbl.tblPr.find(qn("w:tblW")).set(qn("w:type"), "dxa")
    table._tbl.tblPr.find(qn("w:tblW")).set(qn("w:w"), str(round(20 * sum(widths_points))))
    for column, width in zip(table.columns, widths_points, strict=True):
        column.width = Pt(width)
    for row in table.rows:
        for cell, width in zip(row.cells, widths_points, strict=True):
            cell.width = Pt(width)


def hold(row: _Row, *, head: bool = False) -> None:
    """Do not divide a row between pages; repeat a head on each."""
    properties = row._tr.get_or_add_trPr()
    for name in ("w:cantSplit", *(["w:tblHeader"] if head else [])):
        if properties.find(qn(name)) is None:
            properties.append(OxmlElement(name))


def _hold_rows(table: Table) -> None:
    rows = list(table.rows)
    for number, row in enumerate(rows):
        hold(row, head=not number)
    if len(rows) <= MOST_ROWS_TOGETHER:
        for row in rows[:-1]:
            for found in row._tr.iter(qn("w:p")):
                Paragraph(found, table).paragraph_format.keep_with_next = True


def _columns(table: Table) -> list[list[str]]:
    return [list(column) for column in zip(*([cell.text for cell in row.cells] for row in table.rows), strict=True)]


def _need(cells: list[str], size: float, wraps: bool) -> tuple[float, float]:
    """Return the points that a column asks for and the least it can do with.

    It asks for its longest cell on one line and its head on two; a number or short head is never broken, a head as often as
    it has words, other words as often as they must.
    """
    head, body = cells[0], max((ems(text) for text in cells[1:]), default=0.0)
    word = max((ems(word) for word in re.findall(r"[!-~]+", head)), default=0.0)
    short = min(ems(head), SHORT_HEAD_EMS)
    wanted, least = max(math.ceil(ems(head) / 2 + 0.5), short, word, body), max(short, word, body)
    if wraps:
        least = min(least, LEAST_EMS)
    return size * max(wanted, least) + PADDING_POINTS, size * least + PADDING_POINTS


def ems(text: str) -> float:
    """Return a text's width in characters of Chinese.

    A letter is a little over half of one, a digit two thirds, a space or mark a third, an m, w or per cent sign nearly one, a change
    between Chinese and figures a quarter.
    """
    changes = len(re.findall(r"[0-9A-Za-z%](?=[一-鿿])|[一-鿿](?=[0-9A-Za-z])", text))
    return sum(WIDTHS.get(character, 0.58 if character.isascii() else 1.0) for character in text) + changes / 4


def _shared_out(needs: list[float], least: list[float], available: float) -> list[float]:
    """Share a page's width: what is over goes to all columns alike, what is missing is taken from columns that can wrap."""
    missing = sum(needs) - available
    if missing <= 0:
        return [need - missing / len(needs) for need in needs]
    spare = [need - bound for need, bound in zip(needs, least, strict=True)]
    if sum(spare) < missing:
        return [need * available / sum(needs) for need in needs]
    return [need - missing * part / sum(spare) for need, part in zip(needs, spare, strict=True)]
