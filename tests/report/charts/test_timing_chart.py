import pytest
from drawn import HOSTILE, SCENARIOS, cut_off, numbers_are_results, overlapping, renamed, struck_through, written
from matplotlib.colors import to_rgb

from analysis.report.charts.timing import cash_calendar
from analysis.report.style import UNKNOWN
from runs import run_of

MONTHS = [(1, 2), (1, 6), (3, 3), (5, 6), (10, 12), (2, 12), (11, 11), (12, 12), (1, 12), (7, 9)]


def drawn(scenario="late", lang="zh", notice=None, pay=None):
    more = {"timing__notice_month": notice} if notice and notice > 1 else {}
    run = run_of(scenario, lang, **(more | ({"timing__pay_month": pay} if pay else {})))
    return cash_calendar(run.facts, run.wording, "40号")


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_calendar_shows_results_and_can_be_read(scenario, lang):
    chart = drawn(scenario, lang)
    assert numbers_are_results(chart, run_of(scenario, lang).facts)
    assert not cut_off(chart)
    assert not overlapping(chart)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(("notice", "pay"), MONTHS)
def test_the_calendar_can_be_read_in_whatever_month_it_is_paid(lang, notice, pay):
    chart = drawn("baseline", lang, notice, pay)
    assert not cut_off(chart)
    axes = chart.figure.axes[0]
    flows = [text for text in axes.texts if text.get_text()[:2] in ("应付", "拨付", "实付", "du", "al", "pa")]
    assert all(text.get_window_extent().x0 >= axes.bbox.x0 for text in flows)
    assert not struck_through(axes, next(line for line in axes.lines if line.get_marker() == "o"))
    assert not overlapping(chart)


def test_each_month_is_drawn_as_it_is_in_the_results():
    facts = run_of("late", "zh").facts
    upper, lower = drawn().figure.axes
    steps = {line.get_linestyle(): list(line.get_ydata()) for line in upper.lines if len(line.get_ydata()) == 12}
    where = {"component": "arrears", "year": 2025}
    for look, flow in (("-", "paid"), ("--", "due"), (":", "allotted")):
        assert steps[look] == [
            facts.value(f"calendar_{flow}", period=f"M{month:02d}", **where) for month in range(1, 13)
        ]
    balance = [facts.value("calendar_balance", period=f"M{month:02d}", **where) for month in range(1, 13)]
    assert [bar.get_height() for bar in lower.patches] == balance
    assert min(balance) == -facts.value("buffer_needed", **where)
    assert [bool(bar.get_hatch()) for bar in lower.patches] == [value < 0 for value in balance]


def test_the_months_that_are_paid_late_are_shaded():
    shades = [one for one in drawn().figure.axes[0].patches if one.get_facecolor()[:3] == to_rgb(UNKNOWN)]
    assert [(one.get_x(), one.get_x() + one.get_width()) for one in shades] == [(0.5, 5.5)]
    assert not drawn("baseline").figure.axes[0].patches
    assert "5个月、2.04亿元晚付" in written(drawn())
    assert "累计最缺1.23" in written(drawn())


def test_flows_that_never_part_are_named_as_one():
    assert "应付、实付、拨付 8.14" in written(drawn("baseline"))
    assert "due, paid, allotted 774" in written(drawn("freeze", "en"))


@pytest.mark.parametrize(
    ("scenario", "lang", "months", "said"),
    [
        ("baseline", "zh", (), "一月起按新标准发放，每月8.14亿元，无补发，无须周转"),
        ("baseline", "en", (), "Paid at the new rate from January, 814 million yuan a month: no arrears, no buffer needed"),
        ("freeze", "zh", (), "不提标，2025年每月照付7.74亿元，没有补发"),
        ("freeze", "en", (), "No floor moves: 774 million yuan is paid each month of 2025, nothing falls into arrears"),
        ("late", "zh", (), "5月通知、6月首发：补发5个月、2.04亿元，须备周转资金1.23亿元"),
        ("late", "en", (), "Notice in May, first paid in June: 5 months and 204 million yuan paid late; a buffer of 123 million yuan is needed"),
        ("baseline", "zh", (1, 6), "1月通知、6月首发：补发5个月、2.04亿元，拨付够用，无须周转"),
        ("baseline", "en", (1, 2), "Notice in January, first paid in February: 1 month and 40.9 million yuan paid late; allotments suffice, no buffer is needed"),
        ("baseline", "zh", (3, 3), "3月通知并首发：补发2个月、8,173万元，须备周转资金7,356万元"),
        ("baseline", "en", (3, 3), "Notice and first payment in March: 2 months and 81.7 million yuan paid late; a buffer of 73.6 million yuan is needed"),
    ],
)  # fmt: skip
def test_the_finding_of_the_calendar_follows_the_months(scenario, lang, months, said):
    assert drawn(scenario, lang, *months).alt == said


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_source_that_looks_like_code_is_printed_as_text(hostile):
    run = run_of("late", "en")
    chart = cash_calendar(run.facts, renamed(run.wording, hostile), hostile)
    assert hostile in written(chart).replace("\n", "")
    assert chart.png() == cash_calendar(run.facts, renamed(run.wording, hostile), hostile).png()
