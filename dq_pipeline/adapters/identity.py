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

from dq_pipeline.adapters.id_redirects import write_redirects
from dq_pipeline.adapters.rekeyed import create_succession_tables, find_successions, remember_contents
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
from linkage.clusters join last_ids using (record_key)
group by cluster_id, customer_id
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
from linkage.clusters join golden.memberships using (record_key) join golden.identities using (customer_id)
where cluster_id not in (select cluster_id from given) and customer_id not in (select customer_id from given)
    and customer_id not in (select customer_id from golden.memberships where valid_to is null)
group by cluster_id, customer_id
"""

_MINT = """
create or replace temp table minted as
with fresh as (
    select distinct cluster_id from linkage.clusters
    where cluster_id not in (select cluster_id from kept union all select cluster_id from decided)
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
create or replace table golden.crosswalk as
select record_key, source_system, source_record_id, customer_id
from linkage.clusters join assigned using (cluster_id)
order by record_key
"""

_CHANGES = """
create or replace temp table before_ids as
    select m.record_key, m.customer_id, coalesce(s.record_key, m.record_key) as key_now
    from golden.memberships as m left join temp.successions as s on s.former_key = m.record_key
    where m.valid_to is null;
create or replace temp table touched as
    select distinct coalesce(a.customer_id, b.customer_id) as customer_id
    from golden.crosswalk as a full join before_ids as b using (record_key, customer_id)
    where a.customer_id is null or b.customer_id is null;
create or replace temp table id_changes as
with before_members as (
    select b.customer_id, list(b.record_key order by b.record_key) as members,
        list(distinct c.customer_id order by c.customer_id) filter (c.customer_id <> b.customer_id) as heirs,
        count(*) filter (c.customer_id is null) as vanished
    from before_ids as b left join golden.crosswalk as c on c.record_key = b.key_now
    where b.customer_id in (from touched) group by b.customer_id
), after_members as (
    select c.customer_id, list(c.record_key order by c.record_key) as members,
        list(distinct b.customer_id order by b.customer_id) filter (b.customer_id <> c.customer_id) as parents,
        count(*) filter (b.record_key <> c.record_key) as rekeyed
    from golden.crosswalk as c left join before_ids as b on b.key_now = c.record_key
    where c.customer_id in (from touched) group by c.customer_id
)
select customer_id, coalesce(b.members, []) as members_before, coalesce(a.members, []) as members_after,
    coalesce(b.heirs, []) as heirs, coalesce(a.parents, []) as parents, coalesce(b.vanished, 0) as vanished,
    coalesce(a.rekeyed, 0) as rekeyed, customer_id in (select customer_id from minted) as is_minted
from before_members as b full join after_members as a using (customer_id)
"""

_EVENTS = """
insert into golden.identity_events
with told as (
    select *, 'minted' as event, case when len(parents) > 0 then 'split from ' || array_to_string(parents, ', ')
        else 'new customer' end as reason
    from id_changes where is_minted
    union all by name
    select *, 'restored' as event, case when len(parents) > 0 then 'its records left '
        || array_to_string(parents, ', ') else 'its records came back' end as reason
    from id_changes where not is_minted and len(members_before) = 0
    union all by name
    select *, 'retired' as event, 'all its records are gone' as reason
    from id_changes where len(members_after) = 0 and len(heirs) = 0
    union all by name
    select *, 'merged' as event, 'its records joined ' || array_to_string(heirs, ', ') as reason
    from id_changes where len(members_after) = 0 and len(heirs) > 0
    union all by name
    select *, 'split' as event, 'some of its records left for ' || array_to_string(heirs, ', ') as reason
    from id_changes where len(members_after) > 0 and len(heirs) > 0
    union all by name
    select *, 'extended' as event, case when len(parents) > 0 then 'took in records of '
        || array_to_string(parents, ', ') when rekeyed > 0 then rekeyed || ' of its records came back under new keys'
        else 'new records joined' end as reason
    from id_changes where not is_minted and len(members_before) > 0
        and not list_has_all(members_before, members_after)
    union all by name
    select *, 'reduced' as event, vanished || ' of its records are gone' as reason
    from id_changes where len(members_after) > 0 and vanished > 0
)
select (select coalesce(max(number), 0) from golden.identity_events) + row_number() over (order by customer_id, event),
    $run_id, $now, event, customer_id, heirs, members_before, members_after, reason
from told
"""

_MEMBERSHIPS = """
update golden.memberships as m set valid_to = $now
where valid_to is null
    and not exists (select 1 from golden.crosswalk as c
                    where c.record_key = m.record_key and c.customer_id = m.customer_id)
"""

_NEW_MEMBERSHIPS = """
insert into golden.memberships
select record_key, customer_id, $now, null from golden.crosswalk
anti join (select record_key, customer_id from golden.memberships where valid_to is null)
    using (record_key, customer_id)
order by record_key
"""


@dataclass(frozen=True)
class IdentitySummary:
    """How many customers live, and how many events of each kind this run appended."""

    customers: int
    events: dict[str, int]


def assign_customer_ids(con: duckdb.DuckDBPyConnection, *, run_id: str, now: datetime) -> IdentitySummary:
    """Give every cluster of `linkage.clusters` its id for life and bring the ledger up to date.

    Writes golden.crosswalk and golden.id_redirects anew and appends to the ledger; the caller's transaction holds
    it together. On unchanged clusters nothing is appended. A record that a source has given a new key continues the
    old one (adapters/rekeyed), as far as staging.customers is there to tell.
    """
    con.execute(_LEDGER)
    create_succession_tables(con)
    now = _not_before_the_ledger(con, now)
    stamp = {"run_id": run_id, "now": now}
    con.execute(_LAST_IDS)
    if find_successions(con, run_id=run_id, now=now):
        con.execute(_INHERIT)
    _keep_ids(con)
    con.execute(_MINT)
    con.execute(
        "insert into golden.identities select customer_id, number, $now, $run_id from minted order by number", stamp
    )
    con.execute(_ASSIGNED)
    con.execute(_CROSSWALK)
    con.execute(_CHANGES)
    con.execute(_EVENTS, stamp)
    con.execute(_MEMBERSHIPS, {"now": now})
    con.execute(_NEW_MEMBERSHIPS, {"now": now})
    write_redirects(con)
    remember_contents(con)
    events = con.execute(
        "select event, count(*) from golden.identity_events where run_id = $run_id group by event order by event",
        {"run_id": run_id},
    ).fetchall()
    living = con.execute("select count(distinct customer_id) from golden.crosswalk").fetchall()[0][0]
    _drop_temporary(con.execute)
    return IdentitySummary(int(living), dict(events))


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
    claims = ("last_ids", "successions", "shared_records", "kept", "decided", "minted", "assigned")
    for table in (*claims, "before_ids", "touched", "id_changes"):
        execute(f"drop table if exists temp.{table}")
