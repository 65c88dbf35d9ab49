"""Prepared lines into the history; those without a key into the rejects."""

from __future__ import annotations

import duckdb

from dq_pipeline.adapters.ingest.prepared import Extract, Prepared
from dq_pipeline.adapters.ingest.raw_tables import history_table
from dq_pipeline.adapters.warehouse import quote_identifier, quote_literal
from dq_pipeline.errors import InputError

_BLANKS = " \t\r\n\u00a0"


def insert_prepared(extract: Extract, prepared: Prepared) -> int:
    """Load the lines and return how many have a key; the others are rejects.

    Raises InputError when DuckDB cannot read them after all, or reads another number of lines than were
    written for it: then record boundaries were seen differently, and values may be in wrong columns.
    """
    if not prepared.lines:
        return 0
    names = ", ".join(map(quote_identifier, prepared.plan.names))
    values = ", ".join(prepared.expressions)
    try:
        rows = extract.con.execute(
            f"insert into {history_table(extract.contract)} ({names}, _load_id, _file, _line) "
            f"select {values}, ?, ?, _line from {prepared.relation}",
            [extract.rejects.load_id, extract.name],
        ).fetchall()
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error as error:
        # DuckDB's own words quote the line, which is a customer's.
        raise _unreadable(extract, type(error).__name__) from None
    if rows[0][0] != prepared.lines:
        raise _unreadable(extract, f"{rows[0][0]} lines of {prepared.lines}")
    return prepared.lines - _reject_without_key(extract, prepared)


def _unreadable(extract: Extract, detail: str) -> InputError:
    return InputError(
        f"DuckDB cannot read the file's lines ({detail})",
        where=extract.name,
        fix="check the file's format against the contract, or export it again",
    )


def _reject_without_key(extract: Extract, prepared: Prepared) -> int:
    """Move this load's lines without a key to the rejects, their values as a JSON object."""
    table, key = history_table(extract.contract), extract.contract.key
    blanks = quote_literal(_BLANKS)
    empty = " or ".join(f"coalesce(trim({quote_identifier(name)}, {blanks}), '') = ''" for name in key)
    where = f"_load_id = {extract.rejects.load_id} and ({empty})"
    row = ", ".join(f"{quote_identifier(name)} := {quote_identifier(name)}" for name in prepared.plan.names)
    reason = quote_literal(f"the key ({', '.join(key)}) is empty")
    moved = extract.rejects.add_selected(
        f"select _line, cast(to_json(struct_pack({row})) as varchar), {reason} from {table} where {where}"
    )
    if moved:
        extract.con.execute(f"delete from {table} where {where}").fetchall()
    return moved
