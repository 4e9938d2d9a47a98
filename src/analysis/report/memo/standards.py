"""The sections on standards: where they stand, and what is proposed."""

from __future__ import annotations

from analysis.report.charts import class_codes, plan_years, separate_class
from analysis.report.facts import Facts
from analysis.report.memo.marking import Plates, raw
from analysis.report.memo.risk import rises
from analysis.report.wording import Wording

LINKED = ("tekun", "low_income_edge")


def present(facts: Facts, wording: Wording, plates: Plates) -> str:
    """Return the present state: how the gap came to be what it is, what a standard buys, what cities have in force."""
    said = [_gap_so_far(facts, wording), _adequacy(facts, wording)]
    return "\n\n".join([" ".join(one for one in said if one), plates.figures(("tile_grid", "must_move"))])


def proposal(facts: Facts, wording: Wording, plates: Plates, policy: str) -> str:
    """Return the proposal: in a sentence, the steps that lead to it, and what depends on the standard."""
    code = separate_class(facts) or class_codes(facts)[-1]
    _, following = plan_years(facts)
    parts = []
    for programme in LINKED:
        for side in ("urban", "rural"):
            where = {"area_code": code, "residence": side, "programme": programme}
            if facts.has("linked_standard", year=following, **where):
                now, then = (facts.say("linked_standard", "yuan", year=year, **where) for year in plan_years(facts))
                parts.append(
                    wording.pick(
                        f"{wording.word(f'programme_{programme}')}{wording.word(side)}{now}→{then}元",
                        f"{wording.word(f'programme_{programme}')} {wording.word(side)} {now} → {then}",
                    )
                )
    linked = ""
    if parts:
        linked = wording.pick(
            f"{wording.area(code)}随低保标准联动的：{'，'.join(parts)}（每人每月；低保边缘为家庭收入认定上限，不是补助）。孤儿基本生活费和残疾人两项补贴另有标准，不与低保标准联动。",
            f"Linked to the dibao standard in {wording.area(code).lower()}, yuan a month: {'; '.join(parts)}. The low-income edge is an income ceiling for eligibility, not a payment. Orphan allowances and disability subsidies have their own schedules and are not affected.",
        )
    shown = ("steps_waterfall", "ripple") if rises(facts, wording) else ("steps_waterfall",)
    urban, rural = (
        facts.say("minimum_standard", "yuan", area_code=code, residence=side, year=following)
        for side in ("urban", "rural")
    )
    year, said = facts.literal(str(following)), raw(policy, facts)
    proposed = wording.pick(
        f"建议{year}年{said}，向上取整到元；{wording.area(code)}城镇、农村最低标准分别为{urban}元、{rural}元，其余各类见首页。",
        f"Proposed for {year}: {said}, rounded up to the yuan. {wording.area(code)} then stands at {urban} yuan (urban) and {rural} yuan (rural); the other classes are on page one.",
    )
    return "\n\n".join([" ".join([proposed, linked]), plates.figures(shown)])


def _gap_so_far(facts: Facts, wording: Wording) -> str:
    """Say how ratio and gap moved since the first year that is held; the two need not go the same way."""
    base, _ = plan_years(facts)
    code = separate_class(facts)
    if code is None:
        return wording.pick("各类地区城乡最低标准已经统一。", "Town and country have one minimum in every class.")
    past = facts.table[(facts.table["scenario"] == "") & (facts.table["area_code"] == code)]
    years = past[(past["measure"] == "minimum_gap") & ~past["grade"].isin(["derived", "inferred"])]["year"].astype(int)
    if years.empty or (first := int(years.min())) >= base:
        return ""
    ratio = [facts.say("minimum_rural_urban_ratio", "percent", area_code=code, year=year) for year in (first, base)]
    gap = [facts.say("minimum_gap", "yuan", area_code=code, year=year) for year in (first, base)]
    closer, wider = (
        _direction(*(facts.value(measure, area_code=code, year=year) for year in (first, base)))
        for measure in ("minimum_rural_urban_ratio", "minimum_gap")
    )
    so = wording.word(f"ratio_{closer}") + wording.pick("，", " and ") + wording.word(f"gap_{wider}")
    date, name = facts.literal, wording.area(code)
    return wording.pick(
        f"{name}农村最低标准由{date(str(first))}年相当于城镇的{ratio[0]}变为{date(str(base))}年的{ratio[1]}，每人每月绝对差额由{gap[0]}元变为{gap[1]}元：{so}。",
        f"In {name.lower()} the rural minimum went from {ratio[0]} of the urban one in {date(str(first))} to {ratio[1]} in {date(str(base))}, the gap from {gap[0]} to {gap[1]} yuan a month: {so}.",
    )


def _direction(before: float, now: float) -> str:
    return "rose" if now > before else "fell" if now < before else "stayed"


def _adequacy(facts: Facts, wording: Wording) -> str:
    """Say what the minima are worth beside what people consume."""
    base, _ = plan_years(facts)
    code = separate_class(facts) or class_codes(facts)[-1]
    where = {"area_code": code, "programme": "dibao", "year": base}
    if not all(facts.has("adequacy_of_consumption", residence=side, **where) for side in ("urban", "rural")):
        return ""
    urban, rural = (
        facts.say("adequacy_of_consumption", "percent0", residence=side, **where) for side in ("urban", "rural")
    )
    year = facts.literal(str(base))
    name = wording.area(code)
    return wording.pick(
        f"{year}年{name}城镇、农村全年最低标准分别相当于全省城镇、农村居民上年人均消费支出的{urban}、{rural}：农村标准较低，但更接近农村居民的消费水平。"
        if facts.value("adequacy_of_consumption", residence="rural", **where)
        > facts.value("adequacy_of_consumption", residence="urban", **where)
        else f"{year}年{name}城镇、农村全年最低标准分别相当于全省城镇、农村居民上年人均消费支出的{urban}、{rural}。",
        f"Over twelve months the {year} urban minimum of {name.lower()} equals {urban} of the province's urban consumption per head of the year before, the rural one {rural} of rural consumption."
        + (
            " The rural standard is lower but nearer to what rural residents spend."
            if facts.value("adequacy_of_consumption", residence="rural", **where)
            > facts.value("adequacy_of_consumption", residence="urban", **where)
            else ""
        ),
    )
