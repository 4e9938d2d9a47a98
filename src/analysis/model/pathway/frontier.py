"""Frontier: what each narrowing of next year's gap costs at least, and how an envelope is shared out most fairly (METHODS 4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pandas as pd

from analysis.model.pathway.floors import wide
from analysis.model.pathway.plan import Ask, Plan
from analysis.model.pathway.program import Envelope, solve
from analysis.model.simulate import RESIDENCES, Case

SHARES = tuple(Fraction(share, 1000) for share in range(750, 1001, 25))


def frontier(
    case: Case,
    policy_floors: pd.DataFrame,
    shares: Sequence[Fraction] = SHARES,
    urban_rise_share: Fraction = Fraction(1),
) -> pd.DataFrame:
    """Return what each rural share of the urban standard costs at least next year, and what more money would buy there.

    Source: METHODS 4 (frontier: gap closed against cost; shadow price).

    Args:
        case: made ready.
        policy_floors: of the base year and the next, as from :func:`analysis.model.pathway.policy_floors`.
        shares: rural shares, rising.
        urban_rise_share: the part of the policy's urban rise that is asked: 1 all of it, 0 lets town stand still.

    Returns:
        target_share, gap_yuan_month (in the minima of the class with the widest gap), urban_yuan_month, rural_yuan_month,
        extra_yuan_year (central), lift_yuan_month (by how much one more million yuan a year would raise that rural
        minimum; 0 where town and country are one); a share that no floors meet is left out.
    """
    plan, year = Plan(case, policy_floors), int(policy_floors["year"].max())
    rows = []
    for share in shares:
        ask = Ask(share, year, urban_rise_share=urban_rise_share)
        found = plan.solved(ask)
        if found is None:
            continue
        minima = wide(found[0].floors).loc[year, plan.widest]
        urban, rural, extra = minima["urban"], minima["rural"], float(found[0].money.at[year, "extra"])
        lift = plan.lift(ask, extra)[1] * 1e6 if rural < urban else 0.0
        rows.append((float(share), urban - rural, urban, rural, extra, lift))
    columns = [
        "target_share",
        "gap_yuan_month",
        "urban_yuan_month",
        "rural_yuan_month",
        "extra_yuan_year",
        "lift_yuan_month",
    ]
    return pd.DataFrame(rows, columns=columns)


def fairest_standards(
    case: Case, policy_floors: pd.DataFrame, target_share: Fraction, envelope_yuan: float
) -> pd.DataFrame | None:
    """Share an envelope out between the areas so that what rural recipients lack of a target weighs least; None if it cannot be.

    min sum over rural areas of N (t - z)^2, t the target share of the area's own urban standard next year, N its
    recipients: the more an area lacks, the more a yuan counts there. Without rounding and where a yuan costs the same a
    head everywhere, all that are lifted end with the same shortfall. Every demand of the policy holds besides. Source:
    METHODS 4 (QP: equal shortfall when w = n).

    Args:
        case: made ready.
        policy_floors: of the base year and the next.
        target_share: rural share of the urban standard.
        envelope_yuan: the extra of next year, against no rise.

    Returns:
        area_code, persons (rural recipients), urban_yuan_month, target_yuan_month, before_yuan_month (what the policy alone
        brings), standard_yuan_month, shortfall_yuan_month; None where the envelope does not bear the policy itself.
    """
    plan, year = Plan(case, policy_floors), int(policy_floors["year"].max())
    ask = Ask()
    least = plan.solved(ask)
    if least is None:
        return None
    program = plan.program(ask)
    cells, before = case.cells, _standards(least[0].standards, year)
    persons = case.evaluate({name: np.array([value]) for name, value in case.central().items()})["persons"][0]
    losses, rows = {}, []
    for place in np.flatnonzero(cells["residence"].eq(RESIDENCES[1]).to_numpy()):
        urban = before[cells["area_code"][place], "urban"]
        target, name = float(target_share) * urban, plan.area(0, int(place))
        if before[cells["area_code"][place], "rural"] >= target:
            continue
        steps = np.arange(program.low[name], program.high[name] + 1) * float(plan.step(name))
        losses[name] = persons[place] * np.maximum(target - steps, 0.0) ** 2
        rows.append((cells["area_code"][place], persons[place], urban, target, name))
    everything = tuple(plan.area(0, place) for place in range(len(cells)))
    money = Envelope(f"envelope {year}", everything, envelope_yuan)
    found = solve(replace(program, envelopes=(money,), losses=losses), accuracy=1e-4)
    if found is None:
        return None
    lines = [
        (code, count, urban, target, before[code, "rural"], float(found.steps[name] * plan.step(name)))
        for code, count, urban, target, name in rows
    ]
    columns = [
        "area_code",
        "persons",
        "urban_yuan_month",
        "target_yuan_month",
        "before_yuan_month",
        "standard_yuan_month",
    ]
    table = pd.DataFrame(lines, columns=columns)
    return table.assign(shortfall_yuan_month=table["target_yuan_month"] - table["standard_yuan_month"])


def equal_shortfall(
    now_yuan_month: Sequence[float], target_yuan_month: Sequence[float], persons: Sequence[float], envelope_yuan: float
) -> tuple[np.ndarray, float]:
    """Return the fairest standards where a yuan costs twelve a head everywhere: all that are lifted lack the same.

    z = max(now, target - s), with 12 sum n (z - now) = envelope: the closed form of min sum n (target - z)^2. Where the
    envelope fills every gap s is 0. Source: METHODS 4 (closed form).

    Args:
        now_yuan_month: standards now, shape (n,).
        target_yuan_month: what each is to reach, same shape.
        persons: recipients, same shape.
        envelope_yuan: what can be spent in a year, not below 0.

    Returns:
        Standards, shape (n,), and the shortfall s, yuan a month.

    Raises:
        ValueError: an envelope below 0.
    """
    now, target, count = (np.asarray(values, float) for values in (now_yuan_month, target_yuan_month, persons))
    if envelope_yuan < 0:
        raise ValueError(f"an envelope of {envelope_yuan} yuan; allowed: 0 or more")
    lack = np.maximum(target - now, 0.0)
    order = np.argsort(-lack)
    level = 0.0
    for place in range(len(order)):
        lifted = order[: place + 1]
        # The level at which these alone use up the envelope; right where the next one lacks less than it.
        level = (12 * (count * lack)[lifted].sum() - envelope_yuan) / (12 * count[lifted].sum())
        if place + 1 == len(order) or level >= lack[order[place + 1]]:
            break
    level = max(level, 0.0)
    return np.maximum(now, np.where(lack > 0, target - level, now)), level


def _standards(standards: pd.DataFrame, year: int) -> dict[tuple[str, str], float]:
    own = standards[standards["year"] == year]
    return dict(zip(zip(own["area_code"], own["residence"], strict=True), own["standard_yuan_month"], strict=True))
