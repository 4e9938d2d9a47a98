import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis.model.gap.panel import panel_convergence, pooled_convergence


@pytest.mark.parametrize("fitted", [panel_convergence, pooled_convergence])
def test_the_panels_error_is_the_textbooks_with_the_correction_it_states(fitted, panel, design_of, clustered):
    table = panel(areas=35)
    fit = fitted(table.sample(frac=1, random_state=1))
    outcome, regressor, others, codes = design_of(table, area_effects=fitted is panel_convergence)
    beta, se = clustered(outcome, regressor, others, codes.to_numpy())
    n, k = len(outcome), 1 + others.shape[1]
    assert (fit.n, fit.clusters, fit.gaps) == (n, 35, 0)
    assert fit.beta == pytest.approx(beta)
    assert fit.correction_factor == pytest.approx(35 / 34 * (n - 1) / (n - k))
    assert fit.se == pytest.approx(se * np.sqrt(fit.correction_factor))
    assert fit.p == pytest.approx(2 * stats.t.sf(abs(fit.t), 34))
    assert np.isnan(fit.wild_p)
    assert fit.note == ""


def test_many_areas_take_the_wild_bootstrap_as_a_check_where_there_is_an_rng(panel):
    table = panel(areas=35)
    plain, checked = panel_convergence(table), panel_convergence(table, rng=np.random.default_rng(6), repetitions=499)
    assert (checked.beta, checked.se, checked.p) == (plain.beta, plain.se, plain.p)
    assert checked.wild_low < checked.beta < checked.wild_high
    # With many clusters the two tests agree: beta is far from 0 here.
    assert checked.wild_p == pytest.approx(1 / 500)
    assert checked.p < 1 / 500
    assert "a check beside" in checked.note
    assert (np.isnan(plain.wild_p), plain.note) == (True, "")


def test_the_bias_of_area_effects_is_nickells_and_the_bounds_enclose_the_truth(panel):
    # Nickell 1981, exact for rho 0.8 and T 10: the approximation gives -(1.8)/9 = -0.2, the whole formula -0.218.
    rho, years = 0.8, 10
    table = panel(areas=250, years=years, rho=rho, seed=7)
    fit = panel_convergence(table)
    mean_part = 1 - (1 - rho**years) / (years * (1 - rho))
    exact = -(1 + rho) / (years - 1) * mean_part / (1 - 2 * rho / ((1 - rho) * (years - 1)) * mean_part)
    assert fit.beta - (rho - 1) == pytest.approx(exact, abs=0.03)
    assert fit.nickell_bias == pytest.approx(-(1 + (1 + fit.beta)) / (years - 1))
    assert pooled_convergence(table).speed < -np.log(rho) < fit.speed
    assert np.isnan(pooled_convergence(table).nickell_bias)


def test_fewer_than_six_areas_give_coefficients_and_nothing_else(panel, design_of, clustered):
    table = panel(areas=5)
    fit = panel_convergence(table, rng=np.random.default_rng(0))
    outcome, regressor, others, codes = design_of(table)
    assert fit.beta == pytest.approx(clustered(outcome, regressor, others, codes.to_numpy())[0])
    assert np.isnan([fit.se, fit.t, fit.p, fit.wild_p, fit.wild_low]).all()
    assert "no inference" in fit.note


def test_a_year_that_is_missing_is_bridged_by_nothing_and_counted(panel):
    table = panel(areas=8)
    holed = table[~((table["area"] == "a003") & (table["year"] == 2013))]
    fit, whole = panel_convergence(holed), panel_convergence(table)
    assert (whole.n - fit.n, fit.gaps, whole.gaps) == (2, 1, 0)
    assert "no rng" in fit.note
    with pytest.raises(ValueError, match="stands twice: a000, 2010"):
        panel_convergence(pd.concat([table, table.iloc[[0]]]))


def test_a_control_enters_the_panel_with_its_year(panel):
    table = panel(areas=31, noise=0.001)
    push = np.random.default_rng(1).normal(size=len(table))
    table = table.assign(spending=push).sort_values(["area", "year"])
    # Growth of a year is exactly half of what is above the area's level, and 0.2 of that year's spending.
    logs = np.full(len(table), 6.0)
    for place in range(1, len(table)):
        if table["area"].iloc[place] == table["area"].iloc[place - 1]:
            logs[place] = 6 + 0.5 * (logs[place - 1] - 6) + 0.2 * table["spending"].iloc[place]
    fit = panel_convergence(table.assign(value=np.exp(logs)), controls=["spending"])
    assert fit.beta == pytest.approx(-0.5)
    assert fit.speed == pytest.approx(np.log(2))


def test_few_areas_take_the_wild_bootstrap_and_the_same_seed_gives_the_same_numbers(panel):
    table = panel(areas=10, seed=5)
    once, again = (panel_convergence(table, rng=np.random.default_rng(6), repetitions=499) for _ in range(2))
    assert once == again
    assert once.wild_low < once.beta < once.wild_high
    assert 0 < once.wild_p <= 1


def test_importing_the_module_does_not_load_statsmodels():
    code = "import sys, analysis.model.gap.panel; sys.exit('statsmodels' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_a_panel_without_two_years_in_a_row_is_refused(panel):
    table = panel(areas=8)
    with pytest.raises(ValueError, match="no area has two years that follow each other"):
        panel_convergence(table[table["year"] % 2 == 0])
    # 8 areas and 2 years: 8 observations, and as many coefficients of areas alone.
    with pytest.raises(ValueError, match="8 observations are too few for 9 coefficients and an error"):
        panel_convergence(table[table["year"] < 2012])


def test_what_a_panel_lacks_or_cannot_be_is_named(panel):
    table = panel(areas=8)
    table.loc[3, "value"] = np.nan
    with pytest.raises(ValueError, match=r"^missing: value; leave those rows out and count them"):
        panel_convergence(table)
    with pytest.raises(ValueError, match=r"^missing: year, value; "):
        panel_convergence(table.assign(year=table["year"].where(table["area"] != "a001")))
    table.loc[3, "value"] = -2
    with pytest.raises(ValueError, match="above zero; the smallest is -2"):
        panel_convergence(table)


def test_a_panel_says_its_effects_its_correction_and_why_there_is_no_inference(panel):
    full = "variance x G/(G-1) x (N-1)/(N-K), K with all fixed effects; p from t(G-1)"
    for areas, correction, note in (
        (5, "none: no inference", "5 clusters, fewer than 6: no inference, coefficients only"),
        (6, full, "6 clusters, fewer than 30: needs a wild bootstrap, and has no rng"),
        (30, full, ""),
    ):
        table = panel(areas=areas)
        fit, pooled = panel_convergence(table), pooled_convergence(table)
        assert (fit.effects, pooled.effects) == ("area and year", "year")
        assert (fit.correction, fit.note) == (pooled.correction, pooled.note) == (correction, note)
    few = panel_convergence(panel(areas=8), rng=np.random.default_rng(1), repetitions=99)
    assert few.note == ""
    many = panel_convergence(panel(areas=30), rng=np.random.default_rng(1), repetitions=99)
    assert many.note == "30 clusters: the wild bootstrap is a check beside the cluster-robust p"


def test_the_pooled_panel_draws_its_own_bootstrap(panel):
    table = panel(areas=8)
    once, again = (pooled_convergence(table, rng=np.random.default_rng(2), repetitions=99) for _ in range(2))
    assert (once.wild_p, once.wild_low, once.wild_high) == (again.wild_p, again.wild_low, again.wild_high)
    assert 100 * once.wild_p == pytest.approx(round(100 * once.wild_p))  # one more than 99 draws


def test_two_years_of_growth_have_a_bias_and_one_has_none_to_speak_of(panel):
    two = panel_convergence(panel(areas=8, years=2))
    assert two.nickell_bias == pytest.approx(-(2 + two.beta) / (2 - 1))
    assert np.isnan(pooled_convergence(panel(areas=8, years=1)).nickell_bias)
