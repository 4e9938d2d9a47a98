"""Sources: the documents behind a chart or a measure of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analysis.session.run import Run


def source(run: Run, chart: str) -> str:
    """Name the documents behind a chart, shortly."""
    year = run.scenario.base_year
    if not run.has_scenario:
        return run.wording.pick("、", ", ").join(sorted(set(run.evidence.sources["publisher"])))
    if chart in ("gap_over_time", "theil_split", "score_history"):
        return run.wording.pick(
            "历年省通知及报道，见数据包来源表", "yearly provincial notices and reports, see the package's sources"
        )
    if chart in ("tornado", "ripple", "frontier", "cost_waterfall", "who_pays", "exceedance", "cash_calendar"):
        return run.wording.pick(
            "数据包来源表所列通知和统计，支出测算均含假设",
            "notices and counts in the package's list of sources; every cost rests on assumptions",
        )
    measure = "standard" if chart in ("tile_grid", "must_move") else "minimum_standard"
    if measure == "standard":
        return run.wording.pick(
            f"各市{year}年通知及转载，见数据包来源表",
            f"notices of the cities, {year}, and copies; see the package's sources",
        )
    return documents(run, "minimum_standard")[0]


def documents(run: Run, measure: str, programme: str = "dibao") -> list[str]:
    """Return the documents behind a measure of the base year: number where there is one, else publisher and date."""
    rows = run.evidence.best(programme, measure)
    found = run.evidence.sources.loc[rows[rows["year"] == run.scenario.base_year]["source_id"].unique()]
    return [row["document_number"] or f"{row['publisher']} {row['published']}".strip() for _, row in found.iterrows()]
