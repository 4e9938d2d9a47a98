"""Run: what one notebook was given, what it computes, shows and saves."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from analysis import files
from analysis.errors import ParametersRefused, nearest
from analysis.inputs.evidence import Evidence, load
from analysis.inputs.rules import Rule, read_rules
from analysis.inputs.scenario import Batch, Scenario
from analysis.model import results
from analysis.model.score import History, history, only_one_class_apart_since
from analysis.model.simulate import Outcome, simulate
from analysis.model.simulate.rows import result_rows
from analysis.report import charts, memo, sentences, tables
from analysis.report.facts import Facts
from analysis.report.style import Chart
from analysis.report.wording import Wording
from analysis.session.record import environment_record, inputs_record


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
        self.wording = Wording(lang, self.evidence.areas)
        self._shown: dict[str, Chart] = {}

    @functools.cached_property
    def history(self) -> History:
        """The gap in the minima year by year, and how the rules explain each rise."""
        return history(self.evidence, self.rules)

    @functools.cached_property
    def outcome(self) -> Outcome:
        """What the scenario comes to; of a batch, the proposed one."""
        return simulate(self.evidence, self.scenario, self.rules)

    @functools.cached_property
    def _scenario_tables(self) -> dict[str, pd.DataFrame]:
        return {name: self._scenario_table(scenario) for name, scenario in self.scenarios.items()}

    def _scenario_table(self, scenario: Scenario) -> pd.DataFrame:
        """Take a stored result whose inputs are the same to the byte, else compute it."""
        stored = self.out_dir / scenario.id if self.out_dir and self.scope == "batch" else None
        if stored and (stored / "record.json").is_file() and (stored / "results.csv").is_file():
            import json

            record = json.loads((stored / "record.json").read_text("utf-8"))
            if record["inputs"] == inputs_record(self.home, self.evidence, scenario) and record[
                "results_sha256"
            ] == files.sha256(stored / "results.csv"):
                return results.from_csv((stored / "results.csv").read_text("utf-8"))
        outcome = self.outcome if scenario is self.scenario else simulate(self.evidence, scenario, self.rules)
        return result_rows(self.evidence, scenario, outcome, self.rules)

    @functools.cached_property
    def result(self) -> pd.DataFrame:
        """The long results table of this scope."""
        if self.scope == "dataset":
            return self.history.result
        return pd.concat(self._scenario_tables.values(), ignore_index=True)

    @functools.cached_property
    def facts(self) -> Facts:
        """Results by key, the history beside them; of a dataset the history alone."""
        if self.scope == "dataset":
            return Facts(self.history.result, "", self.lang)
        return self.facts_of(self.proposed)

    def facts_of(self, scenario: str, *, marked: bool = False) -> Facts:
        """Return the facts of one scenario of the batch, by its name there."""
        table = pd.concat([self.history.result, self._scenario_tables[scenario]], ignore_index=True)
        return Facts(table, self.scenarios[scenario].id, self.lang, marked)

    @property
    def titles(self) -> dict[str, str]:
        """Title of each assumption, in the language."""
        return {name: assumption.title.in_language(self.lang) for name, assumption in self.scenario.assumptions.items()}

    @property
    def standards(self) -> pd.DataFrame:
        """Floors, now and next: area_code, residence, now_yuan_month, next_yuan_month, unratcheted_yuan_month."""
        return self.outcome.floors.standards.floors

    @property
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

    @property
    def apart_since(self) -> int | None:
        """The first year since which town and country differ in one class alone."""
        return only_one_class_apart_since(self.history.gap)

    def four_sentences(self) -> Any:
        """Return the four sentences for display."""
        from IPython.display import Markdown

        said = sentences.four_sentences(self.facts, self.wording, self.apart_since)
        colon = self.wording.pick("：", ": ")
        names = (self.scenario.title, self.scenario.policy.title)
        head = f"**{names[0].in_language(self.lang)}**{colon}{names[1].in_language(self.lang)}"
        lines = [f"**{number}. {title}**{colon}{text}" for number, (title, text) in enumerate(said, 1)]
        return Markdown("\n\n".join([head, *lines]))

    def show(self, name: str) -> Chart:
        """Draw a chart; its data is ``.data``, and ``save`` writes both.

        Raises:
            ParametersRefused: no such chart.
        """
        if name not in charts.CHARTS:
            raise ParametersRefused(f"chart {name!r}: {nearest(name, charts.CHARTS)}")
        chart = charts.CHARTS[name](self.facts, self.wording, self.source(name))
        self._shown[chart.name] = chart
        return chart

    def table(self, name: str) -> pd.DataFrame:
        """Return a table in the reader's language.

        Raises:
            ParametersRefused: no such table.
        """
        made: dict[str, Callable[[], pd.DataFrame]] = {
            "coverage": lambda: tables.coverage(self.evidence, self.wording),
            "minima": lambda: tables.minima(self.evidence, self.wording),
            "back_cast": lambda: tables.back_cast(self.history, self.wording),
            "assumptions": lambda: tables.assumptions(self.scenario, self.wording),
            "gap_states": lambda: tables.gap_states(self.history, self.wording),
            "gap_history": lambda: tables.gap_history(self.history, self.wording),
            "growth_split": lambda: tables.growth_split(self.history, self.wording),
            "in_force": lambda: tables.in_force(self.evidence, self.wording),
            "adequacy": lambda: tables.adequacy(self.history, self.wording),
            "proposal": lambda: tables.proposal(self.facts, self.wording),
            "steps": lambda: tables.steps(self.outcome.floors.standards.steps, self.wording),
            "movers": lambda: tables.movers(self.facts, self.wording),
            "cost_range": lambda: tables.cost_range(self.facts, self.wording),
            "who_pays": lambda: tables.who_pays(self.facts, self.wording),
            "swings": lambda: tables.swings(self.facts, self.wording, self.scenario),
            "box": lambda: tables.box(self.facts, self.wording),
            "scenarios": lambda: tables.scenarios(
                {name: self.facts_of(name) for name in self.scenarios},
                {name: one.title.in_language(self.lang) for name, one in self.scenarios.items()},
                self.wording,
            ),
        }
        if name not in made:
            raise ParametersRefused(f"table {name!r}: {nearest(name, made)}")
        return made[name]()

    def source(self, chart: str) -> str:
        """Name the documents behind a chart, shortly."""
        year = self.scenario.base_year
        if chart == "gap_over_time":
            return self.wording.pick(
                "历年省通知及报道，见数据包来源表", "yearly provincial notices and reports, see the package's sources"
            )
        measure = "standard" if chart == "tile_grid" else "minimum_standard"
        if measure == "standard":
            return self.wording.pick(
                f"各市{year}年通知及转载，见数据包来源表",
                f"notices of the cities, {year}, and copies; see the package's sources",
            )
        return self.documents("minimum_standard")[0]

    def documents(self, measure: str, programme: str = "dibao") -> list[str]:
        """Return the documents behind a measure of the base year: number where there is one, else publisher and date."""
        rows = self.evidence.best(programme, measure)
        found = self.evidence.sources.loc[rows[rows["year"] == self.scenario.base_year]["source_id"].unique()]
        return [
            row["document_number"] or f"{row['publisher']} {row['published']}".strip() for _, row in found.iterrows()
        ]

    def memo(self) -> tuple[str, dict[str, Chart]]:
        """Return the memo's one page as marked markdown, and its charts by name."""
        facts = self.facts_of(self.proposed, marked=True)
        figures = {name: self.show(name) for name in charts.CHARTS}
        context = {
            "scenario": self.scenario.policy.title.in_language(self.lang),
            "as_of": str(self.scenario.as_of),
            "minima": self.wording.pick("；", "; ").join(self.documents("minimum_standard")),
            "movers": memo.movers(facts, self.wording, self.titles),
        }
        return memo.page(facts, self.wording, figures, context, self.apart_since), figures

    def why(self, key: str) -> pd.Series:
        """Return one number with its grade and what it rests on.

        Raises:
            ParametersRefused: no such key.
        """
        keyed = results.with_keys(
            pd.concat([self.history.result, self.result] if self.scope != "dataset" else [self.result])
        )
        if key not in keyed.index:
            raise ParametersRefused(
                f"key {key!r}: no such result; {nearest(key, keyed.index).partition('; ')[2] or 'see results.csv'}"
            )
        return keyed.loc[key]

    def save(self) -> str:
        """Write results, steps and figures where the run has a folder; say what was done."""
        if self.out_dir is None:
            return self.wording.pick("未写入任何文件（out_dir 为空）", "nothing was written (out_dir is empty)")
        folder = self.out_dir
        for chart in self._shown.values():
            files.write_atomically(folder / "figures" / f"{chart.name}.png", chart.png())
            files.write_atomically(folder / "figures" / f"{chart.name}.svg", chart.svg())
            files.write_atomically(
                folder / "figures" / f"{chart.name}.csv", chart.data.to_csv(index=False, lineterminator="\n")
            )
        if self.scope != "batch":
            text = results.to_csv(self.result)
            if self.scope == "scenario":
                files.write_atomically(folder / "steps.csv", self.steps.to_csv(index=False, lineterminator="\n"))
            files.write_atomically(folder / "results.csv", text)
            record = {
                "inputs": inputs_record(self.home, self.evidence, self.scenario),
                "results_sha256": files.sha256(folder / "results.csv"),
            }
            files.write_json(folder / "record.json", record | environment_record())
        return self.wording.pick("已写入结果和图表", "results and figures were written")
