from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.inputs.scenario import read_scenario
from analysis.model.pathway.borne import GRID, cost_of_rises, floors_at, largest_rise, largest_rise_borne
from analysis.model.simulate import simulate

# The table by half per cents


@pytest.fixture(scope="module")
def costs(outcome_june):
    return cost_of_rises(outcome_june.case)


def test_the_cost_of_rises_starts_at_nothing_never_falls_and_passes_through_the_baseline(costs, outcome_june):
    assert costs["rise_share"].tolist() == pytest.approx([step / 200 for step in range(21)])
    # 645 is exactly three quarters of 860, and no city's rural standard lies below that share of its urban one.
    assert costs["extra_yuan_year"].iloc[0] == 0
    assert costs["extra_yuan_year"].is_monotonic_increasing
    at_baseline = costs.loc[costs["rise_share"] == 0.035].iloc[0]
    assert at_baseline["extra_yuan_year"] == pytest.approx(outcome_june.totals["central"])
    without = outcome_june.totals["dibao_spending"] + outcome_june.totals["tekun_spending"]
    assert np.allclose(costs["spending_yuan_year"], without + costs["extra_yuan_year"])


def test_a_rise_of_the_table_is_a_scenario_of_its_own(costs, home, evidence_june, rules):
    rises = {f"policy.rule.{side}.rise_share": Decimal("0.06") for side in ("urban", "rural")}
    alone = simulate(evidence_june, read_scenario("baseline", home, rises | {"draws": 100}), rules)
    found = costs.loc[np.isclose(costs["rise_share"], 0.06), "extra_yuan_year"].item()
    assert found == pytest.approx(alone.totals["central"])


def test_the_table_of_a_frozen_policy_is_that_of_the_baseline(costs, home, evidence_june, rules):
    # The rise is put in the place of the policy's own rule, whatever that was.
    frozen = simulate(evidence_june, read_scenario("freeze", home, {"draws": 100}), rules)
    pd.testing.assert_frame_equal(cost_of_rises(frozen.case), costs)


def test_the_largest_rise_that_an_envelope_bears():
    table = pd.DataFrame(
        {
            "rise_share": [0.0, 0.01, 0.02],
            "extra_yuan_year": [0.0, 100.0, 250.0],
            "spending_yuan_year": [900.0, 1000.0, 1150.0],
        }
    )
    assert [largest_rise_borne(table, envelope) for envelope in (0, 99, 100, 249, 1e9)] == [0, 0, 0.01, 0.01, 0.02]
    assert np.isnan(largest_rise_borne(table, -1))
    assert np.isnan(largest_rise_borne(table, 899, "spending_yuan_year"))
    assert largest_rise_borne(table, 1000, "spending_yuan_year") == 0.01


@given(st.floats(0, 2e9), st.floats(0, 2e9))
def test_more_money_never_bears_less(costs, one, other):
    less, more = sorted((one, other))
    assert largest_rise_borne(costs, less) <= largest_rise_borne(costs, more)


# The largest rise, on the fine grid


def cost_at(case, rise, chance=None):
    settings = {name: np.array([value]) for name, value in case.central().items()} if chance is None else case.draw()
    cells = dict(case.cells) | {name: rows[0] for name, rows in floors_at(case, [rise]).items()}
    extra = case.evaluate(settings, cells=cells)["extra"].sum(axis=1)
    return extra[0] if chance is None else np.quantile(extra, chance)


@settings(max_examples=8)
@given(envelope=st.integers(1, 12))
def test_no_larger_rise_on_the_grid_is_borne(case, envelope):
    borne = largest_rise(case, envelope * 1e8)
    assert borne.cost_yuan <= envelope * 1e8 < borne.next_cost_yuan
    assert borne.cost_yuan == cost_at(case, borne.rise_share)
    # A sweep over the whole grid above it finds nothing cheaper than the next step.
    above = [cost_at(case, borne.rise_share + step * GRID) for step in (1, 2, 5, 50, 500)]
    assert min(above) == borne.next_cost_yuan


def test_the_envelope_of_the_baseline_bears_the_baseline_and_a_yuan_less_does_not(case, outcome_june):
    whole = outcome_june.totals["central"]
    borne, less = (largest_rise(case, whole + more) for more in (1.0, -1.0))
    # 3.54 %, not 3.5: the floors of 3.5 % are rounded up, and stay the same until 891 and 1249 would be passed.
    assert Fraction(35, 1000) <= borne.rise_share < Fraction(36, 1000)
    assert borne.minima["440000-C4", "urban"] == 891
    assert less.rise_share < Fraction(35, 1000)
    assert less.minima["440000-C4", "urban"] < 891


def test_a_surer_envelope_bears_less(case):
    central, even, sure = (largest_rise(case, 6e8, chance) for chance in (None, 0.5, 0.9))
    assert sure.rise_share < even.rise_share
    assert sure.cost_yuan == pytest.approx(cost_at(case, sure.rise_share, 0.9))
    assert central.rise_share != even.rise_share


def test_one_class_alone_rises_further_and_pulls_along_only_what_the_order_asks(case):
    everywhere = largest_rise(case, 3e8)
    fourth, third = (largest_rise(case, 3e8, classes=[code]) for code in ("440000-C4", "440000-C3"))
    assert fourth.rise_share > everywhere.rise_share
    assert fourth.minima["440000-C3", "urban"] == 932
    # Class three may not pass class two, which rises with it.
    assert third.minima["440000-C2", "urban"] == max(1073, third.minima["440000-C3", "urban"])
    with pytest.raises(ValueError, match="C9"):
        largest_rise(case, 3e8, classes=["440000-C9"])
    with pytest.raises(ValueError, match="chance"):
        largest_rise(case, 3e8, chance=90)


def test_an_envelope_that_bears_not_even_none_has_no_rise(case_of):
    # Rural at least 80 % of urban costs money whatever the rise.
    assert largest_rise(case_of("rural80"), 1e6) is None
