import re

import pandas as pd
import pytest
from drawn import HOSTILE, SCENARIOS, bars, cut_off, numbers_are_results, overlapping, renamed, written

from analysis.errors import ScenarioFailed
from analysis.report.charts.steps import steps_waterfall
from analysis.report.facts import Facts
from runs import run_of

CELL = ("minimum_standard", "440000-C4", "rural")


def drawn(scenario="baseline", lang="zh", *where, steps=None, facts=None):
    run = run_of(scenario, lang)
    return steps_waterfall(facts or run.facts, run.wording, "40号", run.steps if steps is None else steps, *where)


def stepped(run, then, **notes):
    """Return facts and steps of a floor that ends elsewhere: step name to value after it, note and whether it overrides."""
    table = run.steps.copy()
    mask = (table["measure"] + table["area_code"] + table["residence"]) == "".join(CELL)
    reached = table.loc[mask, "before_yuan_month"].iloc[0]
    for place in table.index[mask]:
        after, note, overrides = notes.get(table.at[place, "name"], (reached, "", False))
        table.loc[place, ["before_yuan_month", "after_yuan_month"]] = reached, after
        table.loc[place, ["binds", "note", "overrides"]] = after != reached, note, overrides
        reached = after
    assert reached == then
    results = run.facts.table.copy()
    own = (
        results["measure"].eq("minimum_standard") & results["area_code"].eq(CELL[1]) & results["residence"].eq("rural")
    )
    results.loc[own & results["year"].eq("2025") & results["scenario"].eq(run.facts.scenario), "value"] = then
    return Facts(results, run.facts.scenario, run.lang), table


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("where", [(), ("440000-C4", "urban"), ("440000-C1", "rural")])
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_steps_show_results_and_can_be_read(scenario, where, lang):
    chart = drawn(scenario, lang, *where)
    assert numbers_are_results(chart, run_of(scenario, lang).facts)
    assert not cut_off(chart)
    assert not overlapping(chart)
    assert chart.png() == drawn(scenario, lang, *where).png()


@pytest.mark.parametrize("scenario", ["baseline", "tight"])
def test_the_steps_lead_from_this_years_floor_to_next_years(scenario):
    facts, chart = run_of(scenario, "zh").facts, drawn(scenario)
    where = {"area_code": "440000-C4", "residence": "rural"}
    now, then = (facts.value("minimum_standard", year=year, **where) for year in (2024, 2025))
    reached = now
    for left, width, _ in bars(chart):
        assert left == reached
        reached = left + width
    assert reached == pytest.approx(then)
    ends = [line.get_xdata()[0] for line in chart.figure.axes[0].lines if line.get_marker() == "D"]
    assert ends == [now, then]
    steps = chart.data[chart.data["measure"] == "step"]
    assert len(steps) == 10
    assert steps["value"].sum() == pytest.approx(then - now)


def test_a_step_that_binds_names_its_bound_and_the_others_stand_below():
    text = written(drawn()).replace("\n", "")
    assert "+22.575" in text
    assert "+1.425（不低于城镇的75%）" in text
    assert "6 农村比例，向上取整" in [label.get_text() for label in drawn().figure.axes[0].get_yticklabels()]
    assert "不起作用的步骤：2 农村追赶、3 城镇取整" in text
    assert "+45.425 (at least 80% of urban)" in written(drawn("tight", "en")).replace("\n", " ")
    assert [bool(bar.get_hatch()) for bar in drawn().figure.axes[0].patches] == [False, True]
    assert "+0.38 (unified)" in written(drawn("baseline", "en", "440000-C3", "rural"))


NOTES = {
    "ceiling overridden by rural share": ("上限让位于农村比例", "ceiling gives way to rural share"),
    "ceiling overridden by ratchet": ("上限让位于只升不降", "ceiling gives way to ratchet"),
    "rural share overridden; class order overridden": (
        "未能守住农村比例；未能守住类别次序",
        "rural share not kept; class order not kept",
    ),
    "not below 440000-C3": ("不低于三类地区", "not below class three"),
    "rural above urban": ("农村高于城镇", "rural above urban"),
    "differential": ("农村快于城镇", "rural faster than urban"),
    "gap_share": ("按差额的份额追赶", "a share of the gap closed"),
    "target": ("按期达到目标比例", "on the way to the target share"),
    "held at urban": ("以城镇标准为限", "held at urban"),
    "ceiling": ("上限", "ceiling"),
    "not below its own in force": ("不低于现行", "not below its own in force"),
    "provincial minimum": ("省定最低标准", "provincial minimum"),
    "its share of the urban floor that the ratchet holds": (
        "按不降的城镇标准计农村比例",
        "its share of the urban floor that the ratchet holds",
    ),
}


@pytest.mark.parametrize("note", NOTES)
def test_every_note_of_the_steps_is_said_in_both_languages(note):
    for lang, said in zip(("zh", "en"), NOTES[note], strict=True):
        run = run_of("baseline", lang)
        facts, steps = stepped(run, 660, rule=(680, "", False), ceiling=(660, note, "overridden" in note))
        chart = drawn("baseline", lang, steps=steps, facts=facts)
        text = written(chart)
        assert said in text.replace("\n", " " if lang == "en" else "")
        assert "-20" in text
        assert lang == "en" or not re.search("[a-z]{3}", text), text
        assert not cut_off(chart)


def test_a_step_that_only_overrides_is_marked_and_ends_the_finding():
    run = run_of("baseline", "zh")
    facts, steps = stepped(run, 680, rule=(680, "", False), check=(680, "rural share overridden", True))
    chart = drawn(steps=steps, facts=facts)
    assert chart.alt == "四类地区农村最低标准由645元提到680元：提标规则加35元；未能守住农村比例"
    assert [line.get_marker() for line in chart.figure.axes[0].lines].count("x") == 1
    assert "10 检查" in [label.get_text() for label in chart.figure.axes[0].get_yticklabels()]


def test_a_bound_that_was_not_checked_is_said_among_the_quiet_steps():
    run = run_of("baseline", "zh")
    facts, steps = stepped(run, 680, rule=(680, "", False), ceiling=(680, "not checked", False))
    assert "8 上限（无最低工资，未检查）" in written(drawn(steps=steps, facts=facts)).replace("\n", "")


def test_the_finding_of_the_steps_follows_the_numbers():
    assert drawn().alt == "四类地区农村最低标准由645元提到669元：提标规则加22.575元，农村比例，向上取整加1.425元"
    assert (
        drawn("tight", "en").alt
        == "Class four rural: the minimum goes from 645 to 713 yuan; rural share, rounded up adds 45.425, rise rule adds 22.575"
    )
    assert drawn("freeze").alt == "四类地区农村最低标准不动，仍为645元"
    assert drawn("freeze", "en").alt == "Class four rural: the minimum does not move from 645 yuan"
    for lang, said in (("zh", "由645元降到630元：提标规则减15元"), ("en", "from 645 to 630 yuan; rise rule takes 15")):
        facts, steps = stepped(run_of("baseline", lang), 630, rule=(630, "", False))
        assert drawn("baseline", lang, steps=steps, facts=facts).alt.endswith(said)


def test_a_floor_that_there_is_not_is_refused():
    with pytest.raises(ScenarioFailed, match="minimum_standard"):
        drawn("baseline", "zh", "440000-C9", "rural")


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_name_that_looks_like_code_is_printed_as_text(hostile):
    run = run_of("baseline", "en")
    wording = renamed(run.wording, hostile)
    wording.areas.loc["440000-C4", "level"] = "part"
    chart = steps_waterfall(run.facts, wording, hostile, run.steps)
    assert chart.alt.startswith(f"{hostile} rural:")
    assert hostile in written(chart).replace("\n", "")
    assert chart.png()


def test_only_the_steps_of_the_standard_are_drawn():
    run = run_of("baseline", "zh")
    doubled = pd.concat([run.steps, run.steps.assign(measure="supplement_floor")])
    assert drawn(steps=doubled).data.equals(drawn().data)
