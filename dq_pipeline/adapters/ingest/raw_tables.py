"""The raw tables and their shapes: history, its view of current lines, the ledger of loads, the rejects."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import duckdb

from dq_pipeline.adapters.warehouse import column_schema, create_schemas, quote_identifier
from dq_pipeline.domain.contract import Contract
from dq_pipeline.domain.extracts import ROW_ORIGIN, fold

# From here on one rewrite of the table is cheaper than altering it once a column: 5,000 times is half a minute.
MANY_COLUMNS = 20

_ORIGIN = "_load_id BIGINT, _file VARCHAR, _line BIGINT"

_LOADS = """
create table if not exists raw.loads (
    load_id BIGINT, source VARCHAR, file VARCHAR, content_hash VARCHAR, bytes BIGINT, lines BIGINT,
    loaded BIGINT, rejected BIGINT, encoding VARCHAR, started_at TIMESTAMP, finished_at TIMESTAMP,
    status VARCHAR, note VARCHAR, run_id VARCHAR, extracts_folder VARCHAR
);
create table if not exists raw.extracts_folder (folder VARCHAR)
"""
# What came from another extracts folder than today's is kept, but not current: trying the line on a second set of
# extracts must not mix two worlds. The same folder again brings the same records, and their customer ids, back.
_NOT_CURRENT = (
    "(select load_id from raw.loads where extracts_folder <> (select any_value(folder) from raw.extracts_folder))"
)
_REJECTS = """
create table if not exists raw.rejects (
    load_id BIGINT, source VARCHAR, file VARCHAR, line BIGINT, raw_text VARCHAR, reason VARCHAR
)
"""


def history_table(contract: Contract) -> str:
    """`raw_history.<contract id>`, quoted."""
    return f"raw_history.{quote_identifier(contract.id)}"


def ensure_raw(con: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    """Create what is missing of a source's raw tables, and bring the view `raw.<contract id>` up to date.

    The view has every column of the contract (then those that only files have, then `_load_id, _file,
    _line`), so that SQL models run before the first extract has come.
    """
    create_schemas(con)
    con.execute(_LOADS)
    con.execute("alter table raw.loads add column if not exists extracts_folder VARCHAR")
    con.execute(_REJECTS)
    con.execute(f"create table if not exists {history_table(contract)} ({_ORIGIN})")
    add_columns(con, contract, [column.name for column in contract.columns])


def use_extracts_folder(con: duckdb.DuckDBPyConnection, extracts: Path) -> None:
    """From now on `raw.*` shows what came from this folder; needs the tables of `ensure_raw`."""
    con.execute("delete from raw.extracts_folder")
    con.execute("insert into raw.extracts_folder values (?)", [str(extracts.resolve())])


def add_columns(con: duckdb.DuckDBPyConnection, contract: Contract, names: Iterable[str]) -> None:
    """Give the history the columns it lacks (VARCHAR, NULL in older lines) and define the view anew."""
    table = history_table(contract)
    present = {fold(name) for name, _ in column_schema(con, "raw_history", contract.id)}
    new = [quote_identifier(name) for name in names if fold(name) not in present]
    if len(new) > MANY_COLUMNS:
        nulls = ", ".join(f"cast(null as varchar) as {name}" for name in new)
        con.execute(f"create or replace table {table} as select *, {nulls} from {table}").fetchall()
    else:
        for name in new:
            con.execute(f"alter table {table} add column {name} VARCHAR")
    _create_view(con, contract)


def _create_view(con: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    # The row ids of the latest lines are found over the key alone and then fetched: 2.3 s for a million
    # lines of 30 columns, where a window over whole lines takes 9.6 s.
    known = {fold(column.name) for column in contract.columns}
    stored = [name for name, _ in column_schema(con, "raw_history", contract.id)]
    extra = [name for name in stored if fold(name) not in known and name not in ROW_ORIGIN]
    columns = _list([*(column.name for column in contract.columns), *extra, *ROW_ORIGIN])
    table = history_table(contract)
    con.execute(
        f"create or replace view raw.{quote_identifier(contract.id)} as select {columns} from {table} "
        f"where rowid in (select arg_max(rowid, {{'load': _load_id, 'line': _line}}) from {table} "
        f"where _load_id not in {_NOT_CURRENT} group by {_list(contract.key)})"
    )


def _list(names: Sequence[str]) -> str:
    return ", ".join(quote_identifier(name) for name in names)
