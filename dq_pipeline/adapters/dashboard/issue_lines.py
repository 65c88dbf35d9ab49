"""The issue ledger in lines, with what each issue costs and who works on it: the one reader of every page."""

from __future__ import annotations

from datetime import datetime

from dq_pipeline.adapters.dashboard.tables import Tables
from dq_pipeline.domain.issues import ACTIVE
from dq_pipeline.domain.scorecard import IssueLine

# One row a rule, source and owner: as many as there are rules, however many records there are. No comment and no reason
# of a person's own is read: what stewards write may quote a value.
_LINES = """
select issues.issue_id, issues.rule_id, coalesce(issues.source, ''), coalesce(issues.owner, ''),
    coalesce(issues.assignee, ''), issues.severity, issues.status, issues.opened_at, issues.due_at,
    issues.status in ({active}) and (coalesce(issues.breached, false) or coalesce(issues.due_at < $now, false)) as late,
    coalesce(issues.rows, 0) as rows, {points} as points, issues.resolved_at, coalesce(issues.times_reopened, 0),
    if(issues.status = 'closed', issues.closing_reason, ''), issues.expires_on
from quality.issues as issues {impacts}
order by late desc, list_position(['critical', 'warning', 'info'], issues.severity) nulls last,
    points desc nulls last, rows desc, issues.issue_id
"""
_IMPACTS = "left join quality.issue_impacts as impacts on impacts.issue_id = issues.issue_id"


def read_issues(tables: Tables, now: datetime) -> tuple[IssueLine, ...] | None:
    """Every issue: those overdue first, then the most severe, then the dearest; None when no ledger is kept."""
    if not tables.has("quality.issues"):
        return None
    scored = tables.has("quality.issue_impacts")
    query = _LINES.format(
        active=", ".join(f"'{status}'" for status in ACTIVE),
        points="impacts.points" if scored else "null::double",
        impacts=_IMPACTS if scored else "",
    )
    return tuple(IssueLine(*row) for row in tables.rows((), query, {"now": now}))
