"""The steps of METHODS 4 as OpenFisca-core wants them, over several years, for many draws of the assumptions at once.

Run as a program of its own, since OpenFisca's lock is not ours: ``python country.py INPUTS.npz ASKED.json OUT.npz``.
A county in one draw is a person, a draw is a group. Town and country are two variables of one county rather than two
members of a group, because that spares OpenFisca the sums over members. Inputs lie at the county, so that nothing is
projected again and again. Building, setting inputs and calculating are timed each for itself, at the number of draws at once
that suits OpenFisca best. Numbers are single precision, OpenFisca's own, but where a rounding up would turn on the eighth digit.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from openfisca_core.entities import build_entity
from openfisca_core.parameters import ParameterNode
from openfisca_core.periods import ETERNITY, YEAR, period
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

SIDES = ("urban", "rural")
MONTHS, FOLLOW_STEPS, DUST = 12, 10_000, 1e-6
CLASSIFIED, PRICE_RISE, ENTRANT = 0.4, 0.035, 0.5
County = build_entity(key="county", plural="counties", label="a county in one draw", is_person=True)
Province = build_entity(
    key="province", plural="provinces", label="all counties in one draw", roles=[{"key": "part", "plural": "parts"}]
)
# Of each side: what was observed, or is known of the county.
KNOWN = ("observed", "taken", "last", "then", "last_floor", "own_floor", "tekun_observed", "population")
DRAWN = ("moved", "above", "response", "above_floor", "class1_growth", "need", "classified", "price_link")
DOUBLE = {"moved", "above", "last", "taken", "then"}


def _system(asked: dict) -> TaxBenefitSystem:
    system = TaxBenefitSystem([County, Province])
    system.parameters = ParameterNode("", data=asked["parameters"])
    base = period(asked["base_year"])
    multiple = asked["tekun_multiple"]

    def add(name: str, formula: Callable | None = None, *, later: Callable | None = None, group: bool = False,
            once: bool = False, kind: type = float) -> None:  # fmt: skip
        body: dict = {
            "value_type": kind, "entity": Province if group else County, "definition_period": ETERNITY if once else YEAR, "label": name,
        }  # fmt: skip
        if formula:
            body["formula"] = formula
        if later:
            body[f"formula_{asked['base_year'] + 1}_01_01"] = later
        system.add_variable(type(name, (Variable,), body))
        if name.rpartition("_")[0] in DOUBLE or name in DOUBLE:
            system.variables[name].dtype = np.float64

    for name in DRAWN:
        add(name, once=True)
    for name in ("area_class", "follow_steps"):
        add(name, once=True, kind=int)
    for name in ("relative_need", "upper_share"):
        add(name, once=True)
    for side in SIDES:
        for name in KNOWN:
            add(f"{name}_{side}", once=True, kind=bool if name == "observed" else float)
        for name in ("dibao", "tekun"):
            add(f"{name}_{side}", group=True)
        _add_side(add, side, base, multiple)
    least = asked["least_share"]

    def lifted(county, when):
        urban, rural = county("standard_urban", when), county("risen_rural", when)
        return np.maximum(rural, np.minimum(np.ceil(urban * np.float64(least[0]) / least[1]), urban))

    add("standard_urban", _standard_now("urban"), later=lambda county, when: county("risen_urban", when))
    add("standard_rural", _standard_now("rural"), later=lifted)
    add("extra", lambda county, when: county("extra_urban", when) + county("extra_rural", when))
    add("extra_total", lambda one, when: one.sum(one.members("extra", when)), group=True)

    def upper(one, when):
        least = one.members("shared_urban", when) + one.members("shared_rural", when)
        return one.sum(least * one.members("upper_share", when))

    add("upper_total", upper, group=True)
    return system


def _table(parameters, when, name: str, side: str) -> np.ndarray:
    node = getattr(getattr(parameters(when), name), side)
    return np.array([getattr(node, f"class_{number}") for number in range(1, 5)])


def _standard_now(side: str) -> Callable:
    def formula(county, when):
        minimum, last, taken = (county(f"{name}_{side}", when) for name in ("minimum", "last", "taken"))
        moved, above = county("moved", when), county("above", when)
        grown = np.ceil(last * (1 + moved * (minimum / county(f"then_{side}", when) - 1)) - DUST)
        grown = np.where(moved > 0, grown, last)
        least = np.where(above > 0, np.ceil(minimum * (1 + above) - DUST), minimum)
        return np.where(county(f"observed_{side}", when), taken, np.fmax(np.fmax(grown, least), taken))

    return formula


def _add_side(add: Callable, side: str, base: object, multiple: float) -> None:
    """Add the variables of town or country, each in the order in which it is needed."""

    def minimum(county, when, parameters):
        return _table(parameters, when, "minimum", side)[county("area_class", when) - 1]

    def supplement_floor(county, when, parameters):
        return _table(parameters, when, "supplement_floor", side)[county("area_class", when) - 1]

    def risen(county, when):
        before = county(f"standard_{side}", when.last_year).astype(np.float64)
        then, now = county(f"minimum_{side}", when.last_year), county(f"minimum_{side}", when)
        scaled = then.astype(np.float64) * FOLLOW_STEPS
        followed = np.ceil(before * (scaled + county("follow_steps", when) * (now - then)) / scaled)
        return np.maximum(np.maximum(followed, now), before)

    def supplement(county, when):
        floor = county(f"supplement_floor_{side}", base)
        floor = np.where(floor > 0, floor, county(f"last_floor_{side}", base) * county("class1_growth", base))
        floor = np.fmax(floor, county(f"own_floor_{side}", base))
        return np.minimum(floor * (1 + county("above_floor", base)), county(f"standard_{side}", base))

    def elasticity(county, when):
        return county("response", base) * (county(f"standard_{side}", base) / county(f"supplement_{side}", base) - 1)

    def weight(county, when):
        need = county(f"population_{side}", base) * county("relative_need", base) ** -county("need", base)
        return need / county.province.sum(need)

    def tekun_now(county, when):
        multiplied = np.ceil(multiple * county(f"standard_{side}", base).astype(np.float64) - DUST)
        return np.fmax(multiplied, county(f"tekun_observed_{side}", base))

    def tekun_standard(county, when):
        multiplied = np.ceil(multiple * county(f"standard_{side}", when).astype(np.float64) - DUST)
        return np.maximum(multiplied, county(f"tekun_now_{side}", base))

    def persons(county, when):
        return county(f"weight_{side}", base) * county.province(f"dibao_{side}", when)

    def tekun_persons(county, when):
        return county(f"weight_{side}", base) * county.province(f"tekun_{side}", when)

    def rise(county, when):
        return county(f"standard_{side}", when) - county(f"standard_{side}", base)

    def floor_lift(county, when):
        lacking = county(f"supplement_floor_{side}", when) - county(f"supplement_{side}", base)
        return np.maximum(lacking - county(f"rise_{side}", when), 0)

    def entrants(county, when):
        ratio = county(f"standard_{side}", when) / county(f"standard_{side}", base)
        return county(f"persons_{side}", when) * (ratio ** county(f"elasticity_{side}", base) - 1)

    def entrant_cost(county, when):
        return MONTHS * ENTRANT * county(f"entrants_{side}", when) * county(f"rise_{side}", when)

    def reckoned(county, when):
        everyone = county(f"persons_{side}", when) + county(f"entrants_{side}", when)
        extras = CLASSIFIED * county("classified", when) + PRICE_RISE * county("price_link", when)
        return MONTHS * county(f"rise_{side}", when) * everyone * extras

    def linked_tekun(county, when):
        more = county(f"tekun_standard_{side}", when) - county(f"tekun_now_{side}", base)
        return MONTHS * county(f"tekun_persons_{side}", when) * more

    def extra(county, when):
        each = county(f"rise_{side}", when) + county(f"floor_lift_{side}", when)
        own = MONTHS * county(f"persons_{side}", when) * each + county(f"entrant_cost_{side}", when)
        return own + county(f"reckoned_{side}", when) + county(f"linked_tekun_{side}", when)

    def shared(county, when):
        now, after = county(f"standard_{side}", base), county(f"standard_{side}", when)
        least, least_next = county(f"minimum_{side}", base), county(f"minimum_{side}", when)
        paid, change = county(f"supplement_{side}", base), county(f"rise_{side}", when)

        def at_minimum(supplement, above, floor):
            return np.minimum(supplement, np.maximum(floor, supplement - np.maximum(above, 0)))

        before = at_minimum(paid, now - least, county(f"supplement_floor_{side}", base))
        paid_next = paid + change + county(f"floor_lift_{side}", when)
        later = at_minimum(paid_next, after - least_next, county(f"supplement_floor_{side}", when))
        below = np.maximum(np.minimum(after, least_next) - now, 0)
        entering = np.divide(below, change, out=np.zeros_like(below), where=change > 0)
        tekun = np.minimum(
            county(f"tekun_standard_{side}", when), np.ceil(multiple * np.float64(1) * least_next - DUST)
        )
        tekun = tekun - np.minimum(county(f"tekun_now_{side}", base), np.ceil(multiple * np.float64(1) * least - DUST))
        more = (county(f"entrant_cost_{side}", when) + county(f"reckoned_{side}", when)) * entering
        own = MONTHS * county(f"persons_{side}", when) * (later - before)
        return own + more + MONTHS * county(f"tekun_persons_{side}", when) * tekun

    for name, formula in (
        ("minimum", minimum), ("supplement_floor", supplement_floor), ("risen", risen), ("tekun_standard", tekun_standard),
        ("persons", persons), ("tekun_persons", tekun_persons), ("rise", rise), ("floor_lift", floor_lift),
        ("entrants", entrants), ("entrant_cost", entrant_cost), ("reckoned", reckoned), ("linked_tekun", linked_tekun),
        ("extra", extra), ("shared", shared),
    ):  # fmt: skip
        add(f"{name}_{side}", formula)
    for name, formula in (
        ("supplement", supplement), ("elasticity", elasticity), ("weight", weight), ("tekun_now", tekun_now),
    ):  # fmt: skip
        add(f"{name}_{side}", formula, once=True)


def _population(system: TaxBenefitSystem, width: int, count: int, years: list[int]):
    """Build the counties of a batch of draws, and say which draw each is in."""
    builder = SimulationBuilder()
    builder.create_entities(system)
    builder.declare_person_entity("county", range(width * count))
    provinces = builder.declare_entity("province", range(count))
    which = np.repeat(np.arange(count), width)
    builder.join_with_persons(provinces, which, roles=np.zeros(width * count, dtype=int))
    simulation = builder.build(system)
    # A standard follows from that of the year before: no circle, however many years.
    simulation.max_spiral_loops = len(years) + 1
    return simulation


def _set_inputs(simulation, inputs: dict[str, np.ndarray], draws: slice, count: int, years: list[int]) -> None:
    width = len(inputs["area_class"])
    for name, values in inputs.items():
        if name.rpartition("_")[0] in ("dibao", "tekun"):
            for at, year in enumerate(years):
                simulation.set_input(name, year, values[at][draws])
        else:
            of_draw = name in DRAWN or name == "follow_steps"
            whole = np.repeat(values[draws], width) if of_draw else np.tile(values, count)
            simulation.set_input(name, ETERNITY, whole)


def measure(
    inputs: dict[str, np.ndarray], asked: dict, scenario: dict, batch: int, what: str
) -> tuple[np.ndarray, np.ndarray]:
    """Return a total of every year and draw, and the CPU seconds of building, of setting inputs, and of calculating."""
    system = _system(asked | scenario)
    years = [asked["base_year"] + ahead for ahead in range(1, asked["years"] + 1)]
    count, spent = len(inputs["follow_steps"]), np.zeros(3)
    found = np.empty((len(years), count))
    for start in range(0, count, batch):
        draws = slice(start, min(start + batch, count))
        times = [time.process_time()]
        simulation = _population(system, len(inputs["area_class"]), draws.stop - start, years)
        times.append(time.process_time())
        _set_inputs(simulation, inputs, draws, draws.stop - start, years)
        times.append(time.process_time())
        for at, year in enumerate(years):
            found[at, draws] = simulation.calculate(what, year)
        spent += np.diff([*times, time.process_time()])
    return found, spent


def main(inputs_path: str, asked_path: str, out_path: str) -> None:
    """Measure every scenario at the batch that suits OpenFisca best, and write totals and seconds."""
    stored = np.load(inputs_path, allow_pickle=False)
    asked = json.loads(Path(asked_path).read_text("utf-8"))

    def given(kind: str, number: int) -> dict[str, np.ndarray]:
        return {
            **{name: stored[f"fixed_{name}"] for name in asked["fixed"]},
            **{name: stored[f"{kind}_{number}_{name}"] for name in asked["drawn"]},
        }

    few = {name: values[..., : asked["pilot_draws"]] for name, values in given("drawn", 0).items()}
    few |= {name: stored[f"fixed_{name}"] for name in asked["fixed"]}
    tried = {}
    for batch in asked["batches"]:
        tried[batch] = min(measure(few, asked, asked["scenarios"][0], batch, "extra_total")[1].sum() for _ in range(2))
    best = min(tried, key=tried.get)
    results, seconds = {}, np.zeros(3)
    for number, scenario in enumerate(asked["scenarios"]):
        results[f"extra_{number}"], spent = measure(given("drawn", number), asked, scenario, best, "extra_total")
        results[f"upper_{number}"], more = measure(given("central", number), asked, scenario, best, "upper_total")
        seconds += spent + more
    np.savez(out_path, **results)
    print(json.dumps({"cpu_seconds": seconds.tolist(), "batch": best, "tried": tried}))


if __name__ == "__main__":
    main(*sys.argv[1:])
