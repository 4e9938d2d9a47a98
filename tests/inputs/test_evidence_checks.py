"""What a package may not hold, row by row on tables made by hand: bounds, who is compared with whom, and the words."""

import json
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from analysis.errors import DataRefused
from analysis.inputs import evidence as package
from analysis.inputs.evidence import Evidence, checks

MONTH, YEAR = "yuan/person/month", "yuan/person/year"
COMMON = {
    "area_code": "a", "year": 2024, "period": "Y", "residence": "urban", "programme": "dibao", "measure": "standard",
    "value": 800.0, "unit": MONTH, "preferred": True, "note": "", "file": "data/own/standards.csv",
}  # fmt: skip


def table(*rows):
    return pd.DataFrame([COMMON | {"row": number} | row for number, row in enumerate(rows, 2)])


def told(found):
    return [(row["row"], problem) for row, problem in found]


def pair(rural, urban=1000.0, **both):
    return [both | {"residence": "urban", "value": urban}, both | {"residence": "rural", "value": rural}]


# By itself


@pytest.mark.parametrize("unit", [MONTH, YEAR, "persons"])
def test_an_endless_number_is_implausible_in_any_unit(unit):
    found = told(checks.implausible(table({"unit": unit}, {"unit": unit, "value": float("inf"), "area_code": "b"})))
    assert found == [(3, "inf: not a finite number")]


@pytest.mark.parametrize("value", [0.0, -5.0])
def test_an_amount_a_month_lies_above_zero_and_other_numbers_need_not(value):
    assert told(checks.implausible(table({"value": value}))) == [(2, f"{value:g}: allowed: above zero")]
    assert told(checks.implausible(table({"value": value, "programme": "", "preferred": False}))) != []
    for unit in (YEAR, "share", "persons"):
        assert told(checks.implausible(table({"value": value, "unit": unit}))) == []
    assert told(checks.implausible(table({"value": 0.5}))) == []


# Beside the other residence


@pytest.mark.parametrize(("rural", "share"), [(199.0, "0.20"), (150.0, "0.15"), (1501.0, "1.50"), (1600.0, "1.60")])
def test_a_rural_amount_far_from_its_urban_one_is_implausible(rural, share):
    problem = (
        f"rural is {share} of urban; allowed: 0.2 to 1.5, or a note that starts with 'checked:'; "
        "is one of them a yearly amount?"
    )
    # An area beside it is in order: of two rows the rural one is named.
    assert told(checks.implausible(table(*pair(700.0, area_code="b"), *pair(rural)))) == [(5, problem)]


@pytest.mark.parametrize(
    "rows",
    [
        pair(200.0),
        pair(1500.0),
        pair(150.0, note="checked: against the notice"),
        pair(150.0, preferred=False),
        pair(150.0, programme=""),
        pair(150.0, unit=YEAR),
        [{"residence": "both", "value": 100.0}, {"residence": "urban", "value": 1000.0}],
        [{"residence": "rural", "value": 100.0}],
        # Of another year, area, period, programme or measure: not one beside the other.
        *[
            [{"residence": "urban", "value": 1000.0}, {"residence": "rural", "value": 100.0} | other]
            for other in (
                {"year": 2020},
                {"area_code": "b"},
                {"period": "M04"},
                {"programme": "tekun"},
                {"measure": "x"},
            )
        ],
    ],
)
def test_what_is_not_beside_its_other_residence_or_was_checked_is_let_through(rows):
    assert told(checks.implausible(table(*rows))) == []


# After the year before


@pytest.mark.parametrize(("value", "change"), [(141.0, "+41%"), (1200.0, "+1100%"), (59.0, "-41%")])
def test_a_jump_from_the_year_before_is_implausible(value, change):
    rows = [{"year": 2024, "value": value}, {"year": 2023, "value": 100.0}, {"year": 2022, "value": 100.0}]
    problem = (
        f"{value:g} is {change} on the year before; allowed: 40% at most, or a note that starts with 'checked:'; "
        "is it a yearly amount?"
    )
    assert told(checks.implausible(table(*rows))) == [(2, problem)]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({}, {"value": 140.0}),
        ({}, {"value": 60.0}),
        ({"year": 2022}, {"value": 900.0}),
        ({"area_code": "b"}, {"value": 900.0}),
        ({"residence": "both"}, {"value": 900.0}),
        ({"measure": "other"}, {"value": 900.0}),
        ({"programme": "tekun"}, {"value": 900.0}),
        ({"period": "M04"}, {"value": 900.0}),
        ({}, {"value": 900.0, "note": "checked: it is so"}),
        ({"note": "checked: it is so"}, {"value": 900.0}),
        ({}, {"value": 900.0, "preferred": False}),
        ({}, {"value": 900.0, "programme": ""}),
        ({}, {"value": 900.0, "unit": "persons"}),
    ],
)
def test_a_change_that_is_small_checked_or_of_something_else_is_let_through(before, after):
    assert told(checks.implausible(table({"year": 2023, "value": 100.0} | before, after))) == []


def test_the_first_implausible_row_is_refused_with_its_place():
    rows = table({"area_code": "b"}, {"value": -1.0}, {"value": 0.0, "area_code": "c"})
    with pytest.raises(DataRefused, match=r"^data/own/standards\.csv: row 3: column value: -1: allowed: above zero$"):
        checks.refuse_implausible(rows)
    assert checks.refuse_implausible(rows.head(1)) is None


# Against the minimum of the class

AREAS = pd.DataFrame(
    {
        "area_code": ["P-C4", "P-C3", "a", "b", "n"], "level": ["class", "class", "city", "city", "city"],
        "area_class": ["4", "3", "4", "3", ""], "name_zh": ["四", "三", "甲", "乙", "丙"], "name_en": list("4321n"), "row": range(2, 7),
    }
).set_index("area_code")  # fmt: skip
MINIMA = [
    {"area_code": code, "residence": side, "measure": "minimum_standard", "value": value}
    for code, side, value in (("P-C4", "urban", 860.0), ("P-C4", "rural", 645.0), ("P-C3", "urban", 1000.0))
]


def far(*rows):
    return told(checks.far_from_minimum(table(*MINIMA, *rows), AREAS))


@pytest.mark.parametrize(
    ("row", "times"),
    [
        ({"value": 429.0}, "0.5"),
        ({"value": 3441.0}, "4.0"),
        ({"value": 10320.0}, "12.0"),
        ({"value": 322.0, "residence": "rural"}, "0.5"),
        ({"value": 4001.0, "area_code": "b"}, "4.0"),
    ],
)
def test_a_standard_far_from_the_minimum_of_its_class_is_told(row, times):
    problem = (
        f"{row['value']:g} is {times} times the minimum of its class; allowed: 0.5 to 4, or a note that starts with "
        "'checked:'; is it a yearly amount?"
    )
    assert far({"area_code": "b"}, row) == [(6, problem)]
    with pytest.raises(DataRefused, match=r"^data/own/standards\.csv: row 5: column value: .* times the minimum"):
        checks.refuse_far_from_minimum(table(*MINIMA, row), AREAS)


@pytest.mark.parametrize(
    "row",
    [
        {"value": 430.0},
        {"value": 3440.0},
        {"value": 9999.0, "year": 2023},
        {"value": 9999.0, "residence": "rural", "area_code": "b"},
        {"value": 9999.0, "area_code": "n"},
        {"value": 9999.0, "preferred": False},
        {"value": 9999.0, "programme": "tekun"},
        {"value": 9999.0, "measure": "supplement_floor"},
        {"value": 9999.0, "note": "checked: it is so"},
    ],
)
def test_a_standard_near_its_minimum_or_without_one_is_let_through(row):
    assert far(row) == []
    assert checks.refuse_far_from_minimum(table(*MINIMA, row), AREAS) is None


# What is allowed and yet rare


def test_rural_above_urban_and_a_fall_are_remarked_on():
    rows = [*pair(1010.0), *pair(900.0, area_code="b"), {"year": 2023, "area_code": "b", "value": 1200.0}]
    assert checks.remarks(table(*rows)) == [
        "data/own/standards.csv: row 3: rural 1010 is above urban 1000",
        "data/own/standards.csv: row 4: 1000 is below 1200 of the year before",
    ]


@pytest.mark.parametrize(
    "rows",
    [
        pair(1000.0),
        pair(1010.0, note="checked: it is so"),
        pair(1010.0, preferred=False),
        pair(1010.0, programme=""),
        pair(1010.0, unit=YEAR),
        [{"residence": "urban", "value": 10.0}, {"residence": "rural", "value": 20.0, "year": 2022}],
        [{"year": 2023}, {"year": 2024}],
        [{"year": 2022, "value": 900.0}, {"year": 2024}],
        [{"year": 2023, "value": 900.0}, {"year": 2024, "measure": "supplement_floor"}],
        [{"year": 2023, "value": 900.0, "residence": "rural"}, {"year": 2024}],
    ],
)
def test_what_is_level_checked_or_of_something_else_is_not_remarked_on(rows):
    assert checks.remarks(table(*rows)) == []


# Names, cells and forms


@pytest.mark.parametrize("column", ["name_zh", "name_en"])
def test_a_name_that_a_spreadsheet_would_run_is_refused_with_its_row_and_column(column):
    areas = AREAS.copy()
    areas.loc["b", column] = "=HYPERLINK(" + "x" * 60
    with pytest.raises(DataRefused) as refused:
        checks.refuse_names(areas, "data/own/areas.csv")
    assert str(refused.value) == (
        f"data/own/areas.csv: row 5: column {column}: {'=HYPERLINK(' + 'x' * 29!r}: a spreadsheet would run it"
    )
    areas.loc["b", column] = "-5"
    assert checks.refuse_names(areas, "data/own/areas.csv") is None


def test_two_preferred_rows_of_a_cell_are_named_and_no_third():
    rows = [{"area_code": "b"}, {"programme": ""}, {"programme": "", "file": "data/own/more.csv"}, {"preferred": False}]
    with pytest.raises(DataRefused) as refused:
        checks.refuse_repeated(table(*rows, {"programme": "", "preferred": False}))
    assert str(refused.value) == (
        "data/own/standards.csv row 3 and data/own/more.csv row 4: column preferred: a 2024 Y urban standard is preferred "
        "twice; keep one"
    )
    assert checks.refuse_repeated(table(rows[0], rows[1], rows[3])) is None


FIELDS = [{"name": "year", "type": "integer"}, {"name": "value", "type": "number"}, {"name": "note", "type": "string"}]


@pytest.mark.parametrize("text", ["1,196", "９１５", "1e3", "1_000", "+5", ".5", "5.", " 5", "5 ", "--5", "x" * 60])
@pytest.mark.parametrize("name", ["year", "value"])
def test_a_number_in_other_than_plain_digits_is_refused(text, name):
    written = table({"year": "2024", "value": "5"}, {"year": "2024", "value": "5"} | {name: text, "note": text})
    with pytest.raises(DataRefused) as refused:
        checks.refuse_number_form(written, {"schema": {"fields": FIELDS}})
    assert str(refused.value) == (
        f"data/own/standards.csv: row 3: column {name}: {text[:40]!r}: allowed: a number in plain digits, such as 1196 or 35.5"
    )


def test_plain_digits_and_an_empty_cell_are_let_through():
    written = table(*({"year": "2024", "value": value, "note": "x"} for value in ("5", "-5", "35.5", "0", "")))
    assert checks.refuse_number_form(written, {"schema": {"fields": FIELDS}}) is None


# Files


def test_a_file_of_no_known_encoding_is_refused_at_its_row(tmp_path):
    path = tmp_path / "a.csv"
    for raw, row, guess in (
        (b"a,b\n1,\xff\xff\n", 2, "its encoding is not known"),
        ("甲\n".encode("gb18030"), 1, "it reads as GBK"),
    ):
        path.write_bytes(raw)
        with pytest.raises(DataRefused) as refused:
            checks.refuse_encoding(path, "data/own/a.csv")
        assert str(refused.value) == f"data/own/a.csv: row {row}: not UTF-8 ({guess}); save it as 'CSV UTF-8'"
    path.write_text("甲,b\n", "utf-8")
    assert checks.refuse_encoding(path, "data/own/a.csv") is None


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("year,value", "row 1: column note: is missing; the header must be year,value,note"),
        ("", "row 1: column year: is missing; the header must be year,value,note"),
        ("year,value,note,valu", "row 1: column valu: no such column; allowed: note, value, year; did you mean value?"),
        ("year,value,note,", "row 1: column (empty): no such column; allowed: note, value, year"),
        ("year,value,note,year", "row 1: column year: stands twice"),
    ],
)
def test_a_header_is_refused_by_its_column(tmp_path, header, said):
    path = tmp_path / "a.csv"
    path.write_text(f"{header}\n1,2,3\n" if header else "", "utf-8")
    with pytest.raises(DataRefused) as refused:
        checks.refuse_header(path, {"schema": {"fields": FIELDS}}, "data/own/a.csv")
    assert str(refused.value) == f"data/own/a.csv: {said}"


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_header_in_another_order_or_with_a_mark_is_let_through(tmp_path, mark):
    path = tmp_path / "a.csv"
    path.write_text(f"{mark}value,note,year\n", "utf-8")
    assert checks.refuse_header(path, {"schema": {"fields": FIELDS}}, "data/own/a.csv") is None


@pytest.mark.parametrize(
    ("described", "said"),
    [
        ({"resources": [{"name": "areas", "path": "areas.csv"}], "observations": []}, "datapackage.json: resource 'sources' is missing"),
        (
            {"resources": [{"name": name, "path": f"{name}.csv"} for name in ("areas", "sources")], "observations": ["minima", "gdp"]},
            "datapackage.json: resource 'gdp' is missing",
        ),
        ({"resources": [{"name": name, "path": f"{name}.csv"} for name in ("areas", "sources")], "observations": []},
         "sources.csv: is missing; datapackage.json names it"),
        ({"observations": []}, "datapackage.json: not a data package ('resources')"),
        ({"resources": [{"path": "a.csv"}], "observations": []}, "datapackage.json: not a data package ('name')"),
    ],
)  # fmt: skip
def test_a_descriptor_that_lacks_a_table_is_refused_by_its_name(tmp_path, described, said):
    (tmp_path / "datapackage.json").write_text(json.dumps(described), "utf-8")
    (tmp_path / "areas.csv").write_text("area_code\n", "utf-8")
    with pytest.raises(DataRefused) as refused:
        checks.descriptor(tmp_path, "data/own")
    assert str(refused.value) == f"data/own/{said}"


# What was known when

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
