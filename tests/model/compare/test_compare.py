"""Scenarios side by side: the headline of an outcome is what its result rows say, and which scenario is dominated."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.inputs.scenario import read_scenario
from analysis.model.compare import compare, dominated, headline
from analysis.model.simulate import simulate
from analysis.model.simulate.rows import result_rows


def points(*rows, columns=("extra_cost_yuan_year", "gap_yuan_month")):
    return pd.DataFrame([row[1:] for row in rows], index=[row[0] for row in rows], columns=list(columns))


@pytest.mark.parametrize("name", ["baseline", "tight", "late", "freeze"])
def test_the_headline_is_what_the_results_say(home, evidence_june, rules, name):
    scenario = read_scenario(name, home)
    outcome = simulate(evidence_june, scenario, rules)
    table = result_rows(evidence_june, scenario, outcome, rules)
    central = table[(table["statistic"] == "central") & (table["year"] == "2025") & (table["programme"] == "")]
    province = central[central["area_code"] == "440000"]
    stored = {
        **province[province["tier"] == ""].query("component == ''").set_index("measure")["value"].to_dict(),
        **province[province["component"] == "arrears"].query("period == 'Y'").set_index("measure")["value"].to_dict(),
    }
    tiers = province[province["measure"] == "extra_cost"].set_index("tier")["value"]
    stored |= {"extra_cost_upper": tiers["upper"], "extra_cost_local": tiers["local"]}
    # In 2024 town and country differ in the fourth class alone.
    lowest = table[(table["area_code"] == "440000-C4") & (table["year"] == "2025")].set_index("measure")["value"]
    stored |= lowest[["minimum_gap", "minimum_rural_urban_ratio"]].to_dict()
    found = headline(outcome)
    assert found == pytest.approx({measure: stored[measure] for measure in found}, abs=1)
    assert found["minimum_rural_urban_ratio"] == pytest.approx(stored["minimum_rural_urban_ratio"], abs=1e-4)


def test_scenarios_are_set_side_by_side(home, evidence_june, rules, outcome_june):
    frozen = simulate(evidence_june, read_scenario("freeze", home), rules)
    table = compare({"baseline": outcome_june, "freeze": frozen})
    assert list(table.index) == ["baseline", "freeze"]
    assert list(table) == [*headline(outcome_june), "dominated_by"]
    assert table.at["baseline", "extra_cost"] == outcome_june.totals["central"]
    # A rise by one rate widens the gap in yuan: whoever looks at cost and gap alone would raise nothing.
    assert table["dominated_by"].to_dict() == {"baseline": "freeze", "freeze": ""}
    with pytest.raises(ValueError, match="nothing to compare"):
        compare({})


def test_the_dearer_with_the_wider_gap_is_dominated_by_the_cheapest():
    found = dominated(points(("dear", 10, 50), ("cheap", 2, 40), ("middle", 5, 30), ("narrow", 20, 10)))
    assert found.to_dict() == {"dear": "cheap", "cheap": "", "middle": "", "narrow": ""}


def test_as_dear_with_a_narrower_gap_dominates_and_equals_do_not():
    found = dominated(points(("b", 5, 30), ("a", 5, 30), ("wide", 5, 31), ("dear", 6, 30)))
    assert found.to_dict() == {"b": "", "a": "", "wide": "a", "dear": "a"}


def test_what_is_short_counts_where_it_is_given():
    columns = ("extra_cost_yuan_year", "gap_yuan_month", "short_yuan_year")
    table = points(("cheap", 5, 30, 9), ("dear", 6, 30, 8), ("dearest", 7, 30, 9), columns=columns)
    assert dominated(table).to_dict() == {"cheap": "", "dear": "", "dearest": "cheap"}
    assert dominated(table.drop(columns="short_yuan_year")).to_dict() == {
        "cheap": "",
        "dear": "cheap",
        "dearest": "cheap",
    }


@pytest.mark.parametrize("rows", [(("a", 1, 2), ("a", 2, 3)), (("a", 1, None), ("b", 1, 2))])
def test_a_point_that_stands_twice_or_is_not_known_is_refused(rows):
    with pytest.raises(ValueError, match="stands once"):
        dominated(points(*rows))


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=8))
def test_no_dominator_is_dominated_by_what_it_dominates_and_one_always_is_free(rows):
    table = points(*((f"s{place}", *row) for place, row in enumerate(rows)))
    found = dominated(table)
    assert (found == "").any()
    for name, by in found.items():
        beats = (table <= table.loc[name]).all(axis=1) & (table != table.loc[name]).any(axis=1)
        assert bool(by) == beats.any()
        if by:
            assert beats[by]
            assert found[by] != name
            assert table.at[by, "extra_cost_yuan_year"] == table.loc[beats, "extra_cost_yuan_year"].min()
