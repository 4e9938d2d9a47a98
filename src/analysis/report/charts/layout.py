"""How charts of horizontal bars are laid out, and the data that goes with a drawing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.report import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLUMNS = [
    "key", "area_code", "programme", "residence", "year", "period", "tier", "component", "measure", "statistic",
    "value", "unit", "grade",
]  # fmt: skip


def data_of(rows: Iterable[dict[str, Any]]) -> pd.DataFrame:
    """Return the result rows behind a drawing, one line each, sorted by key."""
    return pd.DataFrame(list(rows), columns=COLUMNS).drop_duplicates("key").sort_values("key", ignore_index=True)


def scenario_data_of(rows: Iterable[dict[str, Any]]) -> pd.DataFrame:
    """Return the result rows behind a drawing of several scenarios, with the scenario of each."""
    rows = list(rows)
    scenarios = {row["key"]: row["scenario"] for row in rows}
    data = data_of(rows)
    data.insert(1, "scenario", data["key"].map(scenarios))
    return data


def beside_labels(axes: Axes, left: float) -> None:
    """Give the labels of horizontal bars their room, and take away the axis that the amounts replace."""
    axes.tick_params(axis="y", length=0)
    axes.set_xticks([])
    axes.spines[["bottom", "left"]].set_visible(False)
    box = axes.get_position()
    axes.set_position((left, box.y0 - 0.05, 0.97 - left, box.height + 0.05))


def write_below(axes: Axes, text: str, lang: str, height: float) -> None:
    """Write quiet lines across the whole width of a chart, downward from a height of its axes."""
    box = axes.get_position()
    lines = "\n".join(style.wrapped(text, lang, 38.5))
    look = {"va": "top", "fontsize": 6, "color": style.QUIET, "linespacing": 1.2}
    axes.text((0.02 - box.x0) / box.width, height, lines, transform=axes.get_yaxis_transform(), **look)
