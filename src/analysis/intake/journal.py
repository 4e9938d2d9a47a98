"""Journal: what was made of each cell, line by line, and every doubt, so that all of a file's doubts are told at once."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field

from analysis.errors import DataRefused
from analysis.files import FORMULA

SHOWN = 20
COLUMNS = ["sheet", "cell", "found", "read_as", "why"]


@dataclass(frozen=True)
class Line:
    """One cell, and what was made of it.

    Attributes:
        sheet: its name; empty for a text file.
        cell: its address, such as ``B7``; in a text file the column's letter and the line.
        found: what stands there.
        read_as: the figure or the role that it was given.
        why: what was converted, or why it was left out.
    """

    sheet: str
    cell: str
    found: str
    read_as: str
    why: str


@dataclass(frozen=True)
class Doubt:
    """A cell that cannot be read with certainty.

    Attributes:
        sheet: its name.
        cell: its address, or those of two cells that contradict each other.
        found: what stands there.
        expected: what would be certain.
    """

    sheet: str
    cell: str
    found: str
    expected: str

    def __str__(self) -> str:
        place = f"{self.sheet}!{self.cell}" if self.sheet else self.cell
        return f"{place}: {self.found[:60]!r}: expected {self.expected}"


class Doubtful(Exception):
    """What was found is not certain; ``expected`` says what would be."""

    def __init__(self, expected: str):
        super().__init__(expected)
        self.expected = expected


@dataclass
class Journal:
    """The lines and doubts of one file, in the order in which they were met.

    Attributes:
        money: what the file's amounts are in.
    """

    money: str = "yuan"
    lines: list[Line] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)

    def log(self, sheet: str, cell: str, found: object, read_as: str, why: str) -> None:
        """Note what was made of a cell."""
        self.lines.append(Line(sheet, cell, str(found), read_as, why))

    def doubt(self, sheet: str, cell: str, found: object, expected: str) -> None:
        """Note a doubt once."""
        one = Doubt(sheet, cell, str(found), self._in_money(expected))
        if one not in self.doubts:
            self.doubts.append(one)

    def _in_money(self, text: str) -> str:
        """Return what is expected in the file's own money."""
        if self.money == "yuan":
            return text
        for own, there in (("yuan", ""), ("元/月", "/month"), ("元/年", "/year")):
            text = text.replace(own, f"{self.money}{there}")
        return text

    def refuse_doubts(self, file: str) -> None:
        """Refuse the file where anything in it is doubtful.

        Raises:
            DataRefused: names the first doubts with sheet, cell, what was found and what was expected.
        """
        if not self.doubts:
            return
        said = [f"  {one}" for one in self.doubts[:SHOWN]]
        if len(self.doubts) > SHOWN:
            said.append(f"  and {len(self.doubts) - SHOWN} more")
        cells = len({(one.sheet, one.cell) for one in self.doubts})
        noun = "cell is" if cells == 1 else "cells are"
        reasons = f" ({len(self.doubts)} reasons)" if len(self.doubts) > cells else ""
        raise DataRefused("\n".join([f"{file}: {cells} {noun} doubtful{reasons}; nothing was written", *said]))

    def csv(self) -> str:
        """Return the lines as CSV; text that a spreadsheet would run is quoted by an apostrophe."""
        stream = io.StringIO()
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["line", *COLUMNS])
        for number, one in enumerate(self.lines, 1):
            writer.writerow([number, *(inert(getattr(one, name)) for name in COLUMNS)])
        return stream.getvalue()


def inert(text: str) -> str:
    """Return a text that no spreadsheet runs, on one line."""
    plain = " ".join(text.split())
    return f"'{plain}" if FORMULA.match(plain) else plain
