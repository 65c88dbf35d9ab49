"""The issue ledger as a person uses it: which issues there are, what one is about, and a word said on some of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import duckdb

from dq_pipeline.adapters.issue_tables import append_events
from dq_pipeline.adapters.quality import utc
from dq_pipeline.adapters.warehouse import table_exists
from dq_pipeline.domain.issues import ACTIVE, IssuePolicy, Status, Word, expiry, status_after, word_problems
from dq_pipeline.domain.rules import Severity
from dq_pipeline.errors import InputError


@dataclass(frozen=True)
class IssueFilter:
    """Which issues to list; what is empty narrows nothing. `late`: active and past due at `as_of`."""

    statuses: tuple[str, ...] = ()
    owner: str = ""
    severity: str = ""
    source: str = ""
    late: bool = False


@dataclass(frozen=True)
class Issue:
    """A row of quality.issues; `points` is what it costs the overall score, None where that was not measured."""

    issue_id: str
    rule_id: str
    severity: Severity
    source: str
    owner: str
    assignee: str
    status: Status
    opened_at: datetime
    due_at: datetime
    times_reopened: int
    rows: int
    breached: bool
    closing_reason: str
    decided_by: str
    comment: str
    expires_on: date | None
    points: float | None

    def late(self, now: datetime) -> bool:
        """Whether it should be over by now and is not."""
        return self.status in ACTIVE and self.due_at < now


@dataclass(frozen=True)
class IssueEvent:
    """One line of an issue's life; `run_id` is empty where a person spoke, `author` where a run did."""

    happened_at: datetime
    event: str
    run_id: str
    author: str
    assignee: str
    reason: str
    comment: str
    duplicate_of: str
    expires_on: date | None


@dataclass(frozen=True)
class IssueFile:
    """All there is to say about one issue: its rule, its events, rows by run (oldest first), some of its keys."""

    issue: Issue
    description: str
    why: str
    fix: str
    events: tuple[IssueEvent, ...]
    rows_by_run: tuple[tuple[datetime, int], ...]
    failing_keys: tuple[str, ...]


def list_issues(con: duckdb.DuckDBPyConnection, wanted: IssueFilter, *, as_of: datetime) -> list[Issue]:
    """The issues wanted: active ones first, the worst severity, then the soonest due.

    Raises InputError before the first run, and for an owner or source that no issue has: they would look like ones
    without problems.
    """
    _require_ledger(con)
    for name in ("owner", "source"):
        _require_known(con, name, getattr(wanted, name))
    return _issues(
        con,
        "where ($owner = '' or owner = $owner) and ($severity = '' or severity = $severity) "
        "and ($source = '' or source = $source) and (len($statuses) = 0 or list_contains($statuses, status)) "
        "and (not $late or (status in ('open', 'acknowledged') and due_at < $now))",
        {
            **{"owner": wanted.owner, "severity": wanted.severity, "source": wanted.source, "late": wanted.late},
            **{"statuses": list(wanted.statuses), "now": utc(as_of)},
        },
    )


def show_issue(con: duckdb.DuckDBPyConnection, issue_id: str, *, keys: int) -> IssueFile:
    """Everything about one issue, with at most `keys` keys of failing rows. Raises InputError for an unknown id."""
    _require_ledger(con)
    found = _issues(con, "where issue_id = $issue", {"issue": issue_id})
    if not found:
        raise InputError(f"there is no issue {issue_id!r}", fix="`dq-pipeline issues list` shows them")
    issue = found[0]
    rules = con.execute("select description, why, fix from quality.rules where rule_id = ?", [issue.rule_id]).fetchall()
    description, why, fix = rules[0] if rules else ("This rule is no longer in a suite.", "", "")
    events = con.execute(
        "select happened_at, event, coalesce(run_id, ''), author, coalesce(assignee, ''), coalesce(reason, ''), "
        "coalesce(comment, ''), coalesce(duplicate_of, ''), expires_on from quality.issue_events "
        "where issue_id = ? order by number",
        [issue_id],
    ).fetchall()
    counts = con.execute(
        "select measured_at, rows from quality.issue_history where issue_id = ? order by measured_at", [issue_id]
    ).fetchall()
    failing = con.execute(
        "select record_key from quality.failing_rows where rule_id = ? and coalesce(source_system, '') = ? "
        "and fixed_at is null order by record_key limit ?",
        [issue.rule_id, issue.source, keys],
    ).fetchall()
    return IssueFile(
        issue,
        description,
        why,
        fix,
        tuple(IssueEvent(*event) for event in events),
        tuple(counts),
        tuple(key for (key,) in failing),
    )


def say_word(
    con: duckdb.DuckDBPyConnection, issue_ids: Sequence[str], word: Word, policy: IssuePolicy, *, now: datetime
) -> None:
    """Add a person's word on each of the issues to the ledger: on all of them, or on none.

    Raises InputError with every problem: an unknown issue, a word that cannot follow the issue's status, no author or
    reason, a date out of the limits of the policy.
    """
    _require_ledger(con)
    now = utc(now)
    asked = list(dict.fromkeys(issue_ids))
    known = {row[0]: row for row in _identities(con)}
    problems = [*word_problems(word, policy, now.date()), *_unfit(asked, {k: row[4] for k, row in known.items()}, word)]
    if problems:
        raise InputError("nothing was recorded", problems=tuple(problems), fix="mend these, then say it again")
    append_events(
        con,
        [
            {
                **dict(zip(("issue_id", "rule_id", "source", "owner"), known[issue_id], strict=False)),
                **{"event": word.event, "happened_at": now, "author": word.author.strip(), "assignee": word.assignee},
                **{"reason": word.reason, "comment": word.comment.strip(), "duplicate_of": word.duplicate_of},
                "expires_on": expiry(word, policy, now.date()),
                "due_at": policy.due_at(known[issue_id][5], now) if word.event == "reopened" else None,
                "severity": known[issue_id][5],
            }
            for issue_id in asked
        ],
    )


def _unfit(asked: Sequence[str], statuses: dict[str, Status], word: Word) -> list[str]:
    named = [*asked, word.duplicate_of] if word.duplicate_of else asked
    problems = [f"there is no issue {issue_id!r}" for issue_id in named if issue_id not in statuses]
    if word.duplicate_of in asked:
        problems.append(f"{word.duplicate_of} cannot duplicate itself")
    for issue_id in (name for name in asked if name in statuses):
        status = statuses[issue_id]
        try:
            status_after(word.event, status)
            # What a run resolved, a run reopens: its rule passes.
            fits = word.event != "reopened" or status != "resolved"
        except ValueError:
            fits = False
        if not fits:
            problems.append(f"{issue_id} is {status}: it cannot be {word.event}")
    return problems


def _issues(con: duckdb.DuckDBPyConnection, where: str, values: dict[str, object]) -> list[Issue]:
    measured = table_exists(con, "quality", "issue_impacts")
    points = "points" if measured else "null::double"
    joined = "left join (select issue_id, points from quality.issue_impacts) using (issue_id)" if measured else ""
    rows = con.execute(
        "select issue_id, rule_id, severity, source, owner, assignee, status, opened_at, due_at, times_reopened, rows, "
        f"breached, closing_reason, decided_by, comment, expires_on, {points} from quality.issues {joined} {where} "
        "order by status not in ('open', 'acknowledged'), array_position(['critical', 'warning', 'info'], severity), "
        "due_at, issue_id",
        values,
    ).fetchall()
    return [Issue(*row) for row in rows]


def _identities(con: duckdb.DuckDBPyConnection) -> list[tuple[str, str, str, str, Status, Severity]]:
    rows: list[tuple[str, str, str, str, Status, Severity]] = con.execute(
        "select issue_id, rule_id, source, owner, status, severity from quality.issues"
    ).fetchall()
    return rows


def _require_ledger(con: duckdb.DuckDBPyConnection) -> None:
    if not table_exists(con, "quality", "issues"):
        raise InputError("no run has opened an issue ledger yet", where="quality.issues", fix="run `dq-pipeline run`")


def _require_known(con: duckdb.DuckDBPyConnection, column: str, value: str) -> None:
    if not value:
        return
    found = con.execute(f"select distinct {column} from quality.issues order by 1").fetchall()
    known = [name for (name,) in found if name]
    if value not in known:
        raise InputError(f"there is no issue with the {column} {value!r}", fix=f"name one of {', '.join(known)}")
