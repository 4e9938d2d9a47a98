"""The first and the last section: by which documents and how it was worked out, and where the figures come from."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from analysis.inputs.rules import Rule
from analysis.report.charts import plan_years
from analysis.report.facts import Facts
from analysis.report.memo.marking import Plates, raw
from analysis.report.wording import Wording


def basis(facts: Facts, wording: Wording, plates: Plates, rules: Sequence[Rule], draws: int) -> str:
    """Return how it was worked out, and the rules in force.

    Args:
        facts: marked facts of the proposed scenario.
        wording: words of the language, safe for markdown.
        plates: figures and tables of the document.
        rules: those in force in the year that is planned and public on the day.
        draws: how often the assumptions are drawn.
    """
    drawn = facts.literal(f"{draws:,}" if wording.lang == "en" else str(draws))
    method = wording.pick(
        f"下年最低标准从现行标准起，按规定的次序逐步得出：提高、取整、守住下限和类别次序、守住农村比例、不高于上限、只升不降。花费不按最低标准算，而按各市现行标准算："
        f"低于新下限的必须提到下限，高于下限的按假设的程度跟随；每人每月多发的钱乘人数，再加提标引来的新对象和随标准联动的项目。各数的范围由假设的上下限和以往预测的误差抽样{drawn}次得出。",
        f"Next year's minima start from those in force and go through fixed steps: rise, rounding, floor and order of classes, rural share, ceiling, and never down. The cost is not reckoned on the minima but on what "
        f"cities have in force: those below a new floor must rise to it, those above follow as far as is assumed; the yuan more a month times recipients, then those whom the higher line brings in, and what is linked to the standard. "
        f"Ranges come from {drawn} draws of the assumptions and of past errors.",
    )
    lines = [
        (raw(one.says.in_language(wording.lang), facts), raw(one.document, facts), facts.literal(str(one.from_year)))
        for one in rules
    ]
    heads = [wording.pick("规定", "Rule"), wording.pick("文件", "Document"), wording.pick("自何年", "since")]
    caption = wording.pick("现行有效、当日已公布的规定", "Rules in force and public on the day")
    return f"{method}\n\n{plates.table(pd.DataFrame(lines, columns=heads), caption, left=2)}"


def sources(facts: Facts, wording: Wording, plates: Plates, used: pd.DataFrame) -> str:
    """Return the sources behind the figures.

    Args:
        facts: marked facts of the proposed scenario.
        wording: words of the language, safe for markdown.
        plates: figures and tables of the document.
        used: title, publisher, document_number, published, grade, measures: one row a source.
    """
    base, _ = plan_years(facts)
    lines = [
        (
            raw(one.title, facts),
            raw(one.document_number or one.publisher, facts),
            facts.literal(one.published) if one.published else wording.pick("未载明", "not stated"),
            raw(wording.pick("、", ", ").join(wording.word(f"measure_{name}") for name in one.measures), facts),
            wording.grade(one.grade),
        )
        for one in used.itertuples()
    ]
    heads = [
        wording.pick("来源", "Source"), wording.pick("文号或发布者", "Number or publisher"), wording.pick("日期", "Date"),
        wording.pick("用于", "Used for"), wording.pick("等级", "Grade"),
    ]  # fmt: skip
    caption = wording.pick(
        f"{base - 1}年和{base}年所用的来源；全部来源及网址见 data 中的 sources.csv",
        f"Sources of the figures of {base - 1} and {base}; all sources with their addresses are in sources.csv of the data",
    )
    return plates.table(pd.DataFrame(lines, columns=heads), caption, left=5)
