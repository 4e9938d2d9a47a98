"""Gather: one table of all results of a batch, as CSV and as Parquet, one scenario in memory at a time."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq

from analysis import files
from analysis.errors import InfrastructureFailed, ScenarioFailed
from analysis.model.results import COLUMNS, KEY


def gather(folders: Sequence[Path], out: Path) -> list[Path]:
    """Write ``results.csv`` and ``results.parquet`` from the result folders of a batch; nothing where there are none.

    Rows stand in the order of their keys, whatever the order in which they were made.

    Args:
        folders: each with ``results.csv`` and ``record.json``.
        out: the output folder.

    Raises:
        ScenarioFailed: a stored table that is not what its record says.
        InfrastructureFailed: the disk is full.
    """
    if not folders:
        return []
    paths = out / "results.csv", out / "results.parquet"
    halves = [path.with_name(f".{path.name}{files.HALF}") for path in paths]
    try:
        with halves[0].open("wb") as text, _parquet(halves[1]) as parquet:
            text.write(",".join(COLUMNS).encode() + b"\n")
            for rows in _by_scenario(folders):
                text.write(rows)
                parquet.add(rows)
        for half in halves:
            with half.open("rb+") as written:
                os.fsync(written.fileno())
        for half, path in zip(halves, paths, strict=True):
            half.chmod(0o644)
            half.replace(path)
    except OSError as error:
        raise InfrastructureFailed(f"{out}: cannot be written ({error.strerror or error}); free some space") from error
    finally:
        for half in halves:
            half.unlink(missing_ok=True)
    return list(paths)


def _by_scenario(folders: Sequence[Path]) -> Iterator[bytes]:
    """Yield the lines of each scenario in the order of their keys; those of the packages come first."""
    holders: dict[str, list[Path]] = {}
    compared: dict[str, list[list[str]]] = {}
    for folder in folders:
        record = json.loads((folder / "record.json").read_text("utf-8"))
        if record["results_sha256"] != files.sha256(folder / "results.csv"):
            raise ScenarioFailed(f"{folder / 'results.csv'}: is not what its record says; run again")
        if "compared" in record["inputs"]:
            for row in _rows(folder):
                compared.setdefault(row[0], []).append(row)
        else:
            holders.setdefault(next(_rows(folder))[0], []).append(folder)
    for scenario in sorted({*holders, *compared}, key=lambda name: f"{name}:"):
        own = holders.get(scenario, [])
        if len(own) == 1 and scenario not in compared:
            yield (own[0] / "results.csv").read_bytes().partition(b"\n")[2]  # in order as it is
            continue
        rows = [row for folder in own for row in _rows(folder)] + compared.pop(scenario, [])
        lines = io.StringIO()
        csv.writer(lines, lineterminator="\n").writerows(sorted(rows, key=_key))
        yield lines.getvalue().encode()


def _rows(folder: Path) -> Iterator[list[str]]:
    rows = csv.reader(io.StringIO((folder / "results.csv").read_text("utf-8")))
    next(rows)
    return rows


def _key(row: list[str]) -> str:
    return ":".join(row[COLUMNS.index(name)] for name in KEY)


class _parquet:  # noqa: N801 - used as a with-statement's noun
    """Writes rows as Parquet, a row group a scenario: every column is text but the value."""

    def __init__(self, path: Path):
        self._path = path
        self._schema = pa.schema([(name, pa.float64() if name == "value" else pa.string()) for name in COLUMNS])
        self._read = pc.ConvertOptions(column_types=self._schema, strings_can_be_null=False)

    def __enter__(self) -> _parquet:
        self._writer = pq.ParquetWriter(self._path, self._schema, compression="zstd")
        return self

    def add(self, lines: bytes) -> None:
        columns = pc.ReadOptions(column_names=COLUMNS)
        self._writer.write_table(pc.read_csv(io.BytesIO(lines), columns, convert_options=self._read))

    def __exit__(self, *_: object) -> None:
        self._writer.close()
