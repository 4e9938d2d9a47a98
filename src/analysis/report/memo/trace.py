"""Trace: what the page in the browser shows when a number is asked where it comes from."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pandas as pd

from analysis.report.rounding import fixed
from analysis.report.why import Why
from analysis.report.wording import Wording

KEYED = re.compile(r'\{\.n key="([^"]+)"\}')
# More rows than these are found with `tibiao why` and in the workbook.
MOST_INPUTS = 12


def trace(markdown: str, why: Callable[[str], Why], wording: Wording) -> dict[str, Any]:
    """Return where every number of a page comes from, each shared text once.

    Args:
        markdown: of the page, marked.
        why: key to where the number comes from.
        wording: words of the language.

    Returns:
        ``texts``: every text; ``numbers``: key to value, grade and the places of its lines in ``texts``; ``words``: the
        heads of the dialog.
    """
    texts: dict[str, int] = {}
    numbers = {}
    # Many numbers rest on one and the same table of inputs: it is held beside its lines, so that its identity stays its own.
    behind: dict[int, tuple[pd.DataFrame, list[str]]] = {}
    for key in sorted(set(KEYED.findall(markdown))):
        told = why(key)
        if id(told.inputs) not in behind:
            behind[id(told.inputs)] = (told.inputs, _inputs(told.inputs, wording))
        lines = {
            "formula": [told.formula],
            "steps": [_step(one, wording) for one in told.steps.itertuples()],
            "inputs": behind[id(told.inputs)][1],
            "assumptions": [_assumption(one, wording) for one in told.assumptions.itertuples()],
        }
        places = {name: [texts.setdefault(one, len(texts)) for one in said] for name, said in lines.items() if said}
        unit, value = str(told.row["unit"]), f"{told.row['value']:,.10g}"
        numbers[key] = {"said": f"{value} {unit}", "grade": wording.grade(str(told.row["grade"])), **places}
    words = {
        name: wording.word(f"trace_{name}")
        for name in ("formula", "steps", "inputs", "assumptions", "grade", "key", "close", "ask")
    }
    return {"texts": list(texts), "numbers": numbers, "words": words}


def _step(one: Any, wording: Wording) -> str:
    note = f" ({wording.note(one.note)})" if one.note else ""
    return f"{one.step} {wording.word(f'step_{one.name}')}: {one.before_yuan_month:g} → {one.after_yuan_month:g}{note}"


def _inputs(rows: pd.DataFrame, wording: Wording) -> list[str]:
    said = [
        f"{one.area} {one.year} {wording.word(one.residence) if one.residence else ''} {one.measure}: {one.value:,.10g} {one.unit}; "
        f"{wording.grade(one.grade)}; {one.source} ({one.at})"
        for one in rows.tail(MOST_INPUTS).itertuples()
    ]
    more = len(rows) - len(said)
    return said + (
        [wording.pick(f"另有{more}行，见 tibiao why", f"and {more} rows more, see tibiao why")] if more > 0 else []
    )


def _assumption(one: Any, wording: Wording) -> str:
    worth = (
        ""
        if pd.isna(one.worth_yuan_year)
        else wording.pick(
            f"；值{fixed(one.worth_yuan_year / 1e4, 0, ',')}万元",
            f"; worth {fixed(one.worth_yuan_year / 1e6, 1, ',')} million yuan",
        )
    )
    return f"{one.title}: {one.low:g} – {one.central:g} – {one.high:g}{worth}"
