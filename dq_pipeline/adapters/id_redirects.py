"""Where every id ever given leads today, and the ledger of ids as it stood at any moment."""

from __future__ import annotations

import duckdb

from dq_pipeline.adapters.warehouse import table_exists

# A living id leads to itself; another to the ids that carry today the records it held at its end; where all those are
# gone, to where the ids lead that it was merged into; else nowhere (NULL). A merge leads to an id that lives on, so
# following merges goes forward in time and ends. An erased id leads nowhere.
_REDIRECTS = """
with recursive ids as ({ids}), living as (
    select distinct customer_id from golden.crosswalk where customer_id in (from ids)
), last_members as (
    select customer_id, record_key from golden.memberships
    where customer_id in (from ids) and customer_id not in (from living)
        and customer_id not in (select customer_id from golden.identity_events where event = 'erased')
    qualify valid_to = max(valid_to) over (partition by customer_id)
), by_records as (
    select distinct l.customer_id, c.customer_id as heir_id
    from last_members as l join golden.crosswalk as c using (record_key)
), settled as (
    select customer_id, customer_id as heir_id from living union all from by_records
), lost as (
    from ids where customer_id not in (select customer_id from settled)
), ends as (
    select customer_id, event, heirs from golden.identity_events
    where customer_id in (from lost) and event in ('merged', 'retired')
    qualify row_number() over (partition by customer_id order by number desc) = 1
), merges as (
    select customer_id, unnest(heirs) as heir_id from ends where event = 'merged'
), followed as (
    from merges
    union
    select f.customer_id, m.heir_id from followed as f join merges as m on m.customer_id = f.heir_id
), by_merges as (
    select distinct f.customer_id, s.heir_id from followed as f join settled as s on s.customer_id = f.heir_id
)
from settled union all from by_merges
union all
select customer_id, null from lost where customer_id not in (select customer_id from by_merges)
order by all
"""

# Where an id leads changes for those something happened to, and for those that ended before.
_CHANGED = """
create or replace temp table changed_ids as
select customer_id from temp.touched
union select customer_id from golden.id_redirects where heir_id is distinct from customer_id
"""

_MACROS = """
create or replace macro golden.crosswalk_as_of(moment) as table
    select record_key, customer_id from golden.memberships
    where valid_from <= moment and (valid_to is null or valid_to > moment);
create or replace macro golden.resolve(customer) as table
    select case when heir_id is null and customer_id in (
            select customer_id from golden.identity_events where event = 'erased') then 'erased' else heir_id end
        as heir_id
    from golden.id_redirects where customer_id = customer;
"""


def was_erased(con: duckdb.DuckDBPyConnection, customer_id: str) -> bool:
    """Whether the person with this id was erased, by the ledger of ids; False where there is none."""
    if not table_exists(con, "golden", "identity_events"):
        return False
    found = con.execute(
        "select 1 from golden.identity_events where customer_id = ? and event = 'erased' limit 1", [customer_id]
    ).fetchall()
    return bool(found)


def write_redirects(con: duckdb.DuckDBPyConnection, *, of_changed: bool = False) -> None:
    """Bring golden.id_redirects up to date with golden.crosswalk and the ledger, which must be so.

    `of_changed`: the last run's is there, and since then something happened to the ids of `temp.touched` only. Also
    makes the table macros golden.resolve(customer), an id's heirs (`erased` where the person was), and
    golden.crosswalk_as_of(moment).
    """
    if of_changed and table_exists(con, "golden", "id_redirects"):
        con.execute(_CHANGED)
        con.execute("delete from golden.id_redirects where customer_id in (from temp.changed_ids)")
        con.execute(f"insert into golden.id_redirects {_REDIRECTS.format(ids='from temp.changed_ids')}")
        con.execute("drop table temp.changed_ids")
    else:
        ids = "select customer_id from golden.identities"
        con.execute(f"create or replace table golden.id_redirects as {_REDIRECTS.format(ids=ids)}")
    con.execute(_MACROS)
