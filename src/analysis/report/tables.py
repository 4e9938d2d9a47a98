"""Tables as officials expect them: small, rounded, in the reader's language, numbers from the results."""

from __future__ import annotations

import pandas as pd

from analysis.inputs.evidence import Evidence
from analysis.inputs.scenario import Scenario
from analysis.model.results import with_keys
from analysis.model.score import History
from analysis.report import sentences
from analysis.report.charts import class_codes, plan_years
from analysis.report.facts import Facts
from analysis.report.wording import WORDS, Wording


def proposal(facts: Facts, wording: Wording) -> pd.DataFrame:
    """Minimum and supplement floor by class and residence: now, next, yuan, per cent."""
    base, following = plan_years(facts)
    lines = []
    for code in class_codes(facts):
        unified = not (
            facts.value("minimum_gap", area_code=code, year=base)
            or facts.value("minimum_gap", area_code=code, year=following)
        )
        for side in ("urban",) if unified else ("urban", "rural"):
            where = {"area_code": code, "residence": side}
            lines.append(
                {
                    wording.word("head_class"): wording.area(code),
                    wording.word("head_residence"): wording.word("both" if unified else side),
                    wording.word("head_now"): facts.say("minimum_standard", "yuan", year=base, **where),
                    wording.word("head_next"): facts.say("minimum_standard", "yuan", year=following, **where),
                    wording.word("head_rise"): facts.say(
                        "minimum_standard_rise", "yuan", sign=True, year=following, **where
                    ),
                    wording.word("head_rise_share"): facts.say(
                        "minimum_standard_rise_share", "percent", year=following, **where
                    ).removesuffix("%"),
                    wording.word("head_supplement"): _supplement(
                        facts, wording, code, ("urban", "rural") if unified else (side,), base, following
                    ),
                }
            )
    return pd.DataFrame(lines)


def _money(yuan: float, wording: Wording) -> float:
    """Return an amount in the table's unit: whole 万元 in Chinese, million yuan to a tenth in English."""
    return round(yuan / 1e4) if wording.lang == "zh" else round(yuan / 1e6, 1)


def _supplement(facts: Facts, wording: Wording, code: str, sides: tuple[str, ...], base: int, following: int) -> str:
    if not facts.has("supplement_floor", area_code=code, residence=sides[0], year=base):
        return wording.word("not_known")
    now, then = (
        "/".join(facts.say("supplement_floor", "yuan", area_code=code, residence=side, year=year) for side in sides)
        for year in (base, following)
    )
    return f"{now} → {then}"


def who_pays(facts: Facts, wording: Wording) -> pd.DataFrame:
    """Extra cost of the year by component and by tier of government, 万元 or million yuan."""
    rows = with_keys(
        facts.table[(facts.table["scenario"] == facts.scenario) & (facts.table["measure"] == "extra_cost")]
    )
    central = rows[(rows["statistic"] == "central") & (rows["area_code"].map(wording.areas["level"]) == "province")]
    unit = wording.pick("万元", "million yuan")
    lines = [
        (wording.word("head_component"), wording.word(f"component_{row.component}"), row.value)
        for row in central[central["component"] != ""].itertuples()
    ]
    lines += [
        (wording.word("head_tier"), wording.word(f"tier_{row.tier}"), row.value)
        for row in central[central["tier"] != ""].itertuples()
    ]
    total = central[(central["component"] == "") & (central["tier"] == "")]["value"].iloc[0]
    lines.append((wording.word("total"), "", total))
    frame = pd.DataFrame(lines, columns=["", wording.pick("项", "Item"), unit])
    return frame.assign(**{unit: frame[unit].map(lambda yuan: _money(yuan, wording))})


def cost_range(facts: Facts, wording: Wording) -> pd.DataFrame:
    """Central extra cost, its corners, its draws and the envelope, 万元 or million yuan."""
    _, following = plan_years(facts)
    province = wording.areas.index[wording.areas["level"] == "province"][0]
    where = {"year": following, "area_code": province, "programme": ""}
    named = (
        (wording.pick("按规定必须提", "obliged by the floors"), "extra_cost_mandated", "central"),
        (wording.pick("中值", "central"), "extra_cost", "central"),
        (wording.pick("全部跟随", "all follow"), "extra_cost_all_follow", "central"),
        (wording.pick("假设均取最省一端", "every assumption at its cheap end"), "extra_cost", "low"),
        (wording.pick("抽样十分位", "one draw in ten is below"), "extra_cost", "p10"),
        (wording.pick("抽样中位", "half of the draws are below"), "extra_cost", "p50"),
        (wording.pick("九成把握需安排", "envelope: nine draws in ten are below"), "envelope_for_90_percent", "central"),
        (wording.pick("假设均取最费一端", "every assumption at its dear end"), "extra_cost", "high"),
    )
    return pd.DataFrame(
        [
            (label, _money(facts.value(measure, statistic=statistic, **where), wording))
            for label, measure, statistic in named
        ],
        columns=["", wording.pick("万元", "million yuan")],
    )


def swings(facts: Facts, wording: Wording, scenario: Scenario) -> pd.DataFrame:
    """What each assumption is worth: extra cost with it at its low and its high end, all others central."""
    _, following = plan_years(facts)
    lines = []
    for name, assumption in scenario.assumptions.items():
        low, high = (facts.value(f"extra_cost_if_{name}_{end}", year=following) for end in ("low", "high"))
        lines.append(
            (assumption.title.in_language(wording.lang), _money(low, wording), _money(high, wording), abs(high - low))
        )
    frame = pd.DataFrame(
        lines, columns=[wording.word("head_assumption"), wording.word("head_low"), wording.word("head_high"), "span"]
    )
    return frame.sort_values("span", ascending=False, kind="stable").drop(columns="span").reset_index(drop=True)


def assumptions(scenario: Scenario, wording: Wording) -> pd.DataFrame:
    """What is assumed, in which range, why, and what to ask for."""
    return pd.DataFrame(
        [
            (
                a.title.in_language(wording.lang),
                f"{a.low} / {a.central} / {a.high}",
                a.reason.in_language(wording.lang),
                a.ask.in_language(wording.lang),
            )
            for a in scenario.assumptions.values()
        ],
        columns=[
            wording.word("head_assumption"),
            wording.word("head_range"),
            wording.word("head_reason"),
            wording.word("head_ask"),
        ],
    )


def movers(facts: Facts, wording: Wording) -> pd.DataFrame:
    """The areas whose standard is known: in force, obliged rises of standard and supplement floor, expected next year."""
    base, following = plan_years(facts)
    measures = ["standard", "mandated_rise", "mandated_supplement_floor_rise"]
    rows = facts.table[(facts.table["scenario"] == facts.scenario) & facts.table["measure"].isin(measures)]
    wide = rows.assign(column=rows["measure"] + rows["year"]).pivot(
        index=["area_code", "residence"], columns="column", values="value"
    )
    wide = wide.reset_index().sort_values(["area_code", "residence"], ascending=[True, False])
    supplement = wide.get(f"mandated_supplement_floor_rise{following}", pd.Series(float("nan"), index=wide.index))
    must = wide[f"mandated_rise{following}"] > 0
    return pd.DataFrame(
        {
            wording.word("head_area"): wide["area_code"].map(wording.area),
            wording.word("head_residence"): wide["residence"].map(wording.word),
            wording.word("head_standard"): wide[f"standard{base}"].astype(int),
            wording.word("head_must"): wide[f"mandated_rise{following}"].astype(int),
            wording.pick("预计下年", "expected next"): wide[f"standard{following}"].astype(int),
            wording.word("head_state"): must.map({True: wording.word("state_must"), False: wording.word("state_free")}),
            wording.word("head_supplement_must"): supplement.map(
                lambda rise: wording.word("not_known") if pd.isna(rise) else f"{rise:.0f}"
            ),
        }
    ).reset_index(drop=True)


def steps(table: pd.DataFrame, wording: Wording) -> pd.DataFrame:
    """The steps that changed a floor, one row each."""
    binding = table[table["binds"] | table["overrides"]]
    return pd.DataFrame(
        {
            wording.word("head_class"): binding["area_code"].map(wording.area),
            wording.word("head_residence"): binding["residence"].map(wording.word),
            wording.word("head_step"): binding["step"].astype(str)
            + " "
            + binding["name"].map(lambda name: wording.word(f"step_{name}")),
            wording.word("head_step_before"): binding["before_yuan_month"].round(3),
            wording.word("head_after"): binding["after_yuan_month"].round(3),
            wording.word("head_note"): binding["note"].map(wording.note),
        }
    ).reset_index(drop=True)


def gap_history(history: History, wording: Wording) -> pd.DataFrame:
    """The gap in the minima of the class where it is widest, year by year."""
    table = history.gap[history.gap["area_code"] == history.widest]
    return pd.DataFrame(
        {
            wording.word("head_year"): table["year"],
            wording.word("urban"): table["urban_yuan_month"].round(0).astype("Int64"),
            wording.word("rural"): table["rural_yuan_month"].round(0).astype("Int64"),
            wording.word("head_ratio"): table["rural_urban_ratio"].round(3),
            wording.word("head_gap"): table["gap_yuan_month"].round(0).astype("Int64"),
            wording.word("head_closed"): table["closed_share"].round(3),
            wording.word("head_grade"): table["grade"].map(wording.grade),
        }
    ).reset_index(drop=True)


def gap_states(history: History, wording: Wording) -> pd.DataFrame:
    """Which classes have one standard and which two, by year; a blank is a year that is not known."""
    states = history.gap.assign(state=history.gap["state"].map(lambda state: wording.word(f"state_{state}")))
    wide = states.pivot(index="year", columns="area_code", values="state").fillna("")
    return wide.rename(columns=wording.area).rename_axis(index=wording.word("head_year"), columns=None)


def growth_split(history: History, wording: Wording) -> pd.DataFrame:
    """How much of each change of the log ratio came from the rural and the urban side, where the gap is widest."""
    from analysis.model.gap import growth_split as split

    table = history.gap[history.gap["area_code"] == history.widest].sort_values("year")
    parts = split(table["rural_yuan_month"], table["urban_yuan_month"])
    years = [f"{start}–{end}" for start, end in zip(table["year"], table["year"].iloc[1:], strict=False)]
    columns = {
        "rural_growth": wording.pick("农村增长", "rural growth"),
        "urban_growth": wording.pick("城镇增长", "urban growth"),
        "ratio_growth": wording.pick("比值变化", "change of the ratio"),
    }
    return pd.DataFrame(
        {wording.word("head_years"): years} | {label: (100 * parts[name]).round(2) for name, label in columns.items()}
    )


def adequacy(history: History, wording: Wording) -> pd.DataFrame:
    """The minima as shares of last year's consumption per head, latest years."""
    table = history.adequacy.assign(share=(100 * history.adequacy["adequacy_share"]).round(1))
    wide = table.pivot(index="year", columns=["area_code", "residence"], values="share")
    wide.columns = [f"{wording.area(code)} {wording.word(side)}" for code, side in wide.columns]
    return wide.rename_axis(index=wording.word("head_year")).dropna(how="all").fillna("")


def back_cast(history: History, wording: Wording) -> pd.DataFrame:
    """Each published minimum beside the least that the rule of its year allowed."""
    table = history.back_cast
    number = {"head_least": table["least_yuan_month"].round(3), "head_excess": table["excess_yuan_month"]}
    blank = {
        key: values.map(lambda value: "" if pd.isna(value) else f"{value:.3f}".rstrip("0").rstrip("."))
        for key, values in number.items()
    }
    return pd.DataFrame(
        {
            wording.word("head_year"): table["year"],
            wording.word("head_class"): table["area_code"].map(wording.area),
            wording.word("head_residence"): table["residence"].map(wording.word),
            wording.word("head_before"): table["before_yuan_month"].astype(int),
            wording.word("head_published"): table["published_yuan_month"].astype(int),
            wording.word("head_rise_share"): (100 * table["rise_share"]).round(2),
            wording.word("head_rule"): table["rule"],
            wording.word("head_least"): blank["head_least"],
            wording.word("head_excess"): blank["head_excess"],
            wording.word("head_fit"): table["fit"].map(lambda fit: wording.word(f"fit_{fit}")),
        }
    )


def minima(evidence: Evidence, wording: Wording) -> pd.DataFrame:
    """The minima held, by class and residence; what is not official, press or copied is marked with its grade."""
    table = evidence.best("dibao", "minimum_standard")
    shown = [
        f"{row.value:.0f}"
        + (f" {wording.grade(row.grade)}" if row.grade in ("derived", "inferred", "synthetic") else "")
        for row in table.itertuples()
    ]
    wide = table.assign(shown=shown).pivot(index="year", columns=["area_code", "residence"], values="shown").fillna("")
    wide = wide[[(code, side) for code in sorted(set(table["area_code"])) for side in ("urban", "rural")]]
    wide.columns = [f"{wording.area(code)} {wording.word(side)}" for code, side in wide.columns]
    return wide.rename_axis(index=wording.word("head_year"))


def in_force(evidence: Evidence, wording: Wording) -> pd.DataFrame:
    """The gap in the standards in force of each city, in the last year that is known."""
    from analysis.model.gap import gap_table

    rows = evidence.best("dibao", "standard")
    rows = rows[rows["area_code"].map(evidence.areas["level"]).eq("city")].rename(columns={"value": "value_yuan_month"})
    table = gap_table(rows[["area_code", "year", "residence", "value_yuan_month"]]).sort_values("year")
    table = table.drop_duplicates("area_code", keep="last").sort_values(["year", "area_code"], ascending=[False, True])
    return pd.DataFrame(
        {
            wording.word("head_area"): table["area_code"].map(wording.area),
            wording.word("head_year"): table["year"],
            wording.word("urban"): table["urban_yuan_month"].round(0).astype("Int64"),
            wording.word("rural"): table["rural_yuan_month"].round(0).astype("Int64"),
            wording.word("head_ratio"): table["rural_urban_ratio"].round(3),
            wording.word("head_gap"): table["gap_yuan_month"].round(0).astype("Int64"),
            wording.word("head_state"): table["state"].map(lambda state: wording.word(f"state_{state}")),
        }
    ).reset_index(drop=True)


def box(facts: Facts, wording: Wording) -> pd.DataFrame:
    """What is published, computed and assumed, each with its share of the central cost."""
    heads = ["", wording.pick("内容", "What"), wording.pick("占中值花费", "Of the central cost")]
    return pd.DataFrame(sentences.box(facts, wording), columns=heads)


def coverage(evidence: Evidence, wording: Wording) -> pd.DataFrame:
    """What the package holds of the measures that the plan looks at: how many areas, which years, how good."""
    table = evidence.coverage()
    named = ("programme_" + table["programme"]).isin(WORDS) & ("measure_" + table["measure"]).isin(WORDS)
    table = table[named]
    return pd.DataFrame(
        {
            wording.word("head_programme"): table["programme"].map(lambda name: wording.word(f"programme_{name}")),
            wording.word("head_measure"): table["measure"].map(lambda name: wording.word(f"measure_{name}")),
            wording.word("head_areas"): table["areas_count"].fillna(0).astype(int),
            wording.word("head_years"): [
                f"{first:.0f}–{last:.0f}" if pd.notna(first) else ""
                for first, last in zip(table["first_year"], table["last_year"], strict=True)
            ],
            wording.word("head_rows"): table["rows_count"].fillna(0).astype(int),
            wording.word("head_hidden"): table["hidden_count"].astype(int),
            wording.word("head_best"): table["best_grade"].map(wording.grade),
            wording.word("head_worst"): table["worst_grade"].map(wording.grade),
        }
    ).reset_index(drop=True)


def scenarios(facts: dict[str, Facts], titles: dict[str, str], wording: Wording) -> pd.DataFrame:
    """The scenarios of a batch side by side: the gap left, the cost, who pays."""
    lines = []
    province = wording.areas.index[wording.areas["level"] == "province"][0]
    unit = wording.pick("万元", "million yuan")
    for name, own in facts.items():
        _, following = plan_years(own)
        where = {"year": following, "area_code": province, "programme": ""}
        ratio = own.value("minimum_rural_urban_ratio", area_code=class_codes(own)[-1], year=following)
        cost = {
            statistic: _money(own.value("extra_cost", statistic=statistic, **where), wording)
            for statistic in ("low", "central", "high")
        }
        upper = _money(own.value("extra_cost", tier="upper", **where), wording)
        lines.append((titles[name], f"{ratio:.3f}", cost["low"], cost["central"], cost["high"], upper))
    heads = [
        wording.word("head_scenario"),
        wording.word("head_ratio_next"),
        *(f"{wording.word(f'head_{end}')} {unit}" for end in ("low", "central", "high")),
    ]
    return pd.DataFrame(lines, columns=[*heads, f"{wording.word('head_upper')} {unit}"])
