import itertools
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from analysis.inputs.parameters.policy import Policy
from analysis.model.uprating import Drivers, round_to_grid, uprate, uprate_supplement_floors

ORDER = ("C1", "C2", "C3", "C4")
STEP_NAMES = [
    "rule", "catch_up", "round_urban", "provincial_floor", "class_order",
    "rural_share", "round_rural", "ceiling", "ratchet", "check",
]  # fmt: skip
FREEZE = {"kind": "freeze"}
PUBLISHED = {
    2020: {"C1": (1050, 1050), "C2": (934, 934), "C3": (824, 824), "C4": (772, 532)},
    2021: {"C1": (1087, 1087), "C2": (967, 967), "C3": (853, 853), "C4": (800, 551)},
    2022: {"C1": (1125, 1125), "C2": (1001, 1001), "C3": (883, 883), "C4": (828, 579)},
    2023: {"C1": (1165, 1165), "C2": (1037, 1037), "C3": (914, 914), "C4": (857, 600)},
}


def fixed(share):
    return {"kind": "fixed", "rise_share": Decimal(str(share))}


def policy(urban=FREEZE, rural=None, **steps):
    text = {"zh": "", "en": ""}
    return Policy.model_validate({"id": "p", "title": text, "rule": {"urban": urban, "rural": rural or urban}, **steps})


def floors(**areas):
    return {
        (area, side): value
        for area, pair in areas.items()
        for side, value in zip(("urban", "rural"), pair, strict=True)
    }


def following(now, chosen, drivers=None, order=(), **more):
    table = uprate(now, chosen, drivers, order, **more).floors
    return {(row.area_code, row.residence): row.next_yuan_month for row in table.itertuples()}


def one(value, rule, drivers=None, **steps):
    return following({("A", "urban"): value}, policy(rule, **steps), drivers)["A", "urban"]


# Rounding


def test_772_and_1087_were_published_by_different_roundings():
    assert round_to_grid(772 * Fraction("1.035")) == 800
    assert round_to_grid(1087 * Fraction("1.035"), 1, "nearest") == 1125
    assert round_to_grid(1087 * Fraction("1.035"), 1, "up") == 1126
    assert round_to_grid(800 * Fraction("1.035")) == 828


def test_half_goes_up_and_never_to_the_even_number():
    assert [round_to_grid(Fraction(n, 2), 1, "nearest") for n in (1, 3, 5)] == [1, 2, 3]
    assert round_to_grid(Fraction("2.25"), Fraction("0.1"), "nearest") == Fraction("2.3")


@pytest.mark.parametrize(("step", "mode"), [(0, "up"), (-1, "up"), (1, "even"), (1, "")])
def test_a_step_not_above_zero_and_an_unknown_mode_are_refused(step, mode):
    with pytest.raises(ValueError, match="allowed"):
        round_to_grid(1, step, mode)


amounts = st.fractions(0, 5000, max_denominator=10_000)
grids = st.sampled_from([Decimal("0.05"), Decimal("0.1"), Decimal(1), Decimal(5), Decimal(10), Decimal("2.5")])


@given(amounts, grids)
def test_rounding_lands_on_the_grid_on_the_right_side_within_one_step(value, step):
    size = Fraction(step)
    up, down, near = (round_to_grid(value, step, mode) for mode in ("up", "down", "nearest"))
    assert all(rounded % size == 0 for rounded in (up, down, near))
    assert value <= up < value + size
    assert value - size < down <= value
    assert abs(near - value) <= size / 2
    assert near in (up, down)
    assert all(round_to_grid(up, step, mode) == up for mode in ("up", "down", "nearest"))


@given(amounts, grids, st.fractions(Fraction(1, 100), 100, max_denominator=100))
def test_rounding_scales_with_its_step(value, step, factor):
    for mode in ("up", "down", "nearest"):
        assert round_to_grid(value * factor, Fraction(step) * factor, mode) == round_to_grid(value, step, mode) * factor


# The published history


@pytest.mark.parametrize(("year", "rural"), [(2021, 0.035), (2022, 0.05), (2023, 0.035)])
def test_the_published_minima_follow_from_those_of_the_year_before(year, rural):
    now, published = floors(**PUBLISHED[year - 1]), floors(**PUBLISHED[year])
    up = following(now, policy(fixed(0.035), fixed(rural)), order=ORDER)
    differs = {cell: up[cell] - published[cell] for cell in published if up[cell] != published[cell]}
    # In 2022 class 1 alone was rounded to the nearest yuan: 1125.045 was published as 1125.
    assert differs == ({("C1", "urban"): 1, ("C1", "rural"): 1} if year == 2022 else {})


def test_no_single_rounding_gives_both_2021_and_2022():
    nearest = policy(fixed(0.035), fixed(0.035), round_urban={"mode": "nearest"}, round_rural={"mode": "nearest"})
    assert following(floors(C4=(772, 532)), nearest)["C4", "urban"] == 799
    assert following(floors(C1=(1087, 1087)), nearest)["C1", "urban"] == 1125


def test_the_class_4_rural_minimum_of_2024_is_what_the_share_asks():
    now = floors(C4=(857, 600))
    given_urban = policy({"kind": "flat", "rise_yuan_month": 3}, FREEZE, rural_share={"at_least": Decimal("0.75")})
    assert following(now, given_urban) == {("C4", "urban"): 860, ("C4", "rural"): 645}


def test_the_rural_rise_of_2021_is_below_the_urban_one_only_after_rounding():
    steps = uprate(floors(C4=(772, 532)), policy(fixed(0.035))).steps.set_index(["name", "residence"])[
        "after_yuan_month"
    ]
    assert steps["rule", "urban"] / 772 == pytest.approx(steps["rule", "rural"] / 532)
    assert steps["check", "rural"] / 532 < steps["check", "urban"] / 772


# The nine rules


@pytest.mark.parametrize(
    ("now", "rule", "drivers", "expected"),
    [
        (860, FREEZE, {}, 860),
        (860, fixed(0.035), {}, 891),
        (860, {"kind": "flat", "rise_yuan_month": 15}, {}, 875),
        (860, {"kind": "index"}, {"inflation_share": Decimal("0.021")}, 879),
        (860, {"kind": "index"}, {"inflation_share": Decimal("-0.021")}, 860),
        (860, {"kind": "mixed", "price_weight": Decimal("0.7")}, {"inflation_share": Decimal("0.02"), "growth_share": Decimal("0.05")}, 885),
        (860, {"kind": "triple", "rise_share": Decimal("0.025")}, {"inflation_share": Decimal("0.01"), "growth_share": Decimal("0.02")}, 882),
        (860, {"kind": "peg", "of_consumption_share": Decimal("0.25")}, {"consumption_yuan_year": {"urban": Decimal(42000)}}, 875),
        (860, {"kind": "peg"}, {"consumption_yuan_year": {"urban": Decimal(42000)}, "own_consumption_share": {("A", "urban"): Fraction(12 * 860, 41280)}}, 875),
        (860, {"kind": "minimum_wage", "of_minimum_wage_share": Decimal("0.55")}, {"minimum_wage_yuan_month": {"A": Decimal(1620)}}, 891),
        (860, {"kind": "base_chain", "rise_share": Decimal("0.035")}, {}, 891),
    ],
)  # fmt: skip
def test_each_rule_by_hand(now, rule, drivers, expected):
    assert one(now, rule, Drivers(**drivers)) == expected


@pytest.mark.parametrize(
    ("rule", "missing"),
    [
        ({"kind": "index"}, "price rise"),
        ({"kind": "mixed", "price_weight": 1}, "price rise"),
        ({"kind": "triple", "rise_share": 0}, "price rise"),
        ({"kind": "peg", "of_consumption_share": Decimal("0.2")}, "urban consumption per head"),
        ({"kind": "minimum_wage", "of_minimum_wage_share": 1}, "minimum wage"),
    ],
)
def test_a_rule_without_its_driver_is_refused_by_name(rule, missing):
    with pytest.raises(ValueError, match=missing):
        one(860, rule)


def test_a_peg_without_a_share_of_its_own_is_refused():
    with pytest.raises(ValueError, match="needs of_consumption_share"):
        one(860, {"kind": "peg"}, Drivers(consumption_yuan_year={"urban": Decimal(42000)}))


@pytest.mark.parametrize("kind", ["fixed", "flat", "mixed", "triple", "minimum_wage", "base_chain", "unknown"])
def test_a_rule_without_its_parameter_cannot_be_made(kind):
    with pytest.raises(ValidationError):
        policy({"kind": kind})


# Rules of other countries, against what was published there

FIVE_PENCE = {"round_urban": {"step_yuan": Decimal("0.05"), "mode": "nearest"}}


@pytest.mark.parametrize(
    ("now", "prices", "earnings", "published"),
    [
        ("175.20", "0.005", "-0.010", 179.60),  # 2021: the floor of 2.5 %
        ("185.15", "0.101", "0.055", 203.85),  # 2023: prices
        ("203.85", "0.067", "0.085", 221.20),  # 2024: earnings
        ("221.20", "0.017", "0.041", 230.25),  # 2025: earnings
    ],
)
def test_the_british_triple_lock_to_the_nearest_five_pence(now, prices, earnings, published):
    rule = {"kind": "triple", "rise_share": Decimal("0.025")}
    drivers = Drivers(inflation_share=Decimal(prices), growth_share=Decimal(earnings))
    assert one(Decimal(now), rule, drivers, **FIVE_PENCE) == published


def test_the_american_adjustment_is_cut_to_the_dime_and_to_the_dollar():
    rule, drivers = {"kind": "index"}, Drivers(inflation_share=Decimal("0.032"))
    assert one(Decimal("1234.50"), rule, drivers, round_urban={"step_yuan": Decimal("0.1"), "mode": "down"}) == 1274.0
    assert one(Decimal("1907.20"), rule, drivers, round_urban={"step_yuan": Decimal("0.1"), "mode": "down"}) == 1968.2
    assert one(Decimal("1907.20"), rule, drivers, round_urban={"step_yuan": 1, "mode": "down"}) == 1968


def test_the_german_chain_carries_its_formula_value_below_what_is_paid():
    rule = {"kind": "base_chain", "rise_share": Decimal("0.0071")}
    outcome = uprate(
        {("A", "urban"): 563}, policy(rule, round_urban={"mode": "nearest"}), chain={("A", "urban"): Decimal("535.09")}
    )
    row = outcome.floors.iloc[0]
    assert (row["next_yuan_month"], row["unratcheted_yuan_month"]) == (563, 539)
    assert outcome.steps.query("name == 'ratchet'")["binds"].item()


@pytest.mark.parametrize(("median", "published"), [(2_228_445, 713_102), (5_729_913, 1_833_572), (2_392_013, 765_444)])
def test_the_korean_line_is_32_per_cent_of_the_standard_median_income(median, published):
    rule = {"kind": "peg", "of_consumption_share": Decimal("0.32")}
    drivers = Drivers(consumption_yuan_year={"urban": Decimal(12 * median)})
    assert one(600_000, rule, drivers, round_urban={"mode": "down"}) == published


def test_the_chinese_formula_pegs_town_and_country_to_their_own_consumption():
    chosen = policy(
        {"kind": "peg", "of_consumption_share": Decimal("0.25")},
        {"kind": "peg", "of_consumption_share": Decimal("0.4")},
    )
    drivers = Drivers(consumption_yuan_year={"urban": Decimal(39333), "rural": Decimal(20800)})
    assert following(floors(A=(800, 600)), chosen, drivers) == {("A", "urban"): 820, ("A", "rural"): 694}


# Catching up


def caught(kind, now=(800, 600), urban=FREEZE, rural=FREEZE, base_year=2024, **values):
    catch_up = {"kind": kind} | {key: Decimal(str(v)) if isinstance(v, float) else v for key, v in values.items()}
    chosen = policy(urban, rural, catch_up=catch_up)
    return following(floors(A=now), chosen, base_year=base_year)["A", "rural"]


def test_rural_grows_faster_than_urban_by_the_differential():
    assert caught("differential", urban=fixed(0.05), faster_by_share=0.03) == 648
    assert caught("differential", urban=fixed(0.035), faster_by_share=0.035) == 642


def test_a_share_of_the_gap_is_closed():
    assert caught("gap_share", close_gap_share=0.25) == 650
    assert caught("gap_share", urban=fixed(0.05), rural=fixed(0.05), close_gap_share=0.5) == 735
    assert caught("gap_share", close_gap_share=1.0) == 800


def test_the_target_ratio_is_reached_in_its_year_and_by_equal_factors_before():
    assert caught("target", target_ratio=0.9, target_year=2025) == 720
    assert caught("target", target_ratio=0.9, target_year=2026) == -(-600 * 1.2**0.5 // 1)
    assert caught("target", urban=fixed(0.05), target_ratio=0.8, target_year=2025) == 672


def test_the_road_to_a_target_arrives_there():
    now, year = (800, 600), 2024
    while year < 2028:
        now = (800, caught("target", now=now, base_year=year, target_ratio=0.9, target_year=2028))
        year += 1
    assert now[1] == 720


def test_a_target_year_that_is_past_is_refused():
    for base_year in (2025, 2026, None):
        with pytest.raises(ValueError, match="target_year"):
            caught("target", base_year=base_year, target_ratio=0.9, target_year=2025)


@pytest.mark.parametrize(
    "catch_up",
    [
        {"kind": "differential", "faster_by_share": Decimal("0.5")},
        {"kind": "target", "target_ratio": Decimal(1), "target_year": 2025},
        {"kind": "gap_share", "close_gap_share": Decimal(1)},
    ],
)
def test_catching_up_stops_at_the_urban_floor(catch_up):
    outcome = uprate(floors(A=(800, 700)), policy(FREEZE, catch_up=catch_up), base_year=2024)
    assert outcome.floors.set_index("residence").loc["rural", "next_yuan_month"] == 800


def test_no_rule_lifts_rural_above_urban():
    chosen = policy(FREEZE, {"kind": "flat", "rise_yuan_month": 500})
    assert following(floors(A=(800, 600)), chosen)["A", "rural"] <= 800


def test_a_coarser_rural_grid_does_not_lift_rural_above_urban():
    chosen = policy(fixed(0.035), rural_share={"at_least": Decimal(1)}, round_rural={"step_yuan": 10})
    assert following(floors(A=(860, 645)), chosen) == {("A", "urban"): 891, ("A", "rural"): 891}


def test_rural_above_urban_in_the_data_is_left_to_stand():
    assert following(floors(A=(700, 750)), policy(FREEZE)) == {("A", "urban"): 700, ("A", "rural"): 750}


# Unity, class order, rural share


def test_unified_cells_stay_unified_and_rural_takes_the_urban_value():
    chosen = policy(fixed(0.035), fixed(0.05))
    assert following(floors(A=(967, 967)), chosen) == {("A", "urban"): 1001, ("A", "rural"): 1001}
    apart = policy(fixed(0.05), fixed(0.035), unified_stay_unified={"on": False})
    assert following(floors(A=(967, 967)), apart) == {("A", "urban"): 1016, ("A", "rural"): 1001}


def test_a_higher_class_is_lifted_to_the_one_below_all_the_way_up():
    now = floors(C1=(900, 900), C2=(890, 890), C3=(880, 880), C4=(870, 600))
    chosen = policy({"kind": "peg", "of_consumption_share": Decimal("0.25")}, fixed(0.035))
    drivers = Drivers(consumption_yuan_year={"urban": Decimal(44160)})
    assert {v for (_, side), v in following(now, chosen, drivers, ORDER).items() if side == "urban"} == {920}
    flat = policy(FREEZE, catch_up={"kind": "none"})
    assert following(floors(C3=(850, 850), C4=(860, 645)), flat, order=ORDER)["C3", "urban"] == 860
    off = policy(FREEZE, class_order={"on": False})
    assert following(floors(C3=(850, 850), C4=(860, 645)), off, order=ORDER)["C3", "urban"] == 850


def test_the_rural_share_is_of_the_rounded_urban_floor():
    # 0.75 x 890.1 is 667.6, up 668; 0.75 x the rounded 891 is 668.25, up 669.
    chosen = policy(fixed(0.035), FREEZE, rural_share={"at_least": Decimal("0.75")})
    assert following(floors(C4=(860, 645)), chosen)["C4", "rural"] == 669


@pytest.mark.parametrize(("share", "rural"), [("0.5", 645), ("0.75", 645), ("0.8", 688), ("0.999", 860), ("1", 860)])
def test_the_rural_share_lifts_to_its_least_and_never_above_urban(share, rural):
    chosen = policy(FREEZE, rural_share={"at_least": Decimal(share)})
    assert following(floors(C4=(860, 645)), chosen)["C4", "rural"] == rural


# Ceilings and conflicts: ratchet > provincial floor > rural share > class order > ceiling


def wages(**by_area):
    return Drivers(minimum_wage_yuan_month={area: Decimal(wage) for area, wage in by_area.items()})


def noted(outcome, step, area, residence):
    rows = outcome.steps.query("name == @step and area_code == @area and residence == @residence")
    return rows["note"].item(), bool(rows["overrides"].item())


def test_a_ceiling_cuts_down_to_the_grid():
    outcome = uprate(floors(A=(880, 660)), policy(fixed(0.035)), wages(A=1005))
    after = outcome.floors.set_index("residence")["next_yuan_month"]
    assert after.to_dict() == {"urban": 904, "rural": 684}  # 0.9 x 1005 = 904.5, down
    assert noted(outcome, "ceiling", "A", "urban") == ("ceiling", False)
    tens = policy(fixed(0.035), round_urban={"step_yuan": 10}, round_rural={"step_yuan": 10})
    assert following(floors(A=(880, 660)), tens, wages(A=1005))["A", "urban"] == 900


def test_the_lower_of_the_two_ceilings_counts():
    ceiling = {"of_minimum_wage_share": Decimal("0.85"), "unemployment_benefit_of_minimum_wage_share": Decimal("0.9")}
    assert following(floors(A=(800, 600)), policy(fixed(0.1), ceiling=ceiling), wages(A=1000))["A", "urban"] == 850
    assert following(floors(A=(800, 600)), policy(fixed(0.1), ceiling={"on": False}), wages(A=100))["A", "urban"] == 880


def test_a_ceiling_that_cannot_be_known_is_said_to_be_unchecked():
    outcome = uprate(floors(A=(880, 660)), policy(fixed(0.035)))
    assert noted(outcome, "ceiling", "A", "urban") == ("not checked", False)
    assert outcome.floors["next_yuan_month"].tolist() == [911, 684]


def test_the_ratchet_overrides_the_ceiling():
    outcome = uprate(floors(A=(950, 660)), policy(fixed(0.035)), wages(A=1000))
    row = outcome.floors.set_index("residence").loc["urban"]
    assert (row["next_yuan_month"], row["unratcheted_yuan_month"]) == (950, 900)
    assert noted(outcome, "ratchet", "A", "urban") == ("ceiling overridden by ratchet", True)
    assert noted(outcome, "check", "A", "urban") == ("ceiling overridden", True)


def test_the_provincial_floor_overrides_the_ceiling():
    floor = {("A", "urban"): 920, ("A", "rural"): 645}
    outcome = uprate(floors(A=(880, 660)), policy(FREEZE), wages(A=1000), provincial_floor=floor)
    assert outcome.floors.set_index("residence")["next_yuan_month"].to_dict() == {"urban": 920, "rural": 660}
    assert noted(outcome, "provincial_floor", "A", "urban") == ("provincial minimum", False)
    assert noted(outcome, "ceiling", "A", "urban") == ("ceiling overridden by provincial floor", True)


def test_the_rural_share_overrides_the_ceiling():
    chosen = policy(FREEZE, rural_share={"at_least": Decimal("0.75")})
    outcome = uprate(floors(A=(880, 660)), chosen, wages(A=1000), provincial_floor={("A", "urban"): 1300})
    assert outcome.floors.set_index("residence")["next_yuan_month"].to_dict() == {"urban": 1300, "rural": 975}
    assert noted(outcome, "ceiling", "A", "rural") == ("ceiling overridden by rural share", True)


def test_the_rural_share_overrides_the_ceiling_where_the_ratchet_holds_urban():
    chosen = policy(fixed(0.035), rural_share={"at_least": Decimal("0.75")})
    after = following(floors(A=(1300, 900)), chosen, wages(A=1000))
    assert after["A", "urban"] == 1300
    assert after["A", "rural"] == 975  # 0.75 x 1300, although the ceiling is 900


def test_the_rural_share_is_of_the_urban_floor_that_the_ratchet_leaves():
    # Prices fall, so urban is held at 860; the share asks 0.8 x 860, not 0.8 x 852.
    chosen = policy({"kind": "index"}, FREEZE, rural_share={"at_least": Decimal("0.8")})
    drivers = Drivers(inflation_share=Decimal("-0.01"))
    assert following(floors(C4=(860, 645)), chosen, drivers) == {("C4", "urban"): 860, ("C4", "rural"): 688}


def test_the_class_order_overrides_the_ceiling():
    now = {("C3", "urban"): 840, ("C4", "urban"): 830}
    outcome = uprate(now, policy(fixed(0.035)), wages(C3=900, C4=2000), ORDER)
    assert outcome.floors.set_index("area_code")["next_yuan_month"].to_dict() == {"C3": 860, "C4": 860}
    assert noted(outcome, "ceiling", "C3", "urban") == ("ceiling overridden by class order", True)


def test_the_rural_share_is_stronger_than_the_class_order():
    now = floors(C3=(800, 640), C4=(800, 500))
    outcome = uprate(now, policy(FREEZE, rural_share={"at_least": Decimal("0.9")}), order=ORDER)
    assert set(outcome.floors.query("residence == 'rural'")["next_yuan_month"]) == {720}


def test_the_ratchet_is_stronger_than_the_class_order_and_says_so():
    outcome = uprate(floors(C3=(800, 600), C4=(800, 700)), policy(FREEZE, class_order={"on": False}), order=ORDER)
    assert not outcome.steps["overrides"].any()
    lowered = uprate(floors(C3=(850, 850), C4=(800, 700)), policy(fixed(-0.1)), order=ORDER)
    assert lowered.floors["next_yuan_month"].tolist() == [850, 850, 800, 700]
    assert lowered.steps.query("name == 'ratchet'")["binds"].all()


def test_without_the_ratchet_a_standard_may_fall():
    assert one(860, fixed(-0.1), ratchet={"on": False}) == 774
    assert one(860, fixed(-0.1)) == 860


# The steps table, and what holds for any floors and policy


def check_steps(now, outcome):
    steps = outcome.steps
    after = outcome.floors.set_index(["area_code", "residence"])["next_yuan_month"]
    for cell, rows in steps.groupby(["area_code", "residence"]):
        assert rows["step"].tolist() == list(range(1, 11))
        assert rows["name"].tolist() == STEP_NAMES
        assert rows["before_yuan_month"].iloc[0] == float(now[cell])
        assert rows["after_yuan_month"].iloc[-1] == after[cell]
        assert rows["before_yuan_month"].tolist()[1:] == rows["after_yuan_month"].tolist()[:-1]
        assert (rows["binds"] == (rows["before_yuan_month"] != rows["after_yuan_month"])).all()
        assert (rows["overrides"] == rows["note"].str.contains("overridden")).all()


@st.composite
def ordered_floors(draw):
    urban = sorted((draw(st.integers(300, 1500)) for _ in ORDER), reverse=True)
    rural = sorted((draw(st.integers(200, 1500)) for _ in ORDER), reverse=True)
    unified = draw(st.integers(0, 3))
    pairs = [(u, u if n < unified else min(u, r)) for n, (u, r) in enumerate(zip(urban, rural, strict=True))]
    return floors(**dict(zip(ORDER, pairs, strict=True)))


rises = st.integers(-50, 200).map(lambda n: Decimal(n) / 1000)
steps_in_yuan = st.sampled_from([Decimal(1), Decimal(5), Decimal(10), Decimal("0.1")])


@st.composite
def any_policy(draw):
    grid = {"step_yuan": draw(steps_in_yuan)}
    catch_up = draw(
        st.sampled_from(
            [
                {},
                {"kind": "differential", "faster_by_share": Decimal("0.02")},
                {"kind": "gap_share", "close_gap_share": Decimal("0.3")},
                {"kind": "target", "target_ratio": Decimal("0.85"), "target_year": 2028},
            ]
        )
    )
    return policy(
        draw(rises.map(fixed) | st.integers(0, 60).map(lambda n: {"kind": "flat", "rise_yuan_month": n})),
        draw(rises.map(fixed)),
        catch_up=catch_up,
        rural_share={"at_least": draw(st.integers(0, 100).map(lambda n: Decimal(n) / 100))},
        round_urban=grid,
        round_rural=grid | {"mode": draw(st.sampled_from(["up", "nearest", "down"]))},
    )


@given(ordered_floors(), any_policy(), st.booleans())
def test_what_holds_for_any_floors_and_any_policy(now, chosen, capped):
    drivers = wages(C1=1500, C2=1300, C3=1100, C4=900) if capped else None
    outcome = uprate(now, chosen, drivers, ORDER, base_year=2024)
    check_steps(now, outcome)
    after = {(r.area_code, r.residence): Fraction(str(r.next_yuan_month)) for r in outcome.floors.itertuples()}
    step = Fraction(chosen.round_urban.step_yuan)
    for cell, value in after.items():
        assert value >= now[cell], "the ratchet"
        held = (now[cell], after[cell[0], "urban"])
        assert value % step == 0 or value in held, "on the grid, held by the ratchet, or held at urban"
    for area in ORDER:
        urban, rural = after[area, "urban"], after[area, "rural"]
        assert rural <= urban, "rural above urban"
        if now[area, "urban"] == now[area, "rural"]:
            assert rural == urban, "unified apart"
        assert rural >= min(Fraction(chosen.rural_share.at_least) * urban, urban), "the rural share"
    for higher, lower in itertools.pairwise(ORDER):
        assert after[higher, "urban"] >= after[lower, "urban"], "class order"


@given(ordered_floors(), any_policy(), st.sampled_from([Decimal("0.1"), Decimal("0.5"), Decimal(3), Decimal(10)]))
def test_scaling_all_money_and_the_step_scales_the_floors(now, chosen, factor):
    def scaled(rule):
        flat = rule.rise_yuan_month
        return rule.model_copy(update={"rise_yuan_month": flat * factor}) if flat is not None else rule

    grids = {
        name: getattr(chosen, name).model_copy(update={"step_yuan": getattr(chosen, name).step_yuan * factor})
        for name in ("round_urban", "round_rural")
    }
    rules = chosen.rule.model_copy(update={"urban": scaled(chosen.rule.urban)})
    other = chosen.model_copy(update={"rule": rules, **grids})
    plain = uprate(now, chosen, wages(C1=1500, C2=1300, C3=1100, C4=900), ORDER, base_year=2024)
    more = uprate(
        {cell: value * Fraction(factor) for cell, value in now.items()},
        other,
        wages(C1=1500 * factor, C2=1300 * factor, C3=1100 * factor, C4=900 * factor),
        ORDER,
        base_year=2024,
    )
    assert more.floors["next_yuan_month"].tolist() == pytest.approx(
        [value * float(factor) for value in plain.floors["next_yuan_month"]], rel=1e-12
    )
    assert more.steps["note"].tolist() == plain.steps["note"].tolist()


@given(ordered_floors(), st.permutations(range(8)))
def test_the_order_in_which_floors_are_given_changes_nothing(now, order):
    chosen = policy(fixed(0.035), fixed(0.05), rural_share={"at_least": Decimal("0.75")})
    shuffled = {list(now)[n]: now[list(now)[n]] for n in order}
    assert following(now, chosen, wages(C4=900), ORDER) == following(shuffled, chosen, wages(C4=900), ORDER)


def test_supplement_floors_rise_without_the_rules_that_speak_of_standards():
    now = floors(C2=(748, 627), C3=(698, 528), C4=(678, 334))
    chosen = policy(fixed(0.035), rural_share={"at_least": Decimal("0.75")})
    table = uprate_supplement_floors(now, chosen, wages(C4=500)).floors
    assert table["next_yuan_month"].tolist() == [775, 649, 723, 547, 702, 346]


def test_supplement_floors_of_town_and_country_that_agree_may_part():
    table = uprate_supplement_floors(floors(A=(500, 500)), policy(fixed(0.05), fixed(0.02))).floors
    assert table["next_yuan_month"].tolist() == [525, 510]


# Found by the second implementation (docs/decisions/0023)


@pytest.mark.parametrize("mode", ["up", "nearest", "down"])
def test_a_provincial_floor_off_the_grid_is_rounded_up_in_every_mode(mode):
    grid = {"step_yuan": Decimal(5), "mode": mode}
    chosen = policy(round_urban=grid, round_rural=grid, ceiling={"on": False})
    least = {("A", "urban"): Decimal(801), ("A", "rural"): Decimal("602.5")}
    after = following(floors(A=(700, 500)), chosen, provincial_floor=least)
    assert after == {("A", "urban"): 805, ("A", "rural"): 605}


def test_a_rural_standard_is_not_below_that_of_a_unified_class_below_it():
    now = floors(C2=(900, Decimal("799.5")), C3=(Decimal("799.5"), Decimal("799.5")), C4=(Decimal("800.5"), 600))
    chosen = policy(round_rural={"step_yuan": Decimal("0.5"), "mode": "up"}, ceiling={"on": False})
    after = following(now, chosen, order=ORDER[1:])
    assert after["C3", "urban"] == after["C3", "rural"] == after["C2", "rural"] == 801


def test_a_ceiling_leaves_one_standard_for_town_and_country_one():
    wages = Drivers(minimum_wage_yuan_month={"C3": Decimal(700), "C4": Decimal(2000)})
    chosen = policy(ratchet={"on": False}, ceiling={"on": True, "of_minimum_wage_share": Decimal("0.9")})
    after = following(floors(C3=(900, 900), C4=(800, 500)), chosen, wages, ORDER[2:])
    assert after["C3", "urban"] == after["C3", "rural"] == 800


@pytest.mark.parametrize(("residence", "grid"), [("urban", "round_urban"), ("rural", "round_rural")])
def test_a_ceiling_is_cut_down_to_the_grid_of_its_own_residence(residence, grid):
    # 0.9 x 1005 is 904.5: 904 on yuan, 900 on tens.
    chosen = policy(fixed(0.1), **{grid: {"step_yuan": 10}})
    outcome = uprate(floors(A=(880, 870)), chosen, wages(A=1005))
    after = outcome.floors.set_index("residence")["next_yuan_month"].to_dict()
    assert after == {"urban": 904, "rural": 904} | {residence: 900}
    assert not outcome.steps["overrides"].any()


def test_one_standard_for_town_and_country_has_one_ceiling_on_the_urban_grid():
    outcome = uprate(floors(A=(880, 880)), policy(fixed(0.1), round_rural={"step_yuan": 10}), wages(A=1005))
    assert outcome.floors["next_yuan_month"].tolist() == [904, 904]
    assert not outcome.steps["overrides"].any()


@pytest.mark.parametrize("mode", ["up", "nearest", "down"])
def test_rounding_takes_nothing_from_the_rural_share(mode):
    # The share asks for 904, which is not on the rural grid.
    rural = {"step_yuan": 10, "mode": mode}
    outcome = uprate(floors(A=(904, 800)), policy(rural_share={"at_least": 1}, round_rural=rural))
    assert outcome.floors["next_yuan_month"].tolist() == [904, 904]
    assert not outcome.steps["overrides"].any()
