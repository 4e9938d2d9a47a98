from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analysis.model.drivers import back_test, forecast_series, models, pooled_drift_sd
from analysis.model.drivers.draws import blended_correlation, draw_drivers, error_correlation
from analysis.model.drivers.pool import WIDEST, inflation_factor, pool_cdf, pool_quantile, pool_weights

YEARS = np.arange(2007, 2024)
# General public budget expenditure of Guangdong 2007-2023, 100 million yuan (data/guangdong, nbs-expenditure).
BUDGET = np.array([
    3159.57, 3778.57, 4334.37, 5421.54, 6712.4, 7387.86, 8411.0, 9152.64, 12827.8,
    13446.09, 15037.48, 15729.26, 17297.85, 17430.79, 18247.01, 18533.08, 18527.03,
])  # fmt: skip


@pytest.fixture(scope="module")
def budget():
    return forecast_series(YEARS, BUDGET, 3)


@pytest.fixture(scope="module")
def short():
    return forecast_series(YEARS[-7:], BUDGET[-7:], 3, pooled_sd=0.06)


def folds_of(**errors):
    rows = [
        {"origin_year": 2010 + k, "horizon": 1, "model": model, "error": error, "scale": 1.0, "dropped": ""}
        for model, each in errors.items()
        for k, error in enumerate(each)
    ]
    return pd.DataFrame(rows)


# Weights


def test_weights_by_hand():
    # Mean squares 4 and 1: by 1 / MSE 0.2 and 0.8, half-way to equal 0.35 and 0.65; the third does not beat drift.
    folds = folds_of(drift=[2, -2, 2, -2], better=[1, 1, -1, -1], worse=[3, 3, 3, 3])
    assert pool_weights(folds, ["drift", "better", "worse"]) == pytest.approx(
        {"drift": 0.35, "better": 0.65, "worse": 0.0}
    )


def test_a_tie_is_not_a_win():
    folds = folds_of(drift=[2.0, -2, 2, -2], copy=[1.99999, -2, 2, -2])
    assert pool_weights(folds, ["drift", "copy"]) == {"drift": 1.0, "copy": 0.0}


def test_under_four_folds_weights_are_equal():
    folds = folds_of(drift=[2, -2, 2], worse=[3, 3, 3])
    assert pool_weights(folds, ["drift", "worse"]) == {"drift": 0.5, "worse": 0.5}


def test_a_model_is_compared_on_the_folds_that_it_has_and_needs_four():
    folds = folds_of(drift=[9, 1, 1, 1, 1], lucky=[0.1, 2, 2, 2, 2], scarce=[0.1] * 5)
    folds.loc[(folds["model"] == "lucky") & (folds["origin_year"] == 2010), "dropped"] = "failed"
    folds.loc[(folds["model"] == "scarce") & (folds["origin_year"] < 2012), "dropped"] = "failed"
    assert pool_weights(folds, ["drift", "lucky", "scarce"]) == {"drift": 1.0, "lucky": 0.0, "scarce": 0.0}


# The pool


def test_the_quantile_of_two_normals_far_apart_by_hand():
    # A quarter of the mass near 0, the rest near 100: the 5/8 quantile is the median of the second.
    found = pool_quantile([0.125, 0.625], [0.25, 0.75], [[0.0, 0.0], [100.0, 100.0]], np.ones((2, 2)), [np.inf, np.inf])
    assert found == pytest.approx([0, 100], abs=1e-8)


def test_the_quantile_of_one_part_is_its_own():
    found = pool_quantile(0.9, [1.0], [[1.0, 2.0]], [[3.0, 4.0]], [5])
    assert found == pytest.approx(stats.t(5, [1, 2], [3, 4]).ppf(0.9))


@given(
    st.floats(0.001, 0.999),
    st.floats(0.01, 0.99),
    st.tuples(st.floats(-5, 5), st.floats(-5, 5)),
    st.tuples(st.floats(0.01, 5), st.floats(0.01, 5)),
)
def test_the_quantile_inverts_the_distribution(probability, weight, centres, scales):
    parts = [weight, 1 - weight], np.array(centres)[:, None], np.array(scales)[:, None], [4, 12]
    assert pool_cdf(pool_quantile(probability, *parts), *parts) == pytest.approx([probability], abs=1e-7)


@pytest.mark.parametrize("probability", [0, 1, -0.1, np.nan])
def test_a_probability_of_0_or_1_is_refused(probability, budget):
    with pytest.raises(ValueError, match="above 0 and below 1"):
        budget.quantile(probability)


def test_mean_and_sd_of_the_pool_are_those_of_the_mixture(budget):
    kept = [(weight, budget.forecasts[name]) for name, weight in budget.weights.items()]
    assert sum(weight for weight, _ in kept) == pytest.approx(1)
    assert len([weight for weight, _ in kept if weight > 0]) > 1
    mean = sum(weight * each.mean for weight, each in kept)
    square = sum(w * ((budget.inflation * f.sd) ** 2 * f.df / (f.df - 2) + f.mean**2) for w, f in kept)
    assert budget.mean == pytest.approx(mean)
    assert budget.sd**2 == pytest.approx(square - mean**2)


def test_quantiles_are_in_the_series_own_unit_and_of_the_shape_asked(budget):
    assert budget.quantile(0.5).shape == (3,)
    low, middle, high = budget.quantile([[0.1], [0.5], [0.9]])
    assert (low < middle).all()
    assert (middle < high).all()
    assert np.log(middle) == pytest.approx(budget.mean, abs=0.05)
    assert (low > 15_000).all()
    assert (high < 35_000).all()


def test_the_real_budget_is_forecast_with_every_part(budget):
    assert set(budget.weights) == set(models.allowed_models(17))
    assert "robust_drift" in budget.forecasts
    assert budget.weights["arima_010"] == 0
    assert budget.band == "estimated"
    assert budget.last_year == 2023
    assert budget.one_step_errors.index.tolist() == list(range(2015, 2024))
    assert budget.scores.groupby("model")["folds"].max().eq(9).all()
    assert budget.coverage["intervals"].tolist() == [24, 24]


def test_past_bands_too_narrow_widen_the_next_ones():
    z = stats.norm.ppf((np.arange(40) + 0.5) / 40)
    assert inflation_factor(lambda factor: stats.norm.cdf(z / factor)) == 1
    assert inflation_factor(lambda factor: stats.norm.cdf(2 * z / factor)) == pytest.approx(2, abs=0.15)
    assert inflation_factor(lambda factor: stats.norm.cdf(2 * z[:15] / factor)) == 1
    assert inflation_factor(lambda factor: np.ones(30)) == WIDEST


def test_inflation_reaches_the_quantiles(budget):
    low, high = np.log(budget.quantile([[0.1], [0.9]]))
    wider = np.log(replace(budget, inflation=2.0).quantile([[0.1], [0.9]]))
    assert (wider[0] < low).all()
    assert (wider[1] > high).all()


def test_a_model_that_fails_leaves_the_pool_and_its_reason_stays(monkeypatch):
    def failing(values, horizon, log=True):
        raise models.NotConverged("no maximum")

    monkeypatch.setitem(models.MODELS, "damped_ets", failing)
    found = forecast_series(YEARS[:9], BUDGET[:9], 1)
    assert models.Dropped("damped_ets", "no maximum") in found.dropped
    assert found.weights == pytest.approx(dict.fromkeys(["drift", "arima_010", "local_level"], 1 / 3))


def test_a_model_lost_on_the_way_is_told(monkeypatch):
    real = models.MODELS["local_level"]

    def moody(values, horizon, log=True):
        if len(values) == 8:
            raise models.NotConverged("too flat")
        return real(values, horizon, log)

    monkeypatch.setitem(models.MODELS, "local_level", moody)
    found = forecast_series(YEARS[:10], BUDGET[:10], 1)
    assert found.dropped == (models.Dropped("local_level", "at 1 of 2 origins of the back-test: too flat"),)


# Short series, gaps


def test_seven_points_allow_drift_alone_and_no_band():
    found = forecast_series(YEARS[:7], BUDGET[:7], 2)
    assert found.weights == {"drift": 1.0}
    assert found.band == "not estimated"
    assert np.isnan(found.sd).all()
    assert found.folds.empty
    with pytest.raises(ValueError, match="pooled_sd"):
        found.quantile(0.5)


def test_peers_lend_their_sd(short):
    assert short.band == "pooled"
    assert short.sd**2 == pytest.approx(0.06**2 * np.array([1 + 1 / 6, 2 + 4 / 6, 3 + 9 / 6]))
    assert np.log(short.quantile(0.975)) == pytest.approx(short.mean + 1.959964 * short.sd, rel=1e-6)


def test_pooled_sd_by_hand():
    # Steps 1, 3 about 2 and 0, 6, 0 about 2: squares 2 + 24, over 1 + 2.
    assert pooled_drift_sd([[0, 1, 4], [1, 1, 7, 7]], log=False) == pytest.approx(np.sqrt(26 / 3))
    with pytest.raises(ValueError, match="three values"):
        pooled_drift_sd([[1, 2]])


def test_eight_points_have_equal_weights_for_want_of_folds():
    found = forecast_series(YEARS[:8], BUDGET[:8], 1)
    assert set(found.weights.values()) == {1 / len(found.weights)}
    assert found.coverage["verdict"].tolist() == ["too few to judge"] * 2
    assert (found.sd > 0).all()


@pytest.mark.parametrize(
    ("years", "words"),
    [
        (np.delete(np.arange(2007, 2025), 4), "no value for 2011, and none is filled in"),
        ([*range(2007, 2014), *range(2016, 2026)], "no value for 2014, 2015, and"),
        ([*YEARS[:16], 2022], "each once"),
        (YEARS[::-1], "ascend"),
        (YEARS + 0.5, "whole"),
        (YEARS[1:], "16 years and 17 values"),
    ],
)
def test_years_that_do_not_follow_one_another_are_refused(years, words):
    with pytest.raises(ValueError, match=words):
        forecast_series(years, BUDGET, 1)


def test_a_straight_line_is_refused_by_name():
    with pytest.raises(ValueError, match="drift cannot be estimated"):
        forecast_series(YEARS, np.exp(np.arange(17) * 0.1), 1)


def test_another_unit_multiplies_the_quantiles():
    factor = 1e4
    here, there = (forecast_series(YEARS[:12], BUDGET[:12] * scale, 2) for scale in (1.0, factor))
    probabilities = [[0.1], [0.5], [0.9]]
    assert there.quantile(probabilities) == pytest.approx(factor * here.quantile(probabilities), rel=1e-3)
    assert there.mean - here.mean == pytest.approx(np.log(factor), abs=1e-3)


# Draws


@settings(max_examples=20)
@given(st.integers(0, 2**32))
def test_same_seed_same_draws_and_another_driver_leaves_them_alone(seed):
    one = forecast_series(YEARS[-7:], BUDGET[-7:], 2, pooled_sd=0.06)
    alone = draw_drivers({"budget": one}, seed, 20)
    joined = draw_drivers({"other": one, "budget": one}, seed, 20)
    assert alone.shape == (20, 1, 2)
    assert np.array_equal(alone, draw_drivers({"budget": one}, seed, 20))
    assert np.array_equal(alone[:, 0], joined[:, 1])
    assert not np.array_equal(joined[:, 0], joined[:, 1])
    assert np.array_equal(joined, draw_drivers({"other": one, "budget": one}, seed, 20, np.eye(2)))


def test_draws_have_the_marginals_the_correlation_and_the_path_asked(budget, short):
    drawn = draw_drivers({"a": budget, "b": short}, 7, 20_000, [[1, 0.6], [0.6, 1]])
    for position, each in enumerate((budget, short)):
        asked = [[0.1], [0.5], [0.9]]
        assert np.quantile(drawn[:, position], [0.1, 0.5, 0.9], axis=0) == pytest.approx(each.quantile(asked), rel=0.01)
    for ahead in range(3):
        rank = stats.spearmanr(drawn[:, 0, ahead], drawn[:, 1, ahead]).statistic
        assert rank == pytest.approx(6 / np.pi * np.arcsin(0.3), abs=0.02)
    assert np.corrcoef(np.log(drawn[:, 1]).T)[0] == pytest.approx([1, np.sqrt(1 / 2), np.sqrt(1 / 3)], abs=0.02)


def test_the_order_of_the_drivers_does_not_matter(budget, short):
    correlation = np.array([[1, 0.6], [0.6, 1]])
    here = draw_drivers({"a": budget, "b": short}, 7, 50, correlation)
    there = draw_drivers({"b": short, "a": budget}, 7, 50, correlation)
    assert here == pytest.approx(there[:, ::-1], rel=1e-9)


def test_draws_without_band_with_two_horizons_or_a_bad_correlation_are_refused(budget, short):
    with pytest.raises(ValueError, match="gdp: 7 points give no band"):
        draw_drivers({"gdp": forecast_series(YEARS[:7], BUDGET[:7], 3)}, 1, 5)
    with pytest.raises(ValueError, match=r"one horizon, and theirs are \[1, 3\]"):
        draw_drivers({"a": budget, "b": forecast_series(YEARS[:7], BUDGET[:7], 1, pooled_sd=0.1)}, 1, 5)
    with pytest.raises(ValueError, match="symmetric"):
        draw_drivers({"a": budget, "b": short}, 1, 5, [[1, 2], [2, 1]])
    with pytest.raises(ValueError, match="a row for each driver"):
        draw_drivers({"a": budget, "b": short}, 1, 5, np.eye(3))
    wrong = np.array([[1, 0.9, -0.9], [0.9, 1, 0.9], [-0.9, 0.9, 1]])
    with pytest.raises(ValueError, match="blended_correlation makes it so"):
        draw_drivers({"a": short, "b": short, "c": short}, 1, 5, wrong)


# Correlation


def test_half_the_sample_and_half_the_prior_and_the_prior_alone_where_the_sample_is_silent():
    sample = np.array([[1, 0.8, np.nan], [0.8, 1, 0.2], [np.nan, 0.2, 1]])
    prior = np.array([[1, 0.4, 0.3], [0.4, 1, 0], [0.3, 0, 1]])
    expected = np.array([[1, 0.6, 0.3], [0.6, 1, 0.1], [0.3, 0.1, 1]])
    assert blended_correlation(sample, prior) == pytest.approx(expected)


@given(st.lists(st.floats(-1, 1), min_size=6, max_size=6), st.lists(st.floats(-1, 1), min_size=6, max_size=6))
def test_a_blended_correlation_is_semidefinite_with_unit_diagonal(first, second):
    def matrix(entries):
        upper = np.zeros((4, 4))
        upper[np.triu_indices(4, 1)] = entries
        return upper + upper.T + np.eye(4)

    blended = blended_correlation(matrix(first), matrix(second))
    assert np.linalg.eigvalsh(blended).min() > -1e-9
    assert np.diag(blended).tolist() == [1.0] * 4
    assert np.array_equal(blended, blended.T)


def test_errors_of_two_series_correlate_over_the_years_they_share(budget):
    errors = budget.one_step_errors
    other = replace(budget, one_step_errors=-errors.loc[2018:])
    scarce = replace(budget, one_step_errors=errors.loc[2021:])
    found = error_correlation({"a": budget, "b": other, "c": scarce})
    assert found.at["a", "b"] == pytest.approx(-1)
    assert np.isnan(found.at["a", "c"])
    assert np.diag(found).tolist() == [1, 1, 1]


def test_the_pool_was_tested_on_the_folds_it_shows(budget):
    again = back_test.rolling_origin(pd.Series(BUDGET, index=YEARS), ["drift"])
    mine = budget.folds[budget.folds["model"] == "drift"].reset_index(drop=True)
    assert mine["predicted"].to_numpy() == pytest.approx(again["predicted"].to_numpy())
