"""Sliders: thin widgets over the explorer; where results are written there are none."""

import pytest

import analysis
from analysis.session.levers import LABELS
from analysis.session.sliders import VIEW


@pytest.fixture
def page(copied_home):
    return analysis.start("baseline", home=copied_home).explore()


def test_a_moved_slider_changes_sentences_and_charts(page):
    before = page._sentences.value, page._pictures["floors"].value
    page.levers["rise"].index += 3
    assert "rise=0.05" in page._sentences.value
    assert "678元" in page._sentences.value
    assert page._pictures["floors"].value != before[1]
    page.levers["rise"].index -= 3
    assert (page._sentences.value, page._pictures["floors"].value) == before


def test_another_start_takes_every_lever_along(page):
    page.levers["notice_month"].index = 5
    page._base.value = "peg"
    assert page.moves == page.explorer.start
    assert page.moves.rise is None
    assert page.levers["rise"].label == "方案自定"
    page._base.value = "baseline"
    assert page.moves.notice_month == 1


def test_a_start_that_is_refused_leaves_the_page_as_it_was(page):
    (page.run.home / "params" / "scenarios" / "peg.yaml").write_text("id: peg\n", "utf-8")
    before = page.moves
    page._base.value = "peg"
    assert (page._base.value, page.moves) == ("baseline", before)
    assert "params/scenarios/peg.yaml" in page._said.value
    page.levers["rise"].index += 1
    assert page._said.value == ""
    assert "rise=0.04" in page._sentences.value


def test_keeping_says_how_to_run_it_or_why_not(page):
    page._keep.click()
    assert "nothing is moved" in page._said.value
    page.levers["rise"].index += 1
    page._name.value = " mine "
    page._keep.click()
    assert "tibiao run -f local/scenarios/mine.yaml" in page._said.value
    assert 'role="status"' in page._said.value
    page._name.value = "<b>"
    page._keep.click()
    assert "&lt;b&gt;" in page._said.value


def test_it_is_widgets_in_a_front_end_and_one_line_where_results_are_written(page, tmp_path):
    assert set(page._repr_mimebundle_()) == {"text/plain", VIEW}
    assert len(page.levers) == len(LABELS)
    written = analysis.start("baseline", out_dir=str(tmp_path), lang="en").explore()
    assert written.box is None
    assert set(written._repr_mimebundle_()) == {"text/plain"}
    assert "JupyterLab" in written._repr_mimebundle_()["text/plain"]
