"""Facts: results by key, printed as an official expects, each number traceable to its row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from analysis.errors import ScenarioFailed, nearest
from analysis.model.results import KEY
from analysis.report.rounding import fixed, percent, whole_percents

# Below it a million is too coarse to print: the charts show the same amount to a tenth.
HUNDRED_MILLION = 9.995e7  # what prints as one


def money(value: float, lang: str) -> tuple[str, str]:
    """Return a yearly amount and its unit: 亿元 or 万元 in Chinese, million yuan in English.

    Example:
        >>> money(473_099_554, "zh"), money(473_099_554, "en"), money(5_600_000, "zh")
        (('4.73', '亿元'), ('473', ' million yuan'), ('560', '万元'))
    """
    if lang == "en":
        return (
            fixed(value / 1e6, 0, ",") if abs(value) >= HUNDRED_MILLION or not value else fixed(value / 1e6, 1)
        ), " million yuan"
    return (fixed(value / 1e8, 2), "亿元") if abs(value) >= 1e8 else (fixed(value / 1e4, 0, ","), "万元")


def amount(value: float, lang: str) -> tuple[str, str]:
    """Return a yearly amount as tables print it, the unit in their head: whole 万元, million yuan to a tenth."""
    return (fixed(value / 1e6, 1, ",") if lang == "en" else fixed(value / 1e4, 0, ",")), ""


def persons(value: float, lang: str) -> tuple[str, str]:
    """Return a number of people and its unit: 万人 in Chinese, thousand in English."""
    return (fixed(value / 1e4, 1), "万人") if lang == "zh" else (fixed(value / 1e3, 0, ","), " thousand")


STYLES: dict[str, Callable[[float, str], tuple[str, str]]] = {
    "yuan": lambda value, lang: (fixed(value, 0, ",") if lang == "en" else fixed(value), ""),
    "percent": lambda value, lang: (percent(value, 1)[:-1], "%"),
    "percent2": lambda value, lang: (percent(value, 2)[:-1], "%"),
    "percent3": lambda value, lang: (percent(value, 3)[:-1], "%"),
    "percent0": lambda value, lang: (percent(value, 0)[:-1], "%"),
    "plain": lambda value, lang: (f"{value:.3g}", ""),
    "ratio": lambda value, lang: (fixed(value, 2), ""),
    "count": lambda value, lang: (fixed(value), ""),
    "one": lambda value, lang: (fixed(value, 1), ""),
    "points": lambda value, lang: (percent(value, 2)[:-1], ""),
    "each": lambda value, lang: (fixed(value, 0, ","), ""),
    "thousandth": lambda value, lang: (fixed(value, 3), ""),
    "money": money,
    "amount": amount,
    "persons": persons,
    "people": lambda value, lang: (persons(value, lang)[0], ""),
}


@dataclass
class Facts:
    """The results of one scenario beside the history of its package.

    Attributes:
        table: result rows; those of the dataset have an empty scenario.
        scenario: whose rows to take.
        lang: zh or en.
        marked: whether numbers carry their keys, as ``[1249]{.n key="..."}``.
        said: key and printed text of every number that was said.
    """

    table: pd.DataFrame
    scenario: str
    lang: str
    marked: bool = False
    said: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Index the rows by measure: a page asks some hundred times."""
        own = self.table[self.table["scenario"].isin(["", self.scenario])]
        self._measured: dict[str, list[dict[str, Any]]] = {}
        names = list(own.columns)
        parts = [names.index(name) for name in KEY]
        # to_dict("records") takes three times as long, and columns are slow to read: each is read once.
        for row in zip(*(own[name].tolist() for name in names), strict=True):
            said = dict(zip(names, row, strict=True), key=":".join([row[part] for part in parts]))
            self._measured.setdefault(said["measure"], []).append(said)

    def row(self, measure: str, **where: Any) -> tuple[str, dict[str, Any]]:
        """Return the one row that answers, with its key; the scenario's own before the dataset's.

        Raises:
            ScenarioFailed: none, or more than one.
        """
        rows = self._answers(measure, where)
        if len(rows) != 1:
            asked = " ".join(str(one) for one in where.values())
            near = "" if measure in self._measured else nearest(measure, self._measured).partition("; ")[2]
            raise ScenarioFailed(f"results hold {len(rows)} rows of {measure} {asked}{'; ' if near else ''}{near}")
        return rows[0]["key"], rows[0]

    def _answers(self, measure: str, where: dict[str, Any]) -> list[dict[str, Any]]:
        asked = {"component": "", "tier": "", "residence": "", "statistic": "central"} | where
        asked = {name: str(value) for name, value in asked.items()}
        rows = [
            row for row in self._measured.get(measure, ()) if all(row[name] == value for name, value in asked.items())
        ]
        return [row for row in rows if row["scenario"] == self.scenario] if len(rows) > 1 else rows

    def rows(self, measure: str) -> list[dict[str, Any]]:
        """Return every row of a measure, the dataset's and the scenario's, each with its key."""
        return list(self._measured.get(measure, ()))

    def own(self, measure: str) -> list[dict[str, Any]]:
        """Return the scenario's rows of a measure, each with its key."""
        return [row for row in self._measured.get(measure, ()) if row["scenario"] == self.scenario]

    def has(self, measure: str, **where: Any) -> bool:
        """Say whether a row answers."""
        return len(self._answers(measure, where)) == 1

    def value(self, measure: str, **where: Any) -> float:
        """Return a number, unrounded beyond its contract."""
        return float(self.row(measure, **where)[1]["value"])

    def say(self, measure: str, style: str, *, size: bool = False, sign: bool = False, **where: Any) -> str:
        """Return a number as printed, with its unit where the style has one.

        Args:
            measure: of the row.
            style: one of STYLES.
            size: print it without its sign.
            sign: print a plus before a rise.
            **where: the row's other fields.
        """
        key, row = self.row(measure, **where)
        value = abs(row["value"]) if size else row["value"]
        text, unit = STYLES[style](value, self.lang)
        text = text if text.strip("-0.,") else text.removeprefix("-")  # less than is printed has no sign
        text = ("+" if sign and value > 0 and text.strip("0.,") else "") + text
        self.said.append((key, text))
        return (f'[{text}]{{.n key="{key}"}}' if self.marked else text) + unit

    def say_parts(self, measures: list[str], **where: Any) -> list[str]:
        """Return parts of one whole in whole per cent, so rounded that they add to what the whole is (largest remainder)."""
        rows = [self.row(measure, **where) for measure in measures]
        said = []
        for (key, _), percent_of in zip(rows, whole_percents([row["value"] for _, row in rows]), strict=True):
            self.said.append((key, str(percent_of)))
            said.append((f'[{percent_of}]{{.n key="{key}"}}' if self.marked else str(percent_of)) + "%")
        return said

    def literal(self, text: str) -> str:
        """Return a date, a document or page number: a figure of the page that is no result."""
        return f"[{text}]{{.d}}" if self.marked else text
