from math import exp, log, sqrt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.model.caseload import TREND_SPAN_YEARS, between_counts, decimal_year, on_day, window_trend
from analysis.model.caseload.track_record import deviation_end_share_year, error_per_root_year, trend_forecasts
from analysis.model.simulate.cells import recipients


def counts(*rows):
    """Rows of residence, day, persons, and the day they were public (the day itself where it is left out)."""
    table = pd.DataFrame(
        [(side, day, float(persons), known[0] if known else day) for side, day, persons, *known in rows],
        columns=["residence", "counted_on", "persons", "known_from"],
    )
    return table.assign(
        counted_on=pd.to_datetime(table["counted_on"]), known_from=pd.to_datetime(table["known_from"]), grade="press"
    ).sort_values(["residence", "counted_on"], ignore_index=True)


# A count each New Year's Day, on which the decimal year is whole.
YEARS = range(2015, 2025)


@given(st.floats(-0.2, 0.2), st.floats(1e3, 1e6))
def test_a_steady_trend_is_forecast_without_error(drift, start):
    table = counts(*(("rural", f"{year}-01-01", start * exp(drift * (year - 2015))) for year in YEARS))
    record = trend_forecasts(table, 2024)
    # The first June knows one count and no trend; after the last there is nothing to compare with.
    assert record["origin_year"].tolist() == list(range(2016, 2024))
    assert np.allclose(record["trend_share_year"], drift, atol=1e-9)
    assert np.allclose(record["log_error"], 0, atol=1e-9)
    assert np.allclose(record["horizon_years"], 1)
    assert error_per_root_year(record) == (pytest.approx(0, abs=1e-9), 8)


def test_an_error_by_hand():
    # 100, 200, 400 and then 400: the trend says 800, so that the error is the log of a half.
    rows = [("urban", f"{2020 + n}-01-01", persons) for n, persons in enumerate([100, 200, 400, 400])]
    record = trend_forecasts(counts(*rows), 2024).set_index("origin_year")
    assert record["predicted_persons"].to_dict() == pytest.approx({2021: 400, 2022: 800})
    assert record["log_error"].to_dict() == pytest.approx({2021: 0, 2022: log(0.5)}, abs=1e-12)
    assert error_per_root_year(record.reset_index()) == (pytest.approx(log(2) / sqrt(2)), 2)
    assert record["published_persons"].to_dict() == {2021: 400, 2022: 400}
    assert record["counted_on"].dt.year.to_dict() == {2021: 2022, 2022: 2023}
    # A June that is not past yet is no part of the record, though its counts may be known.
    assert trend_forecasts(counts(*rows), 2021)["origin_year"].tolist() == [2021]


def test_an_error_counts_by_the_root_of_its_span_and_a_june_once():
    table = pd.DataFrame(
        {
            "origin_year": [2020, 2020, 2021],
            "log_error": [0.1, -0.2, 0.3],
            "horizon_years": [1.0, 4.0, 9.0],
        }
    )
    assert error_per_root_year(table) == (pytest.approx(0.1), 2)
    with pytest.raises(ValueError, match="^no past forecast of recipients can be scored$"):
        error_per_root_year(table.head(0))


def test_the_trend_looks_back_five_years_and_to_two_counts_at_least():
    assert TREND_SPAN_YEARS == 5
    halved = [("rural", "2010-01-01", 400), ("rural", "2019-01-01", 200), ("rural", "2024-01-01", 100)]
    table = counts(*halved)
    assert window_trend(table) == pytest.approx(log(0.5) / 5)
    assert window_trend(table.head(2)) == pytest.approx(log(0.5) / 9)


def test_a_forecast_goes_from_the_last_count_to_the_day_of_the_next():
    when = pd.Timestamp("2020-01-01"), pd.Timestamp("2022-07-02")
    span = decimal_year(when[1]) - decimal_year(when[0])
    assert span == pytest.approx(2.5, abs=0.002)
    assert on_day(1000, when[0], log(2), when[1]).item() == pytest.approx(1000 * 2**span)


def test_between_two_counts_lies_the_geometric_mean_and_beyond_them_the_nearest():
    # The middle of 2021 lies a quarter of the way from mid-2020 to mid-2024.
    table = counts(("rural", "2020-07-01", 100), ("rural", "2024-07-01", 1600))
    assert between_counts(table, 2021) == pytest.approx(200, rel=0.005)
    assert between_counts(table, 2010) == pytest.approx(100)
    assert between_counts(table, 2030) == pytest.approx(1600)


PUBLISHED_LATE = [
    ("rural", "2019-01-01", 100), ("rural", "2020-01-01", 110, "2020-07-01"), ("rural", "2021-01-01", 130, "2021-03-01"),
    ("rural", "2022-01-01", 120, "2023-01-01"), ("rural", "2023-01-01", 90, "2023-03-01"), ("rural", "2024-01-01", 80),
]  # fmt: skip


def test_a_june_uses_only_what_was_public_on_it():
    record = trend_forecasts(counts(*PUBLISHED_LATE), 2024).set_index("origin_year")
    # June 2020 knows one count; June 2021 three; June 2022 the same three; June 2023 all but the last.
    assert record.index.tolist() == [2021, 2022, 2023]
    assert record["last_on"].dt.year.tolist() == [2021, 2021, 2023]
    assert record["predicted_persons"].tolist() == pytest.approx(
        [130 * sqrt(1.3), 130 * 1.3, 90 * (90 / 100) ** (1 / 4)], rel=1e-3
    )


@given(st.sampled_from([2021, 2022, 2023]), st.floats(0.5, 2))
def test_what_became_public_after_a_june_moves_no_earlier_forecast(june, factor):
    table = counts(*PUBLISHED_LATE)
    later = table["known_from"] > pd.Timestamp(f"{june}-06-30")
    assert later.any()
    changed = table.assign(persons=table["persons"].where(~later, table["persons"] * factor))
    columns = ["origin_year", "last_on", "last_persons", "trend_share_year", "predicted_persons"]
    records = [trend_forecasts(one, 2024) for one in (table, changed)]
    before, after = (record.loc[record["origin_year"] <= june, columns] for record in records)
    pd.testing.assert_frame_equal(before, after)


@pytest.mark.parametrize(("public", "last"), [("2021-06-30", 130), ("2021-07-01", 110)])
def test_a_count_that_is_public_a_day_after_a_june_is_not_seen_on_it(public, last):
    rows = [(*row[:3], public) if row[1] == "2021-01-01" else row for row in PUBLISHED_LATE]
    record = trend_forecasts(counts(*rows), 2024).set_index("origin_year")
    assert record.at[2021, "last_persons"] == last
    assert record.at[2022, "last_persons"] == 130


def test_the_end_of_the_interval_by_hand():
    # Student's t at 0.9: 1.6377 with three degrees of freedom; over four years a walk's error doubles, a drift's fourfolds.
    assert deviation_end_share_year(0.1, 3, 1) == pytest.approx(0.16377, abs=1e-5)
    assert deviation_end_share_year(0.1, 3, 4) == pytest.approx(0.16377 / 2, abs=1e-5)
    assert deviation_end_share_year(0.1, 3, 1, level=0.95) == pytest.approx(0.31824, abs=1e-5)


# What was public of Guangdong on 30 June 2024, typed in: day of the count, ten thousand persons.
URBAN = {2015.6630: 30.1162, 2019.3260: 16.3, 2020.0820: 15.6, 2021.1589: 15.2, 2023.2438: 14.6, 2024.2459: 14.6}
RURAL = {2019.3260: 123.5, 2020.0820: 124.6, 2021.1589: 128.4, 2023.2438: 113.9, 2024.2459: 108.9}
# June, residence, first and last count of its trend, the count forecast.
PAST = [
    (2019, "urban", 2015.6630, 2019.3260, 2020.0820), (2020, "rural", 2019.3260, 2020.0820, 2021.1589),
    (2020, "urban", 2015.6630, 2020.0820, 2021.1589), (2022, "rural", 2019.3260, 2021.1589, 2023.2438),
    (2022, "urban", 2019.3260, 2021.1589, 2023.2438), (2023, "rural", 2019.3260, 2021.1589, 2024.2459),
    (2023, "urban", 2019.3260, 2021.1589, 2024.2459),
]  # fmt: skip


def test_the_record_of_guangdong_by_hand(evidence_june):
    record = trend_forecasts(recipients(evidence_june, "dibao"), 2024)
    assert list(zip(record["origin_year"], record["residence"], strict=True)) == [row[:2] for row in PAST]
    for found, (_, residence, first, last, target) in zip(record.itertuples(), PAST, strict=True):
        own = URBAN if residence == "urban" else RURAL
        drift = log(own[last] / own[first]) / (last - first)
        predicted = own[last] * exp(drift * (target - last))
        assert found.predicted_persons == pytest.approx(predicted * 1e4, rel=1e-3)
        assert found.log_error == pytest.approx(log(own[target] / predicted), abs=1e-3)
    # The counts of early 2023 became public with the yearbook of 2024: June 2023 knows those of 2021 alone.
    assert (record.loc[record["origin_year"] == 2023, "last_on"] == "2021-02-28").all()
