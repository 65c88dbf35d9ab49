"""The history of golden customers, every version with its time, and the feed of changes for those who copy them.

`golden.customers_history` has one row per version of a customer (a slowly changing dimension of type 2, Kimball 1996),
`golden.changes` one row per change, numbered for good. Replaying the changes in the order of `sequence` gives
golden.customers; replaying one twice changes nothing. Neither grows where nothing changed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import duckdb

from dq_pipeline.adapters.customer_inputs import find_concerned, made_by, note_built
from dq_pipeline.adapters.warehouse import column_schema, quote_identifier, quote_literal, table_exists
from dq_pipeline.errors import InputError

# In the order to replay them: what a merge leads to is there before the merge.
OPERATIONS = ("insert", "update", "split", "merge", "delete")
_VERSION = {"valid_from": "TIMESTAMP", "valid_to": "TIMESTAMP", "sequence": "BIGINT"}

_CHANGES = """
create table if not exists golden.changes (
    sequence bigint, run_id varchar, changed_at timestamp, operation varchar, customer_id varchar, changed varchar[],
    heirs varchar[], identity_event bigint
)
"""

# Since the newest row of the feed; a run that was killed between the ledger and the feed loses no split.
_FOUND = """
create or replace temp table found_changes as
with seen as (select coalesce(max(identity_event), 0) as number from golden.changes),
splits as (
    select parted.customer_id, list(distinct heir order by heir) as heirs
    from (
        select customer_id, unnest(heirs) as heir from golden.identity_events
        where event = 'split' and number > (select number from seen)
    ) as parted
    join golden.customers as living on living.customer_id = heir
    group by parted.customer_id
), merges as (
    select customer_id, list(heir_id order by heir_id) as heirs from golden.id_redirects
    where heir_id is not null and heir_id <> customer_id and {only} group by customer_id
), compared as (
    select coalesce(a.customer_id, b.customer_id) as customer_id, b.customer_id is null as is_new,
        a.customer_id is null as is_gone, list_filter([{cases}], lambda name: name is not null)::varchar[] as changed
    from (from golden.customers where {only}) as a
    full join (from golden.customers_history where valid_to is null and {only}) as b on b.customer_id = a.customer_id
    where a.customer_id is null or b.customer_id is null or {differs}
        or a.customer_id in (select customer_id from splits)
)
select customer_id, case
        when is_new then 'insert' when is_gone then if(merges.heirs is null, 'delete', 'merge')
        when splits.heirs is not null then 'split' else 'update' end as operation,
    if(is_new or is_gone, [], changed) as changed,
    case when is_gone then merges.heirs when not is_new then splits.heirs end as heirs
from compared left join splits using (customer_id) left join merges using (customer_id)
"""

_APPEND = """
insert into golden.changes
select (select coalesce(max(sequence), 0) from golden.changes)
        + row_number() over (order by list_position($operations, operation), customer_id),
    $run_id, $now, operation, customer_id, changed, coalesce(heirs, []),
    (select coalesce(max(number), 0) from golden.identity_events)
from temp.found_changes
"""


def record_history(con: duckdb.DuckDBPyConnection, *, run_id: str, now: datetime) -> dict[str, int]:
    """Add to golden.changes and golden.customers_history what golden.customers has become; returns rows by operation.

    Reads the ledger of ids too; only customers concerned by what changed since last time are compared. Also makes the
    macro golden.customers_as_of(moment) and the view golden.change_feed, each change with the row it led to. Goes into
    the transaction that wrote golden.customers.
    """
    con.execute(_CHANGES)
    columns, has_grown = _create_history(con)
    recipe = hashlib.sha256(repr([columns, made_by(con, "golden.customers")]).encode()).hexdigest()
    whole = find_concerned(con, "golden.customers_history", recipe) or has_grown
    only = "true" if whole else "customer_id in (select customer_id from temp.concerned)"
    now = _not_before_the_feed(con, now)
    differs = [f"a.{c} is distinct from b.{c}" for c in map(quote_identifier, columns)]
    cases = [f"case when {test} then {quote_literal(name)} end" for test, name in zip(differs, columns, strict=True)]
    con.execute(_FOUND.format(cases=", ".join(cases), differs=f"({' or '.join(differs)})", only=only))
    found = con.execute(
        "select operation, count(*) from temp.found_changes group by operation order by list_position($1, operation)",
        [list(OPERATIONS)],
    ).fetchall()
    if found:
        _append(con, columns, run_id, now)
    note_built(con, "golden.customers_history", recipe)
    con.execute("drop table temp.found_changes")
    con.execute("drop table if exists temp.concerned")
    _create_readers(con, columns)
    return dict(found)


def _not_before_the_feed(con: duckdb.DuckDBPyConnection, now: datetime) -> datetime:
    """A clock that was set back must not write history that overlaps."""
    last = con.execute("select max(changed_at) from golden.changes").fetchall()[0][0]
    return now if last is None else max(now, last)


def _create_history(con: duckdb.DuckDBPyConnection) -> tuple[list[str], bool]:
    """Give golden.customers_history every column of golden.customers; returns those, but for the id, and whether there
    are new ones."""
    columns = dict(column_schema(con, "golden", "customers"))
    listed = ", ".join(f"{quote_identifier(name)} {kind}" for name, kind in (columns | _VERSION).items())
    con.execute(f"create table if not exists golden.customers_history ({listed})")
    known = dict(column_schema(con, "golden", "customers_history"))
    missing = {name: kind for name, kind in columns.items() if name not in known}
    for name, kind in missing.items():
        con.execute(f"alter table golden.customers_history add column {quote_identifier(name)} {kind}")
    return [name for name in columns if name != "customer_id"], bool(missing)


def _append(con: duckdb.DuckDBPyConnection, columns: Sequence[str], run_id: str, now: datetime) -> None:
    con.execute(_APPEND, {"operations": list(OPERATIONS), "run_id": run_id, "now": now})
    con.execute(
        "update golden.customers_history set valid_to = $now where valid_to is null "
        "and customer_id in (select customer_id from temp.found_changes)",
        {"now": now},
    )
    listed = ", ".join(f"c.{quote_identifier(name)}" for name in columns)
    last = "(select max(sequence) - (select count(*) from temp.found_changes) from golden.changes)"
    con.execute(
        f"insert into golden.customers_history by name select customer_id, {listed}, changes.changed_at as valid_from, "
        f"changes.sequence from golden.changes join golden.customers as c using (customer_id) "
        f"where changes.sequence > {last} and operation in ('insert', 'update', 'split')"
    )


def _create_readers(con: duckdb.DuckDBPyConnection, columns: Sequence[str]) -> None:
    listed = ", ".join(map(quote_identifier, columns))
    con.execute(
        f"create or replace macro golden.customers_as_of(moment) as table select customer_id, {listed} "
        "from golden.customers_history where valid_from <= moment and (valid_to is null or valid_to > moment)"
    )
    con.execute(
        "create or replace view golden.change_feed as select c.sequence, c.run_id, c.changed_at, c.operation, "
        f"c.customer_id, c.changed, c.heirs, {listed} "
        "from golden.changes as c left join golden.customers_history as h on h.sequence = c.sequence"
    )


@dataclass(frozen=True)
class Change:
    """One row of the feed. `before`, `after`: attribute -> value as text, of the attributes that changed.

    `is_erased`: the customer is gone because the person asked for it.
    """

    sequence: int
    changed_at: datetime
    operation: str
    customer_id: str
    changed: tuple[str, ...]
    heirs: tuple[str, ...]
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    is_erased: bool = False


def count_changes(con: duckdb.DuckDBPyConnection, after: int) -> dict[str, int]:
    """Operation -> rows of the feed behind the row `after`."""
    _require_feed(con)
    rows = con.execute(
        "select operation, count(*) from golden.changes where sequence > $after group by operation "
        "order by list_position($operations, operation)",
        {"after": after, "operations": list(OPERATIONS)},
    ).fetchall()
    return dict(rows)


def changes_behind(con: duckdb.DuckDBPyConnection, after: int, *, limit: int) -> list[Change]:
    """The rows of the feed behind the row `after`, in order, at most `limit` of them."""
    _require_feed(con)
    rows = con.execute(
        """
        with chosen as (from golden.changes where sequence > $after order by sequence limit $limit), versions as (
            select sequence, to_json(h) as after, lag(to_json(h)) over (partition by customer_id order by sequence)
                as before
            from golden.customers_history as h where customer_id in (select customer_id from chosen)
        )
        select c.sequence, changed_at, operation, customer_id, changed, heirs, before, after,
            operation = 'delete' and customer_id in
                (select customer_id from golden.identity_events where event = 'erased') as is_erased
        from chosen as c left join versions using (sequence) order by c.sequence
        """,
        {"after": after, "limit": limit},
    ).fetchall()
    return [
        Change(
            *(number, at, operation, customer, tuple(names), tuple(heirs)),
            *(_only(before, names), _only(after, names)),
            is_erased,
        )
        for number, at, operation, customer, names, heirs, before, after, is_erased in rows
    ]


def _only(version: str | None, names: Sequence[str]) -> dict[str, Any]:
    values = json.loads(version) if version else {}
    return {name: values.get(name) for name in names}


def position_of(con: duckdb.DuckDBPyConnection, since: str) -> int:
    """The last row of the feed that a reader has who last looked at `since`.

    `since`: a moment (2026-11-22, 2026-11-22T02:00:00; UTC), a published version, or a run id or its beginning.
    Raises InputError for anything else.
    """
    _require_feed(con)
    moment = _moment_of_run(con, since) or _moment(since)
    if moment is None:
        raise InputError(
            f"{since!r} is no run, version or date", fix="name a day as 2026-11-22, or a version of `published/`"
        )
    rows = con.execute(
        "select coalesce(max(sequence), 0) from golden.changes where changed_at <= $moment", {"moment": moment}
    ).fetchall()
    return int(rows[0][0])


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo is not None:
        from datetime import UTC

        moment = moment.astimezone(UTC).replace(tzinfo=None)
    return moment


def _moment_of_run(con: duckdb.DuckDBPyConnection, text: str) -> datetime | None:
    """When the run was that has this id or published this version; at least eight letters of an id are asked for."""
    known = ["select run_id, null as version, changed_at as moment from golden.changes"]
    if table_exists(con, "quality", "publications"):
        known.append("select run_id, version, published_at from quality.publications")
    rows = con.execute(
        f"select max(moment) from ({' union all '.join(known)}) "
        "where version = $text or run_id = $text or len($text) >= 8 and starts_with(run_id, $text)",
        {"text": text},
    ).fetchall()
    found: datetime | None = rows[0][0]
    return found


def _require_feed(con: duckdb.DuckDBPyConnection) -> None:
    if not table_exists(con, "golden", "changes"):
        raise InputError("no run has made customers yet", where="golden.changes", fix="run `dq-pipeline run` first")
