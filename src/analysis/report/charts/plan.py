"""Chart of the plan: floors by class, now and next."""

from __future__ import annotations

from analysis.model.results import with_keys
from analysis.report import style
from analysis.report.charts.frame import class_codes, foot, plan_years
from analysis.report.facts import Facts
from analysis.report.rounding import fixed, percent
from analysis.report.wording import Wording


@style.styled
def dumbbell(facts: Facts, wording: Wording, source: str) -> style.Chart:
    """Urban and rural minima by class, now and next."""
    base, following = plan_years(facts)
    codes = class_codes(facts)
    rows = with_keys(
        facts.table[(facts.table["scenario"] == facts.scenario) & (facts.table["measure"] == "minimum_standard")]
    )
    values = {(row.area_code, row.residence, int(row.year)): row.value for row in rows.itertuples()}
    apart = [code for code in codes if values[code, "urban", following] != values[code, "rural", following]]
    rises = [
        facts.value("minimum_standard_rise_share", area_code=code, residence=side, year=following)
        for code in codes
        for side in ("urban", "rural")
    ]
    finding = (
        wording.pick("各类最低标准均不动", "no minimum moves")
        if not max(rises)
        else wording.pick(
            f"各类提高{percent(min(rises), 1)}至{percent(max(rises), 1)}",
            f"minima rise {percent(min(rises), 1)} to {percent(max(rises), 1)}",
        )
    )
    still = (
        wording.pick(
            f"城乡差距只在{wording.listed([wording.area(code) for code in apart])}",
            f"only {wording.listed([wording.area(code).lower() for code in apart])} keeps a gap",
        )
        if apart
        else wording.pick("城乡全部统一", "town and country are one everywhere")
    )
    title = wording.pick(f"{following}年{finding}，{still}", f"{following}: {finding}; {still}")
    drawing, axes = style.figure(2.75, title, foot(rows, wording, source), wording.lang)
    beside = {"textcoords": "offset points", "va": "center", "fontsize": 6.2}
    for position, code in enumerate(reversed(codes)):
        for year, offset, shade in ((base, 0.16, 0.45), (following, -0.16, 1.0)):
            urban, rural = values[code, "urban", year], values[code, "rural", year]
            height = position + offset
            if urban == rural:
                axes.plot([urban], [height], style.MARKERS["unified"], color=style.UNIFIED, alpha=shade, markersize=5)
                axes.annotate(_yuan(urban, wording), (urban, height), xytext=(6, 0), color=style.INK, **beside)
            else:
                axes.plot([rural, urban], [height, height], color=style.QUIET, linewidth=0.8, alpha=shade, zorder=1)
                axes.plot([rural], [height], style.MARKERS["rural"], color=style.RURAL, alpha=shade, markersize=5)
                axes.plot([urban], [height], style.MARKERS["urban"], color=style.URBAN, alpha=shade, markersize=5)
                axes.annotate(_yuan(rural, wording), (rural, height), xytext=(-6, 0), ha="right", **beside)
                axes.annotate(_yuan(urban, wording), (urban, height), xytext=(6, 0), **beside)
    bottom = codes[-1]
    for side, colour in (("rural", style.RURAL), ("urban", style.URBAN)):
        if apart:
            axes.annotate(
                wording.word(side),
                (values[bottom, side, following], -0.16),
                xytext=(0, -9),
                textcoords="offset points",
                ha="center",
                va="top",
                fontsize=6.2,
                color=colour,
            )
    top = codes[0]
    axes.annotate(
        str(base),
        (values[top, "urban", base], len(codes) - 1 + 0.16),
        xytext=(-6, 0),
        textcoords="offset points",
        ha="right",
        va="center",
        fontsize=5.8,
        color=style.QUIET,
    )
    axes.annotate(
        str(following),
        (values[top, "urban", following], len(codes) - 1 - 0.16),
        xytext=(-6, 0),
        textcoords="offset points",
        ha="right",
        va="center",
        fontsize=5.8,
        color=style.INK,
    )
    axes.set_yticks(range(len(codes)), [wording.area(code) for code in reversed(codes)])
    axes.tick_params(axis="y", length=0)
    low, high = min(values.values()), max(values.values())
    axes.set_xlim(low - 0.14 * (high - low), high + 0.14 * (high - low))
    axes.set_ylim(-0.65, len(codes) - 0.5)
    box = axes.get_position()
    axes.set_position((0.19, box.y0, 0.78, box.height))
    data = (
        rows[["area_code", "residence", "year", "value", "unit", "grade"]].reset_index(names="key").sort_values("key")
    )
    return style.Chart(f"dumbbell.{wording.lang}", drawing, data.reset_index(drop=True), title)


def _yuan(value: float, wording: Wording) -> str:
    """Return yuan a month as the tables print them: in English with a comma between thousands."""
    return fixed(value, 0, wording.pick("", ","))
