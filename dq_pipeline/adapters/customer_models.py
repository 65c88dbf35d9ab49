"""Models whose rows depend on what is known of one customer each: only those of customers concerned are computed.

The SELECT stays what it is. Of every table it reads that names customers or records, it is given those concerned only
(adapters/customer_inputs); a table that names neither is looked things up in, and when one of these changes, or how a
table is made that the model reads, the model is made whole.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping

import duckdb

from dq_pipeline.adapters.customer_inputs import find_concerned, made_by, note_built
from dq_pipeline.adapters.sql_models import SqlModel, create_model_table, nodes_of, refusals_of, same_columns
from dq_pipeline.adapters.warehouse import quote_identifier

# Looked things up in, and yet no reason to make a model whole. The day tells whether a moment has come, which is an
# input of each customer; values are looked up only where a steward pinned them, whose customers are always concerned.
_OF_CUSTOMERS = (
    "staging.source_conventions",
    *("staging.shared_values", "staging.parsed_emails", "staging.parsed_phones"),
    "quality.rules",
)
_CONCERNED = "select customer_id from temp.concerned"
_RECORDS = f"select record_key from golden.crosswalk where customer_id in ({_CONCERNED})"
_CUTS = {
    "customer_id": _CONCERNED,
    "record_key": "select record_key from temp.concerned_records",
}


def refresh_by_customer(con: duckdb.DuckDBPyConnection, model: SqlModel) -> None:
    """Bring the model's table up to date, whole or by the customers concerned.

    Raises ConfigurationError naming the file when DuckDB refuses the statement.
    """
    with refusals_of(model):
        cuts = _cut_columns(con)
        recipe = hashlib.sha256("\n".join(_ingredients(con, model, cuts)).encode()).hexdigest()
        if find_concerned(con, model.table, recipe) or not same_columns(con, model):
            create_model_table(con, model)
        else:
            _write_concerned(con, model, cuts)
        note_built(con, model.table, recipe)
        con.execute("drop table if exists temp.concerned")


def _ingredients(con: duckdb.DuckDBPyConnection, model: SqlModel, cuts: Mapping[str, str]) -> Iterator[str]:
    """Whatever changes all rows when it changes: SELECTs, and what they look things up in."""
    yield model.sql
    views = {view.table: view for view in model.views}
    for table in model.reads:
        if table in views:
            yield from _ingredients(con, views[table], cuts)
        elif found := made_by(con, table):
            yield found
        elif table not in _OF_CUSTOMERS and table not in cuts:
            rows = con.execute(f"select sum(hash(looked_up)::hugeint)::varchar from {table} as looked_up").fetchall()
            yield f"{table} {rows[0][0]}"


def _write_concerned(con: duckdb.DuckDBPyConnection, model: SqlModel, cuts: Mapping[str, str]) -> None:
    parsed = json.loads(con.execute("select json_serialize_sql(?::varchar)", [model.sql]).fetchall()[0][0])
    con.execute(f"create or replace temp table concerned_records as {_RECORDS}")
    cut = {table: cuts[table] for table in model.reads if table in cuts}
    for table, column in cut.items():
        con.execute(
            f"create or replace temp view {quote_identifier(_cut(table))} as "
            f"select * from {table} where {column} in ({_CUTS[column]})"
        )
    for node in nodes_of(parsed):
        name = f"{node.get('schema_name')}.{node.get('table_name')}"
        if node.get("type") == "BASE_TABLE" and name in cut:
            path = ["temp", "main", _cut(name)]
            node["alias"] = node["alias"] or node["table_name"]
            node["catalog_name"], node["schema_name"], node["table_name"] = path
            node["qualified_name"] = {"path": path}
    sql = con.execute("select json_deserialize_sql(?::json)", [json.dumps(parsed)]).fetchall()[0][0]
    con.execute(f"delete from {model.target} where customer_id in ({_CONCERNED})")
    con.execute(f"insert into {model.target} by name {sql}")
    for table in cut:
        con.execute(f"drop view temp.{quote_identifier(_cut(table))}")
    con.execute("drop table temp.concerned_records")


def _cut(table: str) -> str:
    """The view of the table's rows of customers concerned."""
    return f"concerned {table}"


def _cut_columns(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Table -> the column by which its rows are those of a customer: of its id, else of its records."""
    found = con.execute(
        "select schema_name || '.' || table_name, list(column_name) from duckdb_columns() "
        "where database_name = current_database() and list_contains(?, column_name) group by all",
        [list(_CUTS)],
    ).fetchall()
    return {table: next(column for column in _CUTS if column in columns) for table, columns in found}
