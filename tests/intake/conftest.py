"""Fixtures of intake: figures read from a workbook or text that a test writes, or the doubts it meets."""

import openpyxl
import pytest

from analysis.errors import DataRefused
from analysis.inputs.evidence import load
from analysis.intake import areas_of, read_file
from analysis.intake.journal import Journal
from analysis.intake.vocabulary import read_vocabulary


@pytest.fixture(scope="session")
def base(home):
    return load("guangdong", None, home)


class Reading:
    """Reads a file and keeps its journal."""

    def __init__(self, home, base, folder):
        self.home, self.base, self.folder = home, base, folder
        self.journal = Journal()

    def of(self, path):
        self.journal = Journal()
        words = read_vocabulary(self.home)
        figures, self.how = read_file(path, words, areas_of(self.base, words), self.base, self.journal)
        return {
            (one.area_code, one.year, one.period, one.residence, one.measure.label): (
                float(one.number),
                one.written_unit,
            )
            for one in figures
        }

    def doubts(self, path):
        with pytest.raises(DataRefused) as refused:
            self.of(path)
        return str(refused.value)

    def book(self, *sheets):
        """Write a workbook: each sheet is its rows, or a function that fills the sheet."""
        book = openpyxl.Workbook()
        book.remove(book.active)
        for number, made in enumerate(sheets, 1):
            sheet = book.create_sheet(f"Sheet{number}")
            if callable(made):
                made(sheet)
            else:
                for row in made:
                    sheet.append(row)
        path = self.folder / "figures.xlsx"
        book.save(path)
        return path

    def text(self, text, encoding="utf-8"):
        path = self.folder / "figures.csv"
        path.write_bytes(text.encode(encoding))
        return path


@pytest.fixture
def reading(home, base, tmp_path):
    return Reading(home, base, tmp_path)
