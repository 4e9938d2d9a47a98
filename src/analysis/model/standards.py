"""Standards in force by area: what is paid in the base year, and what a rise of the floors makes of it.

The province decides floors; what is paid is the standard in force. All money is scaled to whole numbers before
it is multiplied, so that rounding up never depends on the last digit of a binary fraction.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

FOLLOW_STEPS = 10_000
_SCALES = (1, 10, 100)
_LARGEST = 2**62


def in_force(observed: pd.DataFrame, minima: pd.DataFrame, areas: pd.DataFrame, year: int) -> pd.DataFrame:
    """Return the standard in force of every area and residence in the base year.

    An area whose standard of the year is not observed is taken at the larger of the provincial minimum and
    its own last observed standard (the ratchet): an assumption, and counted as one.

    Args:
        observed: area_code, year, residence, value, grade: dibao standards of areas; residence ``both`` counts twice.
        minima: area_class, residence, minimum_yuan_month of the year.
        areas: indexed by area_code: area_class, has_rural, parent_code; only areas with a class are taken.
        year: the base year.

    Returns:
        One row per area and residence: area_code, area_class, residence, standard_yuan_month,
        minimum_yuan_month, last_standard_yuan_month and observed_year (NA where never observed), observed (bool), grade.
    """
    both = observed[observed["residence"] == "both"]
    sides = pd.concat(
        [observed[observed["residence"] != "both"], both.assign(residence="urban"), both.assign(residence="rural")]
    )
    last = sides[sides["year"] <= year].sort_values("year").drop_duplicates(["area_code", "residence"], keep="last")
    cells = pd.DataFrame(
        [
            (code, area["area_class"], residence)
            for code, area in areas.iterrows()
            for residence in ("urban", "rural")
            if residence == "urban" or area["has_rural"]
        ],
        columns=["area_code", "area_class", "residence"],
    )
    cells = cells.merge(minima, on=["area_class", "residence"], how="left", validate="many_to_one")
    cells = cells.merge(
        last[["area_code", "residence", "year", "value", "grade"]],
        on=["area_code", "residence"],
        how="left",
        validate="one_to_one",
    )
    is_observed = cells["year"] == year
    standard = cells["value"].where(is_observed, cells[["value", "minimum_yuan_month"]].max(axis=1))
    cells = cells.assign(
        standard_yuan_month=standard, observed=is_observed, observed_year=cells["year"].astype("Int64")
    )
    return cells.rename(columns={"value": "last_standard_yuan_month"}).drop(columns="year")


def whole_numbers(*amounts: ArrayLike) -> tuple[int, list[np.ndarray]]:
    """Scale amounts of money by 1, 10 or 100, whichever makes all of them whole.

    Raises:
        ValueError: an amount with more than two decimals.
    """
    arrays = [np.asarray(amount, float) for amount in amounts]
    for scale in _SCALES:
        scaled = [np.rint(array * scale) for array in arrays]
        if all(
            np.allclose(array * scale, whole, rtol=0, atol=1e-6) for array, whole in zip(arrays, scaled, strict=True)
        ):
            return scale, [whole.astype(np.int64) for whole in scaled]
    raise ValueError("amounts of money may have two decimals at most")


def _ceil_to(numerator: np.ndarray, denominator: np.ndarray) -> np.ndarray:
    return -(-numerator // denominator)


def next_in_force(
    standard_yuan_month: ArrayLike,
    minimum_yuan_month: ArrayLike,
    next_minimum_yuan_month: ArrayLike,
    follow_share: ArrayLike,
    step_yuan: float = 1,
) -> np.ndarray:
    """Return next year's standard of areas: max(z, m', z(1 + follow x g)), rounded up on the grid; g = m'/m - 1.

    Args:
        standard_yuan_month: z, in force now, shape (..., n).
        minimum_yuan_month: m, the provincial minimum now, shape (n,).
        next_minimum_yuan_month: m', next year's, shape (n,).
        follow_share: how far an area above the floor follows its rise, 0 to 1, broadcast against (..., n).
        step_yuan: the rounding grid.

    Raises:
        ValueError: amounts with more than two decimals, or too large to multiply exactly.
    """
    scale, (now, minimum, following, step) = whole_numbers(
        standard_yuan_month, minimum_yuan_month, next_minimum_yuan_month, step_yuan
    )
    follow = np.rint(np.asarray(follow_share, float) * FOLLOW_STEPS).astype(np.int64)
    if float(now.max(initial=0)) * float(following.max(initial=0)) * FOLLOW_STEPS > _LARGEST:
        raise ValueError("standards are too large to be multiplied exactly")
    followed = (
        _ceil_to(now * (minimum * FOLLOW_STEPS + follow * (following - minimum)), minimum * FOLLOW_STEPS * step) * step
    )
    followed = np.where(follow * (following - minimum) > 0, followed, now)
    lifted = np.where(following > now, _ceil_to(following, step) * step, now)
    return np.maximum(np.maximum(lifted, followed), now) / scale


def lift_rural(
    rural_yuan_month: ArrayLike, urban_yuan_month: ArrayLike, least_share: Fraction, step_yuan: float = 1
) -> np.ndarray:
    """Return rural standards lifted to a least share of urban ones, rounded up on the grid, never above urban.

    A rural standard that is already above the urban one is left as it is.

    Args:
        rural_yuan_month: rural standards, shape (..., n).
        urban_yuan_month: urban standards of the same areas, same shape.
        least_share: exact share, such as ``Fraction(3, 4)``.
        step_yuan: the rounding grid.

    Raises:
        ValueError: a share with more digits than can be multiplied exactly.
    """
    scale, (rural, urban, step) = whole_numbers(rural_yuan_month, urban_yuan_month, step_yuan)
    if float(urban.max(initial=0)) * max(least_share.numerator, least_share.denominator * int(step)) > _LARGEST:
        raise ValueError(f"a share of {float(least_share)} has too many digits to be multiplied exactly; round it")
    least = _ceil_to(urban * least_share.numerator, least_share.denominator * step) * step
    return np.maximum(rural, np.minimum(least, urban)) / scale
