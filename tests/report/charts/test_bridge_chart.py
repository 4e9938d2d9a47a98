"""The chart of the bridge: bars that lead from one memo to the other, what its title says, and whether it can be read."""

import pandas as pd
import pytest
from drawn import bars, cut_off, numbers_are_results, overlapping, written

from analysis.model.compare.bridge import CAUSES, bridge_rows, headline_lines
from analysis.report.charts.bridge import bridge
from analysis.report.facts import Facts
from runs import run_of

PLACES = {"whole": "440000", "widest": "440000-C4"}


def drawn(lang, *parts):
    """Return the chart of a bridge whose causes move the extra cost by so many yuan, and its facts."""
    run = run_of("baseline", lang)
    now = headline_lines(run.result, "baseline", 2025, PLACES)
    line = now["extra_cost"]
    before = {"extra_cost": line | {"value": line["value"] - sum(parts), "year": "2024"}}
    table = pd.DataFrame([parts], index=["extra_cost"], columns=list(CAUSES), dtype=float)
    rows = bridge_rows(run.evidence, "baseline", before, now, table, {})
    facts = Facts(pd.concat([run.result, rows], ignore_index=True), "baseline", lang)
    return bridge(facts, run.wording, "source"), facts


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(
    "parts",
    [(24e6, -29e6, 59e6, 2e6), (0, 0, 59e6, 0), (0, 0, 0, -202), (1e9, -1e9, 0, 0), (-4e8, 3e6, -3e6, 1)],
    ids=["all", "one", "tiny", "nought", "large"],
)
def test_it_can_be_read_and_its_numbers_are_results(lang, parts):
    chart, facts = drawn(lang, *parts)
    assert numbers_are_results(chart, facts)
    assert not overlapping(chart)
    assert not cut_off(chart)


def test_bars_lead_from_then_to_now():
    chart, facts = drawn("en", 24e6, -29e6, 0, 2e6)
    now = facts.value("extra_cost", area_code="440000", programme="", year=2025)
    then, level = now + 3e6, now + 3e6
    assert [line.get_xdata()[0] for line in chart.figure.axes[0].lines if line.get_marker() == "D"] == [then, now]
    for (left, width, _), change in zip(bars(chart), (24e6, -29e6, 2e6), strict=True):
        assert (left, width) == pytest.approx((level, change))
        level += change
    assert level == pytest.approx(now)
    assert written(chart).count("moves nothing") == 1


def test_what_takes_away_is_hatched():
    hatches = [bar.get_hatch() for bar in drawn("en", 24e6, -29e6, 0, 0)[0].figure.axes[0].patches]
    assert hatches == [None, "/////"]


@pytest.mark.parametrize(
    ("parts", "en", "zh"),
    [
        ((24e6, -29e6, 0, 0), "5.0 million yuan lower, at 490 million yuan; moved most by assumptions (-29.0 million yuan)", "比上次少500万元；影响最大的是假设（-2,900万元）"),
        ((0, 0, 59e6, 2e6), "61.0 million yuan higher, at 490 million yuan; moved most by policy (+59.0 million yuan)", "比上次多6,100万元；影响最大的是政策（+5,900万元）"),
        ((24e6, 0, 0, 0), "24.0 million yuan higher, at 490 million yuan, all of it by data", "比上次多2,400万元，全由数据变动引起"),
        ((0, 0, 0, -202), "202 yuan lower, at 490 million yuan, all of it by method", "比上次少202元，全由方法变动引起"),
        ((5e6, -5e6, 0, 0), "still 490 million yuan: the effects of data and assumptions cancel out", "仍为4.90亿元：数据、假设的影响相互抵消"),
    ],
)  # fmt: skip
def test_the_title_says_what_moved_it(parts, en, zh):
    assert en in drawn("en", *parts)[0].alt
    assert zh in drawn("zh", *parts)[0].alt
