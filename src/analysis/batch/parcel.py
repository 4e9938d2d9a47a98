"""Parcel: files by their content, so that a worker needs no folder that it shares with anybody."""

from __future__ import annotations

import hashlib
import io
import shutil
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Parcel:
    """Files packed into one archive.

    Attributes:
        sha256: of the archive; the same files give the same.
        archive: a zip file's bytes.
    """

    sha256: str
    archive: bytes

    @classmethod
    def pack(cls, contents: Mapping[str, bytes]) -> Parcel:
        """Pack files, by their path below a folder."""
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in sorted(contents):
                archive.writestr(zipfile.ZipInfo(name), contents[name], zipfile.ZIP_DEFLATED)
        return cls(hashlib.sha256(buffer.getvalue()).hexdigest(), buffer.getvalue())

    def contents(self) -> dict[str, bytes]:
        """Return the files by their path."""
        with zipfile.ZipFile(io.BytesIO(self.archive)) as archive:
            return {name: archive.read(name) for name in archive.namelist()}

    def unpacked(self, under: Path) -> Path:
        """Return the folder below ``under`` that holds these files; it is made once, and appears whole or not at all."""
        folder = under / self.sha256[:16]
        if folder.is_dir():
            return folder
        under.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(dir=under, prefix=".unpacking-"))
        try:
            with zipfile.ZipFile(io.BytesIO(self.archive)) as archive:
                archive.extractall(made)
            made.rename(folder)
        except BaseException as error:
            shutil.rmtree(made, ignore_errors=True)
            if not isinstance(error, OSError) or not folder.is_dir():  # else a neighbour was faster
                raise
        return folder
