import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.model.caseload import decimal_year, need_weights, on_trend, response_elasticity, trend_share_year

positive = st.floats(1, 1e6)


def days(*text):
    return pd.Series(pd.to_datetime(list(text)))


def test_a_day_is_a_decimal_year_in_leap_years_too():
    years = [decimal_year(day) for day in days("2023-01-01", "2023-07-02", "2024-03-31", "2024-07-02")]
    assert years == pytest.approx([2023, 2023 + 182 / 365, 2024 + 90 / 366, 2024 + 183 / 366])


def test_a_count_that_halves_in_two_years_falls_by_half_the_log_of_two_a_year():
    assert trend_share_year(days("2020-01-01", "2021-06-01", "2022-01-01"), [100, 9, 50]) == pytest.approx(
        -np.log(2) / 2
    )


def test_a_trend_needs_two_counts():
    with pytest.raises(ValueError, match="two counts"):
        trend_share_year(days("2020-01-01"), [100])


@given(st.floats(-0.2, 0.2), positive)
def test_a_steady_trend_is_found_again_and_carried_to_the_middle_of_the_year(drift, start):
    when = days("2019-04-30", "2021-02-28", "2024-03-31")
    counts = start * np.exp(drift * when.map(decimal_year))
    assert trend_share_year(when, counts) == pytest.approx(drift, abs=1e-9)
    expected = start * np.exp(drift * 2025.5)
    assert on_trend(counts.iloc[-1], when.iloc[-1], drift, 2025) == pytest.approx(expected)


def test_without_a_trend_the_last_count_stays():
    assert on_trend(1089000, pd.Timestamp("2024-03-31"), [[0.0], [0.0]], 2025).tolist() == [[1089000]] * 2


@given(st.lists(st.tuples(positive, st.floats(5000, 50000)), min_size=1, max_size=6), st.floats(0, 3))
def test_allocation_weights_sum_to_one_and_follow_population_alone_at_exponent_0(rows, exponent):
    population, consumption = np.array(rows).T
    assert need_weights(population, consumption, exponent).sum() == pytest.approx(1)
    assert need_weights(population, consumption, 0) == pytest.approx(population / population.sum())
    assert need_weights(population * 7, consumption * 3, exponent) == pytest.approx(
        need_weights(population, consumption, exponent)
    )


def test_half_the_consumption_weighs_twice_per_head_at_exponent_1_and_four_times_at_2():
    assert need_weights([100, 100], [10000, 20000], 1) == pytest.approx([2 / 3, 1 / 3])
    assert need_weights([100, 100], [10000, 20000], [[2.0], [0.0]]) == pytest.approx(np.array([[0.8, 0.2], [0.5, 0.5]]))


def test_the_power_tail_of_class_4_rural_in_2021_is_093():
    assert response_elasticity(551, 286, 1).item() == pytest.approx(0.93, abs=0.005)
    assert response_elasticity(551, 286, 0).item() == 0
    assert response_elasticity(551, 286, 0.25).item() == pytest.approx((551 / 286 - 1) / 4)
