"""Cost, sharing, capacity and the calendar against the second implementation, on random provinces."""

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.model import cost, funding, timing
from analysis.model.caseload import response
from reference.by_hand import cost as by_hand_cost
from reference.by_hand import money as by_hand

COMPONENTS = ["incumbent", "supplement_floor", "entrant", "linked"]
MULTIPLES = [Fraction(13, 10), Fraction(8, 5)]
whole_yuan = st.integers(300, 1400)
yuan = st.decimals("300", "1400", places=1)
share = st.integers(0, 100).map(lambda n: n / 100)


@st.composite
def provinces(draw):
    """Random areas with what evidence and floors would say of them: observed or not, with or without a supplement floor."""
    rows = []
    for number in range(draw(st.integers(1, 5))):
        sides = ("urban", "rural") if draw(st.booleans()) else ("urban",)
        population, need = draw(st.integers(10_000, 5_000_000)), draw(st.integers(9_000, 40_000))
        for side in sides:
            minimum = draw(whole_yuan)
            last = draw(st.none() | whole_yuan)
            floor = draw(st.none() | st.integers(100, minimum))
            rows.append(
                {
                    "area_code": str(number),
                    "area_class": draw(st.sampled_from("1234")),
                    "residence": side,
                    "part_of": "",
                    "part": "rest",
                    "urban_cell": len(rows) - 1 if side == "rural" else -1,
                    "observed": last is not None and draw(st.booleans()),
                    "last_standard_yuan_month": last,
                    "minimum_yuan_month": minimum,
                    "minimum_then_yuan_month": draw(st.integers(250, minimum)) if last is not None else None,
                    "next_minimum_yuan_month": minimum + draw(st.integers(0, 150)),
                    "floor_yuan_month": floor,
                    "last_floor_yuan_month": draw(st.integers(100, minimum)) if floor is None else floor,
                    "own_floor_yuan_month": draw(st.none() | st.integers(100, minimum)),
                    "next_floor_yuan_month": draw(st.none() | st.integers(100, 900)),
                    "tekun_yuan_month": draw(st.none() | st.integers(500, 2500)),
                    "population_persons": population,
                    "consumption_yuan_year": need,
                }
            )
    table = pd.DataFrame(rows)
    known = [name for name in table if name.endswith(("_month", "_year", "_persons"))]
    table[known] = table[known].astype(float)
    # What an observed area stands at is its last standard; of the others the base-year table knows the larger of the two.
    larger = table[["last_standard_yuan_month", "minimum_yuan_month"]].max(axis=1)
    return table.assign(standard_yuan_month=table["last_standard_yuan_month"].where(table["observed"], larger))


chosen = st.fixed_dictionaries(
    {
        "follow_share": st.integers(0, 10_000).map(lambda n: n / 10_000),
        "unobserved_moved": share,
        "unobserved_above_minimum": st.integers(0, 64).map(lambda n: n / 1000),
        "response_share": share,
        "supplement_above_floor": share,
        "class1_supplement_growth": share.map(lambda x: round(1 + x / 5, 3)),
        "allocation_need": st.integers(0, 3).map(float),
        "classified_share": share,
        "price_link_months_share": share,
    }
)
people = st.fixed_dictionaries({side: st.integers(1_000, 2_000_000).map(float) for side in ("urban", "rural")})


@given(
    cells=provinces(),
    settings=chosen,
    dibao=people,
    tekun=people,
    multiple=st.sampled_from(MULTIPLES),
    least=st.sampled_from([Fraction(0), Fraction(3, 4), Fraction(4, 5), Fraction(1)]),
    step=st.sampled_from([1, 5, 10]),
)
def test_both_implementations_cost_every_part_of_every_cell_alike(cells, settings, dibao, tekun, multiple, least, step):
    columns = {name: np.array([[value]], float) for name, value in settings.items()}
    parts = cost.evaluate(
        cells,
        columns,
        *({side: np.array([[count]]) for side, count in persons.items()} for persons in (dibao, tekun)),
        float(multiple),
        least,
        step,
    )
    expected = pd.DataFrame(
        by_hand_cost.cost_by_cell(
            cells.to_dict("records"),
            {name: Fraction(str(value)) for name, value in settings.items()},
            dibao,
            tekun,
            multiple,
            least,
            Fraction(step),
        )
    )
    for name in expected:
        assert np.allclose(parts[name][0], expected[name], rtol=1e-9, atol=1e-3), name
    assert np.allclose(parts["extra"][0], expected[COMPONENTS].sum(axis=1), rtol=1e-9, atol=1e-3)


@given(st.integers(0, 2_000_000), yuan, st.integers(0, 200), st.integers(50, 299), st.integers(0, 900), share)
def test_the_three_parts_of_a_rise(persons, standard, rise, supplement, next_floor, part):
    k = by_hand.tail(Fraction(standard), Fraction(supplement))
    after = Fraction(standard) + rise
    incumbent, lifted, entering, entrants = by_hand.rise_cost(
        Fraction(persons),
        Fraction(standard),
        after,
        Fraction(supplement),
        Fraction(next_floor),
        Fraction(str(part)) * k,
    )
    tail = response.power_tail(float(standard), supplement)
    assert float(tail.k) == pytest.approx(float(k), rel=1e-12)
    found = response.local_elasticity(persons, float(standard), float(after), part * float(k)) - persons
    assert float(found) == pytest.approx(float(entrants), rel=1e-9, abs=1e-6)
    parts = response.cost_identity(persons, supplement, rise, next_floor, float(entrants), rise / 2)
    assert float(parts.incumbent_yuan_year) == incumbent
    assert float(parts.supplement_floor_yuan_year) == lifted
    assert float(parts.entrant_yuan_year) == pytest.approx(float(entering), rel=1e-12)
    later = response.power_tail_supplement(float(after), float(k))
    assert float(later) == pytest.approx(float(by_hand.tail_supplement(after, k)), rel=1e-12)


@given(st.lists(st.tuples(st.integers(0, 10**9), st.integers(-(10**8), 10**9), st.sampled_from("14")), min_size=1))
def test_the_tiers(rows):
    at_minimum, above, classes = zip(*rows, strict=True)
    shares = {
        "class_1": {"local": Fraction(1)},
        "class_4": {"central": Fraction(2, 5), "province": Fraction(3, 10), "local": Fraction(3, 10)},
    }
    whole = [m + a for m, a in zip(at_minimum, above, strict=True)]
    found = cost.by_tier(np.array([at_minimum], float), np.array([whole], float), np.array(classes), shares)
    for position, area_class in enumerate(classes):
        expected = by_hand.shared(whole[position], at_minimum[position], shares[f"class_{area_class}"], "local")
        for tier, values in found.items():
            assert values[0, position] == pytest.approx(float(expected.get(tier, 0)), rel=1e-12, abs=1e-3)


@given(st.integers(0, 10**6), st.lists(st.integers(1, 10**4), min_size=1, max_size=8))
def test_whole_parts(total, weights):
    shares = [Fraction(weight, sum(weights)) for weight in weights]
    exact = np.array([total * s for s in shares], object)
    expected = by_hand.largest_remainder(total, shares)
    found = cost.whole_parts(exact.astype(float), total).tolist()
    # Binary fractions may order remainders that are equal, or next to equal, otherwise; nothing else may differ.
    differ = [i for i, (a, b) in enumerate(zip(found, expected, strict=True)) if a != b]
    remainders = {round(float(exact[i] - exact[i].__floor__()), 9) for i in differ}
    assert len(remainders) <= 1, (found, expected)
    assert sum(found) == total == sum(expected)


@given(st.integers(1, 10**9), st.integers(0, 10**9), st.integers(1, 10**9), st.integers(1, 100), st.integers(-50, 50))
def test_capacity(cost_now, cost_next, budget, cap, growth):
    following = Fraction(budget) * (1 + Fraction(growth, 100))
    now, later, headroom, transfer = by_hand.capacity(
        cost_now, cost_next, Fraction(budget), following, Fraction(cap, 100)
    )
    assert float(funding.burden_share(cost_now, budget)) == pytest.approx(float(now), rel=1e-12)
    assert float(funding.burden_share(cost_next, float(following))) == pytest.approx(float(later), rel=1e-12)
    room = {"local": float(Fraction(cap, 100) * following), "province": float("inf")}
    gate = funding.gate({"local": cost_next, "province": 0.0}, room)
    assert gate.headroom_by_tier["local"] == pytest.approx(float(headroom), rel=1e-9, abs=1e-3)
    assert gate.transfer_yuan == pytest.approx(float(transfer), rel=1e-9, abs=1e-3)
    assert gate.short_yuan == 0
    # Assistance keeps its share of the budget: the same share of next year's is what it could spend.
    kept = float(Fraction(cost_now, budget) * following)
    assert float(funding.capacity_yuan(cost_now, growth / 100)) == pytest.approx(kept, rel=1e-12)


@given(st.integers(0, 10**9), st.integers(0, 10**10), st.integers(1, 12), st.integers(0, 11), st.booleans())
def test_the_calendar(extra, base, notice, later, back_pay):
    pay = min(12, notice + later)
    table = timing.calendar(extra, base, notice, pay, back_pay)
    due, old = Fraction(base + extra, 12), Fraction(base, 12)
    payments = [old] * (pay - 1) + [due + (Fraction(extra, 12) * (pay - 1) if back_pay else 0)] + [due] * (12 - pay)
    months = 13 - notice
    allotments = [old + (Fraction(extra, months) if month >= notice else 0) for month in range(1, 13)]
    balances, shortfall, late = by_hand.calendar(Fraction(0), allotments, payments)
    assert table["paid_yuan"].tolist() == pytest.approx([float(value) for value in payments], abs=0.01)
    assert table["allotted_yuan"].tolist() == pytest.approx([float(value) for value in allotments], abs=0.01)
    assert table["balance_yuan"].tolist() == pytest.approx([float(value) for value in balances], abs=0.01)
    assert timing.buffer_yuan(table) == pytest.approx(float(shortfall), abs=0.01)
    assert timing.late_months(table) == [m for m in late if balances[m - 1] < -Fraction(1, 200)]
    assert float(timing.year_cost_factor(pay, back_pay)) == float(by_hand.year_share(pay, back_pay))
    paid_of_extra = sum(payments) - 12 * old
    assert paid_of_extra == extra * by_hand.year_share(pay, back_pay)
    assert timing.cash_peak_yuan(table) == pytest.approx(float(max(payments)), abs=0.01)
    on_date = sum(min(paid, due) for paid in payments)
    if due:
        assert timing.on_time_in_full_share(table) == pytest.approx(float(on_date / (12 * due)), rel=1e-9)
