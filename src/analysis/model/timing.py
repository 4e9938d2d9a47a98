"""Whether a rise in force from January is paid in full and on time: a calendar of twelve months (METHODS 4).

Until the month in which the new rate is first paid, areas go on paying the old one; what is owed for the months
before is paid back in that month, or never.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

MONTHS = 12
# Sums of twelfths leave binary dust; half a fen is below anything that can be paid.
LEAST_YUAN = 0.005


def calendar(
    extra_yuan_year: float,
    base_yuan_year: float,
    notice_month: int,
    pay_month: int,
    back_pay: bool = True,
    allotment: Sequence[float] | None = None,
) -> pd.DataFrame:
    """Return what is due, paid and allotted in each month of a year whose standard is in force from January.

    Yuan a month: due = (base + extra)/12; paid = base/12, and from the pay month on extra/12 more, with the months
    before at once where they are made good; allotted = base/12 + extra x share. The opening balance is 0, and what is
    allotted in a month can be spent in it. Source: METHODS 4.

    Args:
        extra_yuan_year: cost of the rise over twelve months.
        base_yuan_year: spending at the old rate over twelve months; allotted in twelfths.
        notice_month: month of the notice, 1 to 12; the extra is allotted in equal parts from it to December.
        pay_month: month in which the new rate is first paid, not before the notice.
        back_pay: whether the months before are made good in the pay month.
        allotment: the extra's share in each of the twelve months, summing to 1, instead of the equal parts.

    Returns:
        Twelve rows: month, due_yuan, paid_yuan, allotted_yuan, balance_yuan (allotted less paid since January) and
        late_yuan (due less paid since January).

    Raises:
        ValueError: a month outside 1 to 12, pay before notice, or an allotment that is not twelve shares of 1.
    """
    notice, pay = int(_months(notice_month)), int(_months(pay_month))
    if notice > pay:
        raise ValueError(f"the rise is paid in month {pay}, before its notice in month {notice}")
    month = np.arange(1, MONTHS + 1)
    if allotment is None:
        shares = (month >= notice) / (MONTHS + 1 - notice)
    else:
        shares = np.asarray(allotment, float)
        if shares.shape != (MONTHS,) or not (shares >= 0).all() or abs(shares.sum() - 1) > 1e-9:
            raise ValueError("an allotment is twelve shares, none below 0, that sum to 1")
    missed = pay - 1
    extra_twelfths = (month >= pay).astype(float)
    if back_pay:
        extra_twelfths[pay - 1] += missed
    # The base is allotted as it is paid, so that only the extra moves the balance.
    paid_extra = np.cumsum(extra_twelfths) / MONTHS
    return pd.DataFrame(
        {
            "month": month,
            "due_yuan": np.full(MONTHS, (base_yuan_year + extra_yuan_year) / MONTHS),
            "paid_yuan": (base_yuan_year + extra_yuan_year * extra_twelfths) / MONTHS,
            "allotted_yuan": base_yuan_year / MONTHS + extra_yuan_year * shares,
            "balance_yuan": extra_yuan_year * (np.cumsum(shares) - paid_extra),
            "late_yuan": extra_yuan_year * (month - np.cumsum(extra_twelfths)) / MONTHS,
        }
    )


def arrears_yuan(extra_yuan_year: ArrayLike, pay_month: ArrayLike) -> np.ndarray:
    """Return what has become late when the new rate is first paid, yuan: extra x (m - 1)/12 (METHODS 4).

    Args:
        extra_yuan_year: cost of the rise over twelve months, any shape.
        pay_month: month in which the new rate is first paid, 1 to 12, broadcast against it.

    Raises:
        ValueError: a month outside 1 to 12.

    Example:
        >>> float(arrears_yuan(1200, 5))
        400.0
    """
    return np.asarray(extra_yuan_year, float) * (_months(pay_month) - 1) / MONTHS


def year_cost_factor(month: ArrayLike, back_pay: bool) -> np.ndarray:
    """Return the part of a full year's extra that the first year costs: (12 - (m - 1))/12, or 1 with back-pay.

    A share. Source: METHODS 4.

    Args:
        month: month m from which the new rate is paid, 1 to 12, any shape.
        back_pay: whether the months before are made good.

    Raises:
        ValueError: a month outside 1 to 12.
    """
    months = _months(month)
    return np.ones(months.shape) if back_pay else (MONTHS - (months - 1)) / MONTHS


def largest_shortfall_yuan(calendar: pd.DataFrame) -> float:
    """Return the largest payment of one month beyond that month's own allotment, 0 if none is.

    Yuan, max(paid - allotted), half a fen or less counting as none. Source: METHODS 4.

    Args:
        calendar: as from :func:`calendar`.
    """
    return _above_dust((calendar["paid_yuan"] - calendar["allotted_yuan"]).max())


def buffer_yuan(calendar: pd.DataFrame) -> float:
    """Return the opening balance with which no month would end below 0: the largest cumulative shortfall, 0 if none.

    Yuan, max(-balance), half a fen or less counting as none. Source: METHODS 4.

    Args:
        calendar: as from :func:`calendar`.
    """
    return _above_dust(-calendar["balance_yuan"].min())


def cash_peak_yuan(calendar: pd.DataFrame) -> float:
    """Return the largest payment of one month, back-pay included, yuan: max(paid) (METHODS 4).

    Args:
        calendar: as from :func:`calendar`.
    """
    return float(calendar["paid_yuan"].max())


def on_time_in_full_share(calendar: pd.DataFrame) -> float:
    """Return the part of what is due in the year that is paid in its own month; back-pay counts as late.

    sum min(paid, due) / sum due, a share; NaN where nothing is due. Source: METHODS 4.
    """
    due = calendar["due_yuan"]
    on_date = np.minimum(calendar["paid_yuan"], due)
    return float(on_date.sum() / due.sum()) if due.sum() else float("nan")


def late_months(calendar: pd.DataFrame) -> list[int]:
    """Return the months, 1 to 12, that end with less allotted than paid since January.

    Those whose balance is below 0 by more than half a fen; empty where there is none. Source: METHODS 4.

    Args:
        calendar: as from :func:`calendar`.
    """
    return calendar.loc[calendar["balance_yuan"] < -LEAST_YUAN, "month"].tolist()


def _months(month: ArrayLike) -> np.ndarray:
    months = np.asarray(month)
    if not np.isin(months, np.arange(1, MONTHS + 1)).all():
        raise ValueError(f"a month is a whole number from 1 to 12, not {month}")
    return months


def _above_dust(amount: float) -> float:
    return float(amount) if amount > LEAST_YUAN else 0.0
