"""The memo of a batch's proposed scenario, as a run of the batch gives it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from analysis.errors import NotHeld
from analysis.inputs.evidence import worst_grade
from analysis.inputs.rules import speaking
from analysis.report import memo
from analysis.report.annex import annex
from analysis.report.memo.documents import render
from analysis.report.memo.marking import raw
from analysis.report.memo.trace import trace
from analysis.report.style import Chart
from analysis.session import COMPARED, WORKBOOK
from analysis.session.saved import RESULTS, filed
from analysis.session.workbook import workbook

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
    documents = {f"memo.{run.lang}.{ending}": content for ending, content in made.items()}
    # The workbook holds both languages, and numbers have none: the batch's first language makes them.
    own = {WORKBOOK: workbook(run, shown)} | _cited(run) if run.lang == run.batch.languages[0] else {}
    bridge = run.bridge.contents(shown.get("bridge")) if run.bridge else {}
    return documents | own | _annex(run) | bridge


def _cited(run: Run) -> dict[str, bytes]:
    """Return the results that the memo cites and no notebook has left in the run's folder: the package's, the comparison's."""
    if run.out_dir is None:
        return {}
    made = {}
    for part, table in ((run.evidence.dataset, run.dataset_result), (COMPARED, run.side.result)):
        if not (run.out_dir / part / RESULTS).is_file():
            made |= filed(part, table, run.inputs(part))
    return made


def _annex(run: Run) -> dict[str, bytes]:
    """Return the annex of the yearly notice, which is Chinese and made once, with the Chinese memo."""
    if run.lang != "zh":
        return {}
    made = annex(run.facts_of(run.proposed), run.wording, _context(run), run.rules)
    return {f"annex.zh.{ending}": content for ending, content in made.items()}


def _context(run: Run) -> dict[str, str]:
    """Return what the documents name besides numbers: scenario and policy, day, documents of the minima in force."""
    return {
        "scenario": run.scenario.title.in_language(run.lang),
        "policy": run.scenario.policy.title.in_language(run.lang),
        "as_of": run.wording.day(run.scenario.as_of),
        "minima": run.wording.pick("；", "; ").join(run.documents("minimum_standard")),
    }


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
            batch=memo.Batch(
                beside, side.findings(beside), side.points, side.titles, _questions(run), side.widest(beside)
            ),
            context=_context(run) | {"movers": memo.movers(facts, run.wording, titles)},
            apart_since=run.apart_since,
            assumptions=run.assumptions,
            rules=speaking(run.rules, run.scenario.base_year + 1, run.scenario.as_of),
            draws=run.scenario.draws,
            sources=_sources(run),
            older=run.bridge.older if run.bridge else None,
        )
    )


def _questions(run: Run) -> dict[str, str]:
    """Return what each scenario of the batch asks, in its order."""
    return {one.id: one.question.in_language(run.lang) for one in run.scenarios.values()}


def _charts(run: Run) -> dict[str, Chart]:
    """Return every chart that the package, and an older memo, can give."""
    drawn = run.bridge.charts() if run.bridge else {}
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
