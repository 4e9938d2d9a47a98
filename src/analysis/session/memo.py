"""The memo of a batch's proposed scenario, as a run of the batch gives it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from analysis.errors import NotHeld
from analysis.inputs.evidence import worst_grade
from analysis.inputs.rules import speaking
from analysis.report import memo
from analysis.report.memo.documents import render
from analysis.report.memo.marking import raw
from analysis.report.memo.trace import trace
from analysis.report.style import Chart

if TYPE_CHECKING:
    from analysis.session.run import Run

# The figures that the memo's numbers are reckoned from: programme and measure.
USED = (
    ("dibao", "minimum_standard"), ("dibao", "supplement_floor"), ("dibao", "standard"), ("dibao", "recipients"),
    ("tekun", "recipients"), ("tekun", "basic_living_standard"), ("", "consumption_expenditure_per_capita"),
    ("", "resident_population"), ("", "general_public_budget_expenditure"),
)  # fmt: skip
CHARTS = (
    "gap_over_time", "dumbbell", "tile_grid", "steps_waterfall", "cost_waterfall", "exceedance", "who_pays", "cash_calendar",
    "must_move", "frontier", "ladder", "tornado", "score_history", "ripple",
)  # fmt: skip


def documents(run: Run) -> dict[str, bytes]:
    """Return the memo's documents by file name: what leaves the building."""
    markdown, shown = written(run)
    traced = trace(markdown, run.why, run.wording)
    made = render(markdown, shown, run.lang, traced)
    return {f"memo.{run.lang}.{ending}": content for ending, content in made.items()}


def written(run: Run) -> tuple[str, dict[str, Chart]]:
    """Return the memo as marked markdown, and its charts by name."""
    facts = run.facts_of(run.proposed, marked=True)
    side = run.side
    beside = side.facts(marked=True)
    titles = {name: raw(title, facts) for name, title in run.titles.items()}
    return memo.written(
        memo.Material(
            facts=facts,
            wording=run.wording,
            charts=_charts(run),
            batch=memo.Batch(beside, side.findings(beside), side.points, side.titles, side.widest(beside)),
            context={
                "policy": run.scenario.policy.title.in_language(run.lang),
                "as_of": str(run.scenario.as_of),
                "minima": run.wording.pick("；", "; ").join(run.documents("minimum_standard")),
                "movers": memo.movers(facts, run.wording, titles),
            },
            apart_since=run.apart_since,
            assumptions=run.assumptions,
            rules=speaking(run.rules, run.scenario.base_year + 1, run.scenario.as_of),
            draws=run.scenario.draws,
            sources=_sources(run),
        )
    )


def _charts(run: Run) -> dict[str, Chart]:
    """Return every chart that the package can give."""
    drawn = {}
    for name in CHARTS:
        try:
            drawn[name] = run.drawn(name)
        except NotHeld:
            continue
    return drawn


def _sources(run: Run) -> pd.DataFrame:
    """Return the sources of the base year's figures and the year's before: what each gave, and its worst grade."""
    rows = pd.concat([run.evidence.best(*one).assign(measure=one[1]) for one in USED])
    rows = rows[rows["year"] >= run.scenario.base_year - 1]
    grouped = rows.groupby("source_id").agg(
        grade=("grade", worst_grade), measures=("measure", lambda given: sorted(set(given)))
    )
    found = run.evidence.sources.loc[grouped.index, ["title", "publisher", "document_number", "published"]].fillna("")
    return found.join(grouped).sort_values(["published", "title"]).reset_index(drop=True)
