"""The bridge from an older memo: known answers, one cause at a time, and parts that add up to the last digit."""

import functools
import itertools
import shutil

import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from analysis.inputs.evidence import load, trust
from analysis.inputs.package import package_sha256
from analysis.inputs.parameters.scenario import Scenario
from analysis.inputs.rules import read_rules
from analysis.inputs.scenario import read_scenario
from analysis.model import results
from analysis.model.compare import bridge as bridging
from analysis.model.compare.bridge import CAUSES, FIELDS, HEADLINE, Inputs, bridge, bridge_rows, parameter_changes
from analysis.model.compare.changes import data_changes
from analysis.model.compare.groups import NAMES
from analysis.model.results import DECIMALS
from analysis.model.simulate import simulate
from analysis.model.simulate.rows import result_rows

PLACES = {"whole": "440000", "widest": "440000-C4"}
ASSUMED = {"assumptions.follow_share.central": 0.6}
RULED = {"policy.rural_share.at_least": 0.8}
DATUM = "440000,2024,M03,rural,dibao,recipients,"


@pytest.fixture(scope="module")
def old(home):
    return inputs_of(home)


@pytest.fixture(scope="module")
def home_with_another_datum(home, tmp_path_factory):
    """One figure of the package is another: rural recipients of March 2024."""
    own = tmp_path_factory.mktemp("home")
    for folder in ("data", "params"):
        shutil.copytree(home / folder, own / folder)
    path = own / "data/guangdong/recipients.csv"
    text = path.read_text("utf-8")
    assert text.count(f"{DATUM}108.9,") == 1
    path.write_text(text.replace(f"{DATUM}108.9,", f"{DATUM}110.2,"), "utf-8")
    trust([package_sha256("guangdong", own)])
    return own


def inputs_of(home, **overrides):
    scenario = read_scenario("baseline", home, {key.replace("__", "."): value for key, value in overrides.items()})
    return Inputs(load("guangdong", scenario.as_of, home), scenario, read_rules("guangdong", home))


@functools.cache
def lines_of(inputs):
    """Return the headline rows that a run of these inputs stores."""
    outcome = simulate(inputs.evidence, inputs.scenario, inputs.rules)
    table = results.from_csv(
        results.to_csv(result_rows(inputs.evidence, inputs.scenario, outcome, inputs.rules).pipe(central))
    )
    return bridging.headline_lines(table, inputs.scenario.id, outcome.case.year, PLACES)


def central(table):
    return table[table["statistic"] == "central"]


def values(lines):
    return {name: line["value"] for name, line in lines.items()}


def worth(old, new, before=None):
    return bridge(before or lines_of(old), lines_of(new), old, new, PLACES)


def adds_up(parts, before, after):
    """Say whether before and the parts are after exactly, in units of the last digit that is stored."""
    for name, line in before.items():
        scale = 10 ** DECIMALS[line["unit"]]
        whole = [round(part * scale) for part in parts.loc[name]]
        if round(line["value"] * scale) + sum(whole) != round(after[name]["value"] * scale):
            return False
        if [part / scale for part in whole] != parts.loc[name].tolist():
            return False
    return len(parts) == len(before) > 0


def test_all_headline_numbers_are_found(old):
    assert list(lines_of(old)) == list(HEADLINE)


def test_nothing_changed_is_worth_nothing_and_runs_nothing(old, monkeypatch):
    before = lines_of(old)
    monkeypatch.setattr(bridging, "simulate", lambda *given: pytest.fail("nothing is to be run"))
    parts = bridge(before, before, old, old, PLACES)
    assert not parts.to_numpy().any()
    assert list(parts.columns) == list(CAUSES) == ["data", "assumptions", "policy", "method"]


@pytest.mark.parametrize(
    ("cause", "overrides"),
    [
        ("assumptions", ASSUMED),
        ("assumptions", {"fiscal.sharing": "low"}),
        ("policy", RULED),
        ("policy", {"policy.rule.urban.rise_share": 0.04}),
    ],
)
def test_one_parameter_moves_its_own_cause_alone(home, old, cause, overrides):
    new = inputs_of(home, **overrides)
    before, after = lines_of(old), lines_of(new)
    parts = worth(old, new)
    assert not parts.drop(columns=cause).to_numpy().any()
    assert parts[cause].to_dict() == pytest.approx(
        {name: values(after)[name] - values(before)[name] for name in before}
    )
    assert parts.loc["local", cause] != 0
    assert adds_up(parts, before, after)


def test_one_datum_moves_data_alone(home_with_another_datum, old):
    new = inputs_of(home_with_another_datum)
    parts = worth(old, new)
    assert not parts.drop(columns="data").to_numpy().any()
    assert parts.loc["extra_cost", "data"] == values(lines_of(new))["extra_cost"] - values(lines_of(old))["extra_cost"]
    assert parts.loc["extra_cost", "data"] != 0
    assert parts.loc["gap", "data"] == 0  # a caseload moves no floor
    assert data_changes(old.evidence, new.evidence)["kind"].tolist() == ["changed"]


def test_a_later_day_is_data(home, old):
    new = inputs_of(home, as_of="2024-12-31")
    assert bridging.differing(data_changes(old.evidence, new.evidence), parameter_changes(old, new)) == ("data",)


def test_a_dated_rule_is_policy(old):
    ruled = [rule.model_copy(update={"to": None, "document": "another"}) for rule in old.rules[1:]]
    new = Inputs(old.evidence, old.scenario, ruled)
    assert set(parameter_changes(old, new)["cause"]) == {"policy"}
    assert old.taking(new, ["policy"]).rules == ruled
    assert old.taking(new, ["data", "assumptions"]).rules == old.rules


def test_each_step_is_a_run_with_one_cause_more_and_the_parts_add_up(home, home_with_another_datum, old):
    new = inputs_of(home_with_another_datum, **ASSUMED, **RULED)
    # What the older program stored is not what today's makes of the same inputs.
    before = {name: line | {"value": line["value"] - 3} for name, line in lines_of(old).items()}
    parts = worth(old, new, before)
    runs = [
        values(lines_of(one))
        for one in (old, inputs_of(home_with_another_datum), inputs_of(home_with_another_datum, **ASSUMED), new)
    ]
    for name in before:
        steps = [later[name] - former[name] for former, later in itertools.pairwise(runs)]
        assert parts.loc[name].tolist() == pytest.approx([*steps, 3], abs=1e-9), name
    assert (parts.loc["extra_cost"] != 0).all()
    assert adds_up(parts, before, lines_of(new))


def test_the_order_is_fixed_what_two_causes_do_together_counts_with_the_later(home, old):
    new = inputs_of(home, **ASSUMED, **RULED)
    ruled_alone = values(lines_of(inputs_of(home, **RULED)))["extra_cost"] - values(lines_of(old))["extra_cost"]
    parts = worth(old, new).loc["extra_cost"]
    assert parts["assumptions"] == (
        values(lines_of(inputs_of(home, **ASSUMED)))["extra_cost"] - values(lines_of(old))["extra_cost"]
    )
    assert parts["policy"] != ruled_alone


def test_every_field_of_a_scenario_belongs_to_one_cause_or_is_a_name():
    fields = [field for fields in FIELDS.values() for field in fields]
    assert sorted([*fields, *NAMES]) == sorted(Scenario.model_fields)


yuan = st.integers(-(10**12), 10**12)


@given(
    st.lists(yuan, min_size=5, max_size=5),
    st.lists(st.integers(-(10**7), 10**7), min_size=5, max_size=5),
    st.sets(st.sampled_from(sorted(FIELDS))),
)
@example([0] * 5, [3, 6, 29, 58, 1], {"data"})  # 0.0029 times 10,000 is a hair less than 29
def test_parts_add_up_whatever_the_runs_say(old, costs, ratios, causes):
    """Yuan are whole, ratios have four decimals that binary numbers do not hold."""
    lines = [
        {
            "extra_cost": {"value": float(cost), "unit": "yuan/year"},
            "ratio": {"value": ratio / 10**4, "unit": "ratio"},
        }
        for cost, ratio in zip(costs, ratios, strict=True)
    ]
    asked = []

    def recomputed(inputs, places):
        asked.append(inputs)
        return values(lines[len(asked)])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bridging, "_recomputed", recomputed)
        patch.setattr(bridging, "differing", lambda *given: tuple(one for one in FIELDS if one in causes))
        patch.setattr(bridging, "data_changes", lambda *given: None)
        patch.setattr(bridging, "parameter_changes", lambda *given: None)
        parts = bridge(lines[0], lines[4], old, old, PLACES)
    assert len(asked) == len(causes)
    assert adds_up(parts, lines[0], lines[4])
    assert not parts[[one for one in FIELDS if one not in causes]].to_numpy().any()


def test_a_number_that_a_run_does_not_know_is_left_out(home, old, monkeypatch):
    new = inputs_of(home, **ASSUMED)
    monkeypatch.setattr(bridging, "_recomputed", lambda *given: {"extra_cost": 1.0})
    assert list(worth(old, new).index) == ["extra_cost"]


def test_rows_say_before_parts_and_change_and_add_up_as_stored(home, home_with_another_datum, old):
    new = inputs_of(home_with_another_datum, **ASSUMED, **RULED)
    before, after = lines_of(old), lines_of(new)
    before = {name: line | {"year": "2024"} for name, line in before.items()}  # the older memo planned another year
    rows = bridge_rows(new.evidence, "baseline", before, after, worth(old, new), {"data_changed": 1})
    stored = results.from_csv(results.to_csv(rows))
    assert stored.loc[stored["measure"] == "bridge_data_changed", "value"].tolist() == [1]
    for line in after.values():
        own = stored[
            (stored[["area_code", "tier", "residence"]] == pd.Series(line)[["area_code", "tier", "residence"]]).all(
                axis=1
            )
        ]
        said = own.set_index("measure")["value"]
        measure = f"bridge_{line['measure']}"
        assert own.loc[own["measure"] == f"{measure}_before", "year"].tolist() == ["2024"]
        whole = said[f"{measure}_before"] + sum(said[f"{measure}_by_{cause}"] for cause in CAUSES)
        assert whole == pytest.approx(line["value"], abs=1e-9)
        assert said[f"{measure}_change"] == pytest.approx(line["value"] - said[f"{measure}_before"], abs=1e-9)


def test_without_parts_rows_hold_totals_alone(old):
    lines = lines_of(old)
    rows = bridge_rows(old.evidence, "baseline", lines, lines, None, {})
    assert len(rows) == 2 * len(lines)
    assert not rows["measure"].str.contains("_by_").any()
