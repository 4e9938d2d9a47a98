"""Chart of how unequal the standards are, split into between town and country and within each."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.errors import NotHeld
from analysis.inputs.evidence import worst_grade
from analysis.report import style
from analysis.report.charts.frame import hollow
from analysis.report.charts.layout import data_of
from analysis.report.facts import Facts
from analysis.report.rounding import fixed, percent
from analysis.report.wording import Wording

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PARTS = ("theil_between_urban_rural", "theil_within_urban_rural")
THOUSANDTHS = 1000
WITHIN = "#9CC7E3"


@style.styled
def theil_split(facts: Facts, wording: Wording, source: str) -> style.Chart:
    """The Theil index of the standards at each time at which all areas are known, by what lies between town and country.

    Raises:
        NotHeld: the package holds no people to weigh by.
    """
    found = {
        name: _by_time(facts, name) for name in ("theil", *PARTS, "theil_between_urban_rural_share", "theil_weight")
    }
    wholes, shares = found["theil"], found["theil_between_urban_rural_share"]
    if not wholes:
        raise NotHeld("no_weights")
    drawn = [row for name, rows in found.items() if name != "theil_weight" for row in rows.values()]
    faint = bool(hollow(pd.DataFrame(list(wholes.values()))).any())
    title = _title(wording, wholes, shares)
    drawing, axes = style.figure(2.75, title, _foot(found, faint, wording, source), wording.lang)
    times = list(wholes)
    width = 0.62 * min([later - one for one, later in itertools.pairwise(times)], default=1)
    looks: tuple[dict[str, Any], ...] = (
        {"facecolor": "white" if faint else style.RURAL, "edgecolor": style.RURAL, "hatch": "/////"},
        {"facecolor": "white" if faint else WITHIN, "edgecolor": style.URBAN},
    )
    for time in times:
        below = 0.0
        for name, look in zip(PARTS, looks, strict=True):
            value = found[name][time]["value"] * THOUSANDTHS
            axes.bar(time, value, bottom=below, width=width, linewidth=0.7, zorder=2, **look)
            below += value
        at = {"xytext": (0, 1.5), "textcoords": "offset points", "ha": "center", "va": "bottom"}
        axes.annotate(fixed(below, 1), (time, below), fontsize=5.8, color=style.INK, **at)
    highest = THOUSANDTHS * max(row["value"] for row in wholes.values())
    axes.set_ylim(0, (1.16 if highest else 1) * (highest or 1))
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    _name_parts(
        axes, {name: found[name][times[-1]]["value"] * THOUSANDTHS for name in PARTS}, times[-1], width, wording
    )
    _name_times(axes, times, shares, wording)
    return style.Chart(f"theil_split.{wording.lang}", drawing, data_of(drawn), title)


def _by_time(facts: Facts, measure: str) -> dict[float, dict[str, Any]]:
    """Return the package's rows of a measure by time; the second half of a year ends in .5."""
    rows = [row for row in facts.rows(measure) if row["scenario"] == ""]
    return {
        int(row["year"]) + (row["period"] == "H2") / 2: row
        for row in sorted(rows, key=lambda row: (row["year"], row["period"]))
    }


def _name_parts(axes: Axes, last: dict[str, float], time: float, width: float, wording: Wording) -> None:
    """Name both parts beside the last bar; a part too thin for a line of words of its own is named above its foot."""
    words = (wording.pick("城乡之间", "between\ntown and\ncountry"), wording.pick("城、乡\n内部", "within\neach"))
    colours, below = (style.RURAL, style.URBAN), 0.0
    least = wording.pick(0.06, 0.13) * axes.get_ylim()[1]
    for text, colour, value in zip(words, colours, last.values(), strict=True):
        at = max(below + value / 2, least)
        axes.annotate(
            text,
            (time + width / 2, at),
            xytext=(3, 0),
            textcoords="offset points",
            va="center",
            fontsize=6,
            color=colour,
        )
        below += value
        least = at + 0.34 * axes.get_ylim()[1]


def _name_times(axes: Axes, times: list[float], shares: dict[float, dict[str, Any]], wording: Wording) -> None:
    """Write under each bar its year, and the share of the index that lies between town and country."""
    labels = []
    for time in times:
        year = f"{int(time)}"[2:] if time == int(time) else ""
        labels.append(f"{year}\n{percent(shares[time]['value'])}" if time in shares else year)
    axes.set_xticks(times, labels, fontsize=5.8)
    axes.tick_params(axis="x", length=0)
    span = times[-1] - times[0] or 1
    axes.set_xlim(times[0] - 0.075 * span, times[-1] + wording.pick(0.17, 0.2) * span)
    box = axes.get_position()
    axes.set_position((0.12, box.y0 + 0.045, 0.85, box.height - 0.045))
    label = wording.pick("之间\n所占", "share\nbetween")
    axes.annotate(
        label, (0, 0), xycoords="axes fraction", xytext=(-2, -6), textcoords="offset points", ha="right", va="top",
        fontsize=5.4, color=style.QUIET, linespacing=1.05,
    )  # fmt: skip


def _foot(found: dict[str, dict[float, dict[str, Any]]], faint: bool, wording: Wording, source: str) -> str:
    counted = {row["year"] for row in found["theil_weight"].values()}
    say = wording.pick
    weights = say("当时的贫困人口", "the poor persons of the time")
    if counted:
        year = max(counted)
        weights = say(
            f"{year}年常住人口，跨两类的市按其部分个数均分（假设）",
            f"the residents of {year}; a city in two classes is split evenly over its parts (assumed)",
        )
    grade = wording.grade(worst_grade(row["grade"] for row in found["theil"].values()))
    hollow_bars = say("空心柱为推断或推算。", " Hollow bars are inferred or derived.") if faint else ""
    return say(
        f"泰尔T指数，千分之一；下行为城乡之间所占。权重：{weights}；有地区未知的时点不列。来源：{source}。最差等级：{grade}。{hollow_bars}",
        f"Theil T index in thousandths; under each bar, the share between town and country. Weights: {weights}. Times at which an area is not known are left out. "
        f"Source: {source}. Worst grade: {grade}.{hollow_bars}",
    )


def _title(wording: Wording, wholes: dict[float, dict[str, Any]], shares: dict[float, dict[str, Any]]) -> str:
    first, last = min(wholes), max(wholes)
    then, now = (wholes[time]["value"] * THOUSANDTHS for time in (first, last))
    share = (shares[time]["value"] if time in shares else 0.0 for time in (first, last))
    before, after = (percent(one) for one in share)
    if first == last or then == now:
        return wording.pick(
            f"{int(last)}年标准的泰尔指数为{fixed(now, 1)}（千分之一），其中城乡之间占{after}",
            f"{int(last)}: Theil index of the standards {fixed(now, 1)} thousandths, {after} of it between town and country",
        )
    way = wording.pick("降到" if now < then else "升到", "fell" if now < then else "rose")
    return wording.pick(
        f"{int(first)}年到{int(last)}年，标准的泰尔指数由{fixed(then, 1)}{way}{fixed(now, 1)}（千分之一），城乡之间所占由{before}变为{after}",
        f"The Theil index of the standards {way} from {fixed(then, 1)} to {fixed(now, 1)} thousandths between {int(first)} and {int(last)}; "
        f"the town-country part went from {before} to {after}",
    )
