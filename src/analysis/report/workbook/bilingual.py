"""Bilingual: the words and names of the workbook, Chinese with English beside."""

from __future__ import annotations

import functools
from dataclasses import dataclass

from analysis.report.wording import Wording
from analysis.report.words import WORDS

UNITS = {
    "yuan/person/month": "元/人·月 yuan/person/month",
    "yuan/worker/month": "元/人·月 yuan/worker/month",
    "yuan/person/year": "元/人·年 yuan/person/year",
    "yuan/year": "元/年 yuan/year",
    "yuan": "元 yuan",
    "persons": "人 persons",
    "share": "比例 share",
    "share of minimum wage": "占最低工资比例 share of minimum wage",
    "share of urban standard": "占城镇标准比例 share of urban standard",
    "ratio": "比值 ratio",
    "areas": "个 areas",
    "months": "月 months",
    "month": "月 month",
    "times": "倍 times",
    "classes": "类 classes",
}


@dataclass(frozen=True)
class Bilingual:
    """What a word or an area is called in both languages.

    Attributes:
        zh: Chinese wording.
        en: English wording.
    """

    zh: Wording
    en: Wording

    @functools.cached_property
    def _areas(self) -> dict[str, str]:
        return {code: f"{self.zh.area(code)} {self.en.area(code)}" for code in self.zh.areas.index}

    def word(self, key: str) -> str:
        """Return a fixed word in both languages."""
        return f"{self.zh.word(key)} {self.en.word(key)}"

    def area(self, code: str) -> str:
        """Return an area's name in both languages."""
        return self._areas[code]

    def area_class(self, number: str) -> str:
        """Return the name of an area class, given its number."""
        key = f"class_{number}"
        return self.word(key) if key in WORDS else f"{number}类地区 Class {number}"

    def grade(self, grade: str) -> str:
        """Return the name of a grade; empty where there is none."""
        return self.word(f"grade_{grade}").strip()

    def programme(self, programme: str) -> str:
        """Return the name of a programme."""
        key = f"programme_{programme}"
        return self.word(key) if key in WORDS or programme in self.zh.programmes else programme

    def unit(self, unit: str) -> str:
        """Return the name of a unit; one that has no Chinese here as it is."""
        return UNITS.get(unit, unit)
