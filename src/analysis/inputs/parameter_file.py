"""Strict YAML 1.2: one reader for every file in ``params``.

The parser's events are walked and the values built from them, so that a tag, an alias, a repeated key,
a number that is none or a code that would lose its leading zero is refused before anything is made of it.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from analysis.errors import ParametersRefused

MAX_BYTES = 64_000
MAX_DEPTH = 12
MAX_DIGITS = 30
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_DECIMAL = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]{1,3})?")
_NO_NUMBER = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_LEADING_ZERO = re.compile(r"[-+]?0[0-9]+|0[ox][0-9A-Fa-f]+")
# Escapes write them, and no file or document can hold them: control characters, halves of a surrogate pair.
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
# What a Chinese keyboard writes after a key; YAML only stumbles over the next line.
_WIDE_COLON = re.compile(r"\s*[\w.-]+\s*：")
Path_ = tuple[str, ...]


@dataclass(frozen=True)
class ParameterFile:
    """The values of one file, and the line on which each stands.

    Attributes:
        path: the file, as it is named to the user.
        values: nested dictionaries, lists and scalars; decimals are exact.
        lines: from the path of a key to its line, counted from 1.
    """

    path: str
    values: dict[str, Any]
    lines: dict[Path_, int]

    def where(self, key: Path_) -> str:
        """Return ``file:line`` of a key, or of its nearest parent that stands in the file."""
        for length in range(len(key), -1, -1):
            if key[:length] in self.lines:
                return f"{self.path}:{self.lines[key[:length]]}"
        return self.path


def scalar(text: str, where: str) -> Any:
    """Read one unquoted value by the YAML 1.2 core rules: true, false, null, a number, else text.

    Args:
        text: the value as written, such as ``0.035`` or ``no`` (which is text).
        where: named in the refusal.

    Raises:
        ParametersRefused: not a number (``.nan``, ``.inf``), or a code that would lose its leading zero.
    """
    if text in ("", "~", "null", "Null", "NULL"):
        return None
    if text.lower() in ("true", "false") and text in ("true", "True", "TRUE", "false", "False", "FALSE"):
        return text.lower() == "true"
    if _NO_NUMBER.fullmatch(text):
        raise ParametersRefused(f"{where}: {text}: not a number; allowed: a finite number")
    if _LEADING_ZERO.fullmatch(text):
        raise ParametersRefused(f"{where}: {text}: would lose its leading zero; quote codes: '{text}'")
    if len(text) > MAX_DIGITS and _DECIMAL.fullmatch(text):
        raise ParametersRefused(f"{where}: {text[:12]}...: {len(text)} digits; allowed: {MAX_DIGITS} at most")
    if _INTEGER.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text):
        return Decimal(text)
    return text


def read_parameter_file(path: Path, shown_as: str) -> ParameterFile:
    """Read one YAML file strictly.

    Args:
        path: the file.
        shown_as: how it is named to the user (relative to home).

    Raises:
        ParametersRefused: missing, too large, not UTF-8, not YAML, or anything that is not plain
            mappings, lists and scalars with keys that occur once.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise ParametersRefused(f"{shown_as}: cannot be read ({error.strerror})") from error
    if len(raw) > MAX_BYTES:
        raise ParametersRefused(f"{shown_as}: {len(raw)} bytes; allowed: {MAX_BYTES} at most")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ParametersRefused(f"{shown_as}: byte {error.start + 1} is not UTF-8; save the file as UTF-8") from error
    return read_parameter_text(text, shown_as)


# The scenarios of a batch name the same few files, and pure parsing is slow.
@functools.lru_cache(maxsize=64)
def read_parameter_text(text: str, shown_as: str) -> ParameterFile:
    """Read YAML text strictly; see :func:`read_parameter_file`. The same text is parsed once, and its values are not to be changed."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        events = iter(list(_guarded(YAML(typ="safe", pure=True).parse(text), shown_as)))
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        for number, line in enumerate(text.splitlines()[: mark.line + 1 if mark else None], 1):
            if _WIDE_COLON.match(line):
                raise ParametersRefused(f"{shown_as}:{number}: a full-width colon; write ': ' after the key") from error
        where = f"{shown_as}:{mark.line + 1}" if mark is not None else shown_as
        raise ParametersRefused(
            f"{where}: not YAML: {getattr(error, 'problem', None) or str(error).splitlines()[0]}; "
            "look at the indent (spaces, no tabs) and the quotes of this line and the one before"
        ) from error
    except RecursionError as error:
        raise ParametersRefused(f"{shown_as}: nested too deeply; allowed: {MAX_DEPTH} levels") from error
    lines: dict[Path_, int] = {}
    values = _build(next(events), events, (), lines, shown_as)
    if not isinstance(values, dict):
        raise ParametersRefused(f"{shown_as}: holds no keys; allowed: a list of 'key: value' lines")
    return ParameterFile(shown_as, values, lines)


def _guarded(events: Any, shown_as: str) -> Any:
    """Yield the content events of one document; refuse what plain values never need."""
    from ruamel.yaml import events as kinds

    depth = documents = 0
    for event in events:
        where = f"{shown_as}:{event.start_mark.line + 1}"
        if isinstance(event, kinds.DocumentStartEvent):
            documents += 1
            if documents > 1:
                raise ParametersRefused(f"{where}: a second document; allowed: one")
        if isinstance(event, kinds.AliasEvent) or getattr(event, "anchor", None):
            raise ParametersRefused(f"{where}: an alias or anchor; allowed: write the value out")
        if getattr(event, "ctag", None):
            raise ParametersRefused(f"{where}: a tag; allowed: plain values")
        if found := _UNWRITABLE.search(getattr(event, "value", "") or ""):
            raise ParametersRefused(f"{where}: the character {found[0]!r}; allowed: text, tabs and new lines")
        if isinstance(event, kinds.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                raise ParametersRefused(f"{where}: nested too deeply; allowed: {MAX_DEPTH} levels")
        if isinstance(event, kinds.CollectionEndEvent):
            depth -= 1
        if isinstance(event, kinds.ScalarEvent | kinds.CollectionStartEvent | kinds.CollectionEndEvent):
            yield event
    if not documents:
        raise ParametersRefused(f"{shown_as}: is empty")


def _build(event: Any, events: Any, key: Path_, lines: dict[Path_, int], shown_as: str) -> Any:
    from ruamel.yaml import events as kinds

    line = event.start_mark.line + 1
    lines.setdefault(key, line)
    if isinstance(event, kinds.ScalarEvent):
        return event.value if event.style else scalar(event.value, f"{shown_as}:{line}: {'.'.join(key)}")
    if isinstance(event, kinds.SequenceStartEvent):
        items: list[Any] = []
        while not isinstance(item := next(events), kinds.SequenceEndEvent):
            items.append(_build(item, events, (*key, str(len(items))), lines, shown_as))
        return items
    mapping: dict[str, Any] = {}
    while not isinstance(name := next(events), kinds.MappingEndEvent):
        at = name.start_mark.line + 1
        if not isinstance(name, kinds.ScalarEvent):
            raise ParametersRefused(f"{shown_as}:{at}: a key that is no name; allowed: a plain name")
        child = (*key, name.value)
        if name.value in mapping:
            raise ParametersRefused(
                f"{shown_as}:{at}: {'.'.join(child)} stands twice, first on line {lines[child]}; keep one"
            )
        lines[child] = at
        mapping[name.value] = _build(next(events), events, child, lines, shown_as)
    return mapping
