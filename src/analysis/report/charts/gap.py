"""Chart of the gap over time."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd

from analysis.model.results import with_keys
from analysis.report import style
from analysis.report.charts.frame import foot, hollow
from analysis.report.facts import Facts
from analysis.report.rounding import fixed, percent
from analysis.report.wording import Wording

# Bars keep below the line: the axis is this many times the tallest.
BAR_ROOM = 2.41
SHORT = 10_000
# Who asks for a rural share: a rule or a policy, at least; a policy, by a year.
ASKED = ("rural_share_at_least", "rural_share_target")


@style.styled
def gap_over_time(facts: Facts, wording: Wording, source: str) -> style.Chart:
    """The rural share of the urban minimum where the gap is widest, year by year; the plan, and what share is asked for."""
    rows = with_keys(facts.table[facts.table["scenario"].isin(["", facts.scenario])])
    rows = rows.assign(year=pd.to_numeric(rows["year"]))
    if rows["period"].eq("H2").any():
        rows = rows.assign(year=rows["year"] + rows["period"].eq("H2") / 2)
    ratios = rows[rows["measure"] == "minimum_rural_urban_ratio"]
    gaps = rows[rows["measure"] == "minimum_gap"]
    last = gaps[(gaps["scenario"] == "") & (gaps["year"] == gaps.loc[gaps["scenario"] == "", "year"].max())]
    code = last.loc[last["value"].idxmax(), "area_code"]
    past = ratios[(ratios["scenario"] == "") & (ratios["area_code"] == code)].sort_values("year")
    base = past["year"].iloc[-1]
    plan = ratios[(ratios["scenario"] != "") & (ratios["area_code"] == code) & (ratios["year"] > base)]
    drawn_gaps = gaps[(gaps["area_code"] == code) & ((gaps["scenario"] == "") | (gaps["year"] > base))].sort_values(
        "year"
    )
    gap = drawn_gaps.set_index("year")["value"]
    name, first, now = wording.area(code), past[~hollow(past)].iloc[0], past["value"].iloc[-1]
    lines = (rows["measure"] == "poverty_line").any()
    noun = wording.pick("贫困线", "poverty line") if lines else wording.pick("最低标准", "minimum")
    rose = wording.pick("升至" if now >= first["value"] else "降至", "")
    title = wording.pick(
        f"{name}农村{noun}由{int(first['year'])}年城镇的{percent(first['value'], 1)}{rose}{int(base)}年的{percent(now, 1)}",
        f"{name}: rural {noun} from {percent(first['value'], 1)} of the urban one in {int(first['year'])} to {percent(now, 1)} in {int(base)}",
    )
    if len(plan):
        title += wording.pick("，", "; ") + _plan_finding(wording, now, plan.iloc[0], gap)
    asked = rows[rows["measure"].isin(ASKED)]
    unit_note = wording.pick(
        "折线为农村相当于城镇的比例；柱为每人每月绝对差额",
        f"Line: rural share of urban; bars: gap a month in {wording.money}",
    ) + (
        wording.pick("；点线为规定或方案要求的最低比重", "; dotted: the least share that a rule or the plan asks for")
        if len(asked)
        else ""
    )
    if len(plan):
        unit_note += wording.pick("；绿色为拟定", "; green: planned")
    if missing := sorted(set(range(int(past["year"].iloc[0]), int(base))) - {int(year) for year in past["year"]}):
        listed = wording.listed([str(year) for year in missing])
        unit_note += wording.pick(f"；{listed}年未见公布", f"; none found for {listed}")
    drawing, axes = style.figure(
        2.75, title, f"{unit_note}{wording.pick('。', '. ')}{foot(past, wording, source)}", wording.lang
    )
    years = [*past["year"], *plan["year"]]
    bars, tallest = axes.twinx(), BAR_ROOM * max(gap[year] for year in years)
    narrowest = min(np.diff(years), default=1)
    bars.bar(years, [gap[year] for year in years], width=0.55 * narrowest, color=style.UNKNOWN, zorder=0)
    at = {"ha": "center", "va": "bottom", "fontsize": 5.6, "color": style.QUIET}
    for year in years:
        if year == int(year):
            bars.text(year, gap[year] + 0.007 * tallest, _yuan(gap[year]), **at)
    bars.set_ylim(0, tallest)
    bars.set_axis_off()
    axes.set_zorder(bars.get_zorder() + 1)
    axes.patch.set_visible(False)
    for (start, low), (end, high) in itertools.pairwise(zip(past["year"], past["value"], strict=True)):
        # A year that is not known is not bridged by a solid line.
        axes.plot([start, end], [low, high], color=style.RURAL, linestyle="-" if end - start <= 1 else ":", zorder=3)
    for empty, group in past.groupby(hollow(past)):
        fill = "white" if empty else style.RURAL
        axes.plot(group["year"], group["value"], "s", color=style.RURAL, markerfacecolor=fill, markersize=4.2, zorder=4)
    for row in plan.itertuples():
        axes.plot([base, row.year], [now, row.value], color=style.NEXT, linestyle="--", zorder=3)
        axes.plot([row.year], [row.value], "D", color=style.NEXT, markersize=4.6, zorder=4)
    shifts = {int(first["year"]): 0, base: -5 if len(plan) else 0} | dict.fromkeys(plan["year"], 7)
    for row in pd.concat([past[past["year"].isin(shifts)], plan]).itertuples():
        at = {
            "xytext": (shifts[row.year], -10 if row.year == first["year"] else 5),
            "textcoords": "offset points",
            "ha": "center",
            "fontsize": 6.3,
            "color": style.INK,
            # A target line may run just behind.
            "bbox": {"facecolor": "white", "edgecolor": "none", "pad": 0.2},
            "zorder": 3.5,
        }
        axes.annotate(percent(row.value, 1), (row.year, row.value), **at)
    for row in asked.drop_duplicates("value").itertuples():
        axes.axhline(row.value, color=style.QUIET, linestyle=(0, (1, 2)), linewidth=0.9, zorder=2)
        at = {"xytext": (0, 2), "textcoords": "offset points", "fontsize": 6, "color": style.QUIET, "ha": "left"}
        axes.annotate(_asked_label(asked, row.value, wording), (min(years), row.value), **at)
    top = max(0.85, 0.07 + max([*past["value"], *plan["value"], *asked["value"]]))
    axes.set_ylim(0.2, top)
    ticks = [tenth for tenth in (0.6, 0.7, 0.8, 0.9, 1.0) if tenth < top]
    axes.set_yticks(ticks, [percent(tenth) for tenth in ticks])
    axes.set_xticks(years, [str(int(year))[2:] if year == int(year) else "" for year in years])
    data = pd.concat([past, plan, drawn_gaps, asked])[["area_code", "year", "measure", "value", "unit", "grade"]]
    return style.Chart(f"gap_over_time.{wording.lang}", drawing, data.reset_index(names="key"), title)


def _asked_label(asked: pd.DataFrame, value: float, wording: Wording) -> str:
    """Say who asks for a share, and from or by when."""
    said = []
    for row in (
        asked[asked["value"] == value]
        .sort_values(["measure", "scenario", "year"])
        .drop_duplicates(["measure", "scenario"])
        .itertuples()
    ):
        year = int(row.year)
        if row.measure == "rural_share_target":
            said.append(wording.pick(f"方案{year}年目标", f"plan's target for {year}"))
        elif row.scenario:
            said.append(wording.pick("方案", "plan"))
        else:
            said.append(wording.pick(f"{year}年起规定", f"rule since {year}"))
    return wording.pick(f"不低于{percent(value)}：", f"at least {percent(value)}: ") + wording.pick("、", ", ").join(
        said
    )


def _yuan(amount: float) -> str:
    """Return an amount short enough to stand on its bar."""
    return fixed(amount) if amount < SHORT else f"{fixed(amount / 1000)}k"


def _plan_finding(wording: Wording, now: float, plan: pd.Series, gap: pd.Series) -> str:
    """Say where the share goes, and the gap in yuan, which need not go the same way."""
    before, after = gap.iloc[-2:]
    words = ("扩大", "grows") if after > before else ("缩小", "narrows")
    money = wording.money
    wider = (
        wording.pick(
            f"，绝对差额由{fixed(before)}{money}{words[0]}到{fixed(after)}{money}",
            f", the gap {words[1]} from {fixed(before)} to {fixed(after)} {money}",
        )
        if after != before
        else ""
    )
    return _share_finding(wording, now, plan) + wider


def _share_finding(wording: Wording, now: float, plan: pd.Series) -> str:
    year, then = int(plan["year"]), plan["value"]
    if then > now:
        return wording.pick(f"{year}年再升至{percent(then, 1)}", f"{year} rises further to {percent(then, 1)}")
    if then < now:
        return wording.pick(f"{year}年降至{percent(then, 1)}", f"{year} falls to {percent(then, 1)}")
    return wording.pick(f"{year}年不变", f"{year} does not change it")
