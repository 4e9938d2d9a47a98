"""Tables that are wrong and cannot be refused row by row: a city that is missing, values that are rare and allowed."""

import csv
from datetime import date

import pytest

from analysis.cli import main
from analysis.errors import DataRefused
from analysis.inputs.evidence import load
from analysis.inputs.rules import read_rules
from analysis.inputs.scenario import read_scenario
from analysis.model.sensitivity.rows import whole_result
from analysis.model.simulate import simulate

CITY = "441600"


@pytest.fixture
def table(copied_home):
    """Return a function that changes the rows of one table of Guangdong's package."""

    def changed(name, change):
        path = copied_home / "data/guangdong" / name
        with path.open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
        kept = [one for one in map(change, rows) if one is not None]
        assert kept != rows or len(kept) < len(rows)
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(kept)

    return changed


def counted(home):
    """Return how many areas the result counts, by whether their standard is known."""
    evidence, scenario = load("guangdong", date(2024, 6, 30), home), read_scenario("baseline", home, {"draws": 100})
    rules = read_rules("guangdong", home)
    rows = whole_result(evidence, scenario, simulate(evidence, scenario, rules), rules).set_index("measure")["value"]
    return {name: rows[name] for name in ("cities", "observed_areas", "unknown_areas")}


@pytest.mark.fault(41)
def test_a_city_without_a_standard_is_counted_among_those_not_known(copied_home, table):
    before = counted(copied_home)
    table("standards.csv", lambda row: None if row["area_code"] == CITY else row)
    after = counted(copied_home)
    assert after["cities"] == before["cities"]
    assert after["observed_areas"] == before["observed_areas"] - 1
    assert after["unknown_areas"] == before["unknown_areas"] + 1


@pytest.mark.fault(41)
def test_a_city_that_the_model_cannot_do_without_is_refused_by_name(copied_home, table):
    table("population.csv", lambda row: None if row["area_code"] == CITY else row)
    with pytest.raises(DataRefused, match=rf"data/guangdong: no resident_population of {CITY} \(Heyuan\) known on"):
        counted(copied_home)


@pytest.mark.fault(41)
def test_a_city_without_a_driver_is_listed_in_the_coverage(copied_home, table):
    def areas():
        coverage = load("guangdong", date(2024, 6, 30), copied_home).coverage().set_index("measure")
        return coverage.at["consumption_expenditure_per_capita", "areas_count"]

    before = areas()
    table("drivers.csv", lambda row: None if row["area_code"] == CITY else row)
    assert areas() == before - 1


@pytest.mark.fault(45)
@pytest.mark.parametrize(
    ("residence", "factor", "says"),
    [("rural", 1.3, "is above urban"), ("urban", 0.9, "of the year before")],
    ids=["rural above urban", "a fall"],
)
def test_what_is_rare_and_allowed_is_said_by_check(copied_home, table, capsys, monkeypatch, residence, factor, says):
    monkeypatch.setenv("TIBIAO_HOME", str(copied_home))
    assert main(["check", "--dataset", "guangdong", "--scenario", "baseline"]) == 0
    assert "look at" not in capsys.readouterr().out

    def change(row):
        own = (row["area_code"], row["year"], row["measure"], row["residence"]) == (
            "440400",
            "2024",
            "standard",
            residence,
        )
        return row | {"value": f"{float(row['value']) * factor:.0f}"} if own and row["programme"] == "dibao" else row

    table("standards.csv", change)
    assert main(["check", "--dataset", "guangdong", "--scenario", "baseline"]) == 0
    lines = [line for line in capsys.readouterr().out.splitlines() if says in line]
    assert len(lines) == 1
    assert lines[0].startswith("look at data/guangdong/standards.csv: row ")
