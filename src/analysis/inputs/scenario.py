"""Scenarios: fiscal path, policy and assumptions, read strictly from ``params`` and resolved into one frozen whole.

A scenario names one file of each kind and may override single values by dotted key, such as
``policy.rural_share.at_least: 0.8``. It may extend another and then writes only what differs. Where two give
a value the later one holds: files, keys from parent to child, overrides from parent to child, overrides given at the
start. Everything is checked before anything starts.
"""

from __future__ import annotations

import functools
import hashlib
import os
import weakref
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from analysis.errors import ParametersRefused, nearest
from analysis.files import slug
from analysis.inputs.package import built_on, datasets
from analysis.inputs.parameter_file import ParameterFile, read_parameter_file, scalar
from analysis.inputs.parameters.assumption import Assumption
from analysis.inputs.parameters.fiscal import Fiscal, Sharing
from analysis.inputs.parameters.policy import Policy
from analysis.inputs.parameters.scenario import Scenario
from analysis.inputs.parameters.validation import validated
from analysis.inputs.parameters.values import Strict, exact

# Keys that one refusal names.
_MOST_NAMED = 6
# The scenario file of one's own that 'tibiao run -f' hands to its notebooks.
SCENARIO_FILE = "TIBIAO_SCENARIO_FILE"
# What only the whole scenario can refuse: a share set that is not there, a target's year that lies before the plan.
REFUSED_OF_THE_WHOLE = ("fiscal.sharing", "road.by_year", "base_year")
# What a scenario never takes from the one it extends.
OWN = ("id", "title", "question")
# Keys that name a file; an override of one of its values holds whichever file is named.
# The parts of a scenario that stand in files of their own: the folder below ``params``, and what one is made of.
PARTS = {
    "fiscal": ("fiscal", Fiscal),
    "policy": ("policies", Policy),
    "assumptions": ("assumptions", Assumption),
    "sharing": ("sharing", Sharing),
}


def names(kind: str, home: Path) -> list[str]:
    """Return the names of the parameter files of one kind (``scenarios``, ``policies``...), sorted."""
    return sorted(path.stem for path in (home / "params" / kind).glob("*.yaml"))


def values_of(scenario: Scenario) -> dict[str, Any]:
    """Return every single value of a scenario by its dotted key."""
    tree = scenario.model_dump(exclude={"overrides"})
    return {key: functools.reduce(lambda node, part: node[part], key.split("."), tree) for key in _dotted(tree)}


def read_scenario(
    name: str, home: Path, overrides: Mapping[str, Any] | None = None, file: Path | None = None
) -> Scenario:
    """Read a scenario, those it extends and everything named; apply their overrides and then the given ones.

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
    source = read_parameter_file(file, str(file)) if file else _stored(name, home)
    chain = _chain(source, home)
    origin = _origin(chain)
    written = {key: one.values[key] for key, one in origin.items()}

    def place(key: tuple[str, ...]) -> str:
        """Name the line of a key in the file that it was taken from."""
        return origin.get("".join(key[:1]), source).where(key)

    tree = {part: read_part(part, written.get(part, ""), home, place((part,))) for part in PARTS}
    if (named := tree["fiscal"]["sharing"]) not in tree["sharing"]:
        path = f"params/fiscal/{written['fiscal']}.yaml"
        raise ParametersRefused(f"{path}: sharing: no such set {named!r}; {nearest(named, tree['sharing'])}")
    whole = validated(Scenario, {**written, **tree, "overrides": {}}, place).model_dump()
    given: list[tuple[str, Any, str]] = []
    for one in chain:
        # What holds in the parent may change nothing in the child, so the place names both.
        by = "" if one is source else f", extended by {source.path}"
        given += [(key, value, f"{one.where(('overrides', key))}{by}: {key}") for key, value in _overrides(one).items()]
    given += [(key, value, f"overrides: {key}") for key, value in (overrides or {}).items()]
    for key, value, at in given:
        _override(whole, key, value, at)
    if overrides:
        # Another scenario than the file's: its results must not pass under the file's name.
        said = ", ".join(f"{key}={_canonical(value)}" for key, value in sorted(overrides.items()))
        whole["id"] = f"{whole['id']}-{hashlib.sha256(said.encode()).hexdigest()[:6]}"
        whole["title"] = {"zh": f"{whole['title']['zh']}（{said}）", "en": f"{whole['title']['en']} ({said})"}
    whole["overrides"] = {key: str(value) for key, value, _ in sorted(given, key=lambda one: one[0])}

    def where(key: tuple[str, ...]) -> str:
        """Name the last override whose value is refused, else the file."""
        for name, _, at in reversed(given):
            for dotted in (".".join(key),) if key else REFUSED_OF_THE_WHOLE:
                if f"{dotted}.".startswith(f"{name}.") or name.startswith(f"{dotted}."):
                    return at if key else at.rpartition(": ")[0]
        return place(key)

    return _sharing_groups(validated(Scenario, whole, where))


def with_overrides(scenario: Scenario, overrides: Mapping[str, Any]) -> Scenario:
    """Return a resolved scenario with some values changed, under its own name: for one who tries many, and reads no file.

    Args:
        scenario: resolved.
        overrides: dotted keys to values, each of which changes something.

    Raises:
        ParametersRefused: a key, type or value that is not allowed, or one that changes nothing.
    """
    whole = scenario.model_dump()
    for key, value in overrides.items():
        _override(whole, key, value, f"overrides: {key}")
    return validated(Scenario, whole, lambda key: f"overrides: {'.'.join(key)}")


# The groups of parameters that scenarios of this process hold, by the hash of their values.
_GROUPS: weakref.WeakValueDictionary[tuple[type, bytes], Strict] = weakref.WeakValueDictionary()
# Every resolved scenario has every field: they need no set of their own each.
_FIELDS = set(Scenario.model_fields)


def on_package(scenario: Scenario, dataset: str, home: Path) -> Scenario:
    """Return a scenario on another package: one that was laid over the package the scenario was written for.

    Args:
        scenario: resolved.
        dataset: the package; the scenario's own changes nothing.
        home: the folder that holds the packages.

    Raises:
        ParametersRefused: no such package, or one with nothing of the scenario's own below it.
    """
    if dataset == scenario.dataset:
        return scenario
    if dataset not in datasets(home):
        known = nearest(dataset, datasets(home))
        raise ParametersRefused(f"dataset {slug(dataset, 'dataset')!r}: no such package in data or local/data; {known}")
    if built_on(dataset, home) != scenario.dataset:
        raise ParametersRefused(
            f"scenario {scenario.id!r} is planned on dataset {scenario.dataset!r}, not on {dataset!r}, which was not laid over it; "
            "on another package only the dataset notebooks (00, 10, 20) run, and scenarios with its name in dataset"
        )
    return scenario.model_copy(update={"dataset": dataset})


def _sharing_groups(scenario: Scenario) -> Scenario:
    """Let scenarios hold the groups that they have in common once: a batch has hundreds that differ in a single value."""

    def held(group: Strict) -> Strict:
        key = (type(group), hashlib.sha256(group.model_dump_json().encode()).digest())
        if (known := _GROUPS.get(key)) is not None:
            return known
        within = {name: held(value) for name, value in group if isinstance(value, Strict)}
        return _GROUPS.setdefault(key, group.model_copy(update=within) if within else group)

    alone = {name: held(getattr(scenario, name)) for name in ("policy", "fiscal", "timing", "road")}
    several = {
        name: {key: held(one) for key, one in getattr(scenario, name).items()} for name in ("assumptions", "sharing")
    }
    return Scenario.model_construct(_FIELDS, **dict(scenario) | alone | several)


def _stored(name: Any, home: Path, named_at: str | None = None) -> ParameterFile:
    file = read_named("scenarios", name, home, named_at)
    if file.values.get("id") != name:
        at = f"{file.where(('id',))}: id"
        raise ParametersRefused(f"{at}: {file.values.get('id')}: allowed: {name}, the file's own name")
    return file


def _chain(source: ParameterFile, home: Path) -> list[ParameterFile]:
    """Return a scenario file and those it extends, the farthest first."""
    chain, named = [source], [Path(source.path).stem]
    while "extends" in chain[0].values:
        at = f"{chain[0].where(('extends',))}: extends"
        parent = _stored(chain[0].values["extends"], home, at)
        named.append(parent.values["id"])
        if parent.path in [one.path for one in chain]:
            raise ParametersRefused(f"{at}: {' extends '.join(named)}; allowed: a chain that ends")
        chain.insert(0, parent)
    return chain


def _overrides(file: ParameterFile) -> dict[str, Any]:
    own = file.values.get("overrides", {})
    if not isinstance(own, dict):
        raise ParametersRefused(f"{file.where(('overrides',))}: overrides: allowed: dotted keys, one a line")
    return own


def _origin(chain: list[ParameterFile]) -> dict[str, ParameterFile]:
    """Return the file of a chain that each key is taken from; refuse a key that is unknown or written in vain."""
    known = [*Scenario.model_fields, "extends"]
    origin: dict[str, ParameterFile] = {}
    overridden: dict[str, str] = {}
    for file in chain:
        for key, value in file.values.items():
            at = f"{file.where((key,))}: {key}"
            if key not in known:
                raise ParametersRefused(f"{at}: no such key; {nearest(key, known)}")
            if key in overridden and key not in PARTS:
                raise ParametersRefused(f"{at}: {overridden[key]} overrides it; write it under overrides")
            if key in origin and same_value(value, origin[key].values[key]):
                said = "" if isinstance(value, dict) else f"{value} "
                todo = "write its own" if key in OWN else "leave it out"
                raise ParametersRefused(f"{at}: {said}is what it is already in {origin[key].where((key,))}; {todo}")
        inherited = {key: one for key, one in origin.items() if key not in OWN}
        origin = inherited | {key: file for key in file.values if key not in ("extends", "overrides")}
        overridden |= {key.partition(".")[0]: file.where(("overrides", key)) for key in _overrides(file)}
    return origin


def same_value(new: Any, old: Any) -> bool:
    """Return whether two values are the same, however each was written."""
    return exact(new) == exact(old) or str(new) == str(old)


def _canonical(value: Any) -> str:
    """Write a value one way, whether it came as 0.85, "0.850" in a file or a binary number from a notebook."""
    number = exact(value)
    return format(number.normalize(), "f") if isinstance(number, Decimal) else str(value)


def parse_overrides(texts: Sequence[str]) -> dict[str, Any]:
    """Read every ``KEY=VALUE`` of a command line.

    Raises:
        ParametersRefused: as :func:`parse_override`, or a key that is given twice.
    """
    given: dict[str, Any] = {}
    for key, value in map(parse_override, texts):
        if key in given:
            raise ParametersRefused(f"--set {key}: is given twice; give it once")
        given[key] = value
    return given


def parse_override(text: str) -> tuple[str, Any]:
    """Read ``KEY=VALUE`` from the command line by the rules of the parameter files.

    Raises:
        ParametersRefused: no ``=``, a per cent sign, or a value that is no plain scalar.
    """
    key, equals, value = text.partition("=")
    if not equals or not key:
        raise ParametersRefused(f"--set {text!r}: allowed: KEY=VALUE, such as policy.rural_share.at_least=0.8")
    if value.endswith("%"):
        raise ParametersRefused(f"--set {text}: a share is written as a decimal, 0.8 for 80%")
    return key, scalar(value, f"--set {key}")


def read_part(part: str, name: Any, home: Path, named_at: str | None = None) -> dict[str, Any]:
    """Read a part of a scenario from its own file, by its name.

    Args:
        part: one of PARTS.
        name: as it was given.
        home: the folder that holds ``params``.
        named_at: the place that names it, for the refusal.

    Raises:
        ParametersRefused: no such file, or a key, type or value that is not allowed.
    """
    kind, model = PARTS[part]
    named = read_named(kind, name, home, named_at)
    if part in ("fiscal", "policy"):
        return validated(model, named.values, named.where).model_dump()
    return {  # several of one kind, each under its id
        key: validated(model, value, lambda at, key=key: named.where((key, *at)), key).model_dump()
        for key, value in named.values.items()
    }


def read_named(kind: str, name: Any, home: Path, named_at: str | None = None) -> ParameterFile:
    """Read the parameter file of one kind (``scenarios``, ``policies``...) by its name.

    Args:
        kind: the folder below ``params``.
        name: as it was given.
        home: the folder that holds ``params``.
        named_at: the place that names it, for the refusal.

    Raises:
        ParametersRefused: no name, or no such file.
    """
    singular = {"scenarios": "scenario", "batches": "batch", "policies": "policy"}.get(kind, kind)
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
        group = [name for name in close if name.startswith(f"{key}.") and ".title." not in name]
        if len(group) > 1:
            more = ", ..." if len(group) > _MOST_NAMED else ""
            raise ParametersRefused(f"{where}: names several values; allowed: {', '.join(group[:_MOST_NAMED])}{more}")
        suggestion = nearest(key, close).partition("; did you")[2]
        if key == "dataset":
            raise ParametersRefused(
                f"{where}: a package is named by --dataset, or by dataset in a scenario file of your own"
            )
        raise ParametersRefused(
            f"{where}: no such key"
            + (f"; did you{suggestion}" if suggestion else "; keys look like policy.rural_share.at_least")
        )
    *parents, last = key.split(".")
    node = tree
    for parent in parents:
        node = node[parent]
    if same_value(value, node[last]):
        raise ParametersRefused(f"{where}: {value} is what it is already; leave it out")
    node[last] = value


def _dotted(tree: Mapping[str, Any], above: str = "") -> list[str]:
    keys: list[str] = []
    for key, value in tree.items():
        keys += _dotted(value, f"{above}{key}.") if isinstance(value, dict) and value else [f"{above}{key}"]
    return keys
