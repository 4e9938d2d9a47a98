from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.model import cost
from analysis.model.standards import lift_rural, next_in_force
from reference.by_hand import cost as by_hand

DIBAO, TEKUN = {"urban": 142_000.0, "rural": 1_060_000.0}, {"urban": 22_000.0, "rural": 198_000.0}
SHARE, MULTIPLE = Fraction(3, 4), Fraction(8, 5)
SPENDING = ["dibao_spending", "tekun_spending", "minimum_spending"]
COMPONENTS = ["incumbent", "supplement_floor", "entrant", "linked"]
CENTRAL = {
    "follow_share": 0.77, "unobserved_moved": 0.0, "unobserved_above_minimum": 0.0, "response_share": 0.25, "supplement_above_floor": 0.024,
    "class1_supplement_growth": 1.149, "allocation_need": 2.0, "class4_part_jiangmen": 0.43, "class4_part_zhaoqing": 0.5,
    "classified_share": 0.08, "price_link_months_share": 0.1,
}  # fmt: skip


@pytest.fixture(scope="module")
def cells(outcome_june):
    names = [name for name in outcome_june.cells if not name.endswith(("_central", "_mandated"))]
    return outcome_june.cells[names].drop(columns="mandated_yuan_month")


def evaluated(cells, dibao=DIBAO, share=SHARE, step=1, tekun=TEKUN, **settings):
    columns = {name: np.array([[value]], float) for name, value in (CENTRAL | settings).items()}
    persons = {residence: np.array([[count]]) for residence, count in dibao.items()}
    parts = cost.evaluate(cells, columns, persons, tekun, float(MULTIPLE), share, step)
    return {name: values[0] for name, values in parts.items()}


ranges = st.fixed_dictionaries(
    {
        "follow_share": st.integers(0, 10_000).map(lambda n: n / 10_000),
        "unobserved_moved": st.integers(0, 100).map(lambda n: n / 100),
        "unobserved_above_minimum": st.integers(0, 64).map(lambda n: n / 1000),
        "response_share": st.floats(0, 1),
        "supplement_above_floor": st.floats(0, 0.13),
        "class1_supplement_growth": st.floats(1, 1.165),
        "allocation_need": st.floats(0, 3),
        "class4_part_jiangmen": st.floats(0.3, 0.6),
        "class4_part_zhaoqing": st.floats(0.4, 0.7),
        "classified_share": st.floats(0, 0.5),
        "price_link_months_share": st.floats(0, 1),
    }
)


@settings(max_examples=25)
@given(ranges, st.sampled_from([SHARE, Fraction(4, 5), Fraction(0)]))
def test_every_part_in_every_cell_is_what_the_method_says(cells, chosen, share):
    parts = evaluated(cells, share=share, **chosen)
    settings_by_hand = {name: Fraction(str(value)) for name, value in chosen.items()}
    expected = pd.DataFrame(
        by_hand.cost_by_cell(cells.to_dict("records"), settings_by_hand, DIBAO, TEKUN, MULTIPLE, share)
    )
    for name in expected:
        assert np.allclose(parts[name], expected[name], rtol=1e-9, atol=1e-3), name
    assert np.allclose(parts["extra"], expected[COMPONENTS].sum(axis=1), rtol=1e-9, atol=1e-3)


def test_what_is_linked_is_the_sum_of_its_programmes_and_each_can_be_left_out(cells):
    whole = evaluated(cells)
    programmes = {name for name in whole if name.startswith("linked_")}
    assert programmes == {"linked_tekun", "linked_classified_extra", "linked_price_link"}
    assert np.allclose(sum(whole[name] for name in programmes), whole["linked"], rtol=1e-12)
    for programme, setting in (("classified_extra", "classified_share"), ("price_link", "price_link_months_share")):
        without = {name: np.array([[value]], float) for name, value in CENTRAL.items() if name != setting}
        persons = {residence: np.array([[count]]) for residence, count in DIBAO.items()}
        off = {name: values[0] for name, values in cost.evaluate(cells, without, persons, TEKUN, 1.6, SHARE).items()}
        assert f"linked_{programme}" not in off
        assert np.allclose(whole["extra"] - off["extra"], whole[f"linked_{programme}"], rtol=1e-6, atol=1e-3)
        others = set(off) - {"extra", "linked", "minimum_extra"}
        assert all(np.array_equal(off[name], whole[name]) for name in others), "another programme moved"


def test_a_table_of_settings_gives_each_row_what_it_gives_alone(cells):
    table = {name: np.array([[value], [value], [value]], float) for name, value in CENTRAL.items()}
    table["follow_share"][:, 0] = [0, 0.5, 1]
    persons = {residence: np.array([[count]] * 3) for residence, count in DIBAO.items()}
    together = cost.evaluate(cells, table, persons, TEKUN, 1.6, SHARE)
    for row, share in enumerate([0, 0.5, 1]):
        alone = evaluated(cells, follow_share=share)
        assert all(np.array_equal(together[name][row], alone[name]) for name in alone)


def test_recipients_add_up_and_a_divided_city_is_divided_by_its_share(cells):
    parts = evaluated(cells)
    rural = (cells["residence"] == "rural").to_numpy()
    assert parts["persons"][rural].sum() == pytest.approx(DIBAO["rural"])
    assert parts["persons"][~rural].sum() == pytest.approx(DIBAO["urban"])
    persons = pd.Series(parts["persons"], pd.MultiIndex.from_frame(cells[["area_code", "residence"]]))
    for residence in ("urban", "rural"):
        class4, class3 = persons["440700-C4", residence], persons["440700-C3", residence]
        assert class4 / (class3 + class4) == pytest.approx(0.43)
    assert (parts["persons"] >= 0).all()
    assert (parts["entrants"] >= 0).all()


def frozen(cells):
    return cells.assign(
        next_minimum_yuan_month=cells["minimum_yuan_month"], next_floor_yuan_month=cells["floor_yuan_month"]
    )


def test_when_no_floor_moves_nothing_costs_anything(cells):
    for follow in (0, 0.77, 1):
        parts = evaluated(frozen(cells), follow_share=follow, classified_share=0.5, price_link_months_share=1)
        assert (parts["next_standard"] == parts["standard"]).all()
        assert not any(parts[name].any() for name in [*COMPONENTS, "extra", "entrants", "floor_binds"])


def test_who_does_not_rise_gains_no_recipients(cells):
    parts = evaluated(cells, follow_share=0, response_share=1)
    still = parts["next_standard"] == parts["standard"]
    assert still.any()
    assert not still.all()
    assert (parts["entrants"][still] == 0).all()
    assert (parts["entrants"][~still] > 0).all()
    assert (parts["linked"][still] == 0).all()


def test_without_a_response_nobody_enters(cells):
    parts = evaluated(cells, response_share=0)
    assert not parts["entrants"].any()
    assert not parts["entrant"].any()


def test_the_supplement_is_never_above_the_standard_nor_below_its_floor(cells):
    for above in (0, 0.024, 0.13):
        parts = evaluated(cells, supplement_above_floor=above, follow_share=1)
        assert (parts["supplement"] <= parts["standard"]).all()
        known = cells["next_floor_yuan_month"].notna().to_numpy()
        paid = parts["supplement"] + (parts["next_standard"] - parts["standard"])
        lifted = paid + parts["supplement_floor"] / 12 / parts["persons"]
        assert (lifted[known] >= cells["next_floor_yuan_month"][known] - 1e-9).all()
        assert ((parts["supplement_floor"] > 0) == parts["floor_binds"]).all()


def test_twice_the_recipients_cost_twice(cells):
    once = evaluated(cells)
    twice = evaluated(
        cells, {name: 2 * count for name, count in DIBAO.items()}, tekun={name: 2 * n for name, n in TEKUN.items()}
    )
    for name in [*COMPONENTS, "extra", "minimum_extra", *SPENDING, "persons", "entrants"]:
        assert np.allclose(twice[name], 2 * once[name], rtol=1e-12)


MONEY = [
    "standard_yuan_month", "minimum_yuan_month", "next_minimum_yuan_month", "minimum_then_yuan_month",
    "last_standard_yuan_month", "floor_yuan_month", "next_floor_yuan_month", "last_floor_yuan_month",
    "own_floor_yuan_month", "tekun_yuan_month", "consumption_yuan_year",
]  # fmt: skip


@pytest.mark.parametrize("factor", [5, 10, 0.1])
def test_scaling_all_money_and_the_step_scales_the_cost_and_no_ratio(cells, factor):
    once = evaluated(cells)
    scaled = evaluated(cells.assign(**{name: (cells[name] * factor).round(6) for name in MONEY}), step=factor)
    for name in [*COMPONENTS, "extra", "minimum_extra", *SPENDING, "standard", "next_standard", "supplement"]:
        assert np.allclose(scaled[name], factor * once[name], rtol=1e-9, atol=1e-6), name
    for name in ("persons", "entrants"):
        assert np.allclose(scaled[name], once[name], rtol=1e-9)


def test_the_order_of_areas_changes_no_cell(cells):
    order = np.random.default_rng(0).permutation(len(cells))
    moved = cells.iloc[order].reset_index(drop=True)
    place = {(row.area_code, row.residence): row.Index for row in moved.itertuples()}
    moved["urban_cell"] = [
        place.get((row.area_code, "urban"), -1) if row.residence == "rural" else -1 for row in moved.itertuples()
    ]
    once, again = evaluated(cells), evaluated(moved)
    assert all(np.allclose(once[name][order], again[name], rtol=1e-12) for name in once)


SHARES = {f"class_{number}": {"upper": 0.64, "local": 0.36} for number in "1234"}


def test_the_tiers_add_up_to_the_whole_in_every_cell(cells):
    for follow in (0, 0.77, 1):
        parts = evaluated(cells, follow_share=follow)
        tiers = cost.by_tier(parts["minimum_extra"], parts["extra"], cells["area_class"].to_numpy(), SHARES)
        assert set(tiers) == {"upper", "local"}
        assert np.allclose(sum(tiers.values()), parts["extra"], rtol=1e-12, atol=1e-6)


def test_at_the_minimum_the_shares_hold_exactly_and_above_it_the_city_pays(cells):
    parts = evaluated(cells, follow_share=0, supplement_above_floor=0)
    at_minimum = (
        (parts["standard"] == cells["minimum_yuan_month"])
        & (parts["next_standard"] == cells["next_minimum_yuan_month"])
        & cells["own_floor_yuan_month"].fillna(0).le(cells["floor_yuan_month"])
        & cells["tekun_yuan_month"].isna()
    ).to_numpy()
    assert at_minimum.sum() > 10
    assert np.allclose(parts["minimum_extra"][at_minimum], parts["extra"][at_minimum], rtol=1e-9)
    # One that stands above next year's minimum and rises by choice gets nothing for that from above.
    free = (cells["standard_yuan_month"] > cells["next_minimum_yuan_month"]).to_numpy()
    chosen = evaluated(cells, follow_share=1, supplement_above_floor=0)
    assert free.sum() > 5
    assert (chosen["extra"][free] > parts["extra"][free]).all()
    assert (
        chosen["minimum_extra"][free] <= parts["minimum_extra"][free] + chosen["supplement_floor"][free] + 1e-6
    ).all()


def test_a_class_may_have_shares_and_tiers_of_its_own():
    shares = {"class_1": {"local": 1}, "class_4": {"centre": 0.5, "province": 0.3, "local": 0.2}}
    tiers = cost.by_tier(np.array([[100.0, 100.0]]), np.array([[150.0, 150.0]]), np.array(["1", "4"]), shares)
    assert {name: values.tolist() for name, values in tiers.items()} == {
        "centre": [[0, 50]], "province": [[0, 30]], "local": [[150, 70]],
    }  # fmt: skip


@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=30))
def test_whole_parts_add_up_and_stay_within_one_of_their_part(parts):
    values = np.array(parts)
    total = round(values.sum())
    whole = cost.whole_parts(values, total)
    assert whole.sum() == total
    assert (np.abs(whole - values) < 1 + 1e-6).all()


def test_the_largest_remainders_are_rounded_up_and_ties_go_to_the_first():
    assert cost.whole_parts(np.array([1.5, 1.5, 1.0]), 4).tolist() == [2, 1, 1]
    assert cost.whole_parts(np.array([0.2, 0.9, 0.9]), 2).tolist() == [0, 1, 1]
    with pytest.raises(ValueError, match="cannot be rounded to 9"):
        cost.whole_parts(np.array([1.4, 1.4]), 9)


def test_the_parts_that_are_asked_for_are_those_of_the_whole(cells):
    table = {name: np.linspace(value, 1.1 * value, 1500)[:, None] for name, value in CENTRAL.items()}
    persons = {residence: np.full((1500, 1), count) for residence, count in DIBAO.items()}
    whole = cost.evaluate(cells, table, persons, TEKUN, 1.6, SHARE)
    for wanted in (("extra", "minimum_extra"), ("floor_binds",)):
        asked = cost.evaluate(cells, table, persons, TEKUN, 1.6, SHARE, wanted=wanted)
        assert tuple(asked) == wanted
        for name, values in asked.items():
            assert values.dtype == whole[name].dtype
            assert np.array_equal(values, whole[name])


def test_of_many_ties_the_first_are_rounded_up_and_parts_are_whole_numbers():
    parts = cost.whole_parts(np.full(100, 0.5), 50)
    assert parts.tolist() == [1] * 50 + [0] * 50
    assert parts.dtype == np.int64


# Amounts of any size, whole or not


@settings(max_examples=200)
@given(st.data())
def test_binary_fractions_give_what_whole_numbers_give_whatever_the_amounts(data):
    top = data.draw(st.sampled_from([2, 10**3, 10**5]))
    half = data.draw(st.sampled_from([1.0, 2.0]))
    now, minimum, following = (data.draw(st.integers(top, 4 * top)) / half for _ in range(3))
    step = data.draw(st.sampled_from([0.5, 1.0, 7.0, 1000.0]))
    follow = np.array([[data.draw(st.integers(0, 10_000)) / 10_000]])
    cells = {"minimum_yuan_month": np.array([minimum]), "next_minimum_yuan_month": np.array([following])}
    exact = next_in_force(
        np.array([[now]]), cells["minimum_yuan_month"], cells["next_minimum_yuan_month"], follow, step
    )
    assert cost.risen(cells, np.array([[now]]), {"follow_share": follow}, step).tolist() == exact.tolist()
    share = Fraction(data.draw(st.integers(1, 9999)), 10_000)
    pair = np.array([[now]]), np.array([[minimum]])
    assert cost.lifted(*pair, share, step).tolist() == lift_rural(*pair, share, step).tolist()


# Many settings at a time


def table_of(rows, **settings):
    given = CENTRAL | settings
    columns = {
        name: np.broadcast_to(np.asarray(value, float).reshape(-1, 1), (rows, 1)) for name, value in given.items()
    }
    return columns, {residence: np.full((rows, 1), count) for residence, count in DIBAO.items()}


@pytest.mark.parametrize("kept", [1, 100, 200])
def test_settings_taken_in_blocks_give_what_they_give_at_once(cells, monkeypatch, kept):
    follow, floors = np.linspace(0, 1, 7), cells["next_floor_yuan_month"].to_numpy() + np.arange(7.0)[:, None]
    columns, persons = table_of(7, follow_share=follow)
    raised = {name: cells[name].to_numpy() for name in cells} | {"next_floor_yuan_month": floors}
    whole = cost.evaluate(raised, columns, persons, TEKUN, 1.6, SHARE)
    monkeypatch.setattr(cost, "BLOCK_NUMBERS", kept)
    assert len(list(cost.blocks(7, len(cells)))) > 1
    pieces = cost.evaluate(raised, columns, persons, TEKUN, 1.6, SHARE)
    assert list(pieces) == list(whole)
    for name, values in whole.items():
        assert pieces[name].dtype == values.dtype
        assert np.array_equal(pieces[name], values), name
    assert whole["floor_binds"].any(axis=None)
    assert not whole["floor_binds"].all(axis=None)
    some = cost.evaluate(raised, columns, persons, TEKUN, 1.6, SHARE, wanted=["extra"])
    assert list(some) == ["extra"]
    assert np.array_equal(some["extra"], whole["extra"])


@given(st.integers(1, 5000), st.integers(0, 60), st.integers(1, 20_000))
def test_blocks_cover_every_row_once_and_none_is_alone_or_too_large(count, width, kept):
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(cost, "BLOCK_NUMBERS", kept)
        slices = list(cost.blocks(count, width))
    assert [row for one in slices for row in range(one.start, one.stop)] == list(range(count))
    sizes = [one.stop - one.start for one in slices]
    most = kept // max(width, 1)
    assert max(sizes) - min(sizes) <= 1
    assert max(sizes) <= max(most, 3)
    assert min(sizes) >= 2 or count == 1
    # No more blocks than are needed: with one less, some would be too large.
    assert len(slices) == 1 or -(-count // (len(slices) - 1)) > most


def test_standards_that_are_decided_already_are_taken_as_they_are(cells):
    columns, persons = table_of(2)
    usual = cost.evaluate(cells, columns, persons, TEKUN, 1.6, SHARE)
    after = usual["standard"] + np.array([[10.0], [20.0]])
    decided = cost.evaluate(cells, columns, persons, TEKUN, 1.6, SHARE, after=after)
    assert np.array_equal(decided["next_standard"], after)
    assert np.allclose(decided["incumbent"], 12 * decided["persons"] * (after - decided["standard"]))
    assert np.array_equal(decided["tekun_standard"], usual["tekun_standard"])


def test_a_flat_subsidy_for_the_disabled_costs_what_its_new_recipients_draw(cells):
    columns, persons = table_of(1)
    without = cost.evaluate(cells, columns, persons, TEKUN, 1.6, SHARE)
    assert not [name for name in without if "disab" in name]
    stated = columns | {"disability_living_persons": np.array([[300_000.0]])}
    once, twice = (
        cost.evaluate(cells, stated, persons, TEKUN, 1.6, SHARE, disability_living_yuan_month=yuan)
        for yuan in (100, 200)
    )
    none = cost.evaluate(cells, stated, persons, TEKUN, 1.6, SHARE)
    name = next(name for name in once if name.startswith("linked_disab"))
    assert once[name].sum() > 0
    assert np.allclose(twice[name], 2 * once[name])
    assert not none[name].any()
    assert np.allclose(once["extra"] - none["extra"], once[name], rtol=1e-6, atol=1e-3)


def test_a_share_of_nothing_lifts_no_rural_standard_and_a_floor_that_binds_by_less_than_a_yuan_is_seen(cells):
    after = evaluated(cells, share=Fraction(0))
    urban = dict(zip(cells["area_code"], after["next_standard"], strict=True))
    assert (after["next_standard"] >= after["standard"]).all()
    assert len(urban) > 0
    gap = after["next_standard"] - after["standard"]
    binding = cells.assign(next_floor_yuan_month=after["supplement"] + gap + 0.5)
    assert evaluated(binding, share=Fraction(0))["floor_binds"].all()
    level = cells.assign(next_floor_yuan_month=after["supplement"] + gap - 0.5)
    assert not evaluated(level, share=Fraction(0))["floor_binds"].any()


def test_weights_that_are_given_are_taken_and_not_reckoned(cells):
    columns, _ = table_of(1)
    given = np.full((1, len(cells)), 1 / len(cells))
    assert cost.now_of(cells, columns, 1.6, weights=given).weights is given
    own = cost.now_of(cells, columns, 1.6)
    assert np.array_equal(own.weights, cost.allocation_weights(cells, columns))
    assert np.array_equal(own.tekun_standard, cost.now_of(cells, columns, 1.6, 1).tekun_standard)
