import csv
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import ceil

import numpy as np
import pandas as pd
import pytest

from analysis.errors import DataRefused, ParametersRefused
from analysis.inputs.evidence import load
from analysis.inputs.parameters.assumption import Assumption
from analysis.inputs.parameters.values import Text
from analysis.inputs.scenario import names, read_scenario
from analysis.model.caseload import window_trend
from analysis.model.cost import COMPONENTS
from analysis.model.results import to_csv
from analysis.model.simulate import draw, persons_next, simulate
from analysis.model.simulate.case import counted
from analysis.model.simulate.cells import class_minimum_wage
from analysis.model.simulate.rows import result_rows

EIGHT = {
    "440100": "1", "440300": "1", "440400": "2", "440600": "2",
    "440800": "4", "441300": "3", "441600": "4", "445300": "4",
}  # fmt: skip


@pytest.fixture(scope="module")
def outcomes(home, evidence_june, rules):
    few = {"draws": 300}
    return {name: simulate(evidence_june, read_scenario(name, home, few), rules) for name in names("scenarios", home)}


def figures(home):
    # The raw figures of 2024 and before, straight from the files, without a line of src.
    found = {}
    for name in ("minima.csv", "standards.csv"):
        with (home / "data" / "guangdong" / name).open(encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream):
                if row["programme"] == "dibao" and row["preferred"] == "true" and row["known_from"] <= "2024-12-31":
                    key = (row["measure"], row["area_code"], row["residence"])
                    if int(row["year"]) > found.get(key, (0,))[0] and int(row["year"]) <= 2024:
                        found[key] = (int(row["year"]), Fraction(row["value"]))
    return found


def lifts(home):
    # What must move in the eight cities when all floors rise by 3.5 %, and by which rule.
    found, above, rise, share = figures(home), Fraction("1.024"), Fraction("1.035"), Fraction(3, 4)
    reasons, minima = {}, {}
    for number in "1234":
        urban, rural = (found["minimum_standard", f"440000-C{number}", side][1] for side in ("urban", "rural"))
        minima[number, "urban"] = ceil(urban * rise)
        minima[number, "rural"] = max(ceil(rural * rise), ceil(share * minima[number, "urban"]))
    for city, number in EIGHT.items():
        standing = {}
        for residence in ("urban", "rural"):
            year, standard = found.get(("standard", city, residence), (0, None))
            if standard is None:
                continue
            assert year == 2024
            standing[residence] = (standard, max(standard, minima[number, residence]))
        for residence, (standard, after) in standing.items():
            if after > standard:
                reasons[city, residence] = ("minimum", after - standard)
            if residence == "rural" and after < ceil(share * standing["urban"][1]):
                reasons[city, residence] = ("rural share", ceil(share * standing["urban"][1]) - standard)
            floor_year, floor = found.get(("supplement_floor", f"440000-C{number}", residence), (0, None))
            own = found.get(("supplement_floor", city, residence), (0, Fraction(0)))[1]
            if floor_year == 2024:
                paid = max(floor, own) * above
                short = ceil(floor * rise) - paid - (after - standard)
                if short > 0:
                    assert (city, residence) not in reasons
                    reasons[city, residence] = ("supplement floor", short)
    return reasons


def test_a_rise_of_the_floors_costs_only_where_a_floor_lifts(home, outcome_december):
    reasons = lifts(home)
    assert {cell: why for cell, (why, _) in reasons.items()} == {
        ("441300", "urban"): "minimum", ("441300", "rural"): "minimum",
        ("440800", "urban"): "minimum", ("440800", "rural"): "minimum",
        ("440400", "urban"): "supplement floor", ("440400", "rural"): "supplement floor",
        ("440600", "urban"): "supplement floor", ("441600", "rural"): "supplement floor",
    }  # fmt: skip
    cells = outcome_december.cells
    seen = cells[cells["observed"]].set_index(["area_code", "residence"])
    assert set(seen.index.get_level_values(0)) == set(EIGHT)
    assert set(seen.index[seen["extra_mandated"] > 0]) == set(reasons)
    assert (seen.loc[~seen.index.isin(reasons), "extra_mandated"] == 0).all()
    for cell, (why, amount) in reasons.items():
        row = seen.loc[cell]
        moved = row["mandated_yuan_month"] - row["standard_yuan_month"]
        assert moved == (0 if why == "supplement floor" else amount)
        assert row["floor_binds_mandated"] == (why == "supplement floor")
        if why == "supplement floor":
            assert row["extra_mandated"] == pytest.approx(12 * row["persons_central"] * float(amount))


def test_seven_cities_are_observed_in_june_and_eight_in_december(outcome_june, outcome_december):
    assert set(outcome_june.cells.query("observed")["area_code"]) == set(EIGHT) - {"440800"}
    assert set(outcome_december.cells.query("observed")["area_code"]) == set(EIGHT)


def copy_with(copied_home, change):
    folder = copied_home / "data" / "guangdong"
    for path in folder.glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
        if "known_from" in rows[0]:
            changed = [change(dict(row)) for row in rows]
            with path.open("w", encoding="utf-8", newline="") as stream:
                writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
                writer.writeheader()
                writer.writerows(changed)
    return load("guangdong", date(2024, 6, 30), copied_home)


def test_a_standard_known_only_later_leaves_the_results(copied_home, baseline, rules):
    def later(row):
        heyuan = row["area_code"] == "441600" and row["measure"] == "standard" and row["programme"] == "dibao"
        return row | ({"known_from": "2024-07-01"} if heyuan else {})

    cells = simulate(copy_with(copied_home, later), baseline, rules).cells.set_index(["area_code", "residence"])
    assert not cells.loc["441600", "observed"].any()
    assert cells.loc["441600", "standard_yuan_month"].to_dict() == {"urban": 860, "rural": 645}
    assert cells["observed"].groupby("area_code").any().sum() == 6


def test_rows_of_a_later_day_do_not_move_one_byte_of_the_results(
    copied_home, evidence_june, outcome_june, baseline, rules
):
    touched = []

    def other(row):
        if row["known_from"] <= "2024-06-30":
            return row
        touched.append(row)
        return row | {"value": f"{float(row['value']) * 1.05:.4f}"}

    evidence = copy_with(copied_home, other)
    assert len(touched) == len(evidence_june.hidden) > 20
    changed = result_rows(evidence, baseline, simulate(evidence, baseline, rules), rules)
    assert to_csv(changed) == to_csv(result_rows(evidence_june, baseline, outcome_june, rules))


def test_an_area_not_observed_stands_at_the_larger_of_its_own_last_and_the_floor(outcome_june):
    cells = outcome_june.cells.set_index(["area_code", "residence"])
    assert cells.loc["442000", "standard_yuan_month"].to_dict() == {"urban": 1160, "rural": 1160}
    assert cells.loc["440500", "standard_yuan_month"].to_dict() == {"urban": 867, "rural": 812}
    assert cells.loc["441400", "standard_yuan_month"].to_dict() == {"urban": 860, "rural": 645}
    unseen = cells[~cells["observed"]]
    assert (unseen["standard_yuan_month"] >= unseen["minimum_yuan_month"]).all()


def test_every_area_has_its_cells_and_no_city_is_lost(outcome_june):
    cells = outcome_june.cells
    cities = cells["area_code"].str[:6].unique()
    assert len(cities) == 21
    assert len(cells) == 2 * 23 - 1  # Jiangmen and Zhaoqing are two areas each, Shenzhen has no rural residence
    assert not cells.duplicated(["area_code", "residence"]).any()


def test_the_band_of_recipients_is_measured_from_the_past_errors_of_the_trend_that_is_used(outcome_june, baseline):
    # By hand from the record: the errors of each June over the root of their span, on Student's t of the Junes.
    counts, record = outcome_june.case.counts, outcome_june.case.record
    for residence, junes in (("urban", 4), ("rural", 3)):
        assert baseline.assumptions[f"caseload_deviation_{residence}"].low is None
        own = record[record["residence"] == residence]
        assert own["origin_year"].nunique() == len(own) == junes
        scaled = own["log_error"] / np.sqrt(own["horizon_years"])
        error = np.sqrt((scaled**2).sum() / junes)
        # From 31 March 2024 to the middle of 2025; t at 0.9 is 1.6377 with three degrees of freedom, 1.5332 with four.
        end = {3: 1.6377, 4: 1.5332}[junes] * error / np.sqrt(2025.5 - (2024 + 90 / 366))
        band = outcome_june.assumptions[f"caseload_deviation_{residence}"]
        assert (band.low, band.central, band.degrees_of_freedom) == (-band.high, 0, junes)
        assert float(band.high) == pytest.approx(end, abs=1e-4)
        # The trend of the record is that of the plan: fed with all counts, it is what persons_next carries on.
        own_counts, last = counts[counts["residence"] == residence], counted(counts, residence)
        one, other = (
            persons_next(last, residence, {f"caseload_deviation_{residence}": np.zeros((1, 1))}, year).item()
            for year in (2025, 2026)
        )
        assert np.log(other / one) == pytest.approx(window_trend(own_counts))
        ends = {f"caseload_deviation_{residence}": np.array([[-end], [end]])}
        low, high = persons_next(last, residence, ends, 2025).ravel()
        span = 2025.5 - (2024 + 90 / 366)
        assert np.log(high / low) / 2 == pytest.approx(end * span)


def test_the_minimum_wage_of_a_class_is_the_lowest_of_its_cities(evidence_june):
    assert class_minimum_wage(evidence_june) == {
        "440000-C1": 2300, "440000-C2": 1900, "440000-C3": 1720, "440000-C4": 1620,
    }  # fmt: skip


# Draws


def test_the_same_seed_gives_the_same_draws_and_another_seed_others(evidence_june, baseline, rules):
    again = simulate(evidence_june, baseline, rules)
    assert np.array_equal(again.draws, simulate(evidence_june, baseline, rules).draws)
    other = simulate(evidence_june, baseline.model_copy(update={"seed": 7}), rules)
    assert not np.array_equal(again.draws, other.draws)
    assert other.totals == again.totals


def test_the_draws_of_an_assumption_do_not_depend_on_which_others_there_are(outcome_june):
    assumptions = outcome_june.assumptions
    together = draw(assumptions, 1, 500)
    for name in assumptions:
        assert np.array_equal(draw({name: assumptions[name]}, 1, 500)[name], together[name])
    backwards = draw(dict(reversed(assumptions.items())), 1, 500)
    assert all(np.array_equal(backwards[name], together[name]) for name in assumptions)
    varied = [values for name, values in together.items() if assumptions[name].drawn]
    columns = np.array([(values - values.mean()) / values.std() for values in varied])
    apart = np.abs(np.corrcoef(columns) - np.eye(len(columns))).max()
    assert apart < 0.2, "two assumptions share a stream"


def test_draws_lie_between_low_and_high_and_lean_to_the_central_value(outcome_june):
    for name, values in draw(outcome_june.assumptions, 1, 4000).items():
        assumption = outcome_june.assumptions[name]
        low, central, high = (float(getattr(assumption, end)) for end in ("low", "central", "high"))
        if not assumption.drawn:
            assert set(values) == {central}
        elif assumption.scored:
            # The range is the 80 % interval: a tenth lies beyond either end, and further out the fewer the Junes.
            assert [np.mean(values < low), np.mean(values > high)] == pytest.approx([0.1, 0.1], abs=0.02)
            tails = {3: 3.1824 / 1.6377, 4: 2.7764 / 1.5332}  # t at 0.975 over t at 0.9
            beyond = high * tails[assumption.degrees_of_freedom]
            assert np.mean(np.abs(values) > beyond) == pytest.approx(0.05, abs=0.01)
            assert np.median(values) == pytest.approx(central, abs=0.03 * (high - low))
        else:
            assert low <= values.min() < values.max() <= high
            assert values.mean() == pytest.approx((low + central + high) / 3, abs=0.03 * (high - low))


def test_an_assumption_without_a_range_is_a_constant(baseline):
    fixed = {
        "x": baseline.assumptions["follow_share"].model_copy(update=dict.fromkeys(("low", "high"), Decimal("0.77")))
    }
    assert set(draw(fixed, 1, 10)["x"]) == {0.77}


def test_two_policies_meet_the_same_draws(outcomes):
    # rural75 and baseline differ by a yuan in one floor at most: draw by draw they must be nearly the same.
    one, other = outcomes["baseline"].draws, outcomes["rural75"].draws
    assert np.corrcoef(one, other)[0, 1] > 0.999
    assert np.array_equal(outcomes["rural80"].draws, outcomes["tight"].draws)
    assert (outcomes["rural80"].draws > one).all()


# What the scenarios come to


def test_low_central_and_high_are_in_order_and_so_are_mandated_and_followed(outcomes):
    for name, outcome in outcomes.items():
        totals = outcome.totals
        assert totals["low"] <= totals["central"] <= totals["high"], name
        assert totals["mandated"] <= totals["central"] <= totals["followed"], name
        # A scored range is an 80 % interval, so that draws leave it; those that do not lie between the corners.
        inside = np.ones(len(outcome.draws), bool)
        for assumption, values in outcome.drawn.items():
            ends = outcome.assumptions[assumption]
            inside &= (values >= float(ends.low)) & (values <= float(ends.high))
        assert 0.5 < inside.mean() < 0.8, "two scored ranges of 80 % each"
        draws = outcome.draws[inside]
        assert totals["low"] - 1 <= draws.min() <= draws.max() <= totals["high"] + 1, name


def test_to_freeze_costs_nothing_in_any_draw(outcomes):
    frozen = outcomes["freeze"]
    assert {frozen.totals[name] for name in ("low", "central", "high", "mandated", "followed")} == {0}
    assert not frozen.draws.any()
    assert not frozen.cells[[f"{name}_central" for name in COMPONENTS]].to_numpy().any()
    for programme in ("dibao_spending", "tekun_spending"):
        assert frozen.totals[programme] == outcomes["baseline"].totals[programme] > 0


def test_rural_80_costs_more_than_baseline_and_only_in_class_4_rural(outcomes):
    one, other = outcomes["baseline"].cells, outcomes["rural80"].cells
    more = other["extra_central"] - one["extra_central"]
    assert outcomes["rural80"].totals["central"] > outcomes["baseline"].totals["central"]
    assert set(one.loc[more != 0, "area_class"]) == {"4"}
    assert set(one.loc[more != 0, "residence"]) == {"rural"}
    assert (more >= 0).all()


def test_who_pays_depends_on_the_shares_and_how_much_does_not(outcomes):
    rural80, tight = outcomes["rural80"], outcomes["tight"]
    assert rural80.totals == tight.totals
    assert tight.tiers["upper"]["central"] < rural80.tiers["upper"]["central"]
    for outcome in outcomes.values():
        assert sum(tier["central"] for tier in outcome.tiers.values()) == pytest.approx(outcome.totals["central"])


def test_the_proposal_of_june_2024(outcomes):
    floors = outcomes["baseline"].floors.standards.floors.set_index(["area_code", "residence"])["next_yuan_month"]
    assert floors.unstack()[["urban", "rural"]].to_numpy().tolist() == [
        [1249, 1249],
        [1111, 1111],
        [965, 965],
        [891, 669],
    ]
    rural80 = outcomes["rural80"].floors.standards.floors.set_index(["area_code", "residence"])["next_yuan_month"]
    assert rural80["440000-C4", "rural"] == 713
    rural75 = outcomes["rural75"].floors.standards.floors.set_index(["area_code", "residence"])["next_yuan_month"]
    assert abs(rural75 - floors).max() <= 1


def test_a_swing_moves_one_assumption_and_leaves_the_others_central(evidence_june, home, rules, outcome_june):
    lowered = read_scenario("baseline", home, {"assumptions.response_share.central": 0})
    swings = outcome_june.swings.set_index("assumption")
    alone = simulate(evidence_june, lowered, rules).totals["central"]
    assert swings.loc["response_share", "at_low_yuan_year"] == pytest.approx(alone)
    assert swings.loc["follow_share", "at_low_yuan_year"] == pytest.approx(outcome_june.totals["mandated"])


def test_a_grid_of_ten_yuan_does_not_move_standards_that_nothing_lifts(evidence_june, home, rules):
    tens = {"policy.round_urban.step_yuan": 10, "policy.round_rural.step_yuan": 10, "policy.rural_share.at_least": 0}
    cells = simulate(evidence_june, read_scenario("freeze", home, tens), rules).cells
    assert (cells["standard_central"] == cells["standard_yuan_month"]).all(), "the grid of next year moved this year"
    above = cells["standard_yuan_month"] >= cells["next_minimum_yuan_month"]
    assert above.any()
    assert (cells.loc[above, "mandated_yuan_month"] == cells.loc[above, "standard_central"]).all()


# Refusals


def test_a_misspelt_assumption_is_refused_with_the_nearest_name(evidence_june, baseline, rules):
    renamed = {("folow_share" if name == "follow_share" else name): a for name, a in baseline.assumptions.items()}
    with pytest.raises(ParametersRefused, match="follow_share"):
        simulate(evidence_june, baseline.model_copy(update={"assumptions": renamed}), rules)
    extra = baseline.assumptions | {"folow_share": baseline.assumptions["follow_share"]}
    with pytest.raises(ParametersRefused, match=r"folow_share is not used by the model; .*did you mean follow_share\?"):
        simulate(evidence_june, baseline.model_copy(update={"assumptions": extra}), rules)
    without = {name: a for name, a in baseline.assumptions.items() if name != "class4_part_jiangmen"}
    with pytest.raises(ParametersRefused, match="class4_part_jiangmen is missing"):
        simulate(evidence_june, baseline.model_copy(update={"assumptions": without}), rules)


def test_a_base_year_without_minima_is_refused(home, evidence_june, rules):
    for year in (2017, 2025):
        with pytest.raises(DataRefused, match=f"no minimum_standard of {year} known on 2024-06-30"):
            simulate(evidence_june, read_scenario("baseline", home, {"base_year": year}), rules)


def test_a_supplement_floor_of_one_residence_alone_is_refused(evidence_june, baseline, rules):
    rows = evidence_june.observations
    floor = (rows["area_code"] == "440000-C4") & (rows["year"] == 2024) & (rows["measure"] == "supplement_floor")
    lone = replace(evidence_june, observations=rows[~(floor & (rows["residence"] == "rural"))])
    said = "supplement_floor of 2024 known on 2024-06-30 for 440000-C4 urban alone; give the other residence's too"
    with pytest.raises(DataRefused, match=said):
        simulate(lone, baseline, rules)
    assert len(simulate(replace(lone, observations=rows[~floor]), baseline, rules).cells)


def test_tekun_without_its_rule_is_refused(evidence_june, baseline, rules):
    with pytest.raises(DataRefused, match="no rule multiple_of_dibao"):
        simulate(evidence_june, baseline, [rule for rule in rules if rule.kind != "multiple_of_dibao"])


@pytest.mark.parametrize(
    ("kind", "measure"),
    [
        ("peg", "consumption_expenditure_per_capita"),
        ("index", "cpi_change"),
        ("triple", "cpi_change"),
        ("triple", "disposable_income_per_capita"),
    ],
)
def test_a_policy_that_needs_a_driver_the_package_lacks_is_refused(home, evidence_june, rules, kind, measure):
    chosen = read_scenario("baseline", home, {"policy.rule.urban.kind": kind})
    simulate(evidence_june, chosen, rules)
    left = evidence_june.observations.query("measure != @measure")
    with pytest.raises(DataRefused, match=f"no {measure}.* known on 2024-06-30: the rise rule of this policy needs it"):
        simulate(replace(evidence_june, observations=left), chosen, rules)


def test_a_peg_is_refused_where_last_years_consumption_is_not_known(home, evidence_june, rules):
    pegged = read_scenario("peg", home)
    rows = evidence_june.observations
    last = (rows["measure"] == "consumption_expenditure_per_capita") & (rows["year"] == 2023)
    with pytest.raises(DataRefused, match="no consumption_expenditure_per_capita of 2023"):
        simulate(replace(evidence_june, observations=rows[~last]), pegged, rules)


# The result rows


def test_every_split_of_the_cost_adds_up_to_the_yuan(home, evidence_june, outcomes, rules):
    for name, outcome in outcomes.items():
        rows = result_rows(evidence_june, read_scenario(name, home), outcome, rules)
        costs = rows[(rows["measure"] == "extra_cost") & (rows["statistic"] == "central")]
        whole = costs[(costs["area_code"] == "440000") & (costs["tier"] == "") & (costs["component"] == "")]
        total = whole["value"].item()
        classes = costs["area_code"].str.contains("-C[1-4]$") & ~costs["area_code"].str.contains("4407|4412")
        splits = {
            "tier": (costs["tier"] != "") & (costs["area_code"] == "440000"),
            "tier of each class": (costs["tier"] != "") & classes,
            "component": costs["component"] != "",
            "class": classes & (costs["tier"] == ""),
            "area": ~costs["area_code"].isin(["440000", *costs.loc[classes, "area_code"]]),
        }
        for split, mask in splits.items():
            assert costs.loc[mask, "value"].sum() == total, (name, split)
        by_tier = costs[classes & (costs["tier"] != "")].groupby("area_code")["value"].sum()
        assert (by_tier == costs[classes & (costs["tier"] == "")].set_index("area_code")["value"]).all(), name
        goes_to = rows[(rows["measure"] == "new_money") & rows["area_code"].str.contains("-C")]
        assert (goes_to.groupby("area_code")["value"].sum() == by_tier).all(), name
        assert total == round(outcome.totals["central"])


def test_what_is_obliged_and_what_follows_add_up_to_the_yuan(home, evidence_june, outcomes, rules):
    for name, outcome in outcomes.items():
        rows = result_rows(evidence_june, read_scenario(name, home), outcome, rules)
        said = rows[rows["measure"].str.startswith("extra_cost_")].set_index("measure")["value"]
        known, unknown = said["extra_cost_mandated_where_known"], said["extra_cost_mandated_where_not_known"]
        assert known + unknown == said["extra_cost_mandated"] == round(outcome.totals["mandated"]), name
        total = said["extra_cost_mandated"] + said["extra_cost_by_following"]
        assert total == round(outcome.totals["central"]), name
        assert min(known, unknown, said["extra_cost_by_following"]) >= 0, name


def test_the_chances_to_exceed_an_amount_are_those_of_the_draws(home, evidence_june, outcomes, rules):
    chances = [5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 95]
    for name, outcome in outcomes.items():
        rows = result_rows(evidence_june, read_scenario(name, home), outcome, rules)
        curve = rows[rows["measure"].str.startswith("extra_cost_exceeded_with_chance_")].set_index("measure")
        curve.index = curve.index.str.removeprefix("extra_cost_exceeded_with_chance_").astype(int)
        assert list(curve.index) == chances, name
        assert (curve["value"].diff().dropna() <= 0).all(), name
        for chance, value in curve["value"].items():
            assert abs((outcome.draws > value).mean() - chance / 100) <= 1 / len(outcome.draws) or name == "freeze"
        cost = rows[(rows["measure"] == "extra_cost") & (rows["area_code"] == "440000") & (rows["tier"] == "")]
        quantile = cost[cost["component"] == ""].set_index("statistic")["value"]
        envelope = rows.loc[rows["measure"] == "envelope_for_90_percent"].iloc[0]
        assert curve.at[10, "value"] == envelope["value"]
        assert (curve.at[50, "value"], curve.at[90, "value"]) == (quantile["p50"], quantile["p10"]), name
        for column in ("unit", "grade", "rests_on", "area_code", "year"):
            assert set(curve[column]) == {envelope[column]}, name


def test_the_same_run_twice_writes_the_same_bytes(home, evidence_june, outcome_june, baseline, rules):
    shuffled = replace(evidence_june, observations=evidence_june.observations.sample(frac=1, random_state=1))
    one = to_csv(result_rows(evidence_june, baseline, outcome_june, rules))
    assert one == to_csv(result_rows(shuffled, baseline, simulate(shuffled, baseline, rules), rules))


def test_the_headline_numbers_stand_in_the_rows(evidence_june, outcome_june, baseline, rules):
    rows = result_rows(evidence_june, baseline, outcome_june, rules)

    def value(measure, **where):
        mask = rows["measure"] == measure
        for name, wanted in where.items():
            mask &= rows[name] == str(wanted)
        return rows.loc[mask, "value"].item()

    assert value("minimum_rural_urban_ratio", area_code="440000-C4", year=2024) == 0.75
    assert value("minimum_gap", area_code="440000-C4", year=2025) == 222
    assert value("minimum_gap_share_of_all", area_code="440000-C4", year=2024) == 1
    assert (value("observed_areas"), value("cities"), value("unknown_areas")) == (7, 21, 14)
    assert value("standard_must_rise_areas") == 1
    assert value("recipients", residence="", year=2024, programme="dibao") == 1_235_000
    assert value("months_in_arrears_at_latest") == 5
    budget = value("general_public_budget_expenditure", year=2025)
    assert budget == pytest.approx(18527.03e8 * 1.017**2, rel=1e-9)
    assert value("extra_cost_of_expenditure") == pytest.approx(outcome_june.totals["central"] / budget, abs=1e-6)


def test_what_the_policy_asks_of_the_rural_share_is_a_result(evidence_june, outcome_june, baseline, rules):
    def asked(scenario):
        rows = result_rows(evidence_june, scenario, replace(outcome_june), rules)
        return {
            row.measure: (row.value, row.year) for row in rows.itertuples() if row.measure.startswith("rural_share_")
        }

    assert asked(baseline) == {"rural_share_at_least": (0.75, "2025")}
    policy = baseline.policy
    target = policy.catch_up.model_copy(update={"kind": "target", "target_ratio": Decimal("0.9"), "target_year": 2028})
    off = policy.rural_share.model_copy(update={"at_least": Decimal(0)})
    other = baseline.model_copy(update={"policy": policy.model_copy(update={"catch_up": target, "rural_share": off})})
    assert asked(other) == {"rural_share_target": (0.9, "2028")}


def test_a_citys_burden_is_a_result_where_its_expenditure_is_held(evidence_june, outcome_june, baseline, rules):
    observations = evidence_june.observations
    province = observations[
        (observations["measure"] == "general_public_budget_expenditure") & (observations["area_code"] == "440000")
    ]
    city = province.sort_values("year").tail(1).assign(area_code="440700", value=5e10)
    held = replace(evidence_june, observations=pd.concat([observations, city], ignore_index=True))
    rows = result_rows(held, baseline, outcome_june, rules)
    own = rows[(rows["measure"] == "extra_cost_of_expenditure")].set_index("area_code")["value"]
    assert set(own.index) == {"440000", "440700"}
    # Jiangmen lies in two classes: both its parts are its own.
    cells = outcome_june.cells
    extra = cells.loc[cells["area_code"].str.startswith("440700"), "extra_central"].sum()
    assert extra > cells.loc[cells["area_code"] == "440700-C4", "extra_central"].sum() > 0
    assert own["440700"] == pytest.approx(extra / (5e10 * 1.017 ** (2025 - city["year"].item())), abs=1e-6)


def test_no_floor_rests_on_an_assumption_and_every_cost_does(evidence_june, outcome_june, baseline, rules):
    rows = result_rows(evidence_june, baseline, outcome_june, rules)
    floors = rows["measure"].str.startswith(("minimum_", "supplement_floor"))
    assert set(rows.loc[floors, "rests_on"]) == {""}
    costs = rows["measure"].str.startswith("extra_cost")
    assert (rows.loc[costs, "rests_on"] != "").all()
    inferred = rows[(rows["measure"] == "supplement_floor") & (rows["year"] == "2024")]
    assert set(inferred["grade"]) == {"inferred"}
    assert set(rows.loc[rows["measure"] == "extra_cost", "grade"]) == {"inferred"}
    assert pd.Series(rows["value"]).map(np.isfinite).all()


def declared_by(baseline, persons="linked_heating_persons", share="linked_heating_share", programme=True):
    own = {"reason": baseline.assumptions["follow_share"].reason, "ask": baseline.assumptions["follow_share"].ask}
    title = Text(zh="取暖补助", en="heating help")
    people = Assumption(
        title=title, unit="persons", low=1, central=2, high=3, programme=title if programme else None, **own
    )
    part = Assumption(title=title, unit="share of the standard", low=0, central=Decimal("0.1"), high=1, **own)
    return baseline.model_copy(update={"assumptions": {**baseline.assumptions, persons: people, share: part}})


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"programme": False}, "linked_heating_persons: programme is missing; name it in both languages"),
        ({"share": "linked_heatin_share"}, "linked_heating_persons: programme stands with linked_NAME_persons alone"),
        (
            {"persons": "linked_tekun_persons", "share": "linked_tekun_share"},
            "linked_tekun_persons: programme stands with",
        ),
    ],
)
def test_a_programme_that_is_half_declared_is_refused(evidence_june, baseline, rules, given, said):
    with pytest.raises(ParametersRefused, match=said):
        simulate(evidence_june, declared_by(baseline, **given), rules)


def test_a_declared_programme_changes_nothing_else(evidence_june, baseline, rules, outcome_june):
    outcome = simulate(evidence_june, declared_by(baseline), rules)
    own = outcome.cells["linked_heating_central"].sum()
    assert own > 0
    assert outcome.totals["central"] == pytest.approx(outcome_june.totals["central"] + own, abs=1e-6)
    assert sum(one["central"] for one in outcome.tiers.values()) == pytest.approx(outcome.totals["central"])
    for column in ("incumbent", "supplement_floor", "entrant", "linked_tekun"):
        assert (outcome.cells[f"{column}_central"] == outcome_june.cells[f"{column}_central"]).all()
    # A scenario that declares none is what it was to the byte.
    assert "programme" not in baseline.model_dump(mode="json")["assumptions"]["follow_share"]
