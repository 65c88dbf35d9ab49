"""Rows of `staging.source_records` that came and went since their values were last parsed.

A night changes one record in a hundred, so what depends on values only need look at these rows: what came may be new,
what went may be used no more. A source's table keeps them here when it is brought up to date; the parsers take them in
the transaction in which they write their answers, so a killed night loses none.

That they are the whole difference is not believed but checked: the rows there were, with what came and without what
went, must be the rows there are, by a sum of hashes of where each was read. Whatever bypassed this table, as an erasure
or a source made anew from another folder, does not add up, and then everything is read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import duckdb

from dq_pipeline.adapters.source_records import records_of, source_problems
from dq_pipeline.adapters.warehouse import column_schema, quote_literal, table_comment
from dq_pipeline.domain.canonical import RECORD_COLUMNS

SOURCE_CHANGES = "staging.source_changes"
# Temporary tables of `take_changes`, of the columns of `staging.source_records`.
CAME, WENT = "temp.records_come", "temp.records_gone"
TAKEN_KEYS = f"select record_key from {CAME} union select record_key from {WENT}"
_ORIGIN = "contract_id, _load_id, _file, _line"


def keep_changes(con: duckdb.DuckDBPyConnection, source: str, rows: str, *, came: bool) -> None:
    """Keep rows of `staging.<source>` that come or go: `rows` is a SELECT of them.

    A table that is no customer source, or does not fit the canonical shape, is left alone.
    """
    if any(source_problems(con, source)):
        return
    _create(con)
    con.execute(
        f"insert into {SOURCE_CHANGES} by name select *, {came} as came from ({records_of(source, f'({rows})')})"
    ).fetchall()


def take_changes(con: duckdb.DuckDBPyConnection, basis: str, made: str) -> bool:
    """Make the tables CAME and WENT; False, and no promise about them, when more may have changed.

    `basis`: names all but the rows that the last answers stood on; `made`: names those answers as they are. Where
    either is not what it was at the last `settle_changes`, everything may have changed.
    """
    if not basis:
        return False
    _create(con)
    other = f"select 1 from {SOURCE_CHANGES} as other where other.came <> change.came and " + " and ".join(
        f"other.{name} = change.{name}" for name in _ORIGIN.split(", ")
    )
    for table, came in ((CAME, "change.came"), (WENT, "not change.came")):
        # What both came and went, on two nights of which the first was cut off, did neither.
        con.execute(
            f"create or replace temp table {table.removeprefix('temp.')} as select * exclude (came) "
            f"from {SOURCE_CHANGES} as change where {came} and not exists ({other})"
        )
    then = (table_comment(con, "staging", "source_changes") or "").split()
    if len(then) != 3 or then[:2] != [basis, made]:
        return False
    return int(then[2]) + _content(con, CAME) - _content(con, WENT) == _content(con, "staging.source_records")


def settle_changes(con: duckdb.DuckDBPyConnection, basis: str, made: str) -> None:
    """Everything that depends on values has been brought up to date: forget the changes, remember the rows."""
    if not basis:
        con.execute(f"drop table if exists {SOURCE_CHANGES}")
        return
    con.execute(f"delete from {SOURCE_CHANGES}")
    state = f"{basis} {made} {_content(con, 'staging.source_records')}"
    con.execute(f"comment on table {SOURCE_CHANGES} is {quote_literal(state)}")


def sources_basis(con: duckdb.DuckDBPyConnection, sources: Iterable[str], *facts: object) -> str:
    """A name for what the rows of the sources are made by, and for `facts`; '' where a source does not say.

    A source's rows follow from where they were read only if its table is mapped row by row, which its comment tells.
    """
    view = con.execute(
        "select sql from duckdb_views() where database_name = current_database() and schema_name = 'staging' "
        "and view_name = 'source_records'"
    ).fetchall()
    made_by = [table_comment(con, "staging", source) for source in sources]
    if not view or not made_by or None in made_by:
        return ""
    return hashlib.sha256(repr((view, made_by, facts)).encode()).hexdigest()


def _create(con: duckdb.DuckDBPyConnection) -> None:
    """Make the table where it is missing, or of another version of the project."""
    columns = {**RECORD_COLUMNS, "came": "BOOLEAN"}
    if [name for name, _ in column_schema(con, "staging", "source_changes")] != list(columns):
        typed = ", ".join(f"{name} {kind}" for name, kind in columns.items())
        con.execute(f"create or replace table {SOURCE_CHANGES} ({typed})")


def _content(con: duckdb.DuckDBPyConnection, table: str) -> int:
    return int(con.execute(f"select coalesce(sum(hash({_ORIGIN})::hugeint), 0) from {table}").fetchall()[0][0])
