"""Vocabulary: the words of departments' tables, read from ``params/intake/headers.yaml``."""

from __future__ import annotations

import functools
import re
import unicodedata
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from analysis.inputs.parameter_file import read_parameter_file
from analysis.inputs.parameters.validation import validated
from analysis.inputs.parameters.values import Strict
from analysis.intake.country import Country, read_country
from analysis.intake.measure import Measure

__all__ = ["Measure", "Token", "Vocabulary", "Words", "plain", "read_vocabulary"]
FILE = "params/intake/headers.yaml"
# How the unit of money is written, where a table is of China.
YUAN = ("元", "人民币", "yuan", "rmb", "cny", "圆")
_SPACES = re.compile(r"[\s\u200b\ufeff]+")


class Words(Strict):
    """The file as it is written; each list holds the ways to write one thing."""

    labels: dict[str, list[str]]
    residence: dict[str, list[str]]
    unified: list[str]
    programmes: dict[str, list[str]]
    nouns: dict[str, list[str]]
    measures: list[Measure]
    filler: list[str]
    derived: list[str]
    totals: list[str]
    subtotals: list[str]
    averages: list[str]
    no_figure: list[str]
    filed: list[str]
    sheets_left_out: list[str]
    footnotes: list[str]
    provinces: dict[str, list[str]]


class Token(NamedTuple):
    """A word found in a text: its kind (residence, programme, noun, filler, derived, total) and what it stands for."""

    kind: str
    value: str


class Vocabulary:
    """The words, made ready for looking up.

    Attributes:
        words: as they are written.
        country: whose tables these are; None is China.
        money: how the unit of money is written.
        measures: programme and noun to the measure.
    """

    def __init__(self, words: Words, country: Country | None = None):
        if country is not None:
            # Programmes of one country are none of another's; how a table is laid out is everywhere alike.
            own = {name: getattr(country, name) for name in ("programmes", "nouns", "measures")}
            words = words.model_copy(update=own)
        self.words, self.country = words, country
        self.money = tuple(map(plain, country.money_words)) if country else YUAN
        self.measures = {(one.programme, one.noun): one for one in words.measures}
        self._labels = {plain(text): name for name, texts in words.labels.items() for text in texts}
        tokens = {plain(text): Token("filler", "") for text in words.filler}
        tokens |= {plain(text): Token("derived", text) for text in words.derived}
        tokens |= {plain(text): Token("total", "total") for text in words.totals}
        for kind, groups in (("noun", words.nouns), ("programme", words.programmes), ("residence", words.residence)):
            tokens |= {plain(text): Token(kind, name) for name, texts in groups.items() for text in texts}
        self._tokens = tokens
        self._longest = max(map(len, tokens))
        self._row_labels = {
            kind: {plain(text) for text in texts}
            for kind, texts in (("total", words.totals), ("subtotal", words.subtotals), ("average", words.averages))
        }
        self.no_figure = {plain(text) for text in words.no_figure} | {""}
        self._footnotes = tuple(plain(text) for text in words.footnotes)
        self._left_out = {plain(text) for text in words.sheets_left_out}

    def label(self, text: str) -> str:
        """Return what a header's cells say (area, year, unit...); empty where it is no such header."""
        whole = plain(text)
        if whole in self._labels:
            return self._labels[whole]
        parts = [self._labels.get(part, "") for part in re.split(r"[/\\|、]", whole)]
        return parts[0] if len(parts) > 1 and all(parts) else ""

    def row_label(self, text: str) -> str:
        """Return total, subtotal or average where a row is one of those; else empty."""
        whole = plain(text)
        return next((kind for kind, texts in self._row_labels.items() if whole in texts), "")

    def tokens(self, text: str) -> tuple[list[Token], str]:
        """Split a plain text into its words, the longest first; return them, and what was not understood."""
        found, left, at = [], [], 0
        while at < len(text):
            for length in range(min(self._longest, len(text) - at), 0, -1):
                token = self._tokens.get(text[at : at + length])
                if token:
                    found.append(token)
                    at += length
                    break
            else:
                left.append(text[at])
                at += 1
        return found, "".join(left)

    def is_footnote(self, text: str) -> bool:
        """Say whether a text begins as a footnote or a signature does."""
        return plain(text).lstrip("(*※").startswith(self._footnotes)

    def is_filing_date(self, text: str) -> bool:
        """Say whether a title tells when the table was filled in."""
        whole = plain(text)
        return any(plain(one) in whole for one in self.words.filed)

    def leaves_out(self, sheet: str) -> bool:
        """Say whether a sheet of this name holds no figures of the department's."""
        return plain(sheet) in self._left_out

    def measure_of(self, programme: str, noun: str, kind: str) -> Measure | None:
        """Return the one measure that a programme, a noun and a unit's kind leave open; None where none or several do."""
        if programme and noun:
            return self.measures.get((programme, noun))
        fitting = [
            one
            for one in self.words.measures
            if (not programme or one.programme == programme)
            and (not noun or one.noun == noun)
            and (noun or not kind or one.kind == kind)
        ]
        named = bool(noun) or bool(programme and kind)
        return fitting[0] if named and len(fitting) == 1 else None

    def plausible_yuan_month(self, measure: Measure) -> tuple[Decimal, Decimal]:
        """Return between which amounts a month a rate can lie; any above zero where nobody has said."""
        low, high = measure.plausible_yuan_month or (0, "Infinity")
        return Decimal(low), Decimal(high)


@functools.lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """Return a text without spaces, in half-width signs and small letters: how words are compared."""
    return _SPACES.sub("", unicodedata.normalize("NFKC", text)).lower()


def read_vocabulary(home: Path, country: str = "") -> Vocabulary:
    """Read the words of ``params/intake/headers.yaml``, and those of another country where one is named.

    Raises:
        ParametersRefused: no such country, or a key or value that is not allowed.
    """
    return Vocabulary(_words(home), read_country(country, home)) if country else _vocabulary(home)


@functools.lru_cache(maxsize=4)
def _vocabulary(home: Path) -> Vocabulary:
    return Vocabulary(_words(home))


def _words(home: Path) -> Words:
    file = read_parameter_file(home / FILE, FILE)
    return validated(Words, file.values, file.where)
