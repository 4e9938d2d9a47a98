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
            f"全年新增支出，按地区类别、城乡和负担（中值，{amounts}）",
            f"Extra cost of the year by class, residence and tier (central, {amounts})",
        ),
    )
    by_part = plates.table(
        tables.cost_by_part(facts, wording),
        wording.pick(
            f"全年新增支出的构成和范围（{amounts}）", f"What the extra cost is made of, and its range ({amounts})"
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
    return wording.pick(
        f"新增的钱有{rural}（{share}）用于农村；低保对象人均每月多得{gain}元。下表各类相加、各级相加都等于合计。",
        f"{rural} of the new money ({share}) goes to the countryside; a recipient of dibao gets {gain} yuan a month more on average. Classes and tiers each add up to the whole.",
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
        wording.pick(f"低保和特困支出，按负担（{amounts}）", f"Dibao and tekun by tier of government ({amounts})"),
    )
    return "\n\n".join([borne, table, plates.figures(("who_pays", "cash_calendar"))])
