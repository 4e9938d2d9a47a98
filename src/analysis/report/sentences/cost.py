"""The third sentence: what the rise costs, in which range, and who pays."""

from __future__ import annotations

from analysis.report.charts import plan_years
from analysis.report.facts import Facts
from analysis.report.wording import Wording


def sentence(facts: Facts, wording: Wording) -> str:
    """Return the sentence."""
    base, following = plan_years(facts)
    where = {"year": following, "area_code": wording.whole, "programme": ""}
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
