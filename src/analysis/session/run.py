"""Run: what one notebook was given, what it computes, shows and saves."""

from __future__ import annotations

import functools
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.errors import NotHeld, ParametersRefused, nearest
from analysis.inputs.evidence import Evidence, load
from analysis.inputs.parameters.assumption import Assumption
from analysis.inputs.parameters.batch import Batch
from analysis.inputs.parameters.scenario import Scenario
from analysis.inputs.rules import Rule, read_rules
from analysis.model.programmes import declared_names
from analysis.model.score import History, history, only_one_class_apart_since
from analysis.model.score.record import Record, record
from analysis.model.sensitivity.rows import whole_result
from analysis.model.simulate import Case, Outcome, prepare, simulate
from analysis.report import sentences
from analysis.report.facts import Facts
from analysis.report.heads import in_words
from analysis.report.style import Chart, left_out
from analysis.report.why import Why
from analysis.report.wording import Wording, as_text
from analysis.session import COMPARED, OLDER, saved, sources
from analysis.session.bridge import Bridge
from analysis.session.next_year import NextYear
from analysis.session.origins import Origins
from analysis.session.past import Past
from analysis.session.record import inputs_record, stored_results
from analysis.session.several_years import SeveralYears
from analysis.session.side_by_side import SideBySide

if TYPE_CHECKING:
    from analysis.session.sliders import Explore

# What a run computes once and is the same in every language.
COMPUTED = ("history", "record", "dataset_result", "outcome", "outcomes", "_scenario_tables", "result")


class Run:
    """One notebook's run: what it was given, what it computes, what it shows and saves.

    Attributes:
        scope: dataset, scenario or batch.
        scenario: the scenario; of a batch, the proposed one.
        scenarios: by id; one, or those of the batch.
        batch: the batch, where the scope is one.
        evidence: the data package as known on the scenario's day.
        wording: words and area names of the language.
        out_dir: where ``save`` writes; None where nothing is written.
    """

    def __init__(
        self,
        scope: str,
        scenarios: dict[str, Scenario],
        proposed: str,
        batch: Batch | None,
        home: Path,
        out_dir: Path | None,
        lang: str,
    ):
        self.scope, self.scenarios, self.batch, self.home, self.out_dir, self.lang = (
            scope,
            scenarios,
            batch,
            home,
            out_dir,
            lang,
        )
        self.proposed, self.scenario = proposed, scenarios[proposed]
        self.evidence: Evidence = load(self.scenario.dataset, self.scenario.as_of, home)
        self.rules: list[Rule] = read_rules(self.scenario.dataset, home)
        money = self.evidence.descriptor.get("money_unit", {"zh": "元", "en": "yuan"})
        own = {name: said for one in scenarios.values() for name, said in declared_names(one.assumptions).items()}
        self.wording = Wording(lang, self.evidence.areas, (money["zh"], money["en"]), own)
        self._shown: dict[str, Chart] = {}

    @functools.cached_property
    def history(self) -> History:
        """The gap in the minima year by year, and how the rules explain each rise."""
        return history(self.evidence, self.rules)

    @functools.cached_property
    def record(self) -> Record:
        """The planner scored by history, and modelled money beside the money known.

        Raises:
            NotHeld: the package has no planner to score.
        """
        return record(self.evidence, self.scenario, self.rules)

    @functools.cached_property
    def dataset_result(self) -> pd.DataFrame:
        """The result rows of the package: its history, and the record where there is one."""
        try:
            return pd.concat([self.history.result, self.record.result], ignore_index=True)
        except NotHeld:
            return self.history.result

    @functools.cached_property
    def drivers(self) -> list[Any]:
        """Next year's drivers.

        Raises:
            NotHeld: the package has no series of them.
        """
        from analysis.model.drivers.outlook import outlook  # half a second of imports that no other page needs

        found = outlook(self.evidence.observations, self.evidence.whole)
        if not found:
            raise NotHeld("no_series")
        return found

    @functools.cached_property
    def outcome(self) -> Outcome:
        """What the scenario comes to; of a batch, the proposed one."""
        return simulate(self.evidence, self.scenario, self.rules)

    def prepared(self, scenario: Scenario) -> Case:
        """Make a scenario on this run's package ready to be costed."""
        return self.outcome.case if scenario is self.scenario else prepare(self.evidence, scenario, self.rules)

    def explore(self) -> Explore:
        """Return the page with sliders; where results are written nobody sits at it, and it shows what stands there."""
        from analysis.session.sliders import Explore  # no other page needs widgets

        return Explore(self)

    @functools.cached_property
    def _scenario_tables(self) -> dict[str, pd.DataFrame]:
        return {name: self._scenario_table(scenario) for name, scenario in self.scenarios.items()}

    def _scenario_table(self, scenario: Scenario) -> pd.DataFrame:
        """Take a stored result whose inputs are the same to the byte, else compute it."""
        if self.out_dir and self.scope == "batch":
            stored = stored_results(self.out_dir / scenario.id, inputs_record(self.home, self.evidence, scenario))
            if stored is not None:
                return stored
        outcome = self.outcomes[scenario.id]
        return whole_result(self.evidence, scenario, outcome, self.rules)

    def inputs(self, part: str = "") -> dict[str, Any]:
        """Return what the results of this run rest on; those of a comparison on every scenario of the batch."""
        own = inputs_record(self.home, self.evidence, self.scenario)
        if part != COMPARED:
            return own
        return own | {"compared": {one.id: one.sha256() for one in self.scenarios.values()}}

    @functools.cached_property
    def result(self) -> pd.DataFrame:
        """The long results table of this scope."""
        if self.scope == "dataset":
            return self.dataset_result
        return pd.concat(self._scenario_tables.values(), ignore_index=True)

    @functools.cached_property
    def outcomes(self) -> dict[str, Outcome]:
        """What each scenario comes to, by id."""
        return {
            scenario.id: self.outcome if scenario is self.scenario else simulate(self.evidence, scenario, self.rules)
            for scenario in self.scenarios.values()
        }

    @functools.cached_property
    def past(self) -> Past:
        """The package's earlier years: the gap in the minima, and the planner scored."""
        return Past(self)

    @functools.cached_property
    def next_year(self) -> NextYear:
        """What the scenario brings next year."""
        return NextYear(self)

    @functools.cached_property
    def origins(self) -> Origins:
        """Every number by its key, and what is behind it."""
        return Origins(self)

    @functools.cached_property
    def years(self) -> SeveralYears:
        """Several years of the scenario: the policy's path, the cheapest road, what an envelope bears."""
        return SeveralYears(self)

    @functools.cached_property
    def side(self) -> SideBySide:
        """The batch's scenarios side by side."""
        return SideBySide(self)

    @functools.cached_property
    def facts(self) -> Facts:
        """Results by key, the history beside them; of a dataset the history alone."""
        return self.past.facts if self.scope == "dataset" else self.facts_of(self.proposed)

    def facts_of(self, scenario: str, *, marked: bool = False) -> Facts:
        """Return the facts of one scenario of the batch, by its name there; marked, as the memo needs them, with the record."""
        past = self.dataset_result if self.scope == "dataset" or marked else self.history.result
        bridged = [self.bridge.result] if marked and self.bridge else []
        table = pd.concat([past, self._scenario_tables[scenario], *bridged], ignore_index=True)
        return Facts(table, self.scenarios[scenario].id, self.lang, marked)

    @functools.cached_property
    def bridge(self) -> Bridge | None:
        """What leads from an older memo to this one; None where none was given."""
        folder = self.out_dir / OLDER if self.out_dir and self.scope == "batch" else None
        return Bridge(self, folder) if folder and folder.is_dir() else None

    @property
    def titles(self) -> dict[str, str]:
        """Title of each assumption, in the language."""
        return {name: assumption.title.in_language(self.lang) for name, assumption in self.assumptions.items()}

    @property
    def assumptions(self) -> dict[str, Assumption]:
        """Every assumption of the scenario, measured ranges filled in where the package allows it."""
        return self.outcome.assumptions if self.has_scenario else {}

    @property
    def has_scenario(self) -> bool:
        """Whether the scenario was written for this package; a dataset notebook may be run on another."""
        return self.evidence.headline["level"] == "class"

    @property
    def standards(self) -> pd.DataFrame:
        """Floors, now and next: area_code, residence, now_yuan_month, next_yuan_month, unratcheted_yuan_month."""
        return self.outcome.floors.standards.floors

    @functools.cached_property
    def steps(self) -> pd.DataFrame:
        """What each step did to each floor, which bound it met, what it overrode."""
        parts = {
            "minimum_standard": self.outcome.floors.standards.steps,
            "supplement_floor": self.outcome.floors.supplements.steps,
        }
        return pd.concat(parts, names=["measure"]).reset_index(level=0).reset_index(drop=True)

    @property
    def cost(self) -> pd.DataFrame:
        """Central cost by area and residence with everything it looks at."""
        return self.outcome.cells

    @property
    def coverage(self) -> pd.DataFrame:
        """Recipients by residence: published, on trend, entrants."""
        return self.outcome.coverage

    def in_words(self, table: pd.DataFrame, lang: str | None = None) -> pd.DataFrame:
        """Return one of this run's frames with heads, areas and residences in words.

        Args:
            table: such as ``run.standards``, ``run.cost``, ``run.why(key).frame()``.
            lang: zh or en; the run's own by default.
        """
        return in_words(table, self.wording if lang in (None, self.lang) else replace(self.wording, lang=lang))

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        """Show what a run comes to where it is the last line of a cell: its sentences and one table."""
        table = self.table({"dataset": "gap_history", "scenario": "proposal", "batch": "beside"}[self.scope])
        plain = f"{type(self).__name__}: {self.scope}, {self.proposed}, {self.scenario.dataset}, {self.scenario.as_of}"
        said = "" if self.scope == "dataset" else f"{self.four_sentences().data}\n\n"
        return {"text/plain": plain, "text/markdown": f"{said}{table.to_html(border=0)}"}

    @property
    def apart_since(self) -> int | None:
        """The first year since which town and country differ in one class alone."""
        return only_one_class_apart_since(self.history.gap)

    def four_sentences(self) -> Any:
        """Return the four sentences for display."""
        from IPython.display import Markdown

        said = sentences.four_sentences(self.facts, self.wording.safe(), self.apart_since)
        colon = self.wording.pick("：", ": ")
        names = (self.scenario.title, self.scenario.policy.title)
        titles = [as_text(name.in_language(self.lang)) for name in names]
        head = f"**{titles[0]}**{colon}{titles[1]}"
        lines = [f"**{number}. {title}**{colon}{text}" for number, (title, text) in enumerate(said, 1)]
        return Markdown("\n\n".join([head, *lines]))

    def show(self, name: str) -> Chart:
        """Draw a chart; its data is ``.data``, and ``save`` writes both. One whose numbers are not held says so.

        Raises:
            ParametersRefused: no such chart.
        """
        try:
            return self.drawn(name)
        except NotHeld as missing:
            return left_out(name, self.wording.lack(missing), self.lang)

    def drawn(self, name: str) -> Chart:
        """Draw a chart.

        Raises:
            NotHeld: the package does not hold what it shows.
            ParametersRefused: no such chart.
        """
        made = self.next_year.charts() | self.past.charts() | self.years.charts() | self.side.charts()
        if name not in made:
            raise ParametersRefused(f"chart {name!r}: {nearest(name, made)}")
        chart = made[name]()
        self._shown[chart.name] = chart
        return chart

    def findings(self) -> Any:
        """Return what the scenarios of a batch side by side, or several years of one, come to, for display."""
        from IPython.display import Markdown

        said = self.side.findings() if self.scope == "batch" else self.years.findings()
        return Markdown("\n".join(f"- {one}" for one in said))

    def table(self, name: str) -> pd.DataFrame:
        """Return a table in the reader's language.

        Raises:
            ParametersRefused: no such table.
        """
        made = self.past.tables() | self.next_year.tables() | self.years.tables() | self.side.tables()
        if name not in made:
            raise ParametersRefused(f"table {name!r}: {nearest(name, made)}")
        try:
            return made[name]()
        except NotHeld as missing:
            return pd.DataFrame({"": [self.wording.lack(missing)]})

    def source(self, chart: str) -> str:
        """Name the documents behind a chart, shortly."""
        return sources.source(self, chart)

    def documents(self, measure: str, programme: str = "dibao") -> list[str]:
        """Return the documents behind a measure of the base year: number where there is one, else publisher and date."""
        return sources.documents(self, measure, programme)

    def in_language(self, lang: str) -> Run:
        """Return this run in another language; what it has computed goes with it."""
        if lang == self.lang:
            return self
        other = Run(self.scope, self.scenarios, self.proposed, self.batch, self.home, self.out_dir, lang)
        for own, its in ((self, other), (self.side, other.side), (self.years, other.years)):
            its.__dict__ |= {name: own.__dict__[name] for name in COMPUTED if name in own.__dict__}
        return other

    def memo(self) -> dict[str, bytes]:
        """Return the memo's documents by file name."""
        from analysis.session.memo import documents

        return documents(self)

    def why(self, key: str) -> Why:
        """Return where one number comes from: formula, steps, inputs with source and grade, assumptions and their worth.

        Raises:
            ParametersRefused: no such key.
        """
        return self.origins.why(key)

    def save(self) -> str:
        """Write results, steps and figures where the run has a folder; say what was done."""
        return saved.save(self, self._shown.values())
