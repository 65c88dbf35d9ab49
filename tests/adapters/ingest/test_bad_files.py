"""Files as nobody should send them, and exactly what becomes of each."""

from __future__ import annotations

import gzip
import io
from dataclasses import dataclass, field
from typing import Any

import duckdb
import pytest

H = b"Id,First,Last\n"
AO = {"delimiter": "|", "quote": "", "encoding": "cp1252", "header_record": "H|", "trailer_record": "T|"}


def parquet(sql: str) -> bytes:
    con = duckdb.connect()
    buffer = io.BytesIO()
    import pyarrow.parquet as pq

    pq.write_table(con.sql(sql).to_arrow_table(), buffer)
    return buffer.getvalue()


@dataclass(frozen=True)
class Case:
    """`loaded` / `rejected` lines, or (when `loaded` is None) the words that the failure must have."""

    name: str
    content: bytes
    loaded: int | None = None
    rejected: int = 0
    says: tuple[str, ...] = ()
    file_format: str = "csv"
    file: str = ""
    contract: dict[str, Any] = field(default_factory=dict)

    @property
    def file_name(self) -> str:
        return self.file or {"json_pages": "x.json"}.get(self.file_format, f"x.{self.file_format}")


LOADS = [
    Case("plain", H + b"1,Ann,Lee\n2,Bob,Ray\n", 2),
    Case("no line end at the end", H + b"1,Ann,Lee\n2,Bob,Ray", 2),
    Case("CRLF", H.replace(b"\n", b"\r\n") + b"1,Ann,Lee\r\n2,Bob,Ray\r\n", 2),
    Case("mixed line ends", H + b"1,Ann,Lee\r\n2,Bob,Ray\n3,Cy,Coe\r\n", 3),
    Case("byte order mark", b"\xef\xbb\xbf" + H + b"1,Ann,Lee\n", 1),
    Case("blank lines", b"\n" + H + b"\n\n1,Ann,Lee\n\r\n\n2,Bob,Ray\n\n", 2),
    Case("blank line at the end, CRLF", b"Id,First,Last\r\n1,Ann,Lee\r\n\r\n", 1),
    Case("line feed in a value", H + b'1,"Ann\nMay",Lee\n2,Bob,Ray\n', 2),
    Case("CRLF in a value", H + b'1,"Ann\r\nMay",Lee\r\n', 1),
    Case("doubled quotes", H + b'1,"Ann ""Nan""","""Lee"""\n2,"""",""\n', 2),
    Case("delimiter in quotes", H + b'1,"Lee, Ann","a,b,c"\n', 1),
    Case("quote within an unquoted value", H + b'1,Ann "Nan" May,5" tall\n', 1),
    Case("blank before an opening quote", H + b'1, "Ann, x\n2,Bob,Ray\n', 2),
    Case("lone carriage return in a value", H + b"1,Ann\rMay,Lee\n2,Bob,Ray\n", 2),
    Case("quoted header over two lines", b'Id,"First\nname",Last\n1,Ann,Lee\n', 1),
    Case("columns in another order", b"Last,Id,First\nLee,1,Ann\n", 1),
    Case("columns in other case, with blanks", b" ID ,FIRST,last\n1,Ann,Lee\n", 1),
    Case("optional column missing", b"Id,Last\n1,Lee\n", 1),
    Case("extra column", b"Id,First,Last,Shoe size\n1,Ann,Lee,44\n", 1),
    Case("too few columns", H + b"1,Ann\n2,Bob,Ray\n", 1, 1, ("2 columns where the header has 3",)),
    Case("too many columns", H + b"1,Ann,Lee,x\n2,Bob,Ray\n", 1, 1, ("4 columns where the header has 3",)),
    Case("delimiter at the line's end", H + b"1,Ann,Lee,\n2,Bob,Ray\n", 1, 1, ("4 columns",)),
    Case("quote never closed", H + b'1,"Ann,Lee\n2,Bob,Ray\n3,Cy,Coe\n', 2, 1, ("is not closed",)),
    Case("quote closed by a later one", H + b'1,"Ann,Lee\n2,"Bob",Ray\n3,Cy,Coe\n', 2, 1, ("is not closed",)),
    Case("quote never closed in the last line", H + b'1,Ann,Lee\n2,"Bob,Ray', 1, 1, ("is not closed",)),
    Case("text behind a quoted value", H + b'1,"Ann"x,Lee\n2,Bob,Ray\n', 1, 1, ("text beside its quotes",)),
    Case("broken quote, CRLF", H + b'1,"Ann"x,Lee\r\n2,Bob,Ray\r\n', 1, 1, ("text beside its quotes",)),
    Case("NUL byte", H + b"1,A\0nn,Lee\n2,Bob,Ray\n", 1, 1, ("NUL byte",)),
    Case("empty key", H + b',Ann,Lee\n2,Bob,Ray\n"",Cy,Coe\n3,Di,Doe\n', 2, 2, ("the key (Id) is empty",)),
    Case("blank key", H + b"   ,Ann,Lee\n2,Bob,Ray\n", 1, 1, ("the key (Id) is empty",)),
    Case("multi-line record of too few columns", H + b'1,"A\nB"\n2,Bob,Ray\n', 1, 1, ("2 columns",)),
    Case("ten megabytes in one field", H + b"1," + b"x" * 10_000_000 + b",Lee\n2,Bob,Ray\n", 2),
    Case("ten megabytes quoted", H + b'1,"' + b"x\n" * 5_000_000 + b'",Lee\n2,Bob,Ray\n', 2),
    Case("gzip", gzip.compress(H + b"1,Ann,Lee\n"), 1, file="x.csv.gz"),
    Case("gzip that does not say so", gzip.compress(H + b"1,Ann,Lee\n"), 1),
    Case("two gzip members", gzip.compress(H) + gzip.compress(b"1,Ann,Lee\n"), 1, file="x.csv.gz"),
    Case("Windows-1252", H + "1,Zoë,Łee".encode("cp1252", "replace"), 1, contract={"encoding": "cp1252"}),
    Case("UTF-16 by its mark", (H + b"1,Ann,Lee\n").decode().encode("utf-16"), 1),
    Case("tab", b"Id\tFirst\tLast\n1\tAnn\tLee\n", 1, contract={"delimiter": "\t"}),
    Case("percent sign as delimiter", b"Id%First%Last\n1%Ann%Lee\n", 1, contract={"delimiter": "%"}),
    Case("single column", b"Id\n1\n\n2\n", 2, contract={"columns": "Id"}),
    Case("header, trailer", b"H|X\r\nId|First|Last\r\n1|A\"nn|L'ee\r\nT|1\r\n", 1, contract=AO),
    Case("trailer counts rejects", b"H|X\nId|First|Last\n1|Ann|Lee\n2|Bob\nT|000002\n", 1, 1, contract=AO),
    Case("record like a trailer", b"H|X\nId|First|Last\nT|Ann|Lee\n2|Bob|Ray\nT|2|x\n\n", 2, contract=AO),
    Case("no quoting: carriage return", b"H|X\nId|First|Last\n1|A\rnn|Lee\nT|1\n", 1, contract=AO),
    Case("JSON lines", b'{"Id":"1","First":"Ann"}\r\n\n{"Id":2,"Last":null}', 2, file_format="jsonl"),
    Case("invalid line", b'{"Id":"1"}\n{"Id":\n{"Id":"2"}', 2, 1, ("not a JSON object",), "jsonl"),
    Case("line is an array", b'{"Id":"1"}\n[1]\n', 1, 1, ("not a JSON object",), "jsonl"),
    Case("control character", b'{"Id":"1\x1f"}\n{"Id":"2"}\n', 1, 1, ("control character",), "jsonl"),
    Case("key twice", b'{"Id":"1","Id":"2"}\n{"Id":"3"}\n', 1, 1, ("a key occurs twice",), "jsonl"),
    Case("no key", b'{"First":"Ann"}\n{"Id":"3"}\n', 1, 1, ("the key (Id) is empty",), "jsonl"),
    Case("lone surrogate", b'{"Id":"\\ud800"}\n{"Id":"3"}\n', 1, 1, ("not a JSON object",), "jsonl"),
    Case("OData page", b'{"@odata.context":"x","value":[{"Id":1},\n {"Id":2}]}', 2, file_format="json_pages"),
    Case("array page", b' [ {"Id":1} ] ', 1, file_format="json_pages"),
    Case("element no object", b'[{"Id":1}, 7]', 1, 1, ("not a JSON object",), "json_pages"),
    Case("pretty page", b'{\r\n"value": [\r\n{\r\n"Id":\r\n1}\r\n]\r\n}', 1, file_format="json_pages"),
    Case("Parquet", parquet("select 1 as Id, 'Ann' as First"), 1, file_format="parquet"),
    Case("Parquet, no key", parquet("select unnest([1, null]) as Id"), 1, 1, ("is empty",), "parquet"),
    Case("gzipped Parquet", gzip.compress(parquet("select 1 as Id")), 1, file_format="parquet"),
]

FAILS = [
    Case("nothing in it", b"", says=("x.csv", "the file is empty", "Remedy")),
    Case("only blank lines", b"\n\r\n\n", says=("the file is empty",)),
    Case("header only", H, says=("x.csv", "no data lines", "Remedy")),
    Case("required column missing", b"First,Last\nAnn,Lee\n", says=("x.csv", "'Id' is missing", "Remedy")),
    Case("no header", b"1,Ann,Lee\n2,Bob,Ray\n", says=("required column 'Id' is missing",)),
    Case("wrong delimiter", b"Id;First;Last\n1;Ann;Lee\n", says=("single column", "delimiter")),
    Case("same name twice", b"Id,First,First\n1,Ann,Lee\n", says=("columns 2 and 3 have the same name",)),
    Case("same name but for case", b"Id,First,id\n1,Ann,2\n", says=("columns 1 and 3 have the same name",)),
    Case("column without a name", b"Id,First,\n1,Ann,Lee\n", says=("column 3 has no name",)),
    Case("two problems", b"First,First,\n1,Ann,Lee\n", says=("'Id' is missing", "1 and 2", "column 3")),
    Case("name of the pipeline's own", b"Id,_line\n1,5\n", says=("column 2", "kept for the pipeline")),
    Case("not UTF-8", H + b"1,Ann,Lee\n2,B\xf6b,Ray\n", says=("x.csv, line 3", "not utf-8", "encoding")),
    Case("cut in a character", H + b"1,Ann,L\xc3", says=("x.csv, line 2", "not utf-8")),
    Case("not Windows-1252", H + b"1,A\x81n,L\n", says=("line 2",), contract={"encoding": "cp1252"}),
    Case("UTF-16 without mark", (H * 2).decode().encode("utf-16-le"), says=("line 1", "NUL byte")),
    Case("cut-off gzip", gzip.compress(H + b"1,Ann,Lee\n")[:-9], says=("cut off or damaged",), file="x.csv.gz"),
    Case("damaged gzip", gzip.compress(H + b"1,A,L\n" * 99)[:40] + b"x" * 30, says=("cut off or damaged",)),
    Case("no header record", b"Id|First|Last\n1|A|L\nT|1\n", says=("line 1", "header record"), contract=AO),
    Case("no trailer", b"H|X\nId|First|Last\n1|A|L\n", says=("trailer record is missing",), contract=AO),
    Case("wrong count", b"H|X\nId|First|Last\n1|A|L\nT|2\n", says=("says 2 records", "has 1"), contract=AO),
    Case("count no number", b"H|X\nId|First|Last\n1|A|L\nT|x\n", says=("carries no count",), contract=AO),
    Case("trailer alone", b"H|X\nId|First|Last\nT|0\n", says=("no data lines",), contract=AO),
    Case("too many rejects", H + b"1\n2\n3,Cy,Coe\n", says=("2 of 3 lines", "50.00%", "x.csv, line 2: 1 columns")),
    Case("no JSON at all", b"Id,First\n1,Ann\n", says=("no line is a JSON object",), file_format="jsonl"),
    Case("empty JSON lines", b"\n\n", says=("no data lines",), file_format="jsonl"),
    Case("required key nowhere", b'{"First":"Ann"}\n', says=("'Id' is missing",), file_format="jsonl"),
    Case("keys but for case", b'{"Id":1}\n{"ID":2}\n', says=("have the same name",), file_format="jsonl"),
    Case("page cut off", b'{"value":[{"Id":1},\n{"Id":', says=("x.json, line 2", "JSON"), file_format="json_pages"),
    Case("page not JSON", b"<html>Log in</html>", says=("line 1", "page of JSON"), file_format="json_pages"),
    Case("error answer", b'{"error":{"code":"401"}}', says=("no array `value`",), file_format="json_pages"),
    Case("value no array", b'{"value":{"Id":1}}', says=("'[' is missing",), file_format="json_pages"),
    Case("two pages in one", b'[{"Id":1}]\n[]', says=("line 2", "after the end"), file_format="json_pages"),
    Case("comma at the end", b'[{"Id":1},]', says=("comma",), file_format="json_pages"),
    Case("nested too deeply", b"[" * 100_000, says=("nested too deeply",), file_format="json_pages"),
    Case("only an empty page", b'{"value":[]}', says=("no file has any data",), file_format="json_pages"),
    Case("no Parquet", b"PAR1 nothing", says=("not readable as Parquet",), file_format="parquet"),
    Case("Parquet cut off", parquet("select 1 as Id")[:-20], says=("not readable",), file_format="parquet"),
    Case("Parquet, no rows", parquet("select 1 as Id where false"), says=("no data",), file_format="parquet"),
    Case("Parquet, no key column", parquet("select 1 as No"), says=("'Id' is missing",), file_format="parquet"),
]


@pytest.mark.parametrize("case", LOADS, ids=lambda case: case.name)
def test_loads_with_exactly_these_counts(make_source, case: Case) -> None:  # type: ignore[no-untyped-def]
    source = make_source(case.file_format, **case.contract)
    source.put(case.file_name, case.content)
    result = source.ingest()
    assert (result.status, result.problem) == ("loaded", "")
    assert (result.lines, result.loaded, result.rejected) == (
        case.loaded + case.rejected,
        case.loaded,
        case.rejected,
    )
    assert result.current_records == case.loaded
    ledger, [(history,)], rejects = source.look(
        "select lines, loaded, rejected, status from raw.loads",
        "select count(*) from raw_history.people",
        "select reason from raw.rejects order by line",
    )
    assert ledger == [(result.lines, case.loaded, case.rejected, "loaded")]
    assert (history, len(rejects)) == (case.loaded, case.rejected)
    for words in case.says:
        assert words in rejects[0][0]


@pytest.mark.parametrize("case", FAILS, ids=lambda case: case.name)
def test_fails_whole_with_a_clear_message(make_source, case: Case) -> None:  # type: ignore[no-untyped-def]
    source = make_source(case.file_format, **case.contract)
    source.put(case.file_name, case.content)
    result = source.ingest()
    assert (result.status, result.files, result.lines, result.loaded) == ("failed", 0, 0, 0)
    for words in case.says:
        assert words in result.problem
    current, rejects, ledger = source.look(
        "select count(*) from raw.people",
        "select count(*) from raw.rejects",
        "select status, note, lines, loaded, rejected from raw.loads",
    )
    assert (current, rejects) == ([(0,)], [(0,)])
    assert ledger == [("failed", result.problem, 0, 0, 0)]
    assert not any(value in result.problem for value in ("Ann", "Lee", "Bob", "Ray"))


def test_the_tables_are_large_and_named_apart() -> None:
    names = [case.name for case in LOADS + FAILS]
    assert len(names) == len(set(names)) >= 60
