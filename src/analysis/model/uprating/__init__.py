"""Uprating: next year's floors by ten named steps in a fixed order, in exact arithmetic (METHODS 4).

Each step is a function of the floors before it; what it did to each floor, and which bound it met, is a row of
the steps table. Nothing is rounded before its step, and nothing is rounded by binary fractions.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import pandas as pd

from analysis.inputs.parameters.policy import CatchUp, Policy
from analysis.model.uprating.steps import STEPS, Case, Cell, Drivers, Notes, round_to_grid
from analysis.model.uprating.steps import Floors as Exact

__all__ = [
    "Cell", "Drivers", "Uprated", "next_floors", "next_supplement_floors", "round_to_grid", "uprate",
    "uprate_supplement_floors",
]  # fmt: skip
Amounts = Mapping[Cell, Fraction | Decimal | int]
# What a floor is told by, and what is said of each step.
FLOOR = ("area_code", "residence")
STEP = ("step", "name", "before_yuan_month", "after_yuan_month", "binds", "note", "overrides")


@dataclass(frozen=True)
class Uprated:
    """Next year's floors.

    Attributes:
        floors: area_code, residence, now_yuan_month, next_yuan_month, unratcheted_yuan_month.
        steps: area_code, residence, step (1 to 10), name, before_yuan_month, after_yuan_month, binds, note, overrides.
    """

    floors: pd.DataFrame
    steps: pd.DataFrame


def uprate(
    now: Amounts,
    policy: Policy,
    drivers: Drivers | None = None,
    order: tuple[str, ...] = (),
    provincial_floor: Amounts | None = None,
    chain: Amounts | None = None,
    base_year: int | None = None,
) -> Uprated:
    """Return next year's floors and what each step did.

    Args:
        now: floors in force, yuan/person/month, by (area_code, residence); a residence that an area lacks is left out.
        policy: which steps are on, and how far.
        drivers: what the rules look at.
        order: area codes from the highest class to the lowest, for ``class_order``.
        provincial_floor: where cities are uprated, the provincial minimum of each cell.
        chain: for ``base_chain``, the unratcheted formula value of now, where it differs from the floor in force.
        base_year: the year of ``now``, for ``catch_up`` with a target year.

    Raises:
        ValueError: the policy needs something that the drivers lack.
    """
    case = _case(now, policy, drivers, order, provincial_floor, chain, base_year)
    exact, rows, after, unratcheted = case.now, [], case.now, case.now
    for number, (name, floors, after, notes) in enumerate(_stepped(case), start=1):
        for cell in floors:
            note = notes.get(cell, "")
            rows.append(
                (
                    *cell,
                    number,
                    name,
                    float(floors[cell]),
                    float(after[cell]),
                    after[cell] != floors[cell],
                    note,
                    "overridden" in note,
                )
            )
        if name == "ratchet":
            unratcheted = floors
    table = pd.DataFrame(
        [(*cell, float(exact[cell]), float(after[cell]), float(unratcheted[cell])) for cell in after],
        columns=["area_code", "residence", "now_yuan_month", "next_yuan_month", "unratcheted_yuan_month"],
    )
    return Uprated(table, pd.DataFrame(rows, columns=[*FLOOR, *STEP]))


def next_floors(
    now: Amounts,
    policy: Policy,
    drivers: Drivers | None = None,
    order: tuple[str, ...] = (),
    base_year: int | None = None,
    chain: Amounts | None = None,
) -> Exact:
    """Return next year's floors alone, exact, yuan/person/month: those of :func:`uprate`, which also says why.

    Args:
        now: as in :func:`uprate`.
        policy: as there.
        drivers: as there.
        order: as there.
        base_year: as there.
        chain: as there.

    Raises:
        ValueError: as there.
    """
    *_, (_, _, after, _) = _stepped(_case(now, policy, drivers, order, chain=chain, base_year=base_year))
    return after


def _case(
    now: Amounts,
    policy: Policy,
    drivers: Drivers | None = None,
    order: tuple[str, ...] = (),
    provincial_floor: Amounts | None = None,
    chain: Amounts | None = None,
    base_year: int | None = None,
) -> Case:
    target = policy.catch_up.target_year
    exact, least, chained = (
        {cell: Fraction(value) for cell, value in (amounts or {}).items()} for amounts in (now, provincial_floor, chain)
    )
    return Case(
        now=exact,
        policy=policy,
        drivers=drivers or Drivers(),
        order=tuple(order),
        provincial_floor=least,
        chain=chained,
        years_to_target=target - base_year if target and base_year else None,
    )


def _stepped(case: Case) -> Iterator[tuple[str, Exact, Exact, Notes]]:
    """Yield the name of each step, the floors before it and after it, and its notes."""
    floors = dict(case.now)
    for name, step in STEPS:
        after, notes = step(case, floors)
        yield name, floors, after, notes
        floors = after


def uprate_supplement_floors(
    now: Amounts,
    policy: Policy,
    drivers: Drivers | None = None,
    unified: Collection[str] = (),
) -> Uprated:
    """Return next year's supplement floors by the same steps, less those that speak of the standard alone.

    Class order, rural share, a share to catch up with, unity of town and country and the ceiling are rules about standards; in 2024 the
    class-4 rural floor stood at 0.49 of the urban one.

    Args:
        now: floors in force, yuan/person/month, by (area_code, residence).
        policy: which steps are on, and how far.
        drivers: what the rules look at.
        unified: areas whose standard is one for town and country: their rural floor takes the urban rule too.
    """
    parts = [uprate(cells, rules, drivers) for cells, rules in _supplement_parts(now, policy, unified)]
    return Uprated(
        *(
            pd.concat(tables, ignore_index=True)
            for tables in zip(*((one.floors, one.steps) for one in parts), strict=True)
        )
    )


def next_supplement_floors(
    now: Amounts,
    policy: Policy,
    drivers: Drivers | None = None,
    unified: Collection[str] = (),
    chain: Amounts | None = None,
) -> Exact:
    """Return next year's supplement floors alone, exact, yuan/person/month: those of :func:`uprate_supplement_floors`.

    Args:
        now: as there.
        policy: as there.
        drivers: as there.
        unified: as there.
        chain: as in :func:`uprate`.

    Raises:
        ValueError: the policy needs something that the drivers lack.
    """
    first, second = (
        next_floors(cells, rules, drivers, chain=chain) for cells, rules in _supplement_parts(now, policy, unified)
    )
    return first | second


def _supplement_parts(now: Amounts, policy: Policy, unified: Collection[str]) -> list[tuple[Amounts, Policy]]:
    """Return the floors of unified areas and those of the others, each with the policy that it follows."""
    # A share to be reached, or a gap to be closed, is one of standards.
    faster = policy.catch_up if policy.catch_up.kind == "differential" else CatchUp()
    own = policy.model_copy(
        update={
            "catch_up": faster,
            "unified_stay_unified": policy.unified_stay_unified.model_copy(update={"on": False}),
            "class_order": policy.class_order.model_copy(update={"on": False}),
            "rural_share": policy.rural_share.model_copy(update={"at_least": Decimal(0)}),
            "ceiling": policy.ceiling.model_copy(update={"on": False}),
        }
    )
    one_rule = own.model_copy(update={"rule": own.rule.model_copy(update={"rural": own.rule.urban})})
    return [
        ({cell: value for cell, value in now.items() if (cell[0] in unified) is together}, rules)
        for together, rules in ((True, one_rule), (False, own))
    ]
