"""Parquet: every column as text, timestamps as ISO 8601, nested values as JSON."""

from __future__ import annotations

import duckdb

from dq_pipeline.adapters.ingest.decode import byte_blocks
from dq_pipeline.adapters.ingest.prepared import Extract, Prepared, checked_plan, no_lines
from dq_pipeline.adapters.warehouse import quote_identifier, quote_literal
from dq_pipeline.errors import InputError

_NESTED = ("STRUCT", "MAP", "UNION", "VARIANT", "JSON")


def read_parquet_file(extract: Extract) -> Prepared:
    """`_line` is the row's number in the file. Raises InputError when the file is no readable Parquet."""
    with extract.scratch.open("wb") as scratch:
        for block in byte_blocks(extract.path, extract.name):
            scratch.write(block)
    source = f"read_parquet({quote_literal(str(extract.scratch))}, file_row_number = true)"
    try:
        described = extract.con.execute(f"describe select * from {source}").fetchall()
        lines = extract.con.execute(f"select count(*) from {source}").fetchall()[0][0]
    except duckdb.Error:
        raise InputError(
            "the file is not readable as Parquet",
            where=extract.name,
            fix="transfer or export it again, or correct the format in the contract",
        ) from None
    if not lines:
        raise no_lines(extract)
    columns = [(row[0], row[1]) for row in described if row[0] != "file_row_number"]
    relation = f"(select *, file_row_number + 1 as _line from {source})"
    plan = checked_plan(extract, [name for name, _ in columns])
    return Prepared(plan, relation, [_as_text(name, kind) for name, kind in columns], int(lines))


def _as_text(name: str, kind: str) -> str:
    column = quote_identifier(name)
    if kind.startswith("TIMESTAMP"):
        return f"replace(cast({column} as varchar), ' ', 'T')"
    if kind.startswith(_NESTED) or kind.endswith("]"):
        return f"cast(to_json({column}) as varchar)"
    if kind == "BLOB":  # older writers do not mark text as text
        return f"coalesce(try(decode({column})), cast({column} as varchar))"
    return f"cast({column} as varchar)"
