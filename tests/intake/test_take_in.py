"""A file taken in is a package like the others: found by name, checked whole, and of the file that its source names."""

import csv
import datetime as dt
import hashlib
import json

import openpyxl
import pytest

from analysis.errors import DataRefused, ParametersRefused
from analysis.files import FORMULA
from analysis.inputs.evidence import load, worst_grade
from analysis.inputs.package import built_on, datasets, folder_of, public_datasets, rules_path
from analysis.inputs.rules import read_rules
from analysis.inputs.scenario import on_package, read_scenario
from analysis.intake import take_in

ROWS = [
    ["2024年低保标准（元/月）"],
    ["地区", "城镇", "农村", "备注"],
    ["韶关市", 870, 660, "=cmd|' /C calc'!A0"],
    ["河源", 920, 701, "粤民发〔2024〕1号"],
]
ALONE = [
    ["2024年低保标准（元/月）"],
    ["代码", "地区", "城镇", "农村"],
    ["450100", "南宁市", 840, 620],
    ["450200", "柳州市", 830, 610],
]


def workbook(folder, rows, name="低保.xlsx"):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for row in book.active.iter_rows():
        for cell in row:
            if isinstance(cell.value, str):
                cell.data_type = "s"
    book.save(folder / name)
    return folder / name


@pytest.fixture
def taken(copied_home, tmp_path):
    path = workbook(tmp_path, ROWS)
    return take_in(path, "june", copied_home, known_from=dt.date(2024, 6, 20)), path, copied_home


def test_the_package_is_found_by_name_and_holds_the_figures(taken):
    made, _, home = taken
    assert made.shown_as == "local/data/june"
    assert datasets(home) == ["guangdong", "indonesia", "june"]
    rows = load("june", dt.date(2024, 6, 30), home).best("dibao", "standard")
    own = rows[(rows["year"] == 2024) & rows["area_code"].isin(["440200", "441600"])]
    found = {(row.area_code, row.residence): (row.value, row.grade) for row in own.itertuples()}
    assert found == {
        ("440200", "urban"): (870, "department"),
        ("440200", "rural"): (660, "department"),
        ("441600", "urban"): (920, "department"),
        ("441600", "rural"): (701, "department"),
    }


def test_what_the_package_below_has_stays_and_gives_way(taken):
    _, _, home = taken
    table = load("june", None, home).observations
    here = table[(table["area_code"] == "441600") & (table["year"] == 2024) & (table["measure"] == "standard")]
    both = here[here["residence"] == "urban"].set_index("grade")[["value", "preferred"]]
    assert both.loc["repost"].tolist() == [915, False]
    assert both.loc["department"].tolist() == [920, True]
    below = load("guangdong", None, home)
    assert len(table) == len(below.observations) + 4
    assert set(below.sources.index) < set(load("june", None, home).sources.index)


def test_the_source_names_the_file_and_its_sha256(taken):
    made, path, home = taken
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    source = load("june", None, home).sources.loc[f"file-{digest[:12]}"]
    assert source["title"] == f"file 低保.xlsx, sha256 {digest}"
    assert str(path.parent) not in "".join(one.read_text("utf-8") for one in made.folder.iterdir())


def test_a_plan_of_an_earlier_day_does_not_know_the_figures(taken):
    _, _, home = taken
    rows = load("june", dt.date(2024, 6, 19), home).best("dibao", "standard")
    assert "department" not in set(rows["grade"])


def test_without_a_day_the_rule_of_dates_holds(copied_home, tmp_path):
    counts = [["2023年4月农村低保人数（人）"], ["地区", "人数"], ["湛江", 80500]]
    take_in(workbook(tmp_path, ROWS), "standards", copied_home)
    take_in(workbook(tmp_path, counts, "b.xlsx"), "counts", copied_home)
    for name, day in (("standards", "2024-06-30"), ("counts", "2024-03-31")):
        table = load(name, None, copied_home).observations
        own = table[table["grade"] == "department"]
        assert set(own["known_from"].dt.date.astype(str)) == {day}
        assert set(own["known_from_basis"]) == {"rule"}


@pytest.mark.fault(47)
def test_the_journal_is_part_of_the_package_and_no_cell_of_it_runs(taken):
    made, _, home = taken
    lines = list(csv.DictReader((made.folder / "intake.csv").open(encoding="utf-8")))
    by_cell = {one["cell"]: one for one in lines if one["read_as"] not in ("flagged",)}
    assert by_cell["B3"]["read_as"] == "440200 2024 urban dibao standard 870 yuan/person/month"
    assert (by_cell["A3"]["found"], by_cell["A3"]["read_as"]) == ("韶关市", "440200 韶关")
    assert any(one["read_as"] == "flagged" and "guangdong has 915 (repost)" in one["why"] for one in lines)
    below = {text for path in folder_of("guangdong", home).glob("*.csv") for text in _texts(path)}
    for path in made.folder.glob("*.csv"):
        assert not [text for text in _texts(path) - below if FORMULA.match(text)], path.name


def _texts(path):
    return {text for row in csv.reader(path.open(encoding="utf-8")) for text in row}


def test_scenarios_and_rules_of_the_package_below_hold(taken):
    _, _, home = taken
    assert built_on("june", home) == "guangdong"
    assert rules_path("june", home).name == "guangdong.yaml"
    assert read_rules("june", home) == read_rules("guangdong", home)
    assert on_package(read_scenario("baseline", home), "june", home).dataset == "june"
    with pytest.raises(ParametersRefused, match="which was not laid over it"):
        on_package(read_scenario("baseline", home), "indonesia", home)


def test_a_refused_file_leaves_nothing_behind(copied_home, tmp_path):
    with pytest.raises(DataRefused):
        take_in(workbook(tmp_path, [*ROWS, ["某地", 1, 2]]), "june", copied_home)
    assert not (copied_home / "local").exists()


def test_a_package_that_fails_as_a_whole_leaves_nothing_behind(copied_home, tmp_path, monkeypatch):
    def fails(*_, **__):
        raise DataRefused("as a whole")

    monkeypatch.setattr("analysis.intake.package.checked_tables", fails)
    with pytest.raises(DataRefused, match="as a whole"):
        take_in(workbook(tmp_path, ROWS), "june", copied_home)
    assert list((copied_home / "local" / "data").iterdir()) == []


@pytest.mark.parametrize("name", ["guangdong", "none", "../x", "A", ""])
def test_a_name_that_is_taken_or_is_none_is_refused(copied_home, tmp_path, name):
    with pytest.raises(ParametersRefused, match="--as"):
        take_in(workbook(tmp_path, ROWS), name, copied_home)


def test_a_package_gives_way_only_when_told(taken, tmp_path):
    _, _, home = taken
    again = workbook(tmp_path, [*ROWS[:3], ["河源", 921, 701]], "again.xlsx")
    with pytest.raises(ParametersRefused, match="add --replace"):
        take_in(again, "june", home)
    take_in(again, "june", home, replace=True)
    rows = load("june", None, home).best("dibao", "standard")
    assert 921 in set(rows["value"])
    assert 920 not in set(rows["value"])
    assert [one.name for one in (home / "local" / "data").iterdir()] == ["june"]
    with pytest.raises(ParametersRefused, match="the name is taken"):
        take_in(again, "guangdong", home, replace=True)


def test_public_writes_among_the_public_packages(copied_home, tmp_path):
    made = take_in(workbook(tmp_path, ROWS), "shown", copied_home, public=True)
    assert made.folder == copied_home / "data" / "shown"
    assert "shown" in public_datasets(copied_home)


def test_a_second_file_is_laid_over_the_first(taken, tmp_path):
    _, _, home = taken
    counts = [["2024年5月农村低保人数（人）"], ["地区", "人数"], ["湛江", 79900]]
    path = workbook(tmp_path, counts, "second.xlsx")
    with pytest.raises(ParametersRefused, match="june lies in local/data"):
        take_in(path, "shown", home, base="june", public=True)
    take_in(path, "july", home, base="june")
    table = load("july", None, home).observations
    own = table[table["grade"] == "department"]
    assert sorted(own["value"]) == [660, 701, 870, 920, 79900]
    assert own["source_id"].nunique() == 2
    assert built_on("july", home) == "guangdong"


def test_one_name_in_both_places_is_refused(taken):
    made, _, home = taken
    (home / "data" / "june").mkdir()
    (home / "data" / "june" / "datapackage.json").write_text("{}", "utf-8")
    with pytest.raises(ParametersRefused, match="stands in data and in local/data"):
        folder_of("june", home)
    assert made.folder.is_dir()


def test_the_same_file_gives_the_same_bytes(copied_home, tmp_path):
    path = workbook(tmp_path, ROWS)
    one, two = (take_in(path, name, copied_home).folder for name in ("one", "two"))
    for name in ("standards.csv", "areas.csv", "sources.csv", "intake.csv"):
        assert (one / name).read_bytes() == (two / name).read_bytes()


def test_another_province_stands_alone(copied_home, tmp_path):
    made = take_in(workbook(tmp_path, ALONE), "guangxi", copied_home, base="none")
    package = load("guangxi", None, copied_home)
    assert package.whole == "450000"
    assert package.areas.loc["450100", "parent_code"] == "450000"
    assert sorted(package.observations["value"]) == [610, 620, 830, 840]
    assert set(package.observations["grade"]) == {"department"}
    described = json.loads((made.folder / "datapackage.json").read_text("utf-8"))
    assert "built_on" not in described
    assert described["headline"] == {"programme": "dibao", "measure": "standard", "level": "city"}


def test_another_province_is_not_laid_over_this_one(copied_home, tmp_path):
    with pytest.raises(DataRefused, match=r"A3: '450100': expected areas of 广东; 450000 is another province"):
        take_in(workbook(tmp_path, ALONE), "guangxi", copied_home)


def test_a_district_comes_with_its_code_and_its_class(copied_home, tmp_path):
    rows = [["2024年低保标准（元/月）"], ["代码", "地区", "城镇", "农村"], ["440106", "天河区", 1282, 1282]]
    take_in(workbook(tmp_path, rows), "tianhe", copied_home)
    area = load("tianhe", None, copied_home).areas.loc["440106"]
    assert (area["name_zh"], area["level"], area["parent_code"], area["area_class"]) == (
        "天河区",
        "district",
        "440100",
        "1",
    )


def test_a_departments_figure_is_worth_less_than_an_official_one():
    assert worst_grade(["official", "department"]) == "department"
    assert worst_grade(["department", "press"]) == "press"
