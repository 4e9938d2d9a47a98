"""What the tests of the charts look at: the numbers behind a drawing, and whether it can be read."""

import io
import itertools

import numpy as np
from matplotlib.cbook import STEP_LOOKUP_MAP
from matplotlib.image import imread
from matplotlib.path import Path

from analysis.model.results import with_keys
from analysis.report.facts import Facts
from analysis.report.wording import Wording

HOSTILE = ("$\\frac{", "$\\frac{1}{$", "<script>alert(1)</script>")
SCENARIOS = ("baseline", "freeze", "late", "tight")


def changed(facts, *changes):
    """Return facts with some numbers changed: each change is a measure, a value and what else the row must hold."""
    table = facts.table.copy()
    for measure, value, where in changes:
        asked = {"tier": "", "component": "", "statistic": "central"} | where
        mask = (table["scenario"] == facts.scenario) & (table["measure"] == measure)
        for name, wanted in asked.items():
            mask &= table[name] == str(wanted)
        assert mask.any(), (measure, where)
        table.loc[mask, "value"] = value
    return Facts(table, facts.scenario, facts.lang)


def numbers_are_results(chart, facts):
    """Say whether every number behind a drawing that has a key is that row of the results, each once."""
    data = chart.data[chart.data["key"].notna()]
    keyed = with_keys(facts.table)
    return bool(
        len(data)
        and not data["key"].duplicated().any()
        and np.array_equal(data["value"], keyed.loc[data["key"], "value"])
    )


def cut_off(chart):
    """Say whether anything runs over the edge of the drawing."""
    pixels = imread(io.BytesIO(chart.png()))[:, :, :3]
    edges = [pixels[:2], pixels[-2:], pixels[:, :2], pixels[:, -2:]]
    return any((edge < 0.95).any() for edge in edges)


def overlapping(chart):
    """Return the pairs of texts that stand over each other by more than a hair."""
    renderer = chart.figure.canvas.get_renderer()
    texts = [*chart.figure.texts]
    for axes in chart.figure.axes:
        texts += axes.texts
        if axes.axison:
            low, high = sorted(axes.get_ylim())
            texts += [
                label
                # A panel that leaves its labels to another has none.
                for place, label in zip(axes.get_yticks(), axes.get_yticklabels(), strict=False)
                if low <= place <= high
            ]
    boxes = [(text.get_text(), text.get_window_extent(renderer)) for text in texts if text.get_text().strip()]
    found = []
    for (one, first), (other, second) in itertools.combinations(boxes, 2):
        wide = min(first.x1, second.x1) - max(first.x0, second.x0)
        high = min(first.y1, second.y1) - max(first.y0, second.y0)
        if wide > 3 and high > 2:
            found.append((one, other))
    return found


def struck_through(axes, line):
    """Return the texts that a line drawn in steps runs through."""
    renderer = axes.figure.canvas.get_renderer()
    steps = STEP_LOOKUP_MAP["steps-mid"](*line.get_data())
    path = Path(axes.transData.transform(np.column_stack(steps)))
    texts = [text for text in axes.texts if text.get_text().strip()]
    return [
        text.get_text()
        for text in texts
        if path.intersects_bbox(text.get_window_extent(renderer).padded(-1), filled=False)
    ]


def written(chart):
    """Return every text of the drawing as one."""
    texts = [text.get_text() for text in chart.figure.texts]
    for axes in chart.figure.axes:
        texts += [text.get_text() for text in axes.texts]
        texts += [label.get_text() for label in axes.get_yticklabels()]
    return "\n".join(texts)


def renamed(wording, name):
    """Return the words with every area under one name."""
    areas = wording.areas.copy()
    areas[["name_zh", "name_en"]] = name
    return Wording(wording.lang, areas)


def bars(chart, axes=0):
    """Return left end, width and height above the axis of every bar, in the order drawn."""
    return [(bar.get_x(), bar.get_width(), bar.get_y()) for bar in chart.figure.axes[axes].patches]
