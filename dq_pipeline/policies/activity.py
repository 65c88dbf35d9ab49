"""When what is known about a customer is old, when a customer is inactive, and which contacts leave an issue open.

Ages are days from the last confirmation to the day of the run. A customer is confirmed by a change or an activity
of one of the records, an interaction, a transaction, or a statement on consent; an address or number by a change or
an activity of a record that has it.

A source says on its contract page (`inactivity` under `slaProperties`) after how many days without a sign its records
are inactive; the limit here is for contracts that do not. A customer is inactive when every record is: one source that
still counts it among its customers is enough to keep it active.
"""

from __future__ import annotations

from dq_pipeline.domain.activity import ActivityPolicy, DecayClass

POLICY = ActivityPolicy(
    decay={
        "customer": (
            DecayClass("fresh", 0, "confirmed within the last year"),
            DecayClass("ageing", 365, "addresses and jobs begin to change: confirm at the next contact"),
            DecayClass("stale", 730, "as likely wrong as right in some detail: confirm before relying on it"),
            DecayClass("expired", 1095, "nothing for three years: not to be relied on"),
        ),
        "email": (
            DecayClass("fresh", 0, "confirmed within half a year"),
            DecayClass("ageing", 180, "people change employers, and with them the mailbox"),
            DecayClass("stale", 365, "providers close and reuse mailboxes left alone for a year"),
            DecayClass("expired", 1095, "as good as abandoned: mail to it harms the sender's reputation"),
        ),
        "phone": (
            DecayClass("fresh", 0, "confirmed within the last year"),
            DecayClass("ageing", 365, "numbers outlive employers, as they can be taken along"),
            DecayClass("stale", 730, "given-up numbers have gone to somebody else: ask who is speaking"),
            DecayClass("expired", 1460, "more likely a stranger's by now"),
        ),
    },
    inactive_after_days=730,
    opening_outcomes=("follow_up", "escalated"),
    settling_outcomes=("resolved", "information_given"),
)
