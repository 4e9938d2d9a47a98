"""Batch files: the scenarios of a grid, and what is refused with file and line; scenarios with other values or data."""

import json
from decimal import Decimal

import pytest
from test_scenario import TEXT, refusal

from analysis.errors import ParametersRefused
from analysis.inputs.batch import cells, read_batch
from analysis.inputs.scenario import (
    names,
    on_package,
    parse_override,
    read_scenario,
    values_of,
    with_overrides,
)

HEAD = """\
id: own
title: {zh: 自己的, en: Own}
scenarios: [baseline, shock]
"""
TAIL = """\
proposed: baseline
notebooks: [30_next_year]
languages: [en]
"""
SHARE, FOLLOW = "policy.rural_share.at_least", "assumptions.follow_share.central"


@pytest.fixture
def batch(home, tmp_path):
    def reading(grid="", text=None):
        path = tmp_path / "own.yaml"
        path.write_text(text or HEAD + grid + TAIL, "utf-8")
        return read_batch("", home, path)

    return reading


def test_without_a_grid_each_scenario_is_one_cell_as_it_is(batch, home):
    assert cells(batch(), home) == {"baseline": ("baseline", {}), "shock": ("shock", {})}


def test_a_grid_takes_each_combination_once_and_leaves_out_what_a_scenario_has_already(batch, home):
    found = cells(batch(f"grid:\n  {SHARE}: [0.75, 0.8]\n  {FOLLOW}: [0.77, 0.6]\n"), home)
    told = [(name, {key: str(value) for key, value in changed.items()}) for name, changed in found.values()]
    combinations = [{}, {FOLLOW: "0.6"}, {SHARE: "0.8"}, {SHARE: "0.8", FOLLOW: "0.6"}]
    assert told == [(name, changed) for name in ("baseline", "shock") for changed in combinations]
    assert [key for key in found if "-" not in key] == ["baseline", "shock"]
    for key, (name, changed) in found.items():
        assert key == (read_scenario(name, home, changed).id if changed else name)


def test_a_grid_may_hold_words_and_switches(batch, home):
    found = cells(batch("grid:\n  fiscal.sharing: [middle, low]\n  policy.ceiling.on: [true, false]\n"), home)
    assert len(found) == 8
    assert found["baseline"] == ("baseline", {})


@pytest.mark.parametrize(
    ("grid", "said"),
    [
        (f"grid:\n  {FOLLOW}: [0.77]\n  policy.rural_share.at_lest: [0.8]\n",
         "own.yaml:6: grid: policy.rural_share.at_lest: no such key; did you mean policy.rural_share.at_least?"),
        (f"grid:\n  {FOLLOW}: [0.77]\n  {SHARE}: [0.75, 8]\n",
         f"own.yaml:6: grid: {SHARE}: 8: allowed: less than or equal to 1; a share is written 0.8, not 80"),
        (f"grid:\n  {SHARE}: [0.8]\n",
         "own.yaml:6: proposed: baseline: no cell of the grid is baseline as it is; "
         "add its own values to the grid, or propose one of the cells"),
    ],
)  # fmt: skip
def test_a_grid_is_refused_with_its_line(batch, grid, said):
    message = refusal(batch, grid)
    assert message.endswith(said)
    assert message.partition("own.yaml")[0].endswith("/")


def test_of_a_misspelt_scenario_and_what_is_proposed_the_misspelling_is_said(batch):
    text = HEAD.replace("baseline", "basline") + TAIL
    assert "own.yaml:3: scenario 'basline': no such scenario; " in refusal(batch, "", text)
    text = HEAD + TAIL.replace("baseline", "tight")
    assert refusal(batch, "", text).endswith(
        "own.yaml:4: proposed: tight: is not one of the scenarios; allowed: baseline, shock"
    )


def test_a_cell_of_the_grid_may_be_proposed(batch, home):
    key = read_scenario("baseline", home, {SHARE: Decimal("0.8")}).id
    text = (HEAD + f"grid:\n  {SHARE}: [0.8]\n" + TAIL).replace("proposed: baseline", f"proposed: {key}")
    assert batch(text=text).proposed == key


def test_a_batch_is_named_like_its_file_and_names_its_scenarios_right(batch):
    assert refusal(batch, "", (HEAD + TAIL).replace("id: own", "id: other")).endswith(
        "own.yaml:1: id: other: allowed: own, the file's own name"
    )
    assert "own.yaml:3: scenario 'shok': no such scenario; allowed: " in refusal(
        batch, "", (HEAD + TAIL).replace("shock", "shok")
    )


def test_a_stored_batch_is_named_like_its_file_too(copied_home):
    path = copied_home / "params" / "batches" / "memo.yaml"
    path.write_text(path.read_text("utf-8").replace("id: memo", "id: moment"), "utf-8")
    said = refusal(read_batch, "memo", copied_home)
    assert said == "params/batches/memo.yaml:1: id: moment: allowed: memo, the file's own name"
    assert refusal(read_batch, "memos", copied_home).startswith("batch 'memos': no such file in params/batches; ")


def test_a_broken_scenario_of_a_batch_is_laid_at_its_own_file(copied_home):
    path = copied_home / "params" / "scenarios" / "shock.yaml"
    path.write_text(path.read_text("utf-8") + "sed: 1\n", "utf-8")
    own = copied_home / "own.yaml"
    own.write_text(HEAD + f"grid:\n  {SHARE}: [0.75]\n" + TAIL, "utf-8")
    said = refusal(read_batch, "", copied_home, own)
    assert said.startswith("params/scenarios/shock.yaml:")
    assert "sed: no such key" in said


def test_every_single_value_of_a_scenario_stands_under_its_dotted_key(home):
    scenario = read_scenario("baseline", home, {SHARE: 0.8})
    values = values_of(scenario)
    assert values[SHARE] == Decimal("0.8")
    assert values["policy.rule.urban.kind"] == "fixed"
    assert values["sharing.middle.shares.class_4.upper"] == Decimal("0.64")
    assert values["title.en"] == scenario.title.en
    assert not [key for key in values if key.startswith("overrides")]
    assert all(values_of(with_overrides(scenario, {SHARE: 0.9}))[key] == values[key] for key in values if key != SHARE)


def test_a_resolved_scenario_with_another_value_keeps_its_name(home):
    scenario = read_scenario("baseline", home)
    changed = with_overrides(scenario, {SHARE: Decimal("0.8"), "draws": 300})
    assert (changed.id, changed.policy.rural_share.at_least, changed.draws) == ("baseline", Decimal("0.8"), 300)
    assert (scenario.policy.rural_share.at_least, scenario.draws) == (Decimal("0.75"), 5000)
    for overrides, said in (
        ({SHARE: 0.75}, f"overrides: {SHARE}: 0.75 is what it is already; leave it out"),
        ({SHARE: 8}, f"overrides: {SHARE}: 8: allowed: less than or equal to 1"),
        (
            {"policy.rural_shar.at_least": 1},
            f"overrides: policy.rural_shar.at_least: no such key; did you mean {SHARE}?",
        ),
    ):
        assert said in refusal(with_overrides, scenario, overrides)


@pytest.mark.parametrize("key", ["question.en", "overrides", "overrides.seed", "title.zh"])
def test_what_names_a_scenario_is_not_overridden(home, key):
    message = refusal(read_scenario, "baseline", home, {key: "other"})
    assert message.startswith(f"overrides: {key}: no such key")
    assert "did you mean title" not in message
    assert "did you mean question" not in message


def test_a_key_that_is_near_to_none_is_told_what_keys_look_like(home):
    said = "overrides: zzz: no such key; keys look like policy.rural_share.at_least"
    assert refusal(read_scenario, "baseline", home, {"zzz": 1}) == said
    near = "overrides: policy.ratchet.o: no such key; did you mean policy.ratchet.on?"
    assert refusal(read_scenario, "baseline", home, {"policy.ratchet.o": True}) == near


def test_the_name_of_a_changed_scenario_follows_from_its_values_however_they_are_written(home):
    first = read_scenario("baseline", home, {SHARE: 0.8, "seed": 7})
    again = read_scenario("baseline", home, {"seed": 7, SHARE: Decimal("0.80")})
    assert first.id == again.id == "baseline-" + first.id[-6:]
    assert len(first.id) == len("baseline-") + 6
    assert first.title.en.endswith(f" ({SHARE}=0.8, seed=7)")
    assert first.title.zh.endswith(f"（{SHARE}=0.8, seed=7）")
    assert read_scenario("baseline", home, {"draws": 3000}).title.en.endswith("(draws=3000)")
    assert read_scenario("baseline", home, {"policy.ceiling.on": False}).title.en.endswith("(policy.ceiling.on=False)")
    assert read_scenario("baseline", home, {"fiscal.sharing": "low"}).title.en.endswith("(fiscal.sharing=low)")
    others = [read_scenario("baseline", home, {SHARE: share}).id for share in (0.8, 0.81)]
    assert len({first.id, *others}) == 3


def test_scenarios_hold_the_groups_that_they_have_in_common_once(home):
    one, other = read_scenario("baseline", home), read_scenario("baseline", home, {SHARE: 0.8})
    assert one.fiscal is other.fiscal
    assert one.assumptions["follow_share"] is other.assumptions["follow_share"]
    assert one.sharing["middle"] is other.sharing["middle"]
    assert one.policy is not other.policy
    assert one.policy != other.policy


def test_a_part_that_is_not_named_is_asked_for(home, tmp_path):
    path = tmp_path / "mine.yaml"
    for key, folder in (("fiscal", "fiscal"), ("policy", "policies"), ("assumptions", "assumptions")):
        lines = [line for line in TEXT.splitlines() if not line.startswith(f"{key}:")]
        path.write_text("\n".join(lines) + "\n", "utf-8")
        message = refusal(read_scenario, "", home, None, path)
        assert f"{key}: is missing; allowed: {', '.join(names(folder, home))}" in message


# Other data


def laid_over(home, name, below):
    folder = home / "local" / "data" / name
    folder.mkdir(parents=True)
    (folder / "datapackage.json").write_text(json.dumps({"built_on": below} if below else {}), "utf-8")


def test_a_scenario_goes_with_its_own_package_and_with_one_that_was_laid_over_it(copied_home):
    laid_over(copied_home, "june", "guangdong")
    laid_over(copied_home, "alone", None)
    scenario = read_scenario("baseline", copied_home)
    assert on_package(scenario, "guangdong", copied_home) is scenario
    june = on_package(scenario, "june", copied_home)
    assert (june.dataset, scenario.dataset, june.id) == ("june", "guangdong", "baseline")
    for other in ("indonesia", "alone"):
        assert refusal(on_package, scenario, other, copied_home) == (
            f"scenario 'baseline' is planned on dataset 'guangdong', not on '{other}', which was not laid over it; on another "
            "package only the dataset notebooks (00, 10, 20) run, and scenarios with its name in dataset"
        )
    assert refusal(on_package, scenario, "jun", copied_home) == (
        "dataset 'jun': no such package in data or local/data; allowed: alone, guangdong, indonesia, june; did you mean june?"
    )
    with pytest.raises(ParametersRefused, match="^dataset '../june': not a name"):
        on_package(scenario, "../june", copied_home)


def test_a_wrong_id_is_laid_at_its_line_and_is_shown(copied_home):
    for kind, name, call in (("scenarios", "tight", read_scenario), ("batches", "memo", read_batch)):
        path = copied_home / "params" / kind / f"{name}.yaml"
        lines = path.read_text("utf-8").splitlines()
        rest = [line for line in lines if not line.startswith("id:")]
        path.write_text("\n".join([*rest, "id: other", ""]), "utf-8")
        assert refusal(call, name, copied_home) == (
            f"params/{kind}/{name}.yaml:{len(rest) + 1}: id: other: allowed: {name}, the file's own name"
        )


def test_a_value_on_the_command_line_is_refused_by_its_key():
    assert refusal(parse_override, "rate=.nan").startswith("--set rate: .nan: ")
    assert (
        refusal(parse_override, "rate") == "--set 'rate': allowed: KEY=VALUE, such as policy.rural_share.at_least=0.8"
    )
