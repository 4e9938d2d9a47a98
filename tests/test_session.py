import shutil
import sys
import types
from datetime import date
from decimal import Decimal

import pandas as pd
import pytest

import analysis
import memo_results
from analysis import session
from analysis.errors import ParametersRefused
from analysis.model.results import from_csv, with_keys
from analysis.model.sensitivity.rows import whole_result
from analysis.session import run as runs
from runs import run_of

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def run():
    return analysis.start()


def test_a_run_gives_its_tables_and_writes_nothing_without_a_folder(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert {"next_yuan_month", "unratcheted_yuan_month"} <= set(run.standards.columns)
    assert set(run.steps["measure"]) == {"minimum_standard", "supplement_floor"}
    assert len(run.cost) == 45
    assert run.coverage["residence"].tolist() == ["urban", "rural"]
    run.show("dumbbell")
    run.save()
    assert not list(tmp_path.iterdir())


def test_every_table_is_made_in_both_languages():
    for lang in ("zh", "en"):
        for scope, names in {
            "dataset": "coverage minima back_cast assumptions gap_states gap_history growth_split in_force adequacy spread "
            "convergence scored_minima score_errors next_minima scored_recipients known_money requests programmes",
            "scenario": "proposal steps movers cost_range who_pays money timing alternatives break_even sobol box",
        }.items():
            one = run_of(lang=lang, scope=scope)
            for name in names.split():
                assert len(one.table(name))


def test_a_package_without_rules_classes_or_drivers_says_so_in_one_line_a_table():
    held = {"coverage", "minima", "gap_states", "gap_history", "growth_split", "spread", "convergence"}
    lacking = {
        "in_force": "standards in force", "adequacy": "consumption", "back_cast": "no dated rules", "scored_minima": "no planner",
        "drivers": "no driver series", "known_money": "no planner", "requests": "No scenario", "assumptions": "No scenario",
    }  # fmt: skip
    one = run_of(lang="en", dataset="indonesia", scope="dataset")
    assert all(len(one.table(name)) > 1 for name in held)
    assert {
        name for name, line in lacking.items() if line in one.table(name).iloc[0, 0] and len(one.table(name)) == 1
    } == set(lacking)
    assert "Nusa Tenggara Timur" in one.show("gap_over_time").alt
    with pytest.raises(ParametersRefused, match="planned on dataset 'guangdong'"):
        analysis.start("baseline", "indonesia", scope="scenario")


def test_save_writes_results_steps_figures_and_a_record(tmp_path):
    one = analysis.start("rural80", out_dir=str(tmp_path / "new" / "folder"), lang="en")
    one.show("tile_grid")
    one.save()
    written = sorted(
        path.relative_to(tmp_path / "new/folder").as_posix() for path in tmp_path.rglob("*") if path.is_file()
    )
    assert written == [
        "figures/tile_grid.en.csv", "figures/tile_grid.en.png", "figures/tile_grid.en.svg", "record.json", "results.csv", "steps.csv",
    ]  # fmt: skip


def test_a_batch_takes_a_stored_result_only_where_its_inputs_are_the_same(tmp_path, monkeypatch):
    out = shutil.copytree(memo_results.folder(), tmp_path / "out")
    path = out / "freeze" / "results.csv"
    stored = with_keys(from_csv(path.read_text("utf-8")))["value"]
    computed = []
    monkeypatch.setattr(runs, "whole_result", lambda *given: computed.append(given[1].id) or whole_result(*given))
    batch = analysis.start("batch:memo", out_dir=str(out), scope="batch")
    assert with_keys(batch.result).loc[stored.index, "value"].equals(stored)
    assert computed == []
    path.write_text(path.read_text("utf-8").replace(",645.00,", ",999.00,"), "utf-8")
    again = analysis.start("batch:memo", out_dir=str(out), scope="batch")
    assert 999 not in set(again.result["value"])
    assert computed == ["freeze"]


def test_an_override_changes_what_it_names():
    one = analysis.start("rural80", overrides={"policy.rural_share.at_least": 0.85})
    assert one.scenario.id.startswith("rural80-")
    assert one.scenario.title.en == "Rural 80% (policy.rural_share.at_least=0.85)"
    assert set(one.result["scenario"]) == {one.scenario.id}
    assert (
        analysis.start("rural80", overrides={"policy.rural_share.at_least": Decimal("0.850")}).scenario.id
        == one.scenario.id
    )
    floors = one.standards.set_index(["area_code", "residence"])["next_yuan_month"]
    assert floors["440000-C4", "rural"] == 758  # 0.85 x 891 = 757.35


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"lang": "fr"}, "lang 'fr': allowed: en, zh"),
        ({"scenario": "batch:memo"}, "not for a batch"),
        ({"scenario": "baseline", "scope": "batch"}, "is for a batch"),
        ({"dataset": "guangdon"}, "did you mean guangdong?"),
        ({"dataset": "guangdon", "scope": "dataset"}, "did you mean guangdong?"),
        ({"overrides": "{draws: 500}"}, "arrived as text"),
        ({"scenario": 12}, "allowed: text"),
    ],
)
def test_start_refuses_in_one_line(given, says):
    with pytest.raises(ParametersRefused) as refused:
        analysis.start(**given)
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)


def shell_with(*cells):
    return types.SimpleNamespace(user_ns={"In": ["", *cells]})


def test_only_what_papermill_injected_is_held_against_the_five_names(monkeypatch):
    fake = types.SimpleNamespace(get_ipython=lambda: shell_with("scenari = 1", "# Parameters\nscenario = 'freeze'\n"))
    monkeypatch.setitem(sys.modules, "IPython", fake)
    assert session.start("freeze").scenario.id == "freeze"
    fake.get_ipython = lambda: shell_with("scenario = 'baseline'", "# Parameters\nscenari = 'freeze'\n")
    with pytest.raises(ParametersRefused, match="did you mean scenario"):
        session.start()
    fake.get_ipython = lambda: shell_with("# Parameters\nid = 'x'\npolicy = 'rise35'\nfiscal = 'baseline'\n")
    with pytest.raises(ParametersRefused, match="tibiao run -f FILE"):
        session.start()


def test_why_finds_a_number_and_names_the_nearest_key(run):
    key = "baseline:guangdong:440000-C4:dibao:rural:2025:Y:::minimum_standard:central"
    told = run.why(key)
    assert told.row["value"] == 669
    assert "十个固定步骤" in told.formula
    assert told.steps.set_index("name").at["rural_share", "after_yuan_month"] == 669
    assert set(told.inputs["value"]) == {645, 860}
    assert set(told.inputs["grade"]) == {"press"}
    assert told.assumptions.empty
    cost = run.why("baseline:guangdong:440000:::2025:Y:::extra_cost:central")
    assert cost.steps.empty
    assert list(cost.steps) == list(told.steps)
    worth = cost.assumptions.set_index("assumption")["worth_yuan_year"]
    swings = run.outcome.swings.set_index("assumption").loc["follow_share"]
    assert worth["follow_share"] == swings["at_high_yuan_year"] - swings["at_low_yuan_year"] > 1e8
    assert "orphan_growth_share" not in worth
    assert (cost.inputs["known_from"] <= date(2024, 6, 30)).all()
    with pytest.raises(ParametersRefused, match="did you mean"):
        run.why(key.replace("rural", "rura"))


def test_no_row_of_a_later_day_reaches_any_result(run):
    later = run.evidence.hidden
    assert len(later)
    assert (later["known_from"] > pd.Timestamp("2024-06-30")).all()
    codes = with_keys(run.result)
    assert not codes[(codes["area_code"] == "440800") & (codes["measure"] == "standard")].size


def test_an_unknown_public_name_is_said_with_those_that_exist():
    with pytest.raises(AttributeError, match="start"):
        analysis.strat  # noqa: B018
    assert analysis.gap_table is analysis.__getattr__("gap_table")
