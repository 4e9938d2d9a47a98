import csv

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.model.results import COLUMNS, DECIMALS, KEY, Rows, from_csv, key_of, to_csv, with_keys


def gathered(*values, unit="yuan/year", **more):
    rows = Rows({"scenario": "s", "dataset": "d"}, {"44": "广东, 省", "x": "NA"})
    for number, value in enumerate(values):
        rows.add(f"m{number}", value, unit, grade="press", area_code="44", year=2025, **more)
    return rows


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -np.inf])
def test_a_number_that_is_not_finite_is_no_result(value):
    with pytest.raises(ValueError, match="is no result"):
        gathered(value)


def test_a_unit_or_column_outside_the_contract_is_refused():
    with pytest.raises(ValueError, match="not in the contract"):
        gathered(1, unit="furlongs")
    with pytest.raises(ValueError, match="not in the contract"):
        gathered(1, colour="red")


def test_two_results_with_one_key_are_refused_and_the_key_is_named():
    rows = gathered(1)
    rows.add("m0", 2, "persons", grade="official", area_code="44", year=2025)
    with pytest.raises(ValueError, match="two results with the key s:d:44:::2025:Y:::m0:central"):
        rows.table()
    for name, value in {
        "residence": "rural",
        "tier": "local",
        "statistic": "p90",
        "component": "linked",
        "period": "M03",
    }.items():
        other = gathered(1)
        other.add("m0", 2, "persons", grade="official", area_code="44", year=2025, **{name: value})
        assert len(other.table()) == 2


@pytest.mark.parametrize(
    ("unit", "value", "written"),
    [
        ("yuan/person/month", 706.605001, "706.61"), ("yuan/year", 473099331.66, "473099332"), ("persons", -0.4, "0"),
        ("share", 0.0362694300518, "0.036269"), ("ratio", 691 / 891, "0.775533"), ("times", 1.6, "1.600"), ("areas", 8, "8"),
        ("yuan/year", 1e15, "1000000000000000"), ("persons per 10,000 residents", 97.1949, "97.19"),
    ],
)  # fmt: skip
def test_a_number_is_written_with_the_decimals_of_its_unit(unit, value, written):
    rows = list(csv.reader(to_csv(gathered(value, unit=unit).table()).splitlines()))
    assert rows[1][COLUMNS.index("value")] == written


def test_a_difference_below_the_last_digit_does_not_reach_the_bytes():
    one, other = (to_csv(gathered(value, unit="share").table()) for value in (0.1 + 0.2, 0.3))
    assert one == other


values = st.lists(st.floats(-1e12, 1e12), min_size=1, max_size=6)


@given(values, st.sampled_from(sorted(DECIMALS)))
def test_what_is_written_is_read_back_equal_and_written_again_the_same(numbers, unit):
    table = gathered(*numbers, unit=unit, rests_on=["b", "a", "a"]).table()
    text = to_csv(table)
    back = from_csv(text)
    assert back.to_dict("list") == with_keys(table).sort_index().reset_index(drop=True).to_dict("list")
    assert to_csv(back) == text
    assert set(back["rests_on"]) == {"a;b"}


def test_the_order_in_which_results_come_does_not_reach_the_bytes():
    table = gathered(3, 1, 2).table()
    assert to_csv(table) == to_csv(table.iloc[::-1])


def test_labels_that_look_like_nothing_or_hold_commas_stay_text():
    rows = gathered(1)
    rows.add("m", 1, "areas", grade="", area_code="x", year=2025, component='a "quoted", b')
    back = from_csv(to_csv(rows.table()))
    assert set(back["area_name"]) == {"广东, 省", "NA"}
    assert set(back["year"]) == {"2025"}
    assert 'a "quoted", b' in set(back["component"])
    assert list(back.columns) == COLUMNS


def test_a_row_is_found_by_its_key():
    table = gathered(7).table()
    key = key_of(table.iloc[0])
    assert key == ":".join(table.iloc[0][KEY])
    assert with_keys(table).loc[key, "value"] == 7
