"""Refusals: what can go wrong, said in one line, each with its exit code."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

PARAMETERS, DATA, SCENARIO, INFRASTRUCTURE = 2, 3, 4, 5
DIFFERS, INTERRUPTED = 1, 130


class Refusal(Exception):
    """One line for the person at the keyboard: where, what is wrong, what to do.

    Attributes:
        exit_code: the documented exit code of the command that meets it.
    """

    exit_code = DIFFERS

    def _render_traceback_(self) -> list[str]:
        """Show the one line in a notebook instead of a traceback (IPython asks for this)."""
        return [f"{type(self).__name__}: {self}"]


class Differs(Refusal):
    """Something differs from what is stored."""


class ParametersRefused(Refusal):
    """A parameter, a parameter file or a command-line value is not allowed."""

    exit_code = PARAMETERS


class DataRefused(Refusal):
    """A data package or one of its rows is not allowed."""

    exit_code = DATA


class NotHeld(DataRefused):
    """A package does not hold what one statistic needs; the statistic is left out and says so in one line.

    Attributes:
        lack: what is lacking, a key of the reports' words (``lack_<lack>``).
        values: what the words name, such as a number of points.
    """

    def __init__(self, lack: str, **values: object):
        super().__init__(f"left out: {lack.replace('_', ' ')}")
        self.lack, self.values = lack, values


class ScenarioFailed(Refusal):
    """A scenario was accepted and then failed."""

    exit_code = SCENARIO


class InfrastructureFailed(Refusal):
    """A kernel, the disk, a font or a time limit failed."""

    exit_code = INFRASTRUCTURE


def nearest(word: str, allowed: Iterable[object]) -> str:
    """Say what is allowed and, where one is close, which name was probably meant.

    Args:
        word: the name that was given.
        allowed: the names that exist.

    Returns:
        A clause such as ``allowed: a, b; did you mean a?``.
    """
    names = sorted(str(name) for name in allowed)
    clause = "allowed: " + (", ".join(names) if names else "nothing")
    close = difflib.get_close_matches(str(word), names, n=1, cutoff=0.5)
    return f"{clause}; did you mean {close[0]}?" if close else clause


def worst_exit_code(codes: Iterable[int]) -> int:
    """Of several exit codes the first that occurs in the order 2, 3, 5, 4, 1; else 0."""
    met = set(codes)
    return next((code for code in (PARAMETERS, DATA, INFRASTRUCTURE, SCENARIO, DIFFERS) if code in met), 0)
