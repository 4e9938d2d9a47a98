"""tibiao: plan next year's social-assistance standards.

The public names load on first use, so that a command which needs none of them starts at once.
"""

from __future__ import annotations

import importlib
from typing import Any

_PUBLIC = {
    "start": "analysis.session",
    "load": "analysis.inputs.evidence",
    "simulate": "analysis.model.simulate",
    "gap_table": "analysis.model.gap",
    "back_cast": "analysis.model.score",
}
__all__ = sorted(_PUBLIC)


def __getattr__(name: str) -> Any:
    if name in _PUBLIC:
        return getattr(importlib.import_module(_PUBLIC[name]), name)
    raise AttributeError(f"analysis has no {name!r}; it has {', '.join(__all__)}")


def __dir__() -> list[str]:
    return __all__
