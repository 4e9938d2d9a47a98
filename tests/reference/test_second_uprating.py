"""The ten steps, the standards in force and the catch-up against the second implementation, on random cases."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.inputs.parameters.policy import Policy
from analysis.model.cost import lifted, risen
from analysis.model.standards import lift_rural, next_in_force
from analysis.model.uprating import Drivers, next_floors, uprate
from reference.by_hand import uprating as by_hand

CLASSES = ("1", "2", "3", "4")
SIDES = ("urban", "rural")
BASE_YEAR = 2024


def decimals(low, high, places):
    return st.decimals(low, high, places=places, allow_nan=False, allow_infinity=False)


yuan = decimals("200", "1500", 0) | decimals("200", "1500", 2)
share = decimals("0.3", "1", 2) | decimals("0.3", "1", 4)
rise = decimals("-0.05", "0.2", 3)
RULES = st.one_of(
    st.builds(dict, kind=st.just("freeze")),
    st.builds(dict, kind=st.just("index")),
    st.builds(dict, kind=st.just("fixed"), rise_share=rise),
    st.builds(dict, kind=st.just("flat"), rise_yuan_month=decimals("0", "80", 1)),
    st.builds(dict, kind=st.just("peg"), of_consumption_share=decimals("0.2", "0.6", 4)),
    st.builds(dict, kind=st.just("mixed"), price_weight=decimals("0", "1", 1)),
    st.builds(dict, kind=st.just("triple"), rise_share=rise),
    st.builds(dict, kind=st.just("minimum_wage"), of_minimum_wage_share=share),
    st.builds(dict, kind=st.just("base_chain"), rise_share=rise),
)
CATCH_UPS = st.one_of(
    st.builds(dict, kind=st.just("none")),
    st.builds(dict, kind=st.just("differential"), faster_by_share=decimals("0", "0.1", 3)),
    st.builds(dict, kind=st.just("gap_share"), close_gap_share=decimals("0", "1", 2)),
    st.builds(dict, kind=st.just("target"), target_ratio=decimals("0.5", "1", 2), target_year=st.integers(2025, 2030)),
)
GRIDS = st.sampled_from([Decimal(text) for text in ("1", "5", "10", "0.1", "2.5")])
MODES = st.sampled_from(["up", "nearest", "down"])


@st.composite
def cases(draw):
    """A province: up to four classes, some unified, most in order, and a policy with any steps switched on."""
    classes = CLASSES[draw(st.integers(0, 3)) :]
    urban = {c: draw(yuan) for c in classes}
    if draw(st.booleans()):
        urban = dict(zip(classes, sorted(urban.values(), reverse=True), strict=True))
    rural = {
        c: urban[c] if draw(st.booleans()) else (urban[c] * draw(decimals("0.4", "1.1", 2))).quantize(Decimal("0.01"))
        for c in classes
    }
    wages = {c: draw(decimals("700", "2500", 0)) for c in classes}
    switched = draw(
        st.fixed_dictionaries(
            {
                "rule": st.fixed_dictionaries({"urban": RULES, "rural": RULES}),
                "catch_up": CATCH_UPS,
                "grid": st.fixed_dictionaries(dict.fromkeys(SIDES, GRIDS))
                | GRIDS.map(lambda step: dict.fromkeys(SIDES, step)),
                "mode": st.fixed_dictionaries(dict.fromkeys(SIDES, MODES)),
                "class_order": st.booleans(),
                "rural_share": st.just(Decimal(0)) | share,
                "ceiling": st.none() | decimals("0.4", "1", 2),
                "ratchet": st.booleans(),
                "floor": st.none() | decimals("0.9", "1.2", 3),
                "inflation": rise,
                "growth": rise,
                "consumption": st.fixed_dictionaries({side: decimals("8000", "40000", 0) for side in SIDES}),
            }
        )
    )
    return {"classes": classes, "urban": urban, "rural": rural, "wages": wages, **switched}


def of_the_model(case):
    now = {(c, side): case[side][c] for c in case["classes"] for side in SIDES}
    grid = {side: {"step_yuan": case["grid"][side], "mode": case["mode"][side]} for side in SIDES}
    ceiling = {"on": case["ceiling"] is not None}
    if case["ceiling"] is not None:
        ceiling |= {
            "of_minimum_wage_share": case["ceiling"],
            "unemployment_benefit_of_minimum_wage_share": Decimal("0.9"),
        }
    policy = Policy.model_validate(
        {
            "id": "p",
            "title": {"zh": "", "en": ""},
            "rule": case["rule"],
            "catch_up": case["catch_up"],
            "round_urban": grid["urban"],
            "round_rural": grid["rural"],
            "class_order": {"on": case["class_order"]},
            "rural_share": {"at_least": case["rural_share"]},
            "ceiling": ceiling,
            "ratchet": {"on": case["ratchet"]},
        }
    )
    drivers = Drivers(
        inflation_share=case["inflation"],
        growth_share=case["growth"],
        consumption_yuan_year=case["consumption"],
        minimum_wage_yuan_month=case["wages"],
    )
    least = None
    if case["floor"] is not None:
        least = {cell: value * case["floor"] for cell, value in now.items()}
    table = uprate(now, policy, drivers, case["classes"], least, base_year=BASE_YEAR)
    exact = None
    if least is None:
        exact = next_floors(now, policy, drivers, case["classes"], base_year=BASE_YEAR)
    return {(row.area_code, row.residence): row.next_yuan_month for row in table.floors.itertuples()}, exact


def spoken_by_hand(rule, case, area, side):
    """Say a rule of the parameter files in the words of METHODS."""
    pi, gamma = Fraction(case["inflation"]), Fraction(case["growth"])
    kind = rule["kind"]
    words = {
        "index": {"pi": pi},
        "fixed": {"rate": Fraction(rule.get("rise_share", 0))},
        "flat": {"yuan": Fraction(rule.get("rise_yuan_month", 0))},
        "peg": {
            "q": Fraction(rule.get("of_consumption_share", 0)),
            "consumption_yuan_year": Fraction(case["consumption"][side]),
        },
        "mixed": {"w": Fraction(rule.get("price_weight", 0)), "pi": pi, "gamma": gamma},
        "triple": {"pi": pi, "gamma": gamma, "floor": Fraction(rule.get("rise_share", 0))},
        "minimum_wage_share": {
            "share": Fraction(rule.get("of_minimum_wage_share", 0)),
            "minimum_wage_yuan_month": Fraction(case["wages"][area]),
        },
        "base_chain": {"base": Fraction(case[side][area]), "growth": Fraction(rule.get("rise_share", 0))},
    }
    named = "minimum_wage_share" if kind == "minimum_wage" else kind
    return {"kind": named, **words.get(named, {})}


def of_the_second(case):
    catch_up = case["catch_up"]
    words = {
        "differential": {"points": Fraction(catch_up.get("faster_by_share", 0))},
        "gap_share": {"theta": Fraction(catch_up.get("close_gap_share", 0))},
        "target": {
            "ratio": Fraction(catch_up.get("target_ratio", 0)),
            "year": catch_up.get("target_year"),
            "this_year": BASE_YEAR,
        },
    }
    policy = {
        "rule": {
            side: {c: spoken_by_hand(case["rule"][side], case, c, side) for c in case["classes"]} for side in SIDES
        },
        "catch_up": {"kind": catch_up["kind"], **words.get(catch_up["kind"], {})},
        "round_mode": case["mode"],
        "step": {side: Fraction(case["grid"][side]) for side in SIDES},
        "class_order": case["class_order"],
        "rural_share": Fraction(case["rural_share"]) if case["rural_share"] else None,
        "ratchet": case["ratchet"],
    }
    if case["ceiling"] is not None:
        cap = min(Fraction(case["ceiling"]), Fraction("0.9"))
        policy["ceiling"] = {c: cap * Fraction(case["wages"][c]) for c in case["classes"]}
    if case["floor"] is not None:
        policy["provincial_floor"] = {
            side: {c: Fraction(case[side][c]) * Fraction(case["floor"]) for c in case["classes"]} for side in SIDES
        }
    urban, rural = ({c: Fraction(case[side][c]) for c in case["classes"]} for side in SIDES)
    u, r = by_hand.next_standards(urban, rural, policy)
    return {(c, side): values[c] for side, values in (("urban", u), ("rural", r)) for c in case["classes"]}


@given(case=cases())
def test_both_implementations_set_the_same_standards(case):
    table, exact = of_the_model(case)
    second = of_the_second(case)
    assert table == {cell: float(value) for cell, value in second.items()}
    assert exact in (None, second)


@pytest.mark.parametrize(
    ("rural", "ratio", "year", "following"),
    [
        (270, "0.75", 2026, 450),  # (0.75 / 0.27) ** (1/2) is 5/3: 450 yuan, and no yuan more
        (320, "0.5", 2026, 400),  # 5/4
        (512, "0.729", 2027, 576),  # cube root: 9/8
        (343, "0.512", 2027, 392),  # 8/7
    ],
)
def test_a_target_whose_yearly_pace_is_a_fraction_is_met_to_the_yuan(rural, ratio, year, following):
    case = {
        "classes": ("4",),
        "urban": {"4": Decimal(1000)},
        "rural": {"4": Decimal(rural)},
        "wages": {"4": Decimal(2000)},
        "rule": {side: {"kind": "freeze"} for side in SIDES},
        "catch_up": {"kind": "target", "target_ratio": Decimal(ratio), "target_year": year},
        "grid": dict.fromkeys(SIDES, Decimal(1)),
        "mode": dict.fromkeys(SIDES, "up"),
        "class_order": False,
        "rural_share": Decimal(0),
        "ceiling": None,
        "ratchet": True,
        "floor": None,
        "inflation": Decimal(0),
        "growth": Decimal(0),
        "consumption": {side: Decimal(10000) for side in SIDES},
    }
    assert of_the_second(case)["4", "rural"] == following
    assert of_the_model(case)[1]["4", "rural"] == following


steps = st.sampled_from([Decimal(text) for text in ("1", "5", "10", "0.1", "0.5", "2.5")])


@given(
    areas=st.lists(st.tuples(yuan, yuan, rise), min_size=1, max_size=5),
    follow=decimals("0", "1", 4) | st.sampled_from([Decimal(0), Decimal(1)]),
    step=steps,
)
def test_both_implementations_put_the_same_standards_in_force(areas, follow, step):
    now, minimum, growth = (np.array(column, object) for column in zip(*areas, strict=True))
    following = np.array([(m * (1 + g)).quantize(Decimal("0.01")) for m, g in zip(minimum, growth, strict=True)])
    tables = [array.astype(float) for array in (now, minimum, following)]
    expected = [
        float(by_hand.in_force(Fraction(z), Fraction(f), Fraction(m), Fraction(follow), Fraction(step)))
        for z, m, f in zip(now, minimum, following, strict=True)
    ]
    assert next_in_force(*tables, float(follow), float(step)).tolist() == expected
    settings = {"follow_share": np.array([[float(follow)]])}
    cells = {"minimum_yuan_month": tables[1], "next_minimum_yuan_month": tables[2]}
    assert risen(cells, tables[0][None, :], settings, float(step))[0].tolist() == expected


@given(pair=st.tuples(yuan, yuan), least=share, step=steps)
def test_both_implementations_lift_the_same_rural_standards(pair, least, step):
    rural, urban = pair
    expected = float(by_hand.in_force_rural(Fraction(rural), Fraction(urban), Fraction(least), Fraction(step)))
    tables = np.array([[float(rural)]]), np.array([[float(urban)]])
    assert lift_rural(*tables, Fraction(least), float(step)).item() == expected
    assert lifted(*tables, Fraction(least), float(step)).item() == expected
