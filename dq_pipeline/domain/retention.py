"""How long data is kept: by source and class, from a clock of its own, for a stated reason."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

DataClass = Literal[
    "customer_records",
    "interactions",
    "transactions",
    "ended_versions",
    "rejected_lines",
    "golden_history",
    "published",
]
Clock = Literal["last_activity", "occurred", "ended", "loaded", "published"]
CLOCKS: dict[Clock, str] = {
    "last_activity": "the last sign of activity; the day of loading where there is none",
    "occurred": "the day it happened",
    "ended": "the day it was replaced",
    "loaded": "the day it was loaded",
    "published": "the day it was published",
}


@dataclass(frozen=True)
class RetentionRule:
    """`source`: a contract id, '' for what belongs to none. `days` after the clock's moment the data is removed.

    `with_record`: of facts, that they go when the customer's record goes, however young they are.
    """

    source: str
    data_class: DataClass
    clock: Clock
    days: int
    legal_basis: str
    with_record: bool = False

    @property
    def counted_from(self) -> str:
        """Its clock in words."""
        return CLOCKS[self.clock] + ("; or with the customer's record" if self.with_record else "")

    def last_day(self, moment: date) -> date:
        """The last day on which the data may be there."""
        return moment + timedelta(days=self.days)

    def cutoff(self, today: date) -> date:
        """What has its clock's moment before this day is due."""
        return today - timedelta(days=self.days)


@dataclass(frozen=True)
class Due:
    """What one rule finds: rows whose time is up, and how many of them a legal hold keeps."""

    rule: RetentionRule
    rows: int
    held: int = 0
    oldest: date | None = None

    @property
    def to_remove(self) -> int:
        return self.rows - self.held


def problems(rules: Iterable[RetentionRule]) -> list[str]:
    """Why the rules cannot be used: no time, no reason, two for one thing."""
    found, seen = [], set()
    for rule in rules:
        name = f"{rule.source or 'all sources'}, {rule.data_class}"
        if rule.days <= 0:
            found.append(f"{name}: the days to keep it are missing")
        if not rule.legal_basis.strip():
            found.append(f"{name}: the legal basis is missing")
        if (rule.source, rule.data_class) in seen:
            found.append(f"{name}: there are two rules")
        seen.add((rule.source, rule.data_class))
    return found
