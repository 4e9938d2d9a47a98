"""Bridge: from what an older memo says to what this one says, by cause, in parts that add up to the last digit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd

from analysis.inputs.evidence import Evidence
from analysis.inputs.parameters import Scenario
from analysis.inputs.rules import Rule
from analysis.model.compare.changes import data_changes, described_changes
from analysis.model.compare.groups import differences, rule_differences
from analysis.model.compare.shapley import shapley_values
from analysis.model.cost import whole_parts

# What inputs consist of, each with the fields of a scenario that belong to it. Data are the package besides, and policy
# the dated rules; the day, the base year and how far is looked ahead say which data are looked at.
FIELDS = {
    "data": ("dataset", "as_of", "base_year", "horizon"),
    "assumptions": ("assumptions", "fiscal", "sharing", "seed", "draws"),
    "policy": ("policy", "timing", "road"),
}
# The last one: the same inputs, reckoned by another version of the program.
CAUSES = (*FIELDS, "method")


@dataclass(frozen=True, eq=False)
class Inputs:
    """What one memo's proposed scenario rests on.

    Attributes:
        evidence: the package as known on the scenario's day.
        scenario: resolved.
        rules: the package's dated rules.
    """

    evidence: Evidence
    scenario: Scenario
    rules: list[Rule]

    def taking(self, other: Inputs, causes: Iterable[str]) -> Inputs:
        """Return these inputs with some causes as they are in the others; names stay."""
        taken = tuple(causes)
        fields = {field: getattr(other.scenario, field) for cause in taken for field in FIELDS[cause]}
        return Inputs(
            evidence=other.evidence if "data" in taken else self.evidence,
            scenario=self.scenario.model_copy(update=fields),
            rules=other.rules if "policy" in taken else self.rules,
        )


def parameter_changes(old: Inputs, new: Inputs) -> pd.DataFrame:
    """Return the parameters, rules and descriptions of areas in which two memos' inputs differ, by cause.

    Source: METHODS 4 (comparison).

    Args:
        old: the inputs that are compared with.
        new: the inputs that are compared.

    Returns:
        cause, key (dotted), base_value, other_value (text, empty where there is none); causes in the order of ``CAUSES``.
    """
    cause_of = {field: cause for cause, fields in FIELDS.items() for field in fields}
    found = differences(old.scenario, new.scenario)
    parts = [
        found.assign(cause=[cause_of[key.partition(".")[0]] for key in found["key"]]),
        described_changes(old.evidence, new.evidence).assign(cause="data"),
        rule_differences(old.rules, new.rules).assign(cause="policy"),
    ]
    table = pd.concat(parts, ignore_index=True)
    order = table["cause"].map(CAUSES.index)
    table = table.assign(order=order).sort_values(["order", "key"], ignore_index=True)
    return table[["cause", "key", "base_value", "other_value"]]


def differing(old: Inputs, new: Inputs) -> tuple[str, ...]:
    """Return the causes, ``method`` apart, in which two memos' inputs differ.

    Source: METHODS 4 (comparison).

    Args:
        old: the inputs that are compared with.
        new: the inputs that are compared.
    """
    named = {
        *parameter_changes(old, new)["cause"],
        *(() if data_changes(old.evidence, new.evidence).empty else ("data",)),
    }
    return tuple(cause for cause in FIELDS if cause in named)


def bridge(
    stored: Mapping[str, float],
    now: Mapping[str, float],
    old: Inputs,
    new: Inputs,
    value_of: Callable[[Inputs], Mapping[str, float]],
    decimals: Mapping[str, int],
) -> pd.DataFrame:
    """Split what this memo says less what an older one said over the causes.

    Method is what today's program makes of the old inputs, less what the older memo stored. Data, assumptions and policy
    are Shapley values: what taking the new one adds, averaged over all orders in which the three could have changed. The
    hybrids are 2^k less this memo itself, k the number of causes in which the inputs differ: seven at most. A cause whose
    inputs are the same is worth nothing. All values are rounded as they are stored, and parts by the largest remainder,
    so that before and the parts add to after exactly. Source: METHODS 4 (comparison).

    Args:
        stored: measure to what the older memo says.
        now: measure to what this one says.
        old: what the older memo rests on.
        new: what this one rests on.
        value_of: what the program of today makes of inputs, by measure.
        decimals: measure to the decimals that it is stored with.

    Returns:
        measure (index), before, one column a cause, after; a measure that some hybrid or end does not know is left out.
    """
    causes = differing(old, new)
    found = {frozenset(causes): dict(now)}
    for size in range(len(causes)):
        for taken in combinations(causes, size):
            found[frozenset(taken)] = dict(value_of(old.taking(new, taken)))
    lines = {}
    for measure, places in decimals.items():
        values = {taken: one.get(measure, np.nan) for taken, one in found.items()}
        if np.isfinite([*values.values(), stored.get(measure, np.nan)]).all():
            game = {taken: _whole(value, places) for taken, value in values.items()}
            lines[measure] = _line(_whole(stored[measure], places), game, causes, places)
    columns = ["before", *CAUSES, "after"]
    return pd.DataFrame.from_dict(lines, orient="index", columns=columns).rename_axis("measure")


def _whole(value: float, places: int) -> int:
    """Return a value in its last decimal's units."""
    return round(round(float(value), places) * 10**places)


def _line(before: int, game: Mapping[frozenset[str], int], causes: Sequence[str], places: int) -> list[float]:
    """Return before, the parts by cause and after, from whole units."""
    start, after = game[frozenset()], game[frozenset(causes)]
    worth = dict.fromkeys(CAUSES, 0) | {"method": start - before}
    if causes:
        parts = shapley_values(causes, {taken: float(value) for taken, value in game.items()})
        whole = whole_parts(np.round([parts[cause] for cause in causes], 6), after - start)
        worth |= dict(zip(causes, whole.tolist(), strict=True))
    return [part / 10**places for part in (before, *worth.values(), after)]
