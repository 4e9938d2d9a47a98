"""Sweeps: scenarios crossed with values of their keys, read strictly and resolved one combination at a time."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis.errors import ParametersRefused, nearest
from analysis.inputs.parameter_file import ParameterFile, read_parameter_file
from analysis.inputs.parameters.scenario import Scenario
from analysis.inputs.parameters.sweep import Sweep
from analysis.inputs.parameters.validation import validated
from analysis.inputs.parameters.values import exact
from analysis.inputs.scenario import names, read_scenario, values_of


@dataclass(frozen=True)
class Combination:
    """One cell of a sweep's grid.

    Attributes:
        base: name of the scenario under it.
        values: swept key to its value, in the order of the grid.
        scenario: resolved. Its id is the one that ``tibiao run`` gives the same overrides.
    """

    base: str
    values: dict[str, Any]
    scenario: Scenario


@dataclass(frozen=True)
class SweepFile:
    """A sweep and the file it was read from, which refusals name.

    Attributes:
        sweep: what was read.
        source: the file.
    """

    sweep: Sweep
    source: ParameterFile

    def combinations(self, home: Path) -> Iterator[Combination]:
        """Yield every combination, resolved, those of the first scenario first and the last key changing fastest.

        A value that its scenario has already overrides nothing; a combination of such values is the scenario itself.

        Args:
            home: the folder that holds ``params``.

        Raises:
            ParametersRefused: a key or a value that the scenario does not allow; says file, line, key and what is allowed.
        """
        sweep = self.sweep
        for base in sweep.scenarios:
            own = values_of(read_scenario(base, home))
            for values in itertools.product(*sweep.grid.values()):
                chosen = dict(zip(sweep.grid, values, strict=True))
                asked = chosen | ({} if sweep.draws is None else {"draws": sweep.draws})
                overrides = {key: value for key, value in asked.items() if key not in own or not same(value, own[key])}
                try:
                    yield Combination(base, chosen, read_scenario(base, home, overrides))
                except ParametersRefused as refused:
                    raise self._placed(refused, base) from refused

    def _placed(self, refused: ParametersRefused, base: str) -> ParametersRefused:
        """Say of a refused override where it stands in the sweep's file."""
        place, _, said = str(refused).partition(": ")
        if place != "overrides":
            return refused
        key = next((name for name in self.sweep.grid if said.startswith(f"{name}:")), None)
        at = self.source.where(("grid", key) if key else ("grid",))
        return ParametersRefused(f"{at}: grid: {said} (scenario {base})")


def read_sweep(file_or_name: str, home: Path) -> SweepFile:
    """Read a sweep, by its name in ``params/sweeps`` or from a file of one's own.

    Args:
        file_or_name: such as ``rural_share``, or ``mine/rural_share.yaml``.
        home: the folder that holds ``params``.

    Raises:
        ParametersRefused: no such file or name, a key or value that is not allowed, or a scenario that does not exist.
    """
    stored = names("sweeps", home)
    if file_or_name in stored:
        path, shown = home / "params" / "sweeps" / f"{file_or_name}.yaml", f"params/sweeps/{file_or_name}.yaml"
    else:
        path, shown = Path(file_or_name).expanduser(), file_or_name
        if not path.is_file():
            raise ParametersRefused(f"sweep {file_or_name!r}: no such file or name; {nearest(path.stem, stored)}")
    source = read_parameter_file(path, shown)
    sweep = validated(Sweep, source.values, source.where)
    if sweep.id != path.stem:
        raise ParametersRefused(f"{source.where(('id',))}: id: {sweep.id}: allowed: {path.stem}, the file's own name")
    known = names("scenarios", home)
    for position, name in enumerate(sweep.scenarios):
        if name not in known:
            at = source.where(("scenarios", str(position)))
            raise ParametersRefused(f"{at}: scenarios: {name!r}: no such scenario; {nearest(name, known)}")
    return SweepFile(sweep, source)


def same(new: Any, old: Any) -> bool:
    """Whether two values are one, however they were written: 0.8, "0.80" or a binary number."""
    return exact(new) == exact(old) or str(new) == str(old)
