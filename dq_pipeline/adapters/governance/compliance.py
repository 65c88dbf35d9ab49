"""What the night finds of the policies' state, kept for the readers: what is due for removal, and whether the audit
trail holds.

`governance.retention_status`: one row a rule, as of the last run. `governance.audit_checks`: one row a run.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import duckdb

from dq_pipeline.adapters.governance.audit import audit_entries, verify_audit
from dq_pipeline.adapters.governance.places import Places
from dq_pipeline.adapters.governance.retention import plan_retention
from dq_pipeline.domain.retention import RetentionRule
from dq_pipeline.domain.retention import problems as find_problems

_TABLES = """
create schema if not exists governance;
create or replace table governance.retention_status
    (source varchar, data_class varchar, days integer, counted_from varchar, legal_basis varchar, due bigint,
     kept_on_hold bigint, oldest date, measured_at timestamp);
create table if not exists governance.audit_checks
    (run_id varchar, checked_at timestamp, entries bigint, problems bigint);
"""


def measure_compliance(
    con: duckdb.DuckDBPyConnection, places: Places, rules: Sequence[RetentionRule], *, run_id: str, now: datetime
) -> None:
    """Write both tables; counts and dates, no key and no value. `now` is UTC without zone.

    A rule that does not say how long or why is a gap for the readers to see, and nothing is counted by it.
    """
    plan = plan_retention(con, places, [rule for rule in rules if not find_problems([rule])], now)
    entries, problems = len(audit_entries(con)), len(verify_audit(con))
    con.execute(_TABLES)
    con.executemany(
        "insert into governance.retention_status values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                *(due.rule.source, due.rule.data_class, due.rule.days, due.rule.counted_from, due.rule.legal_basis),
                *(due.rows, due.held, due.oldest, now),
            )
            for due in plan.dues
        ],
    )
    con.execute("delete from governance.audit_checks where run_id = ?", [run_id]).fetchall()
    con.execute("insert into governance.audit_checks values (?, ?, ?, ?)", [run_id, now, entries, problems]).fetchall()
