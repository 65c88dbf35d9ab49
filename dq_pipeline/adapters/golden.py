"""Golden customers: the survivorship policy compiled to set-based SQL, with the provenance of every value."""

from __future__ import annotations

from collections.abc import Iterable

import duckdb

from dq_pipeline.adapters.warehouse import quote_identifier, quote_literal
from dq_pipeline.domain.survivorship import AttributeGroup, Criterion, SurvivorshipPolicy

# Statuses of staging.customers in which a value is on show but no evidence.
_UNUSABLE = "('invalid', 'placeholder', 'future')"

# The columns of each record in which a critical rule fails; a rule about several columns marks them all.
_FAILED_CELLS = """
create or replace temp table failed_cells as
select record_key, list(distinct column_name) as failed
from (
    select f.record_key, unnest(r.columns) as column_name
    from quality.failing_rows as f join quality.rules as r using (rule_id)
    where f.fixed_at is null and r.severity = 'critical' and f.table_name = 'staging.customers'
)
group by record_key
"""

# Every record of every customer, with its failed columns.
_RECORDS = """
    staging.customers as c join golden.crosswalk as x using (record_key) left join failed_cells as f using (record_key)
"""
_FAILED = "coalesce(f.failed, [])"


def build_customers(con: duckdb.DuckDBPyConnection, policy: SurvivorshipPolicy) -> int:
    """Write golden.attribute_provenance and golden.customers from staging.customers and golden.crosswalk.

    Reads quality.failing_rows and quality.rules too, so validation must have run before: a value that fails a critical
    rule cannot win while a passing one exists, and where attributes travel together and such a value comes along, it
    is left out. Returns the number of customers. Deterministic: the last tie goes to the smallest record key.
    """
    con.execute(_FAILED_CELLS)
    statuses = _status_columns(con)
    for group in policy.groups:
        con.execute(_winners_sql(group, policy.trust, statuses))
    con.execute(_provenance_sql(policy))
    con.execute(_customers_sql(policy))
    count = con.execute("select count(*) from golden.customers").fetchall()[0][0]
    for table in ("failed_cells", *(_winners(group) for group in policy.groups)):
        con.execute(f"drop table temp.{quote_identifier(table)}")
    return int(count)


def _status_columns(con: duckdb.DuckDBPyConnection) -> set[str]:
    rows = con.execute(
        "select column_name from information_schema.columns where table_catalog = current_database() "
        "and table_schema = 'staging' and table_name = 'customers' and column_name like '%\\_status' escape '\\'"
    ).fetchall()
    return {row[0] for row in rows}


def _winners(group: AttributeGroup) -> str:
    return f"winners_{group.name}"


def _winners_sql(group: AttributeGroup, trust: tuple[str, ...], statuses: set[str]) -> str:
    """One row per customer that has the group at all: winner, deciding criterion, how many records agree.

    Candidates are ranked once; the criterion named is the first in which the winner differs from the best candidate
    with another value.
    """
    columns = [quote_identifier(name) for name in group.attributes]
    needed = [quote_identifier(name) for name in (group.needs or group.attributes)]
    terms = {c: _criterion_sql(c, group, trust, statuses) for c in group.order}
    ranked = ", ".join(f"{c} desc nulls last" for c in group.order)
    value = f"hash({', '.join(columns)})"
    deciding = " ".join(f"when w.{c} is distinct from r.{c} then {quote_literal(c)}" for c in group.order)
    criteria = ", ".join(f"{terms[c]} as {c}" for c in group.order if c != "frequent")
    frequent = "count(*) over (partition by customer_id, value) as frequent" if "frequent" in terms else ""
    computed = ", ".join(part for part in (criteria, frequent) if part)
    return f"""
create or replace temp table {quote_identifier(_winners(group))} as
with candidates as (
    select x.customer_id, c.*, {_FAILED} as failed, {value} as value
    from {_RECORDS}
    where {" or ".join(f"c.{name} is not null" for name in needed)}
), judged as (
    select *, {computed} from candidates
), ranked as (
    select *, row_number() over (partition by customer_id order by {ranked}, record_key) as place,
        count(*) over (partition by customer_id, value) as agreeing
    from judged
), first_place as (select * from ranked where place = 1),
other_value as (
    select r.* from ranked as r join first_place as w using (customer_id) where r.value <> w.value
    qualify row_number() over (partition by r.customer_id order by r.place) = 1
), counted as (
    select customer_id, count(distinct value) as values_seen, count(*) as candidates
    from ranked group by customer_id
), passed as ({_passed_sql(group)})
select w.customer_id, w.record_key, w.source_system, {", ".join(map(_winning_value, group.attributes))}, w.agreeing,
    n.values_seen, n.candidates,
    case when n.values_seen = 1 then 'only value' {deciding} else 'smallest key' end as rule
from first_place as w join counted as n using (customer_id) left join other_value as r using (customer_id)
    left join passed as p using (customer_id)
"""


def _passed_sql(group: AttributeGroup) -> str:
    """Of the customers with a failed value of the group: which attributes have a passing value in some record."""
    columns = ", ".join(
        f"bool_or(c.{quote_identifier(name)} is not null and not {_has_failed([name])}) as {quote_identifier(name)}"
        for name in group.attributes
    )
    return (
        f"select x.customer_id, {columns} from {_RECORDS} where x.customer_id in (select customer_id from "
        f"golden.crosswalk join failed_cells as f using (record_key) where {_has_failed(group.attributes)}) "
        "group by x.customer_id"
    )


def _winning_value(name: str) -> str:
    """The winner's value, unless it came along failing where another record has one that passes."""
    column = quote_identifier(name)
    failing = f"list_contains(w.failed, {quote_literal(name)})"
    return f"case when not ({failing} and coalesce(p.{column}, false)) then w.{column} end as {column}"


def _has_failed(columns: Iterable[str]) -> str:
    return f"list_has_any({_FAILED}, [{', '.join(map(quote_literal, columns))}])"


def _criterion_sql(criterion: Criterion, group: AttributeGroup, trust: tuple[str, ...], statuses: set[str]) -> str:
    if criterion == "passing":
        return f"(not list_has_any(failed, [{', '.join(map(quote_literal, group.attributes))}]))"
    if criterion == "valid":
        return _valid_sql(group, statuses)
    if criterion == "complete":
        filled = " + ".join(f"({quote_identifier(name)} is not null)::int" for name in group.attributes)
        return f"({filled})"
    if criterion == "trusted":
        ranks = " ".join(f"when {quote_literal(s)} then {len(trust) - i}" for i, s in enumerate(trust))
        return f"(case source_system {ranks} else 0 end)"
    if criterion == "recent":
        return "case when not list_contains(failed, 'updated_at') then updated_at end"
    return "frequent"


def _valid_sql(group: AttributeGroup, statuses: set[str]) -> str:
    tests = [
        f"{quote_identifier(f'{name}_status')} not in {_UNUSABLE}"
        for name in group.attributes
        if f"{name}_status" in statuses
    ]
    return f"coalesce({' and '.join(tests)}, true)" if tests else "true"


def _provenance_sql(policy: SurvivorshipPolicy) -> str:
    parts = [
        f"select customer_id, {quote_literal(attribute)} as attribute, record_key, source_system, rule, "
        f"values_seen, agreeing, candidates from {quote_identifier(_winners(group))} "
        f"where {quote_identifier(attribute)} is not null"
        for group in policy.groups
        for attribute in group.attributes
    ]
    union = " union all ".join(parts)
    return f"create or replace table golden.attribute_provenance as {union} order by customer_id, attribute"


def _customers_sql(policy: SurvivorshipPolicy) -> str:
    columns = ", ".join(
        f"{quote_identifier(_winners(group))}.{quote_identifier(attribute)}"
        for group in policy.groups
        for attribute in group.attributes
    )
    joins = " ".join(f"left join {quote_identifier(_winners(group))} using (customer_id)" for group in policy.groups)
    return f"""
create or replace table golden.customers as
with facts as (
    select x.customer_id, count(*) as record_count, count(distinct c.source_system) as source_count,
        {_of_passing("min", "created_at")}, {_of_passing("max", "updated_at")},
        {_of_passing("max", "last_activity_at")}
    from {_RECORDS} group by x.customer_id
)
select customer_id, {columns}, facts.record_count, facts.source_count, facts.created_at, facts.updated_at,
    facts.last_activity_at
from facts {joins}
order by customer_id
"""


def _of_passing(aggregate: str, column: str) -> str:
    """An aggregate of the values that pass; of all where none does."""
    passing = f"{aggregate}(c.{column}) filter (not {_has_failed([column])})"
    return f"coalesce({passing}, {aggregate}(c.{column})) as {column}"
