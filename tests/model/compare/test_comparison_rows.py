import pytest

from analysis.inputs.scenario import read_scenario
from analysis.model.compare import headline
from analysis.model.compare.rows import by_policy, comparison_rows
from analysis.model.results import with_keys
from analysis.model.simulate import simulate

NAMES = ("baseline", "freeze", "rural80", "tight", "late")


@pytest.fixture(scope="module")
def outcomes(home, evidence_june, rules):
    return {name: simulate(evidence_june, read_scenario(name, home), rules) for name in NAMES}


@pytest.fixture(scope="module")
def table(evidence_june, rules, outcomes):
    return comparison_rows(evidence_june, "baseline", outcomes, lambda one: simulate(evidence_june, one, rules))


def own(table, scenario):
    return table[table["scenario"] == scenario].set_index("measure")["value"]


@pytest.mark.parametrize("name", NAMES[1:])
def test_what_the_groups_are_worth_adds_to_the_whole_difference(table, outcomes, name):
    ends = [headline(outcomes[one]) for one in ("baseline", name)]
    for measure in ("extra_cost", "extra_cost_upper", "short_of_capacity", "minimum_gap"):
        parts = own(table, name).filter(regex=f"^{measure}_due_to_")
        assert parts.sum() == pytest.approx(ends[1][measure] - ends[0][measure], abs=2)


def test_who_dominates_whom(table):
    assert own(table, "baseline")["dominated_by_freeze"] == 1
    assert not own(table, "rural80").index.str.startswith("dominated").any()
    assert not own(table, "freeze").index.str.startswith("dominated").any()


def test_regret_is_of_policies_not_of_scenarios_and_carries_every_fiscal_path(table, outcomes):
    assert list(by_policy(outcomes)) == ["baseline", "freeze", "rural80"]
    short = own(table, "rural80")
    assert short["short_under_baseline"] == pytest.approx(outcomes["rural80"].gate.short_yuan, abs=1)
    assert short["short_under_austerity"] == pytest.approx(outcomes["tight"].gate.short_yuan, abs=1)
    assert own(table, "freeze")["largest_regret"] == 0
    # Freeze up to some worth of a yuan of gap, rural80 from there on: 965.9 million more over 37 yuan less, less the 0 of freeze.
    turn = own(table, "rural80")["least_regretted_from_worth"]
    assert own(table, "freeze")["least_regretted_to_worth"] == turn
    assert 2e7 < turn < 3e7


def test_the_frontier_starts_at_the_proposal_and_keys_are_unique(table, outcomes):
    assert with_keys(table).index.is_unique
    base = own(table, "baseline")
    assert base["frontier_extra_cost_at_750"] == pytest.approx(outcomes["baseline"].totals["central"], abs=1)
    assert base["frontier_extra_cost_at_800"] == pytest.approx(outcomes["rural80"].totals["central"], abs=1)
    assert base["frontier_lift_at_1000"] == 0
