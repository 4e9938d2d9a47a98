"""What two scenarios differ in: parameters, by group, and never their names."""

from decimal import Decimal

import pytest

from analysis.inputs.parameters.scenario import Scenario
from analysis.inputs.scenario import names, parse_override, read_scenario
from analysis.model.compare import GROUPS, differences, mixed
from analysis.model.compare.groups import FIELDS, NAMES


@pytest.fixture(scope="module")
def read(home):
    return {name: read_scenario(name, home) for name in names("scenarios", home)}


def parameters(scenario):
    return {field: getattr(scenario, field) for group in GROUPS for field in FIELDS[group]}


def test_every_field_of_a_scenario_is_in_one_group_or_is_a_name():
    grouped = [field for group in GROUPS for field in FIELDS[group]]
    assert tuple(FIELDS) == GROUPS
    assert sorted([*grouped, *NAMES]) == sorted(Scenario.model_fields)


def test_tight_differs_in_policy_and_budget(read):
    found = differences(read["baseline"], read["tight"])
    assert found.to_dict("split")["data"] == [
        ["policy", "policy.rural_share.at_least", "0.75", "0.8"],
        ["fiscal", "fiscal.expenditure_growth_share", "0.017", "0.0037"],
        ["fiscal", "fiscal.sharing", "middle", "low"],
    ]


def test_names_reasons_and_the_way_a_value_is_written_are_no_difference(read):
    base = read["baseline"]
    text = base.title.model_copy(update={"zh": "别的", "en": "another"})
    growth = base.fiscal.model_copy(
        update={
            "id": "mine",
            "title": text,
            "expenditure_growth_reason": base.fiscal.expenditure_growth_reason.model_copy(update={"en": "otherwise"}),
            "expenditure_growth_share": Decimal("0.0170"),
        }
    )
    asked = {name: one.model_copy(update={"ask": text}) for name, one in base.assumptions.items()}
    shares = {name: one.model_copy(update={"reason": text}) for name, one in base.sharing.items()}
    policy = base.policy.model_copy(update={"id": "mine", "title": text})
    changed = {"id": "mine", "title": text, "question": text, "overrides": {"seed": "1"}}
    other = base.model_copy(
        update=changed | {"fiscal": growth, "policy": policy, "assumptions": asked, "sharing": shares}
    )
    assert other != base
    assert differences(base, other).empty


@pytest.mark.parametrize(
    ("overrides", "group"),
    [
        ({"as_of": "2024-12-31"}, "data"),
        ({"horizon": 2}, "policy"),
        ({"policy.ratchet.on": False}, "policy"),
        ({"sharing.high.shares.class_1.upper": 0.71, "sharing.high.shares.class_1.local": 0.29}, "fiscal"),
        ({"timing.pay_month": 3}, "timing"),
        ({"assumptions.follow_share.drawn": False}, "assumptions"),
        ({"seed": 1}, "draws"),
        ({"draws": 500}, "draws"),
    ],
)
def test_each_parameter_counts_in_its_group(home, read, overrides, group):
    found = differences(read["baseline"], read_scenario("baseline", home, overrides))
    assert set(found["group"]) == {group}
    assert dict(zip(found["key"], found["other_value"], strict=True)) == {
        key: str(value).lower() for key, value in overrides.items()
    }


@pytest.mark.parametrize("name", ["tight", "late", "rural80", "shock"])
def test_a_difference_can_be_written_as_an_override(home, read, name):
    found = differences(read["baseline"], read[name])
    settings = dict(parse_override(f"{line.key}={line.other_value}") for line in found.itertuples())
    assert differences(read[name], read_scenario("baseline", home, settings)).empty


def test_the_groups_come_in_order_and_the_keys_by_name(home, read):
    other = read_scenario("tight", home, {"seed": 7, "timing.pay_month": 2, "as_of": "2024-12-31", "horizon": 3})
    found = differences(read["baseline"], other)
    assert list(found["group"].unique()) == [group for group in GROUPS if group != "assumptions"]
    assert all(keys.is_monotonic_increasing for _, keys in found.groupby("group", sort=False)["key"])


def test_all_groups_of_another_make_its_parameters_and_none_leaves_the_base(home, read):
    base = read["baseline"]
    other = read_scenario(
        "tight", home, {"seed": 7, "draws": 300, "timing.pay_month": 2, "assumptions.follow_share.central": 0.4}
    )
    assert mixed(base, other, ()) == base
    whole = mixed(base, other, GROUPS)
    assert parameters(whole) == parameters(other)
    assert (whole.id, whole.title) == (base.id, base.title)
    assert differences(whole, other).empty


def test_a_hybrid_takes_whole_groups_and_leaves_the_others(read):
    hybrid = mixed(read["baseline"], read["tight"], ["fiscal"])
    assert hybrid.fiscal.sharing == "low"
    assert set(differences(read["baseline"], hybrid)["group"]) == {"fiscal"}
    assert set(differences(read["tight"], hybrid)["group"]) == {"policy"}


def test_an_unknown_group_is_refused_with_the_nearest(read):
    with pytest.raises(ValueError, match="did you mean policy?"):
        mixed(read["baseline"], read["tight"], ["polcy"])
