"""Which files in the extracts folder belong to which source; everything else is named, nothing is guessed."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from dq_pipeline.domain.contract import Contract
from dq_pipeline.domain.extracts import ExtractScan, SourceFiles, printable
from dq_pipeline.errors import InputError

TEMPORARY_SUFFIXES = (".part", ".partial", ".filepart", ".crdownload", ".tmp", ".temp", ".swp", "~")
COMPRESSED_SUFFIX = ".gz"


def scan_extracts(extracts: Path, contracts: Mapping[str, Contract]) -> ExtractScan:
    """Every contract's files under `extracts/<contract id>/`, and what else lies there.

    Plain files directly in `extracts` are nobody's and are passed over. Raises InputError when the folder
    is missing or unreadable, or holds no folder of a known source.
    """
    try:
        folders = sorted(entry.name for entry in extracts.iterdir() if entry.is_dir())
    except OSError as error:
        raise InputError(
            f"the extracts folder cannot be read ({error.strerror})",
            where=printable(str(extracts)),
            fix="create it with one folder per source, or name another with --extracts",
        ) from None
    known = ", ".join(contracts)
    unknown = tuple(
        f"{printable(name)}/: no contract has this name; rename the folder ({known}) or add a contract page"
        for name in folders
        if name not in contracts
    )
    if not any(name in contracts for name in folders):
        raise InputError(
            "there is no folder of a known source in it",
            where=printable(str(extracts)),
            problems=unknown,
            fix=f"put each system's files into a folder named after its contract: {known}",
        )
    sources = tuple(source_files(extracts, contract) for contract in contracts.values())
    return ExtractScan(sources, (*unknown, *(problem for source in sources for problem in source.problems)))


def source_files(extracts: Path, contract: Contract) -> SourceFiles:
    """The regular files of one source, in natural name order. Raises InputError for an unreadable folder."""
    folder = extracts / contract.id
    if not folder.is_dir():
        return SourceFiles(contract.id, folder_found=False)
    try:
        entries = sorted(folder.iterdir(), key=lambda entry: _natural_order(entry.name))
    except OSError as error:
        raise InputError(
            f"the folder cannot be read ({error.strerror})", where=f"{contract.id}/", fix="grant read access"
        ) from None
    root = extracts.resolve()
    files, problems = [], []
    for entry in entries:
        reason = _why_left_out(entry, root, contract.layout.pattern)
        if reason:
            problems.append(f"{relative_name(entry, extracts)}: left out, {reason}")
        else:
            files.append(entry)
    return SourceFiles(contract.id, True, tuple(files), tuple(problems))


def relative_name(path: Path, extracts: Path) -> str:
    """The path below the extracts folder, as it is shown in messages and kept in `_file`."""
    return printable(path.relative_to(extracts).as_posix())


@dataclass(frozen=True)
class Content:
    """What a file held when it was looked at: SHA-256 of its bytes on disk (hexadecimal), and how to see a change."""

    sha256: str
    size: int
    modified_ns: int


def content_of(path: Path, name: str) -> Content:
    """Raises InputError, naming the file, when it cannot be read."""
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            facts = os.fstat(file.fileno())
    except OSError as error:
        raise InputError(
            f"the file cannot be read ({error.strerror})", where=name, fix="check that it is there and readable"
        ) from None
    return Content(digest, facts.st_size, facts.st_mtime_ns)


def check_unchanged(path: Path, name: str, content: Content) -> None:
    """Raises InputError when the file is no longer the one looked at: its export is still being written."""
    try:
        facts = path.stat()
        same = (facts.st_size, facts.st_mtime_ns) == (content.size, content.modified_ns)
    except OSError:
        same = False
    if not same:
        raise InputError("the file changed while it was read", where=name, fix="wait until its export is finished")


def _why_left_out(entry: Path, root: Path, pattern: str) -> str:
    """The reason why `entry` is not read, or nothing."""
    name = entry.name.lower()
    if not entry.exists():  # Path.resolve raises on a link to itself
        return "it is a link that leads nowhere"
    if not entry.resolve().is_relative_to(root):
        return "it is a link to a place outside the extracts folder"
    if name.startswith((".", "~$")) or name.endswith(TEMPORARY_SUFFIXES):
        return "it is hidden or unfinished, by its name"
    if entry.is_dir():
        return "it is a folder"
    if not entry.is_file():
        return "it is not a regular file"
    names = (name, name.removesuffix(COMPRESSED_SUFFIX))
    if not any(fnmatchcase(candidate, pattern.lower()) for candidate in names):
        return f"its name does not match the contract's filePattern {pattern!r}"
    return ""


def _natural_order(name: str) -> tuple[list[tuple[str, int]], str]:
    """Digits compare as numbers, so that the tenth page comes after the second; the name itself breaks ties."""
    parts = re.findall(r"(\D*)(\d*)", name.casefold())
    return [(text, int(digits[:300] or 0)) for text, digits in parts], name
