"""Which events are told, to whom, and what came of it: quality.alerts and quality.alerts_sent.

An event is collected once, by its id, and sent once to every target there is at that time. What a target did not take
is tried again at later runs. Sending happens without the warehouse being open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import astuple, dataclass, fields
from datetime import datetime

import duckdb

from dq_pipeline.adapters.notify import Target, deliver
from dq_pipeline.adapters.quality import utc
from dq_pipeline.adapters.warehouse import table_exists
from dq_pipeline.domain.alerts import Alert, AlertPolicy, FailedCheck, FailedRun, check_alert, failure_alert, messages

_TABLES = {
    "quality.alerts": (
        "event_id varchar primary key, kind varchar, happened_at timestamp, run_id varchar, subject varchar, "
        "what varchar, severity varchar, rows bigint, source varchar, owner varchar, due_at timestamp, fix varchar, "
        "command varchar"
    ),
    "quality.alerts_sent": (
        "event_id varchar, target varchar, status varchar, attempts integer, tried_at timestamp, retry_at timestamp, "
        "primary key (event_id, target)"
    ),
}
_COLUMNS = ", ".join(field.name for field in fields(Alert))

# What a run did to issues that are still open; what a person did, that person knows.
_ISSUES = """
select 'issue:' || issue_id || ':' || events.number,
    case events.event when 'opened' then 'issue_opened' when 'breached' then 'issue_breached' else 'issue_reopened' end,
    events.happened_at, events.run_id, issues.rule_id, coalesce(rules.description, ''), issues.severity, issues.rows,
    issues.source, issues.owner, issues.due_at, coalesce(rules.fix, ''), 'dq-pipeline issues show ' || issue_id
from quality.issue_events as events
join quality.issues as issues using (issue_id)
left join quality.rules as rules on rules.rule_id = issues.rule_id
where events.event in ('opened', 'reopened', 'waiver_expired', 'breached') and events.author = ''
    and issues.status in ('open', 'acknowledged') and list_contains($severities, issues.severity)
    and (events.event = 'breached' or not list_contains($told_otherwise, issues.rule_id))
    and events.happened_at >= $since
"""

_LATE_SOURCES = """
select 'late:' || source || ':' || coalesce(max(snapshots.extracted_at)::varchar, 'never'), 'late_source', $now, $run,
    source, any_value(findings.problem), coalesce(any_value(rules.severity), ''), null, source,
    coalesce(any_value(rules.owner), ''), null, coalesce(any_value(rules.fix), ''), 'dq-pipeline status'
from raw.source_findings as findings
left join raw.snapshots as snapshots using (source)
left join quality.rules as rules on rules.rule_id = 'raw.source_findings.extract_fresh'
where findings.check_name = 'extract_fresh' and findings.problem <> ''
group by source
"""

# The run just published against the one published before it.
_SCORE_DROPS = """
with before as (
    select run_id from quality.publications where run_id <> $run order by published_at desc limit 1
)
select 'score:' || $run || ':' || now.scope_type || ':' || now.scope, 'score_drop', $now, $run,
    if(now.scope_type = 'overall', 'overall score', 'score of ' || now.scope),
    format('{:.2f} before, {:.2f} now', history.score, now.score)
        || if(history.rule_set_hash = now.rule_set_hash, '', '; the rules were changed in between'),
    '', null, if(now.scope_type = 'source', now.scope, ''), '', null,
    'the issues opened by the same run say which rules fail more than before', 'dq-pipeline issues list'
from quality.scores as now
join quality.score_history as history using (scope_type, scope)
join (select unnest($scope_types) as scope_type, unnest($limits) as points) as limits using (scope_type)
where now.run_id = $run and $run in (select run_id from quality.publications)
    and history.run_id = (select run_id from before)
    and history.score - now.score > limits.points
"""

# Night after night the same checks may block publishing: one message, until something is published or it is forgotten.
_ADD_FAILURE = f"""
insert or ignore into quality.alerts
select given.* from (values ({", ".join("?" for _ in fields(Alert))})) as given({_COLUMNS})
where given.kind <> 'publish_blocked' or not exists (
    from quality.alerts as told
    where told.kind = given.kind and told.what = given.what
        and told.happened_at between given.happened_at - ?::interval and given.happened_at
        and told.happened_at > coalesce(
            (select max(moment) from unnest(?::timestamp[]) as published(moment) where moment <= given.happened_at),
            '-infinity'::timestamp
        )
)
"""

_DUE = f"""
select {_COLUMNS} from quality.alerts
where ($owner = '' or owner = $owner) and happened_at >= $since and (
    event_id not in (select event_id from quality.alerts_sent)
    or event_id in (select event_id from quality.alerts_sent where target = $target and retry_at <= $now)
)
order by event_id
"""


@dataclass(frozen=True)
class Told:
    """What came of telling, counted in events: `sent` to every target that wanted them, `failed` at one or more,
    `not_configured` without any target."""

    sent: int = 0
    failed: int = 0
    not_configured: int = 0


def create_alert_tables(con: duckdb.DuckDBPyConnection) -> None:
    """Create quality.alerts and quality.alerts_sent, empty, where they are missing."""
    con.execute("create schema if not exists quality")
    for table, columns in _TABLES.items():
        con.execute(f"create table if not exists {table} ({columns})")


def tell(
    open_ledger: Callable[[], AbstractContextManager[duckdb.DuckDBPyConnection]],
    targets: Sequence[Target],
    policy: AlertPolicy,
    *,
    run_id: str,
    now: datetime,
    failures: Iterable[FailedRun] = (),
    checks: Iterable[FailedCheck] = (),
) -> Told:
    """Collect what there is to tell after the run, send it, and keep what came of it.

    `open_ledger` opens the warehouse for one transaction; it is closed while messages are on their way. A process
    killed in between sends the same again with the next run: rather twice than never.
    """
    now = utc(now)
    with open_ledger() as con:
        collect(con, policy, run_id=run_id, now=now, failures=failures, checks=checks)
        due = _due(con, targets, policy, now)
        untold = _mark_untold(con, targets, now)
    if not any(due.values()):
        return Told(not_configured=untold)
    batches = {target: messages(alerts, policy) for target, alerts in due.items() if alerts}
    arrived = deliver(batches, seconds=policy.seconds)
    outcomes = {
        target: {event: place < arrived[target] for place, message in enumerate(batch) for event in message.event_ids}
        for target, batch in batches.items()
    }
    with open_ledger() as con:
        for target, events in outcomes.items():
            _record(con, target, events, policy, now)
    everything = {event for events in outcomes.values() for event in events}
    failed = {event for events in outcomes.values() for event, ok in events.items() if not ok}
    return Told(len(everything - failed), len(failed), untold)


def collect(
    con: duckdb.DuckDBPyConnection,
    policy: AlertPolicy,
    *,
    run_id: str,
    now: datetime,
    failures: Iterable[FailedRun] = (),
    checks: Iterable[FailedCheck] = (),
) -> None:
    """Add to quality.alerts what is not there yet."""
    create_alert_tables(con)
    given = {"run": run_id, "now": now}
    for query, reads, values in (
        (
            _ISSUES,
            ("quality.issue_events", "quality.issues", "quality.rules"),
            {
                **{"severities": list(policy.severities), "told_otherwise": list(policy.told_otherwise)},
                "since": now - policy.forget_after,
            },
        ),
        (_LATE_SOURCES, ("raw.source_findings", "raw.snapshots", "quality.rules"), given),
        (
            _SCORE_DROPS,
            ("quality.scores", "quality.score_history", "quality.publications"),
            given | {"scope_types": list(policy.score_drop), "limits": list(policy.score_drop.values())},
        ),
    ):
        if all(table_exists(con, *table.split(".")) for table in reads):
            con.execute(f"insert or ignore into quality.alerts {query}", values)
    published = []
    if table_exists(con, "quality", "publications"):
        published = [moment for (moment,) in con.execute("select published_at from quality.publications").fetchall()]
    # The oldest first: of runs blocked by the same checks the first is the one to tell of.
    failed = sorted(failures, key=lambda failure: failure.ended_at)
    for alert in (*map(failure_alert, failed), *map(check_alert, checks)):
        con.execute(_ADD_FAILURE, [*astuple(alert), policy.forget_after, published])


def _due(
    con: duckdb.DuckDBPyConnection, targets: Sequence[Target], policy: AlertPolicy, now: datetime
) -> dict[Target, list[Alert]]:
    """By target, what nobody was told yet, and what this target is to be asked again."""
    found = {}
    for target in targets:
        wanted = {"owner": target.owner, "target": target.name, "now": now, "since": now - policy.forget_after}
        found[target] = [Alert(*row) for row in con.execute(_DUE, wanted).fetchall()]
    return found


def _mark_untold(con: duckdb.DuckDBPyConnection, targets: Sequence[Target], now: datetime) -> int:
    """Note what no target wants, so that nobody who is added later is told old news; how many there are."""
    everybody = any(not target.owner for target in targets)
    return len(
        con.execute(
            "insert into quality.alerts_sent select event_id, '', 'not_configured', 0, $now, null from quality.alerts "
            "where not $everybody and not list_contains($owners::varchar[], owner) "
            "and event_id not in (select event_id from quality.alerts_sent) returning event_id",
            {"now": now, "everybody": everybody, "owners": [target.owner for target in targets]},
        ).fetchall()
    )


def _record(
    con: duckdb.DuckDBPyConnection, target: Target, events: Mapping[str, bool], policy: AlertPolicy, now: datetime
) -> None:
    before = dict(
        con.execute("select event_id, attempts from quality.alerts_sent where target = ?", [target.name]).fetchall()
    )
    rows = []
    for event, arrived in events.items():
        attempts = before.get(event, 0) + 1
        retry_at = None if arrived else policy.retry_at(attempts, now)
        status = "sent" if arrived else "failed" if retry_at else "given_up"
        rows.append((event, target.name, status, attempts, now, retry_at))
    con.executemany("insert or replace into quality.alerts_sent values (?, ?, ?, ?, ?, ?)", rows)
