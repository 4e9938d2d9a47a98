"""Random manglings of a clean table: read right or refused, never a traceback, never a number that is not the department's."""

import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import DataRefused

pytestmark = pytest.mark.slow

STANDARDS = {
    "广州": (1282, 1282),
    "湛江": (860, 645),
    "云浮": (895, 672),
    "河源": (915, 701),
    "佛山": (1226, 1226),
    "惠州": (932, 932),
}
CODES = {"广州": "440100", "湛江": "440800", "云浮": "445300", "河源": "441600", "佛山": "440600", "惠州": "441300"}
TRUTH = {
    (CODES[name], 2024, "Y", side, "dibao standard"): float(value)
    for name, values in STANDARDS.items()
    for side, value in zip(("urban", "rural"), values, strict=True)
}
WIDE = str.maketrans("0123456789,.", "０１２３４５６７８９，．")

# Ways to write the same: each must give the same figures, or be refused.
FIGURES = [
    lambda value, _: f"{value:,}",
    lambda value, _: str(value).translate(WIDE),
    lambda value, _: f"{value:,}".translate(WIDE),
    lambda value, _: f"{value}元/月",
    lambda value, _: f" {value} 元／人·月 ",
    lambda value, _: f"{value}.00",
    lambda value, _: float(value),
    lambda value, _: f"{value}①",
    lambda value, _: f"{value}*",
    lambda value, _: f"{value}²",
    lambda value, _: f"{value}（注2）",
    lambda value, _: f"¥{value}",
    lambda value, _: f"{value}\u3000",
    lambda value, _: f"\u200b{value}",
    lambda value, _: f"{value:,}元每月",
]
# Ways to write something else: none of them may give a figure.
HARM = [
    lambda value, _: value * 12,
    lambda value, _: f"{value * 12}元/月",
    lambda value, _: f"{value}¹00",
    lambda value, _: f"约{value}",
    lambda value, _: f"({value})",
    lambda value, _: f"-{value}",
    lambda value, _: f"{value}-{value + 20}",
    lambda value, _: f"{value}/{value}",
    lambda value, _: f"{value}万元",
    lambda value, _: f"{value}人",
    lambda value, _: f"{value}元/年",
    lambda value, _: "#DIV/0!",
    lambda value, _: "#REF!",
    lambda value, _: f"={value}*1",
    lambda value, _: str(value)[:-1] + "," + str(value)[-1],
    lambda value, _: f"{value}%",
    lambda value, _: f"{value} {value}",
    lambda value, _: f"{value}e2",
    lambda value, _: float("1e300"),
    lambda value, _: True,
]
AREAS = [
    lambda name: name + "市",
    lambda name: name[0] + " " + name[1],
    lambda name: name[0] + "　" + name[1] + "市",
    lambda name: "广东省" + name + "市",
    lambda name: CODES[name],
    lambda name: int(CODES[name]),
    lambda name: CODES[name] + ".0",
    lambda name: CODES[name] + "000000",
    lambda name: name + "*",
    lambda name: name + "地区",
]
TITLES = [
    "2024年低保标准",
    "二〇二四年城乡低保标准情况表",
    "2024年度各市最低生活保障标准一览表",
    "广东省2024年城乡居民最低生活保障标准（单位：元/月）",
]
HEADS = [
    ("城镇", "农村"),
    ("城镇（元/月）", "农村（元/月）"),
    ("城镇标准", "农村标准"),
    ("城镇居民最低生活保障标准", "农村居民最低生活保障标准"),
    ("城市低保标准(元/人/月)", "乡村低保标准(元/人/月)"),
    ("Urban dibao standard (yuan/month)", "Rural dibao standard (yuan/month)"),
]
LABELS = ["地区", "地 市", "市别", "行政区划", "City", "地区名称"]
FOOT = [["注：以上为执行标准"], ["填表人：张三", None, "审核：李四"], ["数据来源：各市民政局"], [None, None, None]]


@st.composite
def mangled(draw):
    """A table of the truth, mangled; and whether anything in it is harm."""
    chance = random.Random(draw(st.integers(0, 2**32)))  # noqa: S311 - no secret
    share, harm = draw(st.sampled_from([0.0, 0.2, 0.6])), draw(st.integers(0, 2))
    head = [draw(st.sampled_from(LABELS)), *draw(st.sampled_from(HEADS))]
    rows = []
    for name, values in chance.sample(list(STANDARDS.items()), len(STANDARDS)):
        label = chance.choice(AREAS)(name) if chance.random() < share else name
        rows.append(
            [label, *(chance.choice(FIGURES)(one, chance) if chance.random() < share else one for one in values)]
        )
    body = list(rows)
    harmed = 0
    for _ in range(harm):
        row = chance.choice(body)
        name = next((one for one in STANDARDS if one == row[0]), None)
        if name:
            side = chance.choice([1, 2])
            row[side] = chance.choice(HARM)(STANDARDS[name][side - 1], chance)
            harmed += 1
    if draw(st.booleans()):
        head, body = [head[0], head[2], head[1]], [[row[0], row[2], row[1]] for row in body]
    if draw(st.booleans()):
        head, body = ["序号", *head], [[number, *row] for number, row in enumerate(body, 1)]
    if draw(st.booleans()):
        head, body = [*head, "增幅（%）"], [[*row, 3.5] for row in body]
    if draw(st.booleans()):
        body.insert(chance.randrange(len(body)), [None] * len(head))
    if draw(st.booleans()):
        body.insert(3, list(head))
    title = [[draw(st.sampled_from(TITLES))]]
    unit = [["单位：元/月"]] if draw(st.booleans()) else []
    return [*title, *unit, head, *body, *draw(st.lists(st.sampled_from(FOOT), max_size=2))], harmed


def values_of(reading, rows):
    """Read a workbook of rows; return its figures in yuan a month, or None where it is refused."""
    try:
        found = reading.of(reading.book(rows))
    except DataRefused as refusal:
        assert "figures.xlsx" in str(refusal)
        return None
    assert all(unit == "yuan/person/month" for _, unit in found.values())
    return {key: value for key, (value, _) in found.items()}


READ = Counter()


@settings(max_examples=max(100, settings.default.max_examples))
@given(mangled())
def test_a_mangled_table_is_read_right_or_refused(reading, made):
    rows, harmed = made
    found = values_of(reading, rows)
    assert found is None or (found == TRUTH and not harmed), rows
    READ["without harm"] += not harmed
    READ["read"] += found is not None


def test_reading_is_the_rule_and_refusing_the_exception():
    assert READ["without harm"] > 25
    assert READ["read"] > 0.9 * READ["without harm"], READ


ANYTHING = st.one_of(
    st.text(max_size=12), st.integers(-(10**9), 10**9), st.floats(), st.booleans(), st.dates(), st.none()
)


@given(where=st.tuples(st.integers(0, 7), st.integers(0, 3)), what=ANYTHING)
def test_anything_in_any_cell_changes_no_other_figure(reading, where, what):
    rows = [
        ["2024年低保标准（元/月）"],
        ["地区", "城镇", "农村"],
        *[[name, *values] for name, values in STANDARDS.items()],
    ]
    row, column = where
    rows[row] = [*rows[row], *[None] * (column + 1 - len(rows[row]))]
    if isinstance(what, str):
        what = "".join(sign for sign in what if sign.isprintable())  # a workbook holds no control signs
    if (isinstance(what, float) and what != what) or what in (float("inf"), float("-inf")):
        what = "nan"
    before, rows[row][column] = rows[row][column], what
    found = values_of(reading, rows)
    if found is None:
        return
    if row < 2:  # a title or header may say another thing of all figures, or make them unknown; it changes none
        assert set(found.values()) <= set(TRUTH.values()), (where, before, what, found)
        return
    changed = {key for key in TRUTH if found.get(key) != TRUTH[key]}
    own = {key for key in TRUTH if key[0] == CODES[list(STANDARDS)[row - 2]]}
    assert set(found) <= set(TRUTH), (where, before, what, found)
    assert changed <= own, (where, before, what, found)
    for key in changed & set(found):
        assert str(found[key]).removesuffix(".0") in str(what).replace(",", ""), (before, what, found[key])
