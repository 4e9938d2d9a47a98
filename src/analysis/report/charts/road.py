"""Charts of several years and of scenarios side by side: the road of the rural share, and the frontier of gap and cost."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

import pandas as pd

from analysis.inputs.evidence import worst_grade
from analysis.model.results import with_keys
from analysis.report import style
from analysis.report.charts.frame import hollow
from analysis.report.charts.money import heaviest, money_foot
from analysis.report.charts.swings import short_name
from analysis.report.facts import Facts, money
from analysis.report.rounding import fixed, percent
from analysis.report.tables.amounts import amount, unit
from analysis.report.tables.road import road_years, widest_class
from analysis.report.wording import Wording

BAND = "#BBD9EE"
# The assumptions that a draw of the standards in force rests on (model/pathway): the rest moves people, and so weights alone.
BAND_MOVED_BY = ("follow_share", "unobserved_moved")


@style.styled
def share_road(facts: Facts, wording: Wording, source: str) -> style.Chart:
    """The rural share of the widest class: what was, what the policy brings, the cheapest road, and the range in force."""
    code, (base, *years) = widest_class(facts), road_years(facts)
    rows = with_keys(facts.table[facts.table["area_code"] == code])
    past = rows[(rows["measure"] == "minimum_rural_urban_ratio") & (rows["scenario"] == "")]
    past = past.assign(year=pd.to_numeric(past["year"])).sort_values("year")
    exists = bool(facts.value("road_exists", area_code=wording.whole))
    moved = wording.listed([short_name(wording, name) for name in BAND_MOVED_BY])
    note = wording.pick(
        f"农村相当于城镇的比重，实线为省定最低标准；浅色带为该政策下现行标准之比（按人数加权）的一成至九成，最取决于{moved}；点线为目标；空心点为推断或推算",
        f"Rural as a share of urban. Lines: provincial minima. Band: the recipients' mean ratio in force under the policy, P10 to P90; it hangs on {moved}. "
        "Dotted: the target. Hollow: inferred or derived",
    )
    grade = wording.grade(worst_grade(rows["grade"]))
    foot = wording.pick(
        f"{note}。来源：{source}。最差等级：{grade}。", f"{note}. Source: {source}. Worst grade: {grade}."
    )
    title = _road_title(facts, wording, code, years[-1], exists)
    drawing, axes = style.figure(2.75, title, foot, wording.lang)
    for (start, low), (end, high) in itertools.pairwise(zip(past["year"], past["value"], strict=True)):
        # A year that is not known is not bridged by a solid line.
        axes.plot([start, end], [low, high], color=style.INK, linestyle="-" if end - start <= 1 else ":", zorder=3)
    for empty, group in past.groupby(hollow(past)):
        fill = "white" if empty else style.INK
        axes.plot(group["year"], group["value"], "s", color=style.INK, markerfacecolor=fill, markersize=3, zorder=3)
    span = [base, *years]
    band = {
        end: [facts.value("path_in_force_rural_urban_ratio", area_code=code, year=year, statistic=end) for year in span]
        for end in ("p10", "p90")
    }
    axes.fill_between(span, band["p10"], band["p90"], color=BAND, zorder=1, linewidth=0)
    lines = [("path", style.URBAN, "o", wording.pick("按政策", "policy"))]
    if exists:
        lines.append(("road", style.NEXT, "D", wording.pick("最省的路", "cheapest road")))
    for prefix, colour, marker, label in lines:
        values = [facts.value(f"{prefix}_rural_urban_ratio", area_code=code, year=year) for year in span]
        axes.plot(span, values, color=colour, marker=marker, markersize=3, zorder=4)
        shift = 6 if prefix == "road" else -5
        at = {"xytext": (4, shift), "textcoords": "offset points", "fontsize": 6, "color": colour, "va": "center"}
        at["ha"] = "right"
        axes.annotate(f"{label} {percent(values[-1], 1)}", (span[-1], values[-1]), **at)
    if facts.has("road_target_share", area_code=code):
        target = facts.value("road_target_share", area_code=code)
        axes.axhline(target, color=style.QUIET, linestyle=":", linewidth=0.8)
        at = {"xytext": (2, 3), "textcoords": "offset points", "fontsize": 6, "color": style.QUIET}
        axes.annotate(percent(target), (past["year"].iloc[0], target), **at)
    drawn = [line.get_ydata() for line in axes.lines]
    axes.set_ylim(min(past["value"]) - 0.03, min(max(max(values) for values in drawn) + 0.05, 1.02))
    axes.set_xlim(past["year"].iloc[0] - 0.4, span[-1] + 0.8)
    ticks = [*past["year"].iloc[::2].astype(int), *years[::2]]
    axes.set_xticks(ticks, [str(year)[2:] for year in ticks])
    axes.set_yticks([0.6, 0.7, 0.8, 0.9], ["60%", "70%", "80%", "90%"])
    shown = rows[rows["measure"].str.contains("rural_urban_ratio|target")]
    data = shown[["year", "measure", "statistic", "value", "unit", "grade"]].reset_index(names="key")
    return style.Chart(f"share_road.{wording.lang}", drawing, data, title)


def _road_title(facts: Facts, wording: Wording, code: str, last: int, exists: bool) -> str:
    share = facts.value("path_rural_urban_ratio", area_code=code, year=last)
    name = wording.area(code)
    kept = wording.pick(
        f"照此提标，{last}年{name}农村为城镇的{percent(share, 1)}",
        f"On this policy {name.lower()} rural stands at {percent(share, 1)} of urban in {last}",
    )
    if not facts.has("road_target_share", area_code=code):
        return kept
    row = facts.row("road_target_share", area_code=code)[1]
    target, year = row["value"], row["year"]
    if not exists:
        return kept + wording.pick(
            f"；{year}年达到{percent(target)}与其他要求冲突",
            f"; {percent(target)} by {year} cannot be met with the other demands",
        )
    more, money_unit = money(
        facts.value("road_extra_cost_all_years", area_code=wording.whole)
        - facts.value("path_extra_cost_all_years", area_code=wording.whole),
        wording.lang,
    )
    return kept + wording.pick(
        f"；{year}年达到{percent(target)}，到{last}年共须新增{more}{money_unit}",
        f"; {percent(target)} by {year} takes {more}{money_unit} more, all years to {last} added",
    )


@style.styled
def frontier(
    facts: Facts,
    wording: Wording,
    source: str,
    points: Mapping[str, tuple[float, float, str]],
    proposed: str,
    titles: Mapping[str, str],
) -> style.Chart:
    """Next year's gap against its least cost, with every scenario as a point.

    Args:
        facts: of the proposed scenario, with the rows of the comparison.
        wording: words of the language.
        source: documents behind the minima.
        points: scenario to gap (yuan a month), extra cost (yuan a year) and who dominates it (empty for none).
        proposed: the scenario that is marked.
        titles: scenario to title.
    """
    own = facts.table[facts.table["scenario"] == facts.scenario]
    places = sorted(int(one.rpartition("_")[2]) for one in own["measure"] if one.startswith("frontier_extra_cost_at_"))
    note = wording.pick(
        f"{unit(wording)}，基准测算值；实线：城镇按建议方案提高时的最少支出；虚线：城镇不动；菱形为建议方案，灰点劣于另一方案",
        f"{unit(wording).capitalize()}, best estimate. Line: least cost with town rising as proposed; dashed: town at a standstill. Diamond: the proposal; grey: dominated",
    )
    curves = with_keys(own[own["measure"].str.startswith("frontier")]).sort_index().reset_index(names="key")
    named, swings = heaviest(facts, wording)
    foot = money_foot(note + named, curves.to_dict("records"), wording, source)
    title = _frontier_title(wording, points, titles)
    drawing, axes = style.figure(3.2, title, foot, wording.lang)
    for prefix, colour, line in (("frontier", style.NEXT, "-"), ("frontier_town_still", style.QUIET, "--")):
        held = [at for at in places if facts.has(f"{prefix}_extra_cost_at_{at}")]
        gaps = [facts.value(f"{prefix}_gap_at_{at}") for at in held]
        costs = [amount(facts.value(f"{prefix}_extra_cost_at_{at}"), wording) for at in held]
        axes.plot(gaps, costs, color=colour, linestyle=line, marker=".", markersize=3, zorder=2)
    groups: dict[tuple[float, float], list[str]] = {}
    for name, (gap, extra, _) in points.items():
        groups.setdefault((gap, float(amount(extra, wording))), []).append(name)
    for (gap, extra), names in groups.items():
        better = all(points[name][2] for name in names)
        mine = proposed in names
        colour = style.RURAL if mine else style.UNIFIED if better else style.URBAN
        axes.plot(
            [gap],
            [extra],
            "D" if mine else "o",
            color=colour,
            markersize=5 if mine else 4,
            zorder=4,
        )
        shift = (5, -9) if mine else (6, -4)
        at = {"xytext": shift, "textcoords": "offset points", "fontsize": 5.6, "color": colour, "va": "center"}
        at["bbox"] = {"facecolor": "white", "edgecolor": "none", "pad": 0.4, "alpha": 0.85}
        said = wording.pick("、", "; ").join(titles[name] for name in names)
        axes.annotate("\n".join(style.wrapped(said, wording.lang, 14.0)), (gap, extra), linespacing=1.0, **at)
    gaps = [gap for gap, _ in groups]
    axes.set_xlim(max(gaps) + 8, min(gaps) - 40)
    axes.set_ylabel(wording.pick(f"新增支出，{unit(wording)}", f"extra cost, {unit(wording)}"), fontsize=6)
    axes.yaxis.set_major_formatter(lambda value, _: fixed(value, 0, ",").replace("-", "−"))
    most = max(extra for _, extra in groups)
    axes.set_ylim(-0.06 * most, 1.25 * most)
    axes.set_xlabel(
        wording.pick(
            "下年省定最低标准的城乡差额，元/人·月（越右越小）",
            "gap in next year's minima, yuan a month (smaller to the right)",
        ),
        fontsize=6,
    )
    box = axes.get_position()
    axes.set_position((0.17, box.y0 + 0.07, 0.79, box.height - 0.07))
    lines = [
        {"scenario": name, "gap_yuan_month": gap, "extra_yuan_year": extra, "dominated_by": by}
        for name, (gap, extra, by) in points.items()
    ]
    kept = ["key", "measure", "value", "unit", "grade"]
    named_ends = pd.DataFrame(swings, columns=kept)
    data = pd.concat([pd.DataFrame(lines), curves[kept], named_ends], ignore_index=True)
    return style.Chart(f"frontier.{wording.lang}", drawing, data, title)


def _frontier_title(wording: Wording, points: Mapping[str, tuple[float, float, str]], titles: Mapping[str, str]) -> str:
    narrowest = min(points, key=lambda name: (points[name][0], points[name][1]))
    gap, extra, _ = points[narrowest]
    said, money_unit = money(extra, wording.lang)
    return wording.pick(
        f"缩得最多的是“{titles[narrowest]}”：差额{fixed(gap)}元，新增{said}{money_unit}",
        f"{titles[narrowest]} narrows most: {fixed(gap)} yuan apart, at {said}{money_unit} a year",
    )
