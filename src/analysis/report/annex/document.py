"""The annex as a Word document, laid out as the annex of a notice: label, title, unit, ruled table, notes."""

from __future__ import annotations

from collections.abc import Sequence

from docx.document import Document as Word
from docx.enum.section import WD_SECTION
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Pt
from docx.table import _Cell

from analysis.report.annex.table import Annex, Table, line_count
from analysis.report.docx.finish import POINTS_A_MM, hold, set_widths
from analysis.report.docx.layout import CENTRE, GRID, LEFT, blank, lay_down, packed


def document(annexes: Sequence[Annex]) -> bytes:
    """Return the annexes, each on a page of its own."""
    word = blank("zh")
    for number, annex in enumerate(annexes):
        if number:
            word.add_section(WD_SECTION.NEW_PAGE)
        if annex.landscape:
            lay_down(word.sections[-1])
        word.add_paragraph(annex.label, "Annex Label")
        word.add_paragraph("\n".join(annex.title), "Title")
        word.add_paragraph(annex.unit, "Annex Unit")
        for table in annex.tables:
            if table.caption:
                word.add_paragraph(table.caption, "Caption").paragraph_format.keep_with_next = True
            _add(word, table)
        for note in annex.numbered_notes():
            word.add_paragraph(note, "Note")
    return packed(word, "".join(annexes[0].title), "zh")


def _add(word: Word, table: Table) -> None:
    columns = [name for _, names in table.heads for name in names]
    made = word.add_table(rows=table.depth + len(table.rows), cols=len(columns))
    made.style, made.alignment = GRID, WD_TABLE_ALIGNMENT.CENTER
    set_widths(made, [POINTS_A_MM * width for width in table.widths_mm])
    # python-docx walks a table anew for every cell asked of it; its rows are walked once.
    cells = [row.cells for row in made.rows]
    heads, body = cells[: table.depth], cells[table.depth :]
    _add_heads(table, heads)
    for column in range(len(columns)):
        for first, last in table.runs(column):
            text = str(table.rows[first][column])
            wraps = line_count(text, table.widths_mm[column]) > 1
            _write(_joined(body[first][column], body[last][column]), text, LEFT if wraps else CENTRE)
    for number, row in enumerate(made.rows):
        hold(row, head=number < table.depth)
        if number >= table.depth:
            row.height = Pt(table.heights_points()[number - table.depth])


def _add_heads(table: Table, heads: list[tuple[_Cell, ...]]) -> None:
    column = 0
    for group, names in table.heads:
        if group:
            _write(_joined(heads[0][column], heads[0][column + len(names) - 1]), group)
        for name in names:
            _write(heads[-1][column] if group else _joined(heads[0][column], heads[-1][column]), name)
            column += 1


def _joined(first: _Cell, last: _Cell) -> _Cell:
    return first if first._tc is last._tc else first.merge(last)


def _write(cell: _Cell, text: str, align: WD_ALIGN_PARAGRAPH = CENTRE) -> None:
    # Joining cells keeps the paragraphs of both.
    for surplus in cell.paragraphs[1:]:
        surplus._p.getparent().remove(surplus._p)
    paragraph = cell.paragraphs[0]
    paragraph.style = "Small Table Text"
    paragraph.add_run(text)
    paragraph.alignment = align
    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
