"""The memo of a proposal that costs nothing, and of areas and scenarios with hostile names."""

import functools
import io
import re
import shutil
from html.parser import HTMLParser

import openpyxl
import pytest
from docx import Document
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph
from openpyxl import load_workbook
from pypdf import PdfReader

from analysis import session
from analysis.session.memo import written

pytestmark = pytest.mark.slow
# A name that a spreadsheet would run is refused where the data are read.
ANNEX = {"annex.zh.docx", "annex.zh.xlsx"}
SCRIPT, TEX = "<script>alert(1)</script>", "$\\frac{"


@pytest.fixture(scope="module")
def memos(home, tmp_path_factory):
    """Return a maker of a memo's run on a copy of the real package and parameters, computed once for both languages."""

    @functools.cache
    def run(proposed, change):
        own = tmp_path_factory.mktemp("home")
        for name in ("data", "params", "notebooks"):
            shutil.copytree(home / name, own / name)
        batch = own / "params/batches/memo.yaml"
        text = re.sub(r"scenarios: .*", "scenarios: [freeze, baseline]", batch.read_text("utf-8"))
        batch.write_text(re.sub(r"proposed: .*", f"proposed: {proposed}", text), "utf-8")
        change(own)
        return session.start("batch:memo", "guangdong", "", lang="zh", scope="batch", home=own)

    return run


def unchanged(own):
    pass


def hostile(own):
    areas = own / "data/guangdong/areas.csv"
    text = areas.read_text("utf-8")
    for code, name in (("441300,惠州,Huizhou", SCRIPT), ("441600,河源,Heyuan", TEX)):
        assert code in text
        text = text.replace(code, f"{code.partition(',')[0]},{name},{name}")
    areas.write_text(text, "utf-8")
    scenario = own / "params/scenarios/freeze.yaml"
    text, count = re.subn(
        r"(title:\n  zh: ).*\n(  en: ).*", rf"\g<1>'{SCRIPT} a'\n\g<2>'{SCRIPT} b'", scenario.read_text("utf-8")
    )
    assert count == 1
    scenario.write_text(text, "utf-8")


class Read(HTMLParser):
    """The text that a reader sees, and the tags that stand in the page."""

    def __init__(self):
        super().__init__()
        self.text, self.tags, self._hidden = "", [], False

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self._hidden = tag in ("script", "style")

    def handle_endtag(self, tag):
        self._hidden = False

    def handle_data(self, data):
        self.text += "" if self._hidden else data


def said(content):
    """Return every paragraph of a Word document as text, those of its tables too."""
    word = Document(io.BytesIO(content))
    return [Paragraph(found, word).text for found in word.element.body.iter(qn("w:p"))]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.fault(46, 48)
def test_hostile_names_are_printed_as_text(memos, lang):
    made = memos("baseline", hostile).in_language(lang).memo()
    page = Read()
    page.feed(made[f"memo.{lang}.html"].decode())
    assert page.tags.count("script") == 2  # what the page tells of its numbers, and what shows it
    pdf = "".join(one.extract_text() for one in PdfReader(io.BytesIO(made[f"memo.{lang}.pdf"])).pages)
    word = "\n".join(said(made[f"memo.{lang}.docx"]))
    for name in (SCRIPT, TEX):
        assert name in page.text
        assert name in "".join(pdf.split())
        assert name in word
    if lang == "zh":
        assert {SCRIPT, TEX} <= set(said(made["annex.zh.docx"]))
        book = load_workbook(io.BytesIO(made["annex.zh.xlsx"]))
        cells = [cell for row in book["附件2"].iter_rows() for cell in row if cell.value in (SCRIPT, TEX)]
        assert [cell.data_type for cell in cells] == ["s", "s"]
    assert f"{SCRIPT} {'ab'[lang == 'en']}" in page.text
    if lang == "zh":
        book = openpyxl.load_workbook(io.BytesIO(made["costing.xlsx"]))
        cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)]
        for name in (SCRIPT, TEX):
            assert {cell.data_type for cell in cells if name in cell.value} == {"s"}


def test_a_proposal_that_moves_nothing_has_a_memo_too(memos):
    run = memos("freeze", unchanged)
    english, _ = written(run.in_language("en"))
    assert "No floor moves, and nothing more is spent." in english
    made = run.memo()
    page = Read()
    page.feed(made["memo.zh.html"].decode())
    assert "不提标，没有新增支出。" in page.text
    assert len(PdfReader(io.BytesIO(made["memo.zh.pdf"])).pages) >= 4
    assert len(said(made["memo.zh.docx"])) > 100
    assert set(made) == {"memo.zh.html", "memo.zh.pdf", "memo.zh.docx", *ANNEX, "costing.xlsx"}
