"""What has become of the rows of a package: each kind of change by a known example."""

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from analysis.model.compare.changes import KINDS, data_changes, described_changes

ROW = 40


@pytest.fixture
def old(evidence_june):
    return evidence_june


def edited(evidence, **values):
    """Return the package with one row changed."""
    table = evidence.observations.copy()
    for name, value in values.items():
        table.loc[ROW, name] = value
    return replace(evidence, observations=table)


def kinds(old, new):
    return data_changes(old, new)["kind"].tolist()


def test_nothing_has_changed(old):
    assert data_changes(old, old).empty
    assert described_changes(old, old).empty


def test_a_value_or_a_unit_is_changed_and_shows_both(old):
    was = old.observations.loc[ROW, "value"]
    found = data_changes(old, edited(old, value=was + 1))
    assert found[["kind", "old_value", "new_value"]].to_numpy().tolist() == [["changed", was, was + 1]]
    assert found["at"].str.contains(r"\.csv:\d+$").all()
    assert kinds(old, edited(old, unit="persons")) == ["changed"]


@pytest.mark.parametrize(
    ("name", "value"), [("grade", "inferred"), ("preferred", False), ("known_from", pd.Timestamp("2020-01-01"))]
)
def test_what_can_make_another_row_count_is_described(old, name, value):
    assert str(old.observations.loc[ROW, name]) != str(value)
    assert kinds(old, edited(old, **{name: value})) == ["described"]


def test_a_note_and_a_line_number_are_no_difference(old):
    assert kinds(old, edited(old, note="otherwise")) == []
    assert kinds(old, replace(old, observations=old.observations.assign(row=old.observations["row"] + 1))) == []


def test_a_row_is_added_or_removed(old):
    less = replace(old, observations=old.observations.drop(index=ROW))
    value = old.observations.loc[ROW, "value"]
    added, removed = data_changes(less, old), data_changes(old, less)
    assert (added["kind"].tolist(), added["new_value"].tolist()) == (["added"], [value])
    assert (removed["kind"].tolist(), removed["old_value"].tolist()) == (["removed"], [value])
    assert added["old_value"].isna().all()
    assert removed["new_value"].isna().all()


def test_a_day_brings_rows_in_or_hides_them(evidence_december):
    june = evidence_december.known_on(date(2024, 6, 30))
    count = len(evidence_december.observations) - len(june.observations)
    assert count > 0
    assert kinds(june, evidence_december) == ["known"] * count
    assert kinds(evidence_december, june) == ["hidden"] * count


def test_a_row_that_neither_day_shows_is_no_difference(old):
    assert len(old.hidden)
    assert kinds(old, replace(old, hidden=old.hidden.iloc[:-1])) == []


def test_kinds_come_in_their_order(old):
    new = edited(old, value=0.0)
    new = replace(new, observations=new.observations.drop(index=ROW + 1))
    found = kinds(replace(old, observations=old.observations.drop(index=ROW + 2)), new)
    assert found == ["added", "changed", "removed"] == sorted(found, key=KINDS.index)


def test_an_area_that_changes_class_and_the_unit_of_money_are_said(old):
    areas = old.areas.copy()
    areas.loc["441600", "area_class"] = "3"
    descriptor = dict(old.descriptor) | {"currency": "IDR"}
    found = described_changes(old, replace(old, areas=areas, descriptor=descriptor))
    assert found["key"].tolist() == ["areas.441600.area_class", "datapackage.currency"]
