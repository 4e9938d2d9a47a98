"""One scenario: the proposal, its steps, who must move, the cost and who pays."""

from __future__ import annotations

import pandas as pd

from analysis.errors import NotHeld
from analysis.model.results import with_keys
from analysis.report.charts import class_codes, plan_years
from analysis.report.facts import Facts
from analysis.report.rounding import fixed, rounded
from analysis.report.sentences.box import box_rows
from analysis.report.tables.amounts import amount, unit
from analysis.report.wording import Wording

# A share of the variance below this is none.
LEAST_SHARE = 0.005


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
    central = rows[(rows["statistic"] == "central") & (rows["area_code"] == wording.whole)]
    unit = wording.pick("万元", "million yuan")
    parts = central[central["component"] != ""]
    lines = [
        (wording.word("head_component"), wording.word(f"component_{_part(row.component, row.programme)}"), row.value)
        for row in parts.itertuples()
    ]
    lines += [
        (wording.word("head_tier"), wording.word(f"tier_{row.tier}"), row.value)
        for row in central[central["tier"] != ""].itertuples()
    ]
    _, following = plan_years(facts)
    where = wording.pick("流向", "Goes to")
    for side in ("urban", "rural"):
        value = facts.value("new_money", residence=side, year=following, area_code=wording.whole)
        lines.append((where, wording.word(side), value))
    lowest = class_codes(facts)[-1]
    value = facts.value("extra_cost", area_code=lowest, year=following, programme="")
    lines.append((where, wording.pick("其中：", "of it: ") + wording.area(lowest), value))
    total = central[(central["component"] == "") & (central["tier"] == "")]["value"].iloc[0]
    lines.append((wording.word("total"), "", total))
    frame = pd.DataFrame(lines, columns=["", wording.pick("项", "Item"), unit])
    return frame.assign(**{unit: frame[unit].map(lambda yuan: amount(yuan, wording))})


def _part(component: str, programme: str) -> str:
    return f"linked_{programme}" if component == "linked" else component


def cost_range(facts: Facts, wording: Wording) -> pd.DataFrame:
    """Central extra cost, its corners, its draws and the envelope, 万元 or million yuan."""
    _, following = plan_years(facts)
    where = {"year": following, "area_code": wording.whole, "programme": ""}
    named = (
        (wording.pick("按规定必须提", "obliged by the floors"), "extra_cost_mandated", "central"),
        (wording.pick("基准测算值", "best estimate"), "extra_cost", "central"),
        (wording.pick("全部跟随", "all follow"), "extra_cost_all_follow", "central"),
        (wording.pick("假设均取最省一端", "every assumption at its cheap end"), "extra_cost", "low"),
        (wording.pick("一成的模拟结果低于", "one simulated case in ten is below"), "extra_cost", "p10"),
        (wording.pick("模拟结果的中位", "half of the simulated cases are below"), "extra_cost", "p50"),
        (
            wording.pick("九成的模拟结果低于（够用）", "nine simulated cases in ten are below: would suffice"),
            "envelope_for_90_percent",
            "central",
        ),
        (wording.pick("假设均取最费一端", "every assumption at its dear end"), "extra_cost", "high"),
    )
    return pd.DataFrame(
        [
            (label, amount(facts.value(measure, statistic=statistic, **where), wording))
            for label, measure, statistic in named
        ],
        columns=["", wording.pick("万元", "million yuan")],
    )


def movers(facts: Facts, wording: Wording) -> pd.DataFrame:
    """The areas whose standard is known: in force, obliged rises of standard and supplement floor, expected next year.

    Raises:
        NotHeld: no area's standard is known.
    """
    base, following = plan_years(facts)
    measures = ["standard", "mandated_rise", "mandated_supplement_floor_rise"]
    rows = facts.table[(facts.table["scenario"] == facts.scenario) & facts.table["measure"].isin(measures)]
    if not (rows["measure"] == "mandated_rise").any():
        raise NotHeld("no_standards_in_force")
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
                lambda rise: wording.word("not_known") if pd.isna(rise) else fixed(rise)
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
            wording.word("head_step_before"): rounded(binding["before_yuan_month"], 3),
            wording.word("head_after"): rounded(binding["after_yuan_month"], 3),
            wording.word("head_note"): binding["note"].map(wording.note),
        }
    ).reset_index(drop=True)


def box(facts: Facts, wording: Wording) -> pd.DataFrame:
    """What is published, computed and assumed, each with its share of the central cost."""
    heads = ["", wording.pick("内容", "What"), wording.pick("占基准测算值", "Of the best estimate")]
    return pd.DataFrame(box_rows(facts, wording), columns=heads)


def spending(facts: Facts, wording: Wording) -> pd.DataFrame:
    """Dibao and tekun by tier: this year, next year with the rise, what the budget's own growth allows, what is missing."""
    base, following = plan_years(facts)
    lines: list[tuple] = []
    for tier in ("upper", "local", ""):
        where = {"area_code": wording.whole, "tier": tier, "programme": ""}
        now, after = (facts.value("spending", year=year, **where) for year in (base, following))
        capacity = facts.value("capacity", year=following, **where)
        name = wording.word(f"tier_{tier}") if tier else wording.word("total")
        amounts = (amount(value, wording) for value in (now, after, capacity, capacity - after))
        lines.append((name, *amounts))
    heads = [
        wording.word("head_tier"), str(base), wording.pick(f"{following}（含提标）", f"{following} with the rise"),
        wording.pick("按预算增速可支出", "at the budget's growth"), wording.pick("余（-为缺）", "left (- missing)"),
    ]  # fmt: skip
    return pd.DataFrame(lines, columns=[heads[0], *(f"{head} {unit(wording)}" for head in heads[1:])])


def sharing(facts: Facts, wording: Wording) -> pd.DataFrame:
    """What the upper tiers bear of the rise under each share set."""
    _, following = plan_years(facts)
    where = {"year": following, "area_code": wording.whole, "tier": "upper"}
    rows = [
        (wording.word(f"sharing_{name}"), amount(facts.value(f"extra_cost_under_sharing_{name}", **where), wording))
        for name in ("low", "middle", "high")
        if facts.has(f"extra_cost_under_sharing_{name}", **where)
    ]
    return pd.DataFrame(
        rows, columns=[wording.pick("分担口径", "share set"), f"{wording.word('head_upper')} {unit(wording)}"]
    )


def money(facts: Facts, wording: Wording) -> pd.DataFrame:
    """Whether it can be borne: spending by tier, then what the upper tiers bear under each share set."""
    table = spending(facts, wording)
    sets = sharing(facts, wording)
    first, last = table.columns[0], table.columns[2]
    extra = pd.DataFrame(
        {
            first: wording.pick("其中上级负担的提标：", "of it the upper tiers' part of the rise: ") + sets.iloc[:, 0],
            last: sets.iloc[:, 1],
        }
    )
    whole = pd.concat([table.astype(object), extra.astype(object)], ignore_index=True)
    return whole.where(whole.notna(), "")


def timing(facts: Facts, wording: Wording) -> pd.DataFrame:
    """When it is decided and paid, and what that leaves late."""
    _, following = plan_years(facts)
    where = {"year": following, "component": "arrears", "period": "Y"}
    styles = {
        "notice_month": "count", "pay_month": "count", "months_in_arrears": "count", "arrears": "money",
        "on_time_in_full_share": "percent", "largest_shortfall_of_a_month": "money", "buffer_needed": "money",
        "cash_peak": "money",
    }  # fmt: skip
    lines = [
        (wording.word(f"timing_{measure}"), facts.say(measure, style, **where)) for measure, style in styles.items()
    ]
    for programme in ("dibao", "tekun"):
        late = facts.say("recipients_paid_late", "persons", programme=programme, **where)
        lines.append(
            (wording.word("timing_paid_late") + wording.pick("：", ": ") + wording.word(f"programme_{programme}"), late)
        )
    return pd.DataFrame(lines, columns=["", wording.pick("本方案", "this scenario")])


def alternatives(facts: Facts, wording: Wording) -> pd.DataFrame:
    """What other choices would make of the extra cost: responses, allocations, widths; and the rise an envelope bears."""
    _, following = plan_years(facts)
    where = {"year": following, "area_code": wording.whole, "programme": ""}
    lines = [
        (
            wording.word(f"response_{model}"),
            amount(facts.value(f"extra_cost_under_response_{model}", **where), wording),
            "",
        )
        for model in ("trend", "default", "power_tail", "lognormal")
    ]
    for name in ("need", "line"):
        value = amount(facts.value(f"extra_cost_under_allocation_{name}", **where), wording)
        lines.append((wording.word(f"allocation_{name}"), value, _checked(facts, wording, name)))
    for width in ("halved", "as_stated", "doubled"):
        low, high = (
            amount(facts.value(f"extra_cost_widths_{width}", statistic=end, **where), wording) for end in ("p10", "p90")
        )
        middle = amount(facts.value(f"extra_cost_widths_{width}", statistic="p50", **where), wording)
        lines.append((wording.word(f"widths_{width}"), middle, f"{low}–{high}"))
    heads = [
        "",
        wording.pick("新增支出", "extra cost") + f" {unit(wording)}",
        wording.pick("核对或一成至九成范围", "check, or P10 to P90"),
    ]
    return pd.DataFrame(lines, columns=heads)


def _checked(facts: Facts, wording: Wording, allocation: str) -> str:
    """Set an allocation beside the one city whose recipients are published."""
    said = []
    for side in ("urban", "rural"):
        rows = facts.table[
            (facts.table["measure"] == f"recipients_allocated_by_{allocation}") & (facts.table["residence"] == side)
        ]
        rows = rows[rows["scenario"] == facts.scenario]
        if rows.empty:
            return ""
        area, year = rows["area_code"].iloc[0], rows["year"].iloc[0]
        where = {"area_code": area, "year": year, "residence": side, "programme": "dibao"}
        ours, published = rows["value"].iloc[0], facts.value("recipients", **where)
        said.append(f"{wording.word(side)} {fixed(ours, 0, ',')} / {fixed(published, 0, ',')}")
    return f"{wording.area(area)} {year}: " + wording.pick("；", "; ").join(said)


def _envelope_of(measure: str) -> float:
    """Sort by the envelope; the budget's own growth comes last."""
    number = measure.removeprefix("rise_borne_by_").removesuffix("_million_yuan")
    return float(number) if number.isdigit() else float("inf")


def break_even(facts: Facts, wording: Wording) -> pd.DataFrame:
    """The uniform rise of all floors that each envelope bears, on a grid of half a per cent."""
    _, following = plan_years(facts)
    rows = facts.table[
        (facts.table["scenario"] == facts.scenario) & facts.table["measure"].str.startswith("rise_borne_by_")
    ]
    lines = []
    for measure in sorted(rows["measure"], key=_envelope_of):
        name = measure.removeprefix("rise_borne_by_")
        envelope = (
            wording.word("envelope_capacity")
            if name == "capacity"
            else f"{fixed(amount(float(name.removesuffix('_million_yuan')) * 1e6, wording), 0, ',')} {unit(wording)}"
        )
        lines.append((envelope, facts.say(measure, "percent", year=following, area_code=wording.whole)))
    return pd.DataFrame(
        lines, columns=[wording.pick("额度", "envelope"), wording.pick("可承受的统一增幅", "uniform rise borne")]
    )


def sobol(facts: Facts, wording: Wording, titles: dict[str, str]) -> pd.DataFrame:
    """How much of the variance of the extra cost each assumption carries, interactions included (total Sobol index)."""
    rows = facts.table[
        (facts.table["scenario"] == facts.scenario) & facts.table["measure"].str.startswith("sobol_total_")
    ]
    rows = rows[~rows["measure"].str.startswith("sobol_total_conf_")]
    lines = []
    for row in rows.sort_values("value", ascending=False, kind="stable").itertuples():
        name = row.measure.removeprefix("sobol_total_")
        if row.value >= LEAST_SHARE:
            lines.append((titles[name], f"{fixed(row.value, 2)} ± {fixed(facts.value(f'sobol_total_conf_{name}'), 2)}"))
    return pd.DataFrame(
        lines,
        columns=[
            wording.word("head_assumption"),
            wording.pick("占方差的份额（95%误差）", "share of the variance (95 %)"),
        ],
    )
