"""Swings: what each assumption moves the extra cost by, and how it is named beside a bar."""

from __future__ import annotations

import pandas as pd

from analysis.model.results import with_keys
from analysis.report.charts.frame import plan_years
from analysis.report.facts import Facts
from analysis.report.wording import Wording
from analysis.report.words import WORDS


def one_at_a_time(facts: Facts) -> tuple[pd.DataFrame, dict[str, tuple[float, float, bool]]]:
    """Return the rows of the tornado, and assumption to its two ends and whether the draws vary it.

    The others stand at their best estimates, as in the table of assumptions, so that the best estimate of the cost lies
    within every range. (The rows that end in p10 and p90 have the others at their medians.)
    """
    _, following = plan_years(facts)
    own = facts.table[(facts.table["scenario"] == facts.scenario) & (facts.table["year"] == str(following))]
    rows = with_keys(own[own["measure"].str.fullmatch(r"extra_cost_if_\w+_(low|high)")])
    conventions = set(own["measure"][own["measure"].str.endswith("_endlow")])
    pairs: dict[str, dict[str, float]] = {}
    for row in rows.itertuples():
        name, _, end = row.measure.removeprefix("extra_cost_if_").rpartition("_")
        pairs.setdefault(name, {})[end] = row.value
    ends = {
        name: (both["low"], both["high"], f"extra_cost_if_{name}_endlow" not in conventions)
        for name, both in pairs.items()
    }
    return rows, ends


def short_name(wording: Wording, name: str) -> str:
    """Return an assumption's short name for a chart's axis; a city's class-4 part by the city."""
    if name.startswith("class4_part_"):
        city = name.removeprefix("class4_part_")
        codes = wording.areas.index[wording.areas["name_en"].str.lower() == city]
        return (
            wording.pick("", "class-four part of ")
            + (wording.area(codes[0]) if len(codes) else city)
            + wording.pick("四类比重", "")
        )
    return wording.word(f"short_{name}") if f"short_{name}" in WORDS else name.replace("_", " ")
