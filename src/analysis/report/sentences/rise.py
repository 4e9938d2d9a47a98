"""The second sentence: next year's minima and supplement floors."""

from __future__ import annotations

from analysis.report.charts import class_codes, plan_years
from analysis.report.facts import Facts
from analysis.report.wording import Wording


def sentence(facts: Facts, wording: Wording) -> str:
    """Return the sentence."""
    _, following = plan_years(facts)
    parts = []
    for code in class_codes(facts):
        sides = ("urban", "rural") if facts.value("minimum_gap", area_code=code, year=following) else ("urban",)
        said = []
        for side in sides:
            after = facts.say("minimum_standard", "yuan", area_code=code, residence=side, year=following)
            share = facts.say(
                "minimum_standard_rise_share", "percent", sign=True, area_code=code, residence=side, year=following
            )
            label = wording.word(side) if len(sides) > 1 else ""
            said.append(
                wording.pick(f"{label}{after}元（{share}）", f"{label + ' ' if label else ''}{after} ({share})")
            )
        parts.append(
            wording.pick(f"{wording.area(code)}{'、'.join(said)}", f"{wording.area(code).lower()} {', '.join(said)}")
        )
    moved = any(
        facts.value("minimum_standard_rise", area_code=code, residence="urban", year=following)
        for code in class_codes(facts)
    )
    floors = _supplements(facts, wording, following)
    head = wording.pick(
        f"{facts.literal(str(following))}年最低标准（元/人·月）",
        f"Minima of {facts.literal(str(following))}, yuan a month",
    )
    if not moved:
        return wording.pick(
            f"{head}不动：{'，'.join(parts)}。{floors}", f"{head}, do not move: {'; '.join(parts)}. {floors}"
        )
    return wording.pick(f"{head}：{'，'.join(parts)}。{floors}", f"{head}: {'; '.join(parts)}. {floors}")


def _supplements(facts: Facts, wording: Wording, following: int) -> str:
    parts, missing, inferred = [], [], False
    for code in class_codes(facts):
        if not facts.has("supplement_floor", area_code=code, residence="urban", year=following):
            missing.append(wording.area(code))
            continue
        where = {"area_code": code, "year": following}
        urban, rural = (facts.say("supplement_floor", "yuan", residence=side, **where) for side in ("urban", "rural"))
        inferred |= facts.row("supplement_floor", residence="urban", **where)[1]["grade"] in ("derived", "inferred")
        parts.append(
            wording.pick(f"{wording.area(code)}{urban}/{rural}", f"{wording.area(code).lower()} {urban}/{rural}")
        )
    unknown = ""
    if missing:
        names = wording.listed(missing)
        unknown = wording.pick(
            f"；{names}近年未见公布，按往年数推算",
            f"; {names.lower()}: none recent, estimated from the last one known",
        )
    mark = wording.pick("，由推断数得出", ", from inferred values") if inferred else ""
    return wording.pick(
        f"最低补差（城镇/农村{mark}）：{'，'.join(parts)}{unknown}。",
        f"Supplement floors (least average payment, urban/rural{mark}): {', '.join(parts)}{unknown}.",
    )
