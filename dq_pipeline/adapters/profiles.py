"""Profiles of tables, one of every run, and what in the newest one deviates from those before.

`quality.profiles` holds no value of a row: the frequent values of a column are kept as keyed hashes, so that they can
be compared from run to run. The key lies in the warehouse and is never published.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime

import duckdb

from dq_pipeline.adapters.warehouse import describe_table, quote_identifier, row_count

# So many of the most frequent values of a column are kept.
FREQUENT = 10

_TABLES = """
create schema if not exists quality;
create table if not exists quality.profiles (
    run_id varchar, measured_at timestamp, table_name varchar, column_name varchar, rows bigint,
    missing_share double, distinct_share double, mean_length double,
    top_values struct(value_hash varchar, share double)[]
);
create table if not exists quality.profile_key (secret varchar);
create table if not exists quality.anomalies (
    anomaly_id varchar, run_id varchar, found_at timestamp, table_name varchar, column_name varchar,
    measure varchar, kind varchar, found double, expected_low double, expected_high double, runs bigint,
    of_weekday boolean, severity varchar
);
create table if not exists quality.expected_deviations (
    anomaly_id varchar, table_name varchar, column_name varchar, measure varchar, from_run_at timestamp,
    reason varchar, author varchar, marked_at timestamp
);
create table if not exists quality.publications (run_id varchar, version varchar, published_at timestamp);
"""

# Every column is read once; empty text is missing, as in a CSV nothing else can say so.
_PROFILE_COLUMN = """
insert into quality.profiles
with counted as materialized (
    select nullif({column}::varchar, '') as value, count(*) as rows from {table} group by all
),
present as (select value, rows from counted where value is not null),
totals as (
    select
        (select sum(rows) from counted)::bigint as rows,
        (select coalesce(sum(rows), 0) from present)::bigint as present,
        (select count(*) from present) as distinct_values,
        (select sum(length(value) * rows) from present) as letters
),
frequent as (select value, rows from present order by rows desc, value limit $frequent)
select
    $run, $now, $table, $column, totals.rows,
    1 - totals.present / totals.rows,
    if(totals.present > 0, totals.distinct_values / totals.present, null),
    if(totals.present > 0, totals.letters / totals.present, null),
    (
        select coalesce(list({{
            'value_hash': left(sha256((select any_value(secret) from quality.profile_key) || value), 16),
            'share': frequent.rows / totals.present
        }} order by frequent.rows desc, value), [])
        from frequent
    )
from totals
"""


def create_profile_tables(con: duckdb.DuckDBPyConnection) -> None:
    """Create the tables of profiles where they are missing, and the key of their hashes, once a warehouse."""
    con.execute(_TABLES)
    if not row_count(con, "quality", "profile_key"):
        con.execute("insert into quality.profile_key values (?)", [secrets.token_hex(32)])


def profile_tables(con: duckdb.DuckDBPyConnection, tables: Iterable[str], *, run_id: str, now: datetime) -> None:
    """Add the profile of every table (`schema.table`) to quality.profiles.

    A row per column, and one with the column '' for the table itself. Columns whose names begin with an underscore
    are the pipeline's own and left out, and so are all columns of an empty table. Profiles of runs that were never
    published are dropped: they are no history. The same `run_id` again replaces its profile.
    """
    create_profile_tables(con)
    con.execute(
        "delete from quality.profiles where run_id = ? or run_id not in (select run_id from quality.publications)",
        [run_id],
    )
    for table in tables:
        schema, name = table.split(".")
        rows = row_count(con, schema, name)
        con.execute(
            "insert into quality.profiles values (?, ?, ?, '', ?, null, null, null, [])", [run_id, now, table, rows]
        )
        for column in _columns(con, schema, name) if rows else ():
            sql = _PROFILE_COLUMN.format(
                column=quote_identifier(column), table=f"{quote_identifier(schema)}.{quote_identifier(name)}"
            )
            con.execute(sql, {"run": run_id, "now": now, "table": table, "column": column, "frequent": FREQUENT})


def _columns(con: duckdb.DuckDBPyConnection, schema: str, table: str) -> list[str]:
    return [name for name, _ in describe_table(con, schema, table) if not name.startswith("_")]
