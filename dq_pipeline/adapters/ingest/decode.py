"""The bytes of an extract as a stream of UTF-8 blocks: decompressed, decoded, bounded in memory."""

from __future__ import annotations

import codecs
import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from dq_pipeline.errors import InputError

BLOCK_BYTES = 4 << 20
# Deflate reaches 1,030 : 1 on zeros; exports stay below 50 : 1. Small files may expand as they like.
MOST_EXPANSION = 200
EXPANSION_ALLOWED_BYTES = 1 << 30

_GZIP_MAGIC = b"\x1f\x8b"
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def byte_blocks(path: Path, name: str) -> Iterator[bytes]:
    """The file's bytes, decompressed when they begin like gzip (whatever the name says).

    Raises InputError, naming the file, for a file that cannot be read, is a damaged or cut-off gzip, or
    expands beyond all reason.
    """
    try:
        with path.open("rb") as file:
            compressed = file.read(2) == _GZIP_MAGIC
            file.seek(0)
            limit = max(EXPANSION_ALLOWED_BYTES, MOST_EXPANSION * path.stat().st_size) if compressed else None
            yield from _blocks(gzip.GzipFile(fileobj=file) if compressed else file, limit, name)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise InputError(
            "the compressed file is cut off or damaged", where=name, fix="transfer or export it again"
        ) from None
    except OSError as error:
        raise InputError(
            f"the file cannot be read ({error.strerror})", where=name, fix="check that it is readable"
        ) from None


def encoding_in_use(path: Path, declared: str, name: str) -> str:
    """The encoding to read with: a byte order mark is the file's own word and beats the contract's."""
    head = next(byte_blocks(path, name), b"")[:4]
    return next((found for mark, found in _BYTE_ORDER_MARKS if head.startswith(mark)), declared)


def utf8_blocks(path: Path, encoding: str, name: str) -> Iterator[bytes]:
    """The file's text as UTF-8 without byte order mark. Raises InputError naming the line of a bad byte."""
    decoder = codecs.getincrementaldecoder(encoding)()
    lines = 0
    try:
        for block in byte_blocks(path, name):
            text = decoder.decode(block)
            yield text.encode()
            lines += text.count("\n")
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        readable = bytes(error.object[: error.start]).decode(error.encoding, "ignore")
        raise InputError(
            f"a byte is not {encoding}",
            where=f"{name}, line {lines + readable.count(chr(10)) + 1}",
            fix="set the contract's encoding to the one the system exports, or export again as UTF-8",
        ) from None


def _blocks(file: IO[bytes] | gzip.GzipFile, limit: int | None, name: str) -> Iterator[bytes]:
    total = 0
    while block := file.read(BLOCK_BYTES):
        total += len(block)
        if limit is not None and total > limit:
            raise InputError(
                f"the compressed file expands to more than {limit:,} bytes",
                where=name,
                fix="if it is genuine, decompress it before the run",
            )
        yield block
