"""A package that stands alone: another country by its own words and money, and a province of China whose scenarios are costed."""

import json

import openpyxl
import pytest

from analysis.errors import DataRefused, ParametersRefused
from analysis.inputs.evidence import load
from analysis.inputs.rules import read_rules
from analysis.inputs.scenario import on_package, read_scenario
from analysis.intake import take_in
from analysis.model import results
from analysis.model.score import history
from analysis.model.simulate import simulate

# No country of the world: its figures are there to be read, and for nothing else.
COUNTRY = {
    "code": "ZZ",
    "names": {"zh": "某国", "en": "Nowhere"},
    "currency": "XTS",
    "money": {"zh": "某币", "en": "crown"},
    "money_words": ["crown", "crowns"],
    "headline": {"programme": "basic", "measure": "basic_line"},
    "programmes": {"basic": ["basic"]},
    "nouns": {"line": ["basic line"], "poor": ["people below"]},
    "measures": [
        {"programme": "basic", "noun": "line", "as": "basic_line", "table": "standards", "kind": "rate", "apart": True},
        {"programme": "basic", "noun": "poor", "as": "poor_persons", "table": "recipients", "kind": "persons", "apart": True},
    ],
}  # fmt: skip
TABLE = (
    "code,region,year,urban basic line ({unit}),rural basic line ({unit})\n01,North,2020,100,80\n02,South,2020,110,\n"
)
# What the model asks of a province, by the words of its sheets.
SHEETS = {
    "minima": [("dibao", "minimum_standard"), ("dibao", "supplement_floor")],
    "province": [("dibao", "recipients"), ("tekun", "recipients")],
    "cities": [
        ("dibao", "standard"), ("dibao", "supplement_floor"), ("tekun", "basic_living_standard"), ("", "resident_population"),
        ("", "consumption_expenditure_per_capita"),
    ],
}  # fmt: skip
WORDS = {
    ("dibao", "minimum_standard"): "低保最低标准",
    ("dibao", "supplement_floor"): "低保补差水平",
    ("dibao", "recipients"): "低保人数",
    ("tekun", "recipients"): "特困人员人数",
    ("dibao", "standard"): "低保标准",
    ("tekun", "basic_living_standard"): "特困人员基本生活标准",
    ("", "resident_population"): "常住人口",
    ("", "consumption_expenditure_per_capita"): "人均消费支出",
}
UNITS = {"yuan/person/month": "元/月", "yuan/person/year": "元/年", "persons": "人"}
SIDES = {"urban": "城镇", "rural": "农村", "both": "城乡"}


@pytest.fixture
def nowhere(copied_home):
    def write(**changed):
        folder = copied_home / "params" / "countries"
        folder.mkdir(exist_ok=True)
        (folder / "nowhere.yaml").write_text(json.dumps(COUNTRY | changed, ensure_ascii=False, indent=1), "utf-8")
        return copied_home

    return write


def table_of(folder, text):
    (folder / "lines.csv").write_text(text, "utf-8")
    return folder / "lines.csv"


def test_another_country_has_its_own_money_words_and_whole(nowhere, tmp_path):
    home = nowhere()
    take_in(table_of(tmp_path, TABLE.format(unit="crowns/month")), "lines", home, country="nowhere")
    package = load("lines", None, home)
    assert package.whole == "ZZ"
    assert package.areas["level"].to_dict() == {"ZZ": "country", "01": "region", "02": "region"}
    assert package.headline == {"programme": "basic", "measure": "basic_line", "level": "region"}
    assert package.descriptor["money_unit"] == {"zh": "某币", "en": "crown"}
    assert set(package.observations["unit"]) == {"crown/person/month"}
    assert sorted(package.observations["value"]) == [80, 100, 110]
    # The unit goes through to the results, with as many decimals as an amount of yuan.
    written = results.to_csv(history(package, []).result)
    assert "lines,01,North,basic,,2020,Y,,,minimum_gap,central,20.00,crown/person/month," in written


def test_an_amount_in_the_money_of_another_country_is_refused_in_its_own(nowhere, tmp_path):
    with pytest.raises(DataRefused) as refused:
        take_in(table_of(tmp_path, TABLE.format(unit="yuan/month")), "lines", nowhere(), country="nowhere")
    assert "D1: 'urban basic line (yuan/month)'" in str(refused.value)
    with pytest.raises(
        DataRefused, match="expected the period of basic basic_line: crown/month or crown/year in its header"
    ):
        take_in(table_of(tmp_path, TABLE.format(unit="crown")), "lines", nowhere(), country="nowhere")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"code": "Z"}, "params/countries/nowhere.yaml:2: code"),
        ({"headline": {"programme": "basic", "measure": "lines"}}, "headline: allowed: programme and measure"),
        ({"nouns": {"line": ["basic line"], "por": ["people below"]}}, "noun 'poor': .*por"),
        ({"mony": "x"}, "mony"),
    ],
)
def test_a_country_that_is_not_allowed_is_one_line(nowhere, tmp_path, changed, said):
    with pytest.raises(ParametersRefused, match=said) as refused:
        take_in(table_of(tmp_path, TABLE), "lines", nowhere(**changed), country="nowhere")
    assert "\n" not in str(refused.value)


def test_an_unknown_country_and_a_publisher_without_a_grade_are_refused(copied_home, nowhere, tmp_path):
    path = table_of(tmp_path, TABLE.format(unit="crowns/month"))
    with pytest.raises(ParametersRefused, match=r"--country nowhere: no such file in params/countries; write it first"):
        take_in(path, "lines", copied_home, country="nowhere")
    home = nowhere()
    with pytest.raises(ParametersRefused, match=r"--country nowher: .*did you mean nowhere"):
        take_in(path, "lines", home, country="nowher")
    for given in ({"publisher": "Office"}, {"grade": "official"}):
        with pytest.raises(ParametersRefused, match="--publisher, --grade: allowed: neither, or both"):
            take_in(path, "lines", home, country="nowhere", **given)
    with pytest.raises(ParametersRefused, match="--grade 'offical': .*official"):
        take_in(path, "lines", home, country="nowhere", publisher="Office", grade="offical")
    take_in(path, "lines", home, country="nowhere", publisher="Office", grade="official")
    package = load("lines", None, home)
    assert set(package.observations["grade"]) == {"official"}
    assert package.sources["publisher"].tolist() == ["Office"]


def province(folder, evidence, classes=True):
    """Write the undivided cities of Guangdong as the workbook of a province that no package is below."""
    areas = evidence.areas
    # A file cannot say that a city has no country, as Shenzhen has none.
    cities = areas[(areas["level"] == "city") & (areas["area_class"] != "") & areas["has_rural"]]
    book = openpyxl.Workbook()
    first = book.active
    first.title = "地区"
    first.append(["代码", "地区", "地区类别", "年份", "城乡", "项目", "数值", "单位", "公布日期"])
    for code in cities.index:
        for name in SHEETS["cities"]:
            for row in evidence.best(*name).query(f"area_code == '{code}' and year >= 2018").itertuples():
                if row.period == "Y":
                    own = f"{'一二三四'[int(cities.at[code, 'area_class']) - 1]}类" if classes else ""
                    first.append(
                        [
                            code,
                            cities.at[code, "name_zh"],
                            own,
                            row.year,
                            SIDES[row.residence],
                            WORDS[name],
                            row.value,
                            UNITS[row.unit],
                            row.known_from.date(),
                        ]
                    )
    others = book.create_sheet("省")
    others.append(["地区", "年份", "月份", "城乡", "项目", "数值", "单位", "公布日期"])
    for name in SHEETS["minima"]:
        for row in evidence.best(*name).itertuples():
            if areas.at[row.area_code, "level"] == "class" and row.year >= 2018 and classes:
                label = f"{'一二三四'[int(areas.at[row.area_code, 'area_class']) - 1]}类地区"
                others.append(
                    [
                        label,
                        row.year,
                        "全年",
                        SIDES[row.residence],
                        WORDS[name],
                        row.value,
                        UNITS[row.unit],
                        row.known_from.date(),
                    ]
                )
    for name in SHEETS["province"]:
        for row in evidence.best(*name).itertuples():
            if row.area_code == evidence.whole and row.period.startswith("M") and row.residence != "both":
                others.append(
                    [
                        "全省",
                        row.year,
                        f"{int(row.period[1:3])}月",
                        SIDES[row.residence],
                        WORDS[name],
                        row.value,
                        UNITS[row.unit],
                        row.known_from.date(),
                    ]
                )
    path = folder / "province.xlsx"
    book.save(path)
    return path


def scenario_of(home, name):
    """Write rules, assumptions and a scenario for a package, as the how-to says."""
    for kind in ("rules", "assumptions"):
        text = (home / "params" / kind / "guangdong.yaml").read_text("utf-8")
        (home / "params" / kind / f"{name}.yaml").write_text(text, "utf-8")
    # Parts of cities in two classes are Guangdong's own.
    own = home / "params" / "assumptions" / f"{name}.yaml"
    text, keep = own.read_text("utf-8").splitlines(keepends=True), True
    lines = []
    for line in text:
        if line[:1].isalpha():
            keep = not line.startswith("class4_part_")
        lines += [line] if keep else []
    own.write_text("".join(lines), "utf-8")
    (home / "params" / "scenarios" / f"{name}.yaml").write_text(
        f"id: {name}\ntitle: {{zh: 独立, en: Alone}}\nquestion: {{zh: 如何, en: What}}\nextends: baseline\ndataset: {name}\nassumptions: {name}\n",
        "utf-8",
    )
    return read_scenario(name, home)


def test_a_scenario_is_costed_on_a_province_that_stands_alone(copied_home, tmp_path, evidence_june):
    made = take_in(province(tmp_path, evidence_june), "alone", copied_home, base="none")
    package = load("alone", None, copied_home)
    assert package.headline == {"programme": "dibao", "measure": "minimum_standard", "level": "class"}
    own = package.areas[package.areas["level"] == "city"]
    assert own["area_class"].to_dict() == evidence_june.areas.loc[own.index, "area_class"].to_dict()
    assert not made.laid_over
    scenario = scenario_of(copied_home, "alone")
    assert on_package(scenario, "alone", copied_home) is scenario
    outcome = simulate(package.known_on(scenario.as_of), scenario, read_rules("alone", copied_home))
    there = simulate(evidence_june, read_scenario("baseline", copied_home), read_rules("guangdong", copied_home))
    # Floors, standards and what one recipient costs are those of the same cities in the package they were taken from.
    columns = ["standard_central", "next_standard_central", "supplement_central", "next_tekun_standard_central"]
    one, other = (each.cells.set_index(["area_code", "residence"])[columns] for each in (outcome, there))
    assert len(one) > 20
    assert (one == other.loc[one.index]).all().all(), (one - other.loc[one.index]).abs().max()
    # The same recipients of the province, over fewer cities.
    assert outcome.coverage["published_persons"].tolist() == there.coverage["published_persons"].tolist()
    assert outcome.totals["central"] > 0


def test_a_province_without_classes_says_what_its_scenario_lacks(copied_home, tmp_path, evidence_june):
    take_in(province(tmp_path, evidence_june, classes=False), "alone", copied_home, base="none")
    scenario = scenario_of(copied_home, "alone")
    package = load("alone", scenario.as_of, copied_home)
    with pytest.raises(DataRefused, match="data/alone: no classes of areas"):
        simulate(package, scenario, read_rules("alone", copied_home))


def test_two_classes_of_one_city_are_refused(copied_home, tmp_path):
    text = "代码,地区,地区类别,年份,城镇低保标准（元/月）,农村低保标准（元/月）\n450100,南宁市,一类,2023,800,600\n450100,南宁市,{},2024,840,620\n"
    take_in(table_of(tmp_path, text.format("第一类")), "one", copied_home, base="none")
    assert load("one", None, copied_home).areas["area_class"].to_dict() == {
        "450000": "",
        "450100": "1",
        "450000-C1": "1",
    }
    with pytest.raises(DataRefused, match="C3: '二类': expected class 1, as known before"):
        take_in(table_of(tmp_path, text.format("二类")), "two", copied_home, base="none")
    with pytest.raises(DataRefused, match="C3: '上等': expected a class of areas"):
        take_in(table_of(tmp_path, text.format("上等")), "two", copied_home, base="none")
