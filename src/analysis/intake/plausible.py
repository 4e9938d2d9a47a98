"""Plausible: what figures must be beside each other and beside the package below them, so that no amount of a year or of another unit slips in."""

from __future__ import annotations

import functools
from collections import defaultdict
from dataclasses import replace
from decimal import Decimal
from statistics import median

import pandas as pd

from analysis.inputs.evidence import Evidence
from analysis.inputs.evidence.checks import CELL, far_from_minimum, implausible
from analysis.intake.areas import Areas
from analysis.intake.figures import Figure
from analysis.intake.journal import Journal
from analysis.intake.vocabulary import Vocabulary

# A figure without a period is one a month where it lies so near to a known one; of amounts a year it would be twelve times.
NEAR = (Decimal("0.5"), Decimal(2))
PEERS = (Decimal("0.25"), Decimal(4))
COUNTED = (Decimal("0.2"), Decimal(5))
YEARS_APART = 5
MOST_PERSONS = 20_000_000
# The share of all residents that can receive one kind of assistance: from a tenth of Shenzhen's to a quarter.
OF_RESIDENTS = (Decimal("0.00001"), Decimal("0.25"))
SPENT_A_MONTH = (Decimal(20), Decimal(6000))
HINT = "or a note beside it that starts with '核实：' or 'checked:'"


def settle_periods(figures: list[Figure], base: Evidence | None, journal: Journal) -> list[Figure]:
    """Give each amount a person its period, where no header says one, by a figure that is known; else doubt it once a column."""
    settled: list[Figure] = []
    doubted: set[tuple[str, str]] = set()
    for one in figures:
        if one.measure.kind != "rate" or one.unit.per:
            settled.append(one)
            continue
        known = _known(one, base)
        near = [
            per
            for per, factor in (("month", 1), ("year", 12))
            if known and NEAR[0] <= one.number / factor / known[0] <= NEAR[1]
        ]
        # A standard a year where a month is meant is what must not happen; consumption is printed a year everywhere.
        if near and (near[0] == "month") == (one.measure.programme != "economy"):
            unit = one.unit._replace(per=near[0])
            said = f"no period said: read a {near[0]}, beside {known[0]:f} a month known of {known[1]}" if known else ""
            settled.append(replace(one, unit=unit, converted=(*one.converted, said)))
            continue
        column = (one.sheet, "".join(sign for sign in one.cell if sign.isalpha()))
        if column not in doubted:
            doubted.add(column)
            journal.doubt(
                one.sheet,
                one.cell,
                one.found,
                f"the period of {one.measure.label}: 元/月 or 元/年 in its header, its cell or a title",
            )
    return settled


def _known(figure: Figure, base: Evidence | None) -> tuple[Decimal, int] | None:
    """Return the nearest known value of a figure's kind in single units, and its year: of its area, else the minimum of its class."""
    if base is None:
        return None
    known = _values_of(base)
    sides = [figure.residence] if figure.measure.apart else [figure.residence, "both", "urban", "rural"]
    for side in sides:
        years = known.get((figure.area_code, side, figure.measure.in_package, figure.measure.as_), {})
        near = min(years, key=lambda year: (abs(year - figure.year), year), default=None)
        if near is not None and abs(near - figure.year) <= YEARS_APART:
            return years[near], near
    wide = {"standard": "minimum_standard", "supplement_floor": "supplement_floor"}.get(figure.measure.as_)
    if wide and figure.measure.programme == "dibao" and figure.area_code in base.areas.index:
        classes = base.areas[
            (base.areas["level"] == "class")
            & (base.areas["area_class"] == base.areas.at[figure.area_code, "area_class"])
        ]
        for code in classes.index:
            years = known.get((str(code), figure.residence, "dibao", wide), {})
            if figure.year in years:
                return years[figure.year], figure.year
    return None


@functools.lru_cache(maxsize=4)
def _values_of(base: Evidence) -> dict[tuple[str, str, str, str], dict[int, Decimal]]:
    """Return what a package holds, in single units, by area, residence, programme and measure, then year."""
    found: dict[tuple[str, str, str, str], dict[int, Decimal]] = {}
    rows = base.observations[base.observations["preferred"]]
    columns = ("area_code", "residence", "programme", "measure", "year", "value", "unit")
    for *key, year, value, unit in zip(*(rows[name] for name in columns), strict=True):
        per_month = 12 if str(unit).endswith("/year") else 1
        found.setdefault(tuple(key), {})[int(year)] = Decimal(str(value)) / per_month  # type: ignore[arg-type]
    return found


def without_repeats(figures: list[Figure], journal: Journal) -> list[Figure]:
    """Doubt a figure that stands twice; the same on another sheet is one figure."""
    first: dict[tuple[object, ...], Figure] = {}
    for one in figures:
        other = first.setdefault(one.key, one)
        if other is one:
            continue
        if other.sheet != one.sheet and other.single == one.single:
            journal.log(one.sheet, one.cell, one.found, "", f"left out: stands on {other.sheet}!{other.cell} too")
            continue
        place = f"{other.sheet}!{other.cell}" if other.sheet != one.sheet else other.cell
        journal.doubt(
            one.sheet,
            one.cell,
            one.found,
            f"one figure of {' '.join(str(part) for part in one.key if part)}; {place} has {other.found!r} for it",
        )
    return list(first.values())


def doubt_implausible(
    figures: list[Figure], words: Vocabulary, areas: Areas, base: Evidence | None, journal: Journal
) -> None:
    """Doubt what cannot be: out of bounds, far from the others of its column, from what is known, from its parts."""
    for one in figures:
        _by_itself(one, words, base, journal)
    _beside_peers(figures, journal)
    _beside_each_other(figures, journal)
    _beside_known(figures, areas, base, journal)


def _by_itself(one: Figure, words: Vocabulary, base: Evidence | None, journal: Journal) -> None:
    kind = one.measure.kind
    if kind == "rate" and not one.checked:
        low, high = words.plausible_yuan_month(one.measure)
        if not low <= one.single <= high:
            asked = "; is it an amount a year?" if one.unit.per == "month" and low <= one.single / 12 <= high else ""
            journal.doubt(
                one.sheet, one.cell, one.found, f"{low} to {high} yuan a month for {one.measure.label}, {HINT}{asked}"
            )
    elif kind in ("persons", "households"):
        _counted(one, base, journal)


def _counted(one: Figure, base: Evidence | None, journal: Journal) -> None:
    """Doubt persons or households in another unit than is said: a fraction of one, more than there are, or hardly any."""
    kind = one.measure.kind
    known, residents = _known(one, base), _residents(one, base)
    expected = ""
    if one.single != one.single.to_integral_value() and one.unit.scale == 1:
        expected = f"a whole number of {kind}; is it in tens of thousands (万)?"
    elif one.measure.as_ == "resident_population":
        pass
    elif one.single > MOST_PERSONS:
        expected = f"{MOST_PERSONS:,} {kind} at most; is the unit right?"
    elif one.checked or not one.single:
        pass
    elif known and known[0] and not COUNTED[0] <= one.single / known[0] <= COUNTED[1]:
        expected = f"about {known[0]:f} {kind}, as known of {known[1]}, {HINT}; is the unit right?"
    elif residents and not OF_RESIDENTS[0] <= one.single / residents <= OF_RESIDENTS[1]:
        low, high = (int(share * residents) for share in OF_RESIDENTS)
        expected = f"{low:,} to {high:,} {kind} among {residents:,.0f} residents, {HINT}; is the unit right?"
    if expected:
        journal.doubt(one.sheet, one.cell, one.found, expected)


def _residents(one: Figure, base: Evidence | None) -> Decimal | None:
    """Return the residents of a figure's area, of the last year known; None where they are not known."""
    years = _values_of(base).get((one.area_code, "both", "", "resident_population"), {}) if base is not None else {}
    return years[max(years)] if years else None


def _beside_peers(figures: list[Figure], journal: Journal) -> None:
    """Doubt an amount a person that is far from the middle of the others of its year and residence."""
    groups: dict[tuple[object, ...], list[Figure]] = defaultdict(list)
    for one in figures:
        if one.measure.kind == "rate":
            groups[one.key[1:]].append(one)
    for group in groups.values():
        if len(group) < 3:
            continue
        middle = median(one.single for one in group)
        for one in group:
            if not one.checked and middle and not PEERS[0] <= one.single / middle <= PEERS[1]:
                journal.doubt(
                    one.sheet,
                    one.cell,
                    one.found,
                    f"about {middle:f} yuan a month, the middle of the {len(group)} of its kind, {HINT}",
                )


def _beside_each_other(figures: list[Figure], journal: Journal) -> None:
    """Doubt a supplement above its standard, and money that no number of recipients can have had."""
    by_key = {one.key: one for one in figures}
    for key, one in by_key.items():
        if one.measure.as_ in ("supplement_floor", "average_supplement_paid_in_month"):
            standard = by_key.get((*key[:5], "standard"))
            if standard and one.single > standard.single:
                journal.doubt(
                    one.sheet, one.cell, one.found, f"no more than the standard in {standard.cell}, {standard.found}"
                )
        if one.measure.as_ == "spending" and key[2] == "Y" and not one.checked:
            persons = [
                two
                for two in figures
                if two.measure.as_ == "recipients"
                and (two.key[0], two.key[1], two.key[3], two.key[4]) == (key[0], key[1], key[3], key[4])
            ]
            if (
                persons
                and persons[0].single
                and not SPENT_A_MONTH[0] <= one.single / persons[0].single / 12 <= SPENT_A_MONTH[1]
            ):
                journal.doubt(
                    one.sheet,
                    one.cell,
                    one.found,
                    f"{SPENT_A_MONTH[0]} to {SPENT_A_MONTH[1]} yuan a recipient and month ({persons[0].cell} has {persons[0].found}); is the unit right?",
                )


def _beside_known(figures: list[Figure], areas: Areas, base: Evidence | None, journal: Journal) -> None:
    """Hold figures against the package below them by the rules of every package: the year before, the other residence, the minimum."""
    rows = pd.DataFrame([_row(one) for one in figures])
    if rows.empty:
        return
    table = rows
    if base is not None:
        known = base.observations[base.observations["preferred"]].assign(figure=-1)
        # Only what stands beside these figures: their areas, and the minima of the classes.
        known = known[known["area_code"].isin(rows["area_code"]) | (known["measure"] == "minimum_standard")]
        said = {one.key for one in figures}
        known = known[[cell not in said for cell in zip(*(known[name] for name in CELL), strict=True)]]
        table = pd.concat([known, rows.assign(figure=range(len(rows)))], ignore_index=True)
    else:
        table = rows.assign(figure=range(len(rows)))
    classed = areas.table.assign(area_class=areas.table["area_class"].astype(str))
    found = [*implausible(table), *far_from_minimum(table, classed)]
    told: set[tuple[str, str]] = set()
    for row, problem in found:
        one = figures[int(row["figure"])] if row["figure"] >= 0 else _partner(row, figures)
        if one is not None and not one.checked and (one.sheet, one.cell) not in told:
            told.add((one.sheet, one.cell))
            journal.doubt(
                one.sheet, one.cell, one.found, f"another value, {HINT}; {problem.partition('; allowed')[0]}: is it an amount a year?"
            )  # fmt: skip
    _flag(table, figures, journal)


def _row(one: Figure) -> dict[str, object]:
    unit = {"rate": "yuan/person/month", "money": "yuan"}.get(one.measure.kind, one.measure.kind)
    if (
        one.measure.kind == "rate" and not one.measure.in_package
    ):  # what belongs to no programme stays a year in a package
        unit = "yuan/person/year"
    value = float(one.single) * (12 if unit.endswith("/year") else 1)
    return dict(zip(CELL, one.key, strict=True)) | {
        "value": value, "unit": unit, "preferred": True, "note": "checked:" if one.checked else "", "file": one.sheet or "file", "row": one.cell,
    }  # fmt: skip


def _partner(row: pd.Series, figures: list[Figure]) -> Figure | None:
    """Return the figure of the file that makes a known row implausible: the other residence, or the year before."""
    key = tuple(row[name] for name in CELL)
    near = [
        one
        for one in figures
        if one.key[0] == key[0]
        and one.key[4:] == key[4:]
        and (one.key[1] == key[1] or (one.key[3] == key[3] and abs(one.key[1] - key[1]) == 1))
    ]
    return near[0] if near else None


def _flag(table: pd.DataFrame, figures: list[Figure], journal: Journal) -> None:
    """Note what may be so and is worth a look: country above town, a fall from one year to the next."""
    money = table[table["unit"].astype(str).str.endswith("/month")]
    values = dict(zip(zip(*(money[name] for name in CELL), strict=True), money["value"].astype(float), strict=True))
    for one in figures:
        own, key = values.get(one.key), one.key
        if own is None:
            continue
        urban, before = values.get((*key[:3], "urban", *key[4:])), values.get((key[0], key[1] - 1, *key[2:]))
        if key[3] == "rural" and urban is not None and own > urban:
            journal.log(one.sheet, one.cell, one.found, "flagged", f"the country is above the town ({urban:g})")
        if before is not None and own < before:
            journal.log(one.sheet, one.cell, one.found, "flagged", f"below the year before ({before:g})")
