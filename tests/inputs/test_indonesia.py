import csv
import re
from datetime import date

import pandas as pd
import pytest

from analysis.errors import DataRefused
from analysis.inputs.evidence import CELL, datasets, load, vouch

# Counted in the source: 34 provinces x 12 half-years, 32 of them with rural figures, two measures.
PROVINCES, HALF_YEARS, WITH_RURAL = 34, 12, 32
RURAL_ABOVE_URBAN = {
    "Jawa Tengah": 1,
    "Jawa Timur": 1,
    "Kalimantan Tengah": 12,
    "Kepulauan Bangka Belitung": 12,
    "Maluku": 1,
    "Sulawesi Barat": 4,
    "Sulawesi Utara": 8,
}
FLAG = "rural above urban"


@pytest.fixture(scope="module")
def evidence(home):
    evidence = load("indonesia", None, home)
    vouch(evidence, home)
    return evidence


@pytest.fixture(scope="module")
def lines(evidence):
    table = evidence.best("poverty", "poverty_line")
    return table.pivot(index=["area_code", "year", "period"], columns="residence", values="value")


class Copy:
    # A copied package: change one figure, then see in which words it is refused.
    def __init__(self, home):
        self.home, self.path = home, home / "data" / "indonesia" / "poverty_lines.csv"
        with self.path.open(encoding="utf-8", newline="") as stream:
            self.rows = list(csv.DictReader(stream))

    def find(self, residence, measure="poverty_line", area="11", year="2020", period="H1"):
        wanted = (area, year, period, residence, measure)
        keys = ("area_code", "year", "period", "residence", "measure")
        return next(n for n, row in enumerate(self.rows) if tuple(row[key] for key in keys) == wanted)

    def load(self):
        with self.path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, list(self.rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(self.rows)
        return load("indonesia", None, self.home)

    def refusal(self):
        with pytest.raises(DataRefused) as refused:
            self.load()
        return str(refused.value)


@pytest.fixture
def copy(copied_home):
    return Copy(copied_home)


def test_the_package_is_one_of_the_two(home):
    assert {"guangdong", "indonesia"} <= set(datasets(home))


def test_the_country_is_the_whole_and_34_provinces_are_its_parts(evidence):
    areas = evidence.areas
    assert areas["level"].value_counts().to_dict() == {"region": PROVINCES, "country": 1}
    assert evidence.descriptor["levels"] == {"whole": "country", "part": "region"}
    assert areas.index[areas["level"] == "country"].tolist() == ["ID"]
    assert set(areas.loc[areas["level"] == "region", "parent_code"]) == {"ID"}
    assert areas.index[~areas["has_rural"]].tolist() == ["31"]
    assert areas.loc[["11", "31", "34", "91", "94"], "name_en"].tolist() == [
        "Aceh", "DKI Jakarta", "DI Yogyakarta", "Papua Barat", "Papua",
    ]  # fmt: skip
    assert not areas["name_en"].duplicated().any()
    assert not areas["name_zh"].duplicated().any()


def test_the_currency_is_the_rupiah(evidence):
    assert evidence.descriptor["currency"] == "IDR"
    assert set(evidence.observations["unit"]) == {"rupiah/person/month", "persons"}


def test_there_are_as_many_rows_as_in_the_source(evidence):
    table = evidence.observations
    assert len(table) == 2400
    for measure in ("poverty_line", "poor_persons"):
        counts = table[table["measure"] == measure]["residence"].value_counts()
        assert counts.to_dict() == {"both": 408, "urban": 408, "rural": 384}
    assert table.groupby(["year", "period"]).size().tolist() == [200] * HALF_YEARS
    assert sorted(set(table["year"])) == list(range(2016, 2022))
    assert not table.duplicated(CELL).any()
    assert set(table["grade"]) == {"yearbook_copy"}


def test_32_provinces_have_rural_lines_and_no_hole_is_filled(evidence, lines):
    rural = lines["rural"].dropna()
    assert rural.groupby("area_code").size().tolist() == [HALF_YEARS] * WITH_RURAL
    assert set(evidence.areas.index) - set(rural.index.get_level_values("area_code")) == {"ID", "11", "31"}
    assert not lines[["urban", "both"]].isna().any().any()
    assert "ID" not in set(evidence.observations["area_code"])


def test_exactly_seven_provinces_have_a_rural_line_above_the_urban_one_and_the_rows_say_so(evidence, lines):
    above = lines[lines["rural"] > lines["urban"]]
    names = above.index.get_level_values("area_code").map(evidence.areas["name_en"])
    assert names.value_counts().to_dict() == RURAL_ABOVE_URBAN
    ratio = lines["rural"] / lines["urban"]
    assert (round(ratio.min(), 2), round(ratio.max(), 2)) == (0.76, 1.11)
    flagged = evidence.observations[evidence.observations["note"].str.contains(FLAG)]
    assert set(flagged["residence"]) == {"rural"}
    assert set(flagged["measure"]) == {"poverty_line"}
    assert set(flagged.set_index(["area_code", "year", "period"]).index) == set(above.index)


@pytest.mark.parametrize(
    ("area", "year", "period", "residence", "value"),
    [
        ("11", 2020, "H1", "urban", 541451), ("12", 2020, "H1", "urban", 518218), ("13", 2020, "H1", "urban", 562567),
        ("36", 2018, "H2", "rural", 405965.41), ("31", 2020, "H2", "both", 683338), ("31", 2020, "H2", "urban", 683339),
        ("91", 2018, "H2", "urban", 583530.43), ("75", 2019, "H2", "both", 353109), ("11", 2017, "H2", "both", 410956),
    ],
)  # fmt: skip
def test_lines_are_those_of_the_source(lines, area, year, period, residence, value):
    assert lines.at[(area, year, period), residence] == value


@pytest.mark.parametrize(
    ("area", "year", "period", "residence", "value"),
    [("82", 2016, "H1", "urban", 10570), ("36", 2020, "H2", "urban", 540150), ("11", 2016, "H1", "both", 841310)],
)
def test_poor_persons_come_as_persons(evidence, area, year, period, residence, value):
    table = evidence.best("poverty", "poor_persons").set_index(["area_code", "year", "period", "residence"])
    assert table.at[(area, year, period, residence), "value"] == value
    assert set(table["unit"]) == {"persons"}


def test_poor_persons_of_both_are_those_of_town_and_country(evidence):
    table = evidence.best("poverty", "poor_persons")
    wide = table.pivot(index=["area_code", "year", "period"], columns="residence", values="value")
    # Each of the three is rounded to ten persons by the source.
    assert (wide["both"] - wide["urban"] - wide["rural"]).abs().max() <= 10.001


def test_the_first_half_is_march_and_the_second_september(evidence):
    table = evidence.observations
    month = table["effective_from"].dt.month
    assert (month == table["period"].map({"H1": 3, "H2": 9})).all()
    assert (table["effective_from"].dt.year == table["year"]).all()
    assert table["note"].str.startswith("March round").eq(table["period"] == "H1").all()


def test_a_figure_is_known_from_31_march_of_the_year_after(home, evidence):
    table = evidence.observations
    assert set(table["known_from_basis"]) == {"rule"}
    assert (table["known_from"] == pd.to_datetime((table["year"] + 1).astype(str) + "-03-31")).all()
    for day, known in ((date(2024, 6, 30), 2400), (date(2022, 3, 31), 2400), (date(2022, 3, 30), 2000)):
        of_the_day = load("indonesia", day, home)
        assert (len(of_the_day.observations), len(of_the_day.hidden)) == (known, 2400 - known)


def test_the_real_package_of_a_copy_is_read(copy):
    assert len(copy.load().observations) == 2400


@pytest.mark.parametrize(
    ("residence", "factor", "why"),
    [
        ("rural", 10, r"rural is \d+\.\d\d of urban"),
        ("rural", 0.1, r"rural is 0\.\d\d of urban"),
        ("urban", 12, "of urban"),
        ("both", 12, r"\+\d+% on the year before"),
    ],
)
def test_an_amount_of_another_size_is_refused_at_its_row(copy, residence, factor, why):
    at = copy.find(residence, area="33")
    copy.rows[at]["value"] = f"{float(copy.rows[at]['value']) * factor:.0f}"
    message = copy.refusal()
    assert re.match(r"data/indonesia/poverty_lines\.csv: row \d+: column value: ", message)
    assert re.search(why, message)
    if residence != "urban":
        assert f"row {at + 2}:" in message


def test_a_line_of_nothing_is_refused(copy):
    at = copy.find("urban")
    copy.rows[at]["value"] = "0"
    assert copy.refusal() == f"data/indonesia/poverty_lines.csv: row {at + 2}: column value: 0: allowed: above zero"


def test_a_row_twice_is_refused_and_the_other_half_of_the_year_is_no_second_row(copy):
    first = copy.find("rural", area="33")
    second = copy.find("rural", area="33", period="H2")
    copy.rows.append(copy.rows[first] | {"source_id": "bps-province-codes"})
    message = copy.refusal()
    assert f"row {first + 2} and " in message
    assert "is preferred twice" in message
    assert f"row {second + 2}" not in message


def test_yearly_amounts_of_any_currency_come_per_month(copy):
    described = copy.path.with_name("datapackage.json")
    text = described.read_text("utf-8")
    described.write_text(text.replace("rupiah/person/month", "rupiah/person/year"), "utf-8")
    for row in copy.rows:
        row["unit"] = row["unit"].replace("month", "year")
    table = copy.load().best("poverty", "poverty_line").set_index(["area_code", "year", "period", "residence"])
    assert table.at[("11", 2020, "H1", "urban"), "value"] == pytest.approx(541451 / 12, abs=1e-6)
    assert set(table["unit"]) == {"rupiah/person/month"}


def test_a_unit_that_the_package_does_not_name_is_refused(copy):
    at = copy.find("urban")
    copy.rows[at]["unit"] = "yuan/person/month"
    assert copy.refusal().startswith(f"data/indonesia/poverty_lines.csv: row {at + 2}: column unit: ")
