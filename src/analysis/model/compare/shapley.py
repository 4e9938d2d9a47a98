"""What each group of parameters is worth to the difference between two scenarios: exact Shapley values."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations
from math import comb, isfinite

import pandas as pd

from analysis.inputs.parameters.scenario import Scenario
from analysis.model.compare.groups import differences, mixed

# What binary numbers lose when a handful of amounts is added.
DUST = 1e-6
Game = Mapping[frozenset[str], float]


def subsets(base: Scenario, other: Scenario) -> list[tuple[str, ...]]:
    """Return the groups that each hybrid of two scenarios takes from the other: none first, all last.

    Source: METHODS 4 (comparison).

    Args:
        base: the scenario that is compared with.
        other: the scenario that is compared.

    Returns:
        2^k tuples of names, k the number of groups in which the two differ; one empty tuple where they do not.
    """
    differing = differences(base, other)["group"].unique()
    return [taken for size in range(len(differing) + 1) for taken in combinations(differing, size)]


def attribution(
    base: Scenario,
    other: Scenario,
    value_of: Callable[[Scenario], Mapping[str, float]],
    report: Callable[[int, int], None] | None = None,
) -> pd.DataFrame:
    """Split what another scenario comes to, less what the base does, over the groups in which they differ.

    A group's worth is its Shapley value: what taking it from the other adds, averaged over all orders in which the
    groups could be taken. Every hybrid is evaluated once, 2^k in all; one differing group needs the two ends alone.
    Draws depend on the seed and an assumption's name: hybrids meet the same draws unless ``draws`` itself is taken.
    Source: METHODS 4 (comparison).

    Args:
        base: the scenario that is compared with.
        other: the scenario that is compared.
        value_of: what a scenario comes to, measure to value, such as :func:`analysis.model.compare.headline` of its
            outcome; finite, and the same measures for every hybrid.
        report: called before each evaluation with its number and how many there are, in the order of :func:`subsets`.

    Returns:
        measure, group, worth (in the measure's unit); for each measure the parts add to other less base. No rows where
        nothing differs, which evaluates nothing.

    Raises:
        ValueError: a value that is no number, measures that differ from hybrid to hybrid, or parts that do not add up.
    """
    taken = subsets(base, other)
    groups, found = taken[-1], {}
    for number, some in enumerate(taken if groups else [], 1):
        if report:
            report(number, len(taken))
        found[frozenset(some)] = dict(value_of(mixed(base, other, some)))
    rows = [
        (measure, group, worth)
        for measure, game in _games(found)
        for group, worth in shapley_values(groups, game, measure).items()
    ]
    return pd.DataFrame(rows, columns=["measure", "group", "worth"])


def _games(found: Mapping[frozenset[str], Mapping[str, float]]) -> Iterator[tuple[str, dict[frozenset[str], float]]]:
    """Return for each measure what every hybrid comes to."""
    for measure in next(iter(found.values()), {}):
        yield measure, {taken: values[measure] for taken, values in found.items() if measure in values}


def shapley_values(players: Sequence[str], game: Game, name: str = "game") -> dict[str, float]:
    """Return the Shapley value of each player.

    phi_i = sum over S without i of |S|! (k - |S| - 1)! / k! (v(S with i) - v(S)). Source: METHODS 4 (comparison).

    Args:
        players: k names.
        game: what each of the 2^k sets of players comes to, in any unit.
        name: of the game, for the messages.

    Returns:
        Player to value; the values add to v(all) - v(none).

    Raises:
        ValueError: a set without a value, one that is no number, or values that do not add up.
    """
    worth = dict.fromkeys(players, 0.0)
    for player in players:
        rest = [one for one in players if one != player]
        for size in range(len(players)):
            weight = 1 / (len(players) * comb(len(rest), size))
            for some in combinations(rest, size):
                without, within = (_value(game, members, name) for members in (some, (*some, player)))
                worth[player] += weight * (within - without)
    whole = _value(game, tuple(players), name) - _value(game, (), name)
    scale = max(abs(value) for value in game.values())
    if abs(sum(worth.values()) - whole) > DUST * scale:
        raise ValueError(f"{name}: the parts add to {sum(worth.values())}, not to {whole}")
    return worth


def _value(game: Game, members: Sequence[str], name: str) -> float:
    value = game.get(frozenset(members), float("nan"))
    if not isfinite(value):
        raise ValueError(f"{name}: what it comes to with {', '.join(members) or 'nothing'} taken is not known")
    return float(value)
