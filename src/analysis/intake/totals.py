"""Totals: what a file prints as the sum of others, held against its parts."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from analysis.intake.areas import Areas
from analysis.intake.figures import Figure
from analysis.intake.journal import Journal
from analysis.intake.rows import Reader, Total

SUMMED = ("persons", "households", "money")


def checked(readers: list[Reader], areas: Areas, journal: Journal) -> list[Figure]:
    """Hold totals against their parts, and return all figures; a total is kept where it is the province's own and counted.

    Doubted: a sum that differs from its parts by more than rounding explains, and a sum of amounts a person.
    """
    kept: list[Figure] = []
    for reader in readers:
        own = [figure for _, figure in reader.figures]
        kept += own
        for total in reader.totals:
            if total.label != "across":
                kept += _down(reader, total, areas, journal)
    _across(kept, journal)
    _of_areas(kept, areas, journal)
    return kept


def _down(reader: Reader, total: Total, areas: Areas, journal: Journal) -> list[Figure]:
    """Check a row of totals; return the figure where it is kept as the province's own."""
    figure = total.figure
    if total.label == "average" or figure.measure.kind not in SUMMED:
        journal.log(figure.sheet, figure.cell, figure.found, "", "left out: an average, or a sum of amounts a person")
        return []
    alike = [
        (row, one)
        for row, one in reader.figures
        if one.key[1:] == figure.key[1:] and one.area_code != areas.whole and one.area_code != figure.area_code
    ]
    above = [one for row, one in alike if row < total.row]
    below = [one for row, one in alike if row > total.row]
    if total.label == "subtotal":
        before = max((one.row for one in reader.totals if one.label == "subtotal" and one.row < total.row), default=0)
        groups = [[one for row, one in alike if before < row < total.row]]
    else:
        groups = [group for group in (above, below) if group]
    if not any(groups):
        journal.log(figure.sheet, figure.cell, figure.found, "", "left out: a total without its parts")
        return []
    if not any(_agree(figure, group) for group in groups):
        _doubt(figure, groups[0], journal)
        return []
    group = next(group for group in groups if _agree(figure, group))
    journal.log(figure.sheet, figure.cell, figure.found, f"{figure.number:f}", f"total of {len(group)} parts: agrees")
    named = {one.area_code for one in group}
    complete = bool(areas.whole) and set(areas.parts_of(areas.whole)) <= named
    has_own = any(one.area_code == areas.whole and one.key == figure.key for _, one in reader.figures)
    return [figure] if complete and total.label == "total" and not has_own else []


def _across(figures: list[Figure], journal: Journal) -> None:
    """Check a figure for town and country together against the two."""
    by_key = {one.key: one for one in figures if one.measure.kind in SUMMED}
    for key, both in by_key.items():
        if key[3] != "both":
            continue
        sides = [by_key.get((*key[:3], side, *key[4:])) for side in ("urban", "rural")]
        parts = [one for one in sides if one is not None]
        if len(parts) == 2 and not _agree(both, parts):
            _doubt(both, parts, journal)


def _of_areas(figures: list[Figure], areas: Areas, journal: Journal) -> None:
    """Check the figure of a province or city against those of the areas below it: all of them, or no more than it."""
    by_key = {one.key: one for one in figures if one.measure.kind in SUMMED}
    for key, whole in by_key.items():
        below = areas.parts_of(key[0])
        parts = [by_key[one, *key[1:]] for one in below if (one, *key[1:]) in by_key]
        complete = key[0] == areas.whole and len(parts) == len(below)
        if parts and (
            not _agree(whole, parts) if complete else _sum(parts) > whole.single + _tolerance([whole, *parts])
        ):
            _doubt(whole, parts, journal)


def _sum(figures: Iterable[Figure]) -> Decimal:
    return sum((one.single for one in figures), Decimal(0))


def _tolerance(figures: Iterable[Figure]) -> Decimal:
    """Return what rounding of all figures together explains: half of the last place of each."""
    return sum(
        (
            one.unit.scale * Decimal(1).scaleb(min(0, int(one.number.as_tuple().exponent))) / 2
            for one in figures
            if _rounded(one)
        ),
        Decimal(0),
    )


def _rounded(figure: Figure) -> bool:
    """Say whether a figure can be rounded: persons and households counted one by one are not."""
    return figure.unit.scale > 1 or figure.unit.kind == "yuan"


def _agree(total: Figure, parts: list[Figure]) -> bool:
    return abs(total.single - _sum(parts)) <= _tolerance([total, *parts])


def _doubt(total: Figure, parts: list[Figure], journal: Journal) -> None:
    found = _sum(parts) / total.unit.scale
    first, last = parts[0].cell, parts[-1].cell
    journal.doubt(
        total.sheet, total.cell, total.found, f"{found:f}, the sum of its {len(parts)} parts ({first} to {last})"
    )
