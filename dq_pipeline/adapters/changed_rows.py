"""Tables of which a night changes few rows: only what differs is written.

Of a large table, computing the rows takes a third of the time and writing them the rest. Which rows differ is seen from
hashes, of the computed and of the stored rows, summed by the key that the model's header names. So nothing has to be
known of how a row depends on what the model reads, and the table is always what making it anew would give, but for the
order of its rows. Where it is known which rows may differ (`record_rows`), only they are computed.
"""

from __future__ import annotations

from collections.abc import Collection

import duckdb

from dq_pipeline.adapters.sql_models import SqlModel, refusals_of, same_columns
from dq_pipeline.adapters.warehouse import column_schema, quote_identifier, quote_literal, row_count

_CHANGED_KEYS = "temp.changed_keys"
# Beyond these, writing everything is no dearer than picking out what differs.
_SHARE_CHANGED = 0.05
_MOST_CHANGED = 50_000
# Up to as many rows are kept while they are compared; more are computed again, those that differ alone.
_KEPT_WHILE_COMPARED = 100_000


def write_changed_rows(con: duckdb.DuckDBPyConnection, model: SqlModel, key: str) -> bool:
    """Bring the model's table up to date by its rows that differ; False when it must be made anew instead.

    `key`: the column, a text, by which rows are matched; a row is found to differ also where the key is not unique.
    """
    con.execute(f"drop table if exists {_CHANGED_KEYS}")
    with refusals_of(model):
        return fits(con, model, key) and _write(con, model, key)


def found_changed(con: duckdb.DuckDBPyConnection) -> str | None:
    """A SELECT of the keys that the last `write_changed_rows` found to differ, whether it wrote them or not.

    None where it compared nothing, or they are too many to be named.
    """
    compared = con.execute("select 1 from duckdb_tables() where temporary and table_name = 'changed_keys'").fetchall()
    if not compared or con.execute(f"select count(*) from {_CHANGED_KEYS}").fetchall()[0][0] > _MOST_CHANGED:
        return None
    return f"select key from {_CHANGED_KEYS}"


def fits(con: duckdb.DuckDBPyConnection, model: SqlModel, key: str) -> bool:
    """Whether there is a table whose columns are those of the SELECT, and the key one of them."""
    return same_columns(con, model) and dict(column_schema(con, model.schema, model.name)).get(key) == "VARCHAR"


def are_few(con: duckdb.DuckDBPyConnection, model: SqlModel, changed: int) -> bool:
    """Whether as many keys are picked out sooner than the whole table is written."""
    return changed <= min(_MOST_CHANGED, _SHARE_CHANGED * row_count(con, model.schema, model.name))


def replace_rows(
    con: duckdb.DuckDBPyConnection, model: SqlModel, key: str, keys: Collection[str], rows: str = ""
) -> None:
    """Write the rows of these keys anew, and no others; `rows`: a SELECT of the model's rows, other than its own."""
    if not keys:
        return
    # Written out, the keys are looked up before the tables are joined; from a table, only after.
    among = f"{quote_identifier(key)} in ({', '.join(map(quote_literal, keys))})"
    con.execute(f"delete from {model.target} where {among}")
    con.execute(f"insert into {model.target} by name select * from ({rows or model.sql}) where {among}")


def _write(con: duckdb.DuckDBPyConnection, model: SqlModel, key: str) -> bool:
    """Write what differs; False, and nothing written, where that is much of the table."""
    by, rows = quote_identifier(key), model.sql
    columns = [name for name, _ in column_schema(con, model.schema, model.name)]
    if row_count(con, model.schema, model.name) <= _KEPT_WHILE_COMPARED:
        con.execute(f"create or replace temp table computed_rows as {model.sql}")
        rows = "from temp.computed_rows"
    hashed = f"{by} as key, hash({', '.join(map(quote_identifier, columns))})::hugeint as content"
    # Rows that are the same cancel out; a sum of 64-bit hashes does so by chance once in 10^19 changed keys.
    con.execute(
        f"create or replace temp table changed_keys as select key from (select {hashed}, 1 as times from ({rows}) "
        f"union all select key, -content, -1 from (select {hashed} from {model.target})) "
        "group by key having sum(content) <> 0 or sum(times) <> 0"
    )
    changed = [found for (found,) in con.execute(f"select key from {_CHANGED_KEYS}").fetchall()]
    few = are_few(con, model, len(changed)) and None not in changed
    if few:
        replace_rows(con, model, key, changed, rows)
    elif rows != model.sql:
        con.execute(f"create or replace table {model.target} as {rows}")
    con.execute("drop table if exists temp.computed_rows")
    return few or rows != model.sql
