from dataclasses import replace
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from analysis.model.pathway import along, policy_floors
from analysis.model.pathway.check import unmet
from analysis.model.pathway.floors import shares, wide
from analysis.model.pathway.plan import Ask, Plan
from analysis.model.pathway.road import cheapest_road, largest_share, lift_bought

pytestmark = pytest.mark.slow

RURAL, URBAN = ("440000-C4", "rural"), ("440000-C4", "urban")


def test_the_cheapest_road_to_85_per_cent_by_hand(road):
    floors = wide(road.path.floors)
    # Urban floors as the policy asks, 3.5 % a year rounded up: 860, 891, 923, 956, 990, 1025.
    assert floors[URBAN].tolist() == [860, 891, 923, 956, 990, 1025]
    # From 2028 on 85 % rounded up: 841.5 to 842, 871.25 to 872. No rise above a tenth a year: 842/1.1 = 765.5 to 766, 766/1.1
    # = 696.4 to 697; and 2025 only the policy's three quarters of 891, 668.25 to 669.
    assert floors[RURAL].tolist() == [645, 669, 697, 766, 842, 872]
    for high, low in (("440000-C1", "440000-C2"), ("440000-C2", "440000-C3")):
        assert (floors[high, "urban"] >= floors[low, "urban"]).all()
        assert (floors[high, "urban"] == floors[high, "rural"]).all()


def test_without_a_bound_on_the_yearly_rise_the_cheapest_road_waits(case, five_years):
    waiting = cheapest_road(case, five_years, Ask(Fraction(85, 100), 2028))
    # 891, 923, 956 x 3/4 rounded up, then the target.
    assert wide(waiting.path.floors)[RURAL].tolist() == [645, 669, 693, 717, 842, 872]


def test_rural_floors_of_a_road_stand_on_their_own_grid(evidence_june, case_of, ask):
    tens = case_of("baseline", {"policy.round_rural.step_yuan": 10})
    wanted = policy_floors(evidence_june, tens, 5)
    road = cheapest_road(tens, wanted, ask)
    floors = wide(road.path.floors)
    assert floors[URBAN].tolist() == [860, 891, 923, 956, 990, 1025]
    # As above, each rounded up to tens: 668.25, 850/1.1 = 772.7 and 780/1.1 = 709.1 before it, 841.5, 871.25.
    assert floors[RURAL].tolist() == [645, 670, 710, 780, 850, 880]
    # Where one standard is for town and country it stands on both grids.
    assert (floors.iloc[1:][("440000-C1", "urban")] % 10 == 0).all()
    lower = road.path.floors.copy()
    lower.loc[(lower["year"] == 2025) & (lower["residence"] == "rural"), "minimum_yuan_month"] += 1
    assert any("grid" in line for line in unmet(tens, wanted, replace(road.path, floors=lower), ask))


def test_the_road_meets_everything_and_costs_no_less_than_its_bound(case, five_years, ask, road):
    assert unmet(case, five_years, road.path, ask) == []
    assert road.path.money["extra"].sum() == road.cost_yuan
    # The program leaves the ripples of rounding out and lets areas follow the whole rise at once; both are small.
    assert 0 <= road.cost_yuan / road.bound_yuan - 1 < 2e-3
    assert road.path.target_year(Fraction(85, 100)) == 2028
    assert road.conflict == ()


def test_the_same_road_twice_is_the_same_bytes(case, five_years, ask, road):
    again = cheapest_road(case, five_years, ask)
    pd.testing.assert_frame_equal(again.path.floors, road.path.floors, check_exact=True)
    assert again.path.money.to_numpy().tobytes() == road.path.money.to_numpy().tobytes()


def test_each_yuan_off_the_cheapest_road_breaks_something(case, five_years, ask, road):
    """The road is the least one: no floor of class four can be a yuan lower in any year."""
    for position in np.flatnonzero((road.path.floors["area_code"] == "440000-C4") & (road.path.floors["year"] > 2024)):
        lower = road.path.floors.copy()
        lower.loc[position, "minimum_yuan_month"] -= 1
        assert unmet(case, five_years, replace(road.path, floors=lower), ask)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda floors: floors - 30, "falls"),
        (lambda floors: floors + 0.5, "grid"),
        (
            lambda floors: (floors * np.where(floors.columns.get_level_values(1) == "rural", 0.99, 1)).round(),
            "asked|one",
        ),
        (lambda floors: floors * 4, "ceiling"),
    ],
)
def test_the_check_finds_what_is_wrong(case, five_years, ask, road, change, says):
    table = wide(road.path.floors)
    table.iloc[1:] = change(table.iloc[1:].copy())
    floors = road.path.floors.copy()
    floors["minimum_yuan_month"] = [
        table.at[year, (area, side)]
        for year, area, side in zip(floors["year"], floors["area_code"], floors["residence"], strict=True)
    ]
    assert pd.Series(unmet(case, five_years, replace(road.path, floors=floors), ask)).str.contains(says).any()


def test_the_check_finds_money_overspent_and_standards_that_fall(case, five_years, ask, road):
    poor = replace(ask, envelopes_yuan={2026: float(road.path.money.at[2026, "extra"]) - 2})
    assert any("more than the envelope" in line for line in unmet(case, five_years, road.path, poor))
    standards = road.path.standards.copy()
    standards.loc[standards["year"] == 2027, "standard_yuan_month"] -= 200
    said = " ".join(unmet(case, five_years, replace(road.path, standards=standards), ask))
    assert "falls" in said
    assert "below its floor" in said


def test_envelopes_are_kept_at_the_true_cost_and_more_money_never_costs_more(case, five_years):
    ask = Ask(Fraction(80, 100), 2027)
    free = cheapest_road(case, five_years, ask).path.money["extra"]
    totals = []
    for more in (1.0, 1.2):
        envelopes = {year: float(free[year]) * more for year in free.index}
        found = cheapest_road(case, five_years, replace(ask, envelopes_yuan=envelopes))
        assert (found.path.money["extra"] <= pd.Series(envelopes) + 1).all()
        totals.append(found.cost_yuan)
    assert totals[1] <= totals[0] + 1


def test_where_there_is_no_road_the_conflict_and_its_least_mending_are_named(case, five_years, ask):
    def exists(asked):
        plan = Plan(case, five_years)  # as cheapest_road has it, without naming a conflict
        plan.allow_for_ripples(asked)
        return plan.solved(asked) is not None

    poor = replace(ask, envelopes_yuan={year: (year - 2024) * 8e8 for year in range(2025, 2030)})
    none = cheapest_road(case, five_years, poor)
    assert none.path is None
    assert set(none.conflict) == {"urban_rise", "target", "envelope 2028"}
    given = none.relaxed.set_index("demand")["amount"]
    assert set(given.index) == {"urban_rise", "target", "envelope"}
    # Each alone mends it, and a hair less does not.
    share, urban = Fraction(round(given["target"] * 1000), 1000), Fraction(round(given["urban_rise"] * 100), 100)
    assert exists(replace(poor, target_share=share))
    assert not exists(replace(poor, target_share=share + Fraction(1, 1000)))
    assert exists(replace(poor, urban_rise_share=urban))
    assert not exists(replace(poor, urban_rise_share=urban + Fraction(1, 100)))
    needed = poor.envelopes_yuan | {2028: poor.envelopes_yuan[2028] + given["envelope"]}
    assert exists(replace(poor, envelopes_yuan=needed))
    assert largest_share(case, five_years, poor) == share


def test_a_target_out_of_the_road_is_refused(case, five_years):
    with pytest.raises(ValueError, match="2025 to 2029"):
        cheapest_road(case, five_years, Ask(Fraction(4, 5), 2031))


def test_the_price_of_money_is_its_finite_difference(case, five_years):
    ask = Ask(by_year=2028)
    for envelope in (2.2e9, 3.0e9):
        lift, price = lift_bought(case, five_years, ask, envelope)
        more, _ = lift_bought(case, five_years, ask, envelope + 1e5)
        assert price == pytest.approx((more - lift) / 1e5, rel=1e-3)
    with pytest.raises(ValueError, match="does not bear"):
        lift_bought(case, five_years, ask, 1e6)


def test_catch_up_meets_its_target_as_the_closed_form_says(evidence_june, case_of):
    """1 + g_r = (rho*/rho_0)^(1/n) (1 + g_u): equal steps of the share until the target year (METHODS 4, step 2)."""
    for target, year in ((0.8, 2026), (0.85, 2028), (0.9, 2029)):
        overrides = {
            "policy.catch_up.kind": "target", "policy.catch_up.target_ratio": target, "policy.catch_up.target_year": year,
        }  # fmt: skip
        case = case_of("baseline", overrides)
        share = shares(policy_floors(evidence_june, case, 5))["440000-C4"]
        yearly = (target / 0.75) ** (1 / (year - 2024))
        for ahead in range(1, year - 2023):
            urban = wide(policy_floors(evidence_june, case, 5)).at[2024 + ahead, URBAN]
            # Both floors are rounded up to the yuan, each year anew from the rounded value of the year before.
            assert share[2024 + ahead] == pytest.approx(0.75 * yearly**ahead, abs=(ahead + 1) / urban)
        # Once the year has passed the share is kept as a rule, and so to the yuan.
        assert (share.loc[year + 1 :] >= target).all()


def test_the_road_of_one_year_is_that_of_the_policy_with_the_same_share(case, next_year, case_of):
    road = cheapest_road(case, next_year, Ask(Fraction(4, 5), 2025))
    rural80 = case_of("rural80")
    same = along(rural80, road.path.floors)
    own = rural80.evaluate({name: np.array([value]) for name, value in rural80.central().items()})["extra"].sum()
    assert wide(road.path.floors).loc[2025, RURAL] == 713
    assert same.money.at[2025, "extra"] == pytest.approx(own)
    assert road.cost_yuan == pytest.approx(own)
