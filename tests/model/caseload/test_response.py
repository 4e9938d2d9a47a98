from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from scipy.integrate import quad

from analysis.model.caseload.response import (
    LognormalFit,
    cost_identity,
    local_elasticity,
    lognormal_fit,
    lognormal_recipients,
    lognormal_supplement,
    power_tail,
    power_tail_recipients,
    power_tail_supplement,
)

standards = st.floats(200, 2000)
kept_shares = st.floats(0.02, 0.95)


def test_the_power_tail_of_class_4_rural_in_2021_and_where_it_would_have_led_by_2024():
    tail = power_tail(551, 286)
    assert tail.k == pytest.approx(0.9266, abs=5e-5)
    assert tail.elasticity == tail.k
    assert tail.cost_elasticity == pytest.approx(551 / 286)
    # METHODS 4: 1.284 million in 2021 would have become 1.49 at 645 yuan; the count was 1.089.
    assert power_tail_recipients(1.284e6, 551, 645, 286) == pytest.approx(1.49e6, rel=0.005)
    assert power_tail_supplement(645, tail.k) == pytest.approx(286 * 645 / 551)


def test_incomes_that_grow_with_the_standard_leave_the_recipients_as_they_are():
    assert power_tail_recipients(1000, 500, 550, 250, 0.1) == pytest.approx(1000)
    assert local_elasticity(1000, 500, 550, 3, 0.1) == pytest.approx(1000)


def test_an_elasticity_of_two_squares_the_rise_and_of_zero_keeps_the_recipients():
    assert local_elasticity([100, 100], 500, 600, [2, 0]) == pytest.approx([144, 100])


@given(standards, kept_shares, st.floats(0.5, 2))
def test_spending_under_the_power_tail_grows_by_the_cost_elasticity(standard, share, growth):
    supplement, after = share * standard, growth * standard
    tail = power_tail(standard, supplement)
    spending = power_tail_recipients(1, standard, after, supplement) * power_tail_supplement(after, tail.k)
    assert spending == pytest.approx(supplement * growth**tail.cost_elasticity)


@pytest.mark.parametrize("supplement", [0, 551, 600, np.nan])
def test_a_supplement_that_is_not_below_the_standard_identifies_nothing(supplement):
    for refuse in (power_tail, lambda z, b: lognormal_fit(z, b, 10, 1000, 0.5)):
        with pytest.raises(ValueError, match=r"between 0 and the standard; not so at position 1$"):
            refuse([551, 551], [286, supplement])


@given(st.lists(st.tuples(standards, kept_shares, st.floats(1e-4, 0.95)), min_size=1, max_size=4))
def test_the_lognormal_gives_back_the_recipients_and_the_supplement_of_every_area(rows):
    standard, share, reached = np.array(rows).T
    persons = 1e6 * 0.4 * reached
    fit = lognormal_fit(standard, share * standard, persons, 1e6, 0.4)
    assert (fit.sigma > 0).all()
    assert lognormal_recipients(fit, standard, 1e6, 0.4) == pytest.approx(persons, rel=1e-6)
    assert lognormal_supplement(fit, standard) == pytest.approx(share * standard, rel=1e-6)


@given(standards, st.floats(0.05, 0.8), st.floats(1e-3, 0.9), st.floats(0, 0.3), st.floats(1.01, 1.5))
def test_a_higher_standard_brings_more_recipients_and_grown_incomes_fewer(standard, share, reached, income, rise):
    fit = lognormal_fit(standard, share * standard, reached * 1e6, 1e6, 1)
    now, after = lognormal_recipients(fit, np.array([standard, rise * standard]), 1e6, 1, income)
    assert now < after
    assert now <= lognormal_recipients(fit, standard, 1e6, 1)
    # Incomes and standard that grow alike are a change of units.
    grown = (1 + income) * standard
    assert lognormal_recipients(fit, grown, 1e6, 1, income) == pytest.approx(reached * 1e6, rel=1e-6)
    assert lognormal_supplement(fit, grown, income) == pytest.approx((1 + income) * share * standard, rel=1e-6)


def test_the_lognormal_supplement_is_the_integral_of_its_distribution():
    fit = lognormal_fit(551, 286, 1.284e6, 30e6, 0.5)
    income = stats.lognorm(s=fit.sigma.item(), scale=np.exp(fit.mu.item()))
    for standard in (300, 551, 645):
        area, _ = quad(income.cdf, 0, standard)
        assert lognormal_supplement(fit, standard) == pytest.approx(area / income.cdf(standard), rel=1e-6)
    assert lognormal_recipients(fit, 645, 30e6, 0.5) == pytest.approx(15e6 * income.cdf(645))


@pytest.mark.parametrize(
    ("persons", "take_up", "rule"),
    [
        (500, 0.5, "recipients must lie between 0 and population x take-up"),
        (600, 0.5, "recipients must lie between 0 and population x take-up"),
        (0, 0.5, "recipients must lie between 0 and population x take-up"),
        (-1, 0.5, "recipients must lie between 0 and population x take-up"),
        (10, 0, "take-up must lie above 0 and not above 1"),
        (10, 1.5, "take-up must lie above 0 and not above 1"),
    ],
)
def test_recipients_that_take_up_cannot_hold_have_no_lognormal(persons, take_up, rule):
    with pytest.raises(ValueError, match=f"^{rule}; not so at position 1, 2$"):
        lognormal_fit(551, 286, [10, persons, persons], 1000, [0.5, take_up, take_up])


def test_the_smallest_amounts_and_the_whole_take_up_are_within_the_bounds():
    fit = lognormal_fit(551, [0.5, 286], [0.5, 999], 1000, 1)
    assert lognormal_recipients(fit, 551, 1000, 1) == pytest.approx([0.5, 999], rel=1e-6)
    assert lognormal_supplement(fit, 551) == pytest.approx([0.5, 286], rel=1e-6)
    assert power_tail(551, 0.5).k == pytest.approx(1101)


@pytest.mark.parametrize("call", [
    lambda z, g: local_elasticity(100, 500, z, 2, g),
    lambda z, g: power_tail_recipients(100, 500, z, 250, g),
    lambda z, g: lognormal_recipients(LognormalFit(np.float64(6), np.float64(0.5)), z, 1000, 0.5, g),
    lambda z, g: lognormal_supplement(LognormalFit(np.float64(6), np.float64(0.5)), z, g),
])  # fmt: skip
def test_a_standard_of_nothing_and_incomes_that_fall_by_everything_are_refused_with_their_places(call):
    for standard in (0, -5, np.nan):
        with pytest.raises(ValueError, match="^standards must be above zero; not so at position 1$"):
            call([600, standard], 0)
    for growth in (-1, -1.5, np.nan):
        with pytest.raises(ValueError, match="^incomes cannot fall by everything; not so at position 1$"):
            call(600, [0, growth])
    # Half a yuan, and incomes that fall by nearly all, are odd and not impossible.
    assert (call([0.5, 0.75], [0, -0.99]) > 0).all()


def test_a_present_standard_of_nothing_has_no_elasticity():
    for now in (0, -500):
        with pytest.raises(ValueError, match="^standards must be above zero; not so at position 0$"):
            local_elasticity(100, now, 500, 2)
    assert local_elasticity(100, 0.5, 1, 2) == pytest.approx(400)


def test_a_lognormal_that_is_not_found_is_said_to_be(monkeypatch):
    class Lost:
        success, x = np.array([True, False]), np.array([1.0, np.nan])

    monkeypatch.setattr("scipy.optimize.elementwise.find_root", lambda *_, **__: Lost)
    with pytest.raises(ValueError, match="^no lognormal was found; not so at position 1$"):
        lognormal_fit([551, 551], 286, 10, 1000, 0.5)


def test_figures_as_parameters_hold_them_give_what_binary_ones_do():
    def exact(*values):
        return [Decimal(str(value)) for value in values]

    fit = lognormal_fit(exact(551, 600), exact(286, 300), exact(100, 200), exact(1000, 1000), exact(0.5, 0.6))
    plain = lognormal_fit([551, 600], [286, 300], [100, 200], [1000, 1000], [0.5, 0.6])
    assert (fit.mu.tolist(), fit.sigma.tolist()) == (plain.mu.tolist(), plain.sigma.tolist())
    same = [
        (local_elasticity, ([100], [500], [600], [2], [0.1])),
        (power_tail_recipients, ([100], [500], [600], [250], [0.1])),
        (power_tail_supplement, ([600], [0.9])),
        (lambda *figures: power_tail(*figures).k, ([551], [286])),
        (lambda *figures: lognormal_recipients(plain, *figures), ([551, 600], [1000, 1000], [0.5, 0.6], [0.1, 0.1])),
        (lambda *figures: lognormal_supplement(plain, *figures), ([551, 600], [0.1, 0.1])),
        (lambda *figures: cost_identity(*figures).total_yuan_year, ([100], [200], [20], [230], [5], [10])),
    ]
    for call, figures in same:
        assert call(*(exact(*values) for values in figures)).tolist() == call(*figures).tolist()


def test_the_three_parts_of_the_cost_by_hand():
    parts = cost_identity([100, 100, 100], 200, 20, [230, 210, np.nan], 5, 10)
    assert parts.incumbent_yuan_year.tolist() == [24000] * 3
    assert parts.supplement_floor_yuan_year.tolist() == [12000, 0, 0]  # 230 is 10 above 200 + 20; 210 is not above
    assert np.broadcast_to(parts.entrant_yuan_year, 3).tolist() == [600] * 3
    assert parts.total_yuan_year.tolist() == [36600, 24600, 24600]


def test_the_parts_add_up_to_the_change_of_spending_under_a_distribution_of_incomes():
    fit = lognormal_fit(551, 286, 1.284e6, 30e6, 0.5)
    income = stats.lognorm(s=fit.sigma.item(), scale=np.exp(fit.mu.item()))
    before, after = lognormal_recipients(fit, np.array([551, 580]), 30e6, 0.5)
    lacking, _ = quad(lambda x: (580 - x) * income.pdf(x), 551, 580)
    mean_lacking = lacking / (income.cdf(580) - income.cdf(551))
    parts = cost_identity(before, 286, 29, np.nan, after - before, mean_lacking)
    change = 12 * (after * lognormal_supplement(fit, 580) - before * 286)
    assert parts.total_yuan_year == pytest.approx(change, rel=1e-6)
    assert mean_lacking == pytest.approx(29 / 2, rel=0.05)
