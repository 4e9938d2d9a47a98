"""Data packages as they lie on disk: which there are and where, their bytes, and which bytes were checked already.

A package lies in ``data``, or, where a department keeps it to itself, in ``local/data``, which git does not see.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from analysis.errors import ParametersRefused
from analysis.files import content_hash

# sha256 of packages that the parent of this process has checked whole; the same bytes need no second check.
CHECKED_PACKAGES = "TIBIAO_CHECKED_PACKAGES"
DESCRIPTOR = "datapackage.json"
PUBLIC, LOCAL = "data", "local/data"


def public_datasets(home: Path) -> list[str]:
    """Return the names of the data packages under ``data``, sorted: what may stand in a generated document."""
    return _named(home / PUBLIC)


def datasets(home: Path) -> list[str]:
    """Return the names of the data packages under ``data`` and ``local/data``, sorted."""
    return sorted({*_named(home / PUBLIC), *_named(home / LOCAL)})


def _named(folder: Path) -> list[str]:
    # A folder whose name begins with a point is one that is still being written.
    return sorted(one.parent.name for one in folder.glob(f"*/{DESCRIPTOR}") if not one.parent.name.startswith("."))


def folder_of(dataset: str, home: Path) -> Path:
    """Return the folder of a package; the one place that knows where packages lie.

    Raises:
        ParametersRefused: two packages of this name.
    """
    public, local = home / PUBLIC / dataset, home / LOCAL / dataset
    if not (local / DESCRIPTOR).is_file():
        return public
    if (public / DESCRIPTOR).is_file():
        raise ParametersRefused(
            f"dataset {dataset!r}: stands in {PUBLIC} and in {LOCAL}; rename one of the two folders"
        )
    return local


def shown(dataset: str, home: Path) -> str:
    """Return a package's folder as it is named to the user, such as ``data/guangdong``."""
    return folder_of(dataset, home).relative_to(home).as_posix()


def built_on(dataset: str, home: Path) -> str:
    """Return the package that this one was laid over when it was taken in; itself where it stands alone."""
    return str(_description(folder_of(dataset, home)).get("built_on", dataset))


def rules_path(dataset: str, home: Path) -> Path:
    """Return the file of a package's dated rules, which may not exist; a package laid over another has its rules."""
    own = home / "params" / "rules" / f"{dataset}.yaml"
    return own if own.is_file() else own.with_name(f"{built_on(dataset, home)}.yaml")


def _description(folder: Path) -> dict[str, Any]:
    try:
        found = json.loads((folder / DESCRIPTOR).read_text("utf-8"))
        return found if isinstance(found, dict) else {}
    except (OSError, ValueError):
        return {}


def package_files(dataset: str, home: Path) -> list[Path]:
    """Return a package's own files: its description, and the tables named there.

    Raises:
        OSError, ValueError, KeyError, TypeError: the description is none.
    """
    folder = folder_of(dataset, home)
    described = json.loads((folder / DESCRIPTOR).read_text("utf-8"))
    return [folder / DESCRIPTOR, *(folder / one["path"] for one in described["resources"])]


def package_sha256(dataset: str, home: Path) -> str:
    """Return the sha256 of a package as it lies on disk now; empty where it is not readable."""
    try:
        return content_hash(package_files(dataset, home), home)
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def trust(digests: Iterable[str]) -> None:
    """Let this process, and those started from here, trust packages by the sha256 of their bytes; they were checked whole."""
    known = {*os.environ.get(CHECKED_PACKAGES, "").split(","), *digests} - {""}
    os.environ[CHECKED_PACKAGES] = ",".join(sorted(known))
