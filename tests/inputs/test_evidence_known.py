"""What a package knew on a day, which of several rows is taken, what is covered, and that it is checked once."""

from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from test_evidence_checks import table

from analysis.errors import DataRefused
from analysis.inputs import evidence as package
from analysis.inputs.evidence import Evidence

ROWS = [
    {"known_from": "2023-05-01", "grade": "press", "source_id": "s2", "value": 1.0},
    {"known_from": "2023-05-01", "grade": "press", "source_id": "s1", "value": 2.0},
    {"known_from": "2024-04-01", "grade": "official", "source_id": "s3", "value": 3.0, "preferred": False},
    {"known_from": "2024-05-01", "grade": "repost", "source_id": "s4", "value": 4.0, "area_code": "b", "year": 2023},
    {"known_from": "2025-05-01", "grade": "derived", "source_id": "s5", "value": 5.0, "measure": "later"},
]


def known(as_of):
    rows = table(*({"preferred": False} | row for row in ROWS)).assign(
        known_from=lambda all_rows: pd.to_datetime(all_rows["known_from"])
    )
    seen = rows["known_from"] <= (pd.Timestamp(as_of) if as_of else rows["known_from"].max())
    areas = pd.DataFrame({"parent_code": ["", "a"]}, index=["a", "b"])
    described = {"headline": {"programme": "dibao"}}
    return Evidence("own", as_of, areas, pd.DataFrame(), rows[seen].reset_index(drop=True), rows[~seen].reset_index(drop=True),
                    described, (Path("x"),))  # fmt: skip


def test_an_earlier_day_hides_more_and_a_later_one_shows_nothing_more():
    whole, june = known(None), known(date(2024, 6, 30))
    for evidence in (whole, june):
        past = evidence.known_on(date(2023, 12, 31))
        assert (past.as_of, past.dataset, past.files) == (date(2023, 12, 31), "own", (Path("x"),))
        assert past.observations["value"].tolist() == [1, 2]
        assert sorted(past.hidden["value"]) == [3, 4, 5]
        assert past.hidden.index.tolist() == [0, 1, 2]
    assert june.known_on(date(2023, 12, 31)).hidden["value"].tolist() == [5, 3, 4]
    assert whole.known_on(date(2023, 5, 1)).observations["value"].tolist() == [1, 2]
    assert whole.known_on(date(2023, 4, 30)).observations.empty
    later = june.known_on(date(2026, 1, 1))
    assert (later.as_of, later.observations["value"].tolist()) == (date(2024, 6, 30), [1, 2, 3, 4])
    assert whole.known_on(date(2025, 5, 1)).observations.index.tolist() == [0, 1, 2, 3, 4]


def test_of_several_rows_of_a_cell_the_best_grade_and_then_the_first_source_is_taken():
    best = known(date(2024, 6, 30)).best("dibao", "standard")
    assert best[["area_code", "value"]].to_numpy().tolist() == [["a", 3], ["b", 4]]
    assert best.index.tolist() == [0, 1]
    assert "rank" not in best
    past = known(date(2024, 6, 30)).known_on(date(2023, 12, 31))
    assert past.best("dibao", "standard")["source_id"].tolist() == ["s1"]
    evidence = known(None)
    evidence.observations.loc[0, "preferred"] = True
    assert evidence.best("dibao", "standard")["value"].tolist() == [1, 4]
    # What a reader does to his table does not reach the next reader.
    own = evidence.best("dibao", "standard")
    own["value"] = 0
    assert evidence.best("dibao", "standard")["value"].tolist() == [1, 4]
    assert evidence.best("dibao", "later")["value"].tolist() == [5]
    assert evidence.best("tekun", "standard").empty


def test_coverage_by_hand():
    coverage = known(date(2024, 6, 30)).coverage()
    assert coverage.columns.tolist() == [
        "programme", "measure", "areas_count", "first_year", "last_year", "rows_count", "hidden_count", "best_grade", "worst_grade",
    ]  # fmt: skip
    first, second = coverage.to_dict("records")
    assert first["measure"] == "later"
    assert (first["hidden_count"], first["best_grade"], first["worst_grade"]) == (1, "", "")
    assert pd.isna(first["rows_count"])
    assert second == {
        "programme": "dibao", "measure": "standard", "areas_count": 2, "first_year": 2023, "last_year": 2024, "rows_count": 4,
        "hidden_count": 0, "best_grade": "official", "worst_grade": "repost",
    }  # fmt: skip


def test_the_whole_and_the_headline_are_the_packages_own():
    evidence = known(None)
    assert evidence.whole == "a"
    assert evidence.headline == {"programme": "dibao"}


# Checked once


def test_a_package_that_was_vouched_for_is_not_held_against_its_description_again(copied_home, monkeypatch):
    monkeypatch.delenv(package.CHECKED_PACKAGES, raising=False)

    def told_off(*_):
        raise DataRefused("checked again")

    package.forget()
    evidence = package.load("guangdong", None, copied_home)
    package.forget()
    with monkeypatch.context() as patched:
        patched.setattr(package, "refuse_invalid", told_off)
        with pytest.raises(DataRefused, match="checked again"):
            package.load("guangdong", None, copied_home)
        package.vouch(evidence, copied_home)
        again = package.load("guangdong", None, copied_home)
        assert again.observations.equals(evidence.observations)
        assert package.load("guangdong", None, copied_home) is again
        path = copied_home / "data" / "guangdong" / "minima.csv"
        path.write_text(path.read_text("utf-8") + "\n", "utf-8")
        with pytest.raises(DataRefused, match="checked again"):
            package.load("guangdong", None, copied_home)
    package.forget()
