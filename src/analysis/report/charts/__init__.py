"""Charts: each a function from facts and wording to a drawing and the data it shows.

A hollow mark is inferred or derived; the title is a computed finding; the foot says unit, source and worst grade.
"""

from __future__ import annotations

from collections.abc import Callable

from analysis.report import style
from analysis.report.charts.frame import class_codes, foot, plan_years, separate_class

# isort: split
# The tables ask for the names above while the charts below are loaded.
from analysis.report.charts.cost import cost_waterfall, who_pays
from analysis.report.charts.exceedance import exceedance
from analysis.report.charts.gap import gap_over_time
from analysis.report.charts.movers import must_move
from analysis.report.charts.plan import dumbbell
from analysis.report.charts.ripple import ripple
from analysis.report.charts.risk import tornado
from analysis.report.charts.theil import theil_split
from analysis.report.charts.tiles import tile_grid
from analysis.report.charts.timing import cash_calendar
from analysis.report.facts import Facts
from analysis.report.wording import Wording

__all__ = ["CHARTS", "class_codes", "foot", "plan_years", "separate_class"]
CHARTS: dict[str, Callable[[Facts, Wording, str], style.Chart]] = {
    "gap_over_time": gap_over_time,
    "theil_split": theil_split,
    "dumbbell": dumbbell,
    "tile_grid": tile_grid,
    "ripple": ripple,
    "tornado": tornado,
    "cost_waterfall": cost_waterfall,
    "who_pays": who_pays,
    "exceedance": exceedance,
    "cash_calendar": cash_calendar,
    "must_move": must_move,
}
