"""The bridge from an older memo to a run's: what has changed since, and what each cause is worth."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis import files
from analysis.errors import Refusal
from analysis.inputs.evidence import load, trust
from analysis.inputs.parameters.scenario import Scenario
from analysis.inputs.rules import read_rules
from analysis.model import results
from analysis.model.compare.bridge import (
    CAUSES,
    Inputs,
    Line,
    bridge,
    bridge_rows,
    differing,
    headline_lines,
    parameter_changes,
)
from analysis.model.compare.changes import data_changes
from analysis.report.charts import plan_years
from analysis.report.charts.bridge import bridge as bridge_chart
from analysis.report.facts import Facts
from analysis.report.memo.older import Older
from analysis.report.style import Chart
from analysis.report.tables.bridge import widest_class
from analysis.session import BRIDGED, COMPARED, DIGEST
from analysis.session.record import environment_record
from analysis.session.saved import RECORD, RESULTS, filed

if TYPE_CHECKING:
    from analysis.session.run import Run


class Bridge:
    """What leads from an older memo to a run's; read and computed when it is first asked for.

    Attributes:
        run: whose memo is compared.
        folder: the older one's proposed results, their record, and its package, ``params`` and ``scenarios`` where it has
            kept them.
    """

    def __init__(self, run: Run, folder: Path):
        self.run, self.folder = run, folder
        self._record: dict[str, Any] = json.loads((folder / RECORD).read_text("utf-8"))
        self._scenario: str = self._record["inputs"]["scenario"]

    @functools.cached_property
    def _table(self) -> pd.DataFrame:
        return results.from_csv((self.folder / RESULTS).read_text("utf-8"))

    @property
    def _kept(self) -> bool:
        return (self.folder / "scenarios").is_dir()

    @functools.cached_property
    def _read(self) -> tuple[Inputs | None, str]:
        """The older inputs, or why today's program cannot use them; no reason where the folder does not hold them."""
        if not self._kept:
            return None, ""
        try:
            return self._inputs(), ""
        except (Refusal, OSError, KeyError, ValueError) as error:
            return None, _one_line(error)

    def _inputs(self) -> Inputs:
        text = (self.folder / "scenarios" / f"{self._scenario}.json").read_text("utf-8")
        scenario = Scenario.from_canonical(text)
        # Its bytes are those that a stored result was made from, and were checked whole then.
        trust([self._record["inputs"]["data_sha256"]])
        evidence = load(scenario.dataset, scenario.as_of, self.folder)
        return Inputs(evidence, scenario, read_rules(scenario.dataset, self.folder))

    @functools.cached_property
    def _now(self) -> Inputs:
        return Inputs(self.run.evidence, self.run.scenario, self.run.rules)

    @functools.cached_property
    def _places(self) -> dict[str, str]:
        return {"whole": self.run.evidence.whole, "widest": widest_class(self.run.facts)}

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
        """The parts by cause, or why there are none."""
        old, lack = self._read
        if old is None:
            return None, lack
        try:
            return bridge(*self._lines, old, self._now, self._places), ""
        except (Refusal, ValueError, KeyError) as error:
            return None, _one_line(error)

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
        facts = Facts(self._table, self._scenario, self.run.lang)
        base, _ = plan_years(facts)
        versions = environment_record()["versions"]
        then: dict[str, str] = self._record.get("versions", {})
        old = self._read[0]
        return Older(
            id=self._scenario,
            then=old.scenario if old else None,
            now=self.run.scenario,
            base_year=base,
            widest=widest_class(facts),
            same_program=self._record["inputs"]["code_sha256"] == files.code_sha256(),
            versions=[(name, then.get(name, ""), now) for name, now in versions.items() if then.get(name, "") != now],
            differing=differing(self.data, self.parameters),
            kept=self._kept,
            lack=self._parts[1],
            data=self.data,
            parameters=self.parameters,
        )

    def charts(self) -> dict[str, Chart]:
        """Return the chart of the bridge, where some cause has moved the extra cost."""
        parts = self._parts[0]
        if parts is None or "extra_cost" not in parts.index or not parts.loc["extra_cost", list(CAUSES)].any():
            return {}
        source = self.run.wording.pick("两次测算的结果，均含假设", "results of both memos, which rest on assumptions")
        return {"bridge": bridge_chart(self.run.facts_of(self.run.proposed, marked=True), self.run.wording, source)}

    def contents(self, chart: Chart | None) -> dict[str, bytes]:
        """Return the files of the bridge: its rows with their record, everything that has changed, and its chart.

        Args:
            chart: as it stands in the memo; None where it does not.
        """
        inputs = self.run.inputs(COMPARED) | {"against": (self.folder / DIGEST).read_text("utf-8")}
        made: dict[str, bytes | str] = {}
        tables = {"changed_data": self.data, "changed_parameters": self.parameters}
        if chart:
            made |= {f"figures/{chart.name}.png": chart.png(), f"figures/{chart.name}.svg": chart.svg()}
            tables[f"figures/{chart.name}"] = chart.data
        made |= {f"{name}.csv": table.to_csv(index=False, lineterminator="\n") for name, table in tables.items()}
        beside = {f"{BRIDGED}/{name}": one if isinstance(one, bytes) else one.encode() for name, one in made.items()}
        return filed(BRIDGED, self.result, inputs) | beside


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())
