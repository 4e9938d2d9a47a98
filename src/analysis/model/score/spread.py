"""Spread: how unequal the standards are over areas and residences, and whether they converge (METHODS 2)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from analysis.errors import NotHeld
from analysis.inputs.evidence import SOURCED, Evidence, worst_grade
from analysis.model.gap import gap_table
from analysis.model.gap.convergence import beta_convergence, log_gap_decay, sigma_convergence
from analysis.model.gap.decomposition import gini_decomposition, nested_theil, theil_decomposition
from analysis.model.gap.panel import panel_convergence, pooled_convergence
from analysis.model.results import Rows
from analysis.model.score import headline_standards, when

# Fewer points a series, or points that a rule sets, describe the rule; they identify nothing (METHODS 2, data/README).
LEAST_POINTS, BOOTSTRAPS, SEED = 10, 1999, 20240630


def spread(evidence: Evidence) -> pd.DataFrame:
    """Return the inequality of the standards by time, split by residence and by area.

    Weights are people: poor persons where the package counts them, else residents of the last known year (estimates of
    an older vintage, good for shares alone). Only times at which every area that is ever known is known.

    Returns:
        year, areas, theil_t, t_within_residence, t_between_residence, t_within_area, t_between_area, theil_l and its
        parts, nested_area, nested_residence (T by area, then by residence within it), gini, gini_within, gini_between,
        gini_overlap, weight (its name), grade.

    Raises:
        NotHeld: no weights.
    """
    standards = headline_standards(evidence)
    weights, named, weight_grade = _weights(evidence, standards)
    rows = []
    for year, own in _whole_times(standards, weights):
        values, people, residence, area = _cells(own)
        sides, areas = (theil_decomposition(values, people, groups) for groups in (residence, area))
        nested, gini = nested_theil(values, people, area, residence), gini_decomposition(values, people, residence)
        rows.append(
            {
                "year": year,
                "areas": own["area_code"].nunique(),
                "theil_t": sides.t_total,
                "t_within_residence": sides.t_within,
                "t_between_residence": sides.t_between,
                "t_within_area": areas.t_within,
                "t_between_area": areas.t_between,
                "theil_l": sides.l_total,
                "l_within_residence": sides.l_within,
                "l_between_residence": sides.l_between,
                "nested_area": nested.t_outer,
                "nested_residence": nested.t_inner,
                "gini": gini.total,
                "gini_within": gini.within,
                "gini_between": gini.between,
                "gini_overlap": gini.overlap,
                "weight": named,
                "grade": worst_grade([*own["grade"], weight_grade]),
            }
        )
    return pd.DataFrame(rows)


def theil_rows(evidence: Evidence) -> pd.DataFrame:
    """Return how unequal the standards are, split into between town and country and within each, as result rows.

    Of the whole, by time: theil = theil_between_urban_rural + theil_within_urban_rural (no unit, to 1e-11), the first
    part's share of it, and theil_inside_areas_share: what town and country in the same area have of it, by the split by
    area (the two splits are not added to one another); shares only where standards differ at all. Of each area and
    residence, where one count weighs all times: theil_weight (persons), with the year of the count.

    Returns:
        Result rows; none where the package has no weights.
    """
    shared = {"scenario": "", "dataset": evidence.dataset, "programme": evidence.headline["programme"]}
    rows, standards = Rows(shared, evidence.areas["name_zh"].to_dict()), headline_standards(evidence)
    try:
        weights, _, weight_grade = _weights(evidence, standards)
    except NotHeld:
        return rows.table()
    for year, own in _whole_times(standards, weights):
        values, people, residence, area = _cells(own)
        sides, areas = (theil_decomposition(values, people, groups) for groups in (residence, area))
        where = {"area_code": evidence.whole, "grade": worst_grade([*own["grade"], weight_grade])}
        where |= when(year, own["period"].iloc[0])
        rows.add("theil", sides.t_total, "index", **where)
        rows.add("theil_between_urban_rural", sides.t_between, "index", **where)
        rows.add("theil_within_urban_rural", sides.t_within, "index", **where)
        if sides.t_total > 0:
            rows.add("theil_between_urban_rural_share", sides.t_between / sides.t_total, "share", **where)
            rows.add("theil_inside_areas_share", areas.t_within / sides.t_total, "share", **where)
    for one in weights.itertuples() if "counted" in weights else ():
        where = {"area_code": one.area_code, "residence": one.residence, "year": one.counted, "grade": weight_grade}
        rows.add("theil_weight", one.weight, "persons", **where)
    return rows.table()


def _whole_times(standards: pd.DataFrame, weights: pd.DataFrame) -> Iterator[tuple[float, pd.DataFrame]]:
    """Yield the standards with their weights of each time at which every area that is ever known is known."""
    on = ["area_code", "residence"] + (["year"] if "year" in weights else [])
    table = standards.merge(weights, on=on, how="inner")
    cells = table.groupby("year").size()
    for year in cells.index[cells == cells.max()]:
        yield year, table[table["year"] == year]


def _cells(own: pd.DataFrame) -> tuple[np.ndarray, ...]:
    """Return standards, weights, residences and areas of one time."""
    return tuple(own[name].to_numpy() for name in ("value_yuan_month", "weight", "residence", "area_code"))


def convergence(evidence: Evidence) -> pd.DataFrame:
    """Return the convergence statistics of a panel of areas, one line each.

    Returns:
        statistic, residence, estimate, se, low, high (90 % for the decay, else NA), p, n, areas, half_life_years, note.

    Raises:
        NotHeld: too few points, or points that were set by a rule.
    """
    standards = headline_standards(evidence)
    sourced = standards[standards["grade"].isin(SOURCED)]
    times = sourced.groupby("area_code")["year"].nunique().max()
    if evidence.headline["level"] == "class" or times < LEAST_POINTS:
        raise NotHeld("points_set_by_policy", points=int(times))
    rows = [_decay(standards)]
    for residence in ("urban", "rural"):
        own = standards[standards["residence"] == residence]
        own = own.rename(columns={"area_code": "area", "value_yuan_month": "value"})[["area", "year", "value"]]
        full = own.groupby("area")["year"].transform("nunique") == own["year"].nunique()
        rows += _of_one_residence(own[full], residence)
    return pd.DataFrame(rows)


def _decay(standards: pd.DataFrame) -> dict:
    """The decay of the mean gap of the areas whose rural standard never reaches the urban one."""
    table = gap_table(standards[["area_code", "year", "residence", "value_yuan_month"]])
    ratios = table.pivot(index="year", columns="area_code", values="rural_urban_ratio").dropna(axis=1)
    below = ratios.loc[:, (ratios < 1).all()]
    found = log_gap_decay(below.index.to_numpy(float), below.mean(axis=1).to_numpy())
    left_out = ratios.shape[1] - below.shape[1]
    return {
        "statistic": "log_gap_decay", "residence": "both", "estimate": found.lam, "se": found.lam_se, "low": found.lam_low,
        "high": found.lam_high, "p": np.nan, "n": found.n, "areas": below.shape[1],
        "half_life_years": found.half_life_years if found.lam_low > 0 else np.nan,
        "left_out": left_out, "closing": bool(found.lam_low > 0),
    }  # fmt: skip


def _of_one_residence(own: pd.DataFrame, residence: str) -> list[dict]:
    rng = np.random.default_rng(SEED)
    shared = {"residence": residence, "areas": own["area"].nunique(), "left_out": 0, "low": np.nan, "high": np.nan}
    spreading = sigma_convergence(own)
    times = sorted(own["year"].unique())
    ends = [
        own[own["year"] == when].set_index("area")["value"].sort_index().to_numpy() for when in (times[0], times[-1])
    ]
    beta = beta_convergence(*ends, times[-1] - times[0])
    # A panel regression goes by steps of time; the speed below is put back into years.
    steps = own.assign(year=own["year"].map({when: position for position, when in enumerate(times)}))
    per_year = (len(times) - 1) / (times[-1] - times[0])
    panel, pooled = (
        panel_convergence(steps, rng=rng, repetitions=BOOTSTRAPS),
        pooled_convergence(steps, rng=rng, repetitions=BOOTSTRAPS),
    )
    lines = [
        {"statistic": "sigma", "estimate": spreading.slope, "se": spreading.slope_se, "p": spreading.slope_p, "n": len(times)},
        {
            "statistic": "beta", "estimate": beta.speed, "se": beta.speed_se, "p": np.nan, "n": beta.n,
            "half_life_years": beta.half_life_years,
        },
        {
            "statistic": "panel", "estimate": panel.beta, "se": panel.se, "p": panel.p, "n": panel.n,
            "half_life_years": np.log(2) / (panel.speed * per_year) if panel.speed > 0 else np.nan,
            "nickell_bias": panel.nickell_bias, "wild_p": panel.wild_p,
        },
        {
            "statistic": "pooled", "estimate": pooled.beta, "se": pooled.se, "p": pooled.p, "n": pooled.n,
            "half_life_years": np.log(2) / (pooled.speed * per_year) if pooled.speed > 0 else np.nan, "wild_p": pooled.wild_p,
        },
    ]  # fmt: skip
    return [shared | line for line in lines]


def _weights(evidence: Evidence, standards: pd.DataFrame) -> tuple[pd.DataFrame, str, str]:
    poor = evidence.best(evidence.headline["programme"], "poor_persons")
    poor = poor[poor["residence"] != "both"]
    if len(poor):
        when = standards[["area_code", "period", "residence", "year"]].assign(whole=standards["year"].astype(int))
        poor = poor.rename(columns={"year": "whole", "value": "weight"})
        joined = when.merge(poor[["area_code", "period", "residence", "whole", "weight"]])
        return joined[["area_code", "residence", "year", "weight"]], "poor_persons", worst_grade(poor["grade"])
    residents = evidence.best("", "resident_population")
    residents = residents[residents["residence"] != "both"]
    areas = evidence.areas
    cities = residents[residents["area_code"].map(areas["level"]).eq("city")]
    if cities.empty:
        raise NotHeld("no_weights")
    counted = int(cities["year"].max())
    cities = cities[cities["year"] == counted]
    classes = areas[areas["level"] == "class"].reset_index().set_index("area_class")["area_code"]
    parts = areas[(areas["level"] == "city_part") & (areas["area_class"] != "")]
    # A city in two classes counts in each by the number of its parts there; the shares of people are an assumption.
    of_city = {city: own["area_class"].tolist() for city, own in parts.groupby("parent_code")}
    rows = []
    for one in cities.itertuples():
        here = of_city.get(one.area_code) or [areas.at[one.area_code, "area_class"]]
        rows += [(classes[number], one.residence, one.value / len(here)) for number in here if number in classes.index]
    table = pd.DataFrame(rows, columns=["area_code", "residence", "weight"])
    table = table.groupby(["area_code", "residence"], as_index=False)["weight"].sum().assign(counted=counted)
    return table, "resident_population", "inferred"
