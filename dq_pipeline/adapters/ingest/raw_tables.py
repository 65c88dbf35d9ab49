"""The raw tables and their shapes: history, its view of current records, the ledgers of loads, snapshots, rejects."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import duckdb

from dq_pipeline.adapters.warehouse import (
    column_schema,
    create_schemas,
    describe_table,
    quote_identifier,
    quote_literal,
    row_count,
)
from dq_pipeline.domain.contract import Contract
from dq_pipeline.domain.extracts import VERSION_COLUMNS, fold
from dq_pipeline.errors import InputError

# From here on one rewrite of the table is cheaper than altering it once a column: 5,000 times is half a minute.
MANY_COLUMNS = 20

_TABLES = """
create table if not exists raw.loads (
    load_id BIGINT, source VARCHAR, file VARCHAR, content_hash VARCHAR, bytes BIGINT, lines BIGINT,
    loaded BIGINT, rejected BIGINT, encoding VARCHAR, started_at TIMESTAMP, finished_at TIMESTAMP,
    status VARCHAR, note VARCHAR, run_id VARCHAR, extracts_folder VARCHAR, extracted_at TIMESTAMP,
    snapshot_id BIGINT, new_columns VARCHAR[], missing_columns VARCHAR[], renamed_columns VARCHAR[], reordered BOOLEAN,
    erased BIGINT
);
create table if not exists raw.snapshots (
    snapshot_id BIGINT, source VARCHAR, run_id VARCHAR, extracts_folder VARCHAR, extracted_at TIMESTAMP,
    loaded_at TIMESTAMP, load_ids BIGINT[], late BOOLEAN, files BIGINT, lines BIGINT, loaded BIGINT, rejected BIGINT,
    new_records BIGINT, changed_records BIGINT, unchanged_records BIGINT, deleted_records BIGINT,
    current_records BIGINT
);
create table if not exists raw.rejects (
    load_id BIGINT, source VARCHAR, file VARCHAR, line BIGINT, raw_text VARCHAR, reason VARCHAR
);
create table if not exists raw.extracts_folder (folder VARCHAR);
"""
_VERSION_COLUMNS = "_first_seen BIGINT, _last_seen BIGINT, _ended BIGINT, _deleted BOOLEAN, _file VARCHAR, _line BIGINT"
# What came from another extracts folder than today's is kept, but not current: trying the line on a second set of
# extracts must not mix two worlds. The same folder again brings the same records, and their customer ids, back.
FOLDER_IN_USE = "(select any_value(folder) from raw.extracts_folder)"
OF_FOLDER_IN_USE = f"_first_seen not in (select load_id from raw.loads where extracts_folder <> {FOLDER_IN_USE})"


def history_table(contract: Contract) -> str:
    """`raw_history.<contract id>`, quoted."""
    return f"raw_history.{quote_identifier(contract.id)}"


def data_columns(con: duckdb.DuckDBPyConnection, contract: Contract) -> list[str]:
    """The source's own columns in its history, in the table's order."""
    return [name for name, _ in column_schema(con, "raw_history", contract.id) if name not in VERSION_COLUMNS]


def ensure_raw(con: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    """Create what is missing of a source's raw tables, and bring the view `raw.<contract id>` up to date.

    The view has every column of the contract (then those that only files have, then `_load_id, _file,
    _line`), so that SQL models run before the first extract has come. Raises InputError for the tables of an
    earlier version of this project.
    """
    create_schemas(con)
    con.execute(_TABLES)
    if "snapshot_id" not in dict(describe_table(con, "raw", "loads")):
        raise InputError(
            "the warehouse was made by an earlier version of this project",
            where="raw.loads",
            fix="move the warehouse file away; the next run rebuilds it from the extracts",
        )
    con.execute("alter table raw.loads add column if not exists erased BIGINT default 0")
    con.execute(f"create table if not exists {history_table(contract)} ({_VERSION_COLUMNS})")
    add_columns(con, contract, [column.name for column in contract.columns])


def use_extracts_folder(con: duckdb.DuckDBPyConnection, extracts: Path) -> None:
    """From now on `raw.*` shows what came from this folder; needs the tables of `ensure_raw`."""
    con.execute("delete from raw.extracts_folder")
    con.execute("insert into raw.extracts_folder values (?)", [str(extracts.resolve())])


def add_columns(con: duckdb.DuckDBPyConnection, contract: Contract, names: Iterable[str]) -> bool:
    """Give the history the columns it lacks (VARCHAR, NULL in older versions) and define its views anew.

    Returns whether there was any.
    """
    table, columns = history_table(contract), describe_table(con, "raw_history", contract.id)
    present = {fold(name) for name, _ in columns}
    lacking = [name for name in names if fold(name) not in present]
    new = [quote_identifier(name) for name in lacking]
    if len(new) > MANY_COLUMNS and not row_count(con, "raw_history", contract.id):
        # Not `as select`: nothing inserted first would hide what comes next (tests/upstream/test_duckdb_insert.py).
        typed = [f"{quote_identifier(name)} {kind}" for name, kind in columns] + [f"{name} VARCHAR" for name in new]
        con.execute(f"create or replace table {table} ({', '.join(typed)})")
    elif len(new) > MANY_COLUMNS:
        nulls = ", ".join(f"cast(null as varchar) as {name}" for name in new)
        con.execute(f"create or replace table {table} as select *, {nulls} from {table}").fetchall()
    else:
        for name in new:
            con.execute(f"alter table {table} add column {name} VARCHAR")
    _create_views(con, contract, [*(name for name, _ in columns if name not in VERSION_COLUMNS), *lacking])
    return bool(new)


def _create_views(con: duckdb.DuckDBPyConnection, contract: Contract, present: Iterable[str]) -> None:
    """`raw.<id>`, the current records, and `raw.<id>_as_of(moment)`, those that were current after the last snapshot
    loaded by then. `present`: the source's own columns in its history.
    """
    known = {fold(column.name) for column in contract.columns}
    extra = [name for name in present if fold(name) not in known]
    columns = _list([*(column.name for column in contract.columns), *extra])
    rows = (
        f"select {columns}, _first_seen as _load_id, _file, _line from {history_table(contract)} "
        f"where {OF_FOLDER_IN_USE}"
    )
    con.execute(f"create or replace view raw.{quote_identifier(contract.id)} as {rows} and _ended is null")
    snapshot = (
        f"select coalesce(max(snapshot_id), 0) from raw.snapshots where source = {quote_literal(contract.id)} "
        f"and extracts_folder = {FOLDER_IN_USE} and loaded_at <= moment::timestamp"
    )
    con.execute(
        f"create or replace macro raw.{quote_identifier(contract.id + '_as_of')}(moment) as table {rows} "
        f"and _first_seen <= ({snapshot}) and (_ended is null or _ended > ({snapshot}))"
    )


def _list(names: Sequence[str]) -> str:
    return ", ".join(quote_identifier(name) for name in names)
