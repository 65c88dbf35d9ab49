"""What people are told without asking: the events worth a message, and how messages are worded and bundled.

A message names rules, sources, owners and counts; never a record and never a value.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Literal, get_args

from dq_pipeline.domain.rules import Severity

# In the order in which they are told.
AlertKind = Literal[
    "run_failed",
    "publish_blocked",
    "check_failed",
    "late_source",
    "issue_breached",
    "score_drop",
    "issue_reopened",
    "issue_opened",
]
KINDS: tuple[AlertKind, ...] = get_args(AlertKind)

# Kind -> how one is headed, how many are, and what shows them all.
_WORDS: Mapping[AlertKind, tuple[str, str, str]] = {
    "run_failed": ("Run failed", "runs failed", "dq-pipeline ui"),
    "publish_blocked": ("Not published", "runs were not published", "dq-pipeline ui"),
    "check_failed": ("Check failed", "checks failed", "dq-pipeline ui"),
    "late_source": ("Source is late", "sources are late", "dq-pipeline status"),
    "issue_breached": ("Issue overdue", "issues are overdue", "dq-pipeline issues list --late"),
    "score_drop": ("Score dropped", "scores dropped", "dq-pipeline status"),
    "issue_reopened": ("Issue reopened", "issues were reopened", "dq-pipeline issues list"),
    "issue_opened": ("Issue opened", "issues were opened", "dq-pipeline issues list"),
}


@dataclass(frozen=True)
class Alert:
    """One event worth telling, once: `event_id` names it. `subject` is what it is about: a rule, a source, a run."""

    event_id: str
    kind: AlertKind
    happened_at: datetime
    run_id: str
    subject: str
    what: str
    severity: str = ""
    rows: int | None = None
    source: str = ""
    owner: str = ""
    due_at: datetime | None = None
    fix: str = ""
    command: str = ""


@dataclass(frozen=True)
class FailedRun:
    """A run that ended without publishing. `checks`: the blocking checks that failed (`table check`), if that was why;
    `steps`: the steps that raised an error, and `error`, of which class."""

    run_id: str
    ended_at: datetime
    checks: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    error: str = ""


@dataclass(frozen=True)
class FailedCheck:
    """A check of severity ERROR that failed and neither holds a run back nor is a rule, whose issue is told instead.

    `since_run`: the run in which it began to fail; it has failed in every run since.
    """

    table: str
    check: str
    run_id: str
    failed_at: datetime
    since_run: str
    owner: str = ""


@dataclass(frozen=True)
class AlertPolicy:
    """`severities`: of rules whose issues are told. `told_otherwise`: rules whose findings have an alert of their own.

    `score_drop`: points by kind of scope beyond which a fall is told. More than `bundle_beyond` alerts of one kind
    become one message with at most `lines` of them. `seconds`: how long sending may take, all in all;
    `digest_seconds`: the weekly digests, for which no run waits.

    A target that fails is tried `attempts` times in all, at the first run that is `wait` later, then twice as long each
    time. What is older than `forget_after` is not told any more.
    """

    severities: tuple[Severity, ...]
    told_otherwise: tuple[str, ...]
    score_drop: Mapping[str, float]
    bundle_beyond: int
    lines: int
    seconds: float
    attempts: int
    wait: timedelta
    forget_after: timedelta
    digest_seconds: float = 60.0

    def retry_at(self, attempts: int, now: datetime) -> datetime | None:
        """When to try again after so many attempts; None: no more."""
        return None if attempts >= self.attempts else now + self.wait * 2 ** (attempts - 1)


@dataclass(frozen=True)
class Message:
    """A message in plain text, and the events it tells."""

    title: str
    body: str
    event_ids: tuple[str, ...]


def failure_alert(run: FailedRun) -> Alert:
    """What is told about a run that did not publish."""
    kept = "readers keep the version published before"
    if run.checks:
        rule = run.checks[0].rpartition(" ")[2].replace("__", ".")
        kind: AlertKind = "publish_blocked"
        what = f"blocking checks failed: {', '.join(run.checks)}; {kept}"
        fix = "mend what the checks found, or accept it: `dq-pipeline run --accept CHECK --reason TEXT`"
        command = f"dq-pipeline failing {rule}" if "." in rule else "dq-pipeline ui"
    else:
        kind = "run_failed"
        where = f"{', '.join(run.steps)} raised {run.error or 'an error'}" if run.steps else "it ended without a word"
        what = f"{where}; {kept}"
        fix, command = "the run can be started again safely; its log says more", "dq-pipeline ui"
    subject = f"run {run.run_id[:8]}"
    return Alert(f"{kind}:{run.run_id}", kind, run.ended_at, run.run_id, subject, what, fix=fix, command=command)


def check_alert(check: FailedCheck) -> Alert:
    """What is told about a check when it begins to fail; the later runs in which it still fails are the same event."""
    schema, _, name = check.table.partition(".")
    return Alert(
        f"check_failed:{check.table}.{check.check}:{check.since_run}",
        "check_failed",
        check.failed_at,
        check.run_id,
        f"{check.table} {check.check}",
        "the check failed; the rest of the run went on without it",
        severity="critical",
        source=name if schema == "raw" else "",
        owner=check.owner,
        fix="the page of the table in Dagster says what the check found",
        command="dq-pipeline ui",
    )


def is_rule(check: str) -> bool:
    """Whether the check is a rule of a suite: such a name is the rule's id, `__` for its dots."""
    return "__" in check


def messages(alerts: Iterable[Alert], policy: AlertPolicy) -> list[Message]:
    """The alerts as messages, the gravest kinds first; many of one kind are one message."""
    ordered = sorted(alerts, key=lambda a: (KINDS.index(a.kind), -(a.rows or 0), a.event_id))
    found = []
    for kind, group in groupby(ordered, key=lambda alert: alert.kind):
        alike = list(group)
        if len(alike) > policy.bundle_beyond:
            found.append(_bundle(kind, alike, policy.lines))
        else:
            found += [_single(alert) for alert in alike]
    return found


def _single(alert: Alert) -> Message:
    facts = (
        ("What", alert.what),
        ("Rows", "" if alert.rows is None else f"{alert.rows:,}"),
        ("Severity", alert.severity),
        ("Source", alert.source),
        ("Owner", alert.owner),
        ("Due", f"{alert.due_at:%Y-%m-%d}" if alert.due_at else ""),
        ("Fix", alert.fix),
        ("Next", alert.command),
    )
    body = "\n".join(f"{name}: {text}" for name, text in facts if text)
    return Message(f"{_WORDS[alert.kind][0]}: {_subject(alert)}", body, (alert.event_id,))


def _bundle(kind: AlertKind, alerts: Sequence[Alert], lines: int) -> Message:
    _, many, command = _WORDS[kind]
    told = [f"- {_line(alert)}" for alert in alerts[:lines]]
    if len(alerts) > lines:
        told.append(f"and {len(alerts) - lines} more")
    body = "\n".join([*told, f"Next: {command}"])
    return Message(f"{len(alerts)} {many}", body, tuple(alert.event_id for alert in alerts))


def _line(alert: Alert) -> str:
    facts = (
        alert.what if alert.rows is None else f"{alert.rows:,} rows",
        alert.severity,
        alert.owner,
        f"due {alert.due_at:%Y-%m-%d}" if alert.due_at else "",
    )
    return f"{_subject(alert)}: {', '.join(fact for fact in facts if fact)}"


def _subject(alert: Alert) -> str:
    return f"{alert.subject} ({alert.source})" if alert.source and alert.source != alert.subject else alert.subject
