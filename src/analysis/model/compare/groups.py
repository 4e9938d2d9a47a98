"""Groups of parameters: in which two scenarios differ, and a scenario that takes some of them from another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd

from analysis.errors import nearest
from analysis.inputs.parameters.scenario import Scenario
from analysis.inputs.parameters.values import Strict, Text
from analysis.inputs.rules import Rule

GROUPS = ("data", "policy", "fiscal", "timing", "assumptions", "draws")
# A share set is named by the fiscal path: the two go together.
FIELDS = {
    "data": ("dataset", "as_of", "base_year"),
    "policy": ("policy", "horizon", "road"),
    "fiscal": ("fiscal", "sharing"),
    "timing": ("timing",),
    "assumptions": ("assumptions",),
    "draws": ("seed", "draws"),
}
# What names a scenario or says how it was written; no result rests on it.
NAMES = ("id", "title", "question", "overrides")


def differences(base: Scenario, other: Scenario) -> pd.DataFrame:
    """Return the parameters in which two scenarios differ.

    Every value counts that a result may rest on. Texts in both languages (titles, questions, reasons), ids and the
    record of overrides are no parameters; of an assumption all but its texts counts, its unit too.
    Source: METHODS 4 (comparison).

    Args:
        base: the scenario that is compared with.
        other: the scenario that is compared.

    Returns:
        group, key (dotted, as an override names it), base_value, other_value (text, empty where there is none); the
        groups in the order of ``GROUPS``, the keys by name. No rows where nothing but names differs.
    """
    rows = []
    for group in GROUPS:
        own, others = (dict(_parameters(one, group)) for one in (base, other))
        for key in sorted(own.keys() | others.keys()):
            pair = own.get(key, ""), others.get(key, "")
            if pair[0] != pair[1]:
                rows.append((group, key, *pair))
    return pd.DataFrame(rows, columns=["group", "key", "base_value", "other_value"])


def rule_differences(base: Iterable[Rule], other: Iterable[Rule]) -> pd.DataFrame:
    """Return what differs between two lists of dated rules; how a rule is worded is no difference.

    Source: METHODS 4 (comparison).

    Args:
        base: the rules that are compared with.
        other: the rules that are compared.

    Returns:
        key (``rules.<id>.<field>``), base_value, other_value (text, empty where there is none); the keys by name.
    """
    own, others = (
        {key: value for rule in rules for key, value in _leaves(f"rules.{rule.id}", rule)} for rules in (base, other)
    )
    rows = [(key, own.get(key, ""), others.get(key, "")) for key in sorted(own.keys() | others.keys())]
    return pd.DataFrame([row for row in rows if row[1] != row[2]], columns=["key", "base_value", "other_value"])


def mixed(base: Scenario, other: Scenario, taken: Iterable[str]) -> Scenario:
    """Return the base scenario with whole groups of parameters taken from another.

    Names stay those of the base. Source: METHODS 4 (comparison).

    Args:
        base: the scenario that lends the groups that are not taken.
        other: the scenario that lends those that are.
        taken: some of ``GROUPS``.

    Raises:
        ValueError: a name that is none of the groups.
    """
    taken = tuple(taken)
    for group in taken:
        if group not in GROUPS:
            raise ValueError(f"group {group!r}: {nearest(group, GROUPS)}")
    return base.model_copy(update={field: getattr(other, field) for group in taken for field in FIELDS[group]})


def _parameters(scenario: Scenario, group: str) -> Iterator[tuple[str, str]]:
    for field in FIELDS[group]:
        yield from _leaves(field, getattr(scenario, field))


def _leaves(key: str, value: Any) -> Iterator[tuple[str, str]]:
    """Walk down to single values; a text in both languages explains and is none, nor is the name of a file."""
    if isinstance(value, Text):
        return
    if isinstance(value, Strict):
        value = {name: getattr(value, name) for name in type(value).model_fields if name != "id"}
    if not isinstance(value, Mapping):
        yield key, _written(value)
        return
    for name, part in value.items():
        yield from _leaves(f"{key}.{name}", part)


def _written(value: Any) -> str:
    """Write a value one way: 0.850 and 0.85 are one parameter."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Decimal):
        return format(value.normalize() + 0, "f")
    return value.isoformat() if isinstance(value, date) else str(value)
