"""The template: lists to choose from, a filled example that intake reads as it is, the same bytes every time."""

import io

import openpyxl
import pytest

from analysis.intake.amounts import read_unit
from analysis.intake.headers import read_said
from analysis.intake.template import EXAMPLE, MEASURES, SHEETS, UNITS, workbook
from analysis.intake.vocabulary import YUAN, read_vocabulary


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_example_is_read_and_both_languages_say_the_same(reading, home, lang):
    book = openpyxl.load_workbook(io.BytesIO(workbook(home, lang)))
    book[SHEETS[lang][1]].title = "filled"
    book.save(reading.folder / "filled.xlsx")
    month, year = "yuan/person/month", "yuan/person/year"
    assert reading.of(reading.folder / "filled.xlsx") == {
        ("440100", 2024, "Y", "urban", "dibao standard"): (1282, month),
        ("440100", 2024, "Y", "rural", "dibao standard"): (1282, month),
        ("440800", 2024, "Y", "urban", "dibao standard"): (860, month),
        ("440800", 2024, "Y", "rural", "dibao standard"): (645, month),
        ("440000", 2024, "M03", "rural", "dibao recipients"): (108.9, "10,000 persons"),
        ("440800", 2024, "Y", "rural", "tekun basic_living_standard"): (12384, year),
    }
    assert len(EXAMPLE[lang]) == 5


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_an_empty_template_holds_no_figure_and_says_so(reading, home, lang):
    (reading.folder / "empty.xlsx").write_bytes(workbook(home, lang))
    with pytest.raises(Exception, match="no figure was found"):
        reading.of(reading.folder / "empty.xlsx")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_choice_of_the_lists_is_one_that_intake_knows(home, lang):
    words = read_vocabulary(home)
    for text in MEASURES[lang]:
        said = read_said(text, words)
        assert words.measure_of(said.programme, said.noun, ""), text
        assert not said.left, text
    assert all(read_unit(text, YUAN) for text in UNITS[lang])
    assert len({(read_said(text, words).programme, read_said(text, words).noun) for text in MEASURES[lang]}) == len(
        MEASURES[lang]
    )


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_columns_of_choices_have_their_lists(home, lang):
    sheet = openpyxl.load_workbook(io.BytesIO(workbook(home, lang)))[SHEETS[lang][0]]
    kinds = {str(one.sqref).split(":")[0][0]: one.type for one in sheet.data_validations.dataValidation}
    assert kinds == {
        "A": "list",
        "B": "whole",
        "C": "list",
        "D": "list",
        "E": "list",
        "F": "decimal",
        "G": "list",
        "H": "date",
    }


def test_the_same_bytes_every_time(home):
    assert workbook(home, "zh") == workbook(home, "zh")
