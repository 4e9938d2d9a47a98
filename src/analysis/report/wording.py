"""Wording: the words of one language, and the names of a package's areas."""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

import pandas as pd

from analysis.errors import NotHeld
from analysis.inputs.parameters.values import Text
from analysis.report.rounding import percent
from analysis.report.words import NOTES_ZH, WORDS

# What markdown, or the page that it becomes, would take for more than a sign of the text.
_MARKUP = re.compile(r"""([!"#$&*+:<=>@\[\\\]^_`{|}~])""")


_OF_PROGRAMME = re.compile(r"(?P<kind>component_linked|programme|reckoned)_(?P<name>.+)")


def as_text(text: str) -> str:
    """Return a text of the data or the parameters so that markdown shows it as it is."""
    return _MARKUP.sub(r"\\\1", text)


@dataclass(frozen=True)
class Wording:
    """The words of one language, and the names of a package's areas.

    Attributes:
        lang: zh or en.
        areas: indexed by area_code: name_zh, name_en, level, area_class, tile_row, tile_col.
        currency: the package's money, in Chinese and English.
        programmes: name in each language of those that a scenario declares.
    """

    lang: str
    areas: pd.DataFrame
    currency: tuple[str, str] = ("元", "yuan")
    programmes: Mapping[str, Text] = field(default_factory=dict)

    @property
    def money(self) -> str:
        """The name of the package's money."""
        return self.pick(*self.currency)

    @property
    def unit_month(self) -> str:
        """The unit of standards."""
        return self.pick(f"{self.money}/人·月", f"{self.money}/person/month")

    def day(self, day: date) -> str:
        """Return a day as the language writes it."""
        return self.pick(
            f"{day.year}年{day.month}月{day.day}日", f"{day.day} {calendar.month_name[day.month]} {day.year}"
        )

    @cached_property
    def whole(self) -> str:
        """The code of the area that the others are parts of."""
        return str(self.areas.index[self.areas["parent_code"] == ""][0])

    def safe(self) -> Wording:
        """Return the words with the names of areas as markdown shows them unchanged."""
        names = {column: self.areas[column].map(as_text) for column in ("name_zh", "name_en")}
        return replace(self, areas=self.areas.assign(**names))

    def word(self, key: str) -> str:
        """Return a fixed word, or one for a declared programme; an unknown key is a mistake of ours and fails."""
        if key not in WORDS and (found := _OF_PROGRAMME.fullmatch(key)):
            return self._of_programme(found["kind"], self.programmes[found["name"]].in_language(self.lang))
        return WORDS[key][0 if self.lang == "zh" else 1]

    def _of_programme(self, kind: str, name: str) -> str:
        if kind == "component_linked":
            return self.pick(f"{name}联动", f"linked: {name}")
        return name if kind == "programme" else self.pick("低保标准的一定比例", "a share of the dibao standard")

    def area(self, code: str) -> str:
        """Return an area's name; a class by its word."""
        return self._names[code]

    @cached_property
    def _names(self) -> dict[str, str]:
        """Names by code: a page asks for hundreds."""
        names = self.areas["name_zh" if self.lang == "zh" else "name_en"].astype(str).to_dict()
        for code, number in self.areas.loc[self.areas["level"] == "class", "area_class"].items():
            if f"class_{number}" in WORDS:
                names[code] = self.word(f"class_{number}")
        return names

    def pick(self, zh: str, en: str) -> str:
        """Return the text of this language."""
        return zh if self.lang == "zh" else en

    def grade(self, grade: str) -> str:
        """Return a grade's name."""
        return self.word(f"grade_{grade}")

    def note(self, note: str) -> str:
        """Return a step's note in the language; a share that was met is said in words."""
        if self.lang == "en" or note in ("", None):
            return note
        if note.startswith("at least "):
            return f"不低于城镇的{percent(float(note.split()[2]))}"
        return NOTES_ZH.get(note, note)

    def lack(self, missing: NotHeld) -> str:
        """Say in one line why a statistic is left out."""
        return self.word(f"lack_{missing.lack}").format(**missing.values)

    def listed(self, items: list[str]) -> str:
        """Join a list as the language does."""
        if self.lang == "zh":
            return "、".join(items)
        return items[0] if len(items) == 1 else ", ".join(items[:-1]) + " and " + items[-1] if items else ""
