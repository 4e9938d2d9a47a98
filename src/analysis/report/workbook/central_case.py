"""The central case: what the rise costs, area by area and part by part, and who pays it (METHODS 4)."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field

from analysis.model.cost import MONTHS
from analysis.model.programmes import declared_names
from analysis.report.workbook.assumptions import Inputs, tiers_of
from analysis.report.workbook.costing import AreaSheet, Column, Costing
from analysis.report.workbook.formula import Formula, either, largest, smallest, up
from analysis.report.workbook.levels import Levels
from analysis.report.workbook.recipients import Recipients
from analysis.report.workbook.sheet import Pair, Sheet
from analysis.report.workbook.uprating import Raised

PER_WAN = 10_000
COST_HEADS: list[tuple[Pair, str]] = [
    (("低保人数", "dibao recipients"), "N"), (("提高", "rise"), "z'-z"), (("响应弹性", "elasticity"), "η= ρ(z/b-1)"),
    (("新增人数", "entrants"), "E=N( (z'/z)^η -1)"), (("在保对象", "recipients on trend"), "12·N ·(z'-z)"),
    (("最低补差抬高", "supplement floor"), "12·N·λ"), (("新增对象", "entrants"), "12·E·0.5 ·(z'-z)"), (("特困联动", "linked: tekun"), "12·T ·(k'-k)"),
]  # fmt: skip
# Programmes that hang on the standard: the assumptions that switch each on, its head and its formula in signs.
LINKED: dict[str, tuple[tuple[str, ...], Pair, str]] = {
    "classified_extra": (("classified_share",), ("分类施保联动", "linked: classified extras"), "12·0.4·(z'-z) ·(N+E)·σ"),
    "price_link": (("price_link_months_share",), ("价格补贴联动", "linked: price subsidy"), "12·3.5% ·(z'-z) ·(N+E)·μ"),
    "low_income_edge": (
        ("low_income_edge_persons", "low_income_edge_benefit_yuan_month"), ("低保边缘联动", "linked: low-income edge"), "12·B·e ((z'/z)^η -1)",
    ),
    "disability_living": (("disability_living_persons",), ("困难残疾人联动", "linked: disability"), "12·D·d ·E/ΣN"),
}  # fmt: skip
SHARING_HEADS: list[tuple[Pair, str]] = [
    (("最低标准下补差\n现", "supplement at the minimum, now"), "b*"), (("最低标准下补差\n下年", "supplement at the minimum, next"), "b*'"),
    (("提标中最低标准以内的部分", "part of the rise below the minimum"), "θ"), (("最低标准下特困\n现", "tekun at the minimum, now"), "k*"),
    (("最低标准下特困提高", "tekun rise at the minimum"), "Δk*"), (("新增支出", "extra, yuan"), "X"),
    (("最低标准以内（共担）", "at the minimum: shared"), "Y=12N(b*'-b*) +(…)θ +12T·Δk*"),
]  # fmt: skip
SPENDING_HEADS: list[tuple[Pair, str]] = [
    (("低保支出\n下年不提标", "dibao next year, no rise"), "12·N·b"), (("特困支出\n下年不提标", "tekun next year, no rise"), "12·T·k"),
    (("其中最低标准以内", "of it at the minimum"), "12(N·b*+T·k*)"), (("基年支出", "base-year spending"), "12(N0·b+T0·k)"),
    (("其中最低标准以内", "of it at the minimum"), "12(N0·b*+T0·k*)"),
]  # fmt: skip


@dataclass
class CentralCase:
    """The central case in its cells, yuan a year where nothing else is said.

    Attributes:
        classes: the column of class names.
        residences: that of residences.
        entrants: persons.
        parts: component of the extra to its column, such as ``incumbent`` and ``linked_tekun``.
        extra: their sum.
        tiers: tier to its part of the extra.
        dibao: spending on dibao next year without a rise.
        tekun: the same of tekun.
        base: tier to spending of the base year.
        following: tier to spending of the next year with the rise.
    """

    classes: Formula
    residences: Formula
    entrants: Column
    parts: dict[str, Column]
    extra: Column
    tiers: dict[str, Column] = field(default_factory=dict)
    dibao: Column | None = None
    tekun: Column | None = None
    base: dict[str, Column] = field(default_factory=dict)
    following: dict[str, Column] = field(default_factory=dict)


def central_case_sheets(
    pages: tuple[Sheet, Sheet, Sheet],
    costing: Costing,
    inputs: Inputs,
    raised: Raised,
    levels: Levels,
    people: Recipients,
) -> CentralCase:
    """Write the extra cost, who pays it, and the spending that it comes on top of; return their cells."""
    case = _cost(pages[0], costing, inputs, levels, people)
    before, tekun_before = _sharing(pages[1], costing, inputs, raised, levels, people, case)
    _spending(pages[2], costing, inputs, levels, people, case, before, tekun_before)
    return case


def _cost(page: Sheet, costing: Costing, inputs: Inputs, levels: Levels, people: Recipients) -> CentralCase:
    own = declared_names(costing.outcome.assumptions)
    linked = {name: one for name, one in LINKED.items() if all(needed in inputs for needed in one[0])}
    linked |= {
        name: ((), (f"{said.zh}联动", f"linked: {said.en}"), "12·P·s ·(z'-z) ·N/ΣN") for name, said in own.items()
    }
    heads = [*COST_HEADS, *((head, sign) for _, head, sign in linked.values())]
    heads += [(("新增支出", "extra, yuan"), "X = Σ"), (("新增支出", "extra, 万元 (10,000 yuan)"), "X/10000")]
    sheet = AreaSheet(page, costing, heads)
    persons = sheet.column(lambda place, _: people.dibao[place], "persons", below="total")
    rise = sheet.column(lambda place, _: levels.rise[place], "cents")
    elasticity = sheet.column(
        lambda place, _: inputs["response_share"] * (levels.now[place] / levels.supplement[place] - 1), "ratio"
    )

    def grown(place: int) -> Formula:
        return (levels.next[place] / levels.now[place]) ** elasticity[place] - 1

    entrants = sheet.column(lambda place, _: persons[place] * grown(place), "wan", below="total")
    incumbent = sheet.column(lambda place, _: MONTHS * persons[place] * rise[place], "yuan", below="total")
    floor = sheet.column(lambda place, _: MONTHS * persons[place] * levels.lift[place], "yuan", below="total")
    entering = sheet.column(
        lambda place, _: MONTHS * entrants[place] * inputs["entrant_share_of_rise"] * rise[place], "yuan", below="total"
    )
    tekun = sheet.column(
        lambda place, _: MONTHS * people.tekun[place] * levels.tekun_rise[place], "yuan", below="total"
    )

    def everyone(place: int) -> Formula:
        return rise[place] * (persons[place] + entrants[place])

    everybody = persons.sums[""]
    formulas = {
        "classified_extra": lambda place, _: MONTHS * inputs["classified_of_standard"] * everyone(place) * inputs["classified_share"],
        "price_link": lambda place, _: MONTHS * inputs["price_index_rise"] * everyone(place) * inputs["price_link_months_share"],
        "low_income_edge": lambda place, _: MONTHS * inputs["low_income_edge_benefit_yuan_month"]
        * inputs["low_income_edge_persons"] * persons[place] / everybody * grown(place),
        "disability_living": lambda place, _: MONTHS * inputs["disability_living_yuan_month"]
        * inputs["disability_living_persons"] * entrants[place] / everybody,
    }  # fmt: skip
    formulas |= {
        name: lambda place, _, name=name: MONTHS * inputs[f"linked_{name}_persons"] * inputs[f"linked_{name}_share"]
        * rise[place] * persons[place] / everybody
        for name in own
    }  # fmt: skip
    parts = {"incumbent": incumbent, "supplement_floor": floor, "entrant": entering, "linked_tekun": tekun}
    parts |= {f"linked_{name}": sheet.column(formulas[name], "yuan", below="total") for name in linked}
    extra = sheet.column(
        lambda place, _: sum((part[place] for part in list(parts.values())[1:]), start=incumbent[place]),
        "yuan",
        kind="result",
        below="total",
    )
    sheet.column(lambda place, _: extra[place] / PER_WAN, "wan", kind="result", below="total")
    return CentralCase(sheet.classes, sheet.residences, entrants, parts, extra)


def _sharing(
    page: Sheet, costing: Costing, inputs: Inputs, raised: Raised, levels: Levels, people: Recipients, case: CentralCase
) -> tuple[Column, Column]:
    """Write what is shared between the tiers, and return what is paid now at the minimum: dibao and tekun."""
    tiers = tiers_of(costing)
    heads = [(_tier_head("新增", "extra", tier, costing), _tier_sign(tier)) for tier in tiers]
    sheet = AreaSheet(page, costing, [*SHARING_HEADS, *heads])
    step, multiple = inputs["grid_urban"], inputs["tekun_multiple"]

    def at_minimum(paid: Formula, floor: Formula, above: Formula) -> Formula:
        return smallest(paid, largest(floor, paid - largest(above, 0)))

    before = sheet.column(
        lambda place, cell: at_minimum(
            levels.supplement[place], raised.floor[costing.class_cell(cell)], levels.now[place] - levels.minimum[place]
        ),
        "cents",
    )
    later = sheet.column(
        lambda place, _: at_minimum(
            levels.next_supplement[place], levels.next_floor[place], levels.next[place] - levels.next_minimum[place]
        ),
        "cents",
    )
    part = sheet.column(
        lambda place, _: either(
            levels.rise[place].above(0),
            largest(0, smallest(levels.next[place], levels.next_minimum[place]) - levels.now[place])
            / levels.rise[place],
            0,
        ),
        "ratio",
    )
    tekun_before = sheet.column(
        lambda place, _: smallest(levels.tekun[place], up(multiple * levels.minimum[place], step)), "cents"
    )
    tekun_rise = sheet.column(
        lambda place, _: (
            smallest(levels.next_tekun[place], up(multiple * levels.next_minimum[place], step)) - tekun_before[place]
        ),
        "cents",
    )
    extra = sheet.column(lambda place, _: case.extra[place], "yuan", below="total")
    # Tekun has a minimum of its own; entrants and every other linked programme move with the dibao standard.
    moving = [
        column
        for name, column in case.parts.items()
        if name == "entrant" or (name.startswith("linked_") and name != "linked_tekun")
    ]
    shared = sheet.column(
        lambda place, _: (
            MONTHS * people.dibao[place] * (later[place] - before[place])
            + sum((column[place] for column in moving[1:]), start=moving[0][place]) * part[place]
            + MONTHS * people.tekun[place] * tekun_rise[place]
        ),
        "yuan",
        below="total",
    )
    case.tiers = _by_tier(sheet, inputs, shared, extra, tiers)
    return before, tekun_before


def _by_tier(sheet: AreaSheet, inputs: Inputs, shared: Column, whole: Column, tiers: list[str]) -> dict[str, Column]:
    """Write each tier's part: its share of what is shared; the local one, the last, bears the rest."""
    columns: dict[str, Column] = {}
    for tier in tiers[:-1]:
        columns[tier] = sheet.column(
            lambda place, cell, tier=tier: shared[place] * inputs.shares[cell["area_class"], tier],
            "yuan", kind="result", below="total",
        )  # fmt: skip
    upper = list(columns.values())
    columns[tiers[-1]] = sheet.column(
        lambda place, _: functools.reduce(lambda rest, column: rest - column[place], upper, whole[place]),
        "yuan", kind="result", below="total",
    )  # fmt: skip
    return columns


def _spending(
    page: Sheet, costing: Costing, inputs: Inputs, levels: Levels, people: Recipients, case: CentralCase,
    before: Column, tekun_before: Column,
) -> None:  # fmt: skip
    """Write what dibao and tekun take without the rise, this year and next, and of each tier with it."""
    tiers = tiers_of(costing)
    heads = [
        (_tier_head(zh, en, tier, costing), "")
        for zh, en in (("基年", "base year"), ("下年不提标", "next year, no rise"))
        for tier in tiers
    ]
    heads += [(_tier_head("下年含提标", "next year with the rise", tier, costing), "") for tier in tiers]
    sheet = AreaSheet(page, costing, [*SPENDING_HEADS, *heads])
    paid, tekun = levels.supplement, levels.tekun
    case.dibao = sheet.column(lambda place, _: MONTHS * people.dibao[place] * paid[place], "yuan", below="total")
    case.tekun = sheet.column(lambda place, _: MONTHS * people.tekun[place] * tekun[place], "yuan", below="total")
    shared = sheet.column(
        lambda place, _: MONTHS * (people.dibao[place] * before[place] + people.tekun[place] * tekun_before[place]),
        "yuan",
        below="total",
    )
    base = sheet.column(
        lambda place, _: MONTHS * (people.dibao_base[place] * paid[place] + people.tekun_base[place] * tekun[place]),
        "yuan",
        below="total",
    )
    base_shared = sheet.column(
        lambda place, _: (
            MONTHS * (people.dibao_base[place] * before[place] + people.tekun_base[place] * tekun_before[place])
        ),
        "yuan",
        below="total",
    )
    case.base = _by_tier(sheet, inputs, base_shared, base, tiers)
    whole = Column([dibao + tekun for dibao, tekun in zip(case.dibao.cells, case.tekun.cells, strict=True)])
    without = _by_tier(sheet, inputs, shared, whole, tiers)
    case.following = {
        tier: sheet.column(
            lambda place, _, tier=tier: without[tier][place] + case.tiers[tier][place],
            "yuan",
            kind="result",
            below="total",
        )
        for tier in tiers
    }


def _tier_head(zh: str, en: str, tier: str, costing: Costing) -> Pair:
    key = f"tier_{tier}"
    return f"{zh}：{costing.labels.zh.word(key)}", f"{en}: {costing.labels.en.word(key)}"


def _tier_sign(tier: str) -> str:
    return "X - Σ" if tier == "local" else "Y·share"
