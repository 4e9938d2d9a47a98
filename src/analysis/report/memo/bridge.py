"""The section on what has changed since an older memo: how much, by which cause, and what of each cause is another."""

from __future__ import annotations

from typing import Any

from analysis.model.compare.bridge import CAUSES
from analysis.report.charts import plan_years
from analysis.report.charts.bridge import TINY_YUAN
from analysis.report.facts import Facts
from analysis.report.memo.marking import Plates, raw
from analysis.report.memo.older import Older, listed
from analysis.report.tables.bridge import bridged, bridged_lines, widest_class
from analysis.report.wording import Wording

# How the minima and their gap are printed, in the order of the sentence.
MINIMA = (("minimum_standard", "urban", "yuan"), ("minimum_standard", "rural", "yuan"), ("minimum_gap", "", "yuan"),
          ("minimum_rural_urban_ratio", "", "percent"))  # fmt: skip


def changed(facts: Facts, wording: Wording, plates: Plates, older: Older) -> str:
    """Return what has changed: what is compared, how much by which cause, the table, the chart, and each change.

    Args:
        facts: marked facts of the proposed scenario, the rows of the bridge among them.
        wording: words of the language, safe for markdown.
        plates: figures and tables of the document.
        older: what is said of the older memo.
    """
    first, moves = _compared(facts, wording, older), _moves(facts, wording, older)
    if not older.split:
        table = _table(facts, wording, plates, older, ["change"])
        return "\n\n".join([f"{first}{wording.pick('', ' ')}{_lack(facts, wording, older)}", *moves, table])
    parts = [f"by_{cause}" for cause in CAUSES]
    _, following = plan_years(facts)
    lines = bridged_lines(facts, wording)
    if not any(facts.value(f"bridge_{line[1]}_{part}", year=following, **line[3]) for line in lines for part in parts):
        return "\n\n".join(filter(None, [first + _nothing(wording, older), listed(facts, wording, older)]))
    shown = [_table(facts, wording, plates, older, parts), plates.figures(("bridge",))]
    return "\n\n".join(
        filter(None, [first, *moves, *shown, f"::: {{.note}}\n{_how(wording)}\n:::", listed(facts, wording, older)])
    )


def _how(wording: Wording) -> str:
    return wording.pick(
        "算法：用上次的数据和参数由今天的程序重算一遍，再依次换上本次的数据、假设、政策，每换一项重算一次，变动多少即算在该项；先后次序固定，各项相互影响的部分算在后换的一项。方法一项是第一次重算与当时结果之差。各项之和正好等于两次之差。",
        "How this was found: today's program ran the older inputs again, then with this memo's data, assumptions and policy put in one after another; each cause is worth what its exchange moved. The order is always the same, and what two causes do only together counts with the later one. Method is the first of these runs less what the older memo had stored. The parts add up to the difference exactly.",
    )


def _compared(facts: Facts, wording: Wording, older: Older) -> str:
    """Say first with what it is compared, and where day, year and horizon are not the same."""
    base, following = plan_years(facts)
    date, say, then, now = facts.literal, wording.pick, older.then, older.now
    years = date(str(older.base_year + 1)), date(str(following))
    title = raw(older.title(wording.lang), facts)
    day = date(wording.day(then.as_of)) if then else ""
    said = [
        say(
            f"对照的是{f'{day}的' if day else ''}上次测算（{title}，计划{years[0]}年）。",
            f"Compared with the older memo{f' as of {day}' if day else ''} ({title}), which planned {years[0]}.",
        )
    ]
    if then and then.as_of != now.as_of:
        said.append(
            say(
                f"本次测算日为{date(wording.day(now.as_of))}，两次各只用当日已公布的数据。",
                f"This memo is as of {date(wording.day(now.as_of))}; each rests on nothing later than its day.",
            )
        )
    if older.base_year != base:
        said.append(
            say(
                f"计划的年份不同，上次{years[0]}年，本次{years[1]}年：以下是两个不同年份的“下年”之差。",
                f"The years planned are not the same, {years[0]} then and {years[1]} now: what follows compares the next year of two different years.",
            )
        )
    if then and then.horizon != now.horizon:
        ahead = date(str(then.horizon)), date(str(now.horizon))
        said.append(
            say(f"上次看{ahead[0]}年，本次看{ahead[1]}年。", f"It looked {ahead[0]} years ahead, this one {ahead[1]}.")
        )
    if len(said) > 1 and older.split:
        said.append(say("这些变动都算在数据里。", "All of this counts as data."))
    if older.id != now.id:
        title = raw(now.title.in_language(wording.lang), facts)
        said.append(say(f"本次建议的是另一方案：{title}。", f"Another scenario is proposed now: {title}."))
    widest = widest_class(facts)
    if older.widest != widest:
        here, there = wording.area(widest), wording.area(older.widest)
        said.append(
            say(
                f"上次差额最大的是{there}，以下两次都取{here}。",
                f"The gap was widest in {there.lower()} then; what follows is {here.lower()} both times.",
            )
        )
    return say("", " ").join(said)


def _lack(facts: Facts, wording: Wording, older: Older) -> str:
    if not older.kept:
        return wording.pick(
            "上次的文件夹里没有当时的数据和参数（inputs.zip），所以只能比较合计，不能说明变化由什么引起。",
            "Its folder does not hold the data and parameters it rests on (inputs.zip), so only the total difference can be shown, not what caused it.",
        )
    said = raw(older.lack, facts)
    return wording.pick(
        f"今天的程序不能用上次的数据和参数重算（{said}），所以只能比较合计，不能说明变化由什么引起。",
        f"Today's program cannot run the data and parameters it rests on ({said}), so only the total difference can be shown, not what caused it.",
    )


def _nothing(wording: Wording, older: Older) -> str:
    if not older.moved:
        return wording.pick(
            "没有任何变化：数据、假设、政策和程序都与上次相同，各数也相同。",
            " Nothing has changed: data, assumptions, policy and program are the same, and so is every figure.",
        )
    named = wording.listed([wording.word(f"cause_{cause}") for cause in older.moved])
    return wording.pick(
        f"{named}有变动，但各主要数字都没有变。", f" What has changed ({named}) moves none of the headline figures."
    )


def _moves(facts: Facts, wording: Wording, older: Older) -> list[str]:
    """Say how the extra cost has moved and by what, then the minima and their gap."""
    return [said for said in (_cost(facts, wording, older), _minima(facts, wording, older)) if said]


def _cost(facts: Facts, wording: Wording, older: Older) -> str:
    _, following = plan_years(facts)
    where = {"area_code": wording.whole, "programme": ""}
    if not facts.has("bridge_extra_cost_change", year=following, **where):
        return ""
    change = facts.value("bridge_extra_cost_change", year=following, **where)
    then = facts.say("bridge_extra_cost_before", "money", year=older.base_year + 1, **where)
    now = facts.say("extra_cost", "money", year=following, **where)
    parts = _parts(facts, wording, older, "extra_cost", where) if older.split else ""
    still = _still(facts, wording, older, where)
    if not change:
        though = wording.pick("，各项变动相互抵消：", ", though its causes have moved it: ") + parts if parts else ""
        return wording.pick(
            f"新增支出{now}，与上次相同{though}。{still}",
            f"The extra cost of {now} is the same as in the older memo{though}.{still}",
        )
    size = _amount(facts, wording, "bridge_extra_cost_change", where, size=True)
    by = wording.pick("：", ": ") + parts if parts else ""
    way = wording.pick("多" if change > 0 else "少", "higher" if change > 0 else "lower")
    return wording.pick(
        f"新增支出{now}，比上次的{then}{way}{size}{by}。{still}",
        f"The extra cost is {size} {way} than in the older memo ({then} then, {now} now){by}.{still}",
    )


def _parts(facts: Facts, wording: Wording, older: Older, measure: str, where: dict[str, Any]) -> str:
    """Name the causes that have moved a number, in their fixed order, each with its part."""
    _, following = plan_years(facts)
    said = []
    for cause in CAUSES:
        key = f"bridge_{measure}_by_{cause}"
        if not facts.value(key, year=following, **where):
            continue
        part = (
            _amount(facts, wording, key, where, sign=True)
            if measure == "extra_cost"
            else facts.say(key, "yuan", sign=True, year=following, **where)
        )
        said.append(f"{wording.word(f'cause_{cause}')}{wording.pick('', ' ')}{part}")
    return wording.pick("，", ", ").join(said)


def _still(facts: Facts, wording: Wording, older: Older, where: dict[str, Any]) -> str:
    """Say which causes are what they were, and which are not and yet left the extra cost where it was."""
    if not older.split:
        return ""
    _, following = plan_years(facts)
    idle = [cause for cause in CAUSES if not facts.value(f"bridge_extra_cost_by_{cause}", year=following, **where)]
    other, same = [one for one in idle if one in older.moved], [one for one in idle if one not in older.moved]
    said = []
    if other:
        verb = "has" if other in (["policy"], ["method"]) else "have"
        named = wording.listed([wording.word(f"cause_{cause}") for cause in other])
        said.append(wording.pick(f"{named}有变动，但没有改变新增支出", f"{named} {verb} changed without moving it"))
    if same:
        verb = "is" if same in (["policy"], ["method"]) else "are"
        named = wording.listed([wording.word(f"cause_{cause}") for cause in same])
        said.append(wording.pick(f"{named}与上次相同", f"{named} {verb} the same"))
    text = wording.pick("；", "; ").join(said)
    return wording.pick(f"{text}。", f" {text[0].upper()}{text[1:]}.") if said else ""


def _amount(
    facts: Facts, wording: Wording, measure: str, where: dict[str, Any], *, sign: bool = False, size: bool = False
) -> str:
    """Return a change of money as printed; a small one in whole yuan."""
    _, following = plan_years(facts)
    if abs(facts.value(measure, year=following, **where)) < TINY_YUAN:
        said = facts.say(measure, "each", sign=sign, size=size, year=following, **where)
        return said + wording.pick("元", " yuan")
    return facts.say(measure, "money", sign=sign, size=size, year=following, **where)


def _minima(facts: Facts, wording: Wording, older: Older) -> str:
    _, following = plan_years(facts)
    code = widest_class(facts)
    there = {"area_code": code, "programme": "dibao"}
    asked = [(name, style, {"residence": side, **there}) for name, side, style in MINIMA]
    if not all(facts.has(f"bridge_{name}_change", year=following, **where) for name, _, where in asked):
        return ""
    moved = any(facts.value(f"bridge_{name}_change", year=following, **where) for name, _, where in asked)
    now = [facts.say(name, style, year=following, **where) for name, style, where in asked]
    area = wording.area(code)
    if not moved:
        return wording.pick(
            f"{area}的最低标准与上次相同：城镇{now[0]}元、农村{now[1]}元，差额{now[2]}元，农村为城镇的{now[3]}。",
            f"The minima of {area.lower()} are the same: {now[0]} yuan in town, {now[1]} in the country, {now[2]} apart, rural at {now[3]} of urban.",
        )
    before = older.base_year + 1
    then = [facts.say(f"bridge_{name}_before", style, year=before, **where) for name, style, where in asked]
    parts = _parts(facts, wording, older, "minimum_gap", there) if older.split else ""
    by = wording.pick(f"（{parts}）", f"; {parts}") if parts else ""
    return wording.pick(
        f"{area}的最低标准：城镇{_pair(then[0], now[0], wording)}元，农村{_pair(then[1], now[1], wording)}元；差额{_pair(then[2], now[2], wording)}元{by}，农村为城镇的{_pair(then[3], now[3], wording)}。",
        f"In {area.lower()} the urban minimum is {_pair(then[0], now[0], wording)} yuan, the rural one {_pair(then[1], now[1], wording)}; the gap is {_pair(then[2], now[2], wording, by)}, the rural share {_pair(then[3], now[3], wording)}.",
    )


def _pair(then: str, now: str, wording: Wording, by: str = "") -> str:
    return wording.pick(f"上次{then}、本次{now}", f"{now} ({then} then{by})")


def _table(facts: Facts, wording: Wording, plates: Plates, older: Older, parts: list[str]) -> str:
    area, by = wording.area(widest_class(facts)), ("", "")
    if len(parts) > 1:
        by = "按原因，", " by cause"
    caption = wording.pick(
        f"两次之差，{by[0]}差额和标准取{area}，元/人·月；比例为百分数，其变化为百分点；“–”为没有改变，0为变动小于所列的一位",
        f"The difference{by[1]}: gap and minima in yuan a month, {area.lower()}; the share in per cent, its changes in points; a dash: not moved, 0: moved by less than is printed",
    )
    return plates.table(bridged(facts, wording, older.base_year + 1, parts), caption)
