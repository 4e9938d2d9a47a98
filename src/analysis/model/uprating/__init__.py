"""Uprating: next year's floors by ten named steps in a fixed order, in exact arithmetic (METHODS 4).

Each step is a function of the floors before it; what it did to each floor, and which bound it met, is a row of
the steps table. Nothing is rounded before its step, and nothing is rounded by binary fractions.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import pandas as pd

from analysis.inputs.parameters import Policy
from analysis.model.uprating.steps import STEPS, Case, Cell, Drivers, round_to_grid

__all__ = ["Cell", "Drivers", "Uprated", "round_to_grid", "uprate", "uprate_supplement_floors"]


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
    now: Mapping[Cell, Fraction | Decimal | int],
    policy: Policy,
    drivers: Drivers | None = None,
    order: tuple[str, ...] = (),
    provincial_floor: Mapping[Cell, Fraction | Decimal | int] | None = None,
    chain: Mapping[Cell, Fraction | Decimal | int] | None = None,
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
    exact = {cell: Fraction(value) for cell, value in now.items()}
    target = policy.catch_up.target_year
    case = Case(
        now=exact,
        policy=policy,
        drivers=drivers or Drivers(),
        order=tuple(order),
        provincial_floor={cell: Fraction(value) for cell, value in (provincial_floor or {}).items()},
        chain={cell: Fraction(value) for cell, value in (chain or {}).items()},
        years_to_target=target - base_year if target and base_year else None,
    )
    floors, rows, unratcheted = dict(exact), [], dict(exact)
    for number, (name, step) in enumerate(STEPS, start=1):
        after, notes = step(case, floors)
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
        floors = after
    columns = [
        "area_code",
        "residence",
        "step",
        "name",
        "before_yuan_month",
        "after_yuan_month",
        "binds",
        "note",
        "overrides",
    ]
    table = pd.DataFrame(
        [(*cell, float(exact[cell]), float(floors[cell]), float(unratcheted[cell])) for cell in floors],
        columns=["area_code", "residence", "now_yuan_month", "next_yuan_month", "unratcheted_yuan_month"],
    )
    return Uprated(table, pd.DataFrame(rows, columns=columns))


def uprate_supplement_floors(
    now: Mapping[Cell, Fraction | Decimal | int],
    policy: Policy,
    drivers: Drivers | None = None,
    unified: Collection[str] = (),
) -> Uprated:
    """Return next year's supplement floors by the same steps, less those that speak of the standard alone.

    Class order, rural share, unity of town and country and the ceiling are rules about standards; in 2024 the
    class-4 rural floor stood at 0.49 of the urban one.

    Args:
        now: floors in force, yuan/person/month, by (area_code, residence).
        policy: which steps are on, and how far.
        drivers: what the rules look at.
        unified: areas whose standard is one for town and country: their rural floor takes the urban rule too.
    """
    own = policy.model_copy(
        update={
            "unified_stay_unified": policy.unified_stay_unified.model_copy(update={"on": False}),
            "class_order": policy.class_order.model_copy(update={"on": False}),
            "rural_share": policy.rural_share.model_copy(update={"at_least": Decimal(0)}),
            "ceiling": policy.ceiling.model_copy(update={"on": False}),
        }
    )
    one_rule = own.model_copy(update={"rule": own.rule.model_copy(update={"rural": own.rule.urban})})
    parts = [
        uprate({cell: value for cell, value in now.items() if (cell[0] in unified) is together}, rules, drivers)
        for together, rules in ((True, one_rule), (False, own))
    ]
    return Uprated(
        *(
            pd.concat(tables, ignore_index=True)
            for tables in zip(*((one.floors, one.steps) for one in parts), strict=True)
        )
    )
