import pandas as pd
import pytest

from analysis.model.pathway import pathway
from analysis.model.pathway.rows import asked, path_rows, road_of
from analysis.model.results import with_keys
from analysis.model.simulate.rows.cost import cost_grade


@pytest.fixture(scope="module")
def made(evidence_june, baseline, rules, outcome_june):
    path = pathway(evidence_june, baseline, rules)
    road = road_of(path)
    return path, road, path_rows(evidence_june, path, road, cost_grade(outcome_june), outcome_june.costed)


def value(table, measure, **where):
    rows = table[table["measure"] == measure]
    for name, wanted in ({"tier": "", "statistic": "central", "residence": ""} | where).items():
        rows = rows[rows[name] == str(wanted)]
    assert len(rows) == 1, (measure, where)
    return rows["value"].iloc[0]


def test_each_number_of_a_path_and_of_its_road_is_a_row(made):
    path, road, table = made
    assert with_keys(table).index.is_unique
    for prefix, own in (("path", path), ("road", road.path)):
        for year in own.years:
            assert value(table, f"{prefix}_extra_cost", year=year) == round(own.money.at[year, "extra"])
            tiers = [value(table, f"{prefix}_extra_cost", year=year, tier=tier) for tier in ("upper", "local")]
            assert sum(tiers) == pytest.approx(own.money.at[year, "extra"], abs=1)
    assert value(table, "road_exists") == 1
    assert value(table, "road_target_share") == 0.85
    # The policy's own minima never reach the target: there is no year to print.
    assert "path_target_year" not in set(table["measure"])
    assert value(table, "road_lift_per_million", residence="rural") == pytest.approx(0.07, abs=0.002)


def test_costs_name_their_assumptions_and_floors_their_grade_alone(made):
    table = made[2]
    money = table[table["unit"] == "yuan/year"]
    assert money["rests_on"].str.contains("follow_share").all()
    assert (money["grade"] == "inferred").all()
    floors = table[table["measure"] == "path_minimum_standard"]
    assert (floors["rests_on"] == "").all()


def test_more_money_and_less_certainty_bear_more_and_less(made):
    table = made[2]
    rises = {
        (million, statistic): value(table, f"largest_rise_of_all_for_{million}_million_yuan", statistic=statistic)
        for million in (300, 500, 800)
        for statistic in ("central", "p90")
    }
    assert rises[300, "central"] < rises[500, "central"] < rises[800, "central"]
    assert all(rises[million, "p90"] < rises[million, "central"] for million in (300, 500, 800))


def test_new_money_is_an_envelope_that_grows_year_by_year(home, evidence_june, rules, outcome_june, case_of):
    case = case_of("baseline", {"road.new_money_yuan_year": 6e8})
    assert asked(case.scenario).envelopes_yuan == {year: (year - 2024) * 6e8 for year in range(2025, 2030)}
    path = pathway(evidence_june, case.scenario, rules)
    road = road_of(path)
    table = path_rows(evidence_june, path, road, cost_grade(outcome_june), outcome_june.costed)
    assert value(table, "road_exists") == 0
    named = set(table.loc[table["measure"].str.startswith("road_conflict_"), "measure"])
    assert named == {f"road_conflict_{name.partition(' ')[0]}" for name in road.conflict}
    given = table[table["measure"].str.startswith("road_given_way_")]
    assert isinstance(given, pd.DataFrame)
    assert len(given) >= len(named)
    assert not table["measure"].str.startswith("road_extra_cost").any()
