"""That a path over blocks of draws, with like areas costed as one, is the path of every area and draw at once."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.inputs.parameters.assumption import Assumption
from analysis.model import cost
from analysis.model.pathway import along, policy_floors
from analysis.model.pathway.alike import Alike
from analysis.model.pathway.kept import Kept
from analysis.model.standards import lift_rural, next_in_force

DRAWS = 500
LAST_DIGITS = 1e-12
STATED = {
    "low_income_edge_persons": 200_000,
    "low_income_edge_benefit_yuan_month": 100,
    "disability_living_persons": 90_000,
}


@pytest.fixture(scope="module")
def with_optional(case):
    """Return the case with the programmes on that share people out over the whole province."""
    plain = case.assumptions["tekun_deviation"].model_dump()
    more = {
        name: Assumption.model_validate(
            plain | {"unit": "persons", "low": value, "central": value, "high": 2 * value, "drawn": True}
        )
        for name, value in STATED.items()
    }
    scenario = case.scenario.model_copy(update={"assumptions": case.assumptions | more})
    return replace(case, scenario=scenario)


@pytest.mark.parametrize("which", ["case", "with_optional"])
def test_one_year_of_a_path_is_the_year_of_every_area_and_draw_at_once(request, evidence_june, which):
    case = request.getfixturevalue(which)
    money = along(case, policy_floors(evidence_june, case, 1), draws=DRAWS).money.iloc[0]
    extra = case.evaluate(case.draw(DRAWS))["extra"].sum(axis=1)
    for level in (10, 50, 90):
        assert money[f"extra_p{level}"] == pytest.approx(np.quantile(extra, level / 100), rel=LAST_DIGITS)
    central = case.evaluate({name: np.array([value]) for name, value in case.central().items()})
    assert money["extra"] == central["extra"].sum()


def test_areas_costed_as_one_cost_what_they_cost_apart(case, five_years):
    together = along(case, five_years, Fraction(17, 20), draws=DRAWS)
    apart = along(case, five_years, Fraction(17, 20), draws=DRAWS, by_area=True)
    assert len(Alike(case.cells).places["urban"]) < (case.cells["residence"] == "urban").sum(), "nothing is alike here"
    assert np.allclose(together.money, apart.money, rtol=LAST_DIGITS, atol=0)
    assert np.allclose(together.share, apart.share, rtol=LAST_DIGITS, atol=0)
    assert np.array_equal(together.reached, apart.reached, equal_nan=True)
    assert together.standards.equals(apart.standards)


def test_an_area_that_differs_in_one_figure_stands_for_itself(case):
    merged = Alike(case.cells)
    places = merged.places["rural"]
    alone = case.cells.copy()
    like = [place for place in np.flatnonzero(case.cells["residence"] == "rural") if place not in places]
    assert like
    alone.loc[like[0], "tekun_yuan_month"] = 12_345.0
    assert len(Alike(alone).places["rural"]) == len(places) + 1


def test_people_alone_keep_no_two_areas_apart(case):
    other = case.cells.assign(population_persons=case.cells["population_persons"].to_numpy()[::-1])
    assert np.array_equal(Alike(other).places["rural"], Alike(case.cells).places["rural"])


def test_what_an_earlier_costing_left_changes_no_digit(case_of, evidence_june):
    kept = Kept()
    for name, overrides in (
        ("baseline", None),
        ("rural80", None),
        ("rural80", {"assumptions.follow_share.central": 0.5}),
        ("baseline", {"assumptions.response_share.central": 0.5}),
        ("baseline", {"policy.round_urban.step_yuan": 5}),
        ("baseline", {"seed": 1}),
        ("baseline", None),
    ):
        case = case_of(name, overrides)
        floors = policy_floors(evidence_june, case, 3)
        fresh, reused = along(case, floors, draws=DRAWS), along(case, floors, draws=DRAWS, kept=kept)
        assert fresh.money.equals(reused.money), (name, overrides)
        assert fresh.share.equals(reused.share), (name, overrides)


def test_more_than_can_be_kept_is_costed_block_by_block_to_the_same_digit(case, five_years, monkeypatch):
    whole = along(case, five_years, draws=DRAWS)
    monkeypatch.setattr("analysis.model.pathway.draws.KEPT_NUMBERS", 0)
    assert along(case, five_years, draws=DRAWS).money.equals(whole.money)


def test_the_size_of_a_block_changes_no_digit(case, five_years, monkeypatch):
    whole = along(case, five_years, draws=DRAWS)
    monkeypatch.setattr(cost, "BLOCK_NUMBERS", 100)
    assert along(case, five_years, draws=DRAWS).money.equals(whole.money)


@pytest.mark.parametrize("count", [1, 2, 3, 7, 100, 5001])
@pytest.mark.parametrize("width", [1, 45, 9000, 60_000])
def test_blocks_cover_all_rows_and_none_has_one_row_alone(count, width):
    found = list(cost.blocks(count, width))
    assert [row for here in found for row in range(count)[here]] == list(range(count))
    assert count == 1 or min(here.stop - here.start for here in found) >= 2


def test_each_areas_range_is_within_its_bound(case, evidence_june):
    found = along(case, policy_floors(evidence_june, case, 1), draws=DRAWS, by_area=True).by_area.set_index("area_code")
    extra = case.evaluate(case.draw(DRAWS))["extra"]
    for code, line in found.iterrows():
        own = extra[:, (case.cells["area_code"] == code).to_numpy()].sum(axis=1)
        for level in (10, 50, 90):
            assert abs(line[f"extra_p{level}"] - np.quantile(own, level / 100)) <= line["extra_bound"], code
        assert line["extra_bound"] <= np.ptp(own) / 1000


yuan = st.integers(0, 100_000).map(float) | st.integers(0, 9_999_999).map(lambda cents: cents / 100)


@given(
    st.lists(st.tuples(yuan, st.integers(1, 100_000), st.integers(1, 100_000)), min_size=1, max_size=4),
    st.floats(0, 1),
    st.sampled_from([1, 5, 10, 0.5]),
)
def test_a_rise_by_binary_fractions_is_the_rise_by_whole_numbers(cells, follow, step):
    now, minimum, following = (np.array(column, float) for column in zip(*cells, strict=True))
    columns = {"minimum_yuan_month": minimum, "next_minimum_yuan_month": following}
    found = cost.risen(columns, now[None, :], {"follow_share": np.array([[follow]])}, step)
    assert np.array_equal(found, next_in_force(now[None, :], minimum, following, [[follow]], step))


def test_amounts_too_large_for_binary_fractions_are_risen_by_whole_numbers():
    rng = np.random.default_rng(7)
    minimum = rng.integers(1_000_000, 20_000_000, 4000).astype(float)
    following = minimum + rng.integers(0, 1_000_000, 4000)
    columns = {"minimum_yuan_month": minimum, "next_minimum_yuan_month": following}
    found = cost.risen(columns, minimum[None, :], {"follow_share": np.array([[1.0]])}, 1)
    assert np.array_equal(found[0], following)


@given(
    st.lists(st.tuples(yuan, yuan), min_size=1, max_size=4),
    st.fractions(0, 1, max_denominator=10_000),
    st.sampled_from([1, 5, 0.5]),
)
def test_a_lift_by_binary_fractions_is_the_lift_by_whole_numbers(cells, share, step):
    rural, urban = (np.array([column], float) for column in zip(*cells, strict=True))
    assert np.array_equal(cost.lifted(rural, urban, share, step), lift_rural(rural, urban, share, step))
