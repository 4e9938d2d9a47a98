"""Table: the Parquet file of one combination, which pandas, polars and DuckDB read without being told anything."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from analysis import files
from analysis.model.results import COLUMNS

SCHEMA = 1
_INPUTS = b"tibiao.inputs_sha256"


def kinds(grid: Mapping[str, Sequence[Any]]) -> dict[str, str]:
    """Return the type of each swept key's column: truth, number or text, the same in every file of a sweep."""
    found = {}
    for key, values in grid.items():
        if all(isinstance(value, bool) for value in values):
            found[key] = "bool"
        else:
            numbers = all(isinstance(value, int | Decimal) and not isinstance(value, bool) for value in values)
            found[key] = "double" if numbers else "string"
    return found


def inputs_sha256(inputs: Mapping[str, Any]) -> str:
    """Return the sha256 of all that a combination's rows rest on."""
    return hashlib.sha256(json.dumps(inputs, sort_keys=True, ensure_ascii=False, default=str).encode()).hexdigest()


def write(path: Path, rows: pd.DataFrame, kinds: Mapping[str, str], inputs: str) -> None:
    """Write a combination's rows whole or not at all; the same rows give the same bytes.

    Args:
        path: the file.
        rows: the columns of the results table, base_scenario, and one column per swept key.
        kinds: as from :func:`kinds`.
        inputs: sha256 of what the rows rest on, kept in the file.

    Raises:
        InfrastructureFailed: the disk is full, or the folder cannot be written.
    """
    types = dict.fromkeys([*COLUMNS, "base_scenario"], "string") | {"value": "double"} | dict(kinds)
    schema = pa.schema([(name, pa.type_for_alias(kind)) for name, kind in types.items()], {_INPUTS: inputs.encode()})
    plain = {field.name: _plain(rows[field.name], field.type) for field in schema}
    buffer = io.BytesIO()
    # A page that was damaged on the disk is told by its checksum.
    pq.write_table(pa.table(plain, schema=schema), buffer, compression="zstd", write_page_checksum=True)
    files.write_atomically(path, buffer.getvalue())


def _plain(column: pd.Series, kind: pa.DataType) -> pa.Array:
    plain = str if pa.types.is_string(kind) else bool if pa.types.is_boolean(kind) else float
    return pa.array(column.astype(plain), type=kind, from_pandas=False)


def read_unchanged(path: Path, inputs: str) -> pd.DataFrame | None:
    """Return the rows of a file that was made from these inputs and is whole; None elsewhere."""
    try:
        if (pq.read_schema(path).metadata or {}).get(_INPUTS) != inputs.encode():
            return None
        return pq.read_table(path, partitioning=None, page_checksum_verification=True).to_pandas()
    except (OSError, pa.ArrowException):
        return None
