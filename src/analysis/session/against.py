"""An older memo beside a run's: what has changed since, and what each cause is worth."""

from __future__ import annotations

import functools
import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis import files
from analysis.errors import ParametersRefused, Refusal, nearest
from analysis.inputs.evidence import load, trust
from analysis.inputs.rules import read_rules
from analysis.inputs.scenario import cells, read_batch, read_scenario
from analysis.model import results
from analysis.model.compare.bridge import CAUSES, Inputs, bridge, differing, parameter_changes
from analysis.model.compare.bridge_rows import Line, bridge_rows, decimals, headline_lines, recomputed
from analysis.model.compare.changes import data_changes
from analysis.report.charts import plan_years
from analysis.report.charts.changed import bridge as bridge_chart
from analysis.report.facts import Facts
from analysis.report.memo.older import Older
from analysis.report.style import Chart
from analysis.report.tables.changed import widest_class
from analysis.session import BRIDGED, COMPARED
from analysis.session.record import environment_record

if TYPE_CHECKING:
    from analysis.session.run import Run

RESULTS, RECORD, ABOUT = "results.csv", "record.json", "about.json"


class Against:
    """The older memo that a run's is compared with; read and computed when it is first asked for.

    Attributes:
        run: whose memo is compared.
        folder: the older one's proposed results, its record, and its ``data`` and ``params`` where they were kept.
    """

    def __init__(self, run: Run, folder: Path):
        self.run, self.folder = run, folder
        self._record: dict[str, Any] = json.loads((folder / RECORD).read_text("utf-8"))
        self._about: dict[str, str] = json.loads((folder / ABOUT).read_text("utf-8"))
        self._scenario: str = self._record["inputs"]["scenario"]

    @functools.cached_property
    def _table(self) -> pd.DataFrame:
        return results.from_csv((self.folder / RESULTS).read_text("utf-8"))

    @functools.cached_property
    def _read(self) -> tuple[Inputs | None, str]:
        """The older inputs, or why today's program cannot use them; empty where the folder does not hold them."""
        if not (self.folder / "data").is_dir():
            return None, ""
        try:
            return self._inputs(), ""
        except Refusal as refusal:
            return None, str(refusal)

    def _inputs(self) -> Inputs:
        dataset = self.run.scenario.dataset
        # The bytes that a stored result was made from were checked whole then.
        trust([self._record["inputs"]["data_sha256"]])
        planned = cells(read_batch(self._about["batch"], self.folder), self.folder)
        if self._scenario not in planned:
            raise ParametersRefused(f"scenario {self._scenario!r}: {nearest(self._scenario, planned)}")
        name, overrides = planned[self._scenario]
        scenario = read_scenario(name, self.folder, overrides)
        return Inputs(load(dataset, scenario.as_of, self.folder), scenario, read_rules(dataset, self.folder))

    @functools.cached_property
    def _now(self) -> Inputs:
        return Inputs(self.run.evidence, self.run.scenario, self.run.rules)

    @functools.cached_property
    def _places(self) -> dict[str, str]:
        facts = self.run.facts
        return {"whole": self.run.evidence.whole, "widest": widest_class(facts)}

    @functools.cached_property
    def _lines(self) -> tuple[dict[str, Line], dict[str, Line]]:
        """The headline rows of the older memo and of this one, those that both hold in one unit."""
        run = self.run
        _, year = plan_years(Facts(self._table, self._scenario, run.lang))
        then = headline_lines(self._table, self._scenario, year, self._places)
        now = headline_lines(run.result, run.scenario.id, run.scenario.base_year + 1, self._places)
        both = [name for name in now if name in then and then[name]["unit"] == now[name]["unit"]]
        return {name: then[name] for name in both}, {name: now[name] for name in both}

    @functools.cached_property
    def _parts(self) -> tuple[pd.DataFrame | None, str]:
        """The bridge, or why there is none."""
        old, lack = self._read
        if old is None:
            return None, lack
        then, now = ({name: float(line["value"]) for name, line in lines.items()} for lines in self._lines)
        try:
            found = bridge(
                then, now, old, self._now, lambda one: recomputed(one, self._places), decimals(self._lines[1])
            )
        except (Refusal, ValueError) as error:
            return None, " ".join(str(error).split())
        return found, ""

    @functools.cached_property
    def data(self) -> pd.DataFrame:
        """The rows of the data that differ; none where the older ones are not known."""
        old = self._read[0] or self._now
        return data_changes(old.evidence, self._now.evidence)

    @functools.cached_property
    def parameters(self) -> pd.DataFrame:
        """The parameters that differ, by cause; none where the older ones are not known."""
        return parameter_changes(self._read[0] or self._now, self._now)

    @functools.cached_property
    def result(self) -> pd.DataFrame:
        """The result rows."""
        counts = {f"data_{kind}": count for kind, count in self.data["kind"].value_counts().items()}
        counts |= {f"parameters_{cause}": count for cause, count in self.parameters["cause"].value_counts().items()}
        return bridge_rows(self.run.evidence, self.run.scenario.id, *self._lines, self._parts[0], counts)

    @functools.cached_property
    def older(self) -> Older:
        """What the memo says of the older one besides numbers."""
        old, _ = self._read
        facts = Facts(self._table, self._scenario, self.run.lang)
        base, _ = plan_years(facts)
        versions = environment_record()["versions"]
        then: dict[str, str] = self._record.get("versions", {})
        return Older(
            scenario=self._scenario,
            title=old.scenario.title.in_language(self.run.lang) if old else self._scenario,
            as_of=str(old.scenario.as_of) if old else "",
            base_year=base,
            horizon=old.scenario.horizon if old else self.run.scenario.horizon,
            widest=widest_class(facts),
            same_program=self._record["inputs"]["code_sha256"] == files.code_sha256(),
            versions=[(name, then.get(name, ""), now) for name, now in versions.items() if then.get(name, "") != now],
            differing=differing(old, self._now) if old else (),
            kept=(self.folder / "data").is_dir(),
            lack=self._parts[1],
            data=self.data,
            parameters=self.parameters,
        )

    def charts(self) -> dict[str, Chart]:
        """Return the chart of the bridge, where some cause has moved the extra cost."""
        parts = self._parts[0]
        if parts is None or "extra_cost" not in parts.index or not parts.loc["extra_cost", list(CAUSES)].any():
            return {}
        facts = self.run.facts_of(self.run.proposed, marked=True)
        source = self.run.wording.pick(
            "两次测算的结果，均含假设", "the results of both memos, which rest on assumptions"
        )
        return {"bridge": bridge_chart(facts, self.run.wording, source)}

    def contents(self, chart: Chart | None) -> dict[str, bytes]:
        """Return the files of the bridge: its rows with their record, everything that has changed, and its chart.

        Args:
            chart: as it stands in the memo; None where it does not.
        """
        rows = results.to_csv(self.result)
        inputs = self.run.inputs(COMPARED) | {"against": self._about["sha256"]}
        record = {"inputs": inputs, "results_sha256": hashlib.sha256(rows.encode()).hexdigest()}
        made: dict[str, bytes | str] = {RESULTS: rows, RECORD: files.json_text(record | environment_record())}
        tables = {"changed_data": self.data, "changed_parameters": self.parameters}
        if chart:
            made |= {f"figures/{chart.name}.png": chart.png(), f"figures/{chart.name}.svg": chart.svg()}
            tables[f"figures/{chart.name}"] = chart.data
        made |= {f"{name}.csv": table.to_csv(index=False, lineterminator="\n") for name, table in tables.items()}
        return {f"{BRIDGED}/{name}": one if isinstance(one, bytes) else one.encode() for name, one in made.items()}
