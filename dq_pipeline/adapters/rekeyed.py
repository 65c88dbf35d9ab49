"""Records that come back under a new key: the source numbered its records anew, or another system took them over.

Without this every customer of one such record would end and begin again. A new record continues one that is gone when
these two, and no other new or gone one, have the same content: the name and everything else that tells a person from
others, letter by letter. What a record held is remembered as a digest.
"""

from __future__ import annotations

from datetime import datetime

import duckdb

from dq_pipeline.adapters.warehouse import column_schema, table_exists

_SUCCESSIONS = """
create schema if not exists golden;
create table if not exists golden.record_successions
    (former_key varchar, record_key varchar, run_id varchar, happened_at timestamp);
"""
_TABLES = f"""
create table if not exists golden.record_contents (record_key varchar, content uhugeint);
{_SUCCESSIONS}
create or replace temp table successions (former_key varchar, record_key varchar);
"""
# A name alone is nobody's: at least one of the others must be there.
_NAME, _OTHERS = "name", ("birthdate", "email", "phone_number", "street_address", "national_id")

_CONTENTS = """
select record_key, md5_number(concat_ws(chr(31), {values})) as content
from staging.customers where {name} is not null and coalesce({others}) is not null
    and record_key in (select record_key from linkage.{table})
"""

_FIND = """
insert into temp.successions
with gone as (
    select c.record_key, c.content from golden.record_contents as c join temp.last_ids using (record_key)
    where c.record_key not in (select record_key from staging.customers)
), fresh as (
    select record_key, content from temp.contents where record_key not in (select record_key from temp.last_ids)
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


def find_successions(con: duckdb.DuckDBPyConnection, *, run_id: str, now: datetime) -> int:
    """Fill `temp.successions (former_key, record_key)` and add it to golden.record_successions; returns how many.

    Reads linkage.clusters, staging.customers and `temp.last_ids`, the records seen before. Without the columns of
    staging.customers that tell people apart there is nothing to go by.
    """
    contents = _contents_sql(con, "clusters")
    if not contents:
        con.execute("create or replace temp table contents (record_key varchar, content uhugeint)")
        return 0
    con.execute(f"create or replace temp table contents as {contents}")
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
    contents = _contents_sql(con, "records") if gone != [(0,)] else ""
    return con.execute(_TONIGHT.format(contents=contents)).fetchall() if contents else []


def _contents_sql(con: duckdb.DuckDBPyConnection, table: str) -> str:
    """SELECT of the content of every record of linkage.`table`; '' without the columns that tell people apart."""
    columns = {name for name, _ in column_schema(con, "staging", "customers")}
    others = [name for name in _OTHERS if name in columns]
    if _NAME not in columns or not others:
        return ""
    values = ", ".join(f"coalesce({name}::varchar, '')" for name in (_NAME, *others))
    filled = ", ".join(f"{name}::varchar" for name in others)
    return _CONTENTS.format(values=values, name=_NAME, others=filled, table=table)


def remember_contents(con: duckdb.DuckDBPyConnection) -> None:
    """Keep the contents of this run's records, and of those gone that none continues, for the runs to come."""
    con.execute(
        "create or replace table golden.record_contents as from temp.contents union all "
        "from golden.record_contents where record_key not in (select record_key from temp.contents) "
        "and record_key not in (select former_key from golden.record_successions)"
    )
    con.execute("drop table temp.contents")
