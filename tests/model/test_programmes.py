from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.inputs.parameters.assumption import Assumption
from analysis.model.programmes import (
    LINKED,
    OPTIONAL,
    child_care_yuan_year,
    classified_extra_yuan_year,
    linked_yuan_year,
    low_income_edge_persons,
    price_link_yuan_year,
    tekun_care_yuan_year,
    tekun_standard,
)
from analysis.model.simulate import simulate

NAN = float("nan")


def test_a_multiple_that_is_whole_is_not_rounded_up_further():
    # 1.6 x 1000 is 1600.0000000000002 in binary fractions, 1.1 x 30 is 33.00000000000001.
    assert tekun_standard([1000, 605, 1205], 1.6, NAN).tolist() == [1600, 968, 1928]
    assert tekun_standard([30], 1.1, NAN).tolist() == [33]
    assert tekun_standard([645, 669, 891], 1.6, NAN).tolist() == [1032, 1071, 1426]  # 1070.4 and 1425.6, up


@given(st.integers(1, 3000), st.integers(10, 30))
def test_the_multiple_is_the_exact_one_rounded_up(standard, tenths):
    assert tekun_standard(standard, tenths / 10, NAN).item() == -(-standard * tenths // 10)


def test_tekun_does_not_fall_below_what_is_in_force_and_is_rounded_on_the_grid():
    assert tekun_standard([645, 645, 700], 1.6, [1100, NAN, 1100]).tolist() == [1100, 1032, 1120]
    assert tekun_standard([[645], [1000]], 1.6, [1100, NAN]).tolist() == [[1100, 1032], [1600, 1600]]
    assert tekun_standard(645, 1.6, NAN, 10).item() == 1040


def test_classified_extras_rise_by_two_fifths_of_the_rise_for_those_who_get_them():
    # 31 yuan, 1000 people of whom one in ten: 12.4 yuan x 100 x 12.
    assert classified_extra_yuan_year(31, 1000, 0.1).item() == pytest.approx(14_880)


def test_the_price_link_is_three_and_a_half_per_cent_of_the_rise_in_the_months_it_is_paid():
    # 40 yuan: 1.4 more a person in each of 1.2 months.
    assert price_link_yuan_year(40, 1000, 0.1).item() == pytest.approx(1.4 * 1000 * 1.2)


def test_the_edge_grows_as_the_recipients_do():
    assert low_income_edge_persons(100, 400, 500, [0, 1, 2]).tolist() == pytest.approx([100, 125, 156.25])


def test_care_follows_the_minimum_wage_by_tier_of_dependency():
    paid = tekun_care_yuan_year([100, 10, 1], 1620, [0.02, 0.3, 0.6])
    assert paid.tolist() == pytest.approx([38_880, 58_320, 11_664])


def test_children_have_a_schedule_of_their_own():
    assert child_care_yuan_year(1000, 2017, 0.035, 2).item() == pytest.approx(12 * 1000 * 2017 * 1.035**2)
    assert child_care_yuan_year(1000, 2017, 0.035, 0).item() == 12 * 1000 * 2017


RISE, STANDARD = np.array([[31.0, 0.0, 24.0]]), np.array([[860.0, 1000.0, 645.0]])
PERSONS, ENTRANTS = np.array([[600.0, 300.0, 100.0]]), np.array([[6.0, 0.0, 5.0]])
STATED = {
    "classified_share": 0.08, "price_link_months_share": 0.1, "low_income_edge_persons": 5000.0,
    "low_income_edge_benefit_yuan_month": 40.0, "disability_living_persons": 2000.0,
}  # fmt: skip


def linked(without=(), benefit=195.0):
    settings = {name: np.array([[value]]) for name, value in STATED.items() if name not in without}
    elasticity = np.array([[0.5, 0.5, 0.5]])
    return linked_yuan_year(RISE, STANDARD, PERSONS, ENTRANTS, elasticity, settings, benefit)


def test_every_linked_programme_by_hand():
    parts = {name: values[0] for name, values in linked().items()}
    assert set(parts) == set(LINKED) - {"tekun"}
    assert parts["classified_extra"] == pytest.approx([12 * 12.4 * 606 * 0.08, 0, 12 * 9.6 * 105 * 0.08])
    assert parts["price_link"] == pytest.approx([1.2 * 0.035 * 31 * 606, 0, 1.2 * 0.035 * 24 * 105])
    # Six, three and one tenth of the edge live in the three areas.
    growth = [3000 * ((891 / 860) ** 0.5 - 1), 0, 500 * ((669 / 645) ** 0.5 - 1)]
    assert parts["low_income_edge"] == pytest.approx([12 * 40 * more for more in growth])
    # The hardship subsidy grows as dibao does: 1 % of 1200 people, 5 % of 200.
    assert parts["disability_living"] == pytest.approx([12 * 195 * 12, 0, 12 * 195 * 10])


@pytest.mark.parametrize(
    ("without", "off"),
    [
        ("classified_share", "classified_extra"),
        ("price_link_months_share", "price_link"),
        ("low_income_edge_persons", "low_income_edge"),
        ("low_income_edge_benefit_yuan_month", "low_income_edge"),
        ("disability_living_persons", "disability_living"),
    ],
)
def test_a_programme_without_its_assumption_is_off_and_moves_no_other(without, off):
    whole, left = linked(), linked(without=(without,))
    assert set(whole) - set(left) == {off}
    assert all(np.array_equal(left[name], whole[name]) for name in left)


def stated(value, unit):
    text = {"zh": "为测试而设", "en": "set for a test"}
    return Assumption.model_validate(
        {"title": text, "unit": unit, "low": Decimal(value) / 2, "central": Decimal(value), "high": Decimal(value) * 2}
        | {"reason": text, "ask": text}
    )


ADDED = {
    "low_income_edge": {
        "low_income_edge_persons": stated(100_000, "persons"),
        "low_income_edge_benefit_yuan_month": stated(50, "yuan/person/month"),
    },
    "disability_living": {"disability_living_persons": stated(300_000, "persons")},
}


@pytest.mark.parametrize("programme", ADDED)
def test_a_programme_is_switched_on_by_stating_its_recipients(evidence_june, baseline, rules, outcome_june, programme):
    assert set(ADDED[programme]) <= set(OPTIONAL)
    scenario = baseline.model_copy(update={"assumptions": baseline.assumptions | ADDED[programme]})
    outcome = simulate(evidence_june, scenario, rules)
    column = f"linked_{programme}_central"
    assert column not in outcome_june.cells
    more = outcome.cells[column].sum()
    assert more > 0
    assert outcome.totals["central"] - outcome_june.totals["central"] == pytest.approx(more)
    # Nothing else changes: neither the rest of the cost, nor the recipients, nor a draw of another assumption.
    moved = {"linked_central", "extra_central", "extra_mandated", "minimum_extra_central", "extra_upper", "extra_local"}
    for name in set(outcome_june.cells) - moved:
        assert outcome.cells[name].equals(outcome_june.cells[name]), name
    for name in ("dibao_spending", "tekun_spending"):
        assert outcome.totals[name] == outcome_june.totals[name]
    assert all(np.array_equal(outcome.drawn[name], values) for name, values in outcome_june.drawn.items())
    assert sum(tier["central"] for tier in outcome.tiers.values()) == pytest.approx(outcome.totals["central"])
    if programme == "disability_living":
        # The subsidy known in June 2024 is that of 2023, 195 yuan; entrants of dibao bring their share of 300,000.
        entrants, persons = outcome_june.cells["entrants_central"], outcome_june.cells["persons_central"]
        assert more == pytest.approx(12 * 195 * 300_000 * entrants.sum() / persons.sum())


def test_an_edge_without_its_benefit_stays_off(evidence_june, baseline, rules, outcome_june):
    half = {"low_income_edge_persons": ADDED["low_income_edge"]["low_income_edge_persons"]}
    scenario = baseline.model_copy(update={"assumptions": baseline.assumptions | half})
    outcome = simulate(evidence_june, scenario, rules)
    assert outcome.totals["central"] == outcome_june.totals["central"]
    assert "linked_low_income_edge_central" not in outcome.cells
