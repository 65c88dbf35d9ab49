"""Which customers tonight's changes are about: those of whom something is not as it was when golden was built.

All that is known of a customer, each row of staging about its records and each critical rule that fails on them, is
summed up in one fingerprint, kept in golden.customer_inputs with the number of the look that last found it changed.
A table built customer by customer says in its comment up to which look it is built and how; who changed since then is
concerned, and nobody else. Where the comment says anything else the table is built whole.

The day itself is no input. What depends on it is whether a moment has come, and that is part of the fingerprint; ages
are computed when they are read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import duckdb

from dq_pipeline.adapters.pins import ANCHORS
from dq_pipeline.adapters.warehouse import (
    column_schema,
    quote_identifier,
    quote_literal,
    table_comment,
    table_exists,
)
from dq_pipeline.domain.extracts import ROW_ORIGIN

# What is known of records.
RECORD_TABLES = (
    *("golden.crosswalk", "staging.customers", "staging.contact_points", "staging.consents"),
    *("staging.interactions", "staging.transactions"),
)
_LOOK = re.compile(r"(?:customers until )?look (\d+)(?: by (\w+))?")
_SHARE_CONCERNED = 0.2  # beyond it, building everything is no dearer than picking out who is concerned

_COLUMNS = {"customer_id": "VARCHAR", "fingerprint": "HUGEINT", "changed": "BIGINT", "is_gone": "BOOLEAN"}

_FAILING = """
select hash(f.record_key) as record, hash('failing', f.rule_id, f.table_name, f.column_name, r.columns) as content
from quality.failing_rows as f join quality.rules as r using (rule_id)
where f.fixed_at is null and r.severity = 'critical'
"""

# A pinned customer has no fingerprint and is always concerned: the pin may expire, or the sources come to agree.
# Records go by a hash, summed up and joined sooner than their keys; should two have one, both are looked at.
_NOW = """
create or replace temp table inputs_now as
with pinned as ({pinned}),
records as (select record, sum(content) as content from ({inputs}) as inputs group by record),
owners as (select hash(record_key) as record, customer_id from golden.crosswalk)
select customer_id, case when customer_id not in (from pinned) then sum(content) end as fingerprint
from records join owners using (record) group by customer_id
"""
_NOBODY = "select null::varchar as customer_id where false"

_CHANGED = """
create or replace temp table changed_inputs as
select coalesce(now.customer_id, known.customer_id) as customer_id, now.fingerprint, now.customer_id is null as is_gone
from temp.inputs_now as now full join golden.customer_inputs as known on known.customer_id = now.customer_id
where case when now.customer_id is null then not known.is_gone
    else known.customer_id is null or known.is_gone or now.fingerprint is null
        or now.fingerprint is distinct from known.fingerprint end
"""


def compare_inputs(con: duckdb.DuckDBPyConnection) -> int:
    """Bring golden.customer_inputs up to date; returns how many customers are not as they were at the last look.

    Reads golden.crosswalk, the tables of staging about records as far as they are there, the open failures of critical
    rules, and the pins. A customer that is gone stays in the table, marked so.
    """
    pins = table_exists(con, "stewardship", "pins")
    pinned = f"select customer_id from ({ANCHORS})" if pins else _NOBODY
    con.execute(_NOW.format(pinned=pinned, inputs=" union all ".join(_inputs(con))))
    look = _last_look(con) + 1
    found = f"select customer_id, fingerprint, {look}::bigint as changed"
    if not _has_state(con):
        changed = _count(con, "temp.inputs_now")
        con.execute(f"create or replace table golden.customer_inputs as {found}, false as is_gone from temp.inputs_now")
    else:
        con.execute(_CHANGED)
        changed = _count(con, "temp.changed_inputs")
        con.execute(
            "delete from golden.customer_inputs where customer_id in (select customer_id from temp.changed_inputs)"
        )
        con.execute(f"insert into golden.customer_inputs {found}, is_gone from temp.changed_inputs")
        con.execute("drop table temp.changed_inputs")
    con.execute("drop table temp.inputs_now")
    con.execute(f"comment on table golden.customer_inputs is 'look {look}'")
    return changed


def find_concerned(con: duckdb.DuckDBPyConnection, table: str, recipe: str) -> bool:
    """Make `temp.concerned (customer_id)`: the customers of `table` to build anew, and those it must forget.

    `recipe`: a digest of how its rows are made. Returns whether the table must be built whole: it is not there, was
    made another way, or most customers are concerned.
    """
    built = _LOOK.fullmatch(table_comment(con, *table.split(".")) or "")
    if built is None or built[2] != recipe or not _has_state(con):
        return True
    con.execute(
        "create or replace temp table concerned as "
        f"select customer_id from golden.customer_inputs where changed > {int(built[1])}"
    )
    return _count(con, "temp.concerned") > _SHARE_CONCERNED * _count(con, "golden.customer_inputs")


def note_built(con: duckdb.DuckDBPyConnection, table: str, recipe: str) -> None:
    """Remember, in the comment of `table`, that all changes of customers found so far are in it."""
    if _has_state(con):
        con.execute(f"comment on table {table} is 'customers until look {_last_look(con)} by {recipe}'")


def made_by(con: duckdb.DuckDBPyConnection, table: str) -> str:
    """How the rows of a table built customer by customer were made, as a digest; '' for any other table."""
    built = _LOOK.fullmatch(table_comment(con, *table.split(".")) or "")
    return built[2] or "" if built else ""


def _inputs(con: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """SELECTs of (record, content), hashes both, one row for each row that says something about a record."""
    ends = _end_of_day(con)
    for table in RECORD_TABLES:
        # Where a row stood in its extract says nothing of the customer.
        columns = [found for found in column_schema(con, *table.split(".")) if found[0] not in ROW_ORIGIN]
        if columns:
            parts = [quote_literal(table), *(quote_identifier(name) for name, _ in columns)]
            if ends:
                moments = [name for name, kind in columns if kind.startswith(("TIMESTAMP", "DATE"))]
                parts += [f"{quote_identifier(name)} < timestamp {quote_literal(ends)}" for name in moments]
            yield f"select hash(record_key) as record, hash({', '.join(parts)}) as content from {table}"
    if table_exists(con, "quality", "failing_rows") and table_exists(con, "quality", "rules"):
        yield _FAILING


def _end_of_day(con: duckdb.DuckDBPyConnection) -> str | None:
    """The moment at which the day of the run ends: what is dated later has not happened yet."""
    if not table_exists(con, "staging", "source_conventions"):
        return None
    found = con.execute("select (max(as_of) + interval 1 day)::varchar from staging.source_conventions").fetchall()
    ends: str | None = found[0][0]
    return ends


def _has_state(con: duckdb.DuckDBPyConnection) -> bool:
    return dict(column_schema(con, "golden", "customer_inputs")) == _COLUMNS and bool(
        table_comment(con, "golden", "customer_inputs")
    )


def _last_look(con: duckdb.DuckDBPyConnection) -> int:
    """The number of the newest look that any table knows of, also where golden.customer_inputs itself is lost."""
    comments = con.execute(
        "select comment from duckdb_tables() where database_name = current_database() and schema_name = 'golden' "
        "and comment is not null"
    ).fetchall()
    return max((int(found[1]) for (text,) in comments if (found := _LOOK.fullmatch(text))), default=0)


def _count(con: duckdb.DuckDBPyConnection, table: str) -> int:
    return int(con.execute(f"select count(*) from {table}").fetchall()[0][0])
