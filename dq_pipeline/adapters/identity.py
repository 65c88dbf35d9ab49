"""The ledger of customer ids: minted once, never reused, every id ever published resolves to its heirs.

`golden.identities` has every id ever minted, `golden.memberships` which record carried which id from when to when,
`golden.identity_events` what happened to ids (append-only); `golden.crosswalk` and `golden.id_redirects` are read off
them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import duckdb

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

# The id each record carries, or carried when it was last seen: a record that returns brings its id back.
_LAST_IDS = """
create or replace temp table last_ids as
select record_key, customer_id, valid_to is null as is_current from golden.memberships
qualify row_number() over (partition by record_key order by valid_to desc nulls first, valid_from desc) = 1
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
create or replace temp table assigned as
select cluster_id, customer_id from shared_records where ids_of_cluster = 1 and clusters_of_id = 1
"""

_CONTESTED = """
select cluster_id, customer_id, current_members, former_members, number
from shared_records join golden.identities using (customer_id)
where not (ids_of_cluster = 1 and clusters_of_id = 1)
"""

_MINT = """
create or replace temp table minted as
with fresh as (
    select distinct cluster_id from linkage.clusters where cluster_id not in (select cluster_id from assigned)
), numbered as (
    select cluster_id, row_number() over (order by cluster_id)
        + (select coalesce(max(number), 0) from golden.identities) as number
    from fresh
)
select cluster_id, number, 'C' || lpad(number::varchar, 9, '0') as customer_id from numbered
"""

_CROSSWALK = """
create or replace table golden.crosswalk as
select record_key, source_system, source_record_id, customer_id
from linkage.clusters join assigned using (cluster_id)
order by record_key
"""

_CHANGES = """
create or replace temp table before_ids as
    select record_key, customer_id from last_ids where is_current;
create or replace temp table touched as
    select distinct coalesce(a.customer_id, b.customer_id) as customer_id
    from golden.crosswalk as a full join before_ids as b using (record_key, customer_id)
    where a.customer_id is null or b.customer_id is null;
create or replace temp table id_changes as
with before_members as (
    select b.customer_id, list(record_key order by record_key) as members,
        list(distinct c.customer_id order by c.customer_id) filter (c.customer_id <> b.customer_id) as heirs,
        count(*) filter (c.customer_id is null) as vanished
    from before_ids as b left join golden.crosswalk as c using (record_key)
    where b.customer_id in (from touched) group by b.customer_id
), after_members as (
    select c.customer_id, list(record_key order by record_key) as members,
        list(distinct b.customer_id order by b.customer_id) filter (b.customer_id <> c.customer_id) as parents
    from golden.crosswalk as c left join before_ids as b using (record_key)
    where c.customer_id in (from touched) group by c.customer_id
)
select customer_id, coalesce(b.members, []) as members_before, coalesce(a.members, []) as members_after,
    coalesce(b.heirs, []) as heirs, coalesce(a.parents, []) as parents, coalesce(b.vanished, 0) as vanished,
    customer_id in (select customer_id from minted) as is_minted
from before_members as b full join after_members as a using (customer_id)
"""

_EVENTS = """
insert into golden.identity_events
with told as (
    select *, 'minted' as event, case when len(parents) > 0 then 'split from ' || array_to_string(parents, ', ')
        else 'new customer' end as reason
    from id_changes where is_minted
    union all by name
    select *, 'restored' as event, 'its records came back' as reason
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
        || array_to_string(parents, ', ') else 'new records joined' end as reason
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

# A living id leads to itself; another to the ids that carry today the records it held at its end; where all those
# are gone, nowhere (NULL).
_REDIRECTS = """
create or replace table golden.id_redirects as
with living as (select distinct customer_id from golden.crosswalk), last_members as (
    select customer_id, record_key from golden.memberships
    where customer_id not in (from living)
    qualify valid_to = max(valid_to) over (partition by customer_id)
)
select customer_id, customer_id as heir_id from living
union all
select distinct l.customer_id, c.customer_id as heir_id
from last_members as l join golden.crosswalk as c using (record_key)
union all
select customer_id, null from golden.identities
where customer_id not in (from living)
    and customer_id not in (select l.customer_id from last_members as l join golden.crosswalk using (record_key))
order by all
"""


@dataclass(frozen=True)
class IdentitySummary:
    """How many customers live, and how many events of each kind this run appended."""

    customers: int
    events: dict[str, int]


def assign_customer_ids(con: duckdb.DuckDBPyConnection, *, run_id: str, now: datetime) -> IdentitySummary:
    """Give every cluster of `linkage.clusters` its id for life and bring the ledger up to date.

    Writes golden.crosswalk and golden.id_redirects anew and appends to the ledger; the caller's transaction holds
    it together. On unchanged clusters nothing is appended.
    """
    con.execute(_LEDGER)
    con.execute(_LAST_IDS)
    con.execute(_OVERLAPS)
    con.execute(_UNCONTESTED)
    claims = [Overlap(*row) for row in con.execute(_CONTESTED).fetchall()]
    decided = surviving_ids(claims)
    if decided:
        con.executemany("insert into assigned values (?, ?)", sorted(decided.items()))
    con.execute(_MINT)
    stamp = {"run_id": run_id, "now": now}
    con.execute(
        "insert into golden.identities select customer_id, number, $now, $run_id from minted order by number",
        stamp,
    )
    con.execute("insert into assigned select cluster_id, customer_id from minted")
    con.execute(_CROSSWALK)
    con.execute(_CHANGES)
    con.execute(_EVENTS, stamp)
    con.execute(_MEMBERSHIPS, {"now": now})
    con.execute(_NEW_MEMBERSHIPS, {"now": now})
    con.execute(_REDIRECTS)
    events = con.execute(
        "select event, count(*) from golden.identity_events where run_id = $run_id group by event order by event",
        {"run_id": run_id},
    ).fetchall()
    living = con.execute("select count(distinct customer_id) from golden.crosswalk").fetchall()[0][0]
    _drop_temporary(con.execute)
    return IdentitySummary(int(living), dict(events))


def _drop_temporary(execute: Callable[[str], object]) -> None:
    for table in ("last_ids", "shared_records", "assigned", "minted", "before_ids", "touched", "id_changes"):
        execute(f"drop table if exists temp.{table}")
