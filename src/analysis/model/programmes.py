"""Programmes that hang on the dibao standard: what one rise of it does to each (METHODS 1 and 4).

Tekun stands at a multiple of the standard, classified extras and the price-linked subsidy at a share of it, the
line of the low-income edge at one and a half times it. Orphans and unattended children have a schedule of their
own. A programme whose recipients are neither data nor a stated assumption is off, and is named as off.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import ArrayLike

from analysis.inputs.parameters.assumption import Assumption
from analysis.inputs.parameters.values import Text

MONTHS = 12
# Zhongshan's notice of 2022: 464 yuan of extra at a standard of 1160, the 40 % of METHODS 1.
CLASSIFIED_SHARE_OF_STANDARD = 0.4
# National rule of 2021 (发改价格〔2021〕1553号): the subsidy starts when consumer prices rise by 3.5 % or more.
PRICE_LINK_INDEX_RISE_SHARE = 0.035
EDGE_MULTIPLE = 1.5
# Assumptions that switch a programme on when a scenario states them; none of these is published.
OPTIONAL = {
    "disability_living_persons": "disability_living",
    "disability_nursing_persons": "disability_nursing",
    "low_income_edge_persons": "low_income_edge",
    "low_income_edge_benefit_yuan_month": "low_income_edge",
    "tekun_care_minimum_wage_share": "tekun_care",
}
LINKED = ("tekun", "classified_extra", "price_link", "low_income_edge", "disability_living")
# A further programme is declared by two assumptions: how many receive it, and which share of the dibao standard it pays.
_DECLARED = re.compile(r"linked_([a-z][a-z0-9_]*)_(persons|share)")


def declared(names: Iterable[str]) -> list[str]:
    """Return the programmes that are declared by the names of assumptions, both of each being there, sorted.

    Example:
        >>> declared(["linked_heating_persons", "linked_heating_share", "linked_other_persons", "follow_share"])
        ['heating']
    """
    found: dict[str, set[str]] = {}
    for name in names:
        if one := _DECLARED.fullmatch(name):
            found.setdefault(one[1], set()).add(one[2])
    return sorted(name for name, kinds in found.items() if len(kinds) == 2 and name not in LINKED)


def declared_names(assumptions: Mapping[str, Assumption]) -> dict[str, Text]:
    """Return the name, in both languages, of each programme that a scenario's assumptions declare."""
    named = {name: assumptions[f"linked_{name}_persons"].programme for name in declared(assumptions)}
    return {name: said for name, said in named.items() if said is not None}


def tekun_standard(
    standard_yuan_month: ArrayLike, multiple: float, observed_yuan_month: ArrayLike, step_yuan: float = 1
) -> np.ndarray:
    """Return the basic living standard of tekun, yuan/person/month: the multiple, rounded up, not below what is in force.

    Args:
        standard_yuan_month: dibao standard, shape (..., n).
        multiple: 1.6 in Guangdong, 1.3 nationally.
        observed_yuan_month: the area's own in force, shape (n,); NA where not known.
        step_yuan: the rounding grid.

    Source: 粤民函〔2024〕135号.
    """
    # A millionth of a step is taken as binary dust, since multiples have one decimal.
    multiplied = np.ceil(multiple * np.asarray(standard_yuan_month, float) / step_yuan - 1e-6) * step_yuan
    return np.fmax(multiplied, np.asarray(observed_yuan_month, float))


def tekun_care_yuan_year(
    persons: ArrayLike, minimum_wage_yuan_month: ArrayLike, share_of_wage: ArrayLike
) -> np.ndarray:
    """Return the yearly cost of care for people in tekun by tier of dependency: 12 x persons x share of the minimum wage.

    Care follows the minimum wage, not the dibao standard: a rise of the latter leaves it alone.

    Args:
        persons: by tier, shape (..., tiers).
        minimum_wage_yuan_month: of the area, broadcast against persons.
        share_of_wage: by tier (able, partly and wholly dependent), broadcast against persons.
    """
    return MONTHS * np.asarray(persons, float) * np.asarray(minimum_wage_yuan_month, float) * np.asarray(share_of_wage)


def classified_extra_yuan_year(
    rise_yuan_month: ArrayLike, persons: ArrayLike, classified_share: ArrayLike
) -> np.ndarray:
    """Return the rise of classified extras, yuan/year: 0.4 of the rise for those who receive them.

    Only the rise: the level already stands in the average supplement, which includes the extras.
    """
    recipients = np.asarray(persons, float) * np.asarray(classified_share, float)
    return MONTHS * CLASSIFIED_SHARE_OF_STANDARD * np.asarray(rise_yuan_month, float) * recipients


def price_link_yuan_year(rise_yuan_month: ArrayLike, persons: ArrayLike, months_share: ArrayLike) -> np.ndarray:
    """Return the expected rise of the price-linked subsidy, yuan/year: the rise x the index's x the months it is paid.

    Args:
        rise_yuan_month: of the standard that the subsidy is reckoned on.
        persons: who receives it.
        months_share: expected share of the year's months in which it is paid.
    """
    paid = np.asarray(persons, float) * np.asarray(months_share, float)
    return MONTHS * PRICE_LINK_INDEX_RISE_SHARE * np.asarray(rise_yuan_month, float) * paid


def low_income_edge_persons(
    edge_persons: ArrayLike, standard_yuan_month: ArrayLike, next_standard_yuan_month: ArrayLike, elasticity: ArrayLike
) -> np.ndarray:
    """Return next year's people between the line and 1.5 times it: F(1.5z) - F(z) of a power tail moves as z to its power."""
    ratio = np.asarray(next_standard_yuan_month, float) / np.asarray(standard_yuan_month, float)
    return np.asarray(edge_persons, float) * ratio ** np.asarray(elasticity, float)


def child_care_yuan_year(
    persons: float, standard_yuan_month: float, growth_share_year: ArrayLike, years: int
) -> np.ndarray:
    """Return the yearly cost of orphans or unattended children on their own schedule: 12 x N x o (1 + g)^years."""
    return MONTHS * persons * standard_yuan_month * (1 + np.asarray(growth_share_year, float)) ** years


def linked_yuan_year(
    rise_yuan_month: np.ndarray,
    standard_yuan_month: np.ndarray,
    persons: np.ndarray,
    entrants: np.ndarray,
    elasticity: np.ndarray,
    settings: Mapping[str, np.ndarray],
    disability_living_yuan_month: float = 0.0,
) -> dict[str, np.ndarray]:
    """Return what a rise of the dibao standard adds to the programmes reckoned on it, tekun apart.

    Args:
        rise_yuan_month: of the standard, shape (S, n).
        standard_yuan_month: before the rise, shape (S, n).
        persons: dibao recipients on trend, shape (S, n).
        entrants: who enter because the line rises, shape (S, n).
        elasticity: of recipients to the standard, shape (S, n).
        settings: assumption id to values, shape (S, 1); a programme without its assumption is off. One that is declared
            there costs 12 x its people x its share of the standard x the rise; its people are spread as dibao's are.
        disability_living_yuan_month: the flat subsidy, for those who become eligible with dibao.

    Returns:
        Programme to yuan a year, shape (S, n).
    """
    parts = {}
    everyone = persons + entrants
    if "classified_share" in settings:
        parts["classified_extra"] = classified_extra_yuan_year(rise_yuan_month, everyone, settings["classified_share"])
    if "price_link_months_share" in settings:
        months_share = settings["price_link_months_share"]
        parts["price_link"] = price_link_yuan_year(rise_yuan_month, everyone, months_share)
    if {"low_income_edge_persons", "low_income_edge_benefit_yuan_month"} <= set(settings):
        edge = settings["low_income_edge_persons"] * _weight(persons)
        after = low_income_edge_persons(edge, standard_yuan_month, standard_yuan_month + rise_yuan_month, elasticity)
        parts["low_income_edge"] = MONTHS * (after - edge) * settings["low_income_edge_benefit_yuan_month"]
    if "disability_living_persons" in settings:
        # The hardship subsidy goes with membership of dibao: it grows as the recipients do.
        entering = settings["disability_living_persons"] * _weight(persons) * entrants / persons
        parts["disability_living"] = MONTHS * entering * disability_living_yuan_month
    for programme in declared(settings):
        people = settings[f"linked_{programme}_persons"] * _weight(persons)
        parts[programme] = MONTHS * people * settings[f"linked_{programme}_share"] * rise_yuan_month
    return parts


def _weight(persons: np.ndarray) -> np.ndarray:
    """Return each cell's share of all recipients."""
    return persons / persons.sum(axis=-1, keepdims=True)
