import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.model.funding import (
    burden_share,
    capacity_yuan,
    gate,
    implied_upper_share,
    stressed_share,
)

# Whole yuan, so that what is exactly enough is exactly enough.
amounts = st.integers(0, 10**6)
tiers = st.fixed_dictionaries({"central": amounts, "province": amounts, "local": amounts})
ORDER = ["infeasible", "feasible_with_transfer", "feasible"]


@pytest.mark.parametrize(("money", "reading"), [(39, "below 0.4"), (40, "within"), (100, "within"), (101, "above 1")])
def test_the_implied_share_is_read(money, reading):
    implied = implied_upper_share(money, 100)
    assert implied.share == pytest.approx(money / 100)
    assert implied.reading.split(":")[0] == reading


@pytest.mark.parametrize(("money", "modelled"), [(-1, 100), (1, 0), (math.nan, 100)])
def test_no_share_is_implied_by_amounts_that_cannot_be(money, modelled):
    with pytest.raises(ValueError):
        implied_upper_share(money, modelled)


@pytest.mark.parametrize(
    ("capacity", "verdict", "transfer", "short"),
    [
        ({"central": 60, "province": 30, "local": 40}, "feasible", 0, 0),
        ({"central": 60, "province": 35, "local": 28}, "feasible_with_transfer", 12, 0),
        ({"central": 60, "province": 35, "local": 20}, "infeasible", 15, 5),
        # The province is short itself: what the central tier can spare does not reach it.
        ({"central": 90, "province": 25, "local": 30}, "infeasible", 10, 5),
        ({"central": math.inf, "province": 30, "local": 0}, "feasible_with_transfer", 40, 0),
    ],
)
def test_the_gate_by_hand(capacity, verdict, transfer, short):
    found = gate({"central": 50, "province": 30, "local": 40}, capacity)
    assert (found.verdict, found.transfer_yuan, found.short_yuan) == (verdict, transfer, short)
    assert found.headroom_by_tier["local"] == capacity["local"] - 40


@given(tiers, tiers)
def test_the_transfer_is_exactly_what_makes_it_feasible(spending, capacity):
    found = gate(spending, capacity)
    assert (found.verdict == "infeasible") == (found.short_yuan > 0)
    if found.verdict == "feasible_with_transfer":
        helped = {**capacity, "local": capacity["local"] + found.transfer_yuan}
        assert gate(spending, helped).verdict == "feasible"
        assert gate(spending, {**helped, "local": helped["local"] - 1}).verdict != "feasible"
        spare = sum(max(0, capacity[tier] - spending[tier]) for tier in ("central", "province"))
        assert found.transfer_yuan <= spare


@given(tiers, tiers, tiers)
def test_more_capacity_never_worsens_the_verdict_nor_what_is_short(spending, capacity, more):
    before = gate(spending, capacity)
    after = gate(spending, {tier: capacity[tier] + more[tier] for tier in capacity})
    assert ORDER.index(after.verdict) >= ORDER.index(before.verdict)
    assert after.short_yuan <= before.short_yuan


def test_the_gate_refuses_other_tiers_and_unknown_amounts():
    with pytest.raises(ValueError, match="same tiers"):
        gate({"local": 1}, {"local": 1, "upper": 1})
    with pytest.raises(ValueError, match="same tiers"):
        gate({"upper": 1}, {"upper": 1})
    with pytest.raises(ValueError, match="not a number for local"):
        gate({"local": 1}, {"local": math.nan})


def test_capacity_grows_with_expenditure_and_burden_is_a_share_of_it():
    assert capacity_yuan([100, 200], [0.017, -0.1]) == pytest.approx([101.7, 180])
    assert burden_share([1, 3, np.nan], [100, 100, 50]) == pytest.approx([0.01, 0.03, np.nan], nan_ok=True)
    with pytest.raises(ValueError, match="above zero"):
        burden_share(1, [100, 0])


def test_stress_counts_areas_above_the_threshold_among_those_known():
    changes = [[0.001, 0.002, 0.0021, np.nan], [np.nan] * 4]
    assert stressed_share(changes, 0.002) == pytest.approx([1 / 3, np.nan], nan_ok=True)
