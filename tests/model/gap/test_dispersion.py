import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.model.gap.decomposition import gini_decomposition, theil_decomposition
from analysis.model.gap.dispersion import (
    coefficient_of_variation,
    concentration_index,
    gini,
    max_min_ratio,
    percentile_ratio,
    real_ratio,
    sigma,
    theil_l,
    theil_t,
)

MEASURES = [coefficient_of_variation, sigma, gini, theil_t, theil_l]
areas = st.lists(
    st.tuples(st.floats(50, 5000), st.integers(0, 40), st.sampled_from("abc"), st.sampled_from(["town", "country"])),
    min_size=1,
    max_size=12,
).filter(lambda rows: any(weight for _, weight, _, _ in rows))


def columns(rows):
    values, weights, outer, inner = zip(*rows, strict=True)
    return np.array(values), np.array(weights), np.array(outer), np.array(inner)


def test_two_values_by_hand():
    # y = 1, 3, so mu = 2: T = (0.5 ln 0.5 + 1.5 ln 1.5)/2, L = (ln 2 - ln 1.5)/2.
    assert theil_t([1, 3]) == pytest.approx((0.5 * np.log(0.5) + 1.5 * np.log(1.5)) / 2, abs=1e-15)
    assert theil_l([1, 3]) == pytest.approx((np.log(2) - np.log(1.5)) / 2, abs=1e-15)
    assert coefficient_of_variation([1, 3]) == 0.5
    assert sigma([1, 3]) == pytest.approx(np.log(3) / 2)
    assert sigma([1, 3], ddof=1) == pytest.approx(np.log(3) / np.sqrt(2))
    assert max_min_ratio([1, 3]) == 3


@pytest.mark.parametrize("n", [1, 2, 7, 100])
def test_the_gini_of_1_to_n_is_n_less_1_over_3n(n):
    # sum over pairs of |i - j| is n(n-1)(n+1)/3 and mu is (n+1)/2, so G = (n-1)/(3n).
    assert gini(np.arange(1, n + 1)) == pytest.approx((n - 1) / (3 * n), abs=1e-14)


def test_a_lognormal_has_both_theils_at_half_its_log_variance():
    # Closed form: T = L = s^2/2 and G = 2 Phi(s/sqrt 2) - 1 = 0.2763 at s = 0.5; n = 10^6 leaves errors near 3e-4.
    values = np.exp(np.random.default_rng(1).normal(0, 0.5, 1_000_000))
    assert theil_t(values) == pytest.approx(0.125, abs=1e-3)
    assert theil_l(values) == pytest.approx(0.125, abs=1e-3)
    assert gini(values) == pytest.approx(0.27633, abs=1e-3)


def test_percentiles_are_values_of_areas_and_follow_the_weights():
    assert percentile_ratio(np.arange(1, 11)) == 9
    assert percentile_ratio(np.arange(1, 12)) == 10 / 2
    assert percentile_ratio([100, 200, 300], [1, 18, 1]) == 1
    assert percentile_ratio([100, 200, 300], [0, 1, 1]) == 1.5


@given(areas)
def test_gini_is_the_sum_over_pairs_of_its_definition(rows):
    values, weights, _, _ = columns(rows)
    pairs = np.outer(weights, weights) * np.abs(np.subtract.outer(values, values))
    mean = weights @ values / weights.sum()
    assert gini(values, weights) == pytest.approx(pairs.sum() / (2 * mean * weights.sum() ** 2), abs=1e-12)


@pytest.mark.parametrize("value", [0.1, 593.9, 860])
def test_equal_values_have_no_dispersion_at_all(value):
    values, weights, groups = [value] * 7, [3, 1, 4, 1, 5, 9, 2.6], list("aabbccc")
    assert [measure(values, weights) for measure in MEASURES] == [0] * 5
    split, parts = theil_decomposition(values, weights, groups), gini_decomposition(values, weights, groups)
    assert (split.t_within, split.t_between, split.l_within, split.l_between) == (0, 0, 0, 0)
    assert (parts.total, parts.within, parts.between, parts.overlap) == (0, 0, 0, 0)
    assert percentile_ratio(values, weights) == 1


@given(areas, st.sampled_from([0.01, 3, 12]), st.integers(2, 3), st.randoms())
def test_scale_order_and_duplicates_leave_every_measure_alone(rows, factor, copies, random):
    values, weights, outer, _ = columns(rows)
    mixed = random.sample(range(len(rows)), len(rows))
    for measure in [*MEASURES, percentile_ratio]:
        plain = measure(values, weights)
        assert measure(values * factor, weights) == pytest.approx(plain, abs=1e-12)
        assert measure(values[mixed], weights[mixed]) == pytest.approx(plain, abs=1e-12)
        assert measure(np.tile(values, copies), np.tile(weights, copies)) == pytest.approx(plain, abs=1e-12)
        # A weight is a count of persons: so many rows of one person each.
        assert measure(np.repeat(values, weights)) == pytest.approx(plain, abs=1e-12)
    split, again = (
        gini_decomposition(values, weights, outer),
        gini_decomposition(values[mixed] * factor, weights[mixed], outer[mixed]),
    )
    assert again.overlap == pytest.approx(split.overlap, abs=1e-12)


@pytest.mark.parametrize("measure", [*MEASURES, percentile_ratio])
def test_what_cannot_be_measured_is_refused_in_words(measure):
    for values, weights, words in [
        ([600, 0], None, "above zero"),
        ([600, -1], None, "above zero"),
        ([600, np.nan], None, "missing"),
        ([], None, "one row"),
        ([600, 700], [1, -1], "zero or more"),
        ([600, 700], [0, 0], "all zero"),
        ([600, 700], [1], "as many weights"),
    ]:
        with pytest.raises(ValueError, match=words):
            measure(values, weights)
    assert measure([600, 700, 800], [1, 1, 0]) == pytest.approx(measure([600, 700]))


def test_a_sample_deviation_counts_areas_not_persons():
    assert sigma([1, 3], [500, 500], ddof=1) == pytest.approx(sigma([1, 3], ddof=1))
    with pytest.raises(ValueError, match="not 1"):
        sigma([1, 3], [0, 5], ddof=1)


def test_a_real_ratio_moves_with_the_relative_price_of_the_town():
    assert real_ratio([0.75], 1.10, 1.05).item() == pytest.approx(0.75 * 1.10 / 1.05)
    assert real_ratio([0.75], 1.08, 1.08).item() == 0.75
    with pytest.raises(ValueError, match="indices"):
        real_ratio([0.75], 0, 1)


@given(areas)
def test_a_gain_ranked_by_itself_is_concentrated_by_its_gini(rows):
    values, weights, _, _ = columns(rows)
    assert concentration_index(values, weights, values) == pytest.approx(gini(values, weights), abs=1e-12)
    assert concentration_index(values, weights, -values) == pytest.approx(-gini(values, weights), abs=1e-12)


def test_a_gain_of_the_poorest_alone_is_concentrated_on_them():
    # One of n alike gains: C = 1/n - 1 for the poorest (midpoint ranks).
    assert concentration_index([8, 0, 0, 0], None, [1, 2, 3, 4]) == pytest.approx(-0.75)
    assert concentration_index([8, 0, 0, 0], None, [5, 5, 5, 5]) == 0
    assert np.isnan(concentration_index([0, 0], [1, 2], [1, 2]))
    with pytest.raises(ValueError, match="negative"):
        concentration_index([1, -1], None, [1, 2])


def test_a_gain_needs_as_many_ranks_and_a_weight_a_number():
    with pytest.raises(ValueError, match="2 gains need as many values to rank by, not 3"):
        concentration_index([1, 2], None, [1, 2, 3])
    with pytest.raises(ValueError, match="values to rank by are missing in 1 places"):
        concentration_index([1, 2], None, [1, np.nan])
    with pytest.raises(ValueError, match="gains are missing in 1 places"):
        concentration_index([1, np.nan], None, [1, 2])
    with pytest.raises(ValueError, match="none may be missing"):
        gini([1, 2], [1, np.nan])
    with pytest.raises(ValueError, match=r"2 values need as many weights, not shape \(2, 1\)"):
        gini([1, 2], [[1], [2]])


def test_the_largest_over_the_smallest_and_prices_that_fell():
    assert max_min_ratio([2, 3, 6]) == 3
    assert real_ratio([0.75], 0.9, 0.8).item() == pytest.approx(0.75 * 0.9 / 0.8)
    for urban, rural in ((0, 1), (1, 0), (-1, 1), (1, -1)):
        with pytest.raises(ValueError, match="^price indices must be above zero$"):
            real_ratio([0.75], urban, rural)


def test_a_mean_gain_of_one_yuan_is_a_gain():
    assert concentration_index([2, 0], None, [1, 2]) == pytest.approx(-0.5)


def test_what_is_missing_is_counted_and_refused_in_a_sentence():
    for call, words in (
        (lambda: gini([1, np.nan, 2, np.inf]), "values are missing in 2 places: leave out and count them"),
        (lambda: gini([1, 2], [1, -1]), "weights must be zero or more, and none may be missing"),
        (lambda: gini([1, 2], [0, 0]), "weights are all zero"),
        (lambda: sigma([1, 3], [0, 5], ddof=1), "a standard deviation with ddof 1 needs 2 areas with a weight, not 1"),
    ):
        with pytest.raises(ValueError, match=f"^{words}$"):
            call()
