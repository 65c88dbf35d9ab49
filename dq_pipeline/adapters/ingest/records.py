"""Delimited text as records with exact physical lines, found vectorised; the odd ones by a careful automaton.

DuckDB's own reader can neither number physical lines nor recover from a quote that never closes: it rejects
the rest of the file as one line. So record boundaries are found here (RFC 4180: a quote counts only at the
start of a field, a doubled quote is a quote, line ends within quotes belong to the value), and DuckDB only
gets well-formed records to split.

A window of bytes is scanned with numpy: the running parity of quotes tells what is inside one. Wherever a
quote does not open after, or close before, a delimiter or line end, parity cannot be trusted: the record in
question goes to the automaton, and scanning restarts behind it with a small window that grows again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from dq_pipeline.errors import InputError

# 1 MiB keeps the masks in the processor's cache. After an odd record a small window, so that a file with one
# odd record in a hundred is not scanned a hundred times.
WINDOW_BYTES = 1 << 20
SMALL_WINDOW_BYTES = 1 << 15
# A quote that has not closed by then never will; a genuine record may hold a field of tens of megabytes.
LONGEST_RECORD_BYTES = 64 << 20
# Where fewer regular records than this lie between two odd ones, the automaton goes on alone for a stretch:
# restarting the scan for every record would take 0.3 ms each, the automaton takes some 0.02 ms.
FEW_REGULAR_RECORDS = 32
STRETCH_RECORDS = 1_000

_LINE_FEED, _CARRIAGE_RETURN = 10, 13
_LINE_END = re.compile(rb"\r?\n")


@dataclass(frozen=True)
class Batch:
    """Well-formed records: `data[starts[i]:ends[i]]` begins on physical line `lines[i]`, has `fields[i]` fields."""

    data: bytes
    starts: list[int]
    ends: list[int]
    lines: list[int]
    fields: list[int]

    def __len__(self) -> int:
        return len(self.starts)

    def raw(self, index: int) -> bytes:
        """The record's bytes, without its line end."""
        return self.data[self.starts[index] : self.ends[index]]

    def without_last(self) -> Batch:
        """All records but the last."""
        return Batch(self.data, self.starts[:-1], self.ends[:-1], self.lines[:-1], self.fields[:-1])


@dataclass(frozen=True)
class OddRecord:
    """One record that the automaton read: `fields`, or the `reason` why it cannot be read."""

    line: int
    raw: bytes
    fields: list[bytes]
    reason: str = ""


@dataclass(frozen=True)
class Dialect:
    """Delimiter and quote, one byte each. A source that does not quote has a `quote` that no text contains."""

    delimiter: bytes
    quote: bytes

    @cached_property
    def _value(self) -> re.Pattern[bytes]:
        delimiter, quote = re.escape(self.delimiter), re.escape(self.quote)
        quoted = b"%b((?:[^%b]++|%b%b)*+)%b" % (quote, quote, quote, quote, quote)
        return re.compile(b"%b|([^%b\n]*)" % (quoted, delimiter), re.DOTALL)

    def parse(self, data: bytes, start: int) -> tuple[int, list[bytes] | None] | None:
        """(end of the record's line, its fields), fields None where text stands beside a quoted value.

        None when `data` ends before the record does; `data` must end with a line feed when it is complete.
        """
        fields: list[bytes] = []
        position = start
        while match := self._value.match(data, position):
            position = match.end()
            following = data[position : position + 1]
            if match[1] is not None:
                fields.append(match[1].replace(self.quote * 2, self.quote))
            elif match[2].startswith(self.quote):
                return None  # an opening quote that the pattern could not close
            else:
                fields.append(match[2].removesuffix(b"\r") if following == b"\n" else match[2])
            line_end = _LINE_END.match(data, position)
            if line_end:
                return line_end.end(), fields
            if following != self.delimiter:
                return None if data[position : position + 2] in (b"", b"\r") else (position, None)
            position += 1
        return None

    def write(self, fields: list[bytes]) -> bytes:
        """The fields as one record, every one quoted."""
        quoted = (self.quote + field.replace(self.quote, self.quote * 2) + self.quote for field in fields)
        return self.delimiter.join(quoted)


class RecordStream:
    """The records of a stream of UTF-8 blocks, in order; blank lines are passed over."""

    def __init__(self, blocks: Iterator[bytes], dialect: Dialect, name: str):
        self._blocks, self._dialect, self._name = blocks, dialect, name
        self._buffer, self._at, self._line = b"", 0, 1
        self._exhausted = False
        self._window = WINDOW_BYTES
        self._regular, self._stretch = FEW_REGULAR_RECORDS, 0

    def first(self) -> OddRecord | None:
        """The next record by itself, None at the end: for header record and column header."""
        while self._available(1):
            record = self._odd_record()
            if record.raw:
                return record
        return None

    def __iter__(self) -> Iterator[Batch | OddRecord]:
        while self._available(1):
            found = self._next()
            if found.raw if isinstance(found, OddRecord) else len(found):
                yield found

    def _next(self) -> Batch | OddRecord:
        if self._stretch:
            self._stretch -= 1
            return self._odd_record()
        size = self._window
        while True:
            complete = self._available(size) < size or size >= LONGEST_RECORD_BYTES
            window = self._buffer[self._at : self._at + size]
            batch, end, irregular = _scan(window, self._dialect, self._line)
            if end:
                self._consume(end)
                self._window = min(2 * self._window, WINDOW_BYTES)
                self._regular += len(batch)
                return batch
            if irregular or complete:
                self._stretch = STRETCH_RECORDS if self._regular < FEW_REGULAR_RECORDS else 0
                self._regular = 0
                return self._odd_record()
            size *= 2

    def _odd_record(self) -> OddRecord:
        self._window = SMALL_WINDOW_BYTES
        size = self._window
        while True:
            complete = self._available(size) < size or size >= LONGEST_RECORD_BYTES
            parsed = self._dialect.parse(self._buffer, self._at)
            line_end = self._buffer.find(b"\n", self._at) + 1
            if complete or (parsed and line_end):
                break
            size *= 2
        if not line_end:
            raise InputError(
                f"a line is longer than {LONGEST_RECORD_BYTES >> 20} MiB",
                where=f"{self._name}, line {self._line}",
                fix="check the file's line ends and its format",
            )
        end, fields = parsed or (0, None)
        if fields is None:  # the damage is taken to be one line long: what follows is read afresh
            end = line_end
        line, raw = self._line, self._buffer[self._at : end].removesuffix(b"\n").removesuffix(b"\r")
        self._consume(end - self._at)
        if b"\0" in raw:
            return OddRecord(line, raw, [], "the line has a NUL byte")
        if fields is None:
            return OddRecord(line, raw, [], "a quoted value is not closed, or has text beside its quotes")
        return OddRecord(line, raw, fields)

    def _available(self, size: int) -> int:
        """Bytes at hand from the current place, at least `size` unless the stream ends; it ends in a line feed."""
        while len(self._buffer) - self._at < size and not self._exhausted:
            block = next(self._blocks, None)
            rest = self._buffer[self._at :]
            if block is None:
                self._exhausted = True
                block = b"" if not rest or rest.endswith(b"\n") else b"\n"
            self._buffer, self._at = rest + block, 0
        return len(self._buffer) - self._at

    def _consume(self, size: int) -> None:
        self._line += self._buffer.count(b"\n", self._at, self._at + size)
        self._at += size


def _scan(window: bytes, dialect: Dialect, line: int) -> tuple[Batch, int, bool]:
    """(records up to the first irregularity, bytes they take, whether there is one) of a window.

    The window begins where a record begins. Irregular: a quote out of place, a carriage return that ends no
    line (DuckDB would take it for a line end), a NUL byte.
    """
    codes = np.frombuffer(window, np.uint8)
    line_feeds = np.flatnonzero(codes == _LINE_FEED)
    delimiters = np.flatnonzero(codes == dialect.delimiter[0])
    ends, irregular = line_feeds, [window.find(b"\0")] if b"\0" in window else []
    quotes = np.flatnonzero(codes == dialect.quote[0]) if dialect.quote in window else None
    if quotes is not None:
        inside = np.logical_xor.accumulate(codes == dialect.quote[0])
        ends, delimiters = line_feeds[~inside[line_feeds]], delimiters[~inside[delimiters]]
        irregular += _misplaced_quotes(codes, quotes, dialect)
    if b"\r" in window:
        returns = np.flatnonzero(codes == _CARRIAGE_RETURN)
        lone = returns[codes[np.minimum(returns + 1, codes.size - 1)] != _LINE_FEED]
        if quotes is not None:
            lone = lone[~inside[lone]]
        irregular += lone[:1].tolist()
    if irregular:
        ends = ends[ends < min(irregular)]
    starts = np.concatenate(([0], ends[:-1] + 1)) if ends.size else ends
    contents = ends - (codes[np.maximum(ends - 1, 0)] == _CARRIAGE_RETURN)
    fields = np.diff(np.searchsorted(delimiters, ends), prepend=0) + 1
    keep = contents > starts
    batch = Batch(
        window,
        starts[keep].tolist(),
        contents[keep].tolist(),
        (np.searchsorted(line_feeds, starts[keep]) + line).tolist(),
        fields[keep].tolist(),
    )
    return batch, int(ends[-1]) + 1 if ends.size else 0, bool(irregular)


def _misplaced_quotes(codes: np.ndarray, quotes: np.ndarray, dialect: Dialect) -> list[int]:
    """Position of the first quote that opens or closes where none may, in a list; empty when there is none."""
    neighbours = np.array([dialect.delimiter[0], dialect.quote[0], _LINE_FEED, _CARRIAGE_RETURN], np.uint8)
    opening, closing = quotes[0::2], quotes[1::2]
    before = codes[np.maximum(opening - 1, 0)]
    after = codes[np.minimum(closing + 1, codes.size - 1)]
    wrong_opening = ~(np.isin(before, neighbours[:3]) | (opening == 0))
    wrong_closing = ~np.isin(after, neighbours)
    return [*opening[wrong_opening][:1].tolist(), *closing[wrong_closing][:1].tolist()]
