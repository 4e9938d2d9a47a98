from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.inputs.parameters.scenario import Road
from analysis.model.pathway import along, first_year, pathway, policy_floors, real_yuan_month
from analysis.model.pathway.floors import shares, wide

RURAL, URBAN = ("440000-C4", "rural"), ("440000-C4", "urban")


@pytest.fixture(scope="module")
def path(case, five_years):
    return along(case, five_years, Fraction(3, 4))


def test_the_first_year_is_the_plan_of_one_year(path, outcome_june):
    first = path.money.loc[2025]
    assert first["extra"] == pytest.approx(outcome_june.totals["central"])
    assert first["extra_upper"] == pytest.approx(outcome_june.tiers["upper"]["central"])
    assert first["short"] == pytest.approx(outcome_june.gate.short_yuan)
    assert first["capacity"] == pytest.approx(outcome_june.spending["capacity_yuan_year"].sum())
    floors = outcome_june.floors.standards.floors.set_index(["area_code", "residence"])["next_yuan_month"]
    assert wide(path.floors).loc[2025].to_dict() == floors.to_dict()


def test_each_year_rises_from_the_rounded_floor_of_the_year_before(path):
    # 860 x 1.035 = 890.1; 891 x 1.035 = 922.185; 923 x 1.035 = 955.305; 956 x 1.035 = 989.46; 990 x 1.035 = 1024.65.
    assert wide(path.floors)[URBAN].tolist() == [860, 891, 923, 956, 990, 1025]
    # 645 x 1.035 = 667.575, and three quarters of 891 are 668.25; 669 x 1.035 = 692.415; 693 x 1.035 = 717.255 ...
    assert wide(path.floors)[RURAL].tolist() == [645, 669, 693, 718, 744, 771]


def test_tiers_share_the_whole_and_the_fan_is_in_order(path):
    money = path.money
    assert np.allclose(money["extra_upper"] + money["extra_local"], money["extra"])
    assert (money["extra_p10"] <= money["extra_p50"]).all()
    assert (money["extra_p50"] <= money["extra_p90"]).all()
    assert (path.share["p10"] <= path.share["p90"]).all()
    assert money["extra"].is_monotonic_increasing
    assert np.allclose(money["spending"] - money["capacity"], money["short"] + money["transfer"])


def test_a_frozen_policy_costs_nothing_and_moves_nothing(case_of, evidence_june):
    frozen = case_of("freeze")
    path = along(frozen, policy_floors(evidence_june, frozen, 3))
    assert path.money["extra"].tolist() == [0.0, 0.0, 0.0]
    standards = path.standards.pivot(index="year", columns=["area_code", "residence"], values="standard_yuan_month")
    assert (standards == standards.iloc[0]).all(axis=None)


def test_standards_follow_year_by_year(path, case):
    """Guangzhou stands above its floor and follows 0.77 of each year's rise, rounded up each time."""
    standards = path.standards.set_index(["area_code", "residence", "year"])["standard_yuan_month"]
    floors, value = wide(path.floors)["440000-C1", "urban"], Fraction(1282)
    for before, year in ((2024, 2025), (2025, 2026), (2026, 2027)):
        rise = Fraction(str(floors[year])) / Fraction(str(floors[before])) - 1
        value = Fraction(-(-(value * (1 + Fraction(77, 100) * rise)) // 1))
        assert standards["440100", "urban", year] == value
    assert case.central()["follow_share"] == 0.77


def test_the_deviation_from_the_trend_grows_with_the_root_of_time(case, five_years):
    """Recipients of a draw: last count x exp(trend x t + deviation x root of t's share of the first span)."""
    money = along(case, five_years, draws=4000).money
    spread = np.log(money["extra_p90"] / money["extra_p10"])
    spans = np.array(money.index) + 0.5 - 2024.24
    # Other assumptions spread the cost too, so that it grows by no more than the root of time, and by some of it.
    assert 1.0 < spread.iloc[-1] / spread.iloc[0] < np.sqrt(spans[-1] / spans[0]) * 1.05


def test_a_horizon_is_three_years_at_least_and_ten_at_most(evidence_june, baseline, rules, case):
    alone = baseline.model_copy(update={"horizon": 1, "road": Road()})
    assert len(pathway(evidence_june, alone, rules).years) == 3
    assert (
        len(pathway(evidence_june, baseline.model_copy(update={"horizon": 1}), rules).years) == 4
    )  # to its target's year
    assert len(pathway(evidence_june, baseline, rules, 4).years) == 4
    with pytest.raises(ValueError, match="1 to 10"):
        policy_floors(evidence_june, case, 11)


def test_the_minima_reach_a_share_in_the_first_year_that_does(path):
    assert path.target_year(Fraction(3, 4)) == 2025
    assert path.target_year(Fraction(752, 1000)) == 2029
    assert path.target_year(Fraction(8, 10)) is None
    assert (path.reached == 2025).all()


def test_a_peg_keeps_the_share_of_the_base_year(case_of, evidence_june):
    pegged = case_of("peg")
    floors = wide(policy_floors(evidence_june, pegged, 4))
    rises = floors[URBAN].pct_change().dropna()
    # Consumption goes on by its own drift, so that each year rises as the one before but for a yuan's rounding.
    assert np.ptp(rises) < 2 / 860


def test_the_same_path_twice_is_the_same_bytes(case, five_years):
    first, again = (along(case, five_years, Fraction(3, 4)) for _ in range(2))
    assert first.money.to_numpy().tobytes() == again.money.to_numpy().tobytes()
    assert first.share.to_numpy().tobytes() == again.share.to_numpy().tobytes()


@given(st.lists(st.lists(st.floats(0.5, 1), min_size=3, max_size=3), min_size=1, max_size=6), st.floats(0.5, 1))
def test_the_first_year_that_meets_a_target(rows, target):
    share = np.array(rows)
    for draw, found in enumerate(first_year(share, target, 2025)):
        met = [2025 + year for year in range(len(share)) if share[year, draw] >= target - 1e-9]
        assert met[:1] == ([] if np.isnan(found) else [found])


def test_real_amounts_end_where_the_index_has_a_hole():
    nominal = {2018: 100.0, 2019: 110.0, 2020: 121.0, 2021: 130.0}
    assert real_yuan_month(nominal, {2019: 0.1, 2020: 0.1}) == pytest.approx({2018: 100, 2019: 100, 2020: 100})
    assert real_yuan_month(nominal, {2020: 0.1}) == {2018: 100.0}
    assert real_yuan_month({2018: 1.0, 2020: 1.21}, {2019: 0.1, 2020: 0.1}) == pytest.approx({2018: 1, 2020: 1})


def test_a_package_without_a_gap_has_no_widest_class(case, five_years):
    level = five_years.copy()
    urban = wide(level).xs("urban", axis=1, level=1)
    level["minimum_yuan_month"] = [
        urban.at[year, area] for year, area in zip(level["year"], level["area_code"], strict=True)
    ]
    assert along(case, level).area == ""
    assert shares(level).eq(1).all(axis=None)
