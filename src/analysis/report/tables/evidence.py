"""What is known, how well, and what is missing."""

from __future__ import annotations

import pandas as pd

from analysis.inputs.evidence import Evidence
from analysis.inputs.parameters.assumption import Assumption
from analysis.model.programmes import OPTIONAL
from analysis.report.charts import plan_years
from analysis.report.facts import Facts
from analysis.report.rounding import fixed
from analysis.report.wording import Wording
from analysis.report.words import WORDS

# Less is what cutting draws into groups saves by chance.
LEAST_WORTH_YUAN = 10_000
# A rise of the dibao standard leaves these where they are: they stand beside its cost.
NOT_BY_THE_RISE = ("tekun_care", "disability_nursing")


def coverage(evidence: Evidence, wording: Wording) -> pd.DataFrame:
    """What the package holds of the measures that the plan looks at: how many areas, which years, how good."""
    table = evidence.coverage()
    named = ("programme_" + table["programme"]).isin(WORDS) & ("measure_" + table["measure"]).isin(WORDS)
    table = table[named]
    return pd.DataFrame(
        {
            wording.word("head_programme"): table["programme"].map(lambda name: wording.word(f"programme_{name}")),
            wording.word("head_measure"): table["measure"].map(lambda name: wording.word(f"measure_{name}")),
            wording.word("head_areas"): table["areas_count"].fillna(0).astype(int),
            wording.word("head_years"): [
                f"{fixed(first)}–{fixed(last)}" if pd.notna(first) else ""
                for first, last in zip(table["first_year"], table["last_year"], strict=True)
            ],
            wording.word("head_rows"): table["rows_count"].fillna(0).astype(int),
            wording.word("head_hidden"): table["hidden_count"].astype(int),
            wording.word("head_best"): table["best_grade"].map(wording.grade),
            wording.word("head_worst"): table["worst_grade"].map(wording.grade),
        }
    ).reset_index(drop=True)


def assumptions(assumed: dict[str, Assumption], wording: Wording) -> pd.DataFrame:
    """What is assumed, in which range, why, and what to ask for; a measured range is marked."""
    return pd.DataFrame(
        [
            (
                a.title.in_language(wording.lang),
                f"{a.low} / {a.central} / {a.high}" + (wording.pick("（实测）", " (measured)") if a.scored else ""),
                a.reason.in_language(wording.lang),
                a.ask.in_language(wording.lang),
            )
            for a in assumed.values()
        ],
        columns=[
            wording.word("head_assumption"),
            wording.word("head_range"),
            wording.word("head_reason"),
            wording.word("head_ask"),
        ],
    )


def requests(facts: Facts, assumed: dict[str, Assumption], wording: Wording, most: int | None = None) -> pd.DataFrame:
    """The figures to ask for first: what not knowing each costs on average, and where the plan's affordability flips.

    Args:
        facts: of the scenario.
        assumed: its assumptions.
        wording: words of the language.
        most: how many lines; all that are worth anything by default.
    """
    _, following = plan_years(facts)
    where = {"year": following, "area_code": wording.whole, "programme": ""}
    worth = {name: facts.value(f"regret_of_not_knowing_{name}", **where) for name in assumed}
    ranked = [name for name in sorted(worth, key=lambda name: -worth[name]) if worth[name] >= LEAST_WORTH_YUAN][:most]
    lines = []
    for name in ranked:
        flips = f"affordability_flips_at_{name}"
        style = "percent" if assumed[name].unit.startswith("share") else "plain"
        at = (
            facts.say(flips, style, year=following)
            if facts.has(flips, year=following)
            else wording.word("never_in_range")
        )
        said = facts.say(f"regret_of_not_knowing_{name}", "money", **where)
        lines.append(
            (assumed[name].ask.in_language(wording.lang), assumed[name].title.in_language(wording.lang), said, at)
        )
    heads = [
        wording.word("head_ask"), wording.word("head_assumption"), wording.pick("平均可减少闲置或短缺", "less money idle or missing"),
        wording.pick("结论改变的取值", "turning point"),
    ]  # fmt: skip
    return pd.DataFrame(lines, columns=heads)


def programmes(assumed: dict[str, Assumption], wording: Wording) -> pd.DataFrame:
    """Which programmes are costed, by which rule, and what is lacking where one is off."""
    lines = [
        (wording.word(f"programme_{name}"), wording.word("programme_on"), wording.word(f"reckoned_{name}"))
        for name in ("dibao", "tekun", "classified_extra", "price_link", *wording.programmes)
    ]
    lines += [
        (wording.word(f"programme_{name}"), wording.word("programme_apart"), wording.word(f"reckoned_{name}"))
        for name in ("orphan", "unattended_child")
    ]
    for name in dict.fromkeys(OPTIONAL.values()):
        wanted = [key for key, programme in OPTIONAL.items() if programme == name]
        lacking = [key for key in wanted if key not in assumed]
        state = "programme_apart" if name in NOT_BY_THE_RISE else "programme_on"
        if not lacking:
            said = (wording.word(state), wording.word(f"reckoned_{name}"))
        else:
            state = "programme_off" if lacking == wanted else "programme_part"
            said = (
                wording.word(state),
                wording.pick("须给出 ", "state ")
                + ", ".join(lacking)
                + wording.pick("；", "; ")
                + wording.word(f"reckoned_{name}"),
            )
        lines.append((wording.word(f"programme_{name}"), *said))
    heads = [
        wording.word("head_programme"),
        wording.pick("是否计入", "costed"),
        wording.pick("缺什么，如何计算", "what is lacking, by which rule"),
    ]
    return pd.DataFrame(lines, columns=heads)
