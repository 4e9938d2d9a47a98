"""Text file: CSV as programs write it, whatever the encoding and the delimiter."""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from pathlib import Path

from analysis.errors import DataRefused

DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
# What readers of the region write; anything else is a sign that the encoding was guessed wrongly.
_ODD_SHARE = 0.02


def read_text_file(path: Path) -> tuple[list[tuple[int, list[str]]], str]:
    """Read a table of text; return its rows with their line numbers, and how it was read.

    Raises:
        DataRefused: no known encoding, no delimiter, an open quote, or a row with more fields than the widest header.
    """
    text, encoding = decoded(path.read_bytes(), path.name)
    if "\0" in text:
        raise DataRefused(f"{path.name}: holds a NUL character; save it as 'CSV UTF-8'")
    delimiter = _delimiter(text, path.name)
    rows = _rows(text, delimiter, path.name)
    _refuse_shifted(rows, delimiter, path.name)
    return rows, f"{encoding}, {DELIMITERS[delimiter]}"


def decoded(raw: bytes, name: str) -> tuple[str, str]:
    """Return a file's text and the name of its encoding: a mark decides, else UTF-8, UTF-16 by its zeros, GB18030.

    Raises:
        DataRefused: none of them fits.
    """
    marks = (
        (codecs.BOM_UTF8, "utf-8-sig", "UTF-8 with mark"),
        (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
        (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
    )
    tries = [(codec, said) for mark, codec, said in marks if raw.startswith(mark)]
    if not tries and raw:
        even, odd = raw[::2].count(0) / len(raw[::2]), raw[1::2].count(0) / max(1, len(raw[1::2]))
        # Delimiters and digits have a zero byte in UTF-16: the high one stands second in little-endian order.
        wide = (
            [("utf-16-le", "UTF-16, little-endian, no mark")]
            if odd > even
            else [("utf-16-be", "UTF-16, big-endian, no mark")]
        )
        tries = wide if max(even, odd) > 0.1 else [("utf-8", "UTF-8"), ("gb18030", "GB18030")]
    for codec, said in tries:
        try:
            text = raw.decode(codec)
        except UnicodeDecodeError:
            continue
        if _readable(text):
            return text, said
    raise DataRefused(f"{name}: its encoding is not known, or the file is empty; save it as 'CSV UTF-8'")


def _readable(text: str) -> bool:
    """Say whether a text is made of signs that such tables hold; bytes read in a wrong encoding give others too."""
    odd = sum(
        not (
            ch.isascii()
            or "\u2000" <= ch <= "\u33ff"
            or "\u4e00" <= ch <= "\u9fff"
            or "\uff00" <= ch <= "\uffef"
            or ch in "·×°±²³¹¥§\xa0\ufeff"
        )
        for ch in text
    )
    return bool(text.strip()) and odd <= len(text) * _ODD_SHARE


def _delimiter(text: str, name: str) -> str:
    """Return the delimiter that gives most rows the same number of fields, more than one."""
    best, score = "", 0
    for delimiter in DELIMITERS:
        try:
            widths = Counter(len(row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if row)
        except csv.Error:
            continue
        widths.pop(1, None)
        # Of two that fit as often the one that splits more: "1,196;860" has both signs.
        fits = max(((count, width) for width, count in widths.items()), default=(0, 0))
        if fits[0] > score:
            best, score = delimiter, fits[0]
    if not best:
        raise DataRefused(
            f"{name}: no columns found; allowed: a table with {', '.join(DELIMITERS.values())} between its columns"
        )
    return best


def _rows(text: str, delimiter: str, name: str) -> list[tuple[int, list[str]]]:
    reader, rows, before = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True), [], 0
    try:
        for row in reader:
            rows.append((before + 1, row))
            before = reader.line_num
    except csv.Error as error:
        raise DataRefused(
            f"{name}: line {reader.line_num}: not a row of a table ({error}); is a quote left open?"
        ) from error
    return rows


def _refuse_shifted(rows: list[tuple[int, list[str]]], delimiter: str, name: str) -> None:
    """Refuse a row that has more fields than the others: an unquoted delimiter has shifted its figures."""
    widths = Counter(len(row) for _, row in rows if sum(bool(text.strip()) for text in row) > 1)
    usual = max(widths, key=lambda width: (widths[width], width))
    for line, row in rows:
        filled = max((number for number, text in enumerate(row, 1) if text.strip()), default=0)
        if filled > usual and filled > 1:
            raise DataRefused(
                f"{name}: line {line}: {filled} fields; expected {usual}, as in the other rows; write a number with separators in quotes, "
                f'such as "1{delimiter if delimiter == "," else ","}196"'
            )
