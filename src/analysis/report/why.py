"""Why: where one number comes from: formula, steps, inputs with source and grade, assumptions and what each is worth."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from html import escape

import pandas as pd

from analysis.inputs.evidence import Evidence
from analysis.inputs.parameters.assumption import Assumption
from analysis.report.wording import Wording

# The longest beginning of a measure that stands here names its formula; the words are METHODS' own terms.
FORMULAS: dict[str, tuple[str, str]] = {
    "minimum_standard": ("下年最低标准按十个固定步骤得出，见下列步骤", "next year's minimum by the ten fixed steps below"),
    "supplement_floor": ("最低补差按同样步骤得出（类别次序、农村比例、上限除外）", "the supplement floor by the same steps, less class order, rural share and ceiling"),
    "minimum_rural_urban_ratio": ("农村最低标准 / 城镇最低标准", "rural minimum / urban minimum"),
    "minimum_gap": ("城镇最低标准 - 农村最低标准", "urban minimum - rural minimum"),
    "rural_share_at_least": ("规定或方案写明的农村占城镇的最低比重", "the least rural share of the urban standard that the rule or the policy states"),
    "rural_share_target": ("方案写明的目标比例和年份", "the target share and year that the policy states"),
    "theil_between_urban_rural": ("Σ 城乡 份额 × ln(该侧均值 / 总均值)，份额为人数乘标准所占", "sum over town and country of share x ln(its mean / the whole mean), share of people times standard"),
    "theil_within_urban_rural": ("Σ 城乡 份额 × 该侧的泰尔T", "sum over town and country of share x the Theil T within it"),
    "theil_between_urban_rural_share": ("城乡之间 / 泰尔T", "between town and country / Theil T"),
    "theil_inside_areas_share": ("按地区拆分时地区内的部分 / 泰尔T", "the part inside areas, split by area / Theil T"),
    "theil_weight": ("常住人口；跨两类的市按其在各类的部分个数均分", "residents; a city in two classes is split evenly over its parts"),
    "theil": ("泰尔T：Σ 人数 × (标准/均值) × ln(标准/均值) / Σ人数", "Theil T: sum of people x (standard/mean) x ln(standard/mean) over all people"),
    "minimum_forecast": ("沿用当日已知的最近一条提标规则；区间 = 预测 / (1 ∓ t × 以往误差的均方根)", "the last rise rule known that day carried on; interval = forecast / (1 -+ t x root mean square of past errors)"),
    "scored_": ("回到当年6月30日，只用当日已公开的数，用同样的方法预测", "the same method as of 30 June of the year before, with only what was public"),
    "score_mean_absolute_error": ("各格 |预测 / 公布 - 1| 的平均，见各 scored_ 行", "mean of |forecast / published - 1| over the cells, see the scored_ rows"),
    "score_common_error": ("同上，只取各方法都有预测的格", "the same over the cells that every method forecast"),
    "score_bias": ("各格 预测 / 公布 - 1 的平均", "mean of forecast / published - 1 over the cells"),
    "score_worst_error": ("各格 预测 / 公布 - 1 中绝对值最大的", "the forecast / published - 1 of largest size"),
    "score_cells": ("有预测和公布值的格数", "cells with a forecast and a published value"),
    "score_junes": ("预测时点的个数", "Junes that were stood in"),
    "score_recipients": ("预测 / 公布 - 1", "forecast / published - 1"),
    "score_common_cells": ("各方法都有预测的格数", "cells that every method forecast"),
    "score_": ("预测 / 公布 - 1", "forecast / published - 1"),
    "standard": ("max(现行, 下年最低, 现行 × (1 + 跟随程度 × 最低标准增幅))，农村不低于城镇的规定比例", "max(in force, next minimum, in force x (1 + follow x rise of the minimum)), rural at least its share of urban"),
    "mandated_rise": ("跟随程度取0时的标准 - 现行标准", "the standard with follow = 0 less the one in force"),
    "extra_cost_if_": ("新增支出，仅把这一项假设移到所示一端，其余取基准值（P10、P90：其余取中位）", "extra cost with this one assumption at the end named, all others at their best estimates (P10, P90: others at their medians)"),
    "extra_cost_under_allocation": ("新增支出，受助人数按另一办法分配", "extra cost with recipients allocated another way"),
    "extra_cost_under_response": ("新增支出，人数对标准的反应按所示模型", "extra cost with recipients answering the line by the model named"),
    "extra_cost_under_sharing": ("上级负担 = Σ 下限口径新增 × 该套分担比例", "upper tiers = sum of the extra at the minimum x the shares of the set"),
    "extra_cost_widths": ("模拟结果的分位数，各项假设到基准值的距离乘以所示倍数", "quantile of the simulated cases, every distance from the best estimate stretched as named"),
    "extra_cost_of_expenditure": ("新增支出 / 下年一般公共预算支出（最近一年按财力参数的增速推到下年）", "extra cost / next year's general public budget expenditure (the last one carried on at the fiscal path's growth)"),
    "extra_cost": ("Σ 地区、城乡：12N(z'-z) + 12N·max(0, f'-b-(z'-z)) + 12(N'-N)(z'-z)/2 + 联动项目；N人数，z现行标准，z'下年标准，b补差，f'下年最低补差，N'含新增的人数", "sum over areas and residences: 12N(z'-z) + 12N max(0, f'-b-(z'-z)) + 12(N'-N)(z'-z)/2 + what is linked; N recipients, z standard, z' next, b supplement, f' next supplement floor, N' with entrants"),
    "envelope_for_90_percent": ("新增支出模拟结果的九成位", "the ninth decile of the simulated extra cost"),
    "extra_cost_exceeded_with_chance": ("新增支出的模拟结果中有所示百分数超过的数：10即九成够用的数，50即中位", "the amount that the named per cent of the simulated extra costs exceed: at 10 the amount that suffices in nine cases of ten, at 50 the median"),
    "spending": ("12 × 人数 × 补差（低保）+ 12 × 人数 × 标准（特困），下年另加新增支出", "12 x recipients x supplement (dibao) + 12 x recipients x standard (tekun); next year with the extra cost"),
    "capacity": ("本年支出 × (1 + 一般公共预算支出增速)", "this year's spending x (1 + growth of general public budget expenditure)"),
    "short_of_capacity": ("各级支出超出可支出之和，减去可调剂的余额", "what no tier can bear after transfers"),
    "rise_borne": ("统一增幅按0.5%一格逐一测算，取不超过额度的最大值", "the largest uniform rise, by half per cents, whose cost the envelope bears"),
    "regret_of_not_knowing": ("九成额度下平均闲置或短缺的钱，知道该假设之前减之后", "yuan idle or missing under the 90 % envelope, before less after the assumption is known"),
    "sobol": ("索博尔指数：新增支出方差中由该假设带来的份额", "Sobol index: the share of the variance of the extra cost that the assumption carries"),
    "recipients_on_trend": ("最近公布数 × exp(趋势 × 到下年年中的年数)", "last published count x exp(trend x years to the middle of next year)"),
    "entrants": ("N × ((z'/z)^(应对 × (z/b-1)) - 1)", "N x ((z'/z)^(response x (z/b - 1)) - 1)"),
    "arrears": ("全年新增支出 × (发放月 - 1) / 12", "extra cost x (month of payment - 1) / 12"),
    "calendar": ("1月起应付；发放月补足；新增资金自通知月起按月平均拨付", "due from January; made good in the month of payment; the extra allotted in equal parts from the notice"),
    "buffer_needed": ("各月累计拨付减累计支出的最大缺口", "largest shortfall of allotments to date against payments to date"),
    "modelled_spending": ("12 × 人数 × 补差 + 12 × 特困人数 × 标准 + 孤儿和事实无人抚养儿童", "12 x recipients x supplement + 12 x tekun recipients x standard + orphans and unattended children"),
    "implied_share": ("已公布资金 / 模型测算支出", "published money / modelled spending"),
    "linked_standard": ("低保标准 × 该项目的倍数", "dibao standard x the programme's multiple"),
    "path_minimum_standard": ("按政策逐年重复十个步骤，每年从上一年取整后的标准提起", "the ten steps of the policy repeated, each year from the rounded floor of the year before"),
    "path_extra_cost": ("当年与基年起一直不提标相比的新增支出，公式同 extra_cost，z'为当年标准，N为当年趋势人数", "that year's extra against no rise since the base year: extra_cost with z' of that year and N on its trend"),
    "path_in_force_rural_urban_ratio": ("Σ N农z农/ΣN农 ÷ Σ N城z城/ΣN城，差距最大的一类地区", "recipients' mean rural standard over the mean urban one, in the class with the widest gap"),
    "path_target_year": ("农村比例首次达到目标的年份", "the first year in which the rural share meets the target"),
    "path_": ("按政策逐年，公式同一年的同名数", "year by year under the policy, by the formula of the same number of one year"),
    "road_lift_per_million": ("年度额度的影子价格：多100万元能把农村最低标准提高的元数（线性规划）", "shadow price of the year's envelope: by how much one more million yuan lifts the rural minimum (linear program)"),
    "road_given_way": ("此项要求单独让到此处才有路", "how far this demand would have to give way, alone, for a road to exist"),
    "road_": ("满足全部要求、各年新增支出之和最小的走法（整数规划）", "the floors that meet every demand at the least extra cost, all years added (integer program)"),
    "largest_rise": ("额度能承受的最大增幅，按万分之一一格二分", "the largest rise whose cost the envelope bears, by bisection on hundredths of a per cent"),
    "bridge_": ("与较早测算之差：用较早的数据和参数由今天的程序重算，再依次换上本次的数据、假设、政策，每换一项的变动即该项；方法为第一次重算与当时存数之差；各项相加等于总变化", "the difference from an older memo: its inputs run by today's program, then with today's data, assumptions and policy one after another, each worth what its exchange moved; method is the first of these runs less what was stored; the parts add to the change"),
    "adequacy": ("12 × 标准 / 上年人均消费支出", "12 x standard / consumption per head of the year before"),
}  # fmt: skip
TIER_FORMULA = (
    "上级：Σ 地区 按最低标准计的新增支出 × 该级分担比例（params/sharing）；市县：全部新增支出减去上级负担",
    "upper: sum over areas of the extra at the provincial minimum x the tier's share (params/sharing); local: the whole less that",
)
QUANTILES = {
    "p10": ("模拟结果的一成位", "the first decile of the simulated cases"),
    "p50": ("模拟结果的中位", "the median of the simulated cases"),
    "p90": ("模拟结果的九成位", "the ninth decile of the simulated cases"),
    "mean": ("模拟结果的平均", "the mean of the simulated cases"),
    "low": (
        "各项假设均取最省一端（实测的取80%区间端点）",
        "every assumption at its cheap end (measured ones at the end of their 80 % interval)",
    ),
    "high": (
        "各项假设均取最费一端（实测的取80%区间端点）",
        "every assumption at its dear end (measured ones at the end of their 80 % interval)",
    ),
}
# What a family of measures is reckoned from: programme and measure of the package's rows.
INPUTS: dict[str, tuple[tuple[str, str], ...]] = {
    "minimum": (("dibao", "minimum_standard"),),
    "supplement": (("dibao", "supplement_floor"),),
    "standard": (("dibao", "standard"), ("dibao", "minimum_standard")),
    "mandated": (("dibao", "standard"), ("dibao", "minimum_standard"), ("dibao", "supplement_floor")),
    "recipients": (("dibao", "recipients"),),
    "entrants": (("dibao", "recipients"), ("dibao", "supplement_floor")),
    "implied": (
        ("assistance", "fiscal_assistance_funds_arranged"),
        ("hardship_groups", "central_and_provincial_subsidy_funds_issued"),
        ("hardship_groups", "central_and_provincial_subsidy_funds_prepaid"),
    ),
    "known": (
        ("assistance", "fiscal_assistance_funds_arranged"),
        ("hardship_groups", "central_and_provincial_subsidy_funds_issued"),
        ("hardship_groups", "central_and_provincial_subsidy_funds_prepaid"),
    ),
}
EVERYTHING = (
    ("dibao", "minimum_standard"), ("dibao", "supplement_floor"), ("dibao", "standard"), ("dibao", "recipients"), ("tekun", "recipients"),
    ("tekun", "basic_living_standard"), ("", "general_public_budget_expenditure"),
    ("", "consumption_expenditure_per_capita"), ("", "resident_population"),
)  # fmt: skip
MOST_INPUTS = 160


@dataclass(frozen=True)
class Why:
    """Where one number comes from.

    Attributes:
        row: the result row.
        formula: in words.
        steps: what each step did to the floor; empty where the number is no floor.
        inputs: the rows of the package behind it: area, year, period, residence, measure, value, unit, grade, known from
            which day, source.
        assumptions: id, title, low, central, high, unit, reason and, in yuan a year, what it is worth to the extra cost.
    """

    row: pd.Series
    formula: str
    steps: pd.DataFrame
    inputs: pd.DataFrame
    assumptions: pd.DataFrame

    def frame(self) -> pd.DataFrame:
        """Return all of it as one frame: the result, the steps, the inputs and the assumptions behind it.

        Returns:
            part (result, step, input or assumption), name, value, unit, grade, source, note.
        """
        row = self.row
        lines = [("result", row["measure"], row["value"], row["unit"], row["grade"], "", self.formula)]
        for one in self.steps.itertuples():
            lines.append(
                ("step", f"{one.step} {one.name}", one.after_yuan_month, "yuan/person/month", "", "", one.note)
            )
        for one in self.inputs.itertuples():
            name = " ".join(filter(None, [one.area, str(one.year), one.period, one.residence, one.measure]))
            lines.append(
                (
                    "input",
                    name,
                    one.value,
                    one.unit,
                    one.grade,
                    f"{one.source} ({one.at})",
                    f"known from {one.known_from}",
                )
            )
        for one in self.assumptions.itertuples():
            lines.append(
                (
                    "assumption",
                    one.assumption,
                    float(one.central),
                    one.unit,
                    "",
                    "",
                    f"{one.low} to {one.high}: {one.reason}",
                )
            )
        return pd.DataFrame(lines, columns=["part", "name", "value", "unit", "grade", "source", "note"])

    def _repr_html_(self) -> str:
        """Show it in a notebook: the number, its formula, then each table that holds anything."""
        head = f"<p>{escape(str(self.row['measure']))} = {self.row['value']:,.10g} {escape(str(self.row['unit']))}; {escape(self.formula)}</p>"
        tables = [
            table.to_html(index=False, border=0) for table in (self.steps, self.inputs, self.assumptions) if len(table)
        ]
        return head + "".join(tables)


def explain(
    row: pd.Series, evidence: Evidence, steps: pd.DataFrame, assumptions: pd.DataFrame, wording: Wording
) -> Why:
    """Return where a result row comes from.

    Args:
        row: of the results.
        evidence: as known on the day.
        steps: of the floor that the number is; empty where it is none.
        assumptions: that it rests on, of ``assumed``.
        wording: words of the language.
    """
    measure = str(row["measure"])
    formula = _formula(measure, str(row["tier"]), str(row["statistic"]), wording)
    return Why(row, formula, steps, _inputs(row, measure, evidence, wording), assumptions)


def floor_of(measure: str) -> str:
    """Return the measure of the floor whose steps are behind a number: of a floor's rise, the floor."""
    return measure.removesuffix("_rise_share").removesuffix("_rise")


def assumed(assumptions: dict[str, Assumption], swings: dict[str, float], wording: Wording) -> pd.DataFrame:
    """Return assumptions as a number's origin tells them.

    Args:
        assumptions: by id.
        swings: assumption to what its whole range moves the central extra cost by, yuan a year.
        wording: words of the language.
    """
    lines = [
        (
            name,
            one.title.in_language(wording.lang),
            one.low,
            one.central,
            one.high,
            one.unit,
            swings.get(name, float("nan")),
            one.reason.in_language(wording.lang),
        )
        for name, one in assumptions.items()
    ]
    columns = ["assumption", "title", "low", "central", "high", "unit", "worth_yuan_year", "reason"]
    return pd.DataFrame(lines, columns=columns)


def _formula(measure: str, tier: str, statistic: str, wording: Wording) -> str:
    fitting = max((name for name in FORMULAS if measure.startswith(name)), key=len, default="")
    if measure == "extra_cost" and tier:
        return wording.pick(*TIER_FORMULA)
    if measure == "extra_cost" and statistic in QUANTILES:
        return (
            wording.pick(*QUANTILES[statistic])
            + wording.pick("；每次模拟：", "; each simulated case: ")
            + wording.pick(*FORMULAS[fitting])
        )
    return (
        wording.pick(*FORMULAS[fitting])
        if fitting
        else wording.pick("由下列数据直接取得或计数", "taken or counted from the rows below")
    )


def _inputs(row: pd.Series, measure: str, evidence: Evidence, wording: Wording) -> pd.DataFrame:
    """Return the package's rows behind a number: its own area and class, its year and the years before that it looks at."""
    family = max((name for name in INPUTS if measure.startswith(name)), key=len, default="")
    named = INPUTS.get(family, EVERYTHING)
    area, year = str(row["area_code"]), int(row["year"] or 0)
    residence = "" if family in ("minimum", "standard") else str(row["residence"])
    return _rows_behind(evidence, named, _places_behind(evidence, area), year, residence, wording.lang)


@functools.lru_cache(maxsize=512)
def _places_behind(evidence: Evidence, area: str) -> frozenset[str]:
    """Return an area with its class; with the whole every class and city."""
    places = {area}
    if area in evidence.areas.index:
        number = evidence.areas.at[area, "area_class"]
        classes = evidence.areas[(evidence.areas["level"] == "class") & (evidence.areas["area_class"] == number)]
        places |= set(classes.index) if number else set()
    if area == evidence.whole:
        places |= set(evidence.areas.index[evidence.areas["level"].isin(["class", "city"])])
    return frozenset(places)


@functools.lru_cache(maxsize=512)
def _rows_behind(
    evidence: Evidence, named: tuple[tuple[str, str], ...], places: frozenset[str], year: int, residence: str, lang: str
) -> pd.DataFrame:
    """Return the package's last rows of some measures up to a year: many numbers of a page rest on the same, read only."""
    parts, held = [], 0
    for programme, one in reversed(named):
        rows = evidence.best(programme, one)
        years = rows["year"].to_numpy()
        fitting = rows["area_code"].isin(places).to_numpy() & (years <= year)
        if residence:
            fitting &= rows["residence"].isin([residence, "both"]).to_numpy()
        if fitting.any():
            last = years[fitting].max()
            parts.insert(0, rows[fitting & (years >= last - (year == last))])
            held += len(parts[0])
        if held >= MOST_INPUTS:
            break
    table = pd.concat(parts or [rows[:0]], ignore_index=True).tail(MOST_INPUTS)
    source, wording = evidence.sources.reindex(table["source_id"]), Wording(lang, evidence.areas)
    named_source = source["document_number"].where(source["document_number"] != "", source["title"]).fillna("")
    return pd.DataFrame(
        {
            "area": [wording.area(code) for code in table["area_code"]],
            "year": table["year"],
            "period": table["period"],
            "residence": table["residence"],
            "measure": table["programme"].str.cat(table["measure"], sep=" ").str.strip(),
            "value": table["value"],
            "unit": table["unit"],
            "grade": table["grade"],
            "known_from": table["known_from"].dt.date,
            "source": named_source.to_numpy(),
            "at": table["file"] + ":" + table["row"].astype(str),
        }
    ).reset_index(drop=True)
