"""What an owner is told once a week: which findings are theirs, which are late, and how long corrections took.

Rules, sources and counts; never a record, never a value.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from dq_pipeline.domain.alerts import Message
from dq_pipeline.domain.rules import SEVERITIES

WEEK = timedelta(days=7)


@dataclass(frozen=True)
class OpenIssue:
    """One finding that somebody should see to; `source` is empty where it is about no single one."""

    issue_id: str
    rule_id: str
    severity: str
    source: str
    owner: str
    rows: int
    due_at: datetime


@dataclass(frozen=True)
class Corrections:
    """What an owner's findings took: how many were corrected in all and in the last week, median hours (None: none)."""

    owner: str
    corrected: int
    last_week: int
    median_hours: float | None


def digests(
    issues: Iterable[OpenIssue], corrections: Iterable[Corrections], *, now: datetime, lines: int
) -> dict[str, Message]:
    """Owner -> message, for every owner with something open, or corrected in the last week. At most `lines` a part."""
    by_owner: dict[str, list[OpenIssue]] = {}
    for issue in issues:
        by_owner.setdefault(issue.owner, []).append(issue)
    done = {each.owner: each for each in corrections}
    owners = {*by_owner, *(owner for owner, each in done.items() if each.last_week)}
    return {owner: _message(owner, by_owner.get(owner, []), done.get(owner), now, lines) for owner in sorted(owners)}


def _message(owner: str, issues: Sequence[OpenIssue], done: Corrections | None, now: datetime, lines: int) -> Message:
    ordered = sorted(issues, key=lambda issue: (issue.due_at, SEVERITIES.index(issue.severity), issue.issue_id))
    late = [issue for issue in ordered if issue.due_at < now]
    rest = [issue for issue in ordered if issue.due_at >= now]
    soon = sum(issue.due_at < now + WEEK for issue in rest)
    body = [
        *_part(f"Late: {len(late)}", late, lines),
        *_part(f"Not late: {len(rest)}, of which {soon} due within a week", rest, lines),
        *([f"Corrected: {done.last_week} in the last week, {done.corrected} in all{_took(done)}"] if done else []),
        f"Next: dq-pipeline issues list --owner {owner}" if owner else "Next: dq-pipeline issues list",
    ]
    title = f"Data quality, {owner or 'nobody'}: {len(issues)} open, {len(late)} late"
    return Message(title, "\n".join(body), (f"digest:{now:%G-W%V}:{owner}",))


def _part(heading: str, issues: Sequence[OpenIssue], lines: int) -> Iterator[str]:
    """The issues of a part, by source."""
    yield heading
    shown = issues[:lines]
    for source, group in groupby(sorted(shown, key=lambda issue: issue.source), key=lambda issue: issue.source):
        yield from (
            f"- {source or 'all sources'}: {issue.issue_id} {issue.rule_id}, {issue.severity}, {issue.rows:,} rows, "
            f"due {issue.due_at:%Y-%m-%d}"
            for issue in group
        )
    if len(issues) > lines:
        yield f"and {len(issues) - lines} more"


def _took(done: Corrections) -> str:
    return "" if done.median_hours is None else f"; half of them within {done.median_hours:,.0f} hours"
