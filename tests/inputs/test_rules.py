import re
from datetime import date
from decimal import Decimal

import pytest

from analysis.errors import ParametersRefused
from analysis.inputs.parameters.policy import RuralShare
from analysis.inputs.rules import below, in_force, read_rules

JUNE = date(2024, 6, 30)


def values(rules, kind, year, as_of=JUNE):
    return {rule.id: rule.value for rule in in_force(rules, kind, year, as_of)}


def test_a_rule_of_one_year_speaks_of_that_year_alone(rules):
    rise = {year: values(rules, "rise_at_least", year) for year in range(2020, 2026)}
    assert {year: set(found.values()) for year, found in rise.items()} == {
        2020: set(),
        2021: {Decimal("0.035")},
        2022: {Decimal("0.035"), Decimal("0.05")},
        2023: {Decimal("0.035")},
        2024: set(),
        2025: set(),
    }


def test_an_open_rule_speaks_of_every_later_year(rules):
    assert list(values(rules, "rural_share", 2023).values()) == []
    for year in (2024, 2025, 2030):
        assert list(values(rules, "rural_share", year).values()) == [Decimal("0.75")]


def test_a_rule_is_unknown_until_the_day_its_document_was_public(rules):
    assert values(rules, "rural_share", 2025, date(2024, 4, 29)) == {}
    assert values(rules, "rural_share", 2025, date(2024, 4, 30)) == {"rural_share_2024": Decimal("0.75")}
    assert values(rules, "multiple_of_dibao", 2025, date(2024, 5, 6)) == {}
    assert values(rules, "multiple_of_dibao", 2025, date(2024, 5, 7)) == {"tekun_multiple": Decimal("1.6")}


def test_no_rule_is_in_force_before_it_is_public(rules):
    for rule in rules:
        for kind in {other.kind for other in rules}:
            assert all(found.known_from <= rule.known_from for found in in_force(rules, kind, 2025, rule.known_from))


def test_every_rule_names_its_document_and_speaks_in_both_languages(rules):
    assert len({rule.id for rule in rules}) == len(rules) > 10
    assert all(rule.document.strip() and rule.says.zh.strip() and rule.says.en.strip() for rule in rules)


def test_a_package_without_rules_has_none(copied_home):
    assert read_rules("elsewhere", copied_home) == []


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("kind: ratchet", "kind: rachet", r"params/rules/guangdong\.yaml:\d+: ratchet.kind: rachet: allowed: "),
        ("known_from: 2024-04-30", "known_from: 2024-04-31", r"params/rules/guangdong\.yaml:\d+: \w+\.known_from: "),
        ("value: 1.6", "vaule: 1.6", r"params/rules/guangdong\.yaml:\d+: tekun_multiple.vaule: no such key"),
        ("value: 1.6", "value: .nan", r"params/rules/guangdong\.yaml:\d+: tekun_multiple.value: .nan: not a number"),
        ("tekun_multiple:", "ratchet:", r"params/rules/guangdong\.yaml:\d+: ratchet stands twice, first on line \d+"),
    ],
)
def test_a_rule_that_is_not_allowed_is_refused_with_its_line(copied_home, old, new, says):
    path = copied_home / "params" / "rules" / "guangdong.yaml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(ParametersRefused) as refused:
        read_rules("guangdong", copied_home)
    assert re.match(says, str(refused.value)), refused.value


def test_a_policy_below_a_rule_in_force_is_named(rules, baseline):
    assert below(rules, baseline.policy, 2025, JUNE) == []
    lower = baseline.policy.model_copy(update={"rural_share": RuralShare(at_least=Decimal("0.7"))})
    (said,) = below(rules, lower, 2025, JUNE)
    assert said == "rule rural_share_2024 asks for a rural share of 0.75, policy rise35 for 0.7"
    # In 2022 town had to rise by 3.5 per cent and country by 5.
    (said,) = below(rules, baseline.policy, 2022, JUNE)
    assert said == "rule rise_2022_rural asks for a rise of 0.05, policy rise35 has 0.035 in rural areas"
    # A rule that is not public yet asks for nothing.
    assert below(rules, lower, 2025, date(2024, 4, 29)) == []
