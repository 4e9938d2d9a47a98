"""Computed sentences of a batch and of several years: cheapest, closes most, dominated, and what a million more buys."""

from __future__ import annotations

from collections.abc import Mapping

from analysis.report.facts import Facts
from analysis.report.memo.marking import raw
from analysis.report.tables.road import road_years, widest_class
from analysis.report.wording import Wording

Points = Mapping[str, tuple[float, float, str]]


def findings(
    all_facts: Mapping[str, Facts], points: Points, widest: str, titles: Mapping[str, str], wording: Wording
) -> list[str]:
    """Return the four findings of a comparison, one sentence each.

    Args:
        all_facts: scenario id to its facts, with the rows of the comparison; the first is the proposed one.
        points: scenario to gap (yuan a month), extra cost (yuan a year) and who dominates it (empty for none).
        widest: the class whose gap is widest.
        titles: scenario to title.
        wording: words of the language.
    """
    # A number in a title is no result.
    titles = {name: raw(title, next(iter(all_facts.values()))) for name, title in titles.items()}
    costing = [name for name in points if points[name][1] > 0] or list(points)
    cheapest = min(costing, key=lambda name: (points[name][1], name))
    closest = min(points, key=lambda name: (points[name][0], points[name][1], name))
    return [
        _one(
            all_facts[cheapest],
            widest,
            titles[cheapest],
            wording,
            ("提标方案中新增支出最少的是", "Cheapest of those that raise anything"),
            _ties(points, cheapest, titles),
        ),
        _one(
            all_facts[closest],
            widest,
            titles[closest],
            wording,
            ("绝对差额缩小最多的是", "Narrows the gap most"),
            _ties(points, closest, titles),
        ),
        _dominated(points, titles, wording),
        _million(next(iter(all_facts.values())), widest, wording),
    ]


def _ties(points: Points, name: str, titles: Mapping[str, str]) -> list[str]:
    return [titles[other] for other in points if other != name and points[other][:2] == points[name][:2]]


def _one(facts: Facts, widest: str, title: str, wording: Wording, head: tuple[str, str], ties: list[str]) -> str:
    following = max(int(year) for year in facts.table.loc[facts.table["measure"] == "minimum_gap", "year"] if year)
    cost = facts.say("extra_cost", "money", year=following, area_code=wording.whole, programme="")
    gap = facts.say("minimum_gap", "yuan", area_code=widest, year=following)
    share = facts.say("minimum_rural_urban_ratio", "percent", area_code=widest, year=following)
    same = ""
    if ties:
        same = wording.pick(
            f"（{_all(ties, wording)}新增支出和差额与其相同）", f" ({_all(ties, wording)} cost and leave the same)"
        )
    return wording.pick(
        f"{head[0]}**{title}**{same}：新增{cost}，{wording.area(widest)}差额{gap}元、农村相当于城镇的{share}。",
        f"{head[1]}: **{title}**{same}, {cost} more, {wording.area(widest).lower()} {gap} yuan apart, rural {share} of urban.",
    )


def _all(titles: list[str], wording: Wording) -> str:
    """Join titles, which may hold commas of their own."""
    return wording.pick("、", "; ").join(titles)


def _dominated(points: Points, titles: Mapping[str, str], wording: Wording) -> str:
    by: dict[str, list[str]] = {}
    for name, (_, _, better) in points.items():
        if better:
            by.setdefault(better, []).append(titles[name])
    if not by:
        return wording.pick("没有一个方案劣于另一个。", "No scenario is dominated.")
    parts = [
        wording.pick(
            f"**{_all(names, wording)}**劣于{titles[better]}", f"by {titles[better]}: **{_all(names, wording)}**"
        )
        for better, names in by.items()
    ]
    rest = wording.pick(
        "（另一方案新增支出不更多、差额不更大；标准提高多少不在比较之内，所以凡不缩小差额的提标方案都不如不提标）",
        " (another costs no more and leaves no wider gap; how high the standards are is not weighed, so that raising nothing dominates whatever does not narrow the gap)",
    )
    return wording.pick(f"方案优劣：{'；'.join(parts)}{rest}。", f"Dominated: {'; '.join(parts)}{rest}.")


def _million(facts: Facts, widest: str, wording: Wording) -> str:
    own = facts.table[
        (facts.table["scenario"] == facts.scenario) & facts.table["measure"].str.startswith("frontier_gap_at_")
    ]
    left = facts.value("minimum_gap", area_code=widest, year=max(own["year"]))
    # The narrowest point of the frontier that still leaves as wide a gap as the proposal.
    at = own.loc[own["value"] >= left].sort_values("value")["measure"].iloc[0].rpartition("_")[2]
    lift = facts.say(f"frontier_lift_at_{at}", "thousandth")
    name, one = wording.area(widest), facts.literal("100")
    return wording.pick(
        f"在建议方案基础上每年每增加{one}万元，{name}农村最低标准最多可再提高{lift}元/月。",
        f"Each further million yuan a year on top of the proposal lifts the rural minimum of {name.lower()} by at most {lift} yuan a month.",
    )


def road_findings(facts: Facts, wording: Wording) -> list[str]:
    """Return what a road of several years comes to: the policy's own path, the target, the cheapest road, its price."""
    code, years = widest_class(facts), road_years(facts)
    last, name = years[-1], wording.area(code)
    share = facts.say("path_rural_urban_ratio", "percent", area_code=code, year=last)
    gap = facts.say("path_gap", "yuan", area_code=code, year=last)
    cost = facts.say("path_extra_cost", "money", area_code=wording.whole, year=last)
    said = [
        wording.pick(
            f"照此政策到{last}年，{name}农村最低标准为城镇的{share}，差额{gap}元；当年比不提标新增{cost}。",
            f"On this policy {name.lower()} rural stands at {share} of urban in {last}, {gap} yuan apart, at {cost} that year against no rise.",
        )
    ]
    if facts.has("road_target_share", area_code=code):
        said += _target(facts, wording, code)
    return said


def _target(facts: Facts, wording: Wording, code: str) -> list[str]:
    row = facts.row("road_target_share", area_code=code)[1]
    target, year = facts.say("road_target_share", "percent0", area_code=code), row["year"]
    if facts.has("path_target_year", area_code=code):
        met = facts.say("path_target_year", "count", area_code=code)
        said = [wording.pick(f"最低标准在{met}年达到{target}。", f"The minima reach {target} in {met}.")]
    else:
        said = [
            wording.pick(
                f"照此政策，最低标准在所看的年份里达不到{target}。",
                f"On this policy the minima do not reach {target} in the years shown.",
            )
        ]
    if facts.has("path_target_year_in_force", area_code=code, statistic="p50"):
        ends = [
            facts.say("path_target_year_in_force", "count", area_code=code, statistic=end)
            if facts.has("path_target_year_in_force", area_code=code, statistic=end)
            else wording.pick("更晚", "later")
            for end in ("p10", "p50", "p90")
        ]
        said.append(
            wording.pick(
                f"现行标准之比达到的年份：中位{ends[1]}，一成至九成为{ends[0]}至{ends[2]}。",
                f"In force it is reached in {ends[1]} (P10 to P90: {ends[0]} to {ends[2]}).",
            )
        )
    if not facts.value("road_exists", area_code=wording.whole):
        said.append(
            wording.pick(
                f"在全部要求下，{year}年达到{target}没有路可走，见下表。",
                f"With all demands together there is no road to {target} by {year}; see the table.",
            )
        )
        return said
    whole = facts.say("road_extra_cost_all_years", "money", area_code=wording.whole)
    plan = facts.say("path_extra_cost_all_years", "money", area_code=wording.whole)
    lift = facts.say("road_lift_per_million", "thousandth", area_code=code, residence="rural")
    said.append(
        wording.pick(
            f"{year}年达到{target}最省的路，各年新增合计{whole}（照原政策{plan}）；在{year}年每多100万元，农村最低标准能再提{lift}元/月。",
            f"The cheapest road to {target} by {year} costs {whole} over all years (the policy itself {plan}); in {year} one more million yuan lifts the rural minimum by {lift} yuan a month.",
        )
    )
    return said
