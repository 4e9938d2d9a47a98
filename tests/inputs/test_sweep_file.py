import pytest

from analysis.errors import ParametersRefused
from analysis.inputs.parameters.sweep import MOST_COMBINATIONS
from analysis.inputs.scenario import read_scenario
from analysis.inputs.sweep import read_sweep

WHOLE = """id: probe
title: {zh: 试, en: probe}
question: {zh: 问, en: what?}
scenarios: [baseline]
grid:
  policy.rural_share.at_least: [0.75, 0.8]
  fiscal.expenditure_growth_share: [0.017, 0.05]
"""


@pytest.fixture
def written(tmp_path):
    def write(text=WHOLE, name="probe"):
        path = tmp_path / f"{name}.yaml"
        path.write_text(text, "utf-8")
        return str(path)

    return write


def test_a_sweep_crosses_every_value_with_every_other_and_the_last_key_changes_fastest(written, home):
    found = list(read_sweep(written(), home).combinations(home))
    assert [tuple(str(value) for value in one.values.values()) for one in found] == [
        ("0.75", "0.017"),
        ("0.75", "0.05"),
        ("0.8", "0.017"),
        ("0.8", "0.05"),
    ]
    assert {one.base for one in found} == {"baseline"}


def test_a_value_that_its_scenario_has_already_changes_nothing(written, home):
    same, richer, *_ = read_sweep(written(), home).combinations(home)
    assert same.scenario == read_scenario("baseline", home)
    assert richer.scenario == read_scenario("baseline", home, {"fiscal.expenditure_growth_share": 0.05})


def test_draws_count_as_an_override_so_that_the_same_scenario_can_be_run_by_itself(written, home):
    first, *_ = read_sweep(written(WHOLE + "draws: 200\n"), home).combinations(home)
    assert first.scenario == read_scenario("baseline", home, {"draws": 200})


def test_a_stored_sweep_is_read_by_its_name(home):
    assert read_sweep("rural_share", home).sweep.count == 120


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("scenarios: [baseline]", "scenarios: [basline]", ":4: scenarios: 'basline': no such scenario; allowed: baseline, "),
        ("scenarios: [baseline]", "scenarios: [baseline, baseline]", ": baseline stands twice"),
        ("id: probe", "id: other", ":1: id: other: allowed: probe, the file's own name"),
        ("grid:", "gird:", ":5: gird: no such key; allowed: by_area, draws, grid, "),
        ("[0.75, 0.8]", "[0.75, 0.750]", ":6: grid.policy.rural_share.at_least: "),
        ("[0.75, 0.8]", "[]", ":6: grid.policy.rural_share.at_least: "),
        ("[0.75, 0.8]", "[0.75, [0.8]]", "allowed: plain values, such as [0.75, 0.8]"),
        ("[0.75, 0.8]", "0.8", ":6: grid.policy.rural_share.at_least: "),
        ("grid:", "years: 11\ngrid:", ":5: years: 11: allowed: less than or equal to 10"),
        ("grid:", "draws: 99\ngrid:", ":5: draws: 99: allowed: greater than or equal to 100"),
        ("grid:", "draws: 200\ngrid:\n  draws: [300]", "draws stands in the grid too; keep one"),
        ("grid:", "target_share: 85\ngrid:", "a share is written 0.8, not 80"),
    ],
)  # fmt: skip
def test_a_sweep_file_is_refused_with_its_line_and_what_is_allowed(written, home, old, new, said):
    assert old in WHOLE
    with pytest.raises(ParametersRefused) as refused:
        read_sweep(written(WHOLE.replace(old, new)), home)
    assert said in str(refused.value)
    assert "probe.yaml" in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("at_least:", "at_leest:", "probe.yaml:6: grid: policy.rural_share.at_leest: no such key; did you mean policy.rural_share.at_least?"),
        ("[0.75, 0.8]", "[0.75, 80]", "probe.yaml:6: grid: policy.rural_share.at_least: 80: allowed: less than or equal to 1; a share is written 0.8"),
        ("[0.017, 0.05]", "[0.017, much]", "probe.yaml:7: grid: fiscal.expenditure_growth_share: "),
        ("fiscal.expenditure_growth_share: [0.017, 0.05]", "policy: [rural80]", "probe.yaml:7: grid: policy: names several values; allowed: policy."),
    ],
)  # fmt: skip
def test_a_value_that_no_scenario_allows_is_refused_where_the_sweep_says_it(written, home, old, new, said):
    assert old in WHOLE
    file = read_sweep(written(WHOLE.replace(old, new)), home)
    with pytest.raises(ParametersRefused) as refused:
        list(file.combinations(home))
    assert said in str(refused.value)
    assert str(refused.value).endswith("(scenario baseline)")


def test_too_many_combinations_and_an_unknown_name_are_refused(written, home):
    many = ", ".join(str(number / 1000) for number in range(400))
    text = WHOLE.replace("[0.75, 0.8]", f"[{many}]").replace("[0.017, 0.05]", f"[{many}]")
    with pytest.raises(ParametersRefused, match=f"160000 combinations; allowed: {MOST_COMBINATIONS} at most"):
        read_sweep(written(text), home)
    with pytest.raises(ParametersRefused, match="sweep 'rural_shar': no such file or name; .*did you mean rural_share"):
        read_sweep("rural_shar", home)
