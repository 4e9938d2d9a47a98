"""The site's pages, rendered from plain values: what was given is shown as text and never runs."""

import base64
import copy
import hashlib
import io
import re
from html.parser import HTMLParser

import nbformat.v4
import pytest
from PIL import Image

from analysis.inputs.parameters.values import LANGUAGES, Text
from analysis.model.sensitivity.rows import whole_result
from analysis.report.sentences import four_sentences
from analysis.report.sentences.box import box_rows
from analysis.report.site import notebook, page, words
from analysis.report.site.picture import WIDTH, thumbnail
from analysis.report.site.row import Cell, Numbers, amount, numbers
from analysis.report.wording import Wording
from runs import run_of

HOSTILE = "\"><script>alert(1)</script><img src=x onerror=alert(1)>'</style></tbody>"
FONT = base64.b64encode(b"no font").decode()
# One probe each of what a notebook may carry: row 46 of the catalogue of faults, and what nbconvert writes unquoted.
PROBES = {
    "script": {"text/html": "<script>alert(1)</script>"},
    "handler": {"text/html": "<b onclick=alert(1)>b</b><img src=x onerror=alert(1)>"},
    "svg": {"text/html": "<svg onload=alert(1)><script>alert(1)</script></svg>"},
    "link": {"text/html": "<a href='javascript:alert(1)'>l</a><a href=' jAvAscript:alert(1)'>l</a>"},
    "frame": {"text/html": "<iframe src='https://example.org'></iframe><object data=x></object><embed src=x>"},
    "style": {"text/html": "<style>@import url(https://example.org/x.css)</style><p style='background:url(x)'>p</p>"},
    "refresh": {"text/html": "<meta http-equiv=refresh content='0;url=https://example.org'><base href=x><form action=x>"},
    "markdown": {"text/markdown": "[l](javascript:alert(1)) <script>alert(1)</script> ![i](https://example.org/x.png)"},
    "javascript": {"application/javascript": "alert(1)", "text/plain": "plain"},
    "vector": {"image/svg+xml": "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"},
    "widget": {"application/vnd.jupyter.widget-view+json": {"model_id": "x"}},
    "picture": {"image/png": "AAAA' onerror='alert(1)", "text/plain": HOSTILE},
    "plain": {"text/plain": HOSTILE},
}  # fmt: skip


class Markup(HTMLParser):
    """Gathers what a page is made of."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.attributes, self.text, self.scripts, self._in = [], [], [], [], ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        self._in = tag if tag in ("script", "style") else ""

    def handle_endtag(self, tag):
        self._in = ""

    def handle_data(self, data):
        (self.scripts if self._in == "script" else self.text).append(data)

    def of(self, name):
        return [value for _, one, value in self.attributes if one == name]


def executed(data, metadata=None):
    """A notebook with one output, as papermill leaves it."""
    output = nbformat.v4.new_output("display_data", data, metadata=metadata or {})
    cells = [
        nbformat.v4.new_markdown_cell("# 标题 · Title"),
        nbformat.v4.new_code_cell("secret = 1", outputs=[output]),
    ]
    changed = {"policy.rural_share.at_least": 0.8, "seed": 7}
    given = {
        "lang": "zh",
        "out_dir": "/somewhere",
        "overrides": changed,
        "scenario": "baseline",
        "dataset": "guangdong",
    }
    return nbformat.v4.new_notebook(cells=cells, metadata={"papermill": {"parameters": given}})


def made_row(name="one", said=None, **changed):
    text = Text(zh=said or "题", en=said or "title")
    cells = tuple(
        Cell(key, 1.5, text, text, "inferred", hollow=True)
        for key in page.COLUMNS
    )  # fmt: skip
    figure = page.Shown("one/figures/f.png", text, "", "data:image/png;base64,AAAA", said or "alt")
    values = {
        "id": name, "title": text, "question": text, "policy": text, "fiscal_id": "f", "fiscal": text,
        "numbers": Numbers(cells, "feasible", ((text, text),) * 4, ((text, text, text),) * 3, 1.0),
        "failed": (said,) if said else (),
        "folder": page.Folder((figure,), (page.Shown("n.html", text, "", "n.ipynb"),), (page.Shown("r.csv", text),)),
        "record": ((text, said or "abc"),),
    } | changed  # fmt: skip
    return page.Row(**values)


def made_index(rows, said=None):
    text = Text(zh=said or "批", en=said or "batch")
    head = page.Head(
        text, ("2024-06-30",), {"done": len(rows)}, (said,) if said else (), "100%", {"f": text},
        (page.Shown("memo.zh.pdf", text),), ((text, page.Folder(downloads=(page.Shown("results.csv", text),))),),
    )  # fmt: skip
    return page.index(head, [page.row(one).encode() for one in rows], FONT, "zh").decode()


@pytest.fixture(scope="module")
def results_of(evidence_june, rules, outcome_june, baseline):
    return whole_result(evidence_june, baseline, outcome_june, rules)


def _wordings(evidence):
    return {lang: Wording(lang, evidence.areas) for lang in LANGUAGES}


@pytest.fixture(scope="module")
def told(results_of, evidence_june):
    return numbers(results_of, "baseline", _wordings(evidence_june), 2018)


@pytest.mark.fault(46)
def test_markup_in_any_text_stays_text():
    plain, hostile = Markup(made_index([made_row()])), Markup(made_index([made_row(said=HOSTILE)], HOSTILE))
    assert sorted(set(hostile.tags)) == sorted(set(plain.tags))
    assert hostile.scripts == plain.scripts
    assert not [name for _, name, _ in hostile.attributes if name.startswith("on")]
    assert "".join(hostile.text).count("<script>alert(1)</script>") > 20


def test_only_our_own_script_may_run_and_nothing_is_fetched():
    html = made_index([made_row()])
    found = Markup(html)
    policy = next(value for value in found.of("content") if "default-src" in value)
    digest = base64.b64encode(hashlib.sha256(found.scripts[0].encode()).digest()).decode()
    assert len(found.scripts) == 1
    assert f"script-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none';")
    assert all(address.startswith("data:") for address in found.of("src"))
    assert all(address.startswith("data:") for address in re.findall(r"url\(([^)]*)\)", html))
    assert "link" not in found.tags


def test_every_word_is_said_in_both_languages():
    assert not [key for key, pair in words.SITE_WORDS.items() if len(pair) != 2 or not all(pair)]
    for state in ({}, {"numbers": None}, {"numbers": None, "failed": ("why",)}):
        found = Markup(page.row(made_row(**state)))
        assert found.of("class").count("zh") == found.of("class").count("en") > 0


def test_a_scenario_without_results_says_how_it_ended():
    assert made_row().state == "done"
    assert made_row(numbers=None).state == "without"
    failed = made_row(numbers=None, failed=("cell 3: died",))
    assert (failed.state, failed.verdict) == ("failed", "none")
    html = page.row(failed)
    assert "cell 3: died" in html
    assert html.count("<td>–</td>") == len(page.COLUMNS)


def test_the_cells_are_the_results(told, results_of):
    cells = {cell.key: cell for cell in told.cells}
    assert tuple(cells) == page.COLUMNS
    central = results_of[
        (results_of["measure"] == "extra_cost") & (results_of["area_code"] == "440000") & (results_of["programme"] == "")
        & (results_of["tier"] == "") & (results_of["component"] == "")
    ].set_index("statistic")["value"]  # fmt: skip
    assert cells["cost"].value == central["central"]
    assert cells["cost"].main.zh == f"{central['central'] / 1e8:.2f}"
    assert cells["cost"].beside.en == f"{amount(central['low'], 'en')} – {central['high'] / 1e6:,.0f}"
    assert (cells["gap"].main.zh, cells["gap"].value) == ("215 → 222", 222)
    assert (cells["ratio"].main.en, cells["ratio"].beside.en) == ("75.0% → 75.1%", "Class four")
    assert (cells["rise"].main.zh, cells["rise"].beside.zh) == ("+24", "+3.7%")
    assert cells["recipients"].main.zh.startswith("123.5 → ")


def test_a_cell_is_hollow_where_its_grade_is_derived_or_worse(told):
    hollow = {cell.key: (cell.grade, cell.hollow) for cell in told.cells}
    assert hollow["gap"] == ("press", False)
    assert hollow["cost"] == ("inferred", True)
    assert 'title="推断 inferred"' in page.row(made_row())


def test_the_sentences_and_the_box_are_those_of_the_run(told):
    for lang in ("zh", "en"):
        run = run_of("baseline", lang)
        four = [(head.in_language(lang), said.in_language(lang)) for head, said in told.four]
        assert four == four_sentences(run.facts, run.wording, run.apart_since)
        box = [
            (name.in_language(lang), said.in_language(lang), share.in_language(lang)) for name, share, said in told.box
        ]
        assert box == box_rows(run.facts, run.wording)


@pytest.mark.parametrize(
    ("transfer", "short", "verdict", "beside"),
    [(0, 0, "feasible", ""), (2e8, 0, "transfer", "2.00亿元"), (1e8, 3e8, "short", "3.00亿元")],
)
def test_whether_it_can_be_borne_follows_the_gate(results_of, evidence_june, transfer, short, verdict, beside):
    table = results_of.copy()
    table.loc[table["measure"] == "transfer_needed", "value"] = transfer
    table.loc[table["measure"] == "short_of_capacity", "value"] = short
    said = numbers(table, "baseline", _wordings(evidence_june), None)
    assert said.verdict == verdict
    assert next(cell for cell in said.cells if cell.key == "verdict").beside.zh == beside


def test_results_without_a_plan_have_no_numbers(results_of, evidence_june):
    assert numbers(results_of[results_of["measure"] == "standard"], "baseline", _wordings(evidence_june), None) is None


@pytest.mark.parametrize("name", sorted(PROBES))
@pytest.mark.fault(46)
def test_a_probe_in_a_notebook_does_not_pass(name):
    settings = {
        "text/html": {"isolated": True},
        "image/png": {"width": "1 onerror=alert(1)"},
        "filenames": {"image/png": "x"},
    }
    one = executed(PROBES[name], settings)
    one.cells[0].source += "\n\n" + HOSTILE + " [l](javascript:alert(1))"
    one.cells[1].metadata["tags"] = ['x"><script>alert(1)</script>']
    found = Markup(
        page.notebook(Text(zh=HOSTILE, en=HOSTILE), notebook.body(one), {"scenario": HOSTILE}, about(), FONT, "zh")
    )
    assert not found.scripts
    assert not {"script", "svg", "iframe", "object", "embed", "form", "base", "link"} & set(found.tags)
    assert [value for tag, key, value in found.attributes if (tag, key) == ("meta", "http-equiv")] == [
        "Content-Security-Policy"
    ]
    assert not [key for _, key, _ in found.attributes if key.startswith("on") or key == "style"]
    assert all(value.startswith("data:image/png;base64,") for value in found.of("src"))
    assert not [value for value in found.of("href") if "script" in value.lower()]


def about():
    return {"index": "../index.html", "source": "n.zh.ipynb", "other": "", "name": "n.zh"}


def test_prose_becomes_markup_and_headings_get_no_anchors():
    one = executed({"text/markdown": "**12** yuan"})
    one.cells[0].source = "## 缺口\n\n| a | b |\n|---|---|\n| 1 | 2 |"
    html = notebook.body(one)
    assert re.search(r"<h2>缺口</h2>", html)
    assert "<strong>12</strong>" in html
    assert re.findall(r"<td>(.)</td>", html) == ["1", "2"]


def test_a_table_of_a_notebook_stays_a_table():
    run = run_of()
    html = notebook.body(executed({"text/html": run.table("proposal")._repr_html_()}))
    assert html.count("<table>") == 1
    assert "<th>地区类别</th>" in html
    assert "<style" not in html
    assert "&lt;" not in html


def test_a_column_that_only_counts_is_left_out():
    counted = (
        "<tr style='x'>\n <th></th>\n <th>a</th>\n</tr><tr>\n <th>0</th><td>7</td></tr><tr>\n <th>1</th><td>8</td></tr>"
    )
    assert re.findall(r"<th>([^<]*)</th>", notebook.without_count(counted)) == ["a"]
    for kept in (counted.replace("<th>1</th>", "<th>2</th>"), counted.replace("<th>0</th>", "<th>x</th>")):
        assert notebook.without_count(kept) == kept


def test_a_notebook_shows_what_it_was_given_but_neither_code_nor_machine():
    one = executed({"text/plain": "said"})
    said = "policy.rural_share.at_least=0.8, seed=7"
    assert notebook.given(one) == {"scenario": "baseline", "dataset": "guangdong", "overrides": said, "lang": "zh"}
    html = page.notebook(
        Text(zh="标题", en="Title"), notebook.body(copy.deepcopy(one)), notebook.given(one), about(), FONT, "zh"
    )
    assert "baseline" in html
    assert "said" in html
    assert "secret" not in html
    assert "somewhere" not in html
    assert notebook.heading(one) == ("标题", "Title")


def test_a_figure_keeps_its_bytes_and_gets_its_text():
    content = base64.b64encode(drawing()).decode()
    broken = "\n".join(content[at : at + 76] for at in range(0, len(content), 76)) + "\n"
    one = executed({"image/png": broken, "text/plain": 'says "so"'})
    assert notebook.alternatives(one) == {notebook.picture_sha256(content): 'says "so"'}
    found = Markup(notebook.body(one))
    assert found.of("src") == [f"data:image/png;base64,{content}"]
    assert found.of("alt") == ['says "so"']


def drawing():
    buffer = io.BytesIO()
    Image.effect_noise((700, 580), 60).convert("RGBA").save(buffer, "PNG")
    return buffer.getvalue()


def test_a_thumbnail_is_small_and_the_same_each_time():
    whole = drawing()
    small = thumbnail(whole)
    with Image.open(io.BytesIO(small)) as picture:
        assert (picture.size, picture.mode) == ((WIDTH, 199), "P")
    assert small == thumbnail(whole)
    assert len(small) < len(whole) / 5
