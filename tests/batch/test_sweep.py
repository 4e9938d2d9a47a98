"""The sweep: the rows of the notebooks, many times; files that others read; and nothing done twice or half."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pandas as pd
import psutil
import pytest

from analysis import files
from analysis.batch import sweep
from analysis.batch.store import verify
from analysis.batch.sweep import work
from analysis.errors import InfrastructureFailed, ParametersRefused, ScenarioFailed
from analysis.inputs.scenario import read_scenario
from analysis.inputs.sweep import read_sweep
from analysis.model import results
from analysis.model.pathway import along, policy_floors
from analysis.model.sensitivity.rows import whole_result
from analysis.model.simulate import prepare, simulate
from analysis.model.simulate.cells import floors_of
from analysis.model.simulate.ready import ready_like

KEYS = ["policy.rural_share.at_least", "fiscal.expenditure_growth_share"]
GRID = "grid:\n  policy.rural_share.at_least: [0.75, 0.85]\n  fiscal.expenditure_growth_share: [0.017, 0.05]\n"
HEAD = "id: {}\ntitle: {{zh: 试, en: probe}}\nquestion: {{zh: 问, en: what?}}\nscenarios: [baseline]\n"


def sweep_file(folder, name="probe", more="draws: 300\n", grid=GRID):
    path = Path(folder) / f"{name}.yaml"
    path.write_text(HEAD.format(name) + more + grid, "utf-8")
    return str(path)


@pytest.fixture(scope="module")
def swept(tmp_path_factory, home):
    """Return the folder of a sweep of next year by two processes, and what it said."""
    folder = tmp_path_factory.mktemp("sweep")
    said = []
    sweep.run_sweep(sweep_file(folder), home, folder / "out", 2, said.append)
    return folder / "out", said


@pytest.fixture
def run_here(tmp_path, home):
    """Return a function that runs a sweep in this process and gives what it said."""

    def run(more="draws: 100\n", grid=GRID, workers=1):
        said = []
        sweep.run_sweep(sweep_file(tmp_path, more=more, grid=grid), home, tmp_path / "out", workers, said.append)
        return said

    return run


def rows_of(out, scenario):
    return pd.read_parquet(out / "results" / f"{scenario}.parquet")


def digests(out):
    return {path.name: files.sha256(path) for path in sorted((out / "results").iterdir())}


@pytest.mark.parametrize(
    "overrides", [{}, {"policy.rural_share.at_least": 0.85, "fiscal.expenditure_growth_share": 0.05}]
)
def test_every_row_is_the_one_of_30_next_year_to_the_digit(swept, home, evidence_june, rules, overrides):
    scenario = read_scenario("baseline", home, {**overrides, "draws": 300})
    table = rows_of(swept[0], scenario.id)
    whole = whole_result(evidence_june, scenario, simulate(evidence_june, scenario, rules), rules)
    said = results.to_csv(table[results.COLUMNS]).splitlines()
    assert set(said) <= set(results.to_csv(whole).splitlines())
    assert len(said) == len(table) + 1 > 200
    left_out = set(whole["measure"]) - set(table["measure"])
    wanted = {"extra_cost", "minimum_gap", "short_of_capacity", "transfer_needed", "recipients_with_entrants", "envelope_for_90_percent"}  # fmt: skip
    assert wanted <= set(table["measure"])
    assert wanted.isdisjoint(left_out)
    assert {"mean", "p10", "p50", "p90", "low", "central", "high"} <= set(table["statistic"])


def test_several_years_are_the_path_of_40_pathway_to_the_digit(run_here, tmp_path, home, evidence_june, rules):
    run_here("years: 3\ndraws: 200\n")
    scenario = read_scenario("baseline", home, {"policy.rural_share.at_least": 0.85, "draws": 200})
    table = rows_of(tmp_path / "out", scenario.id)
    case = prepare(evidence_june, scenario, rules)
    money = along(case, policy_floors(evidence_june, case, 3), draws=200).money
    cost = table[(table["measure"] == "path_extra_cost") & (table["tier"] == "")]
    for year, line in money.iterrows():
        own = cost[cost["year"] == str(year)].set_index("statistic")["value"]
        assert own.to_dict() == {
            "central": round(line["extra"]), **{name: round(line[f"extra_{name}"]) for name in ("p10", "p50", "p90")}
        }  # fmt: skip
    assert {"path_minimum_standard", "path_gap", "path_short_of_capacity", "path_target_year"} <= set(table["measure"])
    assert table["measure"].str.startswith(("path_", "road_target_share")).all()


@pytest.mark.parametrize("years", [1, 2])
def test_each_areas_range_is_given_where_it_is_asked_for(run_here, tmp_path, years):
    run_here(f"years: {years}\ndraws: 100\nby_area: true\n", GRID.replace("[0.75, 0.85]", "[0.8]"))
    table = pd.read_parquet(tmp_path / "out" / "results")
    measure = "extra_cost" if years == 1 else "path_extra_cost"
    ranges = table[(table["measure"] == measure) & (table["area_code"] == "440900") & (table["year"] == "2025")]
    value = ranges[ranges["scenario"] == ranges["scenario"].iloc[0]].set_index("statistic")["value"]
    assert 0 < value["p10"] < value["p50"] < value["p90"]


def test_pandas_polars_and_duckdb_read_the_folder_without_being_told_anything(swept):
    import duckdb
    import polars

    out, _ = swept
    frame = pd.read_parquet(out / "results")
    assert list(frame.columns) == [*results.COLUMNS, "base_scenario", *KEYS]
    assert frame["scenario"].nunique() == 4
    other = polars.read_parquet(out / "results" / "*.parquet")
    assert (other.shape, other["value"].sum()) == (frame.shape, pytest.approx(frame["value"].sum(), rel=1e-12))
    query = f"select count(*), max(\"{KEYS[0]}\"), count(distinct base_scenario) from '{out}/results/*.parquet'"  # noqa: S608
    assert duckdb.sql(query).fetchall()[0] == (len(frame), 0.85, 1)
    first = frame[(frame[KEYS[0]] == 0.85) & (frame[KEYS[1]] == 0.05)]
    assert len(set(first["scenario"])) == 1


def test_the_last_lines_say_what_was_found(swept):
    out, said = swept
    lines = pd.read_csv(out / "combinations.csv")
    assert len(lines) == 4
    borne = int((lines["short_yuan"] == 0).sum())
    assert said[-2].startswith(f"4 combinations: the budget bears {borne} of them in 2025")
    assert said[-1].startswith("a rural minimum of 0.85 of the urban one, in 2025: 2 reach it; cheapest: ")
    reach = lines[lines["rural_minimum_yuan_month"] >= 0.85 * lines["urban_minimum_yuan_month"]]
    assert f"{reach['extra_cost_central_yuan_year'].min() / 1e6:,.0f} million yuan" in said[-1]
    assert "policy.rural_share.at_least=0.85" in said[-1]


def test_the_manifest_holds_every_file_and_the_folder_is_whole(swept, home):
    out, _ = swept
    manifest = json.loads((out / "manifest.json").read_text("utf-8"))
    listed = {name: digest for name, digest in manifest["files"].items() if name.startswith("results/")}
    assert listed == {f"results/{name}": digest for name, digest in digests(out).items()}
    assert verify(out, home) == []


def test_two_processes_or_one_write_the_same_bytes(swept, tmp_path, home):
    sweep.run_sweep(sweep_file(tmp_path), home, tmp_path / "out", 1, lambda line: None)
    assert digests(tmp_path / "out") == digests(swept[0])
    manifests = [(out / "manifest.json").read_bytes() for out in (tmp_path / "out", swept[0])]
    assert manifests[0] == manifests[1]


def test_what_is_there_of_the_same_inputs_is_not_made_again(run_here, tmp_path, monkeypatch):
    run_here()
    out = tmp_path / "out"
    before, paths = digests(out), sorted((out / "results").iterdir())
    paths[0].unlink()
    damaged = bytearray(paths[1].read_bytes())
    damaged[len(damaged) // 3] ^= 0xFF
    paths[1].write_bytes(damaged)
    made = []
    real = work.rows_of
    monkeypatch.setattr(
        work, "rows_of", lambda known, scenario, *rest: made.append(scenario.id) or real(known, scenario, *rest)
    )
    said = run_here()
    assert sorted(made) == [path.stem for path in paths[:2]]
    assert digests(out) == before
    assert "already there, made from the same inputs: 2 of 4" in said


def test_other_draws_are_other_inputs_and_what_an_earlier_grid_left_goes(run_here, tmp_path):
    run_here()
    first = digests(tmp_path / "out")
    run_here("draws: 101\n", GRID.replace("[0.75, 0.85]", "[0.8]"))
    assert len(digests(tmp_path / "out")) == 2
    assert not set(digests(tmp_path / "out").values()) & set(first.values())


def test_a_sweep_that_was_interrupted_goes_on_where_it_stood(run_here, tmp_path, home, monkeypatch):
    real, done = work.rows_of, []

    def interrupted(known, scenario, *rest):
        if len(done) == 2:
            raise KeyboardInterrupt
        done.append(scenario.id)
        return real(known, scenario, *rest)

    monkeypatch.setattr(work, "rows_of", interrupted)
    with pytest.raises(KeyboardInterrupt):
        run_here()
    out = tmp_path / "out"
    assert verify(out, home) == ["the last run did not end; what lies here may be of an earlier one: run again"]
    (out / "results" / ".half.parquet.x1y2").write_bytes(b"half")
    monkeypatch.setattr(work, "rows_of", real)
    assert "already there, made from the same inputs: 2 of 4" in run_here()
    assert len(digests(out)) == 4
    assert verify(out, home) == []


@pytest.mark.slow
def test_a_killed_sweep_leaves_whole_files_and_no_process_and_is_taken_up_again(tmp_path, home):
    grid = "grid:\n  policy.rural_share.at_least: [0.75, 0.76, 0.77, 0.78, 0.79, 0.8, 0.81, 0.82]\n"
    code = (
        "import sys; from pathlib import Path; from analysis.batch.sweep import run_sweep\n"
        "if __name__ == '__main__': run_sweep(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), 2, print)\n"
    )
    script = tmp_path / "run.py"
    script.write_text(code, "utf-8")
    results_folder = tmp_path / "out" / "results"
    given = [sys.executable, str(script), sweep_file(tmp_path, grid=grid, more=""), str(home), str(tmp_path / "out")]
    process = subprocess.Popen(given, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    end = time.monotonic() + 120
    while not list(results_folder.glob("*.parquet")) and time.monotonic() < end:
        time.sleep(0.05)
    below = psutil.Process(process.pid).children(recursive=True)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    _, alive = psutil.wait_procs(below, timeout=30)
    assert not alive, alive
    there = sorted(results_folder.glob("*.parquet"))
    assert 0 < len(there) < 8
    assert all(len(pd.read_parquet(path)) > 200 for path in there)
    said = []
    sweep.run_sweep(given[2], home, tmp_path / "out", 2, said.append)
    assert f"already there, made from the same inputs: {len(there)} of 8" in said
    assert len(digests(tmp_path / "out")) == 8


def test_a_combination_that_fails_is_named_and_all_others_are_written(run_here, tmp_path, home, monkeypatch):
    real = work.rows_of

    def failing(known, scenario, *rest):
        if "at_least=0.85" in scenario.title.en:
            raise ValueError("the parts do not add up")
        return real(known, scenario, *rest)

    monkeypatch.setattr(work, "rows_of", failing)
    with pytest.raises(
        ScenarioFailed, match=r"failed: 2 of 4 combinations; baseline-\w{6}: ValueError: the parts do not"
    ):
        run_here()
    assert len(digests(tmp_path / "out")) == 2
    assert [line.partition(": ")[2] for line in verify(tmp_path / "out", home)] == [
        "failed: ValueError: the parts do not add up"
    ] * 2


def test_a_worker_that_dies_is_infrastructure_and_says_what_to_do(tmp_path, home, monkeypatch):
    monkeypatch.setattr(sweep, "compute", _die)
    with pytest.raises(InfrastructureFailed, match="a worker died.*run the same command again"):
        sweep.run_sweep(sweep_file(tmp_path), home, tmp_path / "out", 2, lambda line: None)


def _die(job):
    os._exit(1)


@pytest.mark.parametrize(
    ("grid", "said"),
    [
        ("grid:\n  policy.rural_shar.at_least: [0.8]\n", "did you mean policy.rural_share.at_least"),
        ("grid:\n  policy.rule.rural.kind: [fixed, mixed]\n", "needs price_weight"),
        ("grid:\n  policy.rural_share.at_least: [0.75, 0.75]\n", r"'\[0.75, 0.75\]': 0.75 stands twice"),
        ("grid:\n  base_year: [2024, 2016]\n", "no minimum_standard of 2016|multiple_of_dibao"),
    ],
)
def test_nothing_starts_where_one_combination_is_refused(run_here, tmp_path, grid, said):
    with pytest.raises(Exception, match=said) as refused:
        run_here(grid=grid)
    assert getattr(refused.value, "exit_code", 0) in (2, 3)
    assert "\n" not in str(refused.value)
    assert not (tmp_path / "out").exists()


def test_a_folder_of_another_kind_is_left_alone(run_here, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("mine")
    with pytest.raises(ParametersRefused, match="holds files and no manifest.json of this program"):
        run_here()
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["mine.txt"]


def test_combinations_that_share_a_short_name_get_a_longer_one(tmp_path, home, monkeypatch):
    file = read_sweep(sweep_file(tmp_path), home)
    found = [
        replace(one, scenario=one.scenario.model_copy(update={"id": "baseline-same"} if at < 2 else {}))
        for at, one in enumerate(file.combinations(home))
    ]
    monkeypatch.setattr(type(file), "combinations", lambda self, home: iter(found))
    ground = sweep._ground(file, home)
    names = sweep._named(file, home, ground, lambda line: None)
    assert len(set(names)) == 4
    assert [name.startswith("baseline-same") for name in names] == [True, True, False, False]
    assert names[2:] == [one.scenario.id for one in found[2:]]
    assert [job.scenario.id for job in sweep._jobs(file, home, ground, names, tmp_path)] == names


def test_a_case_made_from_another_is_the_case_made_from_the_start(home, evidence_june, rules):
    other = prepare(evidence_june, read_scenario("baseline", home), rules)
    for name in ("rural80", "peg", "freeze", "tight"):
        scenario = read_scenario(name, home)
        whole, quick = (
            prepare(evidence_june, scenario, rules),
            ready_like(other, scenario, floors_of(evidence_june, scenario)),
        )
        assert quick.scenario == whole.scenario
        pd.testing.assert_frame_equal(quick.cells, whole.cells)
        pd.testing.assert_frame_equal(quick.floors.standards.floors, whole.floors.standards.floors)
        pd.testing.assert_frame_equal(quick.floors.supplements.floors, whole.floors.supplements.floors)


def test_progress_says_how_long_the_rest_takes(monkeypatch):
    now, said = [0.0], []
    monkeypatch.setattr(sweep.time, "monotonic", lambda: now[0])
    progress = sweep._Progress(100, said.append, "done")
    progress.step(kept=True)
    for _ in range(9):
        now[0] += 3
        progress.step()
    assert said[0] == "[2/100] done; about 5 min left"
    assert said[-1] == "[10/100] done; about 4 min left"
