"""Runs of the real packages, made once for all tests of a process; nobody changes them."""

import functools
from pathlib import Path

import analysis

HOME = Path(__file__).resolve().parents[1]


@functools.cache
def run_of(scenario="baseline", lang="zh", dataset="guangdong", scope="scenario", **overrides):
    """Return a run that writes nothing; what it computes is the same in both languages and computed once.

    Dots in overrides are double underscores.
    """
    if lang != "zh":
        other = run_of(scenario, dataset=dataset, scope=scope, **overrides)
        assert len(other.facts.table)
        return other.in_language(lang)
    own = {key.replace("__", "."): value for key, value in overrides.items()}
    return analysis.start(scenario, dataset, lang=lang, scope=scope, overrides=own, home=HOME)
