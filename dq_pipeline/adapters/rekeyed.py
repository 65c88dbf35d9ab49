"""Records that come back under a new key: the source numbered its records anew, or another system took them over.

Without this every customer of one such record would end and begin again. A new record continues one that is gone when
these two, and no other new or gone one, have the same content: the name and everything else that tells a person from
others, letter by letter. What a record held is remembered as a digest, and beside it the cluster it was in.
"""

from __future__ import annotations

import hashlib
from datetime import datetime

import duckdb

from dq_pipeline.adapters.changed_records import changed_since, last_note, noted_as
from dq_pipeline.adapters.warehouse import column_schema, quote_literal, table_comment, table_exists

_SUCCESSIONS = """
create schema if not exists golden;
create table if not exists golden.record_successions
    (former_key varchar, record_key varchar, run_id varchar, happened_at timestamp);
"""
_TABLES = f"""
create table if not exists golden.record_contents (record_key varchar, content uhugeint);
alter table golden.record_contents add column if not exists cluster_id varchar;
alter table golden.record_contents add column if not exists glance ubigint;
{_SUCCESSIONS}
create or replace temp table successions (former_key varchar, record_key varchar);
"""
# `glance` is quick to compute and tells whether `content`, which holds for good, must be computed anew.
# A name alone is nobody's: at least one of the others must be there.
_NAME, _OTHERS = "name", ("birthdate", "email", "phone_number", "street_address", "national_id")

_CUSTOMERS = "staging.customers"
_CONTENT, _GLANCE = "md5_number(concat_ws(chr(31), {}))", "hash({})"
_CONTENTS = """
select record_key, {content} as content
from staging.customers where {name} is not null and coalesce({others}) is not null
    and record_key in (select record_key from {table})
"""

# What there was of a record that has nothing to tell it from others any more is still remembered.
_COMPARE = """
create or replace temp table glances as
with looked_at as (
    select coalesce(now.record_key, before.record_key) as record_key, now.cluster_id,
        before.cluster_id as former_cluster_id, before.content, before.glance,
        {whole} or now.cluster_id is distinct from before.cluster_id as differs
    from linkage.clusters as now full join golden.record_contents as before on before.record_key = now.record_key
    where {whole} or now.cluster_id is distinct from before.cluster_id or {rewritten}
)
select looked_at.* exclude (differs) replace (coalesce(now.content, looked_at.glance) as glance)
from looked_at left join ({glances}) as now
    on now.record_key = looked_at.record_key and looked_at.cluster_id is not null
where differs or now.content is not null and now.content is distinct from looked_at.glance;
create or replace temp table changed_records as
select glances.* replace (coalesce(contents.content, glances.content) as content)
from glances left join ({contents}) as contents on contents.record_key = glances.record_key;
drop table glances
"""
_REWRITTEN = "coalesce(now.record_key, before.record_key) in ({})"
_NO_CONTENTS = "select null::varchar as record_key, null::uhugeint as content where false"

_FIND = """
insert into temp.successions
with fresh as (
    select record_key, content from temp.changed_records anti join golden.memberships using (record_key)
    where cluster_id is not null
), gone as (
    select record_key, content from golden.record_contents
    semi join fresh using (content) semi join golden.memberships using (record_key)
    anti join staging.customers using (record_key)
)
select gone.record_key, fresh.record_key from fresh join gone using (content)
qualify count(*) over (partition by content) = 1
"""

# The same as _FIND will find when the customers get their ids, for the records that somebody decided about.
_TONIGHT = """
with gone as (
    from golden.record_contents where record_key not in (select record_key from staging.customers)
), wanted as (
    select content from gone where record_key in
        (select unnest([left_key, right_key]) from stewardship.link_decisions)
), fresh as (
    from ({contents}) where record_key not in (select record_key from golden.memberships)
)
select gone.record_key, fresh.record_key from fresh join gone using (content) where content in (from wanted)
qualify count(*) over (partition by content) = 1 order by all
"""


def create_successions(con: duckdb.DuckDBPyConnection) -> None:
    """Create golden.record_successions where it is missing."""
    con.execute(_SUCCESSIONS)


def create_succession_tables(con: duckdb.DuckDBPyConnection) -> None:
    """Create golden.record_contents and golden.record_successions where they are missing, and an empty
    `temp.successions`."""
    con.execute(_TABLES)


def compare_contents(con: duckdb.DuckDBPyConnection, whole: bool) -> None:
    """Make `temp.changed_records (record_key, cluster_id, former_cluster_id, content)`: records with another cluster or
    content than in the last run, those without a cluster any more among them; `whole`: every record ever seen."""
    contents = _contents_sql(con, "temp.glances") or _NO_CONTENTS
    rewritten = None if whole else _rewritten(con)
    among = "linkage.clusters" if rewritten is None else "looked_at"
    con.execute(
        _COMPARE.format(
            contents=contents,
            glances=_contents_sql(con, among, content=_GLANCE) or _NO_CONTENTS,
            rewritten="true" if rewritten is None else _REWRITTEN.format(rewritten),
            whole="true" if whole else "false",
        )
    )


def _rewritten(con: duckdb.DuckDBPyConnection) -> str | None:
    """A SELECT of the records whose content may be another than in the last run, by the notes; None: any may be."""
    note, _, by = (table_comment(con, "golden", "record_contents") or "").partition(" ")
    if by != _basis(con) or not noted_as(con, _CUSTOMERS):
        return None
    return changed_since(con, note, [_CUSTOMERS])


def _basis(con: duckdb.DuckDBPyConnection) -> str:
    """Names how contents are computed."""
    return hashlib.sha256(_contents_sql(con, _CUSTOMERS).encode()).hexdigest()


def find_successions(con: duckdb.DuckDBPyConnection, *, run_id: str, now: datetime) -> int:
    """Fill `temp.successions (former_key, record_key)` and add it to golden.record_successions; returns how many.

    Reads `temp.changed_records`, golden.memberships and staging.customers. Without the columns of the last that tell
    people apart there is nothing to go by.
    """
    if not _contents_sql(con, "linkage.clusters"):
        return 0
    con.execute(_FIND)
    found = int(con.execute("select count(*) from temp.successions").fetchall()[0][0])
    if found:
        con.execute(
            "insert into golden.record_successions select former_key, record_key, $run_id, $now from temp.successions "
            "order by former_key",
            {"run_id": run_id, "now": now},
        )
    return found


def heirs_tonight(con: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    """(former key, key) of the decided records that came back under a new key since the last run, before their
    customers have ids. Reads the warehouse; nothing where golden is not there yet or nobody decided anything."""
    needed = (("golden", "record_contents"), ("golden", "memberships"), ("stewardship", "link_decisions"))
    if not all(table_exists(con, *table) for table in needed):
        return []
    gone = con.execute(
        "select count(*) from stewardship.link_decisions where left_key not in (select record_key from "
        "staging.customers) or right_key not in (select record_key from staging.customers)"
    ).fetchall()
    contents = _contents_sql(con, "linkage.records") if gone != [(0,)] else ""
    return con.execute(_TONIGHT.format(contents=contents)).fetchall() if contents else []


def _contents_sql(con: duckdb.DuckDBPyConnection, table: str, *, content: str = _CONTENT) -> str:
    """SELECT of the content of every record of `table`; '' without the columns that tell people apart."""
    columns = {name for name, _ in column_schema(con, "staging", "customers")}
    others = [name for name in _OTHERS if name in columns]
    if _NAME not in columns or not others:
        return ""
    values = ", ".join(f"coalesce({name}::varchar, '')" for name in (_NAME, *others))
    filled = ", ".join(f"{name}::varchar" for name in others)
    return _CONTENTS.format(content=content.format(values), name=_NAME, others=filled, table=table)


def remember_contents(con: duckdb.DuckDBPyConnection, whole: bool) -> None:
    """Keep what `temp.changed_records` says of this run's records, and of those gone that none continues, for the runs
    to come; `whole`: it says everything."""
    kept = (
        "select record_key, content, cluster_id, glance from temp.changed_records where cluster_id is not null "
        "or content is not null and record_key not in (select former_key from golden.record_successions)"
    )
    if whole:
        con.execute(f"create or replace table golden.record_contents as {kept}")
    else:
        con.execute(
            "delete from golden.record_contents where record_key in "
            "(select record_key from temp.changed_records union all select former_key from temp.successions)"
        )
        con.execute(f"insert into golden.record_contents {kept}")
    note = last_note(con) if noted_as(con, _CUSTOMERS) else "-"
    con.execute(f"comment on table golden.record_contents is {quote_literal(f'{note} {_basis(con)}')}")
