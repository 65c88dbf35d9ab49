"""The audit between writing and publishing: what the new golden tables must satisfy before readers see them.

Each check returns its problems as sentences; none means that it passed. What was published before is read from its
own `published.duckdb`, never from the warehouse, so that the comparison is with what readers have.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import duckdb

from dq_pipeline.adapters.warehouse import quote_identifier, quote_literal
from dq_pipeline.domain.publishing import Acceptance, GateLimits

_BEFORE = "published_before"

_ACCEPTED = """
create table if not exists quality.accepted_checks
    (run_id varchar, accepted_at timestamp, check_name varchar, author varchar, reason varchar, problem varchar)
"""

# Records that are as they were when the published version was made, in both: no newer load has touched them.
_UNCHANGED = f"""
create or replace temp table unchanged_records as
select customers.record_key
from staging.customers as customers join {_BEFORE}.golden.crosswalk as crosswalk using (record_key)
where customers._load_id <= (select coalesce(max(load_id), 0) from {_BEFORE}.raw.loads)
"""

# Customers of then whose records are all unchanged, and sit with unchanged records only, but not with the same ones.
_MOVED = f"""
with decided as (
    -- A steward's decision names these: their customers move because somebody said so.
    select unnest([left_key, right_key]) as key from stewardship.decisions
), was as (
    select customer_id, list(record_key order by record_key) as members
    from {_BEFORE}.golden.crosswalk group by customer_id
), is_now as (
    select customer_id, list(record_key order by record_key) as members,
        bool_and(record_key in (select record_key from unchanged_records)) as untouched
    from golden.crosswalk group by customer_id
), placed as (
    select crosswalk.customer_id as old_id, bool_and(is_now.untouched) as untouched,
        any_value(is_now.members) as members, any_value(is_now.customer_id) as new_id,
        count(distinct is_now.customer_id) as parts, count(is_now.customer_id) as found
    from {_BEFORE}.golden.crosswalk as crosswalk
    left join golden.crosswalk as now using (record_key)
    left join is_now on is_now.customer_id = now.customer_id
    group by crosswalk.customer_id
)
select count(*) filter (untouched and found = len(was.members)
        and not (parts = 1 and new_id = old_id and placed.members = was.members)
        and not list_has_any(was.members, (select coalesce(list(key), []) from decided))),
    count(*)
from placed join was on was.customer_id = placed.old_id
"""

_GROWN = f"""
select count(*) from (
    select now.customer_id, now.record_count as records, coalesce(max(before.record_count), 1) as had
    from golden.customers as now
    left join golden.crosswalk as crosswalk on crosswalk.customer_id = now.customer_id
    left join {_BEFORE}.golden.crosswalk as old using (record_key)
    left join {_BEFORE}.golden.customers as before on before.customer_id = old.customer_id
    where now.record_count > $records
    group by all
) where records > $factor * had and records > had + $records
"""


def keys_unique(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Every customer id stands once in golden.customers, every record once in golden.crosswalk, and they agree."""
    problems = []
    for table, column in (("golden.customers", "customer_id"), ("golden.crosswalk", "record_key")):
        rows, keys = con.execute(f"select count(*), count(distinct {column}) from {table}").fetchall()[0]
        if rows != keys:
            problems.append(f"{table} has {rows} rows and {keys} different {column}")
    strays = con.execute(
        "select count(*) from golden.customers full join (select distinct customer_id from golden.crosswalk) as placed "
        "using (customer_id) where golden.customers.customer_id is null or placed.customer_id is null"
    ).fetchall()[0][0]
    if strays:
        problems.append(f"{strays} customer ids stand in only one of golden.customers and golden.crosswalk")
    return problems


def provenance_complete(con: duckdb.DuckDBPyConnection, attributes: Iterable[str]) -> list[str]:
    """Every golden value says which record of the customer, or which steward's pin, it comes from, and nothing says so
    without a value."""
    listed = " union all ".join(
        f"select customer_id, {quote_literal(name)} as attribute from golden.customers "
        f"where {quote_identifier(name)} is not null"
        for name in attributes
    )
    untold, empty, foreign = con.execute(
        f"""
        select count(*) filter (told.customer_id is null), count(*) filter (filled.customer_id is null),
            count(*) filter (told.pin is null and told.customer_id is not null
                and crosswalk.customer_id is distinct from told.customer_id)
        from ({listed}) as filled
        full join golden.attribute_provenance as told using (customer_id, attribute)
        left join golden.crosswalk as crosswalk on crosswalk.record_key = told.record_key
        """
    ).fetchall()[0]
    return [
        f"{count} {what}"
        for count, what in (
            (untold, "golden values do not say where they come from"),
            (empty, "rows of golden.attribute_provenance stand for no value"),
            (foreign, "golden values come from a record of another customer"),
        )
        if count
    ]


def ids_stable(con: duckdb.DuckDBPyConnection, published: Path, limits: GateLimits) -> list[str]:
    """Hardly a customer holds other records than in the published version although nothing about them changed."""
    with _published_before(con, published) as before:
        if not before:
            return []
        con.execute(_UNCHANGED)
        moved, customers = con.execute(_MOVED).fetchall()[0]
        con.execute("drop table temp.unchanged_records")
    if moved <= max(limits.moved_customers, limits.moved_share * customers):
        return []
    return [
        f"{moved} of {customers} published customers hold other records than before, though nothing about their "
        f"records changed; {limits.moved_share:.1%} may"
    ]


def growth_plausible(con: duckdb.DuckDBPyConnection, published: Path, limits: GateLimits) -> list[str]:
    """No customer swallowed many others, and customers grew or shrank in proportion to the records."""
    with _published_before(con, published) as before:
        if not before:
            return []
        grown = con.execute(_GROWN, {"records": limits.growth_records, "factor": limits.growth_factor}).fetchall()[0][0]
        sizes = con.execute(
            f"select (select count(*) from golden.crosswalk), (select count(*) from {_BEFORE}.golden.crosswalk), "
            f"(select count(*) from golden.customers), (select count(*) from {_BEFORE}.golden.customers)"
        ).fetchall()[0]
    problems = []
    if grown:
        problems.append(
            f"{grown} customers grew to more than {limits.growth_factor:g} times their records, by more than "
            f"{limits.growth_records}"
        )
    records, records_before, customers, customers_before = sizes
    if records and records_before and customers_before:
        drift = (customers / records) / (customers_before / records_before) - 1
        if abs(drift) > limits.disproportion:
            problems.append(
                f"{customers} customers of {records} records, {customers_before} of {records_before} before: "
                f"{drift:+.0%} customers a record, {limits.disproportion:.0%} may be"
            )
    return problems


def record_acceptance(
    con: duckdb.DuckDBPyConnection, acceptance: Acceptance, *, run_id: str, now: datetime, problem: str
) -> None:
    """Keep in `quality.accepted_checks` who let a failed check pass, why, and what it had found."""
    con.execute(_ACCEPTED)
    con.execute(
        "insert into quality.accepted_checks select $run, $now, $check, $author, $reason, $problem where not exists "
        "(from quality.accepted_checks where run_id = $run and check_name = $check)",
        {
            "run": run_id,
            "now": now,
            "check": acceptance.check,
            "author": acceptance.author,
            "reason": acceptance.reason,
            "problem": problem,
        },
    )


def accepted_checks(con: duckdb.DuckDBPyConnection, run_id: str) -> list[dict[str, str]]:
    """The failed checks that a person let pass in this run."""
    con.execute(_ACCEPTED)
    rows = con.execute(
        "select check_name, author, reason, problem from quality.accepted_checks where run_id = ? order by check_name",
        [run_id],
    ).fetchall()
    return [dict(zip(("check", "author", "reason", "problem"), row, strict=True)) for row in rows]


@contextmanager
def _published_before(con: duckdb.DuckDBPyConnection, published: Path) -> Iterator[bool]:
    """Attach the published version; False where there is none, or one without the tables compared."""
    path = published / "current" / "published.duckdb"
    if not path.exists():
        yield False
        return
    con.execute(f"attach {quote_literal(str(path.resolve()))} as {_BEFORE} (read_only)")
    try:
        tables = con.execute(
            "select count(*) from duckdb_tables() where database_name = ? and schema_name || '.' || table_name in "
            "('golden.crosswalk', 'golden.customers', 'raw.loads')",
            [_BEFORE],
        ).fetchall()[0][0]
        yield tables == 3
    finally:
        con.execute(f"detach {_BEFORE}")
