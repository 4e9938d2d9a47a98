import pandas as pd
import pytest
from drawn import cut_off, numbers_are_results, overlapping, written

import analysis
from analysis.model.results import with_keys
from analysis.report.charts.gap import gap_over_time
from analysis.report.facts import Facts
from runs import run_of


def levels(chart):
    """Return the height of every line that runs across the whole drawing."""
    across = [line for axes in chart.figure.axes for line in axes.lines if list(line.get_xdata()) == [0, 1]]
    return sorted(line.get_ydata()[0] for line in across)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("scenario", ["baseline", "rural80", "freeze"])
def test_the_share_that_the_plan_and_the_rule_ask_for_is_a_line(scenario, lang):
    run = run_of(scenario, lang)
    chart = run.show("gap_over_time")
    asked = {float(run.scenario.policy.rural_share.at_least), 0.75}
    assert levels(chart) == sorted(asked)
    assert {row.value for row in chart.data.itertuples() if row.measure == "rural_share_at_least"} == asked
    assert all(f"{share:.0%}" in written(chart) for share in asked)
    assert numbers_are_results(chart, run.facts)
    assert not cut_off(chart)


def test_who_asks_is_said():
    assert "不低于75%：2024年起规定、方案" in written(run_of("baseline", "zh").show("gap_over_time"))
    said = written(run_of("rural80", "en").show("gap_over_time"))
    assert "at least 75%: rule since 2024" in said
    assert "at least 80%: plan" in said


def test_a_target_of_catching_up_is_drawn_with_its_year_and_the_axis_reaches_it():
    run = analysis.start(
        "baseline",
        overrides={
            "policy.catch_up.kind": "target",
            "policy.catch_up.target_ratio": 0.9,
            "policy.catch_up.target_year": 2028,
        },
    )
    chart = run.show("gap_over_time")
    assert levels(chart) == [0.75, 0.9]
    assert "不低于90%：方案2028年目标" in written(chart)
    assert chart.figure.axes[0].get_ylim()[1] > 0.9
    assert not overlapping(chart)


def test_a_package_without_a_rule_has_no_line_and_does_not_speak_of_one():
    run = run_of(lang="en", dataset="indonesia", scope="dataset")
    chart = run.show("gap_over_time")
    assert not levels(chart)
    assert "dotted" not in written(chart)


def test_a_policy_that_asks_for_no_share_has_no_line_of_its_own():
    run = run_of("baseline", "zh")
    keyed = with_keys(run.facts.table)
    kept = keyed[~((keyed["measure"] == "rural_share_at_least") & (keyed["scenario"] == "baseline"))]
    chart = gap_over_time(Facts(pd.DataFrame(kept), "baseline", "zh"), run.wording, "")
    assert "不低于75%：2024年起规定" in written(chart)
