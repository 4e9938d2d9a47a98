"""Gap between urban and rural standards: ratio, yuan, closing, growth split, adequacy (METHODS 2)."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike


def rural_urban_ratio(rural_yuan_month: ArrayLike, urban_yuan_month: ArrayLike) -> np.ndarray:
    """Return rural over urban standards, a ratio (1 = unified); NA where either is missing.

    Args:
        rural_yuan_month: rural standards, yuan/person/month, shape (n,).
        urban_yuan_month: urban standards, yuan/person/month, shape (n,).

    Raises:
        ValueError: a standard that is zero or negative.

    Example:
        >>> float(rural_urban_ratio([645], [860])[0])
        0.75
    """
    rural, urban = np.asarray(rural_yuan_month, float), np.asarray(urban_yuan_month, float)
    if (rural <= 0).any() or (urban <= 0).any():
        raise ValueError("standards must be above zero")
    return rural / urban


def closed_share(ratio: ArrayLike, first_ratio: ArrayLike) -> np.ndarray:
    """Return the share of the first year's gap that is closed: 1-(1-ratio)/(1-first); NA where it was unified.

    Example:
        >>> round(float(closed_share(0.75, 0.634)), 3)
        0.317
    """
    ratio, first = np.asarray(ratio, float), np.asarray(first_ratio, float)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(first == 1, np.nan, 1 - (1 - ratio) / (1 - first))


def growth_split(rural_yuan_month: ArrayLike, urban_yuan_month: ArrayLike) -> dict[str, np.ndarray]:
    """Split the change of the log ratio into rural and urban growth, exactly additive.

    Args:
        rural_yuan_month: rural standards in order of time, shape (n,).
        urban_yuan_month: urban standards in order of time, shape (n,).

    Returns:
        ``ratio_growth = rural_growth - urban_growth``, each a difference of logs, shape (n-1,).
    """
    rural, urban = (
        np.diff(np.log(np.asarray(rural_yuan_month, float))),
        np.diff(np.log(np.asarray(urban_yuan_month, float))),
    )
    return {"rural_growth": rural, "urban_growth": urban, "ratio_growth": rural - urban}


def adequacy(standard_yuan_month: ArrayLike, yearly_yuan: ArrayLike) -> np.ndarray:
    """Return twelve months of the standard as a share of yearly consumption (or income) per head.

    Source: UNICEF's reading of 2013, 37 % of rural and 25 % of urban consumption, is the anchor of reasonableness.
    """
    return 12 * np.asarray(standard_yuan_month, float) / np.asarray(yearly_yuan, float)


def gap_table(standards: pd.DataFrame) -> pd.DataFrame:
    """Return the gap of every area and year, urban and rural side by side.

    Args:
        standards: area_code, year, residence (urban, rural), value_yuan_month; one row each.

    Returns:
        One row per area and year: urban_yuan_month, rural_yuan_month, rural_urban_ratio, gap_yuan_month (urban
        less rural, negative where reversed), relative_gap, log_gap, closed_share (since the area's first ratio)
        and state: separate, unified, reversed, or one_residence (no ratio, and in no mean).

    Raises:
        ValueError: a cell that stands twice, or a standard that is not above zero.
    """
    cell = ["area_code", "year", "residence"]
    if standards.duplicated(cell).any():
        raise ValueError(f"stands twice: {standards[standards.duplicated(cell)][cell].iloc[0].tolist()}")
    wide = standards.pivot(index=["area_code", "year"], columns="residence", values="value_yuan_month").astype(float)
    wide = wide.reindex(columns=["urban", "rural"]).sort_index()
    ratio = pd.Series(rural_urban_ratio(wide["rural"], wide["urban"]), index=wide.index)
    first = ratio.groupby("area_code").transform(
        lambda values: values.dropna().iloc[0] if values.notna().any() else np.nan
    )
    state = np.select([ratio.isna(), ratio == 1, ratio > 1], ["one_residence", "unified", "reversed"], "separate")
    return pd.DataFrame(
        {
            "urban_yuan_month": wide["urban"],
            "rural_yuan_month": wide["rural"],
            "rural_urban_ratio": ratio,
            "gap_yuan_month": wide["urban"] - wide["rural"],
            "relative_gap": 1 - ratio,
            "log_gap": np.log(wide["urban"]) - np.log(wide["rural"]),
            "closed_share": closed_share(ratio, first),
            "state": state,
        }
    ).reset_index()


def gap_by_area_share(table: pd.DataFrame, year: int) -> pd.Series:
    """Return each area's share of the summed yuan gap of one year; NA where no area has a gap.

    Args:
        table: as from :func:`gap_table`.
        year: the year.
    """
    gaps = table[table["year"] == year].set_index("area_code")["gap_yuan_month"].fillna(0)
    return gaps / gaps.sum() if gaps.sum() else gaps * np.nan
