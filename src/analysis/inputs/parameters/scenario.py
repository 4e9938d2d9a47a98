"""The scenario: fiscal path, policy, assumptions, months of payment and the road, resolved into one frozen whole."""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, ValidationError, model_validator

from analysis.errors import ParametersRefused, nearest
from analysis.inputs.parameters.assumption import Assumption
from analysis.inputs.parameters.fiscal import Fiscal, Sharing
from analysis.inputs.parameters.policy import Policy
from analysis.inputs.parameters.values import Day, Name, Share, Strict, Title, exact

# Years that a road may look ahead.
LEAST_HORIZON, MOST_HORIZON = 3, 10


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
    overrides: dict[str, Any] = Field(default_factory=dict)

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
