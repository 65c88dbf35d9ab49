"""What an extract is made of and what became of it: pure types, and the rules for its column names."""

from __future__ import annotations

import string
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from dq_pipeline.domain.contract import Contract

Status = Literal["loaded", "unchanged", "absent", "failed"]

# Columns that every version in raw_history carries beside those of the source, and every row of raw.<source>.
VERSION_COLUMNS = ("_first_seen", "_last_seen", "_ended", "_deleted", "_file", "_line")
ROW_ORIGIN = ("_load_id", "_file", "_line")
LONGEST_COLUMN_NAME = 255
MOST_COLUMNS = 5_000

_ASCII_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


@dataclass(frozen=True)
class ExtractFile:
    """One file to load; `name`, its path below the extracts folder, is shown and stored.

    `member`: the file is this member of the archive at `path`.
    """

    path: Path
    name: str
    member: str = ""


@dataclass(frozen=True)
class SourceFiles:
    """The files of one source, oldest first by natural name order (`page-2` before `page-10`).

    `problems`: what lies in the folder and was left out, one sentence each.
    """

    contract_id: str
    folder_found: bool
    files: tuple[Path, ...] = ()
    problems: tuple[str, ...] = ()


@dataclass(frozen=True)
class ExtractScan:
    """Every source's files, and every problem that stops no other source."""

    sources: tuple[SourceFiles, ...]
    problems: tuple[str, ...] = ()


@dataclass(frozen=True)
class IngestResult:
    """What one call did with one source. `files`: files found; `lines = loaded + rejected + erased`, of this
    call; erased lines are of people whom no extract may bring back.

    `new_records` and so on: records, not lines, that the call found so; deleted are those gone from a full snapshot.
    `current_records`: rows of `raw.<source>` afterwards.
    """

    source: str
    status: Status
    files: int = 0
    lines: int = 0
    loaded: int = 0
    rejected: int = 0
    new_records: int = 0
    changed_records: int = 0
    unchanged_records: int = 0
    deleted_records: int = 0
    current_records: int = 0
    problem: str = ""
    erased: int = 0

    def __post_init__(self) -> None:
        if self.lines != self.loaded + self.rejected + self.erased:
            raise AssertionError(
                f"{self.source}: {self.lines} lines != {self.loaded} + {self.rejected} + {self.erased}"
            )


@dataclass(frozen=True)
class ColumnPlan:
    """Which SQL column each column of a file becomes (`names`, in file order), or the `problems`.

    `new`: columns that the contract does not know; `missing`: those of the contract that the file lacks; `renamed`:
    those that the file calls otherwise than the contract and its aliases, as `found -> contract's`; `reordered`: the
    contract's stand in another order.
    """

    names: tuple[str, ...] = ()
    new: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    renamed: tuple[str, ...] = ()
    reordered: bool = False
    problems: tuple[str, ...] = ()


def fold(name: str) -> str:
    """The form in which DuckDB compares identifiers: A-Z in lower case, all else as it is."""
    return name.translate(_ASCII_LOWER)


def printable(text: str) -> str:
    """A name from outside, safe in a message or a table: undecodable bytes and control characters escaped."""
    decoded = text.encode("utf-8", "backslashreplace").decode()
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in decoded)


def plan_columns(contract: Contract, found: Sequence[str]) -> ColumnPlan:
    """Match a file's columns with the contract's by name, never by position.

    A name is the contract's own (A-Z case aside), or one of the column's aliases, or equal to it but for punctuation
    and blanks, where that leaves no doubt. Key columns count as required. Problems name the contract's columns, but a
    file's own only by position: in a file without a header they are a customer's values.
    """
    stripped = [name.strip() for name in found]
    names = _matched(contract, stripped)
    promised = {fold(column.name): place for place, column in enumerate(contract.columns)}
    present = {fold(name) for name in names}
    missing = tuple(column.name for column in contract.columns if fold(column.name) not in present)
    required = {column.name for column in contract.columns if column.required or column.key}
    problems = [f"the required column {printable(name)!r} is missing" for name in missing if name in required]
    if len(names) == 1 and len(contract.columns) > 1 and problems:
        problems.append("the header is a single column: is the delimiter the one in the contract?")
    if len(names) > MOST_COLUMNS:
        problems.append(f"{len(names)} columns are more than {MOST_COLUMNS}")
    aliases = {fold(alias) for column in contract.columns for alias in column.aliases}
    places = [promised[fold(name)] for name in names if fold(name) in promised]
    return ColumnPlan(
        names=names,
        new=tuple(name for name in names if fold(name) not in promised),
        missing=missing,
        renamed=tuple(
            f"{printable(was)} -> {name}"
            for was, name in zip(stripped, names, strict=True)
            if fold(was) != fold(name) and fold(was) not in aliases
        ),
        reordered=places != sorted(places),
        problems=(*problems, *_name_problems(names)),
    )


def _matched(contract: Contract, found: Sequence[str]) -> tuple[str, ...]:
    """The contract's name of every column found; its own where the contract does not know it."""
    own = {fold(column.name): column.name for column in contract.columns}
    taken = {own[fold(name)] for name in found if fold(name) in own}
    others: dict[str, set[str]] = {}
    for column in contract.columns:
        if column.name not in taken:
            for name in (column.name, *column.aliases):
                others.setdefault(_bare(name), set()).add(column.name)
    candidates = [others.get(_bare(name), set()) if fold(name) not in own else set() for name in found]
    return tuple(
        own.get(fold(name)) or (next(iter(meant)) if len(meant) == 1 and candidates.count(meant) == 1 else name)
        for name, meant in zip(found, candidates, strict=True)
    )


def _bare(name: str) -> str:
    """Letters and digits only, in lower case: `Last_Name`, `LastName` and `last name` are one name."""
    return "".join(character for character in name.casefold() if character.isalnum())


def _name_problems(names: Sequence[str]) -> list[str]:
    first: dict[str, int] = {}
    problems = []
    for position, name in enumerate(names, start=1):
        folded = fold(name)
        if not name:
            problems.append(f"column {position} has no name")
        elif folded in first:
            problems.append(f"columns {first[folded]} and {position} have the same name (A-Z case aside)")
        elif folded in VERSION_COLUMNS or folded in ROW_ORIGIN:
            problems.append(f"column {position} has a name that is kept for the pipeline ({folded})")
        elif len(name) > LONGEST_COLUMN_NAME:
            problems.append(f"the name of column {position} is longer than {LONGEST_COLUMN_NAME} characters")
        elif "\0" in name:
            problems.append(f"the name of column {position} has a NUL character")
        first.setdefault(folded, position)
    return problems
