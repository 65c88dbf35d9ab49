"""What the sample world holds, for the command line and the tests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

# Called with (steps done, steps in all, what was just done).
Progress = Callable[[int, int, str], None]


@dataclass(frozen=True)
class SampleSummary:
    """Counts of one sample.

    `twins` and `namesakes` (father and son) are pairs; `faults` counts the records with each kind of planted
    fault; `bytes` is the size of all files.
    """

    folder: Path
    seed: int
    records: int
    customers: int
    households: int
    twins: int
    namesakes: int
    interactions: int
    transactions: int
    records_by_system: dict[str, int] = field(default_factory=dict)
    faults: dict[str, int] = field(default_factory=dict)
    bytes: int = 0
