"""Validation: the first thing that is wrong with what was read, in one line of ours."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from analysis.errors import ParametersRefused, nearest
from analysis.inputs.parameters.values import Strict


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
        dotted = ".".join((*([label] if label else []), *key))
        if first["type"] == "extra_forbidden":
            problem = f"no such key; {nearest(key[-1], _fields_at(model, key[:-1]))}"
        elif first["type"] == "missing":
            problem = "is missing"
        elif first["type"] == "model_type":
            problem = (
                f"{_said(first['input'])}allowed: keys of its own, one a line: {', '.join(_fields_at(model, key))}"
            )
        else:
            problem = _said(first["input"]) + _plain(first["msg"])
            if re.fullmatch(r"[\d.]+%", str(first["input"])):
                problem += "; a share is written as a decimal, 0.8 for 80%"
        place = where(key)
        at = place if place.endswith(dotted) else f"{place}: {dotted}"  # what concerns the whole has no key
        raise ParametersRefused(f"{at}: {problem}") from error


def _said(given: Any) -> str:
    if isinstance(given, dict | BaseModel):
        return ""
    text = _bare(str(given))
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
    text = _bare(text)
    return text[0].lower() + text[1:]


def _bare(text: str) -> str:
    return re.sub(r"Decimal\('([^']*)'\)", r"\1", text)


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
