"""What the annexes hold: floors in force beside those proposed, and who must move; each number with its key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain

from analysis.inputs.evidence import GRADES
from analysis.inputs.rules import Rule
from analysis.report.annex.table import Annex, Cell, Number, Table
from analysis.report.charts import class_codes, plan_years
from analysis.report.charts.frame import HOLLOW_FROM
from analysis.report.facts import Facts
from analysis.report.wording import Wording

SIDES = ("urban", "rural")
# Standards that a provincial document reckons on the dibao standard, and how each is printed.
LINKED = {"tekun": ("特困人员基本生活标准", "yuan"), "low_income_edge": ("低保边缘家庭收入线", "one")}
# What an area has in force, the floor of its class, and the rise that the new floor asks of it.
STANDARD = ("standard", "minimum_standard", "mandated_rise")
SUPPLEMENT = ("supplement_floor_in_force", "supplement_floor", "mandated_supplement_floor_rise")


def floors(facts: Facts, wording: Wording, context: Mapping[str, str], rules: Sequence[Rule]) -> Annex:
    """Return annex 1: minima and supplement floors by class and residence, and what is reckoned on them.

    Args:
        facts: of the proposed scenario.
        wording: Chinese words and areas.
        context: ``scenario``, ``as_of`` and ``minima``.
        rules: where the documents of the linked standards are found.
    """
    base, following = plan_years(facts)
    years = (f"{base}年\n现行", f"{following}年\n拟定")
    rows: list[list[Cell]] = []
    for code in class_codes(facts):
        for side in SIDES:
            where = {"area_code": code, "residence": side}
            first: list[Cell] = [wording.area(code), _members(code, wording), wording.word(side)]
            rows.append([*first, *_rise(facts, "minimum_standard", where), *_rise(facts, "supplement_floor", where)])
    heads = (
        ("", ("类别",)), ("", ("地区范围",)), ("", ("城乡",)),
        ("低保最低标准", (*years, "提高", "增幅")), ("最低补差水平", (*years, "提高", "增幅")),
    )  # fmt: skip
    tables = [Table(heads, rows, (14.5, 37.7, 8.2, *(13.9, 13.9, 8.2, 11.8) * 2), 2)]
    linked = _linked(facts, wording, rules)
    if linked:
        names = ("类别", "项目", "依据", "城乡", *(year.replace("\n", "") for year in years))
        heads = tuple(("", (name,)) for name in names)
        caption = "与低保最低标准联动的标准（按最低标准推算的下限）"
        tables.append(Table(heads, linked, (16, 45, 37, 12, 24, 22), 3, caption))
    documents, day = context["minima"], context["as_of"]
    notes: list[list[Cell]] = [
        [f"方案：{context['scenario']}。现行最低标准见{documents}；测算日{day}，只用当日已公布的数据。"],
        ["本表为测算稿，不是正式文件。提高、增幅均为拟定与现行相比，标准向上取整到元。"],
    ]
    if any(isinstance(cell, Number) and cell.marked for table in tables for row in table.rows for cell in row):
        notes.append(["带*的数为推断或推算，或含假设，不是省公布数，正式印发前应以省公布数核对。"])
    missing = list(dict.fromkeys(str(row[0]) for row in rows if not row[-1]))
    if missing:
        notes.append([f"{wording.listed(missing)}最低补差水平{wording.word('not_known')}，各格留空，不作推算。"])
    return Annex(
        "附件1", (f"{following}年全省城乡低保最低标准", "和最低补差水平（拟定）"), f"单位：{wording.unit_month}", tables, notes
    )  # fmt: skip


def movers(facts: Facts, wording: Wording) -> Annex:
    """Return annex 2: city by city what is in force, the new floors and what must rise; empty where it is not known.

    Args:
        facts: of the proposed scenario.
        wording: Chinese words and areas.
    """
    base, following = plan_years(facts)
    rows: list[list[Cell]] = []
    for code in class_codes(facts):
        for area in _member_codes(code, wording):
            sides = SIDES if wording.areas.at[area, "has_rural"] else SIDES[:1]
            numbers = [
                _beside(facts, area, code, side, *of) if side in sides else ["", "", ""]
                for of in (STANDARD, SUPPLEMENT)
                for side in SIDES
            ]
            rows.append([wording.area(code), wording.area(area), *chain(*numbers), _state(numbers)])
    groups = [f"{wording.word(side)}{name}" for name in ("低保标准", "最低补差水平") for side in SIDES]
    columns = (f"{base}年\n现行", f"{following}年\n最低", "须提高")
    heads = (("", ("类别",)), ("", ("地区",)), *((group, columns) for group in groups), ("", ("情况",)))
    table = Table(heads, rows, (14.5, 27.2, *(13.85, 13.85, 11.3) * 4, 27.3), 0)
    return Annex(
        "附件2", (f"各市低保标准和最低补差水平须提高情况（{following}年拟定）",), f"单位：{wording.unit_month}",
        [table], _asked(facts, wording), landscape=True,
    )  # fmt: skip


def _beside(facts: Facts, area: str, code: str, side: str, in_force: str, floor: str, rise: str) -> list[Cell]:
    """Return what an area has in force, its class's new floor, and by how much the area must rise."""
    base, following = plan_years(facts)
    own, new = {"area_code": area, "residence": side}, {"area_code": code, "residence": side}
    return [
        _number(facts, in_force, year=base, **own), _number(facts, floor, year=following, **new),
        _number(facts, rise, year=following, **own),
    ]  # fmt: skip


def _state(numbers: list[list[Cell]]) -> str:
    """Say of an area what must rise: the first half of its numbers is of the standard, the other of the supplement floor."""
    if not any(parts[0] for parts in numbers[:2]):
        return "待报送"
    lifted = [
        name
        for name, parts in (("标准", numbers[:2]), ("补差", numbers[2:]))
        if any(isinstance(rise, Number) and rise.value > 0 for *_, rise in parts)
    ]
    said = f"{'、'.join(lifted)}须提高" if lifted else "可自定"
    return said if any(parts[0] for parts in numbers[2:]) else f"{said}，补差待报"


def _asked(facts: Facts, wording: Wording) -> list[list[Cell]]:
    """Name the cities whose standard, or whose supplement floor alone, is not known and to be asked for."""
    base, _ = plan_years(facts)
    cities = wording.areas.index[wording.areas["level"] == "city"]
    known = [code for code in cities if _known(facts, "standard", code, base, wording)]
    unknown = [wording.area(code) for code in cities if code not in known]
    partly = [
        wording.area(code) for code in known if not _known(facts, "supplement_floor_in_force", code, base, wording)
    ]
    rule = "“须提高”为与新的最低标准、最低补差水平相比的差额；不低于的地区可根据财力自定。"
    notes: list[list[Cell]] = [[rule, "带*的数为推断或推算，或含假设。"]]
    if unknown:
        count, names = _number(facts, "unknown_areas", "count", year=base), wording.listed(unknown)
        notes.append([f"{base}年现行标准未掌握、请报送的市（", count, f"个）：{names}。相关各格留空，不作推算。"])
    if partly:
        notes.append([f"现行标准已掌握、最低补差水平未掌握，请一并报送的市：{wording.listed(partly)}。"])
    return notes


def _known(facts: Facts, measure: str, city: str, year: int, wording: Wording) -> bool:
    """Whether a figure of the city, or of a part of it that has a class of its own, is held."""
    parts = wording.areas.index[(wording.areas["parent_code"] == city) & (wording.areas["level"] == "city_part")]
    return any(facts.has(measure, area_code=code, residence="urban", year=year) for code in (city, *parts))


def _rise(facts: Facts, measure: str, where: Mapping[str, str]) -> list[Cell]:
    base, following = plan_years(facts)
    return [
        _number(facts, measure, year=base, **where),
        _number(facts, measure, year=following, **where),
        _number(facts, f"{measure}_rise", year=following, **where),
        _number(facts, f"{measure}_rise_share", "percent", year=following, **where),
    ]


def _linked(facts: Facts, wording: Wording, rules: Sequence[Rule]) -> list[list[Cell]]:
    base, following = plan_years(facts)
    documents = {rule.programme: rule.document for rule in rules}
    rows: list[list[Cell]] = []
    for code in class_codes(facts):
        for programme, (name, style) in LINKED.items():
            for side in SIDES:
                where = {"area_code": code, "residence": side, "programme": programme}
                numbers = [_number(facts, "linked_standard", style, year=year, **where) for year in (base, following)]
                if all(numbers):
                    rows.append([wording.area(code), name, documents.get(programme, ""), wording.word(side), *numbers])
    return rows


def _number(facts: Facts, measure: str, style: str = "yuan", **where: object) -> Cell:
    """Return the number that answers, or nothing: what is not known stays empty."""
    if not facts.has(measure, **where):
        return ""
    key, row = facts.row(measure, **where)
    inferred = bool(row["grade"]) and GRADES.index(row["grade"]) >= HOLLOW_FROM
    marked = inferred or bool(row["rests_on"])
    return Number(row["value"], style, key, row["grade"], row["rests_on"], marked)


def _member_codes(class_code: str, wording: Wording) -> list[str]:
    """Return the cities of a class, and the parts of cities that are divided between classes."""
    areas = wording.areas
    number = areas.at[class_code, "area_class"]
    return list(areas.index[areas["level"].isin(["city", "city_part"]) & (areas["area_class"] == number)])


def _members(class_code: str, wording: Wording) -> str:
    return wording.listed([wording.area(code) for code in _member_codes(class_code, wording)])
