"""`governance.audit`: who did what, when and why, in a chain of hashes that shows any later change.

Each entry carries the SHA-256 of its own text and of the entry before it (Haber and Stornetta, 1991), so that an entry
changed, removed or moved breaks the chain behind it. A chain that is cut off at its end is whole in itself: therefore
the newest hash is also kept in a file beside the warehouse, one line an entry.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from dq_pipeline.adapters.warehouse import table_exists

HEAD = "audit_head.jsonl"
_NOTHING_BEFORE = "0" * 64
_TABLE = """
create schema if not exists governance;
create table if not exists governance.audit
    (number bigint, "at" timestamp, actor varchar, action varchar, subject varchar, reason varchar, details json,
     previous_hash varchar, hash varchar, reason_digest varchar)
"""
_COLUMNS = 'number, "at", actor, action, subject, reason, details::varchar, previous_hash, hash, reason_digest'


@dataclass(frozen=True)
class Entry:
    """One row of governance.audit; `subject` is an id or a key, `details` canonical JSON, neither holds a value.

    `reason` is None where it named somebody who has been erased; its digest stays, so that the chain holds.
    """

    number: int
    at: datetime
    actor: str
    action: str
    subject: str
    reason: str | None
    details: str
    previous_hash: str
    hash: str
    reason_digest: str

    def computed_hash(self) -> str:
        """SHA-256 (hexadecimal) over everything but the hash itself; of the reason over its digest."""
        told = [self.number, self.at.isoformat(), self.actor, self.action, self.subject, self.reason_digest]
        return hashlib.sha256(_canonical([*told, self.details, self.previous_hash]).encode()).hexdigest()


@dataclass(frozen=True)
class Problem:
    """One place where the chain does not hold."""

    number: int
    text: str


def record_audit(
    con: duckdb.DuckDBPyConnection,
    *,
    at: datetime,
    actor: str,
    action: str,
    subject: str,
    reason: str,
    details: Mapping[str, Any],
) -> int:
    """Append one entry and remember its hash beside the warehouse; returns its number. `at` is UTC without zone.

    Belongs into the transaction of what it tells of. `subject` and `details` name ids, keys and counts, never a value
    of a customer.
    """
    con.execute(_TABLE)
    last = con.execute("select number, hash from governance.audit order by number desc limit 1").fetchall()
    number, previous = last[0] if last else (0, _NOTHING_BEFORE)
    told = _canonical(dict(details))
    draft = Entry(number + 1, at, actor, action, subject, reason, told, previous, "", _digest(reason))
    entry = Entry(**{**vars(draft), "hash": draft.computed_hash()})
    con.execute(
        "insert into governance.audit values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", list(vars(entry).values())
    ).fetchall()
    _remember_head(con, entry)
    return entry.number


def audit_entries(con: duckdb.DuckDBPyConnection, *, newest: int | None = None) -> list[Entry]:
    """The trail by number, or its `newest` entries; empty before the first."""
    if not table_exists(con, "governance", "audit"):
        return []
    limit = "" if newest is None else f" qualify row_number() over (order by number desc) <= {int(newest)}"
    rows = con.execute(f"select {_COLUMNS} from governance.audit{limit} order by number").fetchall()
    return [Entry(*row) for row in rows]


def verify_audit(con: duckdb.DuckDBPyConnection) -> list[Problem]:
    """Every entry that was changed, left out, added or moved, and a trail cut off at its end; empty when it holds."""
    entries = audit_entries(con)
    problems, previous, expected = [], _NOTHING_BEFORE, 1
    for entry in entries:
        if entry.number != expected:
            problems.append(Problem(entry.number, f"entry {expected} should stand before it"))
        if entry.previous_hash != previous:
            problems.append(Problem(entry.number, "it does not follow the entry before it"))
        if entry.computed_hash() != entry.hash or entry.reason_digest != _digest(entry.reason, entry.reason_digest):
            problems.append(Problem(entry.number, "it was changed after it was written"))
        previous, expected = entry.hash, entry.number + 1
    return problems + _missing_at_the_end(con, {entry.number: entry.hash for entry in entries})


def blank_reasons(con: duckdb.DuckDBPyConnection) -> int:
    """Take out every reason that holds one of `temp.dq_person_values`; returns how many. The chain holds."""
    if not table_exists(con, "governance", "audit"):
        return 0
    return int(
        con.execute(
            "update governance.audit set reason = null where exists (select 1 from temp.dq_person_values "
            "where length(value) >= 4 and contains(lower(reason), lower(value)))"
        ).fetchall()[0][0]
    )


def _digest(reason: str | None, blanked: str = "") -> str:
    return blanked if reason is None else hashlib.sha256(reason.encode()).hexdigest()


def _missing_at_the_end(con: duckdb.DuckDBPyConnection, hashes: Mapping[int, str]) -> list[Problem]:
    """What the file beside the warehouse says of entries that are not there, or are others.

    A killed transaction leaves a line without an entry; the line that follows it repeats its number, and only the
    newest line of a number counts. A line behind the last entry is no proof of a cut: its transaction may have been
    killed. It is told all the same, by whoever looks.
    """
    remembered: dict[int, str] = {}
    for line in _head_lines(con):
        remembered[line["number"]] = line["hash"]
    return [
        Problem(number, "it is not in the trail" if number not in hashes else "it is another than the one remembered")
        for number, digest in sorted(remembered.items())
        if hashes.get(number) != digest
    ]


def _head_file(con: duckdb.DuckDBPyConnection) -> Path | None:
    """Beside the warehouse file; None for a database in memory."""
    path = con.execute(
        "select path from duckdb_databases() where database_name = current_database() and path is not null"
    ).fetchall()
    return Path(path[0][0]).parent / "governance" / HEAD if path else None


def _head_lines(con: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    path = _head_file(con)
    if path is None or not path.exists():
        return []
    lines = []
    for text in path.read_text(encoding="utf-8").splitlines():
        try:
            lines.append(json.loads(text))
        except ValueError:  # cut off by a kill
            continue
    return lines


def _remember_head(con: duckdb.DuckDBPyConnection, entry: Entry) -> None:
    path = _head_file(con)
    if path is None:
        return
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "a", encoding="utf-8") as file:
        file.write(_canonical({"number": entry.number, "hash": entry.hash}) + "\n")


def _canonical(value: Any) -> str:
    """One text for one value, whatever the order of keys."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
