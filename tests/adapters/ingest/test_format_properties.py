"""Any table written to any format, plain, gzipped or in a zip archive, is read back equal."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dq_pipeline.adapters.ingest.archive import is_archive, unpack, zip_members
from dq_pipeline.adapters.ingest.csv_file import read_csv_file
from dq_pipeline.adapters.ingest.json_objects import read_json_page, read_jsonl
from dq_pipeline.adapters.ingest.ledger import Rejects
from dq_pipeline.adapters.ingest.parquet_file import read_parquet_file
from dq_pipeline.adapters.ingest.prepared import Extract, Prepared
from dq_pipeline.adapters.ingest.raw_tables import ensure_raw
from dq_pipeline.adapters.ingest.xlsx_file import read_xlsx_file
from dq_pipeline.domain.contract import Contract, ContractColumn, FileLayout
from tests.adapters.ingest.samples import zipped

FAST = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
Row = tuple[str | None, ...]

telling = st.sampled_from(
    ["007", "1E5", "NULL", "NA", "#N/A", "TRUE", "0", "", " ", '"', "''", ",", ";", "12345678901234567890"]
)
text = telling | st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12)
# XML knows no control characters, and reads a carriage return as a line feed; `_x0041_` is Excel's own escape.
xml_text = telling | st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff_=") | st.sampled_from("\t\n"),
    max_size=12,
)
packing = st.sampled_from(["plain", "gzip", "zip"])


def tables(values: st.SearchStrategy[str]) -> st.SearchStrategy[list[Row]]:
    """One to eight rows of one to four values, some of them NULL."""
    return st.integers(1, 4).flatmap(
        lambda width: st.lists(st.tuples(*[st.none() | values] * width), min_size=1, max_size=8)
    )


@pytest.fixture
def extract(tmp_path: Path) -> Iterator[Extract]:
    contract = Contract(
        "people", "crm", "customers", FileLayout("csv", ("t.*",)), (ContractColumn("k", key=True),), "o", "d"
    )
    con = duckdb.connect()
    ensure_raw(con, contract)
    yield Extract(con, contract, tmp_path / "x", "people/x", tmp_path / "lines", Rejects(con, 1, "people", "x"))
    con.close()


def numbered(rows: list[Row]) -> list[dict[str, str | None]]:
    """The rows as records with a key."""
    return [{"k": str(number), **{f"c{n}": cell for n, cell in enumerate(row)}} for number, row in enumerate(rows)]


def read_back(extract: Extract, read: Callable[[Extract], Prepared], content: bytes, packing: str) -> list[Row]:
    """What the reader makes of the content, packed so; every line is loaded."""
    packed = {"plain": content, "gzip": gzip.compress(content, 1), "zip": zipped({"a folder/t.data": content})}[packing]
    extract.path.write_bytes(packed)
    if packing == "zip":
        assert is_archive(extract.path)
        ([member], problems) = zip_members(extract.path, extract.name, extract.contract.layout.patterns)
        assert problems == []
        unpack(extract.path, member, extract.path.with_name("member"), extract.name)
        extract = replace(extract, path=extract.path.with_name("member"))
    prepared = read(extract)
    columns = ", ".join(prepared.expressions)
    rows = extract.con.execute(f"select {columns} from {prepared.relation} order by _line").fetchall()
    assert prepared.plan.names == ("k", *(f"c{n}" for n in range(len(prepared.plan.names) - 1)))
    assert (len(rows), extract.rejects.count) == (prepared.lines, 0)
    return [row[1:] for row in rows]


@FAST
@given(
    tables(text),
    st.sampled_from(",;|\t"),
    st.sampled_from("\"'"),
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
    st.sampled_from(["", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32-le", "cp1252", "gb18030"]),
    packing,
)
def test_delimited(
    extract: Extract,
    rows: list[Row],
    delimiter: str,
    quote: str,
    line_end: str,
    all_quoted: bool,
    encoding: str,
    packing: str,
) -> None:
    def encodable(value: str | None) -> str:
        kept = (value or "").encode(encoding or "utf-8", "ignore").decode(encoding or "utf-8")
        return kept if all_quoted else kept.replace("\r", "")  # which Python leaves unquoted

    rows = [tuple(map(encodable, row)) for row in rows]
    layout = replace(extract.contract.layout, delimiter=delimiter, quote=quote, encoding=encoding)
    extract = replace(extract, contract=replace(extract.contract, layout=layout))
    file = io.StringIO(newline="")
    quoting = csv.QUOTE_ALL if all_quoted else csv.QUOTE_MINIMAL
    writer = csv.writer(file, delimiter=delimiter, quotechar=quote, lineterminator=line_end, quoting=quoting)
    writer.writerow(numbered(rows)[0])
    writer.writerows(record.values() for record in numbered(rows))
    assert read_back(extract, read_csv_file, file.getvalue().encode(encoding or "utf-8"), packing) == rows


@FAST
@given(tables(text | st.just("a\0b")), st.booleans(), st.sampled_from(["", "utf-16-le", "utf-8-sig"]), packing)
def test_json_lines(extract: Extract, rows: list[Row], ascii_only: bool, encoding: str, packing: str) -> None:
    content = "\n".join(json.dumps(record, ensure_ascii=ascii_only) for record in numbered(rows))
    assert read_back(extract, read_jsonl, content.encode(encoding or "utf-8"), packing) == rows


@FAST
@given(tables(text | st.just("a\0b")), st.sampled_from([None, 1]), st.booleans(), packing)
def test_json_pages(extract: Extract, rows: list[Row], indent: int | None, wrapped: bool, packing: str) -> None:
    page = {"@odata.context": "x", "value": numbered(rows), "@odata.nextLink": "y"} if wrapped else numbered(rows)
    content = json.dumps(page, indent=indent, ensure_ascii=not wrapped).encode()
    assert read_back(extract, read_json_page, content, packing) == rows


@FAST
@given(tables(text | st.just("a\0b")), packing)
def test_parquet(extract: Extract, rows: list[Row], packing: str) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    file = io.BytesIO()
    fields = [(name, pa.string()) for name in numbered(rows)[0]]
    pq.write_table(pa.Table.from_pylist(numbered(rows), schema=pa.schema(fields)), file)
    assert read_back(extract, read_parquet_file, file.getvalue(), packing) == rows


@FAST
@given(tables(xml_text), packing)
def test_excel(extract: Extract, rows: list[Row], packing: str) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    book.active.append(list(numbered(rows)[0]))
    for record in numbered(rows):
        book.active.append(list(record.values()))
    file = io.BytesIO()
    book.save(file)
    # A sheet knows no empty text, and openpyxl does not ask to preserve a text of blanks.
    expected = [tuple(cell if cell and cell.strip(" \t\n") else None for cell in row) for row in rows]
    assert read_back(extract, read_xlsx_file, file.getvalue(), packing) == expected
