"""The issue ledger: what is wrong, whose it is, since when, by when, and how long such things take."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from dq_pipeline.adapters.dashboard.page import Material, Page
from dq_pipeline.adapters.dashboard.tables import Tables
from dq_pipeline.domain.dashboard import SEVERITY_ORDER
from dq_pipeline.domain.issues import ACTIVE

LEDGER_SHOWN = 100
RESOLVED_SHOWN = 25
RECENT = timedelta(days=30)
RUNS_SHOWN = 60
# Days an issue has been open, from each bound to the next.
AGES = (("today", 0), ("1 to 3 days", 1), ("4 to 7 days", 4), ("8 to 14 days", 8), ("15 to 30 days", 15),
        ("31 to 90 days", 31), ("longer", 91))  # fmt: skip

# One row a rule, source and owner: as many as there are rules, however many records there are. Neither a comment nor
# a person's name is read: what stewards write may quote a value, and only owners of rules are named here.
ISSUES = """
select issues.issue_id, issues.rule_id, issues.source, issues.owner, issues.severity, issues.status, issues.opened_at,
    issues.due_at, issues.resolved_at, coalesce(issues.times_reopened, 0), coalesce(issues.rows, 0),
    coalesce(issues.breached, false), issues.assignee <> '',
    if(issues.status = 'closed', issues.closing_reason, ''), issues.expires_on, {points}
from quality.issues issues {impacts}
order by issues.issue_id
"""
IMPACTS = "left join quality.issue_impacts impacts on impacts.issue_id = issues.issue_id"
TIMES = """
select owner, severity, count(*), count(*) filter (breached), median(hours_to_detect), median(hours_to_acknowledge),
    median(hours_to_resolve), quantile_cont(hours_to_resolve, 0.9)
from quality.issue_times group by all
"""
HISTORY = """
select measured_at, count(*) filter (rows > 0), coalesce(sum(rows), 0)::bigint from quality.issue_history
group by run_id, measured_at order by measured_at desc limit $runs
"""


class Issue(NamedTuple):
    """One line of the ledger. `points` is what it costs the overall score; `assigned` whether somebody took it over."""

    issue_id: str
    rule_id: str
    source: str
    owner: str
    severity: str
    status: str
    opened_at: datetime
    due_at: datetime | None
    resolved_at: datetime | None
    times_reopened: int
    rows: int
    breached: bool
    assigned: bool
    closing_reason: str
    expires_on: date | None
    points: float

    @property
    def is_active(self) -> bool:
        return self.status in ACTIVE

    def is_late(self, now: datetime) -> bool:
        """Open after its due date, whether or not a run has noted it yet."""
        return self.is_active and (self.breached or (self.due_at is not None and self.due_at < now))


@dataclass(frozen=True)
class Group:
    """The open issues of one owner and severity; `due_at` is the next due date, `opened_at` the oldest's."""

    owner: str
    severity: str
    issues: int
    late: int
    opened_at: datetime
    due_at: datetime | None
    rows: int
    points: float


class Times(NamedTuple):
    """Hours from one event to the next over all openings of one owner and severity; None where none got there."""

    owner: str
    severity: str
    openings: int
    breached: int
    detect: float | None
    acknowledge: float | None
    resolve: float | None
    resolve_most: float | None


def pages(material: Material) -> Iterator[Page]:
    """`issues.html`."""
    tables, now = material.tables, material.now
    issues = read_issues(tables)
    active = [issue for issue in issues if issue.is_active]
    resolved = [issue for issue in issues if issue.status == "resolved" and issue.resolved_at]
    context = {
        "known": tables.has("quality.issues"),
        "now": now,
        "active": sorted(active, key=lambda issue: _most_urgent_first(issue, now))[:LEDGER_SHOWN],
        "total": len(active),
        "late": sum(issue.is_late(now) for issue in active),
        "acknowledged": sum(issue.status == "acknowledged" for issue in active),
        "groups": group_open(active, now),
        "ages": ages_by_severity(active, now),
        "set_aside": sorted(
            (i for i in issues if i.status in ("waived", "closed")), key=lambda i: (-i.points, i.issue_id)
        ),
        "resolved": sorted(resolved, key=lambda i: (i.resolved_at or now, i.issue_id), reverse=True)[:RESOLVED_SHOWN],
        "resolved_lately": sum(now - (issue.resolved_at or now) <= RECENT for issue in resolved),
        "times": sorted(
            (Times(*row) for row in tables.rows(("quality.issue_times",), TIMES)),
            key=lambda row: (row.owner, SEVERITY_ORDER.get(row.severity, 3)),
        ),
        "history": tables.rows(("quality.issue_history",), HISTORY, {"runs": RUNS_SHOWN})[::-1],
    }
    yield Page("issues.html", "Issues", "pages/issues.html.j2", context)


def read_issues(tables: Tables) -> list[Issue]:
    """The whole ledger, by number; points are 0 where they were not worked out."""
    scored = tables.has("quality.issue_impacts")
    query = ISSUES.format(points="coalesce(impacts.points, 0)" if scored else "0.0", impacts=IMPACTS if scored else "")
    return [Issue(*row) for row in tables.rows(("quality.issues",), query)]


def group_open(active: Sequence[Issue], now: datetime) -> list[Group]:
    """The open issues by severity and owner, the most severe first."""
    groups: dict[tuple[str, str], list[Issue]] = {}
    for issue in active:
        groups.setdefault((issue.severity, issue.owner), []).append(issue)
    return [
        Group(
            owner,
            severity,
            issues=len(found),
            late=sum(issue.is_late(now) for issue in found),
            opened_at=min(issue.opened_at for issue in found),
            due_at=min((issue.due_at for issue in found if issue.due_at), default=None),
            rows=sum(issue.rows for issue in found),
            points=sum(issue.points for issue in found),
        )
        for (severity, owner), found in sorted(groups.items(), key=lambda item: (_severity(item[0][0]), item[0][1]))
    ]


def ages_by_severity(active: Sequence[Issue], now: datetime) -> list[tuple[str, dict[str, int]]]:
    """(how long open, severity -> issues), the youngest first."""
    counts: Counter[tuple[str, str]] = Counter()
    for issue in active:
        days = max((now - issue.opened_at).days, 0)
        label = [label for label, bound in AGES if bound <= days][-1]
        counts[label, issue.severity] += 1
    return [(label, {severity: counts[label, severity] for severity in SEVERITY_ORDER}) for label, _ in AGES]


def _severity(severity: str) -> int:
    return SEVERITY_ORDER.get(severity, len(SEVERITY_ORDER))


def _most_urgent_first(issue: Issue, now: datetime) -> tuple[bool, int, float, str]:
    return not issue.is_late(now), _severity(issue.severity), -issue.points, issue.issue_id
