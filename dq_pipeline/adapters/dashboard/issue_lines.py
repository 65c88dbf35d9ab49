"""The issue ledger in lines, with what each issue costs."""

from __future__ import annotations

from dq_pipeline.adapters.dashboard.tables import Tables
from dq_pipeline.domain.scorecard import IssueLine

_LINES = """
select i.issue_id, i.rule_id, i.source, i.owner, coalesce(i.assignee, ''), i.severity, i.status, i.opened_at, i.due_at,
    i.breached and i.status in ('open', 'acknowledged') as breached, coalesce(i.rows, 0), p.points
from quality.issues i left join quality.issue_impacts p using (issue_id)
order by breached desc, points desc nulls last,
    list_position(['critical', 'warning', 'info'], i.severity), i.rows desc, i.issue_id
"""
OPEN = ("open", "acknowledged")


def read_issues(tables: Tables) -> tuple[IssueLine, ...] | None:
    """Every issue, those overdue first, then the dearest; None when no ledger is kept."""
    if not tables.has("quality.issues", "quality.issue_impacts"):
        return None
    return tuple(IssueLine(*row) for row in tables.rows((), _LINES))
