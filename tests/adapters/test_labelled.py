import gzip
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from dq_pipeline.adapters.labelled import load_records, load_truth
from dq_pipeline.errors import InputError

CANONICAL = ("given_name", "birthdate")
RECORDS = 'source_system,source_record_id,given_name,shoe size\na,1," Ann, ",40\na,2,,41\n'
TRUTH = "source_system,source_record_id,truth_id\na,1,x\na,2,x\n"


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as made:
        yield made


def write(path: Path, text: str) -> Path:
    if path.suffix == ".gz":
        path.write_bytes(gzip.compress(text.encode()))
    else:
        path.write_text(text)
    return path


@pytest.mark.parametrize("name", ["records.csv", "it's.csv.gz"])
def test_records_load_as_text_and_unknown_columns_are_named(
    con: duckdb.DuckDBPyConnection, tmp_path: Path, name: str
) -> None:
    assert load_records(con, write(tmp_path / name, RECORDS), CANONICAL) == ["shoe size"]
    assert con.execute("select * from evaluation.records order by all").fetchall() == [
        ("a", "1", "Ann,"),
        ("a", "2", None),
    ]
    load_truth(con, write(tmp_path / "truth.csv", TRUTH))
    assert con.execute("select count(*) from evaluation.truth").fetchall() == [(2,)]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("source_system,given_name\na,Ann\n", "lacks the column source_record_id"),
        ("source_system,source_record_id,shoe\na,1,40\n", "has no canonical column"),
        ("source_system,source_record_id,given_name,given_name\na,1,x,y\n", "empty or repeated column names"),
        ("source_system,source_record_id,given_name\na,1,x\na,1,y\n", "1 keys more than once"),
        ("source_system,source_record_id,given_name\na,,x\n", "1 lines without a key"),
        ("source_system,source_record_id,given_name\n", "holds no lines"),
        ("", "lacks the column"),
        ('source_system,source_record_id,given_name\na,1,"x\n', "no well-formed CSV"),
        ("source_system,source_record_id,given_name\na,1,x,y,z\n", "no well-formed CSV"),
    ],
)
def test_bad_records_are_refused_by_name(
    con: duckdb.DuckDBPyConnection, tmp_path: Path, text: str, message: str
) -> None:
    path = write(tmp_path / "bad.csv", text)
    with pytest.raises(InputError, match=message) as caught:
        load_records(con, path, CANONICAL)
    assert "bad.csv" in str(caught.value)


def test_missing_binary_and_truncated_files_are_refused(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        load_records(con, tmp_path / "nowhere.csv", CANONICAL)
    (tmp_path / "binary.csv").write_bytes(b"\xff\xfe\x00\x01")
    with pytest.raises(InputError, match="cannot be read"):
        load_records(con, tmp_path / "binary.csv", CANONICAL)
    (tmp_path / "cut.csv.gz").write_bytes(gzip.compress(RECORDS.encode())[:20])
    with pytest.raises(InputError, match="cannot be read"):
        load_records(con, tmp_path / "cut.csv.gz", CANONICAL)


def test_truth_must_speak_of_the_same_records(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    load_records(con, write(tmp_path / "records.csv", RECORDS), CANONICAL)
    path = write(tmp_path / "truth.csv", "source_system,source_record_id,truth_id\na,1,x\na,3,x\n")
    with pytest.raises(InputError, match="1 truth lines name no record, 1 records have no truth"):
        load_truth(con, path)
