"""Files as nobody should send them, and exactly what becomes of each."""

from __future__ import annotations

import gzip
import json
import zipfile
from dataclasses import dataclass, field
from typing import Any

import pytest

from dq_pipeline.adapters.warehouse import quote_identifier
from tests.adapters.ingest.samples import parquet, with_flag, with_method, with_sheet_data, workbook, zipped

H = b"Id,First,Last\n"
ROWS = (["Id", "First", "Last"], ["1", "Ann", "Lee"])
FAR_APART = b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
UTF8, CP1252 = {"encoding": "utf-8"}, {"encoding": "cp1252"}
AO = {"delimiter": "|", "quote": "", "encoding": "cp1252", "header_record": "H|", "trailer_record": "T|"}


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
    Case("Windows-1252, undeclared", H + b"1,Ann,Lee\n2,B\xf6b,Ray\n", 2),
    Case("a byte is not UTF-8", H + b"1,Ann,Lee\n2,B\xf6b,Ray\n", 1, 1, ("a byte is not utf-8",), contract=UTF8),
    Case("bad byte in a long record", H + b'1,"A\n\xff\n",L\n2,B,R\n', 1, 1, ("not utf-8",), contract=UTF8),
    Case("bad byte among accents, undeclared", H + "1,Zoë,Ö\n".encode() + b"2,B\xf6b,Ray\n", 1, 1, ("not utf-8",)),
    Case("cut in a character", H + b"1,Ann,Lee\n2,Bob,R\xc3", 1, 1, ("not utf-8",), contract=UTF8),
    Case("not Windows-1252", H + b"1,A\x81n,L\n2,Bob,Ray\n", 1, 1, ("a byte is not cp1252",), contract=CP1252),
    Case("bad byte and too few columns", H + b"1,A\xff\n2,Bob,Ray\n", 1, 1, ("not utf-8",), contract=UTF8),
    Case("UTF-16 without mark", (H + b"1,Ann,Lee\n").decode().encode("utf-16-le"), 1),
    Case("UTF-16 without mark, big end first", (H + b"1,Ann,Lee\n").decode().encode("utf-16-be"), 1),
    Case("UTF-16 cut", (H.decode() + "1,A,L\n2,B,Rä").encode("utf-16")[:-1], 1, 1, ("a byte is not utf-16",)),
    Case("Shift JIS", H + "1,山田,太郎\n".encode("shift_jis"), 1, contract={"encoding": "shift_jis"}),
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
    Case("JSON, bad byte", b'{"Id":"1\xff"}\n{"Id":"2"}\n', 1, 1, ("not utf-8",), "jsonl", contract=UTF8),
    Case("JSON, Windows-1252", b'{"Id":"1","First":"Zo\xeb"}\n', 1, file_format="jsonl"),
    Case("JSON, ten megabytes", b'{"Id":1,"First":"' + b"x" * 10_000_000 + b'"}\n', 1, file_format="jsonl"),
    Case("element with a bad byte", b'[{"Id":"\xff"}, {"Id":2}]', 1, 1, ("not utf-8",), "json_pages", contract=UTF8),
    Case("element with a NUL byte", b'[{"Id":"\0"}, {"Id":2}]', 1, 1, ("control character",), "json_pages"),
    Case("line feed in a string", b'[{"Id":"1\n"}, {"Id":2}]', 1, 1, ("control character",), "json_pages"),
    Case("bad byte beside the records", b'{"x":"\xff","value":[{"Id":1}]}', 1, file_format="json_pages", contract=UTF8),
    Case("Parquet", parquet("select 1 as Id, 'Ann' as First"), 1, file_format="parquet"),
    Case("Parquet, no key", parquet("select unnest([1, null]) as Id"), 1, 1, ("is empty",), "parquet"),
    Case("gzipped Parquet", gzip.compress(parquet("select 1 as Id")), 1, file_format="parquet"),
    Case("Parquet, ten megabytes", parquet("select 1 as Id, repeat('x', 10000000) as First"), 1, file_format="parquet"),
    Case("Excel", workbook(*ROWS, ["2", "Bob", None]), 2, file_format="xlsx"),
    Case("Excel, gzipped", gzip.compress(workbook(*ROWS)), 1, file_format="xlsx", file="x.xlsx.gz"),
    Case("Excel for a source of CSV", workbook(*ROWS), 1, contract={"patterns": ("*.csv", "*.xlsx")}, file="x.xlsx"),
    Case("blank rows around the header", workbook([], [" "], ROWS[0], [], ROWS[1], [None, ""]), 1, file_format="xlsx"),
    Case("blank header cells at the end", workbook(["Id", "First", None, " "], ["1", "Ann"]), 1, file_format="xlsx"),
    Case(
        "cell beyond the header", workbook(*ROWS, [2, 0, 0, "x"]), 1, 1, ("4 columns where the header has 3",), "xlsx"
    ),
    Case("Excel, empty key", workbook(*ROWS, [None, "Bob"]), 1, 1, ("the key (Id) is empty",), "xlsx"),
    Case("Excel, blank key", workbook(*ROWS, [" ", "Bob"]), 1, 1, ("the key (Id) is empty",), "xlsx"),
    Case("NUL in a cell", workbook(*ROWS, [2, "_x0000_"]), 1, 1, ("NUL",), "xlsx"),
    Case("hidden sheet first", workbook(*ROWS, before={"hiddenSheet": [["x"], ["y"]]}), 1, file_format="xlsx"),
    Case("read-me sheet first", workbook(*ROWS, before={"Read me": [["Export"], ["of us"]]}), 1, file_format="xlsx"),
    Case(
        "cells without references",
        with_sheet_data(b"<row><c t='str'><v>Id</v></c></row><row><c><v>1</v></c></row>"),
        1,
        0,
        (),
        "xlsx",
    ),
    Case("zip", zipped({"x.csv": H + b"1,Ann,Lee\n"}), 1, file="x.zip"),
    Case(
        "zip of two, one beside",
        zipped({"a/1.csv": H + b"1,A,L\n", "2.CSV": H + b"2,B,R\n", "b": b""}),
        2,
        file="x.zip",
    ),
    Case("zip, uncompressed", zipped({"x.csv": H + b"1,Ann,Lee\n"}, zipfile.ZIP_STORED), 1, file="x.zip"),
    Case("zip, bzip2", zipped({"x.csv": H + b"1,Ann,Lee\n"}, zipfile.ZIP_BZIP2), 1, file="x.zip"),
    Case("gzip within zip", zipped({"x.csv.gz": gzip.compress(H + b"1,Ann,Lee\n")}), 1, file="x.zip"),
    Case("zip that leads out", zipped({"../../x.csv": H + b"1,Ann,Lee\n"}), 1, file="x.zip"),
    Case("zip, absolute", zipped({"/etc/x.csv": H + b"1,A,L\n2,B\n"}), 1, 1, ("2 columns",), file="x.zip"),
    Case("Excel in zip", zipped({"x.xlsx": workbook(*ROWS)}), 1, file_format="xlsx", file="x.zip"),
    Case("Parquet in zip", zipped({"x.parquet": parquet("select 1 as Id")}), 1, file_format="parquet", file="x.zip"),
    Case("JSON in zip", zipped({"x.json": b'[{"Id":1}]'}), 1, file_format="json_pages", file="x.zip"),
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
    Case("neither UTF-8 nor Windows-1252", H + b"1,B\x81b\xff,R\n", says=("x.csv", "neither", "declare it")),
    Case("bad byte in the header", b"Id,First\xff\n1,A\n", says=("line 1", "not utf-8"), contract=UTF8),
    Case("wholly wrong encoding", H + b"1,A\xe4,L\n" * 3, says=("3 of 3 lines", "not utf-8"), contract=UTF8),
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
    Case(
        "bad byte between elements",
        b'[{"Id":1}, \xff]',
        says=("line 1", "JSON"),
        file_format="json_pages",
        contract=UTF8,
    ),
    Case("no Parquet", b"PAR1 nothing", says=("not readable as Parquet",), file_format="parquet"),
    Case("Parquet cut off", parquet("select 1 as Id")[:-20], says=("not readable",), file_format="parquet"),
    Case("Parquet, no rows", parquet("select 1 as Id where false"), says=("no data",), file_format="parquet"),
    Case("Parquet, no key column", parquet("select 1 as No"), says=("'Id' is missing",), file_format="parquet"),
    Case("no Excel", b"Id,First\n1,Ann\n", says=("x.xlsx", "not readable as an Excel", "Remedy"), file_format="xlsx"),
    Case("Excel with a password", b"\xd0\xcf\x11\xe0" * 200, says=("without a password",), file_format="xlsx"),
    Case("Excel cut off", workbook(*ROWS)[:-30], says=("cut off or damaged",), file_format="xlsx"),
    Case("Excel, nothing in it", workbook(), says=("the file is empty",), file_format="xlsx"),
    Case("Excel, header only", workbook(ROWS[0]), says=("x.xlsx", "no data lines"), file_format="xlsx"),
    Case(
        "Excel, no key column", workbook(["No"], [1]), says=("sheet 'Contacts'", "'Id' is missing"), file_format="xlsx"
    ),
    Case("Excel, header twice", workbook(["Id", "a", "A"], [1]), says=("columns 2 and 3",), file_format="xlsx"),
    Case(
        "Excel, gap in the header", workbook(["Id", "", "a"], [1]), says=("column 2 has no name",), file_format="xlsx"
    ),
    Case(
        "no such sheet",
        workbook(*ROWS),
        says=("no sheet 'All'", "'Contacts'"),
        file_format="xlsx",
        contract={"sheet": "All"},
    ),
    Case(
        "cells worlds apart", with_sheet_data(FAR_APART), says=("1,048,576 rows", "16,384 columns"), file_format="xlsx"
    ),
    Case(
        "cell outside Excel", with_sheet_data(b'<row><c r="ZZZZ1"/></row>'), says=("not readable",), file_format="xlsx"
    ),
    Case("sheet cut off", with_sheet_data(b'<row r="1"><c>'), says=("not readable",), file_format="xlsx"),
    Case("zip, nothing in it", zipped({}), says=("x.zip", "no file to load"), file="x.zip"),
    Case("zip, other files only", zipped({"a.txt": H}), says=("x.zip/a.txt: left out", "*.csv"), file="x.zip"),
    Case("zip cut off", zipped({"x.csv": H * 9})[:-40], says=("x.zip", "cut off or damaged"), file="x.zip"),
    Case("zip damaged", zipped({"x.csv": H}, 0).replace(b"First", b"Frist"), says=("damaged",), file="x.zip"),
    Case("zip encrypted", with_flag(zipped({"x.csv": H}), 1), says=("encrypted", "password"), file="x.zip"),
    Case("zip of unknown method", with_method(zipped({"x.csv": H}), 97), says=("unusual way",), file="x.zip"),
    Case("zip, name twice", zipped([("x.csv", H), ("x.csv", H)]), says=("the same name",), file="x.zip"),
    Case("zip within zip", zipped({"y.zip": zipped({"x.csv": H})}), says=("archive within",), file="x.zip"),
    Case("zip, empty member", zipped({"x.csv": b""}), says=("x.zip/x.csv", "the file is empty"), file="x.zip"),
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
        "select sum(lines), sum(loaded), sum(rejected), any_value(status) from raw.loads",
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


HOSTILE_NAMES = (
    "Id",
    '"; drop table x; --',
    "'); drop schema raw; --",
    "<script>",
    "{0}%s",
    "a\\b",
    "~/x",
    "é山😀",
    "$.Id",
    "*",
)


def hostile_columns(file_format: str, width: int) -> bytes:
    """A file of one record and `width` columns, the first ones with hostile names, every value `v`."""
    names = [*HOSTILE_NAMES, *(f"c{number}" for number in range(width - len(HOSTILE_NAMES)))]
    record = dict.fromkeys(names, "v")
    if file_format == "csv":
        quoted = (name.replace('"', '""') for name in names)
        return (",".join(f'"{name}"' for name in quoted) + "\n" + ",".join(record.values())).encode()
    if file_format == "parquet":
        return parquet("select " + ", ".join(f"'v' as {quote_identifier(name)}" for name in names))
    if file_format == "xlsx":
        return workbook(names, record.values())
    return json.dumps([record] if file_format == "json_pages" else record).encode()


@pytest.mark.parametrize("file_format", ["csv", "jsonl", "json_pages", "parquet", "xlsx"])
def test_hostile_names_and_5000_columns_are_only_columns(make_source, file_format: str) -> None:  # type: ignore[no-untyped-def]
    source = make_source(file_format)
    source.put(Case("", b"", file_format=file_format).file_name, hostile_columns(file_format, 5_000))
    assert source.ingest().loaded == 1
    names = ", ".join(map(quote_identifier, [*HOSTILE_NAMES, "c4989"]))
    assert source.query(f"select {names} from raw.people") == [("v",) * 11]


@pytest.mark.parametrize("file_format", ["jsonl", "json_pages", "parquet"])
def test_nul_characters_that_a_format_allows_stay(make_source, file_format: str) -> None:  # type: ignore[no-untyped-def]
    content = {"jsonl": b'{"Id": "a\\u0000b"}', "json_pages": b'[{"Id": "a\\u0000b"}]'}
    source = make_source(file_format)
    file = Case("", content.get(file_format) or parquet("select 'a' || chr(0) || 'b' as Id"), file_format=file_format)
    source.put(file.file_name, file.content)
    assert source.ingest().loaded == 1
    assert source.query('select "Id" from raw.people') == [("a\0b",)]


def test_the_tables_are_large_and_named_apart() -> None:
    names = [case.name for case in LOADS + FAILS]
    assert len(names) == len(set(names)) >= 150
