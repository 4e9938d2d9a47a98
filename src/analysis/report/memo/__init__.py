"""The memo: a page that stands alone, then the sections behind it, in two languages, from results by key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from analysis.inputs.parameters.assumption import Assumption
from analysis.inputs.rules import Rule
from analysis.report.charts import plan_years
from analysis.report.facts import Facts
from analysis.report.memo.assumed import assumed
from analysis.report.memo.basis import basis, sources
from analysis.report.memo.bridge import changed
from analysis.report.memo.brief import brief
from analysis.report.memo.costing import costing, funds
from analysis.report.memo.effect import effect
from analysis.report.memo.marking import Plates, unbroken
from analysis.report.memo.older import Older
from analysis.report.memo.risk import borne, risk
from analysis.report.memo.standards import present, proposal
from analysis.report.style import Chart
from analysis.report.wording import Wording

HEADS = (
    ("测算依据", "Basis"),
    ("现状", "Where standards stand"),
    ("提标方案", "The proposal"),
    ("资金测算", "What it costs"),
    ("资金来源和发放时间", "Who pays, and when"),
    ("效果和各方案比较", "Who must raise standards, and the scenarios compared"),
    ("风险和以往误差", "Risks, and how past forecasts performed"),
    ("假设和应优先补充的数据", "What rests on assumptions, and what to ask for"),
    ("与上次测算相比", "What changed since the last memo"),
    ("来源", "Sources"),
)
NUMERALS = "一二三四五六七八九十"


@dataclass(frozen=True)
class Batch:
    """What the memo says of the scenarios of a batch side by side.

    Attributes:
        facts: scenario to its marked facts, the proposed one first.
        findings: a sentence each.
        points: scenario to gap, extra cost and who dominates it.
        titles: scenario to title.
        questions: scenario to the question that it asks.
        widest: the class whose gap is widest.
    """

    facts: Mapping[str, Facts]
    findings: Sequence[str]
    points: Mapping[str, tuple[float, float, str]]
    titles: Mapping[str, str]
    questions: Mapping[str, str]
    widest: str


@dataclass(frozen=True)
class Material:
    """What a memo is written from.

    Attributes:
        facts: marked facts of the proposed scenario, the record of past forecasts among them.
        wording: words of the language.
        charts: by name.
        batch: the scenarios side by side.
        context: title of the ``policy``, ``as_of``, what moves the cost most (``movers``), documents of the ``minima``.
        apart_since: the first year since which town and country differ in one class alone.
        assumptions: by id, ranges filled in.
        rules: those in force in the year that is planned and public on the day.
        draws: how often the assumptions are drawn.
        sources: as :func:`analysis.report.memo.basis.sources` takes them.
        older: what is said of the memo that this one is compared with; None without one.
    """

    facts: Facts
    wording: Wording
    charts: Mapping[str, Chart]
    batch: Batch
    context: Mapping[str, str]
    apart_since: int | None
    assumptions: dict[str, Assumption]
    rules: Sequence[Rule]
    draws: int
    sources: pd.DataFrame
    older: Older | None = None


def written(material: Material) -> tuple[str, dict[str, Chart]]:
    """Return the whole memo as marked markdown, every number with its key, and the charts that stand in it by name."""
    facts, wording = material.facts, material.wording.safe()
    plates = Plates(material.charts, facts, wording)
    first = brief(facts, wording, plates, material.context, material.apart_since)
    batch = material.batch
    bodies = (
        basis(facts, wording, plates, material.rules, material.draws, material.context["as_of"]),
        present(facts, wording, plates),
        proposal(facts, wording, plates, material.context["policy"]),
        costing(facts, wording, plates),
        funds(facts, wording, plates, borne(facts, wording)),
        effect(batch, plates, wording),
        risk(facts, wording, plates),
        assumed(facts, wording, plates, material.assumptions),
        changed(facts, wording, plates, material.older) if material.older else "",
        sources(facts, wording, plates, material.sources),
    )
    kept = [(head, body) for head, body in zip(HEADS, bodies, strict=True) if body.strip()]
    sections = "\n\n".join(
        f"## {_number(position, facts, wording)}{wording.pick(*head)}\n\n{body}"
        for position, (head, body) in enumerate(kept)
    )
    pages = unbroken(f"{first}\n\n::: {{.sheet}}\n{sections}\n:::\n")
    return pages, {name: material.charts[name] for name in plates.used}


def _number(position: int, facts: Facts, wording: Wording) -> str:
    return wording.pick(f"{NUMERALS[position]}、", f"{facts.literal(str(position + 1))}  ")


def movers(facts: Facts, wording: Wording, titles: Mapping[str, str], most: int = 3) -> str:
    """Name the assumptions that move the cost most, as the tornado shows them, each with the cost at its two ends."""
    from analysis.report.charts.swings import one_at_a_time

    _, following = plan_years(facts)
    _, ends = one_at_a_time(facts)
    widest = sorted(ends, key=lambda name: -abs(ends[name][1] - ends[name][0]))[:most]
    parts = []
    for name in widest:
        low, high, _ = ends[name]
        first, last = (
            facts.say(f"extra_cost_if_{name}_{end}", "money", year=following)
            for end in (("low", "high") if low <= high else ("high", "low"))
        )
        parts.append(
            wording.pick(
                f"{titles[name]}（{first}至{last}）", f"{titles[name]} ({first.removesuffix(' million yuan')}–{last})"
            )
        )
    return wording.pick("；", "; ").join(parts)
