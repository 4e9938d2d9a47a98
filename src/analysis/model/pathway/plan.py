"""Plan: the amounts of a road on one case, what each costs, and the rows of what is asked of them (METHODS 4).

The province decides floors; cities pay the standard in force. So both are amounts of one program: floors by class and
residence that cost nothing, and standards by area that carry the cost, each at least its floor, at least what it was,
and as far behind the floor's rise as the area is assumed to follow.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

import numpy as np
import pandas as pd

from analysis.model.pathway import Path, along
from analysis.model.pathway.check import unmet
from analysis.model.pathway.floors import wide
from analysis.model.pathway.program import MILLION, Envelope, Program, Row, Solution, broken, hull, row, solve
from analysis.model.simulate import RESIDENCES, Case
from analysis.model.standards import FOLLOW_STEPS

# Of more areas than this the best plan is found to this share of its cost, not to the yuan (METHODS 4).
MANY_AREAS, ACCURACY = 50, 5e-4
# How often an envelope is drawn tighter because the true cost is above the program's.
MOST_TRIES = 5


@dataclass(frozen=True)
class Ask:
    """What a road is asked.

    Attributes:
        target_share: least rural share of the urban standard, in the minima and in force, from ``by_year`` on; None for none.
        by_year: the target's year.
        envelopes_yuan: year to what the extra against no rise since the base year may come to.
        largest_rise_share: no floor rises by more in a year; None for no bound.
        urban_rise_share: the part of the policy's urban rise that is asked, 1 for all of it.
        rural_share: least rural share in every year; None for the policy's own.
        slack_yuan_month: demand (ratchet, class_order, ceiling) to the yuan by which it may be missed.
    """

    target_share: Fraction | None = None
    by_year: int | None = None
    envelopes_yuan: Mapping[int, float] = field(default_factory=dict)
    largest_rise_share: Fraction | None = None
    urban_rise_share: Fraction = Fraction(1)
    rural_share: Fraction | None = None
    slack_yuan_month: Mapping[str, int] = field(default_factory=dict)


class Plan:
    """The amounts of a road on one case: where each stands among the variables, and what it costs."""

    def __init__(self, case: Case, policy_floors: pd.DataFrame):
        self.case, self.policy_floors = case, policy_floors
        # Year to what the program's cost is above the true one; see ``allow_for_ripples``.
        self.spare_yuan: dict[int, float] = {}
        self.table = wide(policy_floors)
        self.years = self.table.index[1:].tolist()
        self.cells = list(self.table.columns)
        policy = case.scenario.policy
        # Standards in force stand on the urban grid, floors each on that of its residence.
        self.grid = {"urban": Fraction(policy.round_urban.step_yuan), "rural": Fraction(policy.round_rural.step_yuan)}
        self.now = np.array([Fraction(str(value)) for value in case.cells["standard_yuan_month"]])
        gaps = {code: self.table.iloc[0][code, "urban"] - self.table.iloc[0][code, "rural"] for code, _ in self.cells}
        self.widest = max(gaps, key=lambda code: gaps[code])

    def floor(self, at: int, cell: tuple[str, str]) -> int:
        """The variable of a class's floor in a year, counted from 0."""
        return at * (len(self.cells) + len(self.now)) + self.cells.index(cell)

    def area(self, at: int, place: int) -> int:
        """The variable of an area's standard in a year."""
        return at * (len(self.cells) + len(self.now)) + len(self.cells) + place

    def step(self, name: int) -> Fraction:
        """The rounding grid of a variable, yuan."""
        at = name % (len(self.cells) + len(self.now))
        return self.grid[self.cells[at][1] if at < len(self.cells) else "urban"]

    def allow_for_ripples(self, ask: Ask) -> None:
        """Move the envelopes by what the program's cost is off the true one, on the road that no envelope bounds.

        The program leaves out the ripples of rounding, and lets an area follow the whole rise at once instead of year by
        year: together about a thousandth.
        """
        free = replace(ask, envelopes_yuan={})
        solution = solve(self.program(free), accuracy=self._accuracy)
        if solution is not None:
            true = self._path(solution, ask).money["extra"]
            own = self.program(replace(ask, envelopes_yuan=dict.fromkeys(ask.envelopes_yuan, 0.0)))
            for one, year in zip(own.envelopes, sorted(ask.envelopes_yuan), strict=True):
                spent = sum(own.costs[name][solution.steps[name] - own.low[name]] for name in one.variables)
                self.spare_yuan[year] = float(spent - true[year])

    def solved(self, ask: Ask) -> tuple[Path, Solution] | None:
        """Return the cheapest road and what it comes to, envelopes kept at its true cost; None where there is none."""
        asked = ask
        for _ in range(MOST_TRIES):
            program = self.program(asked)
            solution = solve(program, accuracy=self._accuracy)
            if solution is None:
                return None
            if wrong := broken(program, solution.steps):
                raise ArithmeticError(f"the plan found does not meet {', '.join(wrong)}")
            path = self._path(solution, ask)
            over = {year: path.money.at[year, "extra"] - most for year, most in ask.envelopes_yuan.items()}
            if not any(excess > 1 for excess in over.values()):
                break
            tight = {year: asked.envelopes_yuan[year] - max(excess, 0) for year, excess in over.items()}
            asked = replace(asked, envelopes_yuan=tight)
        if wrong := unmet(self.case, self.policy_floors, path, ask):
            raise ArithmeticError(f"the road found does not meet {'; '.join(wrong)}")
        return path, solution

    def lift(self, ask: Ask, envelope_yuan: float) -> tuple[float, float]:
        """Return the rural minimum that an envelope of the target year bears, and what a yuan more buys of it.

        Raises:
            ValueError: the envelope does not bear what is asked besides.
        """
        year = ask.by_year or self.years[-1]
        program = self.program(replace(ask, target_share=None, envelopes_yuan={year: envelope_yuan}))
        lifted = self.floor(self.years.index(year), (self.widest, "rural"))
        room = np.arange(int(program.high[lifted] - program.low[lifted]), -1, -1, dtype=float)
        found = solve(replace(program, losses={lifted: room * MILLION}), whole=False)
        if found is None:
            raise ValueError(f"an envelope of {envelope_yuan:.0f} yuan does not bear the other demands")
        price = found.envelope_prices[f"envelope {year}"]
        step = float(self.step(lifted))
        return float(found.steps[lifted]) * step, price * step / MILLION

    @property
    def _accuracy(self) -> float:
        return ACCURACY if len(set(self.case.cells["area_code"])) > MANY_AREAS else 0.0

    def _path(self, solution: Solution, ask: Ask) -> Path:
        return along(self.case, self._floors(solution), ask.target_share, self._least_share(ask))

    def program(self, ask: Ask) -> Program:
        """Return the program of what is asked."""
        if ask.target_share is not None and ask.by_year not in self.years:
            raise ValueError(f"a target by {ask.by_year}; allowed: {self.years[0]} to {self.years[-1]}")
        everything = {year: tuple(self.area(at, i) for i in range(len(self.now))) for at, year in enumerate(self.years)}
        envelopes = tuple(
            Envelope(f"envelope {year}", everything[year], most + self.spare_yuan.get(year, 0.0))
            for year, most in sorted(ask.envelopes_yuan.items())
        )
        low, high, costs = self._amounts
        return Program(low, high, costs, tuple(self._rows(ask)), envelopes)

    @functools.cached_property
    def _caps(self) -> dict[str, Fraction]:
        """Class to the ceiling on its floors, yuan; without a minimum wage, what no road will reach."""
        ceiling = self.case.scenario.policy.ceiling
        least = min(
            Fraction(ceiling.of_minimum_wage_share), Fraction(ceiling.unemployment_benefit_of_minimum_wage_share)
        )
        caps = {}
        for code in dict.fromkeys(code for code, _ in self.cells):
            wage = self.case.floors.wages.get(code)
            far = 3 * Fraction(str(self.table.iloc[0][code, "urban"]))
            caps[code] = Fraction(wage) * least if ceiling.on and wage is not None else far
        return caps

    @functools.cached_property
    def _amounts(self) -> tuple[np.ndarray, np.ndarray, dict[int, np.ndarray]]:
        """Least and largest amounts in steps, and the cost of each area's standard at every step between them."""
        floors_low = [0 for _ in self.cells]
        most = max(self._caps.values()) * 2
        floors_high, step = [int(most // self.grid[side]) for _, side in self.cells], self.grid["urban"]
        code_of = {number: code for code, number in self.case.floors.classes.items()}
        classes = [code_of[number] for number in self.case.cells["area_class"]]
        minimum = [Fraction(str(value)) for value in self.case.cells["minimum_yuan_month"]]
        reach = [
            max(self._caps[c], now * self._caps[c] / m) for c, now, m in zip(classes, self.now, minimum, strict=True)
        ]
        area_low = [int(-(-now // step)) for now in self.now]
        area_high = [int(-(-far // step)) for far in reach]
        low = np.array((floors_low + area_low) * len(self.years))
        high = np.array((floors_high + [max(pair) for pair in zip(area_low, area_high, strict=True)]) * len(self.years))
        costs = {}
        for at, year in enumerate(self.years):
            extra = self._extra(year, area_low, max(b - a for a, b in zip(area_low, area_high, strict=True)))
            for place in range(len(self.now)):
                name = self.area(at, place)
                costs[name] = hull(extra[: int(high[name] - low[name]) + 1, place])
        return low, high, costs

    def _extra(self, year: int, low: list[int], room: int) -> np.ndarray:
        """Return what each area costs in a year at each step above its least standard, yuan, shape (steps, areas)."""
        steps = np.arange(room + 1)[:, None]
        amounts = (np.array(low) + steps) * float(self.grid["urban"])
        after = np.maximum(amounts, np.array([float(now) for now in self.now]))
        settings = {name: np.full(room + 1, value) for name, value in self.case.central().items()}
        code_of = {number: code for code, number in self.case.floors.classes.items()}
        keys = list(zip(self.case.cells["area_class"].map(code_of), self.case.cells["residence"], strict=True))
        supplements = wide(self.policy_floors, "supplement_floor_yuan_month").loc[year, keys].to_numpy()
        cells = dict(self.case.cells) | {"next_floor_yuan_month": supplements}
        return self.case.evaluate(settings, year, cells, after, ("extra",))["extra"]

    def _least_share(self, ask: Ask) -> dict[int, Fraction]:
        """Year to the least rural share that the road asks of every area."""
        own = Fraction(self.case.scenario.policy.rural_share.at_least) if ask.rural_share is None else ask.rural_share
        target = ask.target_share or Fraction(0)
        return {year: max(own, target) if ask.by_year and year >= ask.by_year else own for year in self.years}

    def _floors(self, solution: Solution) -> pd.DataFrame:
        """Return a solution's floors as a table, the base year first."""
        table = self.policy_floors.copy()
        for at, year in enumerate(self.years):
            for cell in self.cells:
                here = (table["year"] == year) & (table["area_code"] == cell[0]) & (table["residence"] == cell[1])
                table.loc[here, "minimum_yuan_month"] = float(solution.steps[self.floor(at, cell)] * self.grid[cell[1]])
        return table

    def _rows(self, ask: Ask) -> Iterator[Row]:
        """Yield the rows of every demand."""
        for at in range(len(self.years)):
            yield from self._floor_rows(at, ask)
            yield from self._area_rows(at, ask)

    def _row(self, demand: str, terms: Mapping[int, Fraction | int], least_yuan: Fraction | int = 0) -> Row:
        return row(demand, {name: times * self.step(name) for name, times in terms.items()}, least_yuan)

    def _floor_rows(self, at: int, ask: Ask) -> Iterator[Row]:
        policy, year, base = self.case.scenario.policy, self.years[at], self.table.iloc[0]
        slack = {name: Fraction(yuan) for name, yuan in ask.slack_yuan_month.items()}
        for cell in self.cells:
            here, before = self.floor(at, cell), Fraction(str(base[cell]))
            wanted = Fraction(str(self.table.at[year, cell]))
            if policy.ratchet.on:
                loose = slack.get("ratchet", Fraction(0))
                earlier = {self.floor(at - 1, cell): -1} if at else {}
                yield self._row("ratchet", {here: 1, **earlier}, (0 if at else before) - loose)
            if cell[1] == "urban":
                yield self._row("urban_rise", {here: 1}, before + ask.urban_rise_share * (wanted - before))
            if policy.ceiling.on and cell[0] in self.case.floors.wages:
                most = max(self._caps[cell[0]], before) + slack.get("ceiling", Fraction(0))
                yield self._row("ceiling", {here: -1}, -most)
            if ask.largest_rise_share is not None:
                times = 1 + ask.largest_rise_share
                earlier = {self.floor(at - 1, cell): times} if at else {}
                yield self._row("largest_rise", {here: -1, **earlier}, 0 if at else -times * before)
        yield from self._between_floors(at, ask, slack.get("class_order", Fraction(0)))

    def _between_floors(self, at: int, ask: Ask, loose: Fraction) -> Iterator[Row]:
        policy, base, order = self.case.scenario.policy, self.table.iloc[0], self.case.floors.order
        if policy.class_order.on:
            for residence in RESIDENCES:
                for higher, lower in itertools.pairwise(order):
                    pair = {self.floor(at, (higher, residence)): 1, self.floor(at, (lower, residence)): -1}
                    yield self._row("class_order", pair, -loose)
        least = self._least_share(replace(ask, target_share=None))[self.years[at]]
        for code in order:
            urban, rural = (self.floor(at, (code, side)) for side in RESIDENCES)
            if base[code, "urban"] == base[code, "rural"] and policy.unified_stay_unified.on:
                yield self._row("one_standard", {rural: 1, urban: -1})
            if base[code, "rural"] <= base[code, "urban"]:
                yield self._row("not_above_urban", {urban: 1, rural: -1})
                yield self._row("rural_share", {rural: 1, urban: -least})
                if ask.target_share is not None and self.years[at] >= ask.by_year:
                    yield self._row("target", {rural: 1, urban: -ask.target_share})

    def _area_rows(self, at: int, ask: Ask) -> Iterator[Row]:
        cells, least = self.case.cells, self._least_share(replace(ask, target_share=None))[self.years[at]]
        follow = Fraction(round(self.case.central()["follow_share"] * FOLLOW_STEPS), FOLLOW_STEPS)
        code_of = {number: code for code, number in self.case.floors.classes.items()}
        columns = zip(
            cells["area_class"], cells["residence"], cells["minimum_yuan_month"], cells["urban_cell"], strict=True
        )
        for place, (number, residence, minimum, urban) in enumerate(columns):
            here, floor = self.area(at, place), self.floor(at, (code_of[number], residence))
            yield self._row("provincial_floor", {here: 1, floor: -1})
            if at:
                yield self._row("in_force_ratchet", {here: 1, self.area(at - 1, place): -1})
            times = follow * self.now[place] / Fraction(str(minimum))
            yield self._row("follow", {here: 1, floor: -times}, self.now[place] * (1 - follow))
            if urban >= 0 and self.now[place] <= self.now[urban]:
                town = self.area(at, int(urban))
                yield self._row("rural_share", {here: 1, town: -least})
                if ask.target_share is not None and self.years[at] >= ask.by_year:
                    yield self._row("target", {here: 1, town: -ask.target_share})
