"""tibiao: plan next year's social-assistance standards.

The public names load on first use, so that a command which needs none of them starts at once.
"""

from __future__ import annotations

import importlib
from typing import Any

_PUBLIC = {
    "start": ("analysis.session", "start"),
    "load": ("analysis.inputs.evidence", "load"),
    "simulate": ("analysis.model.simulate", "simulate"),
    "pathway": ("analysis.model.pathway", "pathway"),
    "cheapest_road": ("analysis.model.pathway.road", "cheapest_road"),
    "largest_rise": ("analysis.model.pathway.borne", "largest_rise"),
    "frontier": ("analysis.model.pathway.frontier", "frontier"),
    "gap_table": ("analysis.model.gap", "gap_table"),
    "decompose": ("analysis.model.gap.decomposition", "theil_decomposition"),
    "compare": ("analysis.model.compare", "compare"),
    "back_cast": ("analysis.model.score.back_cast", "back_cast"),
    "back_test": ("analysis.model.score.forecasts", "score_minima"),
    "what_to_ask": ("analysis.model.sensitivity.requests", "what_to_ask"),
}
__all__ = sorted(_PUBLIC)


def __getattr__(name: str) -> Any:
    if name in _PUBLIC:
        module, attribute = _PUBLIC[name]
        return getattr(importlib.import_module(module), attribute)
    raise AttributeError(f"analysis has no {name!r}; it has {', '.join(__all__)}")


def __dir__() -> list[str]:
    return __all__
