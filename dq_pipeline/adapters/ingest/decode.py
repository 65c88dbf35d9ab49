"""The bytes of an extract as a stream of UTF-8 blocks: decompressed, decoded, bounded in memory."""

from __future__ import annotations

import codecs
import gzip
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from dq_pipeline.errors import InputError

BLOCK_BYTES = 4 << 20
# Deflate reaches 1,030 : 1 on zeros; exports stay below 50 : 1. Small files may expand as they like.
MOST_EXPANSION = 200
EXPANSION_ALLOWED_BYTES = 1 << 30
# Stands before the two digits of a byte that is not of the encoding. No text has a NUL, so the record that has one
# goes the careful way, and becomes a reject.
BAD_BYTE = b"\0\x01"

_GZIP_MAGIC = b"\x1f\x8b"
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Which of the first four bytes are NUL when a text begins with two ASCII characters (RFC 4627, section 3).
_NUL_PATTERNS: dict[tuple[bool, ...], str] = {
    (False, True, False, True): "utf-16-le",
    (True, False, True, False): "utf-16-be",
    (False, True, True, True): "utf-32-le",
    (True, True, True, False): "utf-32-be",
}
_NOT_ASCII = bytes(range(128, 256))
_UNDEFINED_IN_CP1252 = (b"\x81", b"\x8d", b"\x8f", b"\x90", b"\x9d")


@dataclass(frozen=True)
class Encoding:
    """The Python codec to read with; `found`: nobody declared it, it was detected."""

    codec: str
    found: bool = False

    def __str__(self) -> str:
        return f"{self.codec} (detected)" if self.found else self.codec


def byte_blocks(path: Path, name: str) -> Iterator[bytes]:
    """The file's bytes, decompressed when they begin like gzip (whatever the name says).

    Raises InputError, naming the file, for a file that cannot be read, is a damaged or cut-off gzip, or
    expands beyond all reason.
    """
    try:
        with path.open("rb") as file:
            compressed = _is_gzip(file)
            limit = most_expanded(path.stat().st_size) if compressed else None
            yield from _blocks(gzip.GzipFile(fileobj=file) if compressed else file, limit, name)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise InputError(
            "the compressed file is cut off or damaged", where=name, fix="transfer or export it again"
        ) from None
    except OSError as error:
        raise _unreadable(error, name) from None


@contextmanager
def seekable(path: Path, name: str, folder: Path) -> Iterator[IO[bytes]]:
    """The file's bytes as an open file; those of a gzip in a nameless temporary file in `folder`. Raises as above."""
    try:
        file = path.open("rb")
    except OSError as error:
        raise _unreadable(error, name) from None
    with file:
        if not _is_gzip(file):
            yield file
            return
        with tempfile.TemporaryFile(dir=folder) as expanded:
            for block in byte_blocks(path, name):
                expanded.write(block)
            expanded.seek(0)
            yield expanded


def most_expanded(compressed: int) -> int:
    """Bytes that so many compressed ones may become."""
    return max(EXPANSION_ALLOWED_BYTES, MOST_EXPANSION * compressed)


def expands_too_far(limit: int, name: str) -> InputError:
    """The error for a decompression bomb."""
    return InputError(
        f"the compressed file expands to more than {limit:,} bytes",
        where=name,
        fix="if it is genuine, decompress it before the run",
    )


def encoding_in_use(path: Path, declared: str, name: str) -> Encoding:
    """The encoding to read with: a byte order mark is the file's own word and beats the contract's.

    Nothing declared is detected: UTF-16 and -32 by their NUL bytes, then UTF-8 or Windows-1252 from the whole file.
    Raises InputError for a file that is none of these.
    """
    head = next(byte_blocks(path, name), b"")[:4]
    marked = next((found for mark, found in _BYTE_ORDER_MARKS if head.startswith(mark)), "")
    if marked or declared:
        return Encoding(marked or declared)
    wide = _NUL_PATTERNS.get(tuple(byte == 0 for byte in head))
    return Encoding(wide or _detected(path, name), found=True)


def utf8_blocks(path: Path, encoding: Encoding, name: str) -> Iterator[bytes]:
    """The file's text as UTF-8 without byte order mark, a bad byte as `BAD_BYTE` and its digits."""
    decoder = codecs.getincrementaldecoder(encoding.codec)("dq_pipeline.bad_byte")
    for block in byte_blocks(path, name):
        yield decoder.decode(block).encode("utf-8", "dq_pipeline.bad_byte")
    yield decoder.decode(b"", final=True).encode("utf-8", "dq_pipeline.bad_byte")


def with_bad_bytes_shown(raw: bytes) -> bytes:
    """A line of `utf8_blocks` as a person may read it, bad bytes as `\\xf6`."""
    return raw.replace(BAD_BYTE, b"\\x")


def not_of(encoding: Encoding) -> str:
    """The reason for rejecting a line that has `BAD_BYTE`."""
    return f"a byte is not {encoding.codec}"


def _detected(path: Path, name: str) -> str:
    """UTF-8 or Windows-1252, whichever explains the bytes beyond ASCII; all in passes that run at C speed.

    Text in Windows-1252 practically never has what UTF-8 would call a character, so a file in which most such bytes
    make UTF-8 characters is UTF-8 with damaged lines: read as Windows-1252, all its accents would be lost.
    """
    decoder = codecs.getincrementaldecoder("utf-8")("ignore")
    beyond_ascii = total = kept = 0
    defined = True
    for block in byte_blocks(path, name):
        total += len(block)
        kept += len(decoder.decode(block).encode())
        if not block.isascii():
            beyond_ascii += len(block) - len(block.translate(None, _NOT_ASCII))
            defined = defined and not any(byte in block for byte in _UNDEFINED_IN_CP1252)
    bad = total - kept
    if not bad or bad < beyond_ascii - bad:
        return "utf-8"
    if defined:
        return "cp1252"
    raise InputError(
        "the encoding is neither UTF-8 nor Windows-1252",
        where=name,
        fix="declare it in the contract (encoding), or export again as UTF-8",
    )


def _mark_bad_bytes(error: UnicodeError) -> tuple[str, int]:
    """Error handler of codecs: undecodable bytes, or the lone surrogates that some codecs let through."""
    if isinstance(error, UnicodeDecodeError):
        bad = error.object[error.start : error.end]
    elif isinstance(error, UnicodeEncodeError):
        bad = error.object[error.start : error.end].encode("utf-8", "surrogatepass")
    else:
        raise error
    return "".join(f"{BAD_BYTE.decode()}{byte:02x}" for byte in bad), error.end


codecs.register_error("dq_pipeline.bad_byte", _mark_bad_bytes)


def _is_gzip(file: IO[bytes]) -> bool:
    magic = file.read(2)
    file.seek(0)
    return magic == _GZIP_MAGIC


def _unreadable(error: OSError, name: str) -> InputError:
    return InputError(
        f"the file cannot be read ({error.strerror})", where=name, fix="check that it is there and readable"
    )


def _blocks(file: IO[bytes] | gzip.GzipFile, limit: int | None, name: str) -> Iterator[bytes]:
    total = 0
    while block := file.read(BLOCK_BYTES):
        total += len(block)
        if limit is not None and total > limit:
            raise expands_too_far(limit, name)
        yield block
