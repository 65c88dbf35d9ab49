"""The issue ledger: what is wrong, whose it is, since when, by when, and how long such things take."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from dq_pipeline.adapters.dashboard.issue_lines import read_issues
from dq_pipeline.adapters.dashboard.page import Material, Page
from dq_pipeline.domain.dashboard import SEVERITY_ORDER
from dq_pipeline.domain.scorecard import IssueLine

LEDGER_SHOWN = 100
RESOLVED_SHOWN = 25
RECENT = timedelta(days=30)
RUNS_SHOWN = 60
# Days an issue has been open, from each bound to the next.
AGES = (("today", 0), ("1 to 3 days", 1), ("4 to 7 days", 4), ("8 to 14 days", 8), ("15 to 30 days", 15),
        ("31 to 90 days", 31), ("longer", 91))  # fmt: skip

TIMES = """
select owner, severity, count(*), count(*) filter (breached), median(hours_to_detect), median(hours_to_acknowledge),
    median(hours_to_resolve), quantile_cont(hours_to_resolve, 0.9)
from quality.issue_times group by all
"""
HISTORY = """
select measured_at, count(*) filter (rows > 0), coalesce(sum(rows), 0)::bigint from quality.issue_history
group by run_id, measured_at order by measured_at desc limit $runs
"""


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
    issues = read_issues(tables, now)
    known = issues or ()
    active = [issue for issue in known if issue.is_active]
    resolved = [issue for issue in known if issue.status == "resolved" and issue.resolved_at]
    context = {
        "known": issues is not None,
        "now": now,
        "active": active[:LEDGER_SHOWN],
        "total": len(active),
        "late": sum(issue.late for issue in active),
        "acknowledged": sum(issue.status == "acknowledged" for issue in active),
        "groups": group_open(active),
        "ages": ages_by_severity(active, now),
        "set_aside": sorted(
            (i for i in known if i.status in ("waived", "closed")), key=lambda i: (-i.cost, i.issue_id)
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


def group_open(active: Sequence[IssueLine]) -> list[Group]:
    """The open issues by severity and owner, the most severe first."""
    groups: dict[tuple[str, str], list[IssueLine]] = {}
    for issue in active:
        groups.setdefault((issue.severity, issue.owner), []).append(issue)
    return [
        Group(
            owner,
            severity,
            issues=len(found),
            late=sum(issue.late for issue in found),
            opened_at=min(issue.opened_at for issue in found),
            due_at=min((issue.due_at for issue in found if issue.due_at), default=None),
            rows=sum(issue.rows for issue in found),
            points=sum(issue.cost for issue in found),
        )
        for (severity, owner), found in sorted(groups.items(), key=lambda item: (_severity(item[0][0]), item[0][1]))
    ]


def ages_by_severity(active: Sequence[IssueLine], now: datetime) -> list[tuple[str, dict[str, int]]]:
    """(how long open, severity -> issues), the youngest first."""
    counts: Counter[tuple[str, str]] = Counter()
    for issue in active:
        days = max((now - issue.opened_at).days, 0)
        label = [label for label, bound in AGES if bound <= days][-1]
        counts[label, issue.severity] += 1
    return [(label, {severity: counts[label, severity] for severity in SEVERITY_ORDER}) for label, _ in AGES]


def _severity(severity: str) -> int:
    return SEVERITY_ORDER.get(severity, len(SEVERITY_ORDER))
