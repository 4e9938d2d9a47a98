"""Whose standard or supplement floor must move, and who is free."""

from __future__ import annotations

import calendar

from analysis.report.charts import plan_years
from analysis.report.facts import Facts
from analysis.report.wording import Wording


def who_moves_and_when(facts: Facts, wording: Wording) -> str:
    """Return in short whose standard must rise, who need not, who is to be asked, and by when it is paid."""
    base, following = plan_years(facts)
    must, free = _obliged(facts, wording, "mandated_rise")
    known, unknown = (facts.say(f"{name}_areas", "count", year=base) for name in ("observed", "unknown"))
    start, month = facts.literal(wording.pick("1", "January")), _latest(facts, following)
    latest = facts.literal(wording.pick(str(month), calendar.month_name[month]))
    nobody = wording.pick("无", "no city")
    others = wording.pick(
        f"{wording.listed(free)}可自定" if free else "", f"{wording.listed(free)} need not" if free else ""
    )
    asked = (
        wording.pick(
            f"标准已知的{known}市中，须提标的为{wording.listed(must) or nobody}{'，' if others else ''}{others}；其余{unknown}市标准未知，建议请其报送现行标准。",
            f"Of the {known} cities whose standard is known {wording.listed(must) or nobody} must raise it{'; ' if others else ''}{others}. "
            f"The standards of the other {unknown} are not known: they are to be asked. ",
        )
        if must or free
        else wording.pick(
            f"{unknown}市的标准均未知，建议请其报送现行标准。",
            f"The standards of all {unknown} cities are not known: they are to be asked. ",
        )
    )
    return asked + wording.pick(
        f"新标准自{following_year(facts, following)}年{start}月起执行，原则上不迟于{latest}月连同补发一并发放。",
        f"The new standards hold from {start} {following_year(facts, following)}; whatever is then in arrears is to be paid, in principle, by the end of {latest}.",
    )


def following_year(facts: Facts, following: int) -> str:
    """Return the planned year as a date of the page."""
    return facts.literal(str(following))


def _latest(facts: Facts, following: int) -> int:
    """Return the last month in which the new rate may first be paid: that after the months that are then in arrears."""
    where = {"year": following, "component": "arrears"}
    for measure in ("months_in_arrears_at_latest", "months_in_arrears"):
        if facts.has(measure, **where) and facts.value(measure, **where):
            return int(facts.value(measure, **where)) + 1
    return 1


def who_must_move(facts: Facts, wording: Wording) -> str:
    """Return whose standard and whose supplement floor must move by how much, who is free, how many are not known."""
    base, _ = plan_years(facts)
    must, free = _obliged(facts, wording, "mandated_rise")
    supplement, _ = _obliged(facts, wording, "mandated_supplement_floor_rise")
    unknown = facts.say("unknown_areas", "count", year=base)
    nobody, within = wording.pick("无", "none"), _within_the_rise(facts, wording) if supplement else ""
    return wording.pick(
        f"**标准须提高：**{wording.listed(must) or nobody}。**可自定：**{wording.listed(free) or nobody}。"
        f"**公布的最低补差须提高：**{wording.listed(supplement) or nobody}{within}。"
        f"**标准未知：**其余{unknown}市，按最低标准与其上次已知标准的较大者计，建议请其报送现行标准。",
        f"**Standard must rise:** {wording.listed(must) or nobody}. **Free to choose:** {wording.listed(free) or nobody}. "
        f"**Published supplement floor must rise:** {wording.listed(supplement) or nobody}{within}. "
        f"**Not known:** the other {unknown} cities, taken at the larger of the minimum and their own last known standard; they are to be asked.",
    )


def _within_the_rise(facts: Facts, wording: Wording) -> str:
    """Say that the supplement floors cost nothing of their own, where supplements rise with the standard by as much."""
    where = {"year": plan_years(facts)[1], "area_code": wording.whole, "programme": "dibao"}
    if facts.value("extra_cost", component="supplement_floor", **where):
        return ""
    return wording.pick(
        "（实际补差随标准提高的元数已不少于此，不另增支出）",
        " (no cost of its own: the supplement paid rises with the standard by at least as much)",
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
