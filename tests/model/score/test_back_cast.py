from datetime import date

import pandas as pd
import pytest

from analysis.model import score
from analysis.model.score import back_cast

CLASSES = {"440000-C1": "1", "440000-C2": "2", "440000-C3": "3", "440000-C4": "4"}
# class, residence, year, before, published, rule, least, rounded up, published less that, fit
EXPECTED = [
    ("1", "both", 2021, 1050, 1087, "rise_2021", 1086.75, 1087, 0, "rounded up"),
    ("2", "both", 2021, 934, 967, "rise_2021", 966.69, 967, 0, "rounded up"),
    ("3", "both", 2021, 824, 853, "rise_2021", 852.84, 853, 0, "rounded up"),
    ("4", "urban", 2021, 772, 800, "rise_2021", 799.02, 800, 0, "rounded up"),
    ("4", "rural", 2021, 532, 551, "rise_2021", 550.62, 551, 0, "rounded up"),
    ("1", "both", 2022, 1087, 1125, "rise_2022_urban", 1125.045, 1126, -1, "to the nearest yuan"),
    ("2", "both", 2022, 967, 1001, "rise_2022_urban", 1000.845, 1001, 0, "rounded up"),
    ("3", "both", 2022, 853, 883, "rise_2022_urban", 882.855, 883, 0, "rounded up"),
    ("4", "urban", 2022, 800, 828, "rise_2022_urban", 828, 828, 0, "exact"),
    ("4", "rural", 2022, 551, 579, "rise_2022_rural", 578.55, 579, 0, "rounded up"),
    ("1", "both", 2023, 1125, 1165, "rise_2023", 1164.375, 1165, 0, "rounded up"),
    ("2", "both", 2023, 1001, 1037, "rise_2023", 1036.035, 1037, 0, "rounded up"),
    ("3", "both", 2023, 883, 914, "rise_2023", 913.905, 914, 0, "rounded up"),
    ("4", "urban", 2023, 828, 857, "rise_2023", 856.98, 857, 0, "rounded up"),
    ("4", "rural", 2023, 579, 600, "rise_2023", 599.265, 600, 0, "rounded up"),
    ("4", "rural", 2024, 600, 645, "rural_share_2024", 645, 645, 0, "exact"),
]
FREE_2024 = {("1", "both"): 3.52, ("2", "both"): 3.47, ("3", "both"): 1.97, ("4", "urban"): 0.35}


@pytest.fixture(scope="module")
def history(evidence_june, rules):
    minima = evidence_june.best("dibao", "minimum_standard").rename(columns={"value": "value_yuan_month"})
    return minima, back_cast(minima, rules, date(2024, 6, 30))


def test_every_year_from_2021_against_its_rule(history):
    table = history[1][history[1]["year"] >= 2021]
    found = {(CLASSES[row.area_code], *row[2:6], row.rule, *row[8:]) for row in table[table["rule"] != ""].itertuples()}
    assert found == set(EXPECTED)


def test_in_2024_four_floors_rose_by_no_published_rule(history):
    free = history[1].query("year == 2024 and fit == 'no rule'")
    rises = {(CLASSES[row.area_code], row.residence): round(100 * row.rise_share, 2) for row in free.itertuples()}
    assert rises == FREE_2024
    assert free[["least_yuan_month", "rounded_up_yuan_month", "excess_yuan_month"]].isna().all(axis=None)
    assert set(free["rule"]) == {""}


def test_before_2021_no_rule_is_known_and_years_apart_are_not_compared(history):
    early = history[1][history[1]["year"] < 2021]
    assert set(early["fit"]) == {"no rule"}
    assert {(row.year, CLASSES[row.area_code], row.residence) for row in early.itertuples() if row.year in (2018, 2019)} == {
        (2019, "1", "both"), (2019, "4", "urban"), (2019, "4", "rural"),
    }  # fmt: skip


def test_inferred_minima_are_no_history(history):
    minima, table = history
    assert (minima["grade"] == "inferred").any()
    assert not (table["year"] == 2016).any()
    assert not (table["year"] == 2017).any()


def test_a_rule_that_was_not_public_yet_allows_nothing(history, rules):
    table = back_cast(history[0], rules, date(2023, 5, 9))
    assert set(table.query("year == 2023")["fit"]) == {"no rule"}
    assert set(table.query("year == 2021")["rule"]) == {"rise_2021"}


def test_a_floor_above_and_one_below_its_rule_are_told_apart(rules):
    rows = [("A", 2020, "urban", 800), ("A", 2020, "rural", 500), ("A", 2021, "urban", 840), ("A", 2021, "rural", 510)]
    minima = pd.DataFrame(rows, columns=["area_code", "year", "residence", "value_yuan_month"]).assign(grade="press")
    table = back_cast(minima, rules, date(2024, 6, 30)).set_index("residence")
    assert table["fit"].to_dict() == {"urban": "above", "rural": "below"}
    assert table["excess_yuan_month"].to_dict() == {"urban": 12, "rural": -8}


def test_the_rural_share_that_a_rule_asks_for_is_a_result_from_the_year_it_speaks_of(evidence_june, rules):
    rows = score.history(evidence_june, rules).result
    asked = rows[rows["measure"] == "rural_share_at_least"]
    assert [(row.year, row.value, row.residence, row.grade) for row in asked.itertuples()] == [
        ("2024", 0.75, "rural", "press")
    ]
    before = evidence_june.known_on(date(2024, 4, 29))
    assert "rural_share_at_least" not in set(score.history(before, rules).result["measure"])
