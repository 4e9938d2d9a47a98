"""Explore: a position says what the scenario says when it is run, to the last figure; what is kept runs."""

import io
from dataclasses import replace
from decimal import Decimal

import pytest
from PIL import Image

import analysis
from analysis.errors import ParametersRefused
from analysis.inputs.scenario import read_scenario
from analysis.report import sentences
from analysis.session import explore
from analysis.session.explore import Explorer
from analysis.session.levers import overrides_of
from runs import run_of

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", params=["zh", "en"])
def explorer(request):
    return Explorer(run_of("baseline", request.param))


@pytest.fixture
def kept_in(copied_home):
    """An explorer whose home may be written to."""
    return Explorer(analysis.start("baseline", home=copied_home))


def moved(explorer):
    return replace(
        explorer.start, rise=Decimal("0.06"), rural_share=Decimal("0.85"), follow=Decimal("0.5"), budget_growth=Decimal("0.05"), notice_month=4,
    )  # fmt: skip


def test_a_position_says_the_sentences_of_the_scenario_that_is_run(explorer):
    moves = moved(explorer)
    run = analysis.start("baseline", overrides=overrides_of(explorer.scenario, moves), lang=explorer.run.lang)
    assert explorer.at(moves).said == sentences.four_sentences(run.facts, run.wording, run.apart_since)
    run = run_of("baseline", explorer.run.lang)
    assert explorer.at(explorer.start).said == sentences.four_sentences(run.facts, run.wording, run.apart_since)


def test_what_is_remembered_is_what_would_be_computed_and_not_without_end(monkeypatch):
    monkeypatch.setattr(explore, "MOST_KEPT", 5)
    explorer = Explorer(run_of())
    moves = moved(explorer)
    first = explorer.at(moves)
    assert explorer.at(moves) is first
    fresh = Explorer(explorer.run)
    for month in (2, 7):  # the outcome of the last position serves these
        later = replace(moves, notice_month=month, envelope=Decimal(900_000_000))
        assert explorer.at(later) == fresh.at(later)
    for step in range(explore.MOST_KEPT + 1):
        explorer.at(replace(explorer.start, envelope=Decimal(step + 1)))
    assert explorer.at(moves) is not first
    assert explorer.at(moves) == first


def test_a_lever_moves_the_charts_that_speak_of_it_and_no_other(explorer):
    start = explorer.at(explorer.start).charts
    assert [Image.open(io.BytesIO(one)).format for one in start.values()] == ["PNG"] * 3
    for lever, value, moves in (
        ("rise", Decimal("0.07"), {"floors", "chance"}),
        ("envelope", Decimal(300_000_000), {"chance"}),
        ("budget_growth", Decimal("0.03"), {"chance"}),
        ("follow", Decimal(0), {"chance"}),
        ("notice_month", 6, {"months"}),
    ):
        charts = explorer.at(replace(explorer.start, **{lever: value})).charts
        assert {name for name in charts if charts[name] != start[name]} == moves, lever


def test_sentences_are_escaped(explorer):
    view = replace(explorer.at(explorer.start), said=[("<b>", "a < b & <script>")])
    assert view.sentences_html() == "<p><b>1. &lt;b&gt;</b> a &lt; b &amp; &lt;script&gt;</p>"


def test_a_kept_position_is_a_scenario_that_says_the_same(kept_in):
    moves = replace(moved(kept_in), envelope=Decimal(650_000_000))
    path = kept_in.keep(moves, "from-a-meeting")
    assert path == kept_in.run.home / "local" / "scenarios" / "from-a-meeting.yaml"
    kept = read_scenario("", kept_in.run.home, None, path)
    assert kept.road.new_money_yuan_year == 650_000_000
    assert (
        kept.title.zh
        == "基准方案（提高幅度6.0%，农村不低于城镇的85%，高于下限者跟随50%，预算增长5.0%，可安排资金6.50亿元，通知月份4月）"
    )
    assert Explorer(kept_in.run, kept).at(moves).said == kept_in.at(moves).said


def test_what_the_run_was_given_is_kept_too(copied_home):
    own = Explorer(analysis.start("rural80", overrides={"assumptions.response_share.central": 0.5}, home=copied_home))
    kept = read_scenario("", copied_home, None, own.keep(replace(own.start, rise=Decimal("0.05")), "two"))
    assert (kept.assumptions["response_share"].central, kept.policy.rule.urban.rise_share) == (
        Decimal("0.5"),
        Decimal("0.05"),
    )
    assert kept.policy.rural_share.at_least == Decimal("0.8")


def test_nothing_moved_a_bad_name_and_a_taken_name_are_refused_and_nothing_is_written(kept_in):
    moves, folder = moved(kept_in), kept_in.run.home / "local"
    for at, name, says in (
        (kept_in.start, "one", "nothing is moved"),
        (moves, "", "not a name"),
        (moves, "../out", "not a name"),
        (moves, "Größe", "not a name"),
        (moves, "rural80", "is there already"),
    ):
        with pytest.raises(ParametersRefused, match=says):
            kept_in.keep(at, name)
    assert not folder.exists()
    kept_in.keep(moves, "one")
    before = (folder / "scenarios" / "one.yaml").read_bytes()
    with pytest.raises(ParametersRefused, match="is there already"):
        kept_in.keep(replace(moves, rise=Decimal("0.01")), "one")
    assert (folder / "scenarios" / "one.yaml").read_bytes() == before
