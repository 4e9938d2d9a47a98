from fractions import Fraction
from math import ceil

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from analysis.model.standards import in_force, lift_rural, next_in_force, whole_numbers

cents = st.integers(5_000, 300_000).map(lambda n: n / 100)
whole = st.integers(50, 3000)
follow = st.integers(0, 10_000).map(lambda n: n / 10_000)


def grid_up(value, step):
    return ceil(Fraction(value) / Fraction(str(step))) * Fraction(str(step))


def by_fractions(standard, minimum, following, share, step):
    z, m, f = (Fraction(str(value)) for value in (standard, minimum, following))
    candidates = [z]
    if f > z:
        candidates.append(grid_up(f, step))
    if share and f > m:
        candidates.append(grid_up(z * (1 + Fraction(str(share)) * (f / m - 1)), step))
    return float(max(candidates))


def test_800_at_three_and_a_half_per_cent_is_828_and_not_829():
    assert next_in_force([800], [800], [828], 1).tolist() == [828]
    assert next_in_force([1600], [800], [828], 1).tolist() == [1656]
    assert next_in_force([1282], [1206], [1249], 1).tolist() == [ceil(Fraction(1282 * 1249, 1206))]


def test_a_standard_at_the_floor_moves_with_it_to_the_yuan():
    # Huizhou stands at its minimum, 932; in binary fractions it would be lifted to 966.
    assert ceil(932 * (1 + 1.0 * (965 / 932 - 1))) == 966
    assert next_in_force([932, 1864], [932, 932], [965, 965], 1).tolist() == [965, 1930]


def test_who_follows_by_nothing_moves_only_where_the_floor_lifts():
    after = next_in_force([800, 860, 880, 915], [860] * 4, [891] * 4, 0)
    assert after.tolist() == [891, 891, 891, 915]


def test_who_follows_in_full_rises_as_the_floor_does():
    assert next_in_force([1000], [800], [1000], 1).tolist() == [1250]
    assert next_in_force([1000], [800], [1000], 0.5).tolist() == [1125]


def test_a_fall_of_the_floor_pulls_nobody_down():
    assert next_in_force([860, 915], [860, 860], [700, 700], [[0.0], [0.5], [1.0]]).tolist() == [[860, 915]] * 3


def test_no_rise_leaves_a_standard_off_the_grid_as_it_is():
    assert next_in_force([706.6, 1226], [600, 1073], [600, 1073], [[0.0], [1.0]], 1).tolist() == [[706.6, 1226]] * 2
    assert next_in_force([1226], [1073], [1110], 0, 10).tolist() == [1226]


@given(
    cents | whole,
    cents | whole,
    st.fractions(1, Fraction(3, 2), max_denominator=1000),
    follow,
    st.sampled_from([1, 5, 10, 0.1]),
)
def test_agrees_with_exact_fractions(standard, minimum, rise, share, step):
    following = float(grid_up(Fraction(str(minimum)) * rise, step))
    on_grid = Fraction(str(standard)) % Fraction(str(step)) == 0
    assume(on_grid)
    after = next_in_force([standard], [minimum], [following], share, step)[0]
    assert after == pytest.approx(by_fractions(standard, minimum, following, share, step), abs=1e-9)
    assert after >= standard
    assert after >= following


@given(st.lists(st.tuples(whole, whole, st.integers(0, 200)), min_size=1, max_size=5), follow, follow)
def test_who_follows_further_never_ends_lower(rows, one, other):
    standard, minimum, more = np.array(rows, float).T
    low, high = (next_in_force(standard, minimum, minimum + more, share) for share in sorted([one, other]))
    assert (low <= high).all()


def test_settings_and_areas_are_broadcast_row_by_row():
    shares = np.array([[0.0], [0.77], [1.0]])
    table = next_in_force([1282, 932], [1206, 932], [1249, 965], shares)
    rows = [next_in_force([1282, 932], [1206, 932], [1249, 965], share[0]) for share in shares]
    assert np.array_equal(table, np.array(rows))


def test_amounts_with_three_decimals_or_too_large_are_refused():
    with pytest.raises(ValueError, match="two decimals"):
        next_in_force([706.605], [600], [621], 1)
    with pytest.raises(ValueError, match="too large"):
        next_in_force([1e12], [1e12], [1.1e12], 1)


@given(st.lists(cents, min_size=1, max_size=4))
def test_scaling_to_whole_numbers_loses_nothing(amounts):
    scale, (scaled,) = whole_numbers(amounts)
    assert [Fraction(int(n), scale) for n in scaled] == [Fraction(str(amount)) for amount in amounts]


@given(whole, whole, st.fractions(0, 1, max_denominator=10_000), st.sampled_from([1, 5, 10]))
def test_lifting_rural_agrees_with_exact_fractions(rural, urban, share, step):
    lifted = lift_rural([rural], [urban], share, step)[0]
    assert lifted == max(rural, min(grid_up(share * urban, step), urban))
    assert lifted >= rural
    assert lifted <= max(rural, urban)
    assert lifted >= share * urban


@pytest.mark.parametrize("share", ["0.7999999999999999", "0.30000000000000004", "0.799999999999999999999999"])
def test_a_share_with_many_digits_is_lifted_exactly_or_refused(share):
    # 0.7 + 0.1 in a notebook is 0.7999999999999999.
    try:
        lifted = lift_rural([400.0], [1483.0], Fraction(share))
    except ValueError:
        return
    assert lifted.tolist() == [max(400, ceil(Fraction(share) * 1483))]


def test_three_quarters_of_the_published_urban_minima():
    assert lift_rural([600.0, 645.0, 701.0], [860.0, 891.0, 915.0], Fraction(3, 4)).tolist() == [645, 669, 701]


def areas(**classes):
    frame = pd.DataFrame([(code, number, code != "SZ", "") for code, number in classes.items()])
    return frame.set_axis(["area_code", "area_class", "has_rural", "parent_code"], axis=1).set_index("area_code")


def observed(*rows):
    return pd.DataFrame(rows, columns=["area_code", "year", "residence", "value", "grade"])


MINIMA = pd.DataFrame(
    [("1", "urban", 1206.0), ("1", "rural", 1206.0), ("4", "urban", 860.0), ("4", "rural", 645.0)],
    columns=["area_class", "residence", "minimum_yuan_month"],
)


def cell(table, area, residence):
    return table.set_index(["area_code", "residence"]).loc[(area, residence)]


def test_an_area_not_observed_takes_the_larger_of_the_floor_and_its_own_last():
    rows = observed(
        ("A", 2022, "urban", 877, "official"), ("A", 2021, "urban", 900, "press"), ("A", 2022, "rural", 600, "press")
    )
    table = in_force(rows, MINIMA, areas(A="4", B="4"), 2024)
    assert cell(table, "A", "urban")["standard_yuan_month"] == 877
    assert cell(table, "A", "rural")["standard_yuan_month"] == 645
    assert cell(table, "A", "rural")["last_standard_yuan_month"] == 600
    assert cell(table, "B", "urban")["standard_yuan_month"] == 860
    assert cell(table, "A", "urban")["observed_year"] == 2022
    assert pd.isna(cell(table, "B", "urban")["observed_year"])
    assert not table["observed"].any()


def test_an_observed_standard_is_taken_as_it_is_and_a_later_year_is_not_looked_at():
    rows = observed(
        ("A", 2024, "urban", 850, "press"), ("A", 2025, "urban", 990, "press"), ("A", 2023, "urban", 870, "press")
    )
    table = in_force(rows, MINIMA, areas(A="4"), 2024)
    assert cell(table, "A", "urban")["standard_yuan_month"] == 850
    assert cell(table, "A", "urban")["observed"]


def test_one_row_for_both_residences_counts_for_each_and_a_city_without_rural_has_one_cell():
    table = in_force(
        observed(("A", 2024, "both", 1300, "press"), ("SZ", 2024, "urban", 1483, "press")),
        MINIMA,
        areas(A="1", SZ="1"),
        2024,
    )
    assert table[table["area_code"] == "A"]["standard_yuan_month"].tolist() == [1300, 1300]
    assert table[table["area_code"] == "SZ"]["residence"].tolist() == ["urban"]
    assert table["observed"].all()
