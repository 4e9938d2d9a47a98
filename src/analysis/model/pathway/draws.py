"""Draws of several years: from the standards of one year to those of the next, block of draws by block.

What has a number for every cell exists for one block at a time; what remains is the province's total of each year and draw.
Town comes before country: a rural standard may hang on the urban one, never the other way round, so that a town's cost is
the same under every policy for the country.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd

from analysis.model import cost
from analysis.model.caseload import decimal_year
from analysis.model.pathway.alike import Alike
from analysis.model.pathway.floors import wide
from analysis.model.pathway.kept import Kept
from analysis.model.programmes import declared
from analysis.model.quantiles import StreamingQuantiles
from analysis.model.simulate import RESIDENCES, Case
from analysis.model.simulate.case import SCORED, persons_next, tekun_next

LEVELS = (10, 50, 90)
# So many numbers of a kind (64 MiB) are kept for the next costing; more would weigh on memory as the draws do.
KEPT_NUMBERS = 2**23
# What the standards, supplements and weights of the base year do not look at.
_NOT_NOW = {"follow_share", "classified_share", "price_link_months_share"}
# Assumptions that speak of the province's people, whom the model shares out by its recipients; so do declared programmes.
_OF_THE_PROVINCE = ("low_income_edge_persons", "disability_living_persons")
People = list[list[dict[str, np.ndarray]]]


@dataclass(frozen=True)
class Year:
    """A year's cells, with the floors of the base year beside that year's, and how its standards follow from the last.

    Attributes:
        year: the year.
        cells: as columns.
        step_cells: the same with the minimum of the year before; None in the base year.
        least_share: of the urban standard, in every area.
        step_yuan: the rounding grid.
    """

    year: int
    cells: dict[str, np.ndarray]
    step_cells: dict[str, np.ndarray] | None
    least_share: Fraction
    step_yuan: float

    def standards(self, before: np.ndarray, settings: Mapping[str, np.ndarray]) -> np.ndarray:
        """Return the standards in force, (S, n), from those of the year before; settings have shape (S, 1)."""
        if self.step_cells is None:
            return before
        return cost.next_standards(self.step_cells, before, settings, self.least_share, self.step_yuan)


def years_of(case: Case, floors: pd.DataFrame, least_share: Mapping[int, Fraction]) -> list[Year]:
    """Return the base year and those after it, of the floors given.

    Args:
        case: made ready.
        floors: as from :func:`analysis.model.pathway.floors.policy_floors`.
        least_share: year to the least rural share; the policy's own where it is not given.
    """
    minima, supplements = (wide(floors, name) for name in ("minimum_yuan_month", "supplement_floor_yuan_month"))
    code_of = {number: code for code, number in case.floors.classes.items()}
    in_class = zip(case.cells["area_class"].map(code_of), case.cells["residence"], strict=True)
    place = minima.columns.get_indexer(pd.MultiIndex.from_tuples(in_class))
    minimum, supplement = minima.to_numpy()[:, place], supplements.to_numpy()[:, place]
    own, step = Fraction(case.scenario.policy.rural_share.at_least), float(case.scenario.policy.round_urban.step_yuan)
    base, years = {name: case.cells[name].to_numpy() for name in case.cells}, []
    for at, year in enumerate(minima.index):
        cells = base | {"next_minimum_yuan_month": minimum[at], "next_floor_yuan_month": supplement[at]}
        last = cells | {"minimum_yuan_month": minimum[at - 1]} if at else None
        years.append(Year(year, cells, last, least_share.get(year, own), step))
    return years


def central_standards(case: Case, years: list[Year]) -> Iterator[np.ndarray]:
    """Yield each year's standards in force, every assumption central, shape (1, n)."""
    columns = {name: np.array([[value]]) for name, value in case.central().items()}
    standard = cost.standards_now(years[0].cells, columns)
    for year in years:
        standard = year.standards(standard, columns)
        yield standard


class AreaRanges:
    """The ranges of each area's extra cost, year by year, of draws that come in blocks."""

    def __init__(self, case: Case, years: list[Year]):
        self.areas, self.of_cell = np.unique(case.cells["area_code"].to_numpy().astype(str), return_inverse=True)
        self.years = [one.year for one in years[1:]]
        self.found = {year: StreamingQuantiles(len(self.areas)) for year in self.years}

    def table(self) -> pd.DataFrame:
        """Return year, area_code, extra_p10, extra_p50, extra_p90, extra_bound, yuan a year."""
        return pd.concat(
            pd.DataFrame(
                {
                    "year": year,
                    "area_code": self.areas,
                    **{f"extra_p{level}": one.quantile(level / 100) for level in LEVELS},
                    "extra_bound": one.bound,
                }
            )
            for year, one in self.found.items()
        ).reset_index(drop=True)


@dataclass(frozen=True)
class _Passed:
    """What a year of one side comes to in a block of draws.

    Attributes:
        standard: in force, yuan/person/month, shape (S, n).
        extra: of the side, yuan a year, shape (S,).
        mean: standard of recipients in the class looked at, yuan/person/month, shape (S,).
        by_cell: extra of each cell, shape (S, n); None where it is not wanted.
    """

    standard: np.ndarray
    extra: np.ndarray
    mean: np.ndarray
    by_cell: np.ndarray | None


class _Draws:
    """The way of a table of settings through the years, one side and one block of draws at a time."""

    def __init__(
        self, case: Case, years: list[Year], settings: Mapping[str, np.ndarray], people: People, area: str, alike: Alike
    ):
        self.case, self.years, self.settings, self.people, self.alike = case, years, settings, people, alike
        self.count, self.area_class = len(settings["follow_share"]), case.floors.classes.get(area, "")
        self.width = max(len(places) for places in alike.places.values())
        self.pieces = list(cost.blocks(self.count, self.width))
        self.fixed = (case.tekun_multiple, years[0].step_yuan)

    def nows(self, side: str) -> Iterator[cost.Now]:
        """Yield what each block of settings makes of a side before any rise."""
        everywhere = {name: values[self.alike.all_places[side]] for name, values in self.years[0].cells.items()}
        cells = self.alike.columns(self.years[0].cells, side)
        for here in self.pieces:
            block = cost.rows_of(self.settings, here, self.count)
            weights = self.alike.sums(cost.allocation_weights(everywhere, block), side)
            yield cost.now_of(cells, block, *self.fixed, weights)

    def passed(
        self, side: str, nows: Iterable[cost.Now], towns: Iterable[list[_Passed] | None], by_cell: bool = False
    ) -> Iterator[list[_Passed]]:
        """Yield what each block comes to, year by year; ``towns`` holds what it came to in town, for the country."""
        steps = [
            (year, self.alike.columns(year.cells, side), year.step_cells and self.alike.columns(year.step_cells, side))
            for year in self.years
        ]
        places = np.flatnonzero(steps[0][1]["area_class"] == self.area_class)
        for here, now, town in zip(self.pieces, nows, towns, strict=False):
            block, standard, found = cost.rows_of(self.settings, here, self.count), now.standard, []
            for at, (year, cells, step_cells) in enumerate(steps):
                dibao, tekun = (cost.rows_of(own[at], here, self.count) for own in self.people)
                if step_cells is None:  # in the base year nothing has risen yet
                    persons = cost.recipients_by_cell(cells, now.weights, dibao)
                    extra = np.zeros_like(persons)
                else:
                    standard = cost.risen(step_cells, standard, block, year.step_yuan)
                    if town is not None:
                        standard = self._lifted(standard, town[at].standard, year)
                    parts = cost.rise_parts(
                        cells, now, standard, _of_side(block, dibao, side), dibao, tekun, *self.fixed,
                        self.case.disability_living_yuan_month,
                    )  # fmt: skip
                    persons, extra = parts["persons"], parts["extra"]
                mean = _mean(persons, standard, places)
                found.append(_Passed(standard, extra.sum(axis=1), mean, extra if by_cell else None))
            yield found

    def _lifted(self, rural: np.ndarray, urban: np.ndarray, year: Year) -> np.ndarray:
        paired = np.flatnonzero(self.alike.town >= 0)
        urban = urban[:, self.alike.town[paired]]
        if len(paired) == rural.shape[1]:
            return cost.lifted(rural, urban, year.least_share, year.step_yuan)
        rural[:, paired] = cost.lifted(rural[:, paired], urban, year.least_share, year.step_yuan)
        return rural

    def made_of(self, side: str, later: bool) -> list[Any]:
        """Return all that a side's standards of the base year are made of; ``later``, of the years after it too."""
        names = sorted(self.settings) if later else sorted(set(self.settings) - _NOT_NOW)
        base = [values for name, values in sorted(self.years[0].cells.items()) if not name.startswith("next_")]
        fixed = [self.fixed, self.count, self.width, names, *(self.settings[name] for name in names), *base]
        if not later:
            return fixed
        places = self.alike.places[side]
        floors = [
            year.cells[f"next_{name}"][places]
            for year in self.years
            for name in ("minimum_yuan_month", "floor_yuan_month")
        ]
        people = [year[side] for own in self.people for year in own]
        return [*fixed, *floors, *people, self.area_class, self.case.disability_living_yuan_month]


def by_setting(
    case: Case,
    years: list[Year],
    settings: Mapping[str, np.ndarray],
    people: People,
    area: str,
    ranges: AreaRanges | None,
    kept: Kept,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the province's extra cost, yuan a year, and the rural share in force of ``area``, each of shape (H + 1, S).

    Args:
        case: made ready.
        years: the base year first.
        settings: assumption id to values, shape (S, 1).
        people: as from :func:`people_of`.
        area: code of the class whose share is wanted.
        ranges: counts each area's cost too, where it is wanted.
        kept: by an earlier costing.
    """
    base = [case.cells[name].to_numpy() for name in sorted(case.cells) if not name.startswith("next_")]
    alike = kept.get("alike", [ranges is None, *base], lambda: Alike(case.cells, merge=ranges is None))
    draws = _Draws(case, years, settings, people, area, alike)
    nows: dict[str, Iterable[cost.Now]] = {side: draws.nows(side) for side in RESIDENCES}
    if draws.count * draws.width <= KEPT_NUMBERS:
        for side, lazily in list(nows.items()):
            nows[side] = kept.get(f"now {side}", draws.made_of(side, False), lambda lazily=lazily: list(lazily))
    alone = [None] * len(draws.pieces)
    towns: Iterable[list[_Passed]] = draws.passed("urban", nows["urban"], alone, ranges is not None)
    if ranges is None and draws.count * draws.width * len(years) <= KEPT_NUMBERS:
        towns = kept.get(
            "towns", draws.made_of("urban", True), lambda: list(draws.passed("urban", nows["urban"], alone))
        )
    extra, ratio = np.zeros((2, len(years), draws.count))
    towns, for_country = itertools.tee(towns)
    countries = draws.passed("rural", nows["rural"], for_country, ranges is not None)
    for here, town, country in zip(draws.pieces, towns, countries, strict=True):
        for at, (urban, rural) in enumerate(zip(town, country, strict=True)):
            extra[at, here] = urban.extra + rural.extra
            ratio[at, here] = rural.mean / urban.mean
            if ranges and at:
                _count_areas(ranges, years[at].year, {"urban": urban, "rural": rural}, alike, here)
    return extra, ratio


def _count_areas(ranges: AreaRanges, year: int, sides: dict[str, _Passed], alike: Alike, here: slice) -> None:
    summed = np.zeros((len(sides["urban"].extra), len(ranges.areas)))
    for side, one in sides.items():
        summed[:, ranges.of_cell[alike.places[side]]] += one.by_cell
    # The first row of all is the central one, and no draw.
    ranges.found[year].add(summed[1:] if here.start == 0 else summed)


def _of_side(
    settings: Mapping[str, np.ndarray], dibao: Mapping[str, np.ndarray], side: str
) -> Mapping[str, np.ndarray]:
    """Return the settings with a side's part of the people whom the model shares out over the whole province."""
    own = (f"linked_{name}_persons" for name in declared(settings))
    named = [name for name in (*_OF_THE_PROVINCE, *own) if name in settings]
    part = dibao[side] / (dibao["urban"] + dibao["rural"]) if named else 1.0
    return {**settings, **{name: settings[name] * part for name in named}} if named else settings


def _mean(persons: np.ndarray, standard: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Return the recipients' mean standard in the cells of ``places``, shape (S,); 1 where there are none."""
    if not len(places):
        return np.ones(len(persons))
    own = persons[:, places]
    return (own * standard[:, places]).sum(axis=1) / own.sum(axis=1)


def people_of(case: Case, years: list[Year], settings: Mapping[str, np.ndarray], kept: Kept) -> People:
    """Return the province's dibao recipients, then tekun's, by year and residence, each of shape (S, 1)."""
    counts = [
        one[name].to_numpy() for one in (case.counts, case.tekun) for name in ("residence", "counted_on", "persons")
    ]
    moved = [settings[name] for name in (*SCORED, "tekun_deviation")]

    def make() -> People:
        by_year = [scaled_to(case, settings, one.year) for one in years]
        return [
            [
                {side: carried(case.counted[name, side], side, own, one.year) for side in RESIDENCES}
                for one, own in zip(years, by_year, strict=True)
            ]
            for name, carried in (("dibao", persons_next), ("tekun", tekun_next))
        ]

    return kept.get("people", [*counts, *moved, case.year, [one.year for one in years]], make)


def scaled_to(case: Case, settings: Mapping[str, np.ndarray], year: int) -> dict[str, np.ndarray]:
    """Return the settings of a year: a measured deviation a year is smaller the longer it lasts, by the root of time."""
    scaled = dict(settings)
    for name in SCORED:
        own = case.counts[case.counts["residence"] == name.rpartition("_")[2]]
        last = decimal_year(own["counted_on"].iloc[-1])
        scaled[name] = settings[name] * np.sqrt((case.year + 0.5 - last) / (year + 0.5 - last))
    return scaled
