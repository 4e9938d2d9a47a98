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
        "envelope": ("envelope_for_90_percent", {}),
        "upper": ("extra_cost", {"tier": "upper"}),
        "local": ("extra_cost", {"tier": "local"}),
    }
    yuan = {name: facts.say(measure, "money", **more, **where) for name, (measure, more) in asked.items()}
    share = facts.say("extra_cost_share", "percent0", tier="upper", **where)
    burden = facts.say("extra_cost_of_expenditure", "percent3", **where)
    left_out, year = _left_out(facts, wording, where), facts.literal(str(following))
    return wording.pick(
        f"与不提标相比，低保、特困及随标准联动的项目全年新增支出{yuan['central']}（基准测算值；不含{left_out}）；"
        f"安排{yuan['envelope']}，九成的模拟结果够用。"
        f"{_obliged(facts, wording, where, base)}中央和省负担{yuan['upper']}（占{share}；按假设比例分担各地按最低标准计算的增支），"
        f"市县负担其余{yuan['local']}。新增支出为全省{year}年一般公共预算支出（推算）的{burden}。",
        f"Compared with no rise, dibao, tekun and the payments linked to them cost {yuan['central']} more a year (best estimate); {left_out} are not included. "
        f"{yuan['envelope']} would suffice in nine of ten simulated cases. "
        f"{_obliged(facts, wording, where, base)}The central and provincial governments pay {yuan['upper']} ({share} of the whole: the assumed shares of what the minima's own rise would cost everywhere), "
        f"cities and counties the other {yuan['local']}. The whole is {burden} of the province's projected general public budget expenditure for {year}.",
    )


def _obliged(facts: Facts, wording: Wording, where: dict, base: int) -> str:
    """Say what the new minima require, how much of it is known, and what comes from areas that raise theirs too."""
    asked = {
        "mandated": "extra_cost_mandated",
        "known": "extra_cost_mandated_where_known",
        "followed": "extra_cost_by_following",
    }
    yuan = {name: facts.say(measure, "money", **where) for name, measure in asked.items()}
    unknown = facts.say("unknown_areas", "count", year=base)
    return wording.pick(
        f"基准测算值中，按规定必须提标的为{yuan['mandated']}（标准已知的市{yuan['known']}；其余{unknown}市标准未知，按最低标准与其上次已知标准的较大者推算），"
        f"高于最低标准的地区随之提标的为{yuan['followed']}。",
        f"Of the best estimate {yuan['mandated']} is required by the new minima: {yuan['known']} in cities whose standards are known, the rest in the other {unknown}, taken at the minimum or, "
        f"if higher, at their own last known standard. The other {yuan['followed']} comes from areas above the minimum that raise their standards too. ",
    )


def _left_out(facts: Facts, wording: Wording, where: dict) -> str:
    """Name the programmes that the cost does not hold: those on a schedule of their own, and those that are off."""
    names = [wording.pick("孤儿", "orphan allowances")]
    for programme, zh, en in (
        ("disability_living", "残疾人两项补贴", "disability subsidies"),
        ("low_income_edge", "低保边缘家庭", "low-income-edge households"),
    ):
        if not facts.has("extra_cost", **(where | {"programme": programme, "component": "linked"})):
            names.append(wording.pick(zh, en))
    return wording.listed(names) + wording.pick("等", "")
