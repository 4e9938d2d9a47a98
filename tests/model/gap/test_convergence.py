import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis.model.gap.convergence import NOT_CLOSING, beta_convergence, log_gap_decay, sigma_convergence

YEARS = np.arange(2015, 2025)


def decaying(lam, noise=0.0):
    errors = np.random.default_rng(3).normal(0, noise, YEARS.size) if noise else 0
    return 1 - 0.4 * np.exp(-lam * (YEARS - 2015) + errors)


def test_an_exact_exponential_gap_gives_its_half_life_and_its_closing_year():
    fit = log_gap_decay(YEARS[::-1], decaying(np.log(2) / 14)[::-1])
    assert fit.half_life_years == pytest.approx(14)
    assert (fit.n, fit.first_year, fit.last_year, fit.note) == (10, 2015, 2024, "")
    assert np.exp(fit.a) == pytest.approx(0.4)
    # The gap of 2015 is 0.4: 0.1 is two half-lives on.
    assert fit.closing_year(0.9) == pytest.approx(2015 + 28)
    assert fit.closing_year(0.5) == 2024
    with pytest.raises(ValueError, match="below 1"):
        fit.closing_year(1)


def test_the_error_of_the_decay_is_newey_wests_with_one_lag():
    ratio = decaying(0.05, 0.1)
    fit = log_gap_decay(YEARS, ratio)
    x = np.column_stack([np.ones(10), YEARS - 2015.0])
    y = np.log(1 - ratio)
    bread = np.linalg.inv(x.T @ x)
    scores = x * (y - x @ (bread @ x.T @ y))[:, None]
    # Newey and West 1987: lag 1 has the weight 1 - 1/2.
    cross = scores[1:].T @ scores[:-1]
    se = np.sqrt((bread @ (scores.T @ scores + 0.5 * (cross + cross.T)) @ bread)[1, 1])
    assert fit.lam_se == pytest.approx(se)
    assert (fit.lam_high - fit.lam_low) / 2 == pytest.approx(se * stats.t.ppf(0.95, 8))
    assert fit.lam_low < fit.lam < fit.lam_high


@pytest.mark.parametrize("ratio", [decaying(0), decaying(-0.02), decaying(0.005, 0.2)])
def test_a_gap_that_does_not_surely_narrow_is_not_closing(ratio):
    fit = log_gap_decay(YEARS, ratio)
    assert fit.note == NOT_CLOSING
    assert np.isnan(fit.closing_year(0.9))
    assert np.isnan(fit.half_life_years) == (fit.lam < 1e-9)


def test_unified_years_are_refused_and_not_dropped():
    with pytest.raises(
        ValueError, match=r"2 ratios are 1 or more: unified years are an absorbing state.*counted apart"
    ):
        log_gap_decay([1, 2, 3, 4, 5], [0.7, 0.8, 0.9, 1, 1.02])
    for years, ratio, words in [
        ([1, 2], [0.7, 0.8], "three"),
        ([1, 2, 2], [0.7] * 3, "twice"),
        ([1, 2, 3], [0.7, 0.8, np.nan], "missing"),
    ]:
        with pytest.raises(ValueError, match=words):
            log_gap_decay(years, ratio)


def test_sigma_falls_by_what_the_path_was_built_with():
    start = np.log(np.array([300.0, 500, 800]))
    rows = [
        (area, year, np.exp(start.mean() + (start[area] - start.mean()) * (1 - 0.1 * year) + 0.05 * year))
        for area in range(3)
        for year in range(5)
    ]
    fit = sigma_convergence(
        pd.DataFrame(rows, columns=["area", "year", "value"]).sample(frac=1, random_state=1), ddof=1
    )
    assert fit.by_year["sigma"].tolist() == pytest.approx([start.std(ddof=1) * (1 - 0.1 * year) for year in range(5)])
    assert fit.slope == pytest.approx(-0.1 * start.std(ddof=1))
    assert (fit.balanced, fit.ddof, fit.by_year["areas"].tolist()) == (True, 1, [3] * 5)
    assert np.isnan([fit.slope_low, fit.slope_high]).all()


def test_the_band_of_sigma_resamples_whole_areas(panel):
    table = panel(areas=6, years=3).iloc[1:]
    fit = sigma_convergence(table, rng=np.random.default_rng(5), repetitions=400)
    assert not fit.balanced
    assert fit.by_year["areas"].tolist() == [5, 6, 6, 6]
    wide = np.log(table.pivot(index="area", columns="year", values="value"))
    times = np.random.default_rng(5).multinomial(6, [1 / 6] * 6, size=400)
    drawn = np.array([wide.to_numpy()[np.repeat(np.arange(6), row)] for row in times])
    sigmas = np.nanstd(drawn, axis=1)
    assert fit.by_year["low"].tolist() == pytest.approx(np.nanpercentile(sigmas, 5, axis=0), abs=1e-7)
    slopes = [np.polyfit(range(4), row, 1)[0] for row in sigmas if not np.isnan(row).any()]
    assert [fit.slope_low, fit.slope_high] == pytest.approx(np.percentile(slopes, [5, 95]), abs=1e-9)


@pytest.mark.parametrize("speed", [0.02, 0.15])
@pytest.mark.parametrize("annualised", [True, False])
def test_a_path_built_with_a_speed_gives_it_back_however_growth_is_measured(speed, annualised):
    # ln y_T = e^{-BT} ln y_0 + constant, so annualised b = -(1 - e^{-BT})/T and total b = -(1 - e^{-BT}).
    first = np.geomspace(300, 900, 12)
    last = np.exp(np.exp(-speed * 9) * np.log(first) + 3 + np.tile([0.01, -0.02, 0.01], 4))
    last *= (first / 500) ** -np.polyfit(np.log(first), np.tile([0.01, -0.02, 0.01], 4), 1)[0]
    fit = beta_convergence(first, last, 9, annualised=annualised)
    assert fit.b == pytest.approx(-(1 - np.exp(-speed * 9)) / (9 if annualised else 1))
    assert fit.speed == pytest.approx(speed)
    assert fit.nls_speed == pytest.approx(speed, rel=1e-4)
    assert fit.half_life_years == pytest.approx(np.log(2) / speed)


def line_of_areas():
    """Return 25 areas at the start and five years on, and the line behind their fit: x, y and the inverse of x'x."""
    rng = np.random.default_rng(2)
    first = np.exp(rng.normal(6, 0.3, 25))
    last = np.exp(0.7 * np.log(first) + 2 + rng.normal(0, 0.05, 25))
    x, y = np.column_stack([np.ones(25), np.log(first)]), np.log(last / first) / 5
    bread = np.linalg.inv(x.T @ x)
    return first, last, x, y, bread


def test_the_error_of_beta_is_hc3_and_carries_over_to_the_speed():
    first, last, x, y, bread = line_of_areas()
    fit = beta_convergence(first, last, 5)
    # MacKinnon and White 1985: each residual over one less its leverage.
    scores = x * ((y - x @ (bread @ x.T @ y)) / (1 - np.einsum("ij,jk,ik->i", x, bread, x)))[:, None]
    se = np.sqrt((bread @ scores.T @ scores @ bread)[1, 1])
    assert fit.b_se == pytest.approx(se)
    up, down = (-np.log(1 + (fit.b + step) * 5) / 5 for step in (1e-6, -1e-6))
    assert fit.speed_se == pytest.approx(se * abs(up - down) / 2e-6, rel=1e-5)
    total = beta_convergence(first, last, 5, annualised=False)
    assert (total.speed, total.speed_se) == pytest.approx((fit.speed, fit.speed_se))


def test_classes_with_levels_of_their_own_converge_only_once_they_are_controlled_for():
    rng = np.random.default_rng(4)
    classes = np.repeat(["1", "2", "3"], 10)
    level = np.repeat([6.0, 6.5, 7.0], 10)
    first = np.exp(level + rng.normal(0, 0.1, 30))
    last = np.exp(level + np.exp(-0.1 * 5) * (np.log(first) - level) + 0.2)
    assert beta_convergence(first, last, 5).speed < 0.02
    conditional = beta_convergence(first, last, 5, controls=pd.DataFrame({"class of area": classes}))
    assert conditional.speed == pytest.approx(0.1)
    assert conditional.nls_speed == pytest.approx(0.1, rel=1e-4)


def test_areas_that_change_places_or_drift_apart_have_no_speed_and_no_half_life():
    first = np.geomspace(300, 900, 8)
    swapped = beta_convergence(first, first[::-1] ** 1.5, 5)
    assert np.isnan([swapped.speed, swapped.nls_speed, swapped.half_life_years]).all()
    apart = beta_convergence(first, first**1.2, 5)
    assert apart.speed == pytest.approx(-np.log(1.2) / 5)
    assert np.isnan(apart.half_life_years)
    with pytest.raises(ValueError, match="one value"):
        beta_convergence([500] * 8, first, 5)
    with pytest.raises(ValueError, match="above zero"):
        beta_convergence([0, *first[1:]], first, 5)


def test_importing_the_module_does_not_load_statsmodels():
    code = "import sys, analysis.model.gap.convergence; sys.exit('statsmodels' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_what_no_slope_of_sigma_can_be_drawn_through_is_refused(panel):
    table = panel(areas=4, years=3)
    with pytest.raises(ValueError, match="three years at least, not 2"):
        sigma_convergence(table[table["year"] < 2012])
    sparse = table[(table["year"] != 2012) | (table["area"] == "a000")]
    with pytest.raises(ValueError, match="no more than 1 areas in 2012: too few for ddof 1"):
        sigma_convergence(sparse, ddof=1)
    assert sigma_convergence(sparse).by_year["areas"].tolist() == [4, 4, 1, 4]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"last": [500] * 7}, r"same areas are needed, not shapes \(8,\) and \(7,\)"),
        ({"first": [[500] * 8]}, r"same areas are needed, not shapes \(1, 8\) and \(8,\)"),
        ({"last": [*range(500, 507), np.nan]}, "none may be missing"),
        ({"last": [*range(500, 507), -1]}, "above zero"),
        ({"first": [*range(300, 307), np.inf]}, "none may be missing"),
        ({"years": 0}, "span must be above zero, not 0 years"),
        ({"years": -5}, "span must be above zero, not -5 years"),
        ({"controls": pd.DataFrame({"x": range(7)})}, "controls need 8 rows and no missing value"),
        ({"controls": pd.DataFrame({"x": [*range(7), np.nan]})}, "controls need 8 rows and no missing value"),
        ({"first": [300, 400], "last": [500, 510]}, "2 observations are too few for 2 coefficients"),
    ],
)
def test_what_no_speed_can_be_fitted_to_is_refused(change, words):
    given = {"first": [*range(300, 308)], "last": [*range(500, 508)], "years": 5} | change
    with pytest.raises(ValueError, match=words):
        beta_convergence(**given)


def test_a_frame_of_controls_without_a_column_changes_nothing():
    first, last = np.geomspace(300, 900, 8), np.geomspace(400, 950, 8)
    assert beta_convergence(first, last, 5, controls=pd.DataFrame(index=range(8))) == beta_convergence(first, last, 5)


def test_a_speed_that_the_non_linear_fit_does_not_find_is_left_open(monkeypatch):
    def lost(*_, **__):
        raise RuntimeError("no minimum within the evaluations")

    monkeypatch.setattr("analysis.model.gap.convergence.optimize.curve_fit", lost)
    fit = beta_convergence(np.geomspace(300, 900, 8), np.geomspace(400, 950, 8), 5)
    assert np.isnan([fit.nls_speed, fit.nls_speed_se]).all()
    assert fit.speed > 0


def test_the_error_of_the_non_linear_speed_is_that_of_the_line_under_equal_variances():
    first, last, x, y, bread = line_of_areas()
    fit = beta_convergence(first, last, 5)
    residual = y - x @ (bread @ x.T @ y)
    # The model is linear in b, so that the error of B is that of b over |db/dB| = e^(-BT).
    se = np.sqrt(residual @ residual / 23 * bread[1, 1]) / np.exp(-fit.speed * 5)
    assert fit.nls_speed_se == pytest.approx(se, rel=1e-3)
    assert (fit.n, fit.years, fit.annualised) == (25, 5, True)


def test_the_slope_of_sigma_has_newey_wests_error_and_students_p(panel):
    fit = sigma_convergence(panel(areas=12, years=8))
    x = np.column_stack([np.ones(9), np.arange(9.0)])
    y = fit.by_year["sigma"].to_numpy()
    bread = np.linalg.inv(x.T @ x)
    scores = x * (y - x @ (bread @ x.T @ y))[:, None]
    cross = scores[1:].T @ scores[:-1]
    se = np.sqrt((bread @ (scores.T @ scores + 0.5 * (cross + cross.T)) @ bread)[1, 1])
    assert fit.slope_se == pytest.approx(se)
    assert fit.slope_p == pytest.approx(2 * stats.t.sf(abs(fit.slope / se), 7))
    assert fit.repetitions == 0


def test_the_band_of_sigma_lies_between_its_percentiles_for_a_sample_too(panel):
    table = panel(areas=6, years=3)
    fit = sigma_convergence(table, ddof=1, rng=np.random.default_rng(5), repetitions=400)
    wide = np.log(table.pivot(index="area", columns="year", values="value")).to_numpy()
    times = np.random.default_rng(5).multinomial(6, [1 / 6] * 6, size=400)
    sigmas = np.array([np.std(wide[np.repeat(np.arange(6), row)], axis=0, ddof=1) for row in times])
    for column, percentile in (("low", 5), ("high", 95)):
        assert fit.by_year[column].tolist() == pytest.approx(np.percentile(sigmas, percentile, axis=0), abs=1e-7)
    assert fit.repetitions == 400
    for rng, repetitions in ((None, 400), (np.random.default_rng(5), 0)):
        bare = sigma_convergence(table, ddof=1, rng=rng, repetitions=repetitions)
        assert bare.by_year[["low", "high"]].isna().all(axis=None)
        assert bare.repetitions == 0


def test_a_year_that_a_resample_misses_has_no_sigma_in_it(panel):
    table = panel(areas=4, years=3)
    sparse = table[(table["year"] != 2012) | table["area"].isin(["a000", "a001"])]
    fit = sigma_convergence(sparse, ddof=1, rng=np.random.default_rng(1), repetitions=300)
    assert fit.by_year["low"].notna().all()
    wide = np.log(sparse.pivot(index="area", columns="year", values="value")).to_numpy()
    times = np.random.default_rng(1).multinomial(4, [1 / 4] * 4, size=300)
    drawn = [wide[np.repeat(np.arange(4), row), 2] for row in times]
    drawn = [np.std(logs[~np.isnan(logs)], ddof=1) for logs in drawn if (~np.isnan(logs)).sum() > 1]
    assert fit.by_year["high"][2] == pytest.approx(np.percentile(drawn, 95), abs=1e-7)


def test_three_years_are_enough_and_small_values_are_values(panel):
    assert log_gap_decay([1, 2, 3], [0.5, 0.6, 0.7]).n == 3
    small = panel(areas=8, years=2)
    small = small.assign(value=small["value"] / 10_000)
    assert (small["value"] < 1).all()
    assert len(sigma_convergence(small).by_year) == 3
    first, last = np.geomspace(0.3, 0.9, 8), np.geomspace(0.4, 0.95, 8)
    assert beta_convergence(first, last, 1).speed == pytest.approx(beta_convergence(100 * first, 100 * last, 1).speed)
    assert beta_convergence(first, last, 0.5).years == 0.5


@pytest.mark.parametrize(
    ("years", "ratio", "words"),
    [
        ([1, 2, 3], [0.7, 0.8, 0], "^ratios must be above zero, and no year or ratio may be missing$"),
        ([1, 2, 3], [0.7, 0.8, -0.1], "^ratios must be above zero, and no year or ratio may be missing$"),
        ([1, 2, np.nan], [0.7, 0.8, 0.9], "^ratios must be above zero, and no year or ratio may be missing$"),
        ([1, 2, 3], [0.7, 0.8, 1], "^1 ratios are 1 or more: unified years .* must be counted apart, not fitted$"),
        ([1, 2, 2, 3], [0.7] * 4, "^year 2 stands twice$"),
        ([1, 2], [0.7, 0.8], "^a decay needs three years at least, not 2$"),
    ],
)
def test_a_decay_is_refused_in_a_sentence(years, ratio, words):
    with pytest.raises(ValueError, match=words):
        log_gap_decay(years, ratio)


def test_a_target_is_a_ratio_above_nothing_and_below_one():
    fit = log_gap_decay(YEARS, decaying(0.05))
    for target in (0, 1, -0.5, 1.5):
        with pytest.raises(ValueError, match=f"^a target ratio lies above 0 and below 1, not at {target:g}$"):
            fit.closing_year(target)
    assert fit.closing_year(0.01) == 2024


def test_a_value_of_nothing_is_refused_and_so_are_areas_without_a_distance():
    table = pd.DataFrame({"area": ["a"] * 3, "year": [1, 2, 3], "value": [1.0, 0, 2]})
    with pytest.raises(ValueError, match="^values must be above zero; the smallest is 0$"):
        sigma_convergence(table)
    first = np.geomspace(300, 900, 8)
    with pytest.raises(ValueError, match="^all areas start from one value: there is nothing to catch up with$"):
        beta_convergence([500] * 8, first, 5)
    with pytest.raises(ValueError, match="^values must be above zero, and none may be missing$"):
        beta_convergence(first, [0, *first[1:]], 5)
