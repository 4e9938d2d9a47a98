from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize

from analysis.model.pathway.frontier import equal_shortfall, fairest_standards, frontier

SHARES = tuple(Fraction(share, 100) for share in (75, 80, 90, 100))


@pytest.fixture(scope="module")
def curve(case, next_year):
    return frontier(case, next_year, SHARES)


def test_a_narrower_gap_costs_more_and_each_step_more_than_the_last(curve):
    assert curve["gap_yuan_month"].tolist() == [222, 178, 89, 0]
    assert curve["extra_yuan_year"].is_monotonic_increasing
    per_yuan = np.diff(curve["extra_yuan_year"]) / -np.diff(curve["gap_yuan_month"])
    assert (np.diff(per_yuan) > 0).all()
    # What one more million lifts shrinks in the same way, and fits the slope between neighbours.
    assert curve["lift_yuan_month"].iloc[:-1].is_monotonic_decreasing
    assert curve["lift_yuan_month"].iloc[0] == pytest.approx(1e6 / per_yuan[0], rel=0.02)
    assert curve["lift_yuan_month"].iloc[-1] == 0


def test_policies_lie_on_the_frontier_or_above_it(curve, case, next_year, case_of):
    for name, place in (("baseline", 0), ("rural80", 1)):
        own = case_of(name)
        extra = own.evaluate({key: np.array([value]) for key, value in own.central().items()})["extra"].sum()
        assert extra == pytest.approx(curve["extra_yuan_year"].iloc[place], rel=1e-6)
    flat = case_of("flat")
    dearer = flat.evaluate({key: np.array([value]) for key, value in flat.central().items()})["extra"].sum()
    # Flat raises classes one to three by less than the baseline does: only the curve with town at a standstill is below it.
    still = frontier(case, next_year, SHARES, Fraction(0))
    assert dearer >= np.interp(-215, -still["gap_yuan_month"], still["extra_yuan_year"])


def test_with_town_at_a_standstill_the_same_share_is_cheaper(case, next_year, curve):
    still = frontier(case, next_year, SHARES, Fraction(0))
    assert (still["extra_yuan_year"].to_numpy() < curve["extra_yuan_year"].to_numpy()).all()
    assert (still["urban_yuan_month"] == 860).all()


# Equal shortfall by hand: now, target, persons, money -> standards, shortfall.
@pytest.mark.parametrize(
    ("now", "target", "persons", "money", "standards", "shortfall"),
    [
        ([100], [200], [10], 12 * 10 * 40, [140], 60),
        ([100, 150], [200, 200], [10, 10], 12 * 10 * 50, [150, 150], 50),
        ([100, 150], [200, 200], [10, 10], 12 * 10 * 60, [155, 155], 45),
        ([100, 150], [200, 200], [10, 10], 12 * 10 * 20, [120, 150], 80),
        ([100, 150], [200, 200], [1, 3], 12 * 90, [162.5, 159.1666666], None),
        ([100, 200, 300], [400, 400, 400], [1, 2, 3], 12 * 250, [250, 250, 300], 150),
        ([100, 400], [300, 300], [5, 5], 12 * 5 * 200, [300, 400], 0),
        ([100, 100], [300, 200], [5, 5], 12 * 5 * 500, [300, 200], 0),
        ([100, 100], [300, 200], [5, 5], 0, [100, 100], 200),
    ],
)
def test_equal_shortfall_by_hand(now, target, persons, money, standards, shortfall):
    found, level = equal_shortfall(now, target, persons, money)
    if shortfall is None:
        # 1 x 50 brings the first to 150; the rest of 90, 40, lifts four heads by ten each.
        standards, shortfall = [160, 160], 40
    assert found.tolist() == pytest.approx(standards)
    assert level == pytest.approx(shortfall)


@given(
    st.lists(st.tuples(st.integers(100, 900), st.integers(0, 300), st.integers(1, 50)), min_size=1, max_size=6),
    st.floats(0.05, 0.95),
)
def test_equal_shortfall_is_the_least_weighted_square_by_another_solver(rows, part):
    now, lack, persons = (np.array(column, float) for column in zip(*rows, strict=True))
    money = part * 12 * (persons * lack).sum()
    found, _ = equal_shortfall(now, now + lack, persons, money)
    assert 12 * (persons * (found - now)).sum() == pytest.approx(money, abs=1e-6)
    scale = persons / persons.sum()
    other = optimize.minimize(
        lambda lift: float((scale * (lack - lift) ** 2).sum()), part * lack, method="SLSQP",
        bounds=[(0, most) for most in lack], options={"ftol": 1e-12, "maxiter": 500},
        constraints={"type": "ineq", "fun": lambda lift: money / (12 * persons.sum()) - float((scale * lift).sum())},
    )  # fmt: skip
    ours = float((scale * (now + lack - found) ** 2).sum())
    assert ours <= other.fun + 1e-4 * (1 + other.fun)


def test_the_fairest_sharing_gives_equal_shortfalls_but_for_rounding_and_cost(case, next_year):
    table = fairest_standards(case, next_year, Fraction(85, 100), 7e8)
    lifted = table[table["standard_yuan_month"] > table["before_yuan_month"]]
    assert len(lifted) > 5
    # A yuan costs nearly the same a head everywhere: tekun and entrants weigh a little differently.
    assert np.ptp(lifted["shortfall_yuan_month"]) < 3
    richer = fairest_standards(case, next_year, Fraction(85, 100), 9e8)
    weighed = [(one["persons"] * one["shortfall_yuan_month"].clip(lower=0) ** 2).sum() for one in (table, richer)]
    assert weighed[1] < weighed[0]
    assert fairest_standards(case, next_year, Fraction(85, 100), 1e6) is None


def test_an_envelope_below_nothing_is_refused():
    with pytest.raises(ValueError, match="0 or more"):
        equal_shortfall([1], [2], [1], -1)
