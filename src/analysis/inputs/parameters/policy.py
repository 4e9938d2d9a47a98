"""The policy: which steps of the uprating are on, and how far."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, model_validator

from analysis.inputs.parameters.values import RiseShare, Share, Step, Strict, Title, Yuan

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
