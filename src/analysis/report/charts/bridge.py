"""The chart of the bridge: how the extra cost got from what an older memo says to what this one says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analysis.inputs.evidence import GRADES
from analysis.model.compare.bridge import CAUSES
from analysis.report import style
from analysis.report.charts.frame import HOLLOW_FROM, plan_years
from analysis.report.charts.layout import beside_labels, data_of
from analysis.report.charts.money import money_foot
from analysis.report.facts import Facts, money
from analysis.report.tables.amounts import amount, unit
from analysis.report.wording import Wording

if TYPE_CHECKING:
    from matplotlib.axes import Axes

HEIGHT = 0.56
# Below it a change is said in whole yuan: a million to a tenth would be nought.
TINY_YUAN = 5e4


@style.styled
def bridge(facts: Facts, wording: Wording, source: str) -> style.Chart:
    """The central extra cost of the older memo, what each cause adds to it or takes away, and that of this memo.

    The two memos are marks, not bars, and the axis is cut: the bars are changes, and their lengths are true to each other.
    """
    _, following = plan_years(facts)
    where = {"area_code": wording.whole, "programme": "", "tier": ""}
    then = next(row for row in facts.own("bridge_extra_cost_before") if not row["tier"])
    now = facts.row("extra_cost", year=following, **where)[1]
    parts = [facts.row(f"bridge_extra_cost_by_{cause}", year=following, **where)[1] for cause in CAUSES]
    change = facts.row("bridge_extra_cost_change", year=following, **where)[1]
    drawn = [then, *parts, change, now]
    title = _title(wording, parts, change["value"], now["value"])
    note = wording.pick(
        f"{unit(wording)}，基准测算值；横轴不从零起；实心为增，斜纹为减；各项相加等于两次之差",
        f"{unit(wording).capitalize()}, best estimate; the axis does not start at zero. Solid: more, hatched: less. "
        "The parts add up to the difference",
    )
    drawing, axes = style.figure(2.35, title, money_foot(note, drawn, wording, source), wording.lang)
    labels = [wording.pick(f"上次（{then['year']}年）", f"then, for {then['year']}")]
    labels += [wording.word(f"cause_{cause}") for cause in CAUSES]
    labels.append(wording.pick(f"本次（{following}年）", f"now, for {following}"))
    levels = [then["value"]]
    _mark(axes, 0, then, wording)
    for place, part in enumerate(parts, 1):
        _bar(axes, -place, levels[-1], part["value"], wording)
        levels.append(levels[-1] + part["value"])
    _mark(axes, -len(CAUSES) - 1, now, wording)
    for place, level in enumerate(levels):
        axes.plot([level, level], [-place, -place - 1], color=style.QUIET, linewidth=0.6, zorder=1)
    low, high = min(levels), max(levels)
    span = high - low or 1.0
    axes.set_xlim(low - 0.08 * span, high + 0.42 * span)
    axes.set_ylim(-len(labels) + 0.45, 0.55)
    axes.set_yticks([-place for place in range(len(labels))], labels, fontsize=6.2)
    beside_labels(axes, wording.pick(0.2, 0.22))
    return style.Chart(f"bridge.{wording.lang}", drawing, data_of(drawn), title)


def _mark(axes: Axes, place: int, row: dict[str, Any], wording: Wording) -> None:
    """Draw where a memo stands; hollow where its grade is derived or worse."""
    hollow = row["grade"] in GRADES[HOLLOW_FROM:]
    look = {"marker": "D", "markersize": 5, "color": style.INK, "linestyle": "none", "zorder": 4}
    axes.plot([row["value"]], [place], markerfacecolor="white" if hollow else style.INK, **look)
    _label(axes, place, row["value"], f"{amount(row['value'], wording):,}", shift=6)


def _bar(axes: Axes, place: int, start: float, change: float, wording: Wording) -> None:
    """Draw what one cause adds, or takes away, from where the one before it ended."""
    if not change:
        _label(axes, place, start, wording.pick("没有改变", "moves nothing"))
        return
    look = (
        {"color": style.RURAL}
        if change > 0
        else {"facecolor": "white", "edgecolor": style.URBAN, "hatch": "/////", "linewidth": 0.8}
    )
    axes.barh(place, change, left=start, height=HEIGHT, zorder=2, **look)
    text = f"{amount(change, wording):+,}" if abs(change) >= TINY_YUAN else _said(change, wording, "+")
    _label(axes, place, max(start, start + change), text)


def _label(axes: Axes, place: int, at: float, text: str, shift: float = 3) -> None:
    look = {"xytext": (shift, 0), "textcoords": "offset points", "va": "center", "fontsize": 6.2, "color": style.INK}
    axes.annotate(text, (at, place), zorder=5, **look)


def _title(wording: Wording, parts: list[dict[str, Any]], change: float, now: float) -> str:
    moving = {cause: part["value"] for cause, part in zip(CAUSES, parts, strict=True) if part["value"]}
    last = "".join(money(now, wording.lang))
    if not change:
        named = wording.listed([wording.word(f"cause_{cause}") for cause in moving])
        return wording.pick(
            f"新增支出仍为{last}：{named}的影响相互抵消",
            f"The extra cost is still {last}: the effects of {named} cancel out",
        )
    size, way = _said(abs(change), wording), wording.pick(*(("多", "higher") if change > 0 else ("少", "lower")))
    most = max(moving, key=lambda cause: abs(moving[cause]))
    name, part = wording.word(f"cause_{most}"), _said(moving[most], wording, "+")
    if len(moving) == 1:
        return wording.pick(
            f"新增支出{last}，比上次{way}{size}，全由{name}变动引起",
            f"The extra cost is {size} {way}, at {last}, all of it by {name}",
        )
    return wording.pick(
        f"新增支出{last}，比上次{way}{size}；影响最大的是{name}（{part}）",
        f"The extra cost is {size} {way}, at {last}; moved most by {name} ({part})",
    )


def _said(yuan: float, wording: Wording, sign: str = "") -> str:
    """Return a change of money with its unit; a small one in whole yuan."""
    if abs(yuan) < TINY_YUAN:
        return f"{yuan:{sign},.0f}{wording.pick('元', ' yuan')}"
    return ("+" if sign and yuan > 0 else "") + "".join(money(yuan, wording.lang))
