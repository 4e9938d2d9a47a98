from fractions import Fraction

import pytest

from analysis.inputs.scenario import read_scenario
from analysis.model.pathway import policy_floors
from analysis.model.pathway.plan import Ask
from analysis.model.pathway.road import cheapest_road
from analysis.model.simulate import prepare


@pytest.fixture(scope="session")
def case(evidence_june, baseline, rules):
    return prepare(evidence_june, baseline, rules)


@pytest.fixture(scope="session")
def case_of(home, evidence_june, rules):
    def make(name, overrides=None):
        return prepare(evidence_june, read_scenario(name, home, overrides), rules)

    return make


@pytest.fixture(scope="session")
def five_years(evidence_june, case):
    return policy_floors(evidence_june, case, 5)


@pytest.fixture(scope="session")
def next_year(evidence_june, case):
    return policy_floors(evidence_june, case, 1)


@pytest.fixture(scope="session")
def ask():
    return Ask(Fraction(85, 100), 2028, largest_rise_share=Fraction(1, 10))


@pytest.fixture(scope="session")
def road(case, five_years, ask):
    return cheapest_road(case, five_years, ask)
