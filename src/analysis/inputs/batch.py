"""Batches: scenarios that are run and compared together, by name or as the cells of a grid over dotted keys."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

from analysis.errors import ParametersRefused, nearest
from analysis.inputs.parameter_file import read_parameter_file
from analysis.inputs.parameters.batch import Batch
from analysis.inputs.parameters.validation import validated
from analysis.inputs.scenario import names, read_named, read_scenario, same_value, values_of


def read_batch(name: str, home: Path, file: Path | None = None) -> Batch:
    """Read ``params/batches/<name>.yaml``, or a batch file of one's own.

    Args:
        name: a batch of ``params/batches``; ignored where ``file`` is given.
        home: the folder that holds ``params``.
        file: a batch file of one's own.

    Raises:
        ParametersRefused: unknown name, or a value that is not allowed.
    """
    source = read_parameter_file(file, str(file)) if file else read_named("batches", name, home)
    batch = validated(Batch, source.values, source.where)
    if batch.id != (file.stem if file else name):
        raise ParametersRefused(
            f"{source.where(('id',))}: id: {batch.id}: allowed: {file.stem if file else name}, the file's own name"
        )
    for scenario in batch.scenarios:
        if scenario not in names("scenarios", home):
            raise ParametersRefused(
                f"{source.where(('scenarios',))}: scenario {scenario!r}: no such scenario; {nearest(scenario, names('scenarios', home))}"
            )
    try:
        planned = cells(batch, home)
    except ParametersRefused as error:
        key = next((key for key in batch.grid if f"overrides: {key}" in str(error)), "")
        said = str(error).removeprefix("overrides: ")
        raise ParametersRefused(f"{source.where(('grid', key))}: grid: {said}" if key else said) from error
    if not batch.grid and batch.proposed not in planned:
        raise ParametersRefused(
            f"{source.where(('proposed',))}: proposed: {batch.proposed}: is not one of the scenarios; {nearest(batch.proposed, planned)}"
        )
    if batch.proposed not in planned:
        raise ParametersRefused(
            f"{source.where(('proposed',))}: proposed: {batch.proposed}: no cell of the grid is {batch.proposed} as it is; "
            "add its own values to the grid, or propose one of the cells"
        )
    return batch


def cells(batch: Batch, home: Path) -> dict[str, tuple[str, dict[str, Any]]]:
    """Return the scenarios that a batch comes to: id to the scenario's name and its overrides.

    A value of the grid that the scenario has already changes nothing and is left out, so that the base may be a cell.

    Raises:
        ParametersRefused: a key or value of the grid that is not allowed.
    """
    found: dict[str, tuple[str, dict[str, Any]]] = {}
    for name in batch.scenarios:
        if not batch.grid:
            found[name] = (name, {})
            continue
        own = values_of(read_scenario(name, home))
        for values in itertools.product(*batch.grid.values()):
            given = zip(batch.grid, values, strict=True)
            changed = {key: value for key, value in given if key not in own or not same_value(value, own[key])}
            found[read_scenario(name, home, changed).id if changed else name] = (name, changed)
    return found
