"""Marking: how tables, figures and captions stand in the pages' markdown, numbered in the order in which they come."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import pandas as pd

from analysis.report.facts import Facts
from analysis.report.style import Chart
from analysis.report.wording import Wording, as_text

# Of the half page that a figure has.
FULL = 100
NUMBERS = r"\d+(?:[.,-]\d+)*"


class Plates:
    """The figures and tables of one document: gives each its number and its caption.

    Attributes:
        charts: by name; what is not there is left out of the pages.
        used: names of the charts that stand in the pages, in their order.
    """

    def __init__(self, charts: Mapping[str, Chart], facts: Facts, wording: Wording):
        self.charts, self.used = charts, list[str]()
        self._facts, self._wording = facts, wording
        self._figures = self._tables = 0

    def figures(self, names: Sequence[str], percent: float = FULL) -> str:
        """Return figures beside each other, each over its own caption; nothing where none of them was drawn.

        Args:
            names: of the charts.
            percent: width of each, of its place.
        """
        shown = [name for name in names if name in self.charts]
        if not shown:
            return ""
        plates = "\n".join(
            f"::: {{.plated}}\n{self.picture(name, percent)}\n\n{self.caption(name)}\n:::\n" for name in shown
        )
        return f":::: {{.figures}}\n{plates}::::\n"

    def picture(self, name: str, percent: float = FULL) -> str:
        """Return one figure without its caption."""
        self.used.append(name)
        return f'![]({name}.png){{width={percent:g}% alt="{plain(self.charts[name].alt)}"}}'

    def caption(self, name: str) -> str:
        """Return the caption of a figure, numbered."""
        self._figures += 1
        number = self._facts.literal(str(self._figures))
        label = self._wording.pick(f"图{number}", f"Figure {number}")
        said = f"{label}{self._wording.pick('　', '. ')}{self._wording.word(f'caption_{name}')}"
        return f"[[{said}]{{.plate}}]{{.caption}}"

    def table(self, table: pd.DataFrame, caption: str, left: int = 1, kind: str = "narrow") -> str:
        """Return a table under its numbered caption.

        Args:
            table: of text, numbers marked.
            caption: what it shows, with its unit.
            left: how many columns are set left; the others are set right.
            kind: its class: ``narrow``, or ``narrow .scored`` where no cell may break.
        """
        self._tables += 1
        number = self._facts.literal(str(self._tables))
        label = self._wording.pick(f"表{number}　", f"Table {number}. ")
        return (
            f"::: {{.{kind}}}\n[{label}{dated(caption, self._facts)}]{{.caption}}\n\n{pipe_table(table, left)}\n:::\n"
        )


def plain(text: str) -> str:
    """Return a text that can stand in an attribute of the markdown."""
    return " ".join(text.split()).replace("\\", "/").replace('"', "'")


def pipe_table(table: pd.DataFrame, left: int = 2) -> str:
    """Return a table as a pipe table; columns after the first ones are set right."""
    columns = list(table.columns)
    align = [":--" if position < left else "--:" for position in range(len(columns))]
    lines = [columns, align, *table.astype(str).to_numpy().tolist()]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def raw(text: str, facts: Facts) -> str:
    """Return a text of the data or the parameters so that it is printed as it is; its numbers are marked as no results."""
    if not facts.marked:
        return as_text(text)
    parts = re.split(NUMBERS, text)
    numbers = re.findall(NUMBERS, text)
    said = [as_text(parts[0])]
    for number, part in zip(numbers, parts[1:], strict=True):
        said += [facts.literal(number), as_text(part)]
    return "".join(said)


def dated(text: str, facts: Facts) -> str:
    """Mark the numbers of a caption or a sentence of ours as no results; what is marked already stays as it is."""
    if "]{" in text:
        return text
    return re.sub(NUMBERS, lambda match: facts.literal(match.group()), text)


def unbroken(markdown: str) -> str:
    """Hold each number of the text to its unit: no line ends between them. A narrow cell of a table may break there."""
    lines = [line if line.startswith("|") else _held(line) for line in markdown.split("\n")]
    return "\n".join(lines)


def _held(line: str) -> str:
    numbers = re.sub(r"(\]\{\.[nd][^}]*\}) (?=(?:million|thousand|yuan|months)\b)", "\\1\u00a0", line)
    return numbers.replace("million yuan", "million\u00a0yuan")
