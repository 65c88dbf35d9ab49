"""What the name of a file says: unfinished, one that the contract expects, and which place it has among others."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fnmatch import fnmatchcase

TEMPORARY_SUFFIXES = (".part", ".partial", ".filepart", ".crdownload", ".tmp", ".temp", ".swp", "~")
COMPRESSED_SUFFIX = ".gz"
ARCHIVE_SUFFIX = ".zip"


def unfinished(name: str) -> bool:
    """Whether a file's name says that it is hidden, temporary or still being written."""
    return name.startswith((".", "~$")) or name.lower().endswith(TEMPORARY_SUFFIXES)


def matches(name: str, patterns: Sequence[str]) -> bool:
    """Whether a contract's globs allow the file name: as it is, or without `.gz`, in any A-Z case; any `.zip` is."""
    lower = name.lower()
    names = (lower, lower.removesuffix(COMPRESSED_SUFFIX))
    return lower.endswith(ARCHIVE_SUFFIX) or any(fnmatchcase(n, p.lower()) for n in names for p in patterns)


def natural_order(name: str) -> tuple[list[tuple[str, int]], str]:
    """Digits compare as numbers, so that the tenth page comes after the second; the name itself breaks ties."""
    parts = re.findall(r"(\D*)(\d*)", name.casefold())
    return [(text, int(digits[:300] or 0)) for text, digits in parts], name
