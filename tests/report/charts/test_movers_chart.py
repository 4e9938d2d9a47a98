import pytest
from drawn import HOSTILE, SCENARIOS, changed, cut_off, numbers_are_results, overlapping, renamed, written

from analysis.report.charts.movers import must_move
from analysis.report.facts import Facts
from runs import run_of

HIGH = {"policy__rule__urban__rise_share": 0.3, "policy__rule__rural__rise_share": 0.3}


def drawn(scenario="baseline", lang="zh", **overrides):
    run = run_of(scenario, lang, **overrides)
    return must_move(run.facts, run.wording, run.source("tile_grid"))


def labels(chart):
    return [label.get_text() for label in chart.figure.axes[0].get_yticklabels()]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(("scenario", "overrides"), [*((one, {}) for one in SCENARIOS), ("baseline", HIGH)])
def test_the_movers_show_results_and_can_be_read(scenario, overrides, lang):
    chart = drawn(scenario, lang, **overrides)
    assert numbers_are_results(chart, run_of(scenario, lang, **overrides).facts)
    assert not cut_off(chart)
    assert not overlapping(chart)
    assert chart.png() == drawn(scenario, lang, **overrides).png()


def test_cities_stand_in_the_order_of_the_rise_that_is_obliged():
    assert labels(drawn("tight"))[:3] == ["云浮农村", "惠州", "河源农村"]
    assert labels(drawn("tight", "en"))[:3] == ["Yunfu, rural", "Huizhou", "Heyuan, rural"]
    assert labels(drawn("tight"))[-1] == "深圳城镇"
    text = written(drawn("tight"))
    assert "672 → 716 (+44)" in text
    assert "932 → 965 (+33)" in text
    assert "895（高4，可自定）" in text
    assert "1,483 (234 above, free)" in written(drawn("tight", "en"))


def test_a_larger_rise_stands_first_however_near_the_minimum_it_is():
    run = run_of("tight", "zh")
    where = {"area_code": "441600", "residence": "rural", "year": 2025}
    chart = must_move(changed(run.facts, ("mandated_rise", 60, where)), run.wording, "40号")
    assert labels(chart)[:3] == ["河源农村", "云浮农村", "惠州"]
    assert chart.alt.startswith("标准已知的7市中3市须提高：河源60元、云浮44元")


def test_an_arrow_leads_from_the_standard_in_force_to_what_is_obliged():
    facts = run_of("tight", "zh").facts
    found = [text for text in drawn("tight").figure.axes[0].texts if getattr(text, "arrow_patch", None)]
    assert len(found) == 3
    where = {"area_code": "445300", "residence": "rural"}
    now, rise = facts.value("standard", year=2024, **where), facts.value("mandated_rise", year=2025, **where)
    # The rural standard must keep its share of the urban one in force, which is above the floor.
    assert (found[0].xyann[0], found[0].xy[0]) == (now, now + rise)
    assert now + rise > facts.value("minimum_standard", area_code="440000-C4", residence="rural", year=2025)


def test_the_new_minimum_of_each_class_stands_beside():
    facts = run_of("baseline", "zh").facts
    chart = drawn()
    uprights = [
        line.get_xdata()
        for line in chart.figure.axes[0].lines
        if line.get_linestyle() == "-" and len(line.get_xdata()) == 2
    ]
    floors = {"惠州": "440000-C3", "深圳城镇": "440000-C1", "云浮城镇": "440000-C4"}
    for place, label in enumerate(labels(chart)):
        if label in floors:
            wanted = facts.value("minimum_standard", area_code=floors[label], residence="urban", year=2025)
            assert list(uprights[place]) == [wanted, wanted]
    marks = {
        line.get_ydata()[0]: line.get_marker() for line in chart.figure.axes[0].lines if line.get_marker() != "None"
    }
    assert [marks[-labels(chart).index(name)] for name in ("惠州", "云浮农村", "深圳城镇")] == ["D", "s", "o"]


def test_those_that_are_not_known_are_counted_in_a_line():
    assert "另有14市标准未知，不在图中，请其报送" in written(drawn())
    assert "14 more cities: standards not known, to be asked" in written(drawn(lang="en"))


@pytest.mark.parametrize(
    ("scenario", "lang", "overrides", "said"),
    [
        ("baseline", "zh", {}, "标准已知的7市中1市须提高：惠州33元，其余6市可自定"),
        ("baseline", "en", {}, "Of 7 cities whose standard is known 1 must rise: Huizhou by 33 yuan; the other 6 are free to choose"),
        ("tight", "zh", {}, "标准已知的7市中3市须提高：云浮44元、惠州33元、河源31元，其余4市可自定"),
        ("freeze", "zh", {}, "标准已知的7市都不低于2025年拟定下限，无须提高"),
        ("freeze", "en", {}, "The 7 cities whose standard is known all stand at or above the minima of 2025: none must rise"),
        ("baseline", "zh", HIGH, "标准已知的7市中7市须提高：广州286元、惠州280元、云浮223元等"),
        ("baseline", "en", HIGH, "Of 7 cities whose standard is known 7 must rise: Guangzhou by 286 yuan, Huizhou by 280 yuan, Yunfu by 223 yuan and others"),
    ],
)  # fmt: skip
def test_the_finding_of_the_movers_follows_the_numbers(scenario, lang, overrides, said):
    assert drawn(scenario, lang, **overrides).alt == said


def test_a_city_at_the_minimum_is_said_to_be_there():
    assert "932（等于下限）" in written(drawn("freeze"))
    assert "932 (at the minimum)" in written(drawn("freeze", "en"))


@pytest.mark.parametrize(
    ("lang", "said"), [("zh", "没有一个市的现行标准已知"), ("en", "No city's standard in force is known")]
)
def test_where_no_standard_is_known_it_says_so(lang, said):
    run = run_of("baseline", lang)
    table = run.facts.table[~run.facts.table["measure"].isin(["standard", "mandated_rise"])].copy()
    for measure, count in {
        "observed_areas": 0,
        "standard_must_rise_areas": 0,
        "standard_free_areas": 0,
        "unknown_areas": 21,
    }.items():
        table.loc[table["measure"] == measure, "value"] = count
    chart = must_move(Facts(table, run.facts.scenario, lang), run.wording, "40号")
    assert chart.alt == said
    assert "21" in written(chart)
    assert not cut_off(chart)
    assert not overlapping(chart)


def test_an_inferred_standard_is_hollow():
    run = run_of("baseline", "zh")
    table = run.facts.table.copy()
    table.loc[(table["measure"] == "standard") & (table["area_code"] == "440300"), "grade"] = "inferred"
    chart = must_move(Facts(table, run.facts.scenario, "zh"), run.wording, "40号")
    fills = [line.get_markerfacecolor() for line in chart.figure.axes[0].lines if line.get_marker() != "None"]
    assert fills.count("white") == 1
    assert fills[-1] == "white"
    assert "空心点为推断或推算" in written(chart).replace("\n", "")


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_name_that_looks_like_code_is_printed_as_text(hostile):
    run = run_of("baseline", "zh")
    chart = must_move(run.facts, renamed(run.wording, hostile), hostile)
    assert hostile in labels(chart)
    assert f"{hostile}33元" in chart.alt
    assert chart.png()
