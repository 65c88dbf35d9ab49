"""What a load leaves behind: the ledger, the history, the view of current lines; and nothing after a failure."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from dq_pipeline.adapters.contracts import load_contracts
from dq_pipeline.adapters.ingest import ensure_raw, ingest_source, loader
from dq_pipeline.adapters.warehouse import Warehouse
from dq_pipeline.errors import BusyError
from dq_pipeline.settings import CONTRACTS, PROJECT

H = "Id,First,Last\n"


def test_every_value_arrives_as_the_text_it_was(make_source) -> None:  # type: ignore[no-untyped-def]
    source = make_source(columns="Id First Last Note")
    source.put("a.csv", 'Id,First,Last,Note\n007,NULL,NA,1E5\n1.50,"",, x \n2,"a\nb",Zoë,true\n')
    source.ingest()
    assert source.query('select "Id", "First", "Last", "Note", _line, _file from raw.people order by _line') == [
        ("007", "NULL", "NA", "1E5", 2, "people/a.csv"),
        ("1.50", "", "", " x ", 3, "people/a.csv"),
        ("2", "a\nb", "Zoë", "true", 4, "people/a.csv"),
    ]
    types = source.query("select distinct data_type from information_schema.columns where table_schema = 'raw_history'")
    assert sorted(types) == [("BIGINT",), ("BOOLEAN",), ("VARCHAR",)]


def test_lines_are_physical_lines_around_breaks_blanks_and_rejects(make_source) -> None:  # type: ignore[no-untyped-def]
    source = make_source()
    source.put("a.csv", H + '1,"a\n\nb",c\n\n2,b\n3,"x"y,z\n4,a,b\n,no,key\n5,a,b')
    result = source.ingest()
    lines, rejects = source.look(
        'select "Id", _line from raw.people order by _line',
        "select line, raw_text, reason, file, source from raw.rejects order by line",
    )
    assert lines == [("1", 2), ("4", 8), ("5", 10)]
    assert rejects == [
        (6, "2,b", "2 columns where the header has 3", "people/a.csv", "people"),
        (7, '3,"x"y,z', "a quoted value is not closed, or has text beside its quotes", "people/a.csv", "people"),
        (9, '{"Id":"","First":"no","Last":"key"}', "the key (Id) is empty", "people/a.csv", "people"),
    ]
    assert (result.lines, result.loaded, result.rejected) == (6, 3, 3)


def test_ledger_row(make_source) -> None:  # type: ignore[no-untyped-def]
    source = make_source(encoding="cp1252")
    content = gzip.compress((H + "1,Zoë,Lee\n2,Bob\n3,Cy,Coe\n").encode("cp1252"))
    source.put("a.csv.gz", content)
    source.ingest()
    columns = (
        "load_id, source, file, content_hash, bytes, lines, loaded, rejected, encoding, status, note, run_id, "
        "started_at >= timestamp '2026-11-20 02:00' and finished_at > started_at"
    )
    assert source.query(f"select {columns} from raw.loads") == [
        (
            *(1, "people", "people/a.csv.gz", hashlib.sha256(content).hexdigest(), len(content)),
            *(3, 2, 1, "cp1252", "loaded", "", "run-1", True),
        )
    ]
    assert not (source.root / "work" / "ingest").exists()


def test_unchanged_content_is_not_loaded_again(make_source) -> None:  # type: ignore[no-untyped-def]
    source = make_source()
    source.put("a.csv", H + "1,Ann,Lee\n")
    assert source.ingest().status == "loaded"
    again = source.ingest()
    assert (again.status, again.files, again.lines, again.current_records) == ("unchanged", 1, 0, 1)
    source.put("renamed.csv", H + "1,Ann,Lee\n")
    assert source.ingest().status == "unchanged"
    source.put("a.csv", H + "1,Ann,Ray\n2,Bob,Ray\n")
    third = source.ingest()
    assert (third.status, third.files, third.lines, third.current_records) == ("loaded", 2, 2, 2)
    current, history, ledger = source.look(
        'select "Id", "Last", _load_id from raw.people order by 1',
        "select count(*) from raw_history.people",
        "select load_id, file, lines from raw.loads order by 1",
    )
    assert current == [("1", "Ray", 2), ("2", "Ray", 2)]
    assert history == [(3,)]
    assert ledger == [(1, "people/a.csv", 1), (2, "people/a.csv", 2)]


def test_equal_files_in_one_call_load_once_and_the_last_line_of_a_key_is_current(make_source) -> None:  # type: ignore[no-untyped-def]
    source = make_source()
    source.put("export-2.csv", H + "1,Ann,two\n")
    source.put("export-10.csv", H + "1,Ann,ten\n1,Ann,eleven\n")
    source.put("export-3.csv", H + "1,Ann,two\n")
    result = source.ingest()
    assert (result.files, result.lines, result.current_records) == (3, 3, 1)
    assert source.query('select "Last", _file, _line from raw.people') == [("eleven", "people/export-10.csv", 3)]


def test_composite_keys(make_source) -> None:  # type: ignore[no-untyped-def]
    source = make_source()
    columns = tuple(replace(column, key=column.name != "Last") for column in source.contract.columns)
    source.contract = replace(source.contract, columns=columns)
    source.put("a.csv", H + "1,a,x\n1,b,y\n1,a,z\n2,,w\n")
    assert source.ingest().rejected == 1
    assert source.query('select "Id", "First", "Last" from raw.people order by 2') == [("1", "a", "z"), ("1", "b", "y")]


def test_one_bad_file_keeps_all_files_out_and_all_problems_are_named(make_source) -> None:  # type: ignore[no-untyped-def]
    source = make_source()
    source.put("a.csv", H + "1,Ann,Lee\n")
    source.ingest()
    source.put("b.csv", H + "2,Bob,Ray\n3,short\n")
    source.put("c.csv", "First,Last\nCy,Coe\n")
    source.put("d.csv", b"\x1f\x8b broken")
    failed = source.ingest()
    assert failed.status == "failed"
    assert failed.current_records == 1
    for words in ("2 files cannot be loaded", "people/c.csv: ", "'Id' is missing", "people/d.csv: ", "damaged"):
        assert words in failed.problem
    ids, rejects, ledger = source.look(
        'select "Id" from raw_history.people',
        "select count(*) from raw.rejects",
        "select load_id, status, file from raw.loads order by 1",
    )
    assert (ids, rejects) == ([("1",)], [(0,)])
    assert ledger == [(1, "loaded", "people/a.csv"), (2, "failed", None)]
    source.put("c.csv", "Id,First,Last\n4,Cy,Coe\n")
    (source.folder / "d.csv").unlink()
    healed = source.ingest()
    assert (healed.status, healed.loaded, healed.rejected, healed.current_records) == ("loaded", 2, 1, 3)


def test_columns_come_and_go_by_name(make_source) -> None:  # type: ignore[no-untyped-def]
    source = make_source()
    source.put("a.csv", H + "1,Ann,Lee\n")
    source.ingest()
    source.put("b.csv", 'Last,ID,"; drop table x; --",e"x\nRay,2,hm,y\n')
    result = source.ingest()
    assert result.status == "loaded"
    assert source.query("select new_columns, missing_columns from raw.loads where load_id = 2") == [
        (["; drop table x; --", 'e"x'], ["First"])
    ]
    names, rows = source.look(
        "describe raw.people", "select * exclude (_load_id, _file, _line) from raw.people order by 1"
    )
    assert [row[0] for row in names] == [
        *("Id", "First", "Last", "; drop table x; --", 'e"x', "_load_id", "_file", "_line")
    ]
    assert rows == [("1", "Ann", "Lee", None, None), ("2", None, "Ray", "hm", "y")]


def test_absent_and_empty_folders(make_source) -> None:  # type: ignore[no-untyped-def]
    source = make_source()
    source.folder.rmdir()
    absent = source.ingest()
    assert (absent.status, absent.files, absent.problem, absent.current_records) == ("absent", 0, "", 0)
    assert [row[0] for row in source.query("describe raw.people")][:3] == ["Id", "First", "Last"]
    source.folder.mkdir()
    source.put("notes.txt", "x")
    empty = source.ingest()
    assert empty.status == "failed"
    assert "no file to load" in empty.problem
    assert "people/notes.txt: left out" in empty.problem


def test_hostile_file_names_are_only_names(make_source) -> None:  # type: ignore[no-untyped-def]
    source = make_source()
    names = ["a b.csv", "q'\"; drop schema raw; --.csv", "[x]*?.csv", "..csv.csv", "new\nline.csv", "%s{0}.csv"]
    for number, name in enumerate(names):
        source.put(name, H + f"{number},Ann,Lee\n")
    undecodable = os.fsencode(source.folder) + b"/\xff.csv"
    with open(undecodable, "wb") as file:  # noqa: PTH123 (a bytes path)
        file.write(H.encode() + b"9,Ann,Lee\n")
    assert source.ingest().loaded == len(names)  # `..csv.csv` begins with a dot: hidden
    stored = {name for (name,) in source.query("select _file from raw.people")}
    assert "people/new\\nline.csv" in stored
    assert "people/\\udcff.csv" in stored
    assert "people/q'\"; drop schema raw; --.csv" in stored


def test_5000_columns_load_and_more_are_refused(make_source) -> None:  # type: ignore[no-untyped-def]
    source = make_source()
    names = ["Id", *(f"c{n}" for n in range(4_999))]
    source.put("a.csv", ",".join(names) + "\n" + ",".join(["1"] * 5_000) + "\n")
    assert source.ingest().loaded == 1
    source.put("b.csv", ",".join([*names, "one"]) + "\n" + ",".join(["1"] * 5_001) + "\n")
    assert "5001 columns are more than 5000" in source.ingest().problem


def test_gzip_bomb_is_bounded(make_source, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr("dq_pipeline.adapters.ingest.decode.EXPANSION_ALLOWED_BYTES", 10_000_000)
    source = make_source()
    source.put("a.csv", gzip.compress(H.encode() + b"1,Ann,Lee\n" * 1_500_000))
    result = source.ingest()
    assert result.status == "failed"
    assert "people/a.csv: the compressed file expands to more than 10,000,000 bytes" in result.problem


def test_a_file_that_grows_while_it_is_read_is_not_loaded(make_source, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    source = make_source()
    path = source.put("a.csv", H + "1,Ann,Lee\n")
    look = loader.content_of

    def then_grow(*arguments: object) -> object:
        content = look(*arguments)
        path.write_text(H + "1,Ann,Lee\n2,Bob,Ray\n")
        return content

    monkeypatch.setattr(loader, "content_of", then_grow)
    assert "people/a.csv: the file changed while it was read" in source.ingest().problem
    monkeypatch.undo()
    assert source.ingest().loaded == 2


def test_json_numbers_and_nested_values_keep_their_text(make_source) -> None:  # type: ignore[no-untyped-def]
    source = make_source("json_pages", columns="Id a b c d e f g")
    page = (
        '{"value": [{"Id": 12345678901234567890123, "a": 1E5, "b": 12.50, "c": -0, "d": "1E5",'
        ' "e": {"x": [1, null, "é"]}, "f": true, "g": null, "a@OData.Formatted": "one"}]}'
    )
    source.put("p.json", page)
    source.ingest()
    assert source.query("select new_columns from raw.loads") == [(["a@OData.Formatted"],)]
    assert source.query("select * exclude (_load_id, _file) from raw.people") == [
        ("12345678901234567890123", "1E5", "12.50", "-0", "1E5", '{"x":[1,null,"é"]}', "true", None, "one", 1)
    ]


def test_number_text_within_strings_is_not_touched(make_source) -> None:  # type: ignore[no-untyped-def]
    source = make_source("jsonl", columns="Id a b")
    source.put("p.jsonl", '{"Id": 1.0, "a": ": 1.0,", "b": "\\": 2E5"}\n{"Id": 2E0, "a": [1.50], "b": {"c": 1}}\n')
    source.ingest()
    assert source.query('select "Id", a, b, _line from raw.people order by _line') == [
        ("1.0", ": 1.0,", '": 2E5', 1),
        ("2E0", "[1.5]", '{"c":1}', 2),
    ]


def test_an_empty_last_page_is_no_error(make_source) -> None:  # type: ignore[no-untyped-def]
    source = make_source("json_pages")
    source.put("p1.json", json.dumps({"value": [{"Id": 1}, {"Id": 2}], "@odata.nextLink": "x"}))
    source.put("p2.json", '{"value": []}')
    result = source.ingest()
    assert (result.status, result.files, result.loaded) == ("loaded", 2, 2)
    assert source.ingest().status == "unchanged"


def test_parquet_values_as_text(make_source) -> None:  # type: ignore[no-untyped-def]
    source = make_source("parquet", columns="Id at on_day amount tags raw zone flag")
    duckdb.connect().execute(
        f"copy (select 7::bigint as Id, timestamp '2026-01-02 03:04:05.5' as at, date '2026-01-02' as on_day, "
        f"12.50::decimal(9, 2) as amount, ['a', null] as tags, encode('Zoë') as raw, "
        f"timestamptz '2026-01-02 03:04:05+00' as zone, true as flag) to '{source.folder}/x.parquet'"
    ).fetchall()
    source.ingest()
    assert source.query("select * exclude (_load_id, _file) from raw.people") == [
        *[
            (
                "7",
                "2026-01-02T03:04:05.5",
                "2026-01-02",
                "12.50",
                '["a",null]',
                "Zoë",
                "2026-01-02T03:04:05+00",
                "true",
                1,
            )
        ]
    ]


def test_a_byte_order_mark_beats_the_declared_encoding(make_source) -> None:  # type: ignore[no-untyped-def]
    source = make_source(encoding="cp1252")
    source.put("a.csv", b"\xef\xbb\xbf" + (H + "1,Zoë,Lee\n").encode())
    source.ingest()
    assert source.look('select "First" from raw.people', "select encoding from raw.loads") == [
        [("Zoë",)],
        [("utf-8-sig",)],
    ]


def test_a_held_warehouse_is_busy_not_failed(make_source) -> None:  # type: ignore[no-untyped-def]
    source = make_source()
    source.put("a.csv", H + "1,Ann,Lee\n")
    source.ingest()
    code = "import duckdb, sys, time; c = duckdb.connect(sys.argv[1]); print('up', flush=True); time.sleep(60)"
    holder = subprocess.Popen([sys.executable, "-c", code, str(source.warehouse.path)], stdout=subprocess.PIPE)
    assert holder.stdout and holder.stdout.readline() == b"up\n"
    try:
        with pytest.raises(BusyError):
            source.ingest()
    finally:
        holder.kill()
        holder.wait()


KILLED = """
import sys
from datetime import datetime
from pathlib import Path
from dq_pipeline.adapters.contracts import load_contracts
from dq_pipeline.adapters.ingest import ingest_source
from dq_pipeline.adapters.warehouse import Warehouse
from dq_pipeline.settings import CONTRACTS

root = Path(sys.argv[1])
contract = load_contracts(CONTRACTS)["hubspot_contacts"]
print("up", flush=True)
ingest_source(Warehouse(root / "w.duckdb"), root / "extracts", contract, run_id="r", now=datetime(2026, 1, 1))
"""


@pytest.mark.parametrize("stage", ["reading", "inserting"])
def test_kill_9_leaves_nothing_and_the_next_call_completes(tmp_path: Path, stage: str) -> None:
    folder = tmp_path / "extracts" / "hubspot_contacts"
    folder.mkdir(parents=True)
    contract = load_contracts(CONTRACTS)["hubspot_contacts"]
    header = ",".join(f'"{column.name}"' for column in contract.columns)
    rest = ",abcdefgh" * (len(contract.columns) - 1)
    files, lines = 3, 60_000
    for number in range(files):
        rows = (f"{number}{line:07}{rest}\n" for line in range(lines))
        (folder / f"{number}.csv").write_text(header + "\n" + "".join(rows))
    scratch = tmp_path / "work" / "ingest" / "lines"
    child = subprocess.Popen([sys.executable, "-c", KILLED, str(tmp_path)], cwd=PROJECT, stdout=subprocess.PIPE)
    assert child.stdout and child.stdout.readline() == b"up\n"
    full = lines * (len(rest) + 9)
    while not scratch.exists() or (stage == "inserting" and scratch.stat().st_size < full):
        assert child.poll() is None, "the load was over before it could be killed"
        time.sleep(0.001)
    child.send_signal(signal.SIGKILL)
    assert child.wait() == -signal.SIGKILL
    assert scratch.exists()

    warehouse = Warehouse(tmp_path / "w.duckdb")
    with warehouse.transaction() as con:
        ensure_raw(con, contract)
        assert con.execute("select count(*) from raw_history.hubspot_contacts").fetchall() == [(0,)]
        assert con.execute("select count(*) from raw.loads").fetchall() == [(0,)]
    result = ingest_source(warehouse, tmp_path / "extracts", contract, run_id="r2", now=datetime(2026, 1, 2))
    assert (result.status, result.files, result.loaded, result.current_records) == (
        *("loaded", files, files * lines, files * lines),
    )
    assert not scratch.exists()


def test_kill_9_at_random_moments_of_the_second_night(tmp_path: Path) -> None:
    """After every kill the first night is current and whole, or the second one is."""
    folder = tmp_path / "extracts" / "hubspot_contacts"
    folder.mkdir(parents=True)
    contract = load_contracts(CONTRACTS)["hubspot_contacts"]
    header = ",".join(f'"{column.name}"' for column in contract.columns)
    rest = ",abcdefgh" * (len(contract.columns) - 2)
    warehouse, lines = Warehouse(tmp_path / "w.duckdb"), 40_000

    def put(night: int) -> None:
        rows = (f"{line},{'second' if line % 4 == 0 and night == 2 else 'first'}{rest}\n" for line in range(lines))
        (folder / "a.csv").write_text(header + "\n" + "".join(rows))

    put(1)
    ingest_source(warehouse, tmp_path / "extracts", contract, run_id="r1", now=datetime(2026, 1, 1))
    put(2)
    second = [("first", lines * 3 // 4), ("second", lines // 4)]
    name = contract.columns[1].name
    ended = random.Random(7)
    for _ in range(6):
        child = subprocess.Popen([sys.executable, "-c", KILLED, str(tmp_path)], cwd=PROJECT, stdout=subprocess.PIPE)
        assert child.stdout and child.stdout.readline() == b"up\n"
        time.sleep(ended.uniform(0, 1.2))
        child.send_signal(signal.SIGKILL)
        child.wait()
        with warehouse.connect(read_only=True) as con:
            rows = con.execute(f'select "{name}", count(*) from raw.hubspot_contacts group by 1 order by 1').fetchall()
            loads = con.execute("select count(*), sum(lines - loaded - rejected) from raw.loads").fetchall()
        assert (rows, loads) in (([("first", lines)], [(1, 0)]), (second, [(2, 0)]))
    ingest_source(warehouse, tmp_path / "extracts", contract, run_id="r2", now=datetime(2026, 1, 2))
    with warehouse.connect(read_only=True) as con:
        rows = con.execute(f'select "{name}", count(*) from raw.hubspot_contacts group by 1 order by 1').fetchall()
        history = con.execute("select count(*), count(_ended) from raw_history.hubspot_contacts").fetchall()
    assert (rows, history) == (second, [(lines * 5 // 4, lines // 4)])


def test_what_is_loaded_is_seen_at_once_at_any_size(make_source) -> None:  # type: ignore[no-untyped-def]
    """More rows than DuckDB keeps in one row group, more columns than are added one by one, a key that repeats."""
    columns = [f"c{n}" for n in range(25)]
    source = make_source(columns=" ".join(["Id", *columns]))
    header, rest, lines = ",".join(["Id", *columns]), ",x" * len(columns), 150_000
    source.put("a.csv", header + "\n" + "".join(f"{n}{rest}\n" for n in range(lines)) + f"7{rest}y\n")
    first = source.ingest()
    assert (first.loaded, first.new_records, first.current_records) == (lines + 1, lines, lines)
    assert source.query("select current_records from raw.snapshots") == [(lines,)]
    assert source.query("""select c24 from raw.people where "Id" = '7'""") == [("xy",)]


def test_the_historical_extracts_load_line_by_line(tmp_path: Path) -> None:
    extracts = PROJECT.parent / "shared" / "extracts" / "historical"
    if not extracts.is_dir():
        pytest.skip("the folder ../shared with the public labelled sets is absent")
    contracts = load_contracts(CONTRACTS)
    warehouse = Warehouse(tmp_path / "w.duckdb")
    results = [
        ingest_source(warehouse, extracts, contract, run_id="r", now=datetime(2026, 1, 1))
        for contract in contracts.values()
    ]
    loaded = {result.source: result.loaded for result in results if result.status == "loaded"}
    assert loaded == {"salesforce_contacts": 30_337, "hubspot_contacts": 20_241}
    assert [result.rejected for result in results] == [0] * 7
    assert {result.status for result in results if result.source not in loaded} == {"absent"}
    with warehouse.connect(read_only=True) as con:
        distinct = con.execute('select count(distinct "Id") from raw.salesforce_contacts').fetchall()
        first = con.execute(
            'select "Id", "FirstName", _line from raw.salesforce_contacts order by _line limit 1'
        ).fetchall()
    assert distinct == [(30_337,)]
    assert first == [("003CGhl6L2DaCC0YIN", "o'brien,", 2)]


def test_another_extracts_folder_is_another_world_and_the_first_comes_back(make_source, tmp_path) -> None:  # type: ignore[no-untyped-def]
    source = make_source()
    source.put("a.csv", H + "1,Ann,Lee\n2,Bob,Lee\n")
    source.ingest()
    other = tmp_path / "elsewhere"
    (other / "people").mkdir(parents=True)
    (other / "people" / "b.csv").write_text(H + "2,Cy,Coe\n")
    elsewhere = ingest_source(source.warehouse, other, source.contract, run_id="run-2", now=datetime(2026, 11, 21))
    assert (elsewhere.status, elsewhere.loaded, elsewhere.current_records) == ("loaded", 1, 1)
    assert source.query('select "Id", "First" from raw.people') == [("2", "Cy")]
    assert source.query("select count(*) from raw_history.people") == [(3,)]
    back = source.ingest()
    assert (back.status, back.current_records) == ("unchanged", 2)
    assert source.query('select "Id", "First" from raw.people order by 1') == [("1", "Ann"), ("2", "Bob")]
