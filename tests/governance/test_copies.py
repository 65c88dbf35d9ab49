"""Files beside the warehouse: found by what they say, cleaned in place where they must stay."""

from __future__ import annotations

import gzip
import json
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

import duckdb

from dq_pipeline.adapters.governance.copies import clean_published
from dq_pipeline.adapters.governance.rewrite import rewrite_database
from dq_pipeline.adapters.governance.stray_files import is_sqlite, scrub_sqlite, scrub_text, stray_files
from dq_pipeline.adapters.role_views import create_key_macro, role_salt

VALUE = "zyxwena.q@quillpost.com"


def test_stray_files_are_found_in_any_case_and_encoding(tmp_path: Path) -> None:
    for name, data in {
        "upper.txt": VALUE.upper().encode(),
        "wide.csv": f"a;{VALUE}".encode("utf-16"),
        "known/in.txt": VALUE.encode(),
        "runs.db-wal": VALUE.encode(),
        "other.txt": b"zyxwena@quillpost.com",
        "late.log": b"." * (8 << 20) + VALUE.encode(),  # across two blocks of reading
    }.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
    (tmp_path / "across.log").write_bytes(b"." * ((8 << 20) - 5) + VALUE.encode())
    (tmp_path / "link.txt").symlink_to(tmp_path / "upper.txt")
    (tmp_path / "packed.csv.gz").write_bytes(gzip.compress(f"a;{VALUE}".encode()))
    (tmp_path / "damaged.gz").write_bytes(b"\x1f\x8b but not really")
    with zipfile.ZipFile(tmp_path / "export.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings.xml", f"<t>{VALUE.title()}</t>".lower() * 50)
    found = [path.name for path in stray_files(tmp_path, [tmp_path / "known"], [VALUE])]
    assert found == ["across.log", "export.xlsx", "late.log", "packed.csv.gz", "upper.txt", "wide.csv"]
    assert stray_files(tmp_path, [], []) == []


def test_a_page_names_an_erased_record_no_more_and_others_still(tmp_path: Path) -> None:
    path = tmp_path / "customers.html"
    path.write_text("<b>s:1&lt;2</b> s:1 s:1, s:12 xs:1 s:1-a\n", "utf-8")
    path.chmod(0o600)
    assert scrub_text(path, ["s:1", "s:1<2"]) == 3
    assert path.read_text("utf-8") == "<b>erased</b> erased erased, s:12 xs:1 s:1-a\n"
    assert path.stat().st_mode & 0o777 == 0o600
    (tmp_path / "wide.csv").write_bytes("s:1 \u00e9".encode("utf-16"))
    assert scrub_text(tmp_path / "wide.csv", ["s:1"]) == 0


def test_a_sqlite_file_keeps_its_rows_without_the_value(tmp_path: Path) -> None:
    path = tmp_path / "runs.db"
    with closing(sqlite3.connect(path)) as con:
        con.execute("create table events (id integer, event text)")
        con.executemany("insert into events values (?, ?)", [(1, f'{{"error": "{VALUE}"}}'), (2, "fine")])
        con.commit()
    assert is_sqlite(path)
    scrub_sqlite(path, [VALUE])
    assert VALUE.encode() not in path.read_bytes()
    with closing(sqlite3.connect(path)) as con:
        assert con.execute("select * from events").fetchall() == [(1, '{"error": "erased"}'), (2, "fine")]


def test_a_database_written_anew_has_everything_but_what_was_deleted(tmp_path: Path) -> None:
    path = tmp_path / "w.duckdb"
    with duckdb.connect(str(path)) as con:
        con.execute("create schema s")
        con.execute("create table s.people (name varchar primary key, n bigint)")
        con.execute("insert into s.people select 'person' || n, n from range(5000) as r(n)")
        con.execute(f"insert into s.people values ('{VALUE}', 1)")
        con.execute("create view s.few as select * from s.people where n < 3")
        con.execute("create macro s.named(wanted) as table select n from s.people where name = wanted")
        con.execute("checkpoint")
        con.execute("delete from s.people where n = 1").fetchall()
    assert VALUE.encode() in path.read_bytes()
    path.chmod(0o640)
    rewrite_database(path)
    assert VALUE.encode() not in path.read_bytes()
    assert path.stat().st_mode & 0o777 == 0o640
    assert [file.name for file in tmp_path.iterdir()] == ["w.duckdb"]
    with duckdb.connect(str(path), read_only=True) as con:
        assert con.execute("select count(*) from s.people").fetchall() == [(4999,)]
        assert con.execute("from s.named('person2')").fetchall() == [(2,)]
        assert con.execute("select n from s.few order by n").fetchall() == [(0,), (2,)]
        assert con.execute("select count(*) from duckdb_constraints()").fetchall()[0][0] >= 1


def test_only_the_current_version_stays_and_roles_wait_for_the_next_run(tmp_path: Path) -> None:
    published = tmp_path / "published"
    for version in ("20260101T000000Z-a", "20260102T000000Z-b"):
        (published / version / "marketing").mkdir(parents=True)
        (published / version / "dashboard").mkdir()
        (published / version / "dashboard" / "index.html").write_text("<p>s:1")
        with duckdb.connect() as con:
            for name in ("customers.parquet", "marketing/customers.parquet"):
                con.execute(
                    f"copy (select 'C' || n as customer_id, '{VALUE}' as email from range(3) as r(n)) "
                    f"to '{published / version / name}' (format parquet)"
                )
        files = {name: {"bytes": 0, "sha256": ""} for name in ("customers.parquet", "marketing/customers.parquet")}
        (published / version / "manifest.json").write_text(json.dumps({"files": files}))
    (published / "current").symlink_to("20260102T000000Z-b")
    with duckdb.connect() as con:
        con.execute("create temp table dq_person_keys as select 'C1' as key")
        con.execute("create temp table dq_person_versions (sequence bigint)")
        con.execute("create temp table dq_kept_facts (fact varchar)")
        salt = role_salt(tmp_path / "governance", "")
        create_key_macro(con, salt)
        con.execute(
            f"copy (select dq_key('C' || n) as customer_id, 'Z***' as name from range(3) as r(n)) "
            f"to '{published / 'current' / 'masked.parquet'}' (format parquet)"
        ).fetchall()
        counts = clean_published(con, published, tmp_path / "governance", {"s:1": "erased:0"})
        masked = con.execute(f"select count(*) from '{published}/current/masked.parquet'").fetchall()
        left = con.execute(f"select customer_id from '{published}/current/customers.parquet'").fetchall()
    assert left == [("C0",), ("C2",)]
    assert counts == {
        "published versions": 1,
        "published/marketing/ (withdrawn until the next run)": 1,
        "published/customers.parquet": 1,
        "published/masked.parquet": 1,
        "published/dashboard/index.html": 1,
    }
    assert masked == [(2,)]
    manifest = json.loads((published / "current" / "manifest.json").read_text())
    assert list(manifest["files"]) == ["customers.parquet"]
    assert (
        manifest["files"]["customers.parquet"]["bytes"] == (published / "current" / "customers.parquet").stat().st_size
    )
    assert sorted(path.name for path in published.iterdir()) == ["20260102T000000Z-b", "current"]
