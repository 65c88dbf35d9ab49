"""Any table survives a CSV; any byte soup is taken apart exactly as a character-by-character oracle does it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dq_pipeline.adapters.ingest import records
from dq_pipeline.adapters.ingest.csv_file import read_csv_file
from dq_pipeline.adapters.ingest.json_objects import read_json_page, read_jsonl
from dq_pipeline.adapters.ingest.ledger import Rejects
from dq_pipeline.adapters.ingest.prepared import Extract, Prepared
from dq_pipeline.adapters.ingest.raw_tables import ensure_raw
from dq_pipeline.adapters.ingest.records import Batch, Dialect, OddRecord, RecordStream
from dq_pipeline.domain.contract import Contract, ContractColumn, FileLayout

FAST = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
COMMA = Dialect(b",", b'"')
Found = tuple[int, bytes, "list[bytes] | None"]

soup = st.text('ab,"\n\r é', max_size=60)
bytes_soup = st.lists(
    st.sampled_from([b"a", b",", b'"', b"\n", b"\r", b"\xff", b"\xc3", b"\xc3\xa9", b"\xe2\x82"]), max_size=60
).map(b"".join)
value = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12)
table = st.integers(1, 4).flatmap(
    lambda width: st.lists(st.lists(value, min_size=width, max_size=width), min_size=1, max_size=8)
)


@pytest.fixture
def extract(tmp_path: Path) -> Iterator[Extract]:
    layout = FileLayout("csv", ("*.csv",))
    contract = Contract("people", "crm", "customers", layout, (ContractColumn("k", key=True),), "o", "d")
    con = duckdb.connect()
    ensure_raw(con, contract)
    yield Extract(con, contract, tmp_path / "x", "people/x", tmp_path / "lines", Rejects(con, 1, "people", "x"))
    con.close()


def rows_of(extract: Extract, prepared: Prepared) -> list[tuple]:
    columns = ", ".join(prepared.expressions)
    rows = extract.con.execute(f"select _line, {columns} from {prepared.relation} order by _line").fetchall()
    assert len(rows) == prepared.lines
    return rows


def oracle(text: bytes) -> list[Found]:
    """RFC 4180 one character at a time: (first line, bytes, fields, or None where a quote is broken)."""
    found: list[Found] = []
    at, line = 0, 1
    text += b"" if text.endswith(b"\n") or not text else b"\n"
    while at < len(text):
        parsed = _oracle_record(text, at)
        end = parsed[0] if parsed else text.index(b"\n", at) + 1
        raw = text[at:end].removesuffix(b"\n").removesuffix(b"\r")
        if raw:
            found.append((line, raw, parsed[1] if parsed else None))
        line += text.count(b"\n", at, end)
        at = end
    return found


def _oracle_record(text: bytes, at: int) -> tuple[int, list[bytes]] | None:
    fields, field, state = [], b"", "start"
    while at < len(text):
        char = text[at : at + 1]
        ends_line = char == b"\n" or text[at : at + 2] == b"\r\n"
        at += 1
        if state == "quoted":
            if char != b'"':
                field += char
            elif text[at : at + 1] == b'"':
                field, at = field + char, at + 1
            else:
                state = "closed"
        elif char == b"," or ends_line:
            fields, field, state = [*fields, field], b"", "start"
            if ends_line:
                return at + (char == b"\r"), fields
        elif state == "closed":
            return None
        elif state == "start" and char == b'"':
            state = "quoted"
        else:
            field, state = field + char, "plain"
    return None


def taken_apart(text: bytes, block: int) -> list[Found]:
    blocks = iter([text[n : n + block] for n in range(0, len(text), block)])
    found: list[Found] = []
    for part in RecordStream(blocks, COMMA, "x"):
        if isinstance(part, OddRecord):
            found.append((part.line, part.raw, None if part.reason else part.fields))
        else:
            found += _regular(part)
    return found


def _regular(batch: Batch) -> Iterator[Found]:
    for index in range(len(batch)):
        parsed = COMMA.parse(batch.raw(index) + b"\n", 0)
        assert parsed and parsed[1] is not None and len(parsed[1]) == batch.fields[index]
        yield batch.lines[index], batch.raw(index), parsed[1]


@FAST
@given(soup, st.integers(1, 70), st.integers(1, 70), st.integers(0, 3))
def test_records_are_those_of_the_oracle_whatever_the_windows(
    monkeypatch: pytest.MonkeyPatch, text: str, block: int, window: int, stretch: int
) -> None:
    monkeypatch.setattr(records, "STRETCH_RECORDS", stretch)
    monkeypatch.setattr(records, "WINDOW_BYTES", window)
    monkeypatch.setattr(records, "SMALL_WINDOW_BYTES", max(1, window // 2))
    assert taken_apart(text.encode(), block) == oracle(text.encode())


@FAST
@given(soup)
def test_byte_soup_loads_as_the_oracle_says(extract: Extract, text: str) -> None:
    content = b"k,v\n" + text.encode()
    expected = [(line, raw, fields) for line, raw, fields in oracle(content) if line > 1]
    extract = replace(extract, rejects=Rejects(extract.con, 1, "people", "x"))
    extract.con.execute("delete from raw.rejects").fetchall()
    extract.path.write_bytes(content)
    if not expected:
        return
    rows = rows_of(extract, read_csv_file(extract))
    extract.rejects.flush()
    assert rows == [
        (line, *(f.decode() for f in fields)) for line, _, fields in expected if fields and len(fields) == 2
    ]
    query = "select line, raw_text from raw.rejects order by line"
    assert extract.con.execute(query).fetchall() == [
        (line, raw.decode()) for line, raw, fields in expected if not fields or len(fields) != 2
    ]


@FAST
@given(bytes_soup)
def test_bad_bytes_reject_the_records_that_have_them_and_no_others(extract: Extract, text: bytes) -> None:
    content = b"k,v\n" + text
    layout = replace(extract.contract.layout, encoding="utf-8")
    contract = replace(extract.contract, layout=layout)
    extract = replace(extract, contract=contract, rejects=Rejects(extract.con, 1, "people", "x"))
    extract.con.execute("delete from raw.rejects").fetchall()
    extract.path.write_bytes(content)
    expected = [(line, raw, fields) for line, raw, fields in oracle(content) if line > 1]
    if not expected:
        return
    rows = rows_of(extract, read_csv_file(extract))
    extract.rejects.flush()
    good = {line for line, raw, fields in expected if fields and len(fields) == 2 and is_utf8(raw)}
    assert [row[0] for row in rows] == sorted(good)
    query = "select line, raw_text, reason = 'a byte is not utf-8' from raw.rejects order by line"
    assert extract.con.execute(query).fetchall() == [
        (line, raw.decode("utf-8", "backslashreplace"), not is_utf8(raw))
        for line, raw, _ in expected
        if line not in good
    ]


def is_utf8(raw: bytes) -> bool:
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True


@FAST
@given(
    table,
    st.sampled_from(",;|\t"),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
def test_a_table_written_as_csv_comes_back(
    extract: Extract, rows: list[list[str]], delimiter: str, line_end: str, quoting: int
) -> None:
    if quoting == csv.QUOTE_MINIMAL:  # Python leaves a carriage return unquoted; before a line feed it is a line end
        rows = [[value.replace("\r", "") for value in row] for row in rows]
    header = [f"c{n}" for n in range(len(rows[0]) - 1)]
    layout = replace(extract.contract.layout, delimiter=delimiter)
    extract = replace(extract, contract=replace(extract.contract, layout=layout))
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator=line_end, quoting=quoting)
    writer.writerows([["k", *header], *rows])
    extract.path.write_bytes(text.getvalue().encode())
    assert [row[1:] for row in rows_of(extract, read_csv_file(extract))] == [tuple(row) for row in rows]


@FAST
@given(
    st.lists(
        st.dictionaries(st.sampled_from(["k", "a/b", "~x", ""]).map(lambda k: k or "q\"'"), st.none() | value),
        min_size=1,
        max_size=8,
    ),
    st.booleans(),
)
def test_objects_written_as_json_come_back(extract: Extract, objects: list[dict], as_page: bool) -> None:
    objects = [{"k": "1", **row} for row in objects]
    if as_page:
        extract.path.write_text(json.dumps({"n": 1, "value": objects}, indent=1))
    else:
        extract.path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in objects), newline="")
    prepared = (read_json_page if as_page else read_jsonl)(extract)
    for row, expected in zip(rows_of(extract, prepared), objects, strict=True):
        assert dict(zip(prepared.plan.names, row[1:], strict=True)) == {
            name: expected.get(name) for name in prepared.plan.names
        }
