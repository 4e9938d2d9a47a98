"""Benchmark: the cheapest road on the grid, for the province's areas and for 120 synthetic counties, beside plain SLSQP.

The counties are synthetic: the province's class-4 areas over and over, each a little higher or lower, by a fixed seed. They
say how the road scales and nothing of any county. SLSQP is given the same rows, the same costs and their slopes, and
amounts that need not lie on the grid; it may stop at its own limit.
"""

from __future__ import annotations

import time
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pandas as pd
from scipy import optimize

from analysis.model.pathway import policy_floors
from analysis.model.pathway.plan import Ask, Plan
from analysis.model.pathway.program import MILLION, Program
from analysis.model.pathway.road import cheapest_road
from analysis.model.simulate import Case

COUNTIES, YEARS, PLAIN_LIMIT_S = 120, 5, 120
ASK = Ask(Fraction(85, 100), 2028, largest_rise_share=Fraction(1, 10))


def synthetic_counties(case: Case, count: int = COUNTIES) -> Case:
    """Return a case of synthetic counties of class four, two residences each."""
    rng, cells = np.random.default_rng(120), case.cells
    fourth = cells[(cells["area_class"] == "4") & (cells["part_of"] == "")]
    codes = sorted(set(fourth["area_code"]))
    parts = []
    for number in range(count):
        own = fourth[fourth["area_code"] == codes[number % len(codes)]].copy()
        own["area_code"] = f"synthetic-{number:03d}"
        above = int(rng.integers(0, 60))
        own["standard_yuan_month"] = own["minimum_yuan_month"] + above
        own["population_persons"] = own["population_persons"] * rng.uniform(0.5, 1.5)
        parts.append(own.assign(observed=True, urban_cell=[-1, 2 * number]))
    table = pd.concat(parts, ignore_index=True)
    # The parts of two cities are not among them: their assumptions are named by no cell, and change nothing.
    return replace(case, cells=table)


def plain_slsqp(program: Program, limit_s: float) -> tuple[float, float]:
    """Solve the same program by scipy's SLSQP without a grid; return its cost, yuan, NaN where it did not end in time."""
    count, names = len(program.low), list(program.costs)
    table = np.zeros((len(program.rows), count))
    for line, one in enumerate(program.rows):
        for variable, times in one.terms:
            table[line, variable] = times
    scale = np.abs(table).max(axis=1, keepdims=True)
    table, least = table / scale, np.array([one.least for one in program.rows]) / scale[:, 0]
    low = program.low.astype(float)

    def cost(steps: np.ndarray) -> float:
        return (
            sum(
                np.interp(steps[name], low[name] + np.arange(len(curve)), curve)
                for name, curve in program.costs.items()
            )
            / MILLION
        )

    def slope(steps: np.ndarray) -> np.ndarray:
        found = np.zeros(count)
        for name in names:
            curve = program.costs[name]
            below = int(np.clip(steps[name] - low[name], 0, len(curve) - 2))
            found[name] = (curve[below + 1] - curve[below]) / MILLION
        return found

    end = time.perf_counter() + limit_s

    def in_time(_steps: np.ndarray) -> None:
        if time.perf_counter() > end:
            raise TimeoutError

    start = time.perf_counter()
    try:
        found = optimize.minimize(
            cost, low, jac=slope, method="SLSQP", bounds=list(zip(low, program.high, strict=True)), callback=in_time,
            constraints={"type": "ineq", "fun": lambda steps: table @ steps - least, "jac": lambda _: table},
            options={"maxiter": 200, "ftol": 1e-6},
        )  # fmt: skip
    except TimeoutError:
        return float("nan"), time.perf_counter() - start
    return float(found.fun) * MILLION if found.success else float("nan"), time.perf_counter() - start


def road_figures(evidence: object, case: Case) -> dict[str, float]:
    """Return wall seconds of each road and of the plain formulation, and how far apart their costs are."""
    found: dict[str, float] = {}
    floors = policy_floors(evidence, case, YEARS)
    for name, own in (("areas", case), ("counties_120", synthetic_counties(case))):
        start = time.perf_counter()
        road = cheapest_road(own, floors, ASK)
        found[f"road_{name}_s"] = time.perf_counter() - start
        found[f"road_{name}_over_bound_share"] = road.cost_yuan / road.bound_yuan - 1
        program = Plan(own, floors).program(ASK)
        plain, seconds = plain_slsqp(program, PLAIN_LIMIT_S)
        found[f"road_{name}_plain_slsqp_s"] = seconds
        found[f"road_{name}_plain_over_road_ratio"] = seconds / found[f"road_{name}_s"]
        if np.isfinite(plain):
            found[f"road_{name}_plain_cost_over_road_cost"] = plain / road.bound_yuan
    return found
