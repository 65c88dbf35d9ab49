"""What a decision would change, before it is saved: the same build, on a copy of the few customers it is about.

The copy is a database in memory. In it one run is made as things stand and one as they would be; the feed of changes
between the two is the answer. Linkage is not run: what the decision says about records is taken as the outcome.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import duckdb

from dq_pipeline.adapters.customer_history import Change, changes_behind, record_history
from dq_pipeline.adapters.golden import build_customers
from dq_pipeline.adapters.identity import assign_customer_ids
from dq_pipeline.adapters.proposals import Proposal, records_of, save
from dq_pipeline.adapters.sql_models import SqlModel, create_model_table, upstream
from dq_pipeline.adapters.stewardship import create_stewardship_tables
from dq_pipeline.adapters.warehouse import column_schema, create_schemas, quote_identifier, table_exists
from dq_pipeline.domain.survivorship import SurvivorshipPolicy

_SCRATCH = "preview_scratch"
_CONSENTS = "golden.consents"
# What the build itself reads, beside what the models of golden consents do.
_READ = (
    *("staging.customers", "quality.failing_rows", "quality.rules", "linkage.clusters", "stewardship.decisions"),
    *("golden.identities", "golden.record_successions"),
)
_MANY = 1_000_000


@dataclass(frozen=True)
class ConsentChange:
    """The consent of a customer for a purpose; status '' where there is none."""

    customer_id: str
    purpose: str
    before: str
    after: str


@dataclass(frozen=True)
class Duplicates:
    """How many records of a source are too many (beyond one a customer), now and then."""

    source_system: str
    records: int
    before: int
    after: int


@dataclass(frozen=True)
class Preview:
    """`changes` as golden.changes would have them; `records`: customer -> its records then; `winners`: (customer,
    attribute) -> the record, or decision, its value comes from now and then; `minted`: ids that are not given yet.
    """

    changes: tuple[Change, ...]
    records: Mapping[str, tuple[str, ...]]
    winners: Mapping[tuple[str, str], tuple[str, str]]
    minted: frozenset[str]
    consents: tuple[ConsentChange, ...]
    duplicates: tuple[Duplicates, ...]


def preview(
    con: duckdb.DuckDBPyConnection,
    proposal: Proposal,
    policy: SurvivorshipPolicy,
    models: Mapping[str, SqlModel],
    *,
    now: datetime,
) -> Preview:
    """Compare the customers of a proposal as they are with what they would be; the warehouse stays as it is.

    `models`: the project's SQL models by table, for the consents. Raises InputError where the proposal cannot be saved.
    """
    keys = [key for customer_id in proposal.customers for key in records_of(con, customer_id)]
    consent_models = [model for model in upstream(models, [_CONSENTS]) if model.schema == "golden"]
    with _scratch(con) as (scratch, source):
        _copy(scratch, source, keys, consent_models)
        _run(scratch, policy, consent_models, "before", now)
        _keep(scratch)
        last = int(scratch.execute("select max(sequence) from golden.changes").fetchall()[0][0])
        save(scratch, proposal, decided_at=now)
        _regroup(scratch, proposal.parts)
        _run(scratch, policy, consent_models, "after", now + timedelta(seconds=1))
        changes = changes_behind(scratch, last, limit=_MANY)
        return Preview(
            tuple(changes),
            {change.customer_id: records_of(scratch, change.customer_id) for change in changes},
            _winners(scratch),
            _minted(scratch),
            _consent_changes(scratch),
            _duplicates(scratch, source),
        )


@contextmanager
def _scratch(con: duckdb.DuckDBPyConnection) -> Iterator[tuple[duckdb.DuckDBPyConnection, str]]:
    """A cursor whose tables are those of an empty database in memory, and the name of the warehouse beside it."""
    cursor = con.cursor()
    source = str(cursor.execute("select current_database()").fetchall()[0][0])
    cursor.execute(f"attach ':memory:' as {_SCRATCH} (read_write)")
    try:
        cursor.execute(f"use {_SCRATCH}")
        create_schemas(cursor)
        yield cursor, quote_identifier(source)
    finally:
        cursor.execute(f"use {quote_identifier(source)}")
        cursor.execute(f"detach {_SCRATCH}")
        cursor.close()


def _copy(
    scratch: duckdb.DuckDBPyConnection, source: str, keys: Sequence[str], consent_models: Sequence[SqlModel]
) -> None:
    """The rows about these records, of other tables all rows."""
    made = {model.table for model in consent_models} | {"golden.crosswalk", "golden.customers", "golden.id_redirects"}
    read = {table for model in consent_models for table in model.reads} - made
    for table in sorted(read | set(_READ)):
        schema, name = map(quote_identifier, table.split("."))
        columns = _columns(scratch, source, table)
        if columns:
            of_these = "record_key" in columns and table != "golden.record_successions"
            only = "where list_contains($keys, record_key)" if of_these else ""
            scratch.execute(
                f"create table {schema}.{name} as from {source}.{schema}.{name} {only}",
                {"keys": list(keys)} if only else {},
            )
    create_stewardship_tables(scratch)
    # The ids these records carry or carried, but for those that live on elsewhere.
    scratch.execute(
        f"create table golden.memberships as from {source}.golden.memberships as m "
        "where list_contains($keys, record_key) and not exists "
        f"(from {source}.golden.memberships as o where o.customer_id = m.customer_id "
        "and o.valid_to is null and not list_contains($keys, o.record_key))",
        {"keys": list(keys)},
    )


def _columns(scratch: duckdb.DuckDBPyConnection, source: str, table: str) -> set[str]:
    schema, name = table.split(".")
    rows = scratch.execute(
        "select column_name from information_schema.columns where table_catalog = ? and table_schema = ? "
        "and table_name = ?",
        [source[1:-1].replace('""', '"'), schema, name],
    ).fetchall()
    return {column for (column,) in rows}


def _run(
    scratch: duckdb.DuckDBPyConnection,
    policy: SurvivorshipPolicy,
    consent_models: Sequence[SqlModel],
    run_id: str,
    now: datetime,
) -> None:
    assign_customer_ids(scratch, run_id=run_id, now=now)
    build_customers(scratch, policy, today=now.date())
    record_history(scratch, run_id=run_id, now=now)
    for model in consent_models:
        if all(column_schema(scratch, *table.split(".")) for table in model.reads):
            create_model_table(scratch, model)


def _keep(scratch: duckdb.DuckDBPyConnection) -> None:
    """Set aside what the second run overwrites."""
    scratch.execute("create schema before")
    for table in ("attribute_provenance", "crosswalk", "consents"):
        if table_exists(scratch, "golden", table):
            scratch.execute(f"create table before.{table} as from golden.{table}")


def _regroup(scratch: duckdb.DuckDBPyConnection, parts: Sequence[Sequence[str]]) -> None:
    for part in parts:
        scratch.execute(
            "update linkage.clusters set cluster_id = $cluster where list_contains($keys, record_key)",
            {"cluster": min(part), "keys": list(part)},
        )


def _winners(scratch: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], tuple[str, str]]:
    source = "coalesce({0}.record_key, 'decision ' || {0}.pin, '')"
    rows = scratch.execute(
        f"select customer_id, attribute, {source.format('b')}, {source.format('a')} from before.attribute_provenance "
        "as b full join golden.attribute_provenance as a using (customer_id, attribute)"
    ).fetchall()
    return {(customer_id, attribute): (before, after) for customer_id, attribute, before, after in rows}


def _minted(scratch: duckdb.DuckDBPyConnection) -> frozenset[str]:
    rows = scratch.execute("select customer_id from golden.identities where run_id = 'after'").fetchall()
    return frozenset(customer_id for (customer_id,) in rows)


def _consent_changes(scratch: duckdb.DuckDBPyConnection) -> tuple[ConsentChange, ...]:
    if not (table_exists(scratch, "before", "consents") and table_exists(scratch, "golden", "consents")):
        return ()
    rows = scratch.execute(
        "select customer_id, purpose, coalesce(b.status, ''), coalesce(a.status, '') from before.consents as b "
        "full join golden.consents as a using (customer_id, purpose) where b.status is distinct from a.status "
        "or b.usable is distinct from a.usable order by customer_id, purpose"
    ).fetchall()
    return tuple(ConsentChange(*row) for row in rows)


def _duplicates(scratch: duckdb.DuckDBPyConnection, source: str) -> tuple[Duplicates, ...]:
    """Of the sources whose number changes; all others keep theirs."""
    surplus = "select source_system, count(*) - count(distinct customer_id) as surplus from {0} group by source_system"
    rows = scratch.execute(
        f"""
with now_and_then as (
    select source_system, a.surplus - b.surplus as more
    from ({surplus.format("before.crosswalk")}) as b join ({surplus.format("golden.crosswalk")}) as a
        using (source_system)
    where a.surplus <> b.surplus
)
select source_system, count(*), count(*) - count(distinct customer_id),
    count(*) - count(distinct customer_id) + any_value(more)
from {source}.golden.crosswalk join now_and_then using (source_system) group by source_system order by source_system
"""
    ).fetchall()
    return tuple(Duplicates(*row) for row in rows)
