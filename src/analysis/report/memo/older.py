"""The older memo: what is said of it besides numbers, and what of each cause is another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis.inputs.parameters.scenario import Scenario
from analysis.model.compare.changes import KINDS
from analysis.report.facts import Facts
from analysis.report.memo.marking import raw
from analysis.report.wording import Wording
from analysis.report.words import WORDS

# As many changes of a cause as are named; all of them are in the folder of the bridge.
MOST_NAMED = 6
# What is said first, and not among the changed parameters.
FRAME = ("as_of", "base_year", "horizon")
# A value that is another says most, then what is new.
TOLD = ("changed", "added", "known", "removed", "hidden", "described")


@dataclass(frozen=True)
class Older:
    """What is said of the older memo besides numbers.

    Attributes:
        id: of the scenario that it proposed.
        then: that scenario; None where the folder does not hold it, or today's program cannot read it.
        now: the scenario that this memo proposes.
        base_year: the year before the one that the older memo planned.
        widest: the class whose gap was widest in it.
        same_program: whether the program is the same to the byte.
        versions: name, version then and now, of what the program rests on and is another.
        differing: the causes in which the inputs differ, method apart.
        kept: whether its folder holds its inputs.
        lack: why they cannot be used, where they are kept and cannot.
        data: as from :func:`analysis.model.compare.changes.data_changes`.
        parameters: as from :func:`analysis.model.compare.bridge.parameter_changes`.
    """

    id: str
    then: Scenario | None
    now: Scenario
    base_year: int
    widest: str
    same_program: bool
    versions: Sequence[tuple[str, str, str]]
    differing: Sequence[str]
    kept: bool
    lack: str
    data: pd.DataFrame
    parameters: pd.DataFrame

    @property
    def split(self) -> bool:
        """Whether the difference is split by cause."""
        return self.kept and not self.lack

    @property
    def moved(self) -> tuple[str, ...]:
        """The causes that are not what they were."""
        other = () if self.same_program and not self.versions else ("method",)
        return (*self.differing, *other)

    def title(self, lang: str) -> str:
        """Return what it proposed in words; its id where no more is known."""
        return self.then.title.in_language(lang) if self.then else self.id


def listed(facts: Facts, wording: Wording, older: Older) -> str:
    """List under each cause what of it is another; nothing where nothing is.

    Args:
        facts: marked facts of the proposed scenario, the rows of the bridge among them.
        wording: words of the language, safe for markdown.
        older: what is said of the older memo.
    """
    bodies = {
        "data": [_data(facts, wording, older), _parameters(facts, wording, older, "data")],
        "assumptions": [_parameters(facts, wording, older, "assumptions")],
        "policy": [_parameters(facts, wording, older, "policy")],
        "method": [_method(facts, wording, older)],
    }
    dot = wording.pick("；", "; ")
    lines = []
    for cause, said in bodies.items():
        if text := dot.join(filter(None, said)):
            head = wording.word(f"cause_{cause}")
            lines.append(f"- **{head[0].upper()}{head[1:]}**{wording.pick('：', ': ')}{text}{wording.pick('。', '.')}")
    return "\n".join(lines)


def _data(facts: Facts, wording: Wording, older: Older) -> str:
    """Say how many rows of the data are another, and name the first."""
    if older.data.empty:
        return ""
    counts = [
        _count(facts, wording, kind) for kind in KINDS if facts.has(f"bridge_data_{kind}", area_code=wording.whole)
    ]
    table = older.data.sort_values("kind", key=lambda kinds: kinds.map(TOLD.index), kind="stable")
    named = [_row(facts, wording, one) for one in table.head(MOST_NAMED).itertuples()]
    more = [_rest(wording, "changed_data.csv")] if len(table) > MOST_NAMED else []
    head = wording.pick("，", ", ").join(counts)
    return head + wording.pick("：", ": ") + wording.pick("；", "; ").join([*named, *more])


def _count(facts: Facts, wording: Wording, kind: str) -> str:
    asked = {"measure": f"bridge_data_{kind}", "area_code": wording.whole}
    rows = "row" if facts.value(**asked) == 1 else "rows"
    return wording.word(f"rows_{kind}").format(count=facts.say(style="each", **asked), rows=rows)


def _row(facts: Facts, wording: Wording, row: Any) -> str:
    word = wording.word(f"measure_{row.measure}") if f"measure_{row.measure}" in WORDS else row.measure
    area = wording.area(row.area_code) if row.area_code in wording.areas.index else raw(row.area_code, facts)
    side = wording.word(row.residence) if row.residence in ("urban", "rural") else ""
    gap = wording.pick("", " ")
    what = gap.join(filter(None, [area, side, raw(word.replace("_", " "), facts), facts.literal(str(row.year))]))
    period = raw(f" {row.period}", facts) if row.period != "Y" else ""
    values = [raw(f"{value:,.10g}", facts) for value in (row.old_value, row.new_value) if not pd.isna(value)]
    if row.kind == "described":
        values = values[:1]
    return f"{what}{period} {' → '.join(values)} ({raw(row.at.rpartition('/')[2], facts)})"


def _parameters(facts: Facts, wording: Wording, older: Older, cause: str) -> str:
    table = older.parameters[older.parameters["cause"] == cause]
    table = table[~table["key"].isin(FRAME)]
    named = [_parameter(facts, wording, older, one) for one in table.head(MOST_NAMED).itertuples()]
    more = [_rest(wording, "changed_parameters.csv")] if len(table) > MOST_NAMED else []
    return wording.pick("；", "; ").join([*named, *more])


def _parameter(facts: Facts, wording: Wording, older: Older, row: Any) -> str:
    nothing = wording.pick("无", "nothing")
    values = [raw(value, facts) if value else nothing for value in (row.base_value, row.other_value)]
    name = raw(row.key, facts)
    part = row.key.split(".")
    if part[0] == "assumptions" and part[1] in older.now.assumptions:
        name = f"{raw(older.now.assumptions[part[1]].title.in_language(wording.lang), facts)} ({name})"
    return f"{name} {' → '.join(values)}"


def _method(facts: Facts, wording: Wording, older: Older) -> str:
    said = [] if older.same_program else [wording.pick("程序是另一版本", "another version of the program")]
    said += [f"{raw(name, facts)} {raw(then or '?', facts)} → {raw(now, facts)}" for name, then, now in older.versions]
    return wording.pick("；", "; ").join(said)


def _rest(wording: Wording, file: str) -> str:
    return wording.pick(f"其余见 bridge/{file}", f"the rest in bridge/{file}").replace("_", "\\_")
