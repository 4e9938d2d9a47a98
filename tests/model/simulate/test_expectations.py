from dataclasses import replace
from fractions import Fraction
from math import ceil

import pytest

from analysis.inputs.scenario import read_scenario
from analysis.model.simulate.cells import floors_of

# Known on 30 June 2024: consumption per head (one source, 2018 to 2023), incomes per head, prices of the last known year.
CONSUMED = {"urban": (30929, 39333, 5), "rural": (15411.3, 22209.1, 5)}
INCOMES, PRICES = (39014, 49327, 4), 0.004


def growth(first, last, years):
    return (last / first) ** (1 / years) - 1


def next_floors(evidence, home, **overrides):
    rules = {f"policy.rule.{key}": value for key, value in overrides.items()}
    floors = floors_of(evidence, read_scenario("baseline", home, rules)).standards.floors
    return floors.set_index(["area_code", "residence"])["next_yuan_month"]


def test_a_peg_keeps_each_floors_share_of_consumption_as_it_has_grown(evidence_june, home):
    floors = floors_of(evidence_june, read_scenario("peg", home)).standards.floors.set_index(["area_code", "residence"])
    for (area, residence), row in floors.iterrows():
        side = residence if area == "440000-C4" else "urban"  # unified classes take the urban rule
        assert row["next_yuan_month"] == ceil(row["now_yuan_month"] * (1 + growth(*CONSUMED[side]))), area
    assert floors.loc["440000-C4", "next_yuan_month"].to_dict() == {"urban": 903, "rural": 694}


def test_prices_and_incomes_move_the_other_rules(evidence_june, home):
    incomes = growth(*INCOMES)
    index = next_floors(evidence_june, home, **{"urban.kind": "index", "rural.kind": "index"})
    assert index["440000-C4", "urban"] == ceil(860 * (1 + PRICES)) == 864
    assert index["440000-C4", "rural"] == ceil(645 * (1 + PRICES)) == 648
    mixed = next_floors(evidence_june, home, **{"urban.kind": "mixed", "urban.price_weight": 0.7})
    assert mixed["440000-C4", "urban"] == ceil(860 * (1 + 0.7 * PRICES + 0.3 * incomes)) == 878
    triple = next_floors(evidence_june, home, **{"urban.kind": "triple"})
    assert triple["440000-C4", "urban"] == ceil(860 * (1 + max(PRICES, incomes, 0.035))) == 912


def test_a_peg_at_a_share_of_its_own_takes_next_years_consumption(evidence_june, home):
    pegged = next_floors(
        evidence_june, home, **{"urban.kind": "peg", "urban.of_consumption_share": 0.28, "rural.kind": "freeze"}
    )
    assert pegged["440000-C4", "urban"] == ceil(0.28 * 39333 * (1 + growth(*CONSUMED["urban"])) / 12)


@pytest.mark.parametrize(
    ("name", "measure"), [("baseline", "cpi_change"), ("rural80", "consumption_expenditure_per_capita")]
)
def test_a_series_is_read_only_where_a_rule_asks_for_it(evidence_june, home, name, measure):
    # Recipients are allocated by the cities' consumption; the province's own is what a peg looks at.
    rows = evidence_june.observations
    without = replace(evidence_june, observations=rows[(rows["measure"] != measure) | (rows["area_code"] != "440000")])
    floors = floors_of(without, read_scenario(name, home)).standards.floors
    assert (
        floors["next_yuan_month"].tolist()
        == floors_of(evidence_june, read_scenario(name, home)).standards.floors["next_yuan_month"].tolist()
    )


def test_the_steps_are_exact_whatever_the_forecast(evidence_june, home):
    # 645 is three quarters of 860 to the last digit, so that the share does not lift it by a yuan of dust.
    frozen = next_floors(evidence_june, home, **{"urban.kind": "freeze", "rural.kind": "freeze"})
    assert Fraction(frozen["440000-C4", "rural"]) == Fraction(3, 4) * Fraction(frozen["440000-C4", "urban"])
