"""Result rows of the bridge from an older memo: each headline number before, its parts by cause, and its change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from analysis.inputs.evidence import Evidence, worst_grade
from analysis.model.compare.bridge import CAUSES, Inputs
from analysis.model.results import DECIMALS, Rows
from analysis.model.simulate import simulate
from analysis.model.simulate.rows import result_rows

# Name to the rest of a row's key, less where and when: ``whole`` is the province, ``widest`` the class with the widest gap.
HEADLINE: dict[str, dict[str, str]] = {
    "extra_cost": {"measure": "extra_cost", "place": "whole"},
    "envelope": {"measure": "envelope_for_90_percent", "place": "whole"},
    "upper": {"measure": "extra_cost", "place": "whole", "tier": "upper"},
    "gap": {"measure": "minimum_gap", "place": "widest", "programme": "dibao"},
    "ratio": {"measure": "minimum_rural_urban_ratio", "place": "widest", "programme": "dibao"},
    "urban": {"measure": "minimum_standard", "place": "widest", "programme": "dibao", "residence": "urban"},
    "rural": {"measure": "minimum_standard", "place": "widest", "programme": "dibao", "residence": "rural"},
    "recipients": {"measure": "recipients_with_entrants", "place": "whole", "programme": "dibao"},
}
BLANK = {"programme": "", "residence": "", "tier": "", "component": "", "statistic": "central"}
Line = Mapping[str, Any]


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


def recomputed(inputs: Inputs, places: Mapping[str, str]) -> dict[str, float]:
    """Return the headline numbers that today's program makes of some inputs, by name, rounded as they are stored.

    Args:
        inputs: data, scenario and rules.
        places: ``whole`` and ``widest`` to the code of an area.

    Raises:
        DataRefused, ParametersRefused, ValueError: they cannot be costed.
    """
    outcome = simulate(inputs.evidence, inputs.scenario, inputs.rules)
    table = result_rows(inputs.evidence, inputs.scenario, outcome, inputs.rules)
    lines = headline_lines(table, inputs.scenario.id, outcome.case.year, places)
    return {name: float(line["value"]) for name, line in lines.items()}


def decimals(lines: Mapping[str, Line]) -> dict[str, int]:
    """Return the decimals that the headline numbers are stored with, by name."""
    return {name: DECIMALS[line["unit"]] for name, line in lines.items()}


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
        parts: as from :func:`analysis.model.compare.bridge.bridge`; None where only totals can be compared.
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
