"""The ledger of customer ids: minted once, never reused, every id ever published resolves to its heirs.

`golden.identities` has every id ever minted, `golden.memberships` which record carried which id from when to when,
`golden.identity_events` what happened to ids (append-only); `golden.crosswalk` and `golden.id_redirects` are read off
them. Events are `minted`, `extended`, `merged`, `split`, `retired`, `restored`, and `reduced` for a living customer
some of whose records are gone: without it the members could not be replayed. `erased` is written by an erasure
(adapters/governance/ledger).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import duckdb

from dq_pipeline.adapters.changed_records import mark_noted, note_changed
from dq_pipeline.adapters.id_redirects import write_redirects
from dq_pipeline.adapters.identity_events import write_events
from dq_pipeline.adapters.rekeyed import create_succession_tables, find_successions, remember_contents
from dq_pipeline.adapters.unsettled import find_unsettled
from dq_pipeline.domain.identity import Overlap, surviving_ids

_LEDGER = """
create table if not exists golden.identities
    (customer_id varchar, number bigint, minted_at timestamp, run_id varchar);
create table if not exists golden.memberships
    (record_key varchar, customer_id varchar, valid_from timestamp, valid_to timestamp);
create table if not exists golden.identity_events
    (number bigint, run_id varchar, happened_at timestamp, event varchar, customer_id varchar, heirs varchar[],
     members_before varchar[], members_after varchar[], reason varchar);
"""

# The id each record carries, or carried when it was last seen: a record that returns brings its id back, and one that
# continues another under a new key has that one's.
_LAST_IDS = """
create or replace temp table last_ids as
select record_key, customer_id, valid_to is null as is_current from golden.memberships
where record_key in (select record_key from temp.unsettled union all select former_key from temp.successions)
qualify row_number() over (partition by record_key order by valid_to desc nulls first, valid_from desc) = 1
"""

_INHERIT = """
insert into temp.last_ids
select s.record_key, l.customer_id, l.is_current from temp.successions as s join temp.last_ids as l
    on l.record_key = s.former_key
"""

_OVERLAPS = """
create or replace temp table shared_records as
select cluster_id, customer_id, count(*) filter (is_current) as current_members,
    count(*) filter (not is_current) as former_members,
    count(*) over (partition by cluster_id) as ids_of_cluster,
    count(*) over (partition by customer_id) as clusters_of_id
from temp.unsettled join last_ids using (record_key)
where cluster_id is not null and customer_id not in (select customer_id from temp.living_elsewhere)
group by cluster_id, customer_id
"""

# A customer whose records are where they were keeps its id, whoever else once had it.
_LIVING_ELSEWHERE = """
create or replace temp table living_elsewhere as
select distinct customer_id from golden.memberships
where valid_to is null and customer_id in (select customer_id from last_ids where not is_current)
    and record_key not in (select record_key from temp.unsettled)
"""

# Most clusters meet one id that meets no other cluster: those need no decision.
_UNCONTESTED = """
create or replace temp table kept as
select cluster_id, customer_id from shared_records where ids_of_cluster = 1 and clusters_of_id = 1
"""

_CONTESTED = """
select cluster_id, customer_id, current_members, former_members, number
from shared_records join golden.identities using (customer_id)
where not (ids_of_cluster = 1 and clusters_of_id = 1)
"""

# What is left looks for an id that has ended: when a merge is undone, the part that left gets its own id back, and
# evidence that wavers from night to night does not use up ids.
_ENDED = """
with given as (from kept union all from decided)
select cluster_id, customer_id, 0, count(distinct record_key), any_value(number)
from temp.unsettled join golden.memberships using (record_key) join golden.identities using (customer_id)
    anti join (from golden.memberships where valid_to is null) as living using (customer_id)
where cluster_id is not null
    and cluster_id not in (select cluster_id from given) and customer_id not in (select customer_id from given)
group by cluster_id, customer_id
"""

_MINT = """
create or replace temp table minted as
with fresh as (
    select distinct cluster_id from temp.unsettled
    where cluster_id is not null
        and cluster_id not in (select cluster_id from kept union all select cluster_id from decided)
), numbered as (
    select cluster_id, row_number() over (order by cluster_id)
        + (select coalesce(max(number), 0) from golden.identities) as number
    from fresh
)
select cluster_id, number, format('C{:09d}', number) as customer_id from numbered
"""

# One table made whole: in DuckDB 2.0.0 an insert into one that was made empty can stay unseen (tests/upstream).
_ASSIGNED = """
create or replace temp table assigned as
from kept union all from decided union all select cluster_id, customer_id from minted
"""

_CROSSWALK = """
select record_key, source_system, source_record_id, customer_id
from linkage.clusters join assigned using (cluster_id)
order by record_key
"""


@dataclass(frozen=True)
class IdentitySummary:
    """How many customers live, and how many events of each kind this run appended."""

    customers: int
    events: dict[str, int]


def assign_customer_ids(con: duckdb.DuckDBPyConnection, *, run_id: str, now: datetime) -> IdentitySummary:
    """Give every cluster of `linkage.clusters` its id for life and bring the ledger up to date.

    Brings golden.crosswalk and golden.id_redirects up to date and appends to the ledger; the caller's transaction holds
    it together. On unchanged clusters nothing is appended, and only what differs from the run before is looked at
    (adapters/unsettled). A record that a source has given a new key continues the old one (adapters/rekeyed), as far
    as staging.customers is there to tell.
    """
    con.execute(_LEDGER)
    create_succession_tables(con)
    now = _not_before_the_ledger(con, now)
    whole = find_unsettled(con)
    has_successions = find_successions(con, run_id=run_id, now=now)
    con.execute(_LAST_IDS)
    con.execute(_LIVING_ELSEWHERE)
    if has_successions:
        con.execute(_INHERIT)
    _keep_ids(con)
    con.execute(_MINT)
    con.execute(
        "insert into golden.identities select customer_id, number, $now, $run_id from minted order by number",
        {"run_id": run_id, "now": now},
    )
    con.execute(_ASSIGNED)
    _write_crosswalk(con, whole)
    write_events(con, run_id=run_id, now=now)
    write_redirects(con, of_changed=not whole)
    remember_contents(con, whole)
    events = con.execute(
        "select event, count(*) from golden.identity_events where run_id = $run_id group by event order by event",
        {"run_id": run_id},
    ).fetchall()
    living = con.execute("select count(*) from golden.id_redirects where heir_id = customer_id").fetchall()[0][0]
    _drop_temporary(con.execute)
    return IdentitySummary(int(living), dict(events))


def _write_crosswalk(con: duckdb.DuckDBPyConnection, whole: bool) -> None:
    if whole:
        con.execute(f"create or replace table golden.crosswalk as {_CROSSWALK}")
    else:
        con.execute("delete from golden.crosswalk where record_key in (select record_key from temp.unsettled)")
        con.execute(f"insert into golden.crosswalk {_CROSSWALK}")
    note_changed(con, "golden.crosswalk", None if whole else "select record_key from temp.unsettled")
    mark_noted(con, "golden.crosswalk", "clusters")


def _not_before_the_ledger(con: duckdb.DuckDBPyConnection, now: datetime) -> datetime:
    """A clock that was set back must not write history that overlaps."""
    last = con.execute("select max(happened_at) from golden.identity_events").fetchall()[0][0]
    return now if last is None else max(now, last)


def _keep_ids(con: duckdb.DuckDBPyConnection) -> None:
    """Make `temp.kept` and `temp.decided`: the clusters that keep an id, the latter by the rule of domain/identity."""
    con.execute(_OVERLAPS)
    con.execute(_UNCONTESTED)
    decided = surviving_ids(Overlap(*row) for row in con.execute(_CONTESTED).fetchall())
    _write_decided(con, decided)
    restored = surviving_ids(Overlap(*row) for row in con.execute(_ENDED).fetchall())
    _write_decided(con, decided | restored)


def _write_decided(con: duckdb.DuckDBPyConnection, decided: Mapping[str, str]) -> None:
    con.execute(
        "create or replace temp table decided as "
        "select unnest($clusters::varchar[]) as cluster_id, unnest($ids::varchar[]) as customer_id",
        {"clusters": list(decided), "ids": list(decided.values())},
    )


def _drop_temporary(execute: Callable[[str], object]) -> None:
    claims = ("last_ids", "living_elsewhere", "successions", "shared_records", "kept", "decided", "minted", "assigned")
    for table in (*claims, "unsettled", "changed_records", "touched"):
        execute(f"drop table if exists temp.{table}")
