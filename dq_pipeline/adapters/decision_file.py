"""The stewardship ledger a second time, as a file beside the warehouse: what people decided outlives the warehouse.

Everything else in the warehouse can be computed again from the extracts; what people said cannot. So every word is also
a line of JSON in `stewardship/decisions.jsonl`, readable by its owner only, on the disk before the command ends.

The table comes first, the file after its transaction. Whatever is written first may be all that is left by a kill. A
word in the file alone would come back to life though its author was told that nothing was recorded; one in the table
alone is added to the file by the next command or run, and is in force meanwhile.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb

from dq_pipeline.adapters.stewardship import COLUMNS, create_stewardship_tables
from dq_pipeline.adapters.warehouse import Warehouse
from dq_pipeline.domain.erasure import is_erased_key
from dq_pipeline.errors import InputError

_TYPES = dict(column.split(" ") for column in COLUMNS.split(", "))
# What makes two rows of one number the same word. What somebody wrote in it may have been blanked since, and the key of
# a record that was erased is a hash.
_SAME = ("decided_at", "author", "kind", "left_key", "right_key", "attribute", "revokes")
Word = Mapping[str, Any]


def keep_decisions(warehouse: Warehouse, path: Path) -> int:
    """Bring the ledger and its file `path` to the same words; returns how many the ledger got from the file.

    Call it before and after a command that decides, and at the start of a run. The ledger of a new or an older
    warehouse gets what it lacks; the file gets the rest, and loses what was blanked in the ledger. Raises InputError
    where the two hold different words under one number, or a line of the file cannot be read.
    """
    kept, whole = _read(path)
    with warehouse.transaction() as con:
        create_stewardship_tables(con)
        told = _ledger(con)
        _require_agreement(told, kept, path)
        missing = [kept[number] for number in sorted(kept.keys() - told.keys())]
        _insert(con, missing)
        ledger = dict(sorted((kept | told).items()))
    unwritten = [ledger[number] for number in sorted(ledger.keys() - kept.keys())]
    if not whole or any(kept[number] != ledger[number] for number in kept):
        _replace(path, ledger.values())
    elif unwritten:
        _append(path, unwritten)
    return len(missing)


def _ledger(con: duckdb.DuckDBPyConnection) -> dict[int, Word]:
    names = ", ".join(_TYPES)
    rows = con.execute(f"select {names} from stewardship.decisions order by number").fetchall()
    return {row[0]: {name: _plain(value) for name, value in zip(_TYPES, row, strict=True)} for row in rows}


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, (date, datetime)) else value


def _read(path: Path) -> tuple[dict[int, Word], bool]:
    """The words of the file by number, and whether it ends with a whole line: a kill may have cut the last one off, and
    then the ledger has it."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}, True
    except UnicodeDecodeError:
        raise InputError("is no UTF-8 text", where=str(path), fix="put the file back from a backup") from None
    *lines, rest = text.split("\n")
    words = [_parsed(line, number, path) for number, line in enumerate(lines, 1)]
    return {word["number"]: word for word in words}, not rest


def _parsed(line: str, number: int, path: Path) -> Word:
    try:
        word = json.loads(line)
        if set(word) == set(_TYPES) and isinstance(word["number"], int):
            return dict(word)
    except (ValueError, TypeError):
        pass
    raise InputError(
        f"line {number} is no decision",
        where=str(path),
        fix="put the file back from a backup; where there is none, take this line out",
    )


def _require_agreement(told: Mapping[int, Word], kept: Mapping[int, Word], path: Path) -> None:
    differing = [
        n
        for n in sorted(told.keys() & kept.keys())
        if any(told[n][c] != kept[n][c] and not is_erased_key(str(told[n][c])) for c in _SAME)
    ]
    if differing:
        raise InputError(
            f"the warehouse and the file hold different decisions under the numbers {differing[0]} to {differing[-1]}",
            where=str(path),
            fix="one of the two is of another DQ_HOME: put the one that belongs here in its place",
        )


def _insert(con: duckdb.DuckDBPyConnection, words: Sequence[Word]) -> None:
    if not words:
        return
    columns = ", ".join(f"unnest(${name}::varchar[])::{kind}" for name, kind in _TYPES.items())
    con.execute(
        f"insert into stewardship.decisions ({', '.join(_TYPES)}) select {columns}",
        {name: [None if word[name] is None else str(word[name]) for word in words] for name in _TYPES},
    )


def _lines(words: Iterable[Word]) -> bytes:
    return "".join(json.dumps(word) + "\n" for word in words).encode()


def _append(path: Path, words: Sequence[Word]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    _write(path, os.O_APPEND, _lines(words))
    _settle(path.parent)


def _replace(path: Path, words: Iterable[Word]) -> None:
    """The whole file anew, under another name until it is on the disk."""
    new = path.with_name(f".{path.name}.part")
    _write(new, os.O_TRUNC, _lines(words))
    new.replace(path)
    _settle(path.parent)


def _write(path: Path, mode: int, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | mode, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(descriptor)


def _settle(folder: Path) -> None:
    """A file's name is on the disk once its folder is."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
