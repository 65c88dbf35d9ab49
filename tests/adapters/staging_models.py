"""Hand-made source records and the staging models on top of them, for tests."""

from __future__ import annotations

from typing import Any

import duckdb

from dq_pipeline.adapters.sql_models import SqlModel, create_model_table, upstream
from tests.models import sql_models

Connection = duckdb.DuckDBPyConnection


def records(con: Connection, *given: dict[str, str | None], source: str = "crm") -> None:
    """`staging.source_records` of rows with the columns they name, keyed 1, 2, …"""
    columns = dict.fromkeys(column for row in given for column in row)
    titles = ", ".join(f"{column} VARCHAR" for column in ("source_system", "source_record_id", *columns))
    con.execute(f"create or replace table staging.source_records ({titles})")
    marks = ", ".join("?" for _ in range(len(columns) + 2))
    lines = [[source, str(number), *(row.get(column) for column in columns)] for number, row in enumerate(given, 1)]
    con.executemany(f"insert into staging.source_records values ({marks})", lines)


def models_of(*tables: str) -> list[SqlModel]:
    """The models of `tables` and those they read, as far as no extract is needed."""
    needed = upstream(sql_models(), tables)
    return [model for model in needed if not any(read.startswith("raw.") for read in model.reads)]


def build(con: Connection, *tables: str) -> None:
    """The tables of `models_of`."""
    for model in models_of(*tables):
        create_model_table(con, model)


def rows(con: Connection, sql: str) -> list[tuple[Any, ...]]:
    return con.execute(sql).fetchall()
