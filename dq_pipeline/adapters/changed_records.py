"""Which records' rows changed in which table, so that what is made from them need look at these records alone.

Whoever brings a table of records up to date notes here the keys whose rows it wrote or removed, or that any may have
changed. Whoever reads the table remembers up to which note it has read. A note is written in the transaction of the
rows it is about, so a killed run leaves neither.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import uuid4

import duckdb

from dq_pipeline.adapters.warehouse import quote_literal, table_comment

CHANGED_RECORDS = "staging.changed_records"
# Some ten are written a night; a reader that has missed more reads everything.
_NOTES_KEPT = 60


def note_changed(con: duckdb.DuckDBPyConnection, table: str, keys: str | None) -> None:
    """Note that rows of `table` changed: `keys` is a SELECT of their record keys, None where it may be any."""
    _create(con)
    number = _newest(con) + 1
    con.execute(f"delete from {CHANGED_RECORDS} where number <= ?", [number - _NOTES_KEPT])
    con.execute(f"insert into {CHANGED_RECORDS} values (?, ?, null)", [number, table if keys is None else ""])
    if keys is not None:
        con.execute(
            f"insert into {CHANGED_RECORDS} select {number}, {quote_literal(table)}, record_key "
            f"from ({keys}) as noted(record_key) where record_key is not null"
        )


def last_note(con: duckdb.DuckDBPyConnection) -> str:
    """A name for the newest note: what a reader remembers."""
    _create(con)
    return f"{table_comment(con, 'staging', 'changed_records')}:{_newest(con)}"


def changed_since(con: duckdb.DuckDBPyConnection, note: str, tables: Iterable[str]) -> list[str] | None:
    """Keys of the records whose rows in one of `tables` changed after `note`, sorted; None where it may be any."""
    _create(con)
    log, _, number = note.partition(":")
    oldest, newest = con.execute(f"select min(number), max(number) from {CHANGED_RECORDS}").fetchall()[0]
    if log != table_comment(con, "staging", "changed_records") or not number.isdigit() or oldest is None:
        return None
    if not oldest - 1 <= int(number) <= newest:
        return None
    found = con.execute(
        f"select distinct record_key from {CHANGED_RECORDS} where number > ? and list_contains(?, table_name) "
        "order by record_key",
        [int(number), list(tables)],
    ).fetchall()
    keys = [key for (key,) in found]
    return None if None in keys else keys


def _newest(con: duckdb.DuckDBPyConnection) -> int:
    return int(con.execute(f"select coalesce(max(number), 0) from {CHANGED_RECORDS}").fetchall()[0][0])


def _create(con: duckdb.DuckDBPyConnection) -> None:
    """Make the table where it is missing, under a name no reader can know from one that was there before."""
    if table_comment(con, "staging", "changed_records") is None:
        con.execute(
            f"create or replace table {CHANGED_RECORDS} (number BIGINT, table_name VARCHAR, record_key VARCHAR)"
        )
        con.execute(f"comment on table {CHANGED_RECORDS} is '{uuid4().hex}'")
