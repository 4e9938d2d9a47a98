"""Whose standard or supplement floor must move, and who is free."""

from __future__ import annotations

from analysis.report.charts import plan_years
from analysis.report.facts import Facts
from analysis.report.wording import Wording


def who_must_move(facts: Facts, wording: Wording) -> str:
    """Return whose standard and whose supplement floor must move by how much, who is free, how many are not known."""
    base, _ = plan_years(facts)
    must, free = _obliged(facts, wording, "mandated_rise")
    supplement, _ = _obliged(facts, wording, "mandated_supplement_floor_rise")
    unknown = facts.say("unknown_areas", "count", year=base)
    nobody = wording.pick("无", "none")
    return wording.pick(
        f"**标准须提高：**{wording.listed(must) or nobody}。**可自定：**{wording.listed(free) or nobody}。"
        f"**公布的最低补差须提高：**{wording.listed(supplement) or nobody}。"
        f"**标准未知：**其余{unknown}市，按最低标准与其上次已知标准的较大者计，请其报送。",
        f"**Standard must rise:** {wording.listed(must) or nobody}. **Free to choose:** {wording.listed(free) or nobody}. "
        f"**Published supplement floor must rise:** {wording.listed(supplement) or nobody}. "
        f"**Not known:** the other {unknown} cities, taken at the larger of the minimum and their own last known standard; they are to be asked.",
    )


def _obliged(facts: Facts, wording: Wording, measure: str) -> tuple[list[str], list[str]]:
    """Return the areas that a floor lifts, each with its rise in yuan, and those that it does not."""
    _, following = plan_years(facts)
    rows = facts.table[(facts.table["scenario"] == facts.scenario) & (facts.table["measure"] == measure)]
    must, free = [], []
    for code in sorted(rows["area_code"].unique()):
        sides = rows[rows["area_code"] == code].set_index("residence")["value"]
        lifted = [side for side in ("urban", "rural") if sides.get(side)]
        if not lifted:
            free.append(wording.area(code))
            continue
        where = {"area_code": code, "year": following}
        said = {side: facts.say(measure, "yuan", sign=True, residence=side, **where) for side in lifted}
        rises = [f"{wording.word(side)}{wording.pick('', ' ')}{rise}" for side, rise in said.items()]
        must.append(
            wording.pick(
                f"{wording.area(code)}（{'、'.join(rises)}元）", f"{wording.area(code)} ({', '.join(rises)} yuan)"
            )
        )
    return must, free
