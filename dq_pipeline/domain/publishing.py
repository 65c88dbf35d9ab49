"""What is published, and what must hold before a version may replace the one readers see, as typed data."""

from __future__ import annotations

from dataclasses import dataclass

# What a published version has, as far as a reader may see it. Raw and staging rows stay in the warehouse.
PUBLISHED_TABLES = (
    "golden.customers",
    "golden.crosswalk",
    "golden.attribute_provenance",
    "golden.identity_events",
    "golden.id_redirects",
    "golden.identities",
    "golden.memberships",
    "golden.customers_history",
    "golden.changes",
    "golden.pins_status",
    "golden.contact_points",
    "golden.consents",
    "golden.consent_history",
    "golden.contactable",
    "golden.interactions",
    "golden.transactions",
    "golden.orphans",
    "golden.lifetime_value",
    "golden.customer_activity",
    "linkage.pairs",
    "linkage.clusters",
    "linkage.review",
    "quality.rules",
    "quality.rule_results",
    "quality.failing_rows",
    "quality.held_records",
    "quality.scores",
    "quality.score_history",
    "quality.issues",
    "quality.issue_times",
    "quality.issue_history",
    "quality.issue_impacts",
    "quality.score_trend",
    "quality.score_moves",
    "quality.headline",
    "quality.correction_times",
    "quality.dictionary",
    "raw.loads",
)


@dataclass(frozen=True)
class GateLimits:
    """`moved_share`: the share (0 to 1) of published customers that may hold other records than before although
    nothing about their records changed, and `moved_customers`, how many may in any case. `growth_factor` and
    `growth_records`: a customer that grows to more than that many times its records, and by more than that many,
    is suspicious. `disproportion`: how far the number of customers may move away from the number of records
    (share, 0 to 1).
    """

    moved_share: float
    moved_customers: int
    growth_factor: float
    growth_records: int
    disproportion: float


@dataclass(frozen=True)
class Acceptance:
    """A person's word, for one run, that a check may fail: `check` is its name."""

    check: str
    author: str
    reason: str
