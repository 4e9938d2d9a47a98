"""What each group is worth: Shapley values by hand, against the average over all orders, and of a real pair."""

import math
from itertools import combinations, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.inputs.scenario import read_scenario
from analysis.model.compare import attribution, headline, shapley_values, subsets
from analysis.model.compare.groups import differences
from analysis.model.simulate import simulate

PLAYERS = ("a", "b", "c", "d")


def sets(players):
    return [frozenset(some) for size in range(len(players) + 1) for some in combinations(players, size)]


def game_of(players, value):
    return {some: float(value(some)) for some in sets(players)}


def averaged_over_orders(players, game):
    """The definition, slowly: what each adds when the players come in every order."""
    worth = dict.fromkeys(players, 0.0)
    for order in permutations(players):
        for position, player in enumerate(order):
            before = frozenset(order[:position])
            worth[player] += (game[before | {player}] - game[before]) / math.factorial(len(players))
    return worth


@st.composite
def games(draw):
    players = PLAYERS[: draw(st.integers(1, 4))]
    values = draw(st.lists(st.integers(-(10**9), 10**9), min_size=2 ** len(players), max_size=2 ** len(players)))
    return players, dict(zip(sets(players), map(float, values), strict=True))


def test_what_adds_is_worth_what_it_adds():
    alone = {"a": 3, "b": -5, "c": 7}
    game = game_of("abc", lambda some: 100 + sum(alone[one] for one in some))
    assert shapley_values("abc", game) == pytest.approx(alone)


def test_what_two_do_only_together_is_split_in_half():
    assert shapley_values("ab", game_of("ab", lambda some: 10 * (len(some) == 2))) == pytest.approx({"a": 5, "b": 5})


def test_a_glove_game_by_hand():
    # One left glove, two right ones: a pair is worth 1. The left one is worth 4/6, each right one 1/6.
    game = game_of("lrs", lambda some: "l" in some and len(some) > 1)
    assert shapley_values("lrs", game) == pytest.approx({"l": 2 / 3, "r": 1 / 6, "s": 1 / 6})


def test_what_changes_nothing_is_worth_nothing_and_equals_are_worth_the_same():
    worth = shapley_values("abc", game_of("abc", lambda some: len(some - {"c"}) ** 2))
    assert worth["c"] == 0
    assert worth["a"] == pytest.approx(worth["b"]) == pytest.approx(2)


@given(games())
def test_it_is_the_average_over_all_orders_and_adds_up(drawn):
    players, game = drawn
    worth = shapley_values(players, game)
    assert worth == pytest.approx(averaged_over_orders(players, game), rel=1e-9, abs=1e-3)
    assert sum(worth.values()) == pytest.approx(game[frozenset(players)] - game[frozenset()], abs=1e-3)


@pytest.mark.parametrize("broken", [math.nan, math.inf, None])
def test_a_value_that_is_not_known_is_refused(broken):
    game = game_of("ab", len)
    game[frozenset("a")] = broken
    if broken is None:
        del game[frozenset("a")]
    with pytest.raises(ValueError, match="extra: what it comes to with a taken is not known"):
        shapley_values("ab", game, "extra")


def test_one_group_needs_the_two_ends_alone_and_none_needs_no_run(home, baseline):
    late, asked, told = read_scenario("late", home), [], []

    def months(scenario):
        asked.append(scenario)
        return {"pay_month": scenario.timing.pay_month}

    found = attribution(baseline, late, months, lambda number, count: told.append((number, count)))
    assert found.to_dict("split")["data"] == [["pay_month", "timing", 5]]
    assert told == [(1, 2), (2, 2)]
    assert [one.timing.pay_month for one in asked] == [1, 6]
    asked.clear()
    none = attribution(baseline, baseline.model_copy(update={"id": "same"}), months)
    assert (list(none), len(none), asked) == (["measure", "group", "worth"], 0, [])


def test_every_hybrid_is_evaluated_once(home, baseline):
    other = read_scenario("tight", home, {"seed": 7, "timing.pay_month": 2})
    met = []

    def value_of(scenario):
        met.append(tuple(differences(baseline, scenario)["group"].unique()))
        return {"extra": float(len(met))}

    attribution(baseline, other, value_of)
    assert met == subsets(baseline, other)
    assert len(set(met)) == len(met) == 2**4


def test_measures_that_come_and_go_are_refused(home, baseline):
    late = read_scenario("late", home)
    with pytest.raises(ValueError, match="extra: .* is not known"):
        attribution(baseline, late, lambda one: {"extra": 1.0} if one.timing.pay_month == 1 else {"other": 1.0})


def test_what_the_upper_tiers_bear_in_tight_is_split_over_policy_and_budget(
    home, baseline, evidence_june, rules, outcome_june
):
    """The policy alone costs more and the low share takes part of it off the upper tiers; the cost is the policy's."""
    other = read_scenario("tight", home)
    found = attribution(baseline, other, lambda one: headline(simulate(evidence_june, one, rules)))
    worth = found.set_index(["measure", "group"])["worth"]
    ends = headline(outcome_june), headline(simulate(evidence_june, other, rules))
    for measure, value in ends[1].items():
        parts = worth[measure]
        assert list(parts.index) == ["policy", "fiscal"]
        assert parts.sum() == pytest.approx(value - ends[0][measure], rel=1e-6, abs=1e-6)
    for measure in ("extra_cost", "envelope_for_90_percent", "minimum_gap"):
        assert worth[measure, "fiscal"] == 0
    assert worth["extra_cost_upper", "policy"] > 0 > worth["extra_cost_upper", "fiscal"]
    assert worth["extra_cost_upper", "fiscal"] == pytest.approx(-worth["extra_cost_local", "fiscal"])
    # Two players, by hand: the mean of what it adds first and what it adds last.
    only = {
        group: headline(simulate(evidence_june, baseline.model_copy(update=taken), rules))["extra_cost_upper"]
        for group, taken in (("policy", {"policy": other.policy}), ("fiscal", {"fiscal": other.fiscal}))
    }
    first, last = ends[0]["extra_cost_upper"], ends[1]["extra_cost_upper"]
    by_hand = (only["policy"] - first + last - only["fiscal"]) / 2
    assert worth["extra_cost_upper", "policy"] == pytest.approx(by_hand)
