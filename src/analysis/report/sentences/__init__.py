"""Computed sentences: the four that open every memo and every run, who must move, and the box of three rows.

Each number is taken from the results by key; the words around it change with what the numbers say.
"""

from __future__ import annotations

from analysis.report.facts import Facts
from analysis.report.sentences import cost, coverage, gap, rise
from analysis.report.wording import Wording

HEADS = (
    ("差距", "Gap"),
    ("提标", "Rise"),
    ("新增支出与资金负担", "Cost, and who pays"),
    ("覆盖与及时", "Coverage and timeliness"),
)


def four_sentences(facts: Facts, wording: Wording, apart_since: int | None) -> list[tuple[str, str]]:
    """Return head and text of the four sentences, in their fixed order."""
    texts = (
        gap.sentence(facts, wording, apart_since),
        rise.sentence(facts, wording),
        cost.sentence(facts, wording),
        coverage.sentence(facts, wording),
    )
    return [(wording.pick(*head), text) for head, text in zip(HEADS, texts, strict=True)]
