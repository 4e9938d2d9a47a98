"""Costing: what the workbook is written from, and the rows that its sheets have in common."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from analysis.inputs.evidence import Evidence
from analysis.inputs.parameters.scenario import Scenario
from analysis.inputs.rules import Rule
from analysis.model.simulate import Outcome
from analysis.report.workbook.bilingual import Bilingual
from analysis.report.workbook.formula import Formula, mean_where, span, total, total_where
from analysis.report.workbook.sheet import Pair, Sheet

RESIDENCES = ("urban", "rural")
# Heads, the signs below them, and the first area.
HEAD_ROW, FIRST_ROW = 3, 5
AREA_WIDTH = 33
# So many rows stay legible on one printed page.
ROWS_OF_A_PAGE = 50
IDENTITY: tuple[Pair, ...] = (("代码", "code"), ("地区", "area"), ("类别", "class"), ("城乡", "residence"))
CLASS_COLUMN, RESIDENCE_COLUMN = 2, 3


@dataclass(frozen=True)
class Costing:
    """One scenario's central case, and the names of what it is made of.

    Attributes:
        outcome: what the scenario comes to.
        evidence: the data package as known on its day.
        rules: the package's dated rules.
        labels: names in both languages.
    """

    outcome: Outcome
    evidence: Evidence
    rules: list[Rule]
    labels: Bilingual

    @property
    def scenario(self) -> Scenario:
        """The scenario, ranges filled in."""
        return self.outcome.case.scenario

    @cached_property
    def cells(self) -> list[dict]:
        """One record for each area and residence, as in ``outcome.cells``."""
        return self.outcome.cells.to_dict("records")

    @cached_property
    def class_code(self) -> dict[str, str]:
        """Class number to the code of the class."""
        return {number: code for code, number in self.outcome.floors.classes.items()}

    def class_cell(self, cell: dict) -> tuple[str, str]:
        """Return the class and residence whose floors hold for an area's cell."""
        return self.class_code[cell["area_class"]], cell["residence"]

    @property
    def classes(self) -> tuple[str, ...]:
        """Class codes from the highest to the lowest."""
        return self.outcome.floors.order


def place_of(cell: dict) -> tuple[str, str]:
    """Return the area and residence of a record of ``Costing.cells``."""
    return cell["area_code"], cell["residence"]


@dataclass(frozen=True)
class Column:
    """A column of an area sheet.

    Attributes:
        cells: one for each area and residence.
        sums: residence to its sum, or its mean where the column has means, and "" to the sum of all; empty where the
            column has none below.
    """

    cells: list[Formula]
    sums: dict[str, Formula] = field(default_factory=dict)

    def __getitem__(self, position: int) -> Formula:
        return self.cells[position]

    @property
    def range(self) -> Formula:
        """The cells as one range."""
        return span(self.cells)


class AreaSheet:
    """A sheet with one row for each area and residence: the same row in every such sheet.

    Args:
        sheet: empty but for its heading.
        costing: whose areas.
        heads: of all columns after those that name the row, with the sign of each.
    """

    def __init__(self, sheet: Sheet, costing: Costing, heads: list[tuple[Pair, str]]):
        self.sheet, self.costing, self.labels = sheet, costing, costing.labels
        self._next, self._last_column, self._named_below = len(IDENTITY), len(IDENTITY) + len(heads) - 1, False
        note = sheet.note_text
        sheet.say(2, 0, len(IDENTITY) + len(heads) - 1, "\n".join(part for part in note if part))
        sheet.heads(
            HEAD_ROW, [*IDENTITY, *(head for head, _ in heads)], ["", "", "c", "s", *(sign for _, sign in heads)]
        )
        sheet.freeze(FIRST_ROW, len(IDENTITY))
        sheet.width(1, AREA_WIDTH)
        sheet.page.fit_to_pages(1, 1 if len(costing.cells) <= ROWS_OF_A_PAGE else 0)
        self.last_row = FIRST_ROW + len(costing.cells) - 1
        names = [self._named(FIRST_ROW + place, cell) for place, cell in enumerate(costing.cells)]
        self.classes, self.residences = (span([row[column] for row in names]) for column in (0, 1))

    def _named(self, row: int, cell: dict) -> tuple[Formula, Formula]:
        texts = (
            cell["area_code"],
            self.labels.area(cell["area_code"]),
            self.labels.area_class(cell["area_class"]),
            self.labels.word(cell["residence"]),
        )
        written = [self.sheet.put(row, column, text, "name", "text") for column, text in enumerate(texts)]
        return written[CLASS_COLUMN], written[RESIDENCE_COLUMN]

    def column(
        self,
        each: Callable[[int, dict], Formula | None],
        number: str,
        *,
        kind: str = "formula",
        below: Literal["", "total", "sum", "mean"] = "",
    ) -> Column:
        """Write the next column.

        Args:
            each: position and record of a row to its formula; None where there is nothing to show.
            number: how numbers are shown.
            kind: of the cells.
            below: what stands below: sums by residence and of all, sums by residence alone, or means by residence.
        """
        place, self._next = self._next, self._next + 1
        contents = [each(position, cell) for position, cell in enumerate(self.costing.cells)]
        if number == "cents" and all(content is None or _is_whole(content.value) for content in contents):
            number = "yuan"
        cells = [
            self.sheet.put(row, place, content, kind if content is not None else "unknown", number)
            for row, content in enumerate(contents, start=FIRST_ROW)
        ]
        sides = [side for side in RESIDENCES if any(cell["residence"] == side for cell in self.costing.cells)]
        function = mean_where if below == "mean" else total_where
        found = {side: function(span(cells), (self.residences, self.labels.word(side))) for side in sides if below}
        if below == "total":
            found[""] = total(span(cells))
        return Column(cells, self._below(place, found, number) if found else {})

    def _below(self, place: int, contents: dict[str, Formula], number: str) -> dict[str, Formula]:
        """Write sums or means below a column; the first to do so names the rows and closes the gaps left of it."""
        rows = {side: self.last_row + 1 + position for position, side in enumerate((*RESIDENCES, ""))}
        for side, row in rows.items():
            if not self._named_below:
                for column in range(len(IDENTITY), self._last_column + 1):
                    self.sheet.put(row, column, None, "result")
                texts = (
                    "合计 total" if side == "" else "小计 subtotal",
                    None,
                    None,
                    self.labels.word(side) if side else None,
                )
                for column, text in enumerate(texts):
                    self.sheet.put(row, column, text, "result", "text")
        self._named_below = True
        return {
            side: self.sheet.put(rows[side], place, content, "result", number) for side, content in contents.items()
        }


def _is_whole(value: float | None) -> bool:
    return value is None or float(value).is_integer()
