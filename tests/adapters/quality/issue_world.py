"""A warehouse with a few rules whose results a test decides, run by run."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

import duckdb

from dq_pipeline.adapters.issue_tables import create_issue_tables
from dq_pipeline.adapters.issues import move_issues
from dq_pipeline.adapters.warehouse import create_schemas
from dq_pipeline.policies.issues import ISSUE_POLICY

START = datetime(2026, 11, 1, 2)
TABLE_RULE = "customers.not_empty"
# rule -> (expectation type, severity, owner)
RULES = {
    "email.valid": ("expect_column_values_to_match_regex", "critical", "sales"),
    "name.present": ("expect_column_values_to_not_be_null", "warning", "sales"),
    TABLE_RULE: ("expect_table_row_count_to_be_between", "critical", "engineering"),
}
# rule -> source -> rows that fail
Failing = Mapping[str, Mapping[str, int]]


class IssueWorld:
    """The tables of the ledger in memory, and runs on them; a run's number is its day."""

    def __init__(self, con: duckdb.DuckDBPyConnection | None = None) -> None:
        self.con = con or duckdb.connect()
        self.con.execute("set TimeZone = 'UTC'")
        create_schemas(self.con)
        create_issue_tables(self.con)
        self.declare(RULES)

    def declare(self, rules: Mapping[str, tuple[str, str, str]]) -> None:
        """The rules there are from now on."""
        self.con.execute("delete from quality.rules")
        for rule, (kind, severity, owner) in rules.items():
            self.con.execute(
                "insert into quality.rules (rule_id, table_name, column_name, dimension, severity, owner, description, "
                "why, fix, expectation_type, weight_column, blocking, penalty) values "
                "(?, 'staging.customers', 'email', 'validity', ?, ?, 'It is asked.', 'It matters.', 'Mend it.', ?, "
                "true, false, 1.0)",
                [rule, severity, owner, kind],
            )

    def judge(
        self, day: int, failing: Failing, *, unjudged: Collection[str] = (), run_id: str = ""
    ) -> tuple[str, datetime]:
        """What validation leaves behind; rules that are `unjudged` errored and keep their failing rows."""
        now, run_id = START + timedelta(days=day), run_id or f"run-{day}"
        self.con.execute("delete from quality.rule_results where run_id = ?", [run_id])
        for rule, kind, severity, owner in self.con.execute(
            "select rule_id, expectation_type, severity, owner from quality.rules"
        ).fetchall():
            counts = {source: rows for source, rows in failing.get(rule, {}).items() if rows}
            outcome = "errored" if rule in unjudged else "failed" if counts else "passed"
            self.con.execute(
                "insert into quality.rule_results (run_id, measured_at, rule_id, table_name, column_name, dimension, "
                "severity, owner, evaluated, failed, outcome, message) values "
                "(?, ?, ?, 'staging.customers', 'email', 'validity', ?, ?, 100, ?, ?, '')",
                [run_id, now, rule, severity, owner, sum(counts.values()), outcome],
            )
            if rule in unjudged or kind.startswith("expect_table_"):
                continue
            self.con.execute("delete from quality.failing_rows where rule_id = ?", [rule])
            for source, rows in counts.items():
                self.con.execute(
                    "insert into quality.failing_rows select $rule, 'staging.customers', 'email', $source || ':' || n, "
                    "nullif($source, ''), $now, $now, null, 0 from range($rows) as t(n)",
                    {"rule": rule, "source": source, "rows": rows, "now": now},
                )
        return run_id, now

    def run(self, day: int, failing: Failing, *, unjudged: Collection[str] = ()) -> int:
        """Validation, then the ledger; how many events that added."""
        run_id, now = self.judge(day, failing, unjudged=unjudged)
        return move_issues(self.con, ISSUE_POLICY, run_id=run_id, now=now)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return self.con.execute(query).fetchall()

    def state(self) -> list[tuple[Any, ...]]:
        """Issue, status and rows failing now."""
        return self.rows("select issue_id, rule_id, source, status, rows from quality.issues order by issue_id")
