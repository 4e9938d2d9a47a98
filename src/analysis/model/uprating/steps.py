"""The ten steps of the uprating, each a function from the floors before it to the floors after it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, localcontext
from fractions import Fraction

from analysis.inputs.parameters.policy import Policy, RiseRule

Cell = tuple[str, str]
Floors = dict[Cell, Fraction]
Notes = dict[Cell, str]


@dataclass(frozen=True)
class Drivers:
    """What rules may look at; whatever a policy needs and is missing is refused by name.

    Attributes:
        inflation_share: expected price rise.
        growth_share: expected growth of income or wages.
        consumption_yuan_year: by residence, consumption per head of the year before the new standards.
        own_consumption_share: by cell, 12 x the floor over its own year's consumption (for ``peg`` without a share).
        minimum_wage_yuan_month: by area.
    """

    inflation_share: Decimal | None = None
    growth_share: Decimal | None = None
    consumption_yuan_year: Mapping[str, Decimal] = field(default_factory=dict)
    own_consumption_share: Mapping[Cell, Fraction] = field(default_factory=dict)
    minimum_wage_yuan_month: Mapping[str, Decimal] = field(default_factory=dict)


def round_to_grid(value: Fraction | Decimal | int, step: Fraction | Decimal | int = 1, mode: str = "up") -> Fraction:
    """Round an exact amount to a grid of any positive step: up, nearest (half up) or down.

    Example:
        >>> round_to_grid(Fraction(772) * Fraction("1.035")), round_to_grid(Fraction(1087) * Fraction("1.035"), 1, "nearest")
        (Fraction(800, 1), Fraction(1125, 1))

    Raises:
        ValueError: a step that is not above zero, or an unknown mode.
    """
    size = Fraction(step)
    if size <= 0:
        raise ValueError(f"rounding step {step}: allowed: above zero")
    quotient = Fraction(value) / size
    if mode == "up":
        whole = -(-quotient.numerator // quotient.denominator)
    elif mode == "down":
        whole = quotient.numerator // quotient.denominator
    elif mode == "nearest":
        doubled = 2 * quotient + 1
        whole = doubled.numerator // (2 * doubled.denominator)
    else:
        raise ValueError(f"rounding mode {mode!r}: allowed: up, nearest, down")
    return whole * size


@dataclass(frozen=True)
class Case:
    """What the steps look at: the floors in force, the policy, and the bounds."""

    now: Floors
    policy: Policy
    drivers: Drivers
    order: tuple[str, ...]
    provincial_floor: Floors
    chain: Floors
    years_to_target: int | None

    def unified(self, area: str) -> bool:
        """Whether town and country of an area have one floor now."""
        return self.policy.unified_stay_unified.on and self.now.get((area, "urban")) == self.now.get((area, "rural"))

    def reversed(self, area: str) -> bool:
        """Whether the data already have rural above urban."""
        return self.now[area, "rural"] > self.now[area, "urban"]

    def least(self, cell: Cell) -> Fraction | None:
        """Return the provincial minimum of a cell, up on the grid of its residence; None where it has none."""
        floor = self.provincial_floor.get(cell)
        grid = self.policy.round_urban if cell[1] == "urban" else self.policy.round_rural
        return None if floor is None else round_to_grid(floor, grid.step_yuan)

    def least_rural(self, area: str, floors: Floors) -> Fraction:
        """Return the least rural floor that the rural share allows, on the grid, never above urban."""
        urban = floors[area, "urban"]
        least = Fraction(self.policy.rural_share.at_least) * urban
        return min(round_to_grid(least, self.policy.round_rural.step_yuan), urban)

    def cap(self, cell: Cell) -> Fraction | None:
        """Return the ceiling of a cell, down on the grid of its residence; None where no minimum wage is known.

        One standard for town and country has one ceiling, that of the town.
        """
        area, residence = cell
        wage = self.drivers.minimum_wage_yuan_month.get(area)
        if wage is None:
            return None
        town = residence == "urban" or self.unified(area)
        grid = self.policy.round_urban if town else self.policy.round_rural
        ceiling = self.policy.ceiling
        share = min(
            Fraction(ceiling.of_minimum_wage_share), Fraction(ceiling.unemployment_benefit_of_minimum_wage_share)
        )
        return round_to_grid(share * Fraction(wage), grid.step_yuan, "down")


def _needed(value: Decimal | None, rule: RiseRule, what: str) -> Fraction:
    if value is None:
        raise ValueError(f"rule {rule.kind} needs {what}, which this package does not hold for the year")
    return Fraction(value)


def _risen(cell: Cell, case: Case) -> Fraction:
    """Step 1 for one floor, unrounded."""
    area, residence = cell
    rule, drivers, now = getattr(case.policy.rule, residence), case.drivers, case.now[cell]
    match rule.kind:
        case "freeze":
            return now
        case "fixed":
            return now * (1 + Fraction(rule.rise_share))
        case "flat":
            return now + Fraction(rule.rise_yuan_month)
        case "index":
            return now * (1 + _needed(drivers.inflation_share, rule, "an expected price rise"))
        case "peg":
            consumption = _needed(
                drivers.consumption_yuan_year.get(residence), rule, f"{residence} consumption per head"
            )
            share = rule.of_consumption_share
            own = Fraction(share) if share is not None else drivers.own_consumption_share.get(cell)
            if own is None:
                raise ValueError(
                    f"rule peg needs of_consumption_share, or the consumption of the base year of {area} {residence}"
                )
            return own * consumption / 12
        case "mixed":
            weight = Fraction(rule.price_weight)
            price, growth = (
                _needed(drivers.inflation_share, rule, "an expected price rise"),
                _needed(drivers.growth_share, rule, "an expected growth"),
            )
            return now * (1 + weight * price + (1 - weight) * growth)
        case "triple":
            rises = (drivers.inflation_share, drivers.growth_share, rule.rise_share)
            return now * (1 + max(_needed(rise, rule, "price rise, growth and a least rise") for rise in rises))
        case "minimum_wage":
            return Fraction(rule.of_minimum_wage_share) * _needed(
                drivers.minimum_wage_yuan_month.get(area), rule, "a minimum wage"
            )
        case "base_chain":
            return case.chain.get(cell, now) * (1 + Fraction(rule.rise_share))
    raise ValueError(f"unknown rule {rule.kind}")


def _rule(case: Case, floors: Floors) -> tuple[Floors, Notes]:
    return {cell: _risen(cell, case) for cell in floors}, {}


def _catch_up(case: Case, floors: Floors) -> tuple[Floors, Notes]:
    step, after, notes = case.policy.catch_up, dict(floors), {}
    for area in _areas_with_both(floors):
        urban, rural, now = floors[area, "urban"], floors[area, "rural"], case.now[area, "rural"]
        if case.unified(area):
            after[area, "rural"], notes[area, "rural"] = urban, "unified"
            continue
        if step.kind == "differential":
            rural = now * (urban / case.now[area, "urban"] + Fraction(step.faster_by_share))
        elif step.kind == "gap_share":
            rural += Fraction(step.close_gap_share) * max(urban - rural, Fraction(0))
        elif step.kind == "target":
            if not case.years_to_target or case.years_to_target < 1:
                raise ValueError("catch_up target_year must lie after the base year")
            pace = Fraction(step.target_ratio) / (now / case.now[area, "urban"])
            rural = now * _root(pace, case.years_to_target) * urban / case.now[area, "urban"]
        else:
            continue
        reversed_already = case.reversed(area)
        after[area, "rural"] = rural if reversed_already else min(rural, urban)
        notes[area, "rural"] = step.kind if rural <= urban or reversed_already else "held at urban"
    return after, notes


def _root(value: Fraction, years: int) -> Fraction:
    """Return a root that is exact where it is a fraction, else to 28 digits: a last digit too many is a yuan too many."""
    with localcontext(prec=28):
        near = Fraction(((Decimal(value.numerator) / Decimal(value.denominator)).ln() / years).exp())
    fraction = near.limit_denominator(value.denominator)
    return fraction if fraction**years == value else near


def _round_urban(case: Case, floors: Floors) -> tuple[Floors, Notes]:
    grid = case.policy.round_urban
    return {
        cell: round_to_grid(value, grid.step_yuan, grid.mode) if cell[1] == "urban" else value
        for cell, value in floors.items()
    }, {}


def _provincial_floor(case: Case, floors: Floors) -> tuple[Floors, Notes]:
    after = {cell: max(value, case.least(cell) or value) for cell, value in floors.items()}
    return after, {cell: "provincial minimum" for cell in floors if after[cell] > floors[cell]}


def _class_order(case: Case, floors: Floors) -> tuple[Floors, Notes]:
    after, notes = dict(floors), {}
    if case.policy.class_order.on:
        for residence in ("urban", "rural"):
            ranked = [area for area in case.order if (area, residence) in floors]
            for higher, lower in zip(reversed(ranked[:-1]), reversed(ranked[1:]), strict=True):
                if residence == "rural" and case.unified(higher):
                    continue  # it takes its urban value, which is in order
                least = after[lower, "urban" if case.unified(lower) else residence]
                if after[higher, residence] < least:
                    after[higher, residence], notes[higher, residence] = least, f"not below {lower}"
    return after, notes


def _rural_share(case: Case, floors: Floors) -> tuple[Floors, Notes]:
    after, notes = dict(floors), {}
    if case.policy.rural_share.at_least:
        for area in _areas_with_both(floors):
            least = case.least_rural(area, floors)
            if floors[area, "rural"] < least:
                after[area, "rural"], notes[area, "rural"] = (
                    least,
                    f"at least {case.policy.rural_share.at_least} of urban",
                )
    return after, notes


def _round_rural(case: Case, floors: Floors) -> tuple[Floors, Notes]:
    grid, after, notes = case.policy.round_rural, dict(floors), {}
    for area, residence in floors:
        if residence != "rural":
            continue
        urban = floors.get((area, "urban"))
        rounded = round_to_grid(floors[area, "rural"], grid.step_yuan, grid.mode)
        if urban is not None:  # rounding takes nothing from the rural share, which may lie off the rural grid, at urban
            rounded = max(rounded, case.least_rural(area, floors))
        if case.unified(area):
            after[area, "rural"], notes[area, "rural"] = urban, "unified"
        elif urban is not None and rounded > urban and not case.reversed(area):
            after[area, "rural"], notes[area, "rural"] = urban, "held at urban"
        else:
            after[area, "rural"] = rounded
    return after, notes


def _ceiling(case: Case, floors: Floors) -> tuple[Floors, Notes]:
    after, notes = dict(floors), {}
    if not case.policy.ceiling.on:
        return after, notes
    order = {area: rank for rank, area in enumerate(case.order)}
    for cell in sorted(floors, key=lambda cell: (cell[1] != "urban", -order.get(cell[0], 0))):
        (area, residence), cap = cell, case.cap(cell)
        if cap is None:
            notes[cell] = "not checked"
            continue
        if residence == "rural" and case.unified(area):
            after[cell], notes[cell] = after[area, "urban"], notes.get((area, "urban"), "")
            continue
        if floors[cell] <= cap:
            continue
        bounds = {"provincial floor": case.least(cell)}
        if residence == "rural" and case.policy.rural_share.at_least and (area, "urban") in after:
            bounds["rural share"] = case.least_rural(area, after)
        if case.policy.class_order.on and (lower := _next_lower(case.order, area)) and (lower, residence) in after:
            bounds["class order"] = after[lower, residence]
        stronger = {name: bound for name, bound in bounds.items() if bound is not None and bound > cap}
        after[cell] = max([cap, *stronger.values()])
        notes[cell] = (
            f"ceiling overridden by {max(stronger, key=lambda name: stronger[name])}" if stronger else "ceiling"
        )
    return after, notes


def _ratchet(case: Case, floors: Floors) -> tuple[Floors, Notes]:
    """Let nothing fall; where that holds an urban floor up, the rural one keeps its share of it."""
    if not case.policy.ratchet.on:
        return dict(floors), {}
    after = {cell: max(value, case.now[cell]) for cell, value in floors.items()}
    for area in _areas_with_both(floors):
        if after[area, "urban"] > floors[area, "urban"]:
            least = after[area, "urban"] if case.unified(area) else case.least_rural(area, after)
            after[area, "rural"] = max(after[area, "rural"], least)
    notes = {}
    for cell in floors:
        if after[cell] > floors[cell]:
            cap = case.cap(cell) if case.policy.ceiling.on else None
            rule = "ratchet" if after[cell] == case.now[cell] else "rural share"
            named = {
                "ratchet": "not below its own in force",
                "rural share": "its share of the urban floor that the ratchet holds",
            }
            notes[cell] = f"ceiling overridden by {rule}" if cap is not None and after[cell] > cap else named[rule]
    return after, notes


def _check(case: Case, floors: Floors) -> tuple[Floors, Notes]:
    """Change nothing; name every rule that a stronger one has overridden."""
    broken: dict[Cell, list[str]] = {}
    for cell, value in floors.items():
        area, residence = cell
        if (
            residence == "rural"
            and (area, "urban") in floors
            and case.policy.rural_share.at_least
            and value < case.least_rural(area, floors)
        ):
            broken.setdefault(cell, []).append("rural share overridden")
        if (
            residence == "rural"
            and value > floors.get((area, "urban"), value)
            and case.now[cell] <= case.now[area, "urban"]
        ):
            broken.setdefault(cell, []).append("rural above urban")
        lower = _next_lower(case.order, area)
        if case.policy.class_order.on and lower and value < floors.get((lower, residence), value):
            broken.setdefault(cell, []).append("class order overridden")
        cap = case.cap(cell) if case.policy.ceiling.on else None
        if cap is not None and value > cap:
            broken.setdefault(cell, []).append("ceiling overridden")
    return dict(floors), {cell: "; ".join(names) for cell, names in broken.items()}


def _next_lower(order: tuple[str, ...], area: str) -> str | None:
    return order[order.index(area) + 1] if area in order[:-1] else None


def _areas_with_both(floors: Floors) -> list[str]:
    return [area for area, residence in floors if residence == "rural" and (area, "urban") in floors]


STEPS: tuple[tuple[str, Callable[[Case, Floors], tuple[Floors, Notes]]], ...] = (
    ("rule", _rule),
    ("catch_up", _catch_up),
    ("round_urban", _round_urban),
    ("provincial_floor", _provincial_floor),
    ("class_order", _class_order),
    ("rural_share", _rural_share),
    ("round_rural", _round_rural),
    ("ceiling", _ceiling),
    ("ratchet", _ratchet),
    ("check", _check),
)
