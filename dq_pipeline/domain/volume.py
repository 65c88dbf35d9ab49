"""Whether an extract has about as many lines as usual, and whether it is as new as promised."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from statistics import median

from dq_pipeline.domain.contract import Contract

# As many earlier snapshots make "usual": two weeks of nights.
REMEMBERED = 14


def volume_finding(contract: Contract, lines: int, earlier: Sequence[int]) -> str:
    """What is unusual about a snapshot of that many lines, after the earlier ones; empty when nothing is.

    Usual is the median of the last two weeks' snapshots: one odd night does not move it.
    """
    if lines < contract.minimum_lines:
        return f"{lines:,} lines are fewer than the {contract.minimum_lines:,} that the contract expects"
    if not earlier:
        return ""
    usual = median(earlier[-REMEMBERED:])
    change = (lines - usual) / usual if usual else 0.0
    if abs(change) <= contract.maximum_volume_change:
        return ""
    more = "more" if change > 0 else "fewer"
    return (
        f"{lines:,} lines are {abs(change):.0%} {more} than the usual {usual:,.0f}; the contract allows "
        f"{contract.maximum_volume_change:.0%}"
    )


def freshness_finding(contract: Contract, extracted_at: datetime | None, now: datetime) -> str:
    """What is late about the newest extract; empty when it is as new as the contract promises."""
    if extracted_at is None:
        return "no extract has come yet"
    age = (now - extracted_at) / timedelta(hours=1)
    if age <= contract.freshness_hours:
        return ""
    return f"the newest extract is {age:,.0f} hours old; the contract promises {contract.freshness_hours:,.0f}"
