"""The review file: the queue as a CSV that a steward fills in, and reading it back with every problem at once."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from dq_pipeline.domain.review import NEEDED, Values, neutralised, restored, review_columns, verdict_of
from dq_pipeline.domain.stewardship import NewDecision
from dq_pipeline.errors import InputError

# Spreadsheets of many countries save with a semicolon, some with a tab.
_DELIMITERS = (",", ";", "\t")


@dataclass(frozen=True)
class Answers:
    """What a review file says: decisions and problems, each with the line it stands on, and rows without a decision.

    `repeated`: rows that say again what an earlier row says; they are not among the decisions.
    """

    decisions: tuple[tuple[int, NewDecision], ...]
    problems: tuple[tuple[int, str], ...]
    unsure: int
    empty: int
    repeated: int


def write_review_file(
    path: Path, items: Iterable[Mapping[str, str]], *, values: Values, byte_order_mark: bool = False
) -> int:
    """Write items (a cell by column name; what is absent is empty) for nobody else to read; returns their number.

    Raises InputError when the file exists: it may hold decisions that were not imported yet.
    """
    columns = review_columns(values)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise InputError(
            "the file exists and may hold decisions", where=str(path), fix="name another file, or move this one away"
        ) from None
    except OSError as error:
        raise InputError(f"the file cannot be written: {error.strerror}", where=str(path)) from None
    encoding = "utf-8-sig" if byte_order_mark else "utf-8"
    with os.fdopen(descriptor, "w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL)
        writer.writerow(columns)
        count = 0
        for item in items:
            writer.writerow([item.get(column, "") for column in columns])
            count += 1
    return count


def item_cells(keys: Mapping[str, str], numbers: Mapping[str, float | int | None]) -> dict[str, str]:
    """The cells of an item: texts neutralised, numbers (our own) as they are."""
    shown = {name: "" if value is None else f"{value:g}" for name, value in numbers.items()}
    return {name: neutralised(text) for name, text in keys.items()} | shown


def read_review_file(path: Path, *, author: str) -> Answers:
    """Read a review file, made by this project or by hand (NEEDED columns, any order).

    Problems of rows: a word that decides nothing, no comment, a missing key, one record twice, two rows about one pair
    that say different things. Raises InputError when the file cannot be read or lacks a column.
    """
    problems: list[tuple[int, str]] = []
    first: dict[tuple[str, ...], tuple[int, NewDecision]] = {}
    silent = {"unsure": 0, "": 0}
    repeated = 0
    for line, cells in _rows(path):
        verdict = verdict_of(cells["decision"])
        if verdict is None:
            problems.append((line, "the decision is none of same, different, unsure"))
        elif verdict == "unsure" or verdict == "":
            silent[verdict] += 1
        else:
            keys = (cells["left_key"], cells["right_key"])
            decision = NewDecision(verdict, *keys, author=author, reason=cells["comment"])
            problems += [(line, problem) for problem in _problems(decision)]
            before, earlier = first.setdefault(decision.record_keys, (line, decision))
            repeated += before != line
            if earlier.kind != verdict:
                problems.append((line, f"says {verdict} of a pair of which line {before} says {earlier.kind}"))
    return Answers(tuple(first.values()), tuple(problems), silent["unsure"], silent[""], repeated)


def _problems(decision: NewDecision) -> list[str]:
    """In the words of the file."""
    empty = [f"the {name} is empty" for name in ("left_key", "right_key") if not getattr(decision, name)]
    if empty:
        return empty
    if decision.left_key == decision.right_key:
        return ["a customer of many records is no pair; `dq-pipeline split` parts one"]
    return [problem.replace("reason", "comment") for problem in decision.problems()]


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """(line it begins on, cell by NEEDED column) of every row that is not blank."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            text = file.read()
    except OSError as error:
        raise InputError(f"the file cannot be read: {error.strerror}", where=str(path)) from None
    except UnicodeDecodeError:
        raise InputError("the file is not UTF-8", where=str(path), fix="save it as `CSV UTF-8`") from None
    headers = {delimiter: _header(text, delimiter) for delimiter in _DELIMITERS}
    delimiter = next((d for d, header in headers.items() if header.keys() >= set(NEEDED)), "")
    if not delimiter:
        missing = tuple(f"the column {name} is missing" for name in NEEDED if name not in headers[","])
        raise InputError("this is no review file", where=str(path), problems=missing, fix="export it again")
    yield from _cells(path, text, delimiter, headers[delimiter])


def _header(text: str, delimiter: str) -> dict[str, int]:
    """Where each column stands, read with the delimiter."""
    names = next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), [])
    return {name.strip().casefold(): place for place, name in enumerate(names)}


def _cells(path: Path, text: str, delimiter: str, places: Mapping[str, int]) -> Iterator[tuple[int, dict[str, str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for row in reader:
            if line > 1 and any(row):
                cells = {name: row[places[name]] if places[name] < len(row) else "" for name in NEEDED}
                yield line, {name: restored(cell) for name, cell in cells.items()}
            line = reader.line_num + 1
    except csv.Error as error:
        raise InputError(f"line {line}: {error}", where=str(path), fix="save it as CSV again") from None
