"""Before a rise: standards in force, supplements paid and recipients of every cell, for every setting (METHODS 4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analysis.model.caseload import need_weights, response_elasticity
from analysis.model.programmes import tekun_standard

Settings = Mapping[str, np.ndarray]
# A frame of cells, or its columns; a column that differs between settings has shape (S, n).
Cells = Mapping[str, ArrayLike]


@dataclass(frozen=True)
class Now:
    """What settings make of the cells before a rise: the same whatever rises, and in every later year.

    Attributes:
        standard: in force, yuan/person/month, shape (S, n), as all others.
        supplement: paid on average, yuan/person/month.
        elasticity: of recipients to the standard.
        weights: share of the province's recipients of the residence.
        tekun_standard: yuan/person/month.
    """

    standard: np.ndarray
    supplement: np.ndarray
    elasticity: np.ndarray
    weights: np.ndarray
    tekun_standard: np.ndarray


def allocation_weights(cells: Cells, settings: Settings) -> np.ndarray:
    """Return each area's share of the province's recipients of its residence, by population and need.

    Args:
        cells: residence, population_persons, consumption_yuan_year, part_of, part (``class4`` or ``rest``).
        settings: allocation_need and, for each city in ``part_of``, class4_part_<city>; each of shape (S, 1).

    Returns:
        Shares, shape (S, n); those of each residence sum to 1.
    """
    part_of, part, side = (np.asarray(cells[name]) for name in ("part_of", "part", "residence"))
    population = np.tile(numbers(cells, "population_persons"), (len(settings["allocation_need"]), 1))
    for city in sorted(set(part_of) - {""}):
        share, here = settings[f"class4_part_{city}"], part_of == city
        population[:, here] *= np.where(part[here] == "class4", share, 1 - share)
    weights = np.empty_like(population)
    for residence in set(side):
        here = side == residence
        consumption = numbers(cells, "consumption_yuan_year")[here]
        weights[:, here] = need_weights(population[:, here], consumption, settings["allocation_need"])
    return weights


def recipients_by_cell(cells: Cells, weights: np.ndarray, totals_persons: Mapping[str, np.ndarray]) -> np.ndarray:
    """Allocate provincial recipients of each residence to areas.

    Args:
        cells: residence.
        weights: as from :func:`allocation_weights`, shape (S, n).
        totals_persons: by residence, shape (S, 1).

    Returns:
        Recipients, shape (S, n).
    """
    sides = set(cells["residence"])
    if len(sides) == 1:
        return weights * totals_persons[sides.pop()]
    urban = np.asarray(cells["residence"]) == "urban"
    return weights * np.where(urban, totals_persons["urban"], totals_persons["rural"])


def standards_now(cells: Cells, settings: Settings) -> np.ndarray:
    """Return the standards in force, yuan/person/month, shape (S, n).

    An area not observed in the base year stands at the larger of the minimum and its own last observed standard;
    ``unobserved_moved`` says how far that has since moved with the minimum (0 = not at all, the ratchet alone), and
    ``unobserved_above_minimum`` how far above the minimum the area stands at least.
    """
    taken, last = numbers(cells, "standard_yuan_month"), numbers(cells, "last_standard_yuan_month")
    then, minimum = numbers(cells, "minimum_then_yuan_month"), numbers(cells, "minimum_yuan_month")
    # Cities set whole yuan, whatever grid next year's floors are given.
    moved = np.where(
        settings["unobserved_moved"] > 0, _up(last * (1 + settings["unobserved_moved"] * (minimum / then - 1)), 1), last
    )
    above = _up(minimum * (1 + settings["unobserved_above_minimum"]), 1)
    above = np.where(settings["unobserved_above_minimum"] > 0, above, minimum)
    return np.where(cells["observed"], taken, np.fmax(np.fmax(moved, above), taken))


def supplement_paid(cells: Cells, settings: Settings, standard: np.ndarray) -> np.ndarray:
    """Return the average supplement paid now, yuan/person/month, shape (S, n).

    The larger of the class's floor and the city's own, and somewhat more; never more than the standard. Where the
    class's floor of the year is not known its last known one is carried by ``class1_supplement_growth``.
    """
    floor = numbers(cells, "floor_yuan_month")
    carried = numbers(cells, "last_floor_yuan_month") * settings["class1_supplement_growth"]
    floor = np.fmax(np.where(np.isnan(floor), carried, floor), numbers(cells, "own_floor_yuan_month"))
    return np.minimum(floor * (1 + settings["supplement_above_floor"]), standard)


def now_of(
    cells: Cells,
    settings: Settings,
    tekun_multiple: float,
    step_yuan: float = 1,
    weights: np.ndarray | None = None,
) -> Now:
    """Return what settings, each of shape (S, 1), make of the cells before a rise.

    Args:
        cells: as in :func:`evaluate`.
        settings: as there.
        tekun_multiple: as there.
        step_yuan: as there.
        weights: of the allocation, where cells stand for several areas; by default those of the cells.
    """
    standard = standards_now(cells, settings)
    supplement = supplement_paid(cells, settings, standard)
    return Now(
        standard=standard,
        supplement=supplement,
        elasticity=response_elasticity(standard, supplement, settings["response_share"]),
        weights=allocation_weights(cells, settings) if weights is None else weights,
        tekun_standard=tekun_standard(standard, tekun_multiple, cells["tekun_yuan_month"], step_yuan),
    )


def _up(amount: np.ndarray, step_yuan: float) -> np.ndarray:
    """Round up on the grid; a millionth of a step is taken as binary dust, since multiples have one decimal."""
    return np.ceil(amount / step_yuan - 1e-6) * step_yuan


def numbers(cells: Cells, column: str) -> np.ndarray:
    """Return a column as binary fractions, NaN where a figure is not known."""
    return np.asarray(cells[column], float)
