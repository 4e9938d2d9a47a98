"""Country: where a table comes from that is not of China, and the words and money of its figures (``params/countries``)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from analysis.errors import ParametersRefused, nearest
from analysis.files import slug
from analysis.inputs.parameter_file import read_parameter_file
from analysis.inputs.parameters.validation import validated
from analysis.inputs.parameters.values import Strict, Text
from analysis.intake.measure import Measure

FOLDER = "params/countries"


class Headline(Strict):
    """The line whose gap between town and country the package is about."""

    programme: str
    measure: str


class CountryMeasure(Measure):
    """A measure of another country: amounts a person, or persons; sums of money have no unit of theirs in a package."""

    as_: Annotated[str, Field(alias="as", pattern="^[a-z][a-z0-9_]*$")]
    table: Literal["standards", "recipients"]
    kind: Literal["rate", "persons", "households"]


class Country(Strict):
    """One country.

    Attributes:
        code: of the country itself, the whole that the areas of a table are parts of.
        names: of the country.
        currency: three letters, ISO 4217.
        money: what amounts are in, such as rupiah.
        money_words: how the unit of money is written in tables.
        headline: the line whose gap the package is about.
        programmes: to the words for each.
        nouns: what is counted of a programme, to the words for each.
        measures: what intake then knows; each is a line or a count of persons or households.
    """

    code: Annotated[str, Field(pattern="^[A-Z]{2}$")]
    names: Text
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")]
    money: Text
    money_words: Annotated[list[str], Field(min_length=1)]
    headline: Headline
    programmes: dict[str, list[str]]
    nouns: dict[str, list[str]]
    measures: Annotated[list[CountryMeasure], Field(min_length=1)]

    @model_validator(mode="after")
    def _fits(self) -> Country:
        if (self.headline.programme, self.headline.measure) not in {(one.programme, one.as_) for one in self.measures}:
            raise ValueError("headline: allowed: programme and measure (as) of one of the measures")
        for one in self.measures:
            for kind, names in (("programme", self.programmes), ("noun", self.nouns)):
                if (name := getattr(one, kind)) not in names:
                    raise ValueError(f"measures: {kind} {name!r}: {nearest(name, names)}")
        return self


def read_country(name: str, home: Path) -> Country:
    """Read ``params/countries/<name>.yaml``.

    Raises:
        ParametersRefused: no such file, or a key or value that is not allowed.
    """
    known = sorted(path.stem for path in (home / FOLDER).glob("*.yaml"))
    if name not in known:
        hint = nearest(name, known) if known else "write it first: docs/how-to/add-a-province.md shows one"
        raise ParametersRefused(f"--country {slug(name, '--country')}: no such file in {FOLDER}; {hint}")
    file = read_parameter_file(home / FOLDER / f"{name}.yaml", f"{FOLDER}/{name}.yaml")
    return validated(Country, file.values, file.where)


def described_of(country: Country, resources: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what a package of another country says of itself; mend how its codes and levels are described."""
    said = {
        "level": "country (the whole), region (a part of it)",
        "area_code": "Code of the area, as the file has it",
        "parent_code": "Code of the area above; empty for the country",
        "programme": f"Programme: {', '.join(country.programmes)}",
        "measure": f"What is measured: {', '.join(dict.fromkeys(one.as_ for one in country.measures))}",
    }
    for resource in resources:
        for field in resource["schema"]["fields"]:
            name, constraints = field["name"], field.get("constraints", {})
            field["description"] = said.get(name, field["description"])
            if name in ("area_code", "parent_code"):
                constraints["pattern"] = r"^[A-Z]{0,3}[-.]?[0-9]{0,8}$"
            elif name == "level":
                constraints["enum"] = ["country", "region"]
    return {
        "title_en": f"Figures of {country.names.en}",
        "country": country.code,
        "currency": country.currency,
        "currency_name": country.money.model_dump(),
        "money_unit": country.money.model_dump(),
        "headline": country.headline.model_dump() | {"level": "region"},
        "levels": {"whole": "country", "part": "region"},
    }
