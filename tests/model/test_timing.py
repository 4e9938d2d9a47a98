import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.model.timing import (
    arrears_yuan,
    buffer_yuan,
    calendar,
    cash_peak_yuan,
    largest_shortfall_yuan,
    late_months,
    on_time_in_full_share,
    year_cost_factor,
)

amounts = st.floats(0, 1e11)
months = st.integers(1, 12)
notice_then_pay = st.tuples(months, months).map(sorted)


def test_a_notice_in_april_paid_in_may_by_hand():
    year = calendar(1200, 12000, 4, 5)
    assert year["month"].tolist() == list(range(1, 13))
    assert year["due_yuan"].tolist() == [1100] * 12
    assert year["paid_yuan"].tolist() == [1000] * 4 + [1500] + [1100] * 7
    assert year["late_yuan"].tolist() == pytest.approx([100, 200, 300, 400] + [0] * 8)
    # The extra comes in nine parts of 133.33 from April: 266.67 by May, when 500 of it is paid.
    assert year["allotted_yuan"].tolist() == pytest.approx([1000] * 3 + [1000 + 1200 / 9] * 9)
    assert year["balance_yuan"].iloc[[2, 3, 4, 11]].tolist() == pytest.approx([0, 1200 / 9, 2400 / 9 - 500, 0])
    assert buffer_yuan(year) == pytest.approx(500 - 2400 / 9)
    assert largest_shortfall_yuan(year) == pytest.approx(500 - 1200 / 9)
    assert cash_peak_yuan(year) == 1500
    assert on_time_in_full_share(year) == pytest.approx(1 - 400 / 13200)
    assert late_months(year) == [5, 6, 7, 8, 9, 10, 11]


def test_without_back_pay_what_is_late_stays_late():
    year = calendar(1200, 12000, 4, 5, back_pay=False)
    assert year["paid_yuan"].tolist() == [1000] * 4 + [1100] * 8
    assert year["late_yuan"].iloc[-1] == pytest.approx(400)
    assert late_months(year) == []
    assert on_time_in_full_share(year) == pytest.approx(1 - 400 / 13200)


def test_an_allotment_of_its_own_moves_the_balance_and_not_what_is_paid():
    ahead = calendar(1200, 12000, 4, 5, allotment=[1] + [0] * 11)
    assert ahead["paid_yuan"].equals(calendar(1200, 12000, 4, 5)["paid_yuan"])
    assert ahead["balance_yuan"].iloc[0] == pytest.approx(1200)
    assert late_months(ahead) == []
    at_last = calendar(1200, 12000, 4, 5, allotment=[0] * 11 + [1])
    assert buffer_yuan(at_last) == pytest.approx(1100)
    assert late_months(at_last) == list(range(5, 12))


@given(amounts, amounts, notice_then_pay, st.booleans())
def test_the_year_adds_up(extra, base, when, back_pay):
    year = calendar(extra, base, *when, back_pay)
    whole = base + extra
    assert year["due_yuan"].sum() == pytest.approx(whole, abs=1e-3)
    assert year["allotted_yuan"].sum() == pytest.approx(whole, abs=1e-3)
    assert year["paid_yuan"].sum() == pytest.approx(base + extra * year_cost_factor(when[1], back_pay), abs=1e-3)
    moved = (year["allotted_yuan"] - year["paid_yuan"]).cumsum()
    assert year["balance_yuan"].to_numpy() == pytest.approx(moved.to_numpy(), abs=1e-3)
    owed = (year["due_yuan"] - year["paid_yuan"]).cumsum()
    assert year["late_yuan"].to_numpy() == pytest.approx(owed.to_numpy(), abs=1e-3)
    assert year["late_yuan"].max() == pytest.approx(arrears_yuan(extra, when[1]) if when[1] > 1 else 0, abs=1e-3)
    assert (buffer_yuan(year) > 0) == bool(late_months(year))
    if whole > 1:
        expected = 1 - arrears_yuan(extra, when[1]) / whole
        assert on_time_in_full_share(year) == pytest.approx(expected, abs=1e-9)


@given(amounts, st.floats(1, 1e11))
def test_a_rise_paid_in_january_is_on_time_in_every_month(extra, base):
    year = calendar(extra, base, 1, 1)
    assert late_months(year) == []
    assert buffer_yuan(year) == largest_shortfall_yuan(year) == 0
    assert (year["late_yuan"] == 0).all()
    assert on_time_in_full_share(year) == pytest.approx(1)


def test_arrears_and_the_first_year_by_month():
    assert arrears_yuan(1200, [1, 5, 12]) == pytest.approx([0, 400, 1100])
    assert year_cost_factor([1, 5, 12], False) == pytest.approx([1, 8 / 12, 1 / 12])
    assert year_cost_factor([1, 5, 12], True).tolist() == [1, 1, 1]
    assert np.isnan(on_time_in_full_share(calendar(0, 0, 1, 1)))


@pytest.mark.parametrize(("notice", "pay"), [(0, 5), (4, 13), (6, 5), (4.5, 5)])
def test_months_outside_the_year_or_in_the_wrong_order_are_refused(notice, pay):
    with pytest.raises(ValueError, match="month"):
        calendar(1, 1, notice, pay)


@pytest.mark.parametrize("allotment", [[1], [0.1] * 12, [-1, 2] + [0] * 10, [np.nan] * 12])
def test_an_allotment_that_is_not_twelve_shares_of_one_is_refused(allotment):
    with pytest.raises(ValueError, match="twelve shares"):
        calendar(1, 1, 1, 1, allotment=allotment)
