"""Tables of which a night changes few rows: everything is computed, only what differs is written.

Of a large table, computing the rows takes a third of the time and writing them the rest. Which rows differ is seen from
hashes, of the computed and of the stored rows, summed by the key that the model's header names. So nothing has to be
known of how a row depends on what the model reads, and the table is always what making it anew would give, but for the
order of its rows.
"""

from __future__ import annotations

import duckdb

from dq_pipeline.adapters.sql_models import SqlModel, refusals_of
from dq_pipeline.adapters.warehouse import column_schema, quote_identifier, quote_literal, row_count

# Beyond these, writing everything is no dearer than picking out what differs.
_SHARE_CHANGED = 0.05
_MOST_CHANGED = 50_000


def write_changed_rows(con: duckdb.DuckDBPyConnection, model: SqlModel, key: str) -> bool:
    """Bring the model's table up to date by its rows that differ; False when it must be made anew instead.

    `key`: the column, a text, by which rows are matched; a row is found to differ also where the key is not unique.
    """
    with refusals_of(model):
        return _is_table(con, model) and _fits(con, model, key) and _write(con, model, key)


def _is_table(con: duckdb.DuckDBPyConnection, model: SqlModel) -> bool:
    found = con.execute(
        "select 1 from duckdb_tables() where database_name = current_database() and schema_name = ? and table_name = ?",
        [model.schema, model.name],
    ).fetchall()
    return bool(found)


def _fits(con: duckdb.DuckDBPyConnection, model: SqlModel, key: str) -> bool:
    """Whether the stored columns are still those of the SELECT, and the key one of them."""
    stored = column_schema(con, model.schema, model.name)
    computed = [(name, kind) for name, kind, *_ in con.execute(f"describe {model.sql}").fetchall()]
    return stored == computed and dict(stored).get(key) == "VARCHAR"


def _write(con: duckdb.DuckDBPyConnection, model: SqlModel, key: str) -> bool:
    """Write what differs; False, and nothing written, where that is much of the table."""
    by = quote_identifier(key)
    columns = [name for name, _ in column_schema(con, model.schema, model.name)]
    hashed = f"{by} as key, hash({', '.join(map(quote_identifier, columns))})::hugeint as content"
    # Rows that are the same cancel out; a sum of 64-bit hashes does so by chance once in 10^19 changed keys.
    con.execute(
        f"create or replace temp table changed_keys as select key from (select {hashed}, 1 as times from ({model.sql}) "
        f"union all select key, -content, -1 from (select {hashed} from {model.target})) "
        "group by key having sum(content) <> 0 or sum(times) <> 0"
    )
    changed = [found for (found,) in con.execute("select key from changed_keys").fetchall()]
    if len(changed) > min(_MOST_CHANGED, _SHARE_CHANGED * row_count(con, model.schema, model.name)) or None in changed:
        return False
    if changed:
        con.execute(f"delete from {model.target} where {by} in (select key from changed_keys)")
        # Written out, the keys are looked up before the tables are joined; from a table, only after.
        texts = ", ".join(quote_literal(found) for found in changed)
        con.execute(f"insert into {model.target} by name select * from ({model.sql}) where {by} in ({texts})")
    con.execute("drop table changed_keys")
    return True
