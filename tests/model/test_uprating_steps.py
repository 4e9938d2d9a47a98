"""What each step of the uprating says, which floor it speaks of, and what supplement floors take of them."""

from decimal import Decimal
from fractions import Fraction

import pytest
from test_uprating import FREEZE, ORDER, fixed, floors, following, one, policy, wages

from analysis.model.uprating import (
    Drivers,
    next_floors,
    next_supplement_floors,
    round_to_grid,
    uprate,
    uprate_supplement_floors,
)
from analysis.model.uprating.steps import STEPS, Case


def said(outcome, step):
    rows = outcome.steps.query("name == @step and note != ''")
    return {(row.area_code, row.residence): row.note for row in rows.itertuples()}


@pytest.mark.parametrize(
    ("kind", "value", "rural", "note"),
    [
        ("differential", {"faster_by_share": "0.1"}, 660, "differential"),
        ("differential", {"faster_by_share": "0.4"}, 800, "held at urban"),
        ("gap_share", {"close_gap_share": "0.25"}, 650, "gap_share"),
        ("gap_share", {"close_gap_share": "1"}, 800, "gap_share"),
        ("target", {"target_ratio": "0.9", "target_year": 2025}, 720, "target"),
    ],
)
def test_catching_up_says_by_what(kind, value, rural, note):
    catch_up = {"kind": kind} | {key: Decimal(one) if isinstance(one, str) else one for key, one in value.items()}
    outcome = uprate(floors(A=(800, 600), B=(700, 700)), policy(catch_up=catch_up), base_year=2024)
    assert following(floors(A=(800, 600)), policy(catch_up=catch_up), base_year=2024)["A", "rural"] == rural
    assert said(outcome, "catch_up") == {("A", "rural"): note, ("B", "rural"): "unified"}
    assert said(outcome, "round_rural") == {("B", "rural"): "unified"}


def test_a_share_of_no_gap_closes_nothing_and_what_is_reversed_is_not_held():
    closing = policy(fixed(0.05), fixed(0.1), catch_up={"kind": "gap_share", "close_gap_share": Decimal("0.5")})
    outcome = uprate(floors(A=(700, 690), B=(600, 650)), closing)
    # A's rural rises past its urban one and is held; B's stood above it before, and there is no gap to close.
    assert outcome.floors["next_yuan_month"].tolist() == [735, 735, 630, 715]
    assert said(outcome, "catch_up") == {("A", "rural"): "held at urban", ("B", "rural"): "gap_share"}


def test_without_a_catch_up_no_class_after_the_first_is_passed_over():
    # A stands apart and is passed; B is unified and must still take its urban value.
    outcome = uprate(floors(A=(800, 600), B=(700, 700)), policy(fixed(0.05), fixed(0.1)))
    assert said(outcome, "catch_up") == {("B", "rural"): "unified"}
    assert outcome.floors["next_yuan_month"].tolist() == [840, 660, 735, 735]


def test_rounding_and_the_rural_share_say_which_floor_they_held_or_lifted():
    chosen = policy(FREEZE, rural_share={"at_least": Decimal("0.75")}, round_rural={"step_yuan": 50})
    outcome = uprate(floors(A=(860, 855), B=(860, 600), C=(860, 650)), chosen)
    assert said(outcome, "rural_share") == {("B", "rural"): "at least 0.75 of urban"}
    assert said(outcome, "round_rural") == {("A", "rural"): "held at urban"}
    assert outcome.floors["next_yuan_month"].tolist() == [860, 860, 860, 650, 860, 650]


def test_a_rural_floor_that_rounds_to_the_urban_one_is_not_held():
    outcome = uprate(floors(A=(860, 855)), policy(FREEZE, round_rural={"step_yuan": 20}))
    assert outcome.floors["next_yuan_month"].tolist() == [860, 860]
    assert said(outcome, "round_rural") == {}


def test_class_order_is_that_of_a_unified_class_by_its_urban_value_and_says_where_it_lifted():
    # C3 is unified: what C2 must not be below is C3's urban value, though its rural rule gives less.
    now = floors(C1=(900, 900), C2=(860, 700), C3=(800, 800))
    outcome = uprate(now, policy(fixed(0.1), FREEZE), order=ORDER[:3])
    assert outcome.floors["next_yuan_month"].tolist() == [990, 990, 946, 880, 880, 880]
    assert said(outcome, "class_order") == {("C2", "rural"): "not below C3"}


def test_the_provincial_minimum_says_only_what_it_lifted():
    least = {("A", "urban"): 900, ("A", "rural"): 600, ("B", "urban"): 700}
    outcome = uprate(floors(A=(880, 600), B=(720, 500)), policy(), provincial_floor=least)
    assert said(outcome, "provincial_floor") == {("A", "urban"): "provincial minimum"}


def test_a_provincial_minimum_is_rounded_on_the_grid_of_its_residence():
    least = {("A", "urban"): Decimal("801.5"), ("A", "rural"): Decimal("601.5")}
    grids = {"round_urban": {"step_yuan": 1}, "round_rural": {"step_yuan": 10, "mode": "down"}}
    outcome = uprate(floors(A=(700, 500)), policy(**grids), provincial_floor=least)
    assert outcome.floors["next_yuan_month"].tolist() == [802, 610]


def test_the_rural_share_is_rounded_up_on_the_rural_grid():
    chosen = policy(FREEZE, rural_share={"at_least": Decimal("0.75")}, round_rural={"step_yuan": 10, "mode": "down"})
    assert following(floors(C4=(861, 600)), chosen)["C4", "rural"] == 650


def test_the_ratchet_says_what_it_holds_and_that_the_rural_share_follows():
    fall = {"drivers": Drivers(inflation_share=Decimal("-0.1"))}
    chosen = policy({"kind": "index"}, rural_share={"at_least": Decimal("0.75")}, ceiling={"on": False})
    outcome = uprate(floors(A=(860, 500), B=(700, 700), C=(800, 640)), chosen, **fall)
    assert said(outcome, "ratchet") == {
        ("A", "urban"): "not below its own in force",
        ("A", "rural"): "its share of the urban floor that the ratchet holds",
        ("B", "urban"): "not below its own in force",
        ("B", "rural"): "not below its own in force",
        ("C", "urban"): "not below its own in force",
        ("C", "rural"): "not below its own in force",
    }
    assert outcome.floors["next_yuan_month"].tolist() == [860, 645, 700, 700, 800, 640]


def test_the_ratchet_names_the_rule_that_overrides_the_ceiling_and_no_ceiling_that_is_off():
    chosen = policy(fixed(0.035), rural_share={"at_least": Decimal("0.75")})
    outcome = uprate(floors(A=(1300, 600)), chosen, wages(A=1000))
    assert said(outcome, "ratchet") == {
        ("A", "urban"): "ceiling overridden by ratchet",
        ("A", "rural"): "ceiling overridden by rural share",
    }
    assert said(outcome, "check") == {("A", "urban"): "ceiling overridden", ("A", "rural"): "ceiling overridden"}
    # At the ceiling itself nothing is overridden, and where it is off there is none to speak of.
    at = uprate(floors(A=(900, 600)), policy(fixed(-0.1)), wages(A=1000))
    assert said(at, "ratchet")["A", "urban"] == "not below its own in force"
    off = uprate(floors(A=(950, 600)), policy(fixed(-0.1), ceiling={"on": False}), wages(A=1000))
    assert said(off, "ratchet")["A", "urban"] == "not below its own in force"
    assert said(off, "check") == {}


def test_a_ceiling_speaks_of_what_it_cut_and_of_the_strongest_rule_against_it():
    # At the ceiling nothing is said. A unified class says the same of town and country.
    outcome = uprate(
        floors(A=(900, 600), B=(890, 890), C=(880, 500)), policy(fixed(0.1)), wages(B=1000, A=1200, C=1000)
    )
    assert said(outcome, "ceiling") == {
        ("B", "urban"): "ceiling", ("B", "rural"): "ceiling", ("C", "urban"): "ceiling",
    }  # fmt: skip
    exactly = uprate(floors(A=(900, 600)), policy(FREEZE), wages(A=1000))
    assert said(exactly, "ceiling") == {}
    # 950 of the province, 940 of the class below: the larger is named.
    now = floors(C3=(900, 800), C4=(940, 500))
    both = uprate(now, policy(FREEZE), wages(C3=1000, C4=2000), ORDER[2:], {("C3", "urban"): 950})
    assert said(both, "ceiling") == {("C3", "urban"): "ceiling overridden by provincial floor"}
    higher = uprate(now, policy(FREEZE), wages(C3=1000, C4=2000), ORDER[2:], {("C3", "urban"): 930})
    assert said(higher, "ceiling") == {("C3", "urban"): "ceiling overridden by class order"}


def test_a_ceiling_that_is_not_known_for_one_class_is_checked_for_the_others():
    outcome = uprate(floors(C4=(880, 660), C3=(880, 700)), policy(fixed(0.1)), wages(C3=1000), ORDER[2:])
    assert said(outcome, "ceiling") == {
        ("C4", "urban"): "not checked", ("C4", "rural"): "not checked", ("C3", "urban"): "ceiling overridden by class order",
    }  # fmt: skip


def test_what_a_stronger_rule_has_broken_is_named_at_the_end():
    # The province's rural minimum lies above the ceiling and above the urban floor that the ceiling leaves.
    least = {("A", "rural"): 950}
    outcome = uprate(floors(A=(880, 600)), policy(fixed(0.1)), wages(A=1000), provincial_floor=least)
    assert outcome.floors["next_yuan_month"].tolist() == [900, 950]
    assert said(outcome, "check") == {("A", "rural"): "rural above urban; ceiling overridden"}
    # A lower class that the ratchet holds stands above the higher one; classes that are level are in order.
    falling = {"ceiling": {"on": False}, "rule": {"urban": fixed(-0.1), "rural": fixed(-0.1)}}
    now = floors(C2=(800, 640), C3=(800, 640), C4=(860, 640))
    outcome = uprate(now, policy(**falling), order=ORDER[1:])
    assert said(outcome, "check") == {("C3", "urban"): "class order overridden"}
    assert said(uprate(now, policy(**falling, class_order={"on": False}), order=ORDER[1:]), "check") == {}
    # An area that is in no order, or has no urban floor, breaks none; one reversed in the data is left alone.
    apart = {("C3", "urban"): 800, ("C4", "rural"): 640, ("X", "urban"): 900, ("X", "rural"): 950}
    assert said(uprate(apart, policy(**falling), order=ORDER[2:]), "check") == {}


@pytest.mark.parametrize(
    ("urban", "rural", "note"),
    [(860, 645, None), (860, 644, "rural share overridden"), (860, 861, "rural above urban"), (860, 860, None)],
)
def test_the_check_sees_a_share_that_is_broken_and_a_rural_floor_above_its_urban_one(urban, rural, note):
    # No step breaks the share today; who changes one must hear of it.
    chosen = policy(rural_share={"at_least": Decimal("0.75")})
    exact = {cell: Fraction(value) for cell, value in floors(C3=(900, 900), C4=(urban, rural)).items()}
    case = Case(dict.fromkeys(exact, Fraction(600)), chosen, Drivers(), ORDER[2:], {}, {}, None)
    after, notes = dict(STEPS)["check"](case, exact)
    assert after == exact
    assert {cell: text for cell, text in notes.items() if text} == ({("C4", "rural"): note} if note else {})


def test_supplement_floors_keep_a_differential_and_no_rule_that_speaks_of_standards():
    now = floors(C3=(600, 300), C4=(678, 334))
    both = {"rural_share": {"at_least": Decimal("0.75")}, "ceiling": {"on": True}}
    faster = policy(FREEZE, catch_up={"kind": "differential", "faster_by_share": Decimal("0.1")}, **both)
    after = uprate_supplement_floors(now, faster, wages(C3=100, C4=100))
    # Urban C3 stays below C4: class order is one of standards. Rural rises by a tenth.
    assert after.floors["next_yuan_month"].tolist() == [600, 330, 678, 368]
    assert after.floors.index.tolist() == [0, 1, 2, 3]
    assert after.steps.index.is_unique
    for catch_up in (
        {"kind": "target", "target_ratio": Decimal(1), "target_year": 2025},
        {"kind": "gap_share", "close_gap_share": Decimal(1)},
    ):
        still = uprate_supplement_floors(now, policy(FREEZE, catch_up=catch_up, **both))
        assert still.floors["next_yuan_month"].tolist() == [600, 300, 678, 334]


def test_supplement_floors_of_unified_areas_take_the_urban_rule_in_the_country_too():
    now = floors(C3=(600, 500), C4=(678, 334))
    chosen = policy({"kind": "index"}, fixed(0.1))
    drivers = Drivers(inflation_share=Decimal("0.05"))
    outcome = uprate_supplement_floors(now, chosen, drivers, unified={"C3"})
    after = {(row.area_code, row.residence): row.next_yuan_month for row in outcome.floors.itertuples()}
    assert after == floors(C3=(630, 525), C4=(712, 368))
    assert next_supplement_floors(now, chosen, drivers, {"C3"}) == after


def test_floors_alone_carry_the_chain_as_the_table_does():
    chosen = policy({"kind": "base_chain", "rise_share": Decimal("0.1")}, round_urban={"mode": "nearest"})
    now, chain = {("A", "urban"): 563}, {("A", "urban"): Decimal("535.09")}
    assert next_floors(now, chosen, chain=chain) == {("A", "urban"): 589}  # 588.599, and not 619.3
    assert next_supplement_floors(now, chosen, chain=chain) == {("A", "urban"): 589}
    row = uprate(now, chosen, chain=chain).floors.iloc[0]
    assert (row["now_yuan_month"], row["next_yuan_month"], row["unratcheted_yuan_month"]) == (563, 589, 589)


@pytest.mark.parametrize(
    ("rule", "drivers", "missing"),
    [
        ({"kind": "index"}, {}, "rule index needs an expected price rise, which"),
        ({"kind": "mixed", "price_weight": 1}, {}, "rule mixed needs an expected price rise, which"),
        ({"kind": "mixed", "price_weight": 1}, {"inflation_share": Decimal(0)}, "rule mixed needs an expected growth, which"),
        ({"kind": "triple", "rise_share": 0}, {}, "rule triple needs price rise, growth and a least rise, which"),
        ({"kind": "minimum_wage", "of_minimum_wage_share": 1}, {}, "rule minimum_wage needs a minimum wage, which"),
    ],
)  # fmt: skip
def test_a_rule_says_in_a_sentence_what_it_lacks(rule, drivers, missing):
    with pytest.raises(ValueError, match=f"^{missing} this package does not hold for the year$"):
        one(860, rule, Drivers(**drivers))


def test_rounding_is_to_whole_yuan_where_no_step_is_given():
    assert (round_to_grid(Fraction("860.5")), round_to_grid(Fraction("861"), mode="down")) == (861, 861)


def test_a_ceiling_looks_at_the_town_first_in_whatever_order_floors_are_given():
    now = {("A", "rural"): 880, ("A", "urban"): 880, ("B", "rural"): 850, ("B", "urban"): 880}
    chosen = policy(fixed(0.1), rural_share={"at_least": 1})
    outcome = uprate(now, chosen, wages(A=1005, B=1005))
    # The rural share of B is one of the urban floor that the ceiling leaves, not of 968.
    assert outcome.floors["next_yuan_month"].tolist() == [904, 904, 904, 904]


def test_a_rule_that_asks_for_the_ceiling_itself_does_not_override_it():
    outcome = uprate(floors(A=(880, 600)), policy(fixed(0.1)), wages(A=1000), provincial_floor={("A", "urban"): 900})
    assert said(outcome, "ceiling") == {("A", "urban"): "ceiling"}


def test_town_and_country_that_agree_and_may_part_are_not_reversed():
    apart = policy(FREEZE, fixed(0.1), unified_stay_unified={"on": False})
    outcome = uprate(floors(A=(860, 860)), apart)
    assert outcome.floors["next_yuan_month"].tolist() == [860, 860]
    assert said(outcome, "round_rural") == {("A", "rural"): "held at urban"}


def test_a_target_year_that_is_past_is_refused_in_a_sentence():
    catch_up = {"kind": "target", "target_ratio": Decimal("0.9"), "target_year": 2025}
    with pytest.raises(ValueError, match="^catch_up target_year must lie after the base year$"):
        uprate(floors(A=(800, 600)), policy(catch_up=catch_up), base_year=2025)
