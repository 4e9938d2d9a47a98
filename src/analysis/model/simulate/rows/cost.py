"""Rows of the extra cost: its range, its parts, who pays, and how much of it is assumed."""

from __future__ import annotations

import numpy as np

from analysis.inputs.evidence import worst_grade
from analysis.inputs.parameters.scenario import Scenario
from analysis.model import cost
from analysis.model.results import Rows
from analysis.model.simulate import Outcome

# Per cent of the draws that exceed an amount; what 10 exceed is the envelope for nine draws in ten.
CHANCES = (5, *range(10, 100, 10), 95)


def cost_grade(outcome: Outcome) -> str:
    """Return the worst grade of what every cost looks at; the population shares of the allocation are inferred."""
    cells = outcome.cells
    observed = [*cells.loc[cells["observed"], "grade"], *outcome.floors.grades.values(), *outcome.coverage["grade"]]
    return worst_grade([*observed, *cells["population_grade"]])


def cost_rows(rows: Rows, scenario: Scenario, outcome: Outcome, province: str) -> None:
    """Add the extra cost with its range, by part, tier, class, residence and area, and what it rests on."""
    year, cells = scenario.base_year + 1, outcome.cells
    grade = cost_grade(outcome)
    common = {"year": year, "grade": grade, "rests_on": outcome.costed}
    total = round(outcome.totals["central"])
    draws = outcome.draws
    quantiles = {"p10": np.quantile(draws, 0.1), "p50": np.quantile(draws, 0.5), "p90": np.quantile(draws, 0.9)}
    for statistic, value in {
        "central": total,
        "low": outcome.totals["low"],
        "high": outcome.totals["high"],
        "mean": draws.mean(),
        **quantiles,
    }.items():
        rows.add("extra_cost", value, "yuan/year", area_code=province, statistic=statistic, **common)
    rows.add("envelope_for_90_percent", quantiles["p90"], "yuan/year", area_code=province, **common)
    for chance, value in zip(CHANCES, np.quantile(draws, [(100 - one) / 100 for one in CHANCES]), strict=True):
        name = f"extra_cost_exceeded_with_chance_{chance:02d}"
        rows.add(name, value, "yuan/year", area_code=province, **common)
    fixed = common | {"rests_on": [name for name in outcome.costed if name != "follow_share"]}
    # Rounded so that what is known and not known adds to what is mandated, and that and what follows to the total.
    mandated = round(outcome.totals["mandated"])
    known = round(cells.loc[cells["observed"], "extra_mandated"].sum())
    rows.add("extra_cost_mandated", mandated, "yuan/year", area_code=province, **fixed)
    rows.add("extra_cost_all_follow", outcome.totals["followed"], "yuan/year", area_code=province, **fixed)
    for name, value in (("where_known", known), ("where_not_known", mandated - known)):
        rows.add(f"extra_cost_mandated_{name}", value, "yuan/year", area_code=province, **fixed)
    rows.add("extra_cost_by_following", total - mandated, "yuan/year", area_code=province, **common)
    now = common | {"rests_on": [name for name in fixed["rests_on"] if name != "response_share"]}
    for programme in ("dibao", "tekun"):
        value = outcome.totals[f"{programme}_spending"]
        rows.add("spending_without_rise", value, "yuan/year", area_code=province, programme=programme, **now)

    linked = [name.removeprefix("linked_") for name in cells if name.startswith("linked_") and name != "linked_central"]
    linked = [name.removesuffix("_central") for name in linked]
    parts = {("dibao", name): cells[f"{name}_central"].sum() for name in cost.COMPONENTS if name != "linked"}
    parts |= {(programme, "linked"): cells[f"linked_{programme}_central"].sum() for programme in linked}
    wholes = cost.whole_parts(np.array(list(parts.values())), total)
    for (programme, component), value in zip(parts, wholes, strict=True):
        rows.add(
            "extra_cost", value, "yuan/year", area_code=province, programme=programme, component=component, **common
        )
    tiers = {tier: values["central"] for tier, values in outcome.tiers.items()}
    shared = common | {"rests_on": [*outcome.costed, f"sharing_{scenario.fiscal.sharing}"]}
    _tier_spending(rows, scenario, outcome, province, shared)
    for tier, value in zip(tiers, _signed_parts(np.array(list(tiers.values())), total), strict=True):
        where = {"area_code": province, "tier": tier}
        rows.add("extra_cost", value, "yuan/year", **where, **shared)
        rows.add("extra_cost_share", value / total if total else 0.0, "share", **where, **shared)
        for statistic in ("p10", "p90"):
            rows.add("extra_cost", outcome.tiers[tier][statistic], "yuan/year", statistic=statistic, **where, **shared)

    code_of = {number: code for code, number in outcome.floors.classes.items()}
    borne_by = cells[["area_class", "residence", "extra_central", *(f"extra_{tier}" for tier in tiers)]]
    by_class = cells.groupby("area_class")["extra_central"].sum()
    for number, value in zip(by_class.index, cost.whole_parts(by_class.to_numpy(), total), strict=True):
        here, where = borne_by[borne_by["area_class"] == number], {"area_code": code_of[number]}
        rows.add("extra_cost", value, "yuan/year", **where, **common)
        borne = here[[f"extra_{tier}" for tier in tiers]].sum().to_numpy()
        for tier, part in zip(tiers, _signed_parts(borne, int(value)), strict=True):
            rows.add("extra_cost", part, "yuan/year", tier=tier, **where, **shared)
        sides = here.groupby("residence")["extra_central"].sum()
        for side, part in zip(sides.index, cost.whole_parts(sides.to_numpy(), int(value)), strict=True):
            rows.add("new_money", part, "yuan/year", residence=side, **where, **common)
    for side, value in cells.groupby("residence")["extra_central"].sum().items():
        rows.add("new_money", value, "yuan/year", area_code=province, residence=side, **common)
        share = value / outcome.totals["central"] if total else 0.0
        rows.add("new_money_share", share, "share", area_code=province, residence=side, **common)
    gain = np.average(cells["next_standard_central"] - cells["standard_central"], weights=cells["persons_central"])
    rows.add("mean_rise_of_recipients", gain, "yuan/person/month", area_code=province, **common)
    by_area = cells.groupby("area_code")["extra_central"].sum()
    for area, value in zip(by_area.index, cost.whole_parts(by_area.to_numpy(), total), strict=True):
        rows.add("extra_cost", value, "yuan/year", area_code=area, **common)
    for name, assumption in outcome.assumptions.items():
        unit = "share" if assumption.unit.startswith("share") else "ratio"
        for statistic in ("low", "central", "high"):
            where = {"area_code": province, "year": year, "statistic": statistic, "grade": "", "rests_on": [name]}
            rows.add(f"assumption_{name}", float(getattr(assumption, statistic)), unit, **where)
    for swing in outcome.swings.itertuples():
        name, low, high = swing.assumption, swing.at_low_yuan_year, swing.at_high_yuan_year
        rows.add(f"extra_cost_if_{name}_low", low, "yuan/year", area_code=province, **common)
        rows.add(f"extra_cost_if_{name}_high", high, "yuan/year", area_code=province, **common)
    _rests_on(rows, scenario, outcome, province)


def _tier_spending(rows: Rows, scenario: Scenario, outcome: Outcome, province: str, shared: dict) -> None:
    """What dibao and tekun take of each tier now and next, what the budget's own growth allows, and what is missing."""
    growth = [*shared["rests_on"], f"fiscal_{scenario.fiscal.id}"]
    for tier, line in outcome.spending.iterrows():
        where = {"area_code": province, "tier": tier}
        now = shared | {"year": scenario.base_year}
        rows.add("spending", line["now_yuan_year"], "yuan/year", **where, **now)
        rows.add("spending", line["next_yuan_year"], "yuan/year", **where, **shared)
        rows.add("capacity", line["capacity_yuan_year"], "yuan/year", **where, **(shared | {"rests_on": growth}))
    whole, total = outcome.spending.sum(), shared | {"rests_on": growth}
    rows.add(
        "spending", whole["now_yuan_year"], "yuan/year", area_code=province, **(shared | {"year": scenario.base_year})
    )
    rows.add("spending", whole["next_yuan_year"], "yuan/year", area_code=province, **shared)
    rows.add("capacity", whole["capacity_yuan_year"], "yuan/year", area_code=province, **total)
    rows.add("transfer_needed", outcome.gate.transfer_yuan, "yuan/year", area_code=province, **total)
    rows.add("short_of_capacity", outcome.gate.short_yuan, "yuan/year", area_code=province, **total)
    for name, value in outcome.upper_by_set.items():
        rests = [*outcome.costed, f"sharing_{name}"]
        under = {"area_code": province, "tier": "upper", **(shared | {"rests_on": rests})}
        rows.add(f"extra_cost_under_sharing_{name}", value, "yuan/year", **under)


def _signed_parts(parts: np.ndarray, total: int) -> np.ndarray:
    """Round parts that may be negative so that they add to the total: a tier may be relieved."""
    base = np.floor(parts.min())
    return cost.whole_parts(parts - base, total - round(base) * len(parts)) + round(base)


def _rests_on(rows: Rows, scenario: Scenario, outcome: Outcome, province: str) -> None:
    """The box of three rows: no yuan of the cost is published or follows from published figures alone.

    Recipients by area are not published, so all of it is assumed; the parts say what besides.
    """
    cells, total = outcome.cells, outcome.totals["central"]
    observed = cells["observed"]
    parts = {
        "where_standards_are_known": cells.loc[observed, "extra_mandated"].sum(),
        "where_standards_are_not_known": cells.loc[~observed, "extra_mandated"].sum(),
        "by_following": total - cells["extra_mandated"].sum(),
    }
    common = {
        "area_code": province,
        "year": scenario.base_year + 1,
        "grade": cost_grade(outcome),
        "rests_on": outcome.costed,
    }
    for name, value in (("published", 0.0), ("computed", 0.0), ("assumed", 1.0)):
        rows.add(f"cost_share_{name}", value if total else 0.0, "share", **common)
    for name, value in parts.items():
        rows.add(f"cost_share_assumed_{name}", value / total if total else 0.0, "share", **common)
