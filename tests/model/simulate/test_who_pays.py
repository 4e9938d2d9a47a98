from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.inputs.scenario import names, read_scenario
from analysis.model.results import to_csv
from analysis.model.simulate import simulate
from analysis.model.simulate.rows import result_rows

SHARES = {"low": 0.58, "middle": 0.64, "high": 0.70}


@pytest.fixture(scope="module")
def scenarios(home):
    return {name: read_scenario(name, home, {"draws": 200}) for name in names("scenarios", home)}


@pytest.fixture(scope="module")
def outcomes(evidence_june, scenarios, rules):
    return {name: simulate(evidence_june, scenario, rules) for name, scenario in scenarios.items()}


def tables(evidence_june, scenarios, outcomes, rules, name):
    return result_rows(evidence_june, scenarios[name], outcomes[name], rules).set_index(["measure", "period", "tier"])[
        "value"
    ]


# Tiers


def test_what_the_tiers_spend_adds_up_to_the_whole(outcomes, scenarios):
    for name, outcome in outcomes.items():
        case, fiscal = outcome.case, scenarios[name].fiscal
        before = case.evaluate({one: np.array([value]) for one, value in case.central().items()}, year=2024)
        now = (before["dibao_spending"] + before["tekun_spending"]).sum()
        spending = outcome.spending.sum()
        assert spending["now_yuan_year"] == pytest.approx(now), name
        without = outcome.totals["dibao_spending"] + outcome.totals["tekun_spending"]
        assert spending["next_yuan_year"] == pytest.approx(without + outcome.totals["central"]), name
        assert spending["capacity_yuan_year"] == pytest.approx(now * (1 + float(fiscal.expenditure_growth_share))), name
        # Upstairs pays its share of what is paid at the minimum, and nothing above it.
        share = SHARES[fiscal.sharing]
        assert outcome.spending.at["upper", "now_yuan_year"] == pytest.approx(share * before["minimum_spending"].sum())
        assert 0 < outcome.spending.at["upper", "now_yuan_year"] < share * now


def test_recipients_of_the_base_year_are_those_of_its_middle(outcomes):
    case = outcomes["baseline"].case
    parts = case.evaluate({one: np.array([value]) for one, value in case.central().items()}, year=2024)
    # Rural counts fell from 1,235,000 in April 2019 to 1,089,000 in March 2024: as much again to the middle of 2024.
    yearly = np.log(1089 / 1235) / (90 / 366 + 5 - 119 / 365)
    rural = (case.cells["residence"] == "rural").to_numpy()
    assert parts["persons"][0][rural].sum() == pytest.approx(1_089_000 * np.exp(yearly * (0.5 - 90 / 366)))


def test_three_share_sets_bear_the_same_cost_in_their_proportion(outcomes):
    for name, outcome in outcomes.items():
        assert set(outcome.upper_by_set) == set(SHARES)
        # The shares are the same in every class, so that they scale one common sum.
        base = {one: outcome.upper_by_set[one] / share for one, share in SHARES.items()}
        assert base["low"] == pytest.approx(base["high"]) == pytest.approx(base["middle"])
        assert outcome.upper_by_set[outcome.case.scenario.fiscal.sharing] == pytest.approx(
            outcome.tiers["upper"]["central"]
        )
        assert (base["low"] > 0) == (name != "freeze"), name
    assert outcomes["tight"].case.scenario.fiscal.sharing == "low"
    assert outcomes["tight"].upper_by_set == outcomes["rural80"].upper_by_set


# The gate


def test_the_verdict_follows_from_spending_and_capacity(outcomes):
    verdicts = {}
    for name, outcome in outcomes.items():
        head = (outcome.spending["capacity_yuan_year"] - outcome.spending["next_yuan_year"]).to_dict()
        gate = outcome.gate
        verdicts[name] = gate.verdict
        assert gate.headroom_by_tier == pytest.approx(head)
        if min(head.values()) >= 0:
            assert (gate.verdict, gate.transfer_yuan, gate.short_yuan) == ("feasible", 0, 0), name
        elif head["upper"] >= -head["local"] > 0:
            assert (gate.verdict, gate.short_yuan) == ("feasible_with_transfer", 0)
            assert gate.transfer_yuan == pytest.approx(-head["local"])
        else:
            assert gate.verdict == "infeasible"
            assert gate.short_yuan == pytest.approx(
                max(-head["upper"], 0) + max(-head["local"] - max(head["upper"], 0), 0)
            )
    assert verdicts["freeze"] == "feasible"
    assert verdicts["rural80"] == verdicts["tight"] == "infeasible"


def test_to_freeze_is_feasible_and_costs_nobody_anything(outcomes):
    frozen = outcomes["freeze"]
    assert frozen.gate.short_yuan == frozen.gate.transfer_yuan == frozen.totals["central"] == 0
    assert set(frozen.upper_by_set.values()) == {0}
    # Recipients fall on their trend, so that even without growth less is spent next year.
    assert (frozen.spending["next_yuan_year"] < frozen.spending["now_yuan_year"]).all()


@pytest.mark.parametrize(
    ("growth", "verdict"), [("0.03", "infeasible"), ("0.036", "feasible_with_transfer"), ("0.04", "feasible")]
)
def test_a_larger_budget_makes_a_rise_feasible_first_by_a_transfer_then_without(
    evidence_june, home, rules, growth, verdict
):
    # Of rural75 the upper tier needs 3.5 % more to bear its part, the local one 3.7 %.
    changed = {"fiscal.expenditure_growth_share": Decimal(growth), "draws": 100}
    gate = simulate(evidence_june, read_scenario("rural75", home, changed), rules).gate
    assert gate.verdict == verdict
    assert (gate.transfer_yuan > 0) == (verdict == "feasible_with_transfer")
    if verdict == "feasible_with_transfer":
        assert gate.transfer_yuan == -gate.headroom_by_tier["local"] <= gate.headroom_by_tier["upper"]


# Time


def test_a_notice_in_may_paid_in_june_leaves_five_twelfths_of_the_rise_in_arrears(
    evidence_june, scenarios, outcomes, rules
):
    rows = tables(evidence_june, scenarios, outcomes, rules, "late")
    extra = outcomes["late"].totals["central"]
    base = outcomes["late"].totals["dibao_spending"] + outcomes["late"].totals["tekun_spending"]
    assert rows["arrears", "Y", ""] == round(extra * 5 / 12)
    assert rows["months_in_arrears", "Y", ""] == 5
    assert rows["cash_peak", "Y", ""] == pytest.approx(base / 12 + extra * 6 / 12, abs=1)
    # Allotted in eighths from May, half of it is paid in June: a quarter is there.
    assert rows["buffer_needed", "Y", ""] == pytest.approx(extra * (6 / 12 - 2 / 8), abs=1)
    assert rows["largest_shortfall_of_a_month", "Y", ""] == pytest.approx(extra * (6 / 12 - 1 / 8), abs=1)
    assert rows["on_time_in_full_share", "Y", ""] == pytest.approx(1 - extra * 5 / 12 / (base + extra), abs=1e-6)
    paid = [rows["calendar_paid", f"M{month:02d}", ""] for month in range(1, 13)]
    assert paid[:5] == pytest.approx([base / 12] * 5, abs=1)
    assert paid[6:] == pytest.approx([(base + extra) / 12] * 6, abs=1)


@pytest.mark.parametrize("name", ["baseline", "late", "freeze"])
def test_the_months_of_a_calendar_add_up_to_its_year(evidence_june, scenarios, outcomes, rules, name):
    rows, totals = tables(evidence_june, scenarios, outcomes, rules, name), outcomes[name].totals
    whole = totals["dibao_spending"] + totals["tekun_spending"] + totals["central"]
    months = [f"M{month:02d}" for month in range(1, 13)]
    for column in ("due", "paid", "allotted"):
        assert sum(rows[f"calendar_{column}", month, ""] for month in months) == pytest.approx(whole, abs=12), column
    assert rows["calendar_balance", "M12", ""] == pytest.approx(0, abs=1)
    late = sum(max(rows["calendar_due", month, ""] - rows["calendar_paid", month, ""], 0) for month in months)
    assert late == pytest.approx(rows["arrears", "Y", ""], abs=12)
    if name != "late":
        assert rows["arrears", "Y", ""] == rows["buffer_needed", "Y", ""] == 0
        assert rows["on_time_in_full_share", "Y", ""] == 1


def test_when_it_is_paid_changes_neither_what_it_costs_nor_who_pays(outcomes):
    late, baseline = outcomes["late"], outcomes["baseline"]
    assert late.totals == baseline.totals
    assert late.tiers == baseline.tiers


# What must hold for any setting


@given(st.floats(0, 1), st.floats(0, 1), st.integers(0, 199))
def test_who_follows_further_never_pays_less(outcomes, one, other, row):
    case = outcomes["rural_first"].case
    drawn = {name: np.full(2, values[row]) for name, values in outcomes["rural_first"].drawn.items()}
    parts = case.evaluate(drawn | {"follow_share": np.array(sorted((one, other)))})
    assert (parts["next_standard"][0] <= parts["next_standard"][1]).all()
    assert parts["extra"][0].sum() <= parts["extra"][1].sum() + 1e-6


@given(st.sampled_from(["baseline", "peg", "rural80"]), st.floats(0, 3), st.integers(0, 199))
def test_more_recipients_cost_in_proportion_and_lift_no_standard(outcomes, name, span, row):
    outcome = outcomes[name]
    once = {key: values[row : row + 1] for key, values in outcome.drawn.items()}
    more = once | {
        key: once[key] + np.log(1 + span) / (2025.5 - (2024 + 90 / 366))
        for key in ("caseload_deviation_urban", "caseload_deviation_rural", "tekun_deviation")
    }
    first, second = outcome.case.evaluate(once), outcome.case.evaluate(more)
    assert np.array_equal(first["next_standard"], second["next_standard"])
    assert second["extra"].sum() == pytest.approx((1 + span) * first["extra"].sum(), rel=1e-9)


@pytest.mark.parametrize("name", ["peg", "tight"])
def test_the_same_seed_gives_the_same_bytes(evidence_june, scenarios, outcomes, rules, name):
    once = to_csv(result_rows(evidence_june, scenarios[name], outcomes[name], rules))
    again = simulate(evidence_june, scenarios[name], rules)
    assert to_csv(result_rows(evidence_june, scenarios[name], again, rules)) == once
    other = scenarios[name].model_copy(update={"seed": 7})
    assert to_csv(result_rows(evidence_june, other, simulate(evidence_june, other, rules), rules)) != once
