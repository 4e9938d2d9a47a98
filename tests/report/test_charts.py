"""Charts are tested on their data: every number is a result, every glyph is drawn."""

import warnings

import numpy as np
import pytest

from analysis.model.results import with_keys
from analysis.report import charts
from runs import run_of


@pytest.fixture(scope="module", params=["zh", "en"])
def run(request):
    return run_of("rural80", request.param)


@pytest.mark.parametrize("name", sorted(charts.CHARTS))
def test_every_number_drawn_is_a_result_with_its_key(run, name):
    chart = run.show(name)
    keyed = with_keys(run.facts.table)
    assert len(chart.data)
    assert not chart.data["key"].duplicated().any()
    assert np.array_equal(chart.data["value"], keyed.loc[chart.data["key"], "value"])


@pytest.mark.parametrize("name", sorted(charts.CHARTS))
def test_no_glyph_is_missing_and_the_bytes_repeat(run, name):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        first, second = run.show(name), run.show(name)
        assert first.png() == second.png()
        assert first.svg() == second.svg()


def test_inferred_and_derived_points_are_hollow(run):
    chart = run.show("gap_over_time")
    hollow = [
        line
        for axes in chart.figure.axes
        for line in axes.lines
        if line.get_marker() == "s" and line.get_markerfacecolor() == "white"
    ]
    years = sorted(int(year) for line in hollow for year in line.get_xdata())
    assert years == [2014, 2016]


def test_a_market_sign_in_a_name_is_text_not_tex(run):
    areas = run.wording.areas.copy()
    areas.loc["440100", ["name_zh", "name_en"]] = "$\\frac{1}{$<b>"
    wording = charts.Wording(run.lang, areas)
    assert charts.tile_grid(run.facts, wording, "$x$").png()


def test_the_finding_follows_the_numbers():
    frozen = run_of("freeze")
    assert "不变" in frozen.show("gap_over_time").alt
    assert "均不动" in frozen.show("dumbbell").alt
    assert "标准均不低于拟定下限" in frozen.show("tile_grid").alt
