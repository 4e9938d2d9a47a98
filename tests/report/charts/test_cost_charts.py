import pytest
from drawn import HOSTILE, SCENARIOS, bars, changed, cut_off, numbers_are_results, overlapping, renamed, written

from analysis.report.charts.cost import cost_waterfall, who_pays
from runs import run_of

CHARTS = {"cost_waterfall": cost_waterfall, "who_pays": who_pays}
PROVINCE = {"area_code": "440000"}


def drawn(draw, scenario="baseline", lang="zh", **overrides):
    run = run_of(scenario, lang, **overrides)
    return draw(run.facts, run.wording, run.source(draw.__name__))


def value(facts, measure, **where):
    return facts.value(measure, **({"area_code": "440000", "year": 2025, "programme": ""} | where))


# Both charts


@pytest.mark.parametrize("name", CHARTS)
@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_chart_of_the_cost_shows_results_and_can_be_read(name, lang, scenario):
    chart = drawn(CHARTS[name], scenario, lang)
    assert numbers_are_results(chart, run_of(scenario, lang).facts)
    assert not cut_off(chart)
    assert not overlapping(chart)
    assert chart.name == f"{name}.{lang}"


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_of_the_cost_has_the_same_bytes_each_time(name):
    first, second = drawn(CHARTS[name]), drawn(CHARTS[name])
    assert first.png() == second.png()
    assert first.svg() == second.svg()


@pytest.mark.parametrize("name", CHARTS)
@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_source_that_looks_like_code_is_printed_as_text(name, hostile):
    run = run_of("baseline", "zh")
    chart = CHARTS[name](run.facts, renamed(run.wording, hostile), hostile)
    assert hostile in written(chart).replace("\n", "")
    assert chart.png()


# The waterfall


@pytest.mark.parametrize("scenario", ["baseline", "late", "tight"])
def test_the_parts_of_the_waterfall_add_to_the_total_to_the_yuan(scenario):
    facts = run_of(scenario, "zh").facts
    total = value(facts, "extra_cost")
    found = [(left, width) for left, width, _ in bars(drawn(cost_waterfall, scenario))]
    built, whole, apart = found[:3], found[3], found[4:]
    if scenario == "late":
        assert apart.pop() == (0, facts.value("arrears", component="arrears"))
    assert whole == (0, total)
    reached = 0
    for left, width in built:
        assert left == reached
        reached += width
    assert reached == total
    for left, width in apart:
        assert left + width == pytest.approx(reached, abs=1e-6)
        reached = left
    assert reached == 0
    assert sum(width for _, width in apart) == total
    assert built[0][1] + built[1][1] == value(facts, "extra_cost_mandated")


def test_the_range_on_the_total_is_that_of_the_draws():
    facts = run_of("baseline", "zh").facts
    ends = [value(facts, "extra_cost", statistic=end) for end in ("p10", "p90")]
    chart = drawn(cost_waterfall)
    assert ends in [list(line.get_xdata()) for line in chart.figure.axes[0].lines]
    assert "49,038 (38,840–53,930)" in written(chart)


def test_what_is_paid_late_is_shown_and_not_added():
    on_time, late = drawn(cost_waterfall, "baseline"), drawn(cost_waterfall, "late")
    assert "晚付补发（不另加）" not in written(on_time)
    assert "晚付补发（不另加）" in written(late)
    assert late.alt == on_time.alt


def test_the_foot_names_the_assumptions_that_matter_most():
    assert "农村人数偏离趋势 43,554–55,633" in written(drawn(cost_waterfall)).replace("\n", "")
    assert "影响最大" not in written(drawn(cost_waterfall, "freeze"))


def test_the_finding_of_the_waterfall_follows_the_numbers():
    run = run_of("baseline", "zh")
    english = run_of("baseline", "en")

    def title(*changes, of=run):
        return cost_waterfall(changed(of.facts, *changes), of.wording, "").alt

    assert title() == "新增支出4.90亿元：按规定必须提标的为3.65亿元（其中标准已知的市2,345万元），随之提标的为1.25亿元"
    assert (
        title(of=english)
        == "Of the 490 million yuan extra 365 is required (23.5 where standards are known) and 125 comes from areas that follow"
    )
    unknown = ("extra_cost_mandated_where_known", 0, PROVINCE)
    assert "全在标准未知的市" in title(unknown)
    assert "all where standards are not known" in title(unknown, of=english)
    unfollowed = ("extra_cost_by_following", 0, PROVINCE)
    assert title(unfollowed).startswith("新增支出4.90亿元，全部由下限规定")
    assert title(unfollowed, of=english).startswith("All of the 490 million yuan extra is obliged by the floors")
    free = ("extra_cost_mandated", 0, PROVINCE)
    assert title(free) == "新增支出4.90亿元，全部来自高于下限者跟随"
    assert title(free, of=english).endswith("comes from areas above the floor that follow")
    assert drawn(cost_waterfall, "freeze").alt == "不提标，没有新增支出"
    assert drawn(cost_waterfall, "freeze", "en").alt == "No floor moves: there is no extra cost"


# Who pays


def test_the_shares_of_the_tiers_fill_each_bar():
    facts = run_of("baseline", "zh").facts
    found = [(left, width) for left, width, _ in bars(drawn(who_pays))]
    pairs = [("spending", 2024), ("spending", 2025), ("extra_cost", 2025)]
    for place, (measure, year) in enumerate(pairs):
        (start, upper), (middle, local) = found[2 * place : 2 * place + 2]
        whole = value(facts, measure, year=year)
        assert (start, middle) == (0, upper)
        assert upper == pytest.approx(value(facts, measure, year=year, tier="upper") / whole)
        assert upper + local == pytest.approx(1, abs=1e-8)
    sets = [value(facts, f"extra_cost_under_sharing_{name}", tier="upper") for name in ("low", "middle", "high")]
    assert [width for _, width in found[6:]] == pytest.approx([one / value(facts, "extra_cost") for one in sets])


@pytest.mark.parametrize(("scenario", "taken"), [("baseline", 1), ("tight", 0)])
def test_the_share_set_that_the_scenario_takes_is_filled(scenario, taken):
    sets = drawn(who_pays, scenario).figure.axes[0].patches[6:]
    assert [bar.get_facecolor()[:3] != (1, 1, 1) for bar in sets] == [place == taken for place in range(3)]


def test_one_glance_says_what_the_upper_tiers_bear():
    assert drawn(who_pays).alt == "提标新增4.90亿元，中央和省负担3.10亿元（63%），其余由市县负担"
    assert (
        drawn(who_pays, lang="en").alt
        == "Of the 490 million yuan rise the upper tiers bear 310 (63%), cities and counties the rest"
    )
    assert drawn(who_pays, "freeze").alt.startswith(
        "不提标，没有新增；2025年支出92.82亿元，中央和省负担57.59亿元（62%）"
    )
    assert drawn(who_pays, "freeze", "en").alt.startswith("No floor moves, nothing more to bear")
    assert len(drawn(who_pays, "freeze").figure.axes[0].patches) == 4


@pytest.mark.parametrize(
    ("lang", "said"), [("zh", "市县反而少负担2,000万元"), ("en", "cities and counties are relieved of 20.0")]
)
def test_a_tier_that_is_relieved_is_drawn_back_over_the_other(lang, said):
    run = run_of("baseline", lang)
    total = value(run.facts, "extra_cost")
    facts = changed(
        run.facts,
        ("extra_cost", total + 2e7, {"tier": "upper", **PROVINCE}),
        ("extra_cost", -2e7, {"tier": "local", **PROVINCE}),
    )
    chart = who_pays(facts, run.wording, "")
    assert said in chart.alt
    upper, local = bars(chart)[4:6]
    assert upper[1] > 1
    assert local[:2] == pytest.approx((upper[1], -2e7 / total))
    assert not cut_off(chart)
