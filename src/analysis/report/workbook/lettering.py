"""Lettering: how wide a text is and how many lines it takes, in letters; a Chinese sign is as wide as two."""

from __future__ import annotations

import unicodedata


def longest_line(text: str) -> float:
    """Return the width of a text's longest line."""
    return max((sum(_width(sign) for sign in line) for line in text.split("\n")), default=0)


def longest_word(text: str) -> float:
    """Return the width of the longest part of a text that should stay on one line."""
    return max((sum(_width(sign) for sign in part) for part in text.split()), default=0)


def _width(sign: str) -> float:
    return 2.0 if unicodedata.east_asian_width(sign) in "WFA" else 1.0


def lines(text: str, room: float) -> int:
    """Return how many lines a text takes in a room of so many letters; a long word goes onto a line of its own."""
    count = 0
    for line in text.split("\n"):
        used, count = 0.0, count + 1
        for word in _words(line):
            length = sum(_width(sign) for sign in word)
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
        wide = _width(sign) == 2.0
        if wide:
            words += [sign, ""]
        else:
            words[-1] += sign
            if sign in " -;:/":
                words.append("")
    return [word for word in words if word]
