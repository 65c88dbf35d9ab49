"""Prepared lines into the history; those without a key into the rejects."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import duckdb

from dq_pipeline.adapters.ingest.prepared import Extract, Prepared
from dq_pipeline.adapters.ingest.raw_tables import history_table
from dq_pipeline.adapters.ingest.versions import Versions
from dq_pipeline.adapters.warehouse import quote_identifier, quote_literal
from dq_pipeline.errors import InputError

_BLANKS = " \t\r\n\u00a0"


def insert_only(extract: Extract, prepared: Prepared, versions: Versions) -> int:
    """The only file of a source without history: its lines at once. Returns how many have a key."""
    arguments = (prepared.plan.names, prepared.expressions, prepared.relation, extract.rejects.load_id, extract.name)
    _read(extract, prepared, lambda: versions.insert_all(*arguments))
    table = history_table(extract.contract)
    where = f"_first_seen = {extract.rejects.load_id} and ({_without_key(extract)})"
    row = ", ".join(f"{quote_identifier(name)} := {quote_identifier(name)}" for name in prepared.plan.names)
    keyless = f"select _line, cast(to_json(struct_pack({row})) as varchar) from {table} where {where}"
    return prepared.lines - _reject(extract, keyless, f"delete from {table} where {where}")


def insert_compared(extract: Extract, prepared: Prepared, versions: Versions, moment: datetime) -> int:
    """The lines of a file, waiting to be settled with those of its snapshot. Returns how many have a key."""
    arguments = (prepared.plan.names, prepared.expressions, prepared.relation, extract.rejects.load_id, extract.name)
    _read(extract, prepared, lambda: versions.compare(*arguments, moment))
    load_id, empty = extract.rejects.load_id, _without_key(extract)
    delete = f"delete from arrivals where _load_id = {load_id} and ({empty})"
    return prepared.lines - _reject(extract, versions.reject_without_key(empty, load_id), delete)


def _read(extract: Extract, prepared: Prepared, read: Callable[[], int]) -> None:
    """Raises InputError when DuckDB cannot read the lines after all, or reads another number of lines than were
    written for it: then record boundaries were seen differently, and values may be in wrong columns.
    """
    if not prepared.lines:
        return
    try:
        rows = read()
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error as error:
        # DuckDB's own words quote the line, which is a customer's.
        raise _unreadable(extract, type(error).__name__) from None
    if rows != prepared.lines:
        raise _unreadable(extract, f"{rows} lines of {prepared.lines}")


def _unreadable(extract: Extract, detail: str) -> InputError:
    return InputError(
        f"DuckDB cannot read the file's lines ({detail})",
        where=extract.name,
        fix="check the file's format against the contract, or export it again",
    )


def _without_key(extract: Extract) -> str:
    blanks = quote_literal(_BLANKS)
    return " or ".join(f"coalesce(trim({quote_identifier(name)}, {blanks}), '') = ''" for name in extract.contract.key)


def _reject(extract: Extract, keyless: str, delete: str) -> int:
    """Move lines without a key to the rejects; returns how many."""
    reason = quote_literal(f"the key ({', '.join(extract.contract.key)}) is empty")
    moved = extract.rejects.add_selected(f"select *, {reason} from ({keyless})")
    if moved:
        extract.con.execute(delete).fetchall()
    return moved
