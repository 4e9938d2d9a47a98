"""Recipients: the province's on their trend, and each area's part of them by people and need (METHODS 4)."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from analysis.model.caseload import TREND_SPAN_YEARS
from analysis.report.workbook.assumptions import Inputs
from analysis.report.workbook.costing import RESIDENCES, AreaSheet, Column, Costing, place_of
from analysis.report.workbook.formula import Formula, decimal_year, either, exponential, logarithm, mean_where, of
from analysis.report.workbook.observed import Observed
from analysis.report.workbook.sheet import Pair, Sheet

TREND_HEADS: tuple[tuple[Pair, str], ...] = (
    (("项目", "programme"), ""), (("城乡", "residence"), "s"), (("首次公布日", "first count on"), ""), (("首次人数", "first count"), "N0"),
    (("末次公布日", "last count on"), ""), (("末次人数", "last count"), "N1"), (("首次（年）", "first, in years"), "t0"),
    (("末次（年）", "last, in years"), "t1"), (("趋势（每年）", "trend, a year"), "τ=ln(N1/N0) /(t1-t0)"),
    (("偏离（每年）", "deviation, a year"), "δ"), (("至下年年中（年）", "years to next mid-year"), "h"),
    (("基年人数", "base year"), "N1·exp( (τ+δ)(h-1))"), (("下年人数", "next year"), "N1·exp( (τ+δ)h)"),
)  # fmt: skip
PEOPLE_HEADS: list[tuple[Pair, str]] = [
    (("常住人口", "population"), "P"), (("市内部分", "part of the city"), "π"), (("农村人均消费", "rural consumption, yuan/year"), ""),
    (("采用（缺取同类均值）", "used (else its class's mean)"), "C"), (("分配权重", "weight"), "P·π/ (C/mean C)^ν"), (("占同城乡份额", "share of the residence"), "ω"),
    (("低保人数\n基年", "dibao, base year"), ""), (("低保人数\n下年", "dibao, next year"), "N"),
    (("特困人数\n基年", "tekun, base year"), ""), (("特困人数\n下年", "tekun, next year"), "T"),
]  # fmt: skip


@dataclass(frozen=True)
class Recipients:
    """Recipients in their cells.

    Attributes:
        totals: programme, residence and ``base`` or ``next`` to the province's recipients on trend.
        last: residence to the last published count of dibao.
        dibao: of each area, next year.
        dibao_base: of each area, base year.
        tekun: of each area, next year.
        tekun_base: of each area, base year.
    """

    totals: dict[tuple[str, str, str], Formula]
    last: dict[str, Formula]
    dibao: Column
    dibao_base: Column
    tekun: Column
    tekun_base: Column


def recipients_sheets(trend: Sheet, people: Sheet, costing: Costing, inputs: Inputs, observed: Observed) -> Recipients:
    """Write the trend and the allocation, and return the recipients."""
    totals, last = _trend(trend, costing, inputs, observed)
    sheet = AreaSheet(people, costing, PEOPLE_HEADS)
    population = sheet.column(lambda _, cell: observed.value("population", *place_of(cell)), "persons", below="total")
    part = sheet.column(lambda _, cell: _part(cell, inputs), "plain")
    known = sheet.column(lambda _, cell: observed.value("consumption", *place_of(cell)), "cents")
    used = sheet.column(
        lambda place, cell: either(
            known[place].is_blank(),
            mean_where(known.range, (sheet.classes, costing.labels.area_class(cell["area_class"]))),
            known[place],
        ),
        "cents",
        below="mean",
    )
    weight = sheet.column(
        lambda place, cell: (
            population[place] * part[place] / (used[place] / used.sums[cell["residence"]]) ** inputs["allocation_need"]
        ),
        "persons",
        below="sum",
    )
    share = sheet.column(lambda place, cell: weight[place] / weight.sums[cell["residence"]], "percent2", below="sum")

    def allocated(programme: str, when: str) -> Column:
        return sheet.column(
            lambda place, cell: share[place] * totals[programme, cell["residence"], when], "persons", below="total"
        )

    dibao_base, dibao = allocated("dibao", "base"), allocated("dibao", "next")
    tekun_base, tekun = allocated("tekun", "base"), allocated("tekun", "next")
    return Recipients(totals, last, dibao, dibao_base, tekun, tekun_base)


def _part(cell: dict, inputs: Inputs) -> Formula:
    """Return what part of a city's people live in this part of it."""
    if not cell["part_of"]:
        return of(1)
    share = inputs[f"class4_part_{cell['part_of']}"]
    return share if cell["part"] == "class4" else 1 - share


def _trend(
    sheet: Sheet, costing: Costing, inputs: Inputs, observed: Observed
) -> tuple[dict[tuple[str, str, str], Formula], dict[str, Formula]]:
    """Write the trend of the counts, and return the totals and the last counts."""
    sheet.say(2, 0, len(TREND_HEADS) - 1, "\n".join(sheet.note_text))
    row = sheet.heads(3, [head for head, _ in TREND_HEADS], [sign for _, sign in TREND_HEADS])
    sheet.freeze(row, 2)
    sheet.page.fit_to_pages(1, 1)
    totals: dict[tuple[str, str, str], Formula] = {}
    last_counts: dict[str, Formula] = {}
    for programme, counts in (("dibao", costing.outcome.case.counts), ("tekun", costing.outcome.case.tekun)):
        for side in RESIDENCES:
            own = counts[counts["residence"] == side].reset_index(drop=True)
            first, last = (
                observed.get(programme, side, _first_of_window(own)),
                observed.get(programme, side, len(own) - 1),
            )
            sheet.put(row, 0, costing.labels.programme(programme), "label", "text")
            sheet.put(row, 1, costing.labels.word(side), "label", "text")
            trended = programme == "dibao"
            cells: list[Formula | None] = [first.counted_on, first.value, last.counted_on, last.value]
            written = [
                sheet.put(row, column, content, "formula" if trended or column > 3 else "unknown", "persons" if column % 2 else "date")
                if trended or column > 3 else sheet.put(row, column, None, "unknown")
                for column, content in enumerate(cells, start=2)
            ]  # fmt: skip
            first_on, first_count, last_on, last_count = written
            start = sheet.put(
                row, 6, decimal_year(first_on) if trended else None, "formula" if trended else "unknown", "day"
            )
            end = sheet.put(row, 7, decimal_year(last_on), "formula", "day")
            drift = logarithm(last_count / first_count) / (end - start) if trended and len(own) > 1 else of(0)
            trend = sheet.put(row, 8, drift, "formula", "percent2")
            name = f"caseload_deviation_{side}" if trended else "tekun_deviation"
            deviation = sheet.put(row, 9, inputs[name], "formula", "percent2")
            ahead = sheet.put(row, 10, inputs["base_year"] + 1.5 - end, "formula", "cents")
            for column, when, years in ((11, "base", ahead - 1), (12, "next", ahead)):
                on_trend = last_count * exponential((trend + deviation) * years)
                totals[programme, side, when] = sheet.put(row, column, on_trend, "result", "persons")
            if trended:
                last_counts[side] = last_count
            row += 1
    sheet.say(
        row + 1, 0, len(TREND_HEADS) - 1,
        f"首次：末次之前{TREND_SPAN_YEARS}年内最早的公布数（由程序选定）。特困人数不估趋势，末次公布数只按假设变动。"
        f"First: the earliest count within {TREND_SPAN_YEARS} years of the last, chosen by the program. "
        "Of tekun no trend is estimated: the last published count is moved as assumed.",
    )  # fmt: skip
    return totals, last_counts


def _first_of_window(counts: pd.DataFrame) -> int:
    """Return the place of the first count that the trend looks at, as ``caseload.window_trend`` does."""
    recent = counts.index[counts["counted_on"] >= counts["counted_on"].max() - pd.DateOffset(years=TREND_SPAN_YEARS)]
    return int(recent[0]) if len(recent) > 1 else max(len(counts) - 2, 0)
