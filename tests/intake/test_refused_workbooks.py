"""Workbooks that cannot be read with certainty: refused with sheet, cell, what was found and what was expected."""

import datetime as dt
import re

import openpyxl
import pytest
from openpyxl.styles import Font

from analysis.errors import DataRefused
from analysis.intake.grid import read_grid

TITLE = ["2024年全省城乡低保标准表"]
HEAD = ["地区", "城镇低保标准（元/月）", "农村低保标准（元/月）"]
BODY = [["广州", 1282, 1282], ["湛江", 860, 645], ["云浮", 895, 672]]


def but(**cells):
    """Fill a clean table and change some of its cells."""

    def fill(sheet):
        for row in (TITLE, HEAD, *BODY):
            sheet.append(row)
        for address, value in cells.items():
            sheet[address] = value

    return fill


def struck(sheet):
    but()(sheet)
    sheet["B4"].font = Font(strike=True)


def hidden_row(sheet):
    but()(sheet)
    sheet.row_dimensions[4].hidden = True


def hidden_column(sheet):
    but()(sheet)
    sheet.column_dimensions["C"].hidden = True


def scaled(sheet):
    for row in (["2024年3月农村低保人数"], ["地区", "人数"], ["湛江", 79900]):
        sheet.append(row)
    sheet["B3"].number_format = "0!.0,"


def merged_down(sheet):
    but(B5=None)(sheet)
    sheet.merge_cells("B4:B5")


MONTH = "is it an amount a year"
REFUSED = {
    "formula without its value": (but(B4="=430*2"), r"Sheet1!B4: '=430\*2': expected the value of the formula"),
    "error": (but(B4="#DIV/0!"), r"Sheet1!B4: '#DIV/0!': expected a figure, not an error"),
    "error #N/A": (but(C5="#N/A"), r"Sheet1!C5: '#N/A': expected a figure, not an error"),
    "yearly amount in a monthly column": (but(B4=860 * 12), rf"Sheet1!B4: '10320': expected 100 to 3000 yuan a month .*{MONTH}"),
    "both residences yearly, within the bounds": (but(B4=230 * 12, C4=240 * 12), r"Sheet1!B4: '2760': expected another value, .*on the year before"),
    "a whole column yearly without saying so": (
        [TITLE, ["地区", "农村低保标准"], ["湛江", 7740], ["云浮", 8064]], r"Sheet1!B3: '7740': expected the period of dibao standard: 元/月 or 元/年"),
    "a change of more than 40 % on the year before": (but(B3=1850, C3=1850), r"Sheet1!B3: '1850': expected .*on the year before"),
    "rural a fifth of urban": (but(C5=172), r"Sheet1!C5: '172': expected another value.*rural is 0.19 of urban"),
    "negative": (but(B4=-860), r"Sheet1!B4: '-860': expected a number above zero"),
    "zero": (but(B4=0), r"Sheet1!B4: '0': expected 100 to 3000"),
    "bracketed": (but(B4="(860)"), r"Sheet1!B4: '\(860\)': expected one number"),
    "about": (but(B4="约860"), r"Sheet1!B4: '约860': expected one number"),
    "at least": (but(B4="≥860"), r"Sheet1!B4"),
    "two figures in one cell": (but(B4="860/645"), r"Sheet1!B4: '860/645': expected one number, with a unit or none; '/645' is not understood"),
    "a range": (but(B4="800-860"), r"Sheet1!B4"),
    "Chinese numeral": (but(B4="八百六十"), r"Sheet1!B4: '八百六十': expected one number"),
    "separators that separate no thousands": (but(B4="8,60"), r"Sheet1!B4: '8,60': expected one number"),
    "decimal comma": (but(B4="860,5"), r"Sheet1!B4: '860,5': expected one number"),
    "letter O for zero": (but(B4="86O"), r"Sheet1!B4: '86O'"),
    "a raised digit": (but(B4="86²0"), r"Sheet1!B4: '86²0': expected a number without raised"),
    "a date in a cell of figures": (but(B4=dt.datetime(2024, 5, 1)), r"Sheet1!B4: .*expected a number; the cell is formatted as a date"),
    "true": (but(B4=True), r"Sheet1!B4: 'True': expected a number, not true or false"),
    "yearly unit in a monthly column": (but(B4="10320元/年"), r"Sheet1!B4: .*expected one unit; cell, row and header name"),
    "struck out": (struck, r"Sheet1!B4: '860': expected a figure that is not struck out"),
    "hidden row": (hidden_row, r"Sheet1!A4: '湛江': expected rows that can be seen"),
    "hidden column": (hidden_column, r"Sheet1!C2: .*expected columns that can be seen"),
    "a format that shows another number": (scaled, r"Sheet1!B3: '79900': expected a plain number; its format '0!.0,' shows another"),
    "a figure merged over two areas": (merged_down, r"Sheet1!B4: '860': expected a figure of its own in each cell"),
    "unknown area": (but(A4="湛讲"), r"Sheet1!A4: '湛讲': expected an area of the package"),
    "area NA": (but(A4="NA"), r"Sheet1!A4: 'NA': expected an area of the package"),
    "markup for an area": (but(A4="<script>"), r"Sheet1!A4: '<script>': expected an area"),
    "an area that a spreadsheet would run": (but(A4='=HYPERLINK("x")'), r"Sheet1!A4: .*expected the value of the formula"),
    "no area": (but(A4=None), r"Sheet1!A4: '': expected an area beside these figures"),
    "code and name disagree": (
        [TITLE, ["代码", *HEAD], ["440100", "湛江", 860, 645]], r"Sheet1!A3: '440100': expected the code of 湛江, 440800"),
    "area twice": (but(A5="湛江市"), r"Sheet1!B5: '895': expected one figure of 440800 2024 Y urban dibao standard; B4 has '860' for it"),
    "totals that do not agree": (
        [["2024年4月农村低保人数（人）"], ["地区", "人数"], ["广州", 21000], ["湛江", 79900], ["合计", 100901]],
        r"Sheet1!B5: '100901': expected 100900, the sum of its 2 parts \(B3 to B4\)"),
    "town and country do not add up": (
        [["2024年4月低保人数（人）"], ["地区", "城镇", "农村", "合计"], ["湛江", 20050, 79900, 99990]],
        r"Sheet1!D3: '99990': expected 99950, the sum of its 2 parts"),
    "a part above its whole": (
        [["2024年3月农村低保人数（万人）"], ["地区", "人数"], ["全省", 7], ["湛江", 7.99]], r"Sheet1!B3: '7'"),
    "no year": ([["全省低保标准"], *[HEAD, *BODY]], r"Sheet1!B3: '1282': expected a year"),
    "two years in one header": (
        [["地区", "2023-2024年城镇低保标准（元/月）"], ["湛江", 860]], r"Sheet1!B1: .*expected"),
    "no town or country": ([["2024年低保标准"], ["地区", "标准（元/月）"], ["湛江", 860]], r"Sheet1!B3: '860': expected town or country"),
    "城乡 in the title alone": ([["2024年城乡低保标准"], ["地区", "标准（元/月）"], ["湛江", 860]], r"Sheet1!B3: '860': expected town or country"),
    "no measure": ([["2024年统计表"], ["地区", "城镇（元/月）"], ["湛江", 860]], r"Sheet1!B3: '860': expected a measure"),
    "words that are not understood": (
        [TITLE, ["地区", "城镇低保标准封顶（元/月）"], ["湛江", 860]], r"Sheet1!B2: .*'封顶' is not understood"),
    "figures without a header": (
        [TITLE, [*HEAD, None], [*BODY[0], 5]], r"Sheet1!D3: '5': expected a header over this column"),
    "money without its unit": (
        [["2023年农村低保资金支出"], ["地区", "支出"], ["湛江", 28764]], r"Sheet1!B3: '28764': expected the unit of dibao spending, such as 万元"),
    "money a hundred times too much": (
        [["2023年农村低保"], ["地区", "人数（人）", "支出（亿元）"], ["湛江", 80500, 2876]], r"Sheet1!C3: '2876': expected 20 to 6000 yuan a recipient"),
    "persons with a fraction": (
        [["2024年3月农村低保人数"], ["地区", "人数"], ["湛江", 7.99]], r"Sheet1!B3: '7.99': expected a whole number of persons; is it in tens of thousands"),
    "the province's recipients a thousandth": (
        [["2024年4月农村低保人数（人）"], ["地区", "人数"], ["全省", 1089]], r"Sheet1!B3: '1089': expected about 1089000"),
    "persons where 万人 is said": (
        [["2024年4月农村低保人数（万人）"], ["地区", "人数"], ["湛江", 79900]], r"Sheet1!B3: '79900': expected 20,000,000 persons at most"),
    "persons of a city where 万人 is meant": (
        [["2024年4月农村低保人数"], ["地区", "人数"], ["湛江", 8]], r"Sheet1!B3: '8': expected 73 to 1,833,000 persons among 7,332,000 residents"),
    "a title of last year on a sheet of this": (
        lambda sheet: (setattr(sheet, "title", "2024年"), [sheet.append(row) for row in (["2023年低保标准"], HEAD, *BODY)]),
        r"2024年!A1: '2023年低保标准': expected a title of 2024, as the sheet's name"),
    "titles of two years": (
        [["2024年低保标准"], ["二〇二三年十二月"], HEAD, *BODY], r"Sheet1!A1: '2024年低保标准': expected one year in the titles"),
    "a heading that is not understood": (
        [["2024年低保标准（元/月）"], ["地区", "标准"], ["城镇"], ["湛江", 860], ["农村含垦区"], ["云浮", 672]],
        r"Sheet1!A5: '农村含垦区': expected a heading that intake knows"),
    "a supplement above its standard": (
        [["2024年城镇低保（元/月）"], ["地区", "标准", "补差水平"], ["湛江", 860, 900]], r"Sheet1!C3: '900': expected no more than the standard in B3"),
    "country where there is none": (
        [TITLE, HEAD, ["深圳", 1483, 1483]], r"Sheet1!C3: '1483': expected no figure: 深圳 has no rural residence"),
    "month with a point": (
        [["地区", "时间", "农村低保人数（人）"], ["湛江", 2024.1, 79900]], r"Sheet1!B2: '2024.1': expected a year, or year and month"),
    "another province": ([TITLE, ["代码", *HEAD], ["450100", "南宁", 810, 600]], r"Sheet1!A3: '450100': expected"),
    "a standard of the province": (
        [TITLE, HEAD, ["全省", 1012, 866]], r"Sheet1!B3: '1012': expected the standard of a city"),
    "no header at all": ([["甲", "乙"], [1, 2]], r"Sheet1!A1: '甲': expected a header with 地区"),
}  # fmt: skip


# Rows of the catalogue of faults.
FAULTS = {
    "formula without its value": 37, "error": 37, "error #N/A": 37, "a figure merged over two areas": 37,
    "bracketed": 38, "Chinese numeral": 38, "separators that separate no thousands": 38, "decimal comma": 38,
    "letter O for zero": 38, "area twice": 40, "area NA": 43, "yearly amount in a monthly column": 44,
    "both residences yearly, within the bounds": 44, "a whole column yearly without saying so": 44,
    "a change of more than 40 % on the year before": 44, "negative": 45, "zero": 45, "markup for an area": 46,
    "an area that a spreadsheet would run": 47,
}  # fmt: skip


@pytest.mark.parametrize(
    "habit", [pytest.param(name, marks=pytest.mark.fault(FAULTS[name]) if name in FAULTS else ()) for name in REFUSED]
)
def test_a_doubt_is_refused_with_its_cell(reading, habit):
    made, said = REFUSED[habit]
    told = reading.doubts(reading.book(made))
    assert told.startswith("figures.xlsx: "), told
    assert re.search(said, told), told


def test_a_cell_that_is_doubtful_for_three_reasons_is_one(reading):
    told = reading.doubts(reading.book(but(C4=7740))).splitlines()
    assert told[0] == "figures.xlsx: 1 cell is doubtful (3 reasons); nothing was written"
    assert [line.split(":")[0] for line in told[1:]] == ["  Sheet1!C4"] * 3


def test_every_fault_has_its_habit():
    assert set(FAULTS) < set(REFUSED)


def test_all_doubts_are_told_at_once_and_the_first_twenty_shown(reading):
    rows = [[f"某地{number}", 860, 645] for number in range(30)]
    told = reading.doubts(reading.book([TITLE, HEAD, *rows])).splitlines()
    assert told[0] == "figures.xlsx: 30 cells are doubtful; nothing was written"
    assert len(told) == 22
    assert told[-1] == "  and 10 more"


def test_a_note_of_the_department_lets_an_odd_figure_pass(reading):
    head = [*HEAD, "备注"]
    odd = reading.book([TITLE, head, ["广州", 1850, 1850, "核实：穗民〔2024〕1号"]])
    assert {value for value, _ in reading.of(odd).values()} == {1850}
    reading.doubts(reading.book([TITLE, head, ["广州", 1850, 1850, "穗民〔2024〕1号"]]))


@pytest.mark.fault(45)
def test_what_is_odd_but_possible_is_flagged(reading):
    reading.of(reading.book([TITLE, HEAD, ["韶关", 860, 870]]))
    flags = {one.cell: one.why for one in reading.journal.lines if one.read_as == "flagged"}
    assert "the country is above the town" in flags["C3"]


@pytest.mark.parametrize("name", ["old.xls", "sheet.ods", "picture.png", "noending"])
def test_other_kinds_of_file_are_refused_by_name(tmp_path, name):
    (tmp_path / name).write_bytes(b"\xd0\xcf\x11\xe0")
    with pytest.raises(DataRefused, match=r"save it as \.xlsx"):
        read_grid(tmp_path / name)


def test_a_damaged_or_protected_workbook_is_refused(tmp_path):
    path = tmp_path / "damaged.xlsx"
    path.write_bytes(b"\xd0\xcf\x11\xe0 protected")
    with pytest.raises(DataRefused, match=r"damaged\.xlsx: cannot be read as a workbook"):
        read_grid(path)
    with pytest.raises(DataRefused, match="no such file"):
        read_grid(tmp_path / "missing.xlsx")


@pytest.mark.fault(37)
def test_a_formula_with_its_value_is_read_and_said_so(reading, tmp_path):
    xlsxwriter = pytest.importorskip("xlsxwriter")
    path = tmp_path / "formula.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    for number, row in enumerate((TITLE, HEAD[:2], ["湛江", None])):
        sheet.write_row(number, 0, row)
    sheet.write_formula("B3", "=430*2", None, 860)
    book.close()
    assert [value for value, _ in reading.of(path).values()] == [860]
    assert openpyxl.load_workbook(path)["Sheet1"]["B3"].data_type == "f"
