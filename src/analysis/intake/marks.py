"""Marks: the signs of a footnote behind a figure or a name."""

from __future__ import annotations

import re

# A number in round brackets could be a mark or a figure of its own, so it is none; (注1) is one.
MARKS = re.compile(
    r"(?:[*†‡#※]+|[\u2070\u00b9\u00b2\u00b3\u2074-\u2079]+|[\u2460-\u2473]+|\[\d{1,2}\]|[(（]注\d{0,2}[)）])+$"
)
# Normalised to plain digits these would change the number that they stand in: 600¹ would be 6001.
RAISED_DIGITS = re.compile(r"[\u2070\u00b9\u00b2\u00b3\u2074-\u2079\u2460-\u24ff\u2776-\u2793\u2080-\u2089]")
