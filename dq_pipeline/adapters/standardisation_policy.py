"""What was decided about corrections and placeholders, as tables that the SQL models read."""

from __future__ import annotations

from collections.abc import Iterable

import duckdb

from dq_pipeline.domain.corrections import CorrectionRule
from dq_pipeline.domain.shared_values import SharingLimit

_CORRECTION_RULES = (
    "quality.correction_rules (rule_id VARCHAR, columns VARCHAR[], changes VARCHAR, confidence DOUBLE, "
    "because VARCHAR, enabled BOOLEAN, enabled_because VARCHAR, measured BOOLEAN, apply_from DOUBLE)"
)
_SHARING_LIMITS = (
    "quality.sharing_limits (column_name VARCHAR, least_persons INTEGER, times_typical DOUBLE, because VARCHAR)"
)


def write_correction_rules(con: duckdb.DuckDBPyConnection, rules: Iterable[CorrectionRule] | None) -> None:
    """(Re)create `quality.correction_rules`, one row a rule; with None only where it is missing, without a row."""
    if rules is None:
        con.execute(f"create table if not exists {_CORRECTION_RULES}")
        return
    con.execute(f"create or replace table {_CORRECTION_RULES}")
    for rule in rules:
        row = [
            *(rule.rule_id, list(rule.columns), rule.changes, rule.confidence, rule.because),
            *(rule.enabled, rule.enabled_because, rule.measured, rule.apply_from),
        ]
        con.execute("insert into quality.correction_rules values (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)


def write_sharing_limits(con: duckdb.DuckDBPyConnection, limits: Iterable[SharingLimit] | None) -> None:
    """(Re)create `quality.sharing_limits`, one row a limit; with None only where it is missing, without a row."""
    if limits is None:
        con.execute(f"create table if not exists {_SHARING_LIMITS}")
        return
    con.execute(f"create or replace table {_SHARING_LIMITS}")
    for limit in limits:
        row = [limit.column, limit.least_persons, limit.times_typical, limit.because]
        con.execute("insert into quality.sharing_limits values (?, ?, ?, ?)", row)
