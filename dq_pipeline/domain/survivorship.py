"""Types of the survivorship policy: which value of a customer's records becomes the golden one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from dq_pipeline.errors import ConfigurationError

Criterion = Literal["passing", "valid", "complete", "trusted", "frequent", "recent"]


@dataclass(frozen=True)
class AttributeGroup:
    """Attributes that travel together: all of them come from one record, never mixed.

    `criteria` decide from first to last; what they leave tied goes to the smallest record key. Before them all comes
    `passing`: no critical rule fails on the record's values of the group.
    `needs`: at least one of these must be filled for a record to compete (default: any attribute).
    """

    attributes: tuple[str, ...]
    criteria: tuple[Criterion, ...]
    reason: str
    needs: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return self.attributes[0]

    @property
    def order(self) -> tuple[Criterion, ...]:
        """All criteria, in the order in which they decide."""
        return ("passing", *(c for c in self.criteria if c != "passing"))


@dataclass(frozen=True)
class SurvivorshipPolicy:
    """`groups` cover every golden attribute once; `trust` ranks the sources, most trusted first."""

    groups: tuple[AttributeGroup, ...]
    trust: tuple[str, ...]

    @property
    def attributes(self) -> tuple[str, ...]:
        return tuple(attribute for group in self.groups for attribute in group.attributes)

    def check(self, sources: Iterable[str]) -> None:
        """Raises ConfigurationError when an attribute is declared twice or a source is not ranked."""
        attributes = self.attributes
        problems = [
            f"attribute {name} is in two groups" for name in sorted(set(attributes)) if attributes.count(name) > 1
        ]
        problems += [f"source {source} has no place in `trust`" for source in sources if source not in self.trust]
        if problems:
            raise ConfigurationError(
                "the survivorship policy is incomplete",
                where="dq_pipeline/policies/survivorship.py",
                problems=tuple(problems),
                fix="name each attribute once and each source once",
            )
