"""The first sentence: how far town and country are apart, now and next year, in the minima and in force."""

from __future__ import annotations

from analysis.report.charts import plan_years, separate_class
from analysis.report.facts import Facts
from analysis.report.wording import Wording


def sentence(facts: Facts, wording: Wording, apart_since: int | None) -> str:
    """Return the sentence; ``apart_since`` is the year since which one class alone is apart."""
    base, following = plan_years(facts)
    code = separate_class(facts)
    date = facts.literal
    if code is None:
        minima = wording.pick(
            "省定最低标准已全部城乡统一", "In the provincial minima town and country are one everywhere"
        )
    else:
        name = wording.area(code)
        since = ""
        if apart_since:
            since = wording.pick(f"自{date(str(apart_since))}年起", f"Since {date(str(apart_since))}")
        now = {
            side: facts.say("minimum_standard", "yuan", area_code=code, residence=side, year=base)
            for side in ("urban", "rural")
        }
        then = {
            side: facts.say("minimum_standard", "yuan", area_code=code, residence=side, year=following)
            for side in ("urban", "rural")
        }
        ratio_now = facts.say("minimum_rural_urban_ratio", "percent", area_code=code, year=base)
        ratio_then = facts.say("minimum_rural_urban_ratio", "percent", area_code=code, year=following)
        gap_now, gap_then = (
            facts.say("minimum_gap", "yuan", area_code=code, year=base),
            facts.say("minimum_gap", "yuan", area_code=code, year=following),
        )
        gaps = [facts.value("minimum_gap", area_code=code, year=year) for year in (base, following)]
        change = _change(
            facts, wording, *gaps, facts.say("minimum_gap_change", "yuan", size=True, area_code=code, year=following)
        )
        minima = wording.pick(
            f"省定最低标准的城乡差距{since}仅在{name}：{date(str(base))}年农村{now['rural']}元、城镇{now['urban']}元，农村相当于城镇的{ratio_now}，"
            f"每人每月相差{gap_now}元；{date(str(following))}年拟为{then['rural']}元、{then['urban']}元，相当于{ratio_then}，相差{gap_then}元，{change}",
            f"{since or 'At present'} only {name.lower()} has a gap between the urban and the rural minimum. In {date(str(base))} they are {now['urban']} and {now['rural']} yuan a month: rural "
            f"is {ratio_now} of urban, the gap {gap_now} yuan. In {date(str(following))} they would be {then['urban']} and {then['rural']}: {ratio_then}, the gap {gap_then} yuan, so {change}",
        )
    return minima + wording.pick("。", ". ") + _gap_in_force(facts, wording, base, following)


def _change(facts: Facts, wording: Wording, before: float, after: float, yuan: str) -> str:
    if after < before:
        return wording.pick(f"绝对差额缩小{yuan}元", f"the gap narrows by {yuan} yuan")
    if after > before:
        return wording.pick(f"绝对差额扩大{yuan}元", f"the gap widens by {yuan} yuan")
    return wording.pick("绝对差额不变", "the gap does not narrow")


def _gap_in_force(facts: Facts, wording: Wording, base: int, following: int) -> str:
    rows = sorted(
        (row for row in facts.own("in_force_rural_urban_ratio") if row["year"] == str(base)),
        key=lambda row: row["value"],
    )
    apart = [row["area_code"] for row in rows if row["value"] != 1]
    unified_codes = sorted(row["area_code"] for row in rows if row["value"] == 1)
    alike = wording.listed([wording.area(code) for code in unified_codes])
    parts = []
    for code in apart:
        where = {"area_code": code, "year": base}
        rural, urban = (facts.say("standard", "yuan", residence=side, **where) for side in ("rural", "urban"))
        ratio = facts.say("in_force_rural_urban_ratio", "percent", **where)
        gap, later = facts.say("in_force_gap", "yuan", **where), ""
        if facts.value("in_force_gap", area_code=code, year=following) != facts.value("in_force_gap", **where):
            after = facts.say("in_force_gap", "yuan", area_code=code, year=following)
            later = wording.pick(f"，下年测算为{after}元", f", best estimate for next year {after}")
        name = wording.area(code)
        parts.append(
            wording.pick(
                f"{name}农村{rural}元、城镇{urban}元（{ratio}，差额{gap}元{later}）",
                f"{name} (rural {rural}, urban {urban}: {ratio}; gap {gap} yuan{later})",
            )
        )
    both = facts.say("observed_areas_both_residences", "count", year=base)
    cities = facts.say("cities", "count", year=base)
    if not facts.value("observed_areas_both_residences", year=base):
        return wording.pick(
            f"现行标准：{cities}市的城乡标准均未掌握。",
            f"In none of the {cities} cities are both standards in force known.",
        )
    said = []
    if unified_codes:
        unified = facts.say("observed_unified_areas", "count", year=base)
        said.append(
            wording.pick(f"其中{alike}{unified}市已统一", f"{unified} have one standard for town and country ({alike})")
        )
    if parts:
        listed = wording.listed(parts)
        said.append(
            wording.pick(f"其余为{listed}", f"the others are {listed}")
            if unified_codes
            else wording.pick(f"即{listed}", f"they are {listed}")
        )
    return wording.pick(
        f"现行标准：{cities}市中城乡标准均已知的有{both}市，{'，'.join(said)}。",
        f"Both standards in force are known for {both} of the {cities} cities: {', '.join(said)}.",
    )
