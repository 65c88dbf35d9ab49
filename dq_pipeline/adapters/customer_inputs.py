"""Which customers tonight's changes are about: those of whom something is not as it was when golden was built.

golden.customer_inputs has the number of the look that last found a customer changed. Most nights the notes about
records tell who may have changed (adapters/record_tables), and is taken to have. For the other nights all that is known
of a customer, each row of staging about its records and each critical rule that fails on them, is summed up in a
fingerprint; one that the notes have overtaken is forgotten, and its customer counts as changed.

A table built customer by customer says in its comment up to which look it is built and how; who changed since then is
concerned, and nobody else. Where the comment says anything else the table is built whole.

The day itself is no input. What depends on it is whether a moment has come, and that is part of the fingerprint; ages
are computed when they are read.
"""

from __future__ import annotations

import re

import duckdb

from dq_pipeline.adapters.record_tables import Inputs, find_inputs, find_suspects, look_at_unnoted, seen
from dq_pipeline.adapters.warehouse import column_schema, quote_literal, table_comment

_LOOK = re.compile(r"(?:customers until )?look (\d+)(?: by (\w+))?(?: seen (.+))?")
_SHARE_CONCERNED = 0.2  # beyond it, building everything is no dearer than picking out who is concerned

_COLUMNS = {
    **{"customer_id": "VARCHAR", "fingerprint": "HUGEINT", "unnoted": "HUGEINT"},
    **{"changed": "BIGINT", "is_gone": "BOOLEAN"},
}

# A pinned customer has no fingerprint and is always concerned: the pin may expire, or the sources come to agree.
# Records go by a hash, summed up and joined sooner than their keys; should two have one, both are looked at.
_NOW = """
create or replace temp table inputs_now as
with pinned as (select customer_id from ({pins})), records as (
    select record, sum(content) as content from ({contents}) group by record
), owners as (
    select hash(record_key) as record, customer_id from golden.crosswalk
), summed as (
    select customer_id, sum(content) as content from records join owners using (record) group by customer_id
)
select customer_id, case when customer_id not in (from pinned) then content end as fingerprint, unnoted
from summed left join temp.unnoted_now using (customer_id)
"""

_COMPARED = """
create or replace temp table changed_inputs as
select coalesce(now.customer_id, known.customer_id) as customer_id, now.fingerprint, now.unnoted,
    now.customer_id is null as is_gone
from temp.inputs_now as now full join golden.customer_inputs as known on known.customer_id = now.customer_id
where case when now.customer_id is null then not known.is_gone
    else known.customer_id is null or known.is_gone or now.fingerprint is null
        or now.fingerprint is distinct from known.fingerprint end
"""

_SUSPECTED = """
create or replace temp table changed_inputs as
with living as (
    select distinct customer_id, true as lives from golden.crosswalk where customer_id in (from temp.suspects)
), known as (
    select customer_id, is_gone from golden.customer_inputs where customer_id in (from temp.suspects)
)
select customer_id, null::hugeint as fingerprint, unnoted, lives is null as is_gone
from temp.suspects left join living using (customer_id) left join temp.unnoted_now using (customer_id)
    left join known using (customer_id)
where lives or not known.is_gone
"""


def compare_inputs(con: duckdb.DuckDBPyConnection) -> int:
    """Bring golden.customer_inputs up to date; returns how many customers are not as they were at the last look.

    Reads golden.crosswalk, the tables of staging about records as far as they are there, the open failures of critical
    rules, and the pins. A customer that is gone stays in the table, marked so.
    """
    inputs, before = find_inputs(con), _last_seen(con)
    look_at_unnoted(con, inputs)
    look = _last_look(con) + 1
    found = f"select customer_id, fingerprint, unnoted, {look}::bigint as changed"
    if before is None:
        _sum_up(con, inputs)
        con.execute(f"create or replace table golden.customer_inputs as {found}, false as is_gone from temp.inputs_now")
        changed = _count(con, "temp.inputs_now")
    else:
        if find_suspects(con, inputs, before):
            con.execute(_SUSPECTED)
        else:
            _sum_up(con, inputs)
            con.execute(_COMPARED)
        con.execute(
            "delete from golden.customer_inputs where customer_id in (select customer_id from temp.changed_inputs)"
        )
        con.execute(f"insert into golden.customer_inputs {found}, is_gone from temp.changed_inputs")
        changed = _count(con, "temp.changed_inputs")
    state = f"look {look} seen {seen(con, inputs)}"
    con.execute(f"comment on table golden.customer_inputs is {quote_literal(state)}")
    for table in ("inputs_now", "changed_inputs", "suspects", "unnoted_now"):
        con.execute(f"drop table if exists temp.{table}")
    return changed


def _sum_up(con: duckdb.DuckDBPyConnection, inputs: Inputs) -> None:
    con.execute(_NOW.format(pins=inputs.pins, contents=" union all ".join(inputs.contents())))


def find_concerned(con: duckdb.DuckDBPyConnection, table: str, recipe: str) -> bool:
    """Make `temp.concerned (customer_id)`: the customers of `table` to build anew, and those it must forget.

    `recipe`: a digest of how its rows are made. Returns whether the table must be built whole: it is not there, was
    made another way, or most customers are concerned.
    """
    built = _LOOK.fullmatch(table_comment(con, *table.split(".")) or "")
    if built is None or built[2] != recipe or _this_look(con) is None:
        return True
    con.execute(
        "create or replace temp table concerned as "
        f"select customer_id from golden.customer_inputs where changed > {int(built[1])}"
    )
    return _count(con, "temp.concerned") > _SHARE_CONCERNED * _count(con, "golden.customer_inputs")


def note_built(con: duckdb.DuckDBPyConnection, table: str, recipe: str) -> None:
    """Remember, in the comment of `table`, that all changes of customers found so far are in it."""
    look = _this_look(con)
    if look is not None:
        con.execute(f"comment on table {table} is 'customers until look {look} by {recipe}'")


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


def _this_look(con: duckdb.DuckDBPyConnection) -> int | None:
    """The number of the look that golden.customer_inputs has; None where there is none."""
    look = _LOOK.fullmatch(table_comment(con, "golden", "customer_inputs") or "")
    return int(look[1]) if look else None


def _last_look(con: duckdb.DuckDBPyConnection) -> int:
    """The number of the newest look that any table knows of, also where golden.customer_inputs itself is lost."""
    comments = con.execute(
        "select comment from duckdb_tables() where database_name = current_database() and schema_name = 'golden' "
        "and comment is not null"
    ).fetchall()
    return max((int(found[1]) for (text,) in comments if (found := _LOOK.fullmatch(text))), default=0)


def _count(con: duckdb.DuckDBPyConnection, table: str) -> int:
    return int(con.execute(f"select count(*) from {table}").fetchall()[0][0])
