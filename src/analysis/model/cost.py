"""Cost of a rise by area and residence: dibao and tekun, its parts, and who pays (METHODS 4).

One function serves the central case, every one-at-a-time change and every draw: a setting of the assumptions is
a row, an area and residence is a column. All amounts are yuan a year unless the name says otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike

from analysis.model.caseload import need_weights, response_elasticity
from analysis.model.programmes import MONTHS, linked_yuan_year, tekun_standard
from analysis.model.standards import lift_rural, next_in_force

# Incomes between the old line and the new are taken as spread evenly, so that who enters lacks half the rise.
ENTRANT_SHARE_OF_RISE = 0.5
COMPONENTS = ("incumbent", "supplement_floor", "entrant", "linked")
# Arrays of so many settings stay in the processor's cache; of all draws at once they go through memory.
BLOCK = 512
Settings = Mapping[str, np.ndarray]
# A frame of cells, or its columns; a column that differs between settings has shape (S, n).
Cells = Mapping[str, ArrayLike]


def allocation_weights(cells: Cells, settings: Settings) -> np.ndarray:
    """Return each area's share of the province's recipients of its residence, by population and need.

    Args:
        cells: residence, population_persons, consumption_yuan_year, part_of, part (``class4`` or ``rest``).
        settings: allocation_need and, for each city in ``part_of``, class4_part_<city>; each of shape (S, 1).

    Returns:
        Shares, shape (S, n); those of each residence sum to 1.
    """
    part_of, part, side = (np.asarray(cells[name]) for name in ("part_of", "part", "residence"))
    population = np.tile(_numbers(cells, "population_persons"), (len(settings["allocation_need"]), 1))
    for city in sorted(set(part_of) - {""}):
        share, here = settings[f"class4_part_{city}"], part_of == city
        population[:, here] *= np.where(part[here] == "class4", share, 1 - share)
    weights = np.empty_like(population)
    for residence in set(side):
        here = side == residence
        consumption = _numbers(cells, "consumption_yuan_year")[here]
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
    urban = np.asarray(cells["residence"]) == "urban"
    return weights * np.where(urban, totals_persons["urban"], totals_persons["rural"])


def standards_now(cells: Cells, settings: Settings) -> np.ndarray:
    """Return the standards in force, yuan/person/month, shape (S, n).

    An area not observed in the base year stands at the larger of the minimum and its own last observed standard;
    ``unobserved_moved`` says how far that has since moved with the minimum (0 = not at all, the ratchet alone), and
    ``unobserved_above_minimum`` how far above the minimum the area stands at least.
    """
    taken, last = _numbers(cells, "standard_yuan_month"), _numbers(cells, "last_standard_yuan_month")
    then, minimum = _numbers(cells, "minimum_then_yuan_month"), _numbers(cells, "minimum_yuan_month")
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
    floor = _numbers(cells, "floor_yuan_month")
    carried = _numbers(cells, "last_floor_yuan_month") * settings["class1_supplement_growth"]
    floor = np.fmax(np.where(np.isnan(floor), carried, floor), _numbers(cells, "own_floor_yuan_month"))
    return np.minimum(floor * (1 + settings["supplement_above_floor"]), standard)


def next_standards(
    cells: Cells, now: np.ndarray, settings: Settings, least_share: Fraction, step_yuan: float
) -> np.ndarray:
    """Return next year's standards in force, yuan/person/month, shape (S, n)."""
    after = next_in_force(
        now, cells["minimum_yuan_month"], cells["next_minimum_yuan_month"], settings["follow_share"], step_yuan
    )
    urban_cell = np.asarray(cells["urban_cell"])
    rural = np.flatnonzero(urban_cell >= 0)
    if least_share and len(rural):
        urban = urban_cell[rural]
        after[:, rural] = lift_rural(after[:, rural], after[:, urban], least_share, step_yuan)
    return after


def evaluate(
    cells: Cells,
    settings: Settings,
    dibao_persons: Mapping[str, np.ndarray],
    tekun_persons: Mapping[str, np.ndarray],
    tekun_multiple: float,
    least_share: Fraction,
    step_yuan: float = 1,
    disability_living_yuan_month: float = 0.0,
    after: np.ndarray | None = None,
) -> dict[str, np.ndarray]:
    """Return the extra cost of a rise against no rise, part by part, for every setting and cell.

    Args:
        cells: one row per area and residence, as from ``simulate.cells_of``; next year's floors may differ by setting.
        settings: assumption id to values, shape (S, 1).
        dibao_persons: next year's recipients on their trend, by residence, shape (S, 1).
        tekun_persons: next year's tekun recipients by residence, shape (S, 1).
        tekun_multiple: least multiple of the dibao standard, 1.6 in Guangdong.
        least_share: rural share of the urban standard.
        step_yuan: rounding grid of standards.
        disability_living_yuan_month: the flat subsidy, where a scenario states its recipients.
        after: next standards in force, yuan/person/month, shape (S, n), where they are decided already, such as those of
            a later year of a road; by default those that one rise of the floors brings.

    Returns:
        Arrays of shape (S, n): standard, next_standard, supplement, persons, entrants, dibao_spending and tekun_spending
        (without a rise), minimum_spending (what of it is shared between the tiers), incumbent, supplement_floor, entrant,
        linked, extra (their sum), linked_<programme>, tekun_standard, next_tekun_standard, tekun_persons, minimum_extra
        (what of the extra is shared between the tiers: the extra at the provincial minimum), floor_binds.
    """
    columns = {name: np.asarray(cells[name]) for name in cells}
    fixed = (tekun_multiple, least_share, step_yuan, disability_living_yuan_month)
    count = len(settings["follow_share"])
    if after is not None:
        columns["after"] = after
    tables = (columns, settings, dibao_persons, tekun_persons)
    if count <= BLOCK:
        return _evaluate_block(*tables, *fixed)
    parts: dict[str, np.ndarray] = {}
    for start in range(0, count, BLOCK):
        here = slice(start, start + BLOCK)
        block = _evaluate_block(*(_rows(table, here, count) for table in tables), *fixed)
        # Room for all parts at once: the system hands out one large piece of memory faster than many.
        parts = parts or dict(zip(block, np.empty((len(block), count, block["extra"].shape[1])), strict=True))
        for name, values in block.items():
            parts[name][here] = values
    return parts | {"floor_binds": parts["floor_binds"] > 0}


def _rows(table: Mapping[str, np.ndarray], here: slice, count: int) -> dict[str, np.ndarray]:
    """Return the rows of a block of settings; what is the same in every setting stays whole."""
    return {
        name: values[here] if np.ndim(values) == 2 and len(values) == count else values
        for name, values in table.items()
    }


def _evaluate_block(
    cells: Cells,
    settings: Settings,
    dibao_persons: Mapping[str, np.ndarray],
    tekun_persons: Mapping[str, np.ndarray],
    tekun_multiple: float,
    least_share: Fraction,
    step_yuan: float,
    disability_living_yuan_month: float,
) -> dict[str, np.ndarray]:
    standard = standards_now(cells, settings)
    minimum, next_minimum = _numbers(cells, "minimum_yuan_month"), _numbers(cells, "next_minimum_yuan_month")
    after = cells.get("after")
    if after is None:
        after = next_standards(cells, standard, settings, least_share, step_yuan)
    weights = allocation_weights(cells, settings)
    persons = recipients_by_cell(cells, weights, dibao_persons)
    supplement = supplement_paid(cells, settings, standard)
    rise = after - standard

    # fmax takes the 0 where the next floor is not known.
    floor_lift = np.fmax(_numbers(cells, "next_floor_yuan_month") - supplement - rise, 0.0)
    elasticity = response_elasticity(standard, supplement, settings["response_share"])
    entrants = persons * ((after / standard) ** elasticity - 1)
    entrant_supplement = ENTRANT_SHARE_OF_RISE * rise

    tekun = recipients_by_cell(cells, weights, tekun_persons)
    tekun_now = tekun_standard(standard, tekun_multiple, cells["tekun_yuan_month"], step_yuan)
    tekun_next = np.maximum(tekun_standard(after, tekun_multiple, np.nan, step_yuan), tekun_now)

    incumbent = MONTHS * persons * rise
    supplement_floor = MONTHS * persons * floor_lift
    entrant = MONTHS * entrants * entrant_supplement
    reckoned = linked_yuan_year(rise, standard, persons, entrants, elasticity, settings, disability_living_yuan_month)
    linked_parts = {"tekun": MONTHS * tekun * (tekun_next - tekun_now), **reckoned}
    linked = sum(linked_parts.values())

    at_minimum_now = _at_minimum(supplement, standard - minimum, _known(cells, "floor_yuan_month"))
    paid_next = supplement + rise + floor_lift
    at_minimum_next = _at_minimum(paid_next, after - next_minimum, _known(cells, "next_floor_yuan_month"))
    below = np.clip(np.minimum(after, next_minimum) - standard, 0, None)
    entrants_at_minimum = np.divide(below, rise, out=np.zeros_like(rise), where=rise > 0)
    tekun_least, tekun_least_next = (
        tekun_standard(least, tekun_multiple, np.nan, step_yuan) for least in (minimum, next_minimum)
    )
    tekun_shared_now = np.minimum(tekun_now, tekun_least)
    tekun_shared = np.minimum(tekun_next, tekun_least_next) - tekun_shared_now
    return {
        "standard": standard,
        "next_standard": after,
        "supplement": supplement,
        "persons": persons,
        "entrants": entrants,
        "dibao_spending": MONTHS * persons * supplement,
        "tekun_spending": MONTHS * tekun * tekun_now,
        "minimum_spending": MONTHS * (persons * at_minimum_now + tekun * tekun_shared_now),
        "incumbent": incumbent,
        "supplement_floor": supplement_floor,
        "entrant": entrant,
        "linked": linked,
        "extra": incumbent + supplement_floor + entrant + linked,
        **{f"linked_{programme}": values for programme, values in linked_parts.items()},
        "tekun_standard": tekun_now,
        "next_tekun_standard": tekun_next,
        "tekun_persons": tekun,
        "minimum_extra": MONTHS * persons * (at_minimum_next - at_minimum_now)
        + (entrant + sum(reckoned.values())) * entrants_at_minimum
        + MONTHS * tekun * tekun_shared,
        "floor_binds": floor_lift > 0,
    }


def by_tier(
    minimum_extra: np.ndarray, extra: np.ndarray, area_class: np.ndarray, shares: Mapping[str, Mapping[str, float]]
) -> dict[str, np.ndarray]:
    """Split the extra cost between tiers: at the provincial minimum by shares, all above it locally.

    Args:
        minimum_extra: the extra at the minimum, shape (S, n).
        extra: the whole extra, shape (S, n).
        area_class: class of each cell, shape (n,).
        shares: class to tier to share; each class sums to 1 and has a tier ``local``.

    Returns:
        Tier to yuan a year, shape (S, n); the tiers sum to ``extra``.
    """
    tiers = sorted({tier for row in shares.values() for tier in row} - {"local"})
    shared = {
        tier: minimum_extra * np.array([float(shares[f"class_{c}"].get(tier, 0)) for c in area_class]) for tier in tiers
    }
    return {**shared, "local": extra - sum(shared.values())}


def whole_parts(parts: np.ndarray, total: int) -> np.ndarray:
    """Round parts to whole numbers that add to ``total`` (largest remainder).

    Example:
        >>> whole_parts(np.array([1.4, 1.4, 1.2]), 4).tolist()
        [2, 1, 1]
    """
    whole = np.floor(parts).astype(np.int64)
    order = np.argsort(-(parts - whole), kind="stable")
    missing = int(total - whole.sum())
    if not 0 <= missing <= len(parts):
        raise ValueError(f"parts that sum to {parts.sum():.3f} cannot be rounded to {total}")
    whole[order[:missing]] += 1
    return whole


def _up(amount: np.ndarray, step_yuan: float) -> np.ndarray:
    """Round up on the grid; a millionth of a step is taken as binary dust, since multiples have one decimal."""
    return np.ceil(amount / step_yuan - 1e-6) * step_yuan


def _numbers(cells: Cells, column: str) -> np.ndarray:
    return np.asarray(cells[column], float)


def _known(cells: Cells, column: str) -> np.ndarray:
    return np.nan_to_num(_numbers(cells, column), nan=0.0)


def _at_minimum(supplement: np.ndarray, above_minimum: np.ndarray, floor: np.ndarray) -> np.ndarray:
    """Return the supplement that would be paid at the provincial minimum: not below its floor, not above what is paid."""
    return np.minimum(supplement, np.maximum(floor, supplement - np.maximum(above_minimum, 0)))
