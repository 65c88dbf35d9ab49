"""From how many sharers on a value says nothing of the one who has it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SharingLimit:
    """A value of `column` is held by implausibly many when at least `least_persons` different persons have it and it
    stands in at least `times_typical` times as many records as is typical of its column.

    Raises ValueError for limits that would condemn what two people share.
    """

    column: str
    least_persons: int
    times_typical: float
    because: str

    def __post_init__(self) -> None:
        if self.least_persons < 3 or self.times_typical < 1:
            raise ValueError(f"sharing limit of {self.column}: at least 3 persons and 1 time the typical")
