"""The section on effect: who must move, the scenarios side by side, and what a difference is worth."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd

from analysis.report.charts import plan_years
from analysis.report.facts import Facts
from analysis.report.memo.marking import Plates, dated, raw
from analysis.report.sentences.movers import who_must_move
from analysis.report.wording import Wording

if TYPE_CHECKING:
    from analysis.report.memo import Batch


def effect(batch: Batch, plates: Plates, wording: Wording) -> str:
    """Return who must move, and the scenarios of the batch side by side, as marked markdown.

    Args:
        batch: the scenarios, the proposed one first.
        plates: figures and tables of the document.
        wording: words of the language, safe for markdown.
    """
    facts, titles = batch.facts, batch.titles
    own = next(iter(facts.values()))
    table = pd.DataFrame([_line(one, name, batch.points, titles, batch.widest, wording) for name, one in facts.items()])
    caption = wording.pick(
        "各方案比较：差额为元/人·月；新增为下年与不提标相比的新增支出（基准测算值），九成够用为90%的模拟结果不超过的数；资金缺口按救助支出只随预算增长计；中央和省负担还随最低补差是否提高而变；补发为新标准首发前各月应补的钱",
        "The scenarios compared: gap in yuan a month, the rest in million yuan. Extra cost: next year against no rise (best estimate; the next column would suffice in nine of ten cases). Shortfall: if assistance grew only as the budget does. Upper tiers: their part moves with the supplement floors too. Arrears: owed for the months before the new rate is first paid",
    )
    said = "\n".join(f"- {dated(one, own)}" for one in batch.findings)
    return "\n\n".join(
        [
            who_must_move(own, wording),
            plates.figures(("frontier", "ladder")),
            "\n".join(
                f"- **{raw(titles[name], own)}**{wording.pick('：', ': ')}{raw(asked, own)}"
                for name, asked in batch.questions.items()
            ),
            plates.table(table, caption, left=1, kind="narrow .scored"),
            said,
        ]
    )


def _line(
    facts: Facts, name: str, points: Mapping[str, tuple[float, float, str]], titles: Mapping[str, str], widest: str,
    wording: Wording,
) -> dict[str, str]:  # fmt: skip
    _, year = plan_years(facts)
    where, say = {"year": year, "area_code": wording.whole, "programme": ""}, wording.pick
    better = points[name][2]

    def money(measure: str, **more: str) -> str:
        # In Chinese the unit changes with the amount and stands in the cell; in English it is one, under the table.
        return facts.say(measure, "money", **where, **more).removesuffix(" million yuan")

    return {
        wording.word("head_scenario"): raw(titles[name], facts),
        say("差额", "gap"): facts.say("minimum_gap", "yuan", area_code=widest, year=year),
        say("农村/城镇", "rural share"): facts.say("minimum_rural_urban_ratio", "percent", area_code=widest, year=year),
        say("新增", "extra cost"): money("extra_cost"),
        say("九成够用", "nine in ten"): money("envelope_for_90_percent"),
        say("中央和省", "upper tiers"): money("extra_cost", tier="upper"),
        say("资金缺口", "shortfall"): money("short_of_capacity"),
        say("补发", "arrears"): facts.say("arrears", "money", year=year, component="arrears").removesuffix(
            " million yuan"
        ),
        say("劣于", "dominated by"): raw(titles[better], facts) if better else say("无", "none"),
    }
