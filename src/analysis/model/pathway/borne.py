"""What an envelope bears: the largest rise of all floors, or of one class's, at a stated chance (METHODS 4)."""

from __future__ import annotations

import functools
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd

from analysis.inputs.parameters.policy import RiseRule, RiseRules
from analysis.model.pathway.floors import Exact, floors_now
from analysis.model.simulate import Case
from analysis.model.uprating import Drivers, next_floors, next_supplement_floors

# A hundredth of a per cent: on the rounding grid no finer rise of these floors can be told apart for long.
GRID, MOST_STEPS = Fraction(1, 10_000), 5_000
TABLE_STEP, TABLE_MOST = Fraction(1, 200), Fraction(1, 10)


@dataclass(frozen=True)
class Borne:
    """The largest rise that an envelope bears.

    Attributes:
        rise_share: of the floors asked about, a share, on a grid of a hundredth of a per cent.
        cost_yuan: what it costs, at the chance asked for.
        next_cost_yuan: what one more step of the grid, or the next that costs more, would cost; NaN at the end of the grid.
        minima: next year's floors at that rise, class and residence to yuan/person/month.
    """

    rise_share: Fraction
    cost_yuan: float
    next_cost_yuan: float
    minima: Exact


def largest_rise(
    case: Case, envelope_yuan: float, chance: float | None = None, classes: Collection[str] | None = None
) -> Borne | None:
    """Return the largest rise of next year's floors whose extra cost an envelope bears; None where it bears not even none.

    Each floor asked about rises by the same share, the others stay; then come the policy's other steps (rounding, class
    order, rural share, ceiling, ratchet). The standard is rounded up, so that cost climbs in steps; the answer lies on
    the side that the envelope bears. Source: METHODS 4 (break-even; solved backwards).

    Args:
        case: made ready.
        envelope_yuan: what the extra of next year may come to, against no rise.
        chance: the part of the draws in which the envelope must suffice, such as 0.9; None takes every assumption central.
        classes: class codes whose floors rise; all by default.

    Raises:
        ValueError: a chance outside 0 to 1, or a class that the package does not have.
    """
    if chance is not None and not 0 < chance < 1:
        raise ValueError(f"a chance of {chance}; allowed: above 0 and below 1")
    if unknown := set(classes or ()) - set(case.floors.order):
        raise ValueError(f"class {sorted(unknown)[0]!r}; allowed: {', '.join(case.floors.order)}")
    settings = {name: np.array([value]) for name, value in case.central().items()} if chance is None else case.draw()

    @functools.cache
    def costs(steps: int) -> float:
        cells = dict(case.cells) | {name: rows[0] for name, rows in floors_at(case, [steps * GRID], classes).items()}
        extra = case.extra_yuan_year(settings, cells)
        return float(extra[0] if chance is None else np.quantile(extra, chance))

    if costs(0) > envelope_yuan:
        return None
    low, high = 0, MOST_STEPS + 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if costs(middle) <= envelope_yuan else (low, middle)
    minima, _ = _Rises(case, classes).at(low * GRID)
    return Borne(low * GRID, costs(low), costs(high) if high <= MOST_STEPS else float("nan"), minima)


def cost_of_rises(case: Case) -> pd.DataFrame:
    """Return what a uniform rise of every floor would cost, from nothing to a tenth by half a per cent.

    The other steps of the scenario's policy stay as they are; every assumption is central.

    Returns:
        rise_share, extra_yuan_year, spending_yuan_year (dibao and tekun of the planned year, with the rise).
    """
    rises = [step * TABLE_STEP for step in range(int(TABLE_MOST / TABLE_STEP) + 1)]
    settings = {name: np.full(len(rises), value) for name, value in case.central().items()}
    wanted = ("extra", "dibao_spending", "tekun_spending")
    parts = case.evaluate(settings, cells=dict(case.cells) | floors_at(case, rises), wanted=wanted)
    extra, dibao, tekun = (parts[name].sum(axis=1) for name in wanted)
    return pd.DataFrame(
        {
            "rise_share": [float(rise) for rise in rises],
            "extra_yuan_year": extra,
            "spending_yuan_year": dibao + tekun + extra,
        }
    )


def largest_rise_borne(costs: pd.DataFrame, envelope_yuan_year: float, column: str = "extra_yuan_year") -> float:
    """Return the largest uniform rise of a table whose cost an envelope bears; NaN where it bears not even none.

    Args:
        costs: as from :func:`cost_of_rises`.
        envelope_yuan_year: what can be spent.
        column: what is compared with it.
    """
    borne = costs.loc[costs[column] <= envelope_yuan_year, "rise_share"]
    return float(borne.max()) if len(borne) else float("nan")


def floors_at(case: Case, rises: Sequence[Fraction], classes: Collection[str] | None = None) -> dict[str, np.ndarray]:
    """Return next year's floors of every cell at each rise, a rise a row.

    Args:
        case: made ready.
        rises: shares.
        classes: class codes whose floors rise; all by default.

    Returns:
        next_minimum_yuan_month and next_floor_yuan_month (NaN where not known), shape (rises, cells).
    """
    code_of = {number: code for code, number in case.floors.classes.items()}
    keys = [
        (code_of[number], side) for number, side in zip(case.cells["area_class"], case.cells["residence"], strict=True)
    ]
    shared, minima, supplements = _Rises(case, classes), [], []
    for rise in rises:
        least, floor = shared.at(rise)
        minima.append([float(least[key]) for key in keys])
        supplements.append([float(floor.get(key, "nan")) for key in keys])
    return {"next_minimum_yuan_month": np.array(minima), "next_floor_yuan_month": np.array(supplements)}


@dataclass(frozen=True)
class _Rises:
    """What every rise of a case's floors shares."""

    case: Case
    classes: Collection[str] | None

    @functools.cached_property
    def now(self) -> tuple[Exact, Exact]:
        return floors_now(self.case.floors.standards), floors_now(self.case.floors.supplements)

    @functools.cached_property
    def unified(self) -> set[str]:
        minima = self.now[0]
        return {area for area, _ in minima if minima[area, "urban"] == minima[area, "rural"]}

    def at(self, rise: Fraction) -> tuple[Exact, Exact]:
        """Return next year's minima and supplement floors at a rise."""
        case, drivers = self.case, Drivers(minimum_wage_yuan_month=self.case.floors.wages)
        # The rule that carries a value on, here by nothing: the value is the risen floor of the classes asked about.
        rule = RiseRule(kind="base_chain", rise_share=Decimal(0))
        policy = case.scenario.policy.model_copy(update={"rule": RiseRules(urban=rule, rural=rule)})
        minima, supplements = self.now
        chained, lifted = (
            {
                cell: value * (1 + rise) if self.classes is None or cell[0] in self.classes else value
                for cell, value in floors.items()
            }
            for floors in self.now
        )
        base, order = case.scenario.base_year, case.floors.order
        least = next_floors(minima, policy, drivers, order, base_year=base, chain=chained)
        return least, next_supplement_floors(supplements, policy, drivers, self.unified, chain=lifted)
