"""Charts of the plan: floors by class, and the cities that they bind."""

from __future__ import annotations

from analysis.model.results import with_keys
from analysis.report import style
from analysis.report.charts.frame import class_codes, foot, plan_years
from analysis.report.facts import Facts
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
            f"各类提高{min(rises):.1%}至{max(rises):.1%}", f"minima rise {min(rises):.1%} to {max(rises):.1%}"
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
                axes.annotate(f"{urban:.0f}", (urban, height), xytext=(6, 0), color=style.INK, **beside)
            else:
                axes.plot([rural, urban], [height, height], color=style.QUIET, linewidth=0.8, alpha=shade, zorder=1)
                axes.plot([rural], [height], style.MARKERS["rural"], color=style.RURAL, alpha=shade, markersize=5)
                axes.plot([urban], [height], style.MARKERS["urban"], color=style.URBAN, alpha=shade, markersize=5)
                axes.annotate(f"{rural:.0f}", (rural, height), xytext=(-6, 0), ha="right", **beside)
                axes.annotate(f"{urban:.0f}", (urban, height), xytext=(6, 0), **beside)
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


@style.styled
def tile_grid(facts: Facts, wording: Wording, source: str) -> style.Chart:
    """The standards in force of the cities, one tile each; grey where the year's standard is not known."""
    from matplotlib.patches import Rectangle

    base, _ = plan_years(facts)
    tiles = wording.areas[wording.areas["tile_row"] != ""]
    rows = with_keys(
        facts.table[
            (facts.table["scenario"] == facts.scenario) & facts.table["measure"].isin(["standard", "mandated_rise"])
        ]
    )
    now = rows[(rows["measure"] == "standard") & (rows["year"] == str(base))]
    standards = {(row.area_code, row.residence): row for row in now.itertuples()}
    forced = rows[rows["measure"] == "mandated_rise"].groupby("area_code")["value"].max()
    known = sorted({code for code, _ in standards} & set(tiles.index))
    must = [code for code in known if forced.get(code, 0) > 0]
    names = wording.listed([wording.area(code) for code in must])
    title = wording.pick(
        f"{base}年现行标准已知的{len(known)}市中，" + (f"只有{names}标准须提高" if must else "标准均不低于拟定下限"),
        f"Of the {len(known)} cities (of {len(tiles)}) whose {base} standard is known "
        + (f"the new minima lift only {names}" if must else "all stand at or above the new minima"),
    )
    drawing, axes = style.figure(2.75, title, foot(now, wording, source), wording.lang)
    for code, tile in tiles.iterrows():
        row, column = int(tile["tile_row"]), int(tile["tile_col"])
        urban, rural = standards.get((code, "urban")), standards.get((code, "rural"))
        colour = style.UNKNOWN if urban is None else "#F6C9A8" if code in must else "#BBD9EE"
        axes.add_patch(
            Rectangle(
                (column - 0.47, -row - 0.46),
                0.94,
                0.92,
                facecolor=colour,
                edgecolor=style.INK if code in must else "white",
                linewidth=0.9,
            )
        )
        axes.text(
            column,
            -row + 0.2,
            wording.area(code),
            ha="center",
            va="center",
            fontsize=6.4 if wording.lang == "zh" else 4.9,
            color=style.INK,
        )
        if urban is not None:
            shown = (
                f"{urban.value:.0f}"
                if rural is None or rural.value == urban.value
                else f"{urban.value:.0f}/{rural.value:.0f}"
            )
            axes.text(column, -row - 0.2, shown, ha="center", va="center", fontsize=5.6, color=style.INK)
    axes.set_xlim(tiles["tile_col"].astype(int).min() - 0.55, tiles["tile_col"].astype(int).max() + 0.55)
    axes.set_ylim(-tiles["tile_row"].astype(int).max() - 0.55, -tiles["tile_row"].astype(int).min() + 0.5)
    axes.set_axis_off()
    box = axes.get_position()
    axes.set_position((0.02, box.y0 - 0.06, 0.96, box.height + 0.06))
    legend = [(0.30, "#BBD9EE", "state_free"), (0.52, "#F6C9A8", "state_must"), (0.74, style.UNKNOWN, "state_unknown")]
    for left, colour, word in legend:
        axes.add_patch(
            Rectangle((left, 0.02), 0.025, 0.05, transform=axes.transAxes, facecolor=colour, edgecolor="none")
        )
        axes.text(
            left + 0.035,
            0.045,
            wording.word(word),
            transform=axes.transAxes,
            fontsize=5.8,
            va="center",
            color=style.INK,
        )
    data = (
        rows[["area_code", "area_name", "residence", "year", "measure", "value", "unit", "grade"]]
        .reset_index(names="key")
        .sort_values("key")
    )
    return style.Chart(f"tile_grid.{wording.lang}", drawing, data.reset_index(drop=True), title)
