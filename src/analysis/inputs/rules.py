"""Dated policy rules, each with its document and the day it was public."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from analysis.errors import ParametersRefused
from analysis.inputs.package import rules_path
from analysis.inputs.parameter_file import read_parameter_file
from analysis.inputs.parameters.policy import Policy
from analysis.inputs.parameters.validation import validated
from analysis.inputs.parameters.values import Day, Number, Strict, Text

Kind = Literal[
    "classes",
    "city_floor",
    "ratchet",
    "rise_at_least",
    "effective_month",
    "ceiling",
    "rural_share",
    "basis",
    "paid_by_month",
    "multiple_of_dibao",
]


class Rule(Strict):
    """One rule: from which year, about what, how much, by which document, public since when."""

    id: str
    from_year: Annotated[int, Field(ge=1990, le=2100)]
    to_year: Annotated[int, Field(ge=1990, le=2100)] | None = None
    programme: str
    residence: Literal["urban", "rural", "both"]
    kind: Kind
    value: Number | None = None
    unit: str | None = None
    applies_to: Literal["all", "separate"] = "all"
    document: str
    known_from: Day
    known_from_basis: Literal["source", "assumed"]
    grade: Literal["official", "yearbook_copy", "press", "repost", "derived", "inferred", "synthetic"]
    says: Text


def read_rules(dataset: str, home: Path) -> list[Rule]:
    """Read ``params/rules/<dataset>.yaml``, in the order of the file; no file means no rules.

    A package that was laid over another has the rules of that one.

    Raises:
        ParametersRefused: a key, type or value that is not allowed.
    """
    path = rules_path(dataset, home)
    if not path.is_file():
        return []
    file = read_parameter_file(path, f"params/rules/{path.name}")
    rules = []
    for name, values in file.values.items():
        if not isinstance(values, dict):
            raise ParametersRefused(f"{file.where((name,))}: {name}: allowed: the keys of a rule, one a line")
        rules.append(validated(Rule, {"id": name, **values}, lambda key, name=name: file.where((name, *key)), name))
    return rules


def speaking(rules: list[Rule], year: int, as_of: date) -> list[Rule]:
    """Return the rules that speak of ``year`` and were public on ``as_of``, in their order."""
    return [rule for rule in rules if rule.from_year <= year <= (rule.to_year or year) and rule.known_from <= as_of]


def in_force(rules: list[Rule], kind: str, year: int, as_of: date) -> list[Rule]:
    """Return the rules of one kind that speak of ``year`` and were public on ``as_of``, latest first."""
    own = [rule for rule in speaking(rules, year, as_of) if rule.kind == kind]
    return sorted(own, key=lambda rule: rule.from_year, reverse=True)


def below(rules: list[Rule], policy: Policy, year: int, as_of: date) -> list[str]:
    """Return where a policy stays below what a rule in force asks, a line each; a what-if may, and then says so.

    Args:
        rules: of the package.
        policy: of the scenario.
        year: that is planned.
        as_of: the scenario's day.
    """
    found = []
    for rule in in_force(rules, "rural_share", year, as_of)[:1]:
        if rule.value is not None and policy.rural_share.at_least < rule.value:
            found.append(
                f"rule {rule.id} asks for a rural share of {rule.value}, policy {policy.id} for {policy.rural_share.at_least}"
            )
    for rule in in_force(rules, "rise_at_least", year, as_of):
        for side in ("urban", "rural"):
            share = getattr(policy.rule, side).rise_share
            if rule.residence in (side, "both") and rule.value is not None and share is not None and share < rule.value:
                found.append(
                    f"rule {rule.id} asks for a rise of {rule.value}, policy {policy.id} has {share} in {side} areas"
                )
    return found
