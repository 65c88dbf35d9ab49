"""Zip archives: which members are extracts, and their bytes, bounded and verified; member names are never paths."""

from __future__ import annotations

import copy
import lzma
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO

from dq_pipeline.adapters.ingest.decode import BLOCK_BYTES, expands_too_far, most_expanded
from dq_pipeline.domain.extracts import printable
from dq_pipeline.domain.file_names import ARCHIVE_SUFFIX, matches, natural_order, unfinished
from dq_pipeline.errors import InputError

MOST_MEMBERS = 10_000

_MAGICS = (b"PK\x03\x04", b"PK\x05\x06")
_OFFICE_PART = "[Content_Types].xml"
_ENCRYPTED = 0x1
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, ValueError, OverflowError)


def is_archive(path: Path) -> bool:
    """Whether the content is a zip archive of files; an Office document (`.xlsx`) is a zip, but no archive.

    False for a file that cannot be read: whoever reads it next says why.
    """
    try:
        with path.open("rb") as file:
            if file.read(4) not in _MAGICS:
                return False
        with zipfile.ZipFile(path) as archive:
            return _OFFICE_PART not in archive.namelist()
    except OSError:
        return False
    except _DAMAGED:
        return True


def zip_members(path: Path, name: str, patterns: Sequence[str]) -> tuple[list[str], list[str]]:
    """(members to load in natural order, one sentence on each that is left out) of the archive.

    A member is an extract when its own file name, whatever its folder, matches one of the globs `patterns`. Raises
    InputError for an archive that is damaged, hostile or has nothing to load.
    """
    members, problems = [], []
    with _opened(path, name) as archive:
        for info in archive.infolist():
            member, own_name = info.filename, PurePosixPath(info.filename).name
            if info.is_dir():
                continue
            if unfinished(own_name) or member.startswith("__MACOSX/"):
                reason = "it is hidden or unfinished, by its name"
            elif own_name.lower().endswith(ARCHIVE_SUFFIX):
                reason = "it is an archive within an archive"
            elif not matches(own_name, patterns):
                reason = f"its name does not match the contract's filePattern ({', '.join(patterns)})"
            else:
                members.append(member)
                continue
            problems.append(f"{name}/{printable(member)}: left out, {reason}")
    if not members:
        fix = f"put the export into it ({' or '.join(patterns)})"
        raise InputError("the archive has no file to load", where=name, problems=tuple(problems), fix=fix)
    return sorted(members, key=natural_order), problems


def unpack(path: Path, member: str, target: Path, name: str) -> None:
    """Write the bytes of one member to `target`; `name` is shown in messages.

    Raises InputError when the member is encrypted, damaged (its checksum is verified), compressed in a way that
    Python does not know, or expands beyond all reason.
    """
    with _opened(path, name) as archive, target.open("wb") as file:
        for block in member_blocks(archive, archive.getinfo(member), name):
            file.write(block)


def member_blocks(archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str) -> Iterator[bytes]:
    """The member's real bytes, however many the archive declares; the checksum is verified at the end.

    Raises InputError as `unpack` does.
    """
    if info.flag_bits & _ENCRYPTED:
        raise InputError("the archive is encrypted", where=name, fix="export it without a password")
    limit, size = most_expanded(info.compress_size), 0
    whole = copy.copy(info)
    whole.file_size = limit + 2 * BLOCK_BYTES  # zipfile stops at the declared size, where other readers go on
    try:
        with archive.open(whole) as file:
            while block := file.read(BLOCK_BYTES):
                size += len(block)
                if size > limit:
                    raise expands_too_far(limit, name)
                yield block
    except NotImplementedError:
        raise InputError(
            "the archive is compressed in an unusual way", where=name, fix="use the usual compression (deflate)"
        ) from None
    except (*_DAMAGED, lzma.LZMAError, OSError):  # bzip2 reports damage as OSError
        raise _damaged(name) from None
    if size != info.file_size:
        raise _damaged(name)


def _check_members(archive: zipfile.ZipFile, name: str, file_size: int) -> None:
    """Raises InputError for what no honest archive has, before anything is decompressed."""
    members = archive.infolist()
    if len(members) > MOST_MEMBERS:
        raise InputError(f"the archive has more than {MOST_MEMBERS:,} members", where=name, fix="split it")
    if len({info.filename for info in members}) < len(members):
        raise InputError("two members of the archive have the same name", where=name, fix="pack it again")
    if sum(info.compress_size for info in members) > file_size:
        raise InputError("the members of the archive overlap", where=name, fix="pack it again")
    limit = most_expanded(file_size)
    if sum(info.file_size for info in members) > limit:
        raise expands_too_far(limit, name)


def opened_zip(file: IO[bytes], name: str) -> zipfile.ZipFile:
    """The checked archive in an open file. Raises InputError when it is damaged or hostile."""
    try:
        archive = zipfile.ZipFile(file)
    except NotImplementedError:
        raise InputError("the archive is split over several files", where=name, fix="pack it into one") from None
    except _DAMAGED:
        raise _damaged(name) from None
    _check_members(archive, name, file.seek(0, 2))
    return archive


@contextmanager
def _opened(path: Path, name: str) -> Iterator[zipfile.ZipFile]:
    try:
        file = path.open("rb")
    except OSError as error:
        raise InputError(
            f"the file cannot be read ({error.strerror})", where=name, fix="check that it is there and readable"
        ) from None
    with file:
        yield opened_zip(file, name)


def _damaged(name: str) -> InputError:
    return InputError("the archive is cut off or damaged", where=name, fix="transfer or export it again")
