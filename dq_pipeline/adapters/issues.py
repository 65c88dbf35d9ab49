"""What a run does to the issue ledger: rules that failed open issues, rules that pass resolve them.

Every function works in the transaction of the connection it is given. Failing rows are counted in SQL; what is looked
at one by one are rules and sources.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import duckdb

from dq_pipeline.adapters.issue_tables import append_events, create_issue_tables
from dq_pipeline.adapters.quality import utc
from dq_pipeline.adapters.warehouse import table_exists
from dq_pipeline.domain.issues import Finding, IssuePolicy, IssueState, RunEvent, run_events

# What the run says about every rule it judged, by source, and about every issue whose rule it judged or that lost it.
# Rules that errored or found nothing to look at leave their issues as they are.
_FINDINGS = """
with judged as (
    select rule_id, rules.owner, rules.severity, results.outcome, results.failed,
        starts_with(rules.expectation_type, 'expect_table_') as of_table
    from quality.rule_results as results join quality.rules as rules using (rule_id)
    where results.run_id = $run and results.outcome in ('passed', 'failed')
), found as (
    select rule_id, coalesce(source_system, '') as source, any_value(owner) as owner, count(*) as rows
    from quality.failing_rows join judged using (rule_id)
    where fixed_at is null and outcome = 'failed' and not of_table
    group by all
    union all
    select rule_id, '', owner, greatest(failed, 1) from judged where of_table and outcome = 'failed'
)
select rule_id, source, owner, coalesce(judged.severity, issues.severity), coalesce(found.rows, 0),
    case when rules.rule_id is null then 'rule_removed' when rules.owner <> owner then 'owner_changed' else '' end
        as gone
from found full join quality.issues as issues using (rule_id, source, owner)
left join quality.rules as rules using (rule_id)
left join judged using (rule_id)
where judged.rule_id is not null or gone <> ''
order by rule_id, source, owner
"""

# When the source wrote the extract that brought the oldest of the rows failing now. Known for rows that are records.
_BROUGHT = """
select failing.rule_id, coalesce(failing.source_system, '') as source, min(loads.extracted_at)
from quality.failing_rows as failing
join (select unnest($rules) as rule_id, unnest($sources) as source) as asked
    on asked.rule_id = failing.rule_id and asked.source = coalesce(failing.source_system, '')
join staging.customers as customers on customers.record_key = failing.record_key
join raw.loads as loads on loads.load_id = customers._load_id
where failing.fixed_at is null
    and failing.table_name in ('staging.customers', 'staging.contact_points', 'staging.consents')
group by all
"""

Key = tuple[str, str, str]


def move_issues(con: duckdb.DuckDBPyConnection, policy: IssuePolicy, *, run_id: str, now: datetime) -> int:
    """Bring the ledger up to date with what the rules of this run found; returns how many events that added.

    One issue a rule, source and owner: opened when rows fail, resolved when the rule passes, reopened when it fails
    again, breached when it is not over by its due date. The same run again adds nothing.
    """
    create_issue_tables(con)
    now = utc(now)
    findings = {
        (finding.rule_id, finding.source, finding.owner): finding
        for finding in (Finding(*row) for row in con.execute(_FINDINGS, {"run": run_id}).fetchall())
    }
    states = _states(con)
    events = [
        (key, event)
        for key, finding in findings.items()
        for event in run_events(states.get(key), finding, now=now, policy=policy)
    ]
    _add_run_events(con, events, findings, states, run_id=run_id, now=now)
    _count(con, findings, run_id=run_id, now=now)
    return len(events)


def catch_up(con: duckdb.DuckDBPyConnection, policy: IssuePolicy) -> int:
    """`move_issues` for the newest run that validated anything: what a blocked run found becomes issues too."""
    create_issue_tables(con)
    newest = con.execute(
        "select run_id, measured_at from quality.rule_results order by measured_at desc, run_id desc limit 1"
    ).fetchall()
    return sum(move_issues(con, policy, run_id=run_id, now=measured_at) for run_id, measured_at in newest)


def _states(con: duckdb.DuckDBPyConnection) -> dict[Key, IssueState]:
    rows = con.execute(
        "select rule_id, source, owner, issue_id, status, due_at, breached, expires_on from quality.issues"
    ).fetchall()
    return {(rule, source, owner): IssueState(*rest) for rule, source, owner, *rest in rows}


def _add_run_events(
    con: duckdb.DuckDBPyConnection,
    events: Sequence[tuple[Key, RunEvent]],
    findings: Mapping[Key, Finding],
    states: Mapping[Key, IssueState],
    *,
    run_id: str,
    now: datetime,
) -> None:
    """New issues are numbered in the order of rule, source and owner, whatever order the findings came in."""
    brought = _brought(con, [key for key, event in events if event.event == "opened" or event.reason == "fails_again"])
    numbers = {key: place for place, key in enumerate(sorted({k for k, e in events if e.event == "opened"}), 1)}
    last = int(con.execute("select count(distinct issue_id) from quality.issue_events").fetchall()[0][0])
    append_events(
        con,
        [
            {
                "issue_id": states[key].issue_id if key in states else f"I{last + numbers[key]:06}",
                **dict(zip(("rule_id", "source", "owner"), key, strict=True)),
                **{"event": event.event, "happened_at": now, "run_id": run_id, "author": "", "reason": event.reason},
                **{"severity": findings[key].severity, "due_at": event.due_at, "brought_at": brought.get(key[:2])},
            }
            for key, event in events
        ],
    )


def _brought(con: duckdb.DuckDBPyConnection, keys: Sequence[Key]) -> dict[tuple[str, str], datetime]:
    if not keys or not table_exists(con, "staging", "customers") or not table_exists(con, "raw", "loads"):
        return {}
    asked = {"rules": [key[0] for key in keys], "sources": [key[1] for key in keys]}
    return {(rule, source): moment for rule, source, moment in con.execute(_BROUGHT, asked).fetchall()}


def _count(con: duckdb.DuckDBPyConnection, findings: Mapping[Key, Finding], *, run_id: str, now: datetime) -> None:
    """Rows failing in this run, by issue; a zero only where it ends a count, so that passing rules fill no table."""
    con.execute("delete from quality.issue_history where run_id = ?", [run_id])
    con.execute(
        """
        insert into quality.issue_history
        select $run, $now, issues.issue_id, found.rows
        from (
            select unnest($rules::varchar[]) as rule_id, unnest($sources::varchar[]) as source,
                unnest($owners::varchar[]) as owner, unnest($rows::bigint[]) as rows
        ) as found join quality.issues as issues using (rule_id, source, owner)
        where found.rows > 0 or issues.rows > 0
        order by issues.issue_id
        """,
        {
            **{"run": run_id, "now": now, "rows": [finding.rows for finding in findings.values()]},
            "rules": [key[0] for key in findings],
            "sources": [key[1] for key in findings],
            "owners": [key[2] for key in findings],
        },
    )
