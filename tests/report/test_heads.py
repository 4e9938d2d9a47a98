"""Heads in words: every field of a run's frames has them in both languages, and no two fields of a frame share one."""

import pandas as pd
import pytest

from analysis.report.heads import HEADS
from runs import run_of

FLOOR = "baseline:guangdong:440000-C4:dibao:rural:2025:Y:::minimum_standard:central"
COST = "baseline:guangdong:440000:::2025:Y:::extra_cost:central"


@pytest.fixture(scope="module")
def run():
    return run_of()


@pytest.fixture(scope="module")
def frames(run):
    why = run.why(COST)
    return {
        "standards": run.standards, "cost": run.cost, "coverage": run.coverage, "steps": run.steps, "result": run.result,
        "why": why.frame(), "inputs": why.inputs, "assumptions": why.assumptions, "why steps": run.why(FLOOR).steps,
    }  # fmt: skip


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_field_has_a_head_of_its_own_and_no_value_changes(run, frames, lang):
    for name, frame in frames.items():
        assert set(frame.columns) <= set(HEADS), name
        words = run.in_words(frame, lang)
        assert words.columns.is_unique, name
        assert not {column for column in frame.columns if "_" in column} & set(words.columns)
        kept = [place for place, column in enumerate(frame.columns) if column not in ("area_code", "residence")]
        pd.testing.assert_frame_equal(words.iloc[:, kept].set_axis(frame.columns[kept], axis=1), frame.iloc[:, kept])


def test_heads_carry_the_unit_and_areas_their_names(run):
    zh, en = run.in_words(run.standards), run.in_words(run.standards, "en")
    assert list(zh.columns) == ["地区", "城乡", "现行（元/人·月）", "拟定（元/人·月）", "若不设只升不降（元/人·月）"]
    assert zh.iloc[-1, :4].tolist() == ["四类地区", "城镇", 860, 891]
    assert list(en.columns)[2:4] == ["now, yuan/person/month", "next, yuan/person/month"]
    assert en.iloc[-1, :2].tolist() == ["Class four", "urban"]
    assert list(run.standards.columns)[:2] == ["area_code", "residence"]


def test_a_field_without_a_head_keeps_its_name(run):
    assert list(run.in_words(pd.DataFrame({"my_own": [1], "value": [2]})).columns) == ["my_own", "数值"]


def test_why_is_one_frame_of_result_steps_inputs_and_assumptions(run):
    floor = run.why(FLOOR).frame()
    assert floor["part"].tolist() == ["result"] + ["step"] * 10 + ["input"] * 2
    assert floor["value"].iloc[[0, -1]].tolist() == [669, 860]
    assert floor["source"].str.contains("data/guangdong/minima.csv").sum() == 2
    cost = run.why(COST)
    frame = cost.frame()
    assert (frame["part"] == "assumption").sum() == len(cost.assumptions) > 5
    assert frame.set_index("name").at["follow_share", "value"] == 0.77


def test_a_run_shows_itself_by_its_sentences_and_one_table(run):
    shown = run._repr_mimebundle_()
    assert "**4. 覆盖与及时**" in shown["text/markdown"]
    assert shown["text/markdown"].count("<tr") == 6
    dataset = run_of(scope="dataset")._repr_mimebundle_()["text/markdown"]
    assert "覆盖与及时" not in dataset
    assert "<table" in dataset
    assert "<" not in shown["text/plain"]
