"""The result rows of one scenario: every number that a chart, a table or a sentence may print."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.inputs.evidence import Evidence, worst_grade
from analysis.inputs.parameters.scenario import Scenario
from analysis.inputs.rules import Rule, in_force
from analysis.model import cost, timing
from analysis.model.funding import burden_share
from analysis.model.gap import gap_by_area_share, gap_table
from analysis.model.results import Rows
from analysis.model.simulate import Outcome
from analysis.model.simulate.ripple import ripple_rows

PER = 10_000
# The columns of the cells that a loop over them looks at: of all fifty it takes five times as long.
STANDARDS = [
    "area_code", "area_class", "residence", "grade", "standard_yuan_month", "next_standard_central", "mandated_yuan_month",
]  # fmt: skip
OWN_FLOORS = [
    "area_code", "area_class", "residence", "next_floor_yuan_month", "own_floor_yuan_month", "own_floor_year", "own_floor_grade",
]  # fmt: skip
# Per cent of the draws that exceed an amount; what 10 exceed is the envelope for nine draws in ten.
CHANCES = (5, *range(10, 100, 10), 95)


def result_rows(evidence: Evidence, scenario: Scenario, outcome: Outcome, rules: list[Rule]) -> pd.DataFrame:
    """Return the long results table of one scenario; see DESIGN, Contracts, Result.

    Costs, and standards that an area is assumed to pay, carry the worst grade of the observed inputs and the ids
    of the assumptions; floors rest on published figures and the policy alone.
    """
    rows = _decided(evidence, scenario, outcome, rules)
    ripple_rows(rows, scenario, outcome, evidence)
    return rows.table()


def decision_rows(evidence: Evidence, scenario: Scenario, outcome: Outcome, rules: list[Rule]) -> pd.DataFrame:
    """Return the rows that the four sentences speak of: those of :func:`result_rows` without the programmes that hang on."""
    return _decided(evidence, scenario, outcome, rules).table()


def _decided(evidence: Evidence, scenario: Scenario, outcome: Outcome, rules: list[Rule]) -> Rows:
    rows = Rows({"scenario": scenario.id, "dataset": evidence.dataset}, evidence.areas["name_zh"].to_dict())
    province = evidence.whole
    _floors(rows, scenario, outcome)
    _gap_in_minima(rows, scenario, outcome, province)
    _in_force(rows, scenario, outcome, evidence, province)
    _cost(rows, scenario, outcome, province)
    _rests_on(rows, scenario, outcome, province)
    _coverage(rows, scenario, outcome, evidence, province)
    _timeliness(rows, scenario, outcome, rules, province)
    _burden(rows, scenario, outcome, evidence, province)
    return rows


def _floors(rows: Rows, scenario: Scenario, outcome: Outcome) -> None:
    for measure, uprated in (
        ("minimum_standard", outcome.floors.standards),
        ("supplement_floor", outcome.floors.supplements),
    ):
        for floor in uprated.floors.itertuples():
            where = {"area_code": floor.area_code, "residence": floor.residence, "programme": "dibao"}
            grade = outcome.floors.grades[measure, floor.area_code, floor.residence]
            rows.add(measure, floor.now_yuan_month, "yuan/person/month", grade=grade, year=scenario.base_year, **where)
            rows.add(
                measure, floor.next_yuan_month, "yuan/person/month", grade=grade, year=scenario.base_year + 1, **where
            )
            rise = floor.next_yuan_month - floor.now_yuan_month
            rows.add(f"{measure}_rise", rise, "yuan/person/month", grade=grade, year=scenario.base_year + 1, **where)
            rows.add(
                f"{measure}_rise_share",
                rise / floor.now_yuan_month,
                "share",
                grade=grade,
                year=scenario.base_year + 1,
                **where,
            )


def _gap_in_minima(rows: Rows, scenario: Scenario, outcome: Outcome, province: str) -> None:
    base, floors = scenario.base_year, outcome.floors.standards.floors
    table = gap_table(_long(floors, {base: "now_yuan_month", base + 1: "next_yuan_month"}))
    shares = {year: gap_by_area_share(table, year) for year in (base, base + 1)}
    before = table[table["year"] == base].set_index("area_code")["gap_yuan_month"]
    for gap in table.dropna(subset=["rural_urban_ratio"]).itertuples():
        grade = worst_grade(
            outcome.floors.grades["minimum_standard", gap.area_code, side] for side in ("urban", "rural")
        )
        where = {"area_code": gap.area_code, "programme": "dibao", "year": gap.year, "grade": grade}
        rows.add("minimum_rural_urban_ratio", gap.rural_urban_ratio, "ratio", **where)
        rows.add("minimum_gap", gap.gap_yuan_month, "yuan/person/month", **where)
        if gap.year > base:
            rows.add("minimum_gap_change", gap.gap_yuan_month - before[gap.area_code], "yuan/person/month", **where)
        if np.isfinite(shares[gap.year][gap.area_code]):
            rows.add("minimum_gap_share_of_all", shares[gap.year][gap.area_code], "share", **where)
    least, catch_up = scenario.policy.rural_share.at_least, scenario.policy.catch_up
    asked = {"area_code": province, "programme": "dibao", "residence": "rural", "grade": ""}
    if least:
        rows.add("rural_share_at_least", float(least), "share", year=base + 1, **asked)
    if catch_up.kind == "target":
        rows.add("rural_share_target", float(catch_up.target_ratio), "share", year=catch_up.target_year, **asked)
    separate = (table.loc[table["year"] == base, "state"] == "separate").sum()
    rows.add("separate_classes", separate, "areas", grade="", area_code=province, year=base)


def _long(table: pd.DataFrame, columns: dict[int, str]) -> pd.DataFrame:
    """Return one row per area, residence and year from one column a year."""
    parts = [
        table[["area_code", "residence"]].assign(year=year, value_yuan_month=table[column])
        for year, column in columns.items()
    ]
    return pd.concat(parts, ignore_index=True)


def _in_force(rows: Rows, scenario: Scenario, outcome: Outcome, evidence: Evidence, province: str) -> None:
    year = scenario.base_year
    seen = outcome.cells.loc[outcome.cells["observed"], STANDARDS]
    code_of = {number: code for code, number in outcome.floors.classes.items()}
    for cell in seen.itertuples():
        where = {"area_code": cell.area_code, "residence": cell.residence, "programme": "dibao"}
        floor = outcome.floors.grades["minimum_standard", code_of[cell.area_class], cell.residence]
        after = {"year": year + 1, "grade": worst_grade([cell.grade, floor])}
        rows.add("standard", cell.standard_yuan_month, "yuan/person/month", year=year, grade=cell.grade, **where)
        rows.add(
            "standard", cell.next_standard_central, "yuan/person/month", rests_on=["follow_share"], **after, **where
        )
        rows.add(
            "mandated_rise", cell.mandated_yuan_month - cell.standard_yuan_month, "yuan/person/month", **after, **where
        )
    _supplement_floors_in_force(rows, outcome, year, code_of)
    table = gap_table(_long(seen, {year: "standard_yuan_month", year + 1: "next_standard_central"})).dropna(
        subset=["rural_urban_ratio"]
    )
    grades = seen.groupby("area_code")["grade"].agg(worst_grade)
    for gap in table.itertuples():
        rests = ["follow_share"] if gap.year > year else []
        where = {
            "area_code": gap.area_code,
            "programme": "dibao",
            "year": gap.year,
            "grade": grades[gap.area_code],
            "rests_on": rests,
        }
        rows.add("in_force_rural_urban_ratio", gap.rural_urban_ratio, "ratio", **where)
        rows.add("in_force_gap", gap.gap_yuan_month, "yuan/person/month", **where)
    for when, group in table.groupby("year"):
        where = {
            "area_code": province,
            "year": when,
            "grade": worst_grade(seen["grade"]),
            "rests_on": ["follow_share"] if when > year else [],
        }
        rows.add("in_force_rural_urban_ratio_simple", group["rural_urban_ratio"].mean(), "ratio", **where)
    both = table[table["year"] == year]
    lifted = seen[seen["mandated_yuan_month"] > seen["standard_yuan_month"]]["area_code"].nunique()
    cities = evidence.areas[evidence.areas["level"] == "city"]
    for measure, count in (
        ("cities", len(cities)),
        ("observed_areas", seen["area_code"].nunique()),
        ("observed_areas_both_residences", len(both)),
        ("observed_unified_areas", (both["state"] == "unified").sum()),
        ("observed_separate_areas", (both["state"] == "separate").sum()),
        ("standard_must_rise_areas", lifted),
        ("standard_free_areas", seen["area_code"].nunique() - lifted),
        ("unknown_areas", len(cities) - seen["area_code"].nunique()),
    ):
        rows.add(measure, count, "areas", grade="", area_code=province, year=year)


def _supplement_floors_in_force(rows: Rows, outcome: Outcome, year: int, code_of: dict[str, str]) -> None:
    """The floors that cities publish for themselves, and by how much the province's next ones lift them."""
    cells = outcome.cells[OWN_FLOORS]
    known = cells[(cells["own_floor_year"] == year) & cells["next_floor_yuan_month"].notna()]
    for cell in known.itertuples():
        where = {"area_code": cell.area_code, "residence": cell.residence, "programme": "dibao"}
        floor = outcome.floors.grades["supplement_floor", code_of[cell.area_class], cell.residence]
        after = {"year": year + 1, "grade": worst_grade([cell.own_floor_grade, floor])}
        rise = max(cell.next_floor_yuan_month - cell.own_floor_yuan_month, 0)
        own = {"year": year, "grade": cell.own_floor_grade}
        rows.add("supplement_floor_in_force", cell.own_floor_yuan_month, "yuan/person/month", **own, **where)
        rows.add("mandated_supplement_floor_rise", rise, "yuan/person/month", **after, **where)


def cost_grade(outcome: Outcome) -> str:
    """Return the worst grade of what every cost looks at; the population shares of the allocation are inferred."""
    cells = outcome.cells
    observed = [*cells.loc[cells["observed"], "grade"], *outcome.floors.grades.values(), *outcome.coverage["grade"]]
    return worst_grade([*observed, *cells["population_grade"]])


def _cost(rows: Rows, scenario: Scenario, outcome: Outcome, province: str) -> None:
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


def _coverage(rows: Rows, scenario: Scenario, outcome: Outcome, evidence: Evidence, province: str) -> None:
    people = evidence.best("", "resident_population")
    people = people[(people["area_code"] == province) & (people["residence"] == "both")].sort_values("year").iloc[-1]
    where = {"area_code": province, "year": people["year"], "grade": people["grade"]}
    rows.add("resident_population", people["value"], "persons", **where)
    year, table = scenario.base_year, outcome.coverage
    period = f"M{table['counted_on'].max().month:02d}"
    whole = {"residence": "", "grade": worst_grade(table["grade"]), "trend_grade": worst_grade(table["trend_grade"])}
    summed = table[["published_persons", "trend_persons", "entrants_persons"]].sum().to_dict()
    trend = ["caseload_deviation_urban", "caseload_deviation_rural"]
    for line in [*table.to_dict("records"), whole | summed]:
        where = {"area_code": province, "residence": line["residence"], "programme": "dibao"}
        now = {"year": year, "period": period, "grade": line["grade"]}
        then = {"year": year + 1, "grade": line["trend_grade"], "rests_on": trend}
        entering = {"year": year + 1, "grade": cost_grade(outcome), "rests_on": outcome.costed}
        after = line["trend_persons"] + line["entrants_persons"]
        rows.add("recipients", line["published_persons"], "persons", **now, **where)
        rows.add("recipients_on_trend", line["trend_persons"], "persons", **then, **where)
        rows.add("entrants", line["entrants_persons"], "persons", **entering, **where)
        rows.add("recipients_with_entrants", after, "persons", **entering, **where)
    rate = {"area_code": province, "programme": "dibao", "unit": "persons per 10,000 residents"}
    now["grade"] = worst_grade([now["grade"], people["grade"]])
    rows.add("recipients_per_10000", line["published_persons"] / people["value"] * PER, **now, **rate)
    rows.add("recipients_per_10000", after / people["value"] * PER, **entering, **rate)


def _timeliness(rows: Rows, scenario: Scenario, outcome: Outcome, rules: list[Rule], province: str) -> None:
    """What falls into arrears by the scenario's months, and what would if it were paid as late as the rule allows."""
    effective = in_force(rules, "effective_month", scenario.base_year + 1, scenario.as_of)
    paid_by = in_force(rules, "paid_by_month", scenario.base_year + 1, scenario.as_of)
    year, cells = scenario.base_year + 1, outcome.cells
    grade = worst_grade([rule.grade for rule in (effective[:1] + paid_by[:1])])
    where = {"area_code": province, "year": year, "component": "arrears"}
    costed = {"grade": worst_grade([grade, cost_grade(outcome)]), "rests_on": outcome.costed}
    months = scenario.timing
    rows.add("notice_month", months.notice_month, "month of the year", grade="", **where)
    rows.add("pay_month", months.pay_month, "month of the year", grade="", **where)
    _calendar(rows, scenario, outcome, where, costed)
    moved = cells["next_standard_central"] > cells["standard_central"]
    persons = {
        "dibao": cells.loc[moved, ["persons_central", "entrants_central"]].sum().sum(),
        "tekun": cells.loc[moved, "tekun_persons_central"].sum(),
    }
    for programme, count in persons.items():
        late = count if months.pay_month > 1 else 0.0
        rows.add("recipients_paid_late", late, "persons", programme=programme, **costed, **where)
    if not (effective and paid_by):
        return
    latest = int(paid_by[0].value - effective[0].value)
    rows.add("latest_payment_month", float(paid_by[0].value), "month of the year", grade=grade, **where)
    rows.add("months_in_arrears_at_latest", latest, "months", grade=grade, **where)
    arrears = outcome.totals["central"] * latest / cost.MONTHS
    rows.add("arrears_at_latest", arrears, "yuan", **costed, **where)
    for programme, count in persons.items():
        rows.add("recipients_paid_late_at_latest", count, "persons", programme=programme, **costed, **where)


def _calendar(rows: Rows, scenario: Scenario, outcome: Outcome, where: dict, costed: dict) -> None:
    months, extra = scenario.timing, outcome.totals["central"]
    base = outcome.totals["dibao_spending"] + outcome.totals["tekun_spending"]
    table = timing.calendar(extra, base, months.notice_month, months.pay_month)
    rows.add("months_in_arrears", months.pay_month - 1, "months", grade="", **where)
    amounts = {
        "arrears": float(timing.arrears_yuan(extra, months.pay_month)),
        "largest_shortfall_of_a_month": timing.largest_shortfall_yuan(table),
        "buffer_needed": timing.buffer_yuan(table),
        "cash_peak": timing.cash_peak_yuan(table),
    }
    for measure, value in amounts.items():
        rows.add(measure, value, "yuan", **costed, **where)
    rows.add("on_time_in_full_share", timing.on_time_in_full_share(table), "share", **costed, **where)
    for line in table.itertuples():
        month = where | {"period": f"M{int(line.month):02d}"}
        for column in ("due_yuan", "paid_yuan", "allotted_yuan", "balance_yuan"):
            rows.add(f"calendar_{column.removesuffix('_yuan')}", getattr(line, column), "yuan", **costed, **month)


def _burden(rows: Rows, scenario: Scenario, outcome: Outcome, evidence: Evidence, province: str) -> None:
    """What the extra cost takes of the budget's expenditure next year: of the whole, and of each city whose own is held."""
    spent = evidence.best("", "general_public_budget_expenditure")
    spent = spent[spent["period"] == "Y"].sort_values("year")
    level, parent = evidence.areas["level"], evidence.areas["parent_code"]
    cells = outcome.cells
    city = cells["area_code"].where(cells["area_code"].map(level).eq("city"), cells["area_code"].map(parent))
    extra = {province: outcome.totals["central"], **cells.groupby(city)["extra_central"].sum().to_dict()}
    measure, growth, year = "general_public_budget_expenditure", f"fiscal_{scenario.fiscal.id}", scenario.base_year + 1
    for area, own in spent.groupby("area_code"):
        if area not in extra:
            continue
        last = own.iloc[-1]
        following = last["value"] * (1 + float(scenario.fiscal.expenditure_growth_share)) ** (year - last["year"])
        where, grade = {"area_code": area}, worst_grade([last["grade"], cost_grade(outcome)])
        rows.add(measure, last["value"], "yuan/year", year=last["year"], grade=last["grade"], **where)
        rows.add(measure, following, "yuan/year", year=year, grade=last["grade"], rests_on=[growth], **where)
        share, rests = float(burden_share(extra[area], following)), [*outcome.costed, growth]
        rows.add("extra_cost_of_expenditure", share, "share", year=year, grade=grade, rests_on=rests, **where)
