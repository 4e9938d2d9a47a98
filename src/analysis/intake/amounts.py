"""Amounts: a cell's content as an exact number and a unit, or a doubt; nothing is guessed."""

from __future__ import annotations

import datetime as dt
import functools
import re
import unicodedata
from decimal import Decimal
from typing import NamedTuple

from analysis.intake.grid import Cell
from analysis.intake.journal import Doubtful
from analysis.intake.marks import MARKS, RAISED_DIGITS
from analysis.intake.vocabulary import Vocabulary, plain

PLACES = Decimal("0.000001")
_NUMBER = re.compile(r"(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?P<unit>.*)")
_SCALED_FORMAT = re.compile(r"[0#?],+(?![0#?])|!\.|\\\.|%")
_LITERALS = re.compile(r'"([^"]*)"|\[[^\]]*\]|_.|\\.')
_PER = re.compile(r"(?:/|每|per)(?P<per>月|年|month|year|mo|yr|annum|a|m)$|^(?:每)?(?P<first>月|年)/?$")
_SCALES = {"": 1, "千": 1000, "万": 10_000, "亿": 100_000_000}
_NOUNS = {
    "人": "persons", "名": "persons", "人次": "visits", "persons": "persons", "person": "persons", "people": "persons",
    "户": "households", "households": "households", "household": "households",
}  # fmt: skip
_ENGLISH_SCALES = {
    "thousand": 1000,
    "1,000": 1000,
    "1000": 1000,
    "10,000": 10_000,
    "10000": 10_000,
    "10k": 10_000,
    "million": 1_000_000,
    "100million": 100_000_000,
}


class Unit(NamedTuple):
    """A unit of a table.

    Attributes:
        kind: yuan (which stands for the country's own money), persons, households.
        scale: how many of them one is.
        per: month or year; empty where none is said.
    """

    kind: str
    scale: int
    per: str

    @property
    def said(self) -> str:
        """The unit as it is named to the user."""
        scale = "" if self.scale == 1 else f"{self.scale:,} "
        return f"{scale}{self.kind}{f' a {self.per}' if self.per else ''}"


class Amount(NamedTuple):
    """What a cell holds: a number or none, the unit written in the cell where there is one, and what was converted."""

    number: Decimal | None
    unit: Unit | None
    converted: tuple[str, ...]


def read_unit(text: str, money: tuple[str, ...]) -> Unit | None:
    """Read a unit such as 元/人·月, 万元, 10,000 persons; None where it is none.

    Args:
        text: as it stands.
        money: how the unit of money is written.
    """
    whole = plain(text).replace("人民币元", "元").replace("(", "").replace(")", "")
    found = _unit(money).fullmatch(whole)
    if not found or (noun := _NOUNS.get(found["noun"], "yuan")) == "visits":
        return None
    scale = _SCALES.get(found["scale"]) or _ENGLISH_SCALES[found["scale"]]
    rest = found["rest"]
    month, year = re.search(r"月|month|mo$", rest), re.search(r"年|year|yr|annum", rest)
    if noun != "yuan" and rest:
        return None
    return Unit(noun, scale, "month" if month else "year" if year else "")


@functools.lru_cache(maxsize=4)
def _unit(money: tuple[str, ...]) -> re.Pattern[str]:
    # The longest first, so that no word is cut where another begins.
    nouns = "|".join(re.escape(one) for one in sorted({*money, *_NOUNS}, key=len, reverse=True))
    return re.compile(
        rf"(?P<scale>[千万亿]?|10,?000|1,?000|thousand|10k|million|100million)(?P<noun>{nouns})"
        r"(?P<rest>(?:[/·.每*]|per|a)*(?:人|person|capita|head)?(?:[/·.每*]|per|a)*(?:月|年|month|year|mo|yr|annum)?(?:[/·.每*]|per)*(?:人|person|capita|head)?)"
    )


def read_amount(cell: Cell, words: Vocabulary) -> Amount:
    """Read one cell of figures.

    Raises:
        Doubtful: an error, a formula without its value, a date, a struck-out, bracketed, approximate or double figure...
    """
    if cell.problem:
        raise Doubtful(cell.problem)
    if isinstance(cell.value, bool):
        raise Doubtful("a number, not true or false")
    if isinstance(cell.value, dt.datetime | dt.date | dt.time | dt.timedelta):
        raise Doubtful("a number; the cell is formatted as a date or time")
    if isinstance(cell.value, int | float | Decimal):
        return _from_number(cell, words)
    return _from_text(str(cell.value or ""), cell, words)


def _from_number(cell: Cell, words: Vocabulary) -> Amount:
    converted = ["a formula's stored value"] if cell.formula else []
    bare = _LITERALS.sub("", cell.number_format)
    if _SCALED_FORMAT.search(bare) or "!." in cell.number_format:
        raise Doubtful(f"a plain number; its format {cell.number_format!r} shows another than it holds")
    literal = "".join(re.findall(r'"([^"]*)"', cell.number_format.partition(";")[0]))
    unit = read_unit(literal, words.money) if literal else None
    if literal.strip() and unit is None and plain(literal).strip("¥$￥"):
        raise Doubtful(f"a number whose format adds nothing; {literal!r} is not understood")
    number = Decimal(str(cell.value))
    if not number.is_finite():
        raise Doubtful("a finite number")
    if number < 0:
        raise Doubtful("a number above zero")
    rounded = number.quantize(PLACES).normalize() if number.adjusted() < 20 else number
    if rounded != number:
        converted.append("rounded to six places")
    if cell.marks:
        converted.append(f"footnote mark {cell.marks!r} set apart")
    if unit:
        converted.append(f"unit {literal!r} taken from the cell's format")
    return Amount(rounded, unit, tuple(converted))


def _from_text(raw: str, cell: Cell, words: Vocabulary) -> Amount:
    text = raw.strip()
    converted = ["a formula's stored value"] if cell.formula else []
    if cell.marks:
        converted.append(f"footnote mark {cell.marks!r} set apart")
    if mark := MARKS.search(text):
        text = text[: mark.start()].rstrip()
        converted.append(f"footnote mark {mark[0]!r} set apart")
    if RAISED_DIGITS.search(text):
        raise Doubtful("a number without raised, lowered or circled digits")
    half = unicodedata.normalize("NFKC", text).replace("\u2212", "-").strip("\u200b\ufeff \xa0")
    if half != text:
        converted.append("full-width signs or spaces made half-width")
    if plain(half) in words.no_figure:
        return Amount(None, None, (*converted, "no figure") if half else ())
    if half[:1] in "¥￥" or half.upper().startswith("RMB"):
        half = half.lstrip("¥￥").removeprefix("RMB").strip()
        converted.append("sign of the currency set apart")
    found = _NUMBER.fullmatch(half)
    if not found:
        raise Doubtful("one number, with a unit or none, such as 1196 or 600元/月")
    digits = found["number"]
    if "," in digits:
        converted.append("separator of thousands removed")
    if len(digits) > 1 and digits[0] == "0" and not digits.startswith("0."):
        raise Doubtful("a number without a leading zero")
    unit, behind = None, found["unit"].strip()
    scale = 1
    if behind in _SCALES:
        scale = _SCALES[behind]
        if behind:
            converted.append(f"{behind} read as {scale:,}")
    else:
        unit = read_unit(behind, words.money)
        if unit is None:
            raise Doubtful(f"one number, with a unit or none; {behind!r} is not understood")
        converted.append(f"unit {behind!r} taken from the cell")
    if cell.number_format and not converted:
        converted.append("a number kept as text")
    return Amount(Decimal(digits.replace(",", "")) * scale, unit, tuple(converted))
