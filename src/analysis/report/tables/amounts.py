"""Amounts of money as tables print them."""

from __future__ import annotations

from analysis.report.rounding import half_up
from analysis.report.wording import Wording


def amount(yuan: float, wording: Wording) -> float:
    """Return an amount in the table's unit: whole 万元 in Chinese, million yuan to a tenth in English."""
    return int(half_up(yuan / 1e4)) if wording.lang == "zh" else float(half_up(yuan / 1e6, 1))


def unit(wording: Wording) -> str:
    """Return the unit of :func:`amount`."""
    return wording.pick("万元", "million yuan")
