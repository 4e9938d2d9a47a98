import functools

import pandas as pd
import pytest
from drawn import cut_off, overlapping, renamed, written

from analysis.model.results import with_keys
from analysis.report.charts.ladder import ladder
from analysis.report.charts.multiples import scenario_multiples
from analysis.report.facts import Facts
from memo_results import batch_of

pytestmark = pytest.mark.slow

CHARTS = ("ladder", "scenario_multiples")


@functools.cache
def material(lang):
    run = batch_of(lang)
    return run, {name: run.facts_of(name) for name in run.scenarios}


def again(lang, kind, facts, titles=None, wording=None):
    run, _ = material(lang)
    titles = titles or {name: run.side.titles[name] for name in facts}
    rest = () if kind is ladder else ("440000-C4",)
    return kind(facts, wording or run.wording, "来源", "baseline", titles, *rest)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", CHARTS)
def test_they_show_results_and_can_be_read(name, lang):
    chart = batch_of(lang).show(name)
    keyed = with_keys(pd.concat([batch_of(lang).history.result, batch_of(lang).result]))
    assert not chart.data["key"].duplicated().any()
    assert list(chart.data["value"]) == list(keyed.loc[chart.data["key"], "value"])
    assert not cut_off(chart)
    assert not overlapping(chart)
    assert chart.png() == batch_of(lang).show(name).png()


# Ladder


def rungs(chart):
    """Return the marks of every rung from the top down: height to what is marked, smallest first."""
    found = {}
    for line in chart.figure.axes[0].lines:
        if line.get_marker() in ("o", "s", "D"):
            found.setdefault(line.get_ydata()[0], []).append((line.get_xdata()[0], line.get_marker()))
    return [sorted(found[height]) for height in sorted(found, reverse=True)]


def test_a_rung_holds_the_minima_of_its_scenarios_and_the_lowest_stands_first():
    run, facts = material("zh")
    found = rungs(run.show("ladder"))
    assert found[0] == [(645, "s"), (860, "o"), (932, "D"), (1073, "D"), (1206, "D")]
    assert found[1] == found[0]
    assert [rung[0][0] for rung in found[1:]] == [645, 669, 676, 691, 694, 713]
    for name, own in facts.items():
        rural = own.value("minimum_standard", area_code="440000-C4", residence="rural", year=2025)
        assert rural in [rung[0][0] for rung in found], name
    assert "645元到“农村80%”的713元" in run.show("ladder").alt


def test_scenarios_with_the_same_minima_share_a_rung_and_the_proposal_is_pointed_at():
    said = written(batch_of("zh").show("ladder")).replace("\n", "")
    assert "→ 基准方案、只守75%、财政冲击下只守75%、五月才通知" in said
    assert said.count("→") == 1


def test_alike_scenarios_say_so_and_many_are_cut_with_the_proposal_kept():
    _, facts = material("en")
    alone = again("en", ladder, {"baseline": facts["baseline"]})
    assert "is 669 yuan in every scenario (645 in force)" in alone.alt
    many = {"baseline": facts["baseline"]}
    for number in range(14):
        table = facts["freeze"].table.copy()
        own = table["scenario"].eq("freeze") & table["measure"].eq("minimum_standard") & table["year"].eq("2025")
        table.loc[own & table["residence"].eq("rural"), "value"] += number
        many[f"freeze{number}"] = Facts(table, "freeze", "en")
    titles = {name: f"Scenario {name}" for name in many}
    chart = again("en", ladder, many, titles)
    assert len(rungs(chart)) == 13
    assert "→ Scenario baseline" in written(chart).replace("\n", " ")
    assert "3 further sets of minima are not drawn" in written(chart).replace("\n", " ")
    assert not cut_off(chart)


# Small multiples


def test_each_panel_shows_its_scenario_on_one_scale():
    run, facts = material("en")
    chart = run.show("scenario_multiples")
    assert len(chart.figure.axes) == len(facts) == 10
    assert len({axes.get_ylim() for axes in chart.figure.axes}) == 1
    for axes, (name, own) in zip(chart.figure.axes, facts.items(), strict=True):
        share = own.value("minimum_rural_urban_ratio", area_code="440000-C4", year=2025)
        diamond = [line.get_ydata()[0] for line in axes.lines if line.get_marker() == "D"]
        assert diamond == [share], name
        gap = own.value("minimum_gap", area_code="440000-C4", year=2025)
        assert f"gap {gap:.0f}" in axes.texts[-1].get_text()
    said = [axes.texts[-1].get_text() for axes in chart.figure.axes]
    assert said[0] == "gap 222\ncost 490 (388–539)"
    assert said[1] == "gap 215\ncost 0"


def test_the_share_asked_for_is_dotted_and_the_proposal_framed():
    _, facts = material("zh")
    chart = batch_of("zh").show("scenario_multiples")
    for axes, name in zip(chart.figure.axes, facts, strict=True):
        across = [line.get_ydata()[0] for line in axes.lines if list(line.get_xdata()) == [0, 1]]
        assert across == [0.8 if name in ("rural80", "tight") else 0.75], name
        assert axes.spines["top"].get_visible() == (name == "baseline")


def test_the_foot_names_what_moves_the_cost_and_many_panels_are_cut():
    run, facts = material("en")
    said = written(run.show("scenario_multiples")).replace("\n", " ")
    assert "What moves the extra cost most, one at a time (million yuan): following above the floor 365.2–528.5" in said
    many = {f"s{number}": facts["freeze"] for number in range(14)} | {"baseline": facts["baseline"]}
    chart = again("en", scenario_multiples, many, {name: name for name in many})
    assert len(chart.figure.axes) == 12
    assert "3 further scenarios are not drawn" in written(chart).replace("\n", " ")
    assert any(axes.spines["top"].get_visible() for axes in chart.figure.axes)


@pytest.mark.parametrize("kind", [ladder, scenario_multiples])
def test_hostile_names_are_drawn_as_they_are(kind):
    run, facts = material("zh")
    two = {name: facts[name] for name in ("baseline", "freeze")}
    titles = {"baseline": "$\\frac{1}{$<b>", "freeze": "<script>"}
    assert again("zh", kind, two, titles, renamed(run.wording, "$x_{")).png()
