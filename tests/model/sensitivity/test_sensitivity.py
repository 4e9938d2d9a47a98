from decimal import Decimal
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from analysis.inputs.parameters.assumption import Assumption
from analysis.inputs.scenario import read_scenario
from analysis.model.caseload import between_counts
from analysis.model.results import KEY
from analysis.model.sensitivity import sobol, tornado, widths
from analysis.model.sensitivity.alternatives import allocations, responses
from analysis.model.sensitivity.requests import (
    affordability_flips,
    crossing,
    envelope_loss,
    regret_of_not_knowing,
    what_to_ask,
)
from analysis.model.sensitivity.rows import whole_result
from analysis.model.simulate import draw, simulate
from analysis.model.simulate.case import quantile, stretched

TEXT = {"zh": "为测试而设", "en": "set for a test"}


def assumption(low, central, high, unit="ratio", **more):
    values = {"low": Decimal(str(low)), "central": Decimal(str(central)), "high": Decimal(str(high))}
    return Assumption.model_validate({"title": TEXT, "unit": unit, "reason": TEXT, "ask": TEXT} | values | more)


def toy(extra, **assumptions):
    """A case of one cell whose extra cost is a function of its assumptions."""

    def extra_yuan_year(settings):
        return extra(**settings)

    central = {name: float(one.central) for name, one in assumptions.items()}
    scenario = SimpleNamespace(seed=1)
    return SimpleNamespace(
        assumptions=assumptions, extra_yuan_year=extra_yuan_year, central=lambda: central, scenario=scenario
    )


# Quantiles of one assumption


def test_the_median_and_the_ends_of_a_triangle_by_hand():
    one = assumption(0, 0, 1)
    # Falling from 0 to 1 half of the area lies below 1 - sqrt(1/2).
    assert quantile(one, np.array([0, 0.5, 1])) == pytest.approx([0, 1 - 0.5**0.5, 1])
    assert quantile(assumption(0, 1, 1), np.array([0.25])) == pytest.approx([0.5])
    assert quantile(assumption(-1, 0, 1), np.array([0.125, 0.5, 0.875])) == pytest.approx([-0.5, 0, 0.5])
    assert set(quantile(assumption(0, 0.3, 1, drawn=False), np.linspace(0, 1, 5))) == {0.3}


def test_the_ends_of_a_scored_range_are_its_tenth_and_its_ninth_decile():
    one = assumption(-0.2, 0, 0.2, scored=True, degrees_of_freedom=3)
    # Student's t with three degrees of freedom: 1.6377 at 0.9, 3.1824 at 0.975.
    assert quantile(one, np.array([0.1, 0.5, 0.9, 0.975])) == pytest.approx(
        [-0.2, 0, 0.2, 0.2 * 3.1824 / 1.6377], abs=1e-4
    )


@given(st.floats(0.25, 3))
def test_stretching_keeps_the_central_value_and_a_share_a_share(width):
    share, growth, times = (
        stretched(assumption(0, 0.3, 1, unit), np.array([0.0, 0.3, 1.0]), width)
        for unit in ("share", "share a year", "times")
    )
    assert growth.tolist() == pytest.approx([0.3 - 0.3 * width, 0.3, 0.3 + 0.7 * width])
    assert share.tolist() == pytest.approx([max(0, 0.3 - 0.3 * width), 0.3, min(1, 0.3 + 0.7 * width)])
    assert times.tolist() == pytest.approx([max(0, 0.3 - 0.3 * width), 0.3, 0.3 + 0.7 * width])


# Tornado and Sobol


def test_a_tornado_by_hand():
    both = {"a": assumption(-1, 0, 1), "b": assumption(0, 0, 10, drawn=False)}
    table = tornado(toy(lambda a, b: 100 + 10 * a + b * (1 + a), **both)).set_index("assumption")
    # P10 and P90 of the triangle from -1 to 1: 1 - sqrt(0.2) from the middle.
    p90 = 1 - 0.2**0.5
    assert table.index.tolist() == ["a", "b"]
    assert table.loc["a", ["low_value", "high_value"]].tolist() == pytest.approx([-p90, p90])
    assert table.loc["a", ["at_low_yuan_year", "at_high_yuan_year"]].tolist() == pytest.approx(
        [100 - 10 * p90, 100 + 10 * p90]
    )
    # What is not drawn is moved to its ends.
    assert table.loc["b", ["at_low_yuan_year", "at_high_yuan_year"]].tolist() == [100, 110]
    assert table["drawn"].to_dict() == {"a": True, "b": False}


def test_the_tornado_is_sorted_and_each_end_is_a_costing_of_its_own(outcome_june):
    case = outcome_june.case
    table = tornado(case)
    spans = (table["at_high_yuan_year"] - table["at_low_yuan_year"]).abs()
    assert spans.is_monotonic_decreasing
    assert set(table["assumption"]) == set(case.assumptions)
    median = {
        name: np.array([np.median(draw({name: one}, 3, 200_001)[name])]) for name, one in case.assumptions.items()
    }
    for row in table.itertuples():
        for value, found in ((row.low_value, row.at_low_yuan_year), (row.high_value, row.at_high_yuan_year)):
            alone = case.evaluate(median | {row.assumption: np.array([value])})["extra"].sum()
            assert found == pytest.approx(alone, rel=3e-3), row.assumption
    tenth = np.quantile(draw(case.assumptions, 3, 200_001)["follow_share"], [0.1, 0.9])
    follow = table.set_index("assumption").loc["follow_share"]
    assert [follow["low_value"], follow["high_value"]] == pytest.approx(tenth, abs=0.005)


def uniform(values):
    # The values come from a triangle falling from 0 to 1: their shares are uniform.
    return 1 - (1 - values) ** 2


def ishigami(x1, x2, x3, **_):
    first, second, third = (np.pi * (2 * uniform(x) - 1) for x in (x1, x2, x3))
    return np.sin(first) + 7 * np.sin(second) ** 2 + 0.1 * third**4 * np.sin(first)


def test_the_sobol_indices_of_ishigamis_function_are_the_known_ones():
    names = ("x1", "x2", "x3", "idle", "idle_too")
    table = sobol(toy(ishigami, **{name: assumption(0, 0, 1) for name in names}), 4096).set_index("assumption")
    # Known: V1 = (1 + 0.1 pi^4/5)^2 / 2, V2 = 49/8, V13 = 0.01 pi^8 8/225.
    one, two, both = (1 + np.pi**4 / 50) ** 2 / 2, 49 / 8, 0.01 * np.pi**8 * 8 / 225
    whole = one + two + both
    assert [one / whole, two / whole, (one + both) / whole, both / whole] == pytest.approx(
        [0.3139, 0.4424, 0.5576, 0.2437], abs=1e-4
    )
    firsts = {"x1": one / whole, "x2": two / whole, "x3": 0, "idle": 0, "idle_too": 0}
    totals = {"x1": (one + both) / whole, "x2": two / whole, "x3": both / whole, "idle": 0, "idle_too": 0}
    assert table["first_share"].to_dict() == pytest.approx(firsts, abs=0.03)
    assert table["total_share"].to_dict() == pytest.approx(totals, abs=0.03)
    assert table.index[:3].tolist() == ["x1", "x2", "x3"]
    assert (table["total_share"] - table["total_conf"] <= pd.Series(totals)).all()


def test_with_four_inputs_or_a_cost_that_does_not_move_there_are_no_indices():
    four = {name: assumption(0, 0, 1) for name in ("x1", "x2", "x3", "idle")}
    assert sobol(toy(ishigami, **four)).empty
    five = four | {"more": assumption(0, 0, 1)}
    assert not sobol(toy(ishigami, **five), 64).empty
    assert sobol(toy(lambda x1, **_: np.full(len(x1), 5.0), **five), 64).empty
    constant = four | {"more": assumption(0.5, 0.5, 0.5)}
    assert sobol(toy(ishigami, **constant)).empty, "a constant is no input"


def test_most_of_the_baselines_spread_comes_from_the_rural_recipients(outcome_june):
    table = sobol(outcome_june.case)
    drawn = {name for name, one in outcome_june.assumptions.items() if one.drawn}
    assert set(table["assumption"]) == drawn
    assert table["total_share"].is_monotonic_decreasing
    assert table["assumption"].iloc[:2].tolist() == ["caseload_deviation_rural", "follow_share"]
    assert table.set_index("assumption").at["orphan_growth_share", "total_share"] == 0


# Widths


def test_halving_the_ranges_narrows_and_doubling_widens_what_is_drawn(outcome_june):
    table = widths(outcome_june).set_index("width")
    spread = table["p90_yuan_year"] - table["p10_yuan_year"]
    assert spread[0.5] < spread[1.0] < spread[2.0]
    assert table.loc[1.0].tolist() == pytest.approx(np.quantile(outcome_june.draws, [0.1, 0.5, 0.9]).tolist())
    case = outcome_june.case
    for width in (0.5, 2.0):
        again = case.evaluate(case.draw(width=width))["extra"].sum(axis=1)
        assert table.loc[width].tolist() == pytest.approx(np.quantile(again, [0.1, 0.5, 0.9]).tolist())
        # The central case has no range to stretch.
        held = {
            name: stretched(case.assumptions[name], np.array([value]), width) for name, value in case.central().items()
        }
        assert case.evaluate(held)["extra"].sum() == pytest.approx(outcome_june.totals["central"])


# Requests


def test_a_crossing_lies_on_the_straight_line_between_two_points():
    values = np.array([0.0, 1.0, 2.0, 3.0])
    assert crossing(values, np.array([2.0, 1.0, -3.0, -4.0])) == pytest.approx(1.25)
    assert crossing(values, np.array([-1.0, 1.0, -1.0, 1.0])) == pytest.approx(0.5), "the first one"
    for slack in ([1, 1, 1, 1], [-1, -2, -3, -1], [0, 0, 0, 0]):
        assert np.isnan(crossing(values, np.array(slack, float)))


def slack(outcome, settings):
    case, columns = outcome.case, {name: np.array([value]) for name, value in settings.items()}
    this, following = case.evaluate(columns, year=2024), case.evaluate(columns)
    spent = [(parts["dibao_spending"] + parts["tekun_spending"]).sum() for parts in (this, following)]
    return spent[0] * 1.017 - spent[1] - following["extra"].sum()


def test_affordability_flips_where_spending_just_meets_this_years_grown_by_the_budget(outcome_june):
    table = affordability_flips(outcome_june.case).set_index("assumption")
    central = outcome_june.case.central()
    assert slack(outcome_june, central) < 0
    assert slack(outcome_june, central) == pytest.approx(
        outcome_june.spending["capacity_yuan_year"].sum() - outcome_june.spending["next_yuan_year"].sum()
    )
    assert not table["affordable"].any()
    at = table.at["caseload_deviation_rural", "flips_at"]
    whole = abs(slack(outcome_june, central))
    assert abs(slack(outcome_june, central | {"caseload_deviation_rural": at})) < 0.002 * whole, (
        "within the step of its grid"
    )
    # Fewer recipients can be paid for, more cannot.
    assert slack(outcome_june, central | {"caseload_deviation_rural": at - 0.01}) > 0
    for name in table.index[table["flips_at"].isna()]:
        one = outcome_june.assumptions[name]
        signs = {np.sign(slack(outcome_june, central | {name: float(end)})) for end in (one.low, one.high)}
        assert signs == {-1}, name


def test_the_loss_of_an_envelope_by_hand():
    assert envelope_loss(np.full(50, 7.0)) == 0
    costs = np.arange(11.0)  # the ninth decile is 9: one cost lies 1 above it, the others 0 to 9 below
    assert envelope_loss(costs) == pytest.approx((1 + 45) / 11)


@given(arrays(float, 30, elements=st.floats(0, 1e6)), st.floats(0.1, 10))
def test_the_loss_scales_with_money_and_does_not_see_a_common_sum(costs, factor):
    assert envelope_loss(costs * factor) == pytest.approx(envelope_loss(costs) * factor, rel=1e-9, abs=1e-6)
    assert envelope_loss(costs + 1e6) == pytest.approx(envelope_loss(costs), rel=1e-9, abs=1e-6)


def test_regret_is_never_negative_and_nothing_is_gained_by_knowing_what_moves_nothing(outcome_june):
    table = what_to_ask(outcome_june).set_index("assumption")["regret_yuan_year"]
    assert (table >= 0).all()
    assert table.is_monotonic_decreasing
    assert table.index[0] == "caseload_deviation_rural"
    # What moves no cost in the tornado is worth nothing but the chance of the draws.
    assert table["orphan_institution_share"] == 0
    assert table["orphan_growth_share"] == 0


def test_to_know_the_only_uncertain_figure_saves_the_whole_loss():
    one, count = assumption(0, 0, 1), 2000
    case = toy(lambda a: 1000 * a, a=one)
    drawn = case.assumptions["a"]
    values = quantile(drawn, (np.arange(count) + 0.5) / count)
    outcome = SimpleNamespace(case=case, assumptions=case.assumptions, drawn={"a": values}, draws=1000 * values)
    whole = envelope_loss(outcome.draws)
    # Twenty bins of draws leave a twentieth of the spread, and chance alone saves nearly nothing.
    assert 0.8 * whole < regret_of_not_knowing(outcome, "a") < whole


# Alternatives


def test_responses_stand_in_order_between_nobody_and_the_bound(outcome_june):
    table = responses(outcome_june).set_index("model")
    extra, entrants = table["extra_yuan_year"], table["entrants_persons"]
    assert entrants["trend"] == 0
    assert 0 < entrants["default"] < entrants["power_tail"]
    assert extra["trend"] <= extra["default"] <= extra["power_tail"]
    assert extra["default"] == pytest.approx(outcome_june.totals["central"])
    assert entrants["default"] == pytest.approx(outcome_june.cells["entrants_central"].sum())
    assert entrants["lognormal"] > 0
    assert extra["trend"] < extra["lognormal"]


@pytest.fixture(scope="module")
def allocated(outcome_june, evidence_june):
    return allocations(outcome_june, evidence_june)


def test_guangzhou_is_the_check_of_both_allocations(allocated, outcome_june):
    assert set(allocated["area_code"]) == {"440100"}
    assert set(allocated["year"]) == {2021}
    table = allocated.set_index(["allocation", "residence"])
    assert table.loc["need", "published_persons"].to_dict() == {"rural": 27_614, "urban": 18_660}
    assert table.loc["need", "allocated_persons"].to_dict() == pytest.approx({"urban": 15_072, "rural": 32_255}, abs=1)
    assert table.loc["need", "extra_yuan_year"].unique() == pytest.approx([outcome_june.totals["central"]])
    # A line that is high against consumption draws recipients to Guangzhou, further from what is published.
    away = (table["allocated_persons"] - table["published_persons"]).abs()
    for side in ("urban", "rural"):
        assert away["line", side] > away["need", side]


def test_both_allocations_share_out_all_recipients_of_the_year(outcome_june, allocated):
    # Both share out the same whole: what the counts of February 2021 and March 2023 leave for the middle of 2021.
    case = outcome_june.case
    for side, between in (("urban", (152_000, 146_000)), ("rural", (1_284_000, 1_139_000))):
        counts = case.counts[case.counts["residence"] == side]
        whole = between_counts(counts, 2021)
        share = (2021.5 - (2021 + 58 / 365)) / (2023 + 89 / 365 - (2021 + 58 / 365))
        assert whole == pytest.approx(between[0] ** (1 - share) * between[1] ** share, rel=1e-6)
        for allocation, line in (("need", None), ("line", {"1": 1206, "2": 1073, "3": 932, "4": 645})):
            weights = weights_by_hand(case, side, line)
            assert sum(weights.values()) == pytest.approx(1)
            found = allocated.query("allocation == @allocation and residence == @side")["allocated_persons"].item()
            assert found == pytest.approx(whole * weights["440100"], rel=1e-9), (allocation, side)


def weights_by_hand(case, side, line):
    """Population x (consumption over the line, where one is given)^-2, a divided city's by its parts."""
    parts = {("jiangmen", "4"): 0.43, ("jiangmen", "3"): 0.57, ("zhaoqing", "4"): 0.5, ("zhaoqing", "3"): 0.5}
    found = {}
    for cell in case.cells[case.cells["residence"] == side].to_dict("records"):
        people = cell["population_persons"] * parts.get((cell["part_of"], cell["area_class"]), 1)
        found[cell["area_code"]] = (
            people * (cell["consumption_yuan_year"] / (line[cell["area_class"]] if line else 1)) ** -2
        )
    whole = sum(found.values())
    return {area: weight / whole for area, weight in found.items()}


# The rows


def test_every_number_of_the_sensitivity_is_a_row_of_the_result(evidence_june, outcome_june, baseline, rules):
    table = whole_result(evidence_june, baseline, outcome_june, rules)
    keyed = table.set_index(["measure", "statistic"])["value"]

    def value(measure, statistic="central"):
        return keyed.loc[[(measure, statistic)]].item()

    swings = tornado(outcome_june.case).set_index("assumption")
    assert value("extra_cost_if_follow_share_p10") == round(swings.at["follow_share", "at_low_yuan_year"])
    assert value("extra_cost_widths_as_stated", "p90") == round(np.quantile(outcome_june.draws, 0.9))
    assert value("rise_borne_by_500_million_yuan") == 0.035, "490 million at 3.5 %, 553 at 4 %"
    assert value("rise_borne_by_200_million_yuan") == 0.01
    assert value("regret_of_not_knowing_orphan_institution_share") == 0
    assert value("extra_cost_under_response_default") == round(outcome_june.totals["central"])
    # No key stands twice over both halves of the result.
    assert not table[KEY].agg(":".join, axis=1).duplicated().any()


def test_a_frozen_scenario_has_its_sensitivity_too(home, evidence_june, rules):
    scenario = read_scenario("freeze", home, {"draws": 200})
    frozen = simulate(evidence_june, scenario, rules)
    table = whole_result(evidence_june, scenario, frozen, rules)
    widths_of_nothing = table[table["measure"].str.startswith("extra_cost_widths")]
    assert len(widths_of_nothing) == 9
    assert set(widths_of_nothing["value"]) == {0}
    assert not table["measure"].str.startswith("sobol").any()
    assert set(table.loc[table["measure"].str.startswith("regret"), "value"]) == {0}
