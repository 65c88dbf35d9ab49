"""What an extract is made of and what became of it: pure types, and the rules for its column names."""

from __future__ import annotations

import string
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from dq_pipeline.domain.contract import Contract

Status = Literal["loaded", "unchanged", "absent", "failed"]

# Columns that every row of raw_history carries beside those of the source.
ROW_ORIGIN = ("_load_id", "_file", "_line")
LONGEST_COLUMN_NAME = 255
MOST_COLUMNS = 5_000

_ASCII_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


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
    """What one call did with one source. `files`: files found; `lines = loaded + rejected`, of this call.

    `current_records`: rows of `raw.<source>` afterwards. `new_columns` / `missing_columns`: columns of the
    files that the contract does not know, and the other way round.
    """

    source: str
    status: Status
    files: int = 0
    lines: int = 0
    loaded: int = 0
    rejected: int = 0
    current_records: int = 0
    new_columns: tuple[str, ...] = ()
    missing_columns: tuple[str, ...] = ()
    problem: str = ""

    def __post_init__(self) -> None:
        if self.lines != self.loaded + self.rejected:
            raise AssertionError(f"{self.source}: {self.lines} lines != {self.loaded} + {self.rejected}")


@dataclass(frozen=True)
class ColumnPlan:
    """Which SQL column each column of a file becomes (`names`, in file order), or the `problems`."""

    names: tuple[str, ...]
    new: tuple[str, ...]
    missing: tuple[str, ...]
    problems: tuple[str, ...]


def fold(name: str) -> str:
    """The form in which DuckDB compares identifiers: A-Z in lower case, all else as it is."""
    return name.translate(_ASCII_LOWER)


def printable(text: str) -> str:
    """A name from outside, safe in a message or a table: undecodable bytes and control characters escaped."""
    decoded = text.encode("utf-8", "backslashreplace").decode()
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in decoded)


def plan_columns(contract: Contract, found: Sequence[str]) -> ColumnPlan:
    """Match a file's columns with the contract's by name (not by position, not by A-Z case).

    Key columns count as required. Problems name the contract's columns, but a file's own only by position:
    in a file without a header they are a customer's values.
    """
    promised = {fold(column.name): column.name for column in contract.columns}
    stripped = [name.strip() for name in found]
    names = tuple(promised.get(fold(name), name) for name in stripped)
    present = {fold(name) for name in names}
    missing = tuple(column.name for column in contract.columns if fold(column.name) not in present)
    required = {column.name for column in contract.columns if column.required or column.key}
    problems = [f"the required column {printable(name)!r} is missing" for name in missing if name in required]
    if len(names) == 1 and len(contract.columns) > 1 and problems:
        problems.append("the header is a single column: is the delimiter the one in the contract?")
    if len(names) > MOST_COLUMNS:
        problems.append(f"{len(names)} columns are more than {MOST_COLUMNS}")
    return ColumnPlan(
        names=names,
        new=tuple(name for name in names if fold(name) not in promised),
        missing=missing,
        problems=(*problems, *_name_problems(stripped)),
    )


def _name_problems(names: Sequence[str]) -> list[str]:
    first: dict[str, int] = {}
    problems = []
    for position, name in enumerate(names, start=1):
        folded = fold(name)
        if not name:
            problems.append(f"column {position} has no name")
        elif folded in first:
            problems.append(f"columns {first[folded]} and {position} have the same name (A-Z case aside)")
        elif folded in ROW_ORIGIN:
            problems.append(f"column {position} has a name that is kept for the pipeline ({folded})")
        elif len(name) > LONGEST_COLUMN_NAME:
            problems.append(f"the name of column {position} is longer than {LONGEST_COLUMN_NAME} characters")
        elif "\0" in name:
            problems.append(f"the name of column {position} has a NUL character")
        first.setdefault(folded, position)
    return problems
