"""Headers: what a header, title or label says of the figures that it stands over or beside."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from analysis.intake.amounts import Unit, read_unit
from analysis.intake.areas import Areas
from analysis.intake.journal import Doubtful
from analysis.intake.times import FIRST, LAST, take_times
from analysis.intake.vocabulary import Vocabulary, plain

_BRACKETS = re.compile(r"\(([^()]*)\)|\[([^\[\]]*)\]|【([^【】]*)】")
_UNITS_SAID = re.compile(r"(?:计量)?单位[::]?|units?:|in(?=yuan|persons)")
# Units that stand in a header without brackets, such as 低保标准元/月.
_OPEN_UNIT = re.compile(
    r"[万亿千]?元/?(?:每?人)?[/·.每]*(?:每?人)?[/·.]?(?:月|年)(?:[/·.]?人)?|yuan/(?:person/)?(?:month|year)|yuanper(?:personper)?(?:month|year)|元每人每[月年]|每人每[月年]"
)
_PER_MONTH = re.compile(r"月标准|每月|/月|月人均|按月|permonth|monthly")
_PER_YEAR = re.compile(r"年标准|每年|/年|按年|年人均|peryear|annual|yearly")
_MARKS = re.compile(r"[*†‡#※\u2460-\u2473]|\[\d{1,2}\]|[(（]?注\d+[)）]?")
_PUNCTUATION = re.compile(r"[\s、,，;；:：·/\\|\-—–_+&.。《》\"'“”‘’()\[\]【】?]+")


@dataclass(frozen=True)
class Said:
    """What texts say; empty where they say nothing.

    Attributes:
        area: code.
        year: 0 where none is said.
        period: as a package writes it.
        residence: urban, rural, both.
        programme: as in the vocabulary.
        noun: as in the vocabulary.
        unit: the unit of the figures.
        per: month or year, where it is said apart from the unit.
        derived: a word that makes the figures reckoned from others.
        total: whether a word says that this is a total.
        left: what was not understood.
    """

    area: str = ""
    year: int = 0
    period: str = ""
    residence: str = ""
    programme: str = ""
    noun: str = ""
    unit: Unit | None = None
    per: str = ""
    derived: str = ""
    total: bool = False
    left: str = ""

    @property
    def anything(self) -> bool:
        """Whether it says something of a figure."""
        return bool(self.area or self.year or self.period or self.residence or self.programme or self.noun)

    def under(self, outer: Said) -> Said:
        """Return both together, the outer one only where this one says nothing.

        A unit goes with the kind of figure: that of a title is taken only where no nearer one is said.
        """
        empty = {
            name: getattr(outer, name)
            for name in ("area", "year", "residence", "programme", "noun", "unit", "per")
            if not getattr(self, name)
        }
        if not self.period and not self.year:
            empty["period"] = outer.period
        return replace(self, **empty)


def read_said(text: str, words: Vocabulary, areas: Areas | None = None) -> Said:
    """Read one text: a header's levels joined, a title, a label.

    Args:
        text: as it stands.
        words: the vocabulary.
        areas: given where the whole text may be an area.

    Raises:
        Doubtful: it says two things of one kind, such as two years.
    """
    if areas is not None and (area := areas.find(text)):
        return Said(area=area.code)
    rest = plain(_MARKS.sub("", text)).replace("平方", "")
    units: list[Unit] = []

    def bracketed(found: re.Match[str]) -> str:
        inner = next(part for part in found.groups() if part is not None)
        return " " if _take_units(inner, units, words) else f" {inner} "

    while (replaced := _BRACKETS.sub(bracketed, rest)) != rest:
        rest = replaced
    if said := _UNITS_SAID.search(rest):
        behind = rest[said.end() :]
        if _take_units(behind, units, words):
            rest = rest[: said.start()]
    times, rest = take_times(rest)
    rest = _OPEN_UNIT.sub(lambda found: " " if _take_units(_whole_unit(found[0]), units, words) else found[0], rest)
    per = {"month" for _ in [0] if _PER_MONTH.search(rest)} | {"year" for _ in [0] if _PER_YEAR.search(rest)}
    found, left = [], []
    for part in _PUNCTUATION.split(rest):
        tokens, odd = words.tokens(part)
        found += tokens
        left.append(odd)
    one = {
        kind: _one(kind, [token.value for token in found if token.kind == kind])
        for kind in ("residence", "programme", "noun")
    }
    year, period = (
        _one("year", [str(time.year) for time in times]),
        _one("period", [time.period for time in times if time.period]),
    )
    if year and not FIRST <= int(year) <= LAST:
        raise Doubtful(f"a year from {FIRST} to {LAST}")
    leftover = re.sub(r"[每月年按人均/]+", "", "".join(left)) if per else "".join(left)
    return Said(
        year=int(year or 0),
        period=period,
        residence=one["residence"],
        programme=one["programme"],
        noun=one["noun"],
        unit=_one_unit(units),
        per=_one("period of the amount", sorted(per)),
        derived=next((token.value for token in found if token.kind == "derived"), ""),
        total=any(token.kind == "total" for token in found),
        left=leftover,
    )


def read_title(text: str, words: Vocabulary) -> Said:
    """Read a title or a sheet's name: what it says once is taken, what it says twice is left to the columns.

    Its units are read by :func:`units_of`, since a title may name one for each kind of figure. A bare 城乡 says only what the table is about, and a month only when it was made.
    """
    whole = plain(text)
    unified = any(plain(one) in whole for one in words.words.unified)
    found: dict[str, object] = {}
    rest = whole[: said.start()] if (said := _UNITS_SAID.search(whole)) else whole
    rest = _BRACKETS.sub(
        lambda one: " " if _take_units(next((part for part in one.groups() if part), ""), [], words) else one[0], rest
    )
    times, rest = take_times(rest)
    if len({time.year for time in times}) == 1 and FIRST <= times[0].year <= LAST:
        found["year"] = times[0].year
        periods = {time.period for time in times if time.period}
        found["period"] = periods.pop() if len(periods) == 1 else ""
    tokens = [token for part in _PUNCTUATION.split(rest) for token in words.tokens(part)[0]]
    for kind in ("residence", "programme", "noun"):
        values = {token.value for token in tokens if token.kind == kind} - (
            {"economy"} if kind == "programme" else set()
        )
        if len(values) == 1 and (values != {"both"} or unified):
            found[kind] = values.pop()
    if "urban" in found.values() and "both" in {token.value for token in tokens}:
        found.pop("residence")
    per = {"month" for _ in [0] if _PER_MONTH.search(rest)} | {"year" for _ in [0] if _PER_YEAR.search(rest)}
    return Said(**found, per=per.pop() if len(per) == 1 else "")  # type: ignore[arg-type]


def units_of(text: str, words: Vocabulary) -> list[Unit]:
    """Return the units that a title names, such as those of 单位：元/月、人, or one in brackets."""
    units: list[Unit] = []
    whole = plain(text)
    for bracket in _BRACKETS.finditer(whole):
        _take_units(next((part for part in bracket.groups() if part), ""), units, words)
    for open_unit in _OPEN_UNIT.finditer(_BRACKETS.sub(" ", whole)):
        _take_units(_whole_unit(open_unit[0]), units, words)
    if not units and (said := _UNITS_SAID.search(whole)):
        _take_units(whole[said.end() :].strip("(): "), units, words)
    return units


def _take_units(text: str, into: list[Unit], words: Vocabulary) -> bool:
    """Read a text that is nothing but units; say whether it was."""
    whole = plain(text).strip("(): ").removeprefix("单位").strip(": ")
    found = [read_unit(whole, words.money)]
    if found == [None]:
        found = [read_unit(part, words.money) for part in re.split(r"[、,，;；]", whole)]
    if not whole or not found or any(one is None for one in found):
        return False
    into += [one for one in found if one]
    return True


def _whole_unit(text: str) -> str:
    return f"元{text}" if text.startswith("每人") else text


def _one(kind: str, values: list[str]) -> str:
    distinct = sorted({value for value in values if value})
    for wide in ("both", "economy"):  # a nearer word says more: 城乡低保 over 城镇, 居民 before 低保
        if len(distinct) > 1 and wide in distinct:
            distinct.remove(wide)
    if len(distinct) > 1:
        raise Doubtful(f"one {kind}; the text speaks of {' and '.join(distinct)}")
    return distinct[0] if distinct else ""


def _one_unit(units: list[Unit]) -> Unit | None:
    distinct = list(dict.fromkeys(units))
    if len(distinct) > 1:
        raise Doubtful(f"one unit; the text names {' and '.join(one.said for one in distinct)}")
    return distinct[0] if distinct else None
