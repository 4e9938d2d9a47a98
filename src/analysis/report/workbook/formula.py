"""Formula: one expression, held as the text that a spreadsheet recalculates and as the value that it comes to.

Every formula of the workbook is written once, in Python, from cells that were written before. Its text goes into the
cell, and its value beside it for viewers that do not recalculate, so that the two cannot drift apart.
"""

from __future__ import annotations

import datetime
import math
import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from analysis.report.rounding import half_up

# How tightly the outermost sign of a text binds; what binds less tightly than its place asks for goes in brackets.
COMPARED, SUM, PRODUCT, POWER, WHOLE = range(5)
# Decimals of a quotient by the grid that count: products of money and shares are exact well within them.
DECIMALS_ON_GRID = 9
# What the model takes as binary dust where it rounds up by binary fractions.
DUST = 1e-6


@dataclass(frozen=True)
class Formula:
    """An expression of a spreadsheet.

    Attributes:
        text: without the equals sign; cells are named with their sheet.
        value: what it comes to: a number, a text, a truth, or None for an empty cell; of a range a tuple of them.
        rank: how tightly the outermost sign binds.
    """

    text: str
    value: Any
    rank: int = WHOLE

    def __add__(self, other: Formula | float) -> Formula:
        return _joined(self, "+", other, SUM, operator.add)

    def __radd__(self, other: float) -> Formula:
        return of(other) + self

    def __sub__(self, other: Formula | float) -> Formula:
        return _joined(self, "-", other, SUM, operator.sub, strict=True)

    def __rsub__(self, other: float) -> Formula:
        return of(other) - self

    def __mul__(self, other: Formula | float) -> Formula:
        return _joined(self, "*", other, PRODUCT, operator.mul)

    def __rmul__(self, other: float) -> Formula:
        return of(other) * self

    def __truediv__(self, other: Formula | float) -> Formula:
        return _joined(self, "/", other, PRODUCT, _divided, strict=True)

    def __rtruediv__(self, other: float) -> Formula:
        return of(other) / self

    def __pow__(self, other: Formula | float) -> Formula:
        return _joined(self, "^", other, POWER, _raised, strict=True)

    def above(self, other: Formula | float) -> Formula:
        """Whether this is the larger of the two."""
        return _joined(self, ">", other, COMPARED, operator.gt)

    def at_most(self, other: Formula | float) -> Formula:
        """Whether this is not the larger of the two."""
        return _joined(self, "<=", other, COMPARED, operator.le)

    def equals(self, other: Formula | float) -> Formula:
        """Whether two numbers are the same."""
        return _joined(self, "=", other, COMPARED, operator.eq)

    def is_blank(self) -> Formula:
        """Whether a cell is empty."""
        return Formula(f'{self.text}=""', self.value is None, COMPARED)


def of(value: Formula | float | str) -> Formula:
    """Return a constant; a text must be one of our own words."""
    if isinstance(value, Formula):
        return value
    if isinstance(value, str):
        doubled = value.replace('"', '""')
        return Formula(f'"{doubled}"', value)
    return Formula(format(Decimal(repr(value)), "f"), value, WHOLE if value >= 0 else SUM)


def largest(*terms: Formula | float) -> Formula:
    """Return the largest; an empty cell does not count."""
    return _called("MAX", terms, lambda *values: max(_numbers(values), default=0.0))


def smallest(*terms: Formula | float) -> Formula:
    """Return the smallest; an empty cell does not count."""
    return _called("MIN", terms, lambda *values: min(_numbers(values), default=0.0))


def either(condition: Formula, then: Formula | float | str, otherwise: Formula | float | str) -> Formula:
    """Return the one or the other."""
    return _called("IF", (condition, then, otherwise), lambda truth, yes, no: yes if truth else no)


def exponential(power: Formula) -> Formula:
    """Return e to a power."""
    return _called("EXP", (power,), math.exp)


def logarithm(number: Formula) -> Formula:
    """Return the natural logarithm."""
    return _called("LN", (number,), math.log)


def size(number: Formula) -> Formula:
    """Return a number without its sign."""
    return _called("ABS", (number,), abs)


def on_grid(amount: Formula, step: Formula, mode: str = "up") -> Formula:
    """Round an amount to a grid as the policy says: up, nearest (half up) or down; the amount is exact in its decimals."""
    quotient = rounded(amount / step, DECIMALS_ON_GRID)
    whole = {"up": ("ROUNDUP", math.ceil), "down": ("ROUNDDOWN", math.floor), "nearest": ("ROUND", _half_up)}
    name, function = whole[mode]
    return _called(name, (quotient, 0), lambda number, _: _whole(function, number)) * step


def rounded(number: Formula, places: int) -> Formula:
    """Return a number rounded to some decimals."""
    return _called("ROUND", (number, places), lambda value, _: float(half_up(value, places)))


def up(amount: Formula, step: Formula | float = 1) -> Formula:
    """Round up to a grid as the model does where the amount is a binary fraction: a millionth of a step is dust."""
    dusted = (amount if step == 1 else amount / step) - DUST
    whole = _called("ROUNDUP", (dusted, 0), lambda number, _: _whole(math.ceil, number))
    return whole if step == 1 else whole * step


def decimal_year(day: Formula) -> Formula:
    """Return a date, counted in days as a spreadsheet does, as a decimal year, such as 2024.246 for 31 March 2024."""
    year = _called("YEAR", (day,), lambda number: float(_date(number).year))
    first, following = (
        _called("DATE", (start, 1, 1), lambda number, *_: float(serial(int(number)))) for start in (year, year + 1)
    )
    return year + (day - first) / (following - first)


def serial(year: int, month: int = 1, day: int = 1) -> int:
    """Return the number of a day as a spreadsheet counts it."""
    return (datetime.date(year, month, day) - datetime.date(1899, 12, 30)).days


def span(cells: Sequence[Formula]) -> Formula:
    """Return the range of cells that stand one below or beside the other."""
    last = cells[-1].text.rpartition("!")[2]
    return Formula(f"{cells[0].text}:{last}", tuple(cell.value for cell in cells))


def total(cells: Formula) -> Formula:
    """Return the sum of a range."""
    return _called("SUM", (cells,), lambda values: math.fsum(_numbers(values)))


def total_where(cells: Formula, *conditions: tuple[Formula, Formula | str]) -> Formula:
    """Return the sum of a range where ranges of labels hold the given ones."""
    return _where("SUMIFS", cells, conditions, math.fsum)


def mean_where(cells: Formula, *conditions: tuple[Formula, Formula | str]) -> Formula:
    """Return the mean of a range where ranges of labels hold the given ones; an empty cell does not count."""
    return _where("AVERAGEIFS", cells, conditions, _mean)


def how_many(labels: Formula, label: str) -> Formula:
    """Return how many cells of a range hold a label."""
    return _called("COUNTIF", (labels, label), lambda values, wanted: values.count(wanted))


def _where(
    name: str, cells: Formula, conditions: Sequence[tuple[Formula, Formula | str]], function: Callable[[list], float]
) -> Formula:
    pairs = [part for labels, label in conditions for part in (labels, of(label))]

    def met(values: tuple[Any, ...], *tested: Any) -> float:
        columns, wanted = tested[::2], tested[1::2]
        rows = zip(values, *columns, strict=True)
        return function(_numbers([value for value, *labels in rows if labels == list(wanted)]))

    return _called(name, (cells, *pairs), met)


def _called(name: str, terms: Sequence[Formula | float | str], function: Callable[..., Any]) -> Formula:
    given = [of(term) for term in terms]
    return Formula(f"{name}({','.join(term.text for term in given)})", function(*(term.value for term in given)))


def _joined(
    left: Formula, sign: str, right: Formula | float, rank: int, function: Callable, *, strict: bool = False
) -> Formula:
    """Join two terms by a sign; ``strict`` says that what stands to its right must bind more tightly than the sign."""
    right = of(right)
    first = f"({left.text})" if left.rank < rank else left.text
    second = f"({right.text})" if right.rank < rank or (strict and right.rank == rank) else right.text
    return Formula(f"{first}{sign}{second}", function(_number(left.value), _number(right.value)), rank)


def _number(value: Any) -> float:
    return 0.0 if value is None else value


def _numbers(values: Sequence[Any]) -> list[float]:
    return [value for value in values if value is not None and not isinstance(value, str)]


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)


def _divided(left: float, right: float) -> float:
    # What a condition sets aside is reckoned here all the same.
    return left / right if right else math.nan


def _raised(left: float, right: float) -> float:
    return math.nan if left == 0 and right < 0 else left**right


def _whole(function: Callable[[float], int], number: float) -> float:
    return float(function(number)) if math.isfinite(number) else number


def _half_up(number: float) -> int:
    return math.floor(number + 0.5)


def _date(number: float) -> datetime.date:
    return datetime.date(1899, 12, 30) + datetime.timedelta(days=int(number))
