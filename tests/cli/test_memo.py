"""The memo from end to end: a small batch, run twice under different conditions."""

import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections import Counter
from html.parser import HTMLParser

import openpyxl
import pandas as pd
import pytest
from docx import Document
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph
from openpyxl import load_workbook
from pypdf import PdfReader

from analysis.batch.older import read_older
from analysis.batch.store import claim, locked, verify
from analysis.errors import ParametersRefused
from analysis.files import write_atomically
from analysis.model.results import from_csv, with_keys
from analysis.session import start
from analysis.session.memo import written
from analysis.session.workbook import TABLES

pytestmark = pytest.mark.slow
# From a result to what is printed: percent, 万元, million, 亿元, 万人, thousand.
FACTORS = (1, 100, 1e-4, 1e-6, 1e-8, 1e-3)
NUMBER = re.compile(r"[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")


@pytest.fixture(scope="module")
def small_home(home, tmp_path_factory):
    """The real data and notebooks with a batch of two scenarios."""
    own = tmp_path_factory.mktemp("home")
    for name in ("data", "params", "notebooks"):
        shutil.copytree(home / name, own / name)
    text = (own / "params/batches/memo.yaml").read_text("utf-8")
    text = re.sub(r"scenarios: .*", "scenarios: [baseline, rural80]", text)
    text = re.sub(r"notebooks: .*", "notebooks: [10_gap, 30_next_year]", text)
    (own / "params/batches/memo.yaml").write_text(text, "utf-8")
    return own


def make(small_home, out, workers, *more, **environment):
    command = [sys.executable, "-m", "analysis", "memo", "--out", str(out), "--workers", str(workers), *more]
    variables = {**os.environ, "TIBIAO_HOME": str(small_home), **environment}
    done = subprocess.run(command, capture_output=True, text=True, env=variables, cwd=small_home, check=False)
    assert done.returncode == 0, done.stderr
    return out


@pytest.fixture(scope="module")
def made(small_home, tmp_path_factory):
    return make(small_home, tmp_path_factory.mktemp("one"), 1, TZ="Asia/Shanghai", PYTHONHASHSEED="1")


@pytest.fixture(scope="module")
def keyed(made):
    return with_keys(from_csv((made / "results.csv").read_text("utf-8")))


class Page(HTMLParser):
    """Numbers of a page: those with a key, those of dates and documents, and any that are neither."""

    def __init__(self):
        super().__init__()
        self.keyed, self.dated, self.loose, self.stack, self.hidden = [], [], [], [], False

    def handle_starttag(self, tag, attributes):
        if tag in ("style", "title", "script"):
            self.hidden = True
        if tag == "span":
            self.stack.append(dict(attributes))

    def handle_endtag(self, tag):
        if tag in ("style", "title", "script"):
            self.hidden = False
        if tag == "span":
            self.stack.pop()

    def handle_data(self, data):
        if self.hidden:
            return
        mark = next((attributes for attributes in reversed(self.stack) if attributes.get("class") in ("n", "d")), None)
        if mark is None:
            self.loose += NUMBER.findall(data)
        elif mark["class"] == "d":
            self.dated += NUMBER.findall(data)
        else:
            self.keyed.append((mark["data-key"], data))


def read(path):
    page = Page()
    page.feed(path.read_text("utf-8"))
    return page


def prints(value, text, whole_of_a_hundred=False):
    """Whether a printed text is the value, under one of the ways of printing, rounded to its own decimals.

    A part that is rounded so that all add to a hundred may be off by one.
    """
    number = float(text.replace(",", ""))
    half = (1 if whole_of_a_hundred else 0.5) * 10 ** -len(text.partition(".")[2]) + 1e-9
    return any(abs(sign * value * factor - number) <= half for factor in FACTORS for sign in (1, -1))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_number_of_the_page_is_the_result_that_its_key_names(made, keyed, lang):
    page = read(made / f"memo.{lang}.html")
    assert len(page.keyed) > 60
    assert page.loose == []
    for key, text in page.keyed:
        assert key in keyed.index, key
        assert prints(keyed.at[key, "value"], text, ":cost_share_assumed_" in key), (key, text, keyed.at[key, "value"])


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_pdf_is_a_page_and_its_sections_with_the_same_numbers_and_bookmarks(made, lang):
    reader = PdfReader(io.BytesIO((made / f"memo.{lang}.pdf").read_bytes()))
    assert 5 <= len(reader.pages) <= 7
    heads = [str(one.title) for one in reader.outline[1]]
    assert len(heads) == 9
    assert reader.get_destination_page_number(reader.outline[1][0]) == 1  # the first section begins the second page
    page = read(made / f"memo.{lang}.html")
    allowed = {text.lstrip("+") for _, text in page.keyed} | set(page.dated) | {text.lstrip("-") for text in page.dated}
    # Typesetting turns a hyphen before a figure into a minus sign.
    text = " ".join(page.extract_text() for page in reader.pages).replace("\u2212", "-")
    text = re.sub(r"\s+", " ", text)
    found = NUMBER.findall(re.sub(r"(?<=[A-Za-z\d])-(?=\d)", " ", text))  # class-4, 2010-2013
    assert len(found) > 60
    strange = [
        number
        for number in found
        if number.lstrip("+") not in allowed and not any(number in date.split("-") for date in page.dated)
    ]
    assert strange == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_another_reader_finds_the_same_numbers_and_embedded_fonts(made, lang, debian):
    path = made / f"memo.{lang}.pdf"
    text = subprocess.run(
        [debian("pdftotext", "poppler-utils"), path, "-"], capture_output=True, text=True, check=True
    ).stdout
    page = read(made / f"memo.{lang}.html")
    said = {number.lstrip("+") for number in NUMBER.findall(text.replace("\u2212", "-"))}
    missing = {text.lstrip("+") for _, text in page.keyed} - said
    assert missing == set()
    fonts = subprocess.run(
        [debian("pdffonts", "poppler-utils"), path], capture_output=True, text=True, check=True
    ).stdout.splitlines()[2:]
    assert fonts
    assert all("NotoSansSC" in line and " yes " in line for line in fonts)


def cells(path):
    """Return a Word document's paragraphs, those of its tables too, as text."""
    word = Document(str(path))
    return [Paragraph(found, word).text for found in word.element.body.iter(qn("w:p"))]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_word_document_has_the_numbers_of_the_page_each_as_often(made, lang):
    page = read(made / f"memo.{lang}.html")
    wanted = [number for _, text in page.keyed for number in NUMBER.findall(text)] + page.dated
    found = NUMBER.findall("\n".join(cells(made / f"memo.{lang}.docx")))
    # A hyphen before a mark, as in class-4, looks like a sign where text is read without its marks.
    assert Counter(number.lstrip("-") for number in found) == Counter(number.lstrip("-") for number in wanted)


def test_every_number_of_the_annex_is_the_result_that_its_list_names(made, keyed):
    book = load_workbook(made / "annex.zh.xlsx")
    listed = {(label, place): key for label, place, _, key, *_ in book["出处"].iter_rows(min_row=2, values_only=True)}
    assert len(listed) > 130
    numbers = [
        (keyed.at[listed[label, cell.coordinate], "value"], cell.value)
        for label in ("附件1", "附件2")
        for row in book[label].iter_rows()
        for cell in row
        if isinstance(cell.value, int | float)
    ]
    assert len(numbers) > 130
    assert all(value == shown for value, shown in numbers)
    values = {value for value, _ in numbers}
    printed = [text for text in cells(made / "annex.zh.docx") if re.fullmatch(r"[\d.]+%?\*?", text)]
    assert len(printed) == len(numbers)
    for text in printed:
        assert any(prints(value, text.rstrip("*%")) for value in values), text


def test_the_page_opens_with_the_four_sentences_and_the_known_facts(made):
    zh = re.sub(r"<[^>]+>", "", (made / "memo.zh.html").read_text("utf-8").partition("<body>")[2])
    heads = [zh.index(head) for head in ("差距：", "提标：", "须提标的市：", "新增支出与资金负担：", "覆盖与及时：")]
    assert heads == sorted(heads)
    assert "自2018年起仅在四类地区" in zh
    assert "75.0%" in zh
    assert "河源农村701元、城镇915元" in zh
    assert "云浮农村672元、城镇895元" in zh


def test_the_html_needs_nothing_from_outside(made):
    for lang in ("zh", "en"):
        text = (made / f"memo.{lang}.html").read_text("utf-8")
        assert not re.search(r'(src|href)="(?!data:)', text)
        assert "@font-face" in text
        assert "default-src 'none'" in text  # nothing is fetched, whatever stands in the page
        assert len(text) < 3e6


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_tells_of_every_number_where_it_comes_from(made, keyed, lang):
    text = (made / f"memo.{lang}.html").read_text("utf-8")
    traced = json.loads(re.search(r'<script type="application/json" id="trace">(.*?)</script>', text, re.S).group(1))
    assert set(traced["numbers"]) == {key for key, _ in read(made / f"memo.{lang}.html").keyed}
    for key, told in traced["numbers"].items():
        assert float(told["said"].split()[0].replace(",", "")) == pytest.approx(keyed.at[key, "value"], rel=1e-9)
        assert traced["texts"][told["formula"][0]]
    cost = next(key for key in traced["numbers"] if key.endswith(":extra_cost:central"))
    assert traced["numbers"][cost]["assumptions"]


def test_the_workbook_is_of_the_proposed_scenario_with_the_tables_of_both_languages(made, keyed):
    book = openpyxl.load_workbook(made / "costing.xlsx", data_only=True, read_only=True)
    checks = [row for row in book["核对 Checks"].iter_rows(values_only=True) if row[-1] in keyed.index]
    assert len(checks) > 100
    assert all(row[2] == keyed.at[row[-1], "value"] and row[5] == "一致 OK" for row in checks)
    assert {row[-1].partition(":")[0] for row in checks} == {"baseline"}
    first = [row[0] for row in book["附表 Tables"].iter_rows(values_only=True)]
    for zh, en in TABLES.values():
        assert first.index(zh) < first.index(en)
    figures = [row[0] for row in book["图表数据 Figures"].iter_rows(values_only=True)]
    assert "影响范围最大的假设 The assumptions of the widest ranges" in figures
    assert set(figures) & set(keyed.index)


@pytest.mark.fault(50)
@pytest.mark.slow_fault
def test_one_and_two_workers_in_two_time_zones_give_the_same_bytes(small_home, made, tmp_path):
    other = make(small_home, tmp_path / "two", 2, TZ="America/New_York", LC_ALL="C", PYTHONHASHSEED="2")

    def digests(out):
        endings = (".csv", ".png", ".svg", ".pdf", ".html", ".docx", ".xlsx", ".zip")
        return {
            path.relative_to(out).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in out.rglob("*")
            if path.suffix in endings
        }

    assert {"results.csv", "memo.zh.docx", "memo.en.docx", "annex.zh.docx", "annex.zh.xlsx"} <= set(digests(made))
    assert digests(made) == digests(other)


def test_the_manifest_holds_every_file_and_verify_finds_a_change(made, tmp_path, small_home):
    assert verify(made, small_home) == []
    manifest = json.loads((made / "manifest.json").read_text("utf-8"))
    assert {task["exit_code"] for task in manifest["tasks"]} == {0}
    copy = shutil.copytree(made, tmp_path / "copy")
    (copy / "results.csv").write_text("changed", "utf-8")
    (copy / "memo.zh.pdf").unlink()
    (copy / "annex.zh.xlsx").write_bytes(b"PK")
    (copy / "old.txt").write_text("", "utf-8")
    assert verify(copy, small_home) == [
        "annex.zh.xlsx: changed",
        "memo.zh.pdf: missing",
        "results.csv: changed",
        "old.txt: stale, not of this run",
    ]


def test_verify_says_that_the_data_have_changed_since(made, small_home, tmp_path):
    other = shutil.copytree(small_home, tmp_path / "home")
    with (other / "data/guangdong/minima.csv").open("a") as stream:
        stream.write("\n")
    assert verify(made, other) == [
        f"{name}: the data have changed since" for name in ("baseline", "compare", "guangdong", "rural80")
    ]


def test_a_folder_of_another_kind_and_an_unfinished_run_are_said(made, small_home, tmp_path):
    with pytest.raises(ParametersRefused, match="holds results of 'batch memo'"):
        claim(str(made), small_home, "run")
    out = claim(str(tmp_path / "new"), small_home, "run")
    with locked(out, "run"):
        pass
    assert verify(out, small_home) == ["the last run did not end; what lies here may be of an earlier one: run again"]
    (out / "manifest.json").write_text("{", "utf-8")
    with pytest.raises(ParametersRefused, match="remove the folder, or choose another --out"):
        verify(out, small_home)


@pytest.mark.parametrize("given", ["", " ", ".", "data", "params/new", "src", ".."])
def test_a_folder_of_the_project_is_never_written_to(small_home, given, monkeypatch):
    monkeypatch.chdir(small_home)
    with pytest.raises(ParametersRefused):
        claim(given, small_home, "run")
    assert not (small_home / "manifest.json").exists()


def test_the_known_shares_are_results(keyed):
    share = keyed[
        (keyed["measure"] == "minimum_rural_urban_ratio")
        & (keyed["area_code"] == "440000-C4")
        & (keyed["scenario"] == "")
    ].set_index("year")["value"]
    assert share["2024"] == pytest.approx(0.750, abs=5e-5)
    assert share["2015"] == pytest.approx(0.634, abs=5e-4)


@pytest.fixture(scope="module")
def later_home(small_home, tmp_path_factory):
    """One of each is another: a datum, an assumption, a policy."""
    home = shutil.copytree(small_home, tmp_path_factory.mktemp("later") / "home")
    changes = {
        "data/guangdong/recipients.csv": (
            "2024,M03,rural,dibao,recipients,108.9",
            "2024,M03,rural,dibao,recipients,110.2",
        ),
        "params/assumptions/guangdong.yaml": ("central: 0.77", "central: 0.6"),
        "params/policies/rise35.yaml": ("rise_share: 0.035", "rise_share: 0.04"),
        # The bridge stands in the memo; pages of notebooks know nothing of it.
        "params/batches/memo.yaml": ("[10_gap, 30_next_year]", "[30_next_year]"),
    }
    for name, (old, new) in changes.items():
        text = (home / name).read_text("utf-8")
        assert old in text
        (home / name).write_text(text.replace(old, new), "utf-8")
    return home


@pytest.fixture(scope="module")
def later(later_home, made):
    """A later memo against the first one."""
    return make(later_home, later_home.parent / "out", 2, "--against", str(made))


@pytest.fixture(scope="module")
def bridged(later):
    return with_keys(from_csv((later / "results.csv").read_text("utf-8")))


def test_a_memo_against_an_older_one_bridges_every_cause_and_adds_up(later, bridged, keyed):
    own = bridged[bridged["measure"].str.startswith("bridge_extra_cost") & (bridged["tier"] == "")]
    said = own.set_index("measure")["value"]
    key = "baseline:guangdong:440000:::2025:Y:::extra_cost:central"
    parts = {cause: said[f"bridge_extra_cost_by_{cause}"] for cause in ("data", "assumptions", "policy", "method")}
    assert said["bridge_extra_cost_before"] == keyed.at[key, "value"]
    assert said["bridge_extra_cost_before"] + sum(parts.values()) == bridged.at[key, "value"]
    assert all(parts[cause] for cause in ("data", "assumptions", "policy"))
    assert parts["method"] == 0  # the same program
    changed = pd.read_csv(later / "bridge/changed_parameters.csv")
    assert changed["key"].tolist() == [
        "assumptions.follow_share.central",
        "policy.rule.rural.rise_share",
        "policy.rule.urban.rise_share",
    ]
    assert pd.read_csv(later / "bridge/changed_data.csv")["new_value"].tolist() == [1_102_000]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_bridge_stands_in_the_memo_with_its_numbers(later, bridged, lang):
    page = read(later / f"memo.{lang}.html")
    assert page.loose == []
    assert {key for key, _ in page.keyed} <= set(bridged.index)  # no notebook has made those of the package
    spoken = [(key, text) for key, text in page.keyed if ":bridge_" in key]
    assert len(spoken) > 30
    for key, text in spoken:
        assert prints(bridged.at[key, "value"], text), (key, text)
    pdf = PdfReader(io.BytesIO((later / f"memo.{lang}.pdf").read_bytes()))
    heads = [str(one.title) for one in pdf.outline[1]]
    assert len(heads) == 10
    assert heads[8].endswith("与上次测算相比" if lang == "zh" else "What changed since the last memo")
    assert (later / f"bridge/figures/bridge.{lang}.png").is_file()


def test_the_manifest_holds_the_bridge_and_the_inputs_and_verify_is_content(later, later_home):
    assert verify(later, later_home) == []
    manifest = json.loads((later / "manifest.json").read_text("utf-8"))
    assert {"inputs.zip", "bridge/results.csv", "bridge/changed_data.csv"} <= manifest["files"].keys()
    assert "against" in manifest["records"]["bridge"]["inputs"]


def test_against_another_memo_the_documents_alone_are_made_again(later, later_home, made, tmp_path):
    """An older memo that kept no inputs gives totals, and says why; what was compared before is no part of the result."""
    older, out = shutil.copytree(made, tmp_path / "older"), shutil.copytree(later, tmp_path / "out")
    manifest = json.loads((older / "manifest.json").read_text("utf-8"))
    del manifest["files"]["inputs.zip"], manifest["proposed"]
    (older / "inputs.zip").unlink()
    (older / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    home = shutil.copytree(later_home, tmp_path / "home")
    batch = home / "params/batches/memo.yaml"
    batch.write_text(re.sub(r"languages: .*", "languages: [en]", batch.read_text("utf-8")), "utf-8")
    command = [sys.executable, "-m", "analysis", "memo", "--out", str(out), "--against", str(older)]
    environment = {**os.environ, "TIBIAO_HOME": str(home)}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=tmp_path, check=True)
    assert "holds no inputs.zip; only totals can be compared" in done.stdout
    assert "to run: 1 of 3" in done.stdout
    rows = from_csv((out / "results.csv").read_text("utf-8"))
    assert "bridge_extra_cost_change" in set(rows["measure"])
    assert not rows["measure"].str.contains("bridge_.*_by_").any()
    text = read(out / "memo.en.html")
    assert not any("_by_" in key for key, _ in text.keyed if ":bridge_" in key)
    assert "only the total difference can be shown" in (out / "memo.en.html").read_text("utf-8")
    assert {one for one in verify(out, home) if "stale" not in one} == set()


def test_against_a_memo_of_the_same_inputs_nothing_has_changed(small_home, made, tmp_path):
    out = shutil.copytree(made, tmp_path / "out")
    older = read_older(str(made), str(out), "guangdong", "baseline", ["baseline", "rural80"])
    for name, content in older.contents.items():
        write_atomically(out / name, content)
    text, _ = written(start("batch:memo", out_dir=str(out), lang="en", scope="batch", home=small_home))
    assert "Nothing has changed: data, assumptions, policy and program are the same, and so is every figure." in text


def test_a_memo_on_a_package_of_ones_own_ends_well_with_what_it_rests_on(small_home, tmp_path):
    own = shutil.copytree(small_home, tmp_path / "home")
    batch = own / "params/batches/memo.yaml"
    text = re.sub(r"scenarios: .*", "scenarios: [baseline]", batch.read_text("utf-8"))
    text = re.sub(r"notebooks: .*", "notebooks: [30_next_year]", text)
    batch.write_text(re.sub(r"languages: .*", "languages: [zh]", text), "utf-8")
    table = tmp_path / "六月.csv"
    table.write_text("2024年低保标准（元/月）\n地区,城镇,农村\n韶关,870,660\n", "utf-8")
    taken = [sys.executable, "-m", "analysis", "--home", str(own), "intake", str(table), "--as", "june", "--known-from", "2024-06-01"]  # fmt: skip
    subprocess.run(taken, check=True, capture_output=True)
    out = make(own, tmp_path / "out", 1, "--dataset", "june")
    assert verify(out, own) == []
    with zipfile.ZipFile(out / "inputs.zip") as kept:
        assert {"local/data/june/datapackage.json", "params/rules/guangdong.yaml"} <= set(kept.namelist())
    found = with_keys(from_csv((out / "results.csv").read_text("utf-8")))
    assert set(found["dataset"]) == {"june"}
    known = found[
        (found["area_code"] == "440200") & (found["measure"] == "standard") & (found["year"].astype(str) == "2024")
    ]
    assert known.set_index("residence")["value"].to_dict() == {"urban": 870, "rural": 660}
    assert (out / "memo.zh.pdf").read_bytes()[:4] == b"%PDF"
