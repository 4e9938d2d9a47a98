"""A formula's text and its value are one thing: brackets stand where the signs ask for them, and rounding is exact."""

import math

import pytest

from analysis.report.workbook import formula
from analysis.report.workbook.formula import (
    Formula,
    either,
    largest,
    of,
    on_grid,
    smallest,
    span,
    total,
    total_where,
    up,
)

A, B, C = (Formula(f"'S'!A{row}", value) for row, value in ((1, 6.0), (2, 3.0), (3, 2.0)))
EMPTY = Formula("'S'!A4", None)


@pytest.mark.parametrize(
    ("term", "text", "value"),
    [
        ((A + B) * C, "('S'!A1+'S'!A2)*'S'!A3", 18),
        (A + B * C, "'S'!A1+'S'!A2*'S'!A3", 12),
        (A - (B - C), "'S'!A1-('S'!A2-'S'!A3)", 5),
        (A - B - C, "'S'!A1-'S'!A2-'S'!A3", 1),
        (A / (B * C), "'S'!A1/('S'!A2*'S'!A3)", 1),
        (A / B * C, "'S'!A1/'S'!A2*'S'!A3", 4),
        (12 * (A / B) ** C - 1, "12*('S'!A1/'S'!A2)^'S'!A3-1", 47),
        (1 - sum([B, C], start=of(0.0)), "1-(0+'S'!A2+'S'!A3)".replace("0+", "0.0+"), -4),
        (1 / C, "1/'S'!A3", 0.5),
        (A.above(B + C), "'S'!A1>'S'!A2+'S'!A3", True),
    ],
)
def test_brackets_stand_only_where_they_are_needed(term, text, value):
    assert term.text == text
    assert term.value == value


def test_an_empty_cell_counts_as_nothing_in_sums_and_not_at_all_in_the_smallest():
    assert (A + EMPTY).value == 6
    assert smallest(A, EMPTY).value == 6
    assert largest(EMPTY, C).value == 2
    assert EMPTY.is_blank().value
    assert not A.is_blank().value


def test_what_a_condition_sets_aside_may_be_no_number():
    assert either(EMPTY.is_blank(), A, up(A / EMPTY)).value == 6
    assert math.isnan(up(A / EMPTY).value)


@pytest.mark.parametrize(
    ("amount", "step", "mode", "rounded"),
    [
        # 860 x 1.05 is 903.0000000000001 as a binary fraction, and 903 in yuan.
        (of(860.0) * of(1.05), 1, "up", 903),
        (of(772.0) * of(1.035), 1, "up", 800),
        (of(1087.0) * of(1.035), 1, "nearest", 1125),
        (of(1087.0) * of(1.035), 1, "down", 1125),
        (of(2.5), 1, "nearest", 3),
        (of(891.0) * of(0.75), 5, "up", 670),
    ],
)
def test_a_grid_rounds_as_money_is_rounded(amount, step, mode, rounded):
    assert on_grid(amount, of(step), mode).value == rounded


def test_a_millionth_of_a_step_is_dust():
    assert up(of(1.6) * of(645.0)).value == 1032
    assert up(of(1032.1)).value == 1033
    assert up(of(1032.1), of(5)).value == 1035


def test_sums_by_label_take_the_rows_of_the_label():
    labels = span([Formula("'S'!B1", "城镇 urban"), Formula("'S'!B2", "农村 rural"), Formula("'S'!B3", "城镇 urban")])
    values = span([A, B, C])
    assert values.text == "'S'!A1:A3"
    assert total(values).value == 11
    summed = total_where(values, (labels, "城镇 urban"))
    assert summed.text == "SUMIFS('S'!A1:A3,'S'!B1:B3,\"城镇 urban\")"
    assert summed.value == 8


def test_a_date_is_counted_as_a_spreadsheet_counts():
    assert formula.serial(2024, 3, 31) == 45382
    assert formula.decimal_year(of(45382)).value == pytest.approx(2024 + 90 / 366)


def test_a_constant_is_written_without_an_exponent():
    assert of(1e-6).text == "0.000001"
    assert of('say "so"').text == '"say ""so"""'
