import re
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from analysis.errors import ParametersRefused
from analysis.inputs.batch import read_batch
from analysis.inputs.scenario import SCENARIO_FILE, names, parse_override, parse_overrides, read_scenario

TEXT = """\
id: mine
title: {zh: 我的, en: Mine}
question: {zh: 多少, en: How much}
dataset: guangdong
as_of: 2024-06-30
base_year: 2024
fiscal: baseline
sharing: guangdong
policy: rise35
assumptions: guangdong
seed: 1
draws: 200
"""


@pytest.fixture
def read(home, tmp_path):
    def reading(text, overrides=None):
        path = tmp_path / "mine.yaml"
        path.write_text(text, "utf-8")
        return read_scenario("", home, overrides, file=path)

    return reading


def refusal(call, *arguments):
    with pytest.raises(ParametersRefused) as refused:
        call(*arguments)
    assert "\n" not in str(refused.value)
    return str(refused.value)


def test_every_stored_scenario_and_batch_is_read(home):
    for name in names("scenarios", home):
        scenario = read_scenario(name, home)
        assert (scenario.id, scenario.as_of, scenario.base_year) == (name, date(2024, 6, 30), 2024)
    for name in names("batches", home):
        assert read_batch(name, home).id == name


def test_a_scenario_holds_exact_decimals_of_what_it_names(read):
    scenario = read(TEXT)
    assert scenario.policy.rule.urban.rise_share == Decimal("0.035")
    assert scenario.policy.rural_share.at_least == Decimal("0.75")
    assert scenario.fiscal.sharing == "middle"
    assert scenario.shares == scenario.sharing["middle"]
    assert scenario.shares.shares["class_4"] == {"upper": Decimal("0.64"), "local": Decimal("0.36")}
    assert (scenario.timing.notice_month, scenario.timing.pay_month) == (1, 1)
    assert scenario.assumptions["response_share"].central == Decimal("0.25")


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("seed: 1", "sede: 1", 11, "sede: no such key; .*did you mean seed\\?"),
        ("title: {zh: 我的, en: Mine}", "title: {zh: 我的, eng: Mine}", 2, "title.eng: no such key; .*did you mean en"),
        ("draws: 200\n", "", 1, "draws: is missing"),
        ("base_year: 2024", "base_year: 2024.5", 6, "base_year: 2024.5: allowed: a.* integer"),
        ("base_year: 2024", "base_year: '2024'", 6, "base_year: 2024: allowed: a.* integer"),
        ("base_year: 2024", "base_year: 20265", 6, "base_year: 20265: allowed: less than or equal to 2100"),
        ("base_year: 2024", "base_year: true", 6, "base_year: True: allowed: a.* integer"),
        ("seed: 1", "seed: -1", 11, "seed: -1: allowed: greater than or equal to 0"),
        ("seed: 1", "seed: .nan", 11, "seed: .nan: not a number"),
        ("draws: 200", "draws: .inf", 12, "draws: .inf: not a number"),
        ("draws: 200", "draws: 1_000", 12, "draws: 1_000: allowed: a.* integer"),
        ("draws: 200", "draws: 12:30", 12, "draws: 12:30: allowed: a.* integer"),
        ("draws: 200", "draws: 0200", 12, "draws: 0200: would lose its leading zero"),
        ("draws: 200", "draws: 99", 12, "draws: 99: allowed: greater than or equal to 100"),
        ("draws: 200", "draws: ~", 12, "draws: None: allowed: a.* integer"),
        ("as_of: 2024-06-30", "as_of: 2024-06-31", 5, "as_of: 2024-06-31: "),
        ("as_of: 2024-06-30", "as_of: 20240630", 5, "as_of: 20240630: allowed: a.* date"),
        ("question: {zh: 多少, en: How much}", "question: How much", 3, "question: "),
        ("question: {zh: 多少, en: How much}", "question: {zh: 多少, en: off, fr: x}", 3, "question.fr: no such key"),
        ("policy: rise35", "policy: rise36", 9, "policy 'rise36': no such file in params/policies; .*mean rise35"),
        ("policy: rise35", "policy: ../policies/rise35", 9, "policy '../policies/rise35': not a name"),
        ("policy: rise35", "policy: [rise35]", 9, "policy .*: not a name"),
        ("fiscal: baseline", "fiscal: baselin", 7, "fiscal 'baselin': no such file in params/fiscal"),
        ("sharing: guangdong", "sharing: guangdon", 8, "sharing 'guangdon': no such file in params/sharing; .*mean guangdong"),
        ("sharing: guangdong\n", "", 1, "sharing: is missing; allowed: guangdong"),
        ("draws: 200", "draws: 200\ntiming: {notice_month: 5, pay_month: 4}", 13, "timing: pay_month 4 lies before notice_month 5"),
        ("draws: 200", "draws: 200\ntiming: {notice_month: 0}", 13, "timing.notice_month: 0: allowed: greater than or equal to 1"),
        ("draws: 200", "draws: 200\noverrides:\n  fiscal.sharing: midle", 14, "fiscal.sharing 'midle': allowed: high, low, middle; did you mean middle"),
        ("title: {zh: 我的, en: Mine}", "title: 自设", 2, "title: 自设: allowed: keys of its own, one a line: zh, en$"),
        ("draws: 200", "draws: 200\noverrides: [a]", 13, "overrides: allowed: dotted keys"),
        ("draws: 200", "draws: 200\noverrides:\n  policy.ratchet.of: false", 14, "policy.ratchet.of: no such key; did you mean policy.ratchet.on"),
        ("draws: 200", "draws: 200\noverrides:\n  draws: 200", 14, "draws: 200 is what it is already"),
        ("draws: 200", "draws: 200\noverrides:\n  draws: 5", 14, "draws: 5: allowed: greater than or equal to 100"),
    ],
)  # fmt: skip
def test_a_refusal_names_file_line_key_value_and_what_is_allowed(read, old, new, line, says):
    assert old in TEXT
    message = refusal(read, TEXT.replace(old, new))
    assert re.search(rf"mine\.yaml:{line}: {says}", message), message


@pytest.mark.parametrize("word", ["no", "on", "off", "yes", "NO"])
def test_yaml_1_1_words_stay_text_in_a_title(read, word):
    assert read(TEXT.replace("Mine", word)).title.en == word


@pytest.mark.parametrize(
    ("overrides", "says"),
    [
        ({"policy.rural_share.atleast": 0.8}, "no such key; did you mean policy.rural_share.at_least?"),
        ({"policy.rural_share": 0.8}, "no such key; did you mean policy.rural_share.at_least?"),
        (
            {"assumptions.follow_share": 0.8},
            "names several values; allowed: assumptions.follow_share.",
        ),
        ({"policy.rule": 1}, "policy.rule.urban.price_weight, policy.rule.urban.of_minimum_wage_share, ..."),
        (
            {"dataset": "indonesia"},
            "dataset: a package is named by --dataset, or by dataset in a scenario file of your",
        ),
        ({"assumptions.folow_share.low": 1}, "no such key; did you mean assumptions.follow_share.low?"),
        ({"x=1;open('canary','w')": 1}, "no such key"),
        ({"__class__": 1}, "no such key"),
        ({"id": "other"}, "id: no such key"),
        ({"title.en": "other"}, "title.en: no such key"),
        ({"policy.rural_share.at_least": 0.75}, "0.75 is what it is already; leave it out"),
        ({"policy.rural_share.at_least": "0.75"}, "is what it is already"),
        ({"policy.ratchet.on": True}, "is what it is already"),
        ({"policy.rural_share.at_least": "abc"}, "abc: allowed: a number"),
        ({"policy.rural_share.at_least": "0.8"}, "0.8: allowed: a number"),
        ({"policy.rural_share.at_least": True}, "True: allowed: a number"),
        ({"policy.rural_share.at_least": None}, "None: allowed: a number"),
        ({"policy.rural_share.at_least": float("nan")}, "NaN: allowed: a finite number"),
        ({"policy.rural_share.at_least": float("inf")}, "allowed: "),
        ({"policy.rural_share.at_least": 1.01}, "1.01: allowed: less than or equal to 1"),
        ({"policy.rule.urban.rise_share": 5}, "5: allowed: less than or equal to 0.5"),
        ({"policy.round_urban.step_yuan": 0}, "0: allowed: greater than 0"),
        ({"policy.round_urban.mode": "sideways"}, "allowed: 'up', 'nearest' or 'down'"),
        ({"policy.rule.urban.kind": "flat"}, "kind flat needs rise_yuan_month"),
        ({"policy.catch_up.kind": "target"}, "kind target needs target_ratio"),
        ({"sharing.middle.shares.class_1.upper": 0.5}, "the shares of class_1 sum to 0.86, not to 1"),
        ({"assumptions.follow_share.low": 0.9}, "low 0.9, central 0.77, high 1 are not in order"),
        ({"assumptions.follow_share.high": Decimal("1e400")}, "allowed: a finite number"),
    ],
)
def test_an_override_that_is_not_allowed_is_refused_by_its_key(home, overrides, says):
    message = refusal(read_scenario, "baseline", home, overrides)
    assert says in message
    assert "Traceback" not in message


@pytest.mark.parametrize("value", [5, -1, Decimal("1.0001")])
def test_a_share_that_is_assumed_lies_between_0_and_1(home, value):
    end = "low" if value < 0 else "high"
    refusal(read_scenario, "baseline", home, {f"assumptions.class4_part_jiangmen.{end}": value})


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("caseload_deviation_rural.central", 2024, "central 2024; allowed for the unit 'share a year': -1 to 1"),
        ("allocation_need.high", 1000, "high 1000; allowed for the unit 'exponent': 0 to 20"),
        ("class1_supplement_growth.high", 99, "high 99; allowed for the unit 'times': 0 to 20"),
    ],
)
def test_a_value_that_its_unit_cannot_have_is_refused_also_where_the_range_is_measured(home, key, value, says):
    assert says in refusal(read_scenario, "baseline", home, {f"assumptions.{key}": value})


def test_overrides_of_the_command_come_after_those_of_the_file(read):
    text = f"{TEXT}overrides:\n  draws: 300\n  policy.rural_share.at_least: 0.8\n"
    own = read(text)
    assert (own.draws, own.policy.rural_share.at_least) == (300, Decimal("0.8"))
    given = read(text, {"policy.rural_share.at_least": 0.85})
    assert (given.draws, given.policy.rural_share.at_least) == (300, Decimal("0.85"))
    assert given.overrides == {"draws": "300", "policy.rural_share.at_least": "0.85"}
    assert read(TEXT).overrides == {}


OWN = """\
id: {id}
title: {{zh: 标题, en: Title of {id}}}
question: {{zh: 问题, en: What of {id}}}
"""


@pytest.fixture
def store(copied_home):
    """Store a scenario that extends another; its first line after `extends` is line 5."""

    def storing(name, parent, *lines):
        text = OWN.format(id=name) + "\n".join([f"extends: {parent}", *lines, ""])
        (copied_home / "params" / "scenarios" / f"{name}.yaml").write_text(text, "utf-8")
        return copied_home

    return storing


def rest(scenario):
    return scenario.model_dump(exclude={"id", "title", "question", "overrides"})


def test_a_child_takes_what_it_does_not_write_from_its_parent_and_from_that_ones_parent(store):
    store("late_flat", "late", "policy: flat")
    home = store("youngest", "late_flat", "draws: 300")
    baseline, flat, late = (read_scenario(name, home) for name in ("baseline", "flat", "late"))
    child = read_scenario("youngest", home)
    assert (child.id, child.title.en, child.question.en) == ("youngest", "Title of youngest", "What of youngest")
    assert (late.timing.notice_month, late.timing.pay_month, flat.policy.id) == (5, 6, "flat")
    taken = {"policy": flat.policy.model_dump(), "timing": late.timing.model_dump(), "draws": 300}
    assert rest(child) == {**rest(baseline), **taken}


def test_a_timing_replaces_that_of_the_parent_whole(store):
    timing = read_scenario("child", store("child", "late", "timing: {pay_month: 3}")).timing
    assert (timing.notice_month, timing.pay_month) == (1, 3)


@pytest.mark.parametrize("by_file", [None, "child"])
@pytest.mark.parametrize("by_parent", [None, "0.81"])
@pytest.mark.parametrize("by_child", [None, "0.82"])
@pytest.mark.parametrize("by_command", [None, Decimal("0.83")])
def test_files_then_parent_then_child_then_command_and_the_last_one_holds(
    store, by_file, by_parent, by_child, by_command
):
    key = "policy.rural_share.at_least"

    def lines(value):
        return ["overrides:", f"  {key}: {value}"] if value else []

    store("parent", "baseline", *lines(by_parent), *([] if by_parent else ["draws: 300"]))
    home = store("child", "parent", *(["policy: rural80"] if by_file else []), *lines(by_child))
    scenario = read_scenario("child", home, {key: by_command} if by_command else None)
    last = by_command or by_child or by_parent
    assert scenario.policy.rural_share.at_least == Decimal(last or ("0.8" if by_file else "0.75"))
    assert scenario.policy.id == ("rural80" if by_file else "rise35")
    assert scenario.overrides == ({key: str(last)} if last else {})


def test_the_overrides_of_parent_and_child_are_told_together(store):
    store("parent", "baseline", "overrides:", "  seed: 7", "  draws: 300")
    home = store("child", "parent", "overrides:", "  draws: 5000", "  policy.ceiling.on: false")
    scenario = read_scenario("child", home, {"horizon": 2})
    assert (scenario.seed, scenario.draws, scenario.policy.ceiling.on, scenario.horizon) == (7, 5000, False, 2)
    told = {"draws": "5000", "horizon": "2", "policy.ceiling.on": "False", "seed": "7"}
    assert list(scenario.overrides.items()) == list(told.items())


CHANGES = {
    "as_of": "2024-12-31",
    "horizon": "2",
    "fiscal": "shock",
    "policy": "rural80",
    "timing": "{notice_month: 4, pay_month: 5}",
    "seed": "7",
    "draws": "300",
}
OVERRIDES = {"policy.ceiling.on": "false", "assumptions.follow_share.low": "0.1", "fiscal.sharing": "low"}


@settings(max_examples=20)
@given(st.sets(st.sampled_from(sorted(CHANGES))), st.sets(st.sampled_from(sorted(OVERRIDES))))
@example(set(), set())
@example(set(CHANGES), set(OVERRIDES))
def test_what_extends_another_is_what_is_written_out_in_full(home, read, keys, overridden):
    overrides = "".join(["overrides:\n", *(f"  {key}: {OVERRIDES[key]}\n" for key in overridden)]) if overridden else ""
    own, _, parent = (home / "params" / "scenarios" / "baseline.yaml").read_text("utf-8").partition("dataset: ")
    lines = [line for line in f"dataset: {parent}".splitlines() if not line.startswith("#")]
    full = dict(line.split(": ", 1) for line in lines) | {key: CHANGES[key] for key in keys}
    short = "extends: baseline\n" + "".join(f"{key}: {CHANGES[key]}\n" for key in keys) + overrides
    in_full = "".join(f"{key}: {value}\n" for key, value in full.items()) + overrides
    assert "baseline" in own
    child, whole = read(OWN.format(id="mine") + short), read(OWN.format(id="mine") + in_full)
    assert child == whole
    assert child.sha256() == whole.sha256()


@pytest.mark.parametrize(
    ("parent", "child", "says"),
    [
        # The place is that of the child for what the child writes...
        ("draws: 300", "draws: 99", "child.yaml:5: draws: 99: allowed: greater than or equal to 100"),
        ("draws: 300", "polcy: flat", "child.yaml:5: polcy: no such key; .*did you mean policy\\?"),
        ("draws: 300", "policy: fla", "child.yaml:5: policy 'fla': no such file in params/policies; .*mean flat\\?"),
        ("draws: 300", "timing: {pay_month: 13}", "child.yaml:5: timing.pay_month: 13: allowed"),
        ("draws: 300", "overrides: [a]", "child.yaml:5: overrides: allowed: dotted keys"),
        ("draws: 300", "overrides:\n  draws: 5", "child.yaml:6: draws: 5: allowed: greater"),
        ("overrides:\n  draws: 300", "overrides:\n  draws: 5", "child.yaml:6: draws: 5: allowed: greater"),
        ("draws: 300", "overrides:\n  drws: 5", "child.yaml:6: drws: no such key; did you mean draws\\?"),
        ("draws: 300", "overrides:\n  policy.rule.rural.kind: flat", "child.yaml:6: .*kind flat needs rise_yuan_month"),
        # ...and that of the parent for what it takes from there.
        ("draws: 99", "seed: 1", "parent.yaml:5: draws: 99: allowed: greater than or equal to 100"),
        ("drws: 300", "draws: 400", "parent.yaml:5: drws: no such key; .*did you mean draws\\?"),
        ("policy: fla", "seed: 1", "parent.yaml:5: policy 'fla': no such file in params/policies; .*mean flat\\?"),
        ("timing: {pay_month: 13}", "seed: 1", "parent.yaml:5: timing.pay_month: 13: allowed"),
        ("overrides: [a]", "seed: 1", "parent.yaml:5: overrides: allowed: dotted keys"),
        ("overrides:\n  draws: 5", "seed: 1", "parent.yaml:6, extended by {child}: draws: 5: allowed: greater"),
        ("overrides:\n  drws: 5", "seed: 1", "parent.yaml:6, extended by {child}: drws: no such key; did you mean draws"),
        ("overrides:\n  fiscal.sharing: midle", "seed: 1", "parent.yaml:6, .*: fiscal.sharing 'midle': allowed: high, low"),
        # An override that changes nothing, in the child, or in the parent once the child names another file.
        ("draws: 300", "overrides:\n  draws: 300", "child.yaml:6: draws: 300 is what it is already; leave it out"),
        ("overrides:\n  draws: 300", "overrides:\n  draws: 300", "child.yaml:6: draws: 300 is what it is already"),
        ("overrides:\n  policy.rural_share.at_least: 0.8", "policy: rural80",
         "parent.yaml:6, extended by {child}: policy.rural_share.at_least: 0.8 is what it is already"),
        # A key that is what it is already, or that an override of the parent would undo.
        ("draws: 300", "draws: 300", "child.yaml:5: draws: 300 is what it is already in {parent}:5; leave it out"),
        ("draws: 300", "policy: rise35",
         "child.yaml:5: policy: rise35 is what it is already in params/scenarios/baseline.yaml:14; leave it out"),
        ("timing: {notice_month: 2, pay_month: 3}", "timing: {pay_month: 3, notice_month: 2}",
         "child.yaml:5: timing: is what it is already in {parent}:5; leave it out"),
        ("overrides:\n  draws: 300", "draws: 400", "child.yaml:5: draws: {parent}:6 overrides it; write it under overrides"),
        ("overrides:\n  timing.pay_month: 6", "timing: {pay_month: 5}", "child.yaml:5: timing: {parent}:6 overrides it"),
    ],
)  # fmt: skip
def test_a_refusal_names_the_place_in_the_parent_or_in_the_child(store, parent, child, says):
    store("parent", "baseline", parent)
    message = refusal(read_scenario, "child", store("child", "parent", child))
    places = {"{parent}": "params/scenarios/parent.yaml", "{child}": "params/scenarios/child.yaml"}
    for name, place in places.items():
        says = says.replace(name, place)
    assert re.match(f"params/scenarios/{says}", message), message


@pytest.mark.parametrize("key", ["title", "question"])
def test_a_child_writes_its_own_title_and_question(store, key):
    home = store("child", "rural80")
    path = home / "params" / "scenarios" / "child.yaml"
    lines = path.read_text("utf-8").splitlines()
    place = next(number for number, line in enumerate(lines) if line.startswith(key))

    def with_line(line):
        path.write_text("\n".join([*lines[:place], *line, *lines[place + 1 :], ""]), "utf-8")
        return refusal(read_scenario, "child", home)

    assert with_line([]) == f"params/scenarios/child.yaml:1: {key}: is missing"
    assert f"child.yaml:{place + 1}: {key}.en: is missing" in with_line([f"{key}: {{zh: 标题}}"])
    assert f"child.yaml:{place + 1}: {key[:-1]}: no such key; " in with_line([lines[place].replace(key, key[:-1])])
    text = (home / "params" / "scenarios" / "rural80.yaml").read_text("utf-8")
    same = re.search(rf"^{key}:\n.*\n.*$", text, re.M)
    assert with_line(same[0].splitlines()) == (
        f"params/scenarios/child.yaml:{place + 1}: {key}: is what it is already in "
        f"params/scenarios/rural80.yaml:{text[: same.start()].count(chr(10)) + 1}; write its own"
    )


def test_a_child_writes_its_own_id(store, read):
    home = store("child", "baseline")
    path = home / "params" / "scenarios" / "child.yaml"
    path.write_text(path.read_text("utf-8").replace("id: child\n", ""), "utf-8")
    assert "id: None: allowed: child, the file's own name" in refusal(read_scenario, "child", home)
    short = OWN.format(id="mine") + "extends: baseline\n"
    assert re.search(r"mine\.yaml:1: id: is missing$", refusal(read, short.replace("id: mine\n", "")))
    assert (
        "mine.yaml:1: id: baseline is what it is already in params/scenarios/baseline.yaml:1; write its own"
        in refusal(read, short.replace("id: mine", "id: baseline"))
    )


@pytest.mark.parametrize(
    ("parent", "says"),
    [
        ("baselin", "scenario 'baselin': no such file in params/scenarios; allowed: .*; did you mean baseline\\?"),
        ("../baseline", "scenario '../baseline': not a name"),
        ("[baseline, late]", "scenario .*: not a name"),
        ("", "scenario: is missing; allowed: baseline, "),
    ],
)
def test_a_parent_that_is_not_there_is_refused_with_the_nearest_name(store, parent, says):
    message = refusal(read_scenario, "child", store("child", parent))
    assert re.match(rf"params/scenarios/child\.yaml:4: extends: {says}", message), message


def test_a_misspelt_extends_is_refused_with_the_nearest_name(read):
    message = refusal(read, OWN.format(id="mine") + "extend: baseline\n")
    assert re.search(r"mine\.yaml:4: extend: no such key; .*did you mean extends\?", message), message


def test_a_cycle_is_refused_with_its_chain(store, tmp_path):
    store("first", "second")
    store("second", "third")
    home = store("third", "second")
    ending = "third extends second; allowed: a chain that ends"
    assert refusal(read_scenario, "first", home) == (
        f"params/scenarios/third.yaml:4: extends: first extends second extends {ending}"
    )
    assert refusal(read_scenario, "third", home) == (
        "params/scenarios/second.yaml:4: extends: third extends second extends third; allowed: a chain that ends"
    )
    store("third", "third")
    assert "third.yaml:4: extends: third extends third; " in refusal(read_scenario, "third", home)
    own = tmp_path / "own.yaml"
    own.write_text(OWN.format(id="own") + "extends: third\n", "utf-8")
    assert "own extends third extends third; " in refusal(read_scenario, "", home, None, own)


def test_a_file_of_ones_own_extends_a_stored_scenario(home, read, tmp_path, monkeypatch):
    # A file beside it is not what it extends.
    (tmp_path / "tight.yaml").write_text("no: scenario\n", "utf-8")
    text = OWN.format(id="mine") + "extends: tight\ndraws: 300\n"
    scenario, tight = read(text), read_scenario("tight", home)
    assert (scenario.id, scenario.draws) == ("mine", 300)
    assert rest(scenario) == {**rest(tight), "draws": 300}
    monkeypatch.setenv(SCENARIO_FILE, str(tmp_path / "mine.yaml"))
    assert read_scenario("mine", home) == scenario
    assert re.search(r"mine\.yaml:5: draws: 9: allowed", refusal(read, text.replace("300", "9")))


def test_the_hash_of_a_scenario_changes_with_any_value_and_with_nothing_else(home):
    plain = read_scenario("baseline", home).sha256()
    assert read_scenario("baseline", home).sha256() == plain
    changes = [
        {"seed": 7},
        {"policy.ceiling.on": False},
        {"assumptions.allocation_need.high": 4},
        {"as_of": "2024-07-01"},
    ]
    hashes = {read_scenario("baseline", home, change).sha256() for change in changes}
    assert len(hashes | {plain}) == 5


PATHS = [
    "../baseline",
    "/etc/passwd",
    "a/b",
    "a\\b",
    "a\0b",
    "base\nline",
    "x" * 300,
    "-rf",
    "CON",
    "Baseline",
    "",
    "é",
]


@pytest.mark.parametrize("name", PATHS)
def test_a_scenario_name_that_could_be_a_path_is_refused(home, name):
    says = "64 at most" if name else "is missing; allowed: "
    assert says in refusal(read_scenario, name, home)
    assert says in refusal(read_batch, name, home)


@pytest.mark.parametrize("name", ["../../x", "/abs", "a/b", "Mine", "x" * 300])
def test_the_id_of_a_scenario_file_is_a_name_too(read, name):
    refusal(read, TEXT.replace("id: mine", f"id: '{name}'"))


def test_an_unknown_scenario_is_refused_with_the_nearest_name(home):
    message = refusal(read_scenario, "rural8", home)
    assert message.startswith("scenario 'rural8': no such file in params/scenarios; allowed: baseline, flat, freeze, ")
    assert message.endswith("; did you mean rural80?")


def test_a_batch_that_names_an_unknown_scenario_is_refused(copied_home):
    path = copied_home / "params" / "batches" / "memo.yaml"
    path.write_text(path.read_text("utf-8").replace("flat, tight", "flat, tigth"), "utf-8")
    message = refusal(read_batch, "memo", copied_home)
    assert re.match(r"params/batches/memo\.yaml:\d+: scenario 'tigth': no such scenario", message)
    assert message.endswith("did you mean tight?")


def test_a_fault_in_a_file_that_the_scenario_names_is_laid_at_that_file(copied_home):
    path = copied_home / "params" / "policies" / "rise35.yaml"
    path.write_text(path.read_text("utf-8").replace("at_least: 0.75", "at_lest: 0.75"), "utf-8")
    message = refusal(read_scenario, "baseline", copied_home)
    assert re.match(r"params/policies/rise35\.yaml:\d+: rural_share.at_lest: no such key; allowed: at_least", message)


REASON = {
    "assumptions": ("follow_share", "    en: the 2024 notice lets areas above the floor choose;"),
    "sharing": ("low", "    en: the low reference value, 0.58"),
}


def rewritten(home, kind, change):
    path = home / "params" / kind / "guangdong.yaml"
    text = path.read_text("utf-8")
    changed = change(text)
    assert changed != text
    path.write_text(changed, "utf-8")


def without_reason(name):
    # The block of a reason: its key and the two lines of its languages, the first one after the name.
    return lambda text: re.sub(
        rf"(?s)(^{name}:\n.*?)  reason:\n    zh:[^\n]*\n    en:[^\n]*\n", r"\1", text, count=1, flags=re.M
    )


@pytest.mark.parametrize("kind", ["assumptions", "sharing"])
def test_a_range_or_a_share_set_without_its_reason_is_refused_in_its_file_and_line(copied_home, kind):
    name, _ = REASON[kind]
    rewritten(copied_home, kind, without_reason(name))
    assert re.match(
        rf"params/{kind}/guangdong\.yaml:\d+: {name}\.reason: is missing",
        refusal(read_scenario, "baseline", copied_home),
    )


@pytest.mark.parametrize("said", ["''", "'   '", "tbd"])
@pytest.mark.parametrize("kind", ["assumptions", "sharing"])
def test_a_reason_that_says_nothing_is_refused(copied_home, kind, said):
    name, start = REASON[kind]
    lines = (copied_home / "params" / kind / "guangdong.yaml").read_text("utf-8").split("\n")
    place = next(number for number, line in enumerate(lines) if line.startswith(start))
    rewritten(copied_home, kind, lambda text: text.replace(lines[place], f"    en: {said}"))
    message = refusal(read_scenario, "baseline", copied_home)
    # The place is that of the reason, the line before its first language.
    assert message.startswith(f"params/{kind}/guangdong.yaml:{place - 1}: {name}.reason: en: a reason is missing"), (
        message
    )


def test_a_budget_path_without_its_reason_is_refused(copied_home):
    path = copied_home / "params" / "fiscal" / "baseline.yaml"
    text = path.read_text("utf-8").split("expenditure_growth_reason")[0] + "sharing: middle\n"
    path.write_text(text, "utf-8")
    assert re.match(
        r"params/fiscal/baseline\.yaml:\d+: expenditure_growth_reason: is missing",
        refusal(read_scenario, "baseline", copied_home),
    )


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("  scored: true\n", "", "caseload_deviation_urban: low and high are missing; a range is written, or measured"),
        (
            "  scored: true\n",
            "  scored: true\n  low: -0.1\n  high: 0.1\n",
            "caseload_deviation_urban: scored: true measures the range",
        ),
        ("  low: 0\n", "", "follow_share: low and high are missing"),
    ],
)
def test_a_range_is_either_written_or_measured(copied_home, old, new, says):
    rewritten(copied_home, "assumptions", lambda text: text.replace(old, new, 1))
    assert re.match(rf"params/assumptions/guangdong\.yaml:\d+: {says}", refusal(read_scenario, "baseline", copied_home))


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (
            "class_1: {upper: 0.58, local: 0.42}",
            "class_1: {upper: 0.58, local: 0.41}",
            "low: the shares of class_1 sum to 0.99",
        ),
        (
            "class_1: {upper: 0.58, local: 0.42}",
            "class_1: {upper: 0.58, city: 0.42}",
            "low.*: class_1 has no tier named local",
        ),
        (
            "class_1: {upper: 0.58, local: 0.42}",
            "class_1: {upper: 1.58, local: -0.58}",
            "low.shares.class_1.upper: 1.58: allowed",
        ),
        ("middle:\n", "midle:\n", None),
    ],
)
def test_a_share_set_that_does_not_add_up_or_is_not_there_is_refused(copied_home, old, new, says):
    rewritten(copied_home, "sharing", lambda text: text.replace(old, new, 1))
    message = refusal(read_scenario, "baseline", copied_home)
    if says is None:
        assert message == (
            "params/fiscal/baseline.yaml: sharing: no such set 'middle'; allowed: high, low, midle; did you mean midle?"
        )
    else:
        assert re.match(rf"params/sharing/guangdong\.yaml:\d+: {says}", message), message


def test_set_on_the_command_line_follows_the_rules_of_the_files():
    assert parse_override("policy.rural_share.at_least=0.8") == ("policy.rural_share.at_least", Decimal("0.8"))
    assert parse_override("policy.ratchet.on=false") == ("policy.ratchet.on", False)
    assert parse_override("title.en=a=b") == ("title.en", "a=b")
    for text in ("policy.rural_share.at_least", "=0.8", "rate=.nan", "code=044010"):
        refusal(parse_override, text)
    assert refusal(parse_override, "rate=80%") == "--set rate=80%: a share is written as a decimal, 0.8 for 80%"
    assert parse_overrides(["a=1", "b=x"]) == {"a": 1, "b": "x"}
    assert refusal(parse_overrides, ["a=1", "b=x", "a=2"]) == "--set a: is given twice; give it once"


@given(st.text(max_size=40), st.one_of(st.text(max_size=20), st.integers(), st.floats(), st.booleans(), st.none()))
def test_no_override_whatever_raises_anything_but_a_refusal(home, key, value):
    with pytest.raises(ParametersRefused):
        read_scenario("baseline", home, {key: value})
    allowed = type(value) in (int, float) and 0 <= value <= 1
    message = "" if allowed else refusal(read_scenario, "baseline", home, {"policy.rural_share.at_least": value})
    assert allowed or "policy.rural_share.at_least" in message


def test_a_target_before_the_plan_is_laid_at_the_override_that_set_it(home):
    with pytest.raises(ParametersRefused, match=r"^overrides.*road\.by_year 2020; allowed: after the base year 2024"):
        read_scenario("baseline", home, {"road.by_year": 2020})
    with pytest.raises(ParametersRefused, match=r"target_share and by_year go together"):
        read_scenario("freeze", home, {"road.target_share": None})
