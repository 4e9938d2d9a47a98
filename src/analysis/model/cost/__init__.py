"""Cost of a rise by area and residence: dibao and tekun, its parts, and who pays (METHODS 4).

One function serves the central case, every one-at-a-time change and every draw: a setting of the assumptions is
a row, an area and residence is a column. All amounts are yuan a year unless the name says otherwise.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator, Mapping
from fractions import Fraction

import numpy as np

from analysis.model.cost.now import (
    Cells,
    Now,
    Settings,
    allocation_weights,
    now_of,
    numbers,
    recipients_by_cell,
    standards_now,
    supplement_paid,
)
from analysis.model.cost.rise import ENTRANT_SHARE_OF_RISE, lifted, next_standards, rise_parts, risen
from analysis.model.programmes import MONTHS, tekun_standard

__all__ = [
    "BLOCK_NUMBERS", "COMPONENTS", "ENTRANT_SHARE_OF_RISE", "MONTHS", "Cells", "Now", "Settings", "allocation_weights", "blocks",
    "by_tier", "evaluate", "lifted", "next_standards", "now_of", "recipients_by_cell", "rise_parts", "risen", "rows_of",
    "standards_now", "supplement_paid", "tekun_standard", "whole_parts",
]  # fmt: skip
COMPONENTS = ("incumbent", "supplement_floor", "entrant", "linked")
# Arrays of so many numbers stay in the processor's cache; of all draws at once they go through memory.
BLOCK_NUMBERS = 16_384


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
    wanted: Collection[str] | None = None,
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
        wanted: the parts to return, all by default: of many settings, to write down the others takes as long as to compute them.

    Returns:
        Arrays of shape (S, n): standard, next_standard, supplement, persons, entrants, dibao_spending and tekun_spending
        (without a rise), minimum_spending (what of it is shared between the tiers), incumbent, supplement_floor, entrant,
        linked, extra (their sum), linked_<programme>, tekun_standard, next_tekun_standard, tekun_persons, minimum_extra
        (what of the extra is shared between the tiers: the extra at the provincial minimum), floor_binds.
    """
    columns = {name: np.asarray(cells[name]) for name in cells}
    fixed = (tekun_multiple, least_share, step_yuan, disability_living_yuan_month)
    count, width = len(settings["follow_share"]), len(columns["residence"])
    if after is not None:
        columns["after"] = after
    tables = (columns, settings, dibao_persons, tekun_persons)
    parts: dict[str, np.ndarray] = {}
    for here in blocks(count, width):
        block = _evaluate_block(*(rows_of(table, here, count) for table in tables), *fixed)
        block = block if wanted is None else {name: block[name] for name in wanted}
        if len(next(iter(block.values()))) == count:
            return block
        # Room for all parts at once: the system hands out one large piece of memory faster than many.
        parts = parts or dict(zip(block, np.empty((len(block), count, width)), strict=True))
        for name, values in block.items():
            parts[name][here] = values
    return parts | ({"floor_binds": parts["floor_binds"] > 0} if "floor_binds" in parts else {})


def blocks(count: int, width: int) -> Iterator[slice]:
    """Yield slices of ``count`` rows of ``width`` numbers, all of about one size that stays in the processor's cache."""
    most = max(1, BLOCK_NUMBERS // max(width, 1))
    # Of one row alone some sums are taken in another order, and differ in their last digit: each has two at least.
    pieces = max(1, min(-(-count // most), count // 2))
    ends = [count * piece // pieces for piece in range(pieces + 1)]
    yield from (slice(start, end) for start, end in itertools.pairwise(ends))


def rows_of(table: Mapping[str, np.ndarray], here: slice, count: int) -> dict[str, np.ndarray]:
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
    now = now_of(cells, settings, tekun_multiple, step_yuan)
    after = cells.get("after")
    if after is None:
        after = next_standards(cells, now.standard, settings, least_share, step_yuan)
    parts = rise_parts(
        cells, now, after, settings, dibao_persons, tekun_persons, tekun_multiple, step_yuan, disability_living_yuan_month
    )  # fmt: skip
    floor_lift = parts.pop("floor_lift")
    return {
        "standard": now.standard,
        "next_standard": after,
        "supplement": now.supplement,
        "dibao_spending": MONTHS * parts["persons"] * now.supplement,
        "tekun_spending": MONTHS * parts["tekun_persons"] * now.tekun_standard,
        "tekun_standard": now.tekun_standard,
        **parts,
        **_at_the_minimum(cells, now, after, parts, floor_lift, tekun_multiple, step_yuan),
        "floor_binds": floor_lift > 0,
    }


def _at_the_minimum(
    cells: Cells,
    now: Now,
    after: np.ndarray,
    parts: Mapping[str, np.ndarray],
    floor_lift: np.ndarray,
    tekun_multiple: float,
    step_yuan: float,
) -> dict[str, np.ndarray]:
    """Return what is shared between the tiers: spending without a rise, and the extra, at the provincial minimum."""
    minimum, next_minimum = numbers(cells, "minimum_yuan_month"), numbers(cells, "next_minimum_yuan_month")
    rise = after - now.standard
    before = _at_minimum(now.supplement, now.standard - minimum, _known(cells, "floor_yuan_month"))
    paid_next = now.supplement + rise + floor_lift
    later = _at_minimum(paid_next, after - next_minimum, _known(cells, "next_floor_yuan_month"))
    below = np.clip(np.minimum(after, next_minimum) - now.standard, 0, None)
    entrants_at_minimum = np.divide(below, rise, out=np.zeros_like(rise), where=rise > 0)
    tekun_least, tekun_least_next = (
        tekun_standard(least, tekun_multiple, np.nan, step_yuan) for least in (minimum, next_minimum)
    )
    tekun_before = np.minimum(now.tekun_standard, tekun_least)
    tekun_shared = np.minimum(parts["next_tekun_standard"], tekun_least_next) - tekun_before
    persons, tekun = parts["persons"], parts["tekun_persons"]
    # Tekun has a minimum of its own; every other linked programme moves with the dibao standard.
    reckoned = sum(values for name, values in parts.items() if name.startswith("linked_") and name != "linked_tekun")
    return {
        "minimum_spending": MONTHS * (persons * before + tekun * tekun_before),
        "minimum_extra": MONTHS * persons * (later - before)
        + (parts["entrant"] + reckoned) * entrants_at_minimum
        + MONTHS * tekun * tekun_shared,
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


def _known(cells: Cells, column: str) -> np.ndarray:
    return np.nan_to_num(numbers(cells, column), nan=0.0)


def _at_minimum(supplement: np.ndarray, above_minimum: np.ndarray, floor: np.ndarray) -> np.ndarray:
    """Return the supplement that would be paid at the provincial minimum: not below its floor, not above what is paid."""
    return np.minimum(supplement, np.maximum(floor, supplement - np.maximum(above_minimum, 0)))
