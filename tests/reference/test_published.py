# What was published, typed in here from the notices and not read from any file of the project.
from fractions import Fraction

import pytest

YEARS = {
    2014: {"1": (600, 530), "2": (500, 500), "3": (400, 310), "4": (370, 230)},
    2015: {"1": (650, 650), "2": (550, 550), "3": (520, 386), "4": (410, 260)},
    2018: {"1": (920, 920), "4": (638, 440)},
    2019: {"1": (980, 980), "2": (865, 865), "3": (756, 756), "4": (702, 484)},
    2020: {"1": (1050, 1050), "2": (934, 934), "3": (824, 824), "4": (772, 532)},
    2021: {"1": (1087, 1087), "2": (967, 967), "3": (853, 853), "4": (800, 551)},
    2022: {"1": (1125, 1125), "2": (1001, 1001), "3": (883, 883), "4": (828, 579)},
    2023: {"1": (1165, 1165), "2": (1037, 1037), "3": (914, 914), "4": (857, 600)},
    2024: {"1": (1206, 1206), "2": (1073, 1073), "3": (932, 932), "4": (860, 645)},
}
EIGHT = {"440100", "440300", "440400", "440600", "440800", "441300", "441600", "445300"}


def minima_of(evidence):
    rows = evidence.best("dibao", "minimum_standard")
    rows = rows[rows["grade"] != "inferred"]
    return {(row.area_code.removeprefix("440000-C"), row.year, row.residence): row.value for row in rows.itertuples()}


def test_the_package_holds_the_published_minima_and_no_others(evidence_june):
    typed = {
        (number, year, residence): float(value)
        for year, classes in YEARS.items()
        for number, pair in classes.items()
        for residence, value in zip(("urban", "rural"), pair, strict=True)
    }
    assert minima_of(evidence_june) == typed


def test_the_class_4_rural_share_was_634_thousandths_in_2015_and_is_three_quarters_in_2024(evidence_june):
    minima = minima_of(evidence_june)
    assert Fraction(minima["4", 2024, "rural"]) / Fraction(minima["4", 2024, "urban"]) == Fraction(3, 4)
    assert round(minima["4", 2015, "rural"] / minima["4", 2015, "urban"], 3) == 0.634


@pytest.mark.parametrize(("which", "cities"), [("evidence_june", EIGHT - {"440800"}), ("evidence_december", EIGHT)])
def test_the_cities_whose_2024_standard_is_known(which, cities, request):
    standards = request.getfixturevalue(which).best("dibao", "standard")
    assert set(standards.loc[standards["year"] == 2024, "area_code"]) == cities


def test_recipients_of_march_2024_are_in_persons(evidence_june):
    counts = evidence_june.best("dibao", "recipients").query("area_code == '440000' and year == 2024")
    assert dict(zip(counts["residence"], counts["value"], strict=True)) == {
        "both": 1_235_000, "urban": 146_000, "rural": 1_089_000,
    }  # fmt: skip
