"""The assumption: what is not observed, with its range."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from analysis.inputs.parameters.values import Number, Reason, Strict, Title

# What a value of a unit may be at most; further out the powers and products of the model are no numbers any more.
BOUNDS = {"share a year": (-1, 1), "exponent": (0, 20), "times": (0, 20), "persons": (0, 2_000_000_000)}


class Assumption(Strict):
    """What is not observed: a range, a central value and the reason for both.

    Attributes:
        unit: of low, central and high.
        scored: the range is not written but measured: the errors of past forecasts give ``low`` and ``high`` (their
            80 % interval) and ``degrees_of_freedom`` (the years behind them) when the model runs.
        programme: name of the programme that is declared by this count of its people (``linked_NAME_persons``).
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
    # Left out where it is not said, so that scenarios without such a programme stay what they were to the byte.
    programme: Annotated[Title | None, Field(exclude_if=lambda said: said is None)] = None

    @model_validator(mode="after")
    def _ordered(self) -> Assumption:
        self._refuse_beyond()
        if self.low is None or self.high is None:
            if not self.scored:
                raise ValueError("low and high are missing; a range is written, or measured with scored: true")
            return self
        if self.scored and self.degrees_of_freedom is None:
            raise ValueError("scored: true measures the range; leave low and high out")
        if not self.low <= self.central <= self.high:
            raise ValueError(f"low {self.low}, central {self.central}, high {self.high} are not in order")
        return self

    def _refuse_beyond(self) -> None:
        """Refuse a value that its unit cannot have, also where the range is measured and the middle alone is written."""
        bounds = BOUNDS.get(self.unit, (0, 1) if self.unit.startswith("share") else None)
        for name in ("low", "central", "high"):
            value = getattr(self, name)
            if bounds and value is not None and not bounds[0] <= value <= bounds[1]:
                raise ValueError(f"{name} {value}; allowed for the unit {self.unit!r}: {bounds[0]} to {bounds[1]}")
