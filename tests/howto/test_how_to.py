"""The pages that say how to add a scenario, a province, a rule and a programme without code: followed to the letter in a copied home."""

import csv
import io

import numpy as np
import openpyxl
import pandas as pd
import pytest
from page import Page

from analysis.inputs.evidence import load
from analysis.inputs.rules import read_rules
from analysis.inputs.scenario import read_scenario
from analysis.model import results
from analysis.model.score import history
from analysis.model.score.spread import convergence, spread
from analysis.model.simulate import simulate
from analysis.model.simulate.rows import result_rows
from analysis.report.workbook import SHEETS, costing_workbook

pytestmark = pytest.mark.slow


def rows_of(home, path):
    return results.with_keys(results.from_csv((home / path).read_text("utf-8")))


def test_another_country_comes_from_one_table_with_gap_decomposition_and_convergence(follow, home):
    page = follow("add-a-province")
    assert page.written == ["params/countries/indonesia.yaml"]
    assert [code for _, code in page.typed] == [0, 0, 0, 0]
    # The same figures in the package that was written by hand: all numbers are to be the same.
    day = read_scenario("baseline", home).as_of
    by_hand, taken = load("indonesia", day, home), load("lines", day, page.home)
    written = rows_of(page.home, "out/lines/lines/results.csv")
    expected = results.with_keys(results.from_csv(results.to_csv(history(by_hand, []).result)))
    assert len(written) == len(expected) > 2000
    assert {"minimum_gap", "minimum_rural_urban_ratio", "theil", "theil_between_urban_rural"} <= set(written["measure"])
    np.testing.assert_array_equal(written["value"], expected["value"])
    assert [key.replace(":lines:", ":indonesia:") for key in written.index] == list(expected.index)
    pd.testing.assert_frame_equal(spread(taken), spread(by_hand))
    pd.testing.assert_frame_equal(convergence(taken), convergence(by_hand))
    shown = (page.home / "out/lines/lines/10_gap.en.ipynb").read_text("utf-8")
    assert {"rupiah/person/month"} == set(written.loc[written["measure"] == "minimum_gap", "unit"])
    for statistic in ("sigma", "beta", "panel"):
        (one,) = convergence(taken).query(f"statistic == '{statistic}' and residence == 'urban'")["estimate"]
        assert f"{one:+.4f}" in shown, statistic
    assert taken.sources["publisher"].tolist() == ["Badan Pusat Statistik"]
    assert set(taken.observations["grade"]) == {"yearbook_copy"}
    assert taken.observations["known_from"].min() == pd.Timestamp("2017-03-31")


def test_the_table_is_the_packages_own_figures(home):
    package = load("indonesia", None, home).observations.set_index(
        ["area_code", "year", "period", "residence", "measure"]
    )
    with (home / "tests" / "howto" / "poverty_lines.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    seen = 0
    for row in rows:
        for head, said in row.items():
            if "poor" in head or "line" in head:
                side, measure = head.split()[0], "poor_persons" if "poor" in head else "poverty_line"
                key = (row["code"], int(row["year"]), row["period"], side, measure)
                assert (key in package.index) == bool(said)
                if said:
                    scale = 1000 if measure == "poor_persons" else 1
                    assert float(said) * scale == pytest.approx(package.at[key, "value"], rel=1e-12)
                    seen += 1
    assert seen == 1584


def test_a_scenario_of_ones_own_says_what_is_different_and_comes_into_a_memo(follow):
    page = follow("add-a-scenario")
    assert page.written == ["params/scenarios/rural85.yaml", "params/batches/mine.yaml"]
    assert {code for _, code in page.typed} == {0}
    table = rows_of(page.home, "out/mine/rural85/results.csv")["value"]
    at = "rural85:guangdong:440000-C4:dibao:{}:2025:Y:::minimum_standard:central"
    assert table[at.format("rural")] == np.ceil(0.85 * table[at.format("urban")])
    whole = "rural85:guangdong:440000:::2025:Y:::{}:central"
    # Every area above the floor follows in full: the best estimate is the dearest of the three costs.
    assert table[whole.format("extra_cost")] == table[whole.format("extra_cost_all_follow")]
    assert (page.home / "out/rural-share/memo.en.pdf").is_file()


def test_a_rule_is_written_and_holds_from_its_day(follow, home):
    page = follow("add-a-rule")
    assert {code for _, code in page.typed} == {0}
    for name, multiple, least in (("baseline", 1.6, 0.75), ("new_rules", 1.7, 0.8), ("as_before", 1.7, 0.75)):
        table = rows_of(page.home, f"out/rules/{name}/results.csv")
        keyed = f"{name}:guangdong:440000-C4:{{}}:2025:Y:::{{}}:central"
        urban, rural = (
            table.at[keyed.format(f"dibao:{side}", "minimum_standard"), "value"] for side in ("urban", "rural")
        )
        assert table.at[keyed.format("tekun:urban", "linked_standard"), "value"] == np.ceil(round(multiple * urban, 6))
        assert rural >= least * urban
        assert (rural >= 0.8 * urban) == (name == "new_rules")
    own = simulate(
        load("guangdong", read_scenario("baseline", home).as_of, home),
        read_scenario("baseline", home),
        read_rules("guangdong", home),
    )
    table = rows_of(page.home, "out/rules/baseline/results.csv")
    whole = table[
        (table["measure"] == "extra_cost")
        & (table["area_code"] == "440000")
        & (table["component"] == "")
        & (table["tier"] == "")
    ]
    assert whole.loc[whole["statistic"] == "central", "value"].iloc[0] == round(own.totals["central"])


def test_a_programme_is_declared_and_has_its_line_in_the_cost(follow):
    page = follow("add-a-programme")
    assert {code for _, code in page.typed} == {0}
    table, before = (rows_of(page.home, f"out/heating/{name}/results.csv") for name in ("heating", "baseline"))
    central = table[
        (table["measure"] == "extra_cost") & (table["statistic"] == "central") & (table["area_code"] == "440000")
    ]
    (own,) = central.loc[central["programme"] == "heating", "value"]
    parts = central[(central["component"] != "")]["value"].sum()
    (whole,) = central.loc[(central["component"] == "") & (central["tier"] == ""), "value"]
    assert parts == whole
    was = before[
        (before["measure"] == "extra_cost") & (before["statistic"] == "central") & (before["area_code"] == "440000")
    ]
    (without,) = was.loc[(was["component"] == "") & (was["tier"] == ""), "value"]
    assert whole - without == pytest.approx(own, abs=2)
    # By hand: 12 x people x share x the rise, over areas as dibao's recipients are.
    scenario, rules = read_scenario("heating", page.home), read_rules("guangdong", page.home)
    evidence = load("guangdong", scenario.as_of, page.home)
    outcome = simulate(evidence, scenario, rules)
    cells = outcome.cells
    rise = cells["next_standard_central"] - cells["standard_central"]
    weight = cells["persons_central"] / cells["persons_central"].sum()
    assert own == pytest.approx(12 * 100_000 * 0.15 * float((rise * weight).sum()), abs=1)
    assert "heating help" in (page.home / "out/heating/heating/30_next_year.en.ipynb").read_text("utf-8")
    assert "linked_heating_share" in central.loc[central["programme"] == "heating", "rests_on"].iloc[0].split(";")

    # The workbook has a column for it, and every sum of it comes to its result.
    made = costing_workbook(outcome, evidence, rules, result_rows(evidence, scenario, outcome, rules), {}, {})
    checks = openpyxl.load_workbook(io.BytesIO(made), data_only=True)[SHEETS["checks"][0]]
    rows = [row for row in checks.iter_rows(values_only=True) if "extra_cost" in str(row[-1])]
    assert any(":heating:" in row[-1] for row in rows)
    assert not [row for row in rows if abs(row[3]) > row[4]]


def test_a_page_whose_promise_is_not_kept_is_noticed(home, tmp_path):
    path = tmp_path / "page.md"
    path.write_text("```sh\ntrue\n```\n\n```text\nwell done\n```\n", "utf-8")
    with pytest.raises(AssertionError, match="promised and not printed"):
        Page(path, tmp_path).follow()
    path.write_text("```sh\nfalse\n```\n", "utf-8")
    with pytest.raises(AssertionError, match="false: 1"):
        Page(path, tmp_path).follow()


@pytest.mark.parametrize("readme", ["README.md", "README.zh.md"])
def test_the_readme_names_every_page(home, readme):
    text = (home / readme).read_text("utf-8")
    pages = [page.name for page in (home / "docs" / "how-to").glob("*.md")]
    assert not [name for name in pages if f"docs/how-to/{name}" not in text]
