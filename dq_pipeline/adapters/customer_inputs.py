"""Which customers tonight's changes are about: those of whom something is not as it was when golden was built.

All that is known of a customer, each row of staging about its records and each critical rule that fails on them, is
summed up in one fingerprint, kept in golden.customer_inputs with the number of the look that last found it changed.
A table built customer by customer says in its comment up to which look it is built and how; who changed since then is
concerned, and nobody else. Where the comment says anything else the table is built whole.

Only suspects are summed up anew (adapters/record_tables), everybody where it is not known who they are.

The day itself is no input. What depends on it is whether a moment has come, and that is part of the fingerprint; ages
are computed when they are read.
"""

from __future__ import annotations

import re

import duckdb

from dq_pipeline.adapters.pins import ANCHORS
from dq_pipeline.adapters.record_tables import find_inputs, find_suspects, seen
from dq_pipeline.adapters.warehouse import column_schema, quote_literal, table_comment, table_exists

_LOOK = re.compile(r"(?:customers until )?look (\d+)(?: by (\w+))?(?: seen (.+))?")
_SHARE_CONCERNED = 0.2  # beyond it, building everything is no dearer than picking out who is concerned

_COLUMNS = {
    **{"customer_id": "VARCHAR", "fingerprint": "HUGEINT", "failures": "HUGEINT"},
    **{"changed": "BIGINT", "is_gone": "BOOLEAN"},
}

# A pinned customer has no fingerprint and is always concerned: the pin may expire, or the sources come to agree.
# Records go by a hash, summed up and joined sooner than their keys; should two have one, both are looked at.
_NOW = """
create or replace temp table inputs_now as
with pinned as ({pinned}), records as (
    select record, sum(content) as content, sum(failure) as failures from ({contents}) group by record
), owners as (
    select hash(record_key) as record, customer_id from {crosswalk}
)
select customer_id, case when customer_id not in (from pinned) then sum(content) end as fingerprint,
    sum(failures) as failures
from records join owners using (record) group by customer_id
"""
_NOBODY = "select null::varchar as customer_id where false"

_CHANGED = """
create or replace temp table changed_inputs as
select coalesce(now.customer_id, known.customer_id) as customer_id, now.fingerprint, now.failures,
    now.customer_id is null as is_gone
from temp.inputs_now as now full join ({known}) as known on known.customer_id = now.customer_id
where case when now.customer_id is null then not known.is_gone
    else known.customer_id is null or known.is_gone or now.fingerprint is null
        or now.fingerprint is distinct from known.fingerprint end
"""


def compare_inputs(con: duckdb.DuckDBPyConnection) -> int:
    """Bring golden.customer_inputs up to date; returns how many customers are not as they were at the last look.

    Reads golden.crosswalk, the tables of staging about records as far as they are there, the open failures of critical
    rules, and the pins. A customer that is gone stays in the table, marked so.
    """
    pinned = f"select customer_id from ({ANCHORS})" if table_exists(con, "stewardship", "pins") else _NOBODY
    inputs, before = find_inputs(con), _last_seen(con)
    few = before is not None and find_suspects(con, inputs, before, pinned)
    crosswalk, known, records = "golden.crosswalk", "from golden.customer_inputs", ""
    if few:
        crosswalk = "golden.crosswalk where customer_id in (from temp.suspects)"
        known = "from golden.customer_inputs where customer_id in (from temp.suspects)"
        records = "from temp.suspect_records"
    contents = " union all ".join(inputs.contents(records))
    con.execute(_NOW.format(pinned=pinned, contents=contents, crosswalk=crosswalk))
    look = _last_look(con) + 1
    found = f"select customer_id, fingerprint, failures, {look}::bigint as changed"
    if before is None:
        changed = _count(con, "temp.inputs_now")
        con.execute(f"create or replace table golden.customer_inputs as {found}, false as is_gone from temp.inputs_now")
    else:
        con.execute(_CHANGED.format(known=known))
        changed = _count(con, "temp.changed_inputs")
        con.execute(
            "delete from golden.customer_inputs where customer_id in (select customer_id from temp.changed_inputs)"
        )
        con.execute(f"insert into golden.customer_inputs {found}, is_gone from temp.changed_inputs")
    for table in ("inputs_now", "changed_inputs", "suspects", "suspect_records"):
        con.execute(f"drop table if exists temp.{table}")
    state = f"look {look} seen {seen(con, inputs)}"
    con.execute(f"comment on table golden.customer_inputs is {quote_literal(state)}")
    return changed


def find_concerned(con: duckdb.DuckDBPyConnection, table: str, recipe: str) -> bool:
    """Make `temp.concerned (customer_id)`: the customers of `table` to build anew, and those it must forget.

    `recipe`: a digest of how its rows are made. Returns whether the table must be built whole: it is not there, was
    made another way, or most customers are concerned.
    """
    built = _LOOK.fullmatch(table_comment(con, *table.split(".")) or "")
    if built is None or built[2] != recipe or _last_seen(con) is None:
        return True
    con.execute(
        "create or replace temp table concerned as "
        f"select customer_id from golden.customer_inputs where changed > {int(built[1])}"
    )
    return _count(con, "temp.concerned") > _SHARE_CONCERNED * _count(con, "golden.customer_inputs")


def note_built(con: duckdb.DuckDBPyConnection, table: str, recipe: str) -> None:
    """Remember, in the comment of `table`, that all changes of customers found so far are in it."""
    if _last_seen(con) is not None:
        con.execute(f"comment on table {table} is 'customers until look {_last_look(con)} by {recipe}'")


def made_by(con: duckdb.DuckDBPyConnection, table: str) -> str:
    """How the rows of a table built customer by customer were made, as a digest; '' for any other table."""
    built = _LOOK.fullmatch(table_comment(con, *table.split(".")) or "")
    return built[2] or "" if built else ""


def _last_seen(con: duckdb.DuckDBPyConnection) -> str | None:
    """What golden.customer_inputs remembers of the last look, perhaps nothing; None where it cannot be built upon."""
    said = table_comment(con, "golden", "customer_inputs")
    if not said or dict(column_schema(con, "golden", "customer_inputs")) != _COLUMNS:
        return None
    look = _LOOK.fullmatch(said)
    return (look[3] or "") if look else ""


def _last_look(con: duckdb.DuckDBPyConnection) -> int:
    """The number of the newest look that any table knows of, also where golden.customer_inputs itself is lost."""
    comments = con.execute(
        "select comment from duckdb_tables() where database_name = current_database() and schema_name = 'golden' "
        "and comment is not null"
    ).fetchall()
    return max((int(found[1]) for (text,) in comments if (found := _LOOK.fullmatch(text))), default=0)


def _count(con: duckdb.DuckDBPyConnection, table: str) -> int:
    return int(con.execute(f"select count(*) from {table}").fetchall()[0][0])
