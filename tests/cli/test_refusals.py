"""Bad input: one clear line, the documented exit code, nothing started and nothing half-written."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from analysis import files
from analysis.batch.store import MANIFEST
from analysis.cli import main


@pytest.fixture
def own_home(own_home, home, tmp_path):
    """A home of the test's own with the real notebooks too, and an output folder with an old result."""
    shutil.copytree(home / "notebooks", own_home / "notebooks", dirs_exist_ok=True)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "old.csv").write_text("old", "utf-8")
    return own_home


def refused(capsys, code, *arguments):
    """Run a command that must be refused; return its one line."""
    given = list(arguments)
    if arguments[0] in ("run", "memo"):  # into a folder that holds an older run of the same kind
        given += ["--out", "out"]
        kind = "run" if arguments[0] == "run" else "batch memo"
        files.write_json(Path("out", MANIFEST), {"kind": kind, "tasks": [], "records": {}, "files": {}})
    before = {path.name: path.read_bytes() for path in Path("out").iterdir()}
    assert main(given) == code
    said = capsys.readouterr()
    assert "Traceback" not in said.err
    assert len(said.err.strip().splitlines()) == 1
    assert {path.name: path.read_bytes() for path in Path("out").iterdir()} == before
    return said.err


def edit(path, old, new, count=1):
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, count), "utf-8")


def test_a_memo_on_another_package_does_not_go_over_one_that_is_there(own_home, capsys):
    Path("own.csv").write_text("地区,年度,城镇低保标准（元/月）,农村低保标准（元/月）\n韶关市,2024,860,645\n", "utf-8")
    assert main(["intake", "own.csv", "--as", "own"]) == 0
    capsys.readouterr()
    files.write_json(Path("out", MANIFEST), {"kind": "batch three", "tasks": [], "records": {}, "files": {}})
    assert main(["memo", "three", "--dataset", "own", "--out", "out"]) == 2
    assert "--out out: holds results of 'batch three'; choose another folder" in capsys.readouterr().err


def test_a_misspelt_scenario_names_the_nearest(own_home, capsys):
    assert "did you mean baseline?" in refused(capsys, 2, "run", "basline")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("run", "Baseline"), "'Baseline': not a name; .*; did you mean baseline?"),
        (("run", "mine.yaml"), "a file of your own is given with -f mine.yaml"),
        (("run", "baseline", "--set", "policy.rural_share.at_least=85%"), "a share is written as a decimal, 0.8 for 80%"),
        (("run", "baseline", "--set", "dataset=indonesia"), "a package is named by --dataset"),
        (("run", "baseline", "--set", "road.by_year=2023", "--set", "road.target_share=0.9"), "--set road.by_year 2023; allowed: after the base year 2024"),
        (("why", "baseline"), "such as baseline:guangdong:440000:::2025:Y:::extra_cost:central"),
        (("compare", "rural80", "rural80-018f48"), "compared are the scenarios of params/scenarios"),
        (("verify", "nowhere"), "nowhere: no such folder; run 'tibiao memo' first"),
    ],
)  # fmt: skip
def test_a_likely_mistake_is_told_what_to_write(own_home, capsys, arguments, says):
    assert re.search(says, refused(capsys, 2, *arguments))


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("sweeps/rural_share.yaml", "assumptions.follow_share", "assumptions.folow_share", "did you mean assumptions.follow_share"),
        ("intake/headers.yaml", "\n\n", "\nnonsense: 1\n", "nonsense: no such key"),
    ],
)  # fmt: skip
def test_check_reads_sweeps_and_the_headers_of_intake(own_home, capsys, file, old, new, says):
    edit(own_home / "params" / file, old, new)
    assert main(["check"]) == 2
    assert says in capsys.readouterr().err


def test_a_value_that_no_page_of_the_run_shows_is_refused(home, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    given = ["--set", "policy.rural_share.at_least=0.8", "--out", "out"]
    assert main(["run", "baseline", "--notebook", "10_gap", "--notebook", "20_drivers", *given]) == 2
    assert "--set policy.rural_share.at_least: changes nothing in 10_gap, 20_drivers: " in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_scenario_file_that_is_called_otherwise_is_refused_at_its_line(own_home, capsys):
    text = (own_home / "params/scenarios/mine.yaml").read_text("utf-8")
    Path("other.yaml").write_text(text, "utf-8")
    assert main(["run", "-f", "other.yaml"]) == 2
    assert "other.yaml:2: id: mine: allowed: other, the file's own name" in capsys.readouterr().err


def test_check_goes_on_after_a_file_that_is_refused_and_names_each_once(own_home, capsys):
    edit(own_home / "params/policies/rural75.yaml", "rural_share:", "rural_shar:")  # two scenarios and a batch name it
    edit(own_home / "params/rules/guangdong.yaml", "known_from: 2013", "known_form: 2013")
    edit(own_home / "data/guangdong/drivers.csv", ",8650.0,", ",many,")
    assert main(["check"]) == 2
    said = capsys.readouterr()
    assert re.findall(r"(?m)^tibiao: (\S+?)(?::\d+)?: ", said.err) == [
        "data/guangdong/drivers.csv", "params/policies/rural75.yaml", "params/rules/guangdong.yaml",
    ]  # fmt: skip
    assert "sweep rural_share: good" in said.out
    assert "policies: good" not in said.out
    assert "batch three: good" in said.out


@pytest.mark.parametrize("kind", ["fiscal", "policies", "assumptions", "sharing", "rules", "countries"])
def test_check_reads_what_no_scenario_names_too(own_home, capsys, kind):
    path = own_home / "params" / kind / "spare.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text("nonsense: 1\n", "utf-8")
    assert main(["check"]) == 2
    assert re.search(rf"params/{kind}/spare\.yaml(:1)?: ", capsys.readouterr().err)


def test_check_names_the_parameters_that_nothing_reads(own_home, capsys):
    for name in ("mine.yaml", "scenarios/mine.yml", "scenarios/old/mine.yaml", "policy/mine.yaml"):
        (own_home / "params" / name).parent.mkdir(exist_ok=True)
        (own_home / "params" / name).write_text("", "utf-8")
    assert main(["check"]) == 0
    said = re.findall(r"look at params/(\S+): nothing reads it", capsys.readouterr().out)
    assert said == ["mine.yaml", "policy/mine.yaml", "scenarios/mine.yml", "scenarios/old/mine.yaml"]


@pytest.mark.fault(18)
def test_a_misspelt_key_in_a_file_names_file_line_and_nearest(own_home, capsys):
    edit(own_home / "params/policies/rise35.yaml", "rural_share:", "rural_shar:")
    line = refused(capsys, 2, "memo")
    assert "params/policies/rise35.yaml:9: rural_shar: no such key" in line
    assert "did you mean rural_share?" in line


@pytest.mark.fault(18)
def test_a_misspelt_override_is_refused(own_home, capsys):
    assert "did you mean policy.rural_share.at_least?" in refused(
        capsys, 2, "run", "baseline", "--set", "policy.rural_share.at_lest=0.8"
    )


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("abc", marks=pytest.mark.fault(19)),
        pytest.param("true", marks=pytest.mark.fault(19)),
        pytest.param("1.5", marks=pytest.mark.fault(21)),
        pytest.param("-1", marks=pytest.mark.fault(21)),
        pytest.param(".nan", marks=pytest.mark.fault(20)),
        pytest.param("1e400", marks=pytest.mark.fault(20)),
        "0.75",
    ],
)
def test_a_wrong_value_of_an_override_is_refused(own_home, capsys, value):
    assert "--set policy.rural_share.at_least: " in refused(
        capsys, 2, "run", "baseline", "--set", f"policy.rural_share.at_least={value}"
    )


@pytest.mark.fault(19)
def test_a_wrong_type_in_a_file_is_refused_with_its_line(own_home, capsys):
    edit(own_home / "params/scenarios/baseline.yaml", "base_year: 2024", "base_year: next")
    line = refused(capsys, 2, "memo")
    assert "params/scenarios/baseline.yaml:10: base_year: next: allowed: an integer" in line


@pytest.mark.fault(40)
def test_a_duplicate_row_names_both_places(own_home, capsys):
    path = own_home / "data/guangdong/standards.csv"
    lines = path.read_text("utf-8").splitlines()
    path.write_text("\n".join([*lines, lines[1]]) + "\n", "utf-8")
    line = refused(capsys, 3, "memo")
    assert f"data/guangdong/standards.csv: row {len(lines) + 1}" in line


@pytest.mark.fault(36)
def test_a_gbk_file_names_its_encoding(own_home, capsys):
    path = own_home / "data/guangdong/areas.csv"
    path.write_bytes(path.read_text("utf-8").encode("gb18030"))
    line = refused(capsys, 3, "run", "baseline")
    assert "data/guangdong/areas.csv: row 2: not UTF-8 (it reads as GBK)" in line


def test_a_missing_column_is_named(own_home, capsys):
    edit(own_home / "data/guangdong/recipients.csv", ",known_from,", ",", 1)
    line = refused(capsys, 3, "run", "baseline")
    assert "data/guangdong/recipients.csv" in line
    assert "known_from" in line


@pytest.mark.fault(45)
def test_a_negative_standard_names_row_and_column(own_home, capsys):
    path = own_home / "data/guangdong/minima.csv"
    lines = path.read_text("utf-8").splitlines()
    row = next(
        number
        for number, line in enumerate(lines)
        if line.startswith("440000-C4,2024,Y,rural,dibao,minimum_standard,645")
    )
    lines[row] = lines[row].replace(",645,", ",-645,")
    path.write_text("\n".join(lines) + "\n", "utf-8")
    line = refused(capsys, 3, "memo")
    assert f"data/guangdong/minima.csv: row {row + 1}: column value" in line


def test_a_batch_is_not_a_scenario_and_a_batch_notebook_needs_a_batch(own_home, capsys):
    assert "not a name" in refused(capsys, 2, "run", "batch:memo")
    assert "use 'tibiao memo'" in refused(capsys, 2, "run", "baseline", "--notebook", "60_memo")
    assert "did you mean 30_next_year?" in refused(capsys, 2, "run", "baseline", "--notebook", "30_next_yaer")


def test_an_output_folder_that_cannot_be_made_is_infrastructure(own_home, capsys):
    assert main(["run", "baseline", "--out", "out/old.csv"]) == 5
    assert "cannot be written" in capsys.readouterr().err


def test_an_unknown_key_of_a_result_and_a_folder_without_manifest(own_home, capsys):
    assert "no such result" in refused(capsys, 2, "why", "baseline:guangdong:440000:::2025:Y:::extra_cots:central")
    assert "no manifest.json" in refused(capsys, 2, "verify", "out")
    assert "no such folder" in refused(capsys, 2, "verify", "out/nope")
    assert "fields; allowed: scenario:dataset:" in refused(capsys, 2, "why", "cost")
    assert main(["run", "baseline", "--out", "out"]) == 2
    assert "holds files and no manifest.json of this program" in capsys.readouterr().err
    assert [path.name for path in Path("out").iterdir()] == ["old.csv"]


def test_a_wrong_command_is_one_line(own_home, capsys):
    assert "No such command" in refused(capsys, 2, "memos")
    assert "'fr' is not one of 'zh', 'en'; see 'tibiao run --help'" in refused(
        capsys, 2, "run", "baseline", "--lang", "fr"
    )


def test_check_says_what_is_good(own_home, capsys):
    assert main(["check"]) == 0
    said = capsys.readouterr().out
    assert "scenario baseline: good" in said
    assert "dataset guangdong: good" in said


@pytest.mark.parametrize("named", [("--dataset", "guangdong"), ("--scenario", "baseline")])
def test_check_of_what_is_named_says_nothing_of_the_rest(own_home, capsys, named):
    assert main(["check", *named]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1].startswith("dataset guangdong: good")
    assert len(lines) == 1 + ("--scenario" in named)


def test_why_explains_a_number(own_home, capsys):
    assert main(["why", "baseline:guangdong:440000-C4:dibao:rural:2025:Y:::minimum_standard:central"]) == 0
    said = capsys.readouterr().out
    assert "value: 669.0" in said
    assert "step 6 rural_share: 667.575 to 669 (at least 0.75 of urban)" in said
    assert "formula: next year's minimum by the ten fixed steps" in said
    assert (
        "input Class four 2024 Y rural dibao minimum_standard: 645 yuan/person/month; press, known from 2024-04-30"
        in said
    )
    assert main(["why", "baseline:guangdong:440000:::2025:Y:::extra_cost:central"]) == 0
    assert re.search(r"rests on follow_share: .* worth 16\d\.\d million yuan a year", capsys.readouterr().out)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        pytest.param(("-p", "scenari", "rural80"), "did you mean scenario?", marks=pytest.mark.fault(18)),
        pytest.param(("-p", "overrides", "{draws: 500}"), "arrived as text", marks=pytest.mark.fault(19)),
        pytest.param(("-y", "overrides: {policy.rural_share.at_least: 5}"), "less than or equal to 1", marks=pytest.mark.fault(21)),
    ],
)  # fmt: skip
def test_plain_papermill_ends_non_zero_on_a_wrong_name_or_value(home, tmp_path, given, says):
    command = [
        sys.executable,
        "-m",
        "papermill",
        str(home / "notebooks/30_next_year.ipynb"),
        str(tmp_path / "o.ipynb"),
        *given,
    ]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.returncode != 0
    assert says in done.stderr


def test_git_status_is_unchanged_by_refusals(home):
    before = subprocess.run(["git", "status", "--porcelain"], cwd=home, capture_output=True, check=True).stdout
    assert main(["run", "basline"]) == 2
    after = subprocess.run(["git", "status", "--porcelain"], cwd=home, capture_output=True, check=True).stdout
    assert before == after


@pytest.mark.parametrize(
    ("file", "key", "says"),
    [
        ("params/assumptions/guangdong.yaml", "follow_share", "assumptions/guangdong.yaml:.*follow_share.reason"),
        ("params/sharing/guangdong.yaml", "low", "sharing/guangdong.yaml:.*low.reason"),
    ],
)
def test_check_refuses_a_range_or_a_share_set_without_a_reason(own_home, capsys, file, key, says):
    text = (own_home / file).read_text("utf-8")
    without = re.sub(rf"(?m)^({key}:\n(?:  .*\n)*?)  reason:\n    zh: .*\n    en: .*\n", r"\1", text, count=1)
    assert without != text
    (own_home / file).write_text(without, "utf-8")
    assert re.search(says + ": is missing", refused(capsys, 2, "check"))
    empty = re.sub(rf"(?m)^({key}:\n(?:  .*\n)*?)  reason:\n    zh: .*\n", r'\1  reason:\n    zh: ""\n', text, count=1)
    assert empty != text
    (own_home / file).write_text(empty, "utf-8")
    assert "a reason is missing" in refused(capsys, 2, "check")


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("sharing", "    class_2: {upper: 0.64, local: 0.36}\n", "", "middle.shares: class_2 is missing"),
        ("sharing", "    class_2: {upper: 0.58, local: 0.42}\n", "", "low.shares: class_2 is missing"),
        ("assumptions", "\nfollow_share:", "\nfolow_share:", "folow_share is not used by the model; .*did you mean follow_share?"),
        ("assumptions", "  low: -0.019\n  central: 0\n  high: 0.019\n", "  central: 0\n  scored: true\n", "tekun_deviation: scored: true: no past"),
    ],
)  # fmt: skip
def test_what_the_model_cannot_use_is_refused_by_check_and_before_a_run(own_home, capsys, file, old, new, says):
    edit(own_home / "params" / file / "guangdong.yaml", old, new)
    assert re.search(says, refused(capsys, 2, "run", "baseline"))
    assert main(["check"]) == 2
    assert re.search(says, capsys.readouterr().err)  # beside a sweep that varies what is no longer there


def test_why_says_which_name_a_scenario_with_overrides_has(own_home, capsys):
    key = "guangdong:440000:::2025:Y:::extra_cost:central"
    assert "is called 'baseline-" in refused(capsys, 2, "why", f"baseline:{key}", "--set", "fiscal.sharing=high")
    assert "repeat the --set" in refused(capsys, 2, "why", f"baseline-725150:{key}")
    assert "give both" in refused(capsys, 2, "run", "baseline", "--set", "timing.notice_month=8")
