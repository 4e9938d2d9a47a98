import pytest

from analysis.errors import ScenarioFailed
from analysis.report.facts import STYLES, money, persons
from runs import run_of


@pytest.mark.parametrize(
    ("value", "zh", "en"),
    [
        (477_197_000, ("4.77", "亿元"), ("477", " million yuan")),
        (99_949_999, ("9,995", "万元"), ("99.9", " million yuan")),
        (0, ("0", "万元"), ("0", " million yuan")),
        (-250_000_000, ("-2.50", "亿元"), ("-250", " million yuan")),
    ],
)
def test_money_takes_the_unit_of_its_size_and_language(value, zh, en):
    assert money(value, "zh") == zh
    assert money(value, "en") == en


def test_people_are_counted_in_ten_thousands_or_thousands():
    assert persons(1_235_000, "zh") == ("123.5", "万人")
    assert persons(1_235_000, "en") == ("1,235", " thousand")


def test_a_number_is_said_with_its_key_and_recorded():
    facts = run_of().facts_of("baseline", marked=True)
    where = {"area_code": "440000-C4", "residence": "rural", "year": 2025}
    said = facts.say("minimum_standard_rise", "yuan", sign=True, **where)
    assert said == '[+24]{.n key="baseline:guangdong:440000-C4:dibao:rural:2025:Y:::minimum_standard_rise:central"}'
    assert facts.said == [("baseline:guangdong:440000-C4:dibao:rural:2025:Y:::minimum_standard_rise:central", "+24")]
    assert facts.literal("2025") == "[2025]{.d}"
    assert set(STYLES) >= {"yuan", "percent", "money", "persons"}


def test_a_question_without_one_answer_fails_by_name():
    facts = run_of().facts
    with pytest.raises(
        ScenarioFailed, match=r"^results hold 0 rows of minimum_standrad 440000-C4; did you mean minimum_standard\?$"
    ):
        facts.value("minimum_standrad", area_code="440000-C4")
    with pytest.raises(ScenarioFailed, match="^results hold 0 rows of minimum_standard 440000-C4 1900$"):
        facts.value("minimum_standard", area_code="440000-C4", year=1900)
