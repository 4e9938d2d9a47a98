"""The memo as a Word document: real styles, tables that hold, every number of the markdown and no other."""

import io
import re
import zipfile
from collections import Counter

import pandas as pd
import pytest
from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm
from docx.text.paragraph import Paragraph

from analysis.report import style
from analysis.report.docx import docx
from analysis.report.docx.finish import POINTS_A_MM, ems
from analysis.session import memo
from memo_results import batch_of

NUMBER = re.compile(r"[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")
HOSTILE = '$\\frac{ <script>alert(1)</script> =HYPERLINK("x") @who'
PAGE = """# [2025]{.d}年测算

::: {.note}
测算日[2024-06-30]{.d}。
:::

::: {.keys}
| 差距 | 花费 |
| :-: | :-: |
| **[75.1]{.n key="a"}%** | **[4.90]{.n key="b"}亿元** |
| 农村占城镇 | 全年新增 |
:::

**差距**：农村[669]{.n key="c"}元，名为 HOSTILE 的地方。

::: {.narrow}
[表[1]{.d}　预测和公布]{.caption}

| 时点 | 年份 | 一类地区的预测和后来公布的数 | 二类地区 | 三类地区 | 四类城镇 | 四类农村 | 城镇人数（万人） | 农村人数（万人） |
| :-- | :-- | --: | --: | --: | --: | --: | --: | --: |
ROWS
:::

::: {.figures}
![](one.png){width=48.5% alt="左图说的话"} ![](two.png){width=48.5% alt="右图说的话"}

[[图[1]{.d}　左]{.plate}；[图[2]{.d}　右]{.plate}]{.caption}
:::

::: {.narrow}
[表[2]{.d}　一行]{.caption}

| 项目 | 数 |
| :-- | --: |
| 低保 | [12.5]{.n key="d"} |
:::

::: {.box}
框里[26]{.n key="e"}%
:::

::: {.sheet}
## 一、依据

正文。

### （一）细目

- 一项[7]{.n key="f"}

[单位：元]{.unit}
:::
"""
ROW = (
    '| [2019年6月]{.d} | [2020]{.d} | [126.2]{.n key="g"} / [128.4]{.n key="h"} | 1,009 / 967 | 899 / 853 | 849 / 800 '
    "| 571 / 579 | 14.4 / 15.6 | 126.2 / 128.4 |"
)


@pytest.fixture(scope="module")
def figures():
    @style.styled
    def chart(name, alt):
        drawing, axes = style.figure(2.6, "标题", "来源", "zh")
        axes.plot([1, 2], [3, 4])
        return style.Chart(name, drawing, pd.DataFrame(), alt)

    return {"one": chart("one", "甲"), "two": chart("two", "乙")}


@pytest.fixture(scope="module")
def page():
    escaped = re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", HOSTILE)
    return PAGE.replace("HOSTILE", escaped).replace("ROWS", "\n".join([ROW] * 14))


@pytest.fixture(scope="module")
def made(page, figures):
    return docx(page, figures, "zh")


@pytest.fixture(scope="module")
def word(made):
    return Document(io.BytesIO(made))


def paragraphs(word):
    return [Paragraph(found, word) for found in word.element.body.iter(qn("w:p"))]


def data_tables(word):
    return [table for table in word.tables if table.style.name == "Table"]


def numbers(word):
    return Counter(NUMBER.findall("\n".join(paragraph.text for paragraph in paragraphs(word))))


def numbers_of(markdown):
    text = re.sub(r"!\[[^]]*\]\([^)]*\)\{[^}]*\}", " ", markdown)
    while re.search(r"\[[^][]*\]\{[^}]*\}", text):
        text = re.sub(r"\[([^][]*)\]\{[^}]*\}", r"\1", text)
    text = re.sub(r"^:::.*$", "", text, flags=re.M)
    return Counter(NUMBER.findall(re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", text)))


def test_styles_are_words_own_and_used(word):
    used = {}
    for paragraph in paragraphs(word):
        used.setdefault(paragraph.style.name, []).append(paragraph.text)
    assert used["Title"] == ["2025年测算"]
    assert used["Heading 1"] == ["一、依据"]
    assert used["Heading 2"] == ["（一）细目"]
    assert "正文。" in used["Body Text"]
    assert used["Caption"] == ["表1　预测和公布", "图1　左", "图2　右", "表2　一行"]
    assert used["Box"] == ["框里26%"]
    assert used["Note"] == ["测算日2024-06-30。", "单位：元"]
    assert used["Key Figure"] == ["75.1%", "4.90亿元"]
    known = {one.name for one in word.styles}
    assert set(used) <= known
    for name in ("Title", "Heading 1", "Heading 2", "Body Text", "Caption"):
        assert word.styles[name].builtin
    levels = [word.styles[f"Heading {level}"].element.pPr.find(qn("w:outlineLvl")) for level in (1, 2)]
    assert [level.get(qn("w:val")) for level in levels] == ["0", "1"]


def test_the_page_and_its_foot_are_those_of_the_standard(word):
    section = word.sections[0]
    size = (section.page_width, section.page_height)
    margins = (section.top_margin, section.left_margin, section.bottom_margin, section.right_margin)
    assert [round(one.mm) for one in (*size, *margins)] == [210, 297, 37, 28, 35, 26]
    assert word.settings.odd_and_even_pages_header_footer
    for foot, align in ((section.footer, "RIGHT"), (section.even_page_footer, "LEFT")):
        line = foot.paragraphs[0]
        assert line.alignment == WD_ALIGN_PARAGRAPH[align]
        field = line._p.find(qn("w:fldSimple"))
        assert field.get(qn("w:instr")).strip() == "PAGE"
        assert [run.text for run in line.runs] == ["— ", " —"]
    title = word.styles["Title"]
    assert (title.font.size.pt, title.paragraph_format.alignment) == (22, WD_ALIGN_PARAGRAPH.CENTER)


def test_heads_repeat_rows_hold_and_numbers_stand_right(word):
    tables = data_tables(word)
    assert len(tables) == 2
    for table in tables:
        for number, row in enumerate(table.rows):
            properties = row._tr.trPr
            assert properties.find(qn("w:cantSplit")) is not None
            assert (properties.find(qn("w:tblHeader")) is not None) == (number == 0)
            assert row.cells[0].paragraphs[0].alignment == WD_ALIGN_PARAGRAPH.LEFT
            assert {cell.paragraphs[0].alignment for cell in row.cells[2:] or row.cells[1:]} == {
                WD_ALIGN_PARAGRAPH.RIGHT
            }


def test_a_caption_stays_with_its_table(word):
    for table in data_tables(word):
        above = Paragraph(table._tbl.getprevious(), word)
        assert above.style.name == "Caption"
        assert above.paragraph_format.keep_with_next


def test_columns_fill_the_text_and_break_no_number(word):
    wide, small = data_tables(word)
    for table, style_name in ((wide, "Smallest Table Text"), (small, "Table Text")):
        widths = [column.width.pt for column in table.columns]
        assert sum(widths) == pytest.approx(156 * POINTS_A_MM, abs=0.5)
        size = word.styles[style_name].font.size.pt
        for row in table.rows[1:] if len(table.columns) > 2 else table.rows:
            for cell, width in zip(row.cells, widths, strict=True):
                assert cell.paragraphs[0].style.name == style_name
                assert cell.width.pt == pytest.approx(width, abs=0.1)
                assert size * ems(cell.text) + 5 <= width, cell.text


def test_pictures_fit_say_what_they_show_and_stand_each_over_its_caption(word):
    found = list(word.element.body.iter(qn("wp:inline")))
    assert [inline.find(qn("wp:docPr")).get("descr") for inline in found] == ["左图说的话", "右图说的话"]
    captions = []
    for inline in found:
        extent = inline.find(qn("wp:extent"))
        assert int(extent.get("cx")) == pytest.approx(Mm(110), rel=0.01)
        # As high as it is wide, in the proportion of the drawing.
        assert int(extent.get("cy")) / int(extent.get("cx")) == pytest.approx(2.6 / style.WIDTH_INCHES, rel=0.01)
        line = Paragraph(inline.getparent().getparent().getparent(), word)
        # A fixed distance between lines would cut a picture off.
        assert line.style.name == "Figure"
        assert line.style.paragraph_format.line_spacing == 1.0
        assert line.style.paragraph_format.keep_with_next
        captions.append(Paragraph(line._p.getnext(), word).text)
    assert captions == ["图1　左", "图2　右"]


def test_styles_are_those_of_an_official_letter_in_free_fonts(word, page, figures):
    looks = {
        "Title": (22, "Noto Serif SC SemiBold"),
        "Heading 1": (16, "Noto Sans SC"),
        "Heading 2": (16, "FandolKai"),
        "Body Text": (16, "FandolFang R"),
        "Table Text": (10.5, "FandolSong"),
        "Footer": (14, "FandolSong"),
    }
    for name, look in looks.items():
        font = word.styles[name].font
        assert (font.size.pt, font.name) == look
        assert word.styles[name].element.rPr.rFonts.get(qn("w:eastAsia")) == look[1]
    body = word.styles["Body Text"].paragraph_format
    assert (body.line_spacing.pt, body.first_line_indent.pt) == (28, 32)
    english = Document(io.BytesIO(docx(page, figures, "en")))
    assert {one.font.name for one in english.styles if one.type == WD_STYLE_TYPE.PARAGRAPH} == {"Noto Sans SC"}


def test_a_hostile_name_stays_text(word, made):
    assert any(HOSTILE in paragraph.text for paragraph in paragraphs(word))
    text = zipfile.ZipFile(io.BytesIO(made)).read("word/document.xml").decode()
    assert "<script" not in text
    assert "w:hyperlink" not in text
    assert "m:oMath" not in text


def test_a_name_that_was_not_escaped_stays_text_too(figures):
    word = Document(io.BytesIO(docx(f"# 标题\n\n名为 {HOSTILE} 的地方\n", figures, "zh")))
    assert any(HOSTILE in paragraph.text for paragraph in paragraphs(word))


@pytest.mark.parametrize(("lang", "code"), [("zh", "zh-CN"), ("en", "en-GB")])
def test_title_and_language_are_set_and_no_author(page, figures, lang, code):
    archive = zipfile.ZipFile(io.BytesIO(docx(page, figures, lang)))
    core = archive.read("docProps/core.xml").decode()
    assert "<dc:title>2025年测算</dc:title>" in core
    assert f"<dc:language>{code}</dc:language>" in core
    for name in ("creator", "lastModifiedBy", "created", "modified"):
        assert name not in core
    assert "Application" not in archive.read("docProps/app.xml").decode()
    fonts = dict(
        re.findall(r'w:name="([^"]*)"><w:altName w:val="([^"]*)"', archive.read("word/fontTable.xml").decode())
    )
    styles = archive.read("word/styles.xml").decode()
    # Every font that a style names has others that Word may take.
    assert set(re.findall(r'w:(?:ascii|hAnsi|cs|eastAsia)="([^"]*)"', styles)) - {"zh-CN"} == set(fonts)
    assert all(fonts.values())
    if lang == "zh":
        assert "仿宋" in fonts["FandolFang R"]
        assert "小标宋" in fonts["Noto Serif SC SemiBold"]
    assert "asciiTheme" not in styles


def test_two_builds_are_the_same_bytes_whatever_the_clock(page, figures, made, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    monkeypatch.setenv("TZ", "America/New_York")
    assert docx(page, figures, "zh") == made
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_numbers_are_those_of_the_markdown(word, page):
    assert numbers(word) == numbers_of(page)
    assert numbers(word)["126.2"] == 28


def test_a_picture_that_is_not_there_is_refused(page):
    with pytest.raises(RuntimeError, match=r"one\.png"):
        docx(page, {}, "zh")


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_whole_memo_keeps_its_numbers_in_word_and_in_print(printed, lang):
    markdown, charts = memo.written(batch_of(lang))
    made = docx(markdown, charts, lang)
    word = Document(io.BytesIO(made))
    keyed = set(re.findall(r'\[([^][]*)\]\{\.n key="', markdown))
    assert len(keyed) > 150
    assert numbers(word) == numbers_of(markdown)
    assert len(made) < 3e6
    assert [len(table.rows) > 1 for table in data_tables(word)] == [True] * len(data_tables(word))
    assert all(inline.find(qn("wp:docPr")).get("descr") for inline in word.element.body.iter(qn("wp:inline")))
    pages = printed(made, f"memo.{lang}.docx")
    assert 8 <= len(pages) <= 20
    found = set(NUMBER.findall("\n".join(pages).replace("\u2212", "-")))
    assert keyed - found == set()
    for number, text in enumerate(pages, 1):
        assert re.search(rf"—\s*{number}\s*—", text), number
