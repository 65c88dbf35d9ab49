"""What the published dashboard says: one frozen value, computed once and drawn by an adapter.

Scores run from 0 to 100, coverages and shares from 0 to 1, times are UTC. `None` always means "not measured",
never nought and never perfect. Nothing here holds a value of a customer: only counts, names and keys.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from dq_pipeline.domain.measured import Scope, Score, TrendPoint

Outcome = Literal["passed", "failed", "errored", "not_evaluated"]

# Of equal severity, a rule that could not run comes first: nobody knows what it would have found.
OUTCOME_ORDER: dict[str, int] = {"errored": 0, "failed": 1, "not_evaluated": 2, "passed": 3}
SEVERITY_ORDER: dict[str, int] = {"critical": 0, "warning": 1, "info": 2}


@dataclass(frozen=True)
class Publication:
    """Which version this is, of which run, and what it was measured with."""

    version: str
    run_id: str
    published_at: datetime
    rule_set_hash: str = ""
    model_hash: str = ""


@dataclass(frozen=True)
class SourceCustomers:
    """How many customers stand behind one system's records; `shared` of them are also in another system."""

    source: str
    records: int
    linked: int | None = None
    customers: int | None = None
    shared: int | None = None

    @property
    def repeated(self) -> int | None:
        """Linked records that repeat a customer whom the same system already holds."""
        if self.linked is None or self.customers is None:
            return None
        return self.linked - self.customers


@dataclass(frozen=True)
class Headline:
    """From records to customers.

    `records = customers + repeated + across + unlinked`, whenever all four were measured.
    """

    records: int | None = None
    customers: int | None = None
    unlinked: int = 0
    organisations: int | None = None
    golden_rows: int | None = None
    sources: tuple[SourceCustomers, ...] = ()

    @property
    def repeated(self) -> int | None:
        """Records that repeat a customer inside one and the same system."""
        found = [source.repeated for source in self.sources]
        if self.customers is None or any(count is None for count in found):
            return None
        return sum(count for count in found if count is not None)

    @property
    def across(self) -> int | None:
        """Records that repeat a customer whom another system holds as well."""
        if self.records is None or self.customers is None or self.repeated is None:
            return None
        return self.records - self.unlinked - self.repeated - self.customers


@dataclass(frozen=True)
class Impact:
    """What one column costs the overall score, in points; `change` against the version before."""

    column: str
    points: float
    score: Score
    owners: tuple[str, ...] = ()
    affected: int | None = None
    change: float | None = None


@dataclass(frozen=True)
class RuleRow:
    """One rule, its result in this run and its open findings by source."""

    rule_id: str
    table: str
    column: str
    dimension: str
    severity: str
    owner: str
    outcome: Outcome
    description: str = ""
    why: str = ""
    fix: str = ""
    evaluated: int | None = None
    failed: int | None = None
    message: str = ""
    first_seen: datetime | None = None
    by_source: tuple[tuple[str, int], ...] = ()

    @property
    def order(self) -> tuple[int, int, int, int, str]:
        """Sort key: what needs a person first, by severity; ties by rule id."""
        return (
            0 if self.outcome in ("failed", "errored") else OUTCOME_ORDER[self.outcome],
            SEVERITY_ORDER.get(self.severity, 3),
            OUTCOME_ORDER[self.outcome],
            -(self.failed or 0),
            self.rule_id,
        )


@dataclass(frozen=True)
class LargestCustomer:
    """A customer with many records: more often a linkage mistake than a person."""

    customer_id: str
    records: int
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Duplicates:
    """Cluster sizes as (records per customer, customers), systems as (systems per customer, customers).

    `overlaps`: (system, other system) -> customers both hold, each pair in both orders.
    """

    sizes: tuple[tuple[int, int], ...] = ()
    systems: tuple[tuple[int, int], ...] = ()
    overlaps: Mapping[tuple[str, str], int] = field(default_factory=dict)
    bands: tuple[tuple[str, int], ...] = ()
    review: int | None = None
    review_reasons: tuple[tuple[str, int], ...] = ()
    largest: tuple[LargestCustomer, ...] = ()


@dataclass(frozen=True)
class LoadedFile:
    """One file of an extract as it was read; `lines = loaded + rejected`."""

    name: str
    lines: int
    loaded: int
    rejected: int
    finished_at: datetime | None


@dataclass(frozen=True)
class Delivery:
    """What one source delivered, against what its contract promises. Counts are of every file loaded so far."""

    contract_id: str
    source_system: str
    owner: str
    files: int = 0
    lines: int = 0
    loaded: int = 0
    rejected: int = 0
    records: int | None = None
    last_load: datetime | None = None
    refused_at: datetime | None = None
    late: bool = False
    freshness_hours: float | None = None
    retention_days: int | None = None
    latest: tuple[LoadedFile, ...] = ()

    @property
    def state(self) -> Literal["refused", "absent", "late", "on_time"]:
        """How the newest delivery went.

        `refused`: it was unusable, so what was loaded before stays; `absent`: no file was ever loaded; `late`: the
        newest extract is older than the contract allows.
        """
        if self.refused_at and (self.last_load is None or self.refused_at > self.last_load):
            return "refused"
        if self.last_load is None:
            return "absent"
        return "late" if self.late else "on_time"


@dataclass(frozen=True)
class DashboardData:
    """What all pages share. `notices` are plain sentences about what could not be measured or does not agree.

    `affected`: share of the records of a source with an open finding in a dimension, by (source, dimension).
    """

    publication: Publication
    headline: Headline = field(default_factory=Headline)
    overall: Scope = field(default_factory=lambda: Scope("overall", Score()))
    dimensions: tuple[Scope, ...] = ()
    sources: tuple[Scope, ...] = ()
    owners: tuple[Scope, ...] = ()
    tables: tuple[Scope, ...] = ()
    elements: tuple[Scope, ...] = ()
    rule_scores: tuple[Scope, ...] = ()
    affected: Mapping[tuple[str, str], float] = field(default_factory=dict)
    trend: tuple[TrendPoint, ...] = ()
    impacts: tuple[Impact, ...] = ()
    rules: tuple[RuleRow, ...] = ()
    duplicates: Duplicates = field(default_factory=Duplicates)
    deliveries: tuple[Delivery, ...] = ()
    notices: tuple[str, ...] = ()
