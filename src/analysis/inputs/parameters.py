"""The frozen groups of parameters: policy, fiscal path, assumptions, scenario, batch.

Every group refuses unknown keys and silent changes of type; every share, yuan and step is exact (Decimal).
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from analysis.errors import ParametersRefused, nearest
from analysis.files import FORMULA, SLUG

RESIDENCES = ("urban", "rural")
# Years that a road may look ahead.
LEAST_HORIZON, MOST_HORIZON = 3, 10


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


_RULE_NEEDS = {
    "freeze": (),
    "index": (),
    "fixed": ("rise_share",),
    "flat": ("rise_yuan_month",),
    "peg": (),
    "mixed": ("price_weight",),
    "triple": ("rise_share",),
    "minimum_wage": ("of_minimum_wage_share",),
    "base_chain": ("rise_share",),
}


class RiseRule(Strict):
    """Step 1 of the uprating for one residence (METHODS 4).

    ``peg`` without ``of_consumption_share`` keeps each floor's own share of the consumption of the year before.
    """

    kind: Literal["freeze", "index", "fixed", "flat", "peg", "mixed", "triple", "minimum_wage", "base_chain"]
    rise_share: RiseShare | None = None
    rise_yuan_month: Yuan | None = None
    of_consumption_share: Share | None = None
    price_weight: Share | None = None
    of_minimum_wage_share: Share | None = None

    @model_validator(mode="after")
    def _complete(self) -> RiseRule:
        for name in _RULE_NEEDS[self.kind]:
            if getattr(self, name) is None:
                raise ValueError(f"kind {self.kind} needs {name}")
        return self


class RiseRules(Strict):
    """The rise rule of each residence."""

    urban: RiseRule
    rural: RiseRule


class CatchUp(Strict):
    """Step 2: how rural floors catch up with urban ones; never above them."""

    kind: Literal["none", "differential", "gap_share", "target"] = "none"
    faster_by_share: RiseShare | None = None
    close_gap_share: Share | None = None
    target_ratio: Share | None = None
    target_year: Annotated[int, Field(ge=1990, le=2100)] | None = None

    @model_validator(mode="after")
    def _complete(self) -> CatchUp:
        needs = {
            "none": (),
            "differential": ("faster_by_share",),
            "gap_share": ("close_gap_share",),
            "target": ("target_ratio", "target_year"),
        }
        for name in needs[self.kind]:
            if getattr(self, name) is None:
                raise ValueError(f"kind {self.kind} needs {name}")
        return self


class Rounding(Strict):
    """Steps 3 and 7: the grid in yuan a month, and the direction."""

    step_yuan: Step = Decimal(1)
    mode: Literal["up", "nearest", "down"] = "up"


class Switch(Strict):
    """A step that is on or off."""

    on: bool = True


class RuralShare(Strict):
    """Step 6: the least share of the rounded urban standard that the rural one must reach; 0 switches it off."""

    at_least: Share = Decimal(0)


class Ceiling(Switch):
    """Step 8: no standard above a share of the local minimum wage, nor above the unemployment benefit."""

    of_minimum_wage_share: Share = Decimal(1)
    unemployment_benefit_of_minimum_wage_share: Share = Decimal("0.9")


class Policy(Strict):
    """Which steps of the uprating are on, and how far."""

    id: str
    title: Title
    rule: RiseRules
    catch_up: CatchUp = CatchUp()
    unified_stay_unified: Switch = Switch()
    round_urban: Rounding = Rounding()
    class_order: Switch = Switch()
    rural_share: RuralShare = RuralShare()
    round_rural: Rounding = Rounding()
    ceiling: Ceiling = Ceiling()
    ratchet: Switch = Switch()


class Sharing(Strict):
    """One named share set: what each tier of government bears of the cost at the provincial minimum.

    ``shares`` goes from area class to tier to share; each class sums to 1. The last tier (``local``) bears
    besides all that is paid above the minimum.
    """

    reason: Reason
    shares: dict[str, dict[str, Share]]

    @model_validator(mode="after")
    def _sums(self) -> Sharing:
        for area_class, tiers in self.shares.items():
            if "local" not in tiers:
                raise ValueError(f"{area_class} has no tier named local")
            if sum(tiers.values()) != 1:
                raise ValueError(f"the shares of {area_class} sum to {sum(tiers.values())}, not to 1")
        return self


class Fiscal(Strict):
    """What the budget allows and how the cost is shared."""

    id: str
    title: Title
    expenditure_growth_share: RiseShare
    expenditure_growth_reason: Reason
    sharing: str


class Assumption(Strict):
    """What is not observed: a range, a central value and the reason for both.

    Attributes:
        unit: of low, central and high.
        scored: the range is not written but measured: the errors of past forecasts give ``low`` and ``high`` (their
            80 % interval) and ``degrees_of_freedom`` (the years behind them) when the model runs.
        drawn: whether draws vary it; a convention without a basis for a distribution is not drawn, but is moved to
            its ends one at a time and in the corners.
        reason: why this range.
        ask: what to ask for, so that the assumption can go.
    """

    title: Title
    unit: str
    low: Number | None = None
    central: Number
    high: Number | None = None
    scored: bool = False
    degrees_of_freedom: int | None = None
    drawn: bool = True
    reason: Reason
    ask: Title

    @model_validator(mode="after")
    def _ordered(self) -> Assumption:
        if self.low is None or self.high is None:
            if not self.scored:
                raise ValueError("low and high are missing; a range is written, or measured with scored: true")
            return self
        if self.scored and self.degrees_of_freedom is None:
            raise ValueError("scored: true measures the range; leave low and high out")
        if not self.low <= self.central <= self.high:
            raise ValueError(f"low {self.low}, central {self.central}, high {self.high} are not in order")
        bounds = (-1, 1) if self.unit == "share a year" else (0, 1) if self.unit.startswith("share") else None
        if bounds and not (bounds[0] <= self.low and self.high <= bounds[1]):
            raise ValueError(f"low {self.low}, high {self.high}; allowed for a {self.unit}: {bounds[0]} to {bounds[1]}")
        return self


class Timing(Strict):
    """When the rise is decided and paid; it is owed from January whatever the month (METHODS 7)."""

    notice_month: Annotated[int, Field(ge=1, le=12)] = 1
    pay_month: Annotated[int, Field(ge=1, le=12)] = 1

    @model_validator(mode="after")
    def _in_order(self) -> Timing:
        if self.pay_month < self.notice_month:
            raise ValueError(
                f"pay_month {self.pay_month} lies before notice_month {self.notice_month}; give both, pay_month {self.notice_month} or later"
            )
        return self


class Road(Strict):
    """What several years are asked: a rural share by a year, and what may stand in the way.

    Attributes:
        target_share: least rural share of the urban standard from ``by_year`` on.
        by_year: the target's year.
        largest_rise_share: no floor rises by more in a year.
        new_money_yuan_year: what each year brings on top of the year before: the extra against no rise stays within as many
            times this as years have passed; without it money is no bound.
    """

    target_share: Share | None = None
    by_year: Annotated[int, Field(ge=1990, le=2110)] | None = None
    largest_rise_share: Annotated[Decimal, BeforeValidator(exact), Field(gt=0, le=1, allow_inf_nan=False)] | None = None
    new_money_yuan_year: Annotated[Decimal, BeforeValidator(exact), Field(ge=0, le=Decimal("1e12"))] | None = None

    @model_validator(mode="after")
    def _both(self) -> Road:
        if (self.target_share is None) != (self.by_year is None):
            raise ValueError("target_share and by_year go together; give both or neither")
        return self


class Scenario(Strict):
    """One resolved scenario; every value that a result rests on, and nothing else."""

    id: Name
    title: Title
    question: Title
    dataset: str
    as_of: Day
    base_year: Annotated[int, Field(ge=1990, le=2100)]
    horizon: Annotated[int, Field(ge=1, le=MOST_HORIZON)] = 1
    seed: Annotated[int, Field(ge=0, lt=2**32)]
    draws: Annotated[int, Field(ge=100, le=100_000)]
    fiscal: Fiscal
    sharing: dict[str, Sharing]
    policy: Policy
    timing: Timing = Timing()
    road: Road = Road()
    assumptions: dict[str, Assumption]
    overrides: dict[str, Any] = {}

    @model_validator(mode="after")
    def _shared(self) -> Scenario:
        if self.fiscal.sharing not in self.sharing:
            raise ValueError(f"fiscal.sharing {self.fiscal.sharing!r}: {nearest(self.fiscal.sharing, self.sharing)}")
        if self.road.by_year is not None and self.road.by_year <= self.base_year:
            raise ValueError(f"road.by_year {self.road.by_year}; allowed: after the base year {self.base_year}")
        return self

    @property
    def road_years(self) -> int:
        """How far a road of this scenario looks ahead: its horizon, its target's year, three years at least."""
        return min(max(self.horizon, LEAST_HORIZON, (self.road.by_year or 0) - self.base_year), MOST_HORIZON)

    @property
    def shares(self) -> Sharing:
        """The share set that the fiscal path names."""
        return self.sharing[self.fiscal.sharing]

    def canonical(self) -> str:
        """Return all values as one text."""
        return json.dumps(self.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)

    @classmethod
    def from_canonical(cls, text: str) -> Scenario:
        """Read back what :meth:`canonical` gave, also of an older version whose values are allowed still.

        Raises:
            ParametersRefused: a key or value that this version does not know.
        """
        try:
            # JSON has no exact decimals and no dates: both stand there as text.
            return cls.model_validate_json(text, strict=False)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            raise ParametersRefused(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from error

    def sha256(self) -> str:
        """Return the sha256 of all values, in canonical form."""
        return hashlib.sha256(self.canonical().encode()).hexdigest()


class Batch(Strict):
    """Which scenarios, notebooks and languages make one batch.

    Attributes:
        scenarios: names.
        grid: dotted key to values; every scenario is taken once with each combination of them.
        proposed: the scenario that the others are set beside.
        notebooks: names without ending.
    """

    id: Name
    title: Title
    scenarios: Annotated[list[str], Field(min_length=1)]
    grid: dict[str, Annotated[list[Any], Field(min_length=1)]] = {}
    proposed: str
    notebooks: Annotated[list[str], Field(min_length=1)]
    languages: Annotated[list[Literal["zh", "en"]], Field(min_length=1)]

    @model_validator(mode="after")
    def _proposed_is_in(self) -> Batch:
        for name, listed in (("scenarios", self.scenarios), ("notebooks", self.notebooks), *self.grid.items()):
            for one in listed:
                if isinstance(one, dict | list):
                    raise ValueError(f"{name}: allowed: single values")
                if listed.count(one) > 1:
                    raise ValueError(f"{name}: {one} stands twice; name each once")
        if not self.grid and self.proposed not in self.scenarios:
            raise ValueError(f"proposed {self.proposed!r} is not one of the scenarios")
        return self


MOST_COMBINATIONS = 50_000


def _distinct(values: list[Any]) -> list[Any]:
    """Refuse what is no plain value, and a value that stands twice: its combinations would."""
    seen = set()
    for value in values:
        if value is None or isinstance(value, list | dict):
            raise ValueError("allowed: plain values, such as [0.75, 0.8]")
        if (one := (isinstance(value, bool), exact(value))) in seen:
            raise ValueError(f"{value} stands twice")
        seen.add(one)
    return values


class Sweep(Strict):
    """Which values of which keys are crossed with which scenarios, and computed without notebooks.

    Attributes:
        scenarios: what the values are laid over.
        grid: dotted key to its values; every value meets every value of the other keys.
        draws: of the assumptions, instead of the scenarios' own (of several years: instead of a road's).
        years: after the base year: 1 gives the rows of ``30_next_year``, more those of the policy's path.
        by_area: whether the range of each area's cost is given too.
        target_share: the rural share of the urban minimum whose price the closing line names; that of the scenario's road
            by default.
    """

    id: Name
    title: Title
    question: Title
    scenarios: Annotated[list[str], Field(min_length=1), AfterValidator(_distinct)]
    grid: Annotated[
        dict[str, Annotated[list[Any], Field(min_length=1), AfterValidator(_distinct)]], Field(min_length=1)
    ]
    draws: Annotated[int, Field(ge=100, le=100_000)] | None = None
    years: Annotated[int, Field(ge=1, le=MOST_HORIZON)] = 1
    by_area: bool = False
    target_share: Share | None = None

    @property
    def count(self) -> int:
        """How many combinations there are."""
        return len(self.scenarios) * math.prod(len(values) for values in self.grid.values())

    @model_validator(mode="after")
    def _bounded(self) -> Sweep:
        if self.count > MOST_COMBINATIONS:
            raise ValueError(f"{self.count} combinations; allowed: {MOST_COMBINATIONS} at most")
        if self.draws is not None and "draws" in self.grid:
            raise ValueError("draws stands in the grid too; keep one")
        return self


def validated(model: type[Strict], values: Any, where: Callable[[tuple[str, ...]], str], label: str = "") -> Any:
    """Return ``values`` as a frozen model, or refuse the first thing that is wrong in one line.

    Args:
        model: the group of parameters.
        values: plain values, as read.
        where: names the place of a key, such as ``params/fiscal/baseline.yaml:7``.
        label: put before the key in the message.

    Raises:
        ParametersRefused: says place, key, value, what is allowed and the nearest name.
    """
    try:
        return model.model_validate(values)
    except ValidationError as error:
        # A misspelt key is missing under its right name too: say the misspelling.
        first = min(error.errors(), key=lambda one: one["type"] != "extra_forbidden")
        key = tuple(str(part) for part in first["loc"])
        dotted = ".".join((*([label] if label else []), *key)) or model.__name__.lower()
        if first["type"] == "extra_forbidden":
            problem = f"no such key; {nearest(key[-1], _fields_at(model, key[:-1]))}"
        elif first["type"] == "missing":
            problem = "is missing"
        else:
            problem = _said(first["input"]) + _plain(first["msg"])
        place = where(key)
        raise ParametersRefused(
            f"{place}: {problem}" if place.endswith(dotted) else f"{place}: {dotted}: {problem}"
        ) from error


def _said(given: Any) -> str:
    if isinstance(given, dict | BaseModel):
        return ""
    text = str(given)
    return (text if text.split() == [text] else repr(text))[:60] + ": "


def _plain(message: str) -> str:
    """Turn a validation library's message into one of ours."""
    text = message.removeprefix("Value error, ").replace("Input should be", "allowed:")
    text = (
        text.replace("an instance of Decimal", "a number").replace("a valid ", "a ").replace("a integer", "an integer")
    )
    if "should match pattern" in text:
        return "allowed: lower-case letters, digits, _ and -, 64 at most"
    if text.endswith("less than or equal to 1"):
        text += "; a share is written 0.8, not 80"
    text = re.sub(r"Decimal\('([^']*)'\)", r"\1", text)
    return text[0].lower() + text[1:]


def _fields_at(model: Any, key: tuple[str, ...]) -> list[str]:
    for part in key:
        annotation = model.model_fields[part].annotation if hasattr(model, "model_fields") else model
        inner = [
            kind
            for kind in (annotation, *get_args(annotation))
            if isinstance(kind, type) and issubclass(kind, BaseModel)
        ]
        if not inner:
            return []
        model = inner[0]
    return list(model.model_fields) if hasattr(model, "model_fields") else []
