"""The data dictionary as a table, and what it lacks, also against the tables that are really there."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

import duckdb

from dq_pipeline.domain.dictionary import DictionaryTable
from dq_pipeline.domain.dictionary_findings import DictionaryFinding

DICTIONARY = "quality.dictionary"
TABLE = "quality.dictionary_findings"
DESCRIBED_SCHEMAS = ("staging", "golden", "quality")


def tables_present(con: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    """Table or view -> its columns, of the schemas that must be described whole."""
    rows = con.execute(
        "select table_schema || '.' || table_name, list(column_name order by ordinal_position) "
        "from information_schema.columns where table_catalog = current_database() "
        "and list_contains($schemas, table_schema) group by all order by all",
        {"schemas": list(DESCRIBED_SCHEMAS)},
    ).fetchall()
    return dict(rows)


def write_dictionary(con: duckdb.DuckDBPyConnection, tables: Iterable[DictionaryTable]) -> None:
    """Replace `quality.dictionary`: one row per column."""
    names = ("table_name", "column_name", "data_type", "meaning", "owner", "classification", "term")
    rows = [
        (table.name, each.name, each.type, each.meaning or each.made, table.owner, each.classification, each.term)
        for table in tables
        for each in table.columns
    ]
    lists = dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))
    columns = ", ".join(f"unnest(${name}::varchar[]) as {name}" for name in names)
    con.execute(f"create or replace table {DICTIONARY} as select {columns}", lists).fetchall()


def write_dictionary_findings(
    con: duckdb.DuckDBPyConnection,
    findings: Iterable[DictionaryFinding],
    *,
    published: Collection[str],
    now: datetime,
) -> None:
    """Replace the table with `findings`; `published` are the tables that readers get."""
    con.execute(
        f"create or replace table {TABLE} (table_name varchar, column_name varchar, check_name varchar, "
        "problem varchar, published boolean, found_at timestamp)"
    )
    rows = [
        (each.table_name, each.column_name, each.check_name, each.problem, each.table_name in published, now)
        for each in sorted(findings)
    ]
    if rows:
        con.executemany(f"insert into {TABLE} values (?, ?, ?, ?, ?, ?)", rows)


def dictionary_problems(con: duckdb.DuckDBPyConnection, *, blocking: bool) -> list[str]:
    """The findings in words: `blocking` ones (a published column without a class), or all the others."""
    condition = "published and check_name = 'classification'"
    rows = con.execute(
        f"select table_name, column_name, problem from {TABLE} where ({condition}) = $blocking order by all",
        {"blocking": blocking},
    ).fetchall()
    return [": ".join(filter(None, (".".join(filter(None, row[:2])), row[2]))) for row in rows]
