"""Golden customers: the survivorship policy applied set by set, with the provenance of every value.

Only customers concerned by what changed since last time are built anew (adapters/customer_inputs); the result is that
of building all of them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

import duckdb

from dq_pipeline.adapters.customer_inputs import compare_inputs, find_concerned, note_built
from dq_pipeline.adapters.pins import override_provenance, pinned_values_sql, usable_pins, write_pins_status
from dq_pipeline.adapters.survivorship_sql import (
    candidates_sql,
    candidates_table,
    competes,
    passing_sql,
    provenance_sql,
    winners_sql,
)
from dq_pipeline.adapters.warehouse import column_schema, quote_identifier, quote_literal
from dq_pipeline.domain.survivorship import AttributeGroup, SurvivorshipPolicy

# The columns of each record in which a critical rule fails; a rule about several columns marks them all.
_FAILED_CELLS = """
create or replace temp table failed_cells as
select record_key, list(distinct column_name order by column_name) as failed
from (
    select f.record_key, unnest(r.columns) as column_name
    from quality.failing_rows as f join quality.rules as r using (rule_id)
    where f.fixed_at is null and r.severity = 'critical' and f.table_name = 'staging.customers'
)
group by record_key
"""

_FACTS = ("updated_at", "created_at", "last_activity_at")
_PROVENANCE = {
    **{"customer_id": "VARCHAR", "attribute": "VARCHAR", "record_key": "VARCHAR", "source_system": "VARCHAR"},
    **{"rule": "VARCHAR", "reason": "VARCHAR", "values_seen": "BIGINT", "agreeing": "BIGINT", "candidates": "BIGINT"},
    **{"agreement": "DOUBLE", "losers": "STRUCT(record_key VARCHAR, lost_by VARCHAR)[]", "pin": "BIGINT"},
}

# Pinned customers are treated as having several records, so that their candidates are compared with the pins.
_STALE = """
create or replace temp table stale as
select customer_id, count(*) > 1 or customer_id in (select customer_id from temp.pinned) as several
from golden.crosswalk {only} group by customer_id
"""
# Read twice: those of a few customers are picked out of all records only once.
_STALE_RECORDS = """
create or replace temp {kind} stale_records as
select c.*, s.customer_id, s.several
from staging.customers as c join golden.crosswalk as x using (record_key) join temp.stale as s using (customer_id)
"""


def build_customers(con: duckdb.DuckDBPyConnection, policy: SurvivorshipPolicy, *, today: date) -> int:
    """Bring golden.customers, golden.attribute_provenance and golden.pins_status up to date; returns the customers.

    Reads staging.customers, golden.crosswalk, stewardship.pins where there are any (`today` tells which have expired),
    and quality.failing_rows with quality.rules, so validation must have run before: a value that fails a critical rule
    cannot win while a passing one exists, and where attributes travel together and such a value comes along, it is
    left out. Deterministic: the last tie goes to the smallest record key.
    """
    types = dict(column_schema(con, "staging", "customers"))
    statuses = {name for name in types if name.endswith("_status")}
    con.execute(_FAILED_CELLS)
    compare_inputs(con)
    pins = usable_pins(con, {name: types[name] for name in policy.attributes}, today)
    steps = [passing_sql(policy.attributes), *(candidates_sql(g, policy.trust, statuses) for g in policy.groups)]
    recipe = _recipe(policy, steps, types)
    whole = find_concerned(con, "golden.customers", recipe) or not _has_provenance(con)
    con.execute(_STALE.format(only="" if whole else "where customer_id in (select customer_id from temp.concerned)"))
    kind = "view" if whole else "table"
    con.execute(_STALE_RECORDS.format(kind=kind))
    con.execute(_single_sql(policy))
    con.execute(_several_sql([*policy.attributes, *sorted(statuses), *_FACTS]))
    for step in steps:
        con.execute(step)
    customers = (
        f"select * exclude (record_key, source_system) from temp.single union all {_customers_sql(policy, pins)}"
    )
    _replace(con, "golden.customers", customers, whole)
    _write_provenance(con, policy, whole)
    override_provenance(con, pins)
    write_pins_status(con, {name: candidates_table(g) for g in policy.groups for name in g.attributes}, pins, today)
    note_built(con, "golden.customers", recipe)
    for table in ("failed_cells", "pinned", "concerned", "stale", "single", "several", "passing", "reasons"):
        con.execute(f"drop table if exists temp.{table}")
    con.execute(f"drop {kind} temp.stale_records")
    for group in policy.groups:
        con.execute(f"drop table {candidates_table(group)}")
    return int(con.execute("select count(*) from golden.customers").fetchall()[0][0])


def _recipe(policy: SurvivorshipPolicy, steps: Iterable[str], types: Mapping[str, str]) -> str:
    """A digest that changes with whatever changes how a golden row is made."""
    made = [_single_sql(policy), _customers_sql(policy, {}), *(select for _, select in _provenance_parts(policy))]
    return hashlib.sha256("\n".join([repr(policy), repr(types), *steps, *made]).encode()).hexdigest()


def _has_provenance(con: duckdb.DuckDBPyConnection) -> bool:
    return dict(column_schema(con, "golden", "attribute_provenance")).keys() == _PROVENANCE.keys()


def _single_sql(policy: SurvivorshipPolicy) -> str:
    """Customers of one record: there is nothing to choose."""
    columns = ", ".join(
        f"case when {competes(group)} then {quote_identifier(name)} end as {quote_identifier(name)}"
        if group.needs
        else quote_identifier(name)
        for group in policy.groups
        for name in group.attributes
    )
    return f"""
create or replace temp table single as
select customer_id, {columns}, 1::bigint as record_count, 1::bigint as source_count, created_at, updated_at,
    last_activity_at, record_key, source_system
from temp.stale_records where not several
"""


def _several_sql(columns: Iterable[str]) -> str:
    """Every record of the other customers, with its failed columns."""
    listed = ", ".join(map(quote_identifier, columns))
    return f"""
create or replace temp table several as
select customer_id, record_key, source_system, {listed}, coalesce(f.failed, []) as failed
from temp.stale_records left join temp.failed_cells as f using (record_key) where several
"""


def _customers_sql(policy: SurvivorshipPolicy, pins: Mapping[str, str]) -> str:
    """Customers of several records: the winners of each group, under the pins."""
    columns = ", ".join(
        f"coalesce(pinned.{name}, {quote_identifier(group.name)}.{name}) as {name}"
        if attribute in pins
        else f"{quote_identifier(group.name)}.{name}"
        for group in policy.groups
        for attribute in group.attributes
        for name in [quote_identifier(attribute)]
    )
    joins = " ".join(
        f"left join ({winners_sql(group)}) as {quote_identifier(group.name)} using (customer_id)"
        for group in policy.groups
    )
    pinned = f"left join ({pinned_values_sql(pins)}) as pinned using (customer_id)" if pins else ""
    return f"""
select customer_id, {columns}, facts.record_count, facts.source_count, facts.created_at, facts.updated_at,
    facts.last_activity_at
from (
    select customer_id, count(*) as record_count, count(distinct source_system) as source_count,
        {_of_passing("min", "created_at")}, {_of_passing("max", "updated_at")},
        {_of_passing("max", "last_activity_at")}
    from temp.several group by customer_id
) as facts {joins} {pinned}
"""


def _of_passing(aggregate: str, column: str) -> str:
    """An aggregate of the values that pass; of all where none does."""
    passing = f"{aggregate}({column}) filter (not list_contains(failed, {quote_literal(column)}))"
    return f"coalesce({passing}, {aggregate}({column})) as {column}"


def _replace(con: duckdb.DuckDBPyConnection, table: str, select: str, whole: bool) -> None:
    if whole:
        con.execute(f"create or replace table {table} as {select}")
        return
    _forget(con, table)
    if con.execute("select exists (from temp.stale)").fetchall()[0][0]:
        con.execute(f"insert into {table} by name {select}")


def _forget(con: duckdb.DuckDBPyConnection, table: str) -> None:
    """Take out the rows of customers that are built anew or are no more."""
    con.execute(f"delete from {table} where customer_id in (select customer_id from temp.concerned)")


def _write_provenance(con: duckdb.DuckDBPyConnection, policy: SurvivorshipPolicy, whole: bool) -> None:
    """Of all customers attribute by attribute, for the sake of memory; of a few in one statement."""
    _make_reasons(con, policy.groups)
    parts = list(_provenance_parts(policy))
    if whole:
        columns = ", ".join(f"{name} {kind}" for name, kind in _PROVENANCE.items())
        con.execute(f"create or replace table golden.attribute_provenance ({columns})")
    else:
        _forget(con, "golden.attribute_provenance")
        parts = [(" union all ".join(asked for asked, _ in parts), " union all by name ".join(s for _, s in parts))]
    for asked, select in parts:
        # DuckDB 2.0.0 hides rows that follow an insert of nothing in one transaction: see tests/upstream.
        if con.execute(f"select exists ({asked})").fetchall()[0][0]:
            con.execute(
                "insert into golden.attribute_provenance by name select made.*, reason, agreeing / candidates as "
                f"agreement from ({select}) as made join temp.reasons using (attribute, rule)"
            )


def _provenance_parts(policy: SurvivorshipPolicy) -> Iterator[tuple[str, str]]:
    """(SELECT that tells whether there is anything, SELECT of the rows) for each attribute."""
    for group in policy.groups:
        for attribute in group.attributes:
            column = quote_identifier(attribute)
            found = f"from temp.single where {column} is not null"
            yield (
                f"select 1 {found}",
                f"select customer_id, {quote_literal(attribute)} as attribute, record_key, source_system, "
                f"'only value' as rule, 1 as values_seen, 1 as agreeing, 1 as candidates {found}",
            )
            asked = f"select 1 from {candidates_table(group)} where {column} is not null"
            yield asked, provenance_sql(group, attribute)


def _make_reasons(con: duckdb.DuckDBPyConnection, groups: Iterable[AttributeGroup]) -> None:
    con.execute("create or replace temp table reasons (attribute varchar, rule varchar, reason varchar)")
    con.executemany(
        "insert into temp.reasons values (?, ?, ?)",
        [
            (attribute, rule, group.reason_of(rule))
            for group in groups
            for attribute in group.attributes
            for rule in ("only value", *group.order, "smallest key")
        ],
    )
