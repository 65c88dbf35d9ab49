"""The life of an issue, one step at a time: what a run makes happen, and what a person may say."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from dq_pipeline.domain.issues import (
    TURNS,
    EventKind,
    Finding,
    IssueState,
    RunEvent,
    Status,
    Word,
    expiry,
    run_events,
    status_after,
    word_problems,
)
from dq_pipeline.policies.issues import ISSUE_POLICY as POLICY

NOW = datetime(2026, 11, 20, 2)
TODAY = NOW.date()
DUE = NOW + timedelta(days=3)
FAILS = Finding("email.valid", "crm", "sales", "critical", 7)
PASSES = Finding("email.valid", "crm", "sales", "critical", 0)
REMOVED = Finding("email.valid", "crm", "sales", "critical", 0, "rule_removed")


def issue(status: Status, *, due_at: datetime = DUE, breached: bool = False, until: date | None = None) -> IssueState:
    return IssueState("I000001", status, due_at, breached, until)


def happens(state: IssueState | None, finding: Finding) -> list[tuple[str, str]]:
    return [(event.event, event.reason) for event in run_events(state, finding, now=NOW, policy=POLICY)]


def test_a_failing_rule_opens_an_issue_due_by_the_severity_of_the_rule() -> None:
    assert run_events(None, FAILS, now=NOW, policy=POLICY) == (RunEvent("opened", "", NOW + timedelta(days=3)),)
    warning = Finding("r", "crm", "sales", "warning", 1)
    assert run_events(None, warning, now=NOW, policy=POLICY)[0].due_at == NOW + timedelta(days=14)
    assert happens(None, PASSES) == []


def test_an_open_issue_waits_until_its_rule_passes_or_is_gone() -> None:
    for status in ("open", "acknowledged"):
        assert happens(issue(status), FAILS) == []
        assert happens(issue(status), PASSES) == [("resolved", "passes")]
        assert happens(issue(status), REMOVED) == [("resolved", "rule_removed")]
    assert happens(issue("resolved"), PASSES) == []
    assert happens(issue("resolved"), FAILS) == [("reopened", "fails_again")]


def test_an_issue_is_breached_once_and_before_it_is_resolved() -> None:
    late = NOW - timedelta(seconds=1)
    assert happens(issue("open", due_at=late), FAILS) == [("breached", "")]
    assert happens(issue("open", due_at=NOW), FAILS) == []
    assert happens(issue("open", due_at=late, breached=True), FAILS) == []
    assert happens(issue("acknowledged", due_at=late), PASSES) == [("breached", ""), ("resolved", "passes")]
    for status in ("resolved", "waived", "closed"):
        assert ("breached", "") not in happens(issue(status, due_at=late, until=TODAY), FAILS)


def test_a_persons_word_holds_to_the_end_of_its_last_day() -> None:
    yesterday = TODAY - timedelta(days=1)
    for finding in (FAILS, PASSES):
        assert happens(issue("waived", until=TODAY), finding) == []
        assert happens(issue("closed", until=TODAY), finding) == []
    assert happens(issue("waived", until=yesterday), FAILS) == [("waiver_expired", "still_fails")]
    assert happens(issue("waived", until=yesterday), PASSES) == [("resolved", "passes")]
    assert happens(issue("closed", until=yesterday), FAILS) == [("reopened", "still_fails")]
    assert happens(issue("closed", until=yesterday), PASSES) == []
    assert happens(issue("waived", until=TODAY), REMOVED) == [("resolved", "rule_removed")]
    assert happens(issue("closed", until=yesterday), REMOVED) == []


def test_what_may_follow_what() -> None:
    statuses: tuple[Status | None, ...] = (None, "open", "acknowledged", "resolved", "waived", "closed")
    allowed: set[tuple[EventKind, Status | None]] = set()
    for event in TURNS:
        for status in statuses:
            try:
                assert status_after(event, status)
                allowed.add((event, status))
            except ValueError as error:
                assert str(error) == f"{event} cannot follow {status or 'nothing'}"
    assert {status for event, status in allowed if event == "opened"} == {None}
    assert {event for event, status in allowed if status is None} == {"opened"}
    assert {event for event, status in allowed if status == "resolved"} == {"reopened"}
    assert {event for event, status in allowed if status == "closed"} == {"reopened"}
    assert len(allowed) == 20
    assert status_after("assigned", "acknowledged") == "acknowledged"


@pytest.mark.parametrize(
    ("word", "problems"),
    [
        (Word("acknowledged", "Eve"), []),
        (Word("assigned", "Eve", assignee="Tom"), []),
        (Word("reopened", "Eve", "too early"), []),
        (Word("waived", "Eve", "new form in March", expires_on=date(2026, 12, 31)), []),
        (Word("closed", "Eve", "mended", reason="fixed_at_source"), []),
        (Word("closed", "Eve", "as I000002", reason="duplicate_of", duplicate_of="I000002"), []),
        (Word("acknowledged", " "), ["the author is empty"]),
        (Word("reopened", "", " "), ["the author is empty", "it is not said why"]),
        (Word("waived", "Eve", "later"), ["the last day it holds is missing"]),
        (Word("waived", "Eve", "later", expires_on=date(2026, 11, 19)), ["2026-11-19 is past"]),
        (
            Word("waived", "Eve", "later", expires_on=date(2028, 1, 1)),
            ["2028-01-01 is too far off: 2027-05-19 at the latest"],
        ),
        (Word("closed", "Eve", "ok", reason="accepted"), ["the last day it holds is missing"]),
        (
            Word("closed", "Eve", "ok", reason="fixed_at_source", expires_on=date(2027, 1, 1)),
            ["2027-01-01 is too far off: 2026-12-20 at the latest"],
        ),
        (
            Word("closed", "Eve", "ok", reason="false_positive", duplicate_of="I000002"),
            ["the closing reason duplicate_of, and no other, names the issue it duplicates"],
        ),
        (
            Word("closed", "Eve", "ok", reason="lazy"),
            ["'lazy' is none of fixed_at_source, false_positive, duplicate_of, source_retired, accepted"],
        ),
    ],
)
def test_what_a_person_says_is_complete_and_within_limits(word: Word, problems: list[str]) -> None:
    assert word_problems(word, POLICY, TODAY) == problems


def test_every_closing_has_an_end() -> None:
    for reason in POLICY.closing_reasons:
        assert 0 <= reason.days <= reason.longest_days <= 365
        given = Word("closed", "Eve", "ok", reason=reason.code, expires_on=TODAY)
        assert expiry(given, POLICY, TODAY) == TODAY
        by_itself = expiry(Word("closed", "Eve", "ok", reason=reason.code), POLICY, TODAY)
        assert by_itself == (TODAY + timedelta(days=reason.days) if reason.days else None)
    assert expiry(Word("acknowledged", "Eve"), POLICY, TODAY) is None
