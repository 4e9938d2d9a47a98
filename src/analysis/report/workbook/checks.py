"""Checks: the results table of the scenario, and each sum of the formulas beside the result that it must come to."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from analysis.errors import ScenarioFailed
from analysis.model.results import decimals_of, with_keys
from analysis.report.workbook.assumptions import Inputs
from analysis.report.workbook.central_case import CentralCase
from analysis.report.workbook.costing import RESIDENCES, Costing
from analysis.report.workbook.formula import (
    Formula,
    either,
    how_many,
    largest,
    of,
    size,
    smallest,
    span,
    total,
    total_where,
)
from analysis.report.workbook.levels import Levels
from analysis.report.workbook.recipients import Recipients
from analysis.report.workbook.sheet import NUMBER_OF, Book, Pair, Sheet
from analysis.report.workbook.uprating import Raised

SAME, DIFFERS = "一致 OK", "不同 DIFFERS"
RESULT_HEADS: tuple[Pair, ...] = (
    ("键", "key"), ("指标", "measure"), ("地区", "area"), ("数值", "value"), ("单位", "unit"), ("等级", "grade"), ("所据假设", "rests on"),
)  # fmt: skip
CHECK_HEADS: tuple[Pair, ...] = (
    ("项目", "what"), ("公式值", "by formula"), ("结果表", "results table"), ("差", "difference"), ("允许误差", "tolerance"), ("核对", "check"),
    ("键", "key"),
)  # fmt: skip
# Beyond half of the last decimal, for numbers that binary fractions hold inexactly.
BINARY = 1e-9


def results_sheet(sheet: Sheet, costing: Costing, result: pd.DataFrame, inputs: Inputs) -> dict[str, Formula]:
    """Write the scenario's whole results table, sorted by key, and return the cell of each value."""
    own = with_keys(result[result["scenario"] == costing.scenario.id]).sort_index()
    sheet.say(2, 0, len(RESULT_HEADS) - 1, "\n".join(sheet.note_text))
    row = sheet.heads(3, RESULT_HEADS)
    sheet.freeze(row, 1)
    for column, width in {0: 88, 1: 44, 2: 24, 6: 40}.items():
        sheet.width(column, width)
    cells = {}
    for here, (key, line) in enumerate(zip(own.index, own.to_dict("records"), strict=True), start=row):
        code = line["area_code"]
        area = costing.labels.area(code) if code in costing.evidence.areas.index else line["area_name"]
        number = NUMBER_OF[decimals_of(line["unit"])]
        rest = (
            costing.labels.unit(line["unit"]),
            costing.labels.grade(line["grade"]),
            inputs.numbered(line["rests_on"]),
        )
        for column, text in enumerate((key, line["measure"], area)):
            sheet.put(here, column, text, "label", "text")
        cells[key] = sheet.put(here, 3, float(line["value"]), "stored", number)
        for column, text in enumerate(rest, start=4):
            sheet.put(here, column, text, "wrapped" if column == 6 else "label", "text")
    sheet.page.autofilter(row - 1, 0, row - 1 + len(own), len(RESULT_HEADS) - 1)
    return cells


@dataclass(frozen=True)
class Check:
    """One sum of formulas and the result that it must come to.

    Attributes:
        what: in both languages.
        formula: the sum.
        measure: of the result.
        where: the other fields of its key.
        apportioned: whether the result was rounded so that parts add to their total, up to one unit away.
    """

    what: str
    formula: Formula
    measure: str
    where: dict[str, str]
    apportioned: bool = False


def checks_sheet(
    sheet: Sheet, book: Book, costing: Costing, checks: list[Check], cells: dict[str, Formula], result: pd.DataFrame
) -> Formula:
    """Write each check, and return how many do not hold.

    Raises:
        ScenarioFailed: the results hold no such row.
    """
    sheet.say(2, 0, len(CHECK_HEADS) - 1, "\n".join(sheet.note_text))
    sheet.put(3, 0, "不同的项数 checks that differ", "label", "text")
    row = sheet.heads(5, CHECK_HEADS)
    sheet.freeze(row, 1)
    for column, width in {0: 70, 4: 10, 5: 14, 6: 88}.items():
        sheet.width(column, width)
    units = with_keys(result)["unit"]
    held = []
    for here, check in enumerate(checks, start=row):
        key = _key(costing, check)
        if key not in cells:
            raise ScenarioFailed(f"the workbook checks {key}, which results do not hold")
        decimals = decimals_of(units[key])
        number = NUMBER_OF[decimals]
        sheet.put(here, 0, check.what, "label", "text")
        formula = sheet.put(here, 1, check.formula, "formula", number)
        stored = sheet.put(here, 2, cells[key], "formula", number)
        difference = sheet.put(here, 3, formula - stored, "formula", "cents" if decimals == 0 else "share")
        tolerance = sheet.put(here, 4, (1.0 if check.apportioned else 0.5) * 10.0**-decimals, "label", "plain")
        verdict = either(size(difference).at_most(tolerance + BINARY), SAME, DIFFERS)
        held.append(sheet.put(here, 5, verdict, "result", "text"))
        sheet.put(here, 6, key, "label", "text")
    last = row + len(checks) - 1
    for text, look in ((SAME, {"font_color": "#006100"}), (DIFFERS, {"font_color": "#FFFFFF", "bg_color": "#9C0006"})):
        rule = {"type": "cell", "criteria": "==", "value": f'"{text}"', "format": book.workbook.add_format(look)}
        sheet.page.conditional_format(row, 5, last, 5, rule)
    return book.name("checks_that_differ", sheet.put(3, 1, how_many(span(held), DIFFERS), "result", "yuan"))


def _key(costing: Costing, check: Check) -> str:
    scenario = costing.scenario
    blank = {"area_code": costing.evidence.whole, "programme": "", "residence": "", "tier": "", "component": ""}
    where = blank | {"year": str(scenario.base_year + 1), "period": "Y", "statistic": "central"} | check.where
    return ":".join(
        (
            scenario.id, costing.evidence.dataset, where["area_code"], where["programme"], where["residence"], where["year"],
            where["period"], where["tier"], where["component"], check.measure, where["statistic"],
        )
    )  # fmt: skip


def checks_of(
    costing: Costing, inputs: Inputs, raised: Raised, people: Recipients, levels: Levels, case: CentralCase
) -> list[Check]:
    """Return what is checked: floors, standards, recipients, sums of the extra cost, spending by tier, what is missing."""
    return [
        *_cost_checks(costing, case),
        *_spending_checks(costing, case),
        Check(
            "预算增速之外所缺 short of what the budget's growth bears", _short(case, inputs), "short_of_capacity", {}
        ),
        *_people_checks(costing, people, case),
        *_floor_checks(costing, raised, levels),
    ]


def _floor_checks(costing: Costing, raised: Raised, levels: Levels) -> list[Check]:
    labels, base, checks = costing.labels, str(costing.scenario.base_year), []
    for title, measure, now, following in (
        ("最低标准 minimum", "minimum_standard", raised.minimum, raised.next_minimum),
        ("最低补差 supplement floor", "supplement_floor", raised.floor, raised.next_floor),
    ):
        for (code, side), cell in following.items():
            if cell.value is None:
                continue
            where = {"area_code": code, "residence": side, "programme": "dibao"}
            what = f"下年{title}：{labels.area_class(costing.outcome.floors.classes[code])}，{labels.word(side)}"
            checks.append(Check(what, cell, measure, where))
            checks.append(Check(f"{what}，提高 rise", cell - now[code, side], f"{measure}_rise", where))
    for code, ratios in raised.ratio.items():
        name = labels.area_class(costing.outcome.floors.classes[code])
        for cell, gap, year in zip(ratios, raised.gap[code], (base, str(int(base) + 1)), strict=True):
            where = {"area_code": code, "programme": "dibao", "year": year}
            checks.append(
                Check(f"农村/城镇最低标准 rural/urban minimum {year}：{name}", cell, "minimum_rural_urban_ratio", where)
            )
            checks.append(Check(f"最低标准差额 gap in the minima {year}：{name}", gap, "minimum_gap", where))
    for place, cell in enumerate(costing.cells):
        if cell["observed"]:
            where = {"area_code": cell["area_code"], "residence": cell["residence"], "programme": "dibao"}
            what = f"标准 standard：{labels.area(cell['area_code'])}，{labels.word(cell['residence'])}"
            checks.append(Check(f"现行{what}, now", levels.now[place], "standard", where | {"year": base}))
            checks.append(Check(f"下年{what}, next", levels.next[place], "standard", where))
    return checks


def _people_checks(costing: Costing, people: Recipients, case: CentralCase) -> list[Check]:
    checks = []
    for side in (*RESIDENCES, ""):
        name = costing.labels.word(side) if side else "合计 total"
        where = {"residence": side, "programme": "dibao"}
        trend, entrants = people.dibao.sums[side], case.entrants.sums[side]
        checks.append(Check(f"趋势人数 recipients on trend：{name}", trend, "recipients_on_trend", where))
        checks.append(Check(f"新增人数 entrants：{name}", entrants, "entrants", where))
        checks.append(
            Check(f"人数合计 recipients with entrants：{name}", trend + entrants, "recipients_with_entrants", where)
        )
    return checks


def _cost_checks(costing: Costing, case: CentralCase) -> list[Check]:
    labels, cells, extra = costing.labels, costing.cells, case.extra
    checks = [Check("新增支出 extra cost：全省 province", extra.sums[""], "extra_cost", {})]
    for name, column in case.parts.items():
        programme = name.removeprefix("linked_") if name.startswith("linked_") else "dibao"
        where = {"programme": programme, "component": "linked" if name.startswith("linked_") else name}
        checks.append(
            Check(
                f"新增支出 extra cost：{labels.word(f'component_{name}')}", column.sums[""], "extra_cost", where, True
            )
        )
    for tier, column in case.tiers.items():
        checks.append(
            Check(
                f"新增支出 extra cost：{labels.word(f'tier_{tier}')}",
                column.sums[""],
                "extra_cost",
                {"tier": tier},
                True,
            )
        )
    for code in costing.classes:
        name = labels.area_class(costing.outcome.floors.classes[code])
        here = total_where(extra.range, (case.classes, name))
        checks.append(Check(f"新增支出 extra cost：{name}", here, "extra_cost", {"area_code": code}, True))
        for tier, column in case.tiers.items():
            what, where = (
                f"新增支出 extra cost：{name}，{labels.word(f'tier_{tier}')}",
                {"area_code": code, "tier": tier},
            )
            checks.append(Check(what, total_where(column.range, (case.classes, name)), "extra_cost", where, True))
        for side in RESIDENCES:
            here = total_where(extra.range, (case.classes, name), (case.residences, labels.word(side)))
            where = {"area_code": code, "residence": side}
            checks.append(Check(f"新增支出 extra cost：{name}，{labels.word(side)}", here, "new_money", where, True))
    for side in RESIDENCES:
        what = f"新增支出 extra cost：{labels.word(side)}"
        checks.append(Check(what, extra.sums[side], "new_money", {"residence": side}))
    rows: dict[str, list[Formula]] = {}
    for place, cell in enumerate(cells):
        rows.setdefault(cell["area_code"], []).append(extra[place])
    for code, own in rows.items():
        checks.append(
            Check(
                f"新增支出 extra cost：{labels.area(code)}", total(span(own)), "extra_cost", {"area_code": code}, True
            )
        )
    return checks


def _spending_checks(costing: Costing, case: CentralCase) -> list[Check]:
    labels, base = costing.labels, str(costing.scenario.base_year)
    checks = [
        Check(
            f"不提标支出 spending without a rise：{labels.programme(name)}",
            column.sums[""],
            "spending_without_rise",
            {"programme": name},
        )
        for name, column in (("dibao", case.dibao), ("tekun", case.tekun))
    ]
    for tier, column in case.base.items():
        what = f"支出 spending：{labels.word(f'tier_{tier}')}"
        checks.append(Check(f"{what}，基年 base year", column.sums[""], "spending", {"tier": tier, "year": base}))
        checks.append(Check(f"{what}，下年 next year", case.following[tier].sums[""], "spending", {"tier": tier}))
    return checks


def _short(case: CentralCase, inputs: Inputs) -> Formula:
    """Return what is missing where spending keeps its share of a growing budget, as ``funding.gate`` reckons it.

    The other tiers give the local one what they have left after their own spending.
    """
    growth = 1 + inputs["expenditure_growth"]
    left = {tier: case.base[tier].sums[""] * growth - case.following[tier].sums[""] for tier in case.tiers}
    missing = sum((largest(0, 0 - one) for one in left.values()), start=of(0))
    given = sum((largest(0, one) for tier, one in left.items() if tier != "local"), start=of(0))
    return missing - smallest(largest(0, 0 - left["local"]), given)
