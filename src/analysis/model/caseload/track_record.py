"""Track record of the trend: what it forecast each past June against the count that was published later.

The range of next year's recipients is measured from these errors, not assumed (METHODS 4: back-test of recipients).
"""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from analysis.model.caseload import decimal_year, on_day, window_trend

PLAN_MONTH, PLAN_DAY = 6, 30


def trend_forecasts(counts: pd.DataFrame, last_year: int) -> pd.DataFrame:
    """Return what the trend, fed with what was known on each 30 June, said of the next year's count.

    Args:
        counts: residence, counted_on, persons, known_from; every count that is public by now.
        last_year: the last June to stand in.

    Returns:
        One row per June with two counts known and one in the year after, and residence: origin_year, residence, last_on, counted_on,
        horizon_years, last_persons, trend_share_year, predicted_persons,
        published_persons, log_error (published less predicted).
    """
    rows = []
    for year in range(int(counts["counted_on"].dt.year.min()), last_year + 1):
        known = counts[counts["known_from"] <= pd.Timestamp(date(year, PLAN_MONTH, PLAN_DAY))]
        for residence, own in known.groupby("residence"):
            later = counts[(counts["residence"] == residence) & (counts["counted_on"].dt.year == year + 1)]
            if later.empty or len(own) < 2:
                continue
            target, last = later.iloc[0], own.iloc[-1]
            trend = window_trend(own)
            predicted = float(on_day(last["persons"], last["counted_on"], trend, target["counted_on"]))
            horizon = decimal_year(target["counted_on"]) - decimal_year(last["counted_on"])
            rows.append(
                (
                    year,
                    residence,
                    last["counted_on"],
                    target["counted_on"],
                    horizon,
                    last["persons"],
                    trend,
                    predicted,
                    target["persons"],
                    float(np.log(target["persons"] / predicted)),
                )
            )
    columns = [
        "origin_year", "residence", "last_on", "counted_on", "horizon_years", "last_persons", "trend_share_year",
        "predicted_persons", "published_persons", "log_error",
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def error_per_root_year(forecasts: pd.DataFrame) -> tuple[float, int]:
    """Return the root mean square of the errors, each over the root of its horizon, and the Junes behind it.

    Errors of one June share their cause, so that the Junes, not the errors, count as degrees of freedom.

    Raises:
        ValueError: no past forecast can be scored.
    """
    if forecasts.empty:
        raise ValueError("no past forecast of recipients can be scored")
    scaled = forecasts["log_error"] / np.sqrt(forecasts["horizon_years"])
    return float(np.sqrt((scaled**2).mean())), forecasts["origin_year"].nunique()


def deviation_end_share_year(error: float, degrees_of_freedom: int, span_years: float, level: float = 0.8) -> float:
    """Return the end of the interval of a yearly deviation from the trend that gives the error at the span's end.

    A random walk's error grows with the root of the span; a deviation a year grows with the span.

    Args:
        error: as from :func:`error_per_root_year`.
        degrees_of_freedom: of Student's t.
        span_years: from the last count to the middle of the planned year.
        level: of the two-sided interval.
    """
    from scipy import special

    return float(special.stdtrit(degrees_of_freedom, (1 + level) / 2)) * error / float(np.sqrt(span_years))
