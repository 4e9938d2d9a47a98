"""The kinds of value that a parameter may have: exact numbers, days, names, and texts in both languages."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from analysis.files import FORMULA, SLUG

# Of every text, document and notebook.
LANGUAGES = ("zh", "en")


def exact(value: Any) -> Any:
    """Return whole and binary numbers as exact decimals; anything else as it is."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return Decimal(value)
    return Decimal(repr(value)) if isinstance(value, float) else value


def _date(value: Any) -> Any:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else value
    except ValueError as error:
        raise ValueError("allowed: a date such as 2024-06-30") from error


Number = Annotated[Decimal, BeforeValidator(exact), Field(allow_inf_nan=False)]
Share = Annotated[Decimal, BeforeValidator(exact), Field(ge=0, le=1, allow_inf_nan=False)]
RiseShare = Annotated[
    Decimal, BeforeValidator(exact), Field(ge=Decimal("-0.5"), le=Decimal("0.5"), allow_inf_nan=False)
]
Yuan = Annotated[Decimal, BeforeValidator(exact), Field(ge=0, le=100_000, allow_inf_nan=False)]
Step = Annotated[Decimal, BeforeValidator(exact), Field(gt=0, le=1000, allow_inf_nan=False)]
Day = Annotated[date, BeforeValidator(_date)]


Name = Annotated[str, Field(pattern=f"^{SLUG.pattern}$", max_length=64)]


class Strict(BaseModel):
    """A frozen group of parameters: no unknown key, no silent change of type."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Text(Strict):
    """One text in both languages."""

    zh: str
    en: str

    def in_language(self, lang: str) -> str:
        """Return the text in ``zh`` or ``en``."""
        return self.zh if lang == "zh" else self.en


def _no_formula(text: Text) -> Text:
    for said in (text.zh, text.en):
        if FORMULA.match(said):
            raise ValueError(f"{said[:40]!r}: a spreadsheet would run it; begin with a letter or a digit")
    return text


# A text of a parameter file, which may come to stand in a table.
Title = Annotated[Text, AfterValidator(_no_formula)]


class Reason(Text):
    """Why a range or a share is what it is; nothing assumed goes without one."""

    @model_validator(mode="after")
    def _said(self) -> Reason:
        for lang, text in (("zh", self.zh), ("en", self.en)):
            if len(text.strip()) < 4:
                raise ValueError(f"{lang}: a reason is missing; say where the figure comes from")
        return self
