"""Against: an older memo's output folder, taken as content, so that a new memo can say what has changed since."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from analysis import files
from analysis.batch.parcel import Parcel
from analysis.batch.store import INPUTS, MANIFEST, read_manifest
from analysis.errors import ParametersRefused
from analysis.inputs.package import package_sha256
from analysis.session import BRIDGED, OLDER

# What is read of a memo's inputs; its notebooks are not run again.
READ = ("data/", "params/")


@dataclass(frozen=True)
class Against:
    """What a new memo is compared with.

    Attributes:
        sha256: of the contents.
        contents: the older memo's proposed results, their record and the data and parameters behind them, by the path at
            which a run of the batch finds them.
        inputs: whether data and parameters are among them.
    """

    sha256: str
    contents: Mapping[str, bytes] = field(repr=False)
    inputs: bool


def read_against(given: str, out: str, dataset: str, proposed: str, scenarios: Iterable[str]) -> Against:
    """Read an older memo's folder.

    Args:
        given: the folder, as the person wrote it.
        out: where the new memo is to be written.
        dataset: the new memo's data package.
        proposed: what the new memo proposes; asked where the older one does not say what it proposed.
        scenarios: the ids of the new memo's scenarios.

    Raises:
        ParametersRefused: no such folder, not a finished memo, changed since, of another package, or the new one's own.
    """
    folder, said = Path(given).expanduser().resolve(), f"--against {given}"
    own = Path(out).expanduser().resolve()
    if not given.strip():
        raise ParametersRefused(
            "--against is empty; allowed: the output folder of an older memo, such as out/last-june"
        )
    if folder == own or folder in own.parents or own in folder.parents:
        raise ParametersRefused(f"{said}: is the folder of the new memo itself; choose another --out")
    if BRIDGED in scenarios:
        raise ParametersRefused(f"scenario {BRIDGED!r}: with --against this name is taken; give the scenario another")
    manifest = _finished(folder, said)
    scenario = manifest.get("proposed") or proposed
    record = manifest["records"].get(scenario)
    if record is None:
        raise ParametersRefused(f"{said}: holds no results of scenario {scenario!r}; allowed: a memo of this batch")
    if record["inputs"]["dataset"] != dataset:
        raise ParametersRefused(
            f"{said}: is on dataset {record['inputs']['dataset']!r}; allowed: a memo on {dataset!r}"
        )
    names = {"results.csv": f"{scenario}/results.csv", "record.json": f"{scenario}/record.json"}
    contents = {name: _unchanged(folder, place, manifest, said) for name, place in names.items()}
    if INPUTS in manifest["files"]:
        contents |= _inputs(_unchanged(folder, INPUTS, manifest, said), dataset, record["inputs"], said)
    sha256 = Parcel.pack(contents).sha256
    about = {"batch": manifest["kind"].removeprefix("batch "), "sha256": sha256}
    contents["about.json"] = files.json_text(about).encode()
    return Against(sha256, {f"{OLDER}/{name}": one for name, one in contents.items()}, INPUTS in manifest["files"])


def _finished(folder: Path, said: str) -> dict[str, Any]:
    """Return the manifest of a memo that came to its end."""
    if not folder.is_dir():
        raise ParametersRefused(f"{said}: no such folder; allowed: the output folder of an older memo")
    if not (folder / MANIFEST).is_file():
        raise ParametersRefused(
            f"{said}: no {MANIFEST}, so this is no memo; allowed: the output folder of 'tibiao memo'"
        )
    manifest = read_manifest(folder)
    ended = {task["task"]: task["exit_code"] for task in manifest["tasks"]}
    if manifest.get("unfinished") or any(ended.values()):
        raise ParametersRefused(f"{said}: its last run did not end well; run it again, or name another memo")
    if not str(manifest.get("kind", "")).startswith("batch ") or not {"memo.zh", "memo.en"} & ended.keys():
        raise ParametersRefused(f"{said}: holds no memo; allowed: the output folder of 'tibiao memo'")
    return manifest


def _unchanged(folder: Path, name: str, manifest: Mapping[str, Any], said: str) -> bytes:
    path = folder / name
    if not path.is_file() or files.sha256(path) != manifest["files"].get(name):
        raise ParametersRefused(f"{said}: {name} is missing or was changed; see 'tibiao verify'")
    return path.read_bytes()


def _inputs(archive: bytes, dataset: str, record: Mapping[str, Any], said: str) -> dict[str, bytes]:
    """Return the data and parameters of an archive, which must be what the results were made from."""
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            contents = {name: opened.read(name) for name in opened.namelist() if name.startswith(READ)}
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError) as error:
        raise ParametersRefused(f"{said}: {INPUTS} cannot be read ({error})") from error
    with tempfile.TemporaryDirectory(prefix="tibiao-") as scratch:
        home = Parcel.pack(contents).unpacked(Path(scratch))
        if package_sha256(dataset, home) != record["data_sha256"]:
            raise ParametersRefused(f"{said}: {INPUTS} is not what its results were made from; name another memo")
    return contents
