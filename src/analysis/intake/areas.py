"""Areas: a name or code, in any usual form, as the area of a package."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pandas as pd

from analysis.errors import nearest
from analysis.intake.journal import Doubtful
from analysis.intake.marks import MARKS
from analysis.intake.vocabulary import plain

_CODE = re.compile(r"(\d{6})(?:\.0+|0{3}|0{6})?")
# A code of another country: a few letters or none, then digits.
_FOREIGN_CODE = re.compile(r"[a-z]{0,3}[-.]?\d{1,8}")
_ENDINGS = (
    "特别行政区", "维吾尔自治区", "壮族自治区", "回族自治区", "自治区", "自治州", "自治县", "地区", "新区", "林区", "省", "市", "区", "县", "盟", "州", "旗",
    "province", "prefecture", "municipality", "city", "district", "county",
)  # fmt: skip
_PROVINCE = ("全省", "省级", "全自治区", "province", "wholeprovince")
_CLASS = re.compile(r"(?:第)?(?P<number>[一二三四五六1-6])类(?:地区)?|class(?P<english>[1-6])|(?P<bare>[1-6])")
_CHINESE_DIGITS = "一二三四五六"


class Area(NamedTuple):
    """One area of a package.

    Attributes:
        code: as in the package.
        name_zh: its Chinese name.
        has_rural: whether it has rural residence.
    """

    code: str
    name_zh: str
    has_rural: bool


@dataclass
class Areas:
    """The areas that a file may name: those of the package below it, and those that the file itself brings with code and name.

    Attributes:
        table: one row per area, by code: the columns of ``areas.csv``.
        whole: code of the province; empty where none is known yet.
        provinces: the first two digits of a code to the province's names.
        added: codes that the file brought.
        alone: whether there is no package below, so that the file itself says which classes there are.
        foreign: whether the whole is another country, and every area that a file brings is a part of it.
    """

    table: pd.DataFrame
    whole: str
    provinces: dict[str, list[str]] = field(default_factory=dict)
    added: dict[str, str] = field(default_factory=dict)
    foreign: bool = False
    alone: bool = False

    def __post_init__(self) -> None:
        self._names: dict[str, set[str]] = {}
        self._rows: dict[str, Area] = {}
        rows = self.table.to_dict("index")
        for code in rows:
            self._learn(str(code), rows)

    def _learn(self, code: str, rows: dict[Any, Any]) -> None:
        """Remember every usual form of an area's name: with and without the word for its kind, and with areas above before it."""
        row = rows[code]
        self._rows[code] = Area(code, str(row["name_zh"]), str(row["has_rural"]).lower() == "true")
        forms = {form for name in (row["name_zh"], row["name_en"]) for form in (plain(name), _bare(name))} - {""}
        fronts, above = {""}, str(row["parent_code"])
        while above in rows:
            parent = _bare(str(rows[above]["name_zh"]))
            fronts |= {f"{parent}{ending}{front}" for ending in ("", "省", "市") for front in fronts}
            above = str(rows[above]["parent_code"])
        for form in {f"{front}{form}" for front in fronts for form in forms}:
            self._names.setdefault(form, set()).add(code)

    def find(self, text: str) -> Area | None:
        """Return the area that a text names; None where it names none.

        Raises:
            Doubtful: it names several.
        """
        whole = plain(MARKS.sub("", text.strip()))
        if not whole:
            return None
        if coded := _CODE.fullmatch(whole):
            return self._rows.get(coded[1])
        if whole.upper() in self._rows:
            return self._rows[whole.upper()]
        if whole in _PROVINCE and self.whole:
            return self._rows[self.whole]
        if (number := _class_number(whole, bare=False)) and self.whole:
            code = f"{self.whole}-C{number}"
            if self.alone and code not in self._rows:
                self._add_class(number)
            return self._rows.get(code)
        codes = self._names.get(whole) or self._names.get(_bare(whole)) or set()
        if len(codes) > 1:
            raise Doubtful(f"one area; the name is that of {' and '.join(sorted(codes))}: write the code")
        return self._rows[next(iter(codes))] if codes else None

    def code_in(self, text: str) -> str:
        """Return the code that a text is, of six digits in China; empty where it is none."""
        whole = plain(text)
        if self.foreign:
            return whole.upper() if _FOREIGN_CODE.fullmatch(whole) else ""
        found = _CODE.fullmatch(whole)
        return found[1] if found else ""

    def suggestion(self, text: str) -> str:
        """Say which areas there are near a text."""
        close = nearest(text.strip(), self.table["name_zh"]).partition("; did")[2]
        known = (
            f"an area of the package (it has {len(self.table)})"
            if len(self.table)
            else "a code and a name for each area"
        )
        return f"{known}; did{close}" if close else known

    def bring(self, code: str, name_zh: str, name_en: str) -> str:
        """Add an area that a file names by code and name, below the city or province of its code; say what was made of it.

        Raises:
            Doubtful: its code is not below an area that is known.
        """
        if self.foreign:
            self._add(code, name_zh, name_en, "region", self.whole)
            return f"region {code} added"
        if not self.whole and code[:2] in self.provinces and not code.endswith("0000"):
            self.bring(f"{code[:2]}0000", *self.provinces[code[:2]])
        above = next(
            (one for one in (f"{code[:4]}00", f"{code[:2]}0000") if one != code and one in self.table.index), ""
        )
        level = "province" if code.endswith("0000") else "city" if code.endswith("00") else "district"
        if self.whole and (level == "province" or code[:2] != self.whole[:2]):
            raise Doubtful(f"areas of {self.table.at[self.whole, 'name_zh']}; {code[:2]}0000 is another province")
        if not above and level != "province":
            raise Doubtful(
                f"a code below a known area; {code[:2]}0000 is not known, so add a row or sheet that names the province"
            )
        self._add(code, name_zh, name_en, level, above)
        if level == "province":
            self.whole = code
        return f"{level} {code} added" + (f" below {above}" if above else "")

    def classify(self, code: str, text: str) -> str:
        """Put an area into the class of the provincial minima that a text names; say what was made of it, empty where it stood so.

        Raises:
            Doubtful: no class, another one than it has, or an area that has none.
        """
        number = _class_number(plain(text))
        if not number:
            raise Doubtful("a class of areas, such as 一类 or class 1")
        held = str(self.table.at[code, "area_class"])
        if held == number:
            return ""
        level = str(self.table.at[code, "level"])
        if not self.alone or held or level not in ("city", "district"):
            raise Doubtful(f"class {held}, as known before" if held else f"no class: {code} is a {level}")
        self._add_class(number)
        self.table.at[code, "area_class"] = number
        return f"class {number}"

    def _add_class(self, number: str) -> None:
        code = f"{self.whole}-C{number}"
        if code not in self._rows:
            self._add(code, f"{_CHINESE_DIGITS[int(number) - 1]}类地区", f"Class {number}", "class", self.whole)
            self.table.at[code, "area_class"] = number
            self.added.pop(code)

    def set_whole(self, code: str, name_zh: str, name_en: str) -> None:
        """Make another country the whole that all areas are parts of."""
        self._add(code, name_zh, name_en, "country", "")
        self.added.pop(code)
        self.whole, self.foreign, self.alone = code, True, False

    def _add(self, code: str, name_zh: str, name_en: str, level: str, above: str) -> None:
        up = self.table.loc[above] if above else {}
        row: dict[str, Any] = {
            "name_zh": name_zh, "name_en": name_en or name_zh, "level": level, "parent_code": above,
            "area_class": up.get("area_class", "") if level == "district" else "", "has_rural": str(up.get("has_rural", "true")).lower(),
            "tile_row": "", "tile_col": "", "note": "taken in by name and code",
        }  # fmt: skip
        self.table.loc[code] = pd.Series(row)
        self.added[code] = name_zh
        self._learn(code, self.table.to_dict("index"))

    def parts_of(self, code: str) -> list[str]:
        """Return the cities of a province, or the districts of a city, that the package knows."""
        own = self.table[(self.table["parent_code"] == code) & self.table["level"].isin(["city", "district", "region"])]
        return [str(one) for one in own.index]

    def lacking(self, codes: Iterable[str]) -> list[str]:
        """Return the names of the cities that are not among some codes."""
        named = set(codes)
        cities = self.table[self.table["level"] == "city"]
        return [str(row["name_zh"]) for code, row in cities.iterrows() if code not in named]


def _class_number(text: str, *, bare: bool = True) -> str:
    """Return the number of the class that a plain text names; empty where it names none."""
    named = _CLASS.fullmatch(text)
    if not named or (named["bare"] and not bare):
        return ""
    number = named["english"] or named["bare"] or named["number"]
    return str(_CHINESE_DIGITS.find(number) + 1 or number)


def _bare(name: str) -> str:
    """Return a name without the word for its kind: 广州市 and 广州 are one; a name of two signs keeps the second."""
    whole = plain(name)
    for ending in _ENDINGS:
        if whole.endswith(ending) and len(whole) - len(ending) >= 2:
            return whole.removesuffix(ending)
    return whole
