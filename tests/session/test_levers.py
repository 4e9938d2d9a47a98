"""Levers: what they stand for is what a scenario file with the same keys says, and nothing but what was moved is written."""

from dataclasses import fields, replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import ParametersRefused
from analysis.inputs.scenario import read_scenario, values_of, with_overrides
from analysis.session.levers import (
    LABELS,
    Moves,
    differences,
    label_of,
    levers_table,
    moves_of,
    overrides_of,
    positions,
)

NAMES = ("baseline", "late", "peg", "rural_first", "freeze", "tight", "rural75")
REASONS = ("assumptions.follow_share.reason", "fiscal.expenditure_growth_reason")


@pytest.fixture(scope="module")
def scenarios(home):
    return {name: read_scenario(name, home) for name in NAMES}


def test_levers_that_stand_still_write_nothing(scenarios):
    for scenario in scenarios.values():
        assert overrides_of(scenario, moves_of(scenario)) == {}
        assert differences(scenario, moves_of(scenario), "zh") == []


def test_every_start_is_among_the_positions_and_has_a_name_of_its_own(scenarios):
    for scenario in scenarios.values():
        for name, values in positions(scenario).items():
            assert getattr(moves_of(scenario), name) in values
            for lang in ("zh", "en"):
                labels = [label_of(name, value, lang) for value in values]
                assert len(set(labels)) == len(labels), (scenario.id, name)


@given(st.data())
def test_a_position_is_the_scenario_that_a_file_with_its_keys_gives(home, scenarios, data):
    scenario = scenarios[data.draw(st.sampled_from(NAMES))]
    start = moves_of(scenario)
    chosen = {
        # An envelope or a rise that was set is not taken back to none.
        name: data.draw(st.sampled_from([one for one in values if one is not None or getattr(start, name) is None]))
        for name, values in positions(scenario).items()
    }
    overrides = overrides_of(scenario, Moves(**chosen))
    fast = with_overrides(scenario, overrides)
    if overrides:
        slow = values_of(read_scenario(scenario.id, home, overrides))
        here = values_of(fast)
        assert {key for key in here if here[key] != slow[key]} <= {"id", "title.zh", "title.en"}
    if chosen["rise"] is not None:
        assert moves_of(fast) == Moves(**chosen)


def test_floors_that_rise_apart_keep_their_distance(scenarios):
    first = scenarios["rural_first"]
    moved = with_overrides(first, overrides_of(first, replace(moves_of(first), rise=Decimal("0.05"))))
    assert [moved.policy.rule.urban.rise_share, moved.policy.rule.rural.rise_share] == [
        Decimal("0.05"),
        Decimal("0.085"),
    ]


def test_a_frozen_side_stays_frozen_and_a_rule_without_a_rate_is_given_one(scenarios):
    rural75 = scenarios["rural75"]
    moved = with_overrides(rural75, overrides_of(rural75, replace(moves_of(rural75), rise=Decimal("0.05"))))
    assert (moved.policy.rule.urban.rise_share, moved.policy.rule.rural.kind) == (Decimal("0.05"), "freeze")
    peg = scenarios["peg"]
    assert moves_of(peg).rise is None
    moved = with_overrides(peg, overrides_of(peg, replace(moves_of(peg), rise=Decimal("0.02"))))
    assert {moved.policy.rule.urban.kind, moved.policy.rule.rural.kind} == {"fixed"}


def test_payment_follows_the_notice_by_as_many_months_as_before(scenarios):
    late = scenarios["late"]
    for month, paid in ((3, 4), (11, 12), (12, 12)):
        moved = with_overrides(late, overrides_of(late, replace(moves_of(late), notice_month=month)))
        assert (moved.timing.notice_month, moved.timing.pay_month) == (month, paid)


def test_a_figure_that_somebody_moved_no_longer_carries_the_old_reason(scenarios):
    base = scenarios["baseline"]
    start = moves_of(base)
    moved = with_overrides(base, overrides_of(base, replace(start, follow=Decimal(1), budget_growth=Decimal("0.05"))))
    assert "not estimated" in moved.assumptions["follow_share"].reason.en
    assert "not estimated" in moved.fiscal.expenditure_growth_reason.en


def test_what_is_moved_is_said_in_words_and_the_table_names_every_lever(scenarios):
    base = scenarios["baseline"]
    moves = replace(moves_of(base), rise=Decimal("0.05"), envelope=Decimal(900_000_000))
    assert differences(base, moves, "zh") == ["提高幅度5.0%", "可安排资金9.00亿元"]
    assert differences(base, moves, "en") == ["rise of the floors 5.0%", "envelope 900 million yuan"]
    for lang in ("zh", "en"):
        table = levers_table(base, lang)
        assert len(table) == len(LABELS) == len(fields(Moves))
        keys = {key for keys in table.iloc[:, -1] for key in keys.split(", ")}
        assert keys <= set(values_of(base))


def test_an_override_that_changes_nothing_or_is_not_allowed_is_refused(scenarios):
    base = scenarios["baseline"]
    with pytest.raises(ParametersRefused, match="is what it is already"):
        with_overrides(base, {"policy.rural_share.at_least": Decimal("0.75")})
    with pytest.raises(ParametersRefused, match=r"rural_share\.at_least"):
        with_overrides(base, {"policy.rural_share.at_least": Decimal(75)})
    with pytest.raises(ParametersRefused, match="did you mean"):
        with_overrides(base, {"policy.rural_shar.at_least": Decimal("0.8")})
