"""What an owner is told once a week: which findings are theirs, what is overdue, and how long corrections took.

Rules, sources and counts; never a record, never a value.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from dq_pipeline.domain.alerts import Message
from dq_pipeline.domain.rules import SEVERITIES

WEEK = timedelta(days=7)


@dataclass(frozen=True)
class OpenIssue:
    """One finding that somebody should see to.

    `source` is empty where it is about no single one, `asks` the rule in a sentence, `assignee` empty for nobody.
    """

    issue_id: str
    rule_id: str
    severity: str
    source: str
    owner: str
    rows: int
    due_at: datetime
    opened_at: datetime
    asks: str = ""
    assignee: str = ""


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
    ordered = sorted(issues, key=lambda issue: (issue.due_at, _rank(issue), issue.issue_id))
    late = [issue for issue in ordered if issue.due_at < now]
    soon = [issue for issue in ordered if now <= issue.due_at < now + WEEK]
    rest = [issue for issue in ordered if issue.due_at >= now + WEEK]
    new = sum(issue.opened_at > now - WEEK for issue in ordered)
    body = [
        *_part("Overdue", late, now, lines),
        *_part("Due within a week", soon, now, lines),
        *_part("Due later", rest, now, lines),
        f"New in the last week: {new}. {_corrected(done)}",
        f"All of it: dq-pipeline issues list{f' --owner {owner}' if owner else ''}",
        "One of them, with its rows and how to mend it: dq-pipeline issues show ID",
    ]
    title = f"Data quality, {owner or 'nobody'}: {len(issues)} open, {len(late)} overdue"
    return Message(title, "\n".join(body), (f"digest:{now:%G-W%V}:{owner}",))


def _part(heading: str, issues: Sequence[OpenIssue], now: datetime, lines: int) -> Iterator[str]:
    """The issues of a part, the soonest due first; those of one rule in several sources in one line."""
    yield f"{heading}: {len(issues) or 'none'}"
    rules: dict[tuple[object, ...], list[OpenIssue]] = {}
    for issue in issues:
        rules.setdefault((issue.rule_id, issue.severity, issue.due_at.date(), issue.assignee), []).append(issue)
    ordered = sorted(rules.values(), key=lambda same: (same[0].due_at.date(), _rank(same[0]), -_rows(same)))
    yield from (f"- {_line(same, now)}" for same in ordered[:lines])
    left = sum(len(same) for same in ordered[lines:])
    if left:
        yield f"and {left} more"


def _line(same: Sequence[OpenIssue], now: datetime) -> str:
    """What the issues of one rule have in common, and the rows of each source, most first."""
    first, rows = same[0], _rows(same)
    places = sorted(
        ((issue.rows, issue.source) for issue in same if issue.source), key=lambda place: (-place[0], place)
    )
    where = f" ({', '.join(f'{source} {count:,}' for count, source in places)})" if places else ""
    days = abs((first.due_at.date() - now.date()).days)
    due = f"{_counted(days, 'day')} overdue" if first.due_at < now else f"due {first.due_at:%Y-%m-%d}"
    works = f", {first.assignee} works on it" if first.assignee else ""
    asks = first.asks.rstrip(".") or first.rule_id
    names = ", ".join(sorted(issue.issue_id for issue in same))
    fails = f"{_counted(rows, 'row')}{where} {'fails' if rows == 1 else 'fail'}"
    return f"{asks}: {fails}. {first.severity.capitalize()}, {due}{works} [{names}]"


def _rank(issue: OpenIssue) -> int:
    return SEVERITIES.index(issue.severity)


def _rows(issues: Sequence[OpenIssue]) -> int:
    return sum(issue.rows for issue in issues)


def _corrected(done: Corrections | None) -> str:
    if done is None:
        return "Corrected so far: none."
    days = None if done.median_hours is None else math.ceil(done.median_hours / 24)
    took = "" if days is None else f", half of them within {_counted(days, 'day')}"
    return f"Corrected: {done.last_week} in the last week, {done.corrected} in all{took}."


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
