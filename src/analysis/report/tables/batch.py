"""The scenarios of a batch side by side."""

from __future__ import annotations

import pandas as pd

from analysis.report.charts import class_codes, plan_years
from analysis.report.facts import Facts
from analysis.report.rounding import fixed, percent
from analysis.report.tables.amounts import amount, unit
from analysis.report.wording import Wording


def scenarios(facts: dict[str, Facts], titles: dict[str, str], wording: Wording) -> pd.DataFrame:
    """The scenarios of a batch side by side: the gap left, the cost, who pays, whether it can be borne, what is late."""
    lines = []
    for name, own in facts.items():
        _, following = plan_years(own)
        where = {"year": following, "area_code": wording.whole, "programme": ""}
        lowest = class_codes(own)[-1]
        ratio = own.value("minimum_rural_urban_ratio", area_code=lowest, year=following)
        gap = own.value("minimum_gap", area_code=lowest, year=following)
        money = [own.value("extra_cost", statistic=statistic, **where) for statistic in ("p10", "central", "p90")]
        upper = own.value("extra_cost", tier="upper", **where)
        left = own.value("capacity", year=following, area_code=wording.whole) - own.value(
            "spending", year=following, area_code=wording.whole
        )
        late = own.value("arrears", year=following, component="arrears")
        amounts = [amount(value, wording) for value in (*money, upper, left, late)]
        lines.append((titles[name], fixed(ratio, 3), fixed(gap), *amounts))
    heads = [
        wording.pick("一成情形", "one case in ten below"), wording.word("head_central"),
        wording.pick("九成情形", "nine in ten below"), wording.word("head_upper"),
        wording.pick("预算余（-为缺）", "left of the budget (- missing)"), wording.pick("补发", "arrears"),
    ]  # fmt: skip
    labels = [wording.word("head_scenario"), wording.word("head_ratio_next"), wording.pick("差额 元", "gap, yuan")]
    return pd.DataFrame(lines, columns=[*labels, *(f"{head} {unit(wording)}" for head in heads)])


def frontier(facts: Facts, wording: Wording) -> pd.DataFrame:
    """What each narrowing of next year's gap costs at least, and what one more million yuan would buy there."""
    own = facts.table[
        (facts.table["scenario"] == facts.scenario) & facts.table["measure"].str.startswith("frontier_extra_cost_at_")
    ]
    lines = []
    for at in sorted(int(measure.rpartition("_")[2]) for measure in own["measure"]):
        gap = facts.value(f"frontier_gap_at_{at}")
        still = f"frontier_town_still_extra_cost_at_{at}"
        lines.append(
            (
                percent(at / 1000, 1),
                fixed(gap),
                amount(facts.value(f"frontier_extra_cost_at_{at}"), wording),
                f"{fixed(facts.value(f'frontier_lift_at_{at}'), 3)}" if gap else "",
                amount(facts.value(still), wording) if facts.has(still) else "",
            )
        )
    say = wording.pick
    heads = [
        say("农村不低于城镇的", "rural at least"), say("差额 元", "gap, yuan"),
        say("最少新增", "least extra cost") + f" {unit(wording)}",
        say("再多100万元，四类农村能再提 元/月", "one more million yuan lifts rural by, yuan a month"),
        say("城镇不动时最少新增", "least, town at a standstill") + f" {unit(wording)}",
    ]  # fmt: skip
    return pd.DataFrame(lines, columns=heads)


def regrets(table: pd.DataFrame, titles: dict[str, str], worlds: dict[str, str], wording: Wording) -> pd.DataFrame:
    """What each policy is short of under each fiscal path, its largest regret, and when it is the least regretted.

    Args:
        table: result rows of the comparison.
        titles: scenario id to its title, in the order to be shown.
        worlds: fiscal path's id to its title.
        wording: words of the language.
    """
    rows = table[table["measure"].str.startswith(("short_under_", "largest_regret", "least_regretted_"))]
    values = rows.pivot(index="scenario", columns="measure", values="value")
    lines = []
    for name in (name for name in titles if name in values.index):
        own = values.loc[name].dropna()
        short = [amount(own[f"short_under_{world}"], wording) for world in worlds]
        lines.append((titles[name], *short, amount(own["largest_regret"], wording), _chosen(own, wording)))
    say, money = wording.pick, unit(wording)
    heads = [
        wording.word("head_scenario"),
        *(f"{say('缺口：', 'short, ')}{title} {money}" for title in worlds.values()),
        f"{say('最大后悔', 'largest regret')} {money}",
        say(
            f"差额每缩小1元值多少时最不后悔 {money}",
            f"least regretted where a yuan less of gap is worth, {money} a year",
        ),
    ]
    return pd.DataFrame(lines, columns=heads)


def _chosen(own: pd.Series, wording: Wording) -> str:
    """Say from which worth of a yuan of gap to which a policy is the least regretted; nothing where it never is."""
    if "least_regretted_from_worth" not in own:
        return ""
    start = f"{amount(own['least_regretted_from_worth'], wording):,}"
    if "least_regretted_to_worth" not in own:
        return start + wording.pick("以上", " and more")
    return f"{start}–{amount(own['least_regretted_to_worth'], wording):,}"
