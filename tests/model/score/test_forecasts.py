from dataclasses import replace
from datetime import date
from fractions import Fraction
from math import ceil, log, sqrt

import pandas as pd
import pytest

from analysis.errors import NotHeld
from analysis.inputs.evidence import load
from analysis.model.caseload.track_record import trend_forecasts
from analysis.model.score.forecasts import (
    METHODS,
    forecast_errors,
    forecast_minima,
    next_minima,
    recipients_by_response,
    score_minima,
)
from analysis.model.score.record import record
from analysis.model.simulate.cells import recipients

CLASSES = {"440000-C1": "1", "440000-C2": "2", "440000-C3": "3", "440000-C4": "4"}
# By hand from the published minima: June, class, residence, floor then, published a year on, the planner's forecast, and
# the rise of the year before repeated. 3.5 % from 2021 on (the notice of 2022 asks 5 % of class-4 rural, and June 2022
# carries that on); before, no rule was public and each floor repeats its own last rise. All rounded up to 1 yuan.
SCORED = [
    (2019, "1", "both", 980, 1050, 1044, 1044), (2019, "4", "urban", 702, 772, 773, 773),
    (2019, "4", "rural", 484, 532, 533, 533),
    # 1050 x 1050 / 980 is 1125 exactly: not a yuan more.
    (2020, "1", "both", 1050, 1087, 1125, 1125), (2020, "2", "both", 934, 967, 1009, 1009),
    (2020, "3", "both", 824, 853, 899, 899), (2020, "4", "urban", 772, 800, 849, 849),
    (2020, "4", "rural", 532, 551, 585, 585),
    (2021, "1", "both", 1087, 1125, 1126, 1126), (2021, "2", "both", 967, 1001, 1001, 1002),
    (2021, "3", "both", 853, 883, 883, 884), (2021, "4", "urban", 800, 828, 828, 830),
    (2021, "4", "rural", 551, 579, 571, 571),
    (2022, "1", "both", 1125, 1165, 1165, 1165), (2022, "2", "both", 1001, 1037, 1037, 1037),
    (2022, "3", "both", 883, 914, 914, 915), (2022, "4", "urban", 828, 857, 857, 857),
    (2022, "4", "rural", 579, 600, 608, 609),
    (2023, "1", "both", 1165, 1206, 1206, 1207), (2023, "2", "both", 1037, 1073, 1074, 1075),
    (2023, "3", "both", 914, 932, 946, 947), (2023, "4", "urban", 857, 860, 887, 888),
    (2023, "4", "rural", 600, 645, 621, 622),
]  # fmt: skip
# Consumption per head that June knew, first and last of the run without a gap, and the years between.
CONSUMED = {
    2020: {"urban": (30929, 34424, 1), "rural": (15411.3, 16949.4, 1)},
    2021: {"urban": (30929, 33511, 2), "rural": (15411.3, 17132.3, 2)},
    2022: {"urban": (30929, 36621, 3), "rural": (15411.3, 20011.8, 3)},
    2023: {"urban": (30929, 36932, 4), "rural": (15411.3, 20800.0, 4)},
}


@pytest.fixture(scope="module")
def scored(evidence_june, rules):
    return score_minima(evidence_june, rules)


def test_every_june_from_2019_to_2023_by_hand(scored):
    head = ["before_yuan_month", "published_yuan_month", "planner_yuan_month", "same_rise_yuan_month"]
    found = {
        (row.origin_year, CLASSES[row.area_code], row.residence): [getattr(row, name) for name in head]
        for row in scored.itertuples()
    }
    assert found == {row[:3]: list(row[3:]) for row in SCORED}


def test_bounds_alone_hold_every_floor_and_consumption_lifts_it_as_it_grew(scored):
    # No June before 2024 knew a bound that would lift a floor: the rural share is of 30 April 2024.
    assert (scored["bounds_yuan_month"] == scored["before_yuan_month"]).all()
    for row in scored.itertuples():
        if row.origin_year not in CONSUMED:
            assert pd.isna(row.consumption_yuan_month), "one year of consumption is no growth"
            continue
        first, last, years = CONSUMED[row.origin_year]["rural" if row.residence == "rural" else "urban"]
        assert row.consumption_yuan_month == ceil(row.before_yuan_month * (last / first) ** (1 / years)), row


def test_errors_by_hand(scored):
    errors = forecast_errors(scored).set_index("method")
    assert errors.index.tolist() == list(METHODS)
    for method, column in (("planner", 5), ("same_rise", 6), ("bounds", 3)):
        off = [Fraction(row[column], row[4]) - 1 for row in SCORED]
        own = errors.loc[method]
        assert (own["cells"], own["junes"], own["common_cells"]) == (23, 5, 20)
        assert own["mean_absolute_error_share"] == pytest.approx(float(sum(map(abs, off)) / 23))
        assert own["bias_share"] == pytest.approx(float(sum(off) / 23))
        assert own["rms_error_share"] == pytest.approx(sqrt(sum(float(one) ** 2 for one in off) / 23))
        assert own["worst_error_share"] == pytest.approx(float(max(off, key=abs)))
        common = [abs(one) for one, row in zip(off, SCORED, strict=True) if row[0] > 2019]
        assert own["common_mean_absolute_error_share"] == pytest.approx(float(sum(common) / 20))
    assert errors.loc["consumption", ["cells", "junes"]].tolist() == [20, 4]
    assert errors["common_mean_absolute_error_share"].idxmin() == "planner"


def test_the_interval_of_next_years_minima_is_what_past_errors_give(evidence_june, rules, scored):
    table = next_minima(evidence_june, rules, scored)
    found = {(CLASSES[row.area_code], row.residence): row.forecast_yuan_month for row in table.itertuples()}
    # 3.5 % on every floor, class-4 rural at three quarters of 891.
    assert found == {
        ("1", "both"): 1249,
        ("2", "both"): 1111,
        ("3", "both"): 965,
        ("4", "urban"): 891,
        ("4", "rural"): 669,
    }
    rms = sqrt(sum((row[5] / row[4] - 1) ** 2 for row in SCORED) / 23)
    reach = 1.47588 * rms  # Student's t at 0.9, five Junes
    # The errors alone would go lower, but nothing falls below the floor in force.
    assert max(value / (1 + reach) for value in found.values()) < 1206
    assert table["low_yuan_month"].tolist() == [1206, 1073, 932, 860, 645]
    assert table["high_yuan_month"].tolist() == pytest.approx(
        [value / (1 - reach) for value in found.values()], rel=1e-6
    )
    assert set(table["year"]) == {2025}
    assert set(table["degrees_of_freedom"]) == {5}


@pytest.mark.parametrize("june", [2019, 2020, 2021, 2022, 2023])
def test_what_became_public_after_a_june_moves_no_forecast_of_it(evidence_june, rules, scored, june):
    rows = evidence_june.observations
    later = rows["known_from"] > pd.Timestamp(date(june, 6, 30))
    assert later.sum() > 50
    changed = rows.assign(value=rows["value"].mask(later, rows["value"] * 1.21))
    later_rules = [
        rule.model_copy(update={"value": rule.value * 2})
        if rule.known_from > date(june, 6, 30) and rule.value
        else rule
        for rule in rules
    ]
    again = score_minima(replace(evidence_june, observations=changed), later_rules)
    forecasts = [
        "origin_year",
        "area_code",
        "residence",
        "before_yuan_month",
        *(f"{method}_yuan_month" for method in METHODS),
    ]
    before, after = (table.loc[table["origin_year"] <= june, forecasts] for table in (scored, again))
    pd.testing.assert_frame_equal(before, after)
    if june < 2023:
        assert not scored.equals(again), "nothing was changed"


def test_a_notice_of_the_very_30_june_is_seen_and_one_of_the_day_after_is_not(evidence_june, rules):
    def forecast(day):
        moved = [rule.model_copy(update={"known_from": day}) if rule.id == "rise_2023" else rule for rule in rules]
        return forecast_minima(evidence_june.known_on(date(2023, 6, 30)), moved, 2023)["440000-C4", "rural"]["planner"]

    # Without the notice of 2023 that of 2022 stands: 5 % for class-4 rural.
    assert forecast(date(2023, 6, 30)) == 621
    assert forecast(date(2023, 7, 1)) == 630


def test_rivals_of_the_trend_by_hand(evidence_june, rules):
    past = trend_forecasts(recipients(evidence_june, "dibao"), 2024)
    table = recipients_by_response(past, evidence_june, rules, 0.25).set_index(["origin_year", "residence"])
    # June 2022, rural: the count of February 2021, then 551 yuan and 286 of supplement; the planner says 608 for 2023.
    row, k, rise = table.loc[(2022, "rural")], 551 / 286 - 1, 608 / 551
    assert row["last_count_error"] == pytest.approx(log(113.9 / 128.4))
    assert row["response_error"] == pytest.approx(row["log_error"] - 0.25 * k * log(rise))
    assert row["power_tail_error"] == pytest.approx(row["log_error"] - k * log(rise))
    # A higher response forecasts more people: where the count fell short the error grows with it.
    assert row["power_tail_error"] < row["response_error"] < row["log_error"] < 0
    # In June 2019 no supplement floor of that year was public.
    assert table.loc[(2019, "urban"), ["response_error", "power_tail_error"]].isna().all()


def test_a_package_without_rules_has_no_planner_to_score(home, evidence_june, baseline, rules):
    with pytest.raises(NotHeld):
        record(evidence_june, baseline, [])
    with pytest.raises(NotHeld):
        record(load("indonesia", None, home), baseline, rules)
    assert record(evidence_june, baseline, rules).minima["origin_year"].nunique() == 5
