"""What the rules found: each rule's result, the open findings, and where they are."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from dq_pipeline.adapters.dashboard.tables import Tables
from dq_pipeline.domain.dashboard import RuleRow

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
# Linkage scores as a rule beside those of the suites, and without failing rows in the ledger.
DUPLICATES = """
select rule_id, table_name, column_name, dimension, severity, owner, outcome, 'A source holds each customer once.',
    'Who is in a system twice is written to twice, counted twice, and never seen whole.',
    'Merge the records in the source; the page about customers names those with most records.', evaluated, failed, ''
from quality.latest_results where rule_id = 'linkage.duplicate_record'
"""
OPEN_BY_RULE = """
select rule_id, coalesce(source_system, ''), count(*), min(first_seen)
from quality.failing_rows where fixed_at is null group by all order by 1, 3 desc, 2
"""
# One row per combination of source and dimensions in which a record fails (a bit each): a few hundred rows whatever the
# number of records. A finding of severity info carries no weight in the score, and none here. Rows of other tables are
# named by other keys than their customer's record.
RECORDS = """
with weighty as (
    select rule_id, 1::bigint << (list_position($dimensions, dimension) - 1) as bit
    from quality.rules where severity <> 'info' and list_contains($dimensions, dimension)
),
bad as (
    select f.source_system, f.record_key, bit_or(w.bit) as bits
    from quality.failing_rows f join weighty w using (rule_id)
    where f.fixed_at is null and f.table_name in ('staging.customers', 'staging.contact_points', 'staging.consents')
    group by all
)
select source_system, bits, count(*) from bad group by all order by all
"""
LEDGER = ("quality.failing_rows", "quality.rules")


def read_rules(tables: Tables, run_id: str) -> tuple[RuleRow, ...]:
    """Every rule with its result of this run, worst news first."""
    first_seen: dict[str, datetime | None] = {}
    by_source: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for rule, source, count, seen in tables.rows(("quality.failing_rows",), OPEN_BY_RULE):
        by_source[rule].append((source, count))
        first_seen[rule] = min(filter(None, (first_seen.get(rule), seen)), default=None)
    found = tables.rows(("quality.rules", "quality.rule_results"), RULES, {"run": run_id})
    found += tables.rows(("quality.latest_results",), DUPLICATES)
    rules = (
        replace(RuleRow(*row), first_seen=first_seen.get(row[0]), by_source=tuple(by_source[row[0]])) for row in found
    )
    return tuple(sorted(rules, key=lambda rule: rule.order))


def affected_shares(
    tables: Tables, rules: tuple[RuleRow, ...], records: Mapping[str, int]
) -> dict[tuple[str, str], float]:
    """Share of the records of each source that have an open finding in a dimension, by (source, dimension).

    `records` are the current ones of each source. A dimension none of whose rules on staging ran is left out.
    """
    ran = {rule.dimension for rule in rules if _weighty(rule) and rule.outcome in ("passed", "failed")}
    names = sorted(ran - {""})
    affected: Counter[tuple[str, str]] = Counter()
    for source, bits, count in tables.rows(LEDGER, RECORDS, {"dimensions": names}) if names else ():
        affected.update({(source, name): count for place, name in enumerate(names) if bits >> place & 1})
    return {
        (source, name): affected[source, name] / count for source, count in records.items() for name in names if count
    }


def owners_by_column(rules: tuple[RuleRow, ...]) -> dict[str, tuple[str, ...]]:
    """Owners of the rules of each `schema.table.column`."""
    owners: dict[str, set[str]] = defaultdict(set)
    for rule in rules:
        owners[f"{rule.table}.{rule.column}"].add(rule.owner)
    return {column: tuple(sorted(names - {""})) for column, names in owners.items()}


def affected_by_column(tables: Tables) -> dict[str, int]:
    """Rows that fail a rule that counts, in each `schema.table.column`; a row counts once however many it fails."""
    query = (
        "select table_name || '.' || column_name, sum(rows)::bigint from quality.failure_patterns "
        "where cut = 'owner' group by all"
    )
    return dict(tables.rows(("quality.failure_patterns",), query))


def _weighty(rule: RuleRow) -> bool:
    """Whether the rule's findings are in the ledger, on staging, and weigh in the score; linkage's own are not."""
    return rule.severity != "info" and rule.table.startswith("staging.") and not rule.rule_id.startswith("linkage.")
