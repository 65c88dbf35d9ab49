"""The tables of the issue ledger: quality.issue_events, only ever added to, and the views that follow from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import duckdb

from dq_pipeline.adapters.quality import create_quality_tables
from dq_pipeline.domain.issues import ENDINGS, OPENINGS, TURNS

EVENT_COLUMNS = {
    **{"number": "bigint", "issue_id": "varchar", "rule_id": "varchar", "source": "varchar", "owner": "varchar"},
    **{"event": "varchar", "happened_at": "timestamp", "run_id": "varchar", "author": "varchar"},
    **{"assignee": "varchar", "severity": "varchar", "reason": "varchar", "comment": "varchar"},
    **{"duplicate_of": "varchar", "expires_on": "date", "due_at": "timestamp", "brought_at": "timestamp"},
}
_TABLES = {
    "quality.issue_events": ", ".join(f"{name} {kind}" for name, kind in EVENT_COLUMNS.items()),
    "quality.issue_history": "run_id varchar, measured_at timestamp, issue_id varchar, rows bigint",
}


def _names(events: Iterable[str]) -> str:
    return "(" + ", ".join(f"'{event}'" for event in events) + ")"


_TURNING = [event for event, (_, after) in TURNS.items() if after]
_STATUS = " ".join(f"when '{event}' then '{TURNS[event][1]}'" for event in _TURNING)

_VIEWS = {
    # One row an episode, from an opening to the end that follows.
    "quality.issue_times": f"""
        with turned as (
            select *, count(*) filter (where event in {_names(OPENINGS)}) over (
                partition by issue_id order by number
            ) as episode
            from quality.issue_events
        ), episodes as (
            select issue_id, episode, any_value(rule_id) as rule_id, any_value(source) as source,
                any_value(owner) as owner, max(severity) filter (event in {_names(OPENINGS)}) as severity,
                max(brought_at) filter (event in {_names(OPENINGS)}) as brought_at,
                min(happened_at) filter (event in {_names(OPENINGS)}) as opened_at,
                min(happened_at) filter (event = 'acknowledged') as acknowledged_at,
                min(happened_at) filter (event in {_names(ENDINGS)}) as resolved_at,
                max(event) filter (event in {_names(ENDINGS)}) as ended_by,
                max(due_at) as due_at, bool_or(event = 'breached') as breached
            from turned group by issue_id, episode
        )
        select *, date_diff('second', brought_at, opened_at) / 3600 as hours_to_detect,
            date_diff('second', opened_at, acknowledged_at) / 3600 as hours_to_acknowledge,
            date_diff('second', opened_at, resolved_at) / 3600 as hours_to_resolve
        from episodes
    """,
    "quality.issues": f"""
        with told as (
            select issue_id, case arg_max(event, number) filter (event in {_names(_TURNING)}) {_STATUS} end as status,
                arg_max(assignee, number) filter (event = 'assigned') as assignee,
                min(happened_at) as first_opened_at, arg_min(run_id, number) as first_run,
                count(*) filter (event in ('reopened', 'waiver_expired')) as times_reopened,
                max(number) filter (event in ('closed', 'waived')) as word
            from quality.issue_events group by issue_id
        ), counted as (
            select issue_id, arg_max(rows, measured_at) as rows, max(measured_at) filter (rows > 0) as last_seen
            from quality.issue_history group by issue_id
        ), judged as (
            select rule_id, arg_max(table_name, measured_at) as table_name,
                arg_max(column_name, measured_at) as column_name, arg_max(dimension, measured_at) as dimension,
                arg_max(severity, measured_at) as severity
            from quality.rule_results group by rule_id
        )
        select told.issue_id, times.rule_id, judged.table_name, judged.column_name, judged.dimension,
            coalesce(judged.severity, times.severity) as severity, times.source, times.owner,
            coalesce(told.assignee, '') as assignee, told.status, told.first_opened_at, times.opened_at,
            times.acknowledged_at, times.due_at, times.resolved_at, told.times_reopened,
            coalesce(counted.rows, 0) as rows, told.first_run, counted.last_seen, times.breached,
            coalesce(word.reason, '') as closing_reason, coalesce(word.author, '') as decided_by,
            coalesce(word.comment, '') as comment, coalesce(word.duplicate_of, '') as duplicate_of, word.expires_on
        from told
        join (
            select * from quality.issue_times
            qualify row_number() over (partition by issue_id order by episode desc) = 1
        ) as times using (issue_id)
        left join counted using (issue_id)
        left join judged using (rule_id)
        left join quality.issue_events as word
            on word.number = told.word and told.status in ('closed', 'waived')
    """,
}


def create_issue_tables(con: duckdb.DuckDBPyConnection) -> None:
    """Create quality.issue_events and quality.issue_history, empty, where they are missing, and the views on them."""
    create_quality_tables(con)
    for table, columns in _TABLES.items():
        con.execute(f"create table if not exists {table} ({columns})")
    for view, select in _VIEWS.items():
        con.execute(f"create or replace view {view} as {select}")


def append_events(con: duckdb.DuckDBPyConnection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add rows, numbered in their order, to quality.issue_events; what a row does not name is NULL."""
    if not rows:
        return
    given = [name for name in EVENT_COLUMNS if name != "number"]
    columns = ", ".join(f"unnest(${name}::{EVENT_COLUMNS[name]}[]) as {name}" for name in given)
    con.execute(
        f"insert into quality.issue_events by name select {columns}, generate_subscripts($issue_id, 1) + "
        "(select coalesce(max(number), 0) from quality.issue_events) as number",
        {name: [row.get(name) for row in rows] for name in given},
    )
