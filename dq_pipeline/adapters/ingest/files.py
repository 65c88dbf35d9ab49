"""Which files in the extracts folder belong to which source; everything else is named, nothing is guessed."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from dq_pipeline.adapters.ingest.archive import is_archive, zip_members
from dq_pipeline.domain.contract import Contract
from dq_pipeline.domain.extracts import ExtractFile, ExtractScan, SourceFiles, printable
from dq_pipeline.domain.file_names import matches, natural_order, unfinished
from dq_pipeline.errors import InputError


def scan_extracts(extracts: Path, contracts: Mapping[str, Contract]) -> ExtractScan:
    """Every contract's files under `extracts/<contract id>/`, and what else lies there.

    Plain files directly in `extracts` are nobody's and are passed over. Raises InputError when the folder
    is missing or unreadable, or holds no folder of a known source although none is fetched.
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
    fetched = any(contract.location for contract in contracts.values())
    if not fetched and not any(name in contracts for name in folders):
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
        entries = sorted(folder.iterdir(), key=lambda entry: natural_order(entry.name))
    except OSError as error:
        raise InputError(
            f"the folder cannot be read ({error.strerror})", where=f"{contract.id}/", fix="grant read access"
        ) from None
    root = extracts.resolve()
    files, problems = [], []
    for entry in entries:
        if contract.location and unfinished(entry.name):
            continue  # the fetcher's own
        reason = _why_left_out(entry, root, contract.layout.patterns)
        if reason:
            problems.append(f"{relative_name(entry, extracts)}: left out, {reason}")
        else:
            files.append(entry)
    return SourceFiles(contract.id, True, tuple(files), tuple(problems))


def extract_files(
    paths: Sequence[Path], extracts: Path, contract: Contract
) -> tuple[tuple[ExtractFile, ...], tuple[str, ...]]:
    """The files to load, those within archives one by one, and what is left out of the archives.

    Raises InputError, naming the file, for an archive that cannot be read.
    """
    files: list[ExtractFile] = []
    left_out: list[str] = []
    for path in paths:
        name = relative_name(path, extracts)
        if not is_archive(path):
            files.append(ExtractFile(path, name))
            continue
        members, problems = zip_members(path, name, contract.layout.patterns)
        files += [ExtractFile(path, f"{name}/{printable(member)}", member) for member in members]
        left_out += problems
    return tuple(files), tuple(left_out)


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


def _why_left_out(entry: Path, root: Path, patterns: Sequence[str]) -> str:
    """The reason why `entry` is not read, or nothing."""
    if not entry.exists():  # Path.resolve raises on a link to itself
        return "it is a link that leads nowhere"
    if not entry.resolve().is_relative_to(root):
        return "it is a link to a place outside the extracts folder"
    if unfinished(entry.name):
        return "it is hidden or unfinished, by its name"
    if entry.is_dir():
        return "it is a folder"
    if not entry.is_file():
        return "it is not a regular file"
    if not matches(entry.name, patterns):
        return f"its name does not match the contract's filePattern ({', '.join(patterns)})"
    return ""
