"""Levers: what a person moves on the explore page, and the dotted keys of a scenario that it stands for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from typing import Any

import pandas as pd

from analysis.inputs.parameters.scenario import Scenario
from analysis.report.facts import money

LAST_MONTH = 12
SIDES = ("urban", "rural")
RISES = [Decimal(step) / 200 for step in range(21)]
SHARES = [Decimal(step) / 100 for step in range(70, 101)]
FOLLOWS = [Decimal(step) / 20 for step in range(21)]
GROWTHS = [Decimal(step) / 200 for step in range(-10, 17)]
ENVELOPES = [Decimal(step) * 50_000_000 for step in range(2, 41)]
MONTHS = list(range(1, LAST_MONTH + 1))
# What stands in a kept scenario instead of the reason for a figure that somebody has moved.
MOVED_REASON = {"zh": "在探索页上设定，不是估计", "en": "set on the explore page, not estimated"}
# The dotted keys that each lever writes, as they are given on the command line and in a scenario file.
KEYS = {
    "rise": "policy.rule.urban.rise_share, policy.rule.rural.rise_share",
    "rural_share": "policy.rural_share.at_least",
    "follow": "assumptions.follow_share.central",
    "budget_growth": "fiscal.expenditure_growth_share",
    "envelope": "road.new_money_yuan_year",
    "notice_month": "timing.notice_month, timing.pay_month",
}
LABELS = {
    "rise": ("提高幅度", "Rise of the floors"),
    "rural_share": ("农村不低于城镇的", "Rural at least, of urban"),
    "follow": ("高于下限者跟随", "Follow-through"),
    "budget_growth": ("预算增长", "Growth of the budget"),
    "envelope": ("可安排资金", "Envelope"),
    "notice_month": ("通知月份", "Month of the notice"),
}


@dataclass(frozen=True)
class Moves:
    """Where the levers stand.

    Attributes:
        rise: of every floor whose rule is a fixed rise, the urban one named; None leaves the scenario's own rule.
        rural_share: least rural share of the urban minimum.
        follow: how far areas above the floor follow its rise, a share.
        budget_growth: yearly growth of general public budget expenditure, a share.
        envelope: what next year's extra cost may come to, yuan a year; None where nothing is said.
        notice_month: month of the notice, 1 to 12.
    """

    rise: Decimal | None
    rural_share: Decimal
    follow: Decimal
    budget_growth: Decimal
    envelope: Decimal | None
    notice_month: int


def moves_of(scenario: Scenario) -> Moves:
    """Return where the levers stand in a scenario that nobody has moved."""
    rises = [rule.rise_share for rule in _fixed(scenario).values()]
    return Moves(
        rise=rises[0] if rises else None,
        rural_share=scenario.policy.rural_share.at_least,
        follow=scenario.assumptions["follow_share"].central,
        budget_growth=scenario.fiscal.expenditure_growth_share,
        envelope=scenario.road.new_money_yuan_year,
        notice_month=scenario.timing.notice_month,
    )


def overrides_of(scenario: Scenario, moves: Moves) -> dict[str, Any]:
    """Return the dotted keys that levers stand for, those alone that differ from the scenario.

    Floors that rise by different rates keep their distance; where no floor has a rate, all are given one. The months
    between notice and payment stay as they are, to December at the latest.
    """
    start, found = moves_of(scenario), {}
    if moves.rise is not None and moves.rise != start.rise:
        found |= _rises(scenario, moves.rise, start.rise)
    if moves.rural_share != start.rural_share:
        found["policy.rural_share.at_least"] = moves.rural_share
    if moves.follow != start.follow:
        found["assumptions.follow_share.central"] = moves.follow
        found |= {f"assumptions.follow_share.reason.{lang}": text for lang, text in MOVED_REASON.items()}
    if moves.budget_growth != start.budget_growth:
        found["fiscal.expenditure_growth_share"] = moves.budget_growth
        found |= {f"fiscal.expenditure_growth_reason.{lang}": text for lang, text in MOVED_REASON.items()}
    if moves.envelope != start.envelope:
        found["road.new_money_yuan_year"] = moves.envelope
    if moves.notice_month != start.notice_month:
        found["timing.notice_month"] = moves.notice_month
        between = scenario.timing.pay_month - scenario.timing.notice_month
        paid = min(moves.notice_month + between, LAST_MONTH)
        if paid != scenario.timing.pay_month:
            found["timing.pay_month"] = paid
    return found


def _rises(scenario: Scenario, rise: Decimal, start: Decimal | None) -> dict[str, Any]:
    fixed = _fixed(scenario)
    if start is None:
        kinds = {f"policy.rule.{side}.kind": "fixed" for side in SIDES}
        return kinds | {f"policy.rule.{side}.rise_share": rise for side in SIDES}
    return {f"policy.rule.{side}.rise_share": rule.rise_share + rise - start for side, rule in fixed.items()}


def _fixed(scenario: Scenario) -> dict[str, Any]:
    rules = {side: getattr(scenario.policy.rule, side) for side in SIDES}
    return {side: rule for side, rule in rules.items() if rule.kind == "fixed"}


def positions(scenario: Scenario) -> dict[str, list[Any]]:
    """Return what each lever can be moved to; the scenario's own value is among them, at its place."""
    start = moves_of(scenario)
    grids: dict[str, Sequence[Any]] = {
        "rise": RISES,
        "rural_share": SHARES,
        "follow": FOLLOWS,
        "budget_growth": GROWTHS,
        "envelope": ENVELOPES,
        "notice_month": MONTHS,
    }
    found = {}
    for name, grid in grids.items():
        own = getattr(start, name)
        found[name] = [None, *grid] if own is None else sorted({*grid, own})
    return found


def label_of(name: str, value: Any, lang: str) -> str:
    """Return a lever's position as a person reads it."""
    if value is None:
        said = {"rise": ("方案自定", "own rule"), "envelope": ("未定", "not set")}[name]
        return said[lang == "en"]
    if name == "envelope":
        return "".join(money(float(value), lang))
    if name == "notice_month":
        return f"{value}月" if lang == "zh" else str(value)
    decimals = 0 if name in ("follow", "rural_share") and value * 100 == int(value * 100) else 1
    return f"{value * 100:.{decimals}f}%"


def differences(scenario: Scenario, moves: Moves, lang: str) -> list[str]:
    """Return in words which levers have been moved, and to where."""
    start = moves_of(scenario)
    return [
        f"{LABELS[one.name][0] if lang == 'zh' else LABELS[one.name][1].lower() + ' '}{label_of(one.name, getattr(moves, one.name), lang)}"
        for one in fields(Moves)
        if getattr(moves, one.name) != getattr(start, one.name)
    ]


def moved(moves: Moves, name: str, value: Any) -> Moves:
    """Return where the levers stand when one has been moved."""
    return replace(moves, **{name: value})


def levers_table(scenario: Scenario, lang: str) -> pd.DataFrame:
    """Return the levers: what each is called, where it stands, from where to where it moves, and its dotted keys."""
    heads = {
        "zh": ("参数", "本方案", "最低", "最高", "参数文件中的键"),
        "en": ("Lever", "in the scenario", "least", "most", "keys in the parameter files"),
    }
    start, lines = moves_of(scenario), []
    for name, values in positions(scenario).items():
        known = [value for value in values if value is not None]
        said = [label_of(name, value, lang) for value in (getattr(start, name), known[0], known[-1])]
        lines.append((LABELS[name][lang == "en"], *said, KEYS[name]))
    return pd.DataFrame(lines, columns=list(heads[lang]))
