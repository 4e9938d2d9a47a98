"""A rise: what the standards in force become, and what that costs, part by part (METHODS 4)."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike

from analysis.model.cost.now import Cells, Now, Settings, numbers, recipients_by_cell
from analysis.model.programmes import MONTHS, linked_yuan_year, tekun_standard
from analysis.model.standards import FOLLOW_STEPS, lift_rural, next_in_force

# Incomes between the old line and the new are taken as spread evenly, so that who enters lacks half the rise.
ENTRANT_SHARE_OF_RISE = 0.5
# Whole numbers below this are exact as binary fractions, and so is the quotient of two rounded up: one that is not
# whole lies 1/denominator below the next whole number at least, which is more than its own last digit.
EXACT_BELOW = 2.0**52


def next_standards(
    cells: Cells, now: np.ndarray, settings: Settings, least_share: Fraction, step_yuan: float
) -> np.ndarray:
    """Return next year's standards in force, yuan/person/month, shape (S, n)."""
    after = risen(cells, now, settings, step_yuan)
    urban_cell = np.asarray(cells["urban_cell"])
    rural = np.flatnonzero(urban_cell >= 0)
    if least_share and len(rural):
        after[:, rural] = lifted(after[:, rural], after[:, urban_cell[rural]], least_share, step_yuan)
    return after


def risen(cells: Cells, now: np.ndarray, settings: Settings, step_yuan: float) -> np.ndarray:
    """Return next year's standards, yuan/person/month, shape (S, n), before any is lifted to its share of another."""
    minimum, following = numbers(cells, "minimum_yuan_month"), numbers(cells, "next_minimum_yuan_month")
    largest = max(now.max(initial=0), minimum.max(initial=0), following.max(initial=0), step_yuan)
    whole = all(_whole(amounts) for amounts in (now, minimum, following, step_yuan))
    if not whole or largest**2 * FOLLOW_STEPS >= EXACT_BELOW:
        return next_in_force(now, minimum, following, settings["follow_share"], step_yuan)
    return _next_in_whole_yuan(now, minimum, following, settings["follow_share"], step_yuan)


def lifted(rural: np.ndarray, urban: np.ndarray, least_share: Fraction, step_yuan: float) -> np.ndarray:
    """Return what :func:`analysis.model.standards.lift_rural` does, by binary fractions where they are exact."""
    largest = max(urban.max(initial=0), step_yuan) * max(least_share.numerator, least_share.denominator * step_yuan)
    if largest >= EXACT_BELOW or not (_whole(rural) and _whole(urban) and _whole(step_yuan)):
        return lift_rural(rural, urban, least_share, step_yuan)
    least = np.ceil(urban * least_share.numerator / (least_share.denominator * step_yuan)) * step_yuan
    return np.maximum(rural, np.minimum(least, urban))


def _next_in_whole_yuan(
    now: np.ndarray, minimum: np.ndarray, following: np.ndarray, follow_share: np.ndarray, step_yuan: float
) -> np.ndarray:
    """Return what :func:`analysis.model.standards.next_in_force` does, for whole numbers below ``EXACT_BELOW``.

    A division of binary fractions takes a tenth of the time of one of whole numbers.
    """
    base, rise = minimum * FOLLOW_STEPS, np.rint(follow_share * FOLLOW_STEPS) * (following - minimum)
    followed = np.ceil(now * (base + rise) / (base * step_yuan)) * step_yuan
    if step_yuan != 1:  # else rounding up leaves a whole amount where it is, and the larger of all is taken below
        followed = np.where(rise > 0, followed, now)
        following = np.where(following > now, np.ceil(following / step_yuan) * step_yuan, now)
    return np.maximum(np.maximum(followed, following), now)


def _whole(amounts: ArrayLike) -> bool:
    return bool((np.floor(amounts) == amounts).all())


def rise_parts(
    cells: Cells,
    now: Now,
    after: np.ndarray,
    settings: Settings,
    dibao_persons: Mapping[str, np.ndarray],
    tekun_persons: Mapping[str, np.ndarray],
    tekun_multiple: float,
    step_yuan: float = 1,
    disability_living_yuan_month: float = 0.0,
) -> dict[str, np.ndarray]:
    """Return what a rise costs, part by part: of :func:`evaluate`, what does not speak of who pays.

    Args:
        cells: residence, next_floor_yuan_month.
        now: before the rise.
        after: standards in force with it, yuan/person/month, shape (S, n).
        settings: as there, and so are all others.
        dibao_persons: recipients of the year.
        tekun_persons: the same of tekun.
        tekun_multiple: least multiple.
        step_yuan: grid.
        disability_living_yuan_month: the flat subsidy.

    Returns:
        Arrays of shape (S, n): persons, entrants, tekun_persons, next_tekun_standard, floor_lift (yuan/person/month),
        incumbent, supplement_floor, entrant, linked, extra, linked_<programme>.
    """
    persons = recipients_by_cell(cells, now.weights, dibao_persons)
    rise = after - now.standard
    # fmax takes the 0 where the next floor is not known.
    floor_lift = np.fmax(numbers(cells, "next_floor_yuan_month") - now.supplement - rise, 0.0)
    entrants = persons * ((after / now.standard) ** now.elasticity - 1)

    tekun = recipients_by_cell(cells, now.weights, tekun_persons)
    tekun_next = np.maximum(tekun_standard(after, tekun_multiple, np.nan, step_yuan), now.tekun_standard)

    paid_months = MONTHS * persons
    incumbent = paid_months * rise
    supplement_floor = paid_months * floor_lift
    entrant = MONTHS * entrants * (ENTRANT_SHARE_OF_RISE * rise)
    linked_parts = {
        "tekun": MONTHS * tekun * (tekun_next - now.tekun_standard),
        **linked_yuan_year(
            rise, now.standard, persons, entrants, now.elasticity, settings, disability_living_yuan_month
        ),
    }
    linked = sum(linked_parts.values())
    return {
        "persons": persons,
        "entrants": entrants,
        "tekun_persons": tekun,
        "next_tekun_standard": tekun_next,
        "floor_lift": floor_lift,
        "incumbent": incumbent,
        "supplement_floor": supplement_floor,
        "entrant": entrant,
        "linked": linked,
        "extra": incumbent + supplement_floor + entrant + linked,
        **{f"linked_{programme}": values for programme, values in linked_parts.items()},
    }
