"""The scenarios of a batch side by side."""

from __future__ import annotations

import pandas as pd

from analysis.report.charts import class_codes, plan_years
from analysis.report.facts import Facts
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
        lines.append((titles[name], f"{ratio:.3f}", f"{gap:.0f}", *amounts))
    heads = [
        wording.pick("一成情形", "one draw in ten below"), wording.word("head_central"),
        wording.pick("九成情形", "nine in ten below"), wording.word("head_upper"),
        wording.pick("预算余（-为缺）", "left of the budget (- missing)"), wording.pick("补发", "arrears"),
    ]  # fmt: skip
    labels = [wording.word("head_scenario"), wording.word("head_ratio_next"), wording.pick("差额 元", "gap, yuan")]
    return pd.DataFrame(lines, columns=[*labels, *(f"{head} {unit(wording)}" for head in heads)])
