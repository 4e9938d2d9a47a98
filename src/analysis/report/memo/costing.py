"""The sections on money: what it costs by class and residence, who pays, when it is paid."""

from __future__ import annotations

from analysis.report import tables
from analysis.report.charts import plan_years
from analysis.report.facts import Facts
from analysis.report.memo.marking import Plates
from analysis.report.tables.amounts import unit
from analysis.report.wording import Wording


def costing(facts: Facts, wording: Wording, plates: Plates) -> str:
    """Return what the rise costs: by class, residence and tier, by component, and how far it may be off."""
    amounts = unit(wording)
    by_class = plates.table(
        tables.cost_by_class(facts, wording),
        wording.pick(
            f"全年新增支出，按地区类别、城乡和负担层级（基准测算值，{amounts}）",
            f"Extra cost of the year by class, residence and tier (best estimate, {amounts})",
        ),
    )
    by_part = plates.table(
        tables.cost_by_part(facts, wording),
        wording.pick(
            f"全年新增支出的构成和范围（{amounts}）",
            f"What the extra cost is made of; the required part, and the range ({amounts})",
        ),
    )
    return "\n\n".join(
        [_where_it_goes(facts, wording), by_class, by_part, plates.figures(("cost_waterfall", "exceedance"))]
    )


def _where_it_goes(facts: Facts, wording: Wording) -> str:
    _, following = plan_years(facts)
    where = {"year": following, "area_code": wording.whole}
    total = facts.value("extra_cost", programme="", **where)
    if not total:
        return wording.pick("不提标，没有新增支出。", "No floor moves, and nothing more is spent.")
    rural = facts.say("new_money", "money", residence="rural", **where)
    share = facts.say("new_money_share", "percent0", residence="rural", **where)
    gain = facts.say("mean_rise_of_recipients", "one", **where)
    median = _why_lower(facts, wording, where | {"programme": ""})
    return wording.pick(
        f"新增支出中{rural}（{share}）用于农村；低保对象人均每月增加{gain}元。因四舍五入，各表分项之和与合计可能略有出入。{median}",
        f"Of the extra money, {rural} ({share}) goes to rural areas; a recipient of dibao gets {gain} yuan a month more on average. Figures in the tables may not add up because of rounding. {median}",
    )


def _why_lower(facts: Facts, wording: Wording, where: dict) -> str:
    """Say why the middle case lies below the best estimate, where following may fall short by more than it may exceed."""
    low, middle, high = (
        facts.value("assumption_follow_share", statistic=end, **where) for end in ("low", "central", "high")
    )
    if facts.value("extra_cost", statistic="p50", **where) >= facts.value("extra_cost", **where):
        return ""
    if middle - low <= high - middle:
        return ""
    median = facts.say("extra_cost", "money", statistic="p50", **where)
    follow = facts.say("assumption_follow_share", "percent0", statistic="central", **where)
    return wording.pick(
        f"模拟结果的中位数（{median}）低于基准测算值，主要因为高于最低标准的地区跟随提标的程度（基准值{follow}）向下的余地比向上大。",
        f"The middle of the simulated cases ({median}) lies below the best estimate mainly because areas above the minimum may follow by much less than the best estimate of {follow}, but little more.",
    )


def funds(facts: Facts, wording: Wording, plates: Plates, borne: str) -> str:
    """Return who pays: the tiers' spending, the share sets, and whether it can be borne.

    Args:
        facts: marked facts of the proposed scenario.
        wording: words of the language, safe for markdown.
        plates: figures and tables of the document.
        borne: whether it can be borne, in sentences.
    """
    amounts = unit(wording)
    table = plates.table(
        tables.funds(facts, wording),
        wording.pick(f"低保和特困支出，按负担层级（{amounts}）", f"Dibao and tekun by tier of government ({amounts})"),
    )
    return "\n\n".join([borne, table, plates.figures(("who_pays", "cash_calendar"))])
