"""DuckDB 2.0.0: inserting nothing before inserting much, into one table in one transaction, hides the rows.

They are counted and stored, but no scan in that process sees them until the file is opened again. Whoever inserts a
selection that may be empty, and reads the table in the same transaction, asks first whether there is anything. When
this test fails, DuckDB is mended and the questions in `adapters/ingest` can go.
"""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

ROWS = 300_000


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "rows.csv"
    duckdb.sql(f"copy (select i as number, 'text ' || i as text from range({ROWS}) r(i)) to '{path}'")
    return path


def seen(con: duckdb.DuckDBPyConnection) -> int:
    """Rows that a scan finds: a count alone is answered from the table's own number of rows."""
    return len(con.execute("select number from rows where text <> ''").fetchall())


@pytest.mark.parametrize("before", ["insert into rows select * from rows", "create or replace table rows as from rows"])
def test_nothing_and_then_much_is_hidden(tmp_path: Path, file: Path, before: str) -> None:
    path = str(tmp_path / "d.duckdb")
    con = duckdb.connect(path)
    con.begin()
    con.execute("create table rows (number bigint, text varchar)")
    con.execute(before)
    con.execute(f"insert into rows from read_csv('{file}')").fetchall()
    assert con.execute("select count(*) from rows").fetchall() == [(ROWS,)]
    assert seen(con) == 0
    con.commit()
    assert seen(con) == 0
    con.close()
    with duckdb.connect(path) as again:
        assert seen(again) == ROWS


def test_much_alone_is_seen(tmp_path: Path, file: Path) -> None:
    with duckdb.connect(str(tmp_path / "d.duckdb")) as con:
        con.begin()
        con.execute("create table rows (number bigint)")
        con.execute("create or replace table rows (number bigint, text varchar)")
        con.execute(f"insert into rows from read_csv('{file}')").fetchall()
        assert seen(con) == ROWS
