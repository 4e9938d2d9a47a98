"""Runs notebooks, one or many.

nbformat loads jsonschema, and jsonschema loads rfc3987_syntax, which builds a grammar of IRIs at once: more than a second in
each process that runs notebooks, for a format that a notebook's schema does not have. Here it waits for the first IRI.
"""

from __future__ import annotations

import importlib.util
import sys
from types import ModuleType
from typing import Any

_PACKAGE = "rfc3987_syntax"


def _helpers() -> ModuleType:
    return importlib.import_module(f"{_PACKAGE}.syntax_helpers")


def _is_valid_syntax(term: str, value: str) -> bool:
    return bool(_helpers().is_valid_syntax(term, value))


def _later(name: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(name)
    return getattr(_helpers(), name)


def _wait() -> None:
    found = importlib.util.find_spec(_PACKAGE)
    if _PACKAGE not in sys.modules and found:
        waiting = importlib.util.module_from_spec(found)
        vars(waiting).update(is_valid_syntax=_is_valid_syntax, __getattr__=_later)
        sys.modules[_PACKAGE] = waiting


_wait()
