"""Pathway: several years of floors and standards, what they cost, who pays, and what is left of the gap (METHODS 4)."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pandas as pd

from analysis.inputs.evidence import Evidence
from analysis.inputs.parameters.scenario import Scenario
from analysis.inputs.rules import Rule
from analysis.model import cost
from analysis.model.funding import capacity_yuan, gate
from analysis.model.pathway.draws import (
    LEVELS,
    AreaRanges,
    Year,
    by_setting,
    central_standards,
    people_of,
    years_of,
)
from analysis.model.pathway.floors import policy_floors, shares, wide
from analysis.model.pathway.kept import Kept
from analysis.model.simulate import RESIDENCES, Case, prepare

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
        by_area: where it was asked for: year, area_code, extra_p10, extra_p50, extra_p90, yuan a year, each within
            extra_bound of what all draws at once would give.
    """

    case: Case
    floors: pd.DataFrame
    standards: pd.DataFrame
    money: pd.DataFrame
    share: pd.DataFrame
    reached: np.ndarray
    area: str
    by_area: pd.DataFrame | None = None

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
    *,
    by_area: bool = False,
    kept: Kept | None = None,
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
        by_area: whether the range of each area's extra cost is wanted too.
        kept: by an earlier costing of the same draws and areas; changes nothing but the time that it takes.
    """
    kept = kept or Kept()
    ranges_drawn = [
        (name, one.unit, one.low, one.central, one.high, one.degrees_of_freedom, one.drawn)
        for name, one in case.assumptions.items()
    ]
    drawn = kept.get("drawn", [ranges_drawn, case.scenario.seed, draws], lambda: case.draw(draws))
    settings = {name: np.concatenate([[value], drawn[name]])[:, None] for name, value in case.central().items()}
    years, area, base = years_of(case, floors, least_share or {}), _widest(floors), case.scenario.base_year
    people, ranges = people_of(case, years, settings, kept), AreaRanges(case, years) if by_area else None
    extra, ratio = by_setting(case, years, settings, people, area, ranges, kept)
    standards, money = [], []
    capacity, growth = _spent_now(case, years, kept), float(case.scenario.fiscal.expenditure_growth_share)
    for at, (year, after) in enumerate(zip(years, central_standards(case, years), strict=True)):
        standards.append(after[0])
        if at:
            parts = _central_parts(case, year, after, [own[at] for own in people])
            rise = (1 + growth) ** (year.year - base) - 1
            can_spend = {tier: capacity_yuan(spent, rise) for tier, spent in capacity.items()}
            money.append(_money(year.year, parts, extra[at, 1:], can_spend, case))
    table = pd.DataFrame(money).set_index("year")
    share = pd.DataFrame(
        {
            "central": ratio[:, 0],
            **{f"p{level}": np.quantile(ratio[:, 1:], level / 100, axis=1) for level in LEVELS},
        },
        index=[base, *table.index],
    )
    reached = first_year(ratio[1:, 1:], float(target_share), base + 1) if target_share else np.empty(0)
    found = ranges.table() if ranges else None
    return Path(case, floors, _standards(case, years, standards), table, share, reached, area, found)


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


def _central_parts(
    case: Case, year: Year, after: np.ndarray, people: list[dict[str, np.ndarray]]
) -> dict[str, np.ndarray]:
    """Return the parts of a year's cost, every assumption central, shape (1, n); people's first rows are the central ones."""
    columns = {name: np.array([[value]]) for name, value in case.central().items()}
    dibao, tekun = ({side: persons[:1] for side, persons in own.items()} for own in people)
    return cost.evaluate(
        year.cells, columns, dibao, tekun, case.tekun_multiple, year.least_share, year.step_yuan,
        case.disability_living_yuan_month, after,
    )  # fmt: skip


def _standards(case: Case, years: list[Year], standards: list[np.ndarray]) -> pd.DataFrame:
    """Return each year's standards in force of every cell, one year below the other."""
    own = {name: np.tile(years[0].cells[name], len(years)) for name in ("area_code", "residence", "observed")}
    when = np.repeat([one.year for one in years], len(case.cells))
    return pd.DataFrame({"year": when, **own, "standard_yuan_month": np.concatenate(standards)}).astype(
        {"area_code": case.cells["area_code"].dtype, "residence": case.cells["residence"].dtype}
    )


def _spent_now(case: Case, years: list[Year], kept: Kept) -> dict[str, float]:
    """Return what each tier spends on dibao and tekun in the base year, every assumption central, yuan."""

    def make() -> dict[str, float]:
        settings = {name: np.array([value]) for name, value in case.central().items()}
        parts = case.evaluate(settings, year=case.scenario.base_year)
        return _by_tier(case, parts["minimum_spending"], parts["dibao_spending"] + parts["tekun_spending"])

    # Without a rise no floor to come has a part in it.
    cells = [values for name, values in sorted(years[0].cells.items()) if not name.startswith("next_")]
    counts = [table[name].to_numpy() for table in (case.counts, case.tekun) for name in sorted(table)]
    fixed = [case.scenario.base_year, case.tekun_multiple, years[0].step_yuan, case.disability_living_yuan_month]
    shares = sorted((kind, *sorted(own.items())) for kind, own in case.scenario.shares.shares.items())
    return kept.get("spent", [*cells, *counts, *fixed, sorted(case.central().items()), shares], make)


def _by_tier(case: Case, least: np.ndarray, whole: np.ndarray) -> dict[str, float]:
    """Share the central row between the tiers, yuan a year."""
    area_class = case.cells["area_class"].to_numpy()
    tiers = cost.by_tier(least[:1], whole[:1], area_class, case.scenario.shares.shares)
    return {tier: float(values.sum()) for tier, values in tiers.items()}


def _money(
    year: int, parts: dict[str, np.ndarray], drawn: np.ndarray, capacity: Mapping[str, float], case: Case
) -> dict[str, float]:
    shared = _by_tier(case, parts["minimum_extra"], parts["extra"])
    without = _by_tier(case, parts["minimum_spending"], parts["dibao_spending"] + parts["tekun_spending"])
    spending = {tier: without[tier] + shared[tier] for tier in shared}
    borne = gate(spending, {tier: float(value) for tier, value in capacity.items()})
    return {
        "year": year,
        "extra": parts["extra"].sum(axis=1)[0],
        **{f"extra_p{level}": float(np.quantile(drawn, level / 100)) for level in LEVELS},
        **{f"extra_{tier}": value for tier, value in shared.items()},
        "spending": sum(spending.values()),
        "capacity": float(sum(capacity.values())),
        "transfer": borne.transfer_yuan,
        "short": borne.short_yuan,
        "recipients_persons": float((parts["persons"] + parts["entrants"])[0].sum()),
    }


__all__ = ["Path", "along", "first_year", "pathway", "policy_floors", "real_yuan_month", "shares"]
