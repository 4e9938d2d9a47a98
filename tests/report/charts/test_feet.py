"""What every chart says at its foot: unit, source, worst grade and, where money is projected, what moves it most."""

import functools

import pytest
from drawn import written

from analysis.report.charts import CHARTS
from memo_results import batch_of
from runs import run_of

pytestmark = pytest.mark.slow

MONEY = ("cost_waterfall", "who_pays", "exceedance", "cash_calendar", "ripple", "frontier", "scenario_multiples")
BATCH = ("frontier", "ladder", "scenario_multiples")
OTHERS = ("score_history", "steps_waterfall", "share_road")
UNITS = {"zh": ("元", "%", "千分之一", "比重"), "en": ("yuan", "per cent", "thousandths", "share")}


@functools.cache
def foot(name, lang):
    run = batch_of(lang) if name in BATCH else run_of("baseline", lang)
    chart = run.show(name)
    return written(chart).replace("\n", "" if lang == "zh" else " ")


@pytest.mark.parametrize("name", sorted({*CHARTS, *BATCH, *OTHERS}))
def test_the_foot_says_unit_source_and_grade(name):
    for lang, source, grade in (("zh", "来源：", "最差等级："), ("en", "Source: ", "Worst grade: ")):
        said = foot(name, lang)
        assert source in said
        assert grade in said
        assert any(unit in said.lower() for unit in UNITS[lang])


@pytest.mark.parametrize("name", MONEY)
def test_the_foot_of_projected_money_names_what_moves_it_most(name):
    assert "对新增支出影响最大的假设（万元）：高于下限者的跟随 36,522–52,853" in foot(name, "zh")
    assert (
        "What moves the extra cost most, one at a time (million yuan): following above the floor 365.2–528.5"
        in foot(name, "en")
    )


def test_where_nothing_costs_nothing_is_named():
    assert "影响最大的假设" not in written(run_of("freeze", "zh").show("who_pays")).replace("\n", "")
