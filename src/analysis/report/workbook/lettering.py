"""Lettering: how wide a text is and how many lines it takes, in letters; a Chinese sign is as wide as two."""

from __future__ import annotations

import unicodedata


def longest_line(text: str) -> float:
    """Return the width of a text's longest line."""
    return max((_width(line) for line in text.split("\n")), default=0)


def longest_word(text: str) -> float:
    """Return the width of the longest part of a text that should stay on one line."""
    return max((_width(part) for part in text.split()), default=0)


def _width(text: str) -> float:
    # Most cells hold numbers and English, whose width needs no look at each sign.
    return float(len(text) if text.isascii() else sum(2 if _wide(sign) else 1 for sign in text))


def _wide(sign: str) -> bool:
    return unicodedata.east_asian_width(sign) in "WFA"


def lines(text: str, room: float) -> int:
    """Return how many lines a text takes in a room of so many letters; a long word goes onto a line of its own."""
    count = 0
    for line in text.split("\n"):
        used, count = 0.0, count + 1
        for word in _words(line):
            length = _width(word)
            if used and used + length > room:
                count, used = count + 1, 0.0
            while length > room:
                count, length = count + 1, length - room
            used += length
    return count


def _words(line: str) -> list[str]:
    """Split a line where it may be broken: after a space, and round a Chinese sign."""
    words = [""]
    for sign in line:
        if _wide(sign):
            words += [sign, ""]
        else:
            words[-1] += sign
            if sign in " -;:/":
                words.append("")
    return [word for word in words if word]
