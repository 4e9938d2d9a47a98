"""Older: what a memo rests on, kept beside it, so that a later one can say what has changed since."""

from __future__ import annotations

import hashlib
import io
import re
import tempfile
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from analysis import files
from analysis.batch.parcel import Parcel
from analysis.batch.snapshot import Snapshot
from analysis.batch.store import MANIFEST, read_manifest
from analysis.errors import ParametersRefused
from analysis.files import SLUG
from analysis.inputs.package import LOCAL, PUBLIC, package_files, package_sha256, rules_path
from analysis.session import BRIDGED, DIGEST, OLDER, SCHEMA

INPUTS = "inputs.zip"
# A package is a megabyte or two: an archive that unpacks to more than this is not one of ours.
MOST_BYTES = 200_000_000


def inputs_archive(snapshot: Snapshot) -> bytes:
    """Return what results rest on as one archive: the data packages' own files, their rules, the resolved scenarios.

    Nothing else that lies in ``data`` or ``params`` is in it. A scenario is the text that its sha256 is of.

    Args:
        snapshot: of the run.
    """
    kept = {f"scenarios/{name}.json": one.canonical().encode() for name, one in snapshot.scenarios.items()}
    with tempfile.TemporaryDirectory(prefix="tibiao-") as scratch:
        home = snapshot.parcel.unpacked(Path(scratch))
        for dataset in snapshot.data_sha256:
            paths = [*package_files(dataset, home), rules_path(dataset, home)]
            kept |= {path.relative_to(home).as_posix(): path.read_bytes() for path in paths if path.is_file()}
    return Parcel.pack(kept).archive


@dataclass(frozen=True)
class Older:
    """What a new memo is compared with.

    Attributes:
        sha256: of the contents.
        contents: the older memo's proposed results, their record and the inputs behind them, by the path at which a run of
            the batch finds them.
        inputs: whether the inputs are among them.
    """

    sha256: str
    contents: Mapping[str, bytes] = field(repr=False)
    inputs: bool


def read_older(given: str, out: str, dataset: str, proposed: str, scenarios: Iterable[str]) -> Older:
    """Read an older memo's folder.

    Args:
        given: the folder, as the person wrote it.
        out: where the new memo is to be written.
        dataset: the new memo's data package.
        proposed: what the new memo proposes; asked where the older one does not say what it proposed.
        scenarios: the ids of the new memo's scenarios.

    Raises:
        ParametersRefused: no such folder, not a finished memo, changed since, of another package or version, or the new
            one's own.
    """
    from analysis.model.results import COLUMNS  # here: a batch that is compared with nothing loads no tables

    said = f"--against {given}"
    if not given.strip():
        raise ParametersRefused(
            "--against is empty; allowed: the output folder of an older memo, such as out/last-june"
        )
    folder, own = (Path(one).expanduser().resolve() for one in (given, out))
    if folder == own or folder in own.parents or own in folder.parents:
        raise ParametersRefused(f"{said}: is the folder of the new memo itself; choose another --out")
    if BRIDGED in scenarios:
        raise ParametersRefused(f"scenario {BRIDGED!r}: with --against this name is taken; give the scenario another")
    manifest = _finished(folder, said)
    scenario = manifest.get("proposed") or proposed
    inputs = _inputs_of(manifest, scenario, said)
    if inputs["dataset"] != dataset:
        raise ParametersRefused(f"{said}: is on dataset {inputs['dataset']!r}; allowed: a memo on {dataset!r}")
    names = ("results.csv", "record.json")
    contents = {name: _unchanged(folder, f"{scenario}/{name}", manifest, said) for name in names}
    if contents["results.csv"].partition(b"\n")[0].decode("utf-8", "replace") != ",".join(COLUMNS):
        raise ParametersRefused(f"{said}: {scenario}/results.csv has other columns: {_ANOTHER_VERSION}")
    if INPUTS in manifest["files"]:
        contents |= _kept(_unchanged(folder, INPUTS, manifest, said), scenario, inputs, said)
    sha256 = Parcel.pack(contents).sha256
    contents[DIGEST] = sha256.encode()
    return Older(sha256, {f"{OLDER}/{name}": one for name, one in contents.items()}, INPUTS in manifest["files"])


_ANOTHER_VERSION = "it was made by a version of the program that this one cannot read"


def _finished(folder: Path, said: str) -> dict[str, Any]:
    """Return the manifest of a memo that came to its end."""
    if not folder.is_dir():
        raise ParametersRefused(f"{said}: no such folder; allowed: the output folder of an older memo")
    if not (folder / MANIFEST).is_file():
        raise ParametersRefused(
            f"{said}: no {MANIFEST}, so this is no memo; allowed: the output folder of 'tibiao memo'"
        )
    try:
        manifest = read_manifest(folder)
        ended = {task["task"]: task["exit_code"] for task in manifest["tasks"]}
        kind = str(manifest["kind"])
    except (ParametersRefused, KeyError, TypeError) as error:
        raise ParametersRefused(f"{said}: {MANIFEST} cannot be read: {_ANOTHER_VERSION}") from error
    if manifest.get("unfinished") or any(ended.values()):
        raise ParametersRefused(f"{said}: its last run did not end well; run it again, or name another memo")
    if not kind.startswith("batch ") or not {"memo.zh", "memo.en"} & ended.keys():
        raise ParametersRefused(f"{said}: holds '{kind}' and no memo; allowed: the output folder of 'tibiao memo'")
    return manifest


def _inputs_of(manifest: Mapping[str, Any], scenario: str, said: str) -> Mapping[str, Any]:
    """Return what the record says that a scenario's results rest on."""
    record = manifest["records"].get(scenario)
    if record is None:
        raise ParametersRefused(
            f"{said}: holds no results of scenario {scenario!r}, which the new memo proposes; name another memo"
        )
    inputs = record.get("inputs", {})
    if inputs.get("schema") != SCHEMA:
        raise ParametersRefused(
            f"{said}: has records of schema {inputs.get('schema')}, not {SCHEMA}: {_ANOTHER_VERSION}"
        )
    return inputs


def _unchanged(folder: Path, name: str, manifest: Mapping[str, Any], said: str) -> bytes:
    path = folder / name
    content = path.read_bytes() if path.is_file() else b""
    if hashlib.sha256(content).hexdigest() != manifest["files"].get(name):
        raise ParametersRefused(f"{said}: {name} is missing or was changed; see 'tibiao verify'")
    return content


def _kept(archive: bytes, scenario: str, inputs: Mapping[str, Any], said: str) -> dict[str, bytes]:
    """Return the inputs of one scenario, which must be what the results were made from."""
    dataset, resolved = inputs["dataset"], f"scenarios/{scenario}.json"
    ours = re.compile(
        rf"({PUBLIC}|{LOCAL})/{re.escape(dataset)}/\w[\w.-]*|params/rules/{SLUG.pattern}\.yaml|{re.escape(resolved)}"
    )
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            wanted = [one for one in opened.infolist() if ours.fullmatch(one.filename)]
            if sum(one.file_size for one in wanted) > MOST_BYTES:
                raise ParametersRefused(f"{said}: {INPUTS} unpacks to more than {MOST_BYTES // 10**6} MB")
            contents = {one.filename: opened.read(one) for one in wanted}
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError) as error:
        raise ParametersRefused(f"{said}: {INPUTS} cannot be read ({error})") from error
    with tempfile.TemporaryDirectory(prefix="tibiao-") as scratch:
        home = Parcel.pack(contents).unpacked(Path(scratch))
        rules = rules_path(dataset, home)
        is_same = (
            package_sha256(dataset, home) == inputs["data_sha256"],
            files.content_hash([path for path in [rules] if path.is_file()], home) == inputs["rules_sha256"],
            hashlib.sha256(contents.get(resolved, b"")).hexdigest() == inputs["scenario_sha256"],
        )
    if not all(is_same):
        raise ParametersRefused(f"{said}: {INPUTS} is not what its results were made from; name another memo")
    return contents
