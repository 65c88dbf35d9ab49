"""Types of the survivorship policy: which value of a customer's records becomes the golden one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from dq_pipeline.errors import ConfigurationError

Criterion = Literal["competing", "passing", "valid", "complete", "trusted", "frequent", "recent"]

# What each way of winning says of the value, against the best of those it won over.
REASONS = {
    "only value": "no record says anything else",
    "competing": "its record has one of the fields that must be filled",
    "passing": "no critical rule fails on it",
    "valid": "it could be read and is no placeholder",
    "complete": "more of the fields that travel together are filled",
    "trusted": "its source is trusted more",
    "frequent": "more records of the customer say the same",
    "recent": "its record was updated later",
    "smallest key": "nothing tells the best apart, so the smallest record key decides",
    "pinned": "a steward said so",
}


@dataclass(frozen=True)
class SourceTrust:
    """How far a source is believed, against the others: above 0, at most 1."""

    source: str
    trust: float
    reason: str


@dataclass(frozen=True)
class AttributeGroup:
    """Attributes that travel together: all of them come from one record, never mixed.

    `criteria` decide from first to last; what they leave tied goes to the smallest record key. Before them all come
    `competing` (at least one of `needs` is filled; default: any attribute) and `passing` (no critical rule fails on the
    record's values of the group). `half_life_days`: the age at which a value's trust is down to a half; None: it does
    not fade.
    """

    attributes: tuple[str, ...]
    criteria: tuple[Criterion, ...]
    reason: str
    needs: tuple[str, ...] = ()
    half_life_days: float | None = None

    @property
    def name(self) -> str:
        return self.attributes[0]

    @property
    def order(self) -> tuple[Criterion, ...]:
        """All criteria, in the order in which they decide."""
        first: tuple[Criterion, ...] = ("competing", "passing")
        return (*first, *(c for c in self.criteria if c not in first))

    def reason_of(self, rule: str) -> str:
        """Why a value won by `rule` (a criterion, `only value`, `smallest key` or `pinned`), in words."""
        faded = ", its age counted in" if rule == "trusted" and self.half_life_days else ""
        because = f" ({self.reason})" if self.reason and rule in self.criteria else ""
        return f"{REASONS[rule]}{faded}{because}"


@dataclass(frozen=True)
class SurvivorshipPolicy:
    """`groups` cover every golden attribute once; `trust` has every source once."""

    groups: tuple[AttributeGroup, ...]
    trust: tuple[SourceTrust, ...]

    @property
    def attributes(self) -> tuple[str, ...]:
        return tuple(attribute for group in self.groups for attribute in group.attributes)

    def check(self, sources: Iterable[str]) -> None:
        """Raises ConfigurationError when an attribute or a source is declared twice, or a source is not there."""
        problems = (*self._twice(), *self._out_of_range(), *self._missing(sources))
        if problems:
            raise ConfigurationError(
                "the survivorship policy is incomplete",
                where="dq_pipeline/policies/survivorship.py",
                problems=problems,
                fix="name each attribute once and each source once, trust above 0 and at most 1",
            )

    def _twice(self) -> Iterator[str]:
        attributes, sources = self.attributes, [entry.source for entry in self.trust]
        yield from (f"attribute {n} is in two groups" for n in sorted(set(attributes)) if attributes.count(n) > 1)
        yield from (f"source {s} is in `trust` twice" for s in sorted(set(sources)) if sources.count(s) > 1)

    def _out_of_range(self) -> Iterator[str]:
        yield from (f"trust in {e.source} is not above 0 and at most 1" for e in self.trust if not 0 < e.trust <= 1)
        lives = ((group.name, group.half_life_days) for group in self.groups)
        yield from (f"the half-life of {name} is not above 0" for name, days in lives if days is not None and days <= 0)

    def _missing(self, sources: Iterable[str]) -> Iterator[str]:
        known = {entry.source for entry in self.trust}
        yield from (f"source {source} has no place in `trust`" for source in sources if source not in known)
