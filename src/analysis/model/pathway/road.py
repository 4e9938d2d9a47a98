"""Road: the cheapest floors of several years that meet a target, and what one envelope buys (METHODS 4)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from fractions import Fraction

import pandas as pd

from analysis.model.pathway import Path
from analysis.model.pathway.conflict import last_that_holds, relaxations, smallest_conflict
from analysis.model.pathway.plan import Ask, Plan
from analysis.model.pathway.program import feasible
from analysis.model.simulate import Case


@dataclass(frozen=True)
class Road:
    """The cheapest road, or what stands in its way.

    Attributes:
        ask: what was asked.
        path: what it comes to, every assumption central and drawn; None where there is no road.
        cost_yuan: its extra cost against no rise, added over the years, every assumption central.
        bound_yuan: no road costs less, by the program's own cost.
        conflict: where there is none, the fewest demands that no floors meet together.
        relaxed: how far each of these would have to give way, alone, as from ``conflict.relaxations``.
    """

    ask: Ask
    path: Path | None
    cost_yuan: float = float("nan")
    bound_yuan: float = float("nan")
    conflict: tuple[str, ...] = ()
    relaxed: pd.DataFrame = field(default_factory=pd.DataFrame)


def cheapest_road(
    case: Case, policy_floors: pd.DataFrame, ask: Ask, report: Callable[[str], None] | None = None
) -> Road:
    """Return the floors whose extra cost, added over the years, is least among those that meet what is asked.

    Asked besides of every year: urban floors at least as the policy's, nothing falls, the order of classes, the policy's
    rural share, the ceiling, the rounding grid. Supplement floors move as the policy moves them. The response of
    recipients and the supplement floors stand inside the cost. Source: METHODS 4 (path; optimisation).

    Args:
        case: made ready.
        policy_floors: as from :func:`analysis.model.pathway.policy_floors`; their horizon is the road's.
        ask: what is asked.
        report: called with what is being done, where a road is looked for in vain.

    Raises:
        ValueError: a target year outside the road.
        ArithmeticError: a road was found that does not pass the check apart from the solver.
    """
    plan = Plan(case, policy_floors)
    if ask.envelopes_yuan:
        plan.allow_for_ripples(ask)
    found = plan.solved(ask)
    if found is None:
        conflict = smallest_conflict(plan.program(ask), report)
        return Road(ask, None, conflict=conflict, relaxed=relaxations(plan, ask, conflict, report))
    path, solution = found
    return Road(ask, path, float(path.money["extra"].sum()), solution.bound)


def largest_share(
    case: Case, policy_floors: pd.DataFrame, ask: Ask, within: Fraction = Fraction(1, 1000)
) -> Fraction | None:
    """Return the largest rural share, by thousandths, that a road can meet in the target year; None where not even 0.

    The least share over the classes is as large as it can be (max-min). Source: METHODS 4 (max-min rho).

    Args:
        case: made ready.
        policy_floors: as for :func:`cheapest_road`.
        ask: what is asked; its own target share does not count.
        within: the grid of shares.
    """
    plan = Plan(case, policy_floors)
    plan.allow_for_ripples(replace(ask, target_share=None))

    def met(steps: int) -> bool:
        return feasible(plan.program(replace(ask, target_share=steps * within)))

    best = last_that_holds(met, int(1 / within))
    return None if best is None else best * within


def lift_bought(case: Case, policy_floors: pd.DataFrame, ask: Ask, envelope_yuan: float) -> tuple[float, float]:
    """Return the rural minimum, yuan/person/month, that an envelope of the target year bears, and what a yuan more buys.

    The second is the envelope's shadow price: by how much the rural minimum of the class with the widest gap would rise for
    one more yuan a year, standards taken as continuous. Source: METHODS 4 (LP; shadow price).

    Args:
        case: made ready.
        policy_floors: as for :func:`cheapest_road`.
        ask: what is asked; its envelopes and its target share do not count.
        envelope_yuan: the extra of the target year, against no rise.

    Raises:
        ValueError: the envelope does not bear what is asked besides.
    """
    return Plan(case, policy_floors).lift(ask, envelope_yuan)
