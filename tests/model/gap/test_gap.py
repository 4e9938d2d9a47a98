from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.model.gap import adequacy, closed_share, gap_by_area_share, gap_table, growth_split, rural_urban_ratio

standards = st.floats(50, 5000)


def table(*rows):
    return gap_table(pd.DataFrame(rows, columns=["area_code", "year", "residence", "value_yuan_month"]))


def test_class_4_from_2015_to_2024_closed_a_third_of_its_gap():
    rows = [
        ("C4", 2015, "urban", 410),
        ("C4", 2015, "rural", 260),
        ("C4", 2024, "urban", 860),
        ("C4", 2024, "rural", 645),
    ]
    gap = table(*rows).set_index("year")
    assert gap["gap_yuan_month"].tolist() == [150, 215]
    assert gap.loc[2024, "rural_urban_ratio"] == 0.75
    assert gap.loc[2024, "relative_gap"] == 0.25
    assert gap.loc[2024, "closed_share"] == pytest.approx(1 - 0.25 / (150 / 410))
    assert gap.loc[2015, "closed_share"] == 0
    assert gap.loc[2024, "log_gap"] == pytest.approx(np.log(860 / 645))


def test_an_area_is_separate_unified_reversed_or_has_one_residence():
    rows = [("a", 1, "urban", 800), ("a", 1, "rural", 600), ("b", 1, "urban", 900), ("b", 1, "rural", 900)]
    rows += [("c", 1, "urban", 700), ("c", 1, "rural", 750), ("d", 1, "urban", 1483)]
    gap = table(*rows).set_index("area_code")
    assert gap["state"].to_dict() == {"a": "separate", "b": "unified", "c": "reversed", "d": "one_residence"}
    assert gap.loc["c", "gap_yuan_month"] == -50
    assert np.isnan(gap.loc["d", "rural_urban_ratio"])
    assert gap["rural_urban_ratio"].mean() == pytest.approx((0.75 + 1 + 750 / 700) / 3)


def test_an_area_that_was_unified_from_the_start_has_no_closed_share():
    assert np.isnan(table(("b", 1, "urban", 9), ("b", 1, "rural", 9))["closed_share"]).all()
    assert np.isnan(closed_share([1.0, 0.9], 1)).all()


def test_a_share_closed_counts_from_the_first_ratio_that_is_known():
    gap = table(
        ("a", 1, "urban", 800),
        ("a", 2, "urban", 800),
        ("a", 2, "rural", 400),
        ("a", 3, "urban", 800),
        ("a", 3, "rural", 600),
    )
    assert gap.set_index("year")["closed_share"].loc[[2, 3]].tolist() == [0, 0.5]


@pytest.mark.parametrize("value", [0, -1])
def test_a_standard_that_is_not_above_zero_is_refused(value):
    with pytest.raises(ValueError, match="above zero"):
        rural_urban_ratio([value], [800])
    with pytest.raises(ValueError, match="above zero"):
        rural_urban_ratio([600], [value])


def test_a_cell_that_stands_twice_is_refused():
    with pytest.raises(ValueError, match="stands twice"):
        table(("a", 1, "urban", 800), ("a", 1, "urban", 801))


@given(st.lists(st.tuples(standards, standards), min_size=2, max_size=6))
def test_growth_splits_the_log_ratio_exactly(pairs):
    rural, urban = np.array(pairs).T
    split = growth_split(rural, urban)
    change = np.diff(np.log(rural / urban))
    assert np.allclose(split["ratio_growth"], change, atol=1e-12)
    assert np.allclose(split["rural_growth"] - split["urban_growth"], change, atol=1e-12)


@given(st.lists(st.tuples(standards, standards), min_size=1, max_size=5), st.sampled_from([0.5, 2, 10]))
def test_scaling_all_money_leaves_every_ratio_as_it_was(pairs, factor):
    rows = [
        (f"a{n}", 1, side, value)
        for n, pair in enumerate(pairs)
        for side, value in zip(("urban", "rural"), pair, strict=True)
    ]
    plain, scaled = table(*rows), table(*[(a, y, s, v * factor) for a, y, s, v in rows])
    assert np.allclose(plain["rural_urban_ratio"], scaled["rural_urban_ratio"], rtol=1e-12)
    assert np.allclose(plain["gap_yuan_month"] * factor, scaled["gap_yuan_month"], rtol=1e-9, atol=1e-9)
    assert plain["state"].tolist() == scaled["state"].tolist()


def test_areas_share_the_yuan_gap_of_a_year():
    rows = [("a", 1, "urban", 900), ("a", 1, "rural", 600), ("b", 1, "urban", 900), ("b", 1, "rural", 800)]
    assert gap_by_area_share(table(*rows), 1).to_dict() == {"a": 0.75, "b": 0.25}
    unified = table(("b", 1, "urban", 9), ("b", 1, "rural", 9))
    assert gap_by_area_share(unified, 1).isna().all()


def test_adequacy_is_twelve_months_of_the_standard_over_a_years_consumption():
    assert adequacy(860, 41280).item() == 0.25


def test_a_table_holds_both_standards_and_an_area_of_one_residence_has_no_part_of_the_gap():
    rows = [("a", 1, "urban", 900), ("a", 1, "rural", 600), ("d", 1, "urban", 1483), ("a", 2, "urban", 950)]
    gap = table(*rows)
    assert gap[["urban_yuan_month", "rural_yuan_month"]].iloc[0].tolist() == [900, 600]
    assert gap_by_area_share(gap, 1).to_dict() == {"a": 1, "d": 0}
    assert list(gap.columns) == [
        "area_code", "year", "urban_yuan_month", "rural_yuan_month", "rural_urban_ratio", "gap_yuan_month", "relative_gap",
        "log_gap", "closed_share", "state",
    ]  # fmt: skip
    towns = table(("a", 1, "urban", 900), ("b", 1, "urban", 800))
    assert towns["state"].tolist() == ["one_residence"] * 2
    assert towns["rural_yuan_month"].isna().all()


def test_amounts_below_one_and_as_parameters_hold_them_are_amounts():
    exact = [Decimal("0.6"), Decimal("0.9")], [Decimal("0.8"), Decimal("0.9")]
    plain = [0.6, 0.9], [0.8, 0.9]
    assert rural_urban_ratio(*exact).tolist() == rural_urban_ratio(*plain).tolist() == pytest.approx([0.75, 1])
    for name, values in growth_split(*exact).items():
        assert values.tolist() == growth_split(*plain)[name].tolist()
    assert adequacy(*exact).tolist() == adequacy(*plain).tolist()
    assert closed_share(*exact).tolist() == closed_share(*plain).tolist()
    with pytest.raises(ValueError, match="^standards must be above zero$"):
        rural_urban_ratio([0.5, 0], [1, 1])
