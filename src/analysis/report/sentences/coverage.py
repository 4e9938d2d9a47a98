"""The fourth sentence: how many are reached, and what is paid late."""

from __future__ import annotations

import calendar

from analysis.report.charts import plan_years
from analysis.report.facts import Facts
from analysis.report.wording import Wording


def sentence(facts: Facts, wording: Wording) -> str:
    """Return the sentence."""
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
    counted = wording.pick(
        facts.literal(f"{base}年{month}月"), facts.literal(f"{calendar.month_name[int(month)]} {base}")
    )
    entering = ""
    if facts.value("entrants", programme="dibao", year=following):
        entrants = facts.say("entrants", "persons", programme="dibao", year=following)
        entering = wording.pick(f"，因提标新增{entrants}", f"; {entrants} more enter because the standard rises")
    falls = facts.value("recipients_on_trend", programme="dibao", year=following) < facts.value(
        "recipients", programme="dibao", year=base
    )
    trend = ("", "")
    if falls:
        trend = (
            "人数减少系多年趋势所致，与提标无关。",
            "The fall continues a trend of several years; it is not caused by the rise.",
        )
    coverage = wording.pick(
        f"低保对象{counted}{said['now']}（每万常住人口{said['rate']}人）；按既有趋势{facts.literal(str(following))}年平均{said['trend']}{entering}，"
        f"合计每万常住人口{said['rate_next']}人。{trend[0]}",
        f"In {counted} {said['now']} people received dibao ({said['rate']} per ten thousand residents). The trend gives {said['trend']} on average in "
        f"{facts.literal(str(following))}{entering} ({said['rate_next']} per ten thousand in all). {trend[1]}",
    )
    return coverage + _arrears(facts, wording, following)


def _arrears(facts: Facts, wording: Wording, following: int) -> str:
    where = {"year": following, "component": "arrears"}
    if facts.value("arrears", **where):
        return _arrears_by_plan(facts, wording, where)
    if not facts.has("arrears_at_latest", **where) or not facts.value("arrears_at_latest", **where):
        return wording.pick("无补发。", " There are no arrears.")
    months, late = (
        facts.say("months_in_arrears_at_latest", "count", **where),
        facts.say("arrears_at_latest", "money", **where),
    )
    dibao, tekun = (
        facts.say("recipients_paid_late_at_latest", "persons", programme=programme, **where)
        for programme in ("dibao", "tekun")
    )
    return wording.pick(
        f"1月起按新标准发放则无须补发；如延至原则上的最迟期限6月发放，须补发{months}个月、{late}，涉及低保{dibao}、特困{tekun}。".replace(
            "1月起", facts.literal("1") + "月起"
        ).replace("6月发放", facts.literal("6") + "月发放"),
        f" If the new rate is paid from January, there are no arrears. If payment starts only in June, in principle the latest month allowed, arrears of {months} months and {late} are owed to "
        f"{dibao} people on dibao and {tekun} on tekun.",
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
        f"本方案{notice}月通知、{pay}月按新标准发放：{months}个月、须补发{late}，涉及低保{dibao}、特困{tekun}；全年按时足额发放{on_time}，须备周转资金{buffer}。",
        f" By this plan the notice comes in month {notice} and the new rate is first paid in month {pay}: arrears of {months} months and {late} are owed to {dibao} people on dibao "
        f"and {tekun} on tekun; {on_time} of the year's money is paid on time and in full, and a buffer of {buffer} is needed.",
    )
