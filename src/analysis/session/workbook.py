"""The costing workbook of a batch's proposed scenario: one for all languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd

from analysis.inputs.parameters.values import LANGUAGES
from analysis.report.style import Chart
from analysis.report.words import WORDS
from analysis.report.workbook import costing_workbook

if TYPE_CHECKING:
    from analysis.session.run import Run

# The tables of the notebooks and pages that the workbook has no sheet of its own for, in Chinese and English.
TABLES = {
    "proposal": ("拟定标准", "Proposed standards"),
    "steps": ("提标的各个步骤", "Steps of the rise"),
    "movers": ("须提高与可自定的市", "Areas that must rise, and areas that are free"),
    "cost_range": ("新增支出的范围", "Range of the extra cost"),
    "who_pays": ("各级负担", "Who pays"),
    "money": ("预算能否承受", "Whether the budget bears it"),
    "timing": ("发文和发放时间", "Notice and payment"),
    "alternatives": ("其他算法", "Other ways to reckon it"),
    "break_even": ("可承受的统一增幅", "Uniform rise that an envelope bears"),
    "sobol": ("方差来自哪些假设", "Which assumptions the variance comes from"),
    "box": ("已公布、计算所得、假设", "Published, computed, assumed"),
    "requests": ("应先补的数据", "What to ask for first"),
    "programmes": ("哪些项目计入", "Which programmes are costed"),
    "scenarios": ("各方案", "The scenarios"),
    "frontier": ("支出与差额", "Cost against gap"),
    "regrets": ("各方案的遗憾值", "Regret of the scenarios"),
    "scored_minima": ("以往的最低标准：预测与实际", "Past minima: planned and actual"),
    "score_errors": ("以往误差", "Past errors"),
    "scored_recipients": ("以往的人数：预测与实际", "Past recipients: forecast and actual"),
    "known_money": ("模型支出与公布支出", "Modelled money beside published money"),
}  # fmt: skip


def workbook(run: Run, charts: Mapping[str, Chart]) -> bytes:
    """Return the workbook of the proposed scenario.

    Args:
        run: of a batch.
        charts: name to chart, whose data is listed.
    """
    titled = {" ".join(WORDS[f"caption_{name}"]): chart for name, chart in charts.items()}
    return costing_workbook(
        run.outcome, run.evidence, run.rules, run.facts_of(run.proposed).table, titled, _tables(run)
    )


def _tables(run: Run) -> dict[str, pd.DataFrame]:
    """Return each table under its title, the other languages below the first."""
    spoken = [run.in_language(lang) for lang in LANGUAGES]
    return {
        title: one.table(name) for name, titles in TABLES.items() for title, one in zip(titles, spoken, strict=True)
    }
