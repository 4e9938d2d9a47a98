"""The gap: where it stands, how it moved, how unequal the standards are."""

from __future__ import annotations

import pandas as pd

from analysis.errors import NotHeld
from analysis.inputs.evidence import Evidence
from analysis.model.gap import gap_table
from analysis.model.gap import growth_split as split
from analysis.model.score import History, headline_standards
from analysis.report.rounding import fixed, rounded
from analysis.report.wording import Wording

# More areas than this stand in lines, not in columns.
MOST_COLUMNS = 8
Z_90 = 1.645


def gap_history(history: History, wording: Wording) -> pd.DataFrame:
    """The gap in the minima of the class where it is widest, year by year."""
    table = history.gap[history.gap["area_code"] == history.widest]
    return pd.DataFrame(
        {
            wording.word("head_year"): table["year"].map(_when),
            wording.word("urban"): rounded(table["urban_yuan_month"], 0).astype("Int64"),
            wording.word("rural"): rounded(table["rural_yuan_month"], 0).astype("Int64"),
            wording.word("head_ratio"): rounded(table["rural_urban_ratio"], 3),
            wording.word("head_gap"): rounded(table["gap_yuan_month"], 0).astype("Int64"),
            wording.word("head_closed"): rounded(table["closed_share"], 3),
            wording.word("head_grade"): table["grade"].map(wording.grade),
        }
    ).reset_index(drop=True)


def gap_states(history: History, wording: Wording) -> pd.DataFrame:
    """Which classes have one standard and which two, by year; a blank is a year that is not known."""
    if history.gap["area_code"].nunique() > MOST_COLUMNS:
        counts = history.gap.groupby(["year", "state"]).size().unstack(fill_value=0)
        counts.index = [_when(year) for year in counts.index]
        return counts.rename(columns=lambda state: wording.word(f"state_{state}")).rename_axis(
            index=wording.word("head_year"), columns=None
        )
    states = history.gap.assign(state=history.gap["state"].map(lambda state: wording.word(f"state_{state}")))
    wide = states.pivot(index="year", columns="area_code", values="state").fillna("")
    return wide.rename(columns=wording.area).rename_axis(index=wording.word("head_year"), columns=None)


def growth_split(history: History, wording: Wording) -> pd.DataFrame:
    """How much of each change of the log ratio came from the rural and the urban side, where the gap is widest."""
    table = history.gap[history.gap["area_code"] == history.widest].sort_values("year")
    parts = split(table["rural_yuan_month"], table["urban_yuan_month"])
    times = table["year"].map(_when)
    years = [f"{start}–{end}" for start, end in zip(times, times.iloc[1:], strict=False)]
    columns = {
        "rural_growth": wording.pick("农村增长", "rural growth"),
        "urban_growth": wording.pick("城镇增长", "urban growth"),
        "ratio_growth": wording.pick("比值变化", "change of the ratio"),
    }
    return pd.DataFrame(
        {wording.word("head_years"): years} | {label: rounded(100 * parts[name], 2) for name, label in columns.items()}
    )


def in_force(evidence: Evidence, wording: Wording) -> pd.DataFrame:
    """The gap in the standards in force of each city, in the last year that is known."""
    rows = evidence.best("dibao", "standard")
    if rows.empty:
        raise NotHeld("no_standards_in_force")
    rows = rows[rows["area_code"].map(evidence.areas["level"]).eq("city")].rename(columns={"value": "value_yuan_month"})
    table = gap_table(rows[["area_code", "year", "residence", "value_yuan_month"]]).sort_values("year")
    table = table.drop_duplicates("area_code", keep="last").sort_values(["year", "area_code"], ascending=[False, True])
    return pd.DataFrame(
        {
            wording.word("head_area"): table["area_code"].map(wording.area),
            wording.word("head_year"): table["year"],
            wording.word("urban"): rounded(table["urban_yuan_month"], 0).astype("Int64"),
            wording.word("rural"): rounded(table["rural_yuan_month"], 0).astype("Int64"),
            wording.word("head_ratio"): rounded(table["rural_urban_ratio"], 3),
            wording.word("head_gap"): rounded(table["gap_yuan_month"], 0).astype("Int64"),
            wording.word("head_state"): table["state"].map(lambda state: wording.word(f"state_{state}")),
        }
    ).reset_index(drop=True)


def adequacy(history: History, wording: Wording) -> pd.DataFrame:
    """The minima as shares of last year's consumption per head, latest years."""
    if history.adequacy.empty:
        raise NotHeld("no_consumption")
    table = history.adequacy.assign(share=rounded(100 * history.adequacy["adequacy_share"], 1))
    wide = table.pivot(index="year", columns=["area_code", "residence"], values="share")
    wide.columns = [f"{wording.area(code)} {wording.word(side)}" for code, side in wide.columns]
    return wide.rename_axis(index=wording.word("head_year")).dropna(how="all").fillna("")


def _latest(table: pd.DataFrame, wording: Wording) -> pd.DataFrame:
    """Many areas stand one below the other, at the last time alone."""
    wide = table.pivot(index="area_code", columns="residence", values="value_yuan_month").reindex(
        columns=["urban", "rural"]
    )
    wide.index = [wording.area(code) for code in wide.index]
    wide.columns = [f"{wording.word(side)} {_when(table['year'].iloc[0])}" for side in wide.columns]
    return wide.map(lambda value: "" if pd.isna(value) else fixed(value, 0, ","))


def _when(year: float) -> str:
    """Return a time as read: the second half of a year by its half."""
    return str(int(year)) if year == int(year) else f"{int(year)} H2"


def minima(evidence: Evidence, wording: Wording) -> pd.DataFrame:
    """The minima held, by class and residence; what is not official, press or copied is marked with its grade."""
    table = headline_standards(evidence)
    if table["area_code"].nunique() > MOST_COLUMNS:
        table = table[table["year"] == table["year"].max()]
        return _latest(table, wording)
    shown = [
        fixed(row.value_yuan_month)
        + (f" {wording.grade(row.grade)}" if row.grade in ("derived", "inferred", "synthetic") else "")
        for row in table.itertuples()
    ]
    wide = table.assign(shown=shown).pivot(index="year", columns=["area_code", "residence"], values="shown").fillna("")
    wide = wide[[(code, side) for code in sorted(set(table["area_code"])) for side in ("urban", "rural")]]
    wide.columns = [f"{wording.area(code)} {wording.word(side)}" for code, side in wide.columns]
    return wide.rename_axis(index=wording.word("head_year"))


def spread(table: pd.DataFrame, wording: Wording) -> pd.DataFrame:
    """Inequality of the standards over areas and residences, weighted by people: Theil's two indices and Gini, split.

    The two ways to split T, by residence and by area, are each exact; they are not added to one another.
    """
    thousand = {
        wording.pick("泰尔T", "Theil T"): "theil_t",
        wording.pick("城乡之间", "between residences"): "t_between_residence",
        wording.pick("城、乡内部", "within residences"): "t_within_residence",
        wording.pick("地区之间", "between areas"): "t_between_area",
        wording.pick("地区内的城乡", "town and country within areas"): "t_within_area",
        wording.pick("泰尔L", "Theil L"): "theil_l",
        wording.pick("基尼", "Gini"): "gini",
        wording.pick("基尼：组间", "Gini between"): "gini_between",
        wording.pick("基尼：组内", "Gini within"): "gini_within",
        wording.pick("基尼：交叠", "Gini overlap"): "gini_overlap",
    }
    lines = {wording.word("head_year"): table["year"].map(_when), wording.pick("地区数", "areas"): table["areas"]}
    lines |= {head: rounded(1000 * table[column], 2) for head, column in thousand.items()}
    return pd.DataFrame(lines | {wording.word("head_grade"): table["grade"].map(wording.grade)})


def convergence(table: pd.DataFrame, wording: Wording) -> pd.DataFrame:
    """Whether the standards converge: one line a statistic, with its error and, only where it closes, a half-life."""
    lines = []
    for row in table.itertuples():
        half_life = "" if pd.isna(row.half_life_years) else fixed(row.half_life_years, 1)
        if row.statistic == "log_gap_decay" and not row.closing:
            half_life = wording.word("not_closing")
        elif row.statistic in ("beta", "pooled") and half_life and _not_told_from_zero(row):
            half_life = wording.word("not_told_from_zero")
        elif not half_life and row.statistic in ("beta", "panel", "pooled"):
            half_life = wording.word("diverging")
        wild = getattr(row, "wild_p", float("nan"))
        lines.append(
            (
                wording.word(f"convergence_{row.statistic}"),
                wording.word(row.residence) if row.residence != "both" else "",
                fixed(row.estimate, 4, "+"),
                fixed(row.se, 4),
                "" if pd.isna(row.p) else fixed(row.p, 3),
                "" if pd.isna(wild) else fixed(wild, 3),
                f"{row.n} / {row.areas}",
                half_life,
            )
        )
    heads = [
        wording.pick("统计量", "statistic"), wording.word("head_residence"), wording.pick("估计", "estimate"),
        wording.pick("标准误", "s.e."), "p", wording.pick("野自助p", "wild p"), wording.pick("点 / 地区", "points / areas"),
        wording.pick("半衰期（年）", "half-life, years"),
    ]  # fmt: skip
    return pd.DataFrame(lines, columns=heads)


def _not_told_from_zero(row: object) -> bool:
    """A speed whose 90 % interval covers zero has no half-life."""
    return abs(row.estimate) < Z_90 * row.se
