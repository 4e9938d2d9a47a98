from dataclasses import replace
from math import log

import numpy as np
import pytest

from analysis.errors import NotHeld
from analysis.inputs.evidence import load
from analysis.model.score.spread import convergence, spread, theil_rows


@pytest.fixture(scope="module")
def indonesia(home):
    return load("indonesia", None, home)


@pytest.fixture(scope="module")
def table(evidence_june):
    return spread(evidence_june).set_index("year")


@pytest.fixture(scope="module")
def lines(indonesia):
    return convergence(indonesia)


def check_identities(table):
    for within, between in (
        ("t_within_residence", "t_between_residence"),
        ("t_within_area", "t_between_area"),
        ("nested_area", "nested_residence"),
    ):
        assert np.allclose(table[within] + table[between], table["theil_t"], rtol=0, atol=1e-10)
    assert np.allclose(table["l_within_residence"] + table["l_between_residence"], table["theil_l"], rtol=0, atol=1e-10)
    assert np.allclose(
        table[["gini_within", "gini_between", "gini_overlap"]].sum(axis=1), table["gini"], rtol=0, atol=1e-10
    )
    # By area, then by residence in each: the outer part is what lies between areas.
    assert np.allclose(table["nested_area"], table["t_between_area"], rtol=0, atol=1e-10)


def test_the_parts_add_up_to_the_whole_in_both_packages(table, indonesia):
    check_identities(table)
    check_identities(spread(indonesia))


def people(evidence):
    """Residents of 2018 by class and residence; a city in two classes counts by the parts it has there."""
    rows = evidence.best("", "resident_population").query("year == 2018 and residence != 'both'")
    areas, found = evidence.areas, {}
    for city in rows["area_code"].unique():
        if areas.at[city, "level"] != "city":
            continue
        own = rows[rows["area_code"] == city].set_index("residence")["value"]
        parts = areas[(areas["parent_code"] == city) & (areas["level"] == "city_part") & (areas["area_class"] != "")]
        numbers = parts["area_class"].tolist() or [areas.at[city, "area_class"]]
        for number in numbers:
            for side in ("urban", "rural"):
                found[number, side] = found.get((number, side), 0) + own.get(side, 0) / len(numbers)
    return found


MINIMA = {
    2015: {"1": (650, 650), "2": (550, 550), "3": (520, 386), "4": (410, 260)},
    2021: {"1": (1087, 1087), "2": (967, 967), "3": (853, 853), "4": (800, 551)},
    2024: {"1": (1206, 1206), "2": (1073, 1073), "3": (932, 932), "4": (860, 645)},
}


@pytest.mark.parametrize("year", MINIMA)
def test_theil_by_hand_and_within_classes_only_where_town_and_country_differ(table, evidence_june, year):
    weights = people(evidence_june)
    cells = {
        (number, side): (value, weights[number, side])
        for number, pair in MINIMA[year].items()
        for side, value in zip(("urban", "rural"), pair, strict=True)
    }
    whole = sum(people for _, people in cells.values())
    mean = sum(value * people for value, people in cells.values()) / whole
    theil = sum(people * value / mean * log(value / mean) for value, people in cells.values()) / whole
    assert table.at[year, "theil_t"] == pytest.approx(theil)
    apart = {number for number, (urban, rural) in MINIMA[year].items() if urban != rural}
    assert apart == ({"3", "4"} if year == 2015 else {"4"})
    within = 0.0
    for number in apart:  # a unified class adds nothing
        own = [cells[number, side] for side in ("urban", "rural")]
        here = sum(people for _, people in own)
        inside = sum(value * people for value, people in own) / here
        inner = sum(people * value / inside * log(value / inside) for value, people in own) / here
        within += here * inside / (whole * mean) * inner
    assert table.at[year, "t_within_area"] == pytest.approx(within)


def test_the_years_are_those_with_all_classes_and_what_they_rest_on_is_said(table):
    assert table.index.tolist() == [2014, 2015, 2019, 2020, 2021, 2022, 2023, 2024]
    assert set(table["areas"]) == {4}
    assert set(table["weight"]) == {"resident_population"}
    assert set(table["grade"]) == {"inferred"}


def test_points_that_a_rule_sets_say_nothing_of_convergence(evidence_june):
    with pytest.raises(NotHeld):
        convergence(evidence_june)


def test_thirty_four_provinces_of_indonesia_and_each_statistic(lines):
    found = {(row.statistic, row.residence): row for row in lines.itertuples()}
    assert set(found) == {("log_gap_decay", "both")} | {
        (statistic, side) for statistic in ("sigma", "beta", "panel", "pooled") for side in ("urban", "rural")
    }
    # Jakarta has no rural residence; a province whose series is not whole is left out of the rural panel.
    assert found["panel", "urban"].areas == 34
    assert found["panel", "rural"].areas <= 33
    for side in ("urban", "rural"):
        panel, pooled = found["panel", side], found["pooled", side]
        assert panel.n == pooled.n == panel.areas * (found["sigma", side].n - 1)
        # Area effects bias the speed up, their absence down (METHODS 2).
        assert panel.estimate < pooled.estimate
        assert panel.nickell_bias < 0


def test_a_gap_that_does_not_close_has_no_half_life(lines):
    decay = lines[lines["statistic"] == "log_gap_decay"].iloc[0]
    assert decay["low"] < decay["estimate"] < decay["high"]
    assert not decay["closing"]
    assert decay["low"] <= 0
    assert np.isnan(decay["half_life_years"])
    assert decay["areas"] + decay["left_out"] <= 34
    assert decay["left_out"] > 0, "provinces that ever reach unity are counted, not dropped in silence"


def test_a_half_life_is_the_log_of_two_over_the_speed(lines):
    beta = lines[(lines["statistic"] == "beta") & (lines["residence"] == "urban")].iloc[0]
    assert beta["half_life_years"] == pytest.approx(np.log(2) / beta["estimate"])
    away = lines[(lines["statistic"] == "beta") & (lines["estimate"] <= 0)]
    assert away["half_life_years"].isna().all()
    # Half-years from March 2016 to September 2021: -ln(1 + b) a step is twice that a year.
    panel = lines[(lines["statistic"] == "panel") & (lines["residence"] == "urban")].iloc[0]
    assert panel["half_life_years"] == pytest.approx(np.log(2) / (-2 * np.log(1 + panel["estimate"])))


@pytest.mark.parametrize("package", ["guangdong", "indonesia"])
def test_result_rows_of_theil_add_up_and_are_those_of_the_table(package, evidence_june, indonesia):
    evidence = evidence_june if package == "guangdong" else indonesia
    rows, table = theil_rows(evidence), spread(evidence)
    by_measure = {
        name: own.sort_values(["year", "period"])["value"].to_numpy() for name, own in rows.groupby("measure")
    }
    parts = by_measure["theil_between_urban_rural"] + by_measure["theil_within_urban_rural"]
    assert parts == pytest.approx(by_measure["theil"], abs=1e-10)
    assert by_measure["theil"] == pytest.approx(table["theil_t"].to_numpy(), abs=1e-11)
    share = by_measure["theil_between_urban_rural"] / by_measure["theil"]
    assert by_measure["theil_between_urban_rural_share"] == pytest.approx(share, abs=1e-6)
    inside = (table["t_within_area"] / table["theil_t"]).to_numpy()
    assert by_measure["theil_inside_areas_share"] == pytest.approx(inside, abs=1e-6)
    assert set(rows.loc[rows["measure"] == "theil", "grade"]) == set(table["grade"])


def test_the_weights_are_results_with_the_year_they_were_counted_in(evidence_june, indonesia):
    rows = theil_rows(evidence_june)
    weights = rows[rows["measure"] == "theil_weight"]
    assert set(weights["year"]) == {"2018"}
    found = {(row.area_code[-1], row.residence): row.value for row in weights.itertuples()}
    assert found == pytest.approx(people(evidence_june), abs=1)
    assert not (theil_rows(indonesia)["measure"] == "theil_weight").any()


def test_without_people_there_are_no_rows(evidence_june):
    observations = evidence_june.observations
    without = replace(evidence_june, observations=observations[observations["measure"] != "resident_population"])
    assert theil_rows(without).empty
