"""How long what is kept: sources say it themselves in their contracts, the rest is decided here."""

from __future__ import annotations

from collections.abc import Iterable

from dq_pipeline.domain.contract import Contract, RecordKind
from dq_pipeline.domain.retention import Clock, DataClass, RetentionRule

# A customer's time runs from the last sign of life, a fact's from the day it happened.
_OF_SOURCE: dict[RecordKind, tuple[DataClass, Clock]] = {
    "customers": ("customer_records", "last_activity"),
    "interactions": ("interactions", "occurred"),
    "transactions": ("transactions", "occurred"),
}

# What is said about somebody has no purpose without them. A purchase has: tax law asks for it for years. It stays, and
# names a record that nobody has any more.
_GOES_WITH_RECORD: frozenset[RecordKind] = frozenset(("interactions",))

# What the pipeline makes itself serves a purpose of its own, for a shorter time than the records do.
OF_PIPELINE = (
    RetentionRule(
        "", "ended_versions", "ended", 730, "Two years: to show what a source said when a decision was made."
    ),
    RetentionRule("", "rejected_lines", "loaded", 90, "A quarter: to have the system mend its export."),
    RetentionRule("", "golden_history", "ended", 730, "Two years: to show what a decision was based on."),
    RetentionRule("", "published", "published", 30, "A month: to undo a publication."),
)


def retention_rules(contracts: Iterable[Contract]) -> tuple[RetentionRule, ...]:
    """The rules in force: one a source, as its contract says, then the pipeline's own."""
    of_sources = (
        RetentionRule(
            contract.id,
            *_OF_SOURCE[contract.kind],
            contract.retention_days,
            contract.retention_basis,
            with_record=contract.kind in _GOES_WITH_RECORD,
        )
        for contract in contracts
    )
    return (*of_sources, *OF_PIPELINE)
