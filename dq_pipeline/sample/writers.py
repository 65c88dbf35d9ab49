"""Columns of text to files: CSV, pipe-delimited, JSON Lines, JSON pages, Parquet; the same bytes every time."""

from __future__ import annotations

import codecs
import json
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from dq_pipeline.sample.strings import TEXT, Strings, filled, join, replace

if TYPE_CHECKING:
    import pyarrow as pa

Columns = Mapping[str, Strings]

# Lines put together at a time: keeps the memory in bounds at any size.
_LINES_AT_ONCE = 50_000


def write_csv(path: Path, columns: Columns, *, quote_all: bool, mark: bool = False) -> None:
    """UTF-8 CSV after RFC 4180 but with LF; `mark` puts the byte order mark in front."""
    with path.open("wb") as file:
        if mark:
            file.write(codecs.BOM_UTF8)
        file.write(",".join(_quoted_name(name, quote_all) for name in columns).encode() + b"\n")
        if quote_all:
            cells = [_escaped(values, (('"', '""'),)) for values in columns.values()]
            _write_lines(file, cells, '"', '","', '"\n')
        else:
            _write_lines(file, [_quoted_where_needed(values) for values in columns.values()], "", ",", "\n")


def write_ao(path: Path, columns: Columns, header: str) -> None:
    """AO's layout: header record, column names, lines without quoting, trailer record with the count; CRLF.

    Letters that Windows-1252 lacks lose their diacritics.
    """
    cells = list(columns.values())
    with path.open("wb") as file:
        file.write(f"{header}\r\n{'|'.join(columns)}\r\n".encode("ascii"))
        for lines in _lines(cells, "", "|", "\r\n"):
            file.write(_windows_1252(lines))
        file.write(f"T|{len(cells[0])}\r\n".encode("ascii"))


def write_json_lines(path: Path, columns: Columns) -> None:
    """One JSON object a line; an empty text is null."""
    with path.open("wb") as file:
        _write_lines(file, _json_members(columns, ()), "{", ",", "}\n")


def write_json_pages(folder: Path, columns: Columns, unquoted: Collection[str], *, entity: str, page: int) -> None:
    """Dataverse Web API answers of `page` records each, one file an answer, each with the link to the next."""
    service = "https://contoso.crm4.dynamics.com/api/data/v9.2"
    start = f'{{"@odata.context":{json.dumps(f"{service}/$metadata#{entity}")},"value":['
    members = _json_members(columns, unquoted)
    pages = max(1, -(-len(members[0]) // page))
    for number in range(pages):
        rows = slice(number * page, (number + 1) * page)
        records = "".join(_lines([values[rows] for values in members], "\n{", ",", "},")).removesuffix(",")
        link = f"{service}/{entity}?$skiptoken=%3Ccookie%20pagenumber=%22{number + 2}%22%3E"
        end = f'\n],"@odata.nextLink":{json.dumps(link)}}}\n' if number + 1 < pages else "\n]}\n"
        path = folder / f"{entity}_page_{number + 1:05d}.json"
        path.write_bytes(f"{start}{records}{end}".encode())


def write_parquet(path: Path, columns: Mapping[str, pa.Array]) -> None:
    """A Parquet file of Arrow columns."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.Table.from_arrays(list(columns.values()), names=list(columns)), path, compression="zstd")


def _json_members(columns: Columns, unquoted: Collection[str]) -> list[Strings]:
    """`"name":value` for each column; an empty text is null, an `unquoted` column holds JSON numbers or booleans."""
    members = []
    for name, values in columns.items():
        key = json.dumps(name) + ":"
        if name in unquoted:
            member = join(key, values)
        else:
            # The sample holds no control characters but the line feed.
            member = join(key + '"', _escaped(values, (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"))), '"')
        member[~filled(values)] = key + "null"
        members.append(member)
    return members


def _escaped(values: Strings, marks: Sequence[tuple[str, str]]) -> Strings:
    """Each mark replaced, in columns that hold it: looking once is far cheaper than replacing everywhere."""
    everything = "".join(values.tolist())
    for mark, escape in marks:
        if mark in everything:
            values = replace(values, mark, escape)
    return values


def _quoted_name(name: str, quote_all: bool) -> str:
    return '"' + name.replace('"', '""') + '"' if quote_all or set(name) & set(',"\n') else name


def _quoted_where_needed(values: Strings) -> Strings:
    everything = "".join(values.tolist())
    special = np.zeros(len(values), dtype=np.bool_)
    for mark in (",", '"', "\n"):
        if mark in everything:
            special |= np.strings.find(values, mark) >= 0
    here = np.flatnonzero(special)
    if not len(here):
        return values
    written = np.array(values, dtype=TEXT)
    written[here] = join('"', replace(written[here], '"', '""'), '"')
    return written


def _write_lines(file: BinaryIO, cells: list[Strings], start: str, separator: str, end: str) -> None:
    for lines in _lines(cells, start, separator, end):
        file.write(lines.encode())


def _lines(cells: list[Strings], start: str, separator: str, end: str) -> Iterator[str]:
    """All lines, a block at a time."""
    for first in range(0, len(cells[0]), _LINES_AT_ONCE):
        block = [values[first : first + _LINES_AT_ONCE] for values in cells]
        # In pairs, pairs of pairs and so on: each text is copied a few times, not once for every column behind it.
        while len(block) > 1:
            odd = block[len(block) // 2 * 2 :]
            block = [join(left, separator, right) for left, right in zip(block[::2], block[1::2], strict=False)] + odd
        yield "".join([f"{start}{line}{end}" for line in block[0].tolist()])


def _windows_1252(text: str) -> bytes:
    table = {}
    for letter in sorted(set(text)):
        try:
            letter.encode("cp1252")
        except UnicodeEncodeError:
            plain = unicodedata.normalize("NFKD", {"Ł": "L", "Đ": "D"}.get(letter, letter))
            table[ord(letter)] = "".join(part for part in plain if part.isascii()) or "?"
    return text.translate(table).encode("cp1252")
