import csv
import hashlib
import re
from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import DataRefused, ParametersRefused
from analysis.inputs.evidence import (
    CELL,
    COLUMNS,
    GRADES,
    checked_tables,
    datasets,
    load,
    package_sha256,
    trust,
    worst_grade,
)

DECEMBER = date(2024, 12, 31)


class Package:
    # One copied package: change a file, then see whether it is read or in which words it is refused.
    def __init__(self, home):
        self.home, self.folder = home, home / "data" / "guangdong"

    def rows(self, name):
        with (self.folder / name).open(encoding="utf-8", newline="") as stream:
            return list(csv.DictReader(stream))

    def write(self, name, rows):
        with (self.folder / name).open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)

    def change(self, name, where, **values):
        rows = self.rows(name)
        lines = [n for n, row in enumerate(rows, 2) if all(row[key] == value for key, value in where.items())]
        assert lines, f"nothing in {name} is {where}"
        for line in lines:
            rows[line - 2].update({key: v(rows[line - 2][key]) if callable(v) else v for key, v in values.items()})
        self.write(name, rows)
        return lines

    def trust(self):
        """Ask what its values say beside each other alone: that each may stand in its column is not asked."""
        trust([package_sha256("guangdong", self.home)])

    def load(self, as_of=DECEMBER):
        return load("guangdong", as_of, self.home)

    def refusal(self):
        def bytes_of_all():
            return {p: hashlib.sha256(p.read_bytes()).digest() for p in self.home.rglob("*") if p.is_file()}

        before = bytes_of_all()
        with pytest.raises(DataRefused) as refused:
            self.load()
        assert bytes_of_all() == before, "a refusal wrote something"
        assert "\n" not in str(refused.value)
        return str(refused.value)


@pytest.fixture
def package(copied_home):
    return Package(copied_home)


def dibao(area, year, residence=None, measure="standard"):
    where = {"area_code": area, "year": str(year), "programme": "dibao", "measure": measure}
    return where | ({"residence": residence} if residence else {})


def times(factor):
    return lambda text: f"{float(text) * factor:g}"


def test_as_of_hides_exactly_the_rows_of_a_later_day(evidence_june, evidence_december):
    for evidence in (evidence_june, evidence_december):
        assert (evidence.observations["known_from"] <= pd.Timestamp(evidence.as_of)).all()
        assert (evidence.hidden["known_from"] > pd.Timestamp(evidence.as_of)).all()
    whole = [len(evidence.observations) + len(evidence.hidden) for evidence in (evidence_june, evidence_december)]
    assert whole[0] == whole[1]
    assert len(evidence_june.hidden) > len(evidence_december.hidden) > 0


@settings(max_examples=4)
@given(st.dates(date(2014, 1, 1), date(2025, 12, 31)))
def test_no_observation_of_any_day_is_of_a_later_day(home, day):
    evidence = load("guangdong", day, home)
    assert (evidence.observations["known_from"] <= pd.Timestamp(day)).all()
    eve = load("guangdong", day - timedelta(days=1), home)
    new = len(evidence.observations) - len(eve.observations)
    assert new == (evidence.observations["known_from"] == pd.Timestamp(day)).sum()


def test_without_a_day_nothing_is_hidden(home, evidence_june):
    evidence = load("guangdong", None, home)
    assert evidence.hidden.empty
    assert len(evidence.observations) == len(evidence_june.observations) + len(evidence_june.hidden)


def test_a_row_whose_day_is_moved_past_the_plan_vanishes(package):
    package.change("standards.csv", dibao("441600", 2024), known_from="2025-01-01")
    standards = package.load().best("dibao", "standard")
    assert not ((standards["area_code"] == "441600") & (standards["year"] == 2024)).any()


def test_best_gives_one_row_a_cell_the_preferred_and_the_better_grade_where_that_is_hidden(evidence_june, package):
    for programme, measure in (("dibao", "minimum_standard"), ("dibao", "standard"), ("", "cpi_change")):
        assert not evidence_june.best(programme, measure).duplicated(CELL).any()
    # Of three reports of the 2024 minimum the preferred is of the press; without it two reposts are left.
    where = dibao("440000-C1", 2024, "urban", "minimum_standard")
    package.change("minima.csv", where | {"preferred": "true"}, known_from="2025-01-01")
    best = package.load().best("dibao", "minimum_standard")
    chosen = best[(best["area_code"] == "440000-C1") & (best["year"] == 2024) & (best["residence"] == "urban")]
    assert list(chosen["grade"]) == ["repost"]
    assert list(chosen["source_id"]) == ["chinanews-2024-04-30"]


def test_yearly_amounts_of_a_programme_come_per_month_and_of_consumption_stay_per_year(evidence_june):
    table = evidence_june.observations
    maonan = table[(table["area_code"] == "440902") & (table["year"] == 2021)].set_index("residence")
    assert maonan.loc["rural", ["value", "unit"]].tolist() == [947.0, "yuan/person/month"]
    assert maonan.loc["urban", "value"] == 1436.0
    spent = evidence_june.best("", "consumption_expenditure_per_capita")
    assert set(spent["unit"]) == {"yuan/person/year"}
    assert spent["value"].min() > 4000


def test_inside_units_are_persons_yuan_and_shares(evidence_june):
    assert set(evidence_june.observations["unit"]) == {
        "persons", "households", "yuan", "share", "ratio",
        "yuan/person/month", "yuan/person/year", "yuan/worker/month",
    } & set(evidence_june.observations["unit"])  # fmt: skip
    cpi = evidence_june.best("", "cpi_change")
    assert cpi["value"].abs().max() < 0.2
    gdp = evidence_june.best("", "gdp").set_index("year")["value"]
    assert gdp[2014] == pytest.approx(69593.4e8, rel=1e-12)


def test_a_package_that_nobody_has_read_before_gets_inside_units_and_days(package):
    table = package.load().observations
    where = (table["area_code"] == "440000") & (table["year"] == 2000) & (table["measure"] == "resident_population")
    (people,) = table[where].itertuples()
    assert (people.value, people.unit) == (8650.0e4, "persons")
    assert (people.effective_from, people.known_from) == (pd.Timestamp("2000-01-01"), pd.Timestamp("2001-03-31"))
    assert list(table.index) == list(range(len(table)))


def test_a_package_in_a_folder_is_held_against_its_description_unless_somebody_says_it_was(package):
    package.change("standards.csv", dibao("441600", 2024, "urban"), source_id="nobody")
    with pytest.raises(DataRefused, match="nobody"):
        checked_tables(package.folder, "data/guangdong")
    assert len(checked_tables(package.folder, "data/guangdong", checked_before=True)) == 4


def test_every_row_stands_on_the_line_it_names(home, evidence_june):
    lines = {}
    for row in evidence_june.observations.sample(60, random_state=0).itertuples():
        text = lines.setdefault(row.file, (home / row.file).read_text("utf-8").splitlines())
        fields = next(csv.reader([text[row.row - 1]]))
        assert (fields[0], fields[1], fields[12]) == (row.area_code, str(row.year), row.source_id)


def test_the_columns_of_the_contract_are_all_there(evidence_june):
    assert set(COLUMNS) <= set(evidence_june.observations.columns)
    assert set(evidence_june.observations["source_id"]) <= set(evidence_june.sources.index)
    assert set(evidence_june.observations["area_code"]) <= set(evidence_june.areas.index)


def test_coverage_counts_what_is_held_and_what_is_hidden(evidence_june):
    coverage = evidence_june.coverage().set_index(["programme", "measure"])
    assert coverage["rows_count"].sum() == len(evidence_june.observations)
    assert coverage["hidden_count"].sum() == len(evidence_june.hidden)
    minima = coverage.loc["dibao", "minimum_standard"]
    assert (minima["areas_count"], minima["first_year"], minima["last_year"]) == (4, 2014, 2024)
    assert (minima["best_grade"], minima["worst_grade"]) == ("press", "inferred")


def test_the_worst_of_several_grades():
    assert worst_grade(["official", "inferred", "press", ""]) == "inferred"
    assert worst_grade([]) == worst_grade([""]) == ""
    assert all(worst_grade(GRADES[: n + 1]) == grade for n, grade in enumerate(GRADES))


def test_an_unknown_or_path_like_dataset_is_refused(home):
    assert "guangdong" in datasets(home)
    with pytest.raises(
        ParametersRefused, match="'guangdon': no such package in data or local/data; .*did you mean guangdong"
    ):
        load("guangdon", None, home)
    for name in ("../data/guangdong", "/abs", "guang\ndong", "x" * 300, ""):
        with pytest.raises(ParametersRefused, match="not a name"):
            load(name, None, home)


# Faults: each must be refused with the file, the row where there is one, and the column.


def test_a_gbk_file_is_refused_by_its_encoding(package):
    path = package.folder / "areas.csv"
    path.write_bytes(path.read_text("utf-8").encode("gb18030"))
    assert package.refusal() == ("data/guangdong/areas.csv: row 2: not UTF-8 (it reads as GBK); save it as 'CSV UTF-8'")


def test_a_missing_column_is_refused(package):
    rows = [{key: value for key, value in row.items() if key != "grade"} for row in package.rows("recipients.csv")]
    package.write("recipients.csv", rows)
    assert re.match(r"data/guangdong/recipients\.csv: (row \d+: )?column grade", package.refusal())


def test_a_duplicate_row_is_refused_with_both_rows(package):
    rows = package.rows("standards.csv")
    package.write("standards.csv", [*rows, rows[-1]])
    message = package.refusal()
    assert message.startswith("data/guangdong/standards.csv: ")
    assert {str(len(rows) + 1), str(len(rows) + 2)} <= set(re.findall(r"\d+", message))


def test_two_preferred_rows_of_one_cell_are_refused_with_both_rows(package):
    rows = package.rows("standards.csv")
    package.write("standards.csv", [*rows, rows[-1] | {"source_id": "heyuan-2024-41"}])
    message = package.refusal()
    last = len(rows) + 1
    assert f"standards.csv row {last} and data/guangdong/standards.csv row {last + 1}: column preferred: " in message


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("-915", "at least 0"), ("915元/月", "allowed: a number"), ("1,196", "allowed: a number"), ("—", "allowed: a number"), ("(600)", "allowed: a number"),
        ("９１５", "plain digits"), ("9_15", "plain digits"), (" 915 ", "plain digits"), ("+915", "plain digits"), ("9.15e2", "plain digits"),
        ("", "is empty"), ("NaN", ""), ("INF", ""), ("#DIV/0!", "allowed: a number"),
    ],
)  # fmt: skip
@pytest.mark.fault(38)
def test_a_value_that_is_no_positive_number_is_refused(package, value, why):
    line = package.change("standards.csv", dibao("441600", 2024, "urban"), value=value)[0]
    message = package.refusal()
    assert re.match(r"data/guangdong/standards\.csv: row \d+: column value: ", message)
    assert why in message
    if why:
        assert f"row {line}:" in message


def test_a_value_that_is_infinite_is_refused_where_nothing_is_beside_it(package):
    package.change("drivers.csv", {"measure": "gdp", "year": "2014"}, value="INF")
    assert "drivers.csv: row" in package.refusal()


@pytest.mark.fault(45)
def test_a_standard_of_zero_is_refused_in_both_residences_too(package):
    package.change("standards.csv", dibao("441600", 2024), value="0")
    assert re.match(r"data/guangdong/standards\.csv: row \d+: column value: ", package.refusal())


TWELVE = [
    ("standards.csv", area, "standard")
    for area in ("440100", "440400", "440600", "440800", "441300", "441600", "445300")
]
TWELVE += [("minima.csv", "440000-C4", "minimum_standard"), ("standards.csv", "440800", "supplement_floor")]


@pytest.mark.parametrize(("name", "area", "measure"), TWELVE)
@pytest.mark.fault(44)
def test_a_yearly_amount_in_a_monthly_column_is_refused_in_one_residence(package, name, area, measure):
    where = dibao(area, 2024, "rural", measure)
    lines = package.change(name, where, value=times(12))
    package.trust()
    message = package.refusal()
    assert re.match(rf"data/guangdong/{name}: row \d+: column value: ", message)
    assert int(re.search(r"row (\d+)", message)[1]) in lines
    assert "yearly amount?" in message


@pytest.mark.parametrize(("name", "area", "measure"), TWELVE)
@pytest.mark.fault(44)
def test_a_yearly_amount_in_a_monthly_column_is_refused_in_both_residences(package, name, area, measure):
    lines = package.change(name, dibao(area, 2024, None, measure), value=times(12))
    package.trust()
    message = package.refusal()
    assert re.match(rf"data/guangdong/{name}: row \d+: column value: ", message)
    assert int(re.search(r"row (\d+)", message)[1]) in lines


def test_a_jump_that_a_person_has_checked_is_let_through(package):
    where = dibao("441600", 2024, "urban")
    package.change("standards.csv", where, value="9999", note="checked: against the notice")
    standards = package.load().best("dibao", "standard")
    assert 9999 in set(standards["value"])


@pytest.mark.fault(39)
def test_an_extra_comma_is_refused_at_its_row(package):
    path = package.folder / "standards.csv"
    lines = path.read_text("utf-8").splitlines()
    at = next(n for n, line in enumerate(lines) if line.startswith("441600,2024,Y,urban,dibao,standard"))
    lines[at] = lines[at].replace(",915,", ",1,915,")
    path.write_text("\n".join(lines) + "\n", "utf-8")
    assert re.match(rf"data/guangdong/standards\.csv: row {at + 1}: the row has more cells", package.refusal())


def test_an_unknown_area_is_refused(package):
    line = package.change("standards.csv", dibao("441600", 2024, "urban"), area_code="441699")[0]
    message = package.refusal()
    assert message.startswith(f"data/guangdong/standards.csv: row {line}: ")
    assert "area_code" in message
    assert "441699" in message


def test_an_unknown_source_is_refused(package):
    line = package.change("standards.csv", dibao("441600", 2024, "urban"), source_id="nobody")[0]
    message = package.refusal()
    assert message.startswith(f"data/guangdong/standards.csv: row {line}: ")
    assert "source_id" in message


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("grade", "reposted"), ("residence", "town"), ("unit", "yuan"), ("year", "20265"), ("year", "2024.5"),
        ("period", "M13"), ("known_from", "2024-06-31"), ("preferred", "yes"), ("known_from_basis", "guess"),
    ],
)  # fmt: skip
def test_a_label_that_is_not_allowed_is_refused_with_row_and_column(package, column, value):
    line = package.change("standards.csv", dibao("441600", 2024, "urban"), **{column: value})[0]
    assert package.refusal().startswith(f"data/guangdong/standards.csv: row {line}: column {column}: ")


@pytest.mark.fault(42)
def test_a_code_that_lost_its_zero_or_gained_a_fraction_is_refused(package):
    for code in ("44160", "441600.0"):
        line = package.change("areas.csv", {"name_en": "Heyuan"}, area_code=code)[0]
        assert package.refusal().startswith(f"data/guangdong/areas.csv: row {line}: column area_code: ")


@pytest.mark.fault(42)
def test_a_code_that_looks_like_a_number_is_kept_as_text(package):
    rows = package.rows("areas.csv")
    heyuan = next(row for row in rows if row["area_code"] == "441600")
    package.write("areas.csv", [*rows, heyuan | {"area_code": "044010", "name_en": "Zero"}])
    rows = package.rows("standards.csv")
    package.write("standards.csv", [*rows, rows[-1] | {"area_code": "044010"}])
    evidence = package.load()
    assert evidence.areas.at["044010", "name_en"] == "Zero"
    assert (evidence.observations["area_code"] == "044010").sum() == 1
    assert evidence.observations["area_code"].map(type).eq(str).all()


@pytest.mark.parametrize("word", ["NA", "None", "null", "1e5"])
@pytest.mark.fault(43)
def test_a_name_that_looks_like_nothing_is_kept_as_text(package, word):
    package.change("areas.csv", {"area_code": "441600"}, name_en=word, name_zh=word)
    areas = package.load().areas
    assert areas.loc["441600", ["name_en", "name_zh"]].tolist() == [word, word]


def test_a_deleted_file_is_named(package):
    (package.folder / "population.csv").unlink()
    assert package.refusal() == "data/guangdong/population.csv: is missing; datapackage.json names it"


@pytest.mark.fault(41)
def test_a_deleted_city_is_refused_at_the_first_row_that_speaks_of_it(package):
    package.write("areas.csv", [row for row in package.rows("areas.csv") if row["area_code"] != "441600"])
    message = package.refusal()
    assert re.match(r"data/guangdong/\w+\.csv: row \d+: ", message)
    assert "441600" in message


@pytest.mark.parametrize(
    ("name", "mark", "says"),
    [
        ("minimum_wage", '"wage', "a quotation mark is opened and never closed; is the end of the file missing?"),
        # What follows from it in the tables that name its rows is not said first.
        ("areas", '"members: Huizhou', "a quotation mark is opened and never closed; is the end of the file missing?"),
        ("minimum_wage", "yuan/worker/month,2018", "the row has fewer cells than the header"),
        ("minimum_wage", "440200,2018", "the row has fewer cells than the header"),
    ],
)
def test_a_file_that_was_cut_off_is_refused(package, name, mark, says):
    path = package.folder / f"{name}.csv"
    text = path.read_text("utf-8")
    place = text.rfind(mark)
    path.write_text(text[: place + 5], "utf-8")
    message = package.refusal()
    assert message.startswith(f"data/guangdong/{name}.csv: row {text[:place].count(chr(10)) + 1}: ")
    assert says in message


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"resources": []}', '{"resources": [{"name": "areas"}], "observations": ["x"]}']
)
def test_a_broken_descriptor_is_refused(package, text):
    (package.folder / "datapackage.json").write_text(text)
    assert package.refusal().startswith("data/guangdong/datapackage.json: ")


@pytest.mark.fault(47)
def test_a_name_that_a_spreadsheet_would_run_does_not_reach_the_results_as_it_is(package):
    from analysis.model.results import Rows, to_csv

    package.change("areas.csv", {"area_code": "441600"}, name_zh="=HYPERLINK(1)")
    try:
        names = package.load().areas["name_zh"].to_dict()
    except DataRefused:
        return
    rows = Rows({"scenario": "s", "dataset": "guangdong"}, names)
    rows.add("standard", 1, "yuan/person/month", grade="press", area_code="441600", year=2024)
    cells = [cell for line in csv.reader(to_csv(rows.table()).splitlines()) for cell in line]
    assert not [cell for cell in cells if cell[:1] in {"=", "+", "@"}]
