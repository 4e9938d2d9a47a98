import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from analysis.model.drivers import models
from analysis.model.drivers.back_test import (
    bias,
    coverage,
    crps_normal,
    crps_sample,
    crps_student_t,
    interval_coverage,
    mae,
    mase,
    mase_of,
    pit,
    rmse,
    rolling_origin,
    scores,
    wilson_interval,
)
from analysis.model.drivers.models import drift

RATES = pd.Series([2.0, 2.5, 2.1, 3.0, 2.2, 2.6, 3.3, 2.9, 3.4, 3.1, 2.7], index=range(2010, 2021))
number = st.floats(-50, 50)


def integrated(distribution, actual):
    """The CRPS by its definition, in two halves."""
    below = integrate.quad(lambda x: distribution.cdf(x) ** 2, -np.inf, actual, limit=200)[0]
    return below + integrate.quad(lambda x: distribution.sf(x) ** 2, actual, np.inf, limit=200)[0]


def test_errors_by_hand():
    assert mae([1, -2, 3]) == 2
    assert rmse([1, -2, 2]) == pytest.approx(np.sqrt(3))
    assert bias([1, -2, 4]) == 1


def test_mase_by_hand():
    # Steps in training 2, -1, 3: naive error 2. Errors 1 and -2 are half of it and all of it.
    assert mase_of([7, 5], [6, 7], [1, 3, 2, 5]) == pytest.approx(0.75)
    assert mase([1, -2], [2, 4]) == pytest.approx(0.5)
    with pytest.raises(ValueError, match="did not move"):
        mase_of([7], [6], [3, 3, 3])


@given(st.lists(number, min_size=3, max_size=8), st.floats(0.1, 10))
def test_mase_does_not_depend_on_the_unit(training, factor):
    training = np.array([0, 1, *training])
    assert mase_of([2], [1], training) == pytest.approx(mase_of([2 * factor], [factor], factor * training))


def test_crps_of_a_normal_at_its_mean_and_by_integration():
    # At the mean of a standard normal: 2 phi(0) - 1 / sqrt(pi) (Gneiting and Raftery 2007).
    assert crps_normal(0, 1, 0) == pytest.approx((np.sqrt(2) - 1) / np.sqrt(np.pi))
    for mean, sd, actual in [(0, 1, 1.3), (2, 0.5, 1), (-1, 3, 4)]:
        assert crps_normal(mean, sd, actual) == pytest.approx(integrated(stats.norm(mean, sd), actual), abs=1e-7)


def test_crps_of_a_t_by_integration_and_of_an_infinite_one_is_the_normal_s():
    for df, mean, sd, actual in [(3, 0, 1, 0.4), (6, 2, 0.5, 1), (15, -1, 3, 4)]:
        assert crps_student_t(mean, sd, df, actual) == pytest.approx(
            integrated(stats.t(df, mean, sd), actual), abs=1e-6
        )
    both = crps_student_t(0, 1, [np.inf, 4], 0.7)
    assert both[0] == pytest.approx(crps_normal(0, 1, 0.7))
    assert both[1] != pytest.approx(both[0])


def test_crps_of_a_sample_by_hand():
    # Draws 1, 2, 4 and 3 came: mean distance 4/3; mean over nine pairs 2 (1 + 2 + 3) / 9 = 4/3, half of it off.
    assert crps_sample([4, 1, 2], 3) == pytest.approx(4 / 3 - 2 / 3)
    assert crps_sample([5], 3) == 2


def test_crps_of_many_draws_comes_near_the_closed_form():
    draws = stats.norm(1, 2).ppf((np.arange(4000) + 0.5) / 4000)
    assert crps_sample(draws, 2.5) == pytest.approx(float(crps_normal(1, 2, 2.5)), rel=1e-3)


@given(st.lists(number, min_size=1, max_size=20), number)
def test_crps_of_a_sample_is_its_definition_over_all_pairs_and_never_negative(draws, actual):
    x = np.array(draws)
    expected = np.abs(x - actual).mean() - np.abs(x[:, None] - x).mean() / 2
    assert crps_sample(draws, actual) == pytest.approx(expected, abs=1e-9)
    assert crps_sample(draws, actual) >= -1e-9


def test_wilson_of_8_in_10():
    assert wilson_interval(8, 10) == pytest.approx((0.490, 0.943), abs=5e-4)
    low, high = wilson_interval(0, 10)
    assert low == pytest.approx(0, abs=1e-12)
    # 0 of n: z^2 / (n + z^2).
    assert high == pytest.approx(1.959964**2 / (10 + 1.959964**2), abs=1e-6)
    assert wilson_interval(8, 10, 0.8)[0] > wilson_interval(8, 10)[0]
    with pytest.raises(ValueError):
        wilson_interval(0, 0)


def test_pit_and_coverage_by_hand():
    assert pit(1, 2, 1) == pytest.approx(0.5)
    assert pit(0, 1, 1.959964) == pytest.approx(0.975, abs=1e-6)
    assert pit(0, 1, 2.5706, 5) == pytest.approx(0.975, abs=1e-5)
    assert interval_coverage([1, 2, 3, 4], [1, 0, 4, 0], [2, 2, 5, 3]) == 0.5


@pytest.mark.parametrize(
    ("pits", "at_80", "at_95"),
    [
        (np.linspace(0.05, 0.95, 19), "too few to judge", "too few to judge"),
        ((np.arange(40) + 0.5) / 40, "nominal within", "nominal within"),
        ([0.001, 0.999] * 15, "too narrow", "too narrow"),
        ([0.5] * 100, "too wide", "too wide"),
        ([0.5] * 30, "too wide", "nominal within"),
        ([], "too few to judge", "too few to judge"),
    ],
)
def test_coverage_is_judged_from_twenty_intervals_on(pits, at_80, at_95):
    assert coverage(pits)["verdict"].tolist() == [at_80, at_95]


def test_a_fold_knows_only_what_was_known_then():
    folds = rolling_origin(RATES, "drift", log=False)
    # 11 points: three origins one year ahead, two at two years, one at three.
    assert folds.groupby("horizon").size().tolist() == [3, 2, 1]
    first = folds.iloc[0]
    known = drift(RATES.loc[:2017], 1, log=False)
    assert (first["origin_year"], first["target_year"], first["actual"]) == (2017, 2018, 3.4)
    assert first["predicted"] == pytest.approx(known.mean[0])
    assert first["sd"] == pytest.approx(known.sd[0])
    assert first["error"] == pytest.approx(3.4 - known.mean[0])
    assert first["scale"] == pytest.approx(np.mean([0.5, 0.4, 0.9, 0.8, 0.4, 0.7, 0.4]))
    changed = RATES.copy()
    changed.loc[2020] = 99.0
    other = rolling_origin(changed, "drift", log=False)
    assert other["predicted"].tolist() == folds["predicted"].tolist()


def test_scores_of_one_model_by_hand():
    folds = rolling_origin(RATES, ["drift", "local_level"], log=False)
    table = scores(folds).set_index(["model", "horizon"])
    one = folds[(folds["model"] == "drift") & (folds["horizon"] == 1)]
    row = table.loc[("drift", 1)]
    assert row["folds"] == 3
    assert row["mae"] == pytest.approx(one["error"].abs().mean())
    assert row["mase"] == pytest.approx((one["error"].abs() / one["scale"]).mean())
    assert row["crps"] == pytest.approx(
        np.mean([integrated(stats.t(r.df, r.predicted, r.sd), r.actual) for r in one.itertuples()]), abs=1e-6
    )
    assert row["intervals"] == 6
    assert row["verdict"] == "too few to judge"
    assert row["coverage_80_low"] <= row["coverage_80"] <= row["coverage_80_high"]


def test_series_stacked_can_be_judged():
    stacked = pd.concat([rolling_origin(RATES + k, "drift", log=False) for k in range(4)])
    assert scores(stacked)["intervals"].unique().tolist() == [24]
    assert scores(stacked)["verdict"].str.startswith("80 %: ").all()


def test_a_model_that_fails_at_an_origin_stays_in_the_folds_with_its_reason(monkeypatch):
    def moody(values, horizon, log=True):
        if len(values) == 9:
            raise models.NotConverged("not today")
        return drift(values, horizon, log)

    monkeypatch.setitem(models.MODELS, "moody", moody)
    folds = rolling_origin(RATES, ["moody"], log=False)
    lost = folds[folds["dropped"] != ""]
    assert lost["origin_year"].unique().tolist() == [2018]
    assert lost["dropped"].unique().tolist() == ["not today"]
    assert lost[["predicted", "error", "sd"]].isna().all(axis=None)
    table = scores(folds)
    assert table["folds"].tolist() == [2, 1, 1]
    assert table["dropped_folds"].tolist() == [1, 1, 0]
    assert table[["mae", "crps"]].notna().all(axis=None)


def test_a_gap_in_the_years_and_a_window_too_short_are_refused():
    with pytest.raises(ValueError, match="no value for 2014, and"):
        rolling_origin(RATES.drop(2014), "drift")
    with pytest.raises(ValueError, match="min_train is 5"):
        rolling_origin(RATES, "drift", min_train=5)


def test_eight_points_leave_nothing_to_test():
    folds = rolling_origin(RATES.iloc[:8], "drift", log=False)
    assert folds.empty
    assert scores(folds).empty
