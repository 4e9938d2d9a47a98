"""Meaning: which measure a figure is of, in which unit and of whom, by what its row, column and titles say."""

from __future__ import annotations

from collections.abc import Iterable

from analysis.intake.amounts import Unit
from analysis.intake.areas import Area
from analysis.intake.headers import Said
from analysis.intake.journal import Doubtful
from analysis.intake.vocabulary import Measure, Vocabulary

KINDS = {"yuan": ("rate", "money"), "persons": ("persons",), "households": ("households",)}
SINGLE = {"persons": Unit("persons", 1, ""), "households": Unit("households", 1, "")}


def measure_and_unit(
    said: Said, stated: set[Unit], of_titles: Iterable[Unit], words: Vocabulary
) -> tuple[Measure, Unit]:
    """Find the one measure that a figure can be of, and its unit.

    Args:
        said: by row, column and titles together.
        stated: units in the cell, its row and its header.
        of_titles: units that titles name; taken where none is stated nearer.
        words: the vocabulary.

    Raises:
        Doubtful: no measure or several, no unit or several, or a unit that the measure cannot have.
    """
    if len(stated) > 1:
        raise Doubtful(f"one unit; cell, row and header name {' and '.join(sorted(one.said for one in stated))}")
    unit = next(iter(stated), None)
    measure = words.measure_of(said.programme, said.noun, _kind(unit))
    if measure is None:
        named = " ".join(part for part in (said.programme, said.noun) if part)
        raise Doubtful(
            f"a measure that intake knows, such as 低保标准 or 低保人数; header and title say {named or 'none'}"
        )
    unit = unit or _unit_of_title(measure, said, of_titles)
    if measure.kind not in KINDS[unit.kind]:
        raise Doubtful(f"a unit of {measure.kind}; {unit.said} is none")
    if measure.kind == "money" and (unit.per or said.per):
        raise Doubtful("a sum of money; an amount a person, month or year is none")
    return measure, _rate(unit, said) if measure.kind == "rate" else unit


def _kind(unit: Unit | None) -> str:
    """Return the kind of measure that a unit leaves open; empty where it leaves several."""
    if unit is None:
        return ""
    if unit.kind != "yuan":
        return unit.kind
    return "rate" if unit.per else "money" if unit.scale > 1 else ""


def _unit_of_title(measure: Measure, said: Said, of_titles: Iterable[Unit]) -> Unit:
    fitting = {one for one in of_titles if measure.kind in KINDS[one.kind]}
    if measure.kind == "rate":
        fitting = {one for one in fitting if one.scale == 1}
    if len(fitting) == 1:
        return fitting.pop()
    if measure.kind in SINGLE and not fitting:
        return SINGLE[measure.kind]
    if measure.kind == "rate" and not fitting:
        return Unit("yuan", 1, said.per)
    such = "万元" if measure.kind == "money" else "元/月"
    raise Doubtful(f"the unit of {measure.label}, such as {such}, in its header, its cells or a title")


def _rate(unit: Unit, said: Said) -> Unit:
    if unit.scale != 1:
        raise Doubtful(f"yuan a person and month or year; {unit.said} is none")
    if unit.per and said.per and unit.per != said.per:
        raise Doubtful(f"one period; unit and header speak of a {unit.per} and a {said.per}")
    return unit._replace(per=unit.per or said.per)


def of_level(measure: Measure, level: str, words: Vocabulary) -> Measure:
    """Return the measure that an area of a level has: a class of areas has a minimum, a city a standard in force.

    Raises:
        Doubtful: a minimum of a city, or a standard of the province.
    """
    if measure.programme != "dibao":
        return measure
    if level == "class" and measure.noun == "standard":
        return words.measures["dibao", "minimum"]
    if measure.noun == "minimum" and level != "class":
        raise Doubtful(
            "a class of areas, such as 一类地区; minimum standards are set for classes, standards in force for cities"
        )
    if measure.noun == "standard" and level == "province":
        raise Doubtful(
            "the standard of a city; what a province has is an average: name the row 平均, and it is left out"
        )
    return measure


def residences(measure: Measure, said: str, area: Area | None) -> tuple[str, ...]:
    """Return whose figure it is: of a measure that town and country have apart, one for both is a figure of each.

    Args:
        measure: what is measured.
        said: urban, rural, both; empty where nothing says it.
        area: whose it is.

    Raises:
        Doubtful: nothing says town or country, or the area has no country.
    """
    if not measure.apart:
        return (said or "both",)
    if area is not None and not area.has_rural:
        if said == "rural":
            raise Doubtful(f"no figure: {area.name_zh} has no rural residence")
        return ("urban",)
    if said == "both":
        return ("urban", "rural")
    if not said:
        raise Doubtful("town or country; no column, header or title names 城镇, 农村 or 城乡统一")
    return (said,)
