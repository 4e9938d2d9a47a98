import numpy as np
import pandas as pd
import pytest

from analysis.model.gap.bootstrap import wild_cluster_bootstrap


@pytest.mark.parametrize(("areas", "weights"), [(8, "Webb"), (12, "Rademacher")])
def test_the_wild_bootstrap_is_a_refit_of_every_draw(areas, weights, panel, design_of, clustered):
    outcome, regressor, others, codes = design_of(panel(areas=areas, years=5, rho=0.95, seed=11))
    codes, null, draws = pd.factorize(codes)[0], -0.45, 200
    test = wild_cluster_bootstrap(
        outcome, regressor, codes, others, rng=np.random.default_rng(8), repetitions=draws, null=null
    )
    points = np.sqrt([0.5, 1, 1.5]) if weights == "Webb" else np.ones(1)
    signs = np.random.default_rng(8).choice([*-points, *points], size=(draws, areas))
    beta, se = clustered(outcome, regressor, others, codes)
    fitted = others @ np.linalg.lstsq(others, outcome - null * regressor, rcond=None)[0] + null * regressor
    refits = [clustered(fitted + row[codes] * (outcome - fitted), regressor, others, codes) for row in signs]
    as_far = sum(abs((b - null) / e) >= abs((beta - null) / se) * (1 - 1e-9) for b, e in refits)
    assert test.p == pytest.approx((1 + as_far) / (1 + draws))
    assert 0.02 < test.p < 0.98
    assert test.t == pytest.approx((beta - null) / se / np.sqrt(areas / (areas - 1)))
    assert (test.weights, test.clusters) == (weights, areas)


def test_the_interval_holds_what_the_wild_test_does_not_reject(panel, design_of):
    outcome, regressor, others, codes = design_of(panel(areas=15, years=6))
    arguments = (outcome, regressor, codes, others)
    whole = wild_cluster_bootstrap(*arguments, rng=np.random.default_rng(1), repetitions=999)
    width = whole.high - whole.low
    for null, kept in [
        (whole.low - 0.05 * width, False),
        (whole.low + 0.05 * width, True),
        (whole.high - 0.05 * width, True),
        (whole.high + 0.05 * width, False),
    ]:
        test = wild_cluster_bootstrap(*arguments, rng=np.random.default_rng(1), repetitions=999, null=null)
        assert (test.p > 0.05) == kept


def test_a_regressor_that_the_others_explain_is_refused():
    with pytest.raises(ValueError, match="explain the regressor wholly"):
        wild_cluster_bootstrap([1, 2, 3.0], [1, 1, 1.0], [0, 1, 2], np.ones((3, 1)), rng=np.random.default_rng(0))


def test_one_cluster_and_no_residual_are_told_apart():
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match="needs two clusters at least"):
        wild_cluster_bootstrap([1, 2, 4.0], [1, 3, 2.0], [0, 0, 0], np.ones((3, 1)), rng=rng)
    regressor, others = np.array([1.0, 3, 2, 5, 4, 7]), np.ones((6, 1))
    exact = wild_cluster_bootstrap(2 * regressor + 1, regressor, [0, 0, 1, 1, 2, 2], others, rng=rng, repetitions=99)
    # Without a residual the interval is the estimate, whatever a processor leaves in the last digits.
    assert exact.coefficient == pytest.approx(2)
    assert (exact.low, exact.high) == pytest.approx((2, 2))
    assert exact.p == 0.01


def test_a_test_of_two_clusters_rejects_nothing_on_either_side():
    # With two clusters, null imposed, no draw is ever far enough out to leave fewer than a twentieth beyond it.
    outcome, regressor = np.array([1.0, 2.5, 2, 4, 3, 6.5]), np.array([1.0, 3, 2, 5, 4, 7])
    test = wild_cluster_bootstrap(
        outcome, regressor, [0, 0, 0, 1, 1, 1], np.ones((6, 1)), rng=np.random.default_rng(0), repetitions=199
    )
    assert (test.low, test.high) == (-np.inf, np.inf)
    assert (test.weights, test.clusters) == ("Webb", 2)


def test_what_cannot_be_tested_is_refused_in_a_sentence():
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match="^a cluster bootstrap needs two clusters at least$"):
        wild_cluster_bootstrap([1, 2, 4.0], [1, 3, 2.0], [0, 0, 0], np.ones((3, 1)), rng=rng)
    # Of any size, and whatever the outcome is.
    for scale in (1e-6, 1.0, 1e6):
        for outcome in ([0.0, 0, 0, 0], [1e9, -1e9, 5, 2]):
            with pytest.raises(
                ValueError, match="^the other columns explain the regressor wholly: its coefficient is not ident"
            ):
                wild_cluster_bootstrap(outcome, [scale] * 4, [0, 0, 1, 1], np.ones((4, 1)), rng=rng)


def test_an_interval_is_known_to_a_thousandth_of_the_standard_error_and_scales_with_the_outcome(panel, design_of):
    outcome, regressor, others, codes = design_of(panel(areas=15, years=6))
    one, small = (
        wild_cluster_bootstrap(
            factor * outcome, regressor, codes, others, rng=np.random.default_rng(1), repetitions=299
        )
        for factor in (1, 1e-6)
    )
    assert (small.low, small.high) == pytest.approx((1e-6 * one.low, 1e-6 * one.high), rel=1e-2)
    assert small.p == one.p


def test_without_a_null_the_coefficient_is_tested_against_nothing(panel, design_of):
    outcome, regressor, others, codes = design_of(panel(areas=8, years=5))
    plain, at_zero = (
        wild_cluster_bootstrap(outcome, regressor, codes, others, rng=np.random.default_rng(1), repetitions=99, **null)
        for null in ({}, {"null": 0.0})
    )
    assert plain == at_zero
