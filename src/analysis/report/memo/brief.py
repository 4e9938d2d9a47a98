"""The brief: page one, which has to say alone how wide the gap is, what rises, what it costs, who pays and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from analysis.report import sentences, tables
from analysis.report.charts import class_codes, plan_years, separate_class
from analysis.report.facts import Facts
from analysis.report.memo.marking import Plates, pipe_table, raw
from analysis.report.sentences.box import box_rows
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
    rows = "\n\n".join(_box_row(wording, *row) for row in box_rows(facts, wording))
    title = wording.pick(
        f"{date(str(following))}年低保最低标准提标测算",
        f"Minimum standards of {date(str(following))}: the gap, the rise, the cost",
    )
    note = wording.pick(
        f"方案：{raw(context['policy'], facts)}。测算日{date(context['as_of'])}，只用当日已公布的数据。非官方测算。",
        f"Scenario: {raw(context['policy'], facts)}. As of {date(context['as_of'])}, with nothing published later. Not an official estimate.",
    )
    sources = wording.pick(
        f"**来源**：省定最低标准和全省人数 {raw(context['minima'], facts)}；各市标准为各市通知及其转载；见末节。"
        f"空心点为推断或推算；花费各数均含假设，影响最大的是：{context['movers']}。",
        f"**Sources**: minima and recipients {raw(context['minima'], facts)}; city standards: notices of the cities and copies; listed in the last section. "
        f"Hollow marks are inferred or derived. Every cost rests on assumptions; the heaviest: {context['movers']}.",
    )
    unit = wording.pick(
        "元/人·月；各格增幅不一，因向上取整和农村比例的要求；城乡统一地区的最低补差为城镇/农村",
        "yuan a month per person; the rises differ by rounding up and by the rural share; supplement floors of unified classes are urban/rural",
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
{rows}
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
    rise = facts.say("minimum_standard_rise", "yuan", sign=True, residence="rural", year=following, **at)
    share = facts.say("minimum_standard_rise_share", "percent", sign=True, residence="rural", year=following, **at)
    cost = facts.say("extra_cost", "money", **place)
    low, high = (facts.say("extra_cost", "money", statistic=end, **place) for end in ("p10", "p90"))
    upper, local = (facts.say("extra_cost", "money", tier=tier, **place) for tier in ("upper", "local"))
    name = wording.area(code)
    eight = facts.literal(wording.pick("八成", "80 %"))
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
                wording.pick(f"{name}农村占城镇", f"{name.lower()}, rural share of urban"),
                wording.pick("每人每月差额", "gap, a month per person"),
                wording.pick(f"{name}农村（{share}）", f"{name.lower()} rural ({share})"),
                wording.pick(f"全年新增；{eight}在{low}至{high}", f"more a year; {eight} of draws {low} to {high}"),
                wording.pick(f"中央和省负担；市县{local}", f"central and provincial; cities and counties {local}"),
            ],
        ],
        columns=[
            wording.pick(zh, en)
            for zh, en in (
                ("差距", "Gap"),
                ("差额", "In yuan"),
                ("提标", "Rise"),
                ("花费", "Cost"),
                ("谁出", "Who pays"),
            )
        ],
    )


def _box_row(wording: Wording, name: str, text: str, share: str) -> str:
    return wording.pick(
        f"**{name}**（占中值花费的{share}）：{text}", f"**{name.capitalize()}** ({share} of the central cost): {text}"
    )
