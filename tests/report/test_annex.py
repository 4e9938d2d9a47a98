"""The annex of the yearly notice: every number is a result, what is not known stays empty, text stays text."""

import io
import re
import zipfile
from collections import Counter
from dataclasses import replace

import pytest
from docx import Document
from docx.enum.section import WD_ORIENTATION
from docx.oxml.ns import qn
from openpyxl import load_workbook

from analysis.errors import ScenarioFailed
from analysis.inputs.scenario import read_scenario
from analysis.model.results import with_keys
from analysis.model.simulate import simulate
from analysis.model.simulate.rows import result_rows
from analysis.report.annex import annex
from analysis.report.annex.sheets import floors, movers
from analysis.report.annex.table import Number, Table
from analysis.report.facts import Facts
from analysis.report.wording import Wording

CONTEXT = {"scenario": "基准方案", "as_of": "2024-06-30", "minima": "粤民发〔2024〕40号"}
NUMBER = re.compile(r"\d+(?:\.\d+)?%?")
HOSTILE = ('=HYPERLINK("x")', "<script>alert(1)</script>", "$\\frac{", "http://x.cn", "@SUM(A1)")


@pytest.fixture(scope="module")
def facts(evidence_june, baseline, outcome_june, rules):
    return Facts(result_rows(evidence_june, baseline, outcome_june, rules), baseline.id, "zh")


@pytest.fixture(scope="module")
def wording(evidence_june):
    return Wording("zh", evidence_june.areas)


@pytest.fixture(scope="module")
def made(facts, wording, rules):
    return annex(facts, wording, CONTEXT, rules)


@pytest.fixture(scope="module")
def word(made):
    return Document(io.BytesIO(made["docx"]))


@pytest.fixture(scope="module")
def book(made):
    return load_workbook(io.BytesIO(made["xlsx"]))


def grid(table):
    """Return a Word table's cells as text, joined cells once."""
    rows, seen = [], set()
    for row in table.rows:
        rows.append(["" if cell._tc in seen else cell.text for cell in row.cells])
        seen |= {cell._tc for cell in row.cells}
    return rows


def shown(cell):
    """Return a number of a sheet as it is shown."""
    pattern, star = cell.number_format.replace('"*"', ""), "*" * ('"*"' in cell.number_format)
    decimals = len(pattern.rstrip("%").partition(".")[2])
    value = cell.value * 100 if pattern.endswith("%") else cell.value
    return f"{value:.{decimals}f}{'%' * pattern.endswith('%')}{star}"


def body_numbers(word):
    """Return the numbers of the tables' bodies, heads left out: they hold years."""
    found = Counter()
    for table in word.tables:
        heads = sum(row._tr.trPr.find(qn("w:tblHeader")) is not None for row in table.rows)
        for row in grid(table)[heads:]:
            found.update(text for text in row if re.fullmatch(r"-?[\d.]+%?\*?", text))
    return found


def test_every_number_of_the_workbook_is_the_result_that_its_list_names(book, facts):
    keyed, listed = with_keys(facts.table), {}
    for label, place, value, key, grade, rests_on in book["出处"].iter_rows(min_row=2, values_only=True):
        row = keyed.loc[key]
        assert value == row["value"]
        assert (grade or "", (rests_on or "").replace("、", ";")) == (row["grade"], row["rests_on"])
        listed[label, place] = value
    assert len(listed) > 130
    for label in ("附件1", "附件2"):
        for row in book[label].iter_rows():
            for cell in row:
                if isinstance(cell.value, int | float):
                    assert listed.pop((label, cell.coordinate)) == cell.value
    # What is left stands in a note.
    assert list(listed.values()) == [facts.value("unknown_areas", year=2024)]


def test_every_number_of_the_word_document_stands_in_the_workbook(word, book):
    sheets = Counter(
        shown(cell)
        for label in ("附件1", "附件2")
        for row in book[label].iter_rows()
        for cell in row
        if isinstance(cell.value, int | float)
    )
    assert body_numbers(word) == sheets
    # Outside the tables stand the day, the documents, the years, the numbers of notes and one count.
    text = "\n".join(paragraph.text for paragraph in word.paragraphs)
    text = text.replace("2024-06-30", "").replace("〔2024〕40号", "")
    text = re.sub(r"附件\d|^(注：|　　)\d\.|20\d\d年", "", text, flags=re.M)
    assert NUMBER.findall(text) == ["14"]


def test_annex_one_sets_what_is_in_force_beside_what_is_proposed(word):
    labels = [paragraph.text for paragraph in word.paragraphs if paragraph.style.name == "Annex Label"]
    titles = [paragraph.text for paragraph in word.paragraphs if paragraph.style.name == "Title"]
    assert labels == ["附件1", "附件2"]
    assert titles[0] == "2025年全省城乡低保最低标准\n和最低补差水平（拟定）"
    assert "单位：元/人·月" in [paragraph.text for paragraph in word.paragraphs if paragraph.style.name == "Annex Unit"]
    rows = grid(word.tables[0])
    assert rows[0][3] == "低保最低标准"
    assert rows[1][3:7] == ["2024年\n现行", "2025年\n拟定", "提高", "增幅"]
    assert rows[2] == ["一类地区", "广州、深圳", "城镇", "1206", "1249", "43", "3.6%", "", "", "", ""]
    assert rows[4][:3] == ["二类地区", "珠海、佛山、东莞、中山", "城镇"]
    assert rows[9] == ["", "", "农村", "645", "669", "24", "3.7%", "334*", "346*", "12*", "3.6%*"]
    linked = grid(word.tables[1])
    assert linked[1] == ["四类地区", "特困人员基本生活标准", "粤民函〔2024〕135号", "城镇", "1376", "1426"]
    assert linked[4][3:] == ["农村", "967.5", "1003.5"]


def test_annex_two_leaves_empty_what_is_not_known(word, facts):
    rows = {row[1]: row for row in grid(word.tables[2])[2:]}
    assert len(rows) == 23
    assert rows["惠州"][2:8] == ["932", "965", "33", "932", "965", "33"]
    assert rows["惠州"][8:] == ["698", "723*", "25*", "528", "547*", "19*", "标准、补差须提高"]
    assert rows["韶关"][2:] == ["", "891", "", "", "669", "", "", "702*", "", "", "346*", "", "待报送"]
    assert rows["广州"][8:] == [""] * 6 + ["可自定，补差待报"]
    assert rows["深圳"][5:8] == ["", "", ""]
    assert rows["佛山"][-1] == "补差须提高"
    assert rows["云浮"][-1] == "可自定"
    asked = next(paragraph.text for paragraph in word.paragraphs if "请报送的市" in paragraph.text)
    names = asked.partition("）：")[2].partition("。")[0].split("、")
    assert len(names) == facts.value("unknown_areas", year=2024) == 14
    assert {"韶关", "江门", "肇庆"} <= set(names)
    assert {"广州", "惠州"}.isdisjoint(names)


def test_inferred_and_assumed_numbers_alone_carry_a_star(facts, wording, rules):
    for sheet in (floors(facts, wording, CONTEXT, rules), movers(facts, wording)):
        numbers = [cell for table in sheet.tables for row in table.rows for cell in row if isinstance(cell, Number)]
        for number in numbers:
            assert number.marked == (number.grade in ("derived", "inferred", "synthetic") or bool(number.rests_on))
            assert str(number).endswith("*") == number.marked
        assert {number.marked for number in numbers} == {True, False}
        assert any("带*的数" in str(cell) for note in sheet.notes for cell in note)


def test_an_assumed_number_is_starred_though_its_grade_is_good(facts, wording, rules):
    table = facts.table.copy()
    table.loc[table["measure"] == "minimum_standard", "rests_on"] = "follow_share"
    sheet = floors(Facts(table, facts.scenario, "zh"), wording, CONTEXT, rules)
    assert str(sheet.tables[0].rows[0][3]) == "1206*"


def test_the_annex_follows_the_scenario(evidence_june, rules, wording, home):
    frozen = read_scenario("freeze", home)
    table = result_rows(evidence_june, frozen, simulate(evidence_june, frozen, rules), rules)
    still = Facts(table, frozen.id, "zh")
    assert [str(cell) for cell in floors(still, wording, CONTEXT, rules).tables[0].rows[0][3:7]] == [
        "1206",
        "1206",
        "0",
        "0.0%",
    ]
    assert not [row for row in movers(still, wording).tables[0].rows if "标准须提高" in row[-1] or "标准、" in row[-1]]


def test_results_without_minima_are_refused(facts, wording, rules):
    table = facts.table[facts.table["measure"] != "minimum_standard"]
    with pytest.raises(ScenarioFailed, match="minim"):
        annex(Facts(table, facts.scenario, "zh"), wording, CONTEXT, rules)


def test_hostile_names_stay_text(facts, evidence_june, rules):
    areas = evidence_june.areas.copy()
    for code, name in zip(("440100", "440300", "440400", "440600", "441900"), HOSTILE, strict=True):
        areas.loc[code, "name_zh"] = name
    made = annex(facts, Wording("zh", areas), CONTEXT | {"scenario": HOSTILE[0]}, rules)
    book = load_workbook(io.BytesIO(made["xlsx"]))
    cells = [cell for row in book["附件2"].iter_rows() for cell in row if cell.value in HOSTILE]
    assert {cell.value for cell in cells} == set(HOSTILE)
    assert {cell.data_type for cell in cells} == {"s"}
    assert all(cell.hyperlink is None for cell in cells)
    # Text that begins with an equals sign stays text when it is edited, too.
    assert all(cell.quotePrefix for cell in cells)
    for name in zipfile.ZipFile(io.BytesIO(made["xlsx"])).namelist():
        content = zipfile.ZipFile(io.BytesIO(made["xlsx"])).read(name).decode()
        assert "<f>" not in content
        assert "<script" not in content
    word = Document(io.BytesIO(made["docx"]))
    assert {row[1] for row in grid(word.tables[2])} >= set(HOSTILE)
    assert "w:hyperlink" not in zipfile.ZipFile(io.BytesIO(made["docx"])).read("word/document.xml").decode()


def test_the_bytes_repeat_and_name_nobody(facts, wording, rules, made):
    assert annex(facts, wording, CONTEXT, rules) == made
    for content in made.values():
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
            core = archive.read("docProps/core.xml").decode()
            assert "2025年全省城乡低保最低标准" in core
            assert not re.search(r"<(dc:creator|cp:lastModifiedBy)>[^<]", core)


def test_pages_are_a4_with_heads_repeated(word, book):
    assert [section.orientation for section in word.sections] == [WD_ORIENTATION.PORTRAIT, WD_ORIENTATION.LANDSCAPE]
    for table in word.tables:
        assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in table.rows)
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    assert {sheet.page_setup.paperSize for sheet in book} == {9}
    assert [sheet.page_setup.orientation for sheet in book] == ["portrait", "landscape", "landscape"]
    assert [sheet.print_title_rows for sheet in book] == ["$5:$6", "$4:$5", "$1:$1"]
    assert all(sheet.sheet_properties.pageSetUpPr.fitToPage for sheet in book)
    assert {int(sheet.page_setup.fitToHeight) for sheet in book} == {0}  # one page wide, as many high as it takes


def test_joined_cells_share_the_lines_of_their_text():
    heads = (("", ("地区",)), ("", ("城乡",)))
    table = Table(
        heads,
        [["一二三四五六七八九十" * 3, "城镇"], ["一二三四五六七八九十" * 3, "农村"], ["甲", "城镇"]],
        (37.0, 20.0),
        1,
    )
    assert table.runs(0) == [(0, 1), (2, 2)]
    assert table.runs(1) == [(0, 0), (1, 1), (2, 2)]
    first, second, third = table.heights_points()
    assert first == second > third
    assert replace(table, joined=0).heights_points()[0] > first


@pytest.mark.slow
def test_it_prints_without_loss(made, word, printed):
    pages = printed(made["docx"], "annex.zh.docx")
    assert len(pages) == 3
    text = "\n".join(pages)
    assert set(body_numbers(word)) - set(re.findall(r"[\d.]+%?\*?", text)) == set()
    assert "附件" in pages[0]
    # The head of the long table stands on each of its pages.
    assert all("城镇低保标准" in page for page in pages[1:])
    sheets = printed(made["xlsx"], "annex.zh.xlsx")
    assert "669" in sheets[0]
    assert "2" in re.findall(r"—\s*(\d+)\s*—", sheets[1])
