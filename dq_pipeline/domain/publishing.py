"""What must hold before a version may replace the one readers see, as typed data."""

from __future__ import annotations

from dataclasses import dataclass


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
