"""Series: one yearly run of a driver from a package's rows, never mixing vintages where one source holds enough."""

from __future__ import annotations

import pandas as pd

# A run this long from one source is used alone: growth between two vintages is no growth.
ONE_SOURCE_YEARS = 8
# The old household survey ended in 2012; its incomes and consumption are another concept.
FIRST_YEAR = {"consumption_expenditure_per_capita": 2013, "disposable_income_per_capita": 2013}


def series_of(observations: pd.DataFrame, area_code: str, measure: str, residence: str = "both") -> pd.DataFrame:
    """Return the last unbroken run of a measure's yearly values.

    Where one source holds eight years or more without a gap its run is used alone; otherwise the preferred rows, of
    whatever source, are joined, and the growth between them may mix vintages.

    Args:
        observations: area_code, year, period, residence, programme, measure, value, grade, source_id, preferred.
        area_code: of the area.
        measure: such as ``gdp``.
        residence: urban, rural or both.

    Returns:
        year, value, grade, source_id, oldest first; empty where nothing is known.
    """
    rows = observations[
        (observations["area_code"] == area_code)
        & (observations["measure"] == measure)
        & (observations["residence"] == residence)
        & (observations["programme"] == "")
        & (observations["period"] == "Y")
        & (observations["year"] >= FIRST_YEAR.get(measure, 0))
    ]
    runs = [_last_run(own) for _, own in rows.groupby("source_id", sort=True)]
    longest = max(runs, key=lambda run: (len(run), run["year"].max()), default=rows)
    if len(longest) >= ONE_SOURCE_YEARS and longest["year"].max() == rows["year"].max():
        return longest
    preferred = rows.sort_values(["year", "preferred"], ascending=[True, False]).drop_duplicates("year")
    return _last_run(preferred)


def _last_run(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the years up to the last one that follow each other without a gap."""
    table = rows.sort_values("year").drop_duplicates("year", keep="last")
    breaks = table["year"].diff().fillna(1) != 1
    last_break = breaks[breaks].index.max() if breaks.any() else None
    run = table.loc[last_break:] if last_break is not None else table
    return run[["year", "value", "grade", "source_id"]].reset_index(drop=True)
