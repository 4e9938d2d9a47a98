"""Scenarios: fiscal path, policy and assumptions, read strictly from ``params`` and resolved into one frozen whole.

A scenario names one file of each kind and may override single values by dotted key, such as
``policy.rural_share.at_least: 0.8``. Everything is checked before anything starts.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from analysis.errors import ParametersRefused, nearest
from analysis.files import slug
from analysis.inputs.parameter_file import ParameterFile, read_parameter_file, scalar
from analysis.inputs.parameters import Assumption, Batch, Fiscal, Policy, Scenario, Sharing, Strict, exact, validated

# The scenario file of one's own that 'tibiao run -f' hands to its notebooks.
SCENARIO_FILE = "TIBIAO_SCENARIO_FILE"


def names(kind: str, home: Path) -> list[str]:
    """Return the names of the parameter files of one kind (``scenarios``, ``policies``...), sorted."""
    return sorted(path.stem for path in (home / "params" / kind).glob("*.yaml"))


def read_batch(name: str, home: Path) -> Batch:
    """Read ``params/batches/<name>.yaml``.

    Raises:
        ParametersRefused: unknown name, or a value that is not allowed.
    """
    file = _read("batches", name, home)
    batch = validated(Batch, file.values, file.where)
    for scenario in batch.scenarios:
        if scenario not in names("scenarios", home):
            raise ParametersRefused(
                f"{file.where(('scenarios',))}: scenario {scenario!r}: no such scenario; {nearest(scenario, names('scenarios', home))}"
            )
    return batch


def read_scenario(
    name: str, home: Path, overrides: Mapping[str, Any] | None = None, file: Path | None = None
) -> Scenario:
    """Read a scenario and everything it names, apply its overrides and then the given ones.

    Args:
        name: a scenario of ``params/scenarios``; ignored where ``file`` is given.
        home: the folder that holds ``params``.
        overrides: dotted keys to values, such as ``{"policy.rural_share.at_least": 0.8}``.
        file: a scenario file of one's own.

    Raises:
        ParametersRefused: any name, key, type, value or override that is not allowed; says file, line,
            key, value, what is allowed and the nearest name.
    """
    if file is None and (given := os.environ.get(SCENARIO_FILE)) and Path(given).stem == name:
        file = Path(given)
    source = read_parameter_file(file, str(file)) if file else _read("scenarios", name, home)
    if not file and source.values.get("id") != name:
        raise ParametersRefused(
            f"{source.where(('id',))}: id: {source.values.get('id')}: allowed: {name}, the file's own name"
        )
    written = dict(source.values)
    own = written.pop("overrides", {})
    if not isinstance(own, dict):
        raise ParametersRefused(f"{source.where(('overrides',))}: overrides: allowed: dotted keys, one a line")
    tree: dict[str, Any] = {}
    for part, kind, model in (("fiscal", "fiscal", Fiscal), ("policy", "policies", Policy)):
        part_file = _read(kind, written.get(part, ""), home, source.where((part,)))
        tree[part] = validated(model, part_file.values, part_file.where).model_dump()
    tree["assumptions"] = _each("assumptions", Assumption, written.get("assumptions", ""), home, source)
    tree["sharing"] = _each("sharing", Sharing, written.get("sharing", ""), home, source)
    if (named := tree["fiscal"]["sharing"]) not in tree["sharing"]:
        path = f"params/fiscal/{written['fiscal']}.yaml"
        raise ParametersRefused(f"{path}: sharing: no such set {named!r}; {nearest(named, tree['sharing'])}")
    whole = {**written, **tree, "overrides": {}}
    whole = validated(Scenario, whole, source.where).model_dump()
    for given, where in (
        (own, lambda key: source.where(("overrides", key))),
        (dict(overrides or {}), lambda _: "overrides"),
    ):
        for key, value in given.items():
            _override(whole, key, value, where(key))
    applied = {**own, **(overrides or {})}
    if overrides:
        # Another scenario than the file's: its results must not pass under the file's name.
        said = ", ".join(f"{key}={_canonical(value)}" for key, value in sorted(overrides.items()))
        whole["id"] = f"{whole['id']}-{hashlib.sha256(said.encode()).hexdigest()[:6]}"
        whole["title"] = {"zh": f"{whole['title']['zh']}（{said}）", "en": f"{whole['title']['en']} ({said})"}
    whole["overrides"] = {key: str(value) for key, value in sorted(applied.items())}

    def where(key: tuple[str, ...]) -> str:
        """Name the override whose value is refused, else the file."""
        dotted = ".".join(key)
        for name in overrides or {}:
            if dotted.startswith(name) or name.startswith(f"{dotted}."):
                return f"overrides: {name}"
        own_name = next((name for name in own if dotted.startswith(name)), None)
        return source.where(("overrides", own_name)) if own_name else source.where(key)

    return validated(Scenario, whole, where)


def _canonical(value: Any) -> str:
    """Write a value one way, whether it came as 0.85, "0.850" in a file or a binary number from a notebook."""
    number = exact(value)
    return format(number.normalize(), "f") if isinstance(number, Decimal) else str(value)


def parse_override(text: str) -> tuple[str, Any]:
    """Read ``KEY=VALUE`` from the command line by the rules of the parameter files.

    Raises:
        ParametersRefused: no ``=``, or a value that is no plain scalar.
    """
    key, equals, value = text.partition("=")
    if not equals or not key:
        raise ParametersRefused(f"--set {text!r}: allowed: KEY=VALUE, such as policy.rural_share.at_least=0.8")
    return key, scalar(value, f"--set {key}")


def _each(part: str, model: type[Strict], name: Any, home: Path, source: ParameterFile) -> dict[str, Any]:
    """Read a file of several groups of one kind, each under its id."""
    named = _read(part, name, home, source.where((part,)))
    return {
        key: validated(model, value, lambda at, key=key: named.where((key, *at)), key).model_dump()
        for key, value in named.values.items()
    }


def _read(kind: str, name: Any, home: Path, named_at: str | None = None) -> ParameterFile:
    singular = {
        "scenarios": "scenario",
        "batches": "batch",
        "policies": "policy",
        "assumptions": "assumptions",
        "sharing": "sharing",
        "fiscal": "fiscal",
    }[kind]
    prefix = f"{named_at}: " if named_at else ""
    if name in ("", None):
        raise ParametersRefused(f"{prefix}{singular}: is missing; {nearest('', names(kind, home))}")
    if name not in names(kind, home):
        given = slug(name, f"{prefix}{singular}")
        raise ParametersRefused(
            f"{prefix}{singular} {given!r}: no such file in params/{kind}; {nearest(given, names(kind, home))}"
        )
    return read_parameter_file(home / "params" / kind / f"{name}.yaml", f"params/{kind}/{name}.yaml")


def _override(tree: dict[str, Any], key: str, value: Any, where: str) -> None:
    known = _dotted(tree)
    if key not in known or key.split(".")[0] in ("id", "title", "question", "overrides", "dataset"):
        close = [name for name in known if name.split(".")[0] not in ("title", "question")]
        suggestion = nearest(key, close).partition("; did you")[2]
        raise ParametersRefused(
            f"{where}: {key}: no such key"
            + (f"; did you{suggestion}" if suggestion else "; keys look like policy.rural_share.at_least")
        )
    *parents, last = key.split(".")
    node = tree
    for parent in parents:
        node = node[parent]
    new = exact(value)
    old = exact(node[last])
    if new == old or str(new) == str(old):
        raise ParametersRefused(f"{where}: {key}: {value} is what it is already; leave it out")
    node[last] = value


def _dotted(tree: Mapping[str, Any], above: str = "") -> list[str]:
    keys: list[str] = []
    for key, value in tree.items():
        keys += _dotted(value, f"{above}{key}.") if isinstance(value, dict) and value else [f"{above}{key}"]
    return keys
