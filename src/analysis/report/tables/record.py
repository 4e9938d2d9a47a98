"""The planner scored by history, the drivers, and the money known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from analysis.errors import NotHeld
from analysis.model.score import History
from analysis.model.score.forecasts import METHODS
from analysis.report.facts import Facts
from analysis.report.rounding import fixed, percent, rounded
from analysis.report.wording import Wording

if TYPE_CHECKING:
    from analysis.model.drivers.outlook import Driver

MODELS_SHOWN = 4


def scored_minima(facts: Facts, wording: Wording) -> pd.DataFrame:
    """Each past June's forecast of the next year's minima and recipients against what was published."""
    rows = facts.table[(facts.table["scenario"] == "") & (facts.table["measure"] == "scored_planner")]
    years, lines = sorted(rows["year"].unique()), []
    cells = sorted(
        set(zip(rows["area_code"], rows["residence"], strict=True)), key=lambda cell: (cell[0], cell[1] != "urban")
    )
    for year in years:
        line = {
            wording.pick("预测时点", "as of"): facts.literal(
                wording.pick(f"{int(year) - 1}年6月", f"June {int(year) - 1}")
            )
        }
        line[wording.pick("预测年份", "for")] = facts.literal(year)
        for area, residence in cells:
            where = {"area_code": area, "residence": residence, "year": year, "programme": "dibao"}
            side = "" if residence == "both" else wording.pick("", " ") + wording.word(residence)
            said = ""
            if facts.has("scored_planner", **where):
                said = (
                    f"{facts.say('scored_planner', 'yuan', **where)} / {facts.say('scored_published', 'yuan', **where)}"
                )
            line[wording.area(area) + side] = said
        for side in ("urban", "rural"):
            where = {"residence": side, "year": year, "programme": "dibao"}
            head = wording.pick(f"{wording.word(side)}人数（万人）", f"{side} recipients, thousand")
            line[head] = ""
            if facts.has("scored_recipients_trend", **where):
                line[head] = (
                    f"{facts.say('scored_recipients_trend', 'people', **where)} / "
                    f"{facts.say('scored_recipients_published', 'people', **where)}"
                )
        lines.append(line)
    return pd.DataFrame(lines)


def score_errors(facts: Facts, wording: Wording) -> pd.DataFrame:
    """How far each method was off: all its own cells, and the cells that every method forecast."""
    heads = {
        "": lambda method: wording.word(f"method_{method}"),
        wording.pick("格数", "cells"): lambda method: _said(facts, f"score_cells_{method}", "count"),
        wording.pick("平均绝对误差", "mean absolute error"): lambda method: _said(
            facts, f"score_mean_absolute_error_{method}", "percent"
        ),
        wording.pick("偏差（正为偏高）", "bias (+ too high)"): lambda method: _said(
            facts, f"score_bias_{method}", "percent", sign=True
        ),
        wording.pick("最大误差", "worst"): lambda method: _said(
            facts, f"score_worst_error_{method}", "percent", sign=True
        ),
        wording.pick("同格平均绝对误差", "mean absolute error, common cells"): lambda method: _said(
            facts, f"score_common_error_{method}", "percent"
        ),
    }
    return pd.DataFrame([{head: make(method) for head, make in heads.items()} for method in METHODS])


def _said(facts: Facts, measure: str, style: str, *, sign: bool = False) -> str:
    return facts.say(measure, style, sign=sign, programme="dibao") if facts.has(measure, programme="dibao") else ""


def next_minima(facts: Facts, wording: Wording) -> pd.DataFrame:
    """What the planner, by its record, expects the next published minima to be, with the interval its errors give."""
    rows = facts.table[(facts.table["scenario"] == "") & (facts.table["measure"] == "minimum_forecast")]
    cells = sorted(
        set(zip(rows["area_code"], rows["residence"], rows["year"], strict=True)),
        key=lambda one: (one[0], one[1] != "urban"),
    )
    lines = []
    for area, residence, year in cells:
        where = {"area_code": area, "residence": residence, "year": year, "programme": "dibao"}
        low, middle, high = (
            facts.say("minimum_forecast", "yuan", statistic=statistic, **where)
            for statistic in ("p10", "central", "p90")
        )
        lines.append((wording.area(area), wording.word(residence), year, middle, f"{low}–{high}"))
    heads = [wording.word("head_class"), wording.word("head_residence"), wording.word("head_year")]
    return pd.DataFrame(
        lines, columns=[*heads, wording.pick("预测", "forecast"), wording.pick("80%区间", "80 % interval")]
    )


def scored_recipients(facts: Facts, wording: Wording) -> pd.DataFrame:
    """Past forecasts of recipients by the trend, and how far off it, the last count and two responses to the line were."""
    rows = facts.table[(facts.table["scenario"] == "") & (facts.table["measure"] == "scored_recipients_trend")]
    lines = []
    for row in rows.sort_values(["year", "residence"], ascending=[True, False]).itertuples():
        where = {"residence": row.residence, "year": row.year, "period": row.period}
        line = {
            wording.pick("预测时点", "as of"): wording.pick(f"{int(row.year) - 1}年6月", f"June {int(row.year) - 1}"),
            wording.word("head_residence"): wording.word(row.residence),
            wording.pick("趋势预测", "trend"): _persons(facts, wording, "scored_recipients_trend", where),
            wording.pick("公布", "published"): _persons(facts, wording, "scored_recipients_published", where),
        }
        for rival in ("log_error", "last_count_error", "response_error", "power_tail_error"):
            measure = f"score_recipients_{rival}"
            head = wording.word(f"rival_{rival}")
            line[head] = facts.say(measure, "percent", sign=True, **where) if facts.has(measure, **where) else ""
        lines.append(line)
    return pd.DataFrame(lines)


def _persons(facts: Facts, wording: Wording, measure: str, where: dict) -> str:
    return facts.say(measure, "persons", **where)


def drivers(found: list[Driver], wording: Wording) -> pd.DataFrame:
    """Next year's drivers: last value, forecast, growth, interval where one can be given, and the models behind it."""
    lines = []
    for one in found:
        last, following = float(one.series["value"].iloc[-1]), one.next_value
        low, high = one.interval()
        rate = one.measure == "cpi_change"
        lines.append(
            (
                wording.word(f"measure_{one.measure}"),
                wording.word(one.residence) if one.residence != "both" else "",
                f"{one.series['year'].iloc[0]}–{one.series['year'].iloc[-1]}",
                _driver(last, rate),
                _driver(following, rate),
                "" if rate else percent(following / last - 1, 1, "+")[:-1],
                "" if pd.isna(low) else f"{_driver(low, rate)}–{_driver(high, rate)}",
                _models(one, wording),
                wording.word("vintage_mixed" if one.mixed else "vintage_one"),
            )
        )
    heads = [
        wording.word("head_measure"), wording.word("head_residence"), wording.word("head_years"),
        wording.pick("最近值", "last"), wording.pick("次年预测", "the year after"), wording.pick("增幅%", "growth, %"),
        wording.pick("80%区间", "80 % interval"), wording.pick("所用模型", "models"), wording.pick("来源", "vintage"),
    ]  # fmt: skip
    return pd.DataFrame(lines, columns=heads)


def _driver(value: float, rate: bool) -> str:
    if rate:
        return percent(value, 1)
    return fixed(value / 1e8, 0, ",") if value > 1e7 else fixed(value, 0, ",")


def _models(one: Driver, wording: Wording) -> str:
    if one.forecast is None:
        return wording.word("model_last")
    kept = sorted(((weight, name) for name, weight in one.forecast.weights.items() if weight > 0), reverse=True)
    said = [f"{wording.word(f'model_{name}')} {percent(weight)}" for weight, name in kept[:MODELS_SHOWN]]
    band = (
        ""
        if one.forecast.band == "estimated"
        else wording.pick("；", "; ") + wording.word(f"band_{one.forecast.band.replace(' ', '_')}")
    )
    return wording.pick("、", ", ").join(said) + band


def driver_scores(found: list[Driver], wording: Wording) -> pd.DataFrame:
    """The back-tests one year ahead: every model tried on each long series, with what its past intervals were worth."""
    lines = []
    for one in found:
        if one.forecast is None or one.forecast.scores.empty:
            continue
        ahead = one.forecast.scores[one.forecast.scores["horizon"] == 1]
        for row in ahead.itertuples():
            if not row.folds:
                continue
            few = row.verdict.startswith("too few")
            share = (
                wording.word("too_few")
                if few
                else f"{percent(row.coverage_80)} ({percent(row.coverage_80_low)}–{percent(row.coverage_80_high)})"
            )
            lines.append(
                (
                    wording.word(f"measure_{one.measure}"),
                    wording.word(f"model_{row.model}"),
                    row.folds,
                    round(row.mase, 2),
                    percent(row.bias, 1, "+")[:-1],
                    round(row.crps, 3),
                    share,
                    row.intervals,
                    percent(one.forecast.weights.get(row.model, 0)),
                )
            )
    heads = [
        wording.word("head_measure"), wording.pick("模型", "model"), wording.pick("次数", "folds"), "MASE",
        wording.pick("偏差%（负为偏高）", "bias, % (- too high)"), "CRPS",
        wording.pick("80%区间实际覆盖，1至3年合并（威尔逊区间）", "80 % interval held, 1 to 3 years ahead (Wilson)"),
        wording.pick("区间数", "intervals"), wording.pick("权重", "weight"),
    ]  # fmt: skip
    return pd.DataFrame(lines, columns=heads)


def money(facts: Facts, wording: Wording) -> pd.DataFrame:
    """Money that is published beside what the model says the programmes cost that year, and the share it implies."""
    rows = facts.table[(facts.table["scenario"] == "") & facts.table["measure"].str.startswith("known_money_")]
    lines = []
    for row in rows.sort_values(["year", "measure"]).itertuples():
        kind = row.measure.removeprefix("known_money_")
        where = {"year": row.year}
        low, middle, high = (
            facts.say(f"implied_share_{kind}", "ratio", statistic=statistic, **where)
            for statistic in ("low", "central", "high")
        )
        lines.append(
            (
                row.year,
                wording.word(f"money_{kind}"),
                facts.say(f"known_money_{kind}", "money", **where),
                facts.say("modelled_spending", "money", **where),
                f"{middle} ({low}–{high})",
            )
        )
    heads = [
        wording.word("head_year"), wording.pick("已公布的资金", "published money"), wording.pick("金额", "amount"),
        wording.pick("模型测算的支出", "modelled spending"), wording.pick("两者之比（范围）", "ratio (range)"),
    ]  # fmt: skip
    return pd.DataFrame(lines, columns=heads)


def back_cast(history: History, wording: Wording) -> pd.DataFrame:
    """Each published minimum beside the least that the rule of its year allowed."""
    table = history.back_cast
    if table.empty:
        raise NotHeld("no_rules")
    number = {"head_least": rounded(table["least_yuan_month"], 3), "head_excess": table["excess_yuan_month"]}
    blank = {
        key: values.map(lambda value: "" if pd.isna(value) else fixed(value, 3).rstrip("0").rstrip("."))
        for key, values in number.items()
    }
    return pd.DataFrame(
        {
            wording.word("head_year"): table["year"],
            wording.word("head_class"): table["area_code"].map(wording.area),
            wording.word("head_residence"): table["residence"].map(wording.word),
            wording.word("head_before"): table["before_yuan_month"].astype(int),
            wording.word("head_published"): table["published_yuan_month"].astype(int),
            wording.word("head_rise_share"): rounded(100 * table["rise_share"], 2),
            wording.word("head_rule"): table["rule"],
            wording.word("head_least"): blank["head_least"],
            wording.word("head_excess"): blank["head_excess"],
            wording.word("head_fit"): table["fit"].map(lambda fit: wording.word(f"fit_{fit}")),
        }
    )
