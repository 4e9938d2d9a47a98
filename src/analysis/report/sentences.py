"""Computed sentences: the four that open every memo and every run, who must move, and the box of three rows.

Each number is taken from the results by key; the words around it change with what the numbers say.
"""

from __future__ import annotations

from analysis.report.charts import class_codes, plan_years, separate_class
from analysis.report.facts import Facts
from analysis.report.wording import Wording

HEADS = (
    ("差距", "Gap"),
    ("提标", "Rise"),
    ("花费与负担", "Cost, and who pays"),
    ("覆盖与及时", "Coverage and timeliness"),
)


def four_sentences(facts: Facts, wording: Wording, apart_since: int | None) -> list[tuple[str, str]]:
    """Return head and text of the four sentences, in their fixed order."""
    texts = (_gap(facts, wording, apart_since), _rise(facts, wording), _cost(facts, wording), _coverage(facts, wording))
    return [(wording.pick(*head), text) for head, text in zip(HEADS, texts, strict=True)]


def _change(facts: Facts, wording: Wording, before: float, after: float, yuan: str) -> str:
    if after < before:
        return wording.pick(f"差额缩小{yuan}元", f"the gap narrows by {yuan} yuan")
    if after > before:
        return wording.pick(f"差额扩大{yuan}元", f"the gap in yuan widens by {yuan}")
    return wording.pick("差额不变", "the gap does not narrow")


def _gap(facts: Facts, wording: Wording, apart_since: int | None) -> str:
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
            since = wording.pick(f"自{date(str(apart_since))}年起", f" since {date(str(apart_since))}")
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
            f"省定最低标准的城乡差距{since}全部在{name}：{date(str(base))}年农村{now['rural']}元、城镇{now['urban']}元，农村为城镇的{ratio_now}，"
            f"每人每月相差{gap_now}元；{date(str(following))}年为{then['rural']}元、{then['urban']}元，{ratio_then}，相差{gap_then}元，{change}",
            f"In the provincial minima the whole gap stands{since} in {name.lower()}: {date(str(base))} rural {now['rural']} against urban {now['urban']} "
            f"yuan a month, {ratio_now}, {gap_now} yuan apart; {date(str(following))} {then['rural']} against {then['urban']}, {ratio_then}, {gap_then} yuan apart: {change}",
        )
    return minima + wording.pick("。", ". ") + _gap_in_force(facts, wording, base, following)


def _gap_in_force(facts: Facts, wording: Wording, base: int, following: int) -> str:
    rows = [row for row in facts.own("in_force_rural_urban_ratio") if row["year"] == str(base) and row["value"] != 1]
    apart = [row["area_code"] for row in sorted(rows, key=lambda row: row["value"])]
    parts = []
    for code in apart:
        where = {"area_code": code, "year": base}
        rural, urban = (facts.say("standard", "yuan", residence=side, **where) for side in ("rural", "urban"))
        ratio = facts.say("in_force_rural_urban_ratio", "percent", **where)
        gap, later = facts.say("in_force_gap", "yuan", **where), ""
        if facts.value("in_force_gap", area_code=code, year=following) != facts.value("in_force_gap", **where):
            after = facts.say("in_force_gap", "yuan", area_code=code, year=following)
            later = wording.pick(f"，提标后预计{after}元", f", {after} expected")
        name = wording.area(code)
        parts.append(
            wording.pick(
                f"{name}农村{rural}元、城镇{urban}元（{ratio}，差额{gap}元{later}）",
                f"{name} rural {rural}, urban {urban} ({ratio}, {gap} yuan apart{later})",
            )
        )
    both = facts.say("observed_areas_both_residences", "count", year=base)
    unified = facts.say("observed_unified_areas", "count", year=base)
    cities = facts.say("cities", "count", year=base)
    listed = wording.listed(parts) if parts else wording.pick("无", "none")
    return wording.pick(
        f"现行标准：{cities}市中城乡标准均已知的{both}市，{unified}市已统一，其余为{listed}。",
        f"In the standards in force, of {both} cities (of {cities}) where both are known {unified} are unified; the others are {listed}.",
    )


def _rise(facts: Facts, wording: Wording) -> str:
    _, following = plan_years(facts)
    parts = []
    for code in class_codes(facts):
        sides = ("urban", "rural") if facts.value("minimum_gap", area_code=code, year=following) else ("urban",)
        said = []
        for side in sides:
            after = facts.say("minimum_standard", "yuan", area_code=code, residence=side, year=following)
            share = facts.say(
                "minimum_standard_rise_share", "percent", sign=True, area_code=code, residence=side, year=following
            )
            label = wording.word(side) if len(sides) > 1 else ""
            said.append(
                wording.pick(f"{label}{after}元（{share}）", f"{label + ' ' if label else ''}{after} ({share})")
            )
        parts.append(
            wording.pick(f"{wording.area(code)}{'、'.join(said)}", f"{wording.area(code).lower()} {', '.join(said)}")
        )
    moved = any(
        facts.value("minimum_standard_rise", area_code=code, residence="urban", year=following)
        for code in class_codes(facts)
    )
    floors = _supplements(facts, wording, following)
    head = wording.pick(
        f"{facts.literal(str(following))}年最低标准（元/人·月）",
        f"Minima of {facts.literal(str(following))}, yuan a month",
    )
    if not moved:
        return wording.pick(
            f"{head}不动：{'，'.join(parts)}。{floors}", f"{head}, do not move: {'; '.join(parts)}. {floors}"
        )
    return wording.pick(f"{head}：{'，'.join(parts)}。{floors}", f"{head}: {'; '.join(parts)}. {floors}")


def _supplements(facts: Facts, wording: Wording, following: int) -> str:
    parts, missing, inferred = [], [], False
    for code in class_codes(facts):
        if not facts.has("supplement_floor", area_code=code, residence="urban", year=following):
            missing.append(wording.area(code))
            continue
        where = {"area_code": code, "year": following}
        urban, rural = (facts.say("supplement_floor", "yuan", residence=side, **where) for side in ("urban", "rural"))
        inferred |= facts.row("supplement_floor", residence="urban", **where)[1]["grade"] in ("derived", "inferred")
        parts.append(
            wording.pick(f"{wording.area(code)}{urban}/{rural}", f"{wording.area(code).lower()} {urban}/{rural}")
        )
    unknown = ""
    if missing:
        names = wording.listed(missing)
        unknown = wording.pick(
            f"；{names}未见公布，花费中按此前公布数推算", f"; {names.lower()} not found, carried forward in the cost"
        )
    mark = wording.pick("，由推断数得出", ", from inferred values") if inferred else ""
    return wording.pick(
        f"最低补差（城镇/农村{mark}）：{'，'.join(parts)}{unknown}。",
        f"Supplement floors (urban/rural{mark}): {', '.join(parts)}{unknown}.",
    )


def _cost(facts: Facts, wording: Wording) -> str:
    base, following = plan_years(facts)
    where = {"year": following, **_province(facts)}
    if not facts.value("extra_cost", **where):
        return wording.pick(
            "不提标，无新增支出，各级也不多负担。", "No floor moves: nothing more is spent, and no tier pays more."
        )
    asked = {
        "central": ("extra_cost", {}),
        "median": ("extra_cost", {"statistic": "p50"}),
        "low": ("extra_cost", {"statistic": "low"}),
        "high": ("extra_cost", {"statistic": "high"}),
        "envelope": ("envelope_for_90_percent", {}),
        "mandated": ("extra_cost_mandated", {}),
        "known": ("extra_cost_mandated_where_known", {}),
        "above": ("extra_cost_if_unobserved_above_minimum_high", {}),
        "followed": ("extra_cost_by_following", {}),
        "upper": ("extra_cost", {"tier": "upper"}),
        "local": ("extra_cost", {"tier": "local"}),
    }
    yuan = {name: facts.say(measure, "money", **more, **where) for name, (measure, more) in asked.items()}
    share = facts.say("extra_cost_share", "percent0", tier="upper", **where)
    burden = facts.say("extra_cost_of_expenditure", "percent3", **where)
    unknown = facts.say("unknown_areas", "count", year=base)
    above = facts.say("assumption_unobserved_above_minimum", "percent", statistic="high", **where)
    left_out = _left_out(facts, wording, where)
    return wording.pick(
        f"与不提标相比，低保、特困及随标准联动的增发全年新增支出{yuan['central']}（不含{left_out}），抽样中位数{yuan['median']}，"
        f"各项假设均取最省、最费一端时为{yuan['low']}至{yuan['high']}；抽样中九成够用的数为{yuan['envelope']}。{yuan['central']}中，按规定必须提的{yuan['mandated']}"
        f"（标准已知的市{yuan['known']}，其余按标准未知的{unknown}市恰在下限推算；它们若都高出下限{above}，新增支出合计为{yuan['above']}），"
        f"高于下限的地区跟随提的{yuan['followed']}。中央和省按下限口径负担{yuan['upper']}（{share}），市县{yuan['local']}，分担比例未公布，为假设。"
        f"新增支出为当年全省一般公共预算支出（推算）的{burden}。",
        f"Against no rise, dibao, tekun (people in extreme hardship) and what is reckoned on them cost {yuan['central']} more a year, without {left_out}; the median draw "
        f"is {yuan['median']}, with every assumption at its cheap or dear end {yuan['low']} or {yuan['high']}. The envelope that "
        f"suffices in nine draws of ten is {yuan['envelope']}. Of the central cost {yuan['mandated']} is obliged by the floors ({yuan['known']} where standards are "
        f"known, the rest by taking the {unknown} unknown cities to stand at the floor; were they {above} above it the whole would be {yuan['above']}) and "
        f"{yuan['followed']} comes from areas above the floor that follow. Central and provincial money bears {yuan['upper']} ({share}) by the floors, cities and "
        f"counties {yuan['local']}; the shares are assumed. All is {burden} of the year's general public budget expenditure as projected.",
    )


def _left_out(facts: Facts, wording: Wording, where: dict) -> str:
    """Name the programmes that the cost does not hold: those on a schedule of their own, and those that are off."""
    names = [wording.pick("孤儿", "orphans")]
    for programme, zh, en in (
        ("disability_living", "残疾人两项补贴", "disability subsidies"),
        ("low_income_edge", "低保边缘", "low-income edge"),
    ):
        if not facts.has("extra_cost", **(where | {"programme": programme, "component": "linked"})):
            names.append(wording.pick(zh, en))
    return wording.listed(names) + wording.pick("等", "")


def _province(facts: Facts) -> dict[str, str]:
    """Return what tells a provincial total from a part."""
    return {"area_code": facts.own("cities")[0]["area_code"], "programme": ""}


def _coverage(facts: Facts, wording: Wording) -> str:
    base, following = plan_years(facts)
    asked = {
        "now": ("recipients", "persons", base),
        "rate": ("recipients_per_10000", "one", base),
        "trend": ("recipients_on_trend", "persons", following),
        "rate_next": ("recipients_per_10000", "one", following),
    }
    said = {
        name: facts.say(measure, style, programme="dibao", year=year) for name, (measure, style, year) in asked.items()
    }
    month = facts.row("recipients", programme="dibao", year=base)[1]["period"].removeprefix("M").lstrip("0")
    counted = wording.pick(facts.literal(f"{base}年{month}月"), facts.literal(f"{_month(month)} {base}"))
    entering = ""
    if facts.value("entrants", programme="dibao", year=following):
        entrants = facts.say("entrants", "persons", programme="dibao", year=following)
        entering = wording.pick(f"，因提标新增{entrants}", f", and {entrants} enter because the line rises")
    coverage = wording.pick(
        f"低保对象{counted}{said['now']}（每万常住人口{said['rate']}人）；按既有趋势{facts.literal(str(following))}年平均{said['trend']}{entering}，"
        f"合计每万人口{said['rate_next']}人：人数减少来自多年趋势，不是提标减人。",
        f"Recipients of dibao were {said['now']} in {counted} ({said['rate']} per ten thousand residents); on their trend {said['trend']} on average in "
        f"{facts.literal(str(following))}{entering} ({said['rate_next']} per ten thousand in all): the fall is the trend of years, not of the rise.",
    )
    return coverage + _arrears(facts, wording, following)


def _arrears(facts: Facts, wording: Wording, following: int) -> str:
    where = {"year": following, "component": "arrears"}
    if facts.value("arrears", **where):
        return _arrears_by_plan(facts, wording, where)
    if not facts.has("arrears_at_latest", **where) or not facts.value("arrears_at_latest", **where):
        return wording.pick("无补发。", " Nothing falls into arrears.")
    months, late = (
        facts.say("months_in_arrears_at_latest", "count", **where),
        facts.say("arrears_at_latest", "money", **where),
    )
    dibao, tekun = (
        facts.say("recipients_paid_late_at_latest", "persons", programme=programme, **where)
        for programme in ("dibao", "tekun")
    )
    return wording.pick(
        f"一月起按新标准发放则无补发；若拖到原则上最迟的六月，将有{months}个月、{late}须补发，涉及低保{dibao}、特困{tekun}。",
        f" Paid at the new rate from January nothing falls into arrears; paid only in June, in principle the latest, {months} months and {late} do, "
        f"for {dibao} people on dibao and {tekun} on tekun.",
    )


def _arrears_by_plan(facts: Facts, wording: Wording, where: dict) -> str:
    """Say what the scenario's own months leave late."""
    notice, pay, months = (
        facts.say(measure, "count", **where) for measure in ("notice_month", "pay_month", "months_in_arrears")
    )
    late, buffer = facts.say("arrears", "money", **where), facts.say("buffer_needed", "money", **where)
    on_time = facts.say("on_time_in_full_share", "percent", **where)
    dibao, tekun = (
        facts.say("recipients_paid_late", "persons", programme=programme, **where) for programme in ("dibao", "tekun")
    )
    return wording.pick(
        f"本方案{notice}月通知、{pay}月按新标准发放：{months}个月、{late}须补发，涉及低保{dibao}、特困{tekun}；全年按时足额发放{on_time}，须备周转资金{buffer}。",
        f" By this plan the notice comes in month {notice} and the new rate is first paid in month {pay}: {months} months and {late} fall into arrears, for {dibao} people on dibao "
        f"and {tekun} on tekun; {on_time} of the year's money is paid on time and in full, and a buffer of {buffer} is needed.",
    )


def _month(number: str) -> str:
    return [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ][int(number) - 1]


def who_must_move(facts: Facts, wording: Wording) -> str:
    """Return whose standard and whose supplement floor must move by how much, who is free, how many are not known."""
    base, _ = plan_years(facts)
    must, free = _obliged(facts, wording, "mandated_rise")
    supplement, _ = _obliged(facts, wording, "mandated_supplement_floor_rise")
    unknown = facts.say("unknown_areas", "count", year=base)
    nobody = wording.pick("无", "none")
    return wording.pick(
        f"**标准须提高：**{wording.listed(must) or nobody}。**可自定：**{wording.listed(free) or nobody}。"
        f"**公布的最低补差须提高：**{wording.listed(supplement) or nobody}。"
        f"**标准未知：**其余{unknown}市，按最低标准与其上次已知标准的较大者计，请其报送。",
        f"**Standard must rise:** {wording.listed(must) or nobody}. **Free to choose:** {wording.listed(free) or nobody}. "
        f"**Published supplement floor must rise:** {wording.listed(supplement) or nobody}. "
        f"**Not known:** the other {unknown} cities, taken at the larger of the minimum and their own last known standard; they are to be asked.",
    )


def _obliged(facts: Facts, wording: Wording, measure: str) -> tuple[list[str], list[str]]:
    """Return the areas that a floor lifts, each with its rise in yuan, and those that it does not."""
    _, following = plan_years(facts)
    rows = facts.table[(facts.table["scenario"] == facts.scenario) & (facts.table["measure"] == measure)]
    must, free = [], []
    for code in sorted(rows["area_code"].unique()):
        sides = rows[rows["area_code"] == code].set_index("residence")["value"]
        lifted = [side for side in ("urban", "rural") if sides.get(side)]
        if not lifted:
            free.append(wording.area(code))
            continue
        where = {"area_code": code, "year": following}
        said = {side: facts.say(measure, "yuan", sign=True, residence=side, **where) for side in lifted}
        rises = [f"{wording.word(side)}{wording.pick('', ' ')}{rise}" for side, rise in said.items()]
        must.append(
            wording.pick(
                f"{wording.area(code)}（{'、'.join(rises)}元）", f"{wording.area(code)} ({', '.join(rises)} yuan)"
            )
        )
    return must, free


def box(facts: Facts, wording: Wording) -> list[tuple[str, str, str]]:
    """Return the three rows: published, computed from published, assumed; each with its share of the central cost."""
    base, following = plan_years(facts)
    where = {"year": following, **_province(facts)}
    shares = {
        name: facts.say(f"cost_share_{name}", "percent0", **where) for name in ("published", "computed", "assumed")
    }
    parts = {
        name: facts.say(f"cost_share_assumed_{name}", "percent0", **where)
        for name in ("where_standards_are_known", "where_standards_are_not_known", "by_following")
    }
    cities = facts.say("observed_areas", "count", year=base)
    published = wording.pick(
        f"省定最低标准、全省分城乡受助人数、{cities}市现行标准",
        f"provincial minima, the province's recipients by residence, the standards of {cities} cities",
    )
    computed = wording.pick(
        "拟定最低标准、差距、比值、标准须提高的幅度",
        "next year's minima, the gap and ratio, whose standard must rise and by how much",
    )
    assumed = wording.pick(
        f"分地区人数、最低补差（推断）和实际补差、跟随程度、分担比例。其中标准已知而须提的地区{parts['where_standards_are_known']}，"
        f"标准未知的地区{parts['where_standards_are_not_known']}，跟随{parts['by_following']}",
        f"recipients by area, supplement floors (inferred) and supplements paid, following, sharing. Of it {parts['where_standards_are_known']} where "
        f"standards are known and must rise, {parts['where_standards_are_not_known']} where they are not known, {parts['by_following']} by following",
    )
    texts = {"published": published, "computed": computed, "assumed": assumed}
    return [(wording.word(name), texts[name], shares[name]) for name in texts]
