"""Explore: what a scenario comes to when its levers are moved, fast enough to be looked at, and how a position is kept."""

from __future__ import annotations

import functools
import html
import io
from collections import OrderedDict
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pandas as pd
from ruamel.yaml import YAML

from analysis import files
from analysis.errors import ParametersRefused
from analysis.inputs.scenario import OWN, names, read_scenario, values_of, with_overrides
from analysis.model.simulate import Outcome, outcome_of
from analysis.model.simulate.cells import floors_of
from analysis.model.simulate.ready import ready_like
from analysis.model.simulate.rows import decision_rows
from analysis.report import sentences
from analysis.report.charts.moving import Moving
from analysis.report.facts import Facts
from analysis.session.levers import RISES, Moves, differences, moves_of, overrides_of, positions

if TYPE_CHECKING:
    from pathlib import Path

    from analysis.inputs.parameters.scenario import Scenario
    from analysis.session.run import Run

# Positions that are remembered, so that going back costs nothing.
MOST_KEPT = 64


@dataclass(frozen=True)
class View:
    """What one position of the levers comes to.

    Attributes:
        said: head and text of the four sentences.
        charts: name to PNG, in the order they are shown in.
    """

    said: list[tuple[str, str]]
    charts: dict[str, bytes]

    def sentences_html(self) -> str:
        """Return the four sentences as paragraphs."""
        return "".join(
            f"<p><b>{number}. {html.escape(head)}</b> {html.escape(text)}</p>"
            for number, (head, text) in enumerate(self.said, 1)
        )


class Explorer:
    """One scenario whose levers can be moved.

    The package, the counts, past errors and the scenario's cells are read once; a position computes the floors, costs
    every draw again (the same draws at every position) and says the four sentences from the same rows as any other page.

    Attributes:
        run: whose scenario it starts from.
        scenario: as it stands before anything is moved.
        start: where its levers stand.
        positions: what each lever can be moved to.
    """

    def __init__(self, run: Run, scenario: Scenario | None = None):
        self.run, self.scenario = run, scenario or run.scenario
        self.start, self.positions = moves_of(self.scenario), positions(self.scenario)
        self._case = run.prepared(self.scenario)
        self._apart_since = run.apart_since
        self._last: tuple[Moves, Outcome] | None = None
        self._views: OrderedDict[Moves, View] = OrderedDict()

    def at(self, moves: Moves) -> View:
        """Return what a position comes to.

        Raises:
            ParametersRefused: a position that the scenario cannot take.
        """
        if moves in self._views:
            self._views.move_to_end(moves)
            return self._views[moves]
        facts = self.facts(moves)
        said = sentences.four_sentences(facts, self.run.wording, self._apart_since)
        envelope = None if moves.envelope is None else float(moves.envelope)
        self._views[moves] = View(said, self._moving.draw(facts, envelope))
        if len(self._views) > MOST_KEPT:
            self._views.popitem(last=False)
        return self._views[moves]

    def facts(self, moves: Moves) -> Facts:
        """Return the results of a position by key, the package's history beside them."""
        run, scenario = self.run, self._at(moves)
        rows = decision_rows(run.evidence, scenario, self._outcome(moves), run.rules)
        return Facts(pd.concat([run.history.result, rows], ignore_index=True), scenario.id, run.lang)

    def _outcome(self, moves: Moves) -> Outcome:
        """Return what a position comes to; the envelope and the month of the notice leave the last one as it is."""
        asked = replace(moves, envelope=self.start.envelope, notice_month=self.start.notice_month)
        if self._last is None or self._last[0] != asked:
            scenario = self._at(asked)
            case = ready_like(self._case, scenario, floors_of(self.run.evidence, scenario))
            self._last = asked, outcome_of(case)
        return self._last[1]

    def _at(self, moves: Moves) -> Scenario:
        return with_overrides(self.scenario, overrides_of(self.scenario, moves))

    @functools.cached_property
    def _moving(self) -> Moving:
        floors = self._case.floors.standards.floors[["now_yuan_month", "next_yuan_month"]]
        highest = float(floors.max().max()) * float(1 + max(RISES))
        return Moving(self.facts(self.start), self.run.wording, (float(floors.min().min()), highest))

    def keep(self, moves: Moves, name: str) -> Path:
        """Write a position as a scenario file of one's own, which ``tibiao run -f`` accepts.

        Args:
            moves: the position.
            name: the scenario's, and the file's.

        Returns:
            The file, below ``local/scenarios``.

        Raises:
            ParametersRefused: nothing is moved, no name, or one that is taken.
        """
        home = self.run.home
        base = self.run.proposed if self.scenario is self.run.scenario else self.scenario.id
        if base not in names("scenarios", home):
            raise ParametersRefused(
                f"scenario {base!r}: is none of params/scenarios, and a kept scenario extends one of them"
            )
        stored, here = values_of(read_scenario(base, home)), values_of(self._at(moves))
        moved = {
            key: value for key, value in here.items() if value != stored.get(key) and key.partition(".")[0] not in OWN
        }
        if not moved:
            raise ParametersRefused("nothing is moved: this is the scenario as it stands; move a lever first")
        files.slug(name, "name")
        path = home / "local" / "scenarios" / f"{name}.yaml"
        if path.exists() or name in names("scenarios", home):
            raise ParametersRefused(f"name {name!r}: a scenario of this name is there already; choose another")
        written = files.write_atomically(path, _yaml(self._kept(moves, moved, name, base)))
        try:
            read_scenario("", home, None, written)
        except ParametersRefused:
            written.unlink()
            raise
        return written

    def _kept(self, moves: Moves, moved: dict[str, Any], name: str, base: str) -> dict[str, Any]:
        said = {lang: differences(self.scenario, moves, lang) for lang in ("zh", "en")}
        title = self.scenario.title
        return {
            "id": name,
            "title": {"zh": f"{title.zh}（{'，'.join(said['zh'])}）", "en": f"{title.en} ({', '.join(said['en'])})"},
            "question": {
                "zh": f"在“{title.zh}”上改为：{'，'.join(said['zh'])}，结果如何？",
                "en": f"{title.en} with {', '.join(said['en'])}: what does it come to?",
            },
            "extends": base,
            "overrides": {key: _plain(value) for key, value in moved.items()},
        }


def _plain(value: Any) -> Any:
    """Return a value as a file writes it: an exact decimal in plain figures."""
    if not isinstance(value, Decimal):
        return value
    return int(value) if value == value.to_integral_value() else float(value)


def _yaml(content: dict[str, Any]) -> str:
    writer, buffer = YAML(), io.StringIO()
    writer.allow_unicode, writer.width = True, 200
    writer.dump(content, buffer)
    return buffer.getvalue()
