"""Annexes: dated rules, the data behind every chart, the tables, and the sources; data alone, no formula."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from analysis.model.results import decimals_of
from analysis.report.style import Chart
from analysis.report.workbook.assumptions import Inputs
from analysis.report.workbook.costing import Costing
from analysis.report.workbook.sheet import NUMBER_OF, Pair, Sheet

RULE_HEADS: tuple[Pair, ...] = (
    ("标识", "id"), ("自", "from"), ("至", "to"), ("项目", "programme"), ("城乡", "residence"), ("数值", "value"), ("单位", "unit"),
    ("内容", "what it says"), ("文件", "document"), ("公布日", "public since"), ("等级", "grade"), ("测算时已知", "known then"),
)  # fmt: skip
SOURCE_HEADS: tuple[Pair, ...] = (
    ("来源编号", "source id"), ("标题", "title"), ("发布者", "publisher"), ("文号", "document number"), ("日期", "published"),
    ("地址", "address"), ("使用条件", "terms"), ("本簿用到", "used here"),
)  # fmt: skip
# Heads of columns whose whole numbers take no separators.
YEARS = ("year", "Year", "年份")
KEY_WIDTH, SHRUNK_WIDTH = 68, 26


def rules_sheet(sheet: Sheet, costing: Costing) -> None:
    """Write the dated rules with their documents, and whether each was public on the scenario's day."""
    sheet.say(2, 0, len(RULE_HEADS) - 1, "\n".join(sheet.note_text))
    row = sheet.heads(3, RULE_HEADS)
    sheet.freeze(row, 1)
    for column, width in {7: 62, 8: 32}.items():
        sheet.width(column, width)
    labels = costing.labels
    for here, rule in enumerate(costing.rules, start=row):
        value = float(rule.value) if rule.value is not None else None
        known = "是 yes" if rule.known_from <= costing.scenario.as_of else "否 no"
        line = (
            rule.id, rule.from_year, rule.to_year, labels.programme(rule.programme), labels.word(rule.residence), value,
            labels.unit(rule.unit or ""), f"{rule.says.zh}\n{rule.says.en}", rule.document, rule.known_from, labels.grade(rule.grade), known,
        )  # fmt: skip
        for column, content in enumerate(line):
            number = "year" if column in (1, 2) else "plain" if isinstance(content, float) else "text"
            sheet.put(here, column, content, "wrapped" if column in (7, 8) else "label", number)


def frames_sheet(sheet: Sheet, frames: Mapping[str, pd.DataFrame], *, keyed: bool = False) -> None:
    """Write tables one below the other.

    Args:
        sheet: empty but for its heading.
        frames: title to table.
        keyed: whether each begins with a key: then a text shrinks to its column, else it takes several lines.
    """
    widest = max((frame.shape[1] for frame in frames.values()), default=1)
    sheet.say(2, 0, max(widest, 6) - 1, "\n".join(sheet.note_text))
    if keyed:
        sheet.most_width = SHRUNK_WIDTH
        sheet.width(0, KEY_WIDTH)
    row = 3
    for title, frame in frames.items():
        row = sheet.section(row + 1, (title,), max(frame.shape[1], 1))
        row = sheet.heads(row, [(str(column), "") for column in frame.columns], kept=False)
        styles = [_style(str(head), frame.iloc[:, place]) for place, head in enumerate(frame.columns)]
        units = frame["unit"].fillna("") if "unit" in frame else [""] * len(frame)
        for line, unit in zip(frame.itertuples(index=False, name=None), units, strict=True):
            for column, (head, content) in enumerate(zip(frame.columns, line, strict=True)):
                decimals = decimals_of(unit) if head == "value" else None
                style = NUMBER_OF.get(decimals, styles[column])
                kind = "name" if keyed else "wrapped"
                sheet.put(row, column, plain(content), kind, style if _is_number(content) else "text")
            row += 1
    sheet.freeze(3, 1)


def chart_frames(charts: Mapping[str, Chart], inputs: Inputs) -> dict[str, pd.DataFrame]:
    """Return the data of charts by title; assumptions are named by their numbers."""

    def numbered(data: pd.DataFrame) -> pd.DataFrame:
        return data.assign(rests_on=data["rests_on"].map(inputs.numbered)) if "rests_on" in data else data

    return {title: numbered(chart.data) for title, chart in charts.items()}


def sources_sheet(sheet: Sheet, costing: Costing, used: set[str]) -> None:
    """List the data package's sources, those behind the central case marked; an address is text, not a link."""
    sheet.say(2, 0, len(SOURCE_HEADS) - 1, "\n".join(sheet.note_text))
    row = sheet.heads(3, SOURCE_HEADS)
    sheet.freeze(row, 1)
    for column, width in {1: 60, 2: 24, 3: 22, 5: 50, 6: 26}.items():
        sheet.width(column, width)
    columns = ["title", "publisher", "document_number", "published", "address", "terms"]
    for here, (source_id, line) in enumerate(costing.evidence.sources.iterrows(), start=row):
        texts = [source_id, *(line[column] for column in columns), "是 yes" if source_id in used else ""]
        for column, text in enumerate(texts):
            sheet.put(here, column, text, "wrapped" if column in (1, 2, 3, 5, 6) else "label", "text")


def _style(head: str, column: pd.Series) -> str:
    """Return how a column's numbers are shown: with as many decimals as they have."""
    numbers = [float(content) for content in column if _is_number(content)]
    if head in YEARS:
        return "year"
    fitting = (name for decimals, name in NUMBER_OF.items() if all(round(one, decimals) == one for one in numbers))
    return next(fitting, "plain")


def plain(content: Any) -> Any:
    """Return what a spreadsheet can hold: a number, or text; nothing where there is nothing."""
    if _is_number(content):
        return float(content)
    missing = (
        content is None or content is pd.NA or content is pd.NaT or (isinstance(content, float) and pd.isna(content))
    )
    return None if missing else str(content)


def _is_number(content: Any) -> bool:
    kinds = (
        pd.api.types.is_number(content) and not pd.api.types.is_bool(content) and not pd.api.types.is_complex(content)
    )
    return bool(kinds and pd.notna(content) and abs(float(content)) != float("inf"))
