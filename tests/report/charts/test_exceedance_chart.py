import pytest
from drawn import HOSTILE, SCENARIOS, changed, cut_off, numbers_are_results, overlapping, renamed, written

from analysis.report.charts.exceedance import CHANCES, exceedance
from runs import run_of

PROVINCE = {"area_code": "440000", "year": 2025}


def drawn(scenario="baseline", lang="zh", **overrides):
    run = run_of(scenario, lang, **overrides)
    return exceedance(run.facts, run.wording, "40号")


def with_room(lang, room):
    """Return the chart where the budget's growth leaves so much for the rise."""
    run = run_of("baseline", lang)
    value = run.facts.value
    without = value("spending", **PROVINCE) - value("extra_cost", programme="", **PROVINCE)
    return exceedance(changed(run.facts, ("capacity", without + room, PROVINCE)), run.wording, "40号")


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_curve_shows_results_and_can_be_read(scenario, lang):
    chart = drawn(scenario, lang)
    assert numbers_are_results(chart, run_of(scenario, lang).facts)
    assert not cut_off(chart)
    assert not overlapping(chart)


def test_the_curve_goes_through_the_draws_and_its_marks_stand_on_it():
    facts = run_of("baseline", "zh").facts
    chart = drawn()
    lines = {line.get_marker(): line for line in chart.figure.axes[0].lines if line.get_marker() != "None"}
    curve = dict(zip(lines["o"].get_ydata(), lines["o"].get_xdata(), strict=True))
    assert tuple(curve) == CHANCES
    assert curve[50] == facts.value("extra_cost", statistic="p50", programme="", **PROVINCE)
    assert curve[10] == facts.value("envelope_for_90_percent", **PROVINCE)
    assert (lines["D"].get_xdata()[0], lines["D"].get_ydata()[0]) == (curve[50], 50)
    assert (lines["s"].get_xdata()[0], lines["s"].get_ydata()[0]) == (curve[10], 10)
    upright = [line.get_xdata()[0] for line in chart.figure.axes[0].lines if line.get_linestyle() == "--"]
    room = facts.value("capacity", **PROVINCE) - facts.value("spending", **PROVINCE)
    room += facts.value("extra_cost", programme="", **PROVINCE)
    assert upright == [room]
    assert "预算增长可容 3.15" in written(chart)
    assert "基准测算值 4.90" in written(chart)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("room", [1e6, 315e6, 370e6, 420e6, 447e6, 470e6, 485e6, 545e6, 600e6, 721e6, 5e9])
def test_what_the_budget_leaves_can_be_read_wherever_it_stands(lang, room):
    chart = with_room(lang, room)
    assert not cut_off(chart)
    assert not overlapping(chart)


def test_an_amount_far_from_the_curve_stands_at_the_edge_with_an_arrow():
    assert "← 预算增长可容" in written(with_room("zh", 1e6))
    assert "→ 预算增长可容 50.00" in written(with_room("zh", 5e9))
    assert "→" not in written(with_room("zh", 600e6))


def test_the_finding_says_between_which_chances_it_lies():
    assert drawn().alt == "安排5.39亿元，九成的模拟结果够用；超出预算增长可容的3.15亿元的可能在95%以上"
    assert with_room("zh", 447e6).alt.endswith("可能在50%至60%之间")
    assert with_room("zh", 5e9).alt.endswith("可能不到5%")
    median = run_of("baseline", "zh").facts.value("extra_cost_exceeded_with_chance_50", **PROVINCE)
    assert with_room("zh", median).alt.endswith("可能为50%")
    assert with_room("en", 447e6).alt == (
        "539 million yuan would suffice in nine of ten simulated cases; the probability of exceeding the 447 million yuan "
        "left by budget growth is between 50% and 60%"
    )
    assert with_room("en", 5e9).alt.endswith("below 5%")
    assert with_room("en", 3e8).alt.endswith("above 95%")
    assert with_room("en", median).alt.endswith("left by budget growth is 50%")


def test_a_budget_that_does_not_carry_spending_without_a_rise_has_no_room_to_mark():
    chart = with_room("zh", -1e7)
    assert chart.alt.endswith("预算自身的增长连不提标的支出都容不下")
    assert "预算增长可容 " not in written(chart)
    assert with_room("en", -1e7).alt.endswith("does not even carry spending without a rise")


def test_where_nothing_is_spent_more_it_says_so():
    chart = drawn("freeze")
    assert chart.alt == "不提标，新增支出在任何模拟结果中都为零"
    assert "新增支出：0" in written(chart)
    assert drawn("freeze", "en").alt == "No floor moves: the extra cost is nil in every simulated case"


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_source_that_looks_like_code_is_printed_as_text(hostile):
    run = run_of("baseline", "zh")
    chart = exceedance(run.facts, renamed(run.wording, hostile), hostile)
    assert hostile in written(chart).replace("\n", "")
    assert chart.png() == exceedance(run.facts, renamed(run.wording, hostile), hostile).png()


def test_the_formula_of_the_curve_is_told():
    run = run_of("baseline", "zh")
    key = run.facts.row("extra_cost_exceeded_with_chance_05", **PROVINCE)[0]
    assert "百分数超过" in run.why(key).formula
