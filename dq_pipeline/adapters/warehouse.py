"""The DuckDB warehouse: one file, one writer, whole transactions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from dq_pipeline.errors import BusyError, InputError

# For those who only hand a connection on, and need not know the engine.
Connection = duckdb.DuckDBPyConnection
SCHEMAS = ("raw_history", "raw", "staging", "quality", "stewardship", "linkage", "golden", "governance")


def quote_identifier(name: str) -> str:
    """A name as a quoted SQL identifier; the only way a name from outside enters SQL."""
    return '"' + name.replace('"', '""') + '"'


def quote_literal(text: str) -> str:
    """A text as a quoted SQL literal, for the few statements that take no parameters."""
    return "'" + text.replace("'", "''") + "'"


class Warehouse:
    """Opens `path` for as long as it is needed and no longer (a writer excludes every other process)."""

    def __init__(self, path: Path):
        self.path = path

    @contextmanager
    def connect(self, *, read_only: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection, closed at the end. Raises BusyError when another process holds the file.

        What DuckDB says of a value it cannot use quotes the value: such an error goes on without its words.
        """
        if read_only and not self.path.exists():
            raise InputError("there is no warehouse yet", where=str(self.path), fix="run `dq-pipeline run` first")
        self.path.parent.mkdir(parents=True, exist_ok=True)
        try:
            con = duckdb.connect(str(self.path), read_only=read_only)
        except duckdb.IOException as error:
            if "lock" in str(error).lower():
                raise BusyError(
                    "another process holds the warehouse",
                    where=str(self.path),
                    fix="wait for the run in progress, then try again",
                ) from None
            raise InputError(
                "the warehouse file cannot be opened by this version of DuckDB",
                where=str(self.path),
                fix="move the file away; the next run rebuilds it from the extracts",
            ) from error
        try:
            con.execute("set TimeZone = 'UTC'")
            yield con
        except (duckdb.DataError, duckdb.InvalidInputException, duckdb.ConstraintException) as error:
            told = f"DuckDB raised {type(error).__name__}; its own words may quote a customer's value and are left out"
            raise RuntimeError(told).with_traceback(error.__traceback__) from None
        finally:
            con.close()

    @contextmanager
    def transaction(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A read-write connection in one transaction: all of it happens, or nothing."""
        with self.connect() as con:
            create_schemas(con)
            con.begin()
            try:
                yield con
            except BaseException:
                con.rollback()
                raise
            con.commit()


def create_schemas(con: duckdb.DuckDBPyConnection) -> None:
    """Create the schemas of the line where they are missing."""
    for schema in SCHEMAS:
        con.execute(f"create schema if not exists {schema}")


def table_exists(con: duckdb.DuckDBPyConnection, schema: str, table: str) -> bool:
    """Whether `schema.table` (a table or a view) exists in the connection's own database."""
    found = con.execute(
        "select count(*) from information_schema.tables where table_catalog = current_database() "
        "and table_schema = ? and table_name = ?",
        [schema, table],
    ).fetchall()
    return bool(found[0][0])


def column_schema(con: duckdb.DuckDBPyConnection, schema: str, table: str) -> list[tuple[str, str]]:
    """(column name, DuckDB type) of every column of `schema.table`, in order."""
    return con.execute(
        "select column_name, data_type from duckdb_columns() where database_name = current_database() "
        "and schema_name = ? and table_name = ? order by column_index",
        [schema, table],
    ).fetchall()


def describe_table(con: duckdb.DuckDBPyConnection, schema: str, table: str) -> list[tuple[str, str]]:
    """As `column_schema`, at a twentieth of its time, of a table that is there: for another one DuckDB raises."""
    query = f"select column_name, column_type from (describe {quote_identifier(schema)}.{quote_identifier(table)})"
    return con.execute(query).fetchall()


def table_comment(con: duckdb.DuckDBPyConnection, schema: str, table: str) -> str | None:
    """The comment of the table `schema.table`, in which who makes a table says by what; None where there is none."""
    found = con.execute(
        "select comment from duckdb_tables() where database_name = current_database() and schema_name = ? "
        "and table_name = ?",
        [schema, table],
    ).fetchall()
    return found[0][0] if found else None


def row_count(con: duckdb.DuckDBPyConnection, schema: str, table: str) -> int:
    """Number of rows of `schema.table`."""
    query = f"select count(*) from {quote_identifier(schema)}.{quote_identifier(table)}"
    return int(con.execute(query).fetchall()[0][0])
