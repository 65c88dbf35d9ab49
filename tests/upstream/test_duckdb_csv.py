"""What ingestion leans on in DuckDB: an upgrade that changes it fails here."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

PLAIN = "auto_detect = false, header = false, delim = ',', quote = '\"', escape = '\"'"
TWO = "columns = {'a': 'VARCHAR', 'b': 'VARCHAR'}"


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


def read(con: duckdb.DuckDBPyConnection, path: Path, content: bytes, more: str = "") -> list[tuple]:
    path.write_bytes(content)
    return con.execute(f"select * from read_csv(?, {PLAIN}, {TWO}{more})", [str(path)]).fetchall()


def test_an_explicit_line_feed_lets_carriage_returns_be_values(con, tmp_path: Path) -> None:
    content = b'1,"x\ry"\n2,"z\r\nw"\n'
    assert read(con, tmp_path / "x", content, ", new_line = '\\n'") == [("1", "x\ry"), ("2", "z\r\nw")]
    with pytest.raises(duckdb.Error):
        read(con, tmp_path / "x", content)


def test_force_not_null_keeps_empty_fields_empty(con, tmp_path: Path) -> None:
    content = b'1,\n2,""\n,NULL\n'
    assert read(con, tmp_path / "x", content, ", force_not_null = ['a', 'b']") == [("1", ""), ("2", ""), ("", "NULL")]
    assert read(con, tmp_path / "x", content)[0] == ("1", None)


def test_a_control_character_can_be_the_quote(con, tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b'1|"a\n2|\x02b|\rc\x02\n')
    rows = con.execute(
        "select * from read_csv(?, auto_detect = false, header = false, delim = '|', quote = '\x02', "
        f"escape = '\x02', new_line = '\\n', {TWO})",
        [str(path)],
    ).fetchall()
    assert rows == [("1", '"a'), ("2", "b|\rc")]


def test_a_quote_that_never_closes_costs_duckdb_the_rest_of_the_file(con, tmp_path: Path) -> None:
    """Why record boundaries are found by the pipeline itself."""
    content = b'1,"x\n' + b"2,y\n" * 100
    assert read(con, tmp_path / "x", content, ", store_rejects = true") == []
    assert con.execute("select count(*) from reject_errors").fetchall() == [(1,)]


def test_a_path_with_glob_characters_is_read_as_it_is(con, tmp_path: Path) -> None:
    folder = tmp_path / "[x]*?'q"
    folder.mkdir()
    assert read(con, folder / "f", b"1,a\n") == [("1", "a")]


def test_json_numbers_are_rewritten_unless_quoted(con) -> None:
    """Why `exact_numbers` quotes them."""
    query = "select json_extract_string(?, ['/a', '/b', '/c', '/d'])"
    assert con.execute(query, ['{"a":1E5,"b":12.50,"c":-0,"d":"1E5"}']).fetchall() == [
        (["100000.0", "12.5", "0", "1E5"],)
    ]
    assert con.execute(query, ['{"a":12345678901234567890123,"b":0.1,"c":1.0}']).fetchall() == [
        (["12345678901234567890123", "0.1", "1.0", None],)
    ]


def test_a_json_pointer_names_any_key(con) -> None:
    query = "select json_extract_string(?, ['/a~1b', '/x~0y', '/', '/q\"r', '/0'])"
    assert con.execute(query, ['{"a/b":1,"x~y":2,"":3,"q\\"r":4,"0":5}']).fetchall() == [(["1", "2", "3", "4", "5"],)]


def test_columns_can_be_added_within_a_transaction_that_has_rows(con) -> None:
    con.execute("create table t (a varchar)")
    con.begin()
    con.execute("insert into t values ('1')").fetchall()
    con.execute("alter table t add column b varchar")
    con.execute("insert into t (a, b) values ('2', 'x')").fetchall()
    con.commit()
    assert con.execute("select * from t order by a").fetchall() == [("1", None), ("2", "x")]


def test_identifiers_compare_without_case_for_ascii_only(con) -> None:
    con.execute('create table t ("É" int, "é" int)')
    with pytest.raises(duckdb.Error):
        con.execute('create table u ("E" int, "e" int)')
