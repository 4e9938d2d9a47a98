"""Scenarios beside each other on the terminal: from stored results of today's inputs, and from nothing else."""

import json
import shutil
import subprocess
import sys

import numpy as np
import pytest

import analysis
from analysis import files
from analysis.cli import main
from analysis.inputs.scenario import read_scenario
from analysis.model import results
from analysis.model.compare import headline
from analysis.report.tables.comparison import stored_headline
from analysis.session.record import inputs_record

MADE = ("baseline", "tight", "late")


@pytest.fixture(scope="module")
def made(tmp_path_factory, home):
    """A folder with stored results, made once."""
    out = tmp_path_factory.mktemp("made")
    for name in MADE:
        analysis.start(name, out_dir=str(out / name), home=home).save()
    return out


@pytest.fixture
def here(tmp_path, monkeypatch, made):
    """A folder of the test's own that holds ``out/run``."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(made, tmp_path / "out" / "run")
    return tmp_path


def said(capsys, *arguments, code=0):
    assert main(["compare", *arguments]) == code
    return capsys.readouterr()


def refused(capsys, *arguments):
    """Run a comparison that must be refused; return its one line."""
    found = said(capsys, *arguments, code=2)
    assert found.out == ""
    assert len(found.err.strip().splitlines()) == 1
    return found.err


def edit_record(folder, **changed):
    record = json.loads((folder / "record.json").read_text("utf-8"))
    record["inputs"] |= changed
    files.write_json(folder / "record.json", record)


def row(text, *begins):
    """Return the cells of the one line that begins with some words."""
    lines = [line.split() for line in text.splitlines()]
    found = [line for line in lines if tuple(line[: len(begins)]) == begins]
    assert len(found) == 1, text
    return found[0][len(begins) :]


def million(text):
    return float(text.replace(",", ""))


def store(out, scenario, evidence, table, home):
    """Store a result as a run does."""
    path = files.write_atomically(out / scenario.id / "results.csv", results.to_csv(table))
    record = {"inputs": inputs_record(home, evidence, scenario), "results_sha256": files.sha256(path)}
    files.write_json(path.with_name("record.json"), record)


def store_attribution(out, worths, kind="batch memo", scenario="tight"):
    """Store what groups are worth as a batch does."""
    files.write_json(out / "manifest.json", {"kind": kind, "tasks": [], "records": {}, "files": {}})
    rows = results.Rows({"scenario": scenario, "dataset": "guangdong"}, {})
    for (measure, group), value in worths.items():
        rows.add(f"{measure}_due_to_{group}", value, "yuan/year", grade="", area_code="440000", year=2025)
    files.write_atomically(out / "compare" / "results.csv", results.to_csv(rows.table()))


@pytest.fixture
def rises(made, home):
    """What tight comes to less what the baseline does, from their stored results."""
    ends = [
        stored_headline(results.from_csv((made / name / "results.csv").read_text("utf-8")), name, "440000")
        for name in ("baseline", "tight")
    ]
    return {measure: ends[1][measure] - ends[0][measure] for measure in ends[0]}


def test_what_is_stored_is_what_the_outcome_comes_to(made, outcome_june):
    table = results.from_csv((made / "baseline" / "results.csv").read_text("utf-8"))
    stored, own = stored_headline(table, "baseline", "440000"), headline(outcome_june)
    assert set(stored) - set(own) == {"extra_cost_p10"}
    assert {measure: stored[measure] for measure in own if measure in stored} == pytest.approx(
        {measure: value for measure, value in own.items() if measure in stored}, rel=1e-3
    )


def test_without_results_it_says_where_it_looked_and_what_to_run(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    line = refused(capsys, "baseline", "tight")
    assert "scenario 'baseline': no results in out/memo or out/run; run 'tibiao memo'" in line
    assert "'tibiao run baseline tight --out out/run'" in line
    assert list(tmp_path.iterdir()) == []


def test_the_one_that_is_missing_is_named(here, capsys):
    assert "scenario 'rural80': no results" in refused(capsys, "baseline", "rural80", "tight")
    (here / "out/run/tight/record.json").unlink()
    assert "scenario 'tight': no results" in refused(capsys, "baseline", "tight")


def test_a_folder_that_is_named_is_the_only_one(here, capsys):
    line = refused(capsys, "baseline", "tight", "--out", "elsewhere")
    assert "no results in elsewhere; run 'tibiao run baseline tight --out elsewhere'" in line
    shutil.move("out/run", "elsewhere")
    assert "results in elsewhere" in said(capsys, "baseline", "late", "--out", "elsewhere", "--lang", "en").out
    files.write_json(here / "elsewhere/manifest.json", {"kind": "run", "tasks": [], "records": {}, "files": {}})
    assert "run 'tibiao run baseline flat --out elsewhere'" in refused(capsys, "baseline", "flat", "--out", "elsewhere")
    files.write_json(here / "elsewhere/manifest.json", {"kind": "batch memo", "tasks": [], "records": {}, "files": {}})
    assert "run 'tibiao memo memo --out elsewhere'" in refused(capsys, "baseline", "flat", "--out", "elsewhere")


@pytest.mark.parametrize(
    ("names", "says"),
    [
        ((), "name two scenarios or more, the base first, such as 'tibiao compare baseline tight'"),
        (("baseline",), "name two scenarios or more, the base first"),
        (("tight", "tight"), "scenario 'tight': is named twice"),
        (("baseline", "tihgt"), "did you mean tight?"),
        (("basline", "tight"), "did you mean baseline?"),
    ],
)
def test_wrong_names_are_refused(here, capsys, names, says):
    assert says in refused(capsys, *names)


def test_scenarios_of_two_packages_are_not_compared(here, own_home, capsys):
    text = (own_home / "params/scenarios/baseline.yaml").read_text("utf-8")
    other = text.replace("id: baseline", "id: elsewhere").replace("dataset: guangdong", "dataset: indonesia")
    (own_home / "params/scenarios/elsewhere.yaml").write_text(other, "utf-8")
    assert "planned on dataset 'indonesia'; allowed: one on 'guangdong'" in refused(capsys, "baseline", "elsewhere")


@pytest.mark.parametrize("name", ["scenario_sha256", "code_sha256", "data_sha256", "rules_sha256", "seed"])
def test_a_result_of_other_inputs_is_refused(here, capsys, name):
    edit_record(here / "out/run/tight", **{name: "other"})
    line = refused(capsys, "baseline", "tight")
    said_as = name.removesuffix("_sha256")
    assert f"scenario 'tight': out/run/tight/results.csv: was made from other inputs ({said_as})" in line
    assert "or 'tibiao run baseline tight --out out/run'" in line
    assert main(["compare", "baseline", "late"]) == 0


def test_a_result_that_was_edited_and_a_record_that_cannot_be_read_are_refused(here, capsys):
    path = here / "out/run/late/results.csv"
    path.write_text(path.read_text("utf-8") + "\n", "utf-8")
    assert "results.csv: is not what its record.json says" in refused(capsys, "baseline", "late")
    path.with_name("record.json").write_text("[", "utf-8")
    assert "its record.json cannot be read" in refused(capsys, "baseline", "late")


def test_results_of_a_parameter_that_was_changed_since_are_refused(here, own_home, capsys):
    path = own_home / "params/fiscal/austerity.yaml"
    path.write_text(path.read_text("utf-8").replace("0.0037", "0.0038"), "utf-8")
    assert "other inputs (scenario)" in refused(capsys, "baseline", "tight")


def test_a_stale_memo_gives_way_to_a_fresh_run(here, capsys):
    shutil.copytree("out/run", "out/memo")
    assert "results in out/memo" in said(capsys, "baseline", "late", "--lang", "en").out
    edit_record(here / "out/memo/late", seed=1)
    assert "results in out/run" in said(capsys, "baseline", "late", "--lang", "en").out


def test_one_line_a_scenario_in_both_languages(here, capsys, outcome_june):
    own = headline(outcome_june)
    english = said(capsys, "baseline", "tight", "late", "--lang", "en").out
    money = ("extra_cost", "envelope_for_90_percent", "extra_cost_upper", "short_of_capacity")
    cells = row(english, "baseline", "Baseline")
    assert cells[:2] == ["0.751", "222"]
    assert [million(cells[place]) for place in (2, 4, 5, 6)] == pytest.approx(
        [own[name] / 1e6 for name in money], abs=0.06
    )
    assert million(cells[3]) == pytest.approx(np.quantile(outcome_june.draws, 0.1) / 1e6, abs=0.06)
    assert cells[-2:] == ["0.0", "-"]
    assert row(english, "late", "Notice", "in", "May")[-2] == f"{own['extra_cost'] * 5 / 12 / 1e6:.1f}"
    chinese = said(capsys, "baseline", "tight").out
    assert row(chinese, "baseline", "基准方案")[2] == f"{round(own['extra_cost'] / 1e4):,}"
    assert "金额为万元" in chinese


def test_one_group_is_the_whole_difference_and_needs_no_run(here, capsys, monkeypatch):
    monkeypatch.setattr("analysis.model.simulate.simulate", None)
    out = said(capsys, "baseline", "late", "--lang", "en", "--attribute").out
    assert row(out, "late", "timing", "timing.pay_month") == ["1", "6"]
    assert row(out, "late", "timing", "0.0") == ["0.0", "0.0"]
    assert "--attribute" not in out


def test_several_groups_say_what_would_split_them(here, capsys):
    found = said(capsys, "baseline", "tight", "--lang", "en")
    assert row(found.out, "tight", "policy") == ["policy.rural_share.at_least", "0.75", "0.8"]
    assert row(found.out, "tight", "fiscal", "fiscal.sharing") == ["middle", "low"]
    assert "tight: several groups differ; --attribute computes what each is worth (4 runs)" in found.out
    assert "what each group is worth" not in found.out
    assert found.err == ""


def test_attribute_splits_the_difference_and_says_what_it_runs(here, capsys, rises):
    found = said(capsys, "baseline", "tight", "--lang", "en", "--attribute")
    assert [line[:13] for line in found.err.splitlines()] == [
        "[1/4] nothing", "[2/4] policy ", "[3/4] fiscal ", "[4/4] policy,",
    ]  # fmt: skip
    table = found.out.partition("what each group is worth")[2]
    parts = [[million(cell) for cell in row(table, "tight", group)] for group in ("policy", "fiscal")]
    for place, measure in enumerate(("extra_cost", "extra_cost_upper", "short_of_capacity")):
        assert parts[0][place] + parts[1][place] == pytest.approx(rises[measure] / 1e6, abs=0.11)
    assert parts[0][0] > 0
    assert parts[1][0] == 0
    assert parts[1][1] < 0 < parts[0][1]
    assert "several groups differ" not in found.out


def split(rises, policy_share=0.5):
    measures = ("extra_cost", "extra_cost_upper", "short_of_capacity")
    shares = {"policy": policy_share, "fiscal": 1 - policy_share}
    return {(measure, group): rises[measure] * share for measure in measures for group, share in shares.items()}


def test_a_stored_attribution_is_taken_where_the_base_is_the_one_proposed(here, capsys, monkeypatch, rises):
    shutil.move("out/run", "out/memo")
    store_attribution(here / "out/memo", split(rises))
    monkeypatch.setattr("analysis.model.simulate.simulate", None)
    out = said(capsys, "baseline", "tight", "--lang", "en").out
    table = out.partition("what each group is worth")[2]
    assert million(row(table, "tight", "policy")[0]) == pytest.approx(rises["extra_cost"] / 2e6, abs=0.06)
    assert "several groups differ" not in out


@pytest.mark.parametrize("wrong", ["base", "sum", "group", "kind"])
def test_a_stored_attribution_of_something_else_is_left_alone(here, capsys, rises, wrong):
    shutil.move("out/run", "out/memo")
    worths = split(rises)
    if wrong == "sum":
        worths["extra_cost", "policy"] += 100
    if wrong == "group":  # what is there adds up all the same
        worths = {key: value for key, value in split(rises, 1).items() if key[1] == "policy"}
    if wrong == "base":  # turned round, all else fits
        worths = {key: -value for key, value in worths.items()}
    names = ("tight", "baseline") if wrong == "base" else ("baseline", "tight")
    store_attribution(here / "out/memo", worths, "run" if wrong == "kind" else "batch memo", names[1])
    out = said(capsys, *names, "--lang", "en").out
    assert "several groups differ; --attribute" in out


def test_nothing_but_a_name_is_said(here, own_home, capsys, evidence_june):
    path = own_home / "params/scenarios/baseline.yaml"
    path.with_name("same.yaml").write_text(path.read_text("utf-8").replace("id: baseline", "id: same"), "utf-8")
    table = results.from_csv((here / "out/run/baseline/results.csv").read_text("utf-8")).assign(scenario="same")
    one = read_scenario("same", own_home)
    evidence = analysis.load("guangdong", one.as_of, own_home)
    store(here / "out/run", one, evidence, table, own_home)
    out = said(capsys, "baseline", "same", "--lang", "en").out
    assert "same: nothing but names differs from baseline" in out
    assert "parameters that differ" not in out
    assert "same：除名称外与 baseline 相同" in said(capsys, "baseline", "same").out


def test_it_starts_without_charts_statistics_notebooks_and_a_second_check_of_the_data(here, monkeypatch):
    monkeypatch.delenv("TIBIAO_CHECKED_PACKAGES")
    heavy = ("matplotlib", "statsmodels", "frictionless", "papermill", "IPython", "SALib")
    program = (
        "import sys; from analysis.cli import main; code = main(['compare', 'baseline', 'tight'])\n"
        f"print([name for name in {heavy!r} if name in sys.modules], code, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[] 0"


def test_help_says_what_it_is_for(capsys):
    assert main(["compare", "--help"]) == 0
    assert "Example: tibiao compare baseline tight" in capsys.readouterr().out
