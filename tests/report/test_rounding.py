"""Rounding happens once, half up, in one place."""

import re

import pandas as pd
import pytest

from analysis.report.facts import STYLES
from analysis.report.rounding import fixed, half_up, percent, rounded
from analysis.report.tables.amounts import amount
from analysis.report.wording import Wording

# A number that an f-string or a format rounds by itself, to even and on the binary fraction.
BY_ITSELF = re.compile(r':[+,]*\.\d[%f]\}|(?<![\w.])round\(\w*(?:value|yuan|share)|"\]\.round\(|\)\.round\(')


@pytest.mark.parametrize(
    ("value", "said"), [(967.5, "968"), (1003.5, "1004"), (1336.5, "1337"), (-0.4, "0"), (2.5, "3"), (-2.5, "-3")]
)
def test_halves_go_up(value, said):
    assert fixed(value) == said


def test_a_share_is_rounded_on_its_decimals_and_not_on_its_binary_fraction():
    assert percent(691 / 891, 1) == "77.6%"
    assert percent(694 / 903, 1) == "76.9%"
    assert percent(0.0005, 1) == "0.1%"
    assert percent(0.0345, 1, "+") == "+3.5%"
    assert STYLES["percent"](0.0045, "en") == ("0.5", "%")


def test_amounts_of_tables_are_rounded_half_up_and_what_is_missing_stays_so():
    assert amount(250_000, Wording("en", pd.DataFrame())) == 0.3
    assert amount(25_000, Wording("zh", pd.DataFrame())) == 3
    assert rounded(pd.Series([0.0005, None]), 3).tolist()[0] == 0.001
    assert str(half_up(-0.04, 1)) == "0.0"


def test_no_report_rounds_by_itself(home):
    found = {
        f"{path.name}:{number}"
        for path in sorted((home / "src/analysis/report").rglob("*.py"))
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if BY_ITSELF.search(line)
    }
    assert not found
