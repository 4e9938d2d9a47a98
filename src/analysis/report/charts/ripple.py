"""Chart of what hangs on one rise of the standard, and what it costs."""

from __future__ import annotations

import pandas as pd

from analysis.model.results import with_keys
from analysis.report import style
from analysis.report.charts.frame import class_codes, plan_years
from analysis.report.charts.layout import data_of
from analysis.report.charts.money import heaviest, money_foot
from analysis.report.facts import Facts
from analysis.report.rounding import fixed
from analysis.report.tables.amounts import amount, unit
from analysis.report.wording import Wording

LINKED_STANDARDS = ("dibao", "tekun", "classified_extra", "low_income_edge")


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
        f"{wording.area(code)}农村低保标准提{fixed(rise)}元，特困标准随之提{fixed(tekun)}元；孤儿和残疾人补贴不随它动",
        f"{wording.area(code)} rural: dibao up {fixed(rise)} yuan lifts tekun by {fixed(tekun)}; orphan and disability payments are not affected",
    )
    if not rise:
        title = wording.pick(
            f"{wording.area(code)}农村低保标准不动，随它计算的各项也不动",
            f"{wording.area(code)} rural: dibao does not move, nor does anything reckoned on it",
        )
    note = wording.pick(
        "柱为所示类别农村每人每月提高的元数；括号内为全省全年新增支出（低保含新增对象；价格补贴未画，故合计略小于总数）；低保边缘为收入认定上限，人数未见公布，未计支出",
        "Bars: yuan a month more per person, rural, of the class named; in brackets the whole province's extra cost a year (dibao with entrants; the price subsidy is not drawn, so they add to a little less than the whole). The low-income edge is an income ceiling; its people are not published",
    )
    named, swings = heaviest(facts, wording)
    shown = [*rows.to_dict("records"), *money.to_dict("records")]
    drawing, axes = style.figure(3.1, title, money_foot(note + named, shown, wording, source), wording.lang)
    names = [name for name in LINKED_STANDARDS if (name, base) in values]
    rises = [values[name, following] - values[name, base] for name in names]
    for position, (name, more) in enumerate(zip(reversed(names), reversed(rises), strict=True)):
        costed = name in by_programme.index
        axes.barh(
            position, more, height=0.55, color=style.RURAL if costed else "white", edgecolor=style.RURAL, linewidth=0.8
        )
        spent = f"（{fixed(amount(by_programme[name], wording), 0, ',')} {unit(wording)}）" if costed else ""
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
    data = data_of([*(dict(row, key=key) for key, row in pd.concat([rows, money]).iterrows()), *swings])
    return style.Chart(f"ripple.{wording.lang}", drawing, data, title)
