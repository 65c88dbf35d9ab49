"""Delimited files: header and trailer records, column header, then records; the good ones go to DuckDB."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import IO

from dq_pipeline.adapters.ingest.decode import (
    BAD_BYTE,
    Encoding,
    encoding_in_use,
    not_of,
    utf8_blocks,
    with_bad_bytes_shown,
)
from dq_pipeline.adapters.ingest.prepared import (
    DUCKDB_LONGEST_LINE_BYTES,
    Extract,
    Prepared,
    checked_plan,
    no_lines,
)
from dq_pipeline.adapters.ingest.records import Batch, Dialect, OddRecord, RecordStream
from dq_pipeline.adapters.warehouse import quote_literal
from dq_pipeline.errors import InputError

# Stands in for the quote of a source that does not quote: a control character that no text contains.
NO_QUOTE = "\x02"


def read_csv_file(extract: Extract) -> Prepared:
    """Write the well-formed records, each behind its line number, to the scratch file; reject the others.

    Empty fields arrive as empty text, never NULL. A record with a byte that is not of the encoding is a reject.
    Raises InputError when the file as a whole is unusable.
    """
    layout = extract.contract.layout
    dialect = Dialect(layout.delimiter.encode(), (layout.quote or NO_QUOTE).encode())
    encoding = encoding_in_use(extract.path, layout.encoding, extract.name)
    blocks = utf8_blocks(extract.path, encoding, extract.name)
    stream = RecordStream(blocks, dialect, extract.name)
    _check_header_record(extract, stream)
    plan = checked_plan(extract, _column_header(extract, stream, encoding))
    with extract.scratch.open("wb") as scratch:
        writer = _Writer(scratch, extract, dialect, encoding, len(plan.names))
        writer.write(_without_trailer(extract, stream, writer, dialect))
    if not writer.good + writer.bad:
        raise no_lines(extract)
    columns = [f"c{position}" for position in range(len(plan.names))]
    relation = scratch_relation(extract, dialect, columns, writer.longest)
    return Prepared(plan, relation, columns, writer.good, str(encoding))


class _Writer:
    """Copies well-formed records with the right number of fields; keeps the others as rejects."""

    def __init__(self, scratch: IO[bytes], extract: Extract, dialect: Dialect, encoding: Encoding, columns: int):
        self._scratch, self._rejects = scratch, extract.rejects
        self._dialect, self._encoding, self._columns = dialect, encoding, columns
        self._line = b"%d" + dialect.delimiter.replace(b"%", b"%%") + b"%b\n"
        self.good = self.bad = self.longest = 0

    def write(self, records: Iterable[Batch | OddRecord]) -> None:
        for found in records:
            if isinstance(found, OddRecord):
                self._write_odd(found)
            else:
                self._write_batch(found)

    def _write_batch(self, batch: Batch) -> None:
        data, line_format, columns = batch.data, self._line, self._columns
        rows = zip(batch.lines, batch.starts, batch.ends, batch.fields, strict=True)
        good = [line_format % (line, data[start:end]) for line, start, end, fields in rows if fields == columns]
        self._scratch.write(b"".join(good))
        self.good += len(good)
        self.longest = max(self.longest, max(map(len, good), default=0))
        if len(good) < len(batch):
            for index, fields in enumerate(batch.fields):
                if fields != columns:
                    self._reject(batch.lines[index], batch.raw(index), self._miscount(fields))

    def _write_odd(self, record: OddRecord) -> None:
        if record.reason or len(record.fields) != self._columns:
            reason = _reason(record, self._encoding) or self._miscount(len(record.fields))
            return self._reject(record.line, with_bad_bytes_shown(record.raw), reason)
        row = self._line % (record.line, self._dialect.write(record.fields))
        self._scratch.write(row)
        self.good += 1
        self.longest = max(self.longest, len(row))

    def _reject(self, line: int, raw: bytes, reason: str) -> None:
        self.bad += 1
        self._rejects.add(line, raw, reason)

    def _miscount(self, fields: int) -> str:
        return f"{fields} columns where the header has {self._columns}"


def _reason(record: OddRecord, encoding: Encoding) -> str:
    """Why the record cannot be read, or nothing."""
    return not_of(encoding) if BAD_BYTE in record.raw else record.reason


def _check_header_record(extract: Extract, stream: RecordStream) -> None:
    prefix = extract.contract.layout.header_record.encode()
    record = stream.first() if prefix else None
    if prefix and not (record and record.raw.startswith(prefix)):
        raise InputError(
            "the header record is missing",
            where=f"{extract.name}, line {record.line if record else 1}",
            fix=f"the first line must start with {prefix.decode()!r}; export the file again",
        )


def _column_header(extract: Extract, stream: RecordStream, encoding: Encoding) -> list[str]:
    record = stream.first()
    if record is None:
        raise InputError("the file is empty", where=extract.name, fix="export it again, or remove it")
    if record.reason:
        fix = "check the encoding, delimiter and quote in the contract"
        raise InputError(
            f"the column header cannot be read: {_reason(record, encoding)}",
            where=f"{extract.name}, line {record.line}",
            fix=fix,
        )
    return [field.decode() for field in record.fields]


def _without_trailer(
    extract: Extract, stream: Iterable[Batch | OddRecord], writer: _Writer, dialect: Dialect
) -> Iterator[Batch | OddRecord]:
    """The records before the trailer; when they have been written, its count is compared with theirs."""
    prefix = extract.contract.layout.trailer_record.encode()
    if not prefix:
        yield from stream
        return
    held: Batch | OddRecord | None = None
    for found in stream:
        if held is not None:
            yield held
        held = found
    batch = held if isinstance(held, Batch) else None
    last = batch.raw(-1) if batch else held.raw if isinstance(held, OddRecord) else b""
    if not last.startswith(prefix):
        raise InputError(
            "the trailer record is missing, so the file may be cut off",
            where=extract.name,
            fix=f"the last line must start with {prefix.decode()!r}; transfer or export the file again",
        )
    if batch:
        yield batch.without_last()
    _check_count(extract, last.split(dialect.delimiter), writer.good + writer.bad)


def _check_count(extract: Extract, trailer: list[bytes], counted: int) -> None:
    text = trailer[1].strip() if len(trailer) > 1 else b""
    if not text.isdigit() or int(text[:18]) != counted:
        stated = f"says {int(text[:18])} records" if text.isdigit() else "carries no count"
        raise InputError(
            f"the trailer record {stated}, the file has {counted}",
            where=extract.name,
            fix="transfer or export the file again",
        )


def scratch_relation(
    extract: Extract, dialect: Dialect, columns: list[str], longest: int, *, empty_is_null: bool = False
) -> str:
    """The scratch file, whose records begin with `_line`, as a relation; `longest`: bytes of the longest record.

    Nothing is left to detection: one stray quote misleads the sniffer.
    """
    types = ", ".join(f"'{name}': 'VARCHAR'" for name in columns)
    not_null = "" if empty_is_null else f", force_not_null = [{', '.join(map(quote_literal, columns))}]"
    quote = quote_literal(dialect.quote.decode())
    return (
        f"read_csv({quote_literal(str(extract.scratch))}, auto_detect = false, header = false, "
        f"delim = {quote_literal(dialect.delimiter.decode())}, quote = {quote}, escape = {quote}, "
        f"new_line = '\\n', max_line_size = {max(DUCKDB_LONGEST_LINE_BYTES, 2 * longest)}, "
        f"columns = {{'_line': 'BIGINT', {types}}}{not_null})"
    )
