"""The life of an issue: what may happen to it, what a run makes happen, and what a person may say.

An issue is one rule failing in one source, answered for by one owner. It is opened once and keeps its id for life: a
rule that fails again reopens it. From an opening to the end that follows is an episode, with a due date of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from dq_pipeline.domain.rules import Severity

Status = Literal["open", "acknowledged", "resolved", "waived", "closed"]
EventKind = Literal[
    "opened", "acknowledged", "assigned", "breached", "resolved", "reopened", "closed", "waived", "waiver_expired"
]

# What may follow what: the statuses an event can meet (None: there is no issue yet), and the status it leads to (None:
# the same as before).
TURNS: Mapping[EventKind, tuple[tuple[Status | None, ...], Status | None]] = {
    "opened": ((None,), "open"),
    "acknowledged": (("open",), "acknowledged"),
    "assigned": (("open", "acknowledged", "waived"), None),
    "breached": (("open", "acknowledged"), None),
    "resolved": (("open", "acknowledged", "waived"), "resolved"),
    "reopened": (("resolved", "closed", "waived"), "open"),
    "closed": (("open", "acknowledged", "waived"), "closed"),
    "waived": (("open", "acknowledged", "waived"), "waived"),
    "waiver_expired": (("waived",), "open"),
}
# Events that begin an episode, and those that end one.
OPENINGS: tuple[EventKind, ...] = ("opened", "reopened", "waiver_expired")
ENDINGS: tuple[EventKind, ...] = ("resolved", "closed")
ACTIVE: tuple[Status, ...] = ("open", "acknowledged")


@dataclass(frozen=True)
class ClosingReason:
    """Why a person may close an issue whose rule may still fail.

    It holds for `days` where no date is given, 0 says that one must be given, and never for more than `longest_days`;
    if the rule still fails then, the issue is reopened.
    """

    code: str
    meaning: str
    days: int
    longest_days: int


@dataclass(frozen=True)
class IssuePolicy:
    """`sla_days`: calendar days from an opening until the issue is due, by severity of the rule."""

    sla_days: Mapping[Severity, int]
    closing_reasons: tuple[ClosingReason, ...]
    longest_waiver_days: int

    def due_at(self, severity: Severity, opened_at: datetime) -> datetime:
        """When an issue opened then is due."""
        return opened_at + timedelta(days=self.sla_days[severity])


@dataclass(frozen=True)
class Finding:
    """What a run says about one rule in one source: `rows` fail it, 0 where it passes.

    `gone`: why the rule cannot say anything any more, '' where it can.
    """

    rule_id: str
    source: str
    owner: str
    severity: Severity
    rows: int
    gone: Literal["", "rule_removed", "owner_changed"] = ""


@dataclass(frozen=True)
class IssueState:
    """An issue as far as the next event depends on it; `expires_on` is the last day a waiver or closing holds."""

    issue_id: str
    status: Status
    due_at: datetime
    breached: bool = False
    expires_on: date | None = None


@dataclass(frozen=True)
class RunEvent:
    """What a run makes happen to an issue; an opening has a due date."""

    event: EventKind
    reason: str = ""
    due_at: datetime | None = None


@dataclass(frozen=True)
class Word:
    """What a person says about an issue; `reason` and `duplicate_of` belong to a closing, `assignee` to `assigned`."""

    event: Literal["acknowledged", "assigned", "closed", "waived", "reopened"]
    author: str
    comment: str = ""
    assignee: str = ""
    reason: str = ""
    duplicate_of: str = ""
    expires_on: date | None = None


def status_after(event: EventKind, status: Status | None) -> Status:
    """The status an event leads to. Raises ValueError where it may not follow `status` (None: there is no issue)."""
    allowed, after = TURNS[event]
    if status not in allowed:
        raise ValueError(f"{event} cannot follow {status or 'nothing'}")
    found = after or status
    assert found
    return found


def run_events(
    issue: IssueState | None, finding: Finding, *, now: datetime, policy: IssuePolicy
) -> tuple[RunEvent, ...]:
    """What a run makes happen, in order. Asked again about what it led to, the same run makes nothing happen.

    A breach comes first: an issue resolved by a run after it was due was late.
    """
    breached = issue and issue.status in ACTIVE and not issue.breached and issue.due_at < now
    turned = _turn(issue, finding, now, policy)
    return ((RunEvent("breached"),) if breached else ()) + ((turned,) if turned else ())


def _turn(issue: IssueState | None, finding: Finding, now: datetime, policy: IssuePolicy) -> RunEvent | None:
    fails = finding.rows > 0 and not finding.gone
    if not fails:
        return _ended(issue, finding, now)
    due_at = policy.due_at(finding.severity, now)
    if issue is None:
        return RunEvent("opened", due_at=due_at)
    if issue.status == "resolved":
        return RunEvent("reopened", "fails_again", due_at)
    if issue.status in ("waived", "closed") and _expired(issue, now):
        return RunEvent("waiver_expired" if issue.status == "waived" else "reopened", "still_fails", due_at)
    return None


def _ended(issue: IssueState | None, finding: Finding, now: datetime) -> RunEvent | None:
    """A waiver outlives a night without failures: what a person said holds until its date. Closed is over already."""
    if issue is None:
        return None
    over = issue.status in ACTIVE or (issue.status == "waived" and (bool(finding.gone) or _expired(issue, now)))
    return RunEvent("resolved", finding.gone or "passes") if over else None


def _expired(issue: IssueState, now: datetime) -> bool:
    return issue.expires_on is not None and issue.expires_on < now.date()


def expiry(word: Word, policy: IssuePolicy, today: date) -> date | None:
    """The last day the word holds: the date given, else that of its closing reason; None for words without an end."""
    if word.expires_on or word.event != "closed":
        return word.expires_on
    reason = _reason(word, policy)
    return today + timedelta(days=reason.days) if reason and reason.days else None


def word_problems(word: Word, policy: IssuePolicy, today: date) -> list[str]:
    """Everything that is wrong with the word by itself, as sentences."""
    problems = [] if word.author.strip() else ["the author is empty"]
    if word.event in ("closed", "waived", "reopened") and not word.comment.strip():
        problems.append("it is not said why")
    if word.event not in ("closed", "waived"):
        return problems
    reason = _reason(word, policy)
    if word.event == "closed" and reason is None:
        return [*problems, f"{word.reason!r} is none of {', '.join(r.code for r in policy.closing_reasons)}"]
    if word.event == "closed" and (word.reason == "duplicate_of") != bool(word.duplicate_of):
        problems.append("the closing reason duplicate_of, and no other, names the issue it duplicates")
    longest = reason.longest_days if reason else policy.longest_waiver_days
    return problems + _date_problems(expiry(word, policy, today), today, longest)


def _date_problems(expires_on: date | None, today: date, longest: int) -> list[str]:
    if expires_on is None:
        return ["the last day it holds is missing"]
    if expires_on < today:
        return [f"{expires_on} is past"]
    latest = today + timedelta(days=longest)
    return [f"{expires_on} is too far off: {latest} at the latest"] if expires_on > latest else []


def _reason(word: Word, policy: IssuePolicy) -> ClosingReason | None:
    return next((reason for reason in policy.closing_reasons if reason.code == word.reason), None)
