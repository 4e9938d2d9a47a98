"""Cost of a rise by area and residence: dibao and tekun, its parts, and who pays (METHODS 4).

One function serves the central case, every one-at-a-time change and every draw: a setting of the assumptions is
a row, an area and residence is a column. All amounts are yuan a year unless the name says otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import numpy as np
import pandas as pd

from analysis.model.caseload import need_weights, response_elasticity
from analysis.model.standards import lift_rural, next_in_force

MONTHS = 12
# Incomes between the old line and the new are taken as spread evenly, so that who enters lacks half the rise.
ENTRANT_SHARE_OF_RISE = 0.5
COMPONENTS = ("incumbent", "supplement_floor", "entrant", "linked")
Settings = Mapping[str, np.ndarray]


def recipients_by_cell(cells: pd.DataFrame, settings: Settings, totals_persons: Mapping[str, np.ndarray]) -> np.ndarray:
    """Allocate provincial recipients of each residence to areas by population and need.

    Args:
        cells: residence, population_persons, consumption_yuan_year, part_of, part (``class4`` or ``rest``).
        settings: allocation_need and, for each city in ``part_of``, class4_part_<city>; each of shape (S, 1).
        totals_persons: by residence, shape (S, 1).

    Returns:
        Recipients, shape (S, n).
    """
    rows = len(settings["allocation_need"])
    population = np.tile(cells["population_persons"].to_numpy(float), (rows, 1))
    for city in sorted(set(cells["part_of"]) - {""}):
        share = settings[f"class4_part_{city}"]
        population *= np.where(cells["part_of"] == city, np.where(cells["part"] == "class4", share, 1 - share), 1.0)
    persons = np.zeros_like(population)
    for residence, total in totals_persons.items():
        here = (cells["residence"] == residence).to_numpy()
        weights = need_weights(
            population[:, here], cells.loc[here, "consumption_yuan_year"].to_numpy(float), settings["allocation_need"]
        )
        persons[:, here] = total * weights
    return persons


def standards_now(cells: pd.DataFrame, settings: Settings) -> np.ndarray:
    """Return the standards in force, yuan/person/month, shape (S, n).

    An area not observed in the base year stands at the larger of the minimum and its own last observed standard;
    ``unobserved_moved`` says how far that has since moved with the minimum (0 = not at all, the ratchet alone), and
    ``unobserved_above_minimum`` how far above the minimum the area stands at least.
    """
    taken = cells["standard_yuan_month"].to_numpy(float)
    then, minimum = cells["minimum_then_yuan_month"].to_numpy(float), cells["minimum_yuan_month"].to_numpy(float)
    last = cells["last_standard_yuan_month"].to_numpy(float)
    # Cities set whole yuan, whatever grid next year's floors are given.
    moved = np.where(
        settings["unobserved_moved"] > 0, _up(last * (1 + settings["unobserved_moved"] * (minimum / then - 1)), 1), last
    )
    above = _up(minimum * (1 + settings["unobserved_above_minimum"]), 1)
    above = np.where(settings["unobserved_above_minimum"] > 0, above, minimum)
    return np.where(cells["observed"], taken, np.fmax(np.fmax(moved, above), taken))


def supplement_paid(cells: pd.DataFrame, settings: Settings, standard: np.ndarray) -> np.ndarray:
    """Return the average supplement paid now, yuan/person/month, shape (S, n).

    The larger of the class's floor and the city's own, and somewhat more; never more than the standard. Where the
    class's floor of the year is not known its last known one is carried by ``class1_supplement_growth``.
    """
    carried = cells["last_floor_yuan_month"].to_numpy(float) * settings["class1_supplement_growth"]
    floor = np.where(cells["floor_yuan_month"].isna(), carried, cells["floor_yuan_month"].to_numpy(float))
    floor = np.fmax(floor, cells["own_floor_yuan_month"].to_numpy(float))
    return np.minimum(floor * (1 + settings["supplement_above_floor"]), standard)


def next_standards(
    cells: pd.DataFrame, now: np.ndarray, settings: Settings, least_share: Fraction, step_yuan: float
) -> np.ndarray:
    """Return next year's standards in force, yuan/person/month, shape (S, n)."""
    after = next_in_force(
        now, cells["minimum_yuan_month"], cells["next_minimum_yuan_month"], settings["follow_share"], step_yuan
    )
    rural = np.flatnonzero((cells["urban_cell"] >= 0).to_numpy())
    if least_share and len(rural):
        urban = cells["urban_cell"].to_numpy()[rural]
        after[:, rural] = lift_rural(after[:, rural], after[:, urban], least_share, step_yuan)
    return after


def evaluate(
    cells: pd.DataFrame,
    settings: Settings,
    dibao_persons: Mapping[str, np.ndarray],
    tekun_persons: Mapping[str, np.ndarray],
    tekun_multiple: float,
    least_share: Fraction,
    step_yuan: float = 1,
) -> dict[str, np.ndarray]:
    """Return the extra cost of a rise against no rise, part by part, for every setting and cell.

    Args:
        cells: one row per area and residence, as from ``simulate.cells_of``.
        settings: assumption id to values, shape (S, 1).
        dibao_persons: next year's recipients on their trend, by residence, shape (S, 1).
        tekun_persons: next year's tekun recipients by residence, shape (S, 1).
        tekun_multiple: least multiple of the dibao standard, 1.6 in Guangdong.
        least_share: rural share of the urban standard.
        step_yuan: rounding grid of standards.

    Returns:
        Arrays of shape (S, n): standard, next_standard, supplement, persons, entrants, base_spending, incumbent,
        supplement_floor, entrant, linked, extra (their sum), tekun_persons, minimum_extra (what of it is shared between the
        tiers: the extra at the provincial minimum), floor_binds.
    """
    standard = standards_now(cells, settings)
    minimum, next_minimum = (
        cells["minimum_yuan_month"].to_numpy(float),
        cells["next_minimum_yuan_month"].to_numpy(float),
    )
    after = next_standards(cells, standard, settings, least_share, step_yuan)
    persons = recipients_by_cell(cells, settings, dibao_persons)
    supplement = supplement_paid(cells, settings, standard)
    rise = after - standard

    floor_lift = np.fmax(cells["next_floor_yuan_month"].to_numpy(float) - supplement - rise, 0.0)
    floor_lift = np.where(cells["next_floor_yuan_month"].isna(), 0.0, floor_lift)
    elasticity = response_elasticity(standard, supplement, settings["response_share"])
    entrants = persons * ((after / standard) ** elasticity - 1)
    entrant_supplement = ENTRANT_SHARE_OF_RISE * rise

    tekun = recipients_by_cell(cells, settings, tekun_persons)
    observed_tekun = cells["tekun_yuan_month"].to_numpy(float)
    tekun_now = np.fmax(_up(tekun_multiple * standard, step_yuan), observed_tekun)
    tekun_next = np.maximum(_up(tekun_multiple * after, step_yuan), tekun_now)

    incumbent = MONTHS * persons * rise
    supplement_floor = MONTHS * persons * floor_lift
    entrant = MONTHS * entrants * entrant_supplement
    linked = MONTHS * tekun * (tekun_next - tekun_now)

    at_minimum_now = _at_minimum(supplement, standard - minimum, _known(cells, "floor_yuan_month"))
    paid_next = supplement + rise + floor_lift
    at_minimum_next = _at_minimum(paid_next, after - next_minimum, _known(cells, "next_floor_yuan_month"))
    below = np.clip(np.minimum(after, next_minimum) - standard, 0, None)
    entrants_at_minimum = np.divide(below, rise, out=np.zeros_like(rise), where=rise > 0)
    tekun_shared = np.minimum(tekun_next, _up(tekun_multiple * next_minimum, step_yuan)) - np.minimum(
        tekun_now, _up(tekun_multiple * minimum, step_yuan)
    )
    return {
        "standard": standard,
        "next_standard": after,
        "supplement": supplement,
        "persons": persons,
        "entrants": entrants,
        "base_spending": MONTHS * (persons * supplement + tekun * tekun_now),
        "incumbent": incumbent,
        "supplement_floor": supplement_floor,
        "entrant": entrant,
        "linked": linked,
        "extra": incumbent + supplement_floor + entrant + linked,
        "tekun_persons": tekun,
        "minimum_extra": MONTHS * persons * (at_minimum_next - at_minimum_now)
        + entrant * entrants_at_minimum
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


def _known(cells: pd.DataFrame, column: str) -> np.ndarray:
    return np.nan_to_num(cells[column].to_numpy(float), nan=0.0)


def _at_minimum(supplement: np.ndarray, above_minimum: np.ndarray, floor: np.ndarray) -> np.ndarray:
    """Return the supplement that would be paid at the provincial minimum: not below its floor, not above what is paid."""
    return np.minimum(supplement, np.maximum(floor, supplement - np.maximum(above_minimum, 0)))
