"""Measure: what is counted of a programme, and where it stands in a package."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from analysis.inputs.parameters.values import Strict

Kind = Literal["rate", "persons", "households", "money"]


class Measure(Strict):
    """One measure that intake knows.

    Attributes:
        programme: as in the vocabulary.
        noun: what is counted of the programme.
        as_: the measure's name in a package.
        table: the package's table.
        kind: rate (yuan per person and month or year), persons, households, money.
        plausible_yuan_month: between which amounts a month a rate can lie; None where nobody has said.
        apart: whether town and country have figures of their own, so that one without a residence is doubtful.
        parts_of_year: whether a rate is set for halves or quarters of a year; else it is of its year, whatever period is said.
    """

    programme: str
    noun: str
    as_: str = Field(alias="as")
    table: str
    kind: Kind
    plausible_yuan_month: Annotated[list[int], Field(min_length=2, max_length=2)] | None = None
    apart: bool = False
    parts_of_year: bool = False

    @property
    def in_package(self) -> str:
        """The programme as a package names it: what concerns everybody is of none."""
        return "" if self.programme == "economy" else self.programme

    @property
    def label(self) -> str:
        """The measure as it is named to the user."""
        return f"{self.programme} {self.as_}" if self.in_package else self.as_
