"""Which records' rows changed in which table, so that what is made from them need look at these records alone.

Whoever brings a table of records up to date notes here the keys whose rows it wrote or removed, or that any may have
changed. Whoever reads the table remembers up to which note it has read. A note is written in the transaction of the
rows it is about, so a killed run leaves neither.

The comment of such a table says that its changes are noted, and how many rows it was left with: where it has another
number, or the comment is gone, somebody else was at it, and all of it is to be read. Who takes rows out of tables
without knowing of them, as an erasure, forgets the notes.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import uuid4

import duckdb

from dq_pipeline.adapters.warehouse import quote_literal, row_count, table_comment

CHANGED_RECORDS = "staging.changed_records"
# Some fifteen are written a night; a reader that has missed more reads everything.
_NOTES_KEPT = 60
_NOTED = "changes noted, "


def note_changed(con: duckdb.DuckDBPyConnection, table: str, keys: str | None) -> None:
    """Note that rows of `table` changed: `keys` is a SELECT of their record keys, None where it may be any."""
    _log(con)
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
    return f"{_log(con)}:{_newest(con)}"


def changed_since(con: duckdb.DuckDBPyConnection, note: str, tables: Iterable[str]) -> str | None:
    """A SELECT of the keys, each once, of records whose rows in one of `tables` changed after `note`; None where it may
    be any."""
    log, _, number = note.partition(":")
    known = _log(con)
    oldest, newest = con.execute(f"select min(number), max(number) from {CHANGED_RECORDS}").fetchall()[0]
    if log != known or not number.isdigit() or oldest is None:
        return None
    if not oldest - 1 <= int(number) <= newest:
        return None
    listed = ", ".join(map(quote_literal, tables))
    found = f"from {CHANGED_RECORDS} where number > {int(number)} and table_name in ({listed})"
    if con.execute(f"select exists ({found} and record_key is null)").fetchall()[0][0]:
        return None
    return f"select distinct record_key {found}"


def mark_noted(con: duckdb.DuckDBPyConnection, table: str, by: str) -> None:
    """Say of `schema.table` that its changes are noted until now; `by`, a word, names how its rows are made."""
    state = f"{_NOTED}{by} {last_note(con)} {row_count(con, *table.split('.'))}"
    con.execute(f"comment on table {table} is {quote_literal(state)}")


def is_noted(con: duckdb.DuckDBPyConnection, table: str) -> bool:
    """Whether `schema.table` says that its changes are noted."""
    return (table_comment(con, *table.split(".")) or "").startswith(_NOTED)


def noted_as(con: duckdb.DuckDBPyConnection, table: str) -> tuple[str, str] | None:
    """(how its rows are made, the note until which they are) of `schema.table`; None where it says no such thing, or
    has not the rows any more that it was left with."""
    comment = table_comment(con, *table.split(".")) or ""
    said = comment.removeprefix(_NOTED).split() if comment.startswith(_NOTED) else []
    if len(said) != 3 or said[2] != str(row_count(con, *table.split("."))):
        return None
    return said[0], said[1]


def forget_notes(con: duckdb.DuckDBPyConnection) -> None:
    """Whoever reads by notes reads everything next time."""
    con.execute(f"drop table if exists {CHANGED_RECORDS}")


def _newest(con: duckdb.DuckDBPyConnection) -> int:
    return int(con.execute(f"select coalesce(max(number), 0) from {CHANGED_RECORDS}").fetchall()[0][0])


def _log(con: duckdb.DuckDBPyConnection) -> str:
    """The name of the notes; they are begun where there are none, under a name that no reader can know."""
    name = table_comment(con, "staging", "changed_records")
    if name is None:
        name = uuid4().hex
        con.execute("create schema if not exists staging")
        con.execute(
            f"create or replace table {CHANGED_RECORDS} (number BIGINT, table_name VARCHAR, record_key VARCHAR)"
        )
        con.execute(f"comment on table {CHANGED_RECORDS} is '{name}'")
    return name
