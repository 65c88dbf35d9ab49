"""Extract files that hold somebody who has been erased, written anew without the person's lines.

What lies in the extracts folder is kept, for the warehouse can be made anew from it; so the files themselves must let
the person go. Lines of text become blank lines, which no reader counts, so that the line numbers kept with all other
records still hold. A file is replaced by a rename and keeps its time of change. A workbook cannot be written anew
without losing what else it says: it is removed, as what it brought is in the history.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import re
import shutil
import zipfile
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from dq_pipeline.adapters.governance.suppression import Suppressions
from dq_pipeline.adapters.ingest.archive import unpack
from dq_pipeline.adapters.ingest.decode import byte_blocks, encoding_in_use
from dq_pipeline.adapters.ingest.files import extract_files, source_files
from dq_pipeline.adapters.ingest.json_text import element_spans
from dq_pipeline.adapters.ingest.ledger import Rejects
from dq_pipeline.adapters.ingest.loader import read_extract
from dq_pipeline.adapters.ingest.prepared import Extract
from dq_pipeline.adapters.ingest.raw_tables import ensure_raw
from dq_pipeline.adapters.warehouse import quote_literal
from dq_pipeline.domain.contract import Contract, FileLayout
from dq_pipeline.domain.extracts import ExtractFile
from dq_pipeline.errors import InputError

CLEANED = "lines of people who have been erased were taken out of the file"
_WIDE = ("utf-16", "utf-32")  # encodings in which a line feed is more than one byte


@dataclass(frozen=True)
class Cleaned:
    """One file, or member of an archive: SHA-256 before and after (`''`: it was removed), lines taken out."""

    name: str
    before: str
    after: str
    lines: int


def clean_extracts(
    extracts: Path, contract: Contract, suppressions: Suppressions, scratch: Path
) -> tuple[list[Cleaned], list[str]]:
    """Take the suppressed lines out of every file of the source; returns what changed, and what could not be read.

    Safe to repeat. `scratch` is a private folder for what is being read.
    """
    cleaned: list[Cleaned] = []
    unread: list[str] = []
    for path in source_files(extracts, contract).files:
        try:
            files, _ = extract_files([path], extracts, contract)
            found = {file: _lines_of(file, contract, suppressions, scratch) for file in files}
        except InputError as error:
            unread.append(f"{error.where or path.name}: {error.message}")
            continue
        found = {file: lines for file, lines in found.items() if lines}
        if found:
            cleaned += _rewrite(path, contract.layout, found, scratch)
    folder = extracts / contract.id
    if cleaned and not any(folder.iterdir()):
        folder.rmdir()  # an empty folder is an error of the source; what it brought is in the history
    return cleaned, unread


def _lines_of(file: ExtractFile, contract: Contract, suppressions: Suppressions, scratch: Path) -> list[int]:
    """The numbers of the lines to take out, read as the loader would read them."""
    path = file.path
    if file.member:
        path = scratch / "member"
        unpack(file.path, file.member, path, file.name)
    with duckdb.connect() as con:
        ensure_raw(con, contract)
        rejects = Rejects(con, 0, contract.id, file.name)
        extract = Extract(con, contract, path, file.name, scratch / "lines", rejects)
        prepared = read_extract(extract)
        rejects.flush()
        return sorted(
            {*suppressions.lines_to_leave_out(con, contract, prepared), *suppressions.rejected_lines(con, contract, 0)}
        )


def _rewrite(path: Path, layout: FileLayout, found: dict[ExtractFile, list[int]], scratch: Path) -> list[Cleaned]:
    (first, *_), part = found, path.with_name(f".{path.name}.part")
    try:
        if first.member:
            cleaned = _rewrite_archive(path, part, layout, found, scratch)
        else:
            before = _sha256(path)
            after = _sha256(part) if _write_without(path, part, layout, found[first], first.name) else ""
            cleaned = [Cleaned(first.name, before, after, len(found[first]))]
        if part.exists():
            facts = path.stat()
            os.utime(part, ns=(facts.st_atime_ns, facts.st_mtime_ns))
            part.chmod(facts.st_mode & 0o777)
            part.replace(path)
        else:
            path.unlink()
    finally:
        part.unlink(missing_ok=True)
    return cleaned


def _rewrite_archive(
    path: Path, part: Path, layout: FileLayout, found: dict[ExtractFile, list[int]], scratch: Path
) -> list[Cleaned]:
    by_member = {file.member: (file, lines) for file, lines in found.items()}
    cleaned, before, after = [], scratch / "before", scratch / "after"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            if info.filename not in by_member:
                with old.open(info) as source, new.open(info, "w") as target:
                    shutil.copyfileobj(source, target)
                continue
            file, lines = by_member[info.filename]
            unpack(path, file.member, before, file.name)
            kept = _write_without(before, after, layout, lines, file.name)
            if kept:
                with after.open("rb") as source, new.open(info.filename, "w") as target:
                    shutil.copyfileobj(source, target)
            cleaned.append(Cleaned(file.name, _sha256(before), _sha256(after) if kept else "", len(lines)))
    return cleaned


def _write_without(path: Path, part: Path, layout: FileLayout, lines: Sequence[int], name: str) -> bool:
    """Write `path` without the lines to `part`; False for a format that cannot be written anew."""
    suffix = re.sub(r"\.gz$", "", name.lower()).rpartition(".")[2]
    if suffix in ("xlsx", "xlsm") or (layout.format == "xlsx" and suffix != "parquet"):
        return False
    if suffix == "parquet" or layout.format == "parquet":
        return _write_parquet(path, part, lines)
    codec = encoding_in_use(path, layout.encoding, name).codec
    data = b"".join(byte_blocks(path, name))
    if layout.format == "json_pages":
        text = data.decode(codec, "surrogateescape")
        changed = _without_elements(text, set(lines)).encode(codec, "surrogateescape")
    elif codec.startswith(_WIDE):
        changed = _without_lines(data.decode(codec).encode(), lines, layout).decode().encode(codec)
    else:
        changed = _without_lines(data, lines, layout)
    with path.open("rb") as file:
        compressed = file.read(2) == b"\x1f\x8b"
    part.write_bytes(gzip.compress(changed, mtime=0) if compressed else changed)
    return True


def _without_lines(data: bytes, records: Collection[int], layout: FileLayout) -> bytes:
    """Blank the physical lines of the records that begin at these line numbers; a trailer's count follows."""
    physical = re.findall(rb"[^\n]*\n|[^\n]+", data)
    quote = layout.quote.encode() if layout.format == "csv" else b""
    for first in records:
        place, open_quotes = first - 1, 0
        while place < len(physical):
            open_quotes += physical[place].count(quote) if quote else 0
            physical[place] = b"\r\n" if physical[place].endswith(b"\r\n") else b"\n"
            place += 1
            if open_quotes % 2 == 0:
                break
    if layout.format == "csv" and layout.trailer_record:
        _count_down(physical, len(records), layout.delimiter.encode())
    return b"".join(physical)


def _count_down(physical: list[bytes], records: int, delimiter: bytes) -> None:
    last = max(place for place, line in enumerate(physical) if line.strip())
    fields = physical[last].split(delimiter)
    number = fields[1].strip()
    fields[1] = fields[1].replace(number, b"%d" % (int(number) - records), 1)
    physical[last] = delimiter.join(fields)


def _without_elements(text: str, numbers: Collection[int]) -> str:
    """A page without some of its elements; everything else stays as it was written."""
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    text = text.removeprefix("\ufeff")
    spans = list(element_spans(text))
    kept = [text[start:end] for number, (start, end) in enumerate(spans, start=1) if number not in numbers]
    between = text[spans[0][1] : spans[1][0]] if len(spans) > 1 else ","
    return mark + text[: spans[0][0]] + between.join(kept) + text[spans[-1][1] :]


def _write_parquet(path: Path, part: Path, lines: Sequence[int]) -> bool:
    with duckdb.connect() as con:
        con.execute(
            f"copy (select * exclude (file_row_number) from read_parquet({quote_literal(str(path))}, "
            f"file_row_number = true) where file_row_number + 1 not in ({', '.join(map(str, lines))})) "
            f"to {quote_literal(str(part))} (format parquet)"
        ).fetchall()
    return True


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def remember_cleaned(con: duckdb.DuckDBPyConnection, source: str, cleaned: Sequence[Cleaned]) -> None:
    """The loads that brought these files know them by their new content: they must not be loaded once more."""
    for file in cleaned:
        con.execute(
            "update raw.loads set content_hash = case when $after = '' then content_hash else $after end, note = $note "
            "where source = $source and content_hash = $before",
            {"after": file.after, "before": file.before, "source": source, "note": CLEANED},
        ).fetchall()


def has_uncleaned(con: duckdb.DuckDBPyConnection, source: str, extracts: Path) -> bool:
    """Whether a file of this folder was loaded without lines of erased people that it still holds."""
    rows = con.execute(
        "select 1 from raw.loads where source = ? and erased > 0 and note <> ? and extracts_folder = ? limit 1",
        [source, CLEANED, str(extracts.resolve())],
    ).fetchall()
    return bool(rows)
