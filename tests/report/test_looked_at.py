"""Every figure and page was looked at by a person: docs/looked-at.md lists each with its sha256."""

import functools
import hashlib
import re
import sys

import pytest

import analysis
import memo_results
from analysis.inputs.batch import read_batch
from analysis.session import memo

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def listed(home):
    text = (home / "docs" / "looked-at.md").read_text("utf-8")
    rows = re.findall(r"^\| (\S+) \| `([0-9a-f]{64})` \| (.+) \|$", text, re.M)
    python = re.search(r"Python (\d+\.\d+)", text).group(1)
    return {name: (digest, seen) for name, digest, seen in rows}, python


def pictures(home):
    """Yield name and bytes of every figure and page that the default memo makes."""
    runs = [analysis.start(scenario) for scenario in read_batch("memo", home).scenarios]
    past, neighbour = (analysis.start("baseline", dataset, scope="dataset") for dataset in ("guangdong", "indonesia"))
    for lang in ("zh", "en"):
        history = past.in_language(lang)
        for chart in (history.show("gap_over_time"), history.show("theil_split")):
            yield f"guangdong/{chart.name}.png", chart.png()
        abroad = neighbour.in_language(lang).show("gap_over_time")
        yield f"indonesia/{abroad.name}.png", abroad.png()
        for run in (one.in_language(lang) for one in runs):
            for chart in (run.show("ripple"), run.show("tornado")):
                yield f"{run.scenario.id}/{chart.name}.png", chart.png()
        road = runs[0].in_language(lang).show("share_road")
        yield f"baseline/{road.name}.png", road.png()
        batch = memo_results.batch_of("zh").in_language(lang)
        _, figures = memo.written(batch)
        for chart in (*figures.values(), batch.show("scenario_multiples")):
            yield f"memo/{chart.name}.png", chart.png()
        for name, content in batch.memo().items():
            if "/" not in name:  # below it lie results, which no one looks at as pages
                yield f"memo/{name}", content


def test_every_figure_and_page_was_looked_at(home, listed, monkeypatch):
    seen, python = listed
    monkeypatch.setattr(memo, "written", functools.cache(memo.written))  # its figures are those of the pages
    made = {name: hashlib.sha256(content).hexdigest() for name, content in pictures(home)}
    assert set(made) == set(seen)
    assert all(len(words) > 15 for _, words in seen.values())
    # Bytes are promised for one lock and one version of Python; elsewhere the list of names is what must agree.
    if python == f"{sys.version_info.major}.{sys.version_info.minor}":
        changed = {name: digest for name, digest in made.items() if seen[name][0] != digest}
        assert not changed, "look at these, then write down what you saw"
