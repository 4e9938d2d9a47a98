"""Times: a text or cell as a year and a period, as a package writes them."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from typing import NamedTuple

from analysis.intake.journal import Doubtful
from analysis.intake.vocabulary import plain

FIRST, LAST = 1990, 2050
_DIGITS = {sign: str(number) for number, sign in enumerate("零一二三四五六七八九")} | {
    "〇": "0",
    "○": "0",
    "o": "0",
    "0": "0",
    "◯": "0",
}
_CHINESE = re.compile(r"[一二][零〇○◯o0一二三四五六七八九]{3}(?=年|$)")
_MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_name) if name}
_MONTHS |= {name.lower(): number for number, name in enumerate(calendar.month_abbr) if name}
_ENGLISH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_TIMES = (
    re.compile(r"(?P<year>(?:19|20)\d{2})年?(?P<first>1[0-2]|0?[1-9])(?:月)?(?:-|至|到|~|—|–)(?P<last>1[0-2]|0?[1-9])月(?:份)?(?:末|底)?"),
    re.compile(r"(?P<year>(?:19|20)\d{2})年(?P<first>1[0-2]|0?[1-9])月(?:份)?(?:(?:3[01]|[12]\d|0?[1-9])日|末|底)?"),
    re.compile(r"(?P<year>(?:19|20)\d{2})[-/.](?P<first>1[0-2]|0[1-9])(?:[-/.](?:3[01]|[12]\d|0[1-9]))?(?!\d)"),
    re.compile(r"(?P<year>(?:19|20)\d{2})(?P<first>1[0-2]|0[1-9])(?!\d)"),
    re.compile(r"(?P<year>(?:19|20)\d{2})年?(?P<half>上半年|下半年|h[12])"),
    re.compile(r"(?P<year>(?:19|20)\d{2})年?第?(?P<quarter>[一二三四1-4])季度|(?P<year2>(?:19|20)\d{2})年?q(?P<quarter2>[1-4])"),
    re.compile(rf"(?P<month>{_ENGLISH})[.,]?(?P<year>(?:19|20)\d{{2}})"),
    re.compile(r"(?P<year>(?:19|20)\d{2})(?P<end>年末|年底|年终)"),
    re.compile(r"(?<!\d)(?P<year>(?:19|20)\d{2})(?:年度|年|度)?(?![\d.])"),
)  # fmt: skip
_PERIODS = (
    re.compile(r"m(?P<first>1[0-2]|0[1-9])(?:-m(?P<last>1[0-2]|0[1-9]))?"),
    re.compile(r"(?P<first>1[0-2]|0?[1-9])(?:月)?(?:-|至|到|~)(?P<last>1[0-2]|0?[1-9])月(?:份)?(?:末|底)?"),
    re.compile(r"(?P<first>1[0-2]|0?[1-9])月(?:份)?(?:末|底)?"),
)
_WHOLE_YEAR = ("y", "全年", "年", "年度", "year", "fullyear", "")


class Time(NamedTuple):
    """A year, and a period of it as a package writes it (Y, H1, Q2, M04, M01-M06); the period is empty where none is said."""

    year: int
    period: str


def take_times(text: str) -> tuple[list[Time], str]:
    """Take the years and periods out of a plain text; return them and the rest."""
    found: list[Time] = []
    rest = _CHINESE.sub(lambda one: "".join(_DIGITS.get(sign, sign) for sign in one[0]), text)
    for pattern in _TIMES:
        while one := pattern.search(rest):
            found.append(_time(one.groupdict()))
            rest = rest[: one.start()] + rest[one.end() :]
    return found, rest


def _time(said: dict[str, str | None]) -> Time:
    year = int(said.get("year") or said.get("year2") or 0)
    if said.get("first"):
        return Time(year, _months(said["first"], said.get("last")))
    if said.get("month"):
        return Time(year, f"M{_MONTHS[said['month'] or '']:02d}")
    if half := said.get("half"):
        return Time(year, "H1" if half in ("上半年", "h1") else "H2")
    if quarter := said.get("quarter") or said.get("quarter2"):
        return Time(year, f"Q{'一二三四'.find(quarter) + 1 or quarter}")
    return Time(year, "M12" if said.get("end") else "")


def _months(first: str | None, last: str | None) -> str:
    begin = f"M{int(first or 0):02d}"
    return f"{begin}-M{int(last):02d}" if last and int(last) != int(first or 0) else begin


def read_time(value: object) -> Time:
    """Read a cell that holds a time.

    Raises:
        Doubtful: no year, several, or a number with a point (2024.1 may be January or October).
    """
    if isinstance(value, dt.datetime | dt.date):
        if FIRST <= value.year <= LAST:
            first_day = value.month == 1 and value.day == 1
            return Time(value.year, "" if first_day else f"M{value.month:02d}")
        raise Doubtful(f"a year from {FIRST} to {LAST}")
    if isinstance(value, float) and not value.is_integer():
        raise Doubtful("a year, or year and month in the form 2024-04; 2024.1 may be January or October")
    text = plain(str(int(value)) if isinstance(value, float) else str(value))
    found, rest = take_times(text)
    if len(found) != 1 or rest.strip("()截至止度初") or not FIRST <= found[0].year <= LAST:
        raise Doubtful(f"one year from {FIRST} to {LAST}, such as 2024, 2024年 or 2024年4月")
    return found[0]


def read_period(value: object) -> str:
    """Read a cell that holds a month or another part of a year.

    Raises:
        Doubtful: none that is known.
    """
    text = plain(str(int(value)) if isinstance(value, float) and value.is_integer() else str(value))
    if text in _WHOLE_YEAR:
        return "Y"
    if re.fullmatch(r"h[12]|q[1-4]", text):
        return text.upper()
    if text in ("上半年", "下半年"):
        return "H1" if text == "上半年" else "H2"
    if quarter := re.fullmatch(r"第?([一二三四1-4])季度", text):
        return f"Q{'一二三四'.find(quarter[1]) + 1 or quarter[1]}"
    if text.isdigit() and 1 <= int(text) <= 12:
        return f"M{int(text):02d}"
    for pattern in _PERIODS:
        if one := pattern.fullmatch(text):
            return _months(one["first"], one.groupdict().get("last"))
    raise Doubtful("a month or period, such as 4月, M04, 1-6月, 上半年 or 全年")


def read_day(value: object) -> dt.date:
    """Read a cell that holds a day.

    Raises:
        Doubtful: none.
    """
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    found = re.fullmatch(r"((?:19|20)\d{2})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", plain(str(value)))
    try:
        if found:
            return dt.date(*(int(part) for part in found.groups()))
    except ValueError:
        pass
    raise Doubtful("a day, such as 2024-06-30 or 2024年6月30日")
