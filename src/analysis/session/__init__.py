"""start(): the one thing that a notebook calls."""

from __future__ import annotations

import ast
import itertools
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis import files
from analysis.errors import ParametersRefused, nearest
from analysis.inputs.batch import cells, read_batch
from analysis.inputs.parameters.scenario import Scenario
from analysis.inputs.parameters.values import LANGUAGES
from analysis.inputs.scenario import on_package, read_scenario

if TYPE_CHECKING:
    from analysis.session.run import Run

PARAMETERS = ("scenario", "dataset", "out_dir", "overrides", "lang")
SCOPES = ("dataset", "scenario", "batch")
BATCH = "batch:"
# Parts with results of their own: the folder of each below the run's.
ROAD, COMPARED, BRIDGED = "pathway", "compare", "bridge"
# Where a run of a batch finds an older memo's results and inputs, and in it their sha256; no scenario can have that name.
OLDER, DIGEST = ".against", "sha256"
# Of a run record: raised whenever what it holds, or how results are to be read, changes.
SCHEMA = 1
# The file beside the memo that holds the costing in formulas.
WORKBOOK = "costing.xlsx"


def start(
    scenario: str = "baseline",
    dataset: str = "guangdong",
    out_dir: str = "",
    overrides: Mapping[str, Any] | None = None,
    lang: str = "zh",
    scope: str = "scenario",
    home: Path | None = None,
) -> Run:
    """Check everything a notebook was given, and return its run.

    Args:
        scenario: a scenario's id; in a batch notebook ``batch:`` and the batch's id.
        dataset: the data package.
        out_dir: where to write; empty writes nothing.
        overrides: dotted keys to values, such as ``{"policy.rural_share.at_least": 0.8}``.
        lang: zh or en.
        scope: what the notebook is run for: dataset, scenario or batch.
        home: the folder that holds data and params, where it cannot be found.

    Raises:
        ParametersRefused: a name or value that is not allowed, or a parameter that the notebook does not have.
        DataRefused: the data package.
    """
    _refuse_injected()
    import pandas as pd  # here, so that a command which asks this module for a name starts at once

    pd.set_option("display.max_colwidth", None)  # reasons are for reading, not for cutting off
    where = files.home(home)
    if lang not in LANGUAGES:
        raise ParametersRefused(f"lang {lang!r}: {nearest(lang, LANGUAGES)}")
    if not isinstance(scenario, str) or not isinstance(dataset, str) or not isinstance(out_dir, str):
        raise ParametersRefused("scenario, dataset and out_dir: allowed: text; quote them")
    if overrides is not None and not isinstance(overrides, Mapping):
        raise ParametersRefused(
            "overrides arrived as text; with papermill write -y 'overrides: {policy.rural_share.at_least: 0.8}' instead of -p"
        )
    batch = None
    if scope == "batch":
        if not scenario.startswith(BATCH):
            raise ParametersRefused(
                f"scenario {scenario!r}: this notebook is for a batch; allowed: {BATCH}<name>, such as {BATCH}memo"
            )
        batch = read_batch(scenario.removeprefix(BATCH), where)
        planned = cells(batch, where).items()
        scenarios = {one: read_scenario(name, where, {**own, **(overrides or {})}) for one, (name, own) in planned}
    elif scenario.startswith(BATCH):
        raise ParametersRefused(
            f"scenario {scenario!r}: this notebook is for one scenario, not for a batch; allowed: a name such as baseline"
        )
    else:
        scenarios = {scenario: read_scenario(scenario, where, overrides)}
    proposed = batch.proposed if batch else scenario
    scenarios = {name: _for_dataset(one, dataset, scope, where) for name, one in scenarios.items()}
    from analysis.session.run import Run  # the whole model; commands that ask for a name or a record need none of it

    folder = files.writable(Path(out_dir).expanduser().resolve()) if out_dir else None
    return Run(scope, scenarios, proposed, batch, where, folder, lang)


def _for_dataset(scenario: Scenario, dataset: str, scope: str, home: Path) -> Scenario:
    """A dataset notebook takes only its day from the scenario; others must fit the package."""
    if scope == "dataset":
        return scenario.model_copy(update={"dataset": dataset})
    return on_package(scenario, dataset, home)


def _refuse_injected() -> None:
    """Refuse names that papermill injected and the notebook does not have, and injected values that it does not keep.

    papermill warns of an unknown name and ends with 0; its injected cell is the one that starts with its comment. Where no
    cell is tagged parameters it comes first, where two are the second comes after it, and the notebook's own values hold.
    Names that a person defined, and cells that a person runs again after this call, are left alone.
    """
    shell = sys.modules.get("IPython") and sys.modules["IPython"].get_ipython()
    cells = shell.user_ns.get("In", []) if shell else []
    for place, cell in enumerate(cells):
        if not cell.lstrip().startswith("# Parameters"):
            continue
        given = _set_by(cell)
        for later in itertools.takewhile(lambda one: "start(" not in one, cells[place + 1 :]):
            if {*PARAMETERS} <= {*_set_by(later)}:
                raise ParametersRefused(
                    "the notebook sets its parameters after those that were given; tag exactly one cell, the first of them, parameters"
                )
        unknown = [name for name in given if name not in PARAMETERS]
        if {"policy", "fiscal", "assumptions"} & set(unknown):
            raise ParametersRefused(
                "a scenario file is not a list of notebook parameters: use -p scenario NAME, or 'tibiao run -f FILE'"
            )
        if unknown:
            raise ParametersRefused(f"parameter {unknown[0]!r}: no such parameter; {nearest(unknown[0], PARAMETERS)}")


def _set_by(cell: str) -> list[str]:
    """Return the names that a cell assigns at its top level; none where it is not Python alone."""
    try:
        body = ast.parse(cell).body
    except SyntaxError:
        return []
    targets = [target for line in body if isinstance(line, ast.Assign) for target in line.targets]
    return [target.id for target in targets if isinstance(target, ast.Name)]
