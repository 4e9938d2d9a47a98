import pytest
from drawn import cut_off, numbers_are_results, overlapping, written

from analysis.errors import NotHeld
from analysis.report.charts.theil import theil_split
from analysis.report.facts import Facts
from runs import run_of


def run_on(package, lang):
    return run_of(lang=lang, dataset=package, scope="dataset")


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("package", ["guangdong", "indonesia"])
def test_the_parts_stand_on_each_other_up_to_the_index(package, lang):
    run = run_on(package, lang)
    chart = run.show("theil_split")
    found = chart.data[chart.data["measure"].isin(["theil", "theil_between_urban_rural", "theil_within_urban_rural"])]
    by_time = found.pivot(index=["year", "period"], columns="measure", values="value") * 1000
    bars = chart.figure.axes[0].patches
    assert len(bars) == 2 * len(by_time)
    for number, (_, row) in enumerate(by_time.iterrows()):
        below, above = bars[2 * number : 2 * number + 2]
        assert below.get_y() == 0
        assert below.get_height() == pytest.approx(row["theil_between_urban_rural"])
        assert above.get_y() == pytest.approx(below.get_height())
        assert above.get_y() + above.get_height() == pytest.approx(row["theil"], abs=1e-7)
    assert numbers_are_results(chart, run.facts)
    assert not cut_off(chart)
    assert not overlapping(chart)
    assert chart.png() == run.show("theil_split").png()


def test_what_is_inferred_is_hollow_and_the_weights_are_named():
    inferred, counted = run_on("guangdong", "zh").show("theil_split"), run_on("indonesia", "zh").show("theil_split")
    assert {bar.get_facecolor()[:3] for bar in inferred.figure.axes[0].patches} == {(1, 1, 1)}
    assert (1, 1, 1) not in {bar.get_facecolor()[:3] for bar in counted.figure.axes[0].patches}
    assert "2018年常住人口" in written(inferred).replace("\n", "")
    assert "贫困人口" in written(counted).replace("\n", "")


def test_the_finding_follows_the_numbers():
    run = run_on("guangdong", "en")
    assert "fell from 53.9 to 24.6" in run.show("theil_split").alt
    assert "rose from 9.3 to 12.0" in run_on("indonesia", "en").show("theil_split").alt
    table = run.facts.table
    last = table[(table["year"] == "2024") | ~table["measure"].str.startswith("theil")]
    alone = theil_split(Facts(last, "", "en"), run.wording, "")
    assert alone.alt.startswith("2024: Theil index of the standards 24.6 thousandths, 45% of it")
    equal = table.assign(
        value=table["value"].where(
            ~table["measure"].isin(["theil", "theil_between_urban_rural", "theil_within_urban_rural"]), 0.0
        )
    )
    equal = equal[equal["measure"] != "theil_between_urban_rural_share"]
    assert not cut_off(theil_split(Facts(equal, "", "en"), run.wording, ""))


def test_without_weights_it_is_left_out():
    run = run_of("baseline", "zh")
    table = run.facts.table
    with pytest.raises(NotHeld):
        theil_split(Facts(table[~table["measure"].str.startswith("theil")], "baseline", "zh"), run.wording, "")
