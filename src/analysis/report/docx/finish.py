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

from analysis.report.docx.layout import LAYOUT, RIGHT, TEXT_WIDTH_MM

# Styles of pandoc's own that are one of ours under another name.
SAME = {
    "FirstParagraph": "Body Text",
    "ImageCaption": "Caption",
    "TableCaption": "Caption",
    "CaptionedFigure": "Figure",
}
POINTS_A_MM = 72 / 25.4
# A column of words is not made narrower than this many characters.
LEAST_EMS = 8.0
# Of a cell, left and right together, and a little for a font that is wider than ours.
PADDING_POINTS = 6.0
APART = Pt(5)
# A table this short is not divided between pages.
MOST_ROWS_TOGETHER = 12


def finished(given: IO[bytes]) -> Word:
    """Return the document that pandoc wrote with the styles of :mod:`analysis.report.docx.layout` and tables set to them."""
    document = Document(given)
    for paragraph in [Paragraph(found, document) for found in document.element.body.iter(qn("w:p"))]:
        _restyle(paragraph)
    for table in document.tables:
        if table.style.name == LAYOUT:
            _hold_rows(table, 0)
        else:
            _set_table(table)
    return document


def _restyle(paragraph: Paragraph) -> None:
    properties = paragraph._p.pPr
    pandocs = properties.style if properties is not None else None
    if pandocs in SAME:
        paragraph.style = SAME[pandocs]
    if pandocs in ("TableCaption", "CaptionedFigure"):
        paragraph.paragraph_format.keep_with_next = True


def _set_table(table: Table) -> None:
    """Set the columns to what stands in them, in the larger type if that fits, and hold head, rows and short tables."""
    available, columns = TEXT_WIDTH_MM * POINTS_A_MM, _columns(table)
    words = [cell.paragraphs[0].alignment != RIGHT for cell in table.rows[0].cells]
    for style in ("Table Text", "Small Table Text"):
        size = table.part.document.styles[style].font.size.pt
        needs = [_need(cells, size) for cells in columns]
        least = [min(need, LEAST_EMS * size) if wraps else need for need, wraps in zip(needs, words, strict=True)]
        if sum(least) <= available:
            break
    for found in table._tbl.iter(qn("w:p")):
        Paragraph(found, table).style = style
    _set_apart(table)
    set_widths(table, _shared_out(needs, least, available))
    _hold_rows(table, 1)


def _set_apart(table: Table) -> None:
    """Leave a little room between a table and the text above and below."""
    before, after = table._tbl.getprevious(), table._tbl.getnext()
    if before is not None and before.tag == qn("w:p"):
        Paragraph(before, table).paragraph_format.space_after = APART
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


def _hold_rows(table: Table, heads: int) -> None:
    rows = list(table.rows)
    for number, row in enumerate(rows):
        hold(row, head=number < heads)
    if len(rows) <= MOST_ROWS_TOGETHER:
        for row in rows[:-1]:
            for found in row._tr.iter(qn("w:p")):
                Paragraph(found, table).paragraph_format.keep_with_next = True


def _columns(table: Table) -> list[list[str]]:
    return [list(column) for column in zip(*([cell.text for cell in row.cells] for row in table.rows), strict=True)]


def _need(cells: list[str], size: float) -> float:
    """Return the points a column needs: its longest cell on one line, its head on two."""
    head, *body = (ems(text) for text in cells)
    return size * max(math.ceil(head / 2 + 0.5), *body, 2.0) + PADDING_POINTS


def ems(text: str) -> float:
    """Return a text's width in characters of Chinese: a letter or digit is over half of one, a change between them a quarter."""
    changes = len(re.findall(r"[!-~](?=[^!-~ ])|[^!-~ ](?=[!-~])", text))
    return sum(0.58 if character.isascii() else 1.0 for character in text) + changes / 4


def _shared_out(needs: list[float], least: list[float], available: float) -> list[float]:
    """Share a page's width: what is over goes to all columns alike, what is missing is taken from columns that can wrap."""
    missing = sum(needs) - available
    if missing <= 0:
        return [need - missing / len(needs) for need in needs]
    spare = [need - bound for need, bound in zip(needs, least, strict=True)]
    if sum(spare) < missing:
        return [need * available / sum(needs) for need in needs]
    return [need - missing * part / sum(spare) for need, part in zip(needs, spare, strict=True)]
