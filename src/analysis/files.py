"""Where things lie, and how a file is written so that nobody ever sees half of it."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import io
import json
import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any

from analysis.errors import InfrastructureFailed, ParametersRefused

# How the name of a file ends that is being written, hidden beside the one it will replace.
HALF = ".half"
# How a text begins that a spreadsheet would take for a formula and run; a plain signed number is none.
FORMULA = re.compile(r"[=@\t\r]|[+-](?![0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?\Z)")
SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


def home(given: str | os.PathLike[str] | None = None) -> Path:
    """Return the folder that holds ``data``, ``params`` and ``notebooks``.

    Args:
        given: the folder named by ``--home``: where a person names one it is that or none.

    Raises:
        ParametersRefused: no such folder.
    """
    named = given or os.environ.get("TIBIAO_HOME")
    for candidate in (named,) if named else (Path(__file__).resolve().parents[2],):
        # A worker's home may hold nothing but a department's own package.
        packages = any((Path(candidate) / part).is_dir() for part in ("data", "local/data"))
        if packages and (Path(candidate) / "params").is_dir():
            return Path(candidate).resolve()
    if named:
        raise ParametersRefused(f"{named}: not a tibiao folder; allowed: one that holds data/ and params/")
    raise ParametersRefused(
        "no tibiao folder found: set TIBIAO_HOME or give --home, the folder that holds data/ and params/"
    )


def slug(text: str, what: str) -> str:
    """Return ``text`` where it is fit to be a name and a folder, else refuse.

    Raises:
        ParametersRefused: anything but lower-case letters, digits, ``_`` and ``-``, 64 at most.
    """
    if not isinstance(text, str) or not SLUG.fullmatch(text):
        raise ParametersRefused(
            f"{what} {str(text)[:80]!r}: not a name; allowed: lower-case letters, digits, _ and -, 64 at most{_meant(text)}"
        )
    return text


def _meant(text: object) -> str:
    """Return what may have been meant by what is no name: the same in small letters, or a file."""
    lower = str(text).lower()
    if lower != text and SLUG.fullmatch(lower):
        return f"; did you mean {lower}?"
    return (
        f"; a file of your own is given with -f {text}" if lower.endswith((".yaml", ".yml")) and len(lower) < 80 else ""
    )


def sha256(path: Path) -> str:
    """Return the sha256 of a file's bytes, in hex; a large file is never held whole."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def content_hash(paths: Iterable[Path], root: Path) -> str:
    """Return one sha256 over names (relative to ``root``) and bytes of several files."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


@functools.cache
def code_sha256() -> str:
    """Return the sha256 of this package's source code."""
    package = Path(__file__).parent
    return content_hash(package.rglob("*.py"), package)


def write_atomically(path: Path, content: bytes | str) -> Path:
    """Write a file under a temporary name, flush it to disk and rename it into place.

    Raises:
        InfrastructureFailed: the folder cannot be written or the disk is full; an older file stays whole.
    """
    with _into_place(path) as stream:
        stream.write(content.encode("utf-8") if isinstance(content, str) else content)
    return path


@contextlib.contextmanager
def _into_place(path: Path) -> Iterator[IO[bytes]]:
    temporary = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", suffix=HALF, delete=False) as stream:
            temporary = Path(stream.name)
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        temporary.chmod(0o644)
        temporary.replace(path)
    except BaseException as error:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
        if not isinstance(error, OSError):
            raise
        raise InfrastructureFailed(
            f"{path}: cannot be written ({error.strerror or error}); free some space or choose another --out"
        ) from error


def clear_halves(folder: Path) -> None:
    """Remove what writers that were killed have left below a folder; nobody may be writing there."""
    for half in folder.rglob(f".*{HALF}"):
        half.unlink(missing_ok=True)


def write_json(path: Path, content: dict[str, Any]) -> Path:
    """Write a dictionary as sorted, indented JSON, atomically; its text is never held whole."""
    with _into_place(path) as stream:
        _dump(content, stream)
    return path


def json_bytes(content: dict[str, Any]) -> bytes:
    """Return a dictionary as sorted, indented JSON in UTF-8."""
    written = io.BytesIO()
    _dump(content, written)
    return written.getvalue()


def _dump(content: dict[str, Any], stream: IO[bytes]) -> None:
    text = io.TextIOWrapper(stream, "utf-8", newline="\n")
    json.dump(content, text, ensure_ascii=False, indent=1, sort_keys=True, default=str)
    text.write("\n")
    text.detach()


def writable(folder: Path) -> Path:
    """Make a folder and prove that it can be written, before any work is begun.

    Raises:
        InfrastructureFailed: it cannot.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder):
            return folder
    except OSError as error:
        raise InfrastructureFailed(
            f"{folder}: cannot be written ({error.strerror or error}); choose another --out"
        ) from error
