"""Oddities of a data package: what is allowed and yet rare, for a person to look at."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from itertools import zip_longest

import pandas as pd

from analysis.inputs.evidence.checks import CELL, CHECKED, PER_MONTH

# A target is announced for the next year or two.
MOST_YEARS_AHEAD = 2
# A name in two rows at most may be a slip of one that stands five times as often and is as much alike.
RARE, COMMON, ALIKE = 2, 5, 0.75


def remarks(table: pd.DataFrame) -> list[str]:
    """Return what is allowed and yet rare, a line each: rural above urban, a fall on the year before, an odd name or year."""
    money = table[table["preferred"] & table["unit"].str.endswith(PER_MONTH) & (table["programme"] != "")]
    money = money[~money["note"].str.startswith(CHECKED)]
    aside = [name for name in CELL if name != "residence"]
    pairs = money[money["residence"] == "rural"].merge(money[money["residence"] == "urban"], on=aside)
    above = pairs[pairs["value_x"] > pairs["value_y"]]
    said = [
        f"{row.file_x}: row {row.row_x}: rural {row.value_x:g} is above urban {row.value_y:g}"
        for row in above.itertuples()
    ]
    before = money.assign(year=money["year"] + 1)
    years = money.merge(before, on=CELL, suffixes=("", "_before"))
    fell = years[years["value"] < years["value_before"]]
    said += [
        f"{row.file}: row {row.row}: {row.value:g} is below {row.value_before:g} of the year before"
        for row in fell.itertuples()
    ]
    ahead = table[table["year"] > table["known_from"].dt.year + MOST_YEARS_AHEAD]
    said += [
        f"{row.file}: row {row.row}: year {row.year} is long after {row.known_from:%Y-%m-%d}, when the figure was public"
        for row in ahead.itertuples()
    ]
    return said + [line for column in ("programme", "measure") for line in _misspelt(table, column)]


def _misspelt(table: pd.DataFrame, column: str) -> Iterator[str]:
    """Name each row with a rare name that differs from a common one by a slip in one of its words."""
    counts = table[column].value_counts()
    for name, count in counts.items():
        common = counts.index[(counts >= COMMON * count) & (count <= RARE)]
        meant = next((one for one in common if _is_slip(str(name), str(one))), "")
        for row in table[table[column] == name].itertuples() if meant else ():
            yield f"{row.file}: row {row.row}: {column} {name!r} is rare; did you mean {meant}?"


def _is_slip(name: str, meant: str) -> bool:
    pairs = list(zip_longest(name.split("_"), meant.split("_"), fillvalue=""))
    differ = [(own, other) for own, other in pairs if own != other]
    return len(differ) == 1 and difflib.SequenceMatcher(None, *differ[0]).ratio() >= ALIKE
