import pytest
from drawn import changed, cut_off, numbers_are_results, overlapping, written

from analysis.report.charts.score import score_history
from analysis.report.facts import Facts
from runs import run_of

METHODS = ("planner", "same_rise", "consumption", "bounds")


def run_on(package="guangdong", lang="zh"):
    return run_of(lang=lang, dataset=package, scope="dataset")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_mark_is_a_forecast_over_what_was_published(lang):
    run = run_on(lang=lang)
    chart = run.show("score_history")
    facts = run.facts
    above, below = chart.figure.axes
    drawn = sorted(line.get_ydata()[0] for line in above.lines if line.get_marker() in "osD")
    wanted = []
    for row in facts.rows("scored_planner"):
        where = {name: row[name] for name in ("area_code", "residence", "year")}
        wanted.append(row["value"] / facts.value("scored_published", **where) - 1)
    assert drawn == pytest.approx(sorted(wanted), abs=1e-6)
    means = [bar.get_width() for bar in below.patches][::-1]
    assert means == [facts.value(f"score_common_error_{method}", programme="dibao") for method in METHODS]
    assert numbers_are_results(chart, facts)
    assert not cut_off(chart)
    assert not overlapping(chart)


def test_forecasts_are_hollow_and_the_furthest_of_each_year_is_named():
    chart = run_on().show("score_history")
    marks = [line for line in chart.figure.axes[0].lines if line.get_marker() in "osD"]
    assert {line.get_markerfacecolor() for line in marks} == {"white"}
    for said in ("四类地区农村\n+6.2%", "四类地区农村\n-3.7%", "一类地区\n-0.6%"):
        assert said in written(chart)


def test_the_title_does_not_flatter():
    run = run_on(lang="en")
    assert run.show("score_history").alt == (
        "Past June forecasts of 20 minima were off by 1.8% on average (same rise as last year: 1.9%); the worst of all 23 by +6.2%"
    )
    alike = changed(Facts(run.dataset_result, "", "en"), ("score_common_error_same_rise", 0.0184, {}))
    assert "no better or worse than same rise as last year" in score_history(alike, run.wording, "").alt
    better = changed(Facts(run.dataset_result, "", "zh"), ("score_common_error_bounds", 0.001, {}))
    assert "“只守已生效的下限”差0.1%" in score_history(better, run_on().wording, "").alt


def test_a_package_without_a_planner_says_so_instead():
    chart = run_on("indonesia", "en").show("score_history")
    assert chart.alt.startswith("This package holds no dated rules")
    assert chart.data.empty
    assert not cut_off(chart)
