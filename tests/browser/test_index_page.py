"""The pages in a real browser, opened from the disk: nothing given runs, nothing is fetched, the table does what it says."""

import io
from contextlib import contextmanager

import nbformat.v4
import pytest
from PIL import Image

from analysis.inputs.parameters.values import Text
from analysis.report.memo.documents import font_subset
from analysis.report.site import notebook, page
from analysis.report.site.row import Cell, Numbers

pytestmark = pytest.mark.browser
HOSTILE = (
    "\"><script>alert(1)</script><img src=https://example.org/x onerror=alert(1)>'<a href=javascript:alert(1)>省</a>"
)


def both(text):
    return Text(zh=f"{text}中", en=f"{text} en")


def numbers(values, verdict):
    cells = (Cell(key, values[key], both(str(values[key])), both("beside"), "inferred", True) for key in page.COLUMNS)
    box = tuple((both(name), both("1%"), both("said")) for name in ("published", "computed", "assumed"))
    return Numbers(tuple(cells), verdict, ((both("head"), both("sentence")),) * 4, box, 1.0)


def picture():
    import base64

    buffer = io.BytesIO()
    Image.new("RGB", (240, 200), "#0a4a78").save(buffer, "PNG")
    return base64.b64encode(buffer.getvalue()).decode()


def row(name, cost, verdict, fiscal, title):
    text = both(title)
    figure = page.Shown(f"{name}/f.png", text, "", f"data:image/png;base64,{picture()}", title)
    told = numbers(dict.fromkeys(page.COLUMNS, 1.0) | {"cost": cost}, verdict) if cost is not None else None
    failed = () if told else (HOSTILE,)
    folder = page.Folder(figures=(figure,), downloads=(page.Shown("results.csv", text),))
    return page.Row(name, text, text, text, fiscal, both(fiscal), told, failed, folder, ((both("seed"), "1"),))


ROWS = (
    row("nine", 9.0, "short", "tight", "九"),
    row("ten", 10.0, "feasible", "baseline", "十"),
    row("died", None, "none", "baseline", HOSTILE),
    row("minus", -2.5, "transfer", "baseline", "负"),
)


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    fiscal = {"tight": both("tight"), "baseline": both("baseline")}
    head = page.Head(both(HOSTILE), ("2024-06-30",), {"done": 3, "failed": 1}, (HOSTILE,), "100%", fiscal, (), ())
    path = tmp_path_factory.mktemp("site") / "index.html"
    html = page.index(head, [page.row(one).encode() for one in ROWS], font_subset(page.letters() + "九十负省中"), "zh")
    path.write_bytes(html)
    return path


@contextmanager
def opened(chromium, path, after="", width=1280):
    """Open a page and hold, when it is left, that it asked for itself alone and said nothing."""
    tab = chromium.new_page(viewport={"width": width, "height": 900})
    said, asked = [], []
    tab.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
    tab.on("console", lambda message: said.append(message.text))
    tab.on("pageerror", lambda error: said.append(str(error)))
    tab.on("request", lambda request: asked.append(request.url))
    tab.goto(f"{path.as_uri()}{after}")
    yield tab
    tab.close()
    assert not said
    assert {url.partition("#")[0] for url in asked if not url.startswith("data:")} == {path.as_uri()}


def order(tab):
    return tab.eval_on_selector_all("tbody", "all => all.filter((one) => !one.hidden).map((one) => one.id)")


def head(tab, key):
    return tab.locator(f"[data-sort={key}]")


def test_nothing_given_runs_and_the_own_font_is_used(chromium, index):
    with opened(chromium, index, "#open=died,ten") as tab:
        assert tab.locator("script").count() == 1
        assert tab.locator("[onerror]").count() == 0
        assert "<script>alert(1)</script>" in tab.title()
        assert tab.evaluate("document.fonts.ready.then(() => [...document.fonts].map((one) => one.status))") == [
            "loaded"
        ]


def test_a_script_that_is_not_ours_is_stopped_by_the_policy(chromium, index, tmp_path):
    spoiled = tmp_path / "index.html"
    spoiled.write_text(
        index.read_text("utf-8").replace("</body>", "<script>document.title = 'ran'</script></body>"), "utf-8"
    )
    tab = chromium.new_page()
    tab.goto(spoiled.as_uri())
    assert tab.title() != "ran"
    tab.close()


def test_numbers_sort_as_numbers_and_what_has_none_comes_last(chromium, index):
    with opened(chromium, index) as tab:
        assert order(tab) == ["nine", "ten", "died", "minus"]
        head(tab, "cost").click()
        assert order(tab) == ["minus", "nine", "ten", "died"]
        assert tab.locator("th[aria-sort=ascending]").inner_text().startswith("新增支出")
        head(tab, "cost").click()
        assert order(tab) == ["ten", "nine", "minus", "died"]
        assert tab.locator("th[aria-sort=descending]").count() == 1


def test_the_table_is_worked_by_keyboard(chromium, index):
    with opened(chromium, index) as tab:
        head(tab, "title").focus()
        tab.keyboard.press("Enter")
        # 负, 九, 十 by pinyin; the hostile title starts with a sign.
        assert order(tab)[1:] == ["minus", "nine", "ten"]
        tab.locator("#ten .unfold").focus()
        tab.keyboard.press("Space")
        assert tab.locator("#ten .unfold").get_attribute("aria-expanded") == "true"
        assert tab.locator("#more-ten img").is_visible()
        assert tab.locator("#more-ten .four li").count() == 4
        assert tab.locator("#more-nine").is_hidden()


def test_filters_narrow_the_table_and_say_how_many_are_left(chromium, index):
    with opened(chromium, index) as tab:
        shown = tab.locator("[name=shown]")
        tab.locator("[name=fiscal]").select_option("baseline")
        assert (order(tab), shown.inner_text()) == (["ten", "died", "minus"], "3")
        tab.locator("[name=verdict]").select_option("transfer")
        assert (order(tab), shown.inner_text()) == (["minus"], "1")
        tab.locator("[name=verdict]").select_option("")
        tab.locator("[name=text]").fill("十中 TEN")
        assert order(tab) == ["ten"]


def test_the_address_keeps_the_state_and_gives_it_back(chromium, index):
    with opened(chromium, index) as tab:
        tab.locator("[data-lang=en]").click()
        head(tab, "cost").click()
        head(tab, "cost").click()
        tab.locator("[name=fiscal]").select_option("baseline")
        tab.locator("#ten .unfold").click()
        address = tab.url
    with opened(chromium, index, "#" + address.partition("#")[2]) as tab:
        assert order(tab) == ["ten", "minus", "died"]
        assert tab.locator("html").get_attribute("lang") == "en"
        assert tab.locator("#more-ten").is_visible()
        tab.evaluate("location.hash = 'lang=zh'")
        tab.wait_for_function("document.documentElement.lang === 'zh-CN'")
        assert order(tab) == ["nine", "ten", "died", "minus"]


def test_an_address_that_means_nothing_changes_nothing(chromium, index):
    with opened(chromium, index, "#sort=<script>&lang=xx&open=none,,&down=7&%E0%A4%A=1") as tab:
        assert order(tab) == ["nine", "ten", "died", "minus"]
        assert tab.locator("html").get_attribute("lang") == "zh-CN"


def test_the_switch_changes_every_word(chromium, index):
    with opened(chromium, index, "#open=ten") as tab:
        assert "可否负担" in tab.locator("body").inner_text()
        tab.locator("[data-lang=en]").click()
        text = tab.locator("body").inner_text()
        assert "可否负担" not in text
        assert "Can it be borne" in text
        assert tab.locator("[name=verdict] option").all_inner_texts()[1] == "yes"
        assert tab.title().endswith(" en")


@pytest.mark.parametrize("width", [480, 1280])
def test_the_page_fits_its_window(chromium, index, width):
    with opened(chromium, index, "#open=ten", width) as tab:
        assert tab.evaluate("document.documentElement.scrollWidth") <= width
        label = tab.evaluate("getComputedStyle(document.querySelector('#ten td'), '::before').content")
        assert (label == '"农村/城镇"') == (width == 480)


def test_without_script_everything_is_unfolded(chromium, index):
    context = chromium.new_context(java_script_enabled=False)
    tab = context.new_page()
    tab.goto(index.as_uri())
    assert tab.locator("#more-nine").is_visible()
    assert tab.locator(".controls").is_hidden()
    context.close()


def test_a_notebooks_page_fetches_and_runs_nothing(chromium, tmp_path):
    data = {"text/html": f"<table><tr><th>市</th></tr><tr><td>{HOSTILE}</td></tr></table>"}
    cells = [
        nbformat.v4.new_markdown_cell(f"# 标题 · Title\n\n{HOSTILE} $x$ ![p](https://example.org/p.png)"),
        nbformat.v4.new_code_cell("1", outputs=[nbformat.v4.new_output("display_data", data)]),
        nbformat.v4.new_code_cell("2", outputs=[nbformat.v4.new_output("display_data", {"image/png": picture(), "text/plain": "alt"})]),
    ]  # fmt: skip
    body = notebook.body(nbformat.v4.new_notebook(cells=cells))
    about = {"index": "../index.html", "source": "n.ipynb", "other": "", "name": "n"}
    html = page.notebook(both("标题"), body, {"scenario": HOSTILE}, about, font_subset(body + page.letters()), "zh")
    path = tmp_path / "n.html"
    path.write_text(html, "utf-8")
    with opened(chromium, path) as tab:
        assert tab.locator("h1").inner_text() == "标题 · Title"
        assert tab.locator("main td").count() == 1
        assert tab.locator("main img").evaluate("one => one.naturalWidth") == 240
        assert tab.evaluate("document.fonts.ready.then(() => [...document.fonts].map((one) => one.status))") == [
            "loaded"
        ]
