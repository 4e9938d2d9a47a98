"""Data packages as they lie on disk: which there are, their bytes, and which bytes were checked already."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path

from analysis.files import content_hash

# sha256 of packages that the parent of this process has checked whole; the same bytes need no second check.
CHECKED_PACKAGES = "TIBIAO_CHECKED_PACKAGES"


def datasets(home: Path) -> list[str]:
    """Return the names of the data packages under ``data``, sorted."""
    return sorted(path.parent.name for path in (home / "data").glob("*/datapackage.json"))


def package_sha256(dataset: str, home: Path) -> str:
    """Return the sha256 of a package as it lies on disk now; empty where it is not readable."""
    folder = home / "data" / dataset
    try:
        descriptor = json.loads((folder / "datapackage.json").read_text("utf-8"))
        return content_hash(
            [folder / "datapackage.json", *(folder / one["path"] for one in descriptor["resources"])], home
        )
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def trust(digests: Iterable[str]) -> None:
    """Let this process, and those started from here, trust packages by the sha256 of their bytes; they were checked whole."""
    known = {*os.environ.get(CHECKED_PACKAGES, "").split(","), *digests} - {""}
    os.environ[CHECKED_PACKAGES] = ",".join(sorted(known))
