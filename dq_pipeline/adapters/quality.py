"""The quality tables: rules and weights, the result of every rule and run, and the ledger of failing rows.

Every function works in the transaction of the connection it is given.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import duckdb

from dq_pipeline.domain.rules import Rule, RuleResult, ScoreWeights, Suite

# Rewritten by every run from what the project declares.
_DECLARED = {
    "quality.rules": (
        "rule_id varchar, table_name varchar, column_name varchar, dimension varchar, severity varchar, "
        "owner varchar, description varchar, why varchar, fix varchar, expectation_type varchar, "
        "weight_column boolean, blocking boolean, columns varchar[], rule_hash varchar, penalty decimal(3, 2)"
    ),
    "quality.score_weights": (
        "table_name varchar, column_name varchar, weight decimal(9, 3), critical_data_element boolean, reason varchar"
    ),
    "quality.run": (
        "run_id varchar, measured_at timestamp, model_hash varchar, rule_set_hash varchar, previous_run_id varchar"
    ),
}
# Kept from run to run.
_KEPT = {
    "quality.rule_results": (
        "run_id varchar, measured_at timestamp, rule_id varchar, table_name varchar, column_name varchar, "
        "dimension varchar, severity varchar, owner varchar, evaluated bigint, failed bigint, outcome varchar, "
        "message varchar, rule_set_hash varchar"
    ),
    "quality.failing_rows": (
        "rule_id varchar, table_name varchar, column_name varchar, record_key varchar, source_system varchar, "
        "first_seen timestamp, last_seen timestamp, fixed_at timestamp, times_reopened integer"
    ),
}

# A row of the ledger lives as long as its record fails the rule. Only the rules judged now have a say: what any
# other rule found stays as it was.
_MOVE_LEDGER = """
merge into quality.failing_rows as ledger
using (
    select rule_id, table_name, column_name, record_key, min(source_system) as source_system
    from read_parquet($files) join (
        select unnest($rules) as rule_id, unnest($tables) as table_name, unnest($columns) as column_name
    ) using (rule_id)
    group by all
) as found
on ledger.rule_id = found.rule_id and ledger.record_key = found.record_key
when matched then update set
    table_name = found.table_name, column_name = found.column_name, source_system = found.source_system,
    last_seen = $now, fixed_at = null,
    times_reopened = ledger.times_reopened + if(ledger.fixed_at is null, 0, 1)
when not matched then insert values (
    found.rule_id, found.table_name, found.column_name, found.record_key, found.source_system, $now, $now, null, 0
)
when not matched by source and ledger.fixed_at is null and ledger.rule_id in (select unnest($rules))
    then update set fixed_at = $now
"""


def create_quality_tables(con: duckdb.DuckDBPyConnection) -> None:
    """Create the tables the pipeline writes itself, where they are missing (scores come from SQL models)."""
    con.execute("create schema if not exists quality")
    for table, columns in (_DECLARED | _KEPT).items():
        con.execute(f"create table if not exists {table} ({columns})")


def write_rules(con: duckdb.DuckDBPyConnection, suites: Iterable[Suite], score_weights: ScoreWeights) -> None:
    """Replace quality.rules and quality.score_weights by what the project declares now.

    `suites` are all suites: an open failing row of a rule that is gone is closed as of when it was last seen.
    """
    create_quality_tables(con)
    rules = [
        (*_rule_row(rule), rule_hash(suite, rule), score_weights.severity[rule.severity])
        for suite in suites
        for rule in suite.rules
    ]
    _replace(con, "quality.rules", rules)
    _replace(
        con,
        "quality.score_weights",
        [(w.table, w.column, w.weight, w.critical_data_element, w.reason) for w in score_weights.columns],
    )
    con.execute(
        "update quality.failing_rows set fixed_at = last_seen "
        "where fixed_at is null and rule_id not in (select rule_id from quality.rules)"
    )


def write_run(
    con: duckdb.DuckDBPyConnection,
    *,
    run_id: str,
    measured_at: datetime,
    model_hash: str,
    rule_set_hash: str,
    previous_run_id: str | None = None,
) -> None:
    """Name the run that the scores are computed for: quality.run holds exactly one row.

    `previous_run_id`: the run of the version readers see now, which the scores are compared with.
    """
    create_quality_tables(con)
    _replace(con, "quality.run", [(run_id, utc(measured_at), model_hash, rule_set_hash, previous_run_id)])


def write_results(
    con: duckdb.DuckDBPyConnection, results: Sequence[RuleResult], *, run_id: str, now: datetime, rule_set: str
) -> None:
    """Add one row per result to quality.rule_results; those of the same run and rule are replaced."""
    create_quality_tables(con)
    con.execute(
        "delete from quality.rule_results where run_id = $run and list_contains($rules, rule_id)",
        {"run": run_id, "rules": [result.rule.rule_id for result in results]},
    )
    rows = [
        (
            *(run_id, utc(now), result.rule.rule_id, result.rule.table, result.rule.column),
            *(result.rule.dimension, result.rule.severity, result.rule.owner),
            *(result.evaluated, result.failed, result.outcome, result.message, rule_set),
        )
        for result in results
    ]
    if rows:
        con.executemany(f"insert into quality.rule_results values ({_marks(rows[0])})", rows)


def move_ledger(
    con: duckdb.DuckDBPyConnection, judged: Sequence[Rule], files: Sequence[Path], *, now: datetime
) -> None:
    """Bring quality.failing_rows up to date with what the `judged` rules found.

    `files` are Parquet with `rule_id, record_key, source_system`, one row per failing row. A row seen for the first
    time is opened, one seen again only moves its last_seen, one no longer found is fixed now, and one that was
    fixed and fails again is reopened with its first_seen kept.
    """
    create_quality_tables(con)
    if not files:
        return
    con.execute(
        _MOVE_LEDGER,
        {
            "rules": [rule.rule_id for rule in judged],
            "tables": [rule.table for rule in judged],
            "columns": [rule.column for rule in judged],
            "files": [str(file) for file in files],
            "now": utc(now),
        },
    )


def utc(moment: datetime) -> datetime:
    """The moment as the warehouse keeps it: UTC, without a time zone."""
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def rule_hash(suite: Suite, rule: Rule) -> str:
    """16 hex digits naming what the rule finds: two runs in which they agree are comparable by this rule. Severity is
    not part of it: that is what a failing row costs, not which rows fail."""
    found = [suite.table, suite.key, rule.column, rule.expectation_type, rule.arguments, rule.evaluates]
    return sha256(json.dumps(found, sort_keys=True).encode()).hexdigest()[:16]


def _rule_row(rule: Rule) -> tuple[object, ...]:
    columns = list(dict.fromkeys(name for name in (rule.column, *rule.columns) if name))
    return (
        *(rule.rule_id, rule.table, rule.column, rule.dimension, rule.severity, rule.owner),
        *(rule.description, rule.why, rule.fix, rule.expectation_type, rule.column is not None, rule.blocking),
        columns,
    )


def _replace(con: duckdb.DuckDBPyConnection, table: str, rows: Sequence[tuple[object, ...]]) -> None:
    con.execute(f"create or replace table {table} ({_DECLARED[table]})")
    if rows:
        con.executemany(f"insert into {table} values ({_marks(rows[0])})", rows)


def _marks(row: tuple[object, ...]) -> str:
    return ", ".join("?" for _ in row)
