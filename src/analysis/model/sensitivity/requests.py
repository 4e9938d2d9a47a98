"""Requests: which figure a department should ask for first (METHODS 4: break-even and the worth of knowing).

For each assumption: the value at which the plan's affordability flips, and what it would save on average to know the
figure before the envelope is set.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.inputs.parameters.assumption import Assumption
from analysis.model.simulate import Case, Outcome

ENVELOPE_LEVEL = 0.9
GRID, BINS, CUTS = 21, 20, 20
# Standard deviations of random cuts.
BEYOND_CHANCE = 4
# An assumption that is not drawn has no distribution: its ends and its central value are taken as equally likely here.
FEW_DRAWS = 1000


def what_to_ask(outcome: Outcome) -> pd.DataFrame:
    """Rank the assumptions by what it is worth to know them.

    Returns:
        assumption, regret_yuan_year (what setting the envelope without knowing it costs on average, in money set aside
        idle or missing), flips_at (the value at which the spending that the budget's own growth allows is just met; NA
        where none in the range does), affordable (at the central value), drawn; the most worth knowing first.
    """
    flips, by_chance = affordability_flips(outcome.case), losses_by_chance(outcome)
    regret = pd.Series(
        {name: regret_of_not_knowing(outcome, name, by_chance) for name in outcome.assumptions}, name="regret_yuan_year"
    )
    table = flips.assign(regret_yuan_year=flips["assumption"].map(regret))
    return table.iloc[np.argsort(-table["regret_yuan_year"].to_numpy(), kind="stable")].reset_index(drop=True)


def affordability_flips(case: Case) -> pd.DataFrame:
    """Return for each assumption the value at which spending just meets what the budget's own growth allows.

    Capacity is this year's spending on dibao and tekun, let grow as the fiscal path lets general expenditure grow.

    Returns:
        assumption, flips_at (NA where its range holds no such value), affordable (with all central), drawn.
    """
    names, central = list(case.assumptions), case.central()
    settings = {name: np.full(GRID * len(names) + 1, central[name]) for name in names}
    grids = {name: np.linspace(float(one.low), float(one.high), GRID) for name, one in case.assumptions.items()}
    for position, name in enumerate(names):
        settings[name][1 + position * GRID : 1 + (position + 1) * GRID] = grids[name]
    slack = _slack(case, settings)
    rows = []
    for position, name in enumerate(names):
        own = slack[1 + position * GRID : 1 + (position + 1) * GRID]
        rows.append((name, crossing(grids[name], own), bool(slack[0] >= 0), case.assumptions[name].drawn))
    return pd.DataFrame(rows, columns=["assumption", "flips_at", "affordable", "drawn"])


def crossing(values: np.ndarray, slack: np.ndarray) -> float:
    """Return where a curve first crosses zero, between its points by a straight line; NaN where it does not."""
    turns = np.flatnonzero(np.diff(slack >= 0))
    if not len(turns):
        return float("nan")
    here = turns[0]
    share = slack[here] / (slack[here] - slack[here + 1])
    return float(values[here] + share * (values[here + 1] - values[here]))


def regret_of_not_knowing(outcome: Outcome, name: str, by_chance: list[float] | None = None) -> float:
    """Return the expected saving, yuan a year, from knowing one assumption before the envelope is set.

    The envelope is set where nine costs in ten are borne. The saving is what on average lies idle or is missing under
    one envelope for all values, less the same under an envelope for each value: plain yuan, idle and missing alike.

    Args:
        outcome: of the scenario.
        name: of the assumption.
        by_chance: as from :func:`losses_by_chance`, where several assumptions are asked.
    """
    assumption = outcome.assumptions[name]
    if assumption.low == assumption.high:
        return 0.0
    if assumption.drawn:
        losses = losses_by_chance(outcome) if by_chance is None else by_chance
        saving = float(np.mean(losses)) - _mean_loss(_drawn_groups(outcome, name))
        # Cutting draws at random saves a little too: knowledge is what lies beyond that.
        return saving if saving > BEYOND_CHANCE * float(np.std(losses)) else 0.0
    groups = _end_groups(outcome, name, assumption)
    return max(envelope_loss(np.concatenate(groups)) - _mean_loss(groups), 0.0)


def losses_by_chance(outcome: Outcome) -> list[float]:
    """Return the mean losses when the draws are cut into groups at random, yuan a year, for ``CUTS`` cuts."""
    rng = np.random.default_rng(outcome.case.scenario.seed)
    return [_mean_loss(np.array_split(rng.permutation(outcome.draws), BINS)) for _ in range(CUTS)]


def _mean_loss(groups: list[np.ndarray]) -> float:
    if len({len(group) for group in groups}) == 1:  # the usual case, all groups at once
        whole = np.stack(groups)
        envelopes = np.quantile(whole, ENVELOPE_LEVEL, axis=1, keepdims=True)
        return float(np.abs(whole - envelopes).mean())
    return sum(envelope_loss(group) * len(group) for group in groups) / sum(len(group) for group in groups)


def envelope_loss(cost_yuan_year: np.ndarray) -> float:
    """Return the yuan that on average lie idle or are missing when the envelope is the ninth decile of the cost."""
    return float(np.abs(cost_yuan_year - np.quantile(cost_yuan_year, ENVELOPE_LEVEL)).mean())


def _drawn_groups(outcome: Outcome, name: str) -> list[np.ndarray]:
    order = np.argsort(outcome.drawn[name], kind="stable")
    return np.array_split(outcome.draws[order], BINS)


def _end_groups(outcome: Outcome, name: str, assumption: Assumption) -> list[np.ndarray]:
    few = {one: values[:FEW_DRAWS] for one, values in outcome.drawn.items()}
    groups = []
    for value in (assumption.low, assumption.central, assumption.high):
        settings = few | {name: np.full(len(few[name]), float(value))}
        groups.append(outcome.case.extra_yuan_year(settings))
    return groups


def _slack(case: Case, settings: dict[str, np.ndarray]) -> np.ndarray:
    growth = float(case.scenario.fiscal.expenditure_growth_share)
    spending = ("dibao_spending", "tekun_spending")
    now = case.evaluate(settings, year=case.scenario.base_year, wanted=spending)
    following = case.evaluate(settings, wanted=(*spending, "extra"))
    spent, without = ((parts["dibao_spending"] + parts["tekun_spending"]).sum(axis=1) for parts in (now, following))
    return spent * (1 + growth) - without - following["extra"].sum(axis=1)
