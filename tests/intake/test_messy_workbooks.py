"""Workbooks as departments keep them, one habit each: read right, value by value."""

import datetime as dt

import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

MONTH, YEAR = "yuan/person/month", "yuan/person/year"
GZ, ZJ, YF, HY = "440100", "440800", "445300", "441600"


def standard(*rows, year=2024):
    """Return what a table of dibao standards comes to: area, urban, rural."""
    return {
        (code, year, "Y", side, "dibao standard"): (value, MONTH)
        for code, *values in rows
        for side, value in zip(("urban", "rural"), values, strict=True)
    }


THREE = standard((GZ, 1282, 1282), (ZJ, 860, 645), (YF, 895, 672))
HEAD = ["地区", "城镇低保标准（元/月）", "农村低保标准（元/月）"]
BODY = [["广州", 1282, 1282], ["湛江", 860, 645], ["云浮", 895, 672]]
TITLE = ["2024年全省城乡低保标准表"]


def merged_two_level(sheet):
    for row in (["2024年低保标准和补差水平（单位：元/月）"], ["地区", "城镇", None, "农村", None], [None, "标准", "补差水平", "标准", "补差水平"],
                ["广州", 1282, 800, 1282, 790], ["湛江", 860, 653, 645, 297]):  # fmt: skip
        sheet.append(row)
    for block in ("A1:E1", "A2:A3", "B2:C2", "D2:E2"):
        sheet.merge_cells(block)


def merged_areas(sheet):
    for row in (
        TITLE,
        ["地区", "城乡", "低保标准（元/月）"],
        ["广州", "城镇", 1282],
        [None, "农村", 1282],
        ["湛江", "城镇", 860],
        [None, "农村", 645],
    ):
        sheet.append(row)
    sheet.merge_cells("A3:A4")
    sheet.merge_cells("A5:A6")


def merged_figure(sheet):
    for row in (TITLE, HEAD, ["广州", 1282, None], *BODY[1:]):
        sheet.append(row)
    sheet.merge_cells("B3:C3")


def three_levels(sheet):
    for row in (["地区", "2023年", None, None, None, "2024年", None, None, None], [None, "城镇", None, "农村", None, "城镇", None, "农村", None],
                [None, *["低保标准（元/月）", "低保人数（人）"] * 4], ["湛江", 857, 20100, 600, 80500, 860, 20050, 645, 79900]):  # fmt: skip
        sheet.append(row)
    for block in ("A1:A3", "B1:E1", "F1:I1", "B2:C2", "D2:E2", "F2:G2", "H2:I2"):
        sheet.merge_cells(block)


def raised_mark(sheet):
    for row in (TITLE, HEAD, *BODY):
        sheet.append(row)
    sheet["B3"] = CellRichText("1282", TextBlock(InlineFont(vertAlign="superscript"), "1"))


def format_with_unit(sheet):
    for row in (TITLE, ["地区", "城镇低保标准", "农村低保标准"], *BODY):
        sheet.append(row)
    for row in range(3, 6):
        sheet.cell(row, 2).number_format = sheet.cell(row, 3).number_format = '0"元/月"'


def helper_sheet(sheet):
    sheet.sheet_state = "hidden"
    for row in (["地区", "城镇低保标准（元/月）"], ["广州", 1]):
        sheet.append(row)


HABITS = {
    "title row, plain header": ([TITLE, HEAD, *BODY], THREE),
    "English headers": (
        [["Dibao standards 2024"], ["City", "Urban standard (yuan/month)", "Rural standard (yuan/month)"],
         ["Guangzhou", 1282, 1282], ["Zhanjiang City", 860, 645], ["Yunfu", 895, 672]], THREE),
    "the day of filling in": ([TITLE, ["填报日期：2025年1月5日"], HEAD, *BODY], THREE),
    "unit in a row of its own, right": ([TITLE, [None, None, "单位：元/月"], ["地区", "城镇", "农村"], *BODY], THREE),
    "two-level header, merged": (
        merged_two_level,
        standard((GZ, 1282, 1282), (ZJ, 860, 645)) | {
            (code, 2024, "Y", side, "dibao supplement_floor"): (value, MONTH)
            for code, side, value in ((GZ, "urban", 800), (GZ, "rural", 790), (ZJ, "urban", 653), (ZJ, "rural", 297))}),
    "three-level header": (
        three_levels,
        standard((ZJ, 857, 600), year=2023) | standard((ZJ, 860, 645)) | {
            (ZJ, year, "Y", side, "dibao recipients"): (value, "persons")
            for year, side, value in ((2023, "urban", 20100), (2023, "rural", 80500), (2024, "urban", 20050), (2024, "rural", 79900))}),
    "area merged over its rows": (merged_areas, standard((GZ, 1282, 1282), (ZJ, 860, 645))),
    "one figure merged over town and country": (merged_figure, THREE),
    "one standard for both": (
        [["2024年城乡统一低保标准"], ["地区", "标准（元/月）"], ["广州", 1282]], standard((GZ, 1282, 1282))),
    "wide by year": (
        [["城镇低保标准（元/月）"], ["地区", 2023, 2024], ["湛江", 857, 860], ["云浮", 860, 895]],
        {(code, year, "Y", "urban", "dibao standard"): (value, MONTH)
         for code, year, value in ((ZJ, 2023, 857), (ZJ, 2024, 860), (YF, 2023, 860), (YF, 2024, 895))}),
    "wide by area": (
        [["农村低保标准（元/月）"], ["年份", "湛江市", "云浮市", "河源市"], [2023, 600, 620, 640], [2024, 645, 672, 701]],
        {(code, year, "Y", "rural", "dibao standard"): (value, MONTH)
         for year, values in ((2023, (600, 620, 640)), (2024, (645, 672, 701))) for code, value in zip((ZJ, YF, HY), values, strict=True)}),
    "measures down, areas across": (
        [["2024年"], ["指标", "湛江", "云浮"], ["城镇低保标准（元/月）", 860, 895], ["农村低保标准（元/月）", 645, 672], ["农村低保人数（人）", 79900, 61000]],
        standard((ZJ, 860, 645), (YF, 895, 672)) | {
            (code, 2024, "Y", "rural", "dibao recipients"): (value, "persons") for code, value in ((ZJ, 79900), (YF, 61000))}),
    "long": (
        [["地区", "年份", "城乡", "项目", "数值", "单位"], ["湛江", 2024, "城镇", "低保标准", 860, "元/月"], ["湛江", 2024, "农村", "低保标准", 645, "元/月"],
         ["湛江", 2024, "农村", "低保人数", 7.99, "万人"]],
        standard((ZJ, 860, 645)) | {(ZJ, 2024, "Y", "rural", "dibao recipients"): (7.99, "10,000 persons")}),
    "years down, one city in the title": (
        [["湛江市历年低保标准（元/月）"], ["年份", "城镇", "农村"], [2023, 857, 600], [2024, 860, 645]],
        standard((ZJ, 857, 600), year=2023) | standard((ZJ, 860, 645))),
    "full-width digits": ([TITLE, HEAD, ["广州", "１２８２", "１２８２"], *BODY[1:]], THREE),
    "separators of thousands": ([TITLE, HEAD, ["广州", "1,282", "1，282"], *BODY[1:]], THREE),
    "unit in the cell": ([TITLE, ["地区", "城镇低保标准", "农村低保标准"], ["广州", "1282元/月", "1282元/人·月"], ["湛江", "860元/月", "645 元/月"], ["云浮", "895元/月", "672元/月"]], THREE),
    "unit in the number format": (format_with_unit, THREE),
    "numbers kept as text": ([TITLE, HEAD, *[[name, str(urban), f" {rural} "] for name, urban, rural in BODY]], THREE),
    "formula-free decimals": ([TITLE, HEAD, ["广州", 1282.0, 1282.0000000001], *BODY[1:]], THREE),
    "areas with blanks, endings and parents": ([TITLE, HEAD, ["广 州", 1282, 1282], ["广东省湛江市", 860, 645], ["云 浮　市", 895, 672]], THREE),
    "areas by code, of every kind": ([TITLE, ["行政区划代码", *HEAD[1:]], [440100, 1282, 1282], [440800.0, 860, 645], ["445300000000", 895, 672]], THREE),
    "code and name": ([TITLE, ["代码", *HEAD], ["440100", *BODY[0]], ["440800", *BODY[1]], ["445300.0", *BODY[2]]], THREE),
    "Chinese-numeral year": ([["二〇二四年城乡低保标准"], HEAD, *BODY], THREE),
    "Chinese-numeral year with a circle": ([["二○二四年城乡低保标准"], HEAD, *BODY], THREE),
    "year in the name of the sheet": (lambda sheet: (setattr(sheet, "title", "2024年"), [sheet.append(row) for row in (HEAD, *BODY)]), THREE),
    "year as a date": (
        [["地区", "年度", *HEAD[1:]], *[[name, dt.datetime(2024, 1, 1), *values] for name, *values in BODY]], THREE),
    "yearly amounts whose header says so": (
        [["2024年特困人员基本生活标准"], ["地区", "农村（元/年）"], ["湛江", 12384], ["云浮", 12910]],
        {(ZJ, 2024, "Y", "rural", "tekun basic_living_standard"): (12384, YEAR), (YF, 2024, "Y", "rural", "tekun basic_living_standard"): (12910, YEAR)}),
    "footnotes, signatures and their marks": (
        [TITLE, HEAD, ["广州*", "1282①", "1282[1]"], ["湛江", "860*", "645（注1）"], BODY[2], ["注：①含南沙"], ["填表人：张三", None, "审核：李四"]], None),
    "marks behind figures": (
        [TITLE, HEAD, ["广州", "1282①", "1282[1]"], ["湛江", "860*", "645（注1）"], BODY[2], ["注：①含南沙"], ["填表人：张三", None, "审核：李四"]], THREE),
    "a raised mark": (raised_mark, THREE),
    "totals that agree": (
        [["2024年4月低保人数（人）"], ["地区", "城镇", "农村", "合计"], ["广州", 15000, 21000, 36000], ["湛江", 20050, 79900, 99950], ["合计", 35050, 100900, 135950]],
        {(code, 2024, "M04", side, "dibao recipients"): (value, "persons")
         for code, *values in ((GZ, 15000, 21000, 36000), (ZJ, 20050, 79900, 99950))
         for side, value in zip(("urban", "rural", "both"), values, strict=True)}),
    "tens of thousands": (
        [["2024年3月农村低保对象"], ["地区", "人数（万人）"], ["全省", 108.9], ["湛江", 7.99]],
        {("440000", 2024, "M03", "rural", "dibao recipients"): (108.9, "10,000 persons"), (ZJ, 2024, "M03", "rural", "dibao recipients"): (7.99, "10,000 persons")}),
    "money in 万元": (
        [["2023年低保资金支出"], ["地区", "农村（万元）"], ["湛江", "28,764.5"]],
        {(ZJ, 2023, "Y", "rural", "dibao spending"): (28764.5, "10,000 yuan")}),
    "no figure: dashes and words": ([TITLE, HEAD, *BODY, ["深圳", 1483, "—"], ["梅州", "无", "/"]], THREE | {("440300", 2024, "Y", "urban", "dibao standard"): (1483, MONTH)}),
    "growth and ranks beside": (
        [TITLE, [*HEAD, "城镇增幅（%）", "排名"], *[[*row, 3.5, 1] for row in BODY]], THREE),
    "serial numbers and phones": ([TITLE, ["序号", *HEAD, "联系电话"], *[[number, *row, "020-12345678"] for number, row in enumerate(BODY, 1)]], THREE),
    "headings between the rows": (
        [["2024年低保标准（元/月）"], ["地区", "标准"], ["城镇"], ["湛江", 860], ["云浮", 895], ["农村"], ["湛江", 645], ["云浮", 672]],
        standard((ZJ, 860, 645), (YF, 895, 672))),
    "header repeated on a second page": ([TITLE, HEAD, *BODY[:2], HEAD, BODY[2]], THREE),
    "class minima": (
        [["2024年城乡低保最低标准（元/月）"], ["类别", "城镇", "农村"], ["一类地区", 1206, 1206], ["四类", 860, 645]],
        {(f"440000-C{number}", 2024, "Y", side, "dibao minimum_standard"): (value, MONTH)
         for number, *values in ((1, 1206, 1206), (4, 860, 645)) for side, value in zip(("urban", "rural"), values, strict=True)}),
    "no period, but beside what is known": ([TITLE, ["地区", "城镇低保标准", "农村低保标准"], *BODY], THREE),
    "disability subsidies": (
        [["2024年残疾人两项补贴标准"], ["地区", "困难残疾人生活补贴（元/月）", "重度残疾人护理补贴（元/月）"], ["广州", 206, 280]],
        {(GZ, 2024, "Y", "both", "disability_living standard"): (206, MONTH), (GZ, 2024, "Y", "both", "disability_nursing standard"): (280, MONTH)}),
    "rural consumption a year": (
        [["2023年农村居民人均消费支出（元）"], ["地区", "2023年"], ["湛江", 17900]],
        {(ZJ, 2023, "Y", "rural", "consumption_expenditure_per_capita"): (17900, YEAR)}),
    "corner left blank": ([TITLE, [None, *HEAD[1:]], *BODY], THREE),
    "an average row": ([TITLE, HEAD, *BODY, ["平均", 1012.3, 866.3]], THREE),
}  # fmt: skip
HABITS = {name: one for name, one in HABITS.items() if one[1] is not None}
# Rows of the catalogue of faults.
FAULTS = {
    "two-level header, merged": 37, "three-level header": 37, "area merged over its rows": 37,
    "one figure merged over town and country": 37, "full-width digits": 38, "separators of thousands": 38,
    "unit in the cell": 38, "numbers kept as text": 38, "no figure: dashes and words": 38,
    "areas by code, of every kind": 42,
}  # fmt: skip


@pytest.mark.parametrize(
    "habit", [pytest.param(name, marks=pytest.mark.fault(FAULTS[name]) if name in FAULTS else ()) for name in HABITS]
)
def test_a_habit_is_read_value_by_value(reading, habit):
    made, expected = HABITS[habit]
    assert reading.of(reading.book(made)) == expected


def test_there_are_more_than_thirty_habits():
    assert len(HABITS) > 30
    assert set(FAULTS) < set(HABITS)


def test_what_is_merged_is_named_by_its_first_cell_where_the_text_stands(reading):
    reading.of(reading.book(merged_two_level))
    empty = {"B1", "C1", "D1", "E1", "A3", "C2", "E2"}
    assert not empty & {one.cell for one in reading.journal.lines}
    assert {"A1", "A2", "B2", "D2"} & {one.cell for one in reading.journal.lines}


def test_several_sheets_are_one_table_and_hidden_ones_are_left_out(reading):
    def named(title, rows):
        return lambda sheet: (setattr(sheet, "title", title), [sheet.append(row) for row in rows])

    path = reading.book(
        named("城镇", [["地区", "2024年低保标准（元/月）"], ["湛江", 860]]),
        named("农村", [["地区", "2024年低保标准（元/月）"], ["湛江", 645]]),
        helper_sheet,
    )
    assert reading.of(path) == standard((ZJ, 860, 645))
    assert any("hidden sheet" in one.why for one in reading.journal.lines)


def test_the_same_figure_on_two_sheets_is_one(reading):
    assert reading.of(reading.book([TITLE, HEAD, *BODY], [TITLE, HEAD, BODY[0]])) == THREE
    assert any("stands on Sheet1!B3 too" in one.why for one in reading.journal.lines)


def test_tables_below_each_other_keep_their_own_titles(reading):
    head, older = ["地区", "城镇", "农村"], [["广州", 1240, 1240], ["湛江", 857, 600]]
    rows = [
        ["2023年低保标准（元/月）"],
        head,
        *older,
        ["注：2023年执行"],
        [],
        ["2024年低保标准（元/月）"],
        head,
        *BODY[:2],
    ]
    assert reading.of(reading.book(rows)) == standard((GZ, 1240, 1240), (ZJ, 857, 600), year=2023) | standard(
        (GZ, 1282, 1282), (ZJ, 860, 645)
    )


def test_tables_of_years_below_each_other(reading):
    head = ["年份", "城镇", "农村"]
    rows = [
        ["湛江市低保标准（元/月）"],
        head,
        [2023, 857, 600],
        [2024, 860, 645],
        ["云浮市低保标准（元/月）"],
        head,
        [2024, 895, 672],
    ]
    assert reading.of(reading.book(rows)) == standard((ZJ, 857, 600), year=2023) | standard(
        (ZJ, 860, 645), (YF, 895, 672)
    )


def test_every_conversion_is_logged_with_its_cell(reading):
    reading.of(reading.book([TITLE, ["地区", "城镇低保标准"], ["广 州", "１,282元/月"]]))
    lines = {one.cell: one for one in reading.journal.lines}
    assert (lines["A3"].found, lines["A3"].read_as) == ("广 州", "440100 广州")
