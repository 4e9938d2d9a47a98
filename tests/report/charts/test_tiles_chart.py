import pandas as pd
import pytest
from drawn import changed, cut_off, numbers_are_results, overlapping, written

from analysis.report.charts.tiles import tile_grid
from analysis.report.facts import Facts
from runs import run_of


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("scenario", ["baseline", "freeze", "rural80"])
def test_tiles_show_standards_and_shares_in_force_and_can_be_read(scenario, lang):
    run = run_of(scenario, lang)
    chart = run.show("tile_grid")
    assert numbers_are_results(chart, run.facts)
    assert not cut_off(chart)
    assert not overlapping(chart)
    said = {text.get_text() for text in chart.figure.axes[0].texts}
    for row in run.facts.own("in_force_rural_urban_ratio"):
        if (
            row["year"] == "2024"
            and row["component"] == ""
            and row["area_code"] in run.wording.areas.index[run.wording.areas["tile_row"] != ""]
        ):
            assert (f"{row['value']:.1%}" if row["value"] != 1 else "100%") in said
    assert {"915/701", "76.6%", "895/672", "75.1%"} <= said


def test_a_city_whose_standard_is_not_known_is_white_and_a_derived_one_hollow():
    run = run_of("baseline", "zh")
    tiles = run.show("tile_grid").figure.axes[0].patches[:21]
    assert sum(tile.get_facecolor()[:3] == (1, 1, 1) for tile in tiles) == 14
    table = run.facts.table.copy()
    own = table["measure"].eq("standard") & table["area_code"].eq("440100") & table["year"].eq("2024")
    table.loc[own, "grade"] = "derived"
    chart = tile_grid(Facts(table, "baseline", "zh"), run.wording, "")
    tiles = chart.figure.axes[0].patches[:21]
    assert sum(tile.get_facecolor()[:3] == (1, 1, 1) for tile in tiles) == 15
    assert "空心点为推断或推算" in written(chart).replace("\n", "")


def test_burden_is_drawn_only_where_it_is_held():
    run = run_of("baseline", "zh")
    assert "不列负担" in written(run.show("tile_grid")).replace("\n", "")
    province = run.facts.table[run.facts.table["measure"] == "extra_cost_of_expenditure"]
    held = pd.concat([run.facts.table, province.assign(area_code="440100", value=0.0012)])
    chart = tile_grid(Facts(held, "baseline", "zh"), run.wording, "")
    assert "负担0.12%" in written(chart)
    assert "不列负担" not in written(chart).replace("\n", "")
    assert not overlapping(chart)


def test_the_finding_counts_what_is_known():
    run = run_of("baseline", "en")
    assert run.show("tile_grid").alt.endswith(
        "where town and country differ (Heyuan and Yunfu) rural is 75.1% to 76.6% of urban"
    )
    unified = changed(
        run.facts,
        *(("in_force_rural_urban_ratio", 1.0, {"area_code": code, "year": 2024}) for code in ("441600", "445300")),
    )
    assert tile_grid(unified, run.wording, "").alt.endswith("lift only Huizhou")
    table = run.facts.table
    nothing = Facts(
        table[~table["measure"].isin(["standard", "mandated_rise", "in_force_rural_urban_ratio"])], "baseline", "en"
    )
    assert tile_grid(nothing, run.wording, "").png()
