"""The fiscal path: what the budget allows, and how tiers of government share the cost."""

from __future__ import annotations

from pydantic import model_validator

from analysis.inputs.parameters.values import Reason, RiseShare, Share, Strict, Title


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
