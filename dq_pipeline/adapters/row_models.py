"""Models that map one extract row by row need only map the rows that are new.

Of a million records a night changes one in a hundred. A model that selects from one `raw` table, computes every row
from that row alone and hands on where it came from (`_load_id, _file, _line`) is brought up to date by taking out the
rows that are no longer current and mapping those that came since. Whether its rows are then exactly those of the
extract is checked, and if they are not, or the file's text is another than the one that made the table, it is made
anew.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

import duckdb

from dq_pipeline.adapters.changed_rows import write_changed_rows
from dq_pipeline.adapters.customer_models import refresh_by_customer
from dq_pipeline.adapters.record_rows import refresh_answers_model, refresh_record_table
from dq_pipeline.adapters.source_changes import keep_changes
from dq_pipeline.adapters.sql_models import SqlModel, create_model_table
from dq_pipeline.adapters.warehouse import column_schema, quote_identifier, quote_literal, table_comment
from dq_pipeline.domain.extracts import ROW_ORIGIN


def refresh_model_table(con: duckdb.DuckDBPyConnection, model: SqlModel) -> None:
    """Bring the model's table up to date, whole or by what changed.

    Raises ConfigurationError naming the file when DuckDB refuses the statement.
    """
    if model.row_key == "customer_id":
        return refresh_by_customer(con, model)
    if "record_key" in (model.row_key, model.change_key):
        return refresh_record_table(con, model)
    if model.row_key:
        return refresh_answers_model(con, model)
    if model.change_key and write_changed_rows(con, model, model.change_key):
        return
    if model.is_view or not _maps_rows(con, model):
        create_model_table(con, model)
        return
    made_from = f"rows of {model.reads[0]} by {hashlib.sha256(model.sql.encode()).hexdigest()}"
    if table_comment(con, model.schema, model.name) != made_from or not _map_changes(con, model):
        create_model_table(con, model)
        con.execute(f"comment on table {model.target} is {quote_literal(made_from)}")


def _map_changes(con: duckdb.DuckDBPyConnection, model: SqlModel) -> bool:
    """Take out rows and map new ones; False when the table must be made anew."""
    raw = ".".join(map(quote_identifier, model.reads[0].split(".")))
    same = " and ".join(f"now.{name} = row.{name}" for name in ROW_ORIGIN)
    columns = [name for name, _ in column_schema(con, model.schema, model.name)]
    if columns != [row[0] for row in con.execute(f"describe {model.sql}").fetchall()]:
        return False
    newest = con.execute(f"select coalesce(max(_load_id), 0) from {model.target}").fetchall()[0][0]
    con.execute(
        f"create or replace temp table rows_gone as select rowid as place from {model.target} as row "
        f"where not exists (select 1 from {raw} as now where {same})"
    )
    gone = "rowid in (select place from temp.rows_gone)"
    keep_changes(con, model.name, f"select * from {model.target} where {gone}", came=False)
    con.execute(f"delete from {model.target} where {gone}")
    con.execute(f"insert into {model.target} select * from ({model.sql}) where _load_id > {int(newest)}")
    keep_changes(con, model.name, f"select * from {model.target} where _load_id > {int(newest)}", came=True)
    missing = con.execute(
        f"select (select count(*) from {raw}) <> (select count(*) from {model.target}) "
        f"or exists (select 1 from {raw} as now where not exists (select 1 from {model.target} as row where {same}))"
    ).fetchall()
    return not missing[0][0]


def _maps_rows(con: duckdb.DuckDBPyConnection, model: SqlModel) -> bool:
    """Whether the SELECT computes each row from one row of one extract, and says which."""
    if len(model.reads) != 1 or not model.reads[0].startswith("raw."):
        return False
    parsed = json.loads(con.execute("select json_serialize_sql(?::varchar)", [model.sql]).fetchall()[0][0])
    node = parsed["statements"][0]["node"]
    simple = (
        node["type"] == "SELECT_NODE"
        and node["from_table"]["type"] == "BASE_TABLE"
        and not (node["modifiers"] or node["group_expressions"] or node["cte_map"]["map"])
        and not (node["having"] or node["qualify"] or node["sample"])
    )
    selected = {item.get("column_names", [""])[-1] for item in node.get("select_list", []) if not item.get("alias")}
    if not simple or not selected.issuperset(ROW_ORIGIN):
        return False
    expressions = list(_expressions(node))
    if any(item["class"] in ("WINDOW", "SUBQUERY") for item in expressions):
        return False
    functions = sorted({item["function_name"].lower() for item in expressions if item["class"] == "FUNCTION"})
    others = con.execute(
        "select count(*) from duckdb_functions() where list_contains(?, function_name) "
        "and (function_type not in ('scalar', 'macro') or stability in ('VOLATILE', 'CONSISTENT_WITHIN_QUERY')) "
        # Names that are also a table function, as `unnest`, or an aggregate, as `list`, are not taken for scalar.
        "and schema_name <> 'pg_catalog'",
        [functions],
    ).fetchall()
    return not others[0][0]


def _expressions(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        if "class" in node:
            yield node
        for value in node.values():
            yield from _expressions(value)
    elif isinstance(node, list):
        for value in node:
            yield from _expressions(value)
