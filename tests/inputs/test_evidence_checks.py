"""What a package may not hold, row by row on tables made by hand: bounds, who is compared with whom, and the words."""

import json

import pandas as pd
import pytest

from analysis.errors import DataRefused
from analysis.inputs.evidence import checks, remarks

MONTH, YEAR = "yuan/person/month", "yuan/person/year"
COMMON = {
    "area_code": "a", "year": 2024, "period": "Y", "residence": "urban", "programme": "dibao", "measure": "standard",
    "value": 800.0, "unit": MONTH, "preferred": True, "note": "", "file": "data/own/standards.csv",
    "known_from": pd.Timestamp("2024-04-30"),
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
    assert remarks(table(*rows)) == [
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
    assert remarks(table(*rows)) == []


@pytest.mark.parametrize(
    ("column", "meant", "slip"),
    [
        ("programme", "dibao", "dibo"),
        ("measure", "minimum_standard", "minimum_standrad"),
        ("measure", "minimum_standard", "minimun_standard"),
    ],
)
def test_a_rare_name_is_taken_for_a_slip_of_a_common_one(column, meant, slip):
    common = [{column: meant, "area_code": str(number)} for number in range(5)]
    said = f"data/own/standards.csv: row 7: {column} {slip!r} is rare; did you mean {meant}?"
    assert remarks(table(*common, {column: slip})) == [said]
    assert remarks(table(*common[:4], {column: slip})) == []
    twice = [{column: slip}, {column: slip, "area_code": "b"}]
    assert remarks(table(*common, *twice)) == []
    more = [{column: meant, "area_code": str(number)} for number in range(5, 10)]
    assert len(remarks(table(*common, *more, *twice))) == 2
    rarely = [{column: slip, "area_code": name} for name in "bcd"]
    plenty = [{column: meant, "area_code": str(number)} for number in range(10, 30)]
    assert remarks(table(*common, *more, *plenty, *rarely)) == []


@pytest.mark.parametrize(
    "other", ["standard", "minimum_standard_draft", "maximum_rate", "lowest_standard", "standard_minimum"]
)
def test_another_name_is_no_slip(other):
    rows = [{"measure": "minimum_standard", "area_code": str(number)} for number in range(9)]
    assert remarks(table(*rows, {"measure": other})) == []


def test_a_year_long_after_the_day_of_publication_is_remarked_on():
    assert remarks(table({"year": 2026})) == []
    said = "data/own/standards.csv: row 2: year 2027 is long after 2024-04-30, when the figure was public"
    assert remarks(table({"year": 2027})) == [said]


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
        ("year;value;note", "row 1: ';' stands between the columns; allowed: a comma"),
        ("year\tvalue\tnote", "row 1: '\\t' stands between the columns; allowed: a comma"),
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


# A package held against its own description

GOOD = "x,2024-06-30,5,2024,true,a"
COLUMNS = [
    {"name": "code", "type": "string", "constraints": {"required": True}}, {"name": "day", "type": "date"},
    {"name": "value", "type": "number", "constraints": {"minimum": 1}},
    {"name": "year", "type": "integer", "constraints": {"maximum": 2100}},
    {"name": "own", "type": "boolean", "trueValues": ["true"], "falseValues": ["false"]},
    {"name": "grade", "type": "string", "constraints": {"enum": ["a", "b"]}},
]  # fmt: skip
PLACES = {
    "name": "areas",
    "path": "areas.csv",
    "schema": {"fields": [{"name": "code", "type": "string"}], "primaryKey": ["code"]},
}
OWN = {"name": "rows", "path": "rows.csv", "schema": {
    "fields": COLUMNS, "primaryKey": ["code", "year"],
    "foreignKeys": [{"fields": ["code"], "reference": {"resource": "areas", "fields": ["code"]}}],
}}  # fmt: skip


@pytest.fixture
def held(tmp_path):
    def against(*lines, areas="code\nx\ny\n", resources=(PLACES, OWN)):
        (tmp_path / "areas.csv").write_text(areas, "utf-8")
        (tmp_path / "rows.csv").write_text("\n".join(["code,day,value,year,own,grade", *lines, ""]), "utf-8")
        (tmp_path / "datapackage.json").write_text(json.dumps({"name": "own", "resources": resources}), "utf-8")
        checks.refuse_invalid(tmp_path, "data/own")

    return against


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([GOOD, "y,2024-06-31,5,2024,true,a"], "row 3: column day: '2024-06-31': allowed: a date such as 2024-06-30"),
        (["x,2024-06-30,5km,2024,true,a"], "row 2: column value: '5km': allowed: a number"),
        (["x,2024-06-30,5,2024.5,true,a"], "row 2: column year: '2024.5': allowed: a whole number"),
        (["x,2024-06-30,5,2024,yes,a"], "row 2: column own: 'yes': allowed: true or false"),
        (["x,2024-06-30,0,2024,true,a"], "row 2: column value: '0': allowed: at least 1"),
        (["x,2024-06-30,5,2101,true,a"], "row 2: column year: '2101': allowed: at most 2100"),
        (["x,2024-06-30,5,2024,true,c"], "row 2: column grade: 'c': allowed: one of ['a', 'b']"),
        ([",2024-06-30,5,2024,true,a"], "row 2: column code: is empty; a value must stand here"),
        (["z,2024-06-30,5,2024,true,a"],
         'row 2: for "code": values "z" not found in the lookup table "areas" as "code"; add it there, or correct it here'),
        ([GOOD, GOOD], "row 3: a duplicate row: its key stands in row 2 too; keep one"),
        ([GOOD + ",extra"], "row 2: the row has more cells than the header: a comma inside a cell needs quotes round the cell, or a quote is missing"),
        (["x,2024-06-30"], "row 2: column value: the row has fewer cells than the header: is the end of the row missing? (and 3 more)"),
        (["x,2024-06-30,1,010,2024,true,a"], "row 2: the row has more cells than the header: a comma inside a cell needs quotes round the cell, or a quote is missing (and 2 more)"),
        ([GOOD, ""], "row 3: the row is empty; delete it (and 1 more)"),
        (["x,2024-06-31,5km,2024,true,c"], "row 2: column day: '2024-06-31': allowed: a date such as 2024-06-30 (and 2 more)"),
        (["x,2024-06-31,5km,2024,true,a"], "row 2: column day: '2024-06-31': allowed: a date such as 2024-06-30 (and 1 more)"),
    ],
)  # fmt: skip
def test_a_row_that_its_description_does_not_allow_is_refused_in_plain_words(held, lines, said):
    with pytest.raises(DataRefused) as refused:
        held(*lines)
    assert str(refused.value) == f"data/own/rows.csv: {said}"


def test_the_table_that_is_wrong_is_named_and_one_that_is_right_passes(held):
    assert held(GOOD, "y,2024-06-30,5,2024,false,b") is None
    with pytest.raises(
        DataRefused, match=r"^data/own/areas\.csv: row 3: a duplicate row: its key stands in row 2 too; "
    ):
        held(GOOD, areas="code\nx\nx\n")


def test_a_limit_without_words_of_its_own_and_a_column_too_many_are_named(held, tmp_path):
    long = PLACES | {"schema": {"fields": [{"name": "code", "type": "string", "constraints": {"minLength": 2}}]}}
    with pytest.raises(DataRefused) as refused:
        held(resources=[long])
    assert str(refused.value) == "data/own/areas.csv: row 2: column code: 'x': allowed: minLength 2 (and 1 more)"
    with pytest.raises(DataRefused, match=r"^data/own/areas\.csv: column more: extra label: "):
        held(areas="code,more\nx,y\n", resources=[PLACES])


@pytest.mark.parametrize(
    ("resources", "said"),
    [
        ([PLACES, OWN | {"name": "areas"}], "names of the resources are not unique"),
        ([PLACES | {"path": "../areas.csv"}], 'path "../areas.csv" is not safe'),
        ([PLACES | {"schema": {"fields": [{"name": "code", "type": "strin"}]}}], 'field type "strin" is not supported'),
    ],
)
def test_a_description_that_is_not_allowed_is_refused_in_one_line(held, resources, said):
    with pytest.raises(DataRefused) as refused:
        held(GOOD, resources=resources)
    assert str(refused.value) == f"data/own/datapackage.json: {said}"


@pytest.mark.parametrize("rows", [3, 60_000])
def test_a_quote_that_is_never_closed_is_refused_where_it_opens_however_much_follows(tmp_path, rows):
    table = tmp_path / "table.csv"
    table.write_text('a,b\n1,2\n3,"open' + "y,1\n" * rows, "utf-8")
    with pytest.raises(DataRefused, match=r"^data/table\.csv: row 3: a quotation mark is opened and never closed"):
        checks.refuse_open_quote(table, "data/table.csv")
    table.write_text('a,b\n1,"closed, and whole"\n', "utf-8")
    checks.refuse_open_quote(table, "data/table.csv")
