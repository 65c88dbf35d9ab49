"""What a remote folder lists: which of it is an extract, and when two looks at a file show the same file."""

from __future__ import annotations

import base64
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from dq_pipeline.domain.extracts import printable
from dq_pipeline.domain.file_names import matches, unfinished

# File systems hold names of 255 bytes; beside a file lie `.<name>.part` and `<name>.<number>`.
LONGEST_NAME = 240
MOST_PROBLEMS_TOLD = 20
# What no file system can keep as a modification time is no time (year 2242).
LATEST_SECONDS = 2**33
_MODIFIED = ("mtime", "LastModified", "last_modified", "Last-Modified", "updated", "modified", "modify")
_ETAG = ("ETag", "etag", "e_tag")


@dataclass(frozen=True)
class Version:
    """What a server says of a file's content: `size` in bytes, `modified` in seconds since 1970, MD5 in hexadecimal.

    What the server does not say is None or empty. An ETag is only compared, never taken for a checksum (RFC 9110,
    8.8.3; that of an encrypted object in S3 looks like an MD5 and is none).
    """

    size: int | None
    modified: float | None = None
    etag: str = ""
    md5: str = ""

    def differs_from(self, other: Version) -> bool:
        """Something that both looks tell is not the same."""
        sizes_differ = None not in (self.size, other.size) and self.size != other.size
        return sizes_differ or any(a != b for a, b in self._told_by_both(other))

    def is_surely(self, other: Version) -> bool:
        """Nothing differs, and more than the size says so."""
        return bool(self._told_by_both(other)) and not self.differs_from(other)

    def _told_by_both(self, other: Version) -> list[tuple[Any, Any]]:
        pairs = [(self.modified, other.modified), (self.etag, other.etag), (self.md5, other.md5)]
        return [(a, b) for a, b in pairs if a not in (None, "") and b not in (None, "")]


NOT_TOLD = Version(None)


@dataclass(frozen=True)
class RemoteFile:
    """An entry of a listing: its name below the folder, the path that fsspec knows it by, and its version if told.

    Not `regular` is what a mounted folder has beside files: a link, which may lead anywhere on this machine, a pipe.
    """

    name: str
    path: str
    version: Version = NOT_TOLD
    regular: bool = True


def version_of(facts: Mapping[str, Any]) -> Version:
    """The version in what fsspec's `info` or `ls` says; every kind of server has its own words for it."""
    return Version(
        size=facts.get("size"),
        modified=next((m for m in (_seconds(facts.get(key)) for key in _MODIFIED) if m is not None), None),
        etag=next((str(facts[key]) for key in _ETAG if facts.get(key)), ""),
        md5=_md5(facts),
    )


def choose(files: Iterable[RemoteFile], patterns: Sequence[str]) -> tuple[dict[str, RemoteFile], tuple[str, ...]]:
    """The extracts among the files of a listing, by name in order, and what was left out for its name's sake.

    Files that match no pattern, hidden and temporary ones are passed over: the folder may serve others too. A name
    that would leave the folder is left out, and so is every one after the first of names that differ in nothing but
    case or Unicode form, on every machine: on some they are one file.
    """
    chosen: dict[str, RemoteFile] = {}
    problems: list[str] = []
    taken: dict[str, str] = {}
    for file in sorted(files, key=lambda file: (file.name, file.path)):
        last = file.name.rpartition("/")[2]
        if not last or unfinished(last) or not matches(last, patterns):
            continue
        folded = unicodedata.normalize("NFC", file.name).casefold()
        reason = _unsafe(file.name) or ("" if file.regular else "it is not a regular file")
        if not reason and folded in taken:
            reason = f"its name is that of {printable(taken[folded])!r}, but for upper and lower case"
        if reason:
            problems.append(f"{printable(file.name[:LONGEST_NAME])}: left out, {reason}")
        else:
            taken[folded] = file.name
            chosen[file.name] = file
    more = len(problems) - MOST_PROBLEMS_TOLD
    told = problems[:MOST_PROBLEMS_TOLD]
    return chosen, (*told, *([f"and {more} more names like these"] if more > 0 else []))


def _unsafe(name: str) -> str:
    if "/" in name or "\\" in name:
        return "its name leads to another folder"
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in name):
        return "its name has control characters or is not Unicode"
    if len(name.encode()) > LONGEST_NAME:
        return f"its name is longer than {LONGEST_NAME} bytes"
    return ""


def _seconds(value: Any) -> float | None:
    if isinstance(value, str):
        value = _moment(value)
    if isinstance(value, datetime):
        value = (value if value.tzinfo else value.replace(tzinfo=UTC)).timestamp()
    plausible = isinstance(value, int | float) and 0 <= value < LATEST_SECONDS
    return float(value) if plausible else None


def _moment(text: str) -> datetime | None:
    """An HTTP date, an ISO 8601 one, or that of FTP (RFC 3659)."""
    for read in (parsedate_to_datetime, datetime.fromisoformat, lambda t: datetime.strptime(t[:14], "%Y%m%d%H%M%S")):
        try:
            return read(text)
        except (ValueError, TypeError, OverflowError):
            continue
    return None


def _md5(facts: Mapping[str, Any]) -> str:
    """Google tells an MD5 in `md5Hash`, HTTP in `Content-MD5`, both in base64; Azure in bytes."""
    settings = facts.get("content_settings")
    given = settings.get("content_md5") if isinstance(settings, Mapping) else None
    given = facts.get("md5Hash") or facts.get("Content-MD5") or given
    try:
        digest = bytes(given) if isinstance(given, bytes | bytearray) else base64.b64decode(given or "", validate=True)
    except ValueError:
        return ""
    return digest.hex() if len(digest) == 16 else ""
