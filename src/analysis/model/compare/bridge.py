"""Bridge: from what an older memo says to what this one says, cause by cause, in parts that add up to the last digit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pandas as pd

from analysis.inputs.evidence import Evidence, worst_grade
from analysis.inputs.parameters.scenario import Scenario
from analysis.inputs.rules import Rule
from analysis.model.compare.changes import data_changes, described_changes
from analysis.model.compare.groups import differences, rule_differences
from analysis.model.results import Rows, decimals_of
from analysis.model.simulate import simulate
from analysis.model.simulate.rows import result_rows

# What inputs consist of, in the order in which they are exchanged, each with the fields of a scenario that belong to it.
# Data are the package besides, and policy the dated rules; the day, the base year and how far is looked ahead say which
# data are looked at.
FIELDS = {
    "data": ("dataset", "as_of", "base_year", "horizon"),
    "assumptions": ("assumptions", "fiscal", "sharing", "seed", "draws"),
    "policy": ("policy", "timing", "road"),
}
# The last one: the same inputs, reckoned by another version of the program.
CAUSES = (*FIELDS, "method")

# Name to the rest of a row's key, less where and when: ``whole`` is the province, ``widest`` the class with the widest gap.
HEADLINE: dict[str, dict[str, str]] = {
    "extra_cost": {"measure": "extra_cost", "place": "whole"},
    "envelope": {"measure": "envelope_for_90_percent", "place": "whole"},
    "upper": {"measure": "extra_cost", "place": "whole", "tier": "upper"},
    "local": {"measure": "extra_cost", "place": "whole", "tier": "local"},
    "gap": {"measure": "minimum_gap", "place": "widest", "programme": "dibao"},
    "ratio": {"measure": "minimum_rural_urban_ratio", "place": "widest", "programme": "dibao"},
    "urban": {"measure": "minimum_standard", "place": "widest", "programme": "dibao", "residence": "urban"},
    "rural": {"measure": "minimum_standard", "place": "widest", "programme": "dibao", "residence": "rural"},
    "recipients": {"measure": "recipients_with_entrants", "place": "whole", "programme": "dibao"},
}
BLANK = {"programme": "", "residence": "", "tier": "", "component": "", "statistic": "central"}
Line = Mapping[str, Any]


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
        """Return these inputs with some causes as they are in the others; names stay.

        Args:
            other: the inputs that are taken from.
            causes: some of ``FIELDS``.
        """
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


def differing(data: pd.DataFrame, parameters: pd.DataFrame) -> tuple[str, ...]:
    """Return the causes, ``method`` apart, in which two memos' inputs differ.

    Args:
        data: as from :func:`analysis.model.compare.changes.data_changes`.
        parameters: as from :func:`parameter_changes`.
    """
    named = {*parameters["cause"], *(() if data.empty else ("data",))}
    return tuple(cause for cause in FIELDS if cause in named)


def bridge(
    before: Mapping[str, Line], after: Mapping[str, Line], old: Inputs, new: Inputs, places: Mapping[str, str]
) -> pd.DataFrame:
    """Split what this memo says less what an older one said over the causes.

    The older inputs are run once more by today's program, then with the new data, then with the new assumptions besides,
    then with the new policy, which is this memo. Each step is what the exchange moved; method is what the first of these
    runs says less what the older memo stored, for the older program itself is not there to be run. A cause whose inputs
    are the same is no run and worth nothing. All values are rounded as they are stored, so that before and the parts add
    to after exactly. Source: METHODS 5 (revision against the last forecast).

    Args:
        before: name to the older memo's headline row.
        after: name to this memo's, of the same names.
        old: what the older memo rests on.
        new: what this one rests on.
        places: ``whole`` and ``widest`` to the code of an area.

    Returns:
        name (index), one column a cause in the order of ``CAUSES``; a number that some run does not know is left out.

    Raises:
        DataRefused, ParametersRefused, ScenarioFailed, ValueError: some mixture cannot be costed.
    """
    causes = differing(data_changes(old.evidence, new.evidence), parameter_changes(old, new))
    runs = [_recomputed(old.taking(new, causes[:count]), places) for count in range(len(causes))]
    runs.append({name: float(line["value"]) for name, line in after.items()})
    parts = {}
    for name, line in before.items():
        if all(name in run for run in runs):
            scale = 10 ** decimals_of(line["unit"])
            stored, *values = (round(value * scale) for value in (line["value"], *(run[name] for run in runs)))
            worth = dict(zip(causes, (later - former for former, later in pairwise(values)), strict=True))
            worth["method"] = values[0] - stored
            parts[name] = [worth.get(cause, 0) / scale for cause in CAUSES]
    return pd.DataFrame.from_dict(parts, orient="index", columns=list(CAUSES))


def _recomputed(inputs: Inputs, places: Mapping[str, str]) -> dict[str, float]:
    """Return the headline numbers that today's program makes of some inputs, rounded as they are stored."""
    outcome = simulate(inputs.evidence, inputs.scenario, inputs.rules)
    table = result_rows(inputs.evidence, inputs.scenario, outcome, inputs.rules)
    lines = headline_lines(table, inputs.scenario.id, outcome.case.year, places)
    return {name: float(line["value"]) for name, line in lines.items()}


def headline_lines(table: pd.DataFrame, scenario: str, year: int, places: Mapping[str, str]) -> dict[str, Line]:
    """Return the result rows of the headline numbers, by name; one that the results do not hold is left out.

    Args:
        table: results.
        scenario: whose.
        year: the year that is planned.
        places: ``whole`` and ``widest`` to the code of an area.
    """
    own = table[(table["scenario"] == scenario) & (table["year"] == str(year))]
    found = {}
    for name, asked in HEADLINE.items():
        where = BLANK | {key: value for key, value in asked.items() if key != "place"}
        where["area_code"] = places[asked["place"]]
        rows = own[(own[list(where)] == pd.Series(where)).all(axis=1)]
        if len(rows) == 1:
            found[name] = rows.iloc[0].to_dict()
    return found


def bridge_rows(
    evidence: Evidence, scenario: str, before: Mapping[str, Line], after: Mapping[str, Line],
    parts: pd.DataFrame | None, counts: Mapping[str, int],
) -> pd.DataFrame:  # fmt: skip
    """Return the rows of the bridge: ``bridge_<measure>_before``, ``_change`` and, by cause, ``_by_<cause>``.

    Each stands where its headline number stands (area, tier, residence), so that the key tells what it is of; what is
    before carries the year that the older memo planned. What is after is the headline number itself.

    Args:
        evidence: this memo's.
        scenario: the proposed one.
        before: the older memo's headline rows, by name.
        after: this memo's, those names among them.
        parts: as from :func:`bridge`; None where only totals can be compared.
        counts: what has changed to how many, such as ``data_added``.
    """
    rows = Rows({"scenario": scenario, "dataset": evidence.dataset}, evidence.areas["name_zh"].to_dict())
    for name in before if parts is None else parts.index:
        then, line = before[name], after[name]
        measure = line["measure"]
        where = {key: line[key] for key in ("area_code", "programme", "residence", "tier", "component", "year")}
        shared = {
            "unit": line["unit"],
            "grade": worst_grade([then["grade"], line["grade"]]),
            "rests_on": {*str(then["rests_on"]).split(";"), *str(line["rests_on"]).split(";")} - {""},
        }
        rows.add(f"bridge_{measure}_before", then["value"], **where | {"year": then["year"]}, **shared)
        rows.add(f"bridge_{measure}_change", line["value"] - then["value"], **where, **shared)
        for cause in CAUSES if parts is not None else ():
            rows.add(f"bridge_{measure}_by_{cause}", parts.at[name, cause], **where, **shared)
    for name, count in counts.items():
        rows.add(f"bridge_{name}", count, "count", grade="", area_code=evidence.whole)
    return rows.table()
