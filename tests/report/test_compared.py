"""The findings of a comparison and of several years: every number is a result, and the words change with them."""

import pytest

import analysis
from analysis.report import compared
from analysis.report.facts import Facts
from memo_results import batch_of
from runs import run_of

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def batch():
    return batch_of("en")


@pytest.fixture(scope="module")
def years():
    return run_of()


def test_the_page_names_the_cheapest_the_one_that_closes_most_and_the_dominated(batch):
    cheapest, closest, dominated, million = batch.findings().data.split("\n")
    titles = batch.side.titles
    assert titles["baseline"] in cheapest
    assert titles["rural80"] in closest
    assert all(titles[name] in dominated for name in ("baseline", "rural75", "flat", "shock", "late", "peg"))
    assert titles["rural80"] not in dominated
    assert "0.071" in million


def test_words_change_where_nobody_is_dominated(batch):
    facts = batch.side.facts()
    widest = batch.side.widest(facts)
    points = {name: (gap, extra, "") for name, (gap, extra, _) in batch.side.points.items()}
    said = compared.findings(facts, points, widest, batch.side.titles, batch.wording)
    assert said[2] == batch.wording.pick("没有方案被支配。", "No scenario is dominated.")
    frozen = {name: (gap, 0.0, "") for name, (gap, _, _) in points.items()}
    assert compared.findings(facts, frozen, widest, batch.side.titles, batch.wording)


def test_the_road_is_told_with_and_without_a_target_and_where_there_is_none(years):
    whole = compared.road_findings(years.years.facts, years.wording)
    assert any("2028" in one for one in whole)
    table = years.years.facts.table
    untargeted = Facts(table[table["measure"] != "road_target_share"], "baseline", years.lang)
    assert compared.road_findings(untargeted, years.wording) == whole[:1]
    barred = table.copy()
    barred.loc[barred["measure"] == "road_exists", "value"] = 0.0
    said = compared.road_findings(Facts(barred, "baseline", years.lang), years.wording)
    assert years.wording.pick("没有路可走", "no road") in said[-1]


def test_a_target_that_the_policy_reaches_is_told_by_its_year():
    run = analysis.start("rural80", overrides={"road.target_share": 0.8, "road.by_year": 2026}, lang="en")
    said = " ".join(compared.road_findings(run.years.facts, run.wording))
    assert "reach 80% in 2025" in said
    assert "In force it is reached in" in said


def test_where_there_is_no_road_the_table_names_what_stands_in_its_way():
    run = analysis.start("baseline", overrides={"road.new_money_yuan_year": 6e8}, lang="en")
    table = run.table("road")
    assert "target share" in set(table.iloc[:, 0])
    assert table.iloc[:, 1].str.contains("million yuan missing in").any()
