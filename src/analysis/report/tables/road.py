"""Tables of several years: the policy's own path, the cheapest road to its target, and what an envelope bears."""

from __future__ import annotations

import pandas as pd

from analysis.report.facts import Facts
from analysis.report.rounding import fixed, percent
from analysis.report.tables.amounts import amount, unit
from analysis.report.wording import Wording


def road_years(facts: Facts) -> list[int]:
    """Return the years of a path, the base year first."""
    own = facts.table[facts.table["measure"] == "path_minimum_standard"]
    return sorted(own["year"].astype(int).unique())


def widest_class(facts: Facts) -> str:
    """Return the class whose gap is widest in the base year."""
    base = str(road_years(facts)[0])
    own = facts.table[(facts.table["measure"] == "path_gap") & (facts.table["year"] == base)]
    return str(own.loc[own["value"].idxmax(), "area_code"])


def path(facts: Facts, wording: Wording, prefix: str = "path") -> pd.DataFrame:
    """Year by year: minima of the class with the widest gap, its share, the share in force, money."""
    base, *years = road_years(facts)
    code = widest_class(facts)
    lines = []
    for year in (base, *years):
        where = {"area_code": code, "year": year}
        urban, rural = (
            facts.value(f"{prefix}_minimum_standard", residence=side, **where) for side in ("urban", "rural")
        )
        share = facts.value(f"{prefix}_rural_urban_ratio", **where)
        low, high = (
            facts.value(f"{prefix}_in_force_rural_urban_ratio", statistic=end, **where) for end in ("p10", "p90")
        )
        money = ["", "", "", ""] if year == base else _money(facts, wording, prefix, year)
        lines.append(
            (
                year,
                fixed(urban),
                fixed(rural),
                fixed(urban - rural),
                percent(share, 1),
                f"{percent(low, 1)}–{percent(high, 1)}",
                *money,
            )
        )
    say, money_unit = wording.pick, unit(wording)
    heads = [
        say("年", "year"), wording.word("urban"), wording.word("rural"), say("差额", "gap"), say("农村/城镇", "rural/ urban"),
        say("现行标准之比（一成至九成）", "ratio in force (P10 to P90)"),
        *(f"{head} {money_unit}" for head in (
            say("新增（基准）", "extra cost, best estimate"), say("九成够用", "nine cases in ten"),
            say("上级负担", "upper tiers"), say("财力缺口", "short of capacity"),
        )),
    ]  # fmt: skip
    return pd.DataFrame(lines, columns=heads)


def _money(facts: Facts, wording: Wording, prefix: str, year: int) -> list[str]:
    where = {"area_code": wording.whole, "year": year}
    values = (
        facts.value(f"{prefix}_extra_cost", **where),
        facts.value(f"{prefix}_envelope_for_90_percent", **where),
        facts.value(f"{prefix}_extra_cost", tier="upper", **where),
        facts.value(f"{prefix}_short_of_capacity", **where),
    )
    return [_said(value, wording) for value in values]


def _said(yuan: float, wording: Wording) -> str:
    value = amount(yuan, wording)
    return f"{value:,}" if wording.lang == "zh" else fixed(value, 1, ",")


def road(facts: Facts, wording: Wording) -> pd.DataFrame:
    """The cheapest road year by year; where there is none, what stands in its way and how far each would have to give."""
    if facts.value("road_exists", area_code=wording.whole):
        return path(facts, wording, "road")
    rows = facts.table[facts.table["scenario"] == facts.scenario]
    conflict = rows[rows["measure"].str.startswith("road_conflict_")]
    given = rows[rows["measure"].str.startswith("road_given_way_")]
    lines = []
    for one in conflict.itertuples():
        name = one.measure.removeprefix("road_conflict_")
        said = given[given["measure"] == f"road_given_way_{name}"]
        parts = [_given(line, name, wording) for line in said.itertuples()]
        none = wording.pick("单独让步也不够", "not enough alone")
        lines.append((wording.word(f"demand_{name}"), wording.pick("；", "; ").join(parts) or none))
    heads = [wording.pick("不能同时满足的要求", "demands that cannot be met together"), wording.pick("单独让到多少才行", "how far it would have to give way, alone")]  # fmt: skip
    return pd.DataFrame(lines, columns=heads)


def _given(line: object, name: str, wording: Wording) -> str:
    if line.unit == "yuan/year":
        return wording.pick(
            f"{line.year}年缺{_said(line.value, wording)}{unit(wording)}",
            f"{_said(line.value, wording)} {unit(wording)} missing in {line.year}",
        )
    if line.unit == "share":
        say = {
            "urban_rise": (f"城镇只按原定增幅的{percent(line.value)}提", f"{percent(line.value)} of the town's rise"),
            "largest_rise": (f"允许一年提高{percent(line.value, 1)}", f"a rise of {percent(line.value, 1)} a year"),
        }.get(name, (f"降到{percent(line.value, 1)}", f"down to {percent(line.value, 1)}"))
        return wording.pick(*say)
    return wording.pick(f"放宽{fixed(line.value)}元", f"by {fixed(line.value)} yuan a month")


def borne(facts: Facts, wording: Wording) -> pd.DataFrame:
    """The largest rise that each envelope bears next year: of all floors, and of one class alone."""
    rows = facts.table[
        (facts.table["scenario"] == facts.scenario) & facts.table["measure"].str.startswith("largest_rise_")
    ]
    lines = []
    millions = sorted({int(measure.split("_for_")[1].split("_")[0]) for measure in rows["measure"]})
    codes = sorted(set(rows["area_code"]) - {wording.whole})
    for million in millions:
        everywhere = f"largest_rise_of_all_for_{million}_million_yuan"
        said = [
            percent(facts.value(everywhere, area_code=wording.whole, statistic=statistic), 2)
            if facts.has(everywhere, area_code=wording.whole, statistic=statistic)
            else wording.pick("不够", "not even none")
            for statistic in ("central", "p90")
        ]
        alone = [
            f"{percent(facts.value(f'largest_rise_alone_for_{million}_million_yuan', area_code=code), 1)}"
            for code in codes
        ]
        lines.append((fixed(amount(million * 1e6, wording), 0, ","), *said, *alone))
    say = wording.pick
    heads = [
        say("额度", "envelope") + f" {unit(wording)}", say("各类统一（基准）", "all floors, best estimate"),
        say("各类统一（九成够用）", "all floors, nine cases in ten"),
        *(say(f"只提{wording.area(code)}", f"{wording.area(code).lower()} alone") for code in codes),
    ]  # fmt: skip
    return pd.DataFrame(lines, columns=heads)
