"""Template: a workbook to fill in, with lists to choose from and a filled example, which intake reads as it is."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path
from typing import Any, NamedTuple

from analysis.inputs.evidence import load

ROWS = 500
# Without a fixed day the same workbook would differ from day to day.
CREATED = dt.datetime(2024, 6, 30)
GREEN, LINE, GREY = "#E4EFE9", "#9BB5A8", "#5A5A5A"
SHEETS = {"zh": ("填报", "示例", "填表说明", "选项"), "en": ("figures", "example", "how to fill", "lists")}
HEADERS = {
    "zh": ("地区", "年份", "月份", "城乡", "项目", "数值", "单位", "公布日期", "备注"),
    "en": ("area", "year", "month", "residence", "measure", "value", "unit", "published on", "note"),
}
WIDTHS = (14, 8, 10, 10, 24, 12, 12, 14, 30)
RESIDENCES = {"zh": ("城镇", "农村", "城乡"), "en": ("urban", "rural", "both")}
PERIODS = {
    "zh": ("全年", *(f"{month}月" for month in range(1, 13))),
    "en": ("full year", *(f"M{month:02d}" for month in range(1, 13))),
}
UNITS = {
    "zh": ("元/月", "元/年", "人", "万人", "户", "万元", "亿元"),
    "en": ("yuan/month", "yuan/year", "persons", "10,000 persons", "households", "10,000 yuan", "100million yuan"),
}
MEASURES = {
    "zh": (
        "低保标准", "低保最低标准", "低保补差水平", "低保实际补差", "低保人数", "低保户数", "低保资金支出", "特困人员基本生活标准", "特困人员人数",
        "特困人员资金支出", "集中供养孤儿养育标准", "社会散居孤儿养育标准", "孤儿人数", "事实无人抚养儿童养育标准", "事实无人抚养儿童人数",
        "困难残疾人生活补贴标准", "困难残疾人生活补贴人数", "重度残疾人护理补贴标准", "重度残疾人护理补贴人数", "人均消费支出", "人均可支配收入", "常住人口",
    ),
    "en": (
        "dibao standard", "dibao minimum standard", "dibao supplement level", "dibao average supplement", "dibao recipients", "dibao households",
        "dibao spending", "tekun standard", "tekun recipients", "tekun spending", "orphans in institutions standard", "scattered orphans standard",
        "orphans recipients", "unattended children standard", "unattended children recipients", "disability living subsidy standard",
        "disability living recipients", "disability nursing subsidy standard", "disability nursing recipients", "consumption per capita",
        "disposable income per capita", "resident population",
    ),
}  # fmt: skip
HOW = {
    "zh": (
        "一行一个数。只填有把握的数，没有的留空，不要填0。",
        "地区：写名称或六位代码均可，如 广州、广州市、440100。",
        "年份：数据所属年份。标准只填年份；人数注明月份，如 4月；全年数选 全年。",
        "城乡：低保标准和补差要分城镇、农村；城乡同一标准的选 城乡。",
        "单位：照实选。按年的数选 元/年，不必自己除以12。",
        "公布日期：该数公开或部门掌握之日。测算日之后才掌握的数，测算时不用。可以不填。",
        "备注：与往年或他市相差很大但确实无误的，备注以“核实：”开头并写明依据。",
        "填好后运行：tibiao intake 本文件 --as 名称。有疑问的单元格会逐一列出，改好再运行。",
        "“示例”一页的数是样子，不会被读入。",
    ),
    "en": (
        "One figure a row. Fill in what you are sure of and leave the rest empty; do not write 0 for what is not known.",
        "area: a name or a code of six digits, such as 广州, Guangzhou, 440100.",
        "year: the year that the figure is of. A standard has a year alone; recipients have a month, such as M04.",
        "residence: standards and supplements are apart for urban and rural; both where one standard holds for both.",
        "unit: as your figure is. An amount a year is yuan/year; do not divide by 12 yourself.",
        "published on: the day the figure was public, or the department had it. A plan of an earlier day does not use it. May be empty.",
        "note: where a figure is far from other years or cities and yet right, begin with 'checked:' and say why.",
        "Then: tibiao intake FILE --as NAME. Every doubtful cell is listed; correct them and run it again.",
        "The figures of the sheet 'example' show the form and are not read.",
    ),
}
# The figures of the example are those of the default package; each stands once, and a text in both languages.
_FULL_YEAR, _DIBAO_STANDARD, _MONTHLY = ("全年", "full year"), ("低保标准", "dibao standard"), ("元/月", "yuan/month")
_RURAL = ("农村", "rural")
_EXAMPLE = (
    (("广州", "Guangzhou"), 2024, _FULL_YEAR, ("城乡", "both"), _DIBAO_STANDARD, 1282, _MONTHLY, None, ""),
    (("湛江市", "Zhanjiang City"), 2024, _FULL_YEAR, ("城镇", "urban"), _DIBAO_STANDARD, 860, _MONTHLY, None, ""),
    ("440800", 2024, _FULL_YEAR, _RURAL, _DIBAO_STANDARD, 645, _MONTHLY, None, ""),
    (
        ("广东省", "Guangdong"), 2024, ("3月", "M03"), _RURAL, ("低保人数", "dibao recipients"), 108.9, ("万人", "10,000 persons"),
        dt.date(2024, 5, 15), ("快报数", "first count"),
    ),
    (
        ("湛江", "Zhanjiang"), 2024, _FULL_YEAR, _RURAL, ("特困人员基本生活标准", "tekun standard"), 12384, ("元/年", "yuan/year"), None,
        ("按年发文", "set by the year"),
    ),
)  # fmt: skip
EXAMPLE = {
    lang: tuple(tuple(cell[place] if isinstance(cell, tuple) else cell for cell in row) for row in _EXAMPLE)
    for place, lang in enumerate(("zh", "en"))
}


class Lists(NamedTuple):
    """What can be chosen in each column."""

    areas: list[str]
    periods: tuple[str, ...]
    residences: tuple[str, ...]
    measures: tuple[str, ...]
    units: tuple[str, ...]


def workbook(home: Path, lang: str) -> bytes:
    """Return the workbook; the same bytes every time.

    Args:
        home: the folder that holds the default package, whose areas can be chosen.
        lang: zh or en.
    """
    import xlsxwriter

    areas = load("guangdong", None, home).areas
    names = areas["name_zh" if lang == "zh" else "name_en"]
    lists = Lists(list(names), PERIODS[lang], RESIDENCES[lang], MEASURES[lang], UNITS[lang])
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": "tibiao", "created": CREATED})
    figures, example, how, chosen = (book.add_worksheet(name) for name in SHEETS[lang])
    _write_table(book, figures, lang, lists, ())
    _write_table(book, example, lang, None, EXAMPLE[lang])
    _write_text(book, how, HOW[lang])
    for column, values in enumerate(lists):
        chosen.write_column(0, column, values)
    chosen.hide()
    figures.activate()
    book.close()
    return stream.getvalue()


def _write_table(book: Any, sheet: Any, lang: str, lists: Lists | None, rows: tuple[tuple[Any, ...], ...]) -> None:
    font = {"font_name": "Noto Sans SC" if lang == "zh" else "Arial", "font_size": 11}
    head = book.add_format(
        {**font, "bg_color": GREEN, "bottom": 2, "bottom_color": LINE, "align": "center", "valign": "vcenter"}
    )
    plain, text = book.add_format(font), book.add_format({**font, "num_format": "@"})
    day = book.add_format({**font, "num_format": "yyyy-mm-dd"})
    formats = (text, plain, plain, plain, plain, plain, plain, day, text)
    for column, (title, width, own) in enumerate(zip(HEADERS[lang], WIDTHS, formats, strict=True)):
        sheet.set_column(column, column, width, own)
        sheet.write_string(0, column, title, head)
    sheet.set_row(0, 24)
    sheet.freeze_panes(1, 0)
    for number, row in enumerate(rows, 1):
        for column, value in enumerate(row):
            if isinstance(value, dt.date):
                sheet.write_datetime(number, column, dt.datetime(value.year, value.month, value.day), day)
            elif value not in (None, ""):
                sheet.write(number, column, value, formats[column])
    if lists is None:
        return
    source = SHEETS[lang][3]
    for column, kind in ((0, 0), (2, 1), (3, 2), (4, 3), (6, 4)):
        letter, count = chr(65 + kind), len(lists[kind])
        loose = (
            {"error_type": "warning"} if column == 0 else {}
        )  # a code, or a district that the list lacks, may be written
        sheet.data_validation(
            1,
            column,
            ROWS,
            column,
            {"validate": "list", "source": f"='{source}'!${letter}$1:${letter}${count}", **loose},
        )
    sheet.data_validation(
        1, 1, ROWS, 1, {"validate": "integer", "criteria": "between", "minimum": 1990, "maximum": 2050}
    )
    sheet.data_validation(1, 5, ROWS, 5, {"validate": "decimal", "criteria": ">=", "value": 0})
    sheet.data_validation(
        1,
        7,
        ROWS,
        7,
        {"validate": "date", "criteria": "between", "minimum": dt.date(1990, 1, 1), "maximum": dt.date(2050, 12, 31)},
    )


def _write_text(book: Any, sheet: Any, lines: tuple[str, ...]) -> None:
    wrapped = book.add_format({"text_wrap": True, "valign": "top", "font_size": 11})
    number = book.add_format({"font_color": GREY, "valign": "top"})
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 4)
    sheet.set_column(1, 1, 96)
    for row, line in enumerate(lines):
        sheet.write_string(row, 0, str(row + 1), number)
        sheet.write_string(row, 1, line, wrapped)
