"""One person's rows out of a DuckDB database: the warehouse, or a published one.

A table is known by its columns, not by its name, so that one made tomorrow is not forgotten: rows named by a record
key, a customer id or the key of a fact go; where the rows themselves must stay, because a ledger is never shortened,
their words are blanked. After `persons.mark_person`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import duckdb

from dq_pipeline.adapters.changed_records import forget_notes
from dq_pipeline.adapters.warehouse import quote_identifier, quote_literal

_FACTS = ("interaction_id", "transaction_id")
# Columns that name whom a row is about.
_KEYS = (
    *("record_key", "customer_id", "left_key", "right_key", "left_id", "right_id", "kept_key", "absorbed_key"),
    *_FACTS,
)
# The ledger of ids: keys and ids, and what became of them; without them an id for life could be given twice.
_LEDGER = frozenset(
    {
        *("golden.identities", "golden.memberships", "golden.identity_events", "golden.id_redirects"),
        *("golden.record_successions", "golden.changes"),
    }
)
_NOT_OF_PEOPLE = ("staging.known_given_names", "staging.source_conventions")
# What people said is never shortened, but what they wrote about the person is taken out of it.
_BLANKED = {"stewardship.decisions": ("value", "reason"), "quality.releases": ("reason",)}
_OF_PERSON = "in (from temp.dq_person_keys)"

# A neighbour of somebody who is gone must be compared anew by the next linkage: it is told that the record changed.
_DISTURB_NEIGHBOURS = f"""
update {{linkage}}.record_states set row_hash = 0 where record_key in (
    select right_key from {{linkage}}.pairs where left_key {_OF_PERSON}
    union select left_key from {{linkage}}.pairs where right_key {_OF_PERSON})
"""


def remove_rows(con: duckdb.DuckDBPyConnection, *, database: str = "", values: bool = True) -> dict[str, int]:
    """Remove the marked person from every table of the attached `database` (default: the connection's own).

    `values`: also remove rows of tables without a key that hold one of `temp.dq_person_values`. Returns rows by table.
    """
    catalog = database or con.execute("select current_database()").fetchall()[0][0]
    if not database:
        forget_notes(con)
    tables = _tables(con, catalog)
    counts: dict[str, int] = {}
    if {"linkage.record_states", "linkage.pairs"} <= set(tables):
        con.execute(_DISTURB_NEIGHBOURS.format(linkage=f"{quote_identifier(catalog)}.linkage")).fetchall()
    for table, columns in tables.items():
        removed = _remove(con, catalog, table, columns, values)
        if removed:
            counts[table] = removed
    return counts


def person_conditions(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Table -> SQL condition for the rows that are the marked person's, by key."""
    catalog = con.execute("select current_database()").fetchall()[0][0]
    conditions = {table: _condition(table, columns) for table, columns in _tables(con, catalog).items()}
    return {table: condition for table, condition in conditions.items() if condition}


def count_rows(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """How many rows of each table `remove_rows` would remove or blank, by key only."""
    catalog = con.execute("select current_database()").fetchall()[0][0]
    counts = {}
    for table, condition in person_conditions(con).items():
        rows = con.execute(f"select count(*) from {_path(catalog, table)} where {condition}").fetchall()[0][0]
        if rows:
            counts[table] = int(rows)
    return counts


def _tables(con: duckdb.DuckDBPyConnection, catalog: str) -> dict[str, dict[str, str]]:
    """Table -> its columns with their types; views have nothing of their own."""
    rows = con.execute(
        "select schema_name || '.' || table_name, list(column_name order by column_index), "
        "list(data_type order by column_index) from duckdb_columns() where database_name = $1 "
        "and schema_name <> 'governance' and (schema_name, table_name) in "
        "(select (schema_name, table_name) from duckdb_tables() where database_name = $1) group by all order by all",
        [catalog],
    ).fetchall()
    return {table: dict(zip(names, types, strict=True)) for table, names, types in rows}


def _path(catalog: str, table: str) -> str:
    schema, _, name = table.partition(".")
    return ".".join(map(quote_identifier, (catalog, schema, name)))


def _condition(table: str, columns: Collection[str]) -> str:
    """Which rows are the person's; empty where no column says."""
    if table in _LEDGER:
        return ""
    if table.startswith("raw_history."):
        contract = quote_literal(table.removeprefix("raw_history."))
        return f"rowid in (select row from temp.dq_person_rows where contract_id = {contract})"
    tests = [f"{quote_identifier(name)} {_OF_PERSON}" for name in _KEYS if name in columns]
    if {"customer_id", "sequence"} <= set(columns):
        tests.append("sequence in (from temp.dq_person_versions)")
    if "cluster_id" in columns and "record_key" not in columns:  # of a whole cluster, which is the customer
        tests.append(f"cluster_id {_OF_PERSON}")
    if "record_key" not in columns and {"source_system", "source_record_id"} <= set(columns):
        tests.append(f"source_system || ':' || source_record_id {_OF_PERSON}")
    mine = f"({' or '.join(tests)})" if tests else ""
    facts = [name for name in _FACTS if name in columns] if "record_key" in columns else []
    # A purchase that the law keeps names a record that goes.
    return " and ".join([mine, *(f"coalesce({name} not in (from temp.dq_kept_facts), true)" for name in facts)])


def _remove(con: duckdb.DuckDBPyConnection, catalog: str, table: str, columns: Mapping[str, str], values: bool) -> int:
    path, condition = _path(catalog, table), _condition(table, columns)
    if table in _BLANKED:
        cleared = ", ".join(f"{name} = case when {name} is not null then 'erased' end" for name in _BLANKED[table])
        return int(con.execute(f"update {path} set {cleared} where {condition}").fetchall()[0][0])
    if not condition and values and table.startswith("staging.") and table not in _NOT_OF_PEOPLE:
        texts = [name for name, kind in columns.items() if kind == "VARCHAR"]
        condition = " or ".join(f"{quote_identifier(name)} in (from temp.dq_person_values)" for name in texts)
    if not condition:
        return 0
    return int(con.execute(f"delete from {path} where {condition}").fetchall()[0][0])
