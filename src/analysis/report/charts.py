"""Charts: each a function from facts and wording to a drawing and the data it shows.

A hollow mark is inferred or derived; the title is a computed finding; the foot says unit, source and worst grade.
These charts rest on published figures and the policy alone; the costs, which do not, are tables.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pandas as pd

from analysis.inputs.evidence import GRADES, worst_grade
from analysis.model.results import with_keys
from analysis.report import style
from analysis.report.facts import Facts
from analysis.report.wording import Wording

HOLLOW_FROM = GRADES.index("derived")


def plan_years(facts: Facts) -> tuple[int, int]:
    """Return the base year and the year that is planned."""
    own = facts.table[(facts.table["scenario"] == facts.scenario) & (facts.table["measure"] == "minimum_standard")]
    years = sorted(own["year"].astype(int).unique())
    return years[0], years[-1]


def class_codes(facts: Facts) -> list[str]:
    """Return the area classes, highest first."""
    own = facts.table[(facts.table["scenario"] == facts.scenario) & (facts.table["measure"] == "minimum_standard")]
    return sorted(own["area_code"].unique())


def separate_class(facts: Facts) -> str | None:
    """Return the class with the largest gap between town and country now; None where all are unified."""
    base, _ = plan_years(facts)
    gaps = {code: facts.value("minimum_gap", area_code=code, year=base) for code in class_codes(facts)}
    widest = max(gaps, key=lambda code: gaps[code])
    return widest if gaps[widest] > 0 else None


def foot(rows: pd.DataFrame, wording: Wording, source: str) -> str:
    """Return the line under a chart."""
    grade = wording.grade(worst_grade(rows["grade"]))
    mark = wording.pick("。", ". ")
    hollow = wording.pick("空心点为推断或推算", "hollow marks are inferred or derived") if _hollow(rows).any() else ""
    parts = [
        f"{wording.word('unit_month')}",
        f"{wording.word('foot_source')}{wording.pick('：', ': ')}{source}",
        f"{wording.word('foot_grade')}{wording.pick('：', ': ')}{grade}",
        hollow,
    ]
    return mark.join(part for part in parts if part) + mark.strip()


def _hollow(rows: pd.DataFrame) -> pd.Series:
    return rows["grade"].map(lambda grade: bool(grade) and GRADES.index(grade) >= HOLLOW_FROM)


@style.styled
def gap_over_time(facts: Facts, wording: Wording, source: str) -> style.Chart:
    """The rural share of the urban minimum where the gap is widest, year by year; and the plan, where there is one."""
    rows = with_keys(facts.table[facts.table["scenario"].isin(["", facts.scenario])])
    rows = rows.assign(year=pd.to_numeric(rows["year"]))
    ratios = rows[rows["measure"] == "minimum_rural_urban_ratio"]
    gaps = rows[rows["measure"] == "minimum_gap"]
    last = gaps[(gaps["scenario"] == "") & (gaps["year"] == gaps.loc[gaps["scenario"] == "", "year"].max())]
    code = last.loc[last["value"].idxmax(), "area_code"]
    past = ratios[(ratios["scenario"] == "") & (ratios["area_code"] == code)].sort_values("year")
    base = int(past["year"].iloc[-1])
    plan = ratios[(ratios["scenario"] != "") & (ratios["area_code"] == code) & (ratios["year"] > base)]
    drawn_gaps = gaps[(gaps["area_code"] == code) & ((gaps["scenario"] == "") | (gaps["year"] > base))].sort_values(
        "year"
    )
    gap = drawn_gaps.set_index("year")["value"]
    name, first, now = wording.area(code), past[~_hollow(past)].iloc[0], past["value"].iloc[-1]
    title = wording.pick(
        f"{name}农村最低标准由{first['year']}年城镇的{first['value']:.1%}升至{base}年的{now:.1%}",
        f"{name}: rural minimum from {first['value']:.1%} of the urban one in {first['year']} to {now:.1%} in {base}",
    )
    if len(plan):
        title += wording.pick("，", "; ") + _plan_finding(wording, now, plan.iloc[0])
    unit_note = wording.pick(
        "折线为农村占城镇比重；柱为每人每月差额", "line: rural share of urban; bars: gap a month in yuan"
    )
    drawing, axes = style.figure(
        2.75, title, f"{unit_note}{wording.pick('。', '. ')}{foot(past, wording, source)}", wording.lang
    )
    years = [*past["year"], *plan["year"]]
    bars = axes.twinx()
    bars.bar(years, [gap[year] for year in years], width=0.55, color=style.UNKNOWN, zorder=0)
    for year in years:
        bars.text(year, gap[year] + 4, f"{gap[year]:.0f}", ha="center", va="bottom", fontsize=5.6, color=style.QUIET)
    bars.set_ylim(0, 620)
    bars.set_axis_off()
    axes.set_zorder(bars.get_zorder() + 1)
    axes.patch.set_visible(False)
    for (start, low), (end, high) in itertools.pairwise(zip(past["year"], past["value"], strict=True)):
        # A year that is not known is not bridged by a solid line.
        axes.plot([start, end], [low, high], color=style.RURAL, linestyle="-" if end - start == 1 else ":", zorder=3)
    for hollow, group in past.groupby(_hollow(past)):
        fill = "white" if hollow else style.RURAL
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
        }
        axes.annotate(f"{row.value:.1%}", (row.year, row.value), **at)
    axes.set_ylim(0.2, 0.85)
    axes.set_yticks([0.6, 0.7, 0.8], ["60%", "70%", "80%"])
    axes.set_xticks(years, [str(year)[2:] for year in years])
    data = pd.concat([past, plan, drawn_gaps])[["area_code", "year", "measure", "value", "unit", "grade"]]
    return style.Chart(f"gap_over_time.{wording.lang}", drawing, data.reset_index(names="key"), title)


def _plan_finding(wording: Wording, now: float, plan: pd.Series) -> str:
    year, then = int(plan["year"]), plan["value"]
    if then > now:
        return wording.pick(f"{year}年再升至{then:.1%}", f"{year} rises further to {then:.1%}")
    if then < now:
        return wording.pick(f"{year}年降至{then:.1%}", f"{year} falls to {then:.1%}")
    return wording.pick(f"{year}年不变", f"{year} does not change it")


@style.styled
def dumbbell(facts: Facts, wording: Wording, source: str) -> style.Chart:
    """Urban and rural minima by class, now and next."""
    base, following = plan_years(facts)
    codes = class_codes(facts)
    rows = with_keys(
        facts.table[(facts.table["scenario"] == facts.scenario) & (facts.table["measure"] == "minimum_standard")]
    )
    values = {(row.area_code, row.residence, int(row.year)): row.value for row in rows.itertuples()}
    apart = [code for code in codes if values[code, "urban", following] != values[code, "rural", following]]
    rises = [
        facts.value("minimum_standard_rise_share", area_code=code, residence=side, year=following)
        for code in codes
        for side in ("urban", "rural")
    ]
    finding = (
        wording.pick("各类最低标准均不动", "no minimum moves")
        if not max(rises)
        else wording.pick(
            f"各类提高{min(rises):.1%}至{max(rises):.1%}", f"minima rise {min(rises):.1%} to {max(rises):.1%}"
        )
    )
    still = (
        wording.pick(
            f"城乡差距只在{wording.listed([wording.area(code) for code in apart])}",
            f"only {wording.listed([wording.area(code).lower() for code in apart])} keeps a gap",
        )
        if apart
        else wording.pick("城乡全部统一", "town and country are one everywhere")
    )
    title = wording.pick(f"{following}年{finding}，{still}", f"{following}: {finding}; {still}")
    drawing, axes = style.figure(2.75, title, foot(rows, wording, source), wording.lang)
    beside = {"textcoords": "offset points", "va": "center", "fontsize": 6.2}
    for position, code in enumerate(reversed(codes)):
        for year, offset, shade in ((base, 0.16, 0.45), (following, -0.16, 1.0)):
            urban, rural = values[code, "urban", year], values[code, "rural", year]
            height = position + offset
            if urban == rural:
                axes.plot([urban], [height], style.MARKERS["unified"], color=style.UNIFIED, alpha=shade, markersize=5)
                axes.annotate(f"{urban:.0f}", (urban, height), xytext=(6, 0), color=style.INK, **beside)
            else:
                axes.plot([rural, urban], [height, height], color=style.QUIET, linewidth=0.8, alpha=shade, zorder=1)
                axes.plot([rural], [height], style.MARKERS["rural"], color=style.RURAL, alpha=shade, markersize=5)
                axes.plot([urban], [height], style.MARKERS["urban"], color=style.URBAN, alpha=shade, markersize=5)
                axes.annotate(f"{rural:.0f}", (rural, height), xytext=(-6, 0), ha="right", **beside)
                axes.annotate(f"{urban:.0f}", (urban, height), xytext=(6, 0), **beside)
    bottom = codes[-1]
    for side, colour in (("rural", style.RURAL), ("urban", style.URBAN)):
        if apart:
            axes.annotate(
                wording.word(side),
                (values[bottom, side, following], -0.16),
                xytext=(0, -9),
                textcoords="offset points",
                ha="center",
                va="top",
                fontsize=6.2,
                color=colour,
            )
    top = codes[0]
    axes.annotate(
        str(base),
        (values[top, "urban", base], len(codes) - 1 + 0.16),
        xytext=(-6, 0),
        textcoords="offset points",
        ha="right",
        va="center",
        fontsize=5.8,
        color=style.QUIET,
    )
    axes.annotate(
        str(following),
        (values[top, "urban", following], len(codes) - 1 - 0.16),
        xytext=(-6, 0),
        textcoords="offset points",
        ha="right",
        va="center",
        fontsize=5.8,
        color=style.INK,
    )
    axes.set_yticks(range(len(codes)), [wording.area(code) for code in reversed(codes)])
    axes.tick_params(axis="y", length=0)
    low, high = min(values.values()), max(values.values())
    axes.set_xlim(low - 0.14 * (high - low), high + 0.14 * (high - low))
    axes.set_ylim(-0.65, len(codes) - 0.5)
    box = axes.get_position()
    axes.set_position((0.19, box.y0, 0.78, box.height))
    data = (
        rows[["area_code", "residence", "year", "value", "unit", "grade"]].reset_index(names="key").sort_values("key")
    )
    return style.Chart(f"dumbbell.{wording.lang}", drawing, data.reset_index(drop=True), title)


@style.styled
def tile_grid(facts: Facts, wording: Wording, source: str) -> style.Chart:
    """The standards in force of the cities, one tile each; grey where the year's standard is not known."""
    from matplotlib.patches import Rectangle

    base, _ = plan_years(facts)
    tiles = wording.areas[wording.areas["tile_row"] != ""]
    rows = with_keys(
        facts.table[
            (facts.table["scenario"] == facts.scenario) & facts.table["measure"].isin(["standard", "mandated_rise"])
        ]
    )
    now = rows[(rows["measure"] == "standard") & (rows["year"] == str(base))]
    standards = {(row.area_code, row.residence): row for row in now.itertuples()}
    forced = rows[rows["measure"] == "mandated_rise"].groupby("area_code")["value"].max()
    known = sorted({code for code, _ in standards} & set(tiles.index))
    must = [code for code in known if forced.get(code, 0) > 0]
    names = wording.listed([wording.area(code) for code in must])
    title = wording.pick(
        f"{base}年现行标准已知的{len(known)}市中，" + (f"只有{names}标准须提高" if must else "标准均不低于拟定下限"),
        f"Of the {len(known)} cities (of {len(tiles)}) whose {base} standard is known "
        + (f"the new minima lift only {names}" if must else "all stand at or above the new minima"),
    )
    drawing, axes = style.figure(2.75, title, foot(now, wording, source), wording.lang)
    for code, tile in tiles.iterrows():
        row, column = int(tile["tile_row"]), int(tile["tile_col"])
        urban, rural = standards.get((code, "urban")), standards.get((code, "rural"))
        colour = style.UNKNOWN if urban is None else "#F6C9A8" if code in must else "#BBD9EE"
        axes.add_patch(
            Rectangle(
                (column - 0.47, -row - 0.46),
                0.94,
                0.92,
                facecolor=colour,
                edgecolor=style.INK if code in must else "white",
                linewidth=0.9,
            )
        )
        axes.text(
            column,
            -row + 0.2,
            wording.area(code),
            ha="center",
            va="center",
            fontsize=6.4 if wording.lang == "zh" else 4.9,
            color=style.INK,
        )
        if urban is not None:
            shown = (
                f"{urban.value:.0f}"
                if rural is None or rural.value == urban.value
                else f"{urban.value:.0f}/{rural.value:.0f}"
            )
            axes.text(column, -row - 0.2, shown, ha="center", va="center", fontsize=5.6, color=style.INK)
    axes.set_xlim(tiles["tile_col"].astype(int).min() - 0.55, tiles["tile_col"].astype(int).max() + 0.55)
    axes.set_ylim(-tiles["tile_row"].astype(int).max() - 0.55, -tiles["tile_row"].astype(int).min() + 0.5)
    axes.set_axis_off()
    box = axes.get_position()
    axes.set_position((0.02, box.y0 - 0.06, 0.96, box.height + 0.06))
    legend = [(0.30, "#BBD9EE", "state_free"), (0.52, "#F6C9A8", "state_must"), (0.74, style.UNKNOWN, "state_unknown")]
    for left, colour, word in legend:
        axes.add_patch(
            Rectangle((left, 0.02), 0.025, 0.05, transform=axes.transAxes, facecolor=colour, edgecolor="none")
        )
        axes.text(
            left + 0.035,
            0.045,
            wording.word(word),
            transform=axes.transAxes,
            fontsize=5.8,
            va="center",
            color=style.INK,
        )
    data = (
        rows[["area_code", "area_name", "residence", "year", "measure", "value", "unit", "grade"]]
        .reset_index(names="key")
        .sort_values("key")
    )
    return style.Chart(f"tile_grid.{wording.lang}", drawing, data.reset_index(drop=True), title)


CHARTS: dict[str, Callable[[Facts, Wording, str], style.Chart]] = {
    "gap_over_time": gap_over_time,
    "dumbbell": dumbbell,
    "tile_grid": tile_grid,
}
