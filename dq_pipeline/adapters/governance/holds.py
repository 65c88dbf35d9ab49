"""Legal holds: what a court or an auditor may still ask for is neither erased nor removed when its time is up.

A hold is kept on source records, so it stays with them through merges, splits and reloads.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import duckdb

from dq_pipeline.adapters.governance.persons import Person, find_person
from dq_pipeline.adapters.warehouse import table_exists
from dq_pipeline.errors import InputError

_TABLE = """
create schema if not exists governance;
create table if not exists governance.holds
    (number bigint, decided_at timestamp, decision varchar, customer_id varchar, record_keys varchar[], author varchar,
     reason varchar, releases bigint)
"""
_IN_FORCE = """
from governance.holds where decision = 'hold'
    and number not in (select releases from governance.holds where decision = 'release')
"""


@dataclass(frozen=True)
class Hold:
    """One hold in force; `customer_id` is the customer's id when it was put on hold."""

    number: int
    decided_at: datetime
    customer_id: str
    record_keys: tuple[str, ...]
    author: str
    reason: str


def add_hold(con: duckdb.DuckDBPyConnection, name: str, *, author: str, reason: str, now: datetime) -> Person:
    """Put the records of a customer (or of a record, `source:id`) on hold. Raises InputError without a reason."""
    _require_words(author, reason)
    person = find_person(con, name)
    con.execute(_TABLE)
    _add(con, now, "hold", name, person.record_keys, author, reason, None)
    return person


def release_hold(con: duckdb.DuckDBPyConnection, name: str, *, author: str, reason: str, now: datetime) -> int:
    """Release every hold on the customer; returns how many there were. Raises InputError where there is none."""
    _require_words(author, reason)
    keys = {name, *find_person(con, name).record_keys}
    found = [hold for hold in list_holds(con) if keys & {hold.customer_id, *hold.record_keys}]
    if not found:
        raise InputError(f"{name} is not on hold", fix="`dq-pipeline hold list` shows who is")
    for hold in found:
        _add(con, now, "release", hold.customer_id, hold.record_keys, author, reason, hold.number)
    return len(found)


def list_holds(con: duckdb.DuckDBPyConnection) -> list[Hold]:
    """The holds in force, by number."""
    if not table_exists(con, "governance", "holds"):
        return []
    rows = con.execute(
        f"select number, decided_at, customer_id, record_keys, author, reason {_IN_FORCE} order by number"
    ).fetchall()
    return [
        Hold(number, at, customer, tuple(keys), author, reason) for number, at, customer, keys, author, reason in rows
    ]


def held_keys(con: duckdb.DuckDBPyConnection) -> set[str]:
    """The keys of all records on hold."""
    return {key for hold in list_holds(con) for key in hold.record_keys}


def _require_words(author: str, reason: str) -> None:
    empty = tuple(f"the {name} is empty" for name, text in (("author", author), ("reason", reason)) if not text.strip())
    if empty:
        raise InputError("nothing was recorded", problems=empty, fix="give --author and --reason")


def _add(
    con: duckdb.DuckDBPyConnection,
    now: datetime,
    decision: str,
    customer: str,
    keys: Sequence[str],
    author: str,
    reason: str,
    releases: int | None,
) -> None:
    con.execute(
        "insert into governance.holds select (select coalesce(max(number), 0) + 1 from governance.holds), "
        "?, ?, ?, ?::varchar[], ?, ?, ?",
        [now, decision, customer, list(keys), author, reason, releases],
    ).fetchall()
