"""Quantiles of many columns at once, of numbers that come in blocks and are not kept.

Each column has a histogram whose bins are a power of two wide and lie on the multiples of their width. Where its numbers
spread too far for its bins, the width doubles and bins are put together in pairs, so that what is found depends on the
numbers alone: not on their order, and not on the blocks they came in.
"""

from __future__ import annotations

import numpy as np

# A quantile is off by at most a thousandth of the column's range.
BINS = 1024
# A bin is no narrower than the last digit of the column's largest number.
_DIGITS = 52


class StreamingQuantiles:
    """Quantiles of columns of numbers that come in blocks of rows.

    Each lies within ``bound`` of what ``numpy.quantile`` gives of all rows at once: half a bin, which is less than
    range / (bins - 1). Memory is columns x bins, whatever the rows.

    Example:
        >>> found = StreamingQuantiles(1)
        >>> for block in np.arange(1000.0).reshape(10, 100, 1):
        ...     found.add(block)
        >>> abs(found.quantile(0.9)[0] - 899.1) <= found.bound[0] <= 999 / 1023
        True
    """

    def __init__(self, columns: int, bins: int = BINS):
        if bins < 2 or bins & (bins - 1):
            raise ValueError(f"{bins} bins; allowed: a power of two, 2 at least")
        self._counts = np.zeros((columns, bins), np.int64)
        self._exponent = np.full(columns, np.iinfo(np.int64).min)
        self._low, self._high = np.full(columns, np.inf), np.full(columns, -np.inf)
        self._rows = 0

    @property
    def bound(self) -> np.ndarray:
        """How far a quantile may lie from the exact one, in the unit of the numbers, shape (columns,)."""
        half = np.ldexp(0.5, self._exponent) if self._rows else np.zeros(len(self._low))
        return np.where(self._low < self._high, half, 0.0)

    def add(self, block: np.ndarray) -> None:
        """Count a block of rows, shape (rows, columns).

        Raises:
            ValueError: another number of columns, or a number that is not finite.
        """
        block = np.asarray(block, float)
        if block.ndim != 2 or block.shape[1] != len(self._low):
            raise ValueError(f"a block of shape {block.shape}; allowed: (rows, {len(self._low)})")
        if not len(block):
            return
        if not np.isfinite(block).all():
            raise ValueError("a number that is not finite has no place among quantiles")
        low, high = np.minimum(self._low, block.min(axis=0)), np.maximum(self._high, block.max(axis=0))
        self._widen(low, high)
        bins = self._counts.shape[1]
        place = _bin(block, self._exponent) % bins + np.arange(len(low)) * bins
        np.add.at(self._counts.reshape(-1), place.ravel(), 1)
        self._rows += len(block)

    def quantile(self, share: float) -> np.ndarray:
        """Return the quantile of each column, shape (columns,): linear between two numbers, as ``numpy.quantile``.

        Raises:
            ValueError: a share outside 0 to 1, or no rows yet.
        """
        if not (0 <= share <= 1 and self._rows):
            raise ValueError(f"a quantile at {share} of {self._rows} rows; allowed: 0 to 1, of one row at least")
        rank = share * (self._rows - 1)
        below = int(rank)
        first, second = (self._ranked(min(at, self._rows - 1)) for at in (below, below + 1))
        return first + (rank - below) * (second - first)

    def _ranked(self, rank: int) -> np.ndarray:
        """Return the number of each column that has so many below it, as the middle of its bin."""
        bins = self._counts.shape[1]
        lowest = _bin(self._low, self._exponent)
        order = (lowest[:, None] + np.arange(bins)) % bins
        reached = np.cumsum(np.take_along_axis(self._counts, order, axis=1), axis=1) > rank
        middle = np.ldexp(lowest + reached.argmax(axis=1) + 0.5, self._exponent)
        return np.clip(middle, self._low, self._high)

    def _widen(self, low: np.ndarray, high: np.ndarray) -> None:
        """Take the narrowest bins that hold each column's range, and put together what was counted in narrower ones."""
        bins = self._counts.shape[1]
        least = _power(np.maximum(np.abs(low), np.abs(high))) - _DIGITS
        exponent = np.maximum(_power((high - low) / (bins + 1)) - 1, least)
        while (short := _bin(high, exponent) - _bin(low, exponent) >= bins).any():
            exponent = exponent + short
        if self._rows:
            for column in np.flatnonzero(exponent > self._exponent):
                old = int(_bin(self._low[column], self._exponent[column])) + np.arange(bins)
                joined = np.zeros(bins, np.int64)
                shift = min(int(exponent[column] - self._exponent[column]), 62)
                np.add.at(joined, (old >> shift) % bins, self._counts[column, old % bins])
                self._counts[column] = joined
        self._low, self._high, self._exponent = low, high, exponent


def _power(numbers: np.ndarray) -> np.ndarray:
    """Return the power of two above each number, and below all of them for 0: it asks for no width of its own."""
    return np.where(numbers > 0, np.frexp(numbers)[1], -1100)


def _bin(numbers: np.ndarray, exponent: np.ndarray) -> np.ndarray:
    """Return the number of the bin of width 2^exponent that each number lies in."""
    return np.floor(np.ldexp(numbers, -exponent)).astype(np.int64)
