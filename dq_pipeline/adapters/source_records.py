"""`staging.source_records`: what all customer sources say, in one shape and still text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import duckdb

from dq_pipeline.adapters.warehouse import column_schema, quote_identifier, quote_literal, table_exists
from dq_pipeline.domain.canonical import RECORD_COLUMNS, RECORD_KEY, SOURCE_COLUMNS
from dq_pipeline.domain.contract import Contract
from dq_pipeline.errors import ConfigurationError

_TABLE = "staging.source_records"


def combine_sources(con: duckdb.DuckDBPyConnection, contracts: Mapping[str, Contract]) -> int:
    """(Re)create the view `staging.source_records` of `staging.<id>` of every customer contract; returns its rows.

    A view: writing every record a second time would cost more than all that reads it. A source may leave columns
    out. Raises ConfigurationError naming every SQL file that makes no table, a column nobody knows, a column of the
    wrong type, or no key.
    """
    sources = [contract.id for contract in contracts.values() if contract.kind == "customers"]
    problems = [problem for source in sources for problem in source_problems(con, source)]
    if problems:
        raise ConfigurationError(
            "source models do not fit the canonical shape",
            where="dbt_like_sql/staging",
            problems=tuple(problems),
            fix="select the columns that docs/architecture.md lists under Staging, as text",
        )
    parts = [_empty(RECORD_COLUMNS), *(records_of(source, f"staging.{quote_identifier(source)}") for source in sources)]
    _drop_table(con)
    con.execute(f"create or replace view {_TABLE} as " + " union all by name ".join(parts))
    return int(con.execute(f"select count(*) from {_TABLE}").fetchall()[0][0])


def complete_source_records(con: duckdb.DuckDBPyConnection) -> None:
    """Add the canonical columns a hand-made `staging.source_records` lacks: empty, the key and contract id derived.

    Raises ConfigurationError when the table or its key is missing, or a column is of another type.
    """
    have = dict(column_schema(con, "staging", "source_records"))
    problems = [f"lacks the key column {name}" for name in RECORD_KEY if name not in have]
    problems += [
        f"{name} is {have[name]}, must be {wanted}"
        for name, wanted in RECORD_COLUMNS.items()
        if name in have and _plain_type(have[name]) != _plain_type(wanted)
    ]
    if problems:
        raise ConfigurationError(
            "does not have the canonical shape",
            where=_TABLE,
            problems=tuple(problems),
            fix="give the key and canonical columns as text, as docs/architecture.md lists them under Staging",
        )
    for name, data_type in RECORD_COLUMNS.items():
        if name not in have:
            con.execute(f"alter table {_TABLE} add column {quote_identifier(name)} {data_type}")
    if "record_key" not in have:
        con.execute(f"update {_TABLE} set record_key = source_system || ':' || source_record_id")
    if "contract_id" not in have:
        con.execute(f"update {_TABLE} set contract_id = source_system")


def _drop_table(con: duckdb.DuckDBPyConnection) -> None:
    """A table of this name, made by hand or by an older version, gives way to the view."""
    made = con.execute("select 1 from duckdb_tables() where schema_name = 'staging' and table_name = 'source_records'")
    if made.fetchall():
        con.execute(f"drop table {_TABLE}")


def source_problems(con: duckdb.DuckDBPyConnection, source: str) -> Iterable[str]:
    """What keeps `staging.<source>` from being a part of `staging.source_records`, each in a sentence."""
    file = f"{source}.sql"
    if not table_exists(con, "staging", source):
        yield f"{file}: there is no table staging.{source}; does the file exist?"
        return
    have = dict(column_schema(con, "staging", source))
    for name in RECORD_KEY:
        if name not in have:
            yield f"{file}: lacks the key column {name}"
    for name, data_type in have.items():
        wanted = SOURCE_COLUMNS.get(name)
        if wanted is None:
            yield f"{file}: {name} is no canonical column"
        elif _plain_type(data_type) != _plain_type(wanted):
            yield f"{file}: {name} is {data_type}, must be {wanted}"


def _plain_type(data_type: str) -> str:
    """DuckDB quotes some field names of a STRUCT when it tells its type ("method")."""
    return data_type.replace('"', "").replace(" ", "").upper()


def _empty(columns: Mapping[str, str]) -> str:
    typed = ", ".join(f"null::{data_type} as {quote_identifier(name)}" for name, data_type in columns.items())
    return f"select {typed} where false"


def records_of(source: str, rows: str) -> str:
    """A SELECT of rows of `staging.<source>` as `staging.source_records` has them; `rows`: a table or (SELECT)."""
    return (
        f"select *, source_system || ':' || source_record_id as record_key, {quote_literal(source)} as contract_id "
        f"from {rows}"
    )
