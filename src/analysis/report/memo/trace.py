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
    # Many numbers rest on one and the same table: it is held beside its lines, so that its identity stays its own.
    behind: dict[int, tuple[pd.DataFrame, list[str]]] = {}

    def said(rows: pd.DataFrame, say: Callable[[pd.DataFrame, Wording], list[str]]) -> list[str]:
        if id(rows) not in behind:
            behind[id(rows)] = (rows, say(rows, wording))
        return behind[id(rows)][1]

    for key in sorted(set(KEYED.findall(markdown))):
        told = why(key)
        lines = {
            "formula": [told.formula],
            "steps": said(told.steps, _steps),
            "inputs": said(told.inputs, _inputs),
            "assumptions": said(told.assumptions, _assumptions),
        }
        places = {name: [texts.setdefault(one, len(texts)) for one in own] for name, own in lines.items() if own}
        unit, value = str(told.row["unit"]), f"{told.row['value']:,.10g}"
        numbers[key] = {"said": f"{value} {unit}", "grade": wording.grade(str(told.row["grade"])), **places}
    words = {
        name: wording.word(f"trace_{name}")
        for name in ("formula", "steps", "inputs", "assumptions", "grade", "key", "close", "ask")
    }
    return {"texts": list(texts), "numbers": numbers, "words": words}


def _steps(rows: pd.DataFrame, wording: Wording) -> list[str]:
    return [
        f"{one.step} {wording.word(f'step_{one.name}')}: {one.before_yuan_month:g} → {one.after_yuan_month:g}"
        + (f" ({wording.note(one.note)})" if one.note else "")
        for one in rows.itertuples()
    ]


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


def _assumptions(rows: pd.DataFrame, wording: Wording) -> list[str]:
    return [
        f"{one.title}: {one.low:g} – {one.central:g} – {one.high:g}{_worth(one.worth_yuan_year, wording)}"
        for one in rows.itertuples()
    ]


def _worth(yuan_year: float, wording: Wording) -> str:
    if pd.isna(yuan_year):
        return ""
    return wording.pick(
        f"；值{fixed(yuan_year / 1e4, 0, ',')}万元", f"; worth {fixed(yuan_year / 1e6, 1, ',')} million yuan"
    )
