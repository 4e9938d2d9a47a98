from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.model.caseload import (
    decimal_year,
    need_weights,
    on_day,
    on_trend,
    response_elasticity,
    trend_share_year,
    window_trend,
)

positive = st.floats(1, 1e6)


def days(*text):
    return pd.Series(pd.to_datetime(list(text)))


def test_a_day_is_a_decimal_year_in_leap_years_too():
    years = [decimal_year(day) for day in days("2023-01-01", "2023-07-02", "2024-03-31", "2024-07-02")]
    # Far closer than a day, which is a 366th.
    assert years == pytest.approx([2023, 2023 + 182 / 365, 2024 + 90 / 366, 2024 + 183 / 366], rel=1e-12)


def test_a_count_that_halves_in_two_years_falls_by_half_the_log_of_two_a_year():
    assert trend_share_year(days("2020-01-01", "2021-06-01", "2022-01-01"), [100, 9, 50]) == pytest.approx(
        -np.log(2) / 2
    )


def test_a_trend_needs_two_counts():
    with pytest.raises(ValueError, match="^a trend needs two counts at least$"):
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
    exact = [Decimal(amount) for amount in consumption.tolist()]
    assert need_weights(population, exact, exponent) == pytest.approx(need_weights(population, consumption, exponent))


def test_half_the_consumption_weighs_twice_per_head_at_exponent_1_and_four_times_at_2():
    assert need_weights([100, 100], [10000, 20000], 1) == pytest.approx([2 / 3, 1 / 3])
    assert need_weights([100, 100], [10000, 20000], [[2.0], [0.0]]) == pytest.approx(np.array([[0.8, 0.2], [0.5, 0.5]]))


def test_the_power_tail_of_class_4_rural_in_2021_is_093():
    assert response_elasticity(551, 286, 1).item() == pytest.approx(0.93, abs=0.005)
    assert response_elasticity(551, 286, 0).item() == 0
    assert response_elasticity(551, 286, 0.25).item() == pytest.approx((551 / 286 - 1) / 4)


def test_a_window_holds_the_count_that_is_five_years_old_to_the_day():
    when = days("2018-12-31", "2019-03-31", "2022-01-01", "2024-03-31")
    table = pd.DataFrame({"counted_on": when, "persons": [900.0, 100, 900, 400]})
    assert window_trend(table) == pytest.approx(np.log(4) / (decimal_year(when[3]) - decimal_year(when[1])))


def test_a_window_of_one_count_takes_the_one_before_it_and_no_third():
    table = pd.DataFrame({"counted_on": days("2010-01-01", "2014-01-01", "2024-01-01"), "persons": [100.0, 200, 400]})
    assert window_trend(table) == pytest.approx(np.log(2) / 10)
    recent = pd.DataFrame({"counted_on": days("2010-01-01", "2023-01-01", "2024-01-01"), "persons": [100.0, 200, 400]})
    assert window_trend(recent) == pytest.approx(np.log(2))


def test_figures_as_parameters_hold_them_give_what_binary_ones_do():
    last, day = pd.Timestamp("2024-01-01"), pd.Timestamp("2025-01-01")
    trend = [Decimal("-0.05")]
    assert on_trend(1000, last, trend, 2025).tolist() == on_trend(1000, last, [-0.05], 2025).tolist()
    assert on_day(1000, last, trend, day).tolist() == on_day(1000, last, [-0.05], day).tolist()
    exact = response_elasticity([Decimal(551)], [Decimal(286)], [Decimal("0.25")])
    assert exact.tolist() == response_elasticity([551], [286], [0.25]).tolist()
    counts = [Decimal(100), Decimal(50)]
    assert trend_share_year(days("2020-01-01", "2022-01-01"), counts) == pytest.approx(-np.log(2) / 2)
    weights = need_weights([Decimal(100)] * 2, [10000, 20000], [Decimal(1)])
    assert weights.tolist() == pytest.approx([2 / 3, 1 / 3])
    # Whole numbers have no negative powers.
    assert need_weights([100, 100], [10000, 20000], 2) == pytest.approx([0.8, 0.2])
