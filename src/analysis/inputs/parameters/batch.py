"""The batch: which scenarios, notebooks and languages are run together."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from analysis.inputs.parameters.values import Name, Strict, Title


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
    grid: dict[str, Annotated[list[Any], Field(min_length=1)]] = Field(default_factory=dict)
    proposed: str
    notebooks: Annotated[list[str], Field(min_length=1)]
    languages: Annotated[list[Literal["zh", "en"]], Field(min_length=1)]

    @model_validator(mode="after")
    def _each_once(self) -> Batch:
        for name, listed in (("scenarios", self.scenarios), ("notebooks", self.notebooks), *self.grid.items()):
            for one in listed:
                if isinstance(one, dict | list):
                    raise ValueError(f"{name}: allowed: single values")
                if listed.count(one) > 1:
                    raise ValueError(f"{name}: {one} stands twice; name each once")
        return self
