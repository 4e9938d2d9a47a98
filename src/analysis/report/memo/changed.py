"""The section on what has changed since an older memo: how much, by which cause, and what of each cause is another."""

from __future__ import annotations

from typing import Any

from analysis.model.compare.bridge import CAUSES
from analysis.report.charts import plan_years
from analysis.report.facts import Facts
from analysis.report.memo.marking import Plates, raw
from analysis.report.memo.older import Now, Older, listed
from analysis.report.tables.changed import bridged, bridged_lines, widest_class
from analysis.report.wording import Wording

# Below it an amount is said in whole yuan: a million to a tenth would be nought.
TINY_YUAN = 5e4


def changed(facts: Facts, wording: Wording, plates: Plates, older: Older, now: Now) -> str:
    """Return what has changed: what is compared, how much by which cause, the table, the chart, and each change.

    Args:
        facts: marked facts of the proposed scenario, the rows of the bridge among them.
        wording: words of the language, safe for markdown.
        plates: figures and tables of the document.
        older: what is said of the older memo.
        now: what is said of this one.
    """
    first, moves = _compared(facts, wording, older, now), _moves(facts, wording, older)
    if not older.split:
        table = _table(facts, wording, plates, older, ["change"])
        return "\n\n".join([f"{first} {_lack(facts, wording, older)}".strip(), *moves, table])
    parts = [f"by_{cause}" for cause in CAUSES]
    _, following = plan_years(facts)
    lines = bridged_lines(facts, wording)
    if not any(facts.value(f"bridge_{line[1]}_{part}", year=following, **line[3]) for line in lines for part in parts):
        return "\n\n".join(filter(None, [first + _nothing(wording, older), listed(facts, wording, older, now)]))
    how = wording.pick(
        "数据、假设、政策三项按它们可能发生的各种先后次序取平均（沙普利值），方法是同一批旧数据由今天的程序重算所差；各项之和正好等于两次之差。",
        "Data, assumptions and policy are averages over the orders in which they could have changed (Shapley values); method is what today's program makes of the old inputs, less what was stored. The parts add to the difference exactly.",
    )
    shown = [_table(facts, wording, plates, older, parts), plates.figures(("bridge",))]
    return "\n\n".join(filter(None, [first, *moves, how, *shown, listed(facts, wording, older, now)]))


def _older_name(facts: Facts, wording: Wording, older: Older) -> str:
    if not older.as_of:
        return wording.pick("上次测算", "the older memo")
    day = facts.literal(older.as_of)
    return wording.pick(f"{day}的测算", f"the memo as of {day}")


def _compared(facts: Facts, wording: Wording, older: Older, now: Now) -> str:
    """Say first with what it is compared, and where day, year and horizon are not the same."""
    base, following = plan_years(facts)
    name, date, say = _older_name(facts, wording, older), facts.literal, wording.pick
    years = date(str(older.base_year + 1)), date(str(following))
    said = [
        say(
            f"对照的是{name}（{raw(older.title, facts)}，计划{years[0]}年）。",
            f"Compared with {name} ({raw(older.title, facts)}), which planned {years[0]}.",
        )
    ]
    if older.as_of and older.as_of != now.as_of:
        said.append(
            say(
                f"本次测算日为{date(now.as_of)}：两次各只用当日已公布的数据。",
                f"This memo is as of {date(now.as_of)}: each rests on nothing later than its day.",
            )
        )
    if older.base_year != base:
        said.append(
            say(
                f"计划的年份不同，上次{years[0]}年，本次{years[1]}年：以下是两个不同年份的“下年”之差。",
                f"The years planned are not the same, {years[0]} then and {years[1]} now: what follows compares next year's figures of two different years.",
            )
        )
    if older.horizon != now.horizon:
        ahead = date(str(older.horizon)), date(str(now.horizon))
        said.append(
            say(f"上次看{ahead[0]}年，本次看{ahead[1]}年。", f"It looked {ahead[0]} years ahead, this one {ahead[1]}.")
        )
    if len(said) > 1 and older.split:
        said.append(say("这些变动都算在数据里。", "All of this counts as data."))
    if older.scenario != now.scenario:
        said.append(
            say(
                f"本次建议的是另一方案：{raw(now.title, facts)}。",
                f"Another scenario is proposed now: {raw(now.title, facts)}.",
            )
        )
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
            "Its folder does not hold the data and parameters it rests on (inputs.zip), so that only totals can be compared: what caused the difference cannot be said.",
        )
    said = raw(older.lack, facts)
    return wording.pick(
        f"今天的程序不能用上次的数据和参数（{said}），所以只能比较合计，不能说明变化由什么引起。",
        f"Today's program cannot use its data and parameters ({said}), so that only totals can be compared: what caused the difference cannot be said.",
    )


def _nothing(wording: Wording, older: Older) -> str:
    if not older.moved:
        return wording.pick(
            "没有任何变化：数据、假设、政策和程序都与上次相同，各数也相同。",
            " Nothing has changed: data, assumptions, policy and program are the same, and so is every figure.",
        )
    named = wording.listed([wording.word(f"cause_{cause}") for cause in older.moved])
    return wording.pick(
        f"{named}有变动，但各数都没有变。", f" What has changed ({named}) moves none of the headline figures."
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
    name = _older_name(facts, wording, older)
    if not change:
        though = wording.pick("，各项变动相互抵消：", ", though its causes have moved it: ") + parts if parts else ""
        return wording.pick(
            f"新增支出{now}，与{name}相同{though}。", f"The extra cost of {now} is the same as in {name}{though}."
        ) + _still(facts, wording, older, "extra_cost", where)
    size = _amount(facts, wording, "bridge_extra_cost_change", where, size=True, unit=True)
    by = wording.pick("：", ": ") + parts if parts else ""
    way = wording.pick("多" if change > 0 else "少", "higher" if change > 0 else "lower")
    return wording.pick(
        f"新增支出{now}，比{name}的{then}{way}{size}{by}。",
        f"The extra cost is {size} {way} than in {name} ({then} then, {now} now){by}.",
    ) + _still(facts, wording, older, "extra_cost", where)


def _parts(facts: Facts, wording: Wording, older: Older, measure: str, where: dict[str, Any]) -> str:
    """Name the causes that have moved a number, the largest first, each with its part."""
    _, following = plan_years(facts)
    worth = {cause: facts.value(f"bridge_{measure}_by_{cause}", year=following, **where) for cause in CAUSES}
    moving = sorted((cause for cause in CAUSES if worth[cause]), key=lambda cause: -abs(worth[cause]))
    said = []
    for cause in moving:
        key = f"bridge_{measure}_by_{cause}"
        part = (
            _amount(facts, wording, key, where, sign=True)
            if measure == "extra_cost"
            else facts.say(key, "yuan", sign=True, year=following, **where)
        )
        said.append(f"{wording.word(f'cause_{cause}')}{wording.pick('', ' ')}{part}")
    return wording.pick("，", ", ").join(said)


def _still(facts: Facts, wording: Wording, older: Older, measure: str, where: dict[str, Any]) -> str:
    """Say which causes are what they were, and which are not and yet moved nothing."""
    if not older.split:
        return ""
    _, following = plan_years(facts)
    idle = [cause for cause in CAUSES if not facts.value(f"bridge_{measure}_by_{cause}", year=following, **where)]
    named = {cause: wording.word(f"cause_{cause}") for cause in idle}
    other = [named[cause] for cause in idle if cause in older.moved]
    same = [named[cause] for cause in idle if cause not in older.moved]
    said = []
    if other:
        said.append(
            wording.pick(
                f"{wording.listed(other)}有变动，但没有改变新增支出",
                f"{wording.listed(other)} {'has' if len(other) == 1 and other[0] != 'assumptions' else 'have'} changed without moving it",
            )
        )
    if same:
        plural = len(same) > 1 or same[0] in ("assumptions", "data")
        said.append(
            wording.pick(
                f"{wording.listed(same)}与上次相同", f"{wording.listed(same)} {'are' if plural else 'is'} the same"
            )
        )
    if not said:
        return ""
    text = wording.pick("；", "; ").join(said)
    return wording.pick(f"{text}。", f" {text[0].upper()}{text[1:]}.")


def _amount(
    facts: Facts, wording: Wording, measure: str, where: dict[str, Any], *, sign: bool = False, size: bool = False,
    unit: bool = False,
) -> str:  # fmt: skip
    """Return a change of money as printed; in English the million is named where asked, a small sum always in yuan."""
    _, following = plan_years(facts)
    if abs(facts.value(measure, year=following, **where)) < TINY_YUAN:
        said = facts.say(measure, "each", sign=sign, size=size, year=following, **where)
        return said + wording.pick("元", " yuan")
    said = facts.say(measure, "money", sign=sign, size=size, year=following, **where)
    return said if unit else said.removesuffix(" million yuan")


def _minima(facts: Facts, wording: Wording, older: Older) -> str:
    _, following = plan_years(facts)
    code = widest_class(facts)
    there = {"area_code": code, "programme": "dibao"}
    asked = [("minimum_standard", {"residence": side} | there) for side in ("urban", "rural")]
    asked += [("minimum_gap", there), ("minimum_rural_urban_ratio", there)]
    if not all(facts.has(f"bridge_{name}_change", year=following, **where) for name, where in asked):
        return ""
    moved = any(facts.value(f"bridge_{name}_change", year=following, **where) for name, where in asked)
    styles = ("yuan", "yuan", "yuan", "percent")
    now = [facts.say(name, style, year=following, **where) for (name, where), style in zip(asked, styles, strict=True)]
    area = wording.area(code)
    if not moved:
        return wording.pick(
            f"{area}的最低标准与上次相同：城镇{now[0]}元、农村{now[1]}元，差额{now[2]}元，农村为城镇的{now[3]}。",
            f"The minima of {area.lower()} are the same: {now[0]} yuan in town, {now[1]} in the country, {now[2]} apart, rural at {now[3]} of urban.",
        )
    then = [
        facts.say(f"bridge_{name}_before", style, year=older.base_year + 1, **where)
        for (name, where), style in zip(asked, styles, strict=True)
    ]
    parts = _parts(facts, wording, older, "minimum_gap", there) if older.split else ""
    by = wording.pick(f"（{parts}）", f" ({parts})") if parts else ""
    return wording.pick(
        f"{area}的最低标准：城镇由{then[0]}元变为{now[0]}元，农村由{then[1]}元变为{now[1]}元；差额由{then[2]}元变为{now[2]}元{by}，农村由城镇的{then[3]}变为{now[3]}。",
        f"In {area.lower()} the urban minimum goes from {then[0]} to {now[0]} yuan, the rural one from {then[1]} to {now[1]}; the gap goes from {then[2]} to {now[2]}{by}, the rural share from {then[3]} to {now[3]}.",
    )


def _table(facts: Facts, wording: Wording, plates: Plates, older: Older, parts: list[str]) -> str:
    area, by = wording.area(widest_class(facts)), ("", "")
    if len(parts) > 1:
        by = "按原因，", " by cause"
    caption = wording.pick(
        f"两次之差，{by[0]}差额和标准取{area}，元/人·月；比例为百分数，其变化为百分点；“–”为没有改变",
        f"The difference{by[1]}: gap and minima in yuan a month, {area.lower()}; the share in per cent, its changes in points; a dash: not moved",
    )
    return plates.table(bridged(facts, wording, older.base_year + 1, parts), caption)
