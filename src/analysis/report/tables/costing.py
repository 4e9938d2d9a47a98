"""Tables of the cost as officials expect them: by class, residence and tier; by part with its range; by tier and year."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analysis.report.charts import class_codes, plan_years
from analysis.report.facts import Facts
from analysis.report.wording import Wording

LINKED = ("tekun", "classified_extra", "price_link", "low_income_edge", "disability_living", "tekun_care")


def cost_by_class(facts: Facts, wording: Wording) -> pd.DataFrame:
    """The central extra cost by class: urban, rural, all, and by tier; classes and tiers add up."""
    _, year = plan_years(facts)
    lines = []
    for code in [*class_codes(facts), wording.whole]:
        where = {"area_code": code, "year": year}
        name = wording.word("total") if code == wording.whole else wording.area(code)
        sides = [facts.say("new_money", "amount", residence=side, **where) for side in ("urban", "rural")]
        whole = facts.say("extra_cost", "amount", programme="", **where)
        tiers = [facts.say("extra_cost", "amount", tier=tier, programme="", **where) for tier in ("upper", "local")]
        lines.append((name, *sides, whole, *tiers))
    heads = [wording.word(name) for name in ("head_class", "urban", "rural", "total", "tier_upper", "tier_local")]
    return pd.DataFrame(lines, columns=heads)


def cost_by_part(facts: Facts, wording: Wording) -> pd.DataFrame:
    """The central extra cost by component beside its range: obliged, followed, draws, corners."""
    _, year = plan_years(facts)
    where = {"area_code": wording.whole, "year": year}
    parts = [
        (f"component_{name}", {"component": name, "programme": "dibao"})
        for name in ("incumbent", "supplement_floor", "entrant")
    ]
    parts += [
        (f"component_linked_{name}", {"component": "linked", "programme": name})
        for name in (*LINKED, *wording.programmes)
    ]
    left = [
        (wording.word(word), facts.say("extra_cost", "amount", **more, **where))
        for word, more in parts
        if facts.has("extra_cost", **more, **where)
    ]
    left.append((wording.word("total"), facts.say("extra_cost", "amount", programme="", **where)))
    named: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("range_mandated", "extra_cost_mandated", {}),
        ("range_followed", "extra_cost_by_following", {}),
        ("range_low", "extra_cost", {"statistic": "low"}),
        ("range_p10", "extra_cost", {"statistic": "p10"}),
        ("range_p50", "extra_cost", {"statistic": "p50"}),
        ("range_envelope", "envelope_for_90_percent", {}),
        ("range_high", "extra_cost", {"statistic": "high"}),
    )
    right = [
        (wording.word(word), facts.say(measure, "amount", programme="", **more, **where))
        for word, measure, more in named
    ]
    rows = max(len(left), len(right))
    both = [
        (*one, *other)
        for one, other in zip(
            left + [("", "")] * (rows - len(left)), right + [("", "")] * (rows - len(right)), strict=True
        )
    ]
    amount = wording.pick("金额", "amount")
    heads = [
        wording.word("head_component"),
        amount,
        wording.pick("必须提标部分与范围", "Required part, and range"),
        f"{amount} ",
    ]
    return pd.DataFrame(both, columns=heads)


def funds(facts: Facts, wording: Wording) -> pd.DataFrame:
    """Spending by tier: now, next year with the rise, the rise, what the budget's own growth allows."""
    base, year = plan_years(facts)
    lines = []
    for tier in ("upper", "local", ""):
        where = {"area_code": wording.whole, "tier": tier, "programme": ""}
        lines.append(
            (
                wording.word(f"tier_{tier}") if tier else wording.word("total"),
                facts.say("spending", "amount", year=base, **where),
                facts.say("spending", "amount", year=year, **where),
                facts.say("extra_cost", "amount", year=year, **where),
                facts.say("capacity", "amount", year=year, **where),
            )
        )
    heads = [
        wording.word("head_tier"), facts.literal(str(base)), facts.literal(str(year)), wording.pick("其中：提标新增", "of which, the rise"),
        wording.pick("按预算增速可支出", "at the budget's growth"),
    ]  # fmt: skip
    return pd.DataFrame(lines, columns=heads)
