"""Pathway: several years of floors and standards, what they cost, who pays, and what is left of the gap (METHODS 4)."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pandas as pd

from analysis.inputs.evidence import Evidence
from analysis.inputs.parameters import Scenario
from analysis.inputs.rules import Rule
from analysis.model import cost
from analysis.model.caseload import decimal_year
from analysis.model.funding import capacity_yuan, gate
from analysis.model.pathway.floors import policy_floors, shares, wide
from analysis.model.simulate import RESIDENCES, Case, prepare
from analysis.model.simulate.case import SCORED

# A road is costed once for every year: fewer draws than one year has, enough for its deciles.
DRAWS = 1000


@dataclass(frozen=True)
class Path:
    """What several years come to.

    Attributes:
        case: what it was computed from.
        floors: year (the base year first), area_code, residence, minimum_yuan_month, supplement_floor_yuan_month.
        standards: year, area_code, residence, observed, standard_yuan_month: in force, every assumption central.
        money: indexed by year, yuan a year: extra (against no rise since the base year), extra_p10, extra_p50, extra_p90,
            extra_<tier>, spending (dibao and tekun, with the rise), capacity, transfer, short; and recipients_persons
            (with entrants).
        share: indexed by year, the base year first, the recipients' rural share of the urban standard in force in ``area``: central, p10, p50,
            p90.
        reached: draw by draw the first year in which that share meets the target; NaN where none does. Empty where no
            target is set.
        area: the class with the widest gap in its minima in the base year; empty where town and country are one.
    """

    case: Case
    floors: pd.DataFrame
    standards: pd.DataFrame
    money: pd.DataFrame
    share: pd.DataFrame
    reached: np.ndarray
    area: str

    @property
    def years(self) -> list[int]:
        """The years after the base year."""
        return self.money.index.tolist()

    def target_year(self, target_share: Fraction) -> int | None:
        """Return the first year in which the minima of ``area`` meet a rural share; None where none of the road does."""
        table = wide(self.floors)
        for year in self.years:
            urban, rural = (Fraction(str(table.at[year, (self.area, side)])) for side in RESIDENCES)
            if rural >= target_share * urban:
                return year
        return None


def pathway(evidence: Evidence, scenario: Scenario, rules: list[Rule], horizon: int | None = None) -> Path:
    """Return what a scenario's policy comes to over several years.

    Args:
        evidence: as known on the scenario's day.
        scenario: resolved.
        rules: the package's dated rules.
        horizon: years after the base year; the scenario's own by default (its horizon, its target's year, three at least).

    Raises:
        DataRefused: the package lacks what the model needs.
        ParametersRefused: an assumption that the model needs is missing, or one is unknown to it.
        ValueError: a horizon outside 1 to 10.
    """
    case = prepare(evidence, scenario, rules)
    floors = policy_floors(evidence, case, horizon or scenario.road_years)
    target = scenario.road.target_share
    return along(case, floors, None if target is None else Fraction(target))


def along(
    case: Case,
    floors: pd.DataFrame,
    target_share: Fraction | None = None,
    least_share: Mapping[int, Fraction] | None = None,
    draws: int = DRAWS,
) -> Path:
    """Return what given floors come to, year by year.

    A year's standard in force follows from that of the year before, as in one year: max(z, m', z(1 + phi g)), rural at
    least its share of urban. The extra cost of a year is reckoned against no rise since the base year, with that year's
    recipients on their trend. A measured deviation from the trend grows with the root of the time, as the errors behind
    it were scaled. Source: METHODS 4 (path).

    Args:
        case: made ready.
        floors: as from :func:`analysis.model.pathway.floors.policy_floors`.
        target_share: the rural share whose year is looked for, in force.
        least_share: year to the least rural share of the urban standard in every area; the policy's own by default.
        draws: of the assumptions.
    """
    drawn = case.draw(draws)
    settings = {name: np.concatenate([[value], drawn[name]]) for name, value in case.central().items()}
    area, base = _widest(floors), case.scenario.base_year
    standards, money, ratios = [], [], []
    capacity, growth = _spent_now(case), float(case.scenario.fiscal.expenditure_growth_share)
    for year, cells, after in _yearly(case, floors, settings, least_share or {}):
        parts = case.evaluate(_scaled(case, settings, year), year, cells, after)
        standards.append(_standards(case, year, after[0]))
        ratios.append(_share(case, parts, area))
        if year > base:
            rise = (1 + growth) ** (year - base) - 1
            can_spend = {tier: capacity_yuan(spent, rise) for tier, spent in capacity.items()}
            money.append(_money(year, parts, can_spend, case))
    table, ratio = pd.DataFrame(money).set_index("year"), np.array(ratios)
    share = pd.DataFrame(
        {
            "central": ratio[:, 0],
            **{f"p{level}": np.quantile(ratio[:, 1:], level / 100, axis=1) for level in (10, 50, 90)},
        },
        index=[base, *table.index],
    )
    reached = first_year(ratio[1:, 1:], float(target_share), base + 1) if target_share else np.empty(0)
    return Path(case, floors, pd.concat(standards, ignore_index=True), table, share, reached, area)


def first_year(share: np.ndarray, target_share: float, first: int) -> np.ndarray:
    """Return the first year in which each draw's share meets a target; NaN where none does.

    Args:
        share: years by draws, shape (H, S).
        target_share: what is to be met.
        first: the year of the first row.
    """
    # Shares are quotients of sums: a hair below the target is the target.
    met = share >= target_share - 1e-9
    return np.where(met.any(axis=0), first + met.argmax(axis=0), np.nan)


def real_yuan_month(
    nominal_yuan_month: Mapping[int, float], price_change_share: Mapping[int, float]
) -> dict[int, float]:
    """Return amounts in the prices of their first year: z_t / P_t, P = 1 in the first year.

    Yuan/person/month. A year is left out, with all that follow, where the price change into it is not known: an index
    with a hole is no index. Source: METHODS 2 (real value).

    Args:
        nominal_yuan_month: by year.
        price_change_share: by year, against the year before.
    """
    years = sorted(nominal_yuan_month)
    index, found = 1.0, {years[0]: nominal_yuan_month[years[0]]} if years else {}
    for before, year in itertools.pairwise(years):
        steps = [price_change_share.get(step) for step in range(before + 1, year + 1)]
        if any(step is None for step in steps):
            break
        index *= float(np.prod([1 + step for step in steps]))
        found[year] = nominal_yuan_month[year] / index
    return found


def _widest(floors: pd.DataFrame) -> str:
    """Return the class with the widest gap in the base year; empty where town and country are one everywhere."""
    table = wide(floors).iloc[0]
    gaps = table.xs("urban", level=1) - table.xs("rural", level=1)
    return str(gaps.idxmax()) if gaps.max() > 0 else ""


def _now(case: Case, settings: Mapping[str, np.ndarray]) -> np.ndarray:
    return cost.standards_now(case.cells, {name: values[:, None] for name, values in settings.items()})


def _yearly(
    case: Case, floors: pd.DataFrame, settings: Mapping[str, np.ndarray], least_share: Mapping[int, Fraction]
) -> Iterator[tuple[int, dict[str, np.ndarray], np.ndarray]]:
    """Yield each year with its cells (floors of the base year beside that year's) and the standards in force, (S, n)."""
    columns = {name: values[:, None] for name, values in settings.items()}
    minima, supplements = (wide(floors, name) for name in ("minimum_yuan_month", "supplement_floor_yuan_month"))
    code_of = {number: code for code, number in case.floors.classes.items()}
    keys = list(zip(case.cells["area_class"].map(code_of), case.cells["residence"], strict=True))
    own, step = Fraction(case.scenario.policy.rural_share.at_least), float(case.scenario.policy.round_urban.step_yuan)
    base, standard = dict(case.cells), _now(case, settings)
    for before, year in zip([None, *minima.index], minima.index, strict=False):
        following = {
            "next_minimum_yuan_month": minima.loc[year, keys].to_numpy(),
            "next_floor_yuan_month": supplements.loc[year, keys].to_numpy(),
        }
        if before is not None:
            step_cells = base | following | {"minimum_yuan_month": minima.loc[before, keys].to_numpy()}
            standard = cost.next_standards(step_cells, standard, columns, least_share.get(year, own), step)
        yield year, base | following, standard


def _scaled(case: Case, settings: Mapping[str, np.ndarray], year: int) -> dict[str, np.ndarray]:
    """Return the settings of a year: a measured deviation a year is smaller the longer it lasts, by the root of time."""
    scaled = dict(settings)
    for name in SCORED:
        own = case.counts[case.counts["residence"] == name.rpartition("_")[2]]
        last = decimal_year(own["counted_on"].iloc[-1])
        scaled[name] = settings[name] * np.sqrt((case.year + 0.5 - last) / (year + 0.5 - last))
    return scaled


def _standards(case: Case, year: int, standard: np.ndarray) -> pd.DataFrame:
    table = case.cells[["area_code", "residence", "observed"]].assign(year=year, standard_yuan_month=standard)
    return table[["year", "area_code", "residence", "observed", "standard_yuan_month"]]


def _spent_now(case: Case) -> dict[str, float]:
    """Return what each tier spends on dibao and tekun in the base year, every assumption central, yuan."""
    settings = {name: np.array([value]) for name, value in case.central().items()}
    parts = case.evaluate(settings, year=case.scenario.base_year)
    return _by_tier(case, parts["minimum_spending"], parts["dibao_spending"] + parts["tekun_spending"])


def _by_tier(case: Case, least: np.ndarray, whole: np.ndarray) -> dict[str, float]:
    """Share the central row between the tiers, yuan a year."""
    area_class = case.cells["area_class"].to_numpy()
    tiers = cost.by_tier(least[:1], whole[:1], area_class, case.scenario.shares.shares)
    return {tier: float(values.sum()) for tier, values in tiers.items()}


def _money(year: int, parts: dict[str, np.ndarray], capacity: Mapping[str, float], case: Case) -> dict[str, float]:
    extra = parts["extra"].sum(axis=1)
    shared = _by_tier(case, parts["minimum_extra"], parts["extra"])
    without = _by_tier(case, parts["minimum_spending"], parts["dibao_spending"] + parts["tekun_spending"])
    spending = {tier: without[tier] + shared[tier] for tier in shared}
    borne = gate(spending, {tier: float(value) for tier, value in capacity.items()})
    return {
        "year": year,
        "extra": extra[0],
        **{f"extra_p{level}": float(np.quantile(extra[1:], level / 100)) for level in (10, 50, 90)},
        **{f"extra_{tier}": value for tier, value in shared.items()},
        "spending": sum(spending.values()),
        "capacity": float(sum(capacity.values())),
        "transfer": borne.transfer_yuan,
        "short": borne.short_yuan,
        "recipients_persons": float((parts["persons"] + parts["entrants"])[0].sum()),
    }


def _share(case: Case, parts: dict[str, np.ndarray], area: str) -> np.ndarray:
    """Return the recipients' mean rural standard over the mean urban one in the areas of a class, shape (S,)."""
    means = []
    for side in ("rural", "urban"):
        here = (case.cells["area_class"] == case.floors.classes.get(area, "")) & (case.cells["residence"] == side)
        persons, standard = parts["persons"][:, here], parts["next_standard"][:, here]
        means.append((persons * standard).sum(axis=1) / persons.sum(axis=1) if here.any() else np.ones(len(persons)))
    return means[0] / means[1]


__all__ = ["Path", "along", "first_year", "pathway", "policy_floors", "real_yuan_month", "shares"]
