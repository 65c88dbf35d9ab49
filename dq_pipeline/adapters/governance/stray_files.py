"""Files that speak of a person though nobody should have left them there: notes, exports, copies of extracts."""

from __future__ import annotations

import gzip
import html
import re
import zipfile
import zlib
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import IO

from dq_pipeline.adapters.warehouse import quote_identifier

_BLOCK = 8 << 20
_UNREADABLE = (OSError, EOFError, zlib.error, zipfile.BadZipFile, NotImplementedError, RuntimeError)


def stray_files(home: Path, known: Collection[Path], values: Sequence[str]) -> list[Path]:
    """Files under `home`, outside the `known` places, that hold one of the values, as UTF-8 or UTF-16, in any case.

    Looks into gzip and zip files too, a workbook being one.
    """
    needles = [
        form.encode(codec)
        for value in values
        for form in {value, value.lower(), value.upper()}
        for codec in ("utf-8", "utf-16-le", "utf-16-be")
    ]
    return [path for path in files_outside(home, known) if needles and _holds(path, needles)]


def files_outside(home: Path, known: Collection[Path]) -> Iterator[Path]:
    """Every regular file under `home` that is none of the `known` and lies in none of them."""
    places = set(known)
    for path in sorted(home.rglob("*")):
        own = path.name.endswith(("-wal", "-shm", "-journal"))  # a SQLite file's; it is cleaned with the file
        if path.is_file() and not path.is_symlink() and not own and not places & {path, *path.parents}:
            yield path


def scrub_text(path: Path, keys: Sequence[str]) -> int:
    """Put `erased` in place of record keys, plain or escaped for HTML, in a UTF-8 text; returns how often.

    A key within a longer one is another key. A file that is no UTF-8 text stays as it is.
    """
    if not keys or path.stat().st_size == 0:
        return 0
    try:
        with path.open(encoding="utf-8", newline="") as file:
            text = file.read()
    except UnicodeDecodeError:
        return 0
    forms = sorted({form for key in keys for form in (key, html.escape(key))}, key=len, reverse=True)
    pattern = rf"(?<![\w-])(?:{'|'.join(map(re.escape, forms))})(?![\w-])"
    changed, times = re.subn(pattern, "erased", text)
    if times:
        part = path.with_name(f".{path.name}.part")
        with part.open("w", encoding="utf-8", newline="") as file:
            file.write(changed)
        part.chmod(path.stat().st_mode & 0o777)
        part.replace(path)
    return times


def is_sqlite(path: Path) -> bool:
    """Whether the file begins as SQLite files do."""
    with path.open("rb") as file:
        return file.read(16) == b"SQLite format 3\0"


def scrub_sqlite(path: Path, values: Sequence[str]) -> None:
    """Put `erased` in place of the values in every text of a SQLite file, and give its free pages back."""
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(path)) as con:
        tables = con.execute("select name from sqlite_master where type = 'table'").fetchall()
        for (table,) in tables:
            for column in con.execute("select name from pragma_table_info(?)", [table]).fetchall():
                name, place = quote_identifier(column[0]), quote_identifier(table)
                for value in values:
                    con.execute(
                        f"update {place} set {name} = replace({name}, ?, 'erased') "
                        f"where typeof({name}) = 'text' and instr({name}, ?) > 0",
                        [value, value],
                    )
        con.commit()
        con.execute("vacuum")


def _holds(path: Path, needles: Sequence[bytes]) -> bool:
    """Whether the file, or what is packed in it, has one of them."""
    with path.open("rb") as file:
        if _found(file, needles):
            return True
        file.seek(0)
        begins = file.read(4)
    try:
        if begins.startswith(b"\x1f\x8b"):
            with gzip.open(path) as unpacked:
                return _found(unpacked, needles)
        if begins == b"PK\x03\x04":
            with zipfile.ZipFile(path) as archive:
                return any(_member_holds(archive, name, needles) for name in archive.namelist())
    except _UNREADABLE:  # damaged, encrypted: what its bytes say is all there is
        pass
    return False


def _member_holds(archive: zipfile.ZipFile, name: str, needles: Sequence[bytes]) -> bool:
    with archive.open(name) as member:
        return _found(member, needles)


def _found(file: IO[bytes] | gzip.GzipFile, needles: Sequence[bytes]) -> bool:
    """Whether one of them is in the file, which is read in blocks that overlap."""
    overlap = max(map(len, needles))
    tail = b""
    while block := file.read(_BLOCK):
        data = tail + block
        lower = data.lower()
        if any(needle in data or needle in lower for needle in needles):
            return True
        tail = data[-overlap:]
    return False
