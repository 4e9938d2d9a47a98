"""Charts of the cost: what hangs on one rise, and which assumption moves the cost most."""

from __future__ import annotations

import pandas as pd

from analysis.inputs.evidence import worst_grade
from analysis.model.results import with_keys
from analysis.report import style
from analysis.report.charts.frame import class_codes, plan_years
from analysis.report.facts import Facts
from analysis.report.tables.amounts import amount, unit
from analysis.report.wording import WORDS, Wording

LINKED_STANDARDS = ("dibao", "tekun", "classified_extra", "low_income_edge")
MOST_BARS = 8


@style.styled
def ripple(facts: Facts, wording: Wording, source: str) -> style.Chart:
    """What one rise of the rural standard of the lowest class does to everything reckoned on it, and what it costs."""
    base, following = plan_years(facts)
    code = class_codes(facts)[-1]
    rows = with_keys(
        facts.table[(facts.table["scenario"] == facts.scenario) & (facts.table["measure"] == "linked_standard")]
    )
    rows = rows[(rows["area_code"] == code) & (rows["residence"] == "rural")]
    values = {(row.programme, int(row.year)): row.value for row in rows.itertuples()}
    money = with_keys(
        facts.table[(facts.table["scenario"] == facts.scenario) & (facts.table["measure"] == "extra_cost")]
    )
    money = money[
        (money["area_code"] == wording.whole) & (money["component"] != "") & (money["statistic"] == "central")
    ]
    by_programme = money.groupby("programme")["value"].sum()
    rise = values["dibao", following] - values["dibao", base]
    tekun = values["tekun", following] - values["tekun", base]
    title = wording.pick(
        f"{wording.area(code)}农村低保标准提{rise:.0f}元，特困标准随之提{tekun:.0f}元；孤儿和残疾人补贴不随它动",
        f"{wording.area(code)} rural: dibao up {rise:.0f} yuan lifts extreme hardship by {tekun:.0f}; orphans and disability do not follow",
    )
    if not rise:
        title = wording.pick(
            f"{wording.area(code)}农村低保标准不动，随它计算的各项也不动",
            f"{wording.area(code)} rural: dibao does not move, nor does anything reckoned on it",
        )
    note = wording.pick(
        "柱为每人每月提高的元数；括号内为全省全年新增支出；低保边缘只动界线，人数未见公布，未计费用",
        "Bars: yuan a month more per person; in brackets the extra cost of the province a year; of the low-income edge only the line moves, its people are not published",
    )
    grade = wording.grade(worst_grade([*rows["grade"], *money["grade"]]))
    foot = wording.pick(
        f"{note}。来源：{source}。最差等级：{grade}。", f"{note}. Source: {source}. Worst grade: {grade}."
    )
    drawing, axes = style.figure(2.9, title, foot, wording.lang)
    names = [name for name in LINKED_STANDARDS if (name, base) in values]
    rises = [values[name, following] - values[name, base] for name in names]
    for position, (name, more) in enumerate(zip(reversed(names), reversed(rises), strict=True)):
        costed = name in by_programme.index
        axes.barh(
            position, more, height=0.55, color=style.RURAL if costed else "white", edgecolor=style.RURAL, linewidth=0.8
        )
        spent = f"（{amount(by_programme[name], wording):,.0f} {unit(wording)}）" if costed else ""
        spent = spent if wording.lang == "zh" else spent.replace("（", " (").replace("）", ")")
        axes.annotate(
            f"+{more:.4g}{spent}",
            (more, position),
            xytext=(3, 0),
            textcoords="offset points",
            va="center",
            fontsize=6.2,
        )
    axes.set_yticks(range(len(names)), [wording.word(f"programme_{name}") for name in reversed(names)])
    axes.tick_params(axis="y", length=0)
    axes.set_xlim(0, max([*rises, 1]) * 1.55)
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    box = axes.get_position()
    axes.set_position((0.24, box.y0 - 0.05, 0.73, box.height + 0.05))
    data = pd.concat([rows, money])[
        ["area_code", "programme", "component", "residence", "year", "measure", "value", "unit", "grade"]
    ]
    return style.Chart(f"ripple.{wording.lang}", drawing, data.reset_index(names="key"), title)


def median_swings(facts: Facts) -> tuple[pd.DataFrame, dict[str, tuple[float, float, bool]]]:
    """Return the rows of the tornado, and assumption to its two ends and whether it is drawn."""
    _, following = plan_years(facts)
    own = facts.table[(facts.table["scenario"] == facts.scenario) & (facts.table["year"] == str(following))]
    rows = with_keys(own[own["measure"].str.fullmatch(r"extra_cost_if_\w+_(p10|p90|endlow|endhigh)")])
    pairs: dict[str, dict[str, float]] = {}
    for row in rows.itertuples():
        name, _, end = row.measure.removeprefix("extra_cost_if_").rpartition("_")
        pairs.setdefault(name, {})[end] = row.value
    ends = {
        name: (both["p10"], both["p90"], True) if "p10" in both else (both["endlow"], both["endhigh"], False)
        for name, both in pairs.items()
    }
    return rows, ends


@style.styled
def tornado(facts: Facts, wording: Wording, source: str) -> style.Chart:
    """The extra cost with each assumption at its P10 and P90, others at their medians; one not drawn at its ends."""
    _, following = plan_years(facts)
    swings, ends = median_swings(facts)
    widest = sorted(ends, key=lambda name: -abs(ends[name][1] - ends[name][0]))[:MOST_BARS]
    widest = [name for name in widest if ends[name][0] != ends[name][1]]
    middle = facts.value("extra_cost", statistic="p50", year=following, area_code=wording.whole)
    title = _tornado_title(facts, wording, widest, ends)
    note = wording.pick(
        "每条取一项假设的一成和九成位，其余取中位；斜纹为不抽样的约定，取两端。竖线为抽样中位数",
        "Each bar: one assumption at its P10 and P90, the others at their medians; hatched: a convention that is not drawn, at its ends. Line: median draw",
    )
    foot = wording.pick(f"{unit(wording)}。{note}。{source}。", f"{unit(wording).capitalize()}. {note}. {source}.")
    drawing, axes = style.figure(2.9, title, foot, wording.lang)
    for position, name in enumerate(reversed(widest)):
        low, high, drawn = ends[name]
        left, right = sorted((low, high))
        bar = {"height": 0.6, "color": style.URBAN if drawn else "white", "edgecolor": style.URBAN, "linewidth": 0.7}
        axes.barh(position, right - left, left=left, hatch="" if drawn else "/////", **bar)
        for value, side in ((left, "right"), (right, "left")):
            shift = -3 if side == "right" else 3
            at = {"xytext": (shift, 0), "textcoords": "offset points", "ha": side, "va": "center", "fontsize": 5.8}
            at["bbox"] = {"facecolor": "white", "edgecolor": "none", "pad": 0.4}
            axes.annotate(f"{amount(value, wording):,.0f}", (value, position), **at)
    if widest:
        axes.axvline(middle, color=style.INK, linewidth=0.7)
    else:
        axes.spines["left"].set_visible(False)
    labels = {name: short_name(wording, name) for name in widest}
    axes.set_yticks(range(len(widest)), [labels[name] for name in reversed(widest)], fontsize=5.8)
    axes.tick_params(axis="y", length=0)
    span = max((max(ends[name][:2]) for name in widest), default=1) - min(
        (min(ends[name][:2]) for name in widest), default=0
    )
    low_most = min((min(ends[name][:2]) for name in widest), default=0)
    axes.set_xlim(low_most - 0.22 * span - 1, low_most + 1.22 * span + 1)
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    box = axes.get_position()
    axes.set_position((0.36, box.y0 - 0.05, 0.61, box.height + 0.05))
    data = swings[["measure", "year", "value", "unit", "grade", "rests_on"]].reset_index(names="key").sort_values("key")
    return style.Chart(f"tornado.{wording.lang}", drawing, data.reset_index(drop=True), title)


def _tornado_title(
    facts: Facts, wording: Wording, widest: list[str], ends: dict[str, tuple[float, float, bool]]
) -> str:
    if not widest:
        return wording.pick("不提标，任何假设都不影响新增支出", "No floor moves: no assumption changes the extra cost")
    name = short_name(wording, widest[0])
    low, high = (f"{amount(value, wording):,.0f}" for value in sorted(ends[widest[0]][:2]))
    return wording.pick(
        f"最要紧的假设是“{name}”：新增支出在{low}至{high}{unit(wording)}之间",
        f"The assumption that matters most is {name}: it moves the extra cost from {low} to {high} {unit(wording)}",
    )


def short_name(wording: Wording, name: str) -> str:
    """Return an assumption's short name for a chart's axis; a city's class-4 part by the city."""
    if name.startswith("class4_part_"):
        city = name.removeprefix("class4_part_")
        codes = wording.areas.index[wording.areas["name_en"].str.lower() == city]
        return (
            wording.pick("", "class-4 part of ")
            + (wording.area(codes[0]) if len(codes) else city)
            + wording.pick("四类比重", "")
        )
    return wording.word(f"short_{name}") if f"short_{name}" in WORDS else name.replace("_", " ")
