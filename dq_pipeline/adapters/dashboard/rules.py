"""What the rules found: each rule's result, the open findings, and where they are."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from dq_pipeline.adapters.dashboard.tables import Tables
from dq_pipeline.domain.dashboard import Findings, HeatCell, HeatMap, RuleRow

# A rule without a result of this run was not evaluated; a result whose rule is gone still counts.
RULES = """
with result as (select * from quality.rule_results where run_id = $run)
select coalesce(r.rule_id, q.rule_id), coalesce(r.table_name, q.table_name, ''),
    coalesce(r.column_name, q.column_name, ''), coalesce(r.dimension, q.dimension, ''),
    coalesce(r.severity, q.severity, ''), coalesce(r.owner, q.owner, ''), coalesce(q.outcome, 'not_evaluated'),
    coalesce(r.description, ''), coalesce(r.why, ''), coalesce(r.fix, ''), q.evaluated, q.failed,
    coalesce(q.message, '')
from quality.rules r full join result q using (rule_id)
"""
OPEN_BY_RULE = """
select rule_id, coalesce(source_system, ''), count(*), min(first_seen)
from quality.failing_rows where fixed_at is null group by all order by 1, 3 desc, 2
"""
# One row per combination of source, dimensions in which a record fails (a bit each) and whether a finding is
# critical: a few hundred rows whatever the number of records. A finding of severity info carries no weight in the
# score, and none here.
RECORDS = """
with weighty as (
    select rule_id, severity = 'critical' as critical,
        1::bigint << (list_position($dimensions, coalesce(dimension, '')) - 1) as bit
    from quality.rules where coalesce(severity, '') <> 'info'
),
bad as (
    select f.record_key, bit_or(w.bit) as bits, bool_or(w.critical) as critical
    from quality.failing_rows f join weighty w using (rule_id)
    where f.fixed_at is null
    group by f.record_key
)
select c.source_system, coalesce(b.critical, false), count(*), coalesce(b.bits, 0)
from staging.customers c left join bad b using (record_key)
group by all order by all
"""
LEDGER = ("quality.failing_rows", "quality.rules", "staging.customers")


def read_rules(tables: Tables, run_id: str) -> tuple[RuleRow, ...]:
    """Every rule with its result of this run, worst news first."""
    first_seen: dict[str, datetime | None] = {}
    by_source: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for rule, source, count, seen in tables.rows(("quality.failing_rows",), OPEN_BY_RULE):
        by_source[rule].append((source, count))
        first_seen[rule] = min(filter(None, (first_seen.get(rule), seen)), default=None)
    found = tables.rows(("quality.rules", "quality.rule_results"), RULES, {"run": run_id})
    rules = (
        replace(RuleRow(*row), first_seen=first_seen.get(row[0]), by_source=tuple(by_source[row[0]])) for row in found
    )
    return tuple(sorted(rules, key=lambda rule: rule.order))


class Condition(NamedTuple):
    """Customer records of one source that fail in the same dimensions."""

    source: str
    critical: bool
    records: int
    dimensions: tuple[str, ...]


def read_ledger(tables: Tables, rules: tuple[RuleRow, ...]) -> list[Condition]:
    """The customer records by what is wrong with them; none when no rule ran, for then nobody knows."""
    if not any(_ran(rule) for rule in rules):
        return []
    names = sorted({rule.dimension for rule in rules})
    return [
        Condition(source, critical, records, tuple(name for place, name in enumerate(names) if bits >> place & 1))
        for source, critical, records, bits in tables.rows(LEDGER, RECORDS, {"dimensions": names})
    ]


def sum_findings(tables: Tables, rules: tuple[RuleRow, ...], ledger: list[Condition]) -> Findings:
    """Open findings and the customer records they touch; nothing is counted when no rule ran."""
    if not any(_ran(rule) for rule in rules):
        return Findings()
    opened = tables.rows(("quality.failing_rows",), "select count(*) from quality.failing_rows where fixed_at is null")
    count = opened[0][0] if opened else None
    if not ledger:
        return Findings(open=count)
    return Findings(
        records=sum(found.records for found in ledger),
        open=count,
        affected=sum(found.records for found in ledger if found.dimensions),
        fit=sum(found.records for found in ledger if not found.critical),
    )


def draw_heat_map(rules: tuple[RuleRow, ...], ledger: list[Condition]) -> HeatMap:
    """Dimensions against sources. A dimension is measured when at least one of its staging rules ran."""
    records: Counter[str] = Counter()
    affected: Counter[tuple[str, str]] = Counter()
    for found in ledger:
        records[found.source] += found.records
        affected.update({(found.source, dimension): found.records for dimension in found.dimensions})
    weighty = [rule for rule in rules if rule.severity != "info" and rule.table.startswith("staging.")]
    dimensions = tuple(sorted({rule.dimension for rule in weighty}))
    measured = {rule.dimension for rule in weighty if _ran(rule)}
    cells = tuple(
        tuple(
            HeatCell(affected[source, dimension] if dimension in measured else None, count)
            for source, count in sorted(records.items())
        )
        for dimension in dimensions
    )
    return HeatMap(dimensions, tuple(sorted(records)), cells)


def owners_by_column(rules: tuple[RuleRow, ...]) -> dict[str, tuple[str, ...]]:
    """Owners of the rules of each `schema.table.column`."""
    owners: dict[str, set[str]] = defaultdict(set)
    for rule in rules:
        owners[f"{rule.table}.{rule.column}"].add(rule.owner)
    return {column: tuple(sorted(names - {""})) for column, names in owners.items()}


def affected_by_column(tables: Tables) -> dict[str, int]:
    """Rows with an open finding in each `schema.table.column`."""
    query = (
        "select table_name || '.' || column_name, count(distinct record_key) from quality.failing_rows "
        "where fixed_at is null and column_name is not null group by all"
    )
    return dict(tables.rows(("quality.failing_rows",), query))


def _ran(rule: RuleRow) -> bool:
    return rule.outcome in ("passed", "failed")
