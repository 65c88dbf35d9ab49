"""The quarantine: records held out of linkage with their reasons, and what stewards decided about them.

`quality.held_records` has every record that a reason of the policy applies to; it is held while `released_at` is NULL.
`quality.releases` has the decisions of stewards, only ever added to: the newest of a record counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import duckdb

from dq_pipeline.adapters.warehouse import quote_literal, table_exists
from dq_pipeline.domain.quarantine import HoldReason
from dq_pipeline.errors import InputError

Decision = Literal["release", "hold"]

TABLES = {
    "quality.held_records": (
        "record_key varchar, source_system varchar, reasons varchar[], since timestamp, run_id varchar, "
        "released_by varchar, released_at timestamp"
    ),
    "quality.releases": (
        "number bigint, record_key varchar, source_system varchar, decision varchar, author varchar, reason varchar, "
        "decided_at timestamp"
    ),
}

_NEWEST_DECISIONS = """
select * from quality.releases qualify row_number() over (partition by record_key order by number desc) = 1
"""

# A record held in the run before keeps the moment and the run that held it first.
_MOVE = """
merge into quality.held_records as held
using (
    with judged as (
        select customers.record_key, customers.source_system,
            list_filter({reasons}, lambda reason: reason is not null) as reasons
        from staging.customers as customers
        join staging.match_forms as forms on forms.record_key = customers.record_key
    )
    select judged.record_key, judged.source_system, judged.reasons,
        case decided.decision when 'release' then decided.author end as released_by,
        case decided.decision when 'release' then decided.decided_at end as released_at
    from judged
    left join ({decisions}) as decided on decided.record_key = judged.record_key
    where len(judged.reasons) > 0
) as found
on held.record_key = found.record_key
when matched then update set
    source_system = found.source_system, reasons = found.reasons,
    released_by = found.released_by, released_at = found.released_at
when not matched then insert values (
    found.record_key, found.source_system, found.reasons, $now, $run_id, found.released_by, found.released_at
)
when not matched by source then delete
"""


@dataclass(frozen=True)
class HeldRecord:
    """A record that reasons of the policy apply to.

    `takes_part`: whether the newest run let it into linkage all the same. `decision` and `author`: the newest word of
    a steward, '' where there is none; what it changes, it changes in the next run.
    """

    record_key: str
    source_system: str
    reasons: tuple[str, ...]
    since: datetime
    takes_part: bool
    decision: Decision | Literal[""]
    author: str


def create_quarantine_tables(con: duckdb.DuckDBPyConnection) -> None:
    """Create quality.held_records and quality.releases, empty, where they are missing."""
    con.execute("create schema if not exists quality")
    for table, columns in TABLES.items():
        con.execute(f"create table if not exists {table} ({columns})")


def hold_records(con: duckdb.DuckDBPyConnection, policy: Sequence[HoldReason], *, run_id: str, now: datetime) -> int:
    """Bring quality.held_records up to date with staging.customers and staging.match_forms; returns the records held.

    A record that no reason applies to any more leaves; one that a steward released stays, with who and when.
    """
    create_quarantine_tables(con)
    cases = (f"case when {reason.when} then {quote_literal(reason.reason_id)} end" for reason in policy)
    con.execute(
        _MOVE.format(reasons=f"[{', '.join(cases)}]::varchar[]", decisions=_NEWEST_DECISIONS),
        {"run_id": run_id, "now": now},
    )
    return count_held(con)


def count_held(con: duckdb.DuckDBPyConnection) -> int:
    """How many records the newest run held out of linkage."""
    if not table_exists(con, "quality", "held_records"):
        return 0
    return int(con.execute("select count(*) from quality.held_records where released_at is null").fetchall()[0][0])


def held_records(con: duckdb.DuckDBPyConnection, *, source: str = "") -> list[HeldRecord]:
    """Every record that a reason applies to, held or released, by key; `source` narrows it to one source system.

    Raises InputError before the first run, and for a source that has no records.
    """
    _require_run(con)
    if source:
        _require_source(con, source)
    rows = con.execute(
        "select held.record_key, held.source_system, held.reasons, held.since, held.released_at is not null, "
        "coalesce(decided.decision, ''), coalesce(decided.author, '') from quality.held_records as held "
        f"left join ({_NEWEST_DECISIONS}) as decided using (record_key) "
        "where $source = '' or held.source_system = $source order by held.record_key",
        {"source": source},
    ).fetchall()
    return [HeldRecord(key, system, tuple(reasons), *rest) for key, system, reasons, *rest in rows]


def decide(
    con: duckdb.DuckDBPyConnection, record_key: str, decision: Decision, *, author: str, reason: str, now: datetime
) -> None:
    """Add a steward's decision about a record to quality.releases; it takes effect in the next run.

    A record that is held may be released, and a release revoked ('hold'); rows are never changed. Raises InputError
    for any other record, and without author or reason.
    """
    _require_run(con)
    _require_words(author=author, reason=reason)
    found = _newest_word(con, record_key)
    if decision == "release" and (found is None or not found.is_held):
        raise InputError(
            f"{record_key} is not held back", fix="`dq-pipeline held list` shows the records that are, by key"
        )
    newest = found.decision if found else ""
    if decision == "release" and newest == "release":
        raise InputError(f"{record_key} is released already", fix="it takes part from the next run on")
    if found is None or (decision == "hold" and newest != "release"):
        raise InputError(
            f"{record_key} was not released by anybody, so there is nothing to revoke",
            fix="which records are held is decided in dq_pipeline/policies/quarantine.py",
        )
    con.execute(
        "insert into quality.releases select coalesce(max(number), 0) + 1, $key, $source, $decision, $author, $reason, "
        "$now from quality.releases",
        {
            **{"key": record_key, "source": found.source_system, "decision": decision},
            **{"author": author.strip(), "reason": reason.strip(), "now": now},
        },
    )


@dataclass(frozen=True)
class _Word:
    source_system: str
    is_held: bool
    decision: str


def _newest_word(con: duckdb.DuckDBPyConnection, record_key: str) -> _Word | None:
    """What is known of a record: None when no reason applies to it and nobody ever decided about it."""
    rows = con.execute(
        "select coalesce(held.source_system, decided.source_system), held.record_key is not null, "
        "coalesce(decided.decision, '') from (select * from quality.held_records where record_key = $key) as held "
        f"full join (select * from ({_NEWEST_DECISIONS}) where record_key = $key) as decided using (record_key)",
        {"key": record_key},
    ).fetchall()
    return _Word(*rows[0]) if rows else None


def _require_run(con: duckdb.DuckDBPyConnection) -> None:
    if not table_exists(con, "quality", "held_records"):
        raise InputError("no run has looked yet", where="quality.held_records", fix="run `dq-pipeline run` first")


def _require_source(con: duckdb.DuckDBPyConnection, source: str) -> None:
    """A source nobody knows would look like one without held records."""
    known: Iterable[str] = [
        name for (name,) in con.execute("select distinct source_system from staging.customers order by 1").fetchall()
    ]
    if source not in known:
        raise InputError(f"there is no source {source!r} with records", fix=f"name one of {', '.join(known)}")


def _require_words(**given: str) -> None:
    empty = tuple(f"{name} is empty" for name, text in given.items() if not text.strip())
    if empty:
        raise InputError("a decision needs an author and a reason", problems=empty, fix="give --author and --reason")
