"""Rounding: every number that is printed is rounded once, half up, on the decimals that the result holds.

Python's own formats round the binary fraction, and halves to even: 1336.5 would print as 1336 and 0.12345 as 12.3 %.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

import pandas as pd


def half_up(value: float, places: int = 0) -> Decimal:
    """Return a number rounded to some decimals, a half away from nought; what rounds to nought has no sign.

    Example:
        >>> half_up(1336.5), half_up(0.25, 1), half_up(-0.04, 1)
        (Decimal('1337'), Decimal('0.3'), Decimal('0.0'))
    """
    exact = Decimal(repr(float(value)))
    return exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP) + 0


def fixed(value: float, places: int = 0, form: str = "") -> str:
    """Return a number as printed.

    Args:
        value: in its unit.
        places: decimals.
        form: ``+`` for a sign before a rise, ``,`` between thousands, or both.

    Example:
        >>> fixed(1003.5), fixed(1249.04, 1, "+,")
        ('1004', '+1,249.0')
    """
    return f"{half_up(value, places):{form}f}"


def percent(share: float, places: int = 0, form: str = "") -> str:
    """Return a share in per cent; 0.77553 to a tenth is 77.6%.

    Example:
        >>> percent(0.775533, 1), percent(0.035, 1, "+")
        ('77.6%', '+3.5%')
    """
    hundredfold = Decimal(repr(float(share))).scaleb(2)
    return f"{hundredfold.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP) + 0:{form}f}%"


def rounded(values: Sequence[float] | pd.Series, places: int = 0) -> pd.Series:
    """Return numbers as a column, each rounded half up; what is missing stays missing."""
    return pd.Series(values).map(lambda value: value if pd.isna(value) else float(half_up(value, places)))


def whole_percents(shares: list[float]) -> list[int]:
    """Return shares in whole per cent that add to their rounded sum: what is over goes to the largest remainders.

    Example:
        >>> whole_percents([0.0479, 0.6969, 0.2552])
        [5, 70, 25]
    """
    exact = [Decimal(repr(float(share))).scaleb(2) for share in shares]
    parts = [int(one // 1) for one in exact]
    over = int(half_up(float(sum(exact)))) - sum(parts)
    for place in sorted(range(len(parts)), key=lambda place: parts[place] - exact[place])[:over]:
        parts[place] += 1
    return parts
