"""Charts of the cost: what the extra cost is made of, and who pays it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from analysis.report import style
from analysis.report.charts.frame import plan_years
from analysis.report.charts.layout import beside_labels, data_of
from analysis.report.charts.money import heaviest, large, large_unit, money_foot
from analysis.report.facts import Facts, money
from analysis.report.rounding import percent
from analysis.report.tables.amounts import amount, unit
from analysis.report.wording import Wording

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COMPONENTS = ("incumbent", "supplement_floor", "entrant", "linked")
TIERS = ("upper", "local")
SHARE_SETS = ("low", "middle", "high")
FOLLOWED, PALE = "#7FC8AE", "#F3C6A5"
TOTAL = {"facecolor": style.UNKNOWN, "edgecolor": style.INK, "linewidth": 0.8}


@style.styled
def cost_waterfall(facts: Facts, wording: Wording, source: str) -> style.Chart:
    """Next year's extra cost built up by who asks for it, its range, and the same total taken apart by what it is."""
    _, following = plan_years(facts)
    where = {"year": following, "area_code": wording.whole, "programme": ""}
    whole = facts.row("extra_cost", **where)[1]
    low, high = (facts.row("extra_cost", statistic=end, **where)[1] for end in ("p10", "p90"))
    known, unknown, followed = (
        facts.row(f"extra_cost_{name}", **where)[1]
        for name in ("mandated_where_known", "mandated_where_not_known", "by_following")
    )
    mandated = facts.row("extra_cost_mandated", **where)[1]
    parts = _components(facts, wording)
    late = facts.row("arrears", component="arrears", year=following)[1]
    say = wording.pick
    title = _waterfall_title(wording, whole, mandated, known, followed)
    note = say(
        f"{unit(wording)}，基准测算值，各数分别取整；斜纹：标准未知的市按最低标准与上次已知标准的较大者推算；横线及括号：80%的模拟结果；下半部为同一合计按构成拆开",
        f"{unit(wording).capitalize()}, best estimate, each rounded by itself. Hatched: cities not known, at the larger of the minimum and their last known standard. "
        "Line and brackets: 80% of the simulated cases. Below the total: the same total by what it is made of",
    )
    named, swings = heaviest(facts, wording)
    drawn = [known, unknown, followed, mandated, whole, *parts, low, high, late]
    drawing, axes = style.figure(3.55, title, money_foot(note + named, drawn, wording, source), wording.lang)
    built = (
        (say("必须提标：标准已知的市", "required, standards known"), known, {"color": style.URBAN}),
        (say("必须提标：标准未知的市", "required, not known"), unknown, _hatched(style.URBAN, "/////")),
        (say("高于最低标准者随之提标", "above the minimum, following"), followed, {"color": FOLLOWED}),
    )
    bars, reached = [], 0.0
    for label, row, look in built:
        bars.append(_Bar(label, reached, row["value"], look, joint=reached + row["value"]))
        reached += row["value"]
    label = say("新增支出（基准测算值）", "extra cost, best estimate")
    bars.append(_Bar(label, 0.0, whole["value"], TOTAL, joint=whole["value"], ends=(low, high)))
    for row in parts:
        linked = row["component"] == "linked"
        name = f"linked_{row['programme']}" if linked else row["component"]
        reached -= row["value"]
        look = {"color": PALE, "edgecolor": style.RURAL} if linked else {"color": style.RURAL}
        bars.append(_Bar(wording.word(f"component_{name}"), reached, row["value"], look, joint=reached))
    if late["value"]:
        label = say("其中晚付补发（不另加）", "of it paid late, not on top")
        bars.append(_Bar(label, 0.0, late["value"], _hatched(style.INK, "....")))
    _draw_bars(axes, bars, wording)
    axes.axhline(-len(built) - 0.5, color=style.UNKNOWN, linewidth=0.5, zorder=0)
    axes.set_xlim(0, 2.0 * max(whole["value"], high["value"], 1))
    beside_labels(axes, wording.pick(0.335, 0.395))
    return style.Chart(f"cost_waterfall.{wording.lang}", drawing, data_of([*drawn, *swings]), title)


@dataclass(frozen=True)
class _Bar:
    """One bar of the waterfall, in yuan; ``joint`` is where the next one takes over, ``ends`` the rows of its range."""

    label: str
    left: float
    width: float
    look: dict[str, Any]
    joint: float = 0.0
    ends: tuple[dict[str, Any], ...] = ()


def _components(facts: Facts, wording: Wording) -> list[dict[str, Any]]:
    """Return the rows of the total's components: dibao's in the model's order, then what is linked, dearest first."""
    found = [
        row
        for row in facts.own("extra_cost")
        if row["area_code"] == wording.whole and row["component"] in COMPONENTS and row["statistic"] == "central"
    ]
    return sorted(found, key=lambda row: (COMPONENTS.index(row["component"]), -row["value"], row["programme"]))


def _hatched(colour: str, hatch: str) -> dict[str, Any]:
    return {"facecolor": "white", "edgecolor": colour, "hatch": hatch, "linewidth": 0.7}


def _draw_bars(axes: Axes, bars: list[_Bar], wording: Wording) -> None:
    """Draw floating bars from the top down, each with its amount, joined to the next."""
    at = {"xytext": (3, 0), "textcoords": "offset points", "va": "center", "fontsize": 6.2, "color": style.INK}
    for place, bar in enumerate(bars):
        if bar.width:
            axes.barh(-place, bar.width, left=bar.left, height=0.62, zorder=2, **bar.look)
        text, right = f"{amount(bar.width, wording):,}", bar.left + bar.width
        ends = [row["value"] for row in bar.ends]
        if len(set(ends)) > 1:
            axes.plot(ends, [-place, -place], "|-", color=style.INK, linewidth=1, markersize=5, zorder=4)
            text += f" ({'–'.join(f'{amount(end, wording):,}' for end in ends)})"
            right = max(right, *ends)
        axes.annotate(text, (right, -place), zorder=5, **at)
        if bar.joint and place + 1 < len(bars):
            line = {"color": style.QUIET, "linewidth": 0.6, "zorder": 1}
            # Through a bar of nothing the joint goes on.
            top = -place - 0.31 if bar.width else -place + 0.31
            axes.plot([bar.joint, bar.joint], [top, -place - 0.69], **line)
    axes.set_yticks([-place for place in range(len(bars))], [bar.label for bar in bars], fontsize=6.2)
    axes.set_ylim(-len(bars) + 0.45, 0.55)


def _waterfall_title(wording: Wording, whole: dict, mandated: dict, known: dict, followed: dict) -> str:
    if not whole["value"]:
        return wording.pick("不提标，没有新增支出", "No floor moves: there is no extra cost")
    total, obliged, sure, more = (_short_of(row["value"], wording) for row in (whole, mandated, known, followed))
    sure = wording.pick(
        f"其中标准已知的市{sure}" if known["value"] else "全在标准未知的市",
        f"{sure} where standards are known" if known["value"] else "all where standards are not known",
    )
    if not mandated["value"]:
        return wording.pick(
            f"新增支出{total}，全部来自高于下限者跟随",
            f"All of the {total} million yuan extra comes from areas above the floor that follow",
        )
    if not followed["value"]:
        return wording.pick(
            f"新增支出{total}，全部由下限规定（{sure}）",
            f"All of the {total} million yuan extra is obliged by the floors ({sure})",
        )
    return wording.pick(
        f"新增支出{total}：按规定必须提标的为{obliged}（{sure}），随之提标的为{more}",
        f"Of the {total} million yuan extra {obliged} is required ({sure}) and {more} comes from areas that follow",
    )


def _short_of(yuan: float, wording: Wording) -> str:
    """Return an amount as a title prints it: in English its sentence names the unit once."""
    text, unit_of_it = money(yuan, wording.lang)
    return text + wording.pick(unit_of_it, "")


@style.styled
def who_pays(facts: Facts, wording: Wording, source: str) -> style.Chart:
    """What each tier bears of this year's spending, of next year's, and of the rise; and of the rise under each share set."""
    base, following = plan_years(facts)
    where = {"area_code": wording.whole, "programme": ""}
    say = wording.pick
    groups: list[tuple[str, list[dict[str, Any]], dict[str, Any]]] = []
    for measure, year, label in (
        ("spending", base, say(f"{base}年支出", f"spending {base}")),
        ("spending", following, say(f"{following}年支出", f"spending {following}")),
        ("extra_cost", following, say("其中：提标新增", "of which, the rise")),
    ):
        rows = [facts.row(measure, tier=tier, year=year, **where)[1] for tier in TIERS]
        groups.append((label, rows, facts.row(measure, year=year, **where)[1]))
    rise = groups[2][2]
    sets = {
        name: facts.row(f"extra_cost_under_sharing_{name}", tier="upper", year=following, **where)[1]
        for name in SHARE_SETS
        if facts.has(f"extra_cost_under_sharing_{name}", tier="upper", year=following, **where)
    }
    assumed = groups[2][1][0]["rests_on"].split(";")
    note = say(
        f"{large_unit(wording)}；条长为各占比重；下年支出含提标，人数按趋势；提标是与不提标相比，故不等于两年之差；中央和省按下限口径分担，比例为假设",
        f"{large_unit(wording).capitalize()}; bars: shares. Next year's spending holds the rise, recipients on their trend; the rise is against no rise, so it is not "
        "the difference of the two years. The upper tiers share what is paid at the floor, in shares that are assumed",
    )
    share = facts.row("extra_cost_share", tier="upper", year=following, **where)[1]
    drawn = [row for _, rows, whole in groups for row in (*rows, whole)] + [share, *sets.values()]
    named, swings = heaviest(facts, wording)
    foot = money_foot(note + named, drawn, wording, source)
    title = _payer_title(wording, groups, share, following)
    drawing, axes = style.figure(3.0, title, foot, wording.lang)
    ticks = []
    for place, (label, rows, whole) in enumerate(groups):
        ticks.append((-place, label))
        if whole["value"]:
            _split(axes, -place, rows, whole, wording, height=0.66)
            at = {"xytext": (3, 0), "textcoords": "offset points", "va": "center", "fontsize": 6.2}
            right = max(1.0, rows[0]["value"] / whole["value"])
            axes.annotate(large(whole["value"], wording), (right, -place), **at)
        else:
            axes.text(0.01, -place, say("不提标，无新增", "no rise, nothing more"), va="center", fontsize=6.2)
    if rise["value"] and sets:
        above = say(
            "提标新增中，三套分担比例下中央和省各负担", "of the rise, the upper tiers' part under each share set"
        )
        axes.text(0, -2.62, above, fontsize=5.8, va="center", color=style.QUIET)
    for place, (name, row) in enumerate(sets.items() if rise["value"] else (), start=3):
        ticks.append((-place - 0.25, wording.word(f"sharing_{name}")))
        _set_bar(axes, -place - 0.25, row, rise, f"sharing_{name}" in assumed, wording)
    axes.set_yticks([at for at, _ in ticks], [label for _, label in ticks], fontsize=6.2)
    axes.set_ylim(min(at for at, _ in ticks) - 0.5, 0.95)
    for tier, left, side, colour in (("upper", 0, "left", style.URBAN), ("local", 1, "right", style.RURAL)):
        axes.text(left, 0.42, wording.word(f"tier_{tier}"), ha=side, va="bottom", fontsize=6.2, color=colour)
    axes.set_xlim(0, max([1.0, *(row["value"] / rise["value"] for row in sets.values() if rise["value"])]) * 1.16)
    beside_labels(axes, 0.25)
    return style.Chart(f"who_pays.{wording.lang}", drawing, data_of([*drawn, *swings]), title)


def _split(axes: Axes, place: float, rows: list[dict], whole: dict, wording: Wording, height: float) -> None:
    """Draw the upper tiers' share and the local one after it; where the local tier is relieved, its part lies back over it."""
    upper, local = (row["value"] / whole["value"] for row in rows)
    axes.barh(place, upper, height=height, color=style.URBAN, zorder=2)
    axes.barh(
        place, local, left=upper, height=height, zorder=3, **_hatched(style.RURAL, "//" if local >= 0 else "xxxx")
    )
    for share, row, left, colour in (
        (upper, rows[0], 0, "white"),
        (local, rows[1], upper, style.INK),
    ):
        text = f"{large(row['value'], wording)} ({percent(share)})"
        box = {} if colour == "white" else {"bbox": {"facecolor": "white", "edgecolor": "none", "pad": 0.6}}
        axes.text(left + share / 2, place, text, ha="center", va="center", fontsize=6.2, color=colour, zorder=4, **box)


def _set_bar(axes: Axes, place: float, row: dict, rise: dict, used: bool, wording: Wording) -> None:
    """Draw what the upper tiers bear under one share set; filled where it is the one that the scenario takes."""
    share = row["value"] / rise["value"]
    look = {"color": style.URBAN} if used else {"facecolor": "white", "edgecolor": style.URBAN, "linewidth": 0.8}
    axes.barh(place, share, height=0.44, zorder=2, **look)
    text = f"{large(row['value'], wording)} ({percent(share)})" + (
        wording.pick("，本方案", ", taken here") if used else ""
    )
    at = {"xytext": (3, 0), "textcoords": "offset points", "va": "center", "fontsize": 6}
    axes.annotate(text, (share, place), **at)


def _payer_title(wording: Wording, groups: list, share: dict, following: int) -> str:
    rise, (upper, local) = groups[2][2], groups[2][1]
    if not rise["value"]:
        whole, (above, _) = groups[1][2], groups[1][1]
        spent, theirs = ("".join(money(row["value"], wording.lang)) for row in (whole, above))
        part = above["value"] / whole["value"]
        return wording.pick(
            f"不提标，没有新增；{following}年支出{spent}，中央和省负担{theirs}（{percent(part)}）",
            f"No floor moves, nothing more to bear: of {spent} in {following} the upper tiers bear {theirs} ({percent(part)})",
        )
    total, theirs = (_short_of(row["value"], wording) for row in (rise, upper))
    if local["value"] < 0:
        relief = _short_of(-local["value"], wording)
        return wording.pick(
            f"提标新增{total}，中央和省负担{theirs}，比新增还多，市县反而少负担{relief}",
            f"Of the {total} million yuan rise the upper tiers bear {theirs}, more than all of it: cities and counties are relieved of {relief}",
        )
    return wording.pick(
        f"提标新增{total}，中央和省负担{theirs}（{percent(share['value'])}），其余由市县负担",
        f"Of the {total} million yuan rise the upper tiers bear {theirs} ({percent(share['value'])}), cities and counties the rest",
    )
