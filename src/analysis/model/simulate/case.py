"""Case: one scenario on one package, made ready, so that any setting of the assumptions can be costed."""

from __future__ import annotations

import functools
import zlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

import numpy as np
import pandas as pd

from analysis.errors import DataRefused, ParametersRefused, nearest
from analysis.inputs.evidence import Evidence
from analysis.inputs.parameters.assumption import Assumption
from analysis.inputs.parameters.scenario import Scenario
from analysis.inputs.parameters.values import exact
from analysis.inputs.rules import Rule, in_force
from analysis.model import caseload, cost
from analysis.model.caseload.track_record import deviation_end_share_year, error_per_root_year, trend_forecasts
from analysis.model.programmes import OPTIONAL, declared
from analysis.model.simulate.cells import Floors, cells_of, floors_of, recipients

NEEDED = {
    "follow_share", "unobserved_moved", "unobserved_above_minimum", "tekun_deviation", "caseload_deviation_urban",
    "caseload_deviation_rural", "response_share", "supplement_above_floor", "class1_supplement_growth",
    "allocation_need", "classified_share", "price_link_months_share", "orphan_growth_share", "orphan_institution_share",
}  # fmt: skip
RESIDENCES = ("urban", "rural")
# What children's programmes cost does not hang on the dibao standard: no rise of it rests on these.
# Student's t is cut at its first and last percentile.
T_CUT = 0.01
SCORED = ("caseload_deviation_urban", "caseload_deviation_rural")
OWN_SCHEDULE = ("orphan_growth_share", "orphan_institution_share")
Settings = Mapping[str, np.ndarray]


@dataclass(frozen=True)
class Case:
    """What every costing of one scenario shares.

    Attributes:
        scenario: with the ranges of its scored assumptions filled in.
        floors: provincial floors, now and next, with their steps.
        cells: one row per area and residence.
        counts: the province's published dibao recipients.
        tekun: the province's published tekun recipients.
        tekun_multiple: least multiple of the dibao standard.
        disability_living_yuan_month: the flat subsidy in force; 0 where not known.
        disability_nursing_yuan_month: the same of the nursing subsidy.
        whole: code of the province.
        record: what the trend forecast each past June.
    """

    scenario: Scenario
    floors: Floors
    cells: pd.DataFrame
    counts: pd.DataFrame
    tekun: pd.DataFrame
    tekun_multiple: float
    disability_living_yuan_month: float
    disability_nursing_yuan_month: float
    whole: str
    record: pd.DataFrame

    @property
    def assumptions(self) -> dict[str, Assumption]:
        """The scenario's assumptions, ranges filled in."""
        return self.scenario.assumptions

    @property
    def year(self) -> int:
        """The year that is planned."""
        return self.scenario.base_year + 1

    @functools.cached_property
    def counted(self) -> dict[tuple[str, str], Counted]:
        """What the published recipients of each programme and residence say of the years to come."""
        tables = {"dibao": self.counts, "tekun": self.tekun}
        return {(name, side): counted(table, side) for name, table in tables.items() for side in RESIDENCES}

    def central(self) -> dict[str, float]:
        """Return every assumption's central value."""
        return {name: float(assumption.central) for name, assumption in self.assumptions.items()}

    def evaluate(
        self,
        settings: Settings,
        year: int | None = None,
        cells: cost.Cells | None = None,
        after: np.ndarray | None = None,
        wanted: Collection[str] | None = None,
    ) -> dict[str, np.ndarray]:
        """Cost a table of settings.

        Args:
            settings: assumption id to values, shape (S,).
            year: whose recipients to take; the planned year by default.
            cells: other cells of the same shape, such as those of another rise.
            after: standards in force of that year, shape (S, n), where they are decided already.
            wanted: the parts to return; all by default.

        Returns:
            As from :func:`analysis.model.cost.evaluate`, shape (S, n).
        """
        columns = {name: np.asarray(values, float)[:, None] for name, values in settings.items()}
        when = year or self.year
        return cost.evaluate(
            self.cells if cells is None else cells,
            columns,
            {side: persons_next(self.counted["dibao", side], side, columns, when) for side in RESIDENCES},
            {side: tekun_next(self.counted["tekun", side], side, columns, when) for side in RESIDENCES},
            self.tekun_multiple,
            Fraction(self.scenario.policy.rural_share.at_least),
            float(self.scenario.policy.round_urban.step_yuan),
            self.disability_living_yuan_month,
            after,
            wanted,
        )

    def extra_yuan_year(self, settings: Settings, cells: cost.Cells | None = None) -> np.ndarray:
        """Return the extra cost of a rise for each setting, all areas together, yuan a year, shape (S,).

        Args:
            settings: assumption id to values, shape (S,).
            cells: other cells of the same shape; those of the scenario by default.
        """
        return self.evaluate(settings, cells=cells, wanted=("extra",))["extra"].sum(axis=1)

    def draw(self, draws: int | None = None, width: float = 1.0) -> dict[str, np.ndarray]:
        """Draw the assumptions; ``width`` stretches every range around its central value."""
        count = draws or self.scenario.draws
        return draw(self.assumptions, self.scenario.seed, count, width)


def prepare(evidence: Evidence, scenario: Scenario, rules: list[Rule]) -> Case:
    """Make a scenario ready to be costed.

    Args:
        evidence: as known on the scenario's day.
        scenario: resolved.
        rules: the package's dated rules; the tekun multiple is read from them.

    Raises:
        DataRefused: the package lacks what the model needs.
        ParametersRefused: an assumption that the model needs is missing, or one is unknown to it.
        ValueError: the policy needs a driver that the package lacks.
    """
    floors = floors_of(evidence, scenario)
    cells = cells_of(evidence, scenario, floors)
    _refuse_assumptions(scenario, cells)
    multiples = in_force(rules, "multiple_of_dibao", scenario.base_year + 1, scenario.as_of)
    if not multiples:
        raise DataRefused(
            f"params/rules/{evidence.dataset}.yaml: no rule multiple_of_dibao known on {scenario.as_of}: the cost of tekun cannot be given"
        )
    counts = recipients(evidence, "dibao")
    record = _track_record(evidence, scenario.as_of.year)
    return Case(
        scenario=scenario.model_copy(update={"assumptions": _scored(scenario, counts, record)}),
        floors=floors,
        cells=cells,
        counts=counts,
        tekun=recipients(evidence, "tekun"),
        tekun_multiple=float(multiples[0].value),
        disability_living_yuan_month=_flat(evidence, "disability_living", scenario.base_year),
        disability_nursing_yuan_month=_flat(evidence, "disability_nursing", scenario.base_year),
        whole=evidence.whole,
        record=record,
    )


@functools.lru_cache(maxsize=32)
def _track_record(evidence: Evidence, last_year: int) -> pd.DataFrame:
    """Return the trend's past forecasts: the same for every scenario of one package and day, and read only."""
    return trend_forecasts(recipients(evidence, "dibao"), last_year)


def _flat(evidence: Evidence, programme: str, year: int) -> float:
    """Return the province's flat subsidy in force, yuan/person/month; 0 where none is known."""
    rows = evidence.best(programme, "standard")
    rows = rows[(rows["area_code"] == evidence.whole) & (rows["year"] <= year)].sort_values("year")
    return float(rows["value"].iloc[-1]) if len(rows) else 0.0


def _scored(scenario: Scenario, counts: pd.DataFrame, record: pd.DataFrame) -> dict[str, Assumption]:
    """Fill the ranges that past errors give: those of the recipients' deviation from their trend, by residence."""
    filled = dict(scenario.assumptions)
    for side in RESIDENCES:
        name = f"caseload_deviation_{side}"
        own = record[record["residence"] == side]
        if not filled[name].scored:
            continue
        try:
            error, junes = error_per_root_year(own)
        except ValueError as missing:
            raise ParametersRefused(
                f"assumptions: {name}: {missing} on {scenario.as_of}; write low and high instead of scored: true"
            ) from missing
        last_on = counts.loc[counts["residence"] == side, "counted_on"].iloc[-1]
        # A past year lies between counts: its deviation is not used, and half a year keeps the range finite.
        span = max(scenario.base_year + 1.5 - caseload.decimal_year(last_on), 0.5)
        end = exact(round(deviation_end_share_year(error, junes, span), 4))
        filled[name] = filled[name].model_copy(update={"low": -end, "high": end, "degrees_of_freedom": junes})
    return filled


def draw(assumptions: Mapping[str, Assumption], seed: int, draws: int, width: float = 1.0) -> dict[str, np.ndarray]:
    """Draw each assumption: a scored one from Student's t, another from a triangle with its mode at central.

    Args:
        assumptions: by id; the stream of each depends on the seed and its id alone.
        seed: the scenario's seed.
        draws: how many.
        width: factor on the distance of each draw from the central value.

    Returns:
        Assumption id to values, shape (draws,); one that is not drawn stays central.
    """
    drawn = {}
    for name, assumption in assumptions.items():
        rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(zlib.crc32(name.encode()),)))
        drawn[name] = stretched(assumption, quantile(assumption, rng.random(draws)), width)
    return drawn


def quantile(assumption: Assumption, share: np.ndarray) -> np.ndarray:
    """Return an assumption's values below which the given shares of its draws lie; central where it is not drawn."""
    from scipy import special  # a fifth of what scipy.stats costs to import

    low, mode, high = float(assumption.low), float(assumption.central), float(assumption.high)
    if not assumption.drawn or low == high:
        return np.full(np.shape(share), mode)
    if assumption.degrees_of_freedom:
        # low and high are the ends of the 80 % interval. Counts are exponents of a deviation: without a cut the cost of
        # so heavy a tail would have no mean.
        share = np.clip(share, T_CUT, 1 - T_CUT)
        freedom = assumption.degrees_of_freedom
        # The inverse is costly, and a Sobol sample repeats its values.
        once, where = np.unique(share, return_inverse=True)
        return mode + (high - low) / 2 / special.stdtrit(freedom, 0.9) * special.stdtrit(freedom, once)[where]
    rising = (mode - low) / (high - low)
    below = low + np.sqrt(share * (high - low) * (mode - low))
    above = high - np.sqrt((1 - share) * (high - low) * (high - mode))
    return np.where(share < rising, below, above)


def stretched(assumption: Assumption, values: np.ndarray, width: float) -> np.ndarray:
    """Stretch values around the central one; a share stays between 0 and 1, a count's growth is left free."""
    central = float(assumption.central)
    wider = central + width * (values - central)
    if assumption.unit.startswith("share") and assumption.unit != "share a year":
        return np.clip(wider, 0.0, 1.0)
    return np.maximum(wider, 0.0) if assumption.unit in ("exponent", "times") else wider


class Counted(NamedTuple):
    """The last count of a programme's recipients in a residence, its day, and the yearly drift of the counts before it."""

    persons: float
    counted_on: pd.Timestamp
    trend_share_year: float


def counted(counts: pd.DataFrame, residence: str) -> Counted:
    """Return what published recipients of a residence say of the years to come."""
    own = counts[counts["residence"] == residence]
    trend = caseload.window_trend(own) if len(own) > 1 else float("nan")
    return Counted(float(own["persons"].iloc[-1]), own["counted_on"].iloc[-1], trend)


def persons_next(last: Counted, residence: str, settings: Settings, year: int) -> np.ndarray:
    """Return a year's recipients of a residence on their trend, shape (S, 1)."""
    trend = last.trend_share_year + settings[f"caseload_deviation_{residence}"]
    return caseload.on_trend(last.persons, last.counted_on, trend, year)


def tekun_next(last: Counted, _residence: str, settings: Settings, year: int) -> np.ndarray:
    """Return a year's tekun recipients of a residence: the last count, moved as assumed, shape (S, 1)."""
    return caseload.on_trend(last.persons, last.counted_on, settings["tekun_deviation"], year)


def _refuse_assumptions(scenario: Scenario, cells: pd.DataFrame) -> None:
    needed = NEEDED | {f"class4_part_{city}" for city in cells["part_of"] if city}
    own = {f"linked_{name}_{kind}" for name in declared(scenario.assumptions) for kind in ("persons", "share")}
    for name, assumption in scenario.assumptions.items():
        named = name in own and name.endswith("_persons")
        if named != (assumption.programme is not None):
            problem = (
                "is missing; name it in both languages"
                if named
                else "stands with linked_NAME_persons alone, which wants linked_NAME_share beside it"
            )
            raise ParametersRefused(f"assumptions: {name}: programme {problem}")
    for name, assumption in scenario.assumptions.items():
        if assumption.scored and name not in SCORED:
            raise ParametersRefused(
                f"assumptions: {name}: scored: true: no past forecast of it is scored; write low and high (scored: {', '.join(SCORED)})"
            )
    for number in sorted(set(cells["area_class"])):
        # The other sets too: the page on who pays shows them beside the one that is used.
        for name, sharing in scenario.sharing.items():
            if f"class_{number}" not in sharing.shares:
                raise ParametersRefused(
                    f"sharing: {name}.shares: class_{number} is missing; every area class needs its shares"
                )
    # A misspelt name is missing under its right one too: say the misspelling first.
    for name in sorted(set(scenario.assumptions) ^ needed, key=lambda one: (one in needed, one)):
        if name in OPTIONAL or name in own:
            continue
        problem = (
            "is missing" if name in needed else f"is not used by the model; {nearest(name, needed | set(OPTIONAL))}"
        )
        raise ParametersRefused(f"assumptions: {name} {problem}")
