"""Conflict: which demands no floors meet together, and how far each would have to give way, alone (METHODS 4, infeasible)."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import pandas as pd

from analysis.model.pathway.plan import Ask, Plan
from analysis.model.pathway.program import Program, feasible

# What can give way; the rest says how floors and standards hang together.
DEMANDS = ("urban_rise", "ratchet", "class_order", "rural_share", "ceiling", "largest_rise", "target", "envelope")
HUNDREDTH, THOUSANDTH = Fraction(1, 100), Fraction(1, 1000)
# No floor rises by more than ten times in a year.
LARGEST_RISE_STEPS = 10_000


def smallest_conflict(program: Program, report: Callable[[str], None] | None = None) -> tuple[str, ...]:
    """Return the fewest demands, of those that can give way, that no amounts meet together; empty where some meet all.

    Demands are left out one by one while none is missed, which leaves a set that cannot be smaller by leaving out; then all
    smaller sets are tried from the smallest up, so that none has fewer. Source: METHODS 4 (infeasible).

    Args:
        program: what is asked.
        report: called before each step.
    """
    names = [name for name in program.demands() if _kind(name) in DEMANDS]
    fixed = set(program.demands()) - set(names)
    if feasible(program):
        return ()
    if report:
        report(f"which of {len(names)} demands no floors meet together")
    left = list(names)
    met: list[set[str]] = []  # demands that some amounts meet, so that any fewer of them are met too
    # From the last on, so that of several years' money the first is named.
    for name in reversed(names):
        fewer = [other for other in left if other != name]
        if feasible(program.only(fixed | set(fewer))):
            met.append(set(fewer))
        else:
            left = fewer
    for size in range(1, len(left)):
        for some in itertools.combinations(names, size):
            if any(more.issuperset(some) for more in met):
                continue
            if not feasible(program.only(fixed | set(some))):
                return some
    return tuple(left)


def _kind(demand: str) -> str:
    return demand.partition(" ")[0]


def last_that_holds(holds: Callable[[int], bool], most: int) -> int | None:
    """Return the largest number from 0 to ``most`` that holds, where what holds for one holds for all below it."""
    if not holds(0):
        return None
    low, high = 0, most + 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if holds(middle) else (low, middle)
    return low


def relaxations(
    plan: Plan, ask: Ask, conflict: tuple[str, ...], report: Callable[[str], None] | None = None
) -> pd.DataFrame:
    """Return how far each demand of a conflict would have to give way, alone, for a road to exist.

    Source: METHODS 4 (infeasible: elastic slack).

    Args:
        plan: of the case.
        ask: what was asked.
        conflict: as from :func:`smallest_conflict`.
        report: called before each demand.

    Returns:
        demand, year (0 where it is of every year), amount, unit: the share that can be met (target, rural_share), the part of
        the policy's urban rise (urban_rise), the rise that must be allowed (largest_rise), the yuan by which it must be
        missed (ratchet, class_order, ceiling), or the money that is missing in a year (envelope). A demand that cannot mend
        it alone is absent.
    """
    rows: list[tuple[str, int, float, str]] = []
    for kind in dict.fromkeys(map(_kind, conflict)):
        if report:
            report(f"how far {kind} would have to give way")
        rows += _missing_money(plan, ask) if kind == "envelope" else _given_way(plan, ask, kind)
    return pd.DataFrame(rows, columns=["demand", "year", "amount", "unit"])


def _missing_money(plan: Plan, ask: Ask) -> list[tuple[str, int, float, str]]:
    free = plan.solved(replace(ask, envelopes_yuan={}))
    if free is None:
        return []
    extra = free[0].money["extra"]
    missing = {year: float(extra[year]) - most for year, most in sorted(ask.envelopes_yuan.items())}
    return [("envelope", year, more, "yuan/year") for year, more in missing.items() if more > 0]


def _given_way(plan: Plan, ask: Ask, kind: str) -> list[tuple[str, int, float, str]]:
    """Loosen one demand until a road exists: from what asks nothing up to the most that can still be asked."""
    yuan = int(plan.case.cells["standard_yuan_month"].max())
    loosened: dict[str, tuple[Callable[[int], Ask], int, Callable[[int], float], str]] = {
        "target": (lambda n: replace(ask, target_share=n * THOUSANDTH), 1000, lambda n: n / 1000, "share"),
        "rural_share": (lambda n: replace(ask, rural_share=n * THOUSANDTH), 1000, lambda n: n / 1000, "share"),
        "urban_rise": (lambda n: replace(ask, urban_rise_share=n * HUNDREDTH), 100, lambda n: n / 100, "share"),
        "largest_rise": (
            lambda n: replace(ask, largest_rise_share=(LARGEST_RISE_STEPS - n) * THOUSANDTH),
            LARGEST_RISE_STEPS,
            lambda n: (LARGEST_RISE_STEPS - n) / 1000,
            "share",
        ),
    }
    own = (lambda n: replace(ask, slack_yuan_month={kind: yuan - n}), yuan, lambda n: yuan - n, "yuan/person/month")
    asked, most, amount, unit = loosened.get(kind, own)
    best = last_that_holds(lambda n: feasible(plan.program(asked(n))), most)
    return [] if best is None else [(kind, 0, float(amount(best)), unit)]
