"""A table of the annex: its cells, each number with its key, and how high its rows have to be."""

from __future__ import annotations

import math
from dataclasses import dataclass

from analysis.report.docx.finish import POINTS_A_MM, ems
from analysis.report.facts import STYLES

# Of the tables' letters, between their lines, and of a row of one line.
SIZE_POINTS, LINE_POINTS, ROW_POINTS = 9.0, 13.0, 19.0
# Of a cell, left and right together, as the style of the table has them.
MARGINS_POINTS = 5.0


@dataclass(frozen=True)
class Number:
    """A number of the results.

    Attributes:
        value: as there.
        style: how it is printed, one of those of :data:`analysis.report.facts.STYLES`.
        key: of its row.
        grade: of its row.
        rests_on: the assumptions it rests on, joined by semicolons.
        marked: whether it is inferred or assumed.
    """

    value: float
    style: str
    key: str
    grade: str
    rests_on: str
    marked: bool

    def __str__(self) -> str:
        """Return it as printed, with a star where it is inferred or assumed."""
        return "".join(STYLES[self.style](self.value, "zh")) + ("*" if self.marked else "")


Cell = str | Number


@dataclass(frozen=True)
class Table:
    """One table of an annex.

    Attributes:
        heads: each group with its columns; a group without a name is one column.
        rows: cells; empty text where nothing is known.
        widths_mm: of the columns.
        joined: how many columns, from the left, are set once for neighbours that are alike.
        caption: above it; empty for the first, which stands under the title.
    """

    heads: tuple[tuple[str, tuple[str, ...]], ...]
    rows: list[list[Cell]]
    widths_mm: tuple[float, ...]
    joined: int
    caption: str = ""

    @property
    def depth(self) -> int:
        """How many rows the head takes."""
        return 2 if any(group for group, _ in self.heads) else 1

    def runs(self, column: int) -> list[tuple[int, int]]:
        """Return first and last row of each run of neighbours that are alike in this column and those left of it.

        Columns that are not joined have runs of one row.
        """
        found: list[tuple[int, int]] = []
        for number, row in enumerate(self.rows):
            alike = number and column < self.joined and self.rows[number - 1][: column + 1] == row[: column + 1]
            found = [*found[:-1], (found[-1][0], number)] if alike else [*found, (number, number)]
        return found

    def heights_points(self) -> list[float]:
        """Return each row's height: what is joined shares its lines out to its rows."""
        heights = [ROW_POINTS] * len(self.rows)
        for column, width in enumerate(self.widths_mm):
            for first, last in self.runs(column):
                lines = line_count(str(self.rows[first][column]), width)
                for row in range(first, last + 1):
                    heights[row] = max(heights[row], (lines * LINE_POINTS + 3) / (last - first + 1))
        return heights


def line_count(text: str, width_mm: float) -> int:
    """Return how many lines a text takes in a cell or note of this width, at the size of the tables."""
    return max(1, math.ceil(SIZE_POINTS * ems(text) / (POINTS_A_MM * width_mm - MARGINS_POINTS)))


@dataclass(frozen=True)
class Annex:
    """One annex.

    Attributes:
        label: such as 附件1.
        title: its lines.
        unit: of the numbers without one.
        tables: the first under the title.
        notes: each text and numbers in turn.
        landscape: whether its pages lie on their side.
    """

    label: str
    title: tuple[str, ...]
    unit: str
    tables: list[Table]
    notes: list[list[Cell]]
    landscape: bool = False

    def numbered_notes(self) -> list[str]:
        """Return the notes as printed."""
        starts = ["注：", *["　　"] * (len(self.notes) - 1)]
        return [
            f"{start}{place}. {''.join(map(str, note))}"
            for place, (start, note) in enumerate(zip(starts, self.notes, strict=True), 1)
        ]
