"""`dq-pipeline issues`: what is wrong, who mends it and by when, and what people have said about it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, get_args

import click

from dq_pipeline.cli.console import number, printable, say
from dq_pipeline.cli.steward import author_and_reason, author_option, note, open_ledger, read_warehouse
from dq_pipeline.clock import utc_now
from dq_pipeline.domain.issues import ACTIVE, Status, Word
from dq_pipeline.domain.rules import SEVERITIES
from dq_pipeline.policies.issues import ISSUE_POLICY

if TYPE_CHECKING:
    from dq_pipeline.adapters.issue_desk import Issue, IssueEvent

_SHOWN_RUNS = 10
# Words that let a failing rule be: who takes an issue over is in the ledger of issues.
_AUDITED = ("closed", "waived", "reopened")

_DAY = click.DateTime(formats=["%Y-%m-%d"])
_ISSUES = click.argument("issue_ids", metavar="ISSUE...", nargs=-1, required=True)
_REASON_CODES = [reason.code for reason in ISSUE_POLICY.closing_reasons]


@click.group()
def issues() -> None:
    """Show the issue ledger, take an issue over, close it, or let it wait."""


@issues.command("list")
@click.option("--owner", default="", help="Only issues of this owner, for example privacy.")
@click.option("--severity", type=click.Choice(SEVERITIES), help="Only issues of this severity.")
@click.option("--source", default="", help="Only issues of this source system, for example hubspot.")
@click.option("--status", type=click.Choice([*get_args(Status), "all"]), help="Default: open and acknowledged ones.")
@click.option("--late", is_flag=True, help="Only issues that should be over by now.")
def list_issues(owner: str, severity: str | None, source: str, status: str | None, late: bool) -> int:
    """List issues, the worst and soonest due first."""
    from dq_pipeline.adapters.issue_desk import IssueFilter
    from dq_pipeline.adapters.issue_desk import list_issues as find

    statuses = () if status == "all" else (status,) if status else ACTIVE
    now = utc_now()
    with read_warehouse() as con:
        found = find(con, IssueFilter(statuses, owner, severity or "", source, late), as_of=now)
    past_due = sum(issue.late(now) for issue in found)
    say(f"{number(len(found))} issue{'' if len(found) == 1 else 's'}, {number(past_due)} late")
    for issue in found:
        say(_line(issue, now))
    return 0


@issues.command()
@click.argument("issue_id", metavar="ISSUE")
@click.option(
    "--keys", type=click.IntRange(min=0), default=20, show_default=True, help="How many failing keys to show."
)
def show(issue_id: str, keys: int) -> int:
    """Show one issue: its rule, why it matters, how to fix it, which records, and what happened so far."""
    from dq_pipeline.adapters.issue_desk import show_issue

    with read_warehouse() as con:
        file = show_issue(con, issue_id, keys=keys)
    issue = file.issue
    say(_line(issue, utc_now()))
    for title, text in (
        ("Rule", file.description),
        ("Why", file.why),
        ("Fix", file.fix),
        ("Owner", issue.owner + (f", assigned to {issue.assignee}" if issue.assignee else "")),
        ("Costs", "" if issue.points is None else f"{issue.points:.2f} points of the overall score"),
    ):
        if text:
            say(f"{title + ':':<7} {printable(text)}")
    say("Rows:   " + ", ".join(f"{at:%Y-%m-%d} {number(rows)}" for at, rows in file.rows_by_run[-_SHOWN_RUNS:]))
    for key in file.failing_keys:
        say(f"  {printable(key)}")
    if 0 < len(file.failing_keys) < issue.rows:
        source = f" --source {issue.source}" if issue.source else ""
        say(f"  `dq-pipeline failing {issue.rule_id}{source}` lists them all")
    for event in file.events:
        say(_told(event))
    return 0


@issues.command()
@_ISSUES
@author_option
@click.option("--comment", default="", help="What else there is to say.")
def ack(issue_ids: tuple[str, ...], author: str, comment: str) -> int:
    """Acknowledge: somebody has seen it and works on it."""
    return _say_word(issue_ids, Word("acknowledged", author, comment), "acknowledged")


@issues.command()
@_ISSUES
@click.option("--to", "assignee", required=True, help="Who is to mend it; '' for nobody.")
@author_option
@click.option("--comment", default="", help="What else there is to say.")
def assign(issue_ids: tuple[str, ...], assignee: str, author: str, comment: str) -> int:
    """Say who is to mend it. The owner of the rule keeps answering for it."""
    told = f"assigned to {printable(assignee)}" if assignee.strip() else "assigned to nobody"
    return _say_word(issue_ids, Word("assigned", author, comment, assignee=assignee.strip()), told)


@issues.command()
@_ISSUES
@click.option("--because", type=click.Choice(_REASON_CODES), required=True, help="Why it may be closed.")
@click.option("--of", "duplicate_of", default="", metavar="ISSUE", help="With duplicate_of: the issue it duplicates.")
@click.option("--until", type=_DAY, help="The last day it stays closed if the rule still fails.")
@author_and_reason
def close(
    issue_ids: tuple[str, ...], because: str, duplicate_of: str, until: datetime | None, author: str, reason: str
) -> int:
    """Close by hand. If the rule still fails after the date, the issue is reopened."""
    word = Word(
        "closed", author, reason, reason=because, duplicate_of=duplicate_of, expires_on=until.date() if until else None
    )
    return _say_word(issue_ids, word, f"closed as {because}")


@issues.command()
@_ISSUES
@click.option("--until", type=_DAY, required=True, help="The last day it may wait.")
@author_and_reason
def waive(issue_ids: tuple[str, ...], until: datetime, author: str, reason: str) -> int:
    """Let it wait until a date: it is not due before, and stays visible with the points it costs."""
    return _say_word(
        issue_ids, Word("waived", author, reason, expires_on=until.date()), f"waived until {until:%Y-%m-%d}"
    )


@issues.command()
@_ISSUES
@author_and_reason
def reopen(issue_ids: tuple[str, ...], author: str, reason: str) -> int:
    """Take back a closing or a waiver."""
    return _say_word(issue_ids, Word("reopened", author, reason), "reopened")


def _say_word(issue_ids: tuple[str, ...], word: Word, told: str) -> int:
    from dq_pipeline.adapters.issue_desk import say_word

    with open_ledger() as con:
        say_word(con, issue_ids, word, ISSUE_POLICY, now=utc_now())
        if word.event in _AUDITED:
            about = ", ".join(dict.fromkeys(issue_ids))
            until = word.expires_on.isoformat() if word.expires_on else ""
            note(con, f"issue_{word.event}", subject=about, reason=word.comment, author=word.author, until=until)
    say(f"{', '.join(dict.fromkeys(issue_ids))} {told}.")
    return 0


def _line(issue: Issue, now: datetime) -> str:
    """One issue in one line; an empty source means that the rule is about no single one."""
    state: str = issue.status
    if issue.status in ("waived", "closed"):
        reason = f" as {issue.closing_reason}" if issue.closing_reason else ""
        state += f"{reason} until {issue.expires_on} by {printable(issue.decided_by)}"
    elif issue.status in ACTIVE:
        state += f", {'LATE since' if issue.late(now) else 'due'} {issue.due_at:%Y-%m-%d}"
    points = "" if issue.points is None else f"  {issue.points:.2f} points"
    return (
        f"{issue.issue_id}  {issue.severity:<8}  {printable(issue.source) or '-':<12}  {printable(issue.owner):<16}  "
        f"{number(issue.rows):>9} rows{points}  {issue.rule_id}  {state}"
    )


def _told(event: IssueEvent) -> str:
    who = f"by {printable(event.author)}" if event.author else f"by run {event.run_id[:8]}"
    parts = [
        f"to {printable(event.assignee)}" if event.assignee else "",
        f"as {event.reason}" if event.reason else "",
        f"of {event.duplicate_of}" if event.duplicate_of else "",
        f"until {event.expires_on}" if event.expires_on else "",
        who,
    ]
    comment = f": {printable(event.comment)}" if event.comment else ""
    return f"{event.happened_at:%Y-%m-%d %H:%M}  {event.event} {' '.join(part for part in parts if part)}{comment}"
