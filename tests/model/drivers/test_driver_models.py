import subprocess
import sys
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.model.drivers import models
from analysis.model.drivers.models import Dropped, Forecast, allowed_models, drift, fit, fit_all, modelled, robust_drift

# General public budget expenditure of Guangdong 2007-2023, 100 million yuan (data/guangdong, nbs-expenditure).
BUDGET = [
    3159.57, 3778.57, 4334.37, 5421.54, 6712.4, 7387.86, 8411.0, 9152.64, 12827.8,
    13446.09, 15037.48, 15729.26, 17297.85, 17430.79, 18247.01, 18533.08, 18527.03,
]  # fmt: skip
WOBBLY = [2.0, 2.5, 2.1, 3.0, 2.2, 2.6, 3.3, 2.9, 3.4, 3.1]


def test_the_table_of_allowed_models():
    short, middle, long = allowed_models(7), allowed_models(8), allowed_models(15)
    assert short == ("drift",)
    assert middle == allowed_models(14) == ("drift", "damped_ets", "arima_010", "local_level")
    assert long == allowed_models(40) == (*middle, "arima_110", "local_linear_trend")


def test_drift_by_hand():
    # Differences 1, 3, 1, 3, 1, 3, 2: mean 2, squares about it 6, over n - 2 = 6 is 1.
    found = drift(np.cumsum([0, 1, 3, 1, 3, 1, 3, 2]), 3, log=False)
    assert found.mean == pytest.approx([16, 18, 20])
    assert found.sd**2 == pytest.approx([1 + 1 / 7, 2 + 4 / 7, 3 + 9 / 7])
    assert (found.df, found.n, found.horizon, found.model) == (6, 8, 3, "drift")


def test_one_year_of_shock_moves_drift_and_not_robust_drift():
    steps = np.array([1.0, 1.2, 0.8, 1.1, 0.9, 1.0, 1.05, -6.0])
    series = np.cumsum([0, *steps])
    assert robust_drift(series, 2, log=False).mean == pytest.approx(series[-1] + np.array([1.0, 2.0]))
    assert drift(series, 1, log=False).mean[0] < series[-1] + 0.2
    variance = np.sum((steps - 1) ** 2) / 7
    assert robust_drift(series, 1, log=False).sd[0] ** 2 == pytest.approx(variance * (1 + np.pi / 2 / 8))


def test_arima_010_with_a_constant_is_drift():
    by_likelihood, by_hand = fit("arima_010", BUDGET, 3), drift(BUDGET, 3)
    assert by_likelihood.mean == pytest.approx(by_hand.mean, abs=1e-4)
    assert by_likelihood.sd == pytest.approx(by_hand.sd, rel=1e-3)
    assert by_likelihood.df == by_hand.df


def test_arima_110_goes_on_as_its_equation_says():
    from statsmodels.tsa.statespace.sarimax import SARIMAX

    found = fit("arima_110", BUDGET, 3)
    plain = SARIMAX(np.log(BUDGET), order=(1, 1, 0), trend="c").fit(disp=0)
    assert found.mean == pytest.approx(plain.forecast(3), abs=1e-3)
    assert (found.sd > np.sqrt(plain.get_forecast(3).var_pred_mean)).all()
    assert found.df == 14


def test_a_damped_trend_is_damped_within_its_bounds_and_its_variance_is_the_library_s():
    import pandas as pd
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    series = pd.Series(models._standardised(np.log(BUDGET))[0])
    fitted = ETSModel(
        series, error="add", trend="add", damped_trend=True, bounds={"damping_trend": models.DAMPING}
    ).fit(disp=0)
    found = fit("damped_ets", BUDGET, 4)
    later = np.diff(found.mean)
    assert (later[1:] / later[:-1] >= 0.8 - 1e-9).all()
    assert (later[1:] / later[:-1] <= 0.98 + 1e-9).all()
    shape = fitted.get_prediction(17, 20).forecast_variance
    assert found.sd**2 / found.sd[0] ** 2 == pytest.approx(shape / shape[0], rel=1e-3)
    assert found.df == 12


def test_a_local_level_has_no_drift_and_a_linear_trend_has():
    level, trend = fit("local_level", BUDGET, 3), fit("local_linear_trend", BUDGET, 3)
    assert np.diff(level.mean) == pytest.approx([0, 0])
    steps = np.diff(trend.mean)
    assert steps[0] == pytest.approx(steps[1])
    assert steps[0] > 0.05
    assert (np.diff(trend.sd) > 0).all()


@pytest.mark.parametrize("model", models.MODELS)
def test_every_model_gives_a_widening_band_on_the_budget(model):
    found = fit(model, BUDGET, 3)
    assert isinstance(found, Forecast), found
    assert found.mean.shape == found.sd.shape == (3,)
    assert (np.diff(found.sd) > 0).all()
    assert found.df >= 12


@pytest.mark.parametrize("model", ["damped_ets", "local_level", "arima_110", "local_linear_trend"])
def test_a_model_that_does_not_converge_is_dropped_with_its_reason(model, monkeypatch):
    monkeypatch.setattr(models, "MAX_ITERATIONS", 0.1 if model == "damped_ets" else 1)
    found = fit(model, BUDGET, 2)
    assert isinstance(found, Dropped)
    assert found.model == model
    assert "not maximised" in found.reason or "converge" in found.reason


def test_a_warning_of_the_library_drops_the_model_and_is_quoted_and_a_deprecation_does_not(monkeypatch):
    def warning(category):
        def model(values, horizon, log=True):
            warnings.warn("mind this", category, stacklevel=1)
            return drift(values, horizon, log)

        return model

    monkeypatch.setitem(models.MODELS, "loud", warning(RuntimeWarning))
    monkeypatch.setitem(models.MODELS, "old", warning(FutureWarning))
    forecasts, dropped = fit_all(["loud", "old"], BUDGET, 1)
    assert dropped == (Dropped("loud", "mind this"),)
    assert list(forecasts) == ["old"]


def test_a_straight_line_leaves_nothing_to_estimate():
    forecasts, dropped = fit_all(tuple(models.MODELS), np.arange(10.0) * 0.1 + 3, 1, log=False)
    assert not forecasts
    assert {each.model for each in dropped} == set(models.MODELS)
    assert all("vary" in each.reason or "variance" in each.reason for each in dropped)


def test_under_eight_points_only_drift_speaks_and_without_a_band():
    seven = BUDGET[:7]
    assert np.isnan(drift(seven, 2).sd).all()
    assert drift(seven, 2, pooled_sd=0.1).sd ** 2 == pytest.approx([0.01 * (1 + 1 / 6), 0.01 * (2 + 4 / 6)])
    assert "needs 8 points" in fit("local_level", seven, 1).reason


@pytest.mark.parametrize(
    ("values", "words"),
    [([1.0], "two values"), ([1, 2, np.nan], "missing"), ([1, 0, 2], "above zero"), ([[1, 2]], "one row")],
)
def test_a_series_that_cannot_be_modelled_is_refused_and_not_dropped(values, words):
    with pytest.raises(ValueError, match=words):
        modelled(values)
    with pytest.raises(ValueError, match=words):
        fit("drift", values, 1)


def test_an_unknown_model_and_a_horizon_of_none_are_refused():
    with pytest.raises(ValueError, match="allowed: drift"):
        fit("prophet", BUDGET, 1)
    with pytest.raises(ValueError, match="1 year at least"):
        fit("drift", BUDGET, 0)


@settings(max_examples=15)
@given(st.sampled_from(list(models.MODELS)), st.floats(0.01, 1000))
def test_another_unit_shifts_the_logs_and_nothing_else(model, factor):
    here, there = fit(model, BUDGET[:12], 2), fit(model, np.array(BUDGET[:12]) * factor, 2)
    assert there.mean - here.mean == pytest.approx(np.log(factor), abs=1e-4)
    assert there.sd == pytest.approx(here.sd, rel=1e-3)


@settings(max_examples=10)
@given(st.sampled_from(["drift", "robust_drift", "arima_010", "local_level"]), st.floats(0.1, 50))
def test_rates_in_percent_or_as_fractions_give_the_same_forecast(model, factor):
    here, there = fit(model, WOBBLY, 2, log=False), fit(model, np.array(WOBBLY) * factor, 2, log=False)
    assert there.mean == pytest.approx(factor * here.mean, rel=1e-3)
    assert there.sd == pytest.approx(factor * here.sd, rel=1e-3)


def test_the_package_is_imported_without_statsmodels():
    code = "import sys, analysis.model.drivers; sys.exit('statsmodels' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
