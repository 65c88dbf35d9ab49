import json
import os
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from dq_pipeline.adapters.publish import current_version, publish_version
from dq_pipeline.adapters.run_lock import run_lock
from dq_pipeline.errors import BusyError, InputError
from tests.published import readers_view


@pytest.fixture
def con(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as made:
        made.execute("create schema golden; create schema quality")
        made.execute("create table golden.customers as select 'C1' as customer_id, 'Ann' as given_name")
        made.execute(
            "create table golden.crosswalk as select 's:1' as record_key, 's' as source_system, "
            "'1' as source_record_id, 'C1' as customer_id"
        )
        made.execute(
            "create view golden.change_feed as select 1 as sequence, 'insert' as operation, 'C1' as customer_id"
        )
        made.execute("create table quality.scores as select 'overall' as scope_type, '' as scope, 70.0 as score")
        yield made


def publish(con: duckdb.DuckDBPyConnection, folder: Path, version: str) -> Path:
    return publish_version(
        con,
        folder,
        version,
        views=[readers_view(con)],
        salts=folder.parent / "governance",
        dashboard=[("index.html", "<html>"), ("rules/r.html", "<html>")],
        linkage_charts="<html>",
        manifest={"records": 1},
        keep=2,
    )


def test_a_version_holds_what_readers_need(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    folder = publish(con, tmp_path / "published", "v1")
    assert sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()) == [
        "changes.parquet",
        "crosswalk.parquet",
        "customers.parquet",
        "dashboard/index.html",
        "dashboard/rules/r.html",
        "linkage/index.html",
        "manifest.json",
        "published.duckdb",
        "scores.parquet",
    ]
    crosswalk = con.execute(f"select * from '{folder}/crosswalk.parquet'")
    assert [column[0] for column in crosswalk.description] == ["source_system", "source_record_id", "customer_id"]
    assert crosswalk.fetchall() == [("s", "1", "C1")]
    with duckdb.connect(str(folder / "published.duckdb"), read_only=True) as reader:
        assert reader.execute("select given_name from golden.customers").fetchall() == [("Ann",)]
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["version"] == "v1"
    assert manifest["files"]["dashboard/index.html"]["bytes"] == 6


def test_current_switches_and_old_versions_go(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    published = tmp_path / "published"
    with pytest.raises(InputError, match="nothing is published yet"):
        current_version(published)
    for version in ("v1", "v2", "v3"):
        publish(con, published, version)
        assert current_version(published)[0] == version
    assert sorted(p.name for p in published.iterdir()) == ["current", "v2", "v3"]


def test_a_killed_publish_leaves_readers_alone(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    published = tmp_path / "published"
    publish(con, published, "v1")
    (published / ".building-v2").mkdir()
    (published / ".building-v2" / "half").write_text("half")
    assert current_version(published)[0] == "v1"
    publish(con, published, "v3")
    assert current_version(published)[0] == "v3"
    assert not list(published.glob(".building-*"))


def test_a_reader_keeps_yesterdays_files_open(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    published = tmp_path / "published"
    publish(con, published, "v1")
    with duckdb.connect(str(published / "current" / "published.duckdb"), read_only=True) as reader:
        con.execute("update golden.customers set given_name = 'Bea'")
        publish(con, published, "v2")
        assert reader.execute("select given_name from golden.customers").fetchall() == [("Ann",)]
    with duckdb.connect(str(published / "current" / "published.duckdb"), read_only=True) as reader:
        assert reader.execute("select given_name from golden.customers").fetchall() == [("Bea",)]


def test_a_second_run_is_told_who_holds_the_lock(tmp_path: Path) -> None:
    lock = tmp_path / "run.lock"
    with (
        run_lock(lock, run_id="r1"),
        pytest.raises(BusyError, match=f"run r1, process {os.getpid()}"),
        run_lock(lock, run_id="r2"),
    ):
        pass
    with run_lock(lock, run_id="r3"):
        assert lock.read_text() == f"run r3, process {os.getpid()}"
