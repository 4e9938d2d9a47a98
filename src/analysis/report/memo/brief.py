"""The brief: page one, which has to say alone how wide the gap is, what rises, what it costs, who pays and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from analysis.report import sentences, tables
from analysis.report.charts import class_codes, plan_years, separate_class
from analysis.report.facts import Facts
from analysis.report.memo.marking import Plates, pipe_table, raw
from analysis.report.memo.risk import rises
from analysis.report.sentences.box import box_rows
from analysis.report.sentences.movers import who_moves_and_when
from analysis.report.wording import Wording


def brief(facts: Facts, wording: Wording, plates: Plates, context: Mapping[str, str], apart_since: int | None) -> str:
    """Return page one as marked markdown.

    Args:
        facts: marked facts of the proposed scenario.
        wording: words of the language, safe for markdown.
        plates: figures and tables of the document.
        context: title of the policy, the day, what moves the cost most, and the documents of the minima.
        apart_since: for the first sentence.
    """
    _, following = plan_years(facts)
    date = facts.literal
    said = sentences.four_sentences(facts, wording, apart_since)
    colon = wording.pick("：", ": ")
    four = "\n\n".join(f"**{head}**{colon}{text}" for head, text in said)
    if rises(facts, wording):
        # After the rise: who has to act on it.
        place = four.index(f"**{said[2][0]}**")
        head = wording.pick("须提标的市", "Who must move")
        four = f"{four[:place]}**{head}**{colon}{who_moves_and_when(facts, wording)}\n\n{four[place:]}"
    title = wording.pick(
        f"{_province(wording)}{date(str(following))}年城乡低保最低标准提标测算",
        f"{_province(wording)}: minimum standards of {date(str(following))} – the gap, the rise, the cost",
    )
    note = wording.pick(
        f"方案：{raw(context['policy'], facts)}。测算日{date(context['as_of'])}，只用当日已公布的数据，仅一般公共预算支出等只有后来修订序列的除外（见末节）。"
        "基准测算值：各项假设均取基准值。非官方测算。",
        f"Scenario: {raw(context['policy'], facts)}. Only figures that were public on {date(context['as_of'])}, except series held only as revised later (budget expenditure; see the last section). "
        "Dibao: minimum living allowance; tekun: support for people in extreme hardship. Best estimate: every assumption at its middle value. Not an official estimate.",
    )
    sources = wording.pick(
        f"**来源**：省定最低标准和全省人数：{raw(context['minima'], facts)}；各市标准为各市通知及其转载；见末节。"
        f"空心点为推断或推算；新增支出各数均含假设，单项影响最大的是（其余取基准值，可超出上述范围）：{context['movers']}。",
        f"**Sources**: minima and recipients {raw(context['minima'], facts)}; city standards: notices of the cities and copies; listed in the last section. "
        f"Hollow marks are inferred or derived. What moves the cost most, one at a time with the others at their middle values (it may then leave the range above): {context['movers']}.",
    )
    unit = wording.pick(
        "元/人·月。各项增幅不一，系向上取整和农村比例要求所致；城乡统一地区的最低补差为城镇/农村。",
        "Yuan a month per person. The rises differ because amounts are rounded up and rural is held to its least share of urban. Supplement floors of classes with one standard: urban/rural.",
    )
    return f"""# {title}

::: {{.note}}
{note}
:::

::: {{.keys}}
{pipe_table(key_figures(facts, wording), left=0).replace("--:", ":-:")}
:::

::: {{.four}}
{four}
:::

::: {{.proposal}}
{pipe_table(tables.proposal(facts, wording))}

[{unit}]{{.unit}}
:::

{plates.figures(("gap_over_time", "dumbbell"))}

::: {{.box}}
{_box(facts, wording)}
:::

::: {{.note}}
{sources}
:::
"""


def key_figures(facts: Facts, wording: Wording) -> pd.DataFrame:
    """Return the figures that stand above everything: gap, rise, cost, payer, range; one column each."""
    base, following = plan_years(facts)
    code = separate_class(facts) or class_codes(facts)[-1]
    at = {"area_code": code}
    place = {"year": following, "area_code": wording.whole, "programme": ""}
    ratio = [facts.say("minimum_rural_urban_ratio", "percent", year=year, **at) for year in (base, following)]
    gap = [facts.say("minimum_gap", "yuan", year=year, **at) for year in (base, following)]
    to = wording.pick("至", " to ")
    rise = _span(facts, "minimum_standard_rise", "yuan", following, to, sign=True)
    share = _span(facts, "minimum_standard_rise_share", "percent", following, to, sign=False)
    cost = facts.say("extra_cost", "money", **place)
    low, high = (facts.say("extra_cost", "money", statistic=end, **place) for end in ("p10", "p90"))
    upper, local = (facts.say("extra_cost", "money", tier=tier, **place) for tier in ("upper", "local"))
    name, rest = wording.area(code), " million yuan"
    # In English the unit stands in the column's first line.
    low, local = low.removesuffix(rest), local.removesuffix(" yuan")
    high = high.removesuffix(" yuan")
    cases = (
        facts.literal(wording.pick("80%", "8"))
        + wording.pick("", " in ")
        + (facts.literal("10") if facts.lang == "en" else "")
    )
    return pd.DataFrame(
        [
            [
                f"**{ratio[0]} → {ratio[1]}**",
                f"**{gap[0]} → {gap[1]}{wording.pick('元', ' yuan')}**",
                f"**{rise}{wording.pick('元', ' yuan')}**",
                f"**{cost}**",
                f"**{upper}**",
            ],
            [
                wording.pick(f"{name}农村相当于城镇", f"{name.lower()}, rural share of urban"),
                wording.pick("每人每月", "a month per person"),
                wording.pick(f"各类每人每月（{share}）", f"a month, by class ({share})"),
                wording.pick(
                    f"{cases}的模拟结果：{low.removesuffix('亿元') if high.endswith('亿元') else low}–{high}",
                    f"more a year; {low}–{high} in {cases} simulated cases",
                ),
                wording.pick(
                    f"中央和省（比例为假设）；市县{local}",
                    f"central and provincial (shares assumed); cities and counties {local}",
                ),
            ],
        ],
        columns=[
            wording.pick(zh, en)
            for zh, en in (
                ("农村/城镇", "Rural/urban"),
                ("差额", "Gap"),
                ("提标", "Rise"),
                ("新增支出", "Cost"),
                ("资金负担", "Who pays"),
            )
        ],
    )


def _province(wording: Wording) -> str:
    """Return the name of the whole, as the title takes it."""
    name = wording.area(wording.whole)
    level = wording.areas.at[wording.whole, "level"]
    return name + ("省" if wording.lang == "zh" and level == "province" and not name.endswith("省") else "")


def _span(facts: Facts, measure: str, style: str, year: int, between: str, *, sign: bool) -> str:
    """Return the smallest and the largest of a measure over classes and residences, as printed; one where they are alike."""
    rows = [row for row in facts.own(measure) if row["year"] == str(year)]
    ends = [end(rows, key=lambda row: row["value"]) for end in (min, max)]
    said = [
        facts.say(measure, style, sign=sign, area_code=row["area_code"], residence=row["residence"], year=year)
        for row in ends
    ]
    if ends[0]["value"] == ends[1]["value"]:
        return said[0]
    return f"{said[0].removesuffix('%')}–{said[1]}" if style == "percent" else between.join(said)


def _box(facts: Facts, wording: Wording) -> str:
    """Return what is published, computed and assumed; shares of the cost only where not all of it is assumed."""
    rows = box_rows(facts, wording)
    _, following = plan_years(facts)
    where = {"year": following, "area_code": wording.whole, "programme": ""}
    if facts.value("cost_share_assumed", **where) < 1:
        lines = [
            wording.pick(
                f"**{name}**（占基准测算值的{share}）：{text}",
                f"**{name.capitalize()}** ({share} of the best estimate): {text}",
            )
            for name, text, share in rows
        ]
        return "\n\n".join(lines)
    head = wording.pick(
        "分地区受助人数未公布，因此新增支出的各项数额均含假设。",
        "Recipients by area are not published, so every amount of the cost rests on assumptions.",
    )
    lines = [wording.pick(f"**{name}**：{text}。", f"**{name.capitalize()}**: {text}.") for name, text, _ in rows]
    return "\n\n".join([head, *lines])
