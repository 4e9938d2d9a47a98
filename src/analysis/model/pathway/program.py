"""Program: the cheapest amounts on a grid that meet a list of demands, by HiGHS (METHODS 4, optimisation).

Amounts are whole steps of the rounding grid. A demand is one or more rows, each "a sum of amounts is at least so much",
in whole numbers, so that meeting one is no matter of tolerance. What an amount costs may bend, as it does where entrants
come with the line; it must not bend downwards, and is handed to HiGHS as straight cuts, more of them until none is broken.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

import numpy as np

# Money is scaled to what a solver likes, and a settled plan is within a yuan or so of the best.
MILLION = 1e6
# Between plans that cost the same the lower amounts are taken: a yuan less is worth this many million yuan.
TIE = 1e-6
FIRST_CUTS, MOST_ROUNDS = 8, 60
# Branches are counted, not seconds: the same program gives the same answer on a slow machine.
MOST_NODES = 20_000


@dataclass(frozen=True)
class Row:
    """One row of a demand: sum of times x amount over ``terms`` is at least ``least``, all in steps of the grid.

    Attributes:
        demand: the demand's name.
        terms: (variable, times), whole numbers.
        least: a whole number.
    """

    demand: str
    terms: tuple[tuple[int, int], ...]
    least: int = 0


@dataclass(frozen=True)
class Envelope:
    """What some amounts may cost together, yuan a year.

    Attributes:
        demand: the demand's name.
        variables: whose costs are added.
        most_yuan: what they may come to.
    """

    demand: str
    variables: tuple[int, ...]
    most_yuan: float


@dataclass(frozen=True)
class Program:
    """Amounts, what they cost, and what is demanded of them.

    Attributes:
        low: least amount of each variable, in steps, shape (v,).
        high: largest amount, same shape; a bound of the search, named by no demand.
        costs: variable to what it costs at low, low + 1, ... high steps, yuan a year, nowhere bending downwards (see
            :func:`hull`); one that costs nothing is left out.
        rows: the demands' rows.
        envelopes: the demands on money.
        losses: variable to what is to be least, at low, low + 1, ... high steps; by default the costs are. None bends
            downwards.
    """

    low: np.ndarray
    high: np.ndarray
    costs: Mapping[int, np.ndarray] = field(default_factory=dict)
    rows: tuple[Row, ...] = ()
    envelopes: tuple[Envelope, ...] = ()
    losses: Mapping[int, np.ndarray] | None = None

    def demands(self) -> list[str]:
        """The names of all demands, in the order they were made."""
        return list(dict.fromkeys([row.demand for row in self.rows] + [one.demand for one in self.envelopes]))

    def only(self, demands: Collection[str]) -> Program:
        """Return the program with some of its demands."""
        return replace(
            self,
            rows=tuple(row for row in self.rows if row.demand in demands),
            envelopes=tuple(one for one in self.envelopes if one.demand in demands),
        )


@dataclass(frozen=True)
class Solution:
    """The best amounts, or none.

    Attributes:
        steps: amounts in steps of the grid, shape (v,), whole unless ``whole`` was off.
        objective: what they cost, yuan a year, or what they lose where the program names losses.
        bound: no plan has a lower objective than this.
        envelope_prices: demand of an envelope to what a yuan more of it would take off the objective; only where amounts
            need not be whole.
    """

    steps: np.ndarray
    objective: float
    bound: float
    envelope_prices: Mapping[str, float] = field(default_factory=dict)


def row(demand: str, terms: Mapping[int, Fraction | int], least: Fraction | int = 0) -> Row:
    """Return a row in whole numbers without a common factor: sum of times x amount >= least, amounts in steps.

    Args:
        demand: its name.
        terms: variable to times.
        least: in the unit of times.
    """
    exact = {name: Fraction(times) for name, times in terms.items() if times}
    scale = math.lcm(*(times.denominator for times in exact.values())) if exact else 1
    whole = {name: int(times * scale) for name, times in exact.items()}
    common = math.gcd(*whole.values()) or 1
    # Amounts are whole, and so is their sum: a bound between two whole numbers is the upper one.
    return Row(
        demand,
        tuple((name, times // common) for name, times in whole.items()),
        math.ceil(Fraction(least) * scale / common),
    )


def hull(curve: np.ndarray) -> np.ndarray:
    """Return the largest curve below a given one that nowhere bends downwards, in its own unit.

    Rounding of linked standards leaves ripples on what a standard costs. Source: METHODS 4 (piecewise-linear cuts).

    Args:
        curve: values at even distances, shape (m,).
    """
    points: list[int] = []
    for here in range(len(curve)):
        while len(points) > 1:
            first, middle = points[-2:]
            if (curve[middle] - curve[first]) * (here - middle) <= (curve[here] - curve[middle]) * (middle - first):
                break
            points.pop()
        points.append(here)
    return np.interp(np.arange(len(curve)), points, np.asarray(curve, float)[points])


def broken(program: Program, steps: np.ndarray) -> list[str]:
    """Return the demands that amounts do not meet, by plain arithmetic on whole numbers and on the cost tables.

    The check of every solution: it knows nothing of how it was found.

    Args:
        program: what was asked.
        steps: amounts, shape (v,).
    """
    found = [
        row.demand for row in program.rows if sum(times * int(steps[name]) for name, times in row.terms) < row.least
    ]
    for one in program.envelopes:
        spent = sum(program.costs[name][int(steps[name]) - int(program.low[name])] for name in one.variables)
        if spent > one.most_yuan + 0.5:
            found.append(one.demand)
    if ((steps < program.low) | (steps > program.high)).any():
        found.append("bounds")
    return list(dict.fromkeys(found))


def solve(program: Program, whole: bool = True, accuracy: float = 0.0) -> Solution | None:
    """Return the cheapest amounts that meet every demand; None where none do.

    min sum of costs (or losses), with the lower amounts between plans that are as good. Source: METHODS 4 (LP and MILP on
    the grid; piecewise-linear cuts).

    Args:
        program: what is asked.
        whole: whether amounts must lie on the grid; if not, prices of the envelopes are given.
        accuracy: how far above the best a plan on the grid may lie, a share; 0 asks for the best.

    Raises:
        ArithmeticError: HiGHS ended for another reason than a best plan or none.
    """
    curves = {("cost", name): cost for name, cost in program.costs.items()}
    curves |= {("loss", name): loss for name, loss in (program.losses or {}).items()}
    # A cut is the straight line through a place and the next; a curve of one place is its own bound.
    cuts = {
        key: {int(at) for at in np.linspace(0, len(curve) - 2, FIRST_CUTS) if at >= 0} for key, curve in curves.items()
    }
    for _ in range(MOST_ROUNDS):
        found = _solve_once(program, curves, cuts, whole, accuracy)
        if found is None:
            return None
        steps, taken, bound, prices = found
        if not _add_cuts(program, curves, cuts, steps, taken):
            break
    kind = "cost" if program.losses is None else "loss"
    objective = sum(value for key, value in taken.items() if key[0] == kind) * MILLION
    if whole:
        steps = steps.astype(int)
        tables = program.costs if program.losses is None else program.losses
        objective = float(sum(table[steps[name] - program.low[name]] for name, table in tables.items()))
    return Solution(steps, objective, bound * MILLION, prices)


def feasible(program: Program) -> bool:
    """Say whether any amounts on the grid meet every demand; what they cost counts in envelopes alone."""
    spent = {name for one in program.envelopes for name in one.variables}
    bare = replace(program, costs={name: program.costs[name] for name in sorted(spent)}, losses={})
    return solve(bare, whole=False) is not None and solve(bare) is not None


Curves = Mapping[tuple[str, int], np.ndarray]


def _add_cuts(
    program: Program, curves: Curves, cuts: dict[tuple[str, int], set[int]], steps: np.ndarray, taken: Mapping
) -> bool:
    """Add the cuts that amounts break; say whether there were any."""
    missing = False
    for key, curve in ((key, curve) for key, curve in curves.items() if len(curve) > 1):
        at = steps[key[1]] - program.low[key[1]]
        below = int(np.clip(math.floor(at + 1e-9), 0, len(curve) - 2))
        true = curve[below] + (curve[below + 1] - curve[below]) * (at - below)
        if true - taken[key] * MILLION > 1.0:
            new = {below, max(below - 1, 0)} - cuts[key]
            cuts[key] |= new
            missing |= bool(new)
    return missing


def _solve_once(
    program: Program,
    curves: Curves,
    cuts: Mapping[tuple[str, int], Collection[int]],
    whole: bool,
    accuracy: float,
) -> tuple[np.ndarray, dict[tuple[str, int], float], float, dict[str, float]] | None:
    """Solve with the cuts made so far: amounts, what HiGHS takes each curve for (million), the bound and the prices."""
    from scipy import optimize, sparse

    count, kind = len(program.low), "cost" if program.losses is None else "loss"
    column = {key: count + position for position, key in enumerate(curves)}
    data, at, where, least = [], [], [], []

    def add(terms: Sequence[tuple[int, float]], bound: float) -> None:
        for variable, times in terms:
            data.append(times)
            at.append(len(least))
            where.append(variable)
        least.append(bound)

    for one in program.rows:
        add(one.terms, one.least)
    for one in program.envelopes:
        add([(column["cost", name], -1.0) for name in one.variables], -one.most_yuan / MILLION)
    first_cut = len(least)
    for key, places in cuts.items():
        curve, low = curves[key], program.low[key[1]]
        for place in sorted(places):
            slope = (curve[place + 1] - curve[place]) / MILLION
            add([(column[key], 1.0), (key[1], -slope)], curve[place] / MILLION - slope * (low + place))
    matrix = sparse.csr_array((data, (at, where)), shape=(len(least), count + len(curves)))
    objective = np.concatenate([np.full(count, TIE), [float(key[0] == kind) for key in curves]])
    lower = np.concatenate([program.low, [curve.min() / MILLION for curve in curves.values()]])
    upper = np.concatenate([program.high, np.full(len(curves), np.inf)])
    if whole:
        result = optimize.milp(
            objective, integrality=np.concatenate([np.ones(count), np.zeros(len(curves))]),
            bounds=optimize.Bounds(lower, upper), constraints=optimize.LinearConstraint(matrix, np.array(least), np.inf),
            options={"mip_rel_gap": accuracy, "node_limit": MOST_NODES},
        )  # fmt: skip
    else:
        result = optimize.linprog(
            objective, A_ub=-matrix, b_ub=-np.array(least), bounds=np.stack([lower, upper], axis=1), method="highs"
        )
    if result.status == 2:
        return None
    if result.x is None:
        raise ArithmeticError(f"HiGHS found no plan: {result.message}")
    steps = np.rint(result.x[:count]) if whole else result.x[:count]
    taken = {key: float(result.x[position]) for key, position in column.items()}
    bound = float(result.mip_dual_bound if whole else result.fun) - TIE * float(result.x[:count].sum())
    prices = {}
    if not whole:
        marginals = result.ineqlin.marginals[len(program.rows) : first_cut]
        prices = {one.demand: -float(price) for one, price in zip(program.envelopes, marginals, strict=True)}
    return steps, taken, bound, prices
