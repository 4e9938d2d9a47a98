"""The site of an output folder, written from what lies there."""

import json
import re
from html.parser import HTMLParser
from urllib.parse import unquote

import nbformat
import pytest

import analysis
from analysis.batch.site import write_site
from analysis.inputs.parameters.values import Text
from analysis.inputs.scenario import read_scenario

TITLE = Text(zh="一批", en="A batch")


class Links(HTMLParser):
    """Gathers what a page links, and the texts of its pictures."""

    def __init__(self, html):
        super().__init__()
        self.targets, self.alts = [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        if tag == "a":
            self.targets.append(values["href"])
        if tag == "img":
            self.alts.append(values["alt"])


def notebook(path, chart=None, title="# 标题 · Title"):
    """Write a notebook as papermill leaves it, with one chart."""
    outputs = []
    if chart:
        data = {"image/png": chart.png(), "text/plain": chart.alt}
        outputs = [nbformat.v4.new_output("execute_result", nbformat.from_dict(encoded(data)), execution_count=1)]
    cells = [nbformat.v4.new_markdown_cell(title, id="a"), nbformat.v4.new_code_cell("x", outputs=outputs, id="b")]
    path.parent.mkdir(parents=True, exist_ok=True)
    given = {"scenario": "baseline", "out_dir": str(path.parent), "lang": "zh", "overrides": {}, "dataset": "guangdong"}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata={"papermill": {"parameters": given}}), path)


def encoded(data):
    from base64 import encodebytes

    return {kind: encodebytes(value).decode() if isinstance(value, bytes) else value for kind, value in data.items()}


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A folder with one scenario's results, figures and notebooks in both languages, and those of its dataset."""
    out = tmp_path_factory.mktemp("finished")
    for lang in ("zh", "en"):
        run = analysis.start("baseline", out_dir=str(out / "baseline"), lang=lang)
        chart = run.show("ripple")
        run.save()
        notebook(out / f"baseline/30_next_year.{lang}.ipynb", chart)
        notebook(out / f"60_memo.{lang}.ipynb")
        for ending in ("pdf", "docx"):
            (out / f"memo.{lang}.{ending}").write_bytes(b"%PDF")
    for name in ("annex.zh.docx", "annex.zh.xlsx", "costing.xlsx"):
        (out / name).write_bytes(b"PK")
    notebook(out / "guangdong/10_gap.zh.ipynb", title="# 差距")
    return out


@pytest.fixture
def folder(finished, tmp_path):
    import shutil

    return shutil.copytree(finished, tmp_path / "out")


@pytest.fixture
def scenarios(home):
    return {name: read_scenario(name, home) for name in ("baseline", "rural80")}


def written(out, scenarios, home, failed=None, languages=("zh", "en")):
    made = write_site(out, TITLE, scenarios, languages, failed or {}, home)
    return made, (out / "index.html").read_text("utf-8")


def test_every_link_leads_to_a_file_and_every_page_is_told(folder, scenarios, home):
    made, html = written(folder, scenarios, home)
    assert sorted(made) == sorted(folder.rglob("*.html"))
    for one in made:
        for target in Links(one.read_text("utf-8")).targets:
            assert (one.parent / unquote(target.partition("#")[0])).is_file(), (one.name, target)
    linked = set(Links(html).targets)
    assert {"baseline/results.csv", "baseline/steps.csv", "baseline/30_next_year.en.html", "memo.zh.pdf"} <= linked
    assert {"memo.zh.docx", "memo.en.docx", "annex.zh.docx", "annex.zh.xlsx", "costing.xlsx"} <= linked
    assert "guangdong/10_gap.zh.ipynb" in linked


def test_a_scenario_with_results_has_numbers_and_one_without_has_none(folder, scenarios, home):
    _, html = written(folder, scenarios, home)
    rows = dict(re.findall(r'<tbody class="scenario" id="(\w+)"(.*?)</tbody>', html, re.S))
    assert "215 → 222" in rows["baseline"]
    assert 'data-verdict="none"' in rows["rural80"]
    assert "<td>–</td>" in rows["rural80"]


def test_a_figure_has_the_text_of_its_notebook_and_stands_once_in_each_language(folder, scenarios, home):
    _, html = written(folder, scenarios, home)
    alts = Links(html).alts
    assert len(alts) == len(set(alts)) == 2
    assert all(len(alt) > 20 for alt in alts)


def test_what_has_no_other_language_is_shown_in_both(folder, scenarios, home):
    (folder / "baseline/figures/ripple.en.png").unlink()
    _, html = written(folder, scenarios, home)
    assert re.search(r'<li ><a href="baseline/figures/ripple.zh.png">', html)
    assert re.search(r'<li ><a href="guangdong/10_gap.zh.html">差距</a>', html)
    assert re.search(r'<li class="en" lang="en"><a href="60_memo.en.html">', html)


@pytest.mark.parametrize("spoiled", ["parameters", "results"])
def test_results_that_the_scenario_did_not_make_are_not_shown(folder, scenarios, home, spoiled):
    if spoiled == "results":
        path = folder / "baseline/results.csv"
        path.write_text(path.read_text("utf-8").replace("222.00", "221.00"), "utf-8")
    else:
        path = folder / "baseline/record.json"
        record = json.loads(path.read_text("utf-8"))
        record["inputs"]["scenario_sha256"] = "0" * 64
        path.write_text(json.dumps(record), "utf-8")
    _, html = written(folder, scenarios, home)
    assert "→ 22" not in html
    linked = set(Links(html).targets)
    assert not {one for one in linked if one.startswith(("baseline/results", "baseline/figures"))}
    assert "baseline/30_next_year.zh.html" in linked


def test_a_failed_task_says_why_and_its_old_notebook_is_not_linked(folder, scenarios, home):
    failed = {"baseline/30_next_year.zh": "cell 3: <b>died</b>", "60_memo.en": "no disk"}
    made, html = written(folder, scenarios, home, failed)
    assert "30_next_year.zh: cell 3: &lt;b&gt;died&lt;/b&gt;" in html
    assert "60_memo.en: no disk" in html
    assert "baseline/30_next_year.zh.html" not in html
    assert folder / "baseline/30_next_year.zh.html" not in made
    assert "baseline/30_next_year.en.html" in html


def test_an_empty_folder_has_a_page_too(tmp_path, scenarios, home):
    made, html = written(tmp_path, scenarios, home)
    assert made == [tmp_path / "index.html"]
    assert not Links(html).targets


def test_the_page_opens_in_the_first_language(folder, scenarios, home):
    assert '<html lang="en">' in written(folder, scenarios, home, languages=("en",))[1]


def test_the_same_folder_gives_the_same_bytes_and_names_no_machine(folder, scenarios, home):
    made, _ = written(folder, scenarios, home)
    first = {path: path.read_bytes() for path in made}
    again, _ = written(folder, scenarios, home)
    assert {path: path.read_bytes() for path in again} == first
    assert not [path.name for path, content in first.items() if str(folder).encode() in content]


def test_the_font_holds_every_sign_of_the_pages(folder, scenarios, home):
    import base64
    import io

    from fontTools.ttLib import TTFont

    from analysis.report.style import font_path

    made, _ = written(folder, scenarios, home)
    whole = set(TTFont(font_path()).getBestCmap())
    for one in made:
        html = one.read_text("utf-8")
        font = re.search(r"data:font/woff;base64,([^)]+)\)", html).group(1)
        held = set(TTFont(io.BytesIO(base64.b64decode(font))).getBestCmap())
        assert not {sign for sign in map(ord, html) if sign in whole and sign > 32} - held, one.name
