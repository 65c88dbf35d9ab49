"""Extracts of every format as bytes, good and bad."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Sequence
from typing import Any

import duckdb


def parquet(sql: str) -> bytes:
    """The rows of a query as Parquet."""
    import pyarrow.parquet as pq

    buffer = io.BytesIO()
    pq.write_table(duckdb.connect().sql(sql).to_arrow_table(), buffer)
    return buffer.getvalue()


def workbook(
    *rows: Sequence[Any], sheet: str = "Contacts", before: dict[str, Sequence[Sequence[Any]]] | None = None
) -> bytes:
    """An Excel workbook with these rows; `before`: sheets in front of theirs, those named `hidden...` not visible."""
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, lines in {**(before or {}), sheet: rows}.items():
        page = book.create_sheet(name)
        page.sheet_state = "veryHidden" if name.startswith("hidden") else "visible"
        for line in lines:
            page.append(list(line))
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def with_sheet_data(xml: bytes) -> bytes:
    """A workbook whose sheet has exactly this XML for its rows."""

    def change(part: bytes) -> bytes:
        before, _, rest = part.partition(b"<sheetData>")
        return b"<sheetData>".join((before, xml + b"</sheetData>" + rest.partition(b"</sheetData>")[2]))

    return edited(workbook(["Id"]), "xl/worksheets/sheet1.xml", change)


def edited(package: bytes, part: str, change: Any) -> bytes:
    """The zip archive with one member changed."""
    with zipfile.ZipFile(io.BytesIO(package)) as old:
        members = {name: old.read(name) for name in old.namelist()}
    return zipped({**members, part: change(members[part])})


def zipped(members: dict[str, bytes] | Sequence[tuple[str, bytes]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip archive; a sequence may name a member twice."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, content in members.items() if isinstance(members, dict) else members:
            archive.writestr(name, content)
    return buffer.getvalue()


def with_flag(archive: bytes, flag: int) -> bytes:
    """The archive with this general purpose flag set on every member, in both places where it stands."""
    for magic, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        archive = re.sub(
            b"(?s)(%b.{%d})." % (re.escape(magic), offset - 4), lambda match: match[1] + bytes([flag]), archive
        )
    return archive


def with_method(archive: bytes, method: int) -> bytes:
    """The archive with every member said to be compressed by this method."""
    for magic, offset in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        archive = re.sub(
            b"(?s)(%b.{%d})." % (re.escape(magic), offset - 4), lambda match: match[1] + bytes([method]), archive
        )
    return archive
