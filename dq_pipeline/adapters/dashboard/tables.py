"""Reads a warehouse in which any table may be missing, empty or older than this code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import duckdb


class Tables:
    """The tables one connection sees, asked only for what is there."""

    def __init__(self, con: duckdb.DuckDBPyConnection):
        self._con = con
        self._columns: dict[str, set[str]] = {}
        listed = con.execute(
            "select table_schema || '.' || table_name, column_name from information_schema.columns "
            "where table_catalog = current_database()"
        ).fetchall()
        for table, column in listed:
            self._columns.setdefault(table, set()).add(column)

    def has(self, *tables: str) -> bool:
        """Whether every one of the tables (`schema.table`) exists."""
        return all(table in self._columns for table in tables)

    def has_column(self, table: str, column: str) -> bool:
        """Whether the table exists and has the column."""
        return column in self._columns.get(table, ())

    def rows(
        self, needs: tuple[str, ...], query: str, parameters: Mapping[str, Any] | None = None
    ) -> list[tuple[Any, ...]]:
        """Rows of the query, all fetched; none when a table it needs is missing."""
        return self._con.execute(query, parameters or {}).fetchall() if self.has(*needs) else []

    def count(self, table: str) -> int | None:
        """Number of rows; None when the table is missing. `table` is a name of this project, never of an extract."""
        found = self.rows((table,), f"select count(*) from {table}")
        return int(found[0][0]) if found else None
