# What was published, typed in here from the notices and not read from any file of the project.
from decimal import Decimal
from fractions import Fraction

import pytest

from analysis.inputs.parameter_file import read_parameter_text
from analysis.inputs.parameters.policy import Policy
from analysis.inputs.parameters.validation import validated
from analysis.model.uprating import Drivers, uprate

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


# Rules of other countries as policy files of the generic steps, read as any policy is (METHODS 1).
POLICY = """\
id: elsewhere
title: {zh: 别处的规则, en: a rule of elsewhere}
rule:
  urban: RULE
  rural: RULE
round_urban: ROUND
ceiling: {on: false}
"""


def paid_next(rule, rounding, now, chain=None, **drivers):
    file = read_parameter_text(POLICY.replace("RULE", rule).replace("ROUND", rounding), "elsewhere.yaml")
    policy = validated(Policy, file.values, file.where)
    cell = ("A", "urban")
    held = {cell: Decimal(chain)} if chain else None
    row = uprate({cell: Decimal(now)}, policy, Drivers(**drivers), chain=held).floors.iloc[0]
    return row["next_yuan_month"], row["unratcheted_yuan_month"]


@pytest.mark.parametrize(
    ("now", "prices", "published"),
    [("334.91", "0.101", 368.74), ("368.74", "0.067", 393.45), ("393.45", "0.017", 400.14)],
)
def test_universal_credit_of_britain_rises_by_prices_to_the_penny(now, prices, published):
    # Standard allowance of one person of 25 and over, a month: from April 2022 to April 2025.
    found = paid_next("{kind: index}", "{step_yuan: 0.01, mode: nearest}", now, inflation_share=Decimal(prices))
    assert found[0] == published


@pytest.mark.parametrize(
    ("now", "prices", "earnings", "published"),
    [("203.85", "0.067", "0.085", 221.20), ("175.20", "0.005", "-0.010", 179.60)],
)
def test_the_british_pension_rises_by_the_largest_of_three_to_five_pence(now, prices, earnings, published):
    shares = {"inflation_share": Decimal(prices), "growth_share": Decimal(earnings)}
    rule, rounding = "{kind: triple, rise_share: 0.025}", "{step_yuan: 0.05, mode: nearest}"
    assert paid_next(rule, rounding, now, **shares)[0] == published


@pytest.mark.parametrize(
    ("now", "chain", "adjustment", "published"), [("914", "914.20", "0.032", 943), ("943", "943.4575", "0.025", 967)]
)
def test_american_supplemental_income_is_cut_to_the_dollar_from_its_own_uncut_amount(now, chain, adjustment, published):
    # From 943 alone the rise of 2.5 % would come to 966: the uncut amount of 2024, 11,321.49 a year, is carried on.
    rule = f"{{kind: base_chain, rise_share: {adjustment}}}"
    assert paid_next(rule, "{step_yuan: 1, mode: down}", now, chain)[0] == published


@pytest.mark.parametrize(
    ("now", "chain", "rise", "formula", "published"),
    [
        ("449", "449", "0.1175", 502, 502),  # 2023: 4.54 %, then 6.9 %
        ("502", "469.38", "0.1987", 563, 563),  # 2024: 9.07 %, then 9.9 %, on the base without last year's second part
        ("563", "535.09", "0.0071", 539, 563),  # 2025: the formula lies below what is paid, which stays
    ],
)
def test_the_german_rate_is_the_larger_of_its_chain_and_of_what_is_paid(now, chain, rise, formula, published):
    found = paid_next(f"{{kind: base_chain, rise_share: {rise}}}", "{mode: nearest}", now, chain)
    assert found == (published, formula)


def test_the_german_base_grows_by_seven_parts_of_prices_and_three_of_wages():
    # 0.7 x 6 % and 0.3 x 4 %: 5.4 %, of 500 a rise of 27.
    shares = {"inflation_share": Decimal("0.06"), "growth_share": Decimal("0.04")}
    assert paid_next("{kind: mixed, price_weight: 0.7}", "{mode: nearest}", "500", **shares)[0] == 527


@pytest.mark.parametrize(("median", "published"), [(2_228_445, 713_102), (2_392_013, 765_444)])
def test_the_korean_line_of_one_person_is_32_per_cent_of_the_standard_median(median, published):
    # A peg to consumption a year serves: the median a month, twelve times.
    rule = "{kind: peg, of_consumption_share: 0.32}"
    consumption = {"urban": Decimal(12 * median), "rural": Decimal(12 * median)}
    assert paid_next(rule, "{mode: down}", "600000", consumption_yuan_year=consumption)[0] == published
