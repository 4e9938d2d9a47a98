"""JupyterLab in a real browser: every notebook runs and shows its charts, the sliders move the numbers, a position is kept.

Nothing here waits for a time to pass: the page is asked for the kernel's state, and for what it shows.
"""

import json
import re
import statistics
import urllib.error
import urllib.request
from contextlib import contextmanager

import nbformat
import pytest

from analysis import files
from analysis.inputs.scenario import read_scenario

pytestmark = [pytest.mark.browser, pytest.mark.slow]
NOTEBOOKS = sorted(path.stem for path in (files.home() / "notebooks").glob("*.ipynb"))
LIMIT_MS = 180_000
MOVES = 50
PANEL = "jupyterapp.shell.currentWidget"
# Run from the top and answer when every cell has ended; then what the kernel says of itself.
RUN_ALL = f"""async () => {{
    const panel = {PANEL};
    await panel.context.ready;
    await panel.sessionContext.ready;
    await jupyterapp.commands.execute('notebook:run-all-cells');
    while (panel.sessionContext.session.kernel.status !== 'idle')
        await new Promise((done) => panel.sessionContext.statusChanged.connect(function once() {{
            panel.sessionContext.statusChanged.disconnect(once);
            done();
        }}));
    return panel.content.model.toJSON();
}}"""
# Bring a cell into view: JupyterLab draws only those.
GO_TO = f"""async (place) => {{
    const notebook = {PANEL}.content;
    notebook.activeCellIndex = place;
    await notebook.scrollToItem(place, 'start');
}}"""
# The time from a key to the paint that shows the new position whole: sentences are set last, pictures may still decode.
WATCH = """() => {
    window.answers = [];
    document.addEventListener('keydown', (event) => { if (event.key.startsWith('Arrow')) window.pressed = performance.now(); }, true);
    const page = document.querySelector('[data-stand]').closest('.jp-OutputArea-output');
    new MutationObserver(() => {
        const stand = document.querySelector('[data-stand]').dataset.stand;
        if (stand === window.stood) return;
        window.stood = stand;
        const began = window.pressed;
        Promise.all([...page.querySelectorAll('img')].map((one) => one.decode().catch(() => {}))).then(() =>
            requestAnimationFrame(() => window.answers.push(performance.now() - began)));
    }).observe(page, { subtree: true, childList: true, attributes: true });
    window.stood = document.querySelector('[data-stand]').dataset.stand;
}"""


@contextmanager
def opened(chromium, lab, path):
    """Open a notebook in a page of its own; its kernel ends with it."""
    context = chromium.new_context(viewport={"width": 1500, "height": 1250})
    tab = context.new_page()
    tab.set_default_timeout(LIMIT_MS)
    tab.goto(f"{lab.address}/lab/tree/{path}?token={lab.token}&reset")
    tab.wait_for_function(f"window.jupyterapp && {PANEL} && {PANEL}.content && {PANEL}.content.model")
    try:
        yield tab
    finally:
        tab.evaluate(f"async () => {{ await {PANEL}.context.save(); await {PANEL}.sessionContext.shutdown(); }}")
        context.close()


@pytest.fixture
def sliders(chromium, lab):
    """Run 90_explore and stand before its sliders."""
    with opened(chromium, lab, "notebooks/90_explore.ipynb") as tab:
        ran = tab.evaluate(RUN_ALL)
        tab.evaluate(GO_TO, [cell["source"] for cell in ran["cells"]].index("run.explore()"))
        tab.locator("[data-stand]").wait_for()
        yield tab


def stand(tab):
    """Return where the levers stand by what the page shows, and what it says and draws there."""
    page = tab.locator("[data-stand]")
    shown = tab.evaluate("[...document.querySelectorAll('.jp-OutputArea-output .widget-image')].map((one) => one.src)")
    return page.get_attribute("data-stand"), page.inner_text(), shown


def press(tab, lever, key):
    """Move a lever by a key and wait until the page shows another position."""
    before = stand(tab)[0]
    tab.locator(".widget-hslider", has_text=lever).locator(".noUi-handle").focus()
    tab.keyboard.press(key)
    tab.wait_for_function("(before) => document.querySelector('[data-stand]').dataset.stand !== before", arg=before)
    return stand(tab)


def test_without_the_token_nothing_is_given_and_with_it_the_start_page(chromium, lab):
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{lab.address}/api/contents")  # noqa: S310 - our own server
    assert refused.value.code == 403
    tab = chromium.new_page()
    asked = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.goto(f"{lab.address}/?token={lab.token}")
    tab.locator(".jp-MarkdownViewer table").first.wait_for(timeout=LIMIT_MS)
    assert tab.locator(".jp-MarkdownViewer a").all_inner_texts().count("90_explore") == 2
    assert not [url for url in asked if not url.startswith((lab.address, "data:", "blob:"))]
    tab.close()


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_runs_and_every_chart_is_seen(chromium, lab, name):
    with opened(chromium, lab, f"notebooks/{name}.ipynb") as tab:
        cells = tab.evaluate(RUN_ALL)["cells"]
        code = [cell for cell in cells if cell["cell_type"] == "code"]
        assert [cell["execution_count"] for cell in code] == list(range(1, len(code) + 1))
        outputs = [output for cell in code for output in cell["outputs"]]
        assert not [output for output in outputs if output["output_type"] == "error"]
        charts = [place for place, cell in enumerate(cells) if "run.show(" in "".join(cell["source"])]
        for place in charts:
            tab.evaluate(GO_TO, place)
            chart = tab.locator(f".jp-Cell[data-windowed-list-index='{place}'] .jp-RenderedImage img")
            chart.wait_for()
            assert chart.evaluate("async (one) => { await one.decode(); return one.naturalWidth; }") > 300
        assert charts or name in ("00_evidence", "20_drivers", "40_pathway", "50_compare")


def test_a_slider_moves_the_numbers_and_the_charts_by_keyboard(sliders):
    start = stand(sliders)
    assert "2025年拟为669元、891元" in start[1]
    higher = press(sliders, "提高幅度", "ArrowRight")
    assert "rise=0.04" in higher[0]
    assert "891元" not in higher[1]
    assert higher[2][0] != start[2][0]
    unified = press(sliders, "农村不低于城镇的", "End")
    assert "rural_share=1" in unified[0]
    press(sliders, "农村不低于城镇的", "ArrowLeft")
    assert press(sliders, "可安排资金", "ArrowRight")[2][1] != unified[2][1]


def test_menus_set_the_month_and_the_scenario_to_start_from(sliders):
    sliders.get_by_label("通知月份").select_option("5月")
    sliders.wait_for_function("document.querySelector('[data-stand]').dataset.stand.includes('notice_month=5')")
    assert "补发" in stand(sliders)[1]
    sliders.get_by_label("从此方案出发").select_option(label="农村80% (rural80)")
    sliders.wait_for_function("document.querySelector('[data-stand]').dataset.stand.includes('rural_share=0.8 ')")
    assert "notice_month=1" in stand(sliders)[0]


def test_a_position_is_kept_as_a_scenario(sliders, lab):
    keep = sliders.get_by_role("button", name="保存这一方案")
    keep.click()
    sliders.get_by_role("status").wait_for()
    assert "nothing is moved" in sliders.get_by_role("status").inner_text()
    press(sliders, "提高幅度", "ArrowRight")
    sliders.get_by_label("保存为").fill("from-the-browser")
    sliders.get_by_label("保存为").press("Tab")
    keep.focus()
    sliders.keyboard.press("Enter")
    sliders.wait_for_function("document.querySelector('[role=status]')?.innerText.includes('tibiao run -f')")
    kept = read_scenario("", lab.home, None, lab.home / "local" / "scenarios" / "from-the-browser.yaml")
    assert str(kept.policy.rule.urban.rise_share) == "0.04"


def test_how_long_a_slider_takes_to_answer(sliders, record_testsuite_property, capsys):
    """Fifty moves of four sliders to places not seen before; the median is printed, the limit is the benchmark's."""
    sliders.evaluate(WATCH)
    done = 0
    for lever, moves in (
        ("提高幅度", 13),
        ("农村不低于城镇的", 13),
        ("高于下限者跟随", 4),
        ("预算增长", 10),
        ("可安排资金", 10),
    ):
        for _ in range(moves):
            press(sliders, lever, "ArrowRight")
            done += 1
            sliders.wait_for_function("(done) => window.answers.length >= done", arg=done)
    took = sliders.evaluate("window.answers")
    assert len(took) == done == MOVES
    record_testsuite_property("slider_median_ms", statistics.median(took))
    with capsys.disabled():
        print(
            f"\na slider answers in {statistics.median(took):.0f} ms (median of {done} moves; longest {max(took):.0f} ms)"
        )


def test_a_new_notebook_in_an_empty_folder(chromium, lab):
    """Three lines are all that a researcher needs to know."""
    folder = lab.home / "empty"
    folder.mkdir()
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell('import analysis\n\nanalysis.start("baseline")')],
        metadata={"kernelspec": {"name": "tibiao", "display_name": "tibiao", "language": "python"}},
    )
    nbformat.write(notebook, folder / "new.ipynb")
    with opened(chromium, lab, "empty/new.ipynb") as tab:
        (cell,) = tab.evaluate(RUN_ALL)["cells"]
        assert not [output for output in cell["outputs"] if output["output_type"] == "error"], json.dumps(
            cell["outputs"]
        )
        shown = tab.locator(".jp-RenderedMarkdown")
        shown.locator("table").wait_for()
        assert re.findall(r"^(\d)\. ", shown.inner_text(), re.M) == ["1", "2", "3", "4"]
        assert shown.locator("tbody tr").count() == 5
