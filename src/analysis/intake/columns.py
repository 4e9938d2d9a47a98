"""Columns: what each column of a table holds, by the levels of its header."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from analysis.intake.areas import Areas
from analysis.intake.headers import Said, read_said
from analysis.intake.journal import Doubtful, Journal
from analysis.intake.layout import Table, area_named, is_amount
from analysis.intake.vocabulary import Vocabulary


def read_columns(table: Table, words: Vocabulary, areas: Areas, journal: Journal) -> None:
    """Say of each column what it holds."""
    sheet = table.sheet
    _carry_on(table, words, journal)
    for column in sheet.columns:
        filled = [row for row in table.body if not sheet.at(row, column).empty]
        if column not in table.heads:
            if not filled:
                continue
            if column == sheet.columns[0] or sum(
                bool(area_named(sheet.at(row, column).text, areas)) for row in filled
            ) * 2 > len(filled):
                table.labels[column] = "area"
                continue
            if any(is_amount(sheet.at(row, column)) for row in filled):
                cell = sheet.at(filled[0], column)
                journal.doubt(sheet.name, cell.address, cell.text, "a header over this column of figures")
            continue
        text, address = table.heads[column]
        lowest = text.rsplit("\n", 1)[-1]
        label = words.label(text) or (words.label(lowest) if "\n" in text and words.label(lowest) != "value" else "")
        if label == "residence" and filled and all(area_named(sheet.at(row, column).text, areas) for row in filled):
            label = "area"  # 类别 may be town and country, or the classes of the minima
        if label:
            _label(table, column, label, text, address, journal)
            continue
        _figures(table, column, words, areas, journal)


def _label(table: Table, column: int, label: str, text: str, address: str, journal: Journal) -> None:
    sheet = table.sheet
    journal.log(sheet.name, address, text, label, "column")
    if label == "value":
        table.said[column] = Said()
    elif label in ("area", "code", "class", "year", "residence", "measure", "unit") and table.column(label) is not None:
        journal.doubt(sheet.name, address, text, f"one column of this kind; {label} stands over another one too")
    else:
        table.labels[column] = label


def _figures(table: Table, column: int, words: Vocabulary, areas: Areas, journal: Journal) -> None:
    sheet, (text, address) = table.sheet, table.heads[column]
    if not any(not sheet.at(row, column).empty for row in table.body):
        return
    try:
        said = _of_levels(text, words, areas)
    except Doubtful as doubt:
        journal.doubt(sheet.name, address, text.replace("\n", " / "), doubt.expected)
        return
    shown = text.replace("\n", " / ")
    if said.derived:
        journal.log(sheet.name, address, shown, "", f"left out: reckoned from others ({said.derived})")
    elif said.left and not (said.programme or said.noun):
        journal.log(sheet.name, address, shown, "", f"left out: no measure that intake knows ({said.left})")
    elif said.left:
        journal.doubt(sheet.name, address, shown, f"words that intake knows; {said.left!r} is not understood")
    elif sheet.hidden_columns & {column}:
        journal.doubt(sheet.name, address, shown, "columns that can be seen; show this one, or delete it")
    else:
        table.said[column] = said


def _of_levels(text: str, words: Vocabulary, areas: Areas) -> Said:
    """Read a header level by level: an inner level may be an area or a year, and an outer one speaks where it is silent."""
    levels = text.split("\n")
    said = Said()
    for level in levels:
        inner = read_said(level, words, areas)
        for name in ("year", "residence", "programme", "noun"):
            given, before = getattr(inner, name), getattr(said, name)
            wide = before in ("both", "economy")
            narrower = name == "programme" and before and str(given).startswith(str(before))
            if given and before and given != before and not wide and not narrower:
                raise Doubtful(f"one {name}; its levels speak of {before} and {given}")
        derived, left, total = said.derived or inner.derived, said.left + inner.left, said.total or inner.total
        said = replace(inner.under(said), derived=derived, left=left, total=total)
    return said


def _carry_on(table: Table, words: Vocabulary, journal: Journal) -> None:
    """Let an upper level of a header go on to the right where a text file has lost its merged cells.

    Only where every group then has the same columns below it, so that there is one way to read it.
    """
    sheet = table.sheet
    if len(table.header) < 2:
        return
    upper, lower = table.header[0], table.header[-1]
    columns = [one for one in sheet.columns if one in table.heads and not words.label(table.heads[one][0])]
    if any(sheet.at(upper, one).merged for one in columns) or not columns:
        return
    if all(not sheet.at(upper, one).empty for one in columns):
        return
    groups: list[list[int]] = []
    for column in columns:
        if not sheet.at(upper, column).empty:
            groups.append([column])
        elif groups:
            groups[-1].append(column)
    below = Counter(tuple(sheet.at(lower, one).text for one in group) for group in groups)
    if len(below) != 1 or sum(map(len, groups)) != len(columns):
        empty = next(one for one in columns if sheet.at(upper, one).empty)
        journal.doubt(
            sheet.name,
            sheet.at(upper, empty).address,
            "",
            "an upper header over every column; which group this column is of is not certain",
        )
        return
    for group in groups:
        head = sheet.at(upper, group[0])
        for column in group[1:]:
            text, address = table.heads[column]
            table.heads[column] = (f"{head.text}\n{text}", address)
            journal.log(
                sheet.name,
                sheet.at(upper, column).address,
                "",
                head.text,
                f"the header of {head.address} goes on over it",
            )
