"""How long a failing rule may wait, and for which reasons a person may close what still fails.

The owner of a rule (in its suite) answers for its issues. Days are calendar days, from the run that opened or reopened
the issue. Nothing is closed for ever: when the date of a closing or waiver has passed and the rule still fails, the
issue is back, with a new due date.
"""

from __future__ import annotations

from dq_pipeline.domain.issues import ClosingReason, IssuePolicy

ISSUE_POLICY = IssuePolicy(
    sla_days={
        "critical": 3,  # the value cannot be used, and some customer is served without it
        "warning": 14,  # usable with care: a fortnight is one cycle of corrections in a source
        "info": 90,  # costs no points; looked at once a quarter
    },
    closing_reasons=(
        # Long enough for the next export to bring the correction; a fix that did not work shows after a week.
        ClosingReason("fixed_at_source", "the source has mended it; the next extracts will show", 7, 30),
        ClosingReason("false_positive", "the values are right, the rule is to be corrected", 30, 90),
        ClosingReason("duplicate_of", "another issue has the same cause and stays open", 90, 180),
        ClosingReason("source_retired", "the source is about to be switched off", 90, 180),
        ClosingReason("accepted", "known, and left as it is until a date that a person names", 0, 365),
    ),
    longest_waiver_days=180,
)
