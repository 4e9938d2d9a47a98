"""Figures: one number of a file with all that it is about, and the cell it stands in."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from analysis.intake.amounts import Unit
from analysis.intake.vocabulary import Measure

CHECKED_BY_HAND = ("checked:", "核实:", "核实：", "已核实", "经核实")
# How units are written in a package: kind of measure, scale, period -> text.
_WRITTEN = {
    ("yuan", 1, "month"): "yuan/person/month",
    ("yuan", 1, "year"): "yuan/person/year",
    ("yuan", 1, ""): "yuan",
    ("yuan", 10_000, ""): "10,000 yuan",
    ("yuan", 100_000_000, ""): "100 million yuan",
    ("persons", 1, ""): "persons",
    ("persons", 1000, ""): "1,000 persons",
    ("persons", 10_000, ""): "10,000 persons",
    ("households", 1, ""): "households",
    ("households", 10_000, ""): "10,000 households",
}
UNITS = tuple(_WRITTEN.values())


@dataclass(frozen=True)
class Figure:
    """One number.

    Attributes:
        sheet: where it stands.
        cell: its address.
        found: what stands in the cell.
        area_code: of the package.
        year: that it is of.
        period: as a package writes it.
        residence: urban, rural or both.
        measure: what is measured.
        number: in the unit.
        unit: of the file.
        converted: what was done to the cell.
        note: beside it in the file.
        known_from: the day it was public, where the file says one.
    """

    sheet: str
    cell: str
    found: str
    area_code: str
    year: int
    period: str
    residence: str
    measure: Measure
    number: Decimal
    unit: Unit
    converted: tuple[str, ...] = ()
    note: str = ""
    known_from: dt.date | None = None

    @property
    def key(self) -> tuple[str, int, str, str, str, str]:
        """What makes a row of a package one of its kind."""
        return (self.area_code, self.year, self.period, self.residence, self.measure.in_package, self.measure.as_)

    @property
    def written_unit(self) -> str:
        """The unit as a package writes it; empty where it has none for it."""
        return _WRITTEN.get((self.unit.kind, self.unit.scale, self.unit.per), "")

    @property
    def single(self) -> Decimal:
        """The number in single yuan (of a rate a month), persons or households."""
        whole = self.number * self.unit.scale
        return whole / 12 if self.unit.per == "year" else whole

    @property
    def checked(self) -> bool:
        """Whether a person has written beside it that an odd figure is right."""
        return self.note.startswith(CHECKED_BY_HAND)

    @property
    def said(self) -> str:
        """The figure as it is named to the user."""
        what = " ".join(part for part in self.key[3:] if part)
        period = "" if self.period == "Y" else f" {self.period}"
        return f"{self.area_code} {self.year}{period} {what} {self.number:f} {self.written_unit or self.unit.said}"
