"""How the age of what is known about a customer is judged, and what the outcome of an interaction means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

# What ages: the customer as a whole, an e-mail address, a phone number.
Subject = Literal["customer", "email", "phone"]
SUBJECTS: tuple[Subject, ...] = get_args(Subject)


@dataclass(frozen=True)
class DecayClass:
    """What an age is called, from `from_days` days after the last confirmation until the next class begins."""

    name: str
    from_days: int
    because: str


@dataclass(frozen=True)
class ActivityPolicy:
    """Decay classes of each subject, youngest first; the days without a sign after which a customer is inactive where
    a contract does not say; the outcomes that leave an issue open and those that settle what was open before.

    Raises ValueError when a subject has no classes, when its classes do not begin at 0 or do not rise, when the
    limit is no positive number of days, or when an outcome both opens and settles.
    """

    decay: dict[Subject, tuple[DecayClass, ...]]
    inactive_after_days: int
    opening_outcomes: tuple[str, ...]
    settling_outcomes: tuple[str, ...]

    def __post_init__(self) -> None:
        for subject in SUBJECTS:
            _check_classes(subject, self.decay.get(subject, ()))
        if self.inactive_after_days < 1:
            raise ValueError("activity policy: inactive_after_days must be at least 1")
        both = sorted(set(self.opening_outcomes) & set(self.settling_outcomes))
        if both:
            raise ValueError(f"activity policy: an outcome cannot both open and settle: {', '.join(both)}")


def class_limits(classes: Sequence[DecayClass]) -> list[tuple[DecayClass, int | None]]:
    """Every class with the days at which the next one begins; None for the last."""
    ends = [*(following.from_days for following in classes[1:]), None]
    return list(zip(classes, ends, strict=True))


def _check_classes(subject: str, classes: Sequence[DecayClass]) -> None:
    starts = [each.from_days for each in classes]
    if not starts or starts[0] != 0 or starts != sorted(set(starts)):
        raise ValueError(f"decay classes of {subject}: must begin at 0 days and rise from class to class")
    if len({each.name for each in classes}) < len(classes):
        raise ValueError(f"decay classes of {subject}: a name stands twice")
