"""The table of the bridge from an older memo: each headline number then, by cause, and now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from analysis.report.charts import class_codes, plan_years, separate_class
from analysis.report.facts import Facts
from analysis.report.tables.amounts import unit
from analysis.report.wording import Wording

# The headline numbers in the order of the table: measure, tier, residence, and how it is printed.
LINES = (
    ("extra_cost", "", "", "amount"),
    ("envelope_for_90_percent", "", "", "amount"),
    ("extra_cost", "upper", "", "amount"),
    ("extra_cost", "local", "", "amount"),
    ("minimum_gap", "", "", "yuan"),
    ("minimum_rural_urban_ratio", "", "", "points"),
    ("minimum_standard", "", "urban", "yuan"),
    ("minimum_standard", "", "rural", "yuan"),
    ("recipients_with_entrants", "", "", "each"),
)
OF_MONEY = ("extra_cost", "envelope_for_90_percent")


def widest_class(facts: Facts) -> str:
    """Return the class whose gap is widest in the base year, the first where none has one."""
    return separate_class(facts) or class_codes(facts)[0]


def bridged_lines(facts: Facts, wording: Wording) -> list[tuple[str, str, str, dict[str, Any]]]:
    """Return the headline numbers that are bridged: label, measure, style, and where each stands."""
    _, following = plan_years(facts)
    found = []
    for measure, tier, residence, style in LINES:
        where = {
            "area_code": widest_class(facts) if measure.startswith("minimum") else wording.whole,
            "programme": "" if measure in OF_MONEY else "dibao",
            "residence": residence,
            "tier": tier,
        }
        if facts.has(f"bridge_{measure}_change", year=following, **where):
            label = wording.word("_".join(filter(None, ["bridged", measure, tier, residence])))
            found.append((label.format(unit=unit(wording)), measure, style, where))
    return found


def bridged(facts: Facts, wording: Wording, then: int, parts: Sequence[str]) -> pd.DataFrame:
    """Each headline number of the older memo, its parts, and that of this memo; a dash where nothing is moved.

    Args:
        facts: with the rows of the bridge.
        wording: words of the language.
        then: the year that the older memo planned.
        parts: the endings of the rows between: ``by_<cause>``, or ``change`` where there are no causes.
    """
    _, following = plan_years(facts)
    lines = []
    for label, measure, style, where in bridged_lines(facts, wording):
        cells = [facts.say(f"bridge_{measure}_before", style, year=then, **where)]
        for part in parts:
            asked = {"year": following, **where}
            moved = facts.value(f"bridge_{measure}_{part}", **asked)
            cells.append(facts.say(f"bridge_{measure}_{part}", style, sign=True, **asked) if moved else "–")
        lines.append((label, *cells, facts.say(measure, style, year=following, **where)))
    heads = [wording.word(f"cause_{part.removeprefix('by_')}") for part in parts]
    return pd.DataFrame(lines, columns=["", wording.pick("上次", "then"), *heads, wording.pick("本次", "now")])
