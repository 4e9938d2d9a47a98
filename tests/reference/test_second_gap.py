"""Gap statistics against the second implementation, on random standards and weights."""

from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.model import gap
from analysis.model.gap import convergence, decomposition, dispersion
from reference.by_hand import gap as by_hand

yuan = st.decimals("100", "2500", places=2)
count = st.integers(1, 2_000_000)
areas = st.lists(st.tuples(yuan, count, st.sampled_from("NEW")), min_size=2, max_size=21)
pairs = st.lists(st.tuples(yuan, yuan), min_size=1, max_size=8)


def close(found, expected):
    return found == pytest.approx(float(expected), rel=1e-10, abs=1e-12)


def columns(rows):
    return zip(*rows, strict=True)


@given(pairs=pairs)
def test_the_gap_of_every_year(pairs):
    years = range(2010, 2010 + len(pairs))
    table = gap.gap_table(
        pd.DataFrame(
            [
                ("A", year, side, float(value))
                for year, pair in zip(years, pairs, strict=True)
                for side, value in zip(("urban", "rural"), pair, strict=True)
            ],
            columns=["area_code", "year", "residence", "value_yuan_month"],
        )
    )
    exact = [(Fraction(urban), Fraction(rural)) for urban, rural in pairs]
    for row, pair in zip(table.itertuples(), exact, strict=True):
        assert close(row.rural_urban_ratio, by_hand.ratio(*pair))
        assert close(row.gap_yuan_month, by_hand.absolute(*pair))
        assert close(row.relative_gap, by_hand.relative(*pair))
        assert close(row.log_gap, by_hand.log_gap(*pair))
        closed = by_hand.closed_share(by_hand.ratio(*exact[0]), by_hand.ratio(*pair))
        assert np.isnan(row.closed_share) if closed is None else row.closed_share == pytest.approx(float(closed), 1e-6)
    growth = gap.growth_split([float(rural) for _, rural in pairs], [float(urban) for urban, _ in pairs])
    for step, (then, now) in enumerate(pairwise(exact)):
        expected = by_hand.growth_of_ratio(*then, *now)
        for name, value in zip(("rural_growth", "urban_growth", "ratio_growth"), expected, strict=True):
            assert close(growth[name][step], value)


@given(yuan, st.integers(5_000, 60_000))
def test_adequacy(standard, consumption):
    assert close(gap.adequacy(float(standard), consumption), by_hand.adequacy(Fraction(standard), consumption))


@given(areas)
def test_dispersion(rows):
    values, weights, _ = columns(rows)
    exact, floats = [Fraction(value) for value in values], [float(value) for value in values]
    whole = [Fraction(weight) for weight in weights]
    for found, expected in (
        (dispersion.coefficient_of_variation, by_hand.cv),
        (dispersion.gini, by_hand.gini),
        (dispersion.theil_t, by_hand.theil),
        (dispersion.theil_l, by_hand.mld),
    ):
        assert close(found(floats, weights), expected(exact, whole))
        assert close(found(floats), expected(exact, [Fraction(1)] * len(exact)))


@given(areas)
def test_decomposition(rows):
    values, weights, names = columns(rows)
    exact, floats = [Fraction(value) for value in values], [float(value) for value in values]
    whole = [Fraction(weight) for weight in weights]
    theil = decomposition.theil_decomposition(floats, weights, names)
    for found, expected in zip(
        (theil.t_within, theil.t_between), by_hand.theil_parts(exact, whole, names), strict=True
    ):
        assert close(found, expected)
    for found, expected in zip((theil.l_within, theil.l_between), by_hand.mld_parts(exact, whole, names), strict=True):
        assert close(found, expected)
    split = decomposition.gini_decomposition(floats, weights, names)
    for found, expected in zip(
        (split.within, split.between, split.overlap), by_hand.gini_parts(exact, whole, names), strict=True
    ):
        assert close(found, expected)


@given(st.lists(st.tuples(yuan, yuan, count, count), min_size=1, max_size=12))
def test_the_change_of_the_mean_ratio(rows):
    then, now, weights_then, weights = columns(rows)
    exact = [[Fraction(value) / 1000 for value in values] for values in (then, now)]
    within, composition = by_hand.mean_ratio_change(
        exact[0], [Fraction(w) for w in weights_then], exact[1], [Fraction(w) for w in weights]
    )
    found = decomposition.mean_ratio_shift_share(
        *([float(value) / 1000 for value in values] for values in (then, now)), weights_then, weights
    )
    assert close(found.within, within)
    assert found.composition == pytest.approx(float(composition), abs=1e-9)


@given(st.decimals("0.4", "0.85", places=3), st.decimals("0.02", "0.4", places=3), st.integers(4, 12))
def test_a_gap_that_decays_at_one_speed(first, speed, years):
    """Without noise the fit must give the speed back, and the closing year the formula's."""
    ratios = [1 - (1 - float(first)) * float(np.exp(-float(speed) * t)) for t in range(years)]
    fit = convergence.log_gap_decay([2010 + t for t in range(years)], ratios)
    assert fit.lam == pytest.approx(float(speed), rel=1e-6)
    assert fit.half_life_years == pytest.approx(float(by_hand.half_life(Fraction(speed))), rel=1e-6)
    now, target = Fraction(ratios[-1]), (Fraction(ratios[-1]) + 1) / 2
    year = by_hand.closing_year(Decimal(2010 + years - 1), now, target, Fraction(speed))
    assert fit.closing_year(float(target)) == pytest.approx(float(year), rel=1e-6)
