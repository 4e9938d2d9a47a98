"""Result rows of a road: the policy year by year, the cheapest road to its target, and what an envelope bears."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pandas as pd

from analysis.inputs.evidence import Evidence, worst_grade
from analysis.inputs.parameters.scenario import Scenario
from analysis.model.pathway import Path
from analysis.model.pathway.borne import largest_rise
from analysis.model.pathway.floors import shares, wide
from analysis.model.pathway.plan import Ask
from analysis.model.pathway.road import Road, cheapest_road, lift_bought
from analysis.model.results import Rows

# Million yuan a year, beside the table of half per cents: what each bears at a chance.
ENVELOPES = (300, 500, 800)
CHANCE = 0.9
MONTH, YEAR = "yuan/person/month", "yuan/year"


def asked(scenario: Scenario) -> Ask:
    """Return what a scenario asks of several years."""
    road, base = scenario.road, scenario.base_year
    money = road.new_money_yuan_year
    years = range(base + 1, base + scenario.road_years + 1)
    return Ask(
        target_share=None if road.target_share is None else Fraction(road.target_share),
        by_year=road.by_year,
        envelopes_yuan={} if money is None else {year: float(money) * (year - base) for year in years},
        largest_rise_share=None if road.largest_rise_share is None else Fraction(road.largest_rise_share),
    )


def road_of(path: Path, report: Callable[[str], None] | None = None) -> Road:
    """Return the cheapest road to what the scenario of a path asks."""
    return cheapest_road(path.case, path.floors, asked(path.case.scenario), report)


def path_rows(evidence: Evidence, path: Path, road: Road, grade: str, costed: list[str]) -> pd.DataFrame:
    """Return the result rows of a path and of its road.

    Measures of the policy's own path begin with ``path_``, those of the cheapest road with ``road_``, those of what an
    envelope bears next year with ``largest_rise_``.

    Args:
        evidence: as known on the scenario's day.
        path: of the scenario's policy.
        road: the cheapest to its target.
        grade: the worst grade of what a cost looks at.
        costed: the assumptions that a cost rests on.
    """
    scenario = path.case.scenario
    rows = Rows({"scenario": scenario.id, "dataset": evidence.dataset}, evidence.areas["name_zh"].to_dict())
    rests = [*costed, f"fiscal_{scenario.fiscal.id}"]
    one_path(rows, evidence, path, "path", grade, rests)
    reached_rows(rows, path, grade)
    if road.path is not None:
        one_path(rows, evidence, road.path, "road", grade, rests)
        _price(rows, path, road, {"grade": grade, "rests_on": costed})
    _conflict(rows, evidence.whole, path, road)
    _borne(rows, evidence, path, {"grade": grade, "rests_on": costed, "year": path.years[0]})
    return rows.table()


def one_path(rows: Rows, evidence: Evidence, path: Path, prefix: str, grade: str, rests: list[str]) -> None:
    """Add what a path comes to, year by year; the measures' names begin with ``prefix``."""
    floor_grade = worst_grade(path.case.floors.grades.values())
    for line in path.floors.itertuples():
        where = {"area_code": line.area_code, "residence": line.residence, "programme": "dibao", "year": line.year}
        rows.add(f"{prefix}_minimum_standard", line.minimum_yuan_month, MONTH, grade=floor_grade, **where)
        if np.isfinite(line.supplement_floor_yuan_month):
            value = line.supplement_floor_yuan_month
            rows.add(f"{prefix}_supplement_floor", value, MONTH, grade=floor_grade, **where)
    minima, ratio = wide(path.floors), shares(path.floors)
    for year, code in itertools.product(ratio.index, ratio.columns):
        where = {"area_code": code, "programme": "dibao", "year": year, "grade": floor_grade}
        rows.add(f"{prefix}_rural_urban_ratio", ratio.at[year, code], "ratio", **where)
        rows.add(f"{prefix}_gap", minima.at[year, (code, "urban")] - minima.at[year, (code, "rural")], MONTH, **where)
    for line in path.standards[path.standards["observed"]].itertuples():
        where = {"area_code": line.area_code, "residence": line.residence, "programme": "dibao", "year": line.year}
        follow = ["follow_share"] if line.year > path.case.scenario.base_year else []
        rows.add(f"{prefix}_standard", line.standard_yuan_month, MONTH, grade=grade, rests_on=follow, **where)
    if path.area:
        for year, line in path.share.iterrows():
            where = {"area_code": path.area, "programme": "dibao", "year": year, "grade": grade, "rests_on": rests}
            for statistic, value in line.items():
                rows.add(f"{prefix}_in_force_rural_urban_ratio", value, "ratio", statistic=statistic, **where)
    _money(rows, evidence, path, prefix, {"area_code": evidence.whole, "grade": grade, "rests_on": rests})


def _money(rows: Rows, evidence: Evidence, path: Path, prefix: str, common: dict) -> None:
    spent = evidence.best("", "general_public_budget_expenditure")
    spent = spent[(spent["area_code"] == evidence.whole) & (spent["period"] == "Y")].sort_values("year")
    growth = 1 + float(path.case.scenario.fiscal.expenditure_growth_share)
    for year, line in path.money.iterrows():
        where = common | {"year": year}
        rows.add(f"{prefix}_extra_cost", line["extra"], YEAR, **where)
        for statistic in ("p10", "p50", "p90"):
            rows.add(f"{prefix}_extra_cost", line[f"extra_{statistic}"], YEAR, statistic=statistic, **where)
        rows.add(f"{prefix}_envelope_for_90_percent", line["extra_p90"], YEAR, **where)
        for tier in path.case.scenario.shares.shares["class_1"]:
            rows.add(f"{prefix}_extra_cost", line[f"extra_{tier}"], YEAR, tier=tier, **where)
        for measure in ("spending", "capacity"):
            rows.add(f"{prefix}_{measure}", line[measure], YEAR, **where)
        rows.add(f"{prefix}_short_of_capacity", line["short"], YEAR, **where)
        rows.add(f"{prefix}_recipients", line["recipients_persons"], "persons", **where)
        if len(spent):
            following = spent["value"].iloc[-1] * growth ** (year - spent["year"].iloc[-1])
            rows.add(f"{prefix}_extra_cost_of_expenditure", line["extra"] / following, "share", **where)
    rows.add(f"{prefix}_extra_cost_all_years", path.money["extra"].sum(), "yuan", year=path.years[-1], **common)


def reached_rows(rows: Rows, path: Path, grade: str) -> None:
    """Add the year in which the target is met, in the minima and, with its interval, in force; absent where it is not."""
    target = path.case.scenario.road.target_share
    if target is None or not path.area:
        return
    where = {"area_code": path.area, "programme": "dibao", "year": path.years[-1], "grade": grade}
    rows.add(
        "road_target_share", float(target), "share", **(where | {"grade": "", "year": path.case.scenario.road.by_year})
    )
    met = path.target_year(Fraction(target))
    if met is not None:
        rows.add("path_target_year", met, "year", **where)
    for level in (10, 50, 90):
        # A draw that never meets it counts as later than all years.
        found = float(np.quantile(np.nan_to_num(path.reached, nan=np.inf), level / 100, method="higher"))
        if np.isfinite(found):
            where["rests_on"] = ["follow_share", "unobserved_moved"]
            rows.add("path_target_year_in_force", found, "year", statistic=f"p{level}", **where)
    rows.add("path_target_met_in_force_share", float(np.isfinite(path.reached).mean()), "share", **where)


def _price(rows: Rows, path: Path, road: Road, common: dict) -> None:
    """What one more million yuan would buy on the road's own cost: in words, how far it would lift the rural minimum."""
    year = road.ask.by_year or path.years[-1]
    _, price = lift_bought(path.case, path.floors, road.ask, float(road.path.money.at[year, "extra"]))
    where = {"area_code": path.area, "residence": "rural", "programme": "dibao", "year": year, **common}
    rows.add("road_lift_per_million", price * 1e6, f"{MONTH} per million yuan", **where)


def _conflict(rows: Rows, whole: str, path: Path, road: Road) -> None:
    where = {"area_code": whole, "year": path.years[-1], "grade": ""}
    rows.add("road_exists", float(road.path is not None), "times", **where)
    for demand in road.conflict:
        name, _, year = demand.partition(" ")
        rows.add(f"road_conflict_{name}", 1, "times", **(where | {"year": int(year or where["year"])}))
    for line in road.relaxed.itertuples():
        rows.add(
            f"road_given_way_{line.demand}", line.amount, line.unit, **(where | {"year": line.year or where["year"]})
        )


def _borne(rows: Rows, evidence: Evidence, path: Path, common: dict) -> None:
    """The largest rise that each envelope bears, every assumption central and in nine draws of ten; and by class."""
    for million in ENVELOPES:
        for statistic, chance in (("central", None), ("p90", CHANCE)):
            found = largest_rise(path.case, million * 1e6, chance)
            if found is not None:
                measure = f"largest_rise_of_all_for_{million}_million_yuan"
                value = float(found.rise_share)
                rows.add(measure, value, "share", area_code=evidence.whole, statistic=statistic, **common)
        for code in path.case.floors.order:
            found = largest_rise(path.case, million * 1e6, classes=[code])
            if found is not None:
                value = float(found.rise_share)
                rows.add(f"largest_rise_alone_for_{million}_million_yuan", value, "share", area_code=code, **common)
