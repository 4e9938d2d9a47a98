import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from analysis.model.quantiles import StreamingQuantiles

amounts = st.floats(-1e12, 1e12, allow_subnormal=False)
tables = arrays.arrays(float, st.tuples(st.integers(1, 60), st.integers(1, 4)), elements=amounts)


def streamed(table, cuts=(), bins=64):
    found = StreamingQuantiles(table.shape[1], bins)
    for block in np.split(table, sorted(cut % (len(table) + 1) for cut in cuts)):
        found.add(block)
    return found


@given(tables, st.lists(st.integers(0, 60), max_size=5), st.floats(0, 1))
def test_a_quantile_lies_within_its_bound_of_the_exact_one(table, cuts, share):
    found = streamed(table, cuts)
    exact = np.quantile(table, share, axis=0)
    # numpy's own interpolation is exact to a few last digits of the largest number.
    dust = 4 * np.finfo(float).eps * np.abs(table).max(axis=0)
    assert (np.abs(found.quantile(share) - exact) <= found.bound + dust).all()


@given(tables)
def test_the_bound_is_a_small_part_of_the_range(table):
    ranges, bound = np.ptp(table, axis=0), streamed(table).bound
    digits = np.finfo(float).eps * np.abs(table).max(axis=0)
    assert (bound <= np.maximum(ranges / 63, digits)).all()
    assert (bound[ranges == 0] == 0).all()


@given(tables, st.lists(st.integers(0, 60), max_size=5), st.randoms(use_true_random=False))
def test_neither_blocks_nor_order_change_what_is_found(table, cuts, random):
    rows = list(range(len(table)))
    random.shuffle(rows)
    whole, parts = streamed(table), streamed(table[rows], cuts)
    for share in (0, 0.1, 0.5, 0.9, 1):
        assert np.array_equal(whole.quantile(share), parts.quantile(share))
    assert np.array_equal(whole.bound, parts.bound)


def test_the_ends_are_the_smallest_and_the_largest():
    table = np.array([[3.0, -1.0], [7.5, -1.0], [4.0, -1.0]])
    found = streamed(table)
    assert abs(found.quantile(0) - [3.0, -1.0]).max() <= found.bound.max()
    assert abs(found.quantile(1) - [7.5, -1.0]).max() <= found.bound.max()


def test_numbers_of_very_different_size_share_no_bins():
    table = np.random.default_rng(1).lognormal(10, 2, (5000, 3)) * [1e-6, 1, 1e6]
    found = streamed(table, range(500, 5000, 500), bins=1024)
    relative = np.abs(found.quantile(0.5) - np.quantile(table, 0.5, axis=0)) / np.ptp(table, axis=0)
    assert relative.max() < 1 / 1023


@pytest.mark.parametrize(
    ("block", "said"),
    [(np.ones((2, 3)), "allowed: \\(rows, 2\\)"), (np.ones(2), "allowed"), (np.array([[1.0, np.nan]]), "not finite")],
)
def test_a_block_that_has_no_place_is_refused(block, said):
    with pytest.raises(ValueError, match=said):
        StreamingQuantiles(2).add(block)


def test_a_share_outside_and_no_rows_are_refused():
    with pytest.raises(ValueError, match="of 0 rows"):
        StreamingQuantiles(1).quantile(0.5)
    with pytest.raises(ValueError, match="allowed: 0 to 1"):
        streamed(np.ones((1, 1))).quantile(1.1)
    with pytest.raises(ValueError, match="a power of two"):
        StreamingQuantiles(1, 1000)
