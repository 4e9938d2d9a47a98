"""Chart of how a floor comes about, step by step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.report import style
from analysis.report.charts.frame import class_codes, foot, plan_years
from analysis.report.charts.layout import beside_labels, data_of, write_below
from analysis.report.facts import Facts
from analysis.report.rounding import fixed, percent
from analysis.report.wording import Wording
from analysis.report.words import WORDS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Characters beside a bar, before the line is broken.
LINE = 14.0
RULES = {
    "ceiling": "step_ceiling",
    "ratchet": "step_ratchet",
    "provincial floor": "step_provincial_floor",
    "rural share": "step_rural_share",
    "class order": "step_class_order",
}


@style.styled
def steps_waterfall(
    facts: Facts, wording: Wording, source: str, steps: pd.DataFrame, code: str = "", residence: str = "rural"
) -> style.Chart:
    """How one minimum comes about: this year's, what each step of the policy adds or takes, next year's.

    Args:
        facts: of the scenario.
        wording: words of the language.
        source: documents behind the minima.
        steps: what each step did to each floor, as ``Run.steps``: measure, area_code, residence, step, name,
            before_yuan_month, after_yuan_month, binds, note, overrides.
        code: area class; the lowest by default.
        residence: urban or rural.

    Raises:
        ScenarioFailed: the results hold no minimum of that class and residence.
    """
    base, following = plan_years(facts)
    code = code or class_codes(facts)[-1]
    where = {"area_code": code, "residence": residence}
    now, then = (facts.row("minimum_standard", year=year, **where)[1] for year in (base, following))
    own = steps[
        (steps["measure"] == "minimum_standard") & (steps["area_code"] == code) & (steps["residence"] == residence)
    ].sort_values("step")
    changes = own["after_yuan_month"] - own["before_yuan_month"]
    own = own.assign(value=changes.round(6), bound=[_bound(note, wording) for note in own["note"]])
    # A share that binds is rounded up within its own step, and nothing is left for the rounding after it.
    own["share_rounded_up"] = (own["name"] == "rural_share") & own["binds"]
    told = own[own["binds"] | own["overrides"]]
    quiet = own.drop(told.index)
    name = wording.pick(f"{wording.area(code)}{wording.word(residence)}", f"{wording.area(code)} {residence}")
    say = wording.pick
    note = say(
        "色块为各步骤增减的元数，右侧括号为所碰到的界限或让位的规则；横轴不从零起",
        "Bars: what a step adds or takes; in brackets the bound it met or the rule that gave way. The axis does not start at zero",
    )
    rows = pd.DataFrame([now, then])
    under = f"{note}{say('。', '. ')}{foot(rows, wording, source)}"
    title = _steps_title(wording, name, now, then, told)
    drawing, axes = style.figure(1.75 + 0.22 * len(told), title, under, wording.lang)
    _draw_steps(axes, {base: now["value"], following: then["value"]}, told, wording)
    silent = [_step_name(row, wording) + _bracketed(row.bound, wording) for row in quiet.itertuples()]
    text = say("不起作用的步骤：", "Steps that change nothing: ") + say("、", ", ").join(silent)
    write_below(axes, text, wording.lang, -len(told) - 1.65)
    kept = ["area_code", "residence", "step", "name", "before_yuan_month", "after_yuan_month", "value", "note", "binds",
            "overrides"]  # fmt: skip
    data = pd.concat([data_of([now, then]), own[kept].assign(measure="step", unit=now["unit"])], ignore_index=True)
    return style.Chart(f"steps_waterfall.{wording.lang}", drawing, data, title)


def _draw_steps(axes: Axes, ends: dict[int, float], told: pd.DataFrame, wording: Wording) -> None:
    """Draw the floor of this year, the steps that change it as floating bars, and the floor of next year."""
    (base, now), (following, then) = ends.items()
    say = wording.pick
    labels = [say(f"{base}年现行", f"{base}")]
    labels += [_step_name(row, wording) for row in told.itertuples()] + [say(f"{following}年拟定", f"{following}")]
    reached = [now, *told["after_yuan_month"], then]
    span = max(*reached, *told["before_yuan_month"]) - min(*reached, *told["before_yuan_month"])
    span = span or 0.02 * now
    at = {"xytext": (5, 0), "textcoords": "offset points", "va": "center", "fontsize": 6.2}
    for place, value, colour in ((0, now, style.UNIFIED), (len(labels) - 1, then, style.NEXT)):
        axes.plot([value], [-place], "D", color=colour, markersize=5, zorder=4)
        axes.annotate(_yuan(value), (value, -place), color=style.INK, **at)
    for place, row in enumerate(told.itertuples(), start=1):
        low, high = sorted((row.before_yuan_month, row.after_yuan_month))
        bound = row.note or row.overrides
        look = {"facecolor": "white", "edgecolor": style.RURAL, "hatch": "/////"} if bound else {"color": style.URBAN}
        if high > low:
            axes.barh(-place, high - low, left=low, height=0.56, zorder=3, linewidth=0.8, **look)
        else:
            axes.plot([low], [-place], "x", color=style.RURAL, markersize=5, zorder=4)
        text = fixed(row.value, 3, "+").rstrip("0").rstrip(".") if high > low else ""
        text = "\n".join(style.wrapped(text + _bracketed(row.bound, wording), wording.lang, LINE))
        axes.annotate(text, (high, -place), color=style.RURAL if bound else style.INK, **at)
    for place, value in enumerate(reached[:-1]):
        axes.plot([value, value], [-place, -place - 1], color=style.QUIET, linewidth=0.6, zorder=1)
    axes.set_yticks([-place for place in range(len(labels))], labels, fontsize=6.2)
    axes.set_ylim(-len(labels) - 0.35, 0.6)
    least = min(*reached, *told["before_yuan_month"])
    axes.set_xlim(least - 0.08 * span, least + 2.5 * span)
    beside_labels(axes, say(0.28, 0.34))


def _step_name(row: Any, wording: Wording) -> str:
    said = wording.word("step_rural_share_rounded_up" if row.share_rounded_up else f"step_{row.name}")
    return f"{row.step} {said}"


def _bracketed(bound: str, wording: Wording) -> str:
    return wording.pick(f"（{bound}）", f" ({bound})") if bound else ""


def _yuan(value: float) -> str:
    """Return yuan a month without the zeros behind the point."""
    return fixed(value, 3).rstrip("0").rstrip(".")


def _bound(note: str, wording: Wording) -> str:
    """Say in words which bound a step met, or which rule gave way to which."""
    return wording.pick("；", "; ").join(_one_bound(one, wording) for one in str(note or "").split("; ") if one)


def _one_bound(note: str, wording: Wording) -> str:
    weaker, overridden, stronger = note.partition(" overridden")
    if overridden:
        rules = {"weaker": wording.word(RULES[weaker])}
        if stronger:
            rules["stronger"] = wording.word(RULES[stronger.removeprefix(" by ")])
        return wording.word("bound_overridden_by" if stronger else "bound_overridden").format(**rules)
    if note.startswith("not below ") and note.removeprefix("not below ") in wording.areas.index:
        name = wording.area(note.removeprefix("not below "))
        return wording.pick(f"不低于{name}", f"not below {name.lower()}")
    if note.startswith("at least "):
        share = percent(float(note.split()[2]))
        return wording.pick(f"不低于城镇的{share}", f"at least {share} of urban")
    stem = note.replace(" ", "_")
    return wording.word(f"bound_{stem}") if f"bound_{stem}" in WORDS else wording.note(note)


def _steps_title(wording: Wording, name: str, now: dict, then: dict, told: pd.DataFrame) -> str:
    before, after = _yuan(now["value"]), _yuan(then["value"])
    if now["value"] == then["value"]:
        return wording.pick(
            f"{name}最低标准不动，仍为{before}元", f"{name}: the minimum does not move from {before} yuan"
        )
    moved = told[told["value"] != 0]
    heaviest = moved.loc[moved["value"].abs().sort_values(ascending=False, kind="stable").index].head(2)
    parts = [
        wording.pick(
            f"{_step_name(row, wording).partition(' ')[2]}{'加' if row.value > 0 else '减'}{_yuan(abs(row.value))}元",
            f"{_step_name(row, wording).partition(' ')[2]} {'adds' if row.value > 0 else 'takes'} {_yuan(abs(row.value))}",
        )
        for row in heaviest.itertuples()
    ]
    way = wording.pick("提到" if then["value"] > now["value"] else "降到", "to")
    gave_way = told[told["overrides"]]
    tail = ""
    if len(gave_way):
        bound = gave_way["bound"].iloc[-1]
        tail = wording.pick(f"；{bound}", f"; {bound}")
    return wording.pick(
        f"{name}最低标准由{before}元{way}{after}元：{'，'.join(parts)}{tail}",
        f"{name}: the minimum goes from {before} to {after} yuan; {', '.join(parts)}{tail}",
    )
