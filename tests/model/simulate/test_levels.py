from fractions import Fraction
from math import exp, log

import numpy as np
import pytest

from analysis.inputs.parameters.policy import RiseRule, RiseRules
from analysis.model.simulate import prepare
from analysis.model.simulate.levels import children_of, children_yuan_year, known_money, modelled_spending
from reference.by_hand import cost as by_hand

# Recipients of the middle of the year, between the published counts; tekun was first counted in March 2023.
MARCH_2023, MARCH_2024 = 2023 + 89 / 365, 2024 + 90 / 366


def between(before, after, first, last, when):
    return exp(log(before) + (log(after) - log(before)) * (when - first) / (last - first))


RECIPIENTS = {
    2020: {
        "dibao": {
            side: between(*pair, 2020 + 30 / 366, 2021 + 58 / 365, 2020.5)
            for side, pair in {"urban": (156_000, 152_000), "rural": (1_246_000, 1_284_000)}.items()
        },
        "tekun": {"urban": 19_700, "rural": 196_100},
    },
    2023: {
        programme: {side: between(*pair, MARCH_2023, MARCH_2024, 2023.5) for side, pair in sides.items()}
        for programme, sides in {
            "dibao": {"urban": (146_000, 146_000), "rural": (1_139_000, 1_089_000)},
            "tekun": {"urban": (19_700, 22_000), "rural": (196_100, 198_000)},
        }.items()
    },
}
# 16,000 orphans, half in institutions, and 26,000 unattended children; minima of 2023.
CHILDREN = 12 * (16_000 * (2017 + 1359) / 2 + 26_000 * 1359)


def of_year(baseline, year):
    rule = RiseRule(kind="freeze")
    policy = baseline.policy.model_copy(update={"rule": RiseRules(urban=rule, rural=rule)})
    return baseline.model_copy(update={"base_year": year, "policy": policy})


@pytest.fixture(scope="module")
def spent(evidence_june, baseline, rules):
    return {year: modelled_spending(evidence_june, baseline, rules, year) for year in RECIPIENTS}


@pytest.mark.parametrize("year", RECIPIENTS)
def test_the_modelled_spending_of_a_past_year_in_fractions(evidence_june, baseline, rules, spent, year):
    case = prepare(evidence_june, of_year(baseline, year), rules)
    settings = {name: Fraction(str(one.central)) for name, one in case.assumptions.items()}
    rows = by_hand.cost_by_cell(
        case.cells.to_dict("records"), settings, *RECIPIENTS[year].values(), Fraction(8, 5), Fraction(0)
    )
    whole = sum(row["dibao_spending"] + row["tekun_spending"] for row in rows)
    # Of 2020 no minimum of unattended children is held: they are left out of that year, and orphans are not.
    children = CHILDREN if year == 2023 else 12 * 16_000 * (1820 + 1110) / 2
    assert ("unattended_child" in children_of(evidence_june, year).persons) == (year == 2023)
    assert spent[year]["central"] == pytest.approx(whole + children, rel=1e-6)


@pytest.mark.parametrize("year", RECIPIENTS)
def test_low_central_and_high_are_in_order_and_no_single_end_leaves_them(evidence_june, baseline, rules, spent, year):
    low, central, high = (spent[year][end] for end in ("low", "central", "high"))
    assert low < central < high
    for name in ("supplement_above_floor", "class1_supplement_growth", "unobserved_above_minimum", "allocation_need"):
        for end in ("low", "high"):
            one = baseline.assumptions[name]
            moved = {**baseline.assumptions, name: one.model_copy(update={"central": getattr(one, end)})}
            alone = modelled_spending(evidence_june, baseline.model_copy(update={"assumptions": moved}), rules, year)
            assert low - 1 <= alone["central"] <= high + 1, (name, end)


def test_the_policy_of_a_scenario_moves_no_past_year(evidence_june, baseline, rules, spent):
    policy = baseline.policy.model_copy(
        update={"rule": RiseRules(urban=RiseRule(kind="flat", rise_yuan_month=500), rural=RiseRule(kind="freeze"))}
    )
    assert modelled_spending(evidence_june, baseline.model_copy(update={"policy": policy}), rules, 2023) == spent[2023]


def test_children_grow_from_the_last_year_whose_minima_are_known(evidence_june):
    children = children_of(evidence_june, 2025)
    assert (children.year, children.persons) == (2023, {"orphan": 16_000, "unattended_child": 26_000})
    spent = children_yuan_year(children, 2025, np.array([0.0, 0.035, 0.07]), np.array([0.0, 0.5, 1.0]))
    assert spent["orphan"] == pytest.approx(
        [12 * 16_000 * 1359, 12 * 16_000 * 1688 * 1.035**2, 12 * 16_000 * 2017 * 1.07**2]
    )
    assert spent["unattended_child"] == pytest.approx([12 * 26_000 * 1359 * growth**2 for growth in (1, 1.035, 1.07)])
    # A past year takes its own minima, without growth.
    then = children_yuan_year(children_of(evidence_june, 2022), 2022, np.array(0.07), np.array(0.5))
    assert float(then["unattended_child"]) == 12 * 26_000 * 1313


def test_the_money_that_is_known(evidence_june):
    table = known_money(evidence_june).set_index("kind")
    assert table["value_yuan"].to_dict() == {"upper_advanced": 7.68e9, "all_arranged": 13.35e9, "upper_issued": 8.45e9}
    assert table["year"].to_dict() == {"upper_advanced": 2020, "all_arranged": 2020, "upper_issued": 2023}
