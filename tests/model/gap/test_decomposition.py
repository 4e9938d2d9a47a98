import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_dispersion import areas, columns

from analysis.model.gap.decomposition import (
    gini_decomposition,
    mean_ratio_shift_share,
    nested_theil,
    theil_decomposition,
)
from analysis.model.gap.dispersion import gini, theil_l, theil_t


@given(areas)
def test_theil_is_within_plus_between_and_so_are_the_parts_of_the_groups(rows):
    values, weights, outer, _ = columns(rows)
    split = theil_decomposition(values, weights, outer)
    assert split.t_total == pytest.approx(split.t_within + split.t_between, abs=1e-10)
    assert split.l_total == pytest.approx(split.l_within + split.l_between, abs=1e-10)
    assert split.t_total == pytest.approx(theil_t(values, weights), abs=1e-12)
    assert split.groups["t_between"].sum() == pytest.approx(split.t_between, abs=1e-12)
    assert split.groups["l_between"].sum() == pytest.approx(split.l_between, abs=1e-12)
    assert split.groups[["population_share", "value_share"]].sum().tolist() == pytest.approx([1, 1])
    for row in split.groups.itertuples():
        member = outer == row.group
        assert row.l == pytest.approx(theil_l(values[member], weights[member]), abs=1e-12)


@given(areas)
def test_nested_theil_adds_and_agrees_with_each_partition_alone(rows):
    values, weights, outer, inner = columns(rows)
    chain = nested_theil(values, weights, outer, inner)
    cells = np.char.add(outer, inner)
    for side in ("t", "l"):
        total, first, second, within = (
            getattr(chain, f"{side}_{part}") for part in ("total", "outer", "inner", "within")
        )
        assert total == pytest.approx(first + second + within, abs=1e-10)
        assert first == pytest.approx(
            getattr(theil_decomposition(values, weights, outer), f"{side}_between"), abs=1e-12
        )
        assert within == pytest.approx(
            getattr(theil_decomposition(values, weights, cells), f"{side}_within"), abs=1e-12
        )


def test_a_nest_by_hand_separates_region_from_town_and_country():
    # Regions of equal mean, town and country unlike in each, nothing inside a cell: all of it is the inner step.
    chain = nested_theil([1, 3, 3, 1], None, ["east", "east", "west", "west"], ["country", "town"] * 2)
    assert (chain.t_outer, chain.t_within) == (0, 0)
    assert chain.t_inner == pytest.approx(theil_t([1, 3]))


@given(areas)
def test_the_parts_of_the_gini_add_and_overlap_is_dagums(rows):
    values, weights, outer, _ = columns(rows)
    split = gini_decomposition(values, weights, outer)
    assert split.total == pytest.approx(split.within + split.between + split.overlap, abs=1e-12)
    assert min(split.within, split.between, split.overlap) >= 0
    assert split.total == pytest.approx(gini(values, weights), abs=1e-12)
    # Dagum 1997 written out: G_jh (p_j s_h + p_h s_j), split by the relative economic affluence D_jh.
    shares, mean = weights / weights.sum(), weights @ values / weights.sum()
    between = overlap = 0.0
    groups = [group for group in np.unique(outer) if shares[outer == group].sum() > 0]
    for place, one in enumerate(groups):
        for other in groups[:place]:
            j, h = outer == one, outer == other
            difference = np.subtract.outer(values[j], values[h])
            density = np.outer(shares[j], shares[h]) / (shares[j].sum() * shares[h].sum())
            ahead, behind = sorted([(density * np.maximum(side, 0)).sum() for side in (difference, -difference)])[::-1]
            if ahead + behind == 0:
                continue
            m_j, m_h = shares[j] @ values[j] / shares[j].sum(), shares[h] @ values[h] / shares[h].sum()
            p_j, p_h = shares[j].sum(), shares[h].sum()
            gross = (ahead + behind) / (m_j + m_h) * (p_j * p_h * m_h + p_h * p_j * m_j) / mean
            affluence = (ahead - behind) / (ahead + behind)
            between, overlap = between + gross * affluence, overlap + gross * (1 - affluence)
    assert split.between == pytest.approx(between, abs=1e-10)
    assert split.overlap == pytest.approx(overlap, abs=1e-10)


def test_groups_overlap_only_where_their_ranges_do():
    apart = gini_decomposition([1, 2, 5, 6], None, ["country", "country", "town", "town"])
    assert apart.overlap == 0
    assert apart.groups["gini"].tolist() == pytest.approx([gini([1, 2]), gini([5, 6])])
    mixed = gini_decomposition([1, 5, 2, 6], None, ["country", "country", "town", "town"])
    # Means 3 and 4. Town ahead: 1, 5, 1 of 4 pairs; behind: 3. Overlap = 2 x (1/2 x 1/2) x 3/4 / 3.5.
    assert mixed.overlap == pytest.approx(2 * 0.25 * 0.75 / 3.5)
    assert mixed.between == pytest.approx(0.25 * 1 / 3.5)


def test_groups_stand_in_their_own_order_and_one_without_weight_has_no_row():
    split = theil_decomposition([5, 3, 9, 4], [1, 2, 0, 1], ["west", "east", "nobody", "west"])
    assert split.groups["group"].tolist() == ["east", "west"]
    assert split.groups["population_share"].tolist() == pytest.approx([0.5, 0.5])
    assert split.groups["mean"].tolist() == pytest.approx([3, 4.5])


def test_a_value_without_a_group_is_refused():
    with pytest.raises(ValueError, match="^1 values have no group"):
        theil_decomposition([1, 2], None, ["a", None])
    with pytest.raises(ValueError, match="as many groups"):
        gini_decomposition([1, 2], None, ["a"])


def test_a_mean_ratio_that_rises_only_by_who_is_counted_is_composition():
    # Ratios stand still at 0.6 and 1; recipients move from 3:1 to 1:1, and the mean from 0.7 to 0.8.
    parts = mean_ratio_shift_share([0.6, 1], [0.6, 1], [3, 1], [1, 1])
    assert (parts.within, parts.total) == (0, pytest.approx(0.1))
    assert parts.composition == pytest.approx(0.1)


@given(st.lists(st.tuples(*[st.floats(0.2, 1.2)] * 2, *[st.integers(1, 99)] * 2), min_size=1, max_size=8))
def test_within_and_composition_are_the_whole_change_and_turn_round_with_time(rows):
    first, last, before, after = np.array(rows).T
    parts = mean_ratio_shift_share(first, last, before, after)
    assert parts.total == pytest.approx(parts.within + parts.composition, abs=1e-14)
    assert parts.total == pytest.approx(np.average(last, weights=after) - np.average(first, weights=before), abs=1e-14)
    assert mean_ratio_shift_share(last, first, after, before).within == pytest.approx(-parts.within, abs=1e-14)


def test_two_years_of_other_areas_are_refused():
    with pytest.raises(ValueError, match="two years of the same areas are needed, not 2 and 1"):
        mean_ratio_shift_share([0.6, 1], [0.6], [3, 1], [1, 1])
    with pytest.raises(ValueError, match="above zero"):
        mean_ratio_shift_share([0.6, 0], [0.6, 1], [3, 1], [1, 1])


def test_the_parts_of_each_area_add_to_within_and_composition():
    # An area that gains weight counts by how far its ratio lies from the mean of both years' means: 0.75.
    parts = mean_ratio_shift_share([0.6, 1], [0.6, 1], [3, 1], [1, 1])
    assert parts.composition_by_area.tolist() == pytest.approx([-0.25 * (0.6 - 0.75), 0.25 * (1 - 0.75)])
    moved = mean_ratio_shift_share([0.6, 1], [0.7, 1], [3, 1], [3, 1])
    assert moved.within_by_area.tolist() == pytest.approx([0.75 * 0.1, 0])
    assert (moved.first_mean, moved.last_mean) == pytest.approx((0.7, 0.775))


def test_each_group_has_its_own_part_within_the_gini():
    split = gini_decomposition([1, 2, 5, 6], None, ["country", "country", "town", "town"])
    assert split.groups["within"].sum() == pytest.approx(split.within)
    # Half the people twice: p^2 x mean/3.5 x gini.
    assert split.groups["within"].tolist() == pytest.approx(
        [0.25 * 1.5 / 3.5 * gini([1, 2]), 0.25 * 5.5 / 3.5 * gini([5, 6])]
    )
