"""What the ledgers keep of somebody erased: that the id was given, and that it is erased."""

from __future__ import annotations

from datetime import datetime

import duckdb

from dq_pipeline.adapters.governance.suppression import Suppressions
from dq_pipeline.adapters.warehouse import table_exists
from dq_pipeline.domain.erasure import Request

_ERASED = """
insert into golden.identity_events
select (select coalesce(max(number), 0) from golden.identity_events) + row_number() over (order by customer_id),
    $run_id, $now, 'erased', customer_id, [], coalesce(members, []), [], 'the person was erased'
from (select unnest($ids::varchar[]) as customer_id) left join (
    select customer_id, list(record_key order by record_key) as members from golden.memberships
    where valid_to is null group by customer_id) using (customer_id)
where customer_id not in (select customer_id from golden.identity_events where event = 'erased')
    and customer_id not in (
        select customer_id from golden.id_redirects where heir_id is not null and not list_contains($ids, heir_id))
"""
_DELETED = """
insert into golden.changes
select (select coalesce(max(sequence), 0) from golden.changes) + row_number() over (order by customer_id),
    $run_id, $now, 'delete', customer_id, [], [], (select coalesce(max(number), 0) from golden.identity_events)
from golden.customers where list_contains($ids, customer_id)
"""
_WITHDRAWALS = """
create schema if not exists governance;
create table if not exists governance.withdrawals
    (request_id varchar, purpose varchar, status varchar, given_at timestamp, contact_digest varchar)
"""
# Whoever buys the address again must find that its owner refused; the address itself is not kept.
_WITHDRAWN = """
insert into governance.withdrawals
select distinct $request, c.purpose, c.status, c.given_at, dq_digest('email', lower(p.value))
from staging.consents as c join staging.contact_points as p using (record_key)
where c.status in ('denied', 'withdrawn') and p.channel = 'email' and p.status = 'valid'
    and record_key in (from temp.dq_person_keys)
"""


def close_ledger(con: duckdb.DuckDBPyConnection, request: Request, now: datetime) -> None:
    """Before the rows go: end the person's memberships with the event `erased`, and tell the feed of changes.

    Ids that led to the person are erased too; one that also leads to somebody else, as it was split, lives on there.
    """
    ids, run_id = list(request.customer_ids), request.request_id
    con.execute(_ERASED, {"run_id": run_id, "now": now, "ids": ids}).fetchall()
    con.execute(_DELETED, {"run_id": run_id, "now": now, "ids": ids}).fetchall()
    con.execute(
        "update golden.memberships set valid_to = $now where valid_to is null and list_contains($ids, customer_id)",
        {"now": now, "ids": ids},
    ).fetchall()


def forget_history(con: duckdb.DuckDBPyConnection) -> int:
    """Past golden rows of customers who are gone, with nobody to lead to; returns how many."""
    if not table_exists(con, "golden", "customers_history"):
        return 0
    return int(
        con.execute(
            "delete from golden.customers_history where customer_id in (select customer_id from golden.id_redirects "
            "where heir_id is null)"
        ).fetchall()[0][0]
    )


def keep_withdrawals(con: duckdb.DuckDBPyConnection, request: Request, suppressions: Suppressions) -> int:
    """Keep that consent was refused or withdrawn, by salted hash of the e-mail address; returns how many."""
    con.execute(_WITHDRAWALS)
    suppressions.prepare(con)
    con.execute("delete from governance.withdrawals where request_id = ?", [request.request_id]).fetchall()
    return int(con.execute(_WITHDRAWN, {"request": request.request_id}).fetchall()[0][0])


def blank_rejects(con: duckdb.DuckDBPyConnection) -> int:
    """Take the text out of rejected lines that hold one of the person's own values; returns how many."""
    return int(
        con.execute(
            """
            update raw.rejects set raw_text = null, reason = 'erased' where raw_text is not null and exists (
                select 1 from temp.dq_person_values where length(value) >= 6 and contains(lower(raw_text), lower(value))
            )
            """
        ).fetchall()[0][0]
    )
