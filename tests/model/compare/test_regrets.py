"""Regret over fiscal worlds: by hand, and the intervals of worth against a fine grid."""

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.inputs.scenario import read_scenario
from analysis.model.compare import choices_by_worth, fiscal_table, regret
from analysis.model.simulate import prepare, simulate

WORLDS = ("good", "bad")


def table(worlds=WORLDS, **losses):
    return pd.DataFrame(losses, index=list(worlds)).T


def test_regret_by_hand():
    # Good: best 0; bad: best 4. The middle way is never best and never far off.
    found = regret(table(bold=[0, 14], middle=[3, 7], timid=[9, 4]))
    assert found[list(WORLDS)].to_numpy().tolist() == [[0, 10], [3, 3], [9, 0]]
    assert found["max_regret"].tolist() == [10, 3, 9]
    assert found["chosen"].tolist() == [False, True, False]


def test_of_the_least_regretted_the_one_that_loses_least_where_it_loses_most_is_chosen():
    assert regret(table(a=[0, 12], b=[2, 10], c=[4, 14]))["chosen"].tolist() == [False, True, False]
    assert regret(table(a=[5, 10], b=[3, 12], c=[0, 14]))["max_regret"].tolist() == [5, 3, 4]
    # Equal in all: the first.
    assert regret(table(b=[1, 1], a=[1, 1]))["chosen"].tolist() == [True, False]


@pytest.mark.parametrize(
    "losses", [pd.DataFrame(), table(a=[1, np.nan]), table(a=[1, np.inf]), pd.DataFrame([[1], [2]], index=["a", "a"])]
)
def test_losses_that_are_not_known_or_stand_twice_are_refused(losses):
    with pytest.raises(ValueError, match="loss"):
        regret(losses)
    with pytest.raises(ValueError, match="loss"):
        choices_by_worth(losses, pd.Series(dtype=float))


def test_the_intervals_by_hand():
    found = choices_by_worth(table(keep=[0, 0], close=[0, 100]), pd.Series({"keep": 50, "close": 10}))
    # In the good world keep is regretted by 40 w, in the bad one close by 100 - 40 w: they meet at 40 w = 50.
    assert found.to_dict("split")["data"] == [[0.0, 1.25, "keep"], [1.25, np.inf, "close"]]


def test_a_middle_way_between_two_extremes():
    short, gap = table(none=[0, 0], half=[0, 30], full=[0, 200]), pd.Series({"none": 20, "half": 10, "full": 0})
    # none is regretted by 20 w (good world), half by 30 - 10 w (bad): 20 w = 30 - 10 w at 1. Above 3 half is best in the
    # bad world; half is regretted by 10 w (good), full by 30 + 10 w less than 200 (bad): 10 w = 170 - 10 w at 8.5.
    assert choices_by_worth(short, gap).to_dict("split")["data"] == [
        [0.0, 1.0, "none"],
        [1.0, 8.5, "half"],
        [8.5, np.inf, "full"],
    ]


def test_equals_go_to_the_cheaper_and_then_to_the_first_by_name():
    short, gap = table(b=[0, 5], a=[0, 5]), pd.Series({"a": 1, "b": 1})
    assert choices_by_worth(short, gap)["policy"].tolist() == ["a"]
    assert choices_by_worth(short, gap, pd.Series({"a": 2, "b": 1}))["policy"].tolist() == ["b"]


def test_a_gap_of_other_policies_is_refused():
    with pytest.raises(ValueError, match="must be known, once, for a"):
        choices_by_worth(table(a=[0, 1]), pd.Series({"b": 1.0}))
    with pytest.raises(ValueError, match="must be known, once, for a"):
        choices_by_worth(table(a=[0, 1]), pd.Series({"a": 1.0}), pd.Series({"a": np.nan}))


def worst_at(short, gap, worth):
    """The definition at one worth, exactly."""
    losses = {
        world: {one: Fraction(int(short.at[one, world])) + Fraction(worth) * int(gap[one]) for one in short.index}
        for world in short
    }
    return {one: max(of[one] - min(of.values()) for of in losses.values()) for one in short.index}


@st.composite
def choices(draw):
    policies = [f"p{place}" for place in range(draw(st.integers(1, 5)))]
    worlds = list("xyz")[: draw(st.integers(1, 3))]
    amounts = [[draw(st.integers(0, 12)) for _ in worlds] for _ in policies]
    gaps = [draw(st.integers(0, 6)) for _ in policies]
    return pd.DataFrame(amounts, index=policies, columns=worlds), pd.Series(gaps, index=policies)


@given(choices())
def test_on_a_fine_grid_the_policy_of_each_interval_is_the_least_regretted(drawn):
    short, gap = drawn
    found = choices_by_worth(short, gap)
    assert found["from_worth"].iloc[0] == 0
    assert found["to_worth"].iloc[-1] == np.inf
    assert found["from_worth"].iloc[1:].tolist() == found["to_worth"].iloc[:-1].tolist()
    assert (found["from_worth"] < found["to_worth"]).all()
    assert (found["policy"] != found["policy"].shift()).all()
    # No crossing of whole numbers so small has 97 in its denominator: the grid never meets one, but at 0.
    for step in [*range(1, 14 * 97, 41), 10**6 + 1]:
        worth = Fraction(step, 97)
        own = found[(found["from_worth"] <= worth) & (worth < found["to_worth"])]["policy"].item()
        worst = worst_at(short, gap, worth)
        assert worst[own] == min(worst.values())
        ranked = sorted((short.loc[one].max(), one) for one in worst if same_line(short, gap, one, own))
        assert own == ranked[0][1]


def same_line(short, gap, one, own):
    """Whether two policies lose the same in every world at every worth."""
    return gap[one] == gap[own] and (short.loc[one] == short.loc[own]).all()


@pytest.fixture(scope="module")
def cases(home, evidence_june, rules):
    named = {name: read_scenario(name, home) for name in ("baseline", "freeze", "rural80")}
    return {name: prepare(evidence_june, scenario, rules) for name, scenario in named.items()}


@pytest.fixture(scope="module")
def fiscals(home):
    return {name: read_scenario(name, home).fiscal for name in ("baseline", "tight", "shock")}


def test_each_policy_under_each_budget_is_what_its_scenario_says(home, cases, fiscals, evidence_june, rules):
    found = fiscal_table(cases, fiscals).set_index(["policy", "fiscal"])
    assert len(found) == 9
    # Two cells are scenarios of their own.
    for cell, name in ((("baseline", "baseline"), "baseline"), (("rural80", "tight"), "tight")):
        gate = simulate(evidence_june, read_scenario(name, home), rules).gate
        row = found.loc[cell]
        assert row["verdict"] == gate.verdict
        assert row["short_yuan_year"] == pytest.approx(gate.short_yuan)
        assert row["transfer_yuan_year"] == pytest.approx(gate.transfer_yuan)
        short = {tier: max(0, -left) for tier, left in gate.headroom_by_tier.items()}
        assert row["upper_short_yuan_year"] == pytest.approx(short["upper"])
        assert row["local_short_yuan_year"] == pytest.approx(short["local"])
    # What no tier can bear is what the two lack, less what the one gives the other.
    lacking = found["upper_short_yuan_year"] + found["local_short_yuan_year"] - found["transfer_yuan_year"]
    assert np.allclose(found["short_yuan_year"], lacking)
    assert (found["short_yuan_year"].unstack()["shock"] >= found["short_yuan_year"].unstack()["baseline"]).all()


def test_the_real_policies_are_chosen_from_none_to_the_narrowest(cases, fiscals):
    short = fiscal_table(cases, fiscals).pivot(index="policy", columns="fiscal", values="short_yuan_year")
    gap = pd.Series({"baseline": 222.0, "freeze": 215.0, "rural80": 178.0})
    found = choices_by_worth(short, gap)
    assert found["policy"].tolist() == ["freeze", "rural80"]
    at = found["to_worth"].iloc[0]
    assert regret(short + np.outer(gap[short.index] * (at - 1), np.ones(3)))["chosen"].to_dict()["freeze"]
    assert regret(short + np.outer(gap[short.index] * (at + 1), np.ones(3)))["chosen"].to_dict()["rural80"]


def test_a_budget_with_unknown_shares_is_refused(cases, fiscals):
    fiscal = fiscals["tight"].model_copy(update={"sharing": "lowe"})
    with pytest.raises(ValueError, match="did you mean low"):
        fiscal_table(cases, {"tight": fiscal})
