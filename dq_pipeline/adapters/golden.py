"""Golden customers: the survivorship policy compiled to set-based SQL, with the provenance of every value."""

from __future__ import annotations

import duckdb

from dq_pipeline.adapters.warehouse import quote_identifier, quote_literal
from dq_pipeline.domain.survivorship import AttributeGroup, Criterion, SurvivorshipPolicy

# Statuses of staging.customers in which a value is on show but no evidence.
_UNUSABLE = "('invalid', 'placeholder', 'future')"

# Cells that fail a critical rule, by record and column.
_CRITICAL_CELLS = """
create or replace temp table critical_cells as
select distinct f.record_key, f.column_name
from quality.failing_rows as f join quality.rules as r using (rule_id)
where f.fixed_at is null and r.severity = 'critical' and f.table_name = 'staging.customers'
"""


def build_customers(con: duckdb.DuckDBPyConnection, policy: SurvivorshipPolicy) -> int:
    """Write golden.attribute_provenance and golden.customers from staging.customers and golden.crosswalk.

    Reads quality.failing_rows too: a value that fails a critical rule cannot win while a passing one exists.
    Returns the number of customers. Deterministic: the last tie goes to the smallest record key.
    """
    con.execute(_CRITICAL_CELLS)
    statuses = _status_columns(con)
    for group in policy.groups:
        con.execute(_winners_sql(group, policy.trust, statuses))
    con.execute(_provenance_sql(policy))
    con.execute(_customers_sql(policy))
    count = con.execute("select count(*) from golden.customers").fetchall()[0][0]
    for table in ("critical_cells", *(_winners(group) for group in policy.groups)):
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
    terms = {c: _criterion_sql(c, group, trust, statuses) for c in group.criteria}
    ranked = ", ".join(f"{c} desc nulls last" for c in group.criteria)
    value = f"hash({', '.join(columns)})"
    deciding = " ".join(f"when w.{c} is distinct from r.{c} then {quote_literal(c)}" for c in group.criteria)
    criteria = ", ".join(f"{terms[c]} as {c}" for c in group.criteria if c != "frequent")
    frequent = "count(*) over (partition by customer_id, value) as frequent" if "frequent" in terms else ""
    computed = ", ".join(part for part in (criteria, frequent) if part)
    return f"""
create or replace temp table {quote_identifier(_winners(group))} as
with candidates as (
    select x.customer_id, c.*, {value} as value
    from staging.customers as c join golden.crosswalk as x using (record_key)
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
)
select w.customer_id, w.record_key, w.source_system, {", ".join(f"w.{name}" for name in columns)}, w.agreeing,
    n.values_seen, n.candidates,
    case when n.values_seen = 1 then 'only value' {deciding} else 'smallest key' end as rule
from first_place as w join counted as n using (customer_id) left join other_value as r using (customer_id)
"""


def _criterion_sql(criterion: Criterion, group: AttributeGroup, trust: tuple[str, ...], statuses: set[str]) -> str:
    if criterion == "valid":
        return _valid_sql(group, statuses)
    if criterion == "complete":
        filled = " + ".join(f"({quote_identifier(name)} is not null)::int" for name in group.attributes)
        return f"({filled})"
    if criterion == "trusted":
        ranks = " ".join(f"when {quote_literal(s)} then {len(trust) - i}" for i, s in enumerate(trust))
        return f"(case source_system {ranks} else 0 end)"
    if criterion == "recent":
        return "updated_at"
    return "frequent"


def _valid_sql(group: AttributeGroup, statuses: set[str]) -> str:
    names = ", ".join(quote_literal(name) for name in group.attributes)
    tests = [
        f"record_key not in (select record_key from critical_cells where column_name in ({names}))",
        *(
            f"{quote_identifier(f'{name}_status')} not in {_UNUSABLE}"
            for name in group.attributes
            if f"{name}_status" in statuses
        ),
    ]
    return f"coalesce({' and '.join(tests)}, true)"


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
        min(c.created_at) as created_at, max(c.updated_at) as updated_at,
        max(c.last_activity_at) as last_activity_at
    from staging.customers as c join golden.crosswalk as x using (record_key) group by x.customer_id
)
select customer_id, {columns}, facts.record_count, facts.source_count, facts.created_at, facts.updated_at,
    facts.last_activity_at
from facts {joins}
order by customer_id
"""
