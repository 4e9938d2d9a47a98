"""The sections on standards: where they stand, and what is proposed."""

from __future__ import annotations

from analysis.report.charts import class_codes, plan_years, separate_class
from analysis.report.facts import Facts
from analysis.report.memo.marking import Plates
from analysis.report.memo.risk import rises
from analysis.report.wording import Wording

LINKED = ("tekun", "low_income_edge")


def present(facts: Facts, wording: Wording, plates: Plates) -> str:
    """Return the present state: how the gap came to be what it is, what a standard buys, what cities have in force."""
    said = [_gap_so_far(facts, wording), _adequacy(facts, wording)]
    return "\n\n".join([" ".join(one for one in said if one), plates.figures(("tile_grid", "must_move"))])


def proposal(facts: Facts, wording: Wording, plates: Plates) -> str:
    """Return the proposal: the steps that lead to it, other policies beside it, and what hangs on the standard."""
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
            f"{wording.area(code)}随低保标准联动的：{'，'.join(parts)}（每人每月）。孤儿和残疾人补贴有自己的标准，不随它动。",
            f"Linked to the dibao standard in {wording.area(code).lower()}, yuan a month: {'; '.join(parts)}. Orphans and disability subsidies have schedules of their own and do not follow.",
        )
    shown = ("steps_waterfall", "ripple") if rises(facts, wording) else ("steps_waterfall",)
    return "\n\n".join([linked, plates.figures(shown)])


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
        f"{name}农村最低标准由{date(str(first))}年城镇的{ratio[0]}变为{date(str(base))}年的{ratio[1]}，每人每月差额由{gap[0]}元变为{gap[1]}元：{so}。",
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
        f"按全省上年人均消费支出衡量，{year}年{name}全年的最低标准相当于城镇的{urban}、农村的{rural}：农村标准低，但离农村居民的消费水平更近。"
        if facts.value("adequacy_of_consumption", residence="rural", **where)
        > facts.value("adequacy_of_consumption", residence="urban", **where)
        else f"按全省上年人均消费支出衡量，{year}年{name}全年的最低标准相当于城镇的{urban}、农村的{rural}。",
        f"A year of the {year} minimum of {name.lower()} comes to {urban} of what a townsperson of the province consumed the year before, and to {rural} of what a villager did."
        + (
            " The rural standard is lower but nearer to what villagers spend."
            if facts.value("adequacy_of_consumption", residence="rural", **where)
            > facts.value("adequacy_of_consumption", residence="urban", **where)
            else ""
        ),
    )
