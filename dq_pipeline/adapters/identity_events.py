"""What happened to customer ids in a run, written to the ledger: golden.identity_events and golden.memberships."""

from __future__ import annotations

from datetime import datetime

import duckdb

# Of the records that are unsettled; all others carry the id they carried.
_CHANGES = """
create or replace temp table before_ids as
    select m.record_key, m.customer_id, coalesce(s.record_key, m.record_key) as key_now
    from golden.memberships as m left join temp.successions as s on s.former_key = m.record_key
    where m.valid_to is null and m.record_key in (select record_key from temp.unsettled);
create or replace temp table now_ids as
    select record_key, customer_id from temp.unsettled join temp.assigned using (cluster_id);
create or replace temp table touched as
    select distinct coalesce(a.customer_id, b.customer_id) as customer_id
    from now_ids as a full join before_ids as b using (record_key, customer_id)
    where a.customer_id is null or b.customer_id is null;
create or replace temp table id_changes as
with before_members as (
    select b.customer_id, list(b.record_key order by b.record_key) as members,
        list(distinct c.customer_id order by c.customer_id) filter (c.customer_id <> b.customer_id) as heirs,
        count(*) filter (c.customer_id is null) as vanished
    from before_ids as b left join now_ids as c on c.record_key = b.key_now
    where b.customer_id in (from touched) group by b.customer_id
), after_members as (
    select c.customer_id, list(c.record_key order by c.record_key) as members,
        list(distinct b.customer_id order by b.customer_id) filter (b.customer_id <> c.customer_id) as parents,
        count(*) filter (b.record_key <> c.record_key) as rekeyed
    from now_ids as c left join before_ids as b on b.key_now = c.record_key
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
where valid_to is null and record_key in (select record_key from before_ids)
    and not exists (select 1 from now_ids as c
                    where c.record_key = m.record_key and c.customer_id = m.customer_id)
"""

_NEW_MEMBERSHIPS = """
insert into golden.memberships
select record_key, customer_id, $now, null from now_ids anti join before_ids using (record_key, customer_id)
order by record_key
"""


def write_events(con: duckdb.DuckDBPyConnection, *, run_id: str, now: datetime) -> None:
    """Append what became of the ids of `temp.unsettled (record_key, cluster_id)`, the clusters of which have the ids of
    `temp.assigned`; `temp.touched` has the ids it is about then."""
    stamp = {"run_id": run_id, "now": now}
    con.execute(_CHANGES)
    con.execute(_EVENTS, stamp)
    con.execute(_MEMBERSHIPS, {"now": now})
    con.execute(_NEW_MEMBERSHIPS, {"now": now})
    for table in ("before_ids", "now_ids", "id_changes"):
        con.execute(f"drop table temp.{table}")
